//! Runs a scenario text and reads its summary: the only place where the tests meet the crate's functions.

#![allow(dead_code, reason = "each test file uses its own part of this module")]
#![allow(clippy::expect_used, reason = "a test says by a panic what it expected")]

use std::io::Write;
use std::path::{Path, PathBuf};

use ninefold::analysis::forecast::{Findings, Input, forecast};
use ninefold::model::Model;
use ninefold::run::{Control, Options, Row, Runs};
use ninefold::scenario::{Loaded, Patches, parse};
use ninefold::stats::Sketch;
use serde_json::Value;

/// The days and hours that scenarios and figures are given in, in seconds.
pub const HOUR: f64 = 3600.0;
pub const DAY: f64 = 24.0 * HOUR;
pub const YEAR: f64 = 365.0 * DAY;

/// What one run of a scenario gave, by the names of `summary.json`.
pub struct Run {
    summary: Value,
    runs: Runs,
    names: Vec<String>,
    warnings: usize,
}

/// Simulates a scenario text from its start.
pub fn run(text: &str, replications: u64, seed: u64) -> Run {
    run_after(text, replications, seed, 0.0)
}

/// Simulates a scenario text, with `warmup` seconds before its start.
pub fn run_after(text: &str, replications: u64, seed: u64, warmup: f64) -> Run {
    simulate(text, None, &Options { seed, replications, threads: Some(2), warmup: Some(warmup), ..Default::default() })
}

/// A failure of a replication: its mode, what was hit, when it began and when it was repaired (seconds).
pub type Failed = (String, String, f64, Option<f64>);

/// One replication of a scenario text, and its failures.
pub fn run_with_timeline(text: &str, seed: u64) -> (Run, Vec<Failed>) {
    let model = ninefold::model::compile(&load(text, None)).unwrap_or_else(|error| panic!("{error:?}\n{text}"));
    (run(text, 1, seed), failures_of(&model, seed))
}

/// Simulates a scenario text that reads files of a folder.
pub fn run_in(folder: &Path, text: &str, replications: u64) -> Run {
    simulate_model(&model_in(folder, text), &Options { seed: 1, replications, threads: Some(2), ..Default::default() })
}

/// The failures of one replication of a scenario text that reads files of a folder.
pub fn timeline_in(folder: &Path, text: &str) -> Vec<Failed> {
    failures_of(&model_in(folder, text), 1)
}

fn model_in(folder: &Path, text: &str) -> Model {
    model_of(&Loaded { folder: folder.to_owned(), ..load(text, None) })
}

fn failures_of(model: &Model, seed: u64) -> Vec<Failed> {
    let incidents = ninefold::run::timeline(model, seed, 0.0, 0).incidents.into_iter();
    incidents.map(|i| (model.modes[i.failure as usize].name.clone(), i.thing, i.began, i.repaired)).collect()
}

/// Simulates a scenario text with one of its policies.
pub fn run_policy(text: &str, policy: Option<&str>, replications: u64, threads: usize) -> Run {
    simulate(text, policy, &Options { seed: 1, replications, threads: Some(threads), ..Default::default() })
}

/// The policies of a scenario text.
pub fn policies(text: &str) -> Vec<String> {
    load(text, None).scenario.policies.keys().cloned().collect()
}

pub fn load(text: &str, policy: Option<&str>) -> Loaded {
    let patches = Patches { policy: policy.map(str::to_owned).into_iter().collect(), ..Default::default() };
    parse("case.yaml", text, &patches).unwrap_or_else(|error| panic!("the scenario is refused: {error:?}\n{text}"))
}

fn simulate(text: &str, policy: Option<&str>, options: &Options) -> Run {
    let loaded = load(text, policy);
    Run { warnings: loaded.warnings.len(), ..simulate_model(&model_of(&loaded), options) }
}

fn model_of(loaded: &Loaded) -> Model {
    ninefold::model::compile(loaded).unwrap_or_else(|error| panic!("the scenario does not compile: {error:?}"))
}

/// A scenario text with or without one of its policies, compiled, to be run over and over.
pub fn compiled(text: &str, policy: Option<&str>) -> Model {
    model_of(&load(text, policy))
}

/// Simulates a compiled scenario.
pub fn simulate_model(model: &Model, options: &Options) -> Run {
    let runs = ninefold::run::simulate(model, options, &Control::default(), None).expect("the simulation runs");
    read(model, options, runs)
}

/// Simulates a compiled scenario under a control, and keeps the rows of its replications. `see` is shown the rows of each
/// block as it is done.
pub fn simulate_rows(model: &Model, options: &Options, control: &Control, mut see: impl FnMut(&[Row])) -> (Run, Vec<Row>) {
    let mut rows = Vec::new();
    let mut sink = |block: &[Row]| {
        rows.extend_from_slice(block);
        see(block);
        Ok(())
    };
    let runs = ninefold::run::simulate(model, options, control, Some(&mut sink)).expect("the simulation runs");
    (read(model, options, runs), rows)
}

fn read(model: &Model, options: &Options, runs: Runs) -> Run {
    let findings = Findings::of(model, options, &runs);
    let (summary, _report) = forecast(&Input::of(model, options.seed, &runs, &findings));
    let names = model.services.iter().map(|service| service.name.clone()).collect();
    Run { summary: serde_json::to_value(summary).expect("a summary is JSON"), runs, names, warnings: 0 }
}

impl Run {
    /// An estimate by its path in `summary.json`: `services`, a name, a measure.
    pub fn estimate(&self, kind: &str, name: &str, measure: &str) -> Estimate {
        estimate(&self.summary[kind][name][measure], format!("{kind}.{name}.{measure}"))
    }

    /// An estimate by its whole path in `summary.json`, with dots between the names.
    pub fn at(&self, path: &str) -> Estimate {
        estimate(path.split('.').fold(&self.summary, |value, name| &value[name]), path.to_owned())
    }

    pub fn service(&self, name: &str, measure: &str) -> Estimate {
        self.estimate("services", name, measure)
    }

    /// Asserts a measure to its last digits: nothing in the scenario is left to chance.
    pub fn exactly(&self, kind: &str, name: &str, measure: &str, exact: f64) {
        let value = self
            .value(kind, name, measure)
            .unwrap_or_else(|| panic!("{kind}.{name}.{measure} was not observed: {}", self.summary[kind][name][measure]));
        let off = (value - exact).abs();
        assert!(off <= 1e-9 * exact.abs().max(1e-3), "{kind}.{name}.{measure} is {value}, not {exact}");
    }

    /// Asserts a measure of a queue that fills or drains as a fluid does: with thousands of requests a second chance is less than
    /// a thousandth of it.
    pub fn as_a_fluid(&self, kind: &str, name: &str, measure: &str, exact: f64) {
        let value = self.value(kind, name, measure).unwrap_or_else(|| panic!("{kind}.{name}.{measure} was not observed"));
        assert!((value - exact).abs() <= 1e-3 * exact.abs(), "{kind}.{name}.{measure} is {value}, not about {exact}");
    }

    /// Asserts what was spent on `infrastructure`, `credits`, `repairs`, or all of it, the `total`.
    pub fn costs(&self, part: &str, exact: f64) {
        let value = self.summary["cost"][part]["value"].as_f64();
        assert!(value.is_some_and(|value| (value - exact).abs() <= 1e-9 * exact), "{part} is {value:?}, not {exact}");
    }

    /// What was spent on `infrastructure`, `credits`, `repairs`, or all of it, the `total`.
    pub fn spent(&self, part: &str) -> Estimate {
        estimate(&self.summary["cost"][part], format!("cost.{part}"))
    }

    /// Asserts which share of the downtime of `service` is charged to `failure`.
    pub fn charged(&self, failure: &str, service: &str, exact: f64) {
        let value = self.summary["failures"][failure]["downtime_share"][service]["value"].as_f64().unwrap_or(0.0);
        assert!((value - exact).abs() <= 1e-9, "{failure} is charged {value} of the downtime of {service}, not {exact}");
    }

    /// The value alone, where the model leaves nothing to chance and an interval has no width.
    pub fn value(&self, kind: &str, name: &str, measure: &str) -> Option<f64> {
        self.summary[kind][name][measure]["value"].as_f64()
    }

    /// The same by its whole path, with dots between the names.
    pub fn value_at(&self, path: &str) -> Option<f64> {
        path.split('.').fold(&self.summary, |value, name| &value[name])["value"].as_f64()
    }

    /// How many things in the scenario are legal but suspicious.
    pub fn warnings(&self) -> usize {
        self.warnings
    }

    /// The summary but for the time that the run took and the hash of the scenario: what was simulated.
    pub fn results(mut self) -> Value {
        self.summary["wall_seconds"] = Value::Null;
        self.summary["model_hash"] = Value::Null;
        self.summary
    }

    /// All measures of one service, failure or objective.
    pub fn summary_of(&self, kind: &str, name: &str) -> &Value {
        &self.summary[kind][name]
    }

    /// What the replications gave, before it became estimates.
    pub fn runs(&self) -> &Runs {
        &self.runs
    }

    /// The unavailability of each replication of a service, as a sketch of its distribution.
    pub fn unavailability(&self, service: &str) -> &Sketch {
        let at = self.names.iter().position(|name| name == service).unwrap_or_else(|| panic!("no service {service}"));
        &self.runs.services[at].unavailability
    }
}

/// An estimate of a simulated number with its 95% interval.
#[derive(Debug, Clone)]
pub struct Estimate {
    what: String,
    pub value: f64,
    low: f64,
    high: f64,
}

fn estimate(at: &Value, what: String) -> Estimate {
    let number = |key: &str| at[key].as_f64().unwrap_or_else(|| panic!("{what}.{key} is {}", at[key]));
    let (value, low, high) = (number("value"), number("low"), number("high"));
    Estimate { what, value, low, high }
}

/// Half-widths of a 95% interval that are at most this fraction of the quantity count as precise.
const PRECISION: f64 = 0.03;
/// How many standard errors an estimate may be from the exact value: one in a thousand is further off by chance.
const ERRORS: f64 = 3.3;

impl Estimate {
    /// The same estimate of a quantity that is `factor` times as large, say in other units.
    pub fn times(&self, factor: f64) -> Self {
        Self { what: self.what.clone(), value: factor * self.value, low: factor * self.low, high: factor * self.high }
    }

    /// Of the value, from the interval.
    pub fn standard_error(&self) -> f64 {
        (self.high - self.low) / 2.0 / 1.96
    }

    /// `whole` less the estimate: an availability seen as an unavailability, replicas up as replicas down.
    pub fn from(&self, whole: f64) -> Self {
        Self {
            what: format!("{whole} - {}", self.what),
            value: whole - self.value,
            low: whole - self.high,
            high: whole - self.low,
        }
    }

    /// Whether the interval holds the exact value.
    pub fn holds(&self, exact: f64) -> bool {
        self.low <= exact && exact <= self.high
    }

    /// Asserts that the estimate is precise and agrees with the exact value.
    pub fn is(&self, exact: f64) {
        self.agrees(exact, PRECISION);
    }

    /// Asserts that the estimate agrees with the exact value and that its half-width is at most `precision` of it.
    pub fn agrees(&self, exact: f64, precision: f64) {
        let half = (self.high - self.low) / 2.0;
        let off = self.value - exact;
        assert!(
            half.is_finite() && half <= precision * exact.abs(),
            "{}: {} ± {half} is not precise enough for {exact}",
            self.what,
            self.value
        );
        assert!(
            off.abs() <= ERRORS * half / 1.96,
            "{}: {} ± {half} differs from {exact} by {:.2} standard errors",
            self.what,
            self.value,
            1.96 * off / half
        );
    }

    /// Asserts that an availability agrees with the exact one, measured by the unavailability: the harder side.
    pub fn is_availability(&self, exact: f64) {
        self.from(1.0).is(1.0 - exact);
    }
}

/// A folder of the data that stays outside the repository, if it is there.
pub fn shared(folder: &str) -> Option<PathBuf> {
    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("../shared").join(folder);
    if path.is_dir() {
        return Some(path);
    }
    // Straight to standard error, which the test runner does not swallow.
    let _ = writeln!(std::io::stderr(), "skipped: ../shared/{folder} absent");
    None
}

/// The text of a scenario that ships with the project.
pub fn scenario(name: &str) -> String {
    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("scenarios").join(name);
    std::fs::read_to_string(&path).unwrap_or_else(|error| panic!("{}: {error}", path.display()))
}
