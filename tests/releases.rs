//! Releases against exact values.

mod common;

use common::Run;
use ninefold::model::{Model, Stage};
use ninefold::run::Runs;
use ninefold::run::runs::{released as r, sum};
use ninefold::stats::{at_most, exceeds, two_proportions};

/// Replications of each case.
const N: u64 = 512;

/// 20 replicas far from their limits, 10 requests a second, and a release every six hours for a month.
fn scenario(releases: &str) -> String {
    format!(
        "name: train\nstart: 2026-01-01\nhorizon: 30d\nzones: [a, b, c]\n\
         traffic: {{users: {{to: web, rate: 10/s}}}}\n\
         services:\n  web:\n    replicas: 20\n    spread: zones\n    service_time: 10ms\n    concurrency: 8\n    cost: 0.36/h\n    \
         releases: {releases}\n"
    )
}

fn compile(text: &str) -> Model {
    common::compiled(text, None)
}

fn runs(text: &str, replications: u64) -> Run {
    common::run(text, replications, 1)
}

fn simulate(releases: &str) -> Runs {
    runs(&scenario(releases), N).runs().clone()
}

/// A ratio of two sums agrees with an exact value within four standard errors.
fn agrees(runs: &Runs, of: usize, over: usize, exact: f64) {
    // A level of 99.99366% reaches four standard errors to both sides.
    let seen = runs.releases[0].ratio(of, over, 0.999_936_6);
    let [value, low, high] = [seen.value, seen.low, seen.high].map(|seen| seen.unwrap_or(f64::NAN));
    assert!(
        (low..=high).contains(&exact) || (value - exact).abs() < 1e-9 * exact.abs(),
        "{value} in [{low}, {high}], exact {exact}"
    );
}

fn mean(runs: &Runs, which: usize) -> f64 {
    runs.releases[0].mean(which)
}

#[test]
fn a_canary_that_aborts_above_a_limit_finds_what_the_binomial_law_says() {
    let runs = simulate(
        "{every: 6h, bad: 50%, effect: {errors: 1.1%}, rollback: 1m, customers: 1h, \
         strategy: {canary: {steps: [5%, 25%, 50%], bake: 10m, abort_above: 1%}}}",
    );
    // Steps of 300, 1500 and 3000 requests, of which at most 1% may fail.
    let unseen: f64 = [300_u64, 1_500, 3_000].iter().map(|&n| at_most(n, 0.011, n / 100)).product();
    assert!((0.05..0.95).contains(&unseen), "{unseen}");
    let found = mean(&runs, r::BY_TEST) / (mean(&runs, r::BY_TEST) + mean(&runs, r::NOTICED));
    let seen = runs.releases[0].share(r::BY_TEST, r::NOTICED, 0.999_936_6);
    assert!((seen.low.unwrap()..=seen.high.unwrap()).contains(&(1.0 - unseen)), "{found} against {}", 1.0 - unseen);
    agrees(&runs, r::BAD, r::STARTED, 0.5);
    // No good one fails a request.
    assert_eq!(mean(&runs, r::FALSE_ALARMS), 0.0);
}

#[test]
fn a_canary_that_compares_finds_what_the_power_of_its_test_says() {
    let runs = simulate(
        "{every: 6h, bad: 50%, effect: {errors: 0.2%}, rollback: 1m, customers: 1h, \
         strategy: {canary: {steps: [5%, 20%], bake: 10m, abort_if: {worse_at: 95%}}}}",
    );
    let power = |share: f64| two_proportions((0.002, 0.0), (share * 6_000.0, (1.0 - share) * 6_000.0), 0.95);
    let exact = 1.0 - (1.0 - power(0.05)) * (1.0 - power(0.2));
    assert!((0.05..0.95).contains(&exact), "{exact}");
    let seen = runs.releases[0].share(r::BY_TEST, r::NOTICED, 0.999_936_6);
    assert!((seen.low.unwrap()..=seen.high.unwrap()).contains(&exact), "{seen:?} against {exact}");
}

#[test]
fn all_at_once_loses_what_comes_until_it_is_noticed_and_taken_back() {
    let runs = simulate(
        "{every: 12h, bad: 50%, effect: {errors: 20%}, detection: {exponential: {mean: 20m}}, customers: 1000d, \
         rollback: {exponential: {mean: 5m}}, rollback_works: 80%}",
    );
    // Detection, then tries of which 1 / 0.8 are made on average.
    let exposed = 1_200.0 + 300.0 / 0.8;
    agrees(&runs, r::RECOVERY, r::RECOVERED, exposed);
    agrees(&runs, r::EXPOSED, r::RISK, 10.0);
    agrees(&runs, r::HURT, r::EXPOSED, 0.2);
    agrees(&runs, r::ROLLBACKS_FAILED, r::ROLLBACKS, 0.2);
    // What is hurt is what fails, and nothing else fails.
    let failed = runs.services[0].sums.mean(sum::REQUESTS) - runs.services[0].sums.mean(sum::GOOD);
    assert!((failed / mean(&runs, r::HURT) - 1.0).abs() < 1e-6, "{failed} against {}", mean(&runs, r::HURT));
}

#[test]
fn releases_follow_their_cadence() {
    // A renewal process from new: with exponential gaps as many as a Poisson process has.
    let runs = simulate("{every: {exponential: {mean: 1d}}}");
    let seen = runs.releases[0].mean_estimate(r::STARTED, 0.999_936_6);
    assert!((seen.low.unwrap()..=seen.high.unwrap()).contains(&30.0), "{seen:?}");
    assert!((runs.releases[0].covariance(r::STARTED, r::STARTED) / 30.0 - 1.0).abs() < 4.0 * (2.0_f64 / N as f64).sqrt() + 0.02);
    assert_eq!(mean(&simulate("{every: 7d}"), r::STARTED), 4.0);
}

#[test]
fn a_second_fleet_is_paid_while_it_stands() {
    let fleet = simulate("{every: 1d, strategy: {blue_green: {ready: 5m, bake: 25m}}}");
    let plain = simulate("{every: 1d}");
    // 29 releases, half an hour of 20 replicas at 0.36 an hour each.
    let exact = 29.0 * 0.5 * 20.0 * 0.36;
    let extra = fleet.cost.infrastructure.mean() - plain.cost.infrastructure.mean();
    assert!((extra - exact).abs() < 1e-6, "{extra} against {exact}");
    assert!((mean(&fleet, r::LEAD) / mean(&fleet, r::FINISHED) - 1_800.0).abs() < 1e-6);
}

#[test]
fn zones_are_released_one_after_the_other() {
    let model = compile(&scenario("{every: 1d, strategy: {staged: {bake: 1h, abort_above: 1%}}}"));
    let shares: Vec<f64> = model.releases[0].stages.iter().map(|stage: &Stage| stage.share).collect();
    assert_eq!(shares, [7.0 / 20.0, 14.0 / 20.0, 1.0]);
    let runs = simulate(
        "{every: 1d, bad: 100%, effect: {errors: 10%}, customers: 1000d, rollback: 10m, \
         strategy: {staged: {bake: 1h, abort_above: 5%}}}",
    );
    // Found at the end of the first zone's watch, and there until it is taken back.
    assert!(exceeds(12_600.0, 0.1, 0.05) > 1.0 - 1e-12);
    agrees(&runs, r::RECOVERY, r::RECOVERED, 4_200.0);
    agrees(&runs, r::EXPOSED, r::RECOVERED, 0.35 * 10.0 * 4_200.0);
    agrees(&runs, r::HURT, r::EXPOSED, 0.1);
}

#[test]
fn the_alarm_is_that_of_the_error_budget() {
    let objective = "objectives: {works: {service: web, target: 99.9%, counts: requests, window: rolling 30d}}\n";
    let text = scenario("{every: 1d, bad: 100%, effect: {errors: 5%}}") + objective;
    // 14.4 times a budget of 0.1% over an hour: 5% errors are there for 1.44 / 5 of it.
    agrees(runs(&text, 8).runs(), r::RECOVERY, r::RECOVERED, 3_600.0 * 1.44 / 5.0);
}

#[test]
fn a_bad_release_that_is_down_takes_the_service_down_with_it() {
    let runs = simulate("{every: 2d, bad: 100%, effect: down, detection: 10m, rollback: 5m, customers: 1000d}");
    assert!((runs.services[0].sums.mean(sum::DOWN) - 14.0 * 900.0).abs() < 1e-3);
    let restarts = simulate("{every: 2d, strategy: {all_at_once: {restart: 2m}}}");
    assert!((restarts.services[0].sums.mean(sum::DOWN) - 14.0 * 120.0).abs() < 1e-3);
}

#[test]
fn a_release_by_hand_waits_for_a_person_and_keeps_them() {
    let text = scenario("{every: 1d, strategy: {manual: {team: ops, steps: [10%], bake: 1h}}}")
        + "teams: {ops: {people: 1, acknowledge: 10m}}\n";
    let run = runs(&text, 8);
    let runs = run.runs();
    agrees(runs, r::LEAD, r::FINISHED, 4_200.0);
    assert!((runs.teams[0].busy.mean() - 29.0 * 4_200.0 / (30.0 * 86_400.0)).abs() < 1e-9);
}

/// Nobody of the first team comes within a quarter of an hour, so that somebody of the second stays with it to the end.
#[test]
fn a_release_by_hand_is_handed_on() {
    let text = scenario("{every: 1d, strategy: {manual: {team: ops, steps: [10%], bake: 1h}}}")
        + "teams: {ops: {people: 1, acknowledge: 20m, escalate: {after: 15m, to: others}}, others: {people: 1, acknowledge: 10m}}\n";
    let run = runs(&text, 8);
    let runs = run.runs();
    agrees(runs, r::LEAD, r::FINISHED, 5_100.0);
    for (team, seconds) in runs.teams.iter().zip([900.0, 4_200.0]) {
        assert!((team.busy.mean() - 29.0 * seconds / (30.0 * 86_400.0)).abs() < 1e-9);
    }
}
