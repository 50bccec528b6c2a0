//! Random structures under random failures: from the failures of a replication alone (its timeline) every outage and
//! every charge is worked out again, by trying all that is in force, and held against what the simulator counted.

#![expect(clippy::expect_used, reason = "a test says by a panic what it expected")]

mod common;

use std::collections::BTreeMap;

use common::{HOUR, YEAR};
use proptest::prelude::*;
use proptest::test_runner::RngSeed;

const HORIZON: f64 = 300.0 * HOUR;
const ZONES: [&str; 3] = ["a", "b", "c"];

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
}

enum Tree {
    Service(usize),
    Any(Vec<Tree>),
    All(Vec<Tree>),
    AtLeast(usize, Vec<usize>),
}

impl Tree {
    fn of(dice: &mut Dice, services: usize, depth: u32) -> Self {
        match if depth == 0 { dice.below(2) } else { dice.below(5) } {
            0 => Self::Service(dice.below(services as u64) as usize),
            1 => {
                let of: Vec<usize> = (0..services).filter(|_| dice.is(50)).collect();
                let of = if of.is_empty() { vec![0] } else { of };
                Self::AtLeast(1 + dice.below(4) as usize, of)
            }
            kind => {
                let parts = (0..=dice.below(2)).map(|_| Self::of(dice, services, depth - 1)).collect();
                if kind < 4 { Self::Any(parts) } else { Self::All(parts) }
            }
        }
    }

    fn text(&self) -> String {
        let list = |parts: &[Self]| parts.iter().map(Self::text).collect::<Vec<_>>().join(", ");
        match self {
            Self::Service(s) => format!("s{s}"),
            Self::Any(parts) => format!("{{any: [{}]}}", list(parts)),
            Self::All(parts) => format!("{{all: [{}]}}", list(parts)),
            Self::AtLeast(k, of) => {
                format!("{{at_least: {k}, of: [{}]}}", of.iter().map(|s| format!("s{s}")).collect::<Vec<_>>().join(", "))
            }
        }
    }

    fn leaves(&self, found: &mut Vec<usize>) {
        match self {
            Self::Service(s) => found.push(*s),
            Self::AtLeast(_, of) => found.extend(of),
            Self::Any(parts) | Self::All(parts) => parts.iter().for_each(|part| part.leaves(found)),
        }
    }

    fn holds(&self, states: &[(bool, usize)]) -> bool {
        match self {
            Self::Service(s) => states[*s].0,
            Self::Any(parts) => parts.iter().any(|part| part.holds(states)),
            Self::All(parts) => parts.iter().all(|part| part.holds(states)),
            Self::AtLeast(k, of) => of.iter().map(|s| states[*s].1).sum::<usize>() >= *k,
        }
    }
}

struct Service {
    replicas: usize,
    /// Of them, these wait and take over at once.
    waiting: usize,
    /// `replicas` less `waiting` at most.
    needs: usize,
    spread: bool,
    tree: Option<Tree>,
    /// (callee, whether it takes this service down).
    calls: Vec<(usize, &'static str, bool)>,
}

/// What a failure in force hits.
#[derive(Debug, Clone, PartialEq)]
enum Hit {
    Replica(usize, usize),
    Service(usize),
    Zones(Vec<usize>),
}

fn scenario(dice: &mut Dice) -> (String, Vec<Service>) {
    let mut services = Vec::new();
    for s in 0..4 + dice.below(4) as usize {
        let mut service = Service {
            replicas: 1 + dice.below(4) as usize,
            waiting: 0,
            needs: 1,
            spread: dice.is(60),
            tree: None,
            calls: Vec::new(),
        };
        if s > 1 && dice.is(50) {
            service.tree = Some(Tree::of(dice, s, 2));
            if dice.is(70) {
                (service.replicas, service.needs, service.spread) = (0, 0, false);
            }
        }
        if service.replicas > 0 {
            service.waiting = if dice.is(30) { dice.below(service.replicas as u64) as usize } else { 0 };
            service.needs = 1 + dice.below((service.replicas - service.waiting) as u64) as usize;
        }
        for callee in 0..s {
            if dice.is(20) {
                let (words, takes) =
                    [("", true), (", per_request: 3", true), (", per_request: 0.5", false), (", needed: false", false)]
                        [dice.below(4) as usize];
                service.calls.push((callee, words, takes));
            }
        }
        services.push(service);
    }
    let mut text = "\nname: random\nstart: 2026-01-01\nhorizon: 300h\nregions: {eu: [a, b], us: [c]}\nteams: {crew: {people: 1}}\nservices:\n".to_owned();
    for (s, service) in services.iter().enumerate() {
        let mut words = vec![format!("replicas: {}", service.replicas)];
        if service.replicas > 0 {
            words.push(format!("needs: {}", service.needs));
        }
        if service.waiting > 0 {
            let waiting = service.waiting;
            let how = [format!("hot: {waiting}"), format!("cold: {waiting}"), format!("warm: {{count: {waiting}, rate: 30%}}")];
            words.push(format!("standby: {{{}, failback: {}}}", how[dice.below(3) as usize], dice.is(50)));
        }
        if service.spread {
            words.push("spread: zones".to_owned());
        }
        if let Some(tree) = &service.tree {
            words.push(format!("up_when: {}", tree.text()));
        }
        let calls: Vec<String> = service.calls.iter().map(|(to, words, _)| format!("{{to: s{to}{words}}}")).collect();
        words.push(format!("calls: [{}]", calls.join(", ")));
        text += &format!("  s{s}: {{{}}}\n", words.join(", "));
    }
    text += "failures:\n";
    for f in 0..=dice.below(5) {
        let low = 5 + dice.below(100);
        let mut words = vec![
            format!("repair: {{uniform: {{low: 1h, high: {}h}}}}", 2 + dice.below(40)),
            format!("time_to_failure: {{uniform: {{low: {low}h, high: {}h}}}}", low + 1 + dice.below(100)),
        ];
        match dice.below(5) {
            0 => words.push("hits: zone".to_owned()),
            1 => words.push("hits: region".to_owned()),
            kind => {
                let hits = if kind == 2 { "service" } else { "replica" };
                let of: Vec<String> = (0..services.len())
                    .filter(|&s| dice.is(50) && (kind == 2 || services[s].replicas > 0))
                    .map(|s| format!("s{s}"))
                    .collect();
                words.push(format!("hits: {hits}, of: [{}]", if of.is_empty() { "s0".to_owned() } else { of.join(", ") }));
                if kind == 4 && dice.is(50) {
                    words.push("common_cause: 40%".to_owned());
                    words[1] = format!("mttf: {low}h");
                }
            }
        }
        if dice.is(30) {
            words.push("team: crew".to_owned());
        }
        if dice.is(10) {
            words.push("ages_while: always".to_owned());
        }
        text += &format!("  f{f}: {{{}}}\n", words.join(", "));
    }
    (text, services)
}

/// Which services are up, and with how many active replicas, under the failures in force.
fn states(services: &[Service], in_force: &[&Hit]) -> Vec<(bool, usize)> {
    let mut states: Vec<(bool, usize)> = Vec::new();
    for (s, service) in services.iter().enumerate() {
        let lost = |replica: usize| {
            in_force.iter().any(|hit| match hit {
                Hit::Replica(of, r) => (*of, *r) == (s, replica),
                Hit::Service(_) => false,
                Hit::Zones(zones) => service.spread && zones.contains(&(replica % ZONES.len())),
            })
        };
        let there = (0..service.replicas).filter(|&replica| !lost(replica)).count();
        let count = there.min(service.replicas - service.waiting);
        let up = count >= service.needs
            && !in_force.contains(&&Hit::Service(s))
            && service.tree.as_ref().is_none_or(|tree| tree.holds(&states))
            && service.calls.iter().all(|&(to, _, takes)| !takes || states[to].0);
        states.push((up, count));
    }
    states
}

/// The service and all that it rests on.
fn support(services: &[Service], s: usize) -> Vec<usize> {
    let mut found = vec![s];
    let mut i = 0;
    while i < found.len() {
        let service = &services[found[i]];
        let mut next: Vec<usize> = service.calls.iter().filter(|call| call.2).map(|call| call.0).collect();
        if let Some(tree) = &service.tree {
            tree.leaves(&mut next);
        }
        for u in next {
            if !found.contains(&u) {
                found.push(u);
            }
        }
        i += 1;
    }
    found
}

fn hit_of(thing: &str) -> Hit {
    let zone = |name: &str| ZONES.iter().position(|zone| *zone == name.trim()).expect("a zone");
    if let Some(names) = thing.strip_prefix("zones ").or_else(|| thing.strip_prefix("zone ")) {
        return Hit::Zones(names.split(',').map(zone).collect());
    }
    let number = |text: &str| text.parse().expect("an index");
    match thing[1..].split_once(' ') {
        Some((service, replica)) => Hit::Replica(number(service), number(replica)),
        None => Hit::Service(number(&thing[1..])),
    }
}

/// What is counted of one service.
#[derive(Debug, Default, Clone)]
struct Counted {
    down: f64,
    outages: Vec<(f64, f64)>,
    charges: BTreeMap<String, f64>,
    replicas: f64,
}

fn account(services: &[Service], failures: &[(String, Hit, f64, f64)]) -> Vec<Counted> {
    let mut edges: Vec<f64> = failures.iter().flat_map(|failure| [failure.2, failure.3]).chain([0.0, HORIZON]).collect();
    edges.sort_by(f64::total_cmp);
    edges.dedup();
    let supports: Vec<Vec<usize>> = (0..services.len()).map(|s| support(services, s)).collect();
    let mut counted = vec![Counted::default(); services.len()];
    for pair in edges.windows(2) {
        let (from, to) = (pair[0], pair[1]);
        let now: Vec<&(String, Hit, f64, f64)> = failures.iter().filter(|f| f.2 <= from && to <= f.3).collect();
        let hits: Vec<&Hit> = now.iter().map(|failure| &failure.1).collect();
        let states_now = states(services, &hits);
        for (s, given) in counted.iter_mut().enumerate() {
            given.replicas += states_now[s].1 as f64 * (to - from) / HORIZON;
            if states_now[s].0 {
                continue;
            }
            given.down += to - from;
            match given.outages.last_mut() {
                Some(last) if last.1 == from => last.1 = to,
                _ => given.outages.push((from, to)),
            }
            let concerns = |hit: &Hit| {
                supports[s].iter().any(|&u| match hit {
                    Hit::Replica(of, _) | Hit::Service(of) => *of == u,
                    Hit::Zones(zones) => {
                        services[u].spread && (0..services[u].replicas).any(|r| zones.contains(&(r % ZONES.len())))
                    }
                })
            };
            let ends = |left_out: usize| {
                let rest: Vec<&Hit> = (0..hits.len()).filter(|&i| i != left_out).map(|i| hits[i]).collect();
                states(services, &rest)[s].0
            };
            let mut culprits: Vec<usize> = (0..hits.len()).filter(|&i| ends(i)).collect();
            if culprits.is_empty() {
                culprits = (0..hits.len()).filter(|&i| concerns(hits[i])).collect();
            }
            for &culprit in &culprits {
                *given.charges.entry(now[culprit].0.clone()).or_default() += (to - from) / culprits.len() as f64;
            }
        }
    }
    counted
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 400, max_shrink_iters: 0, failure_persistence: None, rng_seed: RngSeed::Fixed(1), ..ProptestConfig::default() })]

    #[test]
    fn outages_and_charges_follow_from_the_failures(seed in any::<u64>()) {
        let (text, services) = scenario(&mut Dice(seed));
        let (run, timeline) = common::run_with_timeline(&text, seed % 1000);
        let failures: Vec<(String, Hit, f64, f64)> = timeline
            .into_iter()
            .map(|(name, thing, began, repaired)| (name, hit_of(&thing), began, repaired.unwrap_or(HORIZON)))
            .collect();
        for (s, exact) in account(&services, &failures).iter().enumerate() {
            let name = format!("s{s}");
            let near = |what: &str, value: Option<f64>, exact: f64| {
                let value = value.unwrap_or(0.0);
                prop_assert!((value - exact).abs() <= 1e-9 * exact.abs().max(1.0), "{what} of {name} is {value}, not {exact}\n{text}\n{failures:#?}");
                Ok(())
            };
            let of = |measure: &str| run.value("services", &name, measure);
            near("downtime", Some((1.0 - of("time_availability").unwrap_or(1.0)) * HORIZON), exact.down)?;
            let begun = exact.outages.iter().filter(|outage| outage.0 > 0.0).count();
            near("the number of outages", Some(of("outages_per_year").unwrap_or(0.0) * HORIZON / YEAR), begun as f64)?;
            near("the longest outage", of("longest_outage"), exact.outages.iter().map(|o| o.1 - o.0).fold(0.0, f64::max))?;
            near("replicas", of("replicas"), exact.replicas)?;
            if let Some(first) = exact.outages.first() {
                near("the first outage", of("time_to_first_outage"), first.0)?;
            }
            let charged: f64 = exact.charges.values().sum();
            for (mode, seconds) in &exact.charges {
                let share = run.summary_of("failures", mode)["downtime_share"][&name]["value"].as_f64();
                near(&format!("the share of {mode} in the downtime"), share, seconds / charged)?;
            }
        }
    }
}
