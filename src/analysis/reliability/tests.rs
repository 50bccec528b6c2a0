use super::exact::Over;
use super::found::judge;
use super::*;
use crate::model::compile;
use crate::run::Control;
use crate::scenario::{Patches, parse};

/// A chain in which an outage comes about once in ten weeks, repairs wait for one person, and one service rests on another.
const CLUSTER: &str = "
name: cluster
start: 2026-01-01
horizon: 180d
services:
  db: {replicas: 2}
  front: {replicas: 2, calls: [{to: db, timeout: 1s}]}
failures:
  crash: {hits: replica, of: [db], mttf: 10d, repair: {exponential: {mean: 12h}}, team: us}
  hang: {hits: replica, of: [front], time_to_failure: {weibull: {shape: 2, mean: 10d}}, repair: {lognormal: {median: 6h, p95: 20h}}}
teams: {us: {people: 1}}
";

/// The same with people enough, so that the components are independent.
fn independent() -> String {
    CLUSTER.replace("people: 1", "people: 2")
}

fn found(text: &str, options: &Options) -> (Model, Found) {
    let loaded = parse("cluster.yaml", text, &Patches::default()).unwrap_or_else(|error| panic!("{error}"));
    let model = compile(&loaded).unwrap_or_else(|mistakes| panic!("{mistakes:?}"));
    let question = Question { rare: Rarely::Off, ..Question::default() };
    let services = services(&model, &question).unwrap_or_default();
    let found = investigate(&model, options, &question, services, &Control::default()).unwrap_or_else(|error| panic!("{error}"));
    (model, found)
}

fn options(seed: u64, replications: u64) -> Options {
    Options { seed, replications, threads: Some(2), ..Options::default() }
}

#[test]
fn right_answers_agree_whatever_the_seed() {
    let mut first_off = 0;
    for seed in 0..24 {
        let (_, found) = found(&independent(), &options(seed, 256));
        assert!(!found.disagrees(), "{seed}: {:?}", found.comparisons);
        let methods: Vec<_> = found.comparisons.iter().map(|c| (c.method, c.over)).collect();
        assert!(methods.contains(&(exact::Method::Markov, Over::Horizon)), "db is a chain");
        assert!(methods.contains(&(exact::Method::Structure, Over::LongRun)), "front is a structure");
        assert!(found.comparisons.iter().all(|c| c.standing != Standing::TooFew), "enough outages: {:?}", found.comparisons);
        first_off += found.comparisons.iter().filter(|c| c.standing == Standing::AgreesSecond).count();
    }
    // Some four hundred tests at a level of about 1 in 4,000.
    assert!(first_off <= 2, "{first_off} measures were off in the first sample");
}

#[test]
fn a_wrong_answer_is_found_out() {
    for (over, factor) in [(Over::Horizon, 1.6), (Over::Horizon, 0.6), (Over::LongRun, 1.6)] {
        let options = options(1, 512);
        let (model, mut found) = found(&independent(), &options);
        for answer in found.exact.iter_mut().flat_map(|exact| &mut exact.answers) {
            if let Ok(values) = &mut answer.found
                && values.over == over
            {
                for (measure, value) in &mut values.list {
                    *value *= if *measure == Measure::DowntimePerYear { factor } else { 1.0 };
                }
            }
        }
        let result = judge(&model, &options, &mut found, &Control::default());
        assert!(result.is_ok() && found.disagrees(), "{over:?}");
        let off = found.comparisons.iter().filter(|c| c.standing == Standing::Disagrees);
        assert!(off.into_iter().all(|c| c.measure == Measure::DowntimePerYear && c.over == over));
        let question = Question::default();
        let input = Input { model: &model, options: &options, question: &question, found: &found };
        let (analysis, report) = analyze(&input);
        assert_eq!(analysis.agrees, Some(false));
        assert!(report.verdicts[0].text.contains("disagree beyond chance"), "{:?}", report.verdicts);
        assert!(input.disagreements().count() >= 1);
    }
}

/// One person for two: the structure does not apply, and says so; the chain does.
#[test]
fn a_method_that_does_not_apply_says_why() {
    let (_, found) = found(CLUSTER, &options(1, 64));
    let why: Vec<String> = found.exact[0].answers.iter().filter_map(|a| a.found.as_ref().err()).flatten().cloned().collect();
    assert!(why.iter().any(|reason| reason.contains("team `us` may be too few")), "{why:?}");
    assert!(found.exact[0].answers.iter().any(|a| a.method == exact::Method::Markov && a.found.is_ok()));
    let weibull: Vec<String> = found.exact[1].answers.iter().filter_map(|a| a.found.as_ref().err()).flatten().cloned().collect();
    assert!(!weibull.is_empty(), "front has no chain");
}

/// Two outages are no sample: nothing is claimed about means.
#[test]
fn few_outages_are_not_tested() {
    let (_, found) = found(&independent().replace("mttf: 10d", "mttf: 1000d"), &options(1, 64));
    let means = found.comparisons.iter().filter(|c| c.service == 0 && !c.measure.is_chance());
    assert!(means.into_iter().all(|c| c.standing == Standing::TooFew));
    assert!(!found.disagrees());
}

#[test]
fn a_report_spends_less_than_one_false_alarm_in_a_million() {
    for measures in [1, 10, 1000] {
        let alpha = 1.0 - agreement::level(measures);
        // Off once, and off again on the same side.
        assert!(measures as f64 * alpha * alpha / 2.0 <= 0.5e-6 * (1.0 + 1e-6));
    }
}
