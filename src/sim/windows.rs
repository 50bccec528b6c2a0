//! Objectives over their windows, from the log of what was not good.

use super::outcome::{BUDGET_POINTS, ObjectiveOutcome, WindowOutcome};
use super::{Observer, World};
use crate::model::{Counts, Windows};

/// A stretch of time in which something was not good. `bad` and `out` are seconds or requests, spread evenly over it;
/// `out` leaves the count altogether. Times are seconds after the start.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Segment {
    /// Its begin.
    pub from: f64,
    /// Its end.
    pub to: f64,
    /// What was counted and not good.
    pub bad: f64,
    /// What does not count at all.
    pub out: f64,
}

/// Sums of a log up to any time, for times that never go back.
struct Sweep<'a> {
    log: &'a [Segment],
    next: usize,
    bad: f64,
    out: f64,
}

impl<'a> Sweep<'a> {
    fn new(log: &'a [Segment]) -> Self {
        Self { log, next: 0, bad: 0.0, out: 0.0 }
    }

    /// (bad, out) before `t`.
    fn until(&mut self, t: f64) -> (f64, f64) {
        while let Some(segment) = self.log.get(self.next)
            && segment.to <= t
        {
            self.bad += segment.bad;
            self.out += segment.out;
            self.next += 1;
        }
        match self.log.get(self.next) {
            Some(segment) if segment.from < t => {
                let part = (t - segment.from) / (segment.to - segment.from);
                (self.bad + segment.bad * part, self.out + segment.out * part)
            }
            _ => (self.bad, self.out),
        }
    }
}

impl<O: Observer> World<'_, O> {
    /// Attainment, breaches, budget and credits of every objective.
    pub(super) fn finish_windows(&mut self) {
        for o in 0..self.model.objectives.len() {
            let counts = self.model.objectives[o].counts;
            let mut given = std::mem::take(&mut self.outcome.objectives[o]);
            given.log.sort_unstable_by(|a, b| a.from.total_cmp(&b.from).then(a.to.total_cmp(&b.to)));
            if let Counts::Slices { length, good } = counts {
                given.log = self.slices(o, &given.log, length, good);
            }
            self.fill(o, &mut given);
            self.outcome.objectives[o] = given;
        }
    }

    /// All there was to count between two times, had nothing been left out.
    fn total(&self, o: usize, from: f64, to: f64) -> f64 {
        if self.model.objectives[o].counts != Counts::Requests {
            return to - from;
        }
        self.requests(o, from, to)
    }

    /// Requests that reach the objective's service between two times in a healthy system, where they are a rate; else those
    /// that were resolved there.
    fn requests(&self, o: usize, from: f64, to: f64) -> f64 {
        if !self.flow.active {
            return resolved(&self.counted[o], to) - resolved(&self.counted[o], from);
        }
        self.usual_requests(self.model.objectives[o].service as usize, from, to)
    }

    /// (bad, out) before `t`, for times that never go back: what the log has, and what the healthy system loses of requests.
    fn passed(&self, o: usize, sweep: &mut Sweep, t: f64) -> (f64, f64) {
        let (bad, out) = sweep.until(t);
        if self.model.objectives[o].counts == Counts::Time {
            return (bad, out);
        }
        let usual = self.healthy_loss(o, t.max(0.0));
        (bad + usual.0, out + usual.1)
    }

    /// (bad, out) of the healthy system before `t`.
    fn healthy_loss(&self, o: usize, t: f64) -> (f64, f64) {
        if self.flow.active { self.usual_loss(o, t) } else { (0.0, 0.0) }
    }

    /// As [`World::passed`], of an objective whose log is in what it counts.
    fn counted_until(&self, o: usize, sweep: &mut Sweep, t: f64) -> (f64, f64) {
        if self.model.objectives[o].counts == Counts::Requests { self.passed(o, sweep, t) } else { sweep.until(t) }
    }

    /// The log in slices of time, each good or bad as a whole.
    fn slices(&self, o: usize, log: &[Segment], length: f64, good: f64) -> Vec<Segment> {
        let mut slices = Vec::new();
        let mut looked: Vec<(f64, f64)> = log.iter().map(|segment| (segment.from, segment.to)).collect();
        if self.flow.active {
            self.usual_stretches(o, 1.0 - good, &mut looked);
            looked.sort_unstable_by(|a, b| a.0.total_cmp(&b.0));
        }
        let mut sweep = Sweep::new(log);
        let mut done = 0.0;
        for (begin, end) in looked {
            let mut from = ((begin / length).floor() * length).max(done);
            while from < end.max(begin + f64::MIN_POSITIVE) && from < self.model.horizon {
                let to = (from + length).min(self.model.horizon);
                let (bad_before, out_before) = self.passed(o, &mut sweep, from);
                let (bad_after, out_after) = self.passed(o, &mut sweep, to);
                let (bad, out) = (bad_after - bad_before, out_after - out_before);
                let counted = self.requests(o, from, to) - out;
                if counted <= 0.0 {
                    slices.push(Segment { from, to, bad: 0.0, out: to - from });
                } else if bad > counted * (1.0 - good) {
                    slices.push(Segment { from, to, bad: to - from, out: 0.0 });
                }
                done = to;
                from = to;
            }
        }
        slices
    }

    /// What was not good between two times, and the error budget of that time, from the books of a replication that is over.
    pub(super) fn not_good(&self, objective: usize, from: f64, to: f64) -> Option<(f64, f64)> {
        let promise = &self.model.objectives[objective];
        let mut sweep = Sweep::new(&self.outcome.objectives[objective].log);
        let before = self.counted_until(objective, &mut sweep, from);
        let after = self.counted_until(objective, &mut sweep, to);
        let counted = self.total(objective, from, to) - (after.1 - before.1);
        let budget = counted * (1.0 - promise.target);
        (budget > 0.0).then_some((after.0 - before.0, budget))
    }

    fn fill(&self, o: usize, given: &mut ObjectiveOutcome) {
        let horizon = self.model.horizon;
        let (bad, out) = given.log.iter().fold((0.0, 0.0), |sum, segment| (sum.0 + segment.bad, sum.1 + segment.out));
        let usual = if self.model.objectives[o].counts == Counts::Requests { self.healthy_loss(o, horizon) } else { (0.0, 0.0) };
        let (bad, out) = (bad + usual.0, out + usual.1);
        given.counted = (self.total(o, 0.0, horizon) - out).max(0.0);
        given.good = (given.counted - bad).max(0.0);
        (given.breached, given.complete, given.budget_left, given.credits, given.worst) = (0.0, 0.0, 0.0, 0.0, 2.0);
        match &self.model.objectives[o].windows {
            Windows::Calendar { spans, months } => {
                let spans: Vec<(f64, f64, bool)> = spans.iter().map(|span| (span.from, span.to, span.complete)).collect();
                self.calendar(o, &spans, *months, given);
            }
            Windows::Rolling(length) => self.rolling(o, *length, given),
        }
    }

    fn calendar(&self, o: usize, spans: &[(f64, f64, bool)], months: u32, given: &mut ObjectiveOutcome) {
        let objective = &self.model.objectives[o];
        let mut sweep = Sweep::new(&given.log);
        let step = self.model.horizon / (BUDGET_POINTS - 1) as f64;
        let mut point = 0;
        for (window, &(from, to, complete)) in given.windows.iter_mut().zip(spans) {
            let whole = self.total(o, from, to);
            let before = self.counted_until(o, &mut sweep, from);
            while point < BUDGET_POINTS && point as f64 * step < to {
                let bad = self.counted_until(o, &mut sweep, (point as f64 * step).max(from)).0 - before.0;
                given.spent[point] = spent(bad, whole, objective.target);
                point += 1;
            }
            let after = self.counted_until(o, &mut sweep, to);
            let (bad, out) = (after.0 - before.0, after.1 - before.1);
            let counted = whole - out;
            let (good, counted) = ((counted - bad).max(0.0), counted.max(0.0));
            *window = WindowOutcome { good, counted, ..WindowOutcome::default() };
            if !complete || counted <= 0.0 {
                continue;
            }
            let attainment = window.good / counted;
            window.breached = below(attainment, objective.target);
            window.tier = objective.credits.iter().position(|(limit, _)| below(attainment, *limit));
            window.credits = window.tier.map_or(0.0, |tier| objective.credits[tier].1 * objective.fee * f64::from(months));
            given.complete += 1.0;
            given.breached += f64::from(u8::from(window.breached));
            given.budget_left += 1.0 - spent(bad, counted, objective.target);
            given.credits += window.credits;
            given.worst = given.worst.min(attainment);
        }
        while point < BUDGET_POINTS {
            given.spent[point] = if point > 0 { given.spent[point - 1] } else { 0.0 };
            point += 1;
        }
        if given.complete > 0.0 {
            given.budget_left /= given.complete;
        }
    }

    /// A window that ends at every instant from its length on. Between the instants at which something begins or ends
    /// at either edge the sums are straight lines (in requests nearly so: a mark a day keeps them close).
    fn rolling(&self, o: usize, length: f64, given: &mut ObjectiveOutcome) {
        const DAY: f64 = 86_400.0;
        let objective = &self.model.objectives[o];
        let horizon = self.model.horizon;
        let step = horizon / (BUDGET_POINTS - 1) as f64;
        let (mut left, mut right) = (Sweep::new(&given.log), Sweep::new(&given.log));
        let first = self.total(o, 0.0, length.min(horizon));
        for (point, share) in given.spent.iter_mut().enumerate() {
            let at = point as f64 * step;
            let from = (at - length).max(0.0);
            let whole = if at < length { first } else { self.total(o, from, at) };
            let bad = self.counted_until(o, &mut right, at).0 - self.counted_until(o, &mut left, from).0;
            *share = spent(bad, whole, objective.target);
        }
        if horizon < length {
            return;
        }
        let mut marks = vec![length, horizon];
        for segment in &given.log {
            marks.extend(
                [segment.from, segment.to, segment.from + length, segment.to + length]
                    .into_iter()
                    .filter(|mark| (length..=horizon).contains(mark)),
            );
        }
        if objective.counts == Counts::Requests && (!given.log.is_empty() || self.healthy_loss(o, horizon).0 > 0.0) {
            marks.extend((1..).map(|day| length + f64::from(day) * DAY).take_while(|mark| *mark < horizon));
        }
        marks.sort_unstable_by(f64::total_cmp);
        marks.dedup();
        let (mut left, mut right) = (Sweep::new(&given.log), Sweep::new(&given.log));
        let mut last: Option<(f64, f64)> = None;
        let mut left_sum = 0.0;
        for at in marks {
            let before = self.counted_until(o, &mut left, at - length);
            let after = self.counted_until(o, &mut right, at);
            let counted = self.total(o, at - length, at) - (after.1 - before.1);
            if counted <= 0.0 {
                last = None;
                continue;
            }
            let attainment = ((counted - (after.0 - before.0)) / counted).max(0.0);
            given.worst = given.worst.min(attainment);
            let over = if below(attainment, objective.target) {
                attainment - objective.target
            } else {
                (attainment - objective.target).max(0.0)
            };
            if let Some((from, was)) = last {
                let span = at - from;
                given.complete += span;
                given.breached += span * share_below_zero(was, over);
                left_sum += span * f64::midpoint(was, over);
            }
            last = Some((at, over));
        }
        if given.complete > 0.0 {
            given.budget_left = left_sum / given.complete / (1.0 - objective.target);
        } else if given.worst <= 1.0 {
            // One single window.
            given.complete = 1.0;
            given.breached = f64::from(u8::from(below(given.worst, objective.target)));
            given.budget_left = 1.0 - (1.0 - given.worst) / (1.0 - objective.target);
        }
    }
}

/// Requests resolved by a time, from those by some times: in a straight line between them.
fn resolved(counted: &[(f64, f64)], at: f64) -> f64 {
    let next = counted.partition_point(|(time, _)| *time < at);
    let before = next.checked_sub(1).map_or((0.0, 0.0), |last| counted[last]);
    match counted.get(next) {
        Some(after) if after.0 > before.0 => before.1 + (after.1 - before.1) * (at - before.0) / (after.0 - before.0),
        Some(after) => after.1,
        None => before.1,
    }
}

/// Share of a straight line from `a` to `b` that lies below 0.
fn share_below_zero(a: f64, b: f64) -> f64 {
    match (a < 0.0, b < 0.0) {
        (true, true) => 1.0,
        (false, false) => 0.0,
        (true, false) => a / (a - b),
        (false, true) => b / (b - a),
    }
}

/// Strictly below, but not by rounding alone.
fn below(attainment: f64, target: f64) -> bool {
    attainment < target - 1e-12
}

/// Share of the error budget of `whole` that `bad` uses up; a target of 100% has none.
fn spent(bad: f64, whole: f64, target: f64) -> f64 {
    let budget = whole * (1.0 - target);
    if budget > 0.0 { bad / budget } else { f64::from(u8::from(bad > 0.0)) }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_sweep_cuts_segments_at_any_time() {
        let log = [Segment { from: 10.0, to: 20.0, bad: 10.0, out: 0.0 }, Segment { from: 20.0, to: 30.0, bad: 0.0, out: 5.0 }];
        let mut sweep = Sweep::new(&log);
        assert_eq!(sweep.until(5.0), (0.0, 0.0));
        assert_eq!(sweep.until(12.5), (2.5, 0.0));
        assert_eq!(sweep.until(12.5), (2.5, 0.0));
        assert_eq!(sweep.until(24.0), (10.0, 2.0));
        assert_eq!(sweep.until(100.0), (10.0, 5.0));
    }

    #[test]
    fn a_line_crosses_where_it_should() {
        assert_eq!(share_below_zero(-1.0, 3.0), 0.25);
        assert_eq!(share_below_zero(3.0, -1.0), 0.25);
        assert_eq!(share_below_zero(1.0, 2.0), 0.0);
        assert_eq!(share_below_zero(-1.0, -2.0), 1.0);
    }
}
