//! The part on requests against hand-made replications.

use super::super::{Input, forecast};
use super::fixture::{followed, named};
use crate::output::terminal::Screen;
use crate::report::Status;
use crate::run::requests::{Found, served};
use crate::sim::request::{Times, count};
use crate::stats::Estimate;

fn near(e: &Estimate, expected: f64) {
    let value = e.value.unwrap();
    assert!((value - expected).abs() <= 1e-12 * expected.abs(), "{value} is not {expected}");
    assert!(e.low.is_some_and(|low| low < value) && e.high.is_some_and(|high| value < high), "{e:?}");
}

#[test]
fn estimates_are_those_of_the_definitions() {
    let world = followed(3, 10, false);
    let input = named(&world);
    let (summary, _) = forecast(&input);
    let runs = &world.runs.requests.as_ref().unwrap().services[1];
    let sum = |i: usize| runs.sums.sum(i);
    let (service, requests) = (&summary.services["catalog"], summary.services["catalog"].requests.as_ref().unwrap());
    near(&requests.arrival_rate, sum(count::ARRIVED) / 9_600.0);
    near(&service.throughput.unwrap(), sum(count::GOOD) / 9_600.0);
    near(&service.error_rate.unwrap(), sum(served::FAILED) / sum(served::RESOLVED));
    near(&service.request_availability.unwrap(), sum(count::GOOD) / sum(served::RESOLVED));
    near(&requests.errors["timeout"], sum(count::TIMEOUT) / sum(served::RESOLVED));
    assert!(
        (requests.errors.values().map(|e| e.value.unwrap()).sum::<f64>() - service.error_rate.unwrap().value.unwrap()).abs()
            < 1e-12
    );
    near(&service.utilization.unwrap(), sum(served::BUSY) / sum(served::SERVERS));
    near(&requests.retry_amplification.unwrap(), sum(count::ARRIVED) / sum(count::FIRST));
    near(&requests.wasted.unwrap(), sum(count::WASTED) / sum(served::RESOLVED));
    near(&requests.in_flight, sum(served::PRESENT) / 9_600.0);
    let (wait, response) = (service.wait.as_ref().unwrap(), service.response_time.as_ref().unwrap());
    near(&response.mean, sum(served::RESPONSE) / sum(served::ANSWERED));
    near(&wait.mean, sum(served::WAIT) / sum(served::BEGUN));
    near(&response.p99, runs.response.all.quantile(0.99).unwrap());
    near(&wait.p50, runs.wait.all.quantile(0.5).unwrap());
    // Waits are exponential with mean 0.2 s, and so is the rest of the response: a gamma of 2 stages, whose P99 is 6.64 of them.
    for (estimate, exact) in [(&wait.p95, -0.2 * 0.05_f64.ln()), (&wait.mean, 0.2), (&response.p99, 0.2 * 6.638_352)] {
        let half = (estimate.high.unwrap() - estimate.low.unwrap()) / 2.0;
        assert!((estimate.value.unwrap() - exact).abs() < 2.0 * half, "{estimate:?} against {exact}");
    }
    // Never narrower than the sketch can tell.
    assert!(response.p50.high.unwrap() / response.p50.low.unwrap() > 1.0 + 2.0 * Times::ERROR);
    let source = &summary.traffic["shoppers"];
    assert_eq!((source.to.as_str(), source.response_time.p99.n), ("web", 10));
    let call = &summary.calls["web -> catalog"];
    assert!(call.attempts_per_call.value.unwrap() > 1.0 && call.cache_hits.is_some() && call.broken.is_some());
    assert!(summary.calls["web -> checkout"].cache_hits.is_none());
}

#[test]
fn one_replication_is_cut_into_batches() {
    let world = followed(2, 1, false);
    let (summary, report) = forecast(&named(&world));
    let p99 = summary.services["web"].response_time.as_ref().unwrap().p99;
    assert_eq!(p99.n, 32);
    assert!(p99.method.contains("batches") && p99.low < p99.value && p99.value < p99.high);
    assert!(summary.traffic["shoppers"].throughput.method.starts_with("batch means"));
    assert!(report.assumptions.iter().any(|text| text.contains("32 batches")));
}

#[test]
fn batches_that_are_alike_their_neighbours_are_told() {
    let mut world = followed(2, 1, false);
    let source = &mut world.runs.requests.as_mut().unwrap().sources[0];
    source.batch_means = (0..32).map(f64::from).collect();
    let (_, report) = forecast(&named(&world));
    let told = report.verdicts.iter().find(|v| v.text.contains("not independent")).unwrap();
    assert!(told.status == Status::Warn && told.text.contains("--replications"), "{}", told.text);
}

#[test]
fn what_cannot_fail_is_exact_and_what_did_not_is_bounded() {
    let world = followed(2, 10, true);
    let mut input = named(&world);
    input.services[0].can_err = false;
    let (summary, report) = forecast(&input);
    let web = summary.services["web"].error_rate.unwrap();
    assert_eq!((web.value, web.high, web.method), (Some(0.0), Some(0.0), "cannot fail"));
    let catalog = summary.services["catalog"].error_rate.unwrap();
    // Of ten replications that agree, Clopper and Pearson's bound.
    assert!(catalog.value == Some(0.0) && (catalog.high.unwrap() - 0.3085).abs() < 1e-4, "{catalog:?}");
    assert!(summary.services["catalog"].requests.as_ref().unwrap().errors.is_empty());
    assert!(report.charts().all(|c| c.name != "errors" && c.name != "failures"));
    assert!(report.verdicts.iter().any(|v| v.text.contains("none fails")), "{:?}", report.verdicts);
}

#[test]
fn the_summary_has_the_names_of_the_schema() {
    let world = followed(3, 10, false);
    let (summary, _) = forecast(&named(&world));
    let json: serde_json::Value = serde_json::from_str(&crate::output::json::render(&summary).unwrap()).unwrap();
    let has = |of: &serde_json::Value, names: &str| names.split(' ').for_each(|n| assert!(!of[n].is_null(), "{n} in {of}"));
    has(&json, "warmup_seconds warmup_method traffic calls");
    assert_eq!(json["fidelity"], "request");
    let web = &json["services"]["web"];
    has(
        web,
        "queue_length wait response_time utilization throughput error_rate errors arrival_rate in_flight retry_amplification wasted",
    );
    has(&web["response_time"], "mean p50 p95 p99");
    has(&web["errors"]["timeout"], "value low high level n method");
    has(&json["traffic"]["shoppers"], "to throughput error_rate errors response_time in_flight arrival_rate");
    has(&json["calls"]["web -> catalog"], "per_second attempts_per_call failed cache_hits retries_denied broken");
    // A summary of rates has none of it.
    let rates = super::super::fixture::quiet();
    let (summary, _) = forecast(&rates.input());
    let json = serde_json::to_value(summary).unwrap();
    assert!(["warmup_seconds", "traffic", "calls"].iter().all(|name| json.get(name).is_none()));
    assert!(json["services"]["web"].get("arrival_rate").is_none());
}

#[test]
fn a_warm_up_is_told_with_how_it_was_found() {
    let mut world = followed(2, 10, false);
    let told = |input: &Input<'_>| {
        let (_, report) = forecast(input);
        let fact = report.facts.iter().find(|(name, _)| name == "Warm-up").unwrap().1.clone();
        (fact, report.verdicts.iter().any(|v| v.status == Status::Warn && v.text.contains("steady state")))
    };
    assert_eq!(told(&named(&world)), ("38 s, twice what MSER-5 cuts off 64 pilot runs of 6.67 min".to_owned(), false));
    world.runs.warmup.found = Found::Unsettled(76.0);
    assert_eq!(told(&named(&world)), ("38 s, half of 64 pilot runs of 1.27 min, which did not settle".to_owned(), true));
    world.runs.warmup.found = Found::Asked;
    assert_eq!(told(&named(&world)), ("38 s, as asked for".to_owned(), false));
}

#[test]
fn nothing_overruns_and_nothing_is_nonsense() {
    for world in [followed(12, 10, false), followed(3, 1, true), followed(1, 2, false), followed(3, 0, false)] {
        let input = named(&world);
        let (summary, report) = forecast(&input);
        let text = crate::output::json::render(&summary).unwrap();
        assert!(!text.contains("NaN") && !text.contains("inf,"));
        let screen = crate::output::terminal::render(&report, Screen::default());
        assert!(screen.lines().count() <= 36 && screen.lines().all(|l| l.chars().count() <= 80), "{screen}");
        let cells =
            report.tables().flat_map(|t| t.rows().concat()).chain(report.charts().flat_map(|c| c.table().rows().concat()));
        let texts = report.verdicts.iter().map(|v| v.text.clone()).chain(report.charts().map(|c| c.description.clone()));
        for text in cells.chain(texts) {
            assert!(!text.contains("NaN") && !text.contains("inf") && !text.contains("unbounded"), "{text}");
        }
        let mut names: Vec<String> =
            report.tables().map(|t| t.name.clone()).chain(report.charts().map(|c| format!("chart-{}", c.name))).collect();
        let all = names.len();
        names.sort();
        names.dedup();
        assert_eq!(names.len(), all);
        let page = crate::output::html::render(&report).unwrap();
        assert!(!page.contains("<script") && !page.contains("NaN"));
        let folder = tempfile::tempdir().unwrap();
        crate::output::write_all(folder.path(), &summary, &report).unwrap();
    }
}
