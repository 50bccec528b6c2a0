//! What one pair of runs tells, and its sums over pairs.

use super::watch::{Grid, Watch};
use super::{ImpactRuns, window};
use crate::model::Windows;
use crate::sim::{World, sum};
use crate::stats::{Estimate, Moments, Proportion, Survival};

/// Shorter downtime than this is rounding, seconds.
const NOTHING: f64 = 1e-6;
/// Of the standard normal distribution: 95% lie nearer to 0.
const NORMAL: f64 = 1.959_963_984_540_054;

/// What the pairs of runs gave for one service.
#[derive(Debug, Clone)]
pub struct ServiceImpact {
    /// It goes down because of the failure: an outage that it has not without it lies, in part at least, in the time until
    /// the failure is repaired.
    pub goes_down: Proportion,
    /// Downtime over the rest of the horizon, difference in seconds.
    pub downtime: Moments,
    /// Outages that began in the horizon, difference.
    pub outages: Moments,
    /// Requests that arrived and failed over the rest of the horizon, difference.
    pub lost: Moments,
    /// Requests that did not arrive because a caller failed before, difference.
    pub kept_away: Moments,
    /// Share of what its replicas could carry that is gone at once.
    pub weakened: Moments,
    /// From the failure until it is up again for good, where it goes down because of it.
    pub restored: Lasting,
    /// Of the runs in which some service goes down because of the failure: it is the last to be restored, alone or with
    /// others.
    pub last: Proportion,
    /// Runs in which it is down at the begin of each stretch of time, with the failure and without.
    pub down: Vec<[u64; 2]>,
    /// Requests that fail in each stretch of time, difference, summed over pairs.
    pub lost_over_time: Vec<f64>,
}

/// What the pairs of runs gave for one objective.
#[derive(Debug, Clone)]
pub struct ObjectiveImpact {
    /// The window that it is judged by: (from, to, whether it is whole), in seconds after the start.
    pub window: (f64, f64, bool),
    /// Its index among the windows of the calendar; none where it rolls.
    calendar: Option<usize>,
    /// The windows after it, (from, to).
    later: Vec<(f64, f64)>,
    /// Share of the window's error budget that is spent, without the failure.
    pub spent_without: Moments,
    /// The same, with the failure.
    pub spent_with: Moments,
    /// Budgets spent because of the failure, in this window and in all after it.
    pub spent: Moments,
    /// The window ends below target, without the failure.
    pub breach_without: Proportion,
    /// The same, with the failure.
    pub breach_with: Proportion,
    /// Difference of the two.
    pub breach: Moments,
    /// Credits due over the horizon, difference.
    pub credits: Moments,
}

/// What one pair tells of a service.
#[derive(Debug, Clone, Default)]
struct ServiceEffect {
    sums: [f64; sum::N],
    weakened: f64,
    /// Seconds from the failure; infinite where it is not restored by the horizon.
    restored: Option<f64>,
    last: bool,
    kept_away: f64,
    lost: f64,
}

#[derive(Debug, Clone, Default)]
struct ObjectiveEffect {
    spent: Option<[f64; 2]>,
    beyond: f64,
    breached: Option<[bool; 2]>,
    credits: f64,
}

/// What one pair tells.
#[derive(Debug, Clone, Default)]
pub struct Effect {
    already: bool,
    repair: f64,
    services: Vec<ServiceEffect>,
    objectives: Vec<ObjectiveEffect>,
}

impl Effect {
    /// What is gone at the instant of the failure.
    pub fn at_once(without: &World<'_, Watch>, with: &World<'_, Watch>, services: usize, already: bool) -> Self {
        let weakened = |s: usize| {
            let (before, after) = (without.replicas_left(s), with.replicas_left(s));
            if before > 0.0 { ((before - after) / before).max(0.0) } else { 0.0 }
        };
        let services = (0..services).map(|s| ServiceEffect { weakened: weakened(s), ..ServiceEffect::default() });
        Self { already, services: services.collect(), ..Self::default() }
    }

    /// What differs once both runs have reached the horizon. Counts over time go to `runs` at once.
    pub fn compare(&mut self, without: &World<'_, Watch>, with: &World<'_, Watch>, runs: &mut ImpactRuns, now: f64) {
        let over = with.observer().over();
        self.repair = over - now;
        let mut last = 0.0_f64;
        for (s, effect) in self.services.iter_mut().enumerate() {
            let (a, b) = (&without.outcome().services[s], &with.outcome().services[s]);
            effect.sums = std::array::from_fn(|i| b.sums[i] - a.sums[i]);
            effect.lost = (b.sums[sum::REQUESTS] - b.sums[sum::GOOD]) - (a.sums[sum::REQUESTS] - a.sums[sum::GOOD]);
            effect.kept_away = a.sums[sum::REQUESTS] - b.sums[sum::REQUESTS];
            // What differs by less was rounded, not lost.
            let rounding = 1e-9 * a.sums[sum::REQUESTS];
            for value in [&mut effect.lost, &mut effect.kept_away] {
                if value.abs() <= rounding {
                    *value = 0.0;
                }
            }
            let down = &mut effect.sums[sum::DOWN];
            if down.abs() <= NOTHING {
                *down = 0.0;
            }
            let back = caused(without.observer(), with.observer(), s as u32, now + runs.left);
            effect.restored = back.map(|ended| ended - now);
            last = last.max(effect.restored.unwrap_or(0.0));
        }
        for effect in &mut self.services {
            effect.last = effect.restored == Some(last);
        }
        self.objectives = runs.objectives.iter().enumerate().map(|(o, known)| objective(without, with, o, known)).collect();
        over_time(without, with, runs, now);
    }
}

/// The outages of a service.
fn of(watch: &Watch, service: u32) -> impl Iterator<Item = (f64, f64)> + '_ {
    watch.outages.iter().filter(move |outage| outage.0 == service).map(|outage| (outage.1, outage.2))
}

/// When the last outage of a service ended that began while the failure was in force, and that the same history without it has not;
/// infinite where it did not by `end`, none where there is no such outage.
pub fn caused(without: &Watch, with: &Watch, service: u32, end: f64) -> Option<f64> {
    let over = with.over();
    let caused =
        of(with, service).filter(|(began, ended)| *began <= over && up_without(without, service, *began, ended.min(end)));
    caused.map(|(_, ended)| ended).reduce(f64::max)
}

/// Whether the service is up for some time between two moments.
fn up_without(without: &Watch, service: u32, from: f64, to: f64) -> bool {
    let down: f64 = of(without, service).map(|(began, ended)| ended.min(to) - began.max(from)).filter(|down| *down > 0.0).sum();
    to - from - down > NOTHING
}

fn objective(without: &World<'_, Watch>, with: &World<'_, Watch>, o: usize, known: &ObjectiveImpact) -> ObjectiveEffect {
    let (from, to, whole) = known.window;
    let spent = without.budget_spent(o, from, to).zip(with.budget_spent(o, from, to)).map(|(a, b)| [a, b]);
    let (a, b) = (&without.outcome().objectives[o], &with.outcome().objectives[o]);
    let later = known.later.iter().filter_map(|&(from, to)| {
        let (a, b) = (without.budget_spent(o, from, to)?, with.budget_spent(o, from, to)?);
        Some(b - a)
    });
    let breached = match known.calendar {
        Some(w) => whole.then(|| [a.windows[w].breached, b.windows[w].breached]),
        None => spent.filter(|_| whole).map(|spent| spent.map(|spent| spent > 1.0 + 1e-9)),
    };
    ObjectiveEffect { spent, beyond: later.sum(), breached, credits: b.credits - a.credits }
}

fn over_time(without: &World<'_, Watch>, with: &World<'_, Watch>, runs: &mut ImpactRuns, now: f64) {
    let Grid { step, cells } = runs.grid;
    if cells == 0 {
        return;
    }
    for (s, service) in runs.services.iter_mut().enumerate() {
        for (which, world) in [with, without].into_iter().enumerate() {
            for (began, ended) in of(world.observer(), s as u32) {
                // The stretches whose begin lies in the outage.
                let first = ((began - now) / step).max(0.0).ceil() as usize;
                let end = (((ended - now) / step).ceil().max(0.0) as usize).min(cells);
                service.down.get_mut(first..end).into_iter().flatten().for_each(|down| down[which] += 1);
            }
        }
        let (a, b) = (&without.observer().lost[s * cells..], &with.observer().lost[s * cells..]);
        service.lost_over_time.iter_mut().zip(a.iter().zip(b)).for_each(|(lost, (a, b))| *lost += b - a);
    }
}

impl ImpactRuns {
    /// Adds the pairs of one draw of the uncertain numbers.
    pub(super) fn add(&mut self, effects: &[Effect]) {
        let size = effects.len() as u64;
        self.replications += size;
        self.already.add_cluster(effects.iter().filter(|effect| effect.already).count() as u64, size);
        for effect in effects {
            self.repair.add(effect.repair, self.left);
        }
        let any = effects.iter().filter(|effect| effect.services.iter().any(|s| s.restored.is_some())).count() as u64;
        let total = |value: fn(&ServiceEffect) -> f64, counts: &dyn Fn(usize) -> bool| {
            let services = effects.iter().flat_map(|effect| effect.services.iter().enumerate());
            services.filter(|(s, _)| counts(*s)).map(|(_, effect)| value(effect)).sum::<f64>() / size as f64
        };
        self.services_down.add(total(|effect| f64::from(u8::from(effect.restored.is_some())), &|_| true));
        self.downtime.add(total(|effect| effect.sums[sum::DOWN], &|_| true));
        self.lost.add(total(|effect| effect.lost, &|s| self.entries[s]));
        for (s, runs) in self.services.iter_mut().enumerate() {
            let each = || effects.iter().map(|effect| &effect.services[s]);
            let mean = |value: fn(&ServiceEffect) -> f64| each().map(value).sum::<f64>() / size as f64;
            let share = |holds: fn(&ServiceEffect) -> bool| each().filter(|effect| holds(effect)).count() as u64;
            runs.goes_down.add_cluster(share(|effect| effect.restored.is_some()), size);
            if any > 0 {
                runs.last.add_cluster(share(|effect| effect.last), any);
            }
            runs.downtime.add(mean(|effect| effect.sums[sum::DOWN]));
            runs.outages.add(mean(|effect| effect.sums[sum::ONSETS]));
            runs.lost.add(mean(|effect| effect.lost));
            runs.kept_away.add(mean(|effect| effect.kept_away));
            runs.weakened.add(mean(|effect| effect.weakened));
            each().filter_map(|effect| effect.restored).for_each(|after| runs.restored.add(after, self.left));
        }
        for (o, runs) in self.objectives.iter_mut().enumerate() {
            let each = || effects.iter().map(|effect| &effect.objectives[o]);
            let spent: Vec<[f64; 2]> = each().filter_map(|effect| effect.spent).collect();
            if spent.len() == effects.len() {
                let mean = |value: fn(&[f64; 2]) -> f64| spent.iter().map(value).sum::<f64>() / size as f64;
                runs.spent_without.add(mean(|spent| spent[0]));
                runs.spent_with.add(mean(|spent| spent[1]));
                let later = each().map(|effect| effect.beyond).sum::<f64>() / size as f64;
                runs.spent.add(mean(|spent| spent[1] - spent[0]) + later);
            }
            let breached: Vec<[bool; 2]> = each().filter_map(|effect| effect.breached).collect();
            if breached.len() == effects.len() {
                let count = |which: usize| breached.iter().filter(|breached| breached[which]).count() as u64;
                runs.breach_without.add_cluster(count(0), size);
                runs.breach_with.add_cluster(count(1), size);
                runs.breach.add((count(1) as f64 - count(0) as f64) / size as f64);
            }
            runs.credits.add(each().map(|effect| effect.credits).sum::<f64>() / size as f64);
        }
    }
}

/// Times since the failure, of which some reach beyond the horizon.
#[derive(Debug, Clone, Default)]
pub struct Lasting {
    /// All of them.
    pub survival: Survival,
    /// Those that were over before the horizon.
    pub ended: Moments,
}

impl Lasting {
    /// Adds one that was watched for `left` seconds; infinite where its end was not seen.
    pub fn add(&mut self, time: f64, left: f64) {
        self.survival.add(time.min(left), time.is_finite());
        if time.is_finite() {
            self.ended.add(time);
        }
    }

    pub(super) fn merge(&mut self, other: &Self) {
        self.survival.merge(&other.survival);
        self.ended.merge(&other.ended);
    }

    /// The time that a fraction `p` do not exceed; none where too many were not over to tell.
    #[must_use]
    pub fn quantile(&self, p: f64) -> Option<f64> {
        let value = self.survival.quantile(p)?;
        Some(value.clamp(self.ended.min()?, self.ended.max()?))
    }

    /// The same with an interval at 95% (Woodruff, "Confidence intervals for medians and other position measures", *JASA* 47, 1952): the
    /// quantiles at the ends of the interval of the proportion. So many of the times share one draw of the uncertain numbers.
    #[must_use]
    pub fn estimate(&self, p: f64, per_draw: u64) -> Estimate {
        let n = self.survival.count();
        let independent = (n / per_draw.max(1)).max(1) as f64;
        let reach = NORMAL * (p * (1.0 - p) / independent).sqrt();
        let at = |p: f64| if p > 0.0 && p < 1.0 { self.quantile(p) } else { None };
        let alike = self.ended.count() == n && self.ended.min() == self.ended.max();
        let (low, high) = if alike { (self.ended.min(), self.ended.max()) } else { (at(p - reach), at(p + reach)) };
        Estimate { value: self.quantile(p), low, high, level: 0.95, n, method: "Kaplan-Meier, Woodruff's interval" }
    }
}

impl ServiceImpact {
    pub(super) fn new(grid: Grid) -> Self {
        Self {
            goes_down: Proportion::default(),
            downtime: Moments::default(),
            outages: Moments::default(),
            lost: Moments::default(),
            kept_away: Moments::default(),
            weakened: Moments::default(),
            restored: Lasting::default(),
            last: Proportion::default(),
            down: vec![[0; 2]; grid.cells],
            lost_over_time: vec![0.0; grid.cells],
        }
    }

    pub(super) fn merge(&mut self, other: &Self) {
        self.goes_down.merge(&other.goes_down);
        self.downtime.merge(&other.downtime);
        self.outages.merge(&other.outages);
        self.lost.merge(&other.lost);
        self.kept_away.merge(&other.kept_away);
        self.weakened.merge(&other.weakened);
        self.restored.merge(&other.restored);
        self.last.merge(&other.last);
        self.down.iter_mut().flatten().zip(other.down.iter().flatten()).for_each(|(mine, theirs)| *mine += theirs);
        self.lost_over_time.iter_mut().zip(&other.lost_over_time).for_each(|(mine, theirs)| *mine += theirs);
    }
}

impl ObjectiveImpact {
    pub(super) fn new(windows: &Windows, at: f64, horizon: f64) -> Self {
        let of_calendar = if let Windows::Calendar { spans, .. } = windows { spans.as_slice() } else { &[] };
        Self {
            window: window(windows, at, horizon),
            calendar: of_calendar.iter().position(|span| span.from <= at && at < span.to),
            later: of_calendar.iter().filter(|span| span.from > at).map(|span| (span.from, span.to)).collect(),
            spent_without: Moments::default(),
            spent_with: Moments::default(),
            spent: Moments::default(),
            breach_without: Proportion::default(),
            breach_with: Proportion::default(),
            breach: Moments::default(),
            credits: Moments::default(),
        }
    }

    pub(super) fn merge(&mut self, other: &Self) {
        self.spent_without.merge(&other.spent_without);
        self.spent_with.merge(&other.spent_with);
        self.spent.merge(&other.spent);
        self.breach_without.merge(&other.breach_without);
        self.breach_with.merge(&other.breach_with);
        self.breach.merge(&other.breach);
        self.credits.merge(&other.credits);
    }
}
