//! Scenarios solved as Markov chains, against published values and closed forms.

mod common;

use common::{HOUR, compiled};
use ninefold::exact::markov::measures::MOST_STATES;
use ninefold::exact::markov::{ServiceMeasures, measures};

/// What is exact about a service of a scenario text.
fn exact(text: &str, service: &str) -> ServiceMeasures {
    let model = compiled(text, None);
    let index = model.services.iter().position(|s| s.name == service).unwrap_or_else(|| panic!("no service {service}"));
    measures(&model, MOST_STATES).swap_remove(index).unwrap_or_else(|reasons| panic!("no chain: {reasons:?}"))
}

fn close(what: &str, value: f64, exact: f64, relative: f64) {
    assert!((value / exact - 1.0).abs() <= relative, "{what} is {value:e}, not {exact:e}: off by {:e}", value / exact - 1.0);
}

/// The workstation cluster of Haverkort, Hermanns & Katoen (SRDS 2000), as in the PRISM benchmark suite: 2 × n
/// workstations, one repair unit that looks at all kinds of failures at once.
fn cluster(n: u32, needed: u32) -> String {
    format!(
        "
name: workstation cluster
start: 2026-01-01
horizon: 100h
services:
  left: {{replicas: {n}}}
  right: {{replicas: {n}}}
  left switch: {{replicas: 1}}
  right switch: {{replicas: 1}}
  backbone: {{replicas: 1}}
  cluster:
    up_when:
      any:
        - {{all: [{{at_least: {needed}, of: [left]}}, {{at_least: 1, of: [left switch]}}]}}
        - {{all: [{{at_least: {needed}, of: [right]}}, {{at_least: 1, of: [right switch]}}]}}
        - all:
            - {{at_least: {needed}, of: [left, right]}}
            - {{at_least: 1, of: [left switch]}}
            - {{at_least: 1, of: [right switch]}}
            - {{at_least: 1, of: [backbone]}}
failures:
  workstation: {{hits: replica, of: [left, right], mttf: 500h, repair: {{exponential: {{mean: 30m}}}}, team: unit}}
  switch: {{hits: replica, of: [left switch, right switch], mttf: 4000h, repair: {{exponential: {{mean: 4h}}}}, team: unit}}
  backbone: {{hits: replica, of: [backbone], mttf: 5000h, repair: {{exponential: {{mean: 8h}}}}, team: unit}}
teams: {{unit: {{people: 1, selection: {{race: 6m}}}}}}
"
    )
}

/// Minimum service needs ⌊0.75 · 2⌋ = 1 workstation of a side. Values from the explicit state space by sparse LU and
/// uniformisation (scipy), which agree with the exact rationals of the Quantitative Verification Benchmark Set.
#[test]
fn workstation_cluster_of_two_a_side() {
    let minimum = exact(&cluster(2, 1), "cluster");
    assert_eq!(minimum.states, 276);
    let long = &minimum.long_run;
    close("unavailability", long.unavailability, 2.339_823_364_613_218_5e-6, 1e-9);
    close("availability", long.availability, 0.999_997_660_176_635_6, 1e-14);
    close("frequency", long.frequency * HOUR, 5.815_384_285_163_936e-7, 1e-9);
    close("MTBF", long.mtbf / HOUR, 1_719_576.817_221_134, 1e-9);
    close("MUT", long.mttf / HOUR, 1_719_572.793_715_120_3, 1e-9);
    close("MDT", long.mttr / HOUR, 4.023_506_014_181_243, 1e-9);
    close("MTTF", minimum.time_to_first_outage / HOUR, 1_721_636.159_769_407_5, 1e-9);
    let horizon = &minimum.horizon;
    close("lost by 100 h", horizon.outage_probability, 5.546_125_470_441_469_4e-5, 1e-9);
    close("unavailability at 100 h", horizon.unavailability_at_end, 2.339_787_354_818_787e-6, 1e-9);
    close("hours below", horizon.downtime / HOUR, 0.000_213_528_367_424_321_8, 1e-9);
    close("interval availability", horizon.uptime / horizon.length, 0.999_997_864_716_325_8, 1e-12);
    let premium = exact(&cluster(2, 2), "cluster");
    close("P(premium)", premium.long_run.availability, 0.999_961_533_562_362_8, 1e-13);
}

#[test]
fn workstation_cluster_of_four_a_side() {
    let premium = exact(&cluster(4, 4), "cluster");
    close("P(premium)", premium.long_run.availability, 0.999_921_240_851_379_3, 1e-13);
    assert_eq!(premium.states, 820);
}

/// A pair in parallel, means 500 h and 10 h, by automation and by a crew of two (Trivedi; Rausand & Høyland).
#[test]
fn parallel_pair() {
    for crew in ["", ", team: crew"] {
        let text = format!(
            "
name: pair
start: 2026-01-01
horizon: 1000h
services: {{pair: {{replicas: 2}}}}
failures:
  unit: {{hits: replica, mttf: 500h, repair: {{exponential: {{mean: 10h}}}}{crew}}}
teams: {{crew: {{people: 2}}}}
"
        );
        let pair = exact(&text, "pair");
        assert_eq!(pair.states, 3);
        close("availability", pair.long_run.availability, 0.999_615_532_487_504_8, 1e-14);
        close("unavailability", pair.long_run.unavailability, (10.0_f64 / 510.0).powi(2), 1e-13);
        close("frequency", pair.long_run.frequency * HOUR, 7.689_350_249_903_882e-5, 1e-13);
        close("first", pair.time_to_first_outage / HOUR, 13_250.0, 1e-13);
    }
}

/// Job shops (Ross; Hillier & Lieberman): machines that run 10 h and take 8 h of a repairer.
#[test]
fn job_shops() {
    let three = [0.164_257_555_847_568_96, 0.394_218_134_034_165_55, 0.315_374_507_227_332_46, 0.126_149_802_890_933];
    let two = [0.257_731_958_762_886_57, 0.412_371_134_020_618_53, 0.329_896_907_216_494_9];
    for (repairers, exact_down) in [(2, &three[..]), (1, &two[..])] {
        let machines = exact_down.len() - 1;
        let mut text = format!(
            "
name: job shop
start: 2026-01-01
horizon: 200h
failures:
  breakdown: {{hits: replica, of: [machines], mttf: 10h, repair: {{exponential: {{mean: 8h}}}}, team: repairers}}
teams: {{repairers: {{people: {repairers}}}}}
services:
  machines: {{replicas: {machines}}}
"
        );
        for k in 1..=machines {
            text += &format!("  at least {k}: {{up_when: {{at_least: {k}, of: [machines]}}}}\n");
        }
        let mut at_most = 0.0;
        for (down, p) in exact_down.iter().enumerate().take(machines) {
            at_most += p;
            let shop = exact(&text, &format!("at least {}", machines - down));
            close("P(at most so many down)", shop.long_run.availability, at_most, 1e-13);
        }
    }
}

/// RAID 5 of eight disks with one rebuild at a time, and three replicas that are rebuilt each by itself (Greenan, Plank &
/// Wylie, `HotStorage` 2010).
#[test]
fn storage() {
    let raid = exact(
        "
name: raid
start: 2026-01-01
horizon: 87600h
services: {raid: {replicas: 8, needs: 7}}
failures:
  disk: {hits: replica, mttf: 1000000h, repair: {exponential: {mean: 24h}}, team: spare}
teams: {spare: {people: 1}}
",
        "raid",
    );
    close("MTTDL", raid.time_to_first_outage / HOUR, 744_315_476.190_570_4, 1e-11);
    close("loss in ten years", raid.horizon.outage_probability, 0.000_117_652_880_228_597_71, 1e-8);
    let replicas = exact(
        "
name: replicas
start: 2026-01-01
horizon: 87600h
services: {data: {replicas: 3}}
failures:
  node: {hits: replica, mttf: 4380h, repair: {exponential: {mean: 1h}}}
",
        "data",
    );
    // By steps, as for the chain written by hand; the collected figure 28031613783.28612 lost nine digits.
    close("MTTDL", replicas.time_to_first_outage / HOUR, 28_031_613_830.0, 1e-13);
}

/// One unit, failure 1e-4 and repair 3e-2 per hour (documentation of fiabilipy), and one never repaired (AvailSim4).
#[test]
fn single_units() {
    let text = |horizon: u32| {
        format!(
            "
name: unit
start: 2026-01-01
horizon: {horizon}h
services: {{unit: {{}}}}
failures: {{failure: {{hits: replica, mttf: 10000h, repair: {{exponential: {{mean: 120000s}}}}}}}}
"
        )
    };
    close("A(1000)", 1.0 - exact(&text(1000), "unit").horizon.unavailability_at_end, 0.996_677_740_863_787_7, 1e-13);
    let interval = exact(&text(100), "unit").horizon;
    close("interval availability", interval.uptime / interval.length, 0.997_727_076_214_655, 1e-13);
    let lost = exact(
        "
name: lost
start: 2026-01-01
horizon: 1h
services: {unit: {}}
failures: {failure: {hits: replica, mttf: 1h, repair: never}}
",
        "unit",
    );
    close("lost by 1 h", lost.horizon.outage_probability, 0.632_120_558_828_557_7, 1e-13);
    close("mean uptime", lost.horizon.uptime / HOUR, 0.632_120_558_828_557_7, 1e-13);
    assert_eq!((lost.long_run.unavailability, lost.long_run.frequency), (1.0, 0.0));
    close("first", lost.time_to_first_outage, HOUR, 1e-13);
}

/// Erlang lives and hyperexponential repairs of single units: availability depends on the means alone, and frequency is
/// one over the mean cycle.
#[test]
fn stages() {
    for life in ["{erlang: {k: 4, mean: 90h}}", "{hyperexponential: {mean: 90h, cv: 3}}"] {
        for repair in ["{erlang: {k: 3, mean: 8h}}", "{hyperexponential: {mean: 8h, cv: 2}}"] {
            let text = format!(
                "
name: unit
start: 2026-01-01
horizon: 10h
services: {{unit: {{}}}}
failures:
  failure: {{hits: replica, time_to_failure: {life}, repair: {repair}, detection: {{exponential: {{mean: 2h}}}}}}
"
            );
            let unit = exact(&text, "unit");
            close("availability", unit.long_run.availability, 0.9, 1e-13);
            close("MTBF", unit.long_run.mtbf / HOUR, 100.0, 1e-13);
            close("first", unit.time_to_first_outage / HOUR, 90.0, 1e-13);
        }
    }
}

/// One in cold standby behind a switch that works with 95%, no repair: e^(−1)(1 + 0.95) at the mean life.
#[test]
fn cold_standby_behind_a_switch() {
    let pair = exact(
        "
name: standby
start: 2026-01-01
horizon: 1000h
services: {pair: {replicas: 2, standby: {cold: 1, switch: {works: 95%}}}}
failures: {failure: {hits: replica, mttf: 1000h, repair: never}}
",
        "pair",
    );
    close("reliability", 1.0 - pair.horizon.outage_probability, 0.717_364_910_284_312_5, 1e-12);
    close("MTTF", pair.time_to_first_outage / HOUR, 1950.0, 1e-13);
}
