//! Requests as a rate against requests one by one: the same small scenarios at both fidelities, and how far they are apart.
//!
//! Bounds, relative to what single requests give: utilisation 1%; the error rate 10%, or 0.1 percentage points; the mean response
//! time 5% where theory knows it and 15% elsewhere; its 99th percentile 25%. Half of the 95% interval of the simulated requests is
//! added to each. Failures come at the same times at both fidelities.

#[path = "../common/mod.rs"]
mod common;

mod cases;

use std::collections::BTreeSet;

use cases::{Case, Measure, cases};
use common::{Run, compiled, simulate_model};
use ninefold::run::Options;
use ninefold::scenario::Fidelity;
use serde_json::Value;

const MEASURES: [Measure; 4] = [Measure::Utilization, Measure::Errors, Measure::Mean, Measure::P99];

/// One measure of one service at both fidelities.
struct Pair {
    service: String,
    measure: Measure,
    request: f64,
    /// Half of the interval of the requests.
    half: f64,
    flow: f64,
    bound: f64,
}

impl Pair {
    fn agrees(&self) -> bool {
        (self.flow - self.request).abs() <= self.bound + self.half
    }
}

fn at<'a>(run: &'a Run, service: &str, measure: Measure) -> &'a Value {
    let all = run.summary_of("services", service);
    match measure {
        Measure::Utilization => &all["utilization"],
        Measure::Errors => &all["error_rate"],
        Measure::Mean => &all["response_time"]["mean"],
        Measure::P99 => &all["response_time"]["p99"],
    }
}

fn bound(case: &Case, measure: Measure, request: f64) -> f64 {
    match measure {
        Measure::Utilization => 0.01 * request,
        Measure::Errors => f64::max(0.1 * request, 0.001),
        Measure::Mean if case.exact => 0.05 * request,
        Measure::Mean => 0.15 * request,
        Measure::P99 => 0.25 * request,
    }
}

/// Runs a case at both fidelities. What one of them does not give, the other must not give either; `NaN` agrees with nothing.
fn compare(case: &Case) -> Vec<Pair> {
    let model = compiled(&case.text(), None);
    let run = |fidelity| {
        let (replications, warmup) = (case.replications, Some(case.warmup));
        simulate_model(&model, &Options { replications, warmup, fidelity, threads: Some(2), ..Default::default() })
    };
    let (request, flow) = (run(Fidelity::Request), run(Fidelity::Flow));
    let mut pairs = Vec::new();
    for service in model.services.iter().map(|service| &service.name) {
        for measure in MEASURES {
            let (simulated, solved) = (at(&request, service, measure), at(&flow, service, measure));
            // Where no request failed at all, the value is not given but bounded from below.
            let value = |found: &Value| found["value"].as_f64().or(found["low"].as_f64());
            if value(simulated).or(value(solved)).is_none() {
                continue;
            }
            let (requests, flow) = (value(simulated).unwrap_or(f64::NAN), value(solved).unwrap_or(f64::NAN));
            let end = |name: &str| simulated[name].as_f64().unwrap_or(requests);
            let (low, high) = (end("low"), end("high"));
            // Where all requests came to the same, an interval that thinks of replications says nothing.
            let half = if requests == low || requests == high { 0.0 } else { (high - low) / 2.0 };
            let bound = bound(case, measure, requests);
            pairs.push(Pair { service: service.clone(), measure, request: requests, half, flow, bound });
        }
    }
    pairs
}

/// Flow is within the bounds everywhere but where a case says that it is not.
#[test]
fn flow_agrees_with_request() {
    let mut wrong = Vec::new();
    for case in cases() {
        let pairs = compare(&case);
        assert!(!pairs.is_empty(), "{}: nothing was observed", case.name);
        let off: Vec<&Pair> = pairs.iter().filter(|pair| !pair.agrees()).collect();
        let found: BTreeSet<_> = off.iter().map(|pair| (pair.service.as_str(), pair.measure)).collect();
        let known: BTreeSet<_> = case.misses.iter().copied().collect();
        if found != known {
            let off: Vec<String> = off.into_iter().map(in_full).collect();
            wrong.push(format!("{}: off are {off:#?}, known are {known:?}", case.name));
        }
    }
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
}

fn in_full(pair: &Pair) -> String {
    let Pair { service, measure, request, half, flow, bound } = pair;
    format!("{service} {measure:?}: {flow} against {request} ± {half}, bound {bound}")
}

/// The table of docs/accuracy.md.
#[test]
#[ignore = "prints a table"]
fn table() {
    println!("| scenario | service | utilisation | errors | mean response | p99 response |");
    println!("|---|---|---|---|---|---|");
    for case in cases() {
        let pairs = compare(&case);
        let mut services: Vec<&str> = pairs.iter().map(|pair| pair.service.as_str()).collect();
        services.dedup();
        for service in services {
            let shown = |measure| {
                let pair = pairs.iter().find(|pair| pair.service == service && pair.measure == measure);
                pair.map_or(String::new(), cell)
            };
            println!("| {} | {service} | {} |", case.name, MEASURES.map(shown).join(" | "));
        }
    }
}

/// What requests gave with half of its interval, and what flow gives; in bold where that is too far off.
fn cell(pair: &Pair) -> String {
    let times = if matches!(pair.measure, Measure::Utilization | Measure::Errors) { 100.0 } else { 1_000.0 };
    let unit = if times == 100.0 { "%" } else { " ms" };
    if pair.request == 0.0 && pair.flow == 0.0 {
        return "0".to_owned();
    }
    let flow = format!("{}{unit}", digits(times * pair.flow, times * pair.flow));
    let marked = if pair.agrees() { flow } else { format!("**{flow}**") };
    let request = digits(times * pair.request, times * pair.request);
    format!("{request} ± {}{unit}: {marked}", digits(times * pair.half, times * pair.request))
}

/// With as many digits behind the point as a number of the size of `like` needs to have three.
fn digits(value: f64, like: f64) -> String {
    let digits = if like > 0.0 { (2.0 - like.log10().floor()).clamp(0.0, 3.0) as usize } else { 0 };
    format!("{value:.digits$}")
}
