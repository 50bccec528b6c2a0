//! Random scenarios simulated and solved: the simulator against the Markov chain, and that against the structure of
//! independent components. The three read the same page of words and share no line of what it means.

#![allow(clippy::expect_used, reason = "a test says by a panic what it expected")]

#[path = "../common/mod.rs"]
mod common;
mod words;

use std::collections::BTreeMap;

use common::HOUR;
use ninefold::analysis::reliability::{Comparison, Measure, Question, Rarely, Standing, investigate};
use ninefold::exact::markov::{ServiceMeasures, measures};
use ninefold::exact::structure::{Faults, Mission, Obstacle, Structure};
use ninefold::model::Model;
use ninefold::run::runs::sum;
use ninefold::run::{Control, Options};
use ninefold::scenario::{Patches, parse};
use words::{Dice, Words};

/// States of a chain that is solved here.
const MOST_STATES: usize = 4_000;
/// Replications of the first sample; the second has so many times as many.
const REPLICATIONS: u64 = 3_000;
const AGAIN: u64 = 10;
/// Levels of the two samples. Each measure is tested twice: at these two it is wrongly called off with probability
/// 1e-4 · 1e-6 / 2, and all together (some 300 in the short test) once in 60 million runs. The rest is for heavy tails.
const LEVELS: [f64; 2] = [1.0 - 1e-4, 1.0 - 1e-6];
/// Outages behind a mean that is tested.
const FEWEST: f64 = 200.0;

/// What became of a scenario.
struct Compared {
    /// Measures that were tested against the simulator, and against the structure.
    tested: usize,
    by_structure: usize,
    /// Why services have no chain.
    refused: Vec<String>,
    /// What disagrees.
    off: Vec<String>,
}

/// The model of a text, or why there is none.
fn model_of(text: &str) -> Result<Model, String> {
    let loaded = parse("case.yaml", text, &Patches::default()).map_err(|error| format!("{error:?}"))?;
    ninefold::model::compile(&loaded).map_err(|error| format!("{error:?}"))
}

fn compare(model: &Model, seed: u64) -> Compared {
    let solved = measures(model, MOST_STATES);
    let mut compared = Compared { tested: 0, by_structure: 0, refused: Vec::new(), off: Vec::new() };
    let mut exact = Vec::new();
    for (s, solved) in solved.into_iter().enumerate() {
        match solved {
            Ok(solved) => {
                structures(model, s, &solved, &mut compared);
                exact.push((s, solved));
            }
            Err(reasons) => compared.refused.extend(reasons),
        }
    }
    if exact.is_empty() {
        return compared;
    }
    let first = sides(model, &exact, seed, REPLICATIONS, LEVELS[0]);
    compared.tested = first.len();
    if first.values().all(|(side, _)| *side == 0) {
        return compared;
    }
    let second = sides(model, &exact, seed + 1, AGAIN * REPLICATIONS, LEVELS[1]);
    for (measure, (side, _)) in first {
        if let Some((again, said)) = second.get(&measure)
            && side != 0
            && side == *again
        {
            compared.off.push(format!("{measure}: {said}"));
        }
    }
    compared
}

/// By measure on which side of the simulated interval the exact value lies, and both in words.
fn sides(
    model: &Model,
    exact: &[(usize, ServiceMeasures)],
    seed: u64,
    replications: u64,
    level: f64,
) -> BTreeMap<String, (i8, String)> {
    let options = Options { seed, replications, threads: Some(1), ..Options::default() };
    let runs = ninefold::run::simulate(model, &options, &Control::default(), None).expect("the simulation runs");
    let mut found = BTreeMap::new();
    for (s, exact) in exact {
        let (of, exact) = (&runs.services[*s], &exact.horizon);
        let count = replications as f64;
        let expected = count * exact.outages.max(exact.restorations);
        let seen = of.sums.sum(sum::ONSETS).max(of.sums.sum(sum::ENDED));
        let mut tested = vec![
            ("no outage", of.no_outage.estimate(level), 1.0 - exact.outage_probability),
            ("up at the end", of.up_at_end.estimate(level), 1.0 - exact.unavailability_at_end),
        ];
        let differ = count * of.sums.covariance(sum::ONSETS, sum::ONSETS);
        if expected.max(seen) >= FEWEST && differ >= FEWEST {
            tested.push(("downtime", of.sums.mean_estimate(sum::DOWN, level), exact.downtime));
            tested.push(("outages", of.sums.mean_estimate(sum::ONSETS, level), exact.outages));
            tested.push(("restorations", of.sums.mean_estimate(sum::ENDED, level), exact.restorations));
        }
        for (what, simulated, exact) in tested {
            let slack = 1e-9 * exact.abs();
            let side = match (simulated.low, simulated.high) {
                (Some(low), _) if exact < low - slack => -1,
                (_, Some(high)) if exact > high + slack => 1,
                _ => 0,
            };
            let said = format!("simulated {:?} in {:?} to {:?}, exact {exact}", simulated.value, simulated.low, simulated.high);
            found.insert(format!("{what} of {}", model.services[*s].name), (side, said));
        }
    }
    found
}

/// The structure of independent components must give what the chain gives, wherever it applies.
fn structures(model: &Model, s: usize, chain: &ServiceMeasures, compared: &mut Compared) {
    let mut pairs = Vec::new();
    if let Ok(structure) = Structure::of(model, s as u32) {
        let steady = structure.diagram().expect("small").steady(&structure.components).expect("components for all");
        pairs.push(("unavailability", steady.unavailability, chain.long_run.unavailability));
        pairs.push(("availability", steady.availability, chain.long_run.availability));
        pairs.push(("frequency", steady.frequency, chain.long_run.frequency));
    }
    if let Ok(mission) = Mission::of(model, s as u32) {
        let diagram = mission.diagram().expect("small");
        pairs.push(("survival", diagram.reliability(&mission.lives, model.horizon), 1.0 - chain.horizon.outage_probability));
    }
    for (what, structure, chain) in pairs {
        compared.by_structure += 1;
        // What is left to 1 has lost its last digits.
        if (structure - chain).abs() > 1e-9 * chain.abs() + 1e-13 * f64::from(u8::from(what == "survival")) {
            compared.off.push(format!("{what} of {}: structure {structure:e}, chain {chain:e}", model.services[s].name));
        }
    }
}

/// The smallest scenario found in which something still disagrees.
fn reduced(words: &Words, seed: u64) -> Words {
    let mut words = words.clone();
    while let Some(less) =
        words.smaller().into_iter().find(|less| model_of(&less.text()).is_ok_and(|model| !compare(&model, seed).off.is_empty()))
    {
        words = less;
    }
    words
}

/// Nothing disagrees in a scenario, and each of its services has a chain.
fn agrees(text: &str) {
    let compared = compare(&model_of(text).expect("a scenario"), 1);
    assert!(compared.refused.is_empty(), "{:?}\n{text}", compared.refused);
    assert!(compared.off.is_empty() && compared.tested > 0, "{:#?}\n{text}", compared.off);
}

/// Alike replicas are kept in order of their states, so that one that fails trades places with others before it is missed.
#[test]
fn replicas_that_trade_places_are_missed() {
    for zones in ["", ", spread: [eu]"] {
        agrees(&format!(
            "
name: missed
start: 2026-01-01
horizon: 200h
regions: {{eu: [a, b], us: [c]}}
services:
  s0: {{replicas: 3, standby: {{cold: 1, failback: true}}{zones}}}
failures:
  f0: {{hits: replica, mttf: 22h, repair: {{exponential: {{mean: 11h}}}}, detection: {{exponential: {{mean: 3h}}}}}}
  f1: {{hits: zone, of: [a], mttf: 60h, repair: {{exponential: {{mean: 11h}}}}, detection: {{exponential: {{mean: 3h}}}}}}
"
        ));
    }
}

/// A common cause that takes down the very service whose being up its clock waits for.
#[test]
fn a_common_cause_stops_its_own_clock() {
    for more in ["", ", load: 1"] {
        agrees(&format!(
            "
name: stops itself
start: 2026-01-01
horizon: 300h
services: {{s0: {{replicas: 2, needs: 2}}}}
failures:
  f0: {{hits: replica, mttf: 20h, repair: {{exponential: {{mean: 4h}}}}, common_cause: 47%, ages_while: {{service_up: s0}}{more}}}
"
        ));
    }
}

/// One outage from before the start on, so that none begins.
#[test]
fn what_nothing_fulfils_is_down_from_the_start() {
    let text = "
name: never
start: 2026-01-01
horizon: 100h
services:
  s0: {}
  s1: {up_when: {at_least: 2, of: [s0]}}
failures: {}
";
    agrees(text);
    let run = common::run(text, 64, 1);
    let sums = &run.runs().services[1].sums;
    assert_eq!((sums.sum(sum::ONSETS), sums.sum(sum::DOWN)), (0.0, 64.0 * 100.0 * HOUR));
}

/// The chance of an outage is no larger than 1 where it is certain but for the last digits.
#[test]
fn a_certain_outage_is_no_more_than_certain() {
    let text = "
name: certain
start: 2026-01-01
horizon: 300h
services: {s0: {external: {availability: 73%, outage: 2h}}}
";
    agrees(text);
    let solved = measures(&model_of(text).expect("a scenario"), MOST_STATES).remove(0).expect("a chain");
    assert_eq!(solved.horizon.outage_probability, 1.0);
}

/// Replicas that wait count only once they have taken over, whatever fails: no structure of independent components, and a
/// cut set where no more than the active ones count.
#[test]
fn replicas_that_wait_are_no_structure() {
    let text = "
name: waits
start: 2026-01-01
horizon: 200h
zones: [a, b, c]
services:
  pair: {replicas: 3, standby: {hot: 1, switch: {time: {exponential: {mean: 4h}}}}, spread: zones}
  one: {}
  all: {up_when: {at_least: 3, of: [pair, one]}}
failures:
  power: {hits: zone, mttf: 60h, repair: {exponential: {mean: 5h}}}
  crash: {hits: replica, of: [one], mttf: 60h, repair: {exponential: {mean: 5h}}}
";
    agrees(text);
    let model = model_of(text).expect("a scenario");
    assert!(matches!(Structure::of(&model, 0).expect_err("no structure")[..], [Obstacle::Standby(_)]));
    let faults = Faults::of(&model, 2);
    let diagram = faults.diagram().expect("small");
    let named = |set: &[usize]| set.iter().map(|&i| faults.tree.names()[i].as_str()).collect::<Vec<_>>();
    assert_eq!(named(&diagram.single_points()), ["one 0"]);
    assert_eq!(diagram.cut_sets(2).expect("few").counts(2)[2], 3);
}

/// The report does not cry wolf over what is certain: an outage that always comes, or has always been.
#[test]
fn what_is_certain_is_no_disagreement() {
    let text = "
name: certain
start: 2026-01-01
horizon: 300h
services:
  bought: {external: {availability: 73%, outage: 2h}}
  never: {replicas: 2, up_when: {at_least: 3, of: [bought]}}
failures: {crash: {hits: replica, of: [never], mttf: 20h, repair: {exponential: {mean: 2h}}}}
";
    let model = model_of(text).expect("a scenario");
    let options = Options { threads: Some(1), ..Options::default() };
    let question = Question { rare: Rarely::Off, ..Question::default() };
    let found = investigate(&model, &options, &question, vec![0, 1], &Control::default()).expect("threads");
    assert!(!found.disagrees(), "{:#?}", found.comparisons);
    let standing = |service: usize, measure: Measure| {
        let of = |c: &&Comparison| c.service == service && c.measure == measure;
        found.comparisons.iter().find(of).expect("a comparison").standing
    };
    assert_eq!(standing(0, Measure::IntervalReliability), Standing::Agrees);
    assert_eq!(standing(0, Measure::OutagesPerYear), Standing::Agrees);
    assert_eq!(standing(1, Measure::PointAvailability), Standing::Agrees);
}

/// Compares the scenarios of some seeds, and asserts that at least so many measures were, with the simulator and with the
/// structure.
fn random_scenarios(seeds: std::ops::Range<u64>, (least, least_by_structure): (usize, usize)) {
    let (mut tested, mut by_structure) = (0, 0);
    for seed in seeds {
        let words = Words::random(&mut Dice(seed));
        let Ok(model) = model_of(&words.text()) else { continue };
        let compared = compare(&model, seed);
        tested += compared.tested;
        by_structure += compared.by_structure;
        if !compared.off.is_empty() {
            let small = reduced(&words, seed).text();
            let off = compare(&model_of(&small).expect("it compiled"), seed).off;
            panic!("seed {seed}: {:#?}\nreduced to{small}{off:#?}", compared.off);
        }
    }
    assert!(tested >= least && by_structure >= least_by_structure, "only {tested} and {by_structure} measures were compared");
}

#[test]
fn simulated_and_exact_agree() {
    random_scenarios(0..60, (300, 100));
}

#[test]
#[ignore = "takes some minutes"]
fn simulated_and_exact_agree_often() {
    random_scenarios(1_000..5_000, (20_000, 7_000));
}
