#![allow(clippy::unwrap_used, reason = "a test says by a panic what it expected")]

use super::*;
use crate::model::compile;
use crate::run::Control;
use crate::scenario::{Loaded, Patches, parse};

/// Ten replicas at work by day and two by night, with 10,000 requests per second each, for a price of 1 an hour.
fn shop(rest: &str) -> Loaded {
    let pattern: Vec<u32> = (0..24).map(|hour| if (8..20).contains(&hour) { 10 } else { 2 }).collect();
    let text = format!(
        "name: shop\nstart: 2026-01-05\nhorizon: 2w\ntraffic: {{t: {{to: web, rate: 60000/s, daily: {pattern:?}}}}}\n\
         services: {{web: {{service_time: {{exponential: {{mean: 100ms}}}}, concurrency: 1000, queue: 0, balance: shared_queue, cost: 1/h, \
         autoscale: {{metric: utilization, target: 50%, min: 2, max: 100, startup: 5m{rest}}}}}}}\n\
         objectives: {{kept: {{service: web, target: 99%, counts: requests}}}}\n"
    );
    parse("shop.yaml", &text, &Patches::default()).unwrap()
}

fn used(loaded: &Loaded, pattern: Pattern) -> Usage {
    Usage::all(&compile(loaded).unwrap(), pattern).pop().unwrap()
}

#[test]
fn a_step_of_the_load_is_lagged_behind_by_looks_and_starts() {
    let loaded = shop("");
    let usage = used(&loaded, Pattern::Daily);
    // At the begin of each day four replicas serve, all of which are at work: eight are called for, of which all are, and
    // sixteen, and twenty: looks after 15 s, and each time 5 min and 15 s more.
    let (first, next) = (15.0 + 300.0, 15.0 + 300.0);
    let lag = first + 2.0 * next;
    assert_eq!(usage.longest_lag.0, lag);
    assert_eq!(usage.all.short, 14.0 * lag);
    // Of ten replicas' work four, then eight is done; with sixteen all is. As a fluid, to a percent: the square root of 4,000 to 8,000
    // servers is one or two percent of them, and so much less is done only near the capacity.
    let lost = 10_000.0 * (6.0 * first + 2.0 * next) * 14.0;
    assert!((usage.all.lost_to_lag / lost - 1.0).abs() < 0.01, "{} lost, not {lost}", usage.all.lost_to_lag);
    assert_eq!((usage.ups, usage.downs, usage.flaps), (3 * 14, 14, 0));
    // Five minutes each evening, twenty serve where four would do; the last look that called for twenty was that of the hour.
    assert!((usage.all.idle - 14.0 * 300.0 * 16.0).abs() < 1e-6, "{}", usage.all.idle);
}

#[test]
fn hours_add_up_to_the_horizon() {
    for pattern in [Pattern::Daily, Pattern::Weekly] {
        let usage = used(&shop(""), pattern);
        let sum = |pick: fn(&Sums) -> f64| usage.hours.iter().map(pick).sum::<f64>();
        for pick in [|s: &Sums| s.time, |s: &Sums| s.requests, |s: &Sums| s.ready, |s: &Sums| s.lost_to_lag, |s: &Sums| s.ideal] {
            assert!((sum(pick) - pick(&usage.all)).abs() <= 1e-9 * pick(&usage.all));
        }
        assert_eq!(usage.all.time, 14.0 * 86_400.0);
        let mean = usage.course.iter().map(|point| point[1]).sum::<f64>() / usage.course.len() as f64;
        assert!((mean - usage.all.ready / usage.all.time).abs() < 1e-9);
    }
}

#[test]
fn what_is_taken_away_too_soon_flaps() {
    // Every other hour is quiet, and after a minute of quiet replicas go: within the hour they are wanted again, but not within 15 min.
    let slow = used(&shop(", down: {window: 1m}"), Pattern::Daily);
    assert_eq!(slow.flaps, 0);
    let mut loaded = shop(", down: {window: 1m}");
    let surge = |hour: u32, minute: u32| format!("{{at: 2026-01-06T{hour:02}:{minute:02}, lasts: 5m, times: 0.2}}");
    let surges: Vec<String> = (9..19).map(|hour| surge(hour, 30)).collect();
    loaded = loaded.with(vec![format!("traffic.t.surges=[{}]", surges.join(", "))]).unwrap();
    // Ten lulls of five minutes: a minute after the begin of each the look takes replicas away; four become twenty again in three
    // steps, 255, 570 and 885 s later.
    let usage = used(&loaded, Pattern::Daily);
    assert_eq!(usage.downs, 14 + 10);
    assert_eq!(usage.flaps, 30);
}

#[test]
fn the_cheapest_target_that_keeps_the_promise_is_recommended() {
    let loaded = shop(", up: {replicas: 100}");
    let model = compile(&loaded).unwrap();
    let options = Options { replications: 2, threads: Some(1), ..Options::default() };
    let targets = try_targets(&loaded, &model, 0, &options, &Control::default()).unwrap();
    assert!(targets.trials.is_sorted_by(|a, b| a.target < b.target));
    assert_eq!(targets.at_hand().unwrap().target, 0.5);
    let cost = |trial: &Trial| trial.cost.value.unwrap();
    let best = targets.best().unwrap();
    for trial in &targets.trials {
        assert!(!trial.keeps || cost(trial) >= cost(best), "{} is cheaper", trial.target);
        assert_eq!(trial.keeps, trial.error_rate.value.unwrap() <= 0.01, "{}", trial.target);
    }
    // The higher the target, the fewer replicas, and the more is lost.
    assert!(targets.trials.is_sorted_by(|a, b| cost(a) >= cost(b)));
    let usage = [used(&loaded, Pattern::Weekly)];
    let input = Input {
        model: &model,
        options: &options,
        pattern: Pattern::Weekly,
        usage: &usage,
        targets: &[targets],
        interrupted: false,
    };
    let (summary, report) = analyze(&input);
    assert_eq!(summary.services["web"].hours.len(), 168);
    assert!(report.verdicts.iter().any(|verdict| verdict.text.contains("target")));
    for chart in report.charts() {
        crate::output::svg::render(chart).unwrap();
    }
    crate::output::terminal::render(&report, crate::output::terminal::Screen::default());
}
