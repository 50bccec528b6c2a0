//! How far a forecast can be trusted: made from all that was known at some origins in the past, and compared with what
//! happened then.

mod fit;
mod score;
mod telling;

use jiff::Timestamp;
use jiff::tz::TimeZone;
use serde::Serialize;

use crate::lab::{Trouble, compile, simulate};
use crate::model::Incident;
use crate::report::format::duration;
use crate::run::{Control, Options};
use crate::scenario::{Patches, parse};

pub use fit::Record;
pub use telling::{all_origins, chart, fared, intro, origins, trusted};

/// An origin needs a record as long as this part of what it forecasts.
const LEAST: f64 = 0.5;
/// Origins that are looked at; of more, the last.
const MOST: f64 = 40.0;
/// The interval that is to hold what happens.
const INTERVAL: (f64, f64) = (0.1, 0.9);

/// How forecasts fared on a record.
#[derive(Debug, Clone, Serialize)]
pub struct Fared {
    /// Length of what was forecast, seconds.
    pub ahead_seconds: f64,
    /// First day of the record.
    pub from: String,
    /// The day after its last.
    pub until: String,
    /// Of all incidents together (overlapping ones count once), then of each service in the record.
    pub series: Vec<Series>,
}

/// How forecasts of one service fared.
#[derive(Debug, Clone, Serialize)]
pub struct Series {
    /// The service; `all together` for what hit any.
    pub service: String,
    /// In order of time.
    pub origins: Vec<Origin>,
    /// Origins whose 80% interval held what happened.
    pub held: usize,
    /// Sum of the log scores.
    pub log_score: f64,
    /// Sum of the log scores of a forecast by the mean of the year before.
    pub log_score_of_last_year: f64,
}

/// One forecast and what happened.
#[derive(Debug, Clone, Serialize)]
pub struct Origin {
    /// The day that the forecast was made from.
    pub day: String,
    /// Incidents known by then.
    pub known: usize,
    /// Forecast downtime that one of ten replications stays below, seconds.
    pub p10: f64,
    /// Half of them.
    pub p50: f64,
    /// Nine of ten.
    pub p90: f64,
    /// Downtime that happened, seconds.
    pub happened: f64,
    /// Whether the 80% interval held it.
    pub held: bool,
    /// Logarithm of the density that was given to it, by hours.
    pub log_score: f64,
    /// Downtime by the mean of the year before, seconds.
    pub last_year: f64,
    /// Logarithm of the density that a forecast by that gave.
    pub log_score_of_last_year: f64,
}

/// Why nothing can be compared.
#[derive(Debug, thiserror::Error)]
pub enum Unfit {
    /// The record is too short, or holds nothing.
    #[error("{0}")]
    Record(String),
    /// A forecast could not be made.
    #[error(transparent)]
    Forecast(#[from] Trouble),
}

/// Forecasts stretches of `ahead` seconds from as many origins as the record has room for, back to back up to its end.
/// `None` where the user asked to stop.
///
/// # Errors
/// A record that is too short.
pub fn backtest(incidents: &[Incident], ahead: f64, options: &Options, control: &Control) -> Result<Option<Fared>, Unfit> {
    let record = Record::of(incidents).map_err(Unfit::Record)?;
    let steps = ((record.until - record.from) / ahead - LEAST).floor();
    if steps < 1.0 {
        return Err(Unfit::Record(format!(
            "the record covers {}; to forecast {} it must cover {}: give a longer one, or a shorter --timeframe",
            duration(record.until - record.from),
            duration(ahead),
            duration(ahead * (1.0 + LEAST)),
        )));
    }
    let mut series: Vec<Series> = record.names().map(Series::new).collect();
    for step in (1..=steps.min(MOST) as u32).rev() {
        let origin = record.until - f64::from(step) * ahead;
        let Some(forecasts) = forecast(&record, origin, ahead, options, control)? else { return Ok(None) };
        for (which, forecast) in forecasts {
            series[which].origins.push(forecast);
        }
    }
    series.iter_mut().for_each(Series::add_up);
    series.retain(|series| !series.origins.is_empty());
    Ok(Some(Fared { ahead_seconds: ahead, from: day(record.from), until: day(record.until), series }))
}

/// The forecast of every service of which enough is known at an origin, against what happened.
fn forecast(
    record: &Record,
    origin: f64,
    ahead: f64,
    options: &Options,
    control: &Control,
) -> Result<Option<Vec<(usize, Origin)>>, Trouble> {
    let known: Vec<(usize, fit::Fit)> = record.known(origin);
    let text = fit::scenario(&known, origin, ahead);
    let model = compile(&parse("the record", &text, &Patches::default())?)?;
    let runs = simulate(&model, options, control)?;
    if runs.interrupted {
        return Ok(None);
    }
    let compare = |((which, fit), runs): ((usize, fit::Fit), &crate::run::runs::ServiceRuns)| {
        let at = |p: f64| runs.unavailability.quantile(p).unwrap_or(0.0) * ahead;
        let (low, high) = (at(INTERVAL.0), at(INTERVAL.1));
        let happened = record.downtime(which, origin, origin + ahead);
        let last = record.last_year(which, origin);
        let compared = Origin {
            day: day(origin),
            known: fit.incidents,
            p10: low,
            p50: at(0.5),
            p90: high,
            happened,
            held: (low..=high).contains(&happened),
            log_score: score::of_replications(&runs.unavailability, ahead, happened),
            last_year: last.mean * ahead,
            log_score_of_last_year: score::of_last_year(&last, ahead, happened),
        };
        (which, compared)
    };
    Ok(Some(known.into_iter().zip(&runs.services).map(compare).collect()))
}

impl Series {
    fn new(service: &str) -> Self {
        let service = service.to_owned();
        Self { service, origins: Vec::new(), held: 0, log_score: 0.0, log_score_of_last_year: 0.0 }
    }

    fn add_up(&mut self) {
        self.held = self.origins.iter().filter(|origin| origin.held).count();
        self.log_score = self.origins.iter().map(|origin| origin.log_score).sum();
        self.log_score_of_last_year = self.origins.iter().map(|origin| origin.log_score_of_last_year).sum();
    }

    /// Whether the forecasts did better than the mean of the year before.
    pub fn beats(&self) -> bool {
        self.log_score > self.log_score_of_last_year
    }
}

fn day(seconds: f64) -> String {
    let instant = Timestamp::from_second(seconds as i64).unwrap_or(Timestamp::UNIX_EPOCH);
    instant.to_zoned(TimeZone::UTC).strftime("%Y-%m-%d").to_string()
}
