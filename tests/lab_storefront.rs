//! What common random numbers save on the storefront, where everything depends on everything.

#![expect(clippy::unwrap_used, reason = "a test says by a panic what it expected")]

use std::path::Path;

use ninefold::analysis::compare::{Entry, Plan, Question};
use ninefold::lab::{Lab, Measure, Paired};
use ninefold::run::{Control, Options};
use ninefold::scenario::{Loaded, Patches, load};

/// Every repair a tenth shorter.
const SHORTER: [&str; 5] = [
    "failures.host crash.repair={lognormal: {median: 7.2m, p95: 36m}}",
    "failures.zone outage.repair={lognormal: {median: 81m, p95: 324m}}",
    "failures.noisy neighbour.repair={uniform: {low: 9m, high: 54m}}",
    "failures.bad configuration.repair={lognormal: {median: 13.5m, p95: 54m}}",
    "failures.disk wear.repair={lognormal: {median: 108m, p95: 270m}}",
];

const REPLICATIONS: u64 = 512;

fn storefront(policy: Option<&str>, sets: &[&str]) -> Loaded {
    let patches = Patches {
        policy: policy.map(str::to_owned).into_iter().collect(),
        sets: sets.iter().map(|set| (*set).to_owned()).collect(),
        ..Patches::default()
    };
    load(Path::new("scenarios/storefront.yaml"), &patches).unwrap()
}

/// The downtime of a service, or of all, under a seed.
fn downtimes(variant: &Loaded, seed: u64) -> [ninefold::lab::Series; 2] {
    let (options, control) = (Options { seed, ..Options::default() }, Control::default());
    let mut lab = Lab::new(&options, &control);
    let place = lab.add(variant).unwrap();
    let trial = lab.simulate(place, REPLICATIONS).unwrap();
    [Measure::Downtime("web".into()), Measure::AllDowntime].map(|m| m.series(trial, REPLICATIONS as usize, 2).unwrap())
}

#[test]
fn intervals_are_five_times_as_narrow_as_with_independent_seeds() {
    let base = downtimes(&storefront(None, &[]), 1);
    for (name, variant) in
        [("third responder", storefront(Some("third responder"), &[])), ("shorter repairs", storefront(None, &SHORTER))]
    {
        let (paired, separate) = (downtimes(&variant, 1), downtimes(&variant, 2));
        for (which, of) in ["web", "all services"].iter().enumerate() {
            let width = |variant: &ninefold::lab::Series| {
                let difference = Paired::of(variant, &base[which]).difference(0.95);
                difference.high.unwrap() - difference.low.unwrap()
            };
            let narrower = width(&separate[which]) / width(&paired[which]);
            println!("{name}, downtime of {which} ({of}): {narrower:.1} times as narrow");
            assert!(narrower >= 5.0, "{name}, {of}: {narrower}");
        }
    }
}

#[test]
fn repairs_a_tenth_shorter_are_found() {
    let (options, control) = (Options::default(), Control::default());
    let mut lab = Lab::new(&options, &control);
    let variants = [("as it is", storefront(None, &[])), ("shorter", storefront(None, &SHORTER))];
    let entry =
        |(name, variant): &(&str, Loaded)| Entry { name: (*name).to_owned(), about: None, place: lab.add(variant).unwrap() };
    let entries = variants.iter().map(entry).collect();
    let by = Some("services.web.downtime".to_owned());
    let question = Question { by, confidence: 0.95, tolerance: 0.01, most: 1_024, most_is_asked: false, against_first: false };
    let plan = Plan::new(&lab, entries, &question).unwrap();
    let started = std::time::Instant::now();
    let found = plan.investigate(&mut lab).unwrap();
    println!("{} replications of each, {:.1} s", found.replications, started.elapsed().as_secs_f64());
    assert!(found.decided && found.order[0] == 1 && found.replications <= 256, "{found:?}");
}
