//! Standby units against published values and closed forms.

mod common;

use common::{Estimate, HOUR, Run, YEAR, run, run_after};

/// Units that are never repaired: `life` of each, `units` with `needs` of them wanted, and how the others wait.
fn unrepaired(life: &str, units: u32, needs: u32, standby: &str, horizon_hours: f64, replications: u64) -> Run {
    let text = format!(
        "
name: standby
start: 2026-01-01
horizon: {horizon_hours}h
services: {{units: {{replicas: {units}, needs: {needs}, standby: {standby}}}}}
failures: {{wears out: {{hits: replica, time_to_failure: {life}, repair: never}}}}
"
    );
    run(&text, replications, 1)
}

/// The probability of an outage before the horizon.
fn unreliability(run: &Run) -> Estimate {
    run.service("units", "interval_reliability").from(1.0)
}

const WEIBULL: &str = "{weibull: {shape: 1.5, scale: 1000h}}";

/// `ReliaSoft`, Reliability `HotWire` 21: two units, one waits and cannot fail meanwhile, perfect switch.
#[test]
fn cold_pair_of_weibull_units() {
    unreliability(&unrepaired(WEIBULL, 2, 1, "{cold: 1}", 1000.0, 40_000)).is(1.0 - 0.821_185_673_052_551_3);
    // 2 η Γ(1 + 1/β); 20,000 h are beyond the last of them but for one in a million.
    let run = unrepaired(WEIBULL, 2, 1, "{cold: 1}", 20_000.0, 20_000);
    run.service("units", "time_to_first_outage").times(1.0 / HOUR).is(1_805.490_585_901_867_2);
}

/// Textbook pair whose switch works with probability 0.95: R(t) = e^-λt (1 + 0.95 λt).
#[test]
fn cold_pair_with_an_imperfect_switch() {
    let standby = "{cold: 1, switch: {works: 95%}}";
    unreliability(&unrepaired("{exponential: {mean: 1000h}}", 2, 1, standby, 1000.0, 40_000)).is(1.0 - 0.717_364_910_284_312_5);
}

/// Storm (moves-rwth/storm), tests of its fault trees with spares and sequences: exponential units of rate 0.5 an hour,
/// spares with dormancy 0.3. `spare2` and `spare3` are the "or" of gates that share one spare, so all but one must be up;
/// in `seq` and `seq2` a unit can only fail once those before it have, which is cold standby.
#[test]
fn spares_of_dynamic_fault_trees() {
    for (units, needs, standby, mttf, by_one_hour, replications) in [
        (2, 1, "{warm: {count: 1, rate: 0.3}}", 3.538_461_538_461_538_3, 0.111_853_063_8, 80_000),
        (3, 2, "{warm: {count: 1, rate: 0.3}}", 1.869_565_217_391_304_3, 0.290_502_746_9, 40_000),
        (4, 3, "{warm: {count: 1, rate: 0.3}}", 1.272_727_272_727_272_7, 0.466_067_324_6, 40_000),
        (2, 1, "{cold: 1}", 4.0, 0.090_204_010_43, 80_000),
        (3, 1, "{cold: 2}", 6.0, 0.014_387_677_97, 500_000),
    ] {
        let life = "{exponential: {mean: 2h}}";
        unreliability(&unrepaired(life, units, needs, standby, 1.0, replications)).is(by_one_hour);
        let run = unrepaired(life, units, needs, standby, 60.0, 20_000);
        run.service("units", "time_to_first_outage").times(1.0 / HOUR).is(mttf);
    }
}

/// Warm Weibull units, by quadrature of S(T) + ∫ f(t) S(u(t) + T - t) dt, where S(u(t)) = S(t)^0.2: taking over, a unit is
/// as old as an active one with as much of its life behind it (Nelson 1990).
#[test]
fn warm_pair_of_weibull_units() {
    unreliability(&unrepaired(WEIBULL, 2, 1, "{warm: {count: 1, rate: 20%}}", 1000.0, 40_000)).is(1.0 - 0.742_980_711_979_447_6);
}

/// Two hot units are a parallel pair: MTTF 500 h, MTTR 10 h, a crew for each (Trivedi; Rausand and Høyland).
#[test]
fn hot_standby_is_a_parallel_pair() {
    let text = "
name: parallel pair
start: 2026-01-01
horizon: 100000h
services: {pair: {replicas: 2, standby: {hot: 1}}}
failures:
  unit fails: {hits: replica, mttf: 500h, repair: {exponential: {mean: 10h}}}
";
    let run = run_after(text, 4000, 1, 1000.0 * HOUR);
    run.service("pair", "time_availability").is_availability(0.999_615_532_487_504_8);
    run.service("pair", "outages_per_year").times(HOUR / YEAR).is(7.689_350_249_903_882e-5);
    run.service("pair", "mttr").times(1.0 / HOUR).is(5.0);
}

/// A cold pair, one repairer, a switch that works with probability c; ρ = λ/μ. States: both up; one active and one in
/// repair; both failed; switch failed. By the cuts of the chain their probabilities are as 1 : cρ : cρ² : (1 - c)ρ.
#[test]
fn cold_pair_with_one_repairer() {
    let (c, rho) = (0.9, 0.1);
    let text = "
name: cold pair
start: 2026-01-01
horizon: 20000h
services: {pair: {replicas: 2, standby: {cold: 1, switch: {works: 90%}}}}
teams: {repairer: {people: 1}}
failures:
  unit fails: {hits: replica, mttf: 100h, repair: {exponential: {mean: 10h}}, team: repairer}
";
    let run = run_after(text, 400, 1, 500.0 * HOUR);
    let all = 1.0 + rho + c * rho * rho;
    let down = ((1.0 - c) * rho + c * rho * rho) / all;
    run.service("pair", "time_availability").from(1.0).is(down);
    // Onsets: a switch that fails, or a failure while the other is in repair.
    let onsets = ((1.0 - c) + c * rho) / all / 100.0;
    run.service("pair", "outages_per_year").times(HOUR / YEAR).is(onsets);
    run.estimate("teams", "repairer", "busy").is((rho + c * rho * rho) / all);
    run.service("pair", "replicas").is(1.0 - down);
}

/// Two of four warm units active, switches that work with 0.7, a repairer for each. After a failed switch the place stays
/// empty until a repaired unit takes it; other empty places are then tried once more. Stationary solution of the chain over
/// (active, waiting), by numpy.
#[test]
fn switches_that_fail_are_tried_again_after_a_repair() {
    let text = "
name: four units
start: 2026-01-01
horizon: 20000h
services:
  units: {replicas: 4, needs: 2, standby: {warm: {count: 2, rate: 30%}, switch: {works: 70%}}}
  any: {up_when: {at_least: 1, of: [units]}}
failures:
  unit fails: {hits: replica, of: [units], mttf: 100h, repair: {exponential: {mean: 20h}}}
";
    let run = run_after(text, 2500, 1, 1000.0 * HOUR);
    run.service("units", "time_availability").from(1.0).is(0.086_354_247_953_998_25);
    run.service("units", "outages_per_year").times(HOUR / YEAR).is(0.006_135_761_908_324_672);
    run.service("units", "replicas").is(1.911_214_195_187_550_5);
    run.service("any", "time_availability").from(1.0).is(0.002_431_556_858_453_646_4);
}

/// Six warm Weibull replicas over two zones, three of them active, with detection, switches that take time and fail, and zone
/// outages, against `tests/reference/standby.py`, which follows them one by one: `python tests/reference/standby.py 20000`.
#[test]
fn a_standby_over_zones_agrees_with_an_independent_simulation() {
    for (failback, figures) in REFERENCE {
        let text = format!(
            "
name: reference
start: 2026-01-01
horizon: 2000h
zones: [a, b]
services:
  db: {{replicas: 6, needs: 3, spread: zones, standby: {{warm: {{count: 3, rate: 25%}}, failback: {failback}, switch: {{time: {{exponential: {{mean: 30m}}}}, works: 80%}}}}}}
failures:
  crash: {{hits: replica, time_to_failure: {{weibull: {{shape: 2, mean: 200h}}}}, detection: 15m, repair: {{exponential: {{mean: 20h}}}}}}
  zone: {{hits: zone, mttf: 400h, detection: 6m, repair: {{exponential: {{mean: 10h}}}}}}
"
        );
        let run = run(&text, 20_000, 1);
        for (measure, factor, exact, error) in figures {
            let ours = run.service("db", measure).times(factor);
            let off = (ours.value - exact) / ours.standard_error().hypot(error);
            assert!(off.abs() < 3.5, "failback {failback}, {measure}: {} against {exact}, {off:.1} standard errors", ours.value);
        }
    }
}

/// By `failback`: (measure, factor from our unit to the reference's, value, standard error).
type Figures = [(&'static str, f64, f64, f64); 3];
const REFERENCE: [(bool, Figures); 2] = [
    (
        false,
        [
            ("downtime_per_year", 1.0 / YEAR, 0.072_233_31, 0.000_17),
            ("outages_per_year", HOUR / YEAR, 0.019_264_52, 1.5e-5),
            ("replicas", 1.0, 2.921_777_67, 0.000_19),
        ],
    ),
    (
        true,
        [
            ("downtime_per_year", 1.0 / YEAR, 0.066_242_51, 0.000_17),
            ("outages_per_year", HOUR / YEAR, 0.018_108_35, 1.5e-5),
            ("replicas", 1.0, 2.928_557_96, 0.000_18),
        ],
    ),
];

/// A standby that fails unseen at rate λ, is tested every T, and is called at rate D, which finds it too. In a period the
/// probability that it has failed solves p' = λ (1 - p) - D p from 0; its mean over the period is that of a call in vain
/// (as for tested safety systems: Rausand and Høyland, System Reliability Theory). Repairs take a second.
#[test]
fn calls_in_vain_of_a_tested_standby() {
    let text = "
name: tested
start: 2026-01-01
horizon: 10000h
zones: [a, b]
services: {pair: {replicas: 2, spread: zones, standby: {hot: 1, failback: true, test: {every: 500h}}}}
failures:
  unit fails: {hits: replica, mttf: 1000h, repair: 1s}
  zone outage: {hits: zone, of: [a], mttf: 250h, repair: 1s}
";
    let run = run(text, 3000, 1);
    let (fails, calls) = (1.0 / 1000.0, 1.0 / 1000.0 + 1.0 / 250.0);
    let both: f64 = fails + calls;
    let in_vain = fails / both * (1.0 - (1.0 - (-both * 500.0).exp()) / (both * 500.0));
    run.service("pair", "outages_per_year").times(HOUR / YEAR).is(calls * in_vain);
}
