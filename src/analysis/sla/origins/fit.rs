//! What a record tells of a service up to an origin, as a scenario: how often it fails and how long that lasts, and how
//! little of that is known.

use std::collections::BTreeMap;
use std::fmt::Write;

use super::day;
use crate::model::Incident;

const HOUR: f64 = 3_600.0;
const DAY: f64 = 24.0 * HOUR;
const YEAR: f64 = 365.0 * DAY;
/// Counts of incidents are compared over stretches of this length.
const QUARTER: f64 = YEAR / 4.0;
/// Fewer incidents tell nothing of how long they last.
const FEWEST: usize = 2;
/// The 95th percentile of the standard normal distribution: ends of a 90% interval.
const P95: f64 = 1.644_853_626_951_472_7;
/// What stands for what hit any service.
const TOGETHER: &str = "all together";

/// A record of incidents, sorted out by service. Times are seconds since 1970.
pub struct Record {
    /// Midnight (UTC) before its first incident.
    pub from: f64,
    /// Midnight after its last.
    pub until: f64,
    /// Outages of each: incidents that overlap are one.
    services: Vec<(String, Vec<(f64, f64)>)>,
}

/// What is known of a service at an origin.
pub struct Fit {
    /// Outages that began.
    pub incidents: usize,
    /// Mean time up between them, seconds.
    up: f64,
    /// Coefficient of variation of what is known of that.
    unsure: f64,
    /// Their mean length, seconds.
    length: f64,
    /// Coefficient of variation of their lengths.
    spread: f64,
}

/// The year before an origin, or as much of it as there is a record of.
pub struct LastYear {
    /// Downtime per second.
    pub mean: f64,
    /// Squares of lengths per second.
    pub squares: f64,
    /// Outages per second.
    pub rate: f64,
}

impl Record {
    /// # Errors
    /// No incidents.
    pub fn of(incidents: &[Incident]) -> Result<Self, String> {
        let begin = |incident: &Incident| incident.start;
        let end = |incident: &Incident| incident.start + incident.length;
        let from = incidents.iter().map(begin).fold(f64::INFINITY, f64::min);
        let until = incidents.iter().map(end).fold(f64::NEG_INFINITY, f64::max);
        if !from.is_finite() || !until.is_finite() {
            return Err("the record holds no incidents".to_owned());
        }
        let mut by_service: BTreeMap<&str, Vec<(f64, f64)>> = BTreeMap::new();
        let mut all = Vec::new();
        for incident in incidents.iter().filter(|incident| incident.length > 0.0) {
            let span = (begin(incident), end(incident));
            all.push(span);
            if let Some(service) = &incident.service {
                by_service.entry(service).or_default().push(span);
            }
        }
        let mut services = vec![(TOGETHER.to_owned(), united(all))];
        if by_service.len() > 1 {
            services.extend(by_service.into_iter().map(|(name, spans)| (name.to_owned(), united(spans))));
        }
        Ok(Self { from: (from / DAY).floor() * DAY, until: (until / DAY).ceil() * DAY, services })
    }

    /// All together, then each service.
    pub fn names(&self) -> impl Iterator<Item = &str> {
        self.services.iter().map(|(name, _)| name.as_str())
    }

    /// What is known at an origin, of the services of which enough is.
    pub fn known(&self, origin: f64) -> Vec<(usize, Fit)> {
        (0..self.services.len()).filter_map(|which| Some((which, self.fit(which, origin)?))).collect()
    }

    /// Rate and length of the outages before an origin. What is not known of the rate: that the outages were so many by chance (the
    /// variance of a Poisson count), and that quarters of a year differ by more than chance (by moments, as of a negative
    /// binomial count).
    fn fit(&self, which: usize, origin: f64) -> Option<Fit> {
        let past: Vec<(f64, f64)> = self.before(which, origin);
        let n = past.len();
        if n < FEWEST {
            return None;
        }
        let lengths: Vec<f64> = past.iter().map(|(begin, end)| end - begin).collect();
        let (length, deviation) = moments(&lengths);
        // Back from the origin; what is left over at the beginning is no quarter.
        let mut counts = vec![0.0; ((origin - self.from) / QUARTER).floor().max(0.0) as usize];
        for (begin, _) in &past {
            if let Some(count) = counts.get_mut(((origin - begin) / QUARTER).floor() as usize) {
                *count += 1.0;
            }
        }
        let beyond_chance = if counts.len() > 1 {
            let (mean, deviation) = moments(&counts);
            if mean > 0.0 { ((deviation * deviation - mean) / (mean * mean)).max(0.0) } else { 0.0 }
        } else {
            0.0
        };
        Some(Fit {
            incidents: n,
            // Down all the time: up for a moment between two outages.
            up: ((origin - self.from - lengths.iter().sum::<f64>()) / n as f64).max(1.0),
            unsure: (1.0 / n as f64 + beyond_chance).sqrt(),
            length,
            spread: (deviation / length).max(0.05),
        })
    }

    /// Outages that began before an origin, cut there.
    fn before(&self, which: usize, origin: f64) -> Vec<(f64, f64)> {
        let past = self.services[which].1.iter().filter(|(begin, _)| *begin < origin);
        past.map(|&(begin, end)| (begin, end.min(origin))).collect()
    }

    /// Seconds down between two times.
    pub fn downtime(&self, which: usize, from: f64, to: f64) -> f64 {
        self.services[which].1.iter().map(|(begin, end)| (end.min(to) - begin.max(from)).max(0.0)).sum()
    }

    /// The year before an origin.
    pub fn last_year(&self, which: usize, origin: f64) -> LastYear {
        let from = (origin - YEAR).max(self.from);
        let span = origin - from;
        let past = self.before(which, origin).into_iter().filter(|(begin, _)| *begin >= from);
        let lengths: Vec<f64> = past.map(|(begin, end)| end - begin).collect();
        LastYear {
            mean: lengths.iter().sum::<f64>() / span,
            squares: lengths.iter().map(|length| length * length).sum::<f64>() / span,
            rate: lengths.len() as f64 / span,
        }
    }
}

/// The scenario that forecasts from what is known: one service with one failure mode for each.
pub fn scenario(known: &[(usize, Fit)], origin: f64, ahead: f64) -> String {
    let mut text = format!("name: record\nstart: {}\nhorizon: {ahead}s\nservices:\n", day(origin));
    for (which, _) in known {
        let _ = writeln!(text, "  s{which}: {{}}");
    }
    text += "failures:\n";
    for (which, fit) in known {
        let [low, high] = interval(fit.up, fit.unsure);
        let [short, long] = interval(fit.length, fit.spread / (fit.incidents as f64).sqrt());
        let _ = writeln!(
            text,
            "  f{which}: {{hits: service, of: [s{which}], mttf: {{low: {low}s, high: {high}s}}, \
             repair: {{lognormal: {{mean: {{low: {short}s, high: {long}s}}, cv: {}}}}}}}",
            fit.spread
        );
    }
    text
}

/// The ends of the 90% interval of a lognormal number of this median and variation.
fn interval(median: f64, variation: f64) -> [f64; 2] {
    let half = P95 * (variation * variation).ln_1p().sqrt();
    [median * (-half).exp(), median * half.exp()]
}

/// Mean and standard deviation.
fn moments(values: &[f64]) -> (f64, f64) {
    let mut moments = crate::stats::Moments::default();
    for value in values {
        moments.add(*value);
    }
    (moments.mean(), moments.variance().sqrt())
}

/// Stretches of time, those that overlap or touch as one.
fn united(mut spans: Vec<(f64, f64)>) -> Vec<(f64, f64)> {
    spans.sort_by(|a, b| a.0.total_cmp(&b.0).then(a.1.total_cmp(&b.1)));
    let mut merged: Vec<(f64, f64)> = Vec::new();
    for (begin, end) in spans {
        match merged.last_mut() {
            Some(last) if begin <= last.1 => last.1 = last.1.max(end),
            _ => merged.push((begin, end)),
        }
    }
    merged
}

#[cfg(test)]
mod tests {
    use super::*;

    fn incident(start: f64, length: f64, service: &str) -> Incident {
        Incident { service: Some(service.to_owned()), start, length }
    }

    #[test]
    fn overlapping_incidents_count_once_and_each_service_for_itself() {
        let rows = [incident(0.0, 100.0, "a"), incident(50.0, 100.0, "b"), incident(1_000.0, 50.0, "a")];
        let record = Record::of(&rows).unwrap();
        assert_eq!(record.names().collect::<Vec<_>>(), [TOGETHER, "a", "b"]);
        assert_eq!((record.from, record.until), (0.0, DAY));
        assert_eq!([0, 1, 2].map(|which| record.downtime(which, 0.0, DAY)), [200.0, 150.0, 100.0]);
        assert_eq!(record.downtime(0, 100.0, 1_025.0), 75.0);
        assert_eq!(record.known(DAY).len(), 2, "of b there is one incident: nothing is known");
    }

    #[test]
    fn what_a_year_tells() {
        // Every fifth day of two years an hour: in quarters of 91.25 days 18 or 19, so no more than chance would have.
        let rows: Vec<Incident> = (0..146).map(|n| incident(f64::from(n) * 5.0 * DAY, HOUR, "a")).collect();
        let record = Record::of(&rows).unwrap();
        let origin = 730.0 * DAY;
        let fit = record.fit(0, origin).unwrap();
        assert_eq!(fit.incidents, 146);
        assert!((fit.up - (5.0 * DAY - HOUR)).abs() < 1e-6);
        assert!((fit.unsure - (1.0_f64 / 146.0).sqrt()).abs() < 1e-12);
        assert_eq!((fit.length, fit.spread), (HOUR, 0.05));
        let last = record.last_year(0, origin);
        assert!((last.mean * YEAR - 73.0 * HOUR).abs() < 1e-6);
        assert!((last.squares * YEAR - 73.0 * HOUR * HOUR).abs() < 1e-3);
    }
}
