//! Policies on the same luck: what it takes to know that repairs a tenth shorter are better, on the storefront, and by how much the interval
//! of the difference is narrower than with seeds of their own.
//!
//! The widths are printed once, before the times; `tests/lab_storefront.rs` asserts them.
#![expect(clippy::print_stdout, reason = "a bench tells what it measured")]

use std::path::Path;

use criterion::{Criterion, criterion_group, criterion_main};
use ninefold::analysis::compare::{Entry, Plan, Question};
use ninefold::lab::{Lab, Measure, Paired, Series, Trouble};
use ninefold::run::{Control, Options};
use ninefold::scenario::{Loaded, Patches, load};

const STOREFRONT: &str = concat!(env!("CARGO_MANIFEST_DIR"), "/scenarios/storefront.yaml");
const REPLICATIONS: u64 = 512;
/// Every repair a tenth shorter.
const SHORTER: [&str; 5] = [
    "failures.host crash.repair={lognormal: {median: 7.2m, p95: 36m}}",
    "failures.zone outage.repair={lognormal: {median: 81m, p95: 324m}}",
    "failures.noisy neighbour.repair={uniform: {low: 9m, high: 54m}}",
    "failures.bad configuration.repair={lognormal: {median: 13.5m, p95: 54m}}",
    "failures.disk wear.repair={lognormal: {median: 108m, p95: 270m}}",
];

fn storefront(policy: Option<&str>, sets: &[&str]) -> Loaded {
    let patches = Patches {
        policy: policy.map(str::to_owned).into_iter().collect(),
        sets: sets.iter().map(|set| (*set).to_owned()).collect(),
        ..Patches::default()
    };
    load(Path::new(STOREFRONT), &patches).unwrap_or_else(|mistakes| panic!("{mistakes:?}"))
}

/// The downtime of all services under a seed.
fn downtime(variant: &Loaded, seed: u64) -> Result<Option<Series>, Trouble> {
    let (options, control) = (Options { seed, ..Options::default() }, Control::default());
    let mut lab = Lab::new(&options, &control);
    let place = lab.add(variant)?;
    let trial = lab.simulate(place, REPLICATIONS)?;
    Ok(Measure::AllDowntime.series(trial, REPLICATIONS as usize, 2))
}

/// How many times as wide the interval of the difference is with a seed of its own.
fn narrower(base: &Loaded, variant: &Loaded) -> Result<Option<f64>, Trouble> {
    let (Some(base), Some(paired), Some(separate)) = (downtime(base, 1)?, downtime(variant, 1)?, downtime(variant, 2)?) else {
        return Ok(None);
    };
    let width = |variant: &Series| {
        let difference = Paired::of(variant, &base).difference(0.95);
        Some(difference.high? - difference.low?)
    };
    Ok(width(&separate).zip(width(&paired)).map(|(separate, paired)| separate / paired))
}

fn found(base: &Loaded, variant: &Loaded) -> Result<u64, Trouble> {
    let (options, control) = (Options::default(), Control::default());
    let mut lab = Lab::new(&options, &control);
    let entry = |(name, place): (&str, usize)| Entry { name: name.to_owned(), about: None, place };
    let entries = [("as it is", lab.add(base)?), ("shorter repairs", lab.add(variant)?)].map(entry).into();
    let by = Some("services.web.downtime".to_owned());
    let question = Question { by, confidence: 0.95, tolerance: 0.01, most: 1_024, most_is_asked: false, against_first: false };
    let plan = Plan::new(&lab, entries, &question).unwrap_or_else(|wrong| panic!("{wrong:?}"));
    Ok(plan.investigate(&mut lab)?.replications)
}

fn policies(criterion: &mut Criterion) {
    let base = storefront(None, &[]);
    let variants =
        [("third responder", storefront(Some("third responder"), &[])), ("shorter repairs", storefront(None, &SHORTER))];
    for (name, variant) in &variants {
        println!("{name}: the interval is {:.1?} times as narrow on the same luck", narrower(&base, variant));
    }
    let mut group = criterion.benchmark_group("compare");
    group.sample_size(10);
    group.bench_function("repairs a tenth shorter", |bencher| bencher.iter(|| found(&base, &variants[1].1).map_err(drop)));
    group.finish();
}

criterion_group!(benches, policies);
criterion_main!(benches);
