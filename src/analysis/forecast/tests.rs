//! The forecast against runs whose figures are known.

use super::fixture::{HOSTILE, World, quiet, shop};
use super::*;
use crate::output::terminal::Screen;
use crate::report::{Part, Status};
use crate::run::runs::{Runs, Timeline, sum};
use crate::stats::{Joint, Proportion};

fn near(value: Option<f64>, expected: f64) {
    let value = value.unwrap();
    assert!((value / expected - 1.0).abs() < 1e-9, "{value} is not {expected}");
}

/// One service, four draws of one replication, 1000 s each.
fn small() -> World {
    let mut world = quiet();
    world.runs.services.truncate(1);
    world.runs.per_draw = 1;
    world.runs.replications = 4;
    world.runs.horizon = 1000.0;
    let service = &mut world.runs.services[0];
    service.sums = Joint::default();
    service.no_outage = Proportion::default();
    for (down, onsets, ended) in [(100.0, 2.0, 2.0), (0.0, 0.0, 0.0), (40.0, 1.0, 1.0), (60.0, 1.0, 0.0)] {
        let mut sums = [0.0; sum::N];
        (sums[sum::UP], sums[sum::DOWN], sums[sum::ONSETS], sums[sum::ENDED]) = (1000.0 - down, down, onsets, ended);
        (sums[sum::DETECTION], sums[sum::ACKNOWLEDGEMENT]) = (ended * 5.0, ended * 10.0);
        (sums[sum::REQUESTS], sums[sum::GOOD]) = (2000.0, 2000.0 - 2.0 * down);
        (sums[sum::BUSY], sums[sum::SERVERS]) = (300.0, 1200.0);
        service.sums.add(&sums);
        service.no_outage.add_cluster(u64::from(onsets == 0.0), 1);
    }
    world
}

#[test]
fn estimates_are_those_of_the_definitions() {
    let world = small();
    let mut input = world.input();
    input.services.truncate(1);
    input.objectives.clear();
    input.demand = &[];
    let (summary, _) = forecast(&input);
    let s = &summary.services["web"];
    near(s.time_availability.value, 3800.0 / 4000.0);
    near(s.request_availability.unwrap().value, 7600.0 / 8000.0);
    near(s.error_rate.unwrap().value, 400.0 / 8000.0);
    near(s.outages_per_year.value, 4.0 / 4000.0 * YEAR);
    near(s.downtime_per_year.value, 0.05 * YEAR);
    // All downtime counts, that of the outage still open too: what ended alone would be the shorter ones.
    near(s.mttr.value, 200.0 / 3.0);
    near(s.mttf.value, 950.0);
    near(s.mtbf.value, 950.0 + 200.0 / 3.0);
    near(s.mttd.value, 5.0);
    near(s.mtta.value, 10.0);
    near(s.utilization.unwrap().value, 0.25);
    near(s.throughput.unwrap().value, 1.9);
    near(s.interval_reliability.value, 0.25);
    assert_eq!(s.time_to_first_outage.value, None, "one replication had none");
    for e in [s.time_availability, s.mttr, s.mtbf, s.request_availability.unwrap()] {
        assert!(e.low < e.value && e.value < e.high, "{e:?}");
    }
}

#[test]
fn no_outage_gives_no_value_but_a_bound() {
    let world = quiet();
    let (summary, report) = forecast(&world.input());
    let s = &summary.services["web"];
    assert_eq!((s.time_availability.value, s.time_availability.high), (None, Some(1.0)));
    assert!(s.time_availability.low.unwrap() > 0.99);
    assert_eq!((s.mttr.value, s.mttr.low), (None, None));
    assert_eq!(s.mtbf.value, None);
    // 500 draws of two years each, over 3.69 events that may have gone unseen.
    near(s.mtbf.low.map(|t| t / YEAR), 1000.0 / 3.688_879_454_113_936);
    assert_eq!(s.outages_per_year.value, Some(0.0));
    assert!(s.outages_per_year.high.unwrap() < 0.004);
    assert_eq!(s.longest_outage.value, None);
    assert!(report.verdicts.iter().any(|v| v.status == Status::Good && v.text.contains("never missed")), "{:?}", report.verdicts);
    assert!(report.charts().any(|c| c.name == "availability" && !c.is_empty()));
}

#[test]
fn what_cannot_fail_is_exact() {
    let world = shop(5, 200, 5.0);
    let (summary, _) = forecast(&world.input());
    let s = &summary.services["db"];
    assert_eq!((s.time_availability.value, s.time_availability.method), (Some(1.0), "cannot fail"));
    assert_eq!((s.mttr.value, s.mtbf.value), (None, None));
    assert_eq!(s.downtime_per_year.value, Some(0.0));
    assert!(summary.services["recommendations"].request_availability.is_none(), "no traffic, no field");
}

#[test]
fn shares_of_downtime_add_up() {
    let world = shop(3, 400, 5.0);
    let (summary, _) = forecast(&world.input());
    let total: f64 = summary.failures.values().filter_map(|f| f.downtime_share.get("web")?.value).sum();
    assert!((total - 1.0).abs() < 1e-9);
    let e = summary.failures["host crash"].downtime_share["web"];
    assert!(e.low < e.value && e.value < e.high);
}

#[test]
fn the_summary_is_json_with_the_names_of_the_schema() {
    for world in [shop(5, 200, 5.0), quiet()] {
        let (summary, _) = forecast(&world.input());
        let text = crate::output::json::render(&summary).unwrap();
        assert!(!text.contains("NaN") && !text.contains("inf,"));
        let json: serde_json::Value = serde_json::from_str(&text).unwrap();
        assert_eq!(json["schema"], "ninefold/summary/1");
        for name in "scenario version seed replications fidelity horizon_seconds events wall_seconds model_hash cost".split(' ') {
            assert!(!json[name].is_null(), "{name}");
        }
        let has =
            |of: &serde_json::Value, names: &str| names.split(' ').for_each(|n| assert!(of.get(n).is_some(), "{n} in {of}"));
        has(
            &json["services"]["web"],
            "time_availability point_availability interval_reliability request_availability outages_per_year mtbf mttr mttf mttd mtta \
             time_to_first_outage downtime_per_year longest_outage utilization replicas throughput error_rate",
        );
        has(&json["services"]["web"]["mtbf"], "value low high level n method");
        has(
            &json["objectives"]["shopping works"],
            "attainment breach_probability window_breach_rate budget_left credits worst_window",
        );
        has(&json["teams"]["on-call"], "busy waiting wait");
        has(&json["failures"]["host crash"], "count_per_year downtime_share mean_duration");
        has(&json["cost"], "infrastructure credits total");
    }
}

#[test]
fn nothing_at_all_is_reported_calmly() {
    let runs = Runs {
        horizon: YEAR,
        replications: 0,
        per_draw: 1,
        events: 0,
        wall_seconds: 0.0,
        interrupted: true,
        warmup: crate::run::Warmup::asked(0.0),
        requests: None,
        services: vec![],
        objectives: vec![],
        failures: vec![],
        teams: vec![],
        releases: vec![],
        cost: crate::run::runs::CostRuns::default(),
        typical: 0,
        bad: 0,
        downtimes: Vec::new(),
    };
    let timeline = Timeline::default();
    let input = Input::new("empty", &runs, &timeline, &timeline);
    let (summary, report) = forecast(&input);
    assert!(!crate::output::json::render(&summary).unwrap().contains("NaN"));
    assert!(crate::output::html::render(&report).unwrap().contains("Interrupted"));
    assert!(!crate::output::terminal::render(&report, Screen::default()).is_empty());
}

#[test]
fn sentences_and_cells_hold_no_nonsense() {
    for world in [shop(12, 400, 5.0), shop(1, 64, 500.0), quiet()] {
        let (_, report) = forecast(&world.input());
        let cells =
            report.tables().flat_map(|t| t.rows().concat()).chain(report.charts().flat_map(|c| c.table().rows().concat()));
        let texts = report.verdicts.iter().map(|v| v.text.clone()).chain(report.charts().map(|c| c.description.clone()));
        for text in cells.chain(texts) {
            assert!(!text.contains("NaN") && !text.contains("inf") && !text.contains("unbounded"), "{text}");
        }
    }
}

#[test]
fn hostile_names_stay_text() {
    let world = shop(7, 200, 5.0);
    let (summary, report) = forecast(&world.input());
    assert!(summary.services.contains_key(HOSTILE));
    let page = crate::output::html::render(&report).unwrap();
    assert!(!page.contains("<script") && page.contains("&lt;script&gt;") && !page.contains('\u{1b}'));
    assert!(!page.contains("http://") || page.matches("http://").count() == page.matches("http://www.w3.org/2000/svg").count());
    let screen = crate::output::terminal::render(&report, Screen::default());
    assert!(!screen.contains('\u{1b}'));
}

#[test]
fn the_screen_is_not_overrun() {
    for world in [shop(12, 400, 5.0), shop(3, 400, 5.0), quiet()] {
        let (_, report) = forecast(&world.input());
        let text = crate::output::terminal::render(&report, Screen::default());
        assert!(text.lines().count() <= 36, "{text}");
        assert!(text.lines().all(|l| l.chars().count() <= 80), "{text}");
    }
}

#[test]
fn every_file_is_written_and_tables_agree() {
    use polars::prelude::{CsvReadOptions, CsvReader, ParquetReader, SerReader};
    let world = shop(5, 200, 5.0);
    let (summary, report) = forecast(&world.input());
    let folder = tempfile::tempdir().unwrap();
    let written = crate::output::write_all(folder.path(), &summary, &report).unwrap();
    assert!(written.iter().all(|p| p.is_file()));
    for name in ["services", "objectives", "failures", "timeline", "teams", "chart-availability"] {
        assert!(folder.path().join("tables").join(format!("{name}.csv")).is_file(), "{name}");
    }
    let open = |p: &std::path::Path| std::fs::File::open(p).unwrap();
    for path in written.iter().filter(|p| p.extension().is_some_and(|e| e == "parquet")) {
        let parquet = ParquetReader::new(open(path)).finish().unwrap();
        let options = CsvReadOptions::default().with_schema(Some(parquet.schema().clone()));
        let csv = CsvReader::new(open(&path.with_extension("csv"))).with_options(options).finish().unwrap();
        assert!(parquet.equals_missing(&csv), "{}", path.display());
    }
    let again = tempfile::tempdir().unwrap();
    for path in crate::output::write_all(again.path(), &summary, &report).unwrap() {
        let first = folder.path().join(path.strip_prefix(again.path()).unwrap());
        assert_eq!(std::fs::read(&path).unwrap(), std::fs::read(first).unwrap(), "{}", path.display());
    }
}

#[test]
fn names_of_files_are_unlike() {
    let world = shop(12, 200, 5.0);
    let (_, report) = forecast(&world.input());
    let mut names: Vec<String> =
        report.tables().map(|t| t.name.clone()).chain(report.charts().map(|c| format!("chart-{}", c.name))).collect();
    let all = names.len();
    names.sort();
    names.dedup();
    assert_eq!(names.len(), all);
    assert!(names.iter().all(|n| n.bytes().all(|b| b.is_ascii_lowercase() || b.is_ascii_digit() || b == b'-')));
    assert!(report.sections.iter().any(|s| s.parts.iter().any(|p| matches!(p, Part::Data(_)))));
}
