//! Growth of traffic at flow fidelity, against closed forms.

mod common;

use common::{DAY, Run, YEAR, compiled, run};
use ninefold::sim::Drawn;

const WEEK: f64 = 7.0 * DAY;
const MONTH: f64 = YEAR / 12.0;

/// One service that serves whatever comes.
fn served(traffic: &str, horizon: &str) -> String {
    format!("name: case\nstart: 2026-01-01\nhorizon: {horizon}\ntraffic: {{t: {{to: s, {traffic}}}}}\nservices: {{s: {{}}}}\n")
}

/// Requests of a replication, on average.
fn requests(run: &Run, horizon: f64) -> f64 {
    run.value_at("services.s.arrival_rate").unwrap_or(0.0) * horizon
}

#[track_caller]
fn is(value: f64, exact: f64) {
    assert!((value / exact - 1.0).abs() < 1e-9, "{value}, not {exact}");
}

/// λ(t) = 100 e^(0.02 t) for 52 weeks: 5,000 (e^1.04 − 1) arrivals.
#[test]
fn exponential_growth_brings_what_its_integral_says() {
    let growth = (0.02_f64).exp_m1() * 100.0;
    let run = run(&served(&format!("rate: 100/w, growth: {growth}%/w"), "52w"), 2, 1);
    is(requests(&run, 52.0 * WEEK), 9_146.085_071_757_798);
}

/// 1,200 requests per second that grow by 7% a month reach 4,000 after ln(4000/1200)/ln 1.07 months.
#[test]
fn a_capacity_is_exhausted_when_the_logarithm_says() {
    let months = 17.794_810_145_991_84;
    let text = "name: case\nstart: 2026-01-01\nhorizon: 24mo\ntraffic: {t: {to: s, rate: 1200/s, growth: 7%/mo}}\n\
                services: {s: {service_time: {exponential: {mean: 1s}}, concurrency: 4000, queue: 0}}\n";
    let model = compiled(text, None);
    let drawn = Drawn::new(&model);
    is(drawn.curves[0].rate(&model.demand, months * MONTH), 4_000.0);
    // From then on what is above it is lost: 1,200 (1.07^24 − 1.07^x) / ln 1.07 − 4,000 (24 − x) of 1,200 (1.07^24 − 1) / ln 1.07
    // requests, as a fluid; of 4,000 servers a square root, 1.6%, makes more loss of it near the edge.
    let grown = |from: f64, to: f64| 1_200.0 * (1.07_f64.powf(to) - 1.07_f64.powf(from)) / 1.07_f64.ln();
    let lost = (grown(months, 24.0) - 4_000.0 * (24.0 - months)) / grown(0.0, 24.0);
    let found = run(text, 1, 1).value_at("services.s.error_rate").unwrap_or(0.0);
    assert!(found > lost && found < 1.02 * lost, "{found} lost, {lost} of a fluid");
}

#[test]
fn linear_growth_adds_the_same_each_time() {
    // 50/s and 3% of that each month, for a year: 50 T (1 + 0.03 × 12 / 2).
    let run = run(&served("rate: 50/s, growth: {linear: 3%/mo}", "1y"), 1, 1);
    is(requests(&run, YEAR), 50.0 * YEAR * 1.18);
}

#[test]
fn a_step_changes_the_rate_for_good() {
    // Three months of 100/s, three of 150/s, and six of half of that; one before the start and one at the end change nothing.
    let steps = "steps: [{at: 2026-04-01, times: 1.5}, {name: they leave, at: 2026-07-01T00:00, times: 0.5}, \
                 {at: 2025-12-01, times: 9}, {at: 2027-01-01, times: 9}]";
    let run = run(&served(&format!("rate: 100/s, {steps}"), "1y"), 1, 1);
    is(requests(&run, YEAR), (90.0 * 100.0 + 91.0 * 150.0 + 184.0 * 75.0) * DAY);
    // Growth goes on below it: 4% a month compound, doubled from the middle of the year.
    let run = common::run(&served("rate: 100/s, growth: 4%/mo, steps: [{at: 2026-07-02T12:00, times: 2}]", "1y"), 1, 1);
    let grown = |from: f64, to: f64| 100.0 * MONTH * (1.04_f64.powf(to) - 1.04_f64.powf(from)) / 1.04_f64.ln();
    is(requests(&run, YEAR), grown(0.0, 6.0) + 2.0 * grown(6.0, 12.0));
}

/// A growth that is known as an interval is a normal number; what it brings is the mean over that, by Simpson's rule.
#[test]
fn growth_that_is_uncertain_becomes_a_forecast() {
    let run = run(&served("rate: 100/s, growth: {low: 1%/mo, high: 7%/mo, confidence: 90%}", "2y"), 4_000, 5);
    let deviation = 0.03 / 1.644_853_626_951_472_7;
    let brought = |growth: f64| 100.0 * (1.0 + growth).powf(24.0).mul_add(1.0, -1.0) / (1.0 + growth).ln() / 24.0;
    let (steps, width) = (2_000, 12.0);
    let mean: f64 = (0..=steps)
        .map(|i| {
            let z = width * (f64::from(i) / f64::from(steps) - 0.5);
            let weight = if i == 0 || i == steps {
                1.0
            } else if i % 2 == 1 {
                4.0
            } else {
                2.0
            };
            let density = (-0.5 * z * z).exp() / (2.0 * std::f64::consts::PI).sqrt();
            weight * density * brought(0.04 + deviation * z) * width / f64::from(steps) / 3.0
        })
        .sum();
    run.at("services.s.arrival_rate").is(mean);
}
