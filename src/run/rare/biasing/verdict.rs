//! Whether weighted histories can be trusted.

use super::All;
use crate::run::rare::{Gain, Verdict};

/// Level of the intervals.
pub const CONFIDENCE: f64 = 0.95;
/// Histories with an outage that an interval must rest on, and as many must share its weight.
pub const FEWEST: u64 = 50;
/// No history may hold more of the sum than this.
const LARGEST: f64 = 0.1;

/// Judges the sums of biased histories.
pub fn verdict(all: &All, relative_error: Option<f64>, precision: Option<f64>, gain: Option<Gain>) -> Verdict {
    let mut remarks = Vec::new();
    if all.stopped {
        remarks.push("it was ended by hand, or by the limit of events".to_owned());
    }
    let seen = all.down.seen();
    if seen < FEWEST {
        remarks.push(format!("{seen} of {} histories saw an outage, fewer than {FEWEST}", all.histories));
    } else if all.down.largest_share() > LARGEST {
        remarks.push(format!("one history holds {:.0}% of all weight", 100.0 * all.down.largest_share()));
    } else if let Some(alike) = alike(all).filter(|alike| *alike < FEWEST as f64) {
        remarks.push(format!("{seen} histories saw an outage, but their weights are worth only {alike:.0} equal ones"));
    }
    if precision.is_some_and(|precision| relative_error.is_none_or(|error| error > precision)) {
        remarks.push("the precision asked for was not reached".to_owned());
    }
    let converged = remarks.is_empty();
    if gain.is_some_and(|gain| gain.time < 1.0) {
        remarks.push("crude Monte Carlo would have been as good at equal time".to_owned());
    }
    Verdict { converged, remarks }
}

/// So many histories of equal weight would leave the mean as uncertain as these do (Kish, *Survey Sampling*, 1965).
fn alike(all: &All) -> Option<f64> {
    let n = all.histories as f64;
    let error = all.down.relative_error()?;
    Some(n / (1.0 + (n - 1.0) * error * error))
}
