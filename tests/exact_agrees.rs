//! Random scenarios simulated and solved: the simulator against the Markov chain, and that against the structure of
//! independent components. The three read the same page of words and share no line of what it means.

#![allow(clippy::expect_used, reason = "a test says by a panic what it expected")]

mod common;

use std::collections::BTreeMap;

use common::HOUR;
use ninefold::analysis::reliability::{Comparison, Measure, Question, Rarely, Standing, investigate};
use ninefold::exact::markov::{ServiceMeasures, measures};
use ninefold::exact::structure::{Faults, Mission, Obstacle, Structure};
use ninefold::model::Model;
use ninefold::run::runs::sum;
use ninefold::run::{Control, Options};
use ninefold::scenario::{Patches, parse};

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

/// Numbers from a seed (splitmix64).
struct Dice(u64);

impl Dice {
    fn below(&mut self, n: u64) -> u64 {
        self.0 = self.0.wrapping_add(0x9e37_79b9_7f4a_7c15);
        let mut z = self.0;
        z = (z ^ (z >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
        z = (z ^ (z >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
        (z ^ (z >> 31)) % n
    }

    fn is(&mut self, percent: u64) -> bool {
        self.below(100) < percent
    }

    fn of<'a>(&mut self, list: &[&'a str]) -> &'a str {
        list[self.below(list.len() as u64) as usize]
    }

    /// Some names of those from `s0` on, at least one.
    fn names(&mut self, services: u64) -> String {
        let names: Vec<String> = (0..services).filter(|_| self.is(60)).map(|s| format!("s{s}")).collect();
        if names.is_empty() { "s0".to_owned() } else { names.join(", ") }
    }

    /// A time made of exponential stages, mostly of one, with a mean of so many minutes.
    fn time(&mut self, from: u64, to: u64) -> String {
        let minutes = from + self.below(to - from);
        match self.below(10) {
            0 => format!("{{erlang: {{k: {}, mean: {minutes}m}}}}", 2 + self.below(2)),
            1 => format!("{{hyperexponential: {{mean: {minutes}m, cv: {}}}}}", self.of(&["1.5", "2", "3"])),
            _ => format!("{{exponential: {{mean: {minutes}m}}}}"),
        }
    }
}

/// A scenario as lists of words, so that it can be made smaller.
#[derive(Clone)]
struct Words {
    /// `services`, `failures` and `teams`: by name.
    sections: [Vec<(String, Vec<String>)>; 3],
    horizon: u64,
}

impl Words {
    fn text(&self) -> String {
        let mut text =
            format!("\nname: random\nstart: 2026-01-01\nhorizon: {}h\nregions: {{eu: [a, b], us: [c]}}\n", self.horizon);
        for (name, entries) in ["services", "failures", "teams"].iter().zip(&self.sections) {
            text += &format!("{name}:{}\n", if entries.is_empty() { " {}" } else { "" });
            for (name, words) in entries {
                text += &format!("  {name}: {{{}}}\n", words.join(", "));
            }
        }
        text
    }

    /// The same with less: without an entry, without a word, over less time.
    fn smaller(&self) -> Vec<Self> {
        let mut found = Vec::new();
        for s in 0..3 {
            for entry in 0..self.sections[s].len() {
                let mut less = self.clone();
                less.sections[s].remove(entry);
                found.push(less);
                for word in 0..self.sections[s][entry].1.len() {
                    let mut less = self.clone();
                    less.sections[s][entry].1.remove(word);
                    found.push(less);
                }
            }
        }
        found
    }

    fn random(dice: &mut Dice) -> Self {
        let services = 1 + dice.below(4);
        let zones = dice.is(40);
        let sections = [
            (0..services).map(|s| (format!("s{s}"), service(dice, s, zones))).collect(),
            (0..=dice.below(3)).map(|f| (format!("f{f}"), failure(dice, services, zones))).collect(),
            (0..2).map(|t| (format!("t{t}"), team(dice))).collect(),
        ];
        Self { sections, horizon: 50 * (1 + dice.below(6)) }
    }
}

fn service(dice: &mut Dice, s: u64, zones: bool) -> Vec<String> {
    let mut words = Vec::new();
    if dice.is(8) {
        return vec![format!("external: {{availability: {}%, outage: {}h}}", 60 + dice.below(39), 1 + dice.below(9))];
    }
    let tree = s > 0 && dice.is(35);
    if !tree || dice.is(30) {
        let replicas = 1 + dice.below(4);
        let waiting = if dice.is(35) { dice.below(replicas) } else { 0 };
        words.push(format!("replicas: {replicas}"));
        words.push(format!("needs: {}", 1 + dice.below(replicas - waiting)));
        if waiting > 0 {
            let mut standby = vec![match dice.below(3) {
                0 => format!("hot: {waiting}"),
                1 => format!("cold: {waiting}"),
                _ => format!("warm: {{count: {waiting}, rate: 30%}}"),
            }];
            let mut switch = Vec::new();
            if dice.is(50) {
                switch.push(format!("time: {}", dice.time(30, 330)));
            }
            if dice.is(50) {
                switch.push(format!("works: {}%", 40 + dice.below(60)));
            }
            if !switch.is_empty() {
                standby.push(format!("switch: {{{}}}", switch.join(", ")));
            }
            if dice.is(50) {
                standby.push("failback: true".to_owned());
            }
            words.push(format!("standby: {{{}}}", standby.join(", ")));
        }
        if zones && dice.is(70) {
            words.push(format!("spread: {}", dice.of(&["zones", "zones", "[a, b]", "[a]", "[eu]"])));
        }
    }
    if tree {
        words.push(format!("up_when: {}", up_when(dice, s, 2)));
    }
    for callee in 0..s {
        if dice.is(15) {
            words.push(format!(
                "calls: [{{to: s{callee}{}}}]",
                dice.of(&["", ", per_request: 3", ", per_request: 0.5", ", needed: false"])
            ));
            break;
        }
    }
    words
}

fn up_when(dice: &mut Dice, services: u64, depth: u64) -> String {
    match if depth == 0 { dice.below(2) } else { dice.below(5) } {
        0 => format!("s{}", dice.below(services)),
        1 | 2 => format!("{{at_least: {}, of: [{}]}}", 1 + dice.below(4), dice.names(services)),
        kind => {
            let parts: Vec<String> = (0..=dice.below(2)).map(|_| up_when(dice, services, depth - 1)).collect();
            format!("{{{}: [{}]}}", if kind == 3 { "any" } else { "all" }, parts.join(", "))
        }
    }
}

fn failure(dice: &mut Dice, services: u64, zones: bool) -> Vec<String> {
    let hits = match dice.below(10) {
        0 => "service",
        1 | 2 if zones => "zone",
        3 if zones => "region",
        _ => "replica",
    };
    let mut words = vec![format!("hits: {hits}")];
    if matches!(hits, "service" | "replica") && dice.is(70) {
        words.push(format!("of: [{}]", dice.names(services)));
    }
    let simple = dice.is(75);
    let life = if simple {
        format!("mttf: {}m", 300 + dice.below(5_000))
    } else {
        format!("time_to_failure: {}", dice.time(300, 5_300))
    };
    words.push(life);
    let replica = hits == "replica";
    let never = dice.is(6);
    if never {
        words.push("repair: never".to_owned());
    } else {
        words.push(format!("repair: {}", dice.time(30, 1030)));
    }
    if dice.is(35) {
        words.push(format!("detection: {}", dice.time(20, 320)));
    }
    if !never && dice.is(50) {
        words.push(format!("team: t{}", dice.below(2)));
        if dice.is(50) {
            words.push(format!("priority: {}", 1 + dice.below(3)));
        }
    }
    if !never && dice.is(15) {
        let stock = dice.below(3);
        let reorder = if stock > 0 { format!("reorder_at: {}, ", dice.below(stock)) } else { String::new() };
        words.push(format!("spares: {{stock: {stock}, {reorder}lead_time: {}}}", dice.time(200, 2200)));
    }
    if replica && dice.is(20) {
        words.push(format!("common_cause: {}%", 10 + dice.below(80)));
    }
    if replica && dice.is(20) {
        words.push(format!("load: {}", dice.of(&["1", "2", "0.5"])));
    }
    if dice.is(15) {
        let up = format!("ages_while: {{service_up: s{}}}", dice.below(services));
        words.push(if dice.is(50) { "ages_while: always".to_owned() } else { up });
    }
    if dice.is(10) {
        words.push("effect: {capacity: 50%}".to_owned());
    }
    if simple && dice.is(15) {
        words.push(format!("after_repair: {}", dice.of(&["old", "{younger: 40%}"])));
    }
    if simple && dice.is(10) {
        words.push(format!("age: {}", dice.of(&["{exponential: {mean: 30h}}", "steady", "20h"])));
    }
    words
}

fn team(dice: &mut Dice) -> Vec<String> {
    let mut words = vec![format!("people: {}", 1 + dice.below(2) * dice.below(2))];
    if dice.is(40) {
        words.push(format!("acknowledge: {}", dice.time(20, 220)));
    }
    match dice.below(6) {
        0 => words.push("selection: fifo".to_owned()),
        1 => words.push("selection: random".to_owned()),
        2 => words.push(format!("selection: {{race: {}m}}", 10 + dice.below(200))),
        3 | 4 => words.push("preempt: true".to_owned()),
        _ => {}
    }
    words
}

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
