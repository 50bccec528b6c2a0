//! A failure that outlives its trigger: `scenarios/retry-storm.yaml`, after the example of Bronson and others (2021, on metastable
//! failures in distributed systems). A database good for 300 requests a second that is asked 280 times stays down after a cut of
//! ten seconds where those who give up ask again, also with budgets of 20% and 10% (280 × 1.1 is more than 300), and recovers
//! with one of 5%.

mod common;

use common::scenario;
use ninefold::scenario::{Patches, parse};
use ninefold::sim::request::{Bin, Plan, Requests, count};

/// Bins of ten seconds of one replication of the scenario under a policy: what came of the users' requests.
fn course(policy: Option<&str>) -> Vec<Bin> {
    let patches = Patches { policy: policy.map(str::to_owned).into_iter().collect(), ..Default::default() };
    let loaded = parse("retry-storm.yaml", &scenario("retry-storm.yaml"), &patches);
    let loaded = loaded.unwrap_or_else(|error| panic!("{error}"));
    let model = ninefold::model::compile(&loaded).unwrap_or_else(|error| panic!("{error:?}"));
    let mut requests = Requests::new(&model, Plan { warmup: 10.0, bins: 120, batches: 1 });
    let stopped = requests.run_while(1, 0, 0, |_| true);
    assert!(stopped.is_ok(), "{stopped:?}");
    requests.requests().sources[0].clone()
}

/// The fraction of the requests resolved between two minutes that were good.
fn good(course: &[Bin], from: usize, to: usize) -> f64 {
    let bins = &course[from * 6..to * 6];
    let resolved: u64 = bins.iter().flat_map(|bin| &bin.counts[count::GOOD..count::OUTCOMES]).sum();
    let good: u64 = bins.iter().map(|bin| bin.counts[count::GOOD]).sum();
    good as f64 / resolved as f64
}

#[test]
fn before_the_cut_all_is_well() {
    assert!(good(&course(None), 0, 2) > 0.9999);
}

#[test]
fn it_stays_down_without_a_budget_and_with_one_that_is_too_large() {
    for policy in [None, Some("budget of 20 percent"), Some("budget of 10 percent")] {
        let course = course(policy);
        assert!(good(&course, 3, 20) < 0.01, "{policy:?}: {}", good(&course, 3, 20));
    }
}

#[test]
fn it_recovers_within_a_quarter_of_an_hour_with_a_budget_of_five_percent() {
    let course = course(Some("budget of 5 percent"));
    // Not at once: there are ten seconds of work to catch up with at six requests a second.
    assert!(good(&course, 3, 5) < 0.01);
    assert!(good(&course, 17, 20) > 0.999, "{}", good(&course, 17, 20));
}

#[test]
fn what_else_ends_it() {
    for policy in ["no retries", "stale requests are dropped", "those who give up say so"] {
        let course = course(Some(policy));
        assert!(good(&course, 17, 20) > 0.99, "{policy}: {}", good(&course, 17, 20));
    }
}
