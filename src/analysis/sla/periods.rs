//! The months or quarters that an SLA is told by, and the promises that are watched over them.

use jiff::Zoned;

use crate::model::{Counts, Model, Objective, Windows};
use crate::report::chart::after;

/// The stretch of time that an SLA is told by.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Period {
    /// Calendar months.
    Monthly,
    /// Calendar quarters.
    Quarterly,
}

impl Period {
    /// Its name on the command line.
    #[must_use]
    pub fn word(self) -> &'static str {
        match self {
            Self::Monthly => "monthly",
            Self::Quarterly => "quarterly",
        }
    }

    /// One of them: `month`.
    #[must_use]
    pub fn noun(self) -> &'static str {
        match self {
            Self::Monthly => "month",
            Self::Quarterly => "quarter",
        }
    }

    /// That of windows by the calendar; a rolling window has none.
    #[must_use]
    pub fn of(windows: &Windows) -> Option<Self> {
        match windows {
            Windows::Calendar { months: 3, .. } => Some(Self::Quarterly),
            Windows::Calendar { .. } => Some(Self::Monthly),
            Windows::Rolling(_) => None,
        }
    }

    /// How many months it has.
    #[must_use]
    pub fn months(self) -> u32 {
        match self {
            Self::Monthly => 1,
            Self::Quarterly => 3,
        }
    }

    /// Whether a whole one lies within the horizon.
    #[must_use]
    pub fn fits(self, model: &Model) -> bool {
        let windows = model.calendar(self.months());
        windows.is_ok_and(|w| matches!(w, Windows::Calendar { spans, .. } if spans.iter().any(|span| span.complete)))
    }

    /// The one that holds the instant `seconds` after `start`: `2026-11` or `2026 Q4`.
    #[must_use]
    pub fn name(self, start: &Zoned, seconds: f64) -> String {
        let day = after(start, seconds);
        match self {
            Self::Monthly => day.strftime("%Y-%m").to_string(),
            Self::Quarterly => format!("{} Q{}", day.year(), (day.month() + 2) / 3),
        }
    }
}

/// A promise, and where it is watched.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Watch {
    /// Index of the promise with the windows that were agreed.
    pub promise: usize,
    /// Index of the same promise by period.
    pub periods: usize,
}

/// Watches every promise of a model by period; those that are agreed by it already need nothing.
///
/// # Errors
/// More periods in the horizon than are told apart.
pub fn watch(model: &mut Model, period: Period) -> Result<Vec<Watch>, String> {
    let windows = model.calendar(period.months())?;
    let watches = (0..model.objectives.len()).map(|promise| {
        let agreed = &model.objectives[promise];
        if Period::of(&agreed.windows) == Some(period) {
            return Watch { promise, periods: promise };
        }
        // What is paid back is paid once, by the windows that were agreed.
        let watched = Objective { windows: windows.clone(), fee: 0.0, credits: Vec::new(), ..agreed.clone() };
        Watch { promise, periods: model.watch(watched) }
    });
    Ok(watches.collect())
}

/// Watches every service of a model by period at one threshold: its requests where traffic reaches it, else its time up.
///
/// # Errors
/// More periods in the horizon than are told apart.
pub fn watch_services(model: &mut Model, period: Period, threshold: f64) -> Result<Vec<Watch>, String> {
    let windows = model.calendar(period.months())?;
    let watches = (0..model.services.len()).map(|service| {
        let of = &model.services[service];
        let asked = of.visits.iter().any(|visits| *visits > 0.0);
        let index = model.watch(Objective {
            name: of.name.clone(),
            service: service as u32,
            target: threshold,
            counts: if asked { Counts::Requests } else { Counts::Time },
            windows: windows.clone(),
            fee: 0.0,
            credits: Vec::new(),
            excludes: vec![false; model.modes.len()],
            latency: f64::INFINITY,
        });
        Watch { promise: index, periods: index }
    });
    Ok(watches.collect())
}
