//! The demand on each service over time, what it needs for that, and when it saturates, draw by draw of the uncertain numbers.

use super::need::{Line, Standard, standards};
use crate::model::{Model, NONE};
use crate::sim::Drawn;

const WEEK: f64 = 7.0 * 86_400.0;
/// Draws of the uncertain numbers that quantiles are taken over.
const DRAWS: u64 = 400;

/// One service.
#[derive(Debug, Clone)]
pub struct Outlook {
    /// Its index in the model.
    pub service: usize,
    /// Replicas that serve while all is well; the most there may be where they follow the load.
    pub now: u32,
    /// What it keeps, with uncertain numbers at their medians.
    pub standard: Standard,
    /// Where weeks begin, and the end of the last; seconds after the start.
    pub edges: Vec<f64>,
    /// By draw, by week: its highest load, requests/s.
    pub peaks: Vec<Vec<f64>>,
    /// By draw, by week: the fewest replicas that sustain it; none where no number does.
    pub needs: Vec<Vec<Option<u32>>>,
    /// By draw: when the load first exceeds what its replicas sustain, seconds after the start; infinite where it never does.
    pub saturates: Vec<f64>,
    /// The same for other numbers of replicas: one fewer, and those left when the fullest zone is lost.
    pub one_lost: Vec<f64>,
    /// The load that its replicas sustain at the start, requests/s, with uncertain numbers at their medians.
    pub sustained: f64,
    /// What binds: a resource by its place, none where it is the concurrency.
    pub binding: Option<usize>,
    /// Zones that it is spread over; 0 where it is not.
    pub zones: u32,
}

/// Every service that requests reach and something limits.
#[must_use]
pub fn outlooks(model: &Model, seed: u64) -> Vec<Outlook> {
    let draws = if model.parameters.is_empty() { 1 } else { DRAWS };
    let medians = Drawn::new(model);
    let kept = standards(model, &medians);
    let mut all: Vec<Outlook> = (0..model.services.len())
        .filter(|&s| model.services[s].visits.iter().any(|visits| *visits > 0.0) || !model.services[s].resources.is_empty())
        .filter_map(|s| Outlook::at_medians(model, &medians, s, kept[s]))
        .collect();
    let mut drawn = medians;
    for draw in 0..draws {
        drawn.resolve(model, seed, draw);
        let kept = standards(model, &drawn);
        for outlook in &mut all {
            outlook.follow(model, &drawn, kept[outlook.service]);
        }
    }
    all
}

/// Load of a service at a time, requests/s.
fn rate(model: &Model, drawn: &Drawn, s: usize, t: f64) -> f64 {
    let sources = drawn.curves.iter().zip(&model.services[s].visits);
    sources.filter(|(_, visits)| **visits > 0.0).map(|(curve, visits)| visits * curve.rate(&model.demand, t)).sum()
}

impl Outlook {
    fn at_medians(model: &Model, drawn: &Drawn, s: usize, standard: Standard) -> Option<Self> {
        let service = &model.services[s];
        let line = Line::of(model, drawn, s, standard)?;
        let now = if service.scaling.is_some() { service.most().len() as u32 } else { service.active() };
        let weeks = (model.horizon / WEEK - 1e-9).ceil().max(1.0) as usize;
        let edges = (0..weeks).map(|week| week as f64 * WEEK).chain([model.horizon]).collect();
        let mut zones: Vec<u32> = service.most().map(|r| model.replicas[r as usize].zone).filter(|zone| *zone != NONE).collect();
        zones.sort_unstable();
        zones.dedup();
        Some(Self {
            service: s,
            now,
            standard,
            edges,
            peaks: Vec::new(),
            needs: Vec::new(),
            saturates: Vec::new(),
            one_lost: Vec::new(),
            sustained: line.sustained(now, line.servers(0.0)),
            binding: None,
            zones: zones.len() as u32,
        })
    }

    /// Weeks.
    #[must_use]
    pub fn weeks(&self) -> usize {
        self.edges.len() - 1
    }

    fn follow(&mut self, model: &Model, drawn: &Drawn, standard: Standard) {
        let Some(line) = Line::of(model, drawn, self.service, standard) else { return };
        let (mut peaks, mut needs) = (Vec::new(), Vec::new());
        for week in self.edges.windows(2) {
            let peak = self.peak(model, drawn, week[0], week[1]);
            let servers = line.servers(week[0]).min(line.servers(week[1]));
            needs.push(line.need(servers, peak).map(|need| need.max(model.services[self.service].needs).max(1)));
            peaks.push(peak);
        }
        let first = self.saturation(model, drawn, &line, self.now, &peaks);
        self.saturates.push(first);
        self.one_lost.push(self.saturation(model, drawn, &line, self.now.saturating_sub(1), &peaks));
        if self.binding.is_none() {
            self.binding = line.binding(if first.is_finite() { first } else { model.horizon });
        }
        self.peaks.push(peaks);
        self.needs.push(needs);
    }

    fn peak(&self, model: &Model, drawn: &Drawn, from: f64, to: f64) -> f64 {
        let visits = &model.services[self.service].visits;
        let until = to - (to - from) * 1e-9;
        let curves: Vec<_> = drawn.curves.iter().zip(visits).filter(|(_, visits)| **visits > 0.0).collect();
        if let [(curve, visits)] = curves[..] {
            return *visits * curve.peak(&model.demand, from, until);
        }
        let edges = &model.demand.grid.edges;
        let inside = edges.iter().flat_map(|edge| [*edge, edge - 1e-3]).filter(|t| *t >= from && *t < to);
        inside.chain([from, until]).map(|t| rate(model, drawn, self.service, t)).fold(0.0, f64::max)
    }

    /// When the load first exceeds what so many replicas sustain, to a second.
    fn saturation(&self, model: &Model, drawn: &Drawn, line: &Line<'_>, replicas: u32, peaks: &[f64]) -> f64 {
        let mut known = (f64::NAN, f64::INFINITY);
        let mut sustained = |t: f64| {
            let servers = line.servers(t);
            if servers != known.0 {
                known = (servers, line.sustained(replicas, servers));
            }
            known.1
        };
        let full = line.full();
        for (week, peak) in self.edges.windows(2).zip(peaks) {
            if *peak <= sustained(week[1]) && full > week[1] {
                continue;
            }
            // Within a week: piece by piece of the demand, and within a piece by halving.
            let inner = model.demand.grid.edges.iter().copied().filter(|edge| *edge > week[0] && *edge < week[1]);
            let mut from = week[0];
            for to in inner.chain([week[1]]) {
                let mut over = |t: f64| t >= full || rate(model, drawn, self.service, t) > sustained(t);
                if over(from) {
                    return from;
                }
                let (mut low, mut high) = (from, to - (to - from) * 1e-9);
                if over(high) {
                    while high - low > 0.5 {
                        let middle = f64::midpoint(low, high);
                        if over(middle) { high = middle } else { low = middle }
                    }
                    return high;
                }
                from = to;
            }
        }
        f64::INFINITY
    }

    /// By week: the replicas that sustain the load with a probability; none where no number does.
    #[must_use]
    pub fn needed(&self, confidence: f64) -> Vec<Option<u32>> {
        let of = |week: usize| {
            let mut needs: Vec<u32> = self.needs.iter().map(|draw| draw[week].unwrap_or(u32::MAX)).collect();
            needs.sort_unstable();
            let place = (confidence * needs.len() as f64 - 1e-9).ceil().max(1.0) as usize - 1;
            Some(needs[place.min(needs.len() - 1)]).filter(|need| *need != u32::MAX)
        };
        (0..self.weeks()).map(of).collect()
    }

    /// By week: a quantile of its highest load over the draws.
    #[must_use]
    pub fn load(&self, p: f64) -> Vec<f64> {
        (0..self.weeks()).map(|week| quantile(self.peaks.iter().map(|draw| draw[week]).collect(), p)).collect()
    }
}

/// A quantile of values that may be infinite: between two neighbours in proportion, as long as both are finite.
#[must_use]
pub fn quantile(mut values: Vec<f64>, p: f64) -> f64 {
    values.sort_unstable_by(f64::total_cmp);
    let at = p * (values.len() - 1) as f64;
    let (low, high) = (values[at.floor() as usize], values[at.ceil() as usize]);
    if low.is_finite() && high.is_finite() { low + (high - low) * at.fract() } else { low.max(high) }
}

/// The fewest replicas of which `need` are left where the fullest of so many zones is lost; none where it does not stand in zones, or
/// in one alone.
#[must_use]
pub fn with_zone_lost(need: u32, zones: u32) -> Option<u32> {
    (zones > 1).then(|| need + need.div_ceil(zones - 1))
}
