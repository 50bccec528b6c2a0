//! Measures that have both a simulated and an exact value.

use serde::Serialize;

use crate::report::Unit;
use crate::run::Runs;
use crate::run::runs::sum;
use crate::stats::Estimate;

/// A year of 365 days, in seconds.
const YEAR: f64 = 365.0 * 86_400.0;

/// What is compared.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum Measure {
    /// Fraction of the time up.
    Uptime,
    /// Seconds down in 365 days: as exact as it gets where nearly all of the time is up.
    DowntimePerYear,
    /// Onsets of outages in 365 days.
    OutagesPerYear,
    /// All downtime over outages that ended, seconds.
    Mttr,
    /// All up time over onsets, seconds.
    Mttf,
    /// Chance of no outage until the horizon.
    IntervalReliability,
    /// Chance to be up at the horizon.
    PointAvailability,
}

impl Measure {
    /// For people.
    pub fn title(self) -> &'static str {
        match self {
            Self::Uptime => "time up",
            Self::DowntimePerYear => "down a year",
            Self::OutagesPerYear => "outages a year",
            Self::Mttr => "MTTR",
            Self::Mttf => "MTTF",
            Self::IntervalReliability => "no outage until the horizon",
            Self::PointAvailability => "up at the horizon",
        }
    }

    /// What it measures.
    pub fn unit(self) -> Unit {
        match self {
            Self::Uptime => Unit::Availability,
            Self::OutagesPerYear => Unit::Number,
            Self::DowntimePerYear | Self::Mttr | Self::Mttf => Unit::Duration,
            Self::IntervalReliability | Self::PointAvailability => Unit::Share,
        }
    }

    /// A probability by replication, whose interval holds for few events as well.
    pub fn is_chance(self) -> bool {
        matches!(self, Self::IntervalReliability | Self::PointAvailability)
    }

    /// As simulated, with an interval of this level.
    pub fn estimate(self, runs: &Runs, service: usize, level: f64) -> Estimate {
        let of = &runs.services[service];
        let s = &of.sums;
        let covered = s.mean(sum::UP) + s.mean(sum::DOWN);
        // What was not seen is a bound, not a value.
        let hide = |e: Estimate| if s.mean(sum::DOWN) > 0.0 { e } else { Estimate { value: None, ..e } };
        match self {
            Self::Uptime => hide(s.share(sum::UP, sum::DOWN, level)),
            Self::DowntimePerYear => hide(s.share(sum::DOWN, sum::UP, level).scaled(YEAR)),
            Self::OutagesPerYear if s.mean(sum::ONSETS) > 0.0 => {
                s.mean_estimate(sum::ONSETS, level).scaled(YEAR / covered.max(f64::MIN_POSITIVE))
            }
            Self::OutagesPerYear => {
                let high = s.ratio(sum::UP, sum::ONSETS, level).low.filter(|t| *t > 0.0).map(|t| YEAR / t);
                Estimate { low: Some(0.0), high, ..Estimate::unobserved(level, s.count(), "none seen: Poisson bound") }
            }
            Self::Mttr => s.ratio(sum::DOWN, sum::ENDED, level),
            Self::Mttf => s.ratio(sum::UP, sum::ONSETS, level),
            Self::IntervalReliability => of.no_outage.estimate(level),
            Self::PointAvailability => of.up_at_end.estimate(level),
        }
    }
}
