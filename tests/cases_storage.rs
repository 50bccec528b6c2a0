//! Redundant storage: mean time to data loss, by plain simulation. Real disks lose data too rarely for it, so the rates are
//! those of bad disks, held against the closed forms; the closed forms are held against the published figures.

mod common;

use common::{HOUR, run};

/// RAID 5 with one rebuild at a time (Gibson; Greenan, Plank and Wylie, "Mean time to meaningless", `HotStorage` 2010): the mean
/// hours until the second of `n` disks is lost, from mean hours of a disk and of a rebuild.
fn raid5(n: f64, disk: f64, rebuild: f64) -> f64 {
    let (failure, repair) = (1.0 / disk, 1.0 / rebuild);
    (repair + (2.0 * n - 1.0) * failure) / (n * (n - 1.0) * failure * failure)
}

/// Three replicas, of which each lost one is made anew on its own: mean hours until all three are lost.
fn replica3(node: f64, copy: f64) -> f64 {
    let (failure, repair) = (1.0 / node, 1.0 / copy);
    (11.0 * failure * failure + 7.0 * failure * repair + 2.0 * repair * repair) / (6.0 * failure.powi(3))
}

/// Probability that RAID 5 loses data within `hours`: the chain of one disk lost has two real rates of decay.
fn raid5_loss(n: f64, disk: f64, rebuild: f64, hours: f64) -> f64 {
    let (first, second, repair) = (n / disk, (n - 1.0) / disk, 1.0 / rebuild);
    let sum = first + second + repair;
    let root = (sum * sum - 4.0 * first * second).sqrt();
    let fast = f64::midpoint(sum, root);
    // The product of the rates is first × second; so no digits are lost in their difference.
    let slow = first * second / fast;
    let survival = |rate: f64, other: f64| other / (other - rate) * (-rate * hours).exp_m1();
    -(survival(slow, fast) + survival(fast, slow))
}

/// Computed exactly from the published chains: 8 disks of 10⁶ h with a rebuild of 24 h; three replicas on nodes of 4,380 h
/// with copies of 1 h.
#[test]
fn the_closed_forms_are_those_of_the_published_chains() {
    // The mean time of three replicas is 28,031,613,830 h to the last digit: the figure is as good as its linear solve was.
    for (ours, exact) in [
        (raid5(8.0, 1e6, 24.0), 744_315_476.190_570_4),
        (replica3(4380.0, 1.0), 28_031_613_783.286_12),
        (raid5_loss(8.0, 1e6, 24.0, 87_600.0), 0.000_117_652_880_228_597_71),
    ] {
        assert!((ours / exact - 1.0).abs() < 1e-8, "{ours} against {exact}");
    }
}

fn raid(disk: u32, rebuild: u32, horizon: &str) -> String {
    format!(
        "
name: raid 5
start: 2026-01-01
horizon: {horizon}
services: {{array: {{replicas: 8, needs: 7}}}}
teams: {{controller: {{people: 1}}}}
failures:
  disk: {{hits: replica, mttf: {disk}h, repair: {{exponential: {{mean: {rebuild}h}}}}, team: controller}}
"
    )
}

/// Disks of 1,000 h: data is lost after a thousand hours on average. Thirty times that: all do within the horizon.
#[test]
fn raid5_mean_time_to_data_loss() {
    let run = run(&raid(1000, 24, "30000h"), 20_000, 1);
    run.service("array", "time_to_first_outage").times(1.0 / HOUR).is(raid5(8.0, 1000.0, 24.0));
}

/// Bad disks for a year, and the published ones for ten years: 118 losses in a million.
#[test]
fn raid5_probability_of_data_loss() {
    let bad = run(&raid(20_000, 24, "1y"), 200_000, 1);
    bad.service("array", "interval_reliability").from(1.0).is(raid5_loss(8.0, 20_000.0, 24.0, 8760.0));
    let good = run(&raid(1_000_000, 24, "87600h"), 1_000_000, 1);
    good.service("array", "interval_reliability").from(1.0).agrees(0.000_117_652_880_228_597_71, 0.25);
}

#[test]
fn replica3_mean_time_to_data_loss() {
    let text = "
name: three replicas
start: 2026-01-01
horizon: 60000h
services: {data: {replicas: 3}}
failures:
  node: {hits: replica, mttf: 100h, repair: {exponential: {mean: 20h}}}
";
    let exact = replica3(100.0, 20.0);
    assert!(25.0 * exact < 60_000.0, "the horizon leaves room for the longest life: {exact}");
    let run = run(text, 20_000, 1);
    run.service("data", "time_to_first_outage").times(1.0 / HOUR).is(exact);
}
