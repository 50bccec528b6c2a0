//! From the outcomes of replications to their sums.

use super::CANDIDATES;
use super::requests::Warmup;
use super::runs::{
    CostRuns, FailureRuns, LoadRuns, ObjectiveRuns, PartRuns, QUANTILES, Row, Runs, ServiceRuns, TeamRuns, WindowRuns, row,
};
use crate::model::{Mode, Model, Objective, Windows};
use crate::sim::{BUDGET_POINTS, Lengths, ObjectiveOutcome, Outcome, ServiceOutcome, part, scaled, sum};
use crate::stats::{Joint, Moments, Proportion, Sketch};

impl Runs {
    /// No replications yet.
    #[must_use]
    pub fn new(model: &Model) -> Self {
        let service = ServiceRuns { causes: vec![Moments::default(); model.modes.len()], ..ServiceRuns::default() };
        Self {
            replications: 0,
            per_draw: if model.parameters.is_empty() { 1 } else { 2 },
            events: 0,
            wall_seconds: 0.0,
            interrupted: false,
            horizon: model.horizon,
            warmup: Warmup::asked(0.0),
            services: vec![service; model.services.len()],
            objectives: model.objectives.iter().map(|objective| ObjectiveRuns::new(objective, model.horizon)).collect(),
            failures: model.modes.iter().map(failure).collect(),
            teams: vec![TeamRuns::default(); model.teams.len()],
            releases: vec![Joint::default(); model.releases.len()],
            cost: CostRuns::default(),
            requests: None,
            typical: 0,
            bad: 0,
            downtimes: Vec::new(),
        }
    }

    /// Adds the replications of one draw of the uncertain numbers.
    pub fn add<'a>(&mut self, outcomes: &'a [&'a Outcome]) {
        self.replications += outcomes.len() as u64;
        for (s, runs) in self.services.iter_mut().enumerate() {
            runs.add(&draw(outcomes, |outcome| &outcome.services[s]), self.horizon);
        }
        for (o, runs) in self.objectives.iter_mut().enumerate() {
            runs.add(&draw(outcomes, |outcome| &outcome.objectives[o]));
        }
        for (f, runs) in self.failures.iter_mut().enumerate() {
            let failure = draw(outcomes, |outcome| &outcome.failures[f]);
            runs.count.add(failure.mean(|given| given[0]));
            runs.duration.add(&[failure.mean(|given| given[1]), failure.mean(|given| given[2])]);
            runs.cost.add(failure.mean(|given| given[3]));
        }
        for (s, runs) in self.failures.iter_mut().filter_map(|runs| runs.parts.as_mut()).enumerate() {
            let stock = draw(outcomes, |outcome| &outcome.stocks[s]);
            runs.wait.add(&[stock.mean(|given| given[part::WAITED]), stock.mean(|given| given[part::GIVEN])]);
            runs.found.add(&[stock.mean(|given| given[part::FOUND]), stock.mean(|given| given[part::ASKED])]);
        }
        for (t, runs) in self.teams.iter_mut().enumerate() {
            let team = draw(outcomes, |outcome| &outcome.teams[t]);
            runs.busy.add(team.mean(|given| given[0]));
            runs.waiting.add(team.mean(|given| given[1]));
            runs.wait.add(&[team.mean(|given| given[2]), team.mean(|given| given[3])]);
        }
        for (r, runs) in self.releases.iter_mut().enumerate() {
            let given = draw(outcomes, |outcome| &outcome.releases[r]);
            runs.add(&std::array::from_fn(|i| given.mean(|given| given[i])));
        }
        let whole = draw(outcomes, |outcome| outcome);
        let credits = |outcome: &Outcome| outcome.objectives.iter().map(|objective| objective.credits).sum::<f64>();
        self.cost.infrastructure.add(whole.mean(|outcome| outcome.cost));
        let repairs = |outcome: &Outcome| outcome.failures.iter().map(|given| given[3]).sum::<f64>();
        self.cost.credits.add(whole.mean(credits));
        self.cost.repairs.add(whole.mean(repairs));
        self.cost.lost_revenue.add(whole.mean(|outcome| outcome.lost_revenue));
        let all = |outcome: &Outcome| outcome.cost + credits(outcome) + repairs(outcome) + outcome.lost_revenue;
        self.cost.total.add(whole.mean(all));
    }

    /// Adds what another block gave.
    pub fn merge(&mut self, other: &Self) {
        self.replications += other.replications;
        self.events += other.events;
        self.interrupted |= other.interrupted;
        let room = CANDIDATES.saturating_sub(self.downtimes.len());
        self.downtimes.extend(other.downtimes.iter().take(room));
        for (mine, theirs) in self.services.iter_mut().zip(&other.services) {
            mine.merge(theirs);
        }
        for (mine, theirs) in self.objectives.iter_mut().zip(&other.objectives) {
            mine.merge(theirs);
        }
        for (mine, theirs) in self.failures.iter_mut().zip(&other.failures) {
            mine.count.merge(&theirs.count);
            mine.duration.merge(&theirs.duration);
            mine.cost.merge(&theirs.cost);
            if let (Some(mine), Some(theirs)) = (&mut mine.parts, &theirs.parts) {
                mine.wait.merge(&theirs.wait);
                mine.found.merge(&theirs.found);
            }
        }
        for (mine, theirs) in self.teams.iter_mut().zip(&other.teams) {
            mine.busy.merge(&theirs.busy);
            mine.waiting.merge(&theirs.waiting);
            mine.wait.merge(&theirs.wait);
        }
        self.releases.iter_mut().zip(&other.releases).for_each(|(mine, theirs)| mine.merge(theirs));
        self.cost.infrastructure.merge(&other.cost.infrastructure);
        self.cost.credits.merge(&other.cost.credits);
        self.cost.repairs.merge(&other.cost.repairs);
        self.cost.lost_revenue.merge(&other.cost.lost_revenue);
        self.cost.total.merge(&other.cost.total);
        match (&mut self.requests, &other.requests) {
            (Some(mine), Some(theirs)) => mine.merge(theirs),
            (mine @ None, Some(theirs)) => *mine = Some(theirs.clone()),
            (_, None) => {}
        }
    }
}

fn failure(mode: &Mode) -> FailureRuns {
    FailureRuns { parts: mode.spares.as_ref().map(|_| PartRuns::default()), ..FailureRuns::default() }
}

/// One part of each outcome of a draw.
struct Draw<'a, F> {
    outcomes: &'a [&'a Outcome],
    part: F,
    /// Of one replication: 1 over their number.
    weight: f64,
}

fn draw<'a, T: 'a, F: Fn(&'a Outcome) -> &'a T>(outcomes: &'a [&'a Outcome], part: F) -> Draw<'a, F> {
    Draw { outcomes, part, weight: 1.0 / outcomes.len() as f64 }
}

impl<'a, T: 'a, F: Fn(&'a Outcome) -> &'a T> Draw<'a, F> {
    fn each(&self) -> impl Iterator<Item = &'a T> {
        self.outcomes.iter().map(|outcome| (self.part)(outcome))
    }

    /// The mean over the replications of the draw.
    fn mean(&self, value: impl Fn(&T) -> f64) -> f64 {
        self.each().map(value).sum::<f64>() * self.weight
    }

    fn count(&self, holds: impl Fn(&T) -> bool) -> (u64, u64) {
        (self.each().filter(|part| holds(part)).count() as u64, self.outcomes.len() as u64)
    }
}

impl ServiceRuns {
    fn add<'a, F: Fn(&'a Outcome) -> &'a ServiceOutcome>(&mut self, draw: &Draw<'a, F>, horizon: f64) {
        let mut sums = [0.0; sum::N];
        for outcome in draw.each() {
            for (mean, given) in sums.iter_mut().zip(&outcome.sums) {
                // Servers without number are as good as none: nothing can be a share of them.
                *mean += if given.is_finite() { given * draw.weight } else { 0.0 };
            }
            self.first_outage.add(outcome.first_outage.min(horizon));
            self.first_outage_censored += u64::from(outcome.first_outage.is_infinite());
            self.longest.add(outcome.longest);
            self.unavailability.add(outcome.sums[sum::DOWN] / horizon);
            if outcome.sums[sum::REQUESTS] > 0.0 {
                self.unserved.add(1.0 - outcome.sums[sum::GOOD] / outcome.sums[sum::REQUESTS]);
            }
            for &(length, ended) in &outcome.lengths {
                self.outage_lengths.add(length, ended);
            }
        }
        self.sums.add(&sums);
        if sums[sum::REQUESTS] > 0.0 {
            let mut load = [0.0; row::N];
            for outcome in draw.each() {
                load.iter_mut().zip(&outcome.load).for_each(|(mean, given)| *mean += given * draw.weight);
            }
            self.load.sums.add(&load);
        }
        let (up, of) = draw.count(|outcome| outcome.up_at_end);
        self.up_at_end.add_cluster(up, of);
        let (none, of) = draw.count(|outcome| outcome.lengths.is_empty());
        self.no_outage.add_cluster(none, of);
        self.replicas.add(draw.mean(|outcome| outcome.replicas));
        if draw.each().any(|outcome| outcome.scaled[scaled::THERE] > 0.0) {
            let counts = std::array::from_fn(|i| draw.mean(|outcome| outcome.scaled[i]));
            self.scaled.get_or_insert_default().add(&counts);
        }
        for (mode, cause) in self.causes.iter_mut().enumerate() {
            cause.add(draw.mean(|outcome| outcome.causes[mode]));
        }
        let mut single = [0.0; 2];
        for (value, outcome) in single.iter_mut().zip(draw.each()) {
            *value = outcome.sums[sum::DOWN] / horizon;
        }
        self.components.add_cluster(&single[..draw.outcomes.len().min(2)]);
    }

    fn merge(&mut self, other: &Self) {
        self.sums.merge(&other.sums);
        self.up_at_end.merge(&other.up_at_end);
        self.no_outage.merge(&other.no_outage);
        self.first_outage.merge(&other.first_outage);
        self.first_outage_censored += other.first_outage_censored;
        self.longest.merge(&other.longest);
        self.replicas.merge(&other.replicas);
        if let Some(theirs) = &other.scaled {
            self.scaled.get_or_insert_default().merge(theirs);
        }
        self.unavailability.merge(&other.unavailability);
        self.unserved.merge(&other.unserved);
        self.outage_lengths.merge(&other.outage_lengths);
        self.causes.iter_mut().zip(&other.causes).for_each(|(mine, theirs)| mine.merge(theirs));
        self.components.merge(&other.components);
        self.load.merge(&other.load);
    }
}

impl LoadRuns {
    /// Adds the times of some replications, and forgets them there.
    pub fn take(&mut self, lengths: &mut [Lengths; 2]) {
        for (mine, theirs) in self.lengths.iter_mut().zip(lengths) {
            mine.merge(theirs, 1.0);
            theirs.clear();
        }
    }

    /// The replications so far are one of the blocks that the quantiles are compared over.
    pub fn close_block(&mut self) {
        for (lengths, parts) in self.lengths.iter().zip(&mut self.parts) {
            for (part, p) in parts.iter_mut().zip(QUANTILES) {
                if let Some(quantile) = lengths.quantile(p) {
                    part.add(quantile);
                }
            }
        }
    }

    fn merge(&mut self, other: &Self) {
        self.sums.merge(&other.sums);
        self.lengths.iter_mut().zip(&other.lengths).for_each(|(mine, theirs)| mine.merge(theirs, 1.0));
        let parts = self.parts.iter_mut().flatten();
        parts.zip(other.parts.iter().flatten()).for_each(|(mine, theirs)| mine.merge(theirs));
    }
}

impl ObjectiveRuns {
    fn new(objective: &Objective, horizon: f64) -> Self {
        let (by_window, any_complete) = match &objective.windows {
            Windows::Calendar { spans, .. } => {
                let window = |span: &crate::model::Span| WindowRuns {
                    from: span.from,
                    to: span.to,
                    complete: span.complete,
                    attainment: Joint::default(),
                    breach: Proportion::default(),
                    broken_by: Proportion::default(),
                    credits: Moments::default(),
                    tiers: vec![Proportion::default(); objective.credits.len()],
                    shortfall: Sketch::default(),
                };
                (spans.iter().map(window).collect(), spans.iter().any(|span| span.complete))
            }
            Windows::Rolling(length) => (Vec::new(), *length <= horizon),
        };
        let step = horizon / (BUDGET_POINTS - 1) as f64;
        Self {
            attainment: Joint::default(),
            hurt: 0,
            breach: any_complete.then(Proportion::default),
            windows: Joint::default(),
            budget_left: Moments::default(),
            credits: Moments::default(),
            worst_window: Moments::default(),
            by_window,
            budget_spent: vec![Sketch::default(); BUDGET_POINTS],
            budget_times: (0..BUDGET_POINTS).map(|point| point as f64 * step).collect(),
        }
    }

    fn add<'a, F: Fn(&'a Outcome) -> &'a ObjectiveOutcome>(&mut self, draw: &Draw<'a, F>) {
        self.attainment.add(&[draw.mean(|given| given.good), draw.mean(|given| given.counted)]);
        self.hurt += draw.count(|given| given.good < given.counted).0;
        self.credits.add(draw.mean(|given| given.credits));
        if let Some(breach) = &mut self.breach {
            let (breached, of) = draw.count(|given| given.breached > 0.0);
            breach.add_cluster(breached, of);
            self.windows.add(&[draw.mean(|given| given.breached), draw.mean(|given| given.complete)]);
            if draw.each().all(|given| given.complete > 0.0) {
                self.budget_left.add(draw.mean(|given| given.budget_left));
                self.worst_window.add(draw.mean(|given| given.worst));
            }
        }
        let first: Vec<Option<usize>> = draw.each().map(|given| given.windows.iter().position(|w| w.breached)).collect();
        for (w, window) in self.by_window.iter_mut().enumerate() {
            let broken = first.iter().filter(|first| first.is_some_and(|first| first <= w)).count();
            window.broken_by.add_cluster(broken as u64, first.len() as u64);
            window.attainment.add(&[draw.mean(|given| given.windows[w].good), draw.mean(|given| given.windows[w].counted)]);
            let (breached, of) = draw.count(|given| given.windows[w].breached);
            window.breach.add_cluster(breached, of);
            window.credits.add(draw.mean(|given| given.windows[w].credits));
            for (t, tier) in window.tiers.iter_mut().enumerate() {
                let (due, of) = draw.count(|given| given.windows[w].tier == Some(t));
                tier.add_cluster(due, of);
            }
            for given in draw.each().map(|given| &given.windows[w]).filter(|given| given.counted > 0.0) {
                window.shortfall.add(1.0 - given.good / given.counted);
            }
        }
        for given in draw.each() {
            for (sketch, spent) in self.budget_spent.iter_mut().zip(&given.spent) {
                sketch.add(*spent);
            }
        }
    }

    fn merge(&mut self, other: &Self) {
        self.attainment.merge(&other.attainment);
        self.hurt += other.hurt;
        if let (Some(mine), Some(theirs)) = (&mut self.breach, &other.breach) {
            mine.merge(theirs);
        }
        self.windows.merge(&other.windows);
        self.budget_left.merge(&other.budget_left);
        self.credits.merge(&other.credits);
        self.worst_window.merge(&other.worst_window);
        for (mine, theirs) in self.by_window.iter_mut().zip(&other.by_window) {
            mine.attainment.merge(&theirs.attainment);
            mine.breach.merge(&theirs.breach);
            mine.broken_by.merge(&theirs.broken_by);
            mine.credits.merge(&theirs.credits);
            mine.tiers.iter_mut().zip(&theirs.tiers).for_each(|(mine, theirs)| mine.merge(theirs));
            mine.shortfall.merge(&theirs.shortfall);
        }
        self.budget_spent.iter_mut().zip(&other.budget_spent).for_each(|(mine, theirs)| mine.merge(theirs));
    }
}

/// The rows of one replication.
pub fn rows(outcome: &Outcome, replication: u64, draw: u64, rows: &mut Vec<Row>) {
    rows.extend(outcome.services.iter().enumerate().map(|(service, given)| Row {
        replication,
        draw,
        service: service as u32,
        up_seconds: given.sums[sum::UP],
        down_seconds: given.sums[sum::DOWN],
        outages: given.sums[sum::ONSETS] as u64,
        longest_outage_seconds: given.longest,
        first_outage_seconds: given.first_outage.is_finite().then_some(given.first_outage),
        requests: given.sums[sum::REQUESTS],
        good_requests: given.sums[sum::GOOD],
    }));
}
