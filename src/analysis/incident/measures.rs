//! From incidents to estimates: over the draws of the uncertain numbers, paired where variants are compared.

use super::LEVEL;
use crate::run::impact::Lasting;
use crate::run::incident::{Incident, IncidentRuns};
use crate::stats::{Estimate, Moments};

/// A value of each incident, averaged over those that share a draw of the uncertain numbers.
pub fn means(runs: &IncidentRuns, value: impl Fn(&Incident) -> Option<f64>) -> Vec<f64> {
    let draws = runs.incidents.chunks(runs.per_draw as usize);
    draws.filter_map(|draw| mean(draw.iter().flatten().filter_map(&value))).collect()
}

fn mean(values: impl Iterator<Item = f64>) -> Option<f64> {
    let (mut sum, mut n) = (0.0, 0.0);
    values.for_each(|value| {
        sum += value;
        n += 1.0;
    });
    (n > 0.0).then(|| sum / n)
}

fn moments(values: &[f64]) -> Moments {
    let mut moments = Moments::default();
    for value in values {
        moments.add(*value);
    }
    moments
}

/// The mean of a value with Student's t interval over draws.
pub fn estimate(runs: &IncidentRuns, value: impl Fn(&Incident) -> Option<f64>) -> Estimate {
    moments(&means(runs, value)).estimate(LEVEL)
}

/// The mean of one value over that of another, its interval by the delta method (Cochran, *Sampling Techniques*, 3rd ed. 1977,
/// chapter 6).
pub fn ratio(runs: &IncidentRuns, part: impl Fn(&Incident) -> f64, whole: impl Fn(&Incident) -> f64) -> Estimate {
    let (parts, wholes) = (means(runs, |i| Some(part(i))), means(runs, |i| Some(whole(i))));
    let of = moments(&wholes).mean();
    if of <= 0.0 {
        return Estimate::unobserved(LEVEL, 0, "nothing lasted");
    }
    let ratio = moments(&parts).mean() / of;
    let linear: Vec<f64> = parts.iter().zip(&wholes).map(|(part, whole)| ratio + (part - ratio * whole) / of).collect();
    Estimate { method: "ratio of means, delta method", ..moments(&linear).estimate(LEVEL) }
}

/// Two runs that meet the same incidents: of one variant less the other.
#[derive(Debug, Clone, Default)]
pub struct Pairs {
    difference: Moments,
    differing: u64,
}

impl Pairs {
    /// Pairs a value of all incidents that happened in both.
    pub fn of(variant: &IncidentRuns, base: &IncidentRuns, value: impl Fn(&Incident) -> f64) -> Self {
        let mut pairs = Self::default();
        let size = base.per_draw as usize;
        for (a, b) in variant.incidents.chunks(size).zip(base.incidents.chunks(size)) {
            let both = a.iter().zip(b).filter_map(|(a, b)| Some((value(a.as_ref()?), value(b.as_ref()?))));
            // What differs by less was rounded.
            let each = both.map(|(a, b)| if (a - b).abs() <= 1e-9 * a.abs().max(b.abs()) { 0.0 } else { a - b });
            if let Some(difference) = mean(each) {
                pairs.differing += u64::from(difference != 0.0);
                pairs.difference.add(difference);
            }
        }
        pairs
    }

    /// The mean difference at a confidence level; without a pair that differs nothing was seen of it.
    pub fn estimate(&self, level: f64) -> Estimate {
        if self.differing == 0 {
            return Estimate::unobserved(level, self.difference.count(), "no pair differs");
        }
        Estimate { method: "t over pairs", ..self.difference.estimate(level) }
    }
}

/// Lengths of some part of the incidents: as far as it was seen and whether it was over.
pub fn lasting(runs: &IncidentRuns, part: impl Fn(&Incident) -> Option<(f64, bool)>) -> Lasting {
    let mut lasting = Lasting::default();
    for (took, over) in runs.incidents.iter().flatten().filter_map(part) {
        lasting.add(if over { took } else { f64::INFINITY }, took);
    }
    lasting
}

/// The mean of some part; where not all were over, what was seen bounds it from below.
pub fn mean_length(runs: &IncidentRuns, part: impl Fn(&Incident) -> Option<(f64, bool)>) -> Estimate {
    let all_over = runs.incidents.iter().flatten().filter_map(&part).all(|(_, over)| over);
    let seen = estimate(runs, |incident| part(incident).map(|(took, _)| took)).clipped(0.0, f64::INFINITY);
    if all_over {
        seen
    } else {
        Estimate { value: None, low: seen.low, high: None, method: "some were not over at the horizon", ..seen }
    }
}
