//! Ages: shared loads, repairs that do not make new, and what keeps an age through everything else.

mod common;

use common::{HOUR, YEAR, run, run_with_timeline};

/// When a failure struck which thing, in hours.
fn struck(text: &str, failure: &str) -> Vec<(String, f64)> {
    let (_, seen) = run_with_timeline(text, 1);
    let of = seen.into_iter().filter(|(name, ..)| name == failure);
    of.map(|(_, thing, began, _)| (thing, (began / HOUR * 1e6).round() / 1e6)).collect()
}

fn named(expected: &[(&str, f64)]) -> Vec<(String, f64)> {
    expected.iter().map(|(thing, at)| ((*thing).to_owned(), *at)).collect()
}

/// Simpson's rule.
fn integral(from: f64, to: f64, f: impl Fn(f64) -> f64) -> f64 {
    let n = 2000;
    let h = (to - from) / f64::from(n);
    let weight = |i: i32| if i == 0 || i == n { 1.0 } else { f64::from(2 + 2 * (i % 2)) };
    (0..=n).map(|i| weight(i) * f(from + h * f64::from(i))).sum::<f64>() * h / 3.0
}

/// Two in parallel, never repaired: alone, one carries twice its share and its clock runs k = 2^1.5 times as fast. With a
/// rate λ the system survives t with probability e^(-2λt) + 2λ / (2λ - kλ) (e^(-kλt) - e^(-2λt)) (Rausand & Høyland,
/// *System Reliability Theory*, 2004, load-sharing systems).
#[test]
fn the_survivor_of_a_pair_carries_the_load_of_both() {
    let run = run(
        "
name: shared load
start: 2026-01-01
horizon: 500h
services: {pair: {replicas: 2}}
failures: {wear: {hits: replica, mttf: 1000h, load: 1.5, repair: never}}
",
        200_000,
        1,
    );
    let (two, one) = ((-2.0_f64 * 0.5).exp(), (-(2.0_f64.powf(1.5)) * 0.5).exp());
    let survives = two + 2.0 / (2.0 - 2.0_f64.powf(1.5)) * (one - two);
    run.service("pair", "interval_reliability").is(survives);
}

/// The same with Weibull lives and three units of which one is enough: by cumulative exposure the age a of each survivor grows
/// with speed 1, then 1.5^0.7, then 3^0.7. All have failed at t where the last of three standard lives, ordered, is below
/// its age then: P = ∫∫ over the first two ages x < y of 6 f(x) f(y) (F(z) - F(y)), with z the age at t.
#[test]
fn survivors_of_a_group_age_faster_as_the_others_fail() {
    let run = run(
        "
name: shared load
start: 2026-01-01
horizon: 700h
services: {group: {replicas: 3}}
failures: {wear: {hits: replica, time_to_failure: {weibull: {shape: 2, scale: 1000h}}, load: 0.7, repair: never}}
",
        200_000,
        1,
    );
    let density = |a: f64| 2.0 * a * (-a * a).exp();
    let survival = |a: f64| (-a * a).exp();
    let (second, third) = (1.5_f64.powf(0.7), 3.0_f64.powf(0.7));
    let t = 0.7;
    // Age x at x; from there the age y is reached (y - x) / second later, and z = y + third × what is left of t.
    let last = |x: f64| {
        let longest = x + second * (t - x);
        integral(x, longest, |y| {
            let z = y + third * (t - x - (y - x) / second);
            density(y) * (survival(y) - survival(z))
        })
    };
    let all = 6.0 * integral(0.0, t, |x| density(x) * last(x));
    run.service("group", "interval_reliability").from(1.0).is(all);
}

/// Lives of 10 h; replica 0 stands in zone a, which is out from 5 to 8, replica 1 in b. Meanwhile 1 carries double: its age
/// is 10 at 7.5, and 0 keeps an age of 5. From 8 to 8.5, when 1 is repaired, 0 carries double: 6 at 8.5, 10 at 12.5.
/// From 12.5 to 13.5 replica 1 (age 4 at 12.5) does: 6 at 13.5, 10 at 17.5. Then 0 (age 4) to 6 at 18.5, so 22.5.
#[test]
fn what_is_not_up_carries_nothing_and_keeps_its_age() {
    let failed = struck(
        "
name: shared load
start: 2026-01-01
horizon: 22h
zones: [a, b]
services: {pair: {replicas: 2, spread: zones}}
failures:
  zone: {hits: zone, of: [a], schedule: {first: 2026-01-01T05:00}, repair: 3h}
  wear: {hits: replica, time_to_failure: 10h, load: 1, repair: 1h}
",
        "wear",
    );
    assert_eq!(failed, named(&[("pair 1", 7.5), ("pair 0", 12.5), ("pair 1", 17.5)]));
}

/// A strike takes both at once; its clock ages with the load of each too. With β = 1 and lives of 10 h there is nothing
/// else, so the pair fails at 10 and, repaired at 11, at 20: the clock of the strike ran on, and stood still while nobody was up.
#[test]
fn a_common_cause_stands_still_while_nothing_is_up() {
    let text = |load: &str| {
        format!(
            "
name: shared load
start: 2026-01-01
horizon: 40h
services: {{pair: {{replicas: 2}}}}
failures: {{wear: {{hits: replica, time_to_failure: 10h, common_cause: 100%, {load} repair: 1h}}}}
"
        )
    };
    let both = |times: &[f64]| {
        let pairs = times.iter().flat_map(|&at| [("pair 0", at), ("pair 1", at)]);
        named(&pairs.collect::<Vec<_>>())
    };
    assert_eq!(struck(&text(""), "wear"), both(&[10.0, 20.0, 30.0]));
    assert_eq!(struck(&text("load: 1,"), "wear"), both(&[10.0, 21.0, 32.0]));
}

/// Expected failures until `horizon` under Kijima's second model with a Weibull life, repaired at once: with m(v, t) for a
/// virtual age v and a time t left, m(v, t) = ∫ f(x | v) (1 + m((1 - q)(v + x), t - x)) dx, on a grid.
fn failures_by_virtual_age(shape: f64, scale: f64, renewal: f64, horizon: f64) -> f64 {
    const N: usize = 250;
    let step = horizon / N as f64;
    let hazard: Vec<f64> = (0..=3 * N).map(|j| (j as f64 * step / scale).powf(shape)).collect();
    // m[k][j]: time left k steps, virtual age j steps.
    let mut m = vec![vec![0.0; 2 * N + 1]; N + 1];
    for k in 1..=N {
        for j in 0..=2 * N - k {
            let mut sum = 0.0;
            for i in 0..k {
                // The failure falls into step i, on average at its middle.
                let fails = (hazard[j] - hazard[j + i]).exp() - (hazard[j] - hazard[j + i + 1]).exp();
                let old = (1.0 - renewal) * ((j + i) as f64 + 0.5);
                let (low, part) = (old.floor() as usize, old - old.floor());
                let at = |left: usize| m[left][low] * (1.0 - part) + m[left][low + 1] * part;
                let after = match (i, k) {
                    (0, 1) => 0.0,
                    // m[k] itself is not known yet: the line through the two before.
                    (0, _) => 1.5 * at(k - 1) - 0.5 * at(k - 2),
                    _ => f64::midpoint(at(k - i), at(k - i - 1)),
                };
                sum += fails * (1.0 + after);
            }
            m[k][j] = sum;
        }
    }
    m[N][0]
}

fn repaired_at_once(after: &str, replications: u64) -> common::Estimate {
    let run = run(
        &format!(
            "
name: repaired at once
start: 2026-01-01
horizon: 2000h
services: {{unit: {{}}}}
failures:
  wear: {{hits: replica, time_to_failure: {{weibull: {{shape: 2.5, scale: 800h}}}}, after_repair: {after}, repair: 0s}}
"
        ),
        replications,
        1,
    );
    run.estimate("failures", "wear", "count_per_year").times(2000.0 * HOUR / YEAR)
}

/// As old after each repair as before it, failures are a Poisson process with the hazard of the age: (t/η)^β until t, with a
/// variance as large (Ascher & Feingold, *Repairable Systems Reliability*, 1984, minimal repair).
#[test]
fn repaired_old_it_fails_as_a_poisson_process() {
    repaired_at_once("old", 20_000).is(2.5_f64.powf(2.5));
    repaired_at_once("{younger: 0%}", 20_000).is(2.5_f64.powf(2.5));
}

#[test]
fn repaired_a_little_younger_it_fails_by_its_virtual_age() {
    // The grid itself, where the answer is known.
    let minimal = failures_by_virtual_age(2.5, 800.0, 0.0, 2000.0);
    assert!((minimal / 2.5_f64.powf(2.5) - 1.0).abs() < 0.003, "{minimal}");
    for (after, renewal) in [("{younger: 40%}", 0.4), ("{younger: 85%}", 0.85), ("new", 1.0)] {
        let exact = failures_by_virtual_age(2.5, 800.0, renewal, 2000.0);
        let ours = repaired_at_once(after, 40_000);
        assert!((ours.value - exact).abs() < 3.3 * ours.standard_error() + 0.003 * exact, "{after}: {ours:?}, not {exact}");
    }
}

/// A life of 10 h, half of the age taken away by a repair of 1 h: failures after 10 h, then after 5 h each time. Everything
/// else holds it up by as long as it lasts, and no longer.
#[test]
fn an_age_is_kept_through_all_else() {
    let text = |other: &str| {
        format!(
            "
name: half as old
start: 2026-01-01
horizon: 30h
zones: [a]
services: {{unit: {{spread: zones}}, other: {{}}}}
failures:
  wear: {{hits: replica, of: [unit], time_to_failure: 10h, after_repair: {{younger: 50%}}, repair: 1h}}
  else: {other}
"
        )
    };
    let wear = |other: &str| struck(&text(other), "wear").into_iter().map(|(_, at)| at).collect::<Vec<_>>();
    let never = "{hits: replica, of: [other], mttf: 1000y, repair: 1h}";
    assert_eq!(wear(never), [10.0, 16.0, 22.0, 28.0]);
    // Another failure of the same thing stops the clock, before and after the first repair.
    let twice = "{hits: replica, of: [unit], schedule: {first: 2026-01-01T04:00, every: 10h}, repair: 2h}";
    assert_eq!(wear(twice), [12.0, 20.0, 28.0]);
    // It runs on under its zone, its service, and what takes no more than capacity.
    for other in [
        "{hits: zone, schedule: {first: 2026-01-01T04:00, every: 10h}, repair: 2h}",
        "{hits: service, of: [unit], schedule: {first: 2026-01-01T04:00, every: 10h}, repair: 2h}",
        "{hits: replica, of: [unit], schedule: {first: 2026-01-01T04:00, every: 10h}, effect: {capacity: 50%}, repair: 2h}",
    ] {
        assert_eq!(wear(other), [10.0, 16.0, 22.0, 28.0], "{other}");
    }
}

/// The clock that ages with another service stands still while that is down, and keeps its age.
#[test]
fn an_age_is_kept_while_another_service_is_down() {
    let failed = struck(
        "
name: ages with another
start: 2026-01-01
horizon: 30h
services: {main: {}, worn: {}}
failures:
  halt: {hits: service, of: [main], schedule: {first: 2026-01-01T04:00, every: 10h}, repair: 2h}
  wear: {hits: replica, of: [worn], time_to_failure: 10h, after_repair: {younger: 50%}, repair: 1h, ages_while: {service_up: main}}
",
        "wear",
    );
    assert_eq!(failed, named(&[("worn 0", 12.0), ("worn 0", 20.0), ("worn 0", 28.0)]));
}

/// An age at the start, of 4 h: the first failure at 6, the age then half of 10.
#[test]
fn an_age_at_the_start_counts() {
    let failed = struck(
        "
name: used
start: 2026-01-01
horizon: 20h
services: {unit: {}}
failures: {wear: {hits: replica, time_to_failure: 10h, age: 4h, after_repair: {younger: 50%}, repair: 1h}}
",
        "wear",
    );
    assert_eq!(failed, named(&[("unit 0", 6.0), ("unit 0", 12.0), ("unit 0", 18.0)]));
}

/// Steady from the start on, and repaired at once, failures come at the rate 1 / mean at any time: a stationary renewal process
/// (Cox, *Renewal Theory*, 1962, section 4.1).
#[test]
fn what_is_steady_fails_at_the_same_rate_from_the_start() {
    for life in [
        "10h",
        "{weibull: {shape: 3, mean: 10h}}",
        "{lognormal: {mean: 10h, cv: 2}}",
        "{uniform: {low: 8h, high: 12h}}",
        "{hyperexponential: {mean: 10h, cv: 2}}",
        "{erlang: {k: 4, mean: 10h}}",
    ] {
        let run = run(
            &format!(
                "
name: steady
start: 2026-01-01
horizon: 4h
services: {{unit: {{replicas: 100}}}}
failures: {{wear: {{hits: replica, time_to_failure: {life}, repair: 0s, age: steady}}}}
"
            ),
            400,
            1,
        );
        run.estimate("failures", "wear", "count_per_year").times(4.0 * HOUR / YEAR / 100.0).is(0.4);
    }
}
