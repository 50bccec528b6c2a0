//! The steps of the runbook: who comes to them, how long they take, and how often they work.

use serde::Serialize;

use super::LEVEL;
use super::measures::estimate;
use super::summary::{Lengths, share};
use crate::model::{Model, Next};
use crate::run::impact::Lasting;
use crate::run::incident::{self, IncidentRuns};
use crate::stats::{Estimate, Proportion};

/// One step of the runbook.
#[derive(Debug, Clone, Serialize)]
pub struct StepSummary {
    /// Its name.
    pub step: String,
    /// People at work on it; 0: a program.
    pub people: u32,
    /// Share of incidents that come to it.
    pub reached: Estimate,
    /// How long it takes each time, interruptions included.
    pub takes: Lengths,
    /// Of the times that it was taken, the share in which it ended the incident.
    pub works: Estimate,
    /// What follows where it did not end the incident; null after the last.
    pub next: Option<String>,
    /// Whether it can end the incident.
    pub can_end: bool,
}

/// Every step, in the order of the runbook; none without one.
pub fn steps(model: &Model, mode: u32, runs: &IncidentRuns) -> Vec<StepSummary> {
    let about = &model.modes[mode as usize];
    let Some(runbook) = about.runbook.and_then(|runbook| model.runbooks.get(runbook as usize)) else { return Vec::new() };
    let each = runbook.steps.iter().enumerate().map(|(i, step)| {
        let mine = move |incident: &incident::Incident| {
            let left = incident.left;
            let taken = incident.response.steps.clone().into_iter().filter(move |taken| taken.step as usize == i);
            taken.map(move |taken| (taken.ended.min(left) - taken.began, taken.ended.is_finite(), taken.done)).collect::<Vec<_>>()
        };
        // A step that is taken again counts each time.
        let mut times = Lasting::default();
        let mut works = Proportion::default();
        for draw in runs.incidents.chunks(runs.per_draw as usize) {
            let taken: Vec<_> = draw.iter().flatten().flat_map(mine).collect();
            for (took, over, _) in &taken {
                times.add(if *over { *took } else { f64::INFINITY }, *took);
            }
            let ended = taken.iter().filter(|(_, over, _)| *over);
            let (done, all) = (ended.clone().filter(|(.., done)| *done).count() as u64, ended.count() as u64);
            if all > 0 {
                works.add_cluster(done, all);
            }
        }
        let mean = estimate(runs, |incident| {
            let ended: Vec<f64> = mine(incident).into_iter().filter(|(_, over, _)| *over).map(|(took, ..)| took).collect();
            (!ended.is_empty()).then(|| ended.iter().sum::<f64>() / ended.len() as f64)
        });
        let at = |p: f64| times.estimate(p, runs.per_draw);
        StepSummary {
            step: step.name.clone(),
            people: if about.team.is_some() { step.people } else { 0 },
            reached: share(runs, |incident| Some(incident.response.steps.iter().any(|taken| taken.step as usize == i))),
            takes: Lengths { p50: at(0.5), p90: at(0.9), p99: at(0.99), mean },
            works: works.estimate(LEVEL),
            next: if let Next::Step(next) = step.next {
                runbook.steps.get(next as usize).map(|step| step.name.clone())
            } else {
                None
            },
            can_end: step.works.is_some() || step.next == Next::End,
        }
    });
    each.collect()
}
