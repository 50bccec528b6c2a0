//! Runbooks: the steps of a repair, each with who does it and what follows.

use super::compile::Compiler;
use super::uncertain::Spread;
use super::{Timing, Value};
use crate::random::base;
use crate::scenario::{By, Failure, Selection};

/// The steps of a repair.
#[derive(Debug, Clone)]
pub struct Runbook {
    /// Its name in the scenario.
    pub name: String,
    /// The steps; the first is where it begins.
    pub steps: Vec<Step>,
}

/// One step.
#[derive(Debug, Clone)]
pub struct Step {
    /// Its name, which no other step of the runbook has.
    pub name: String,
    /// How long it takes.
    pub takes: Timing,
    /// The probability that it ends the incident; `None`: it never does and goes on.
    pub works: Option<Value>,
    /// People at work on it; 0: a program does it.
    pub people: u32,
    /// What follows: where it has no `works`, or where it did not work.
    pub next: Next,
    /// Base of its random streams.
    pub stream: u64,
}

/// What follows a step that did not end the incident.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Next {
    /// The step of this index.
    Step(u32),
    /// Nothing: the runbook is through, and the incident over.
    End,
}

/// All runbooks of the scenario.
pub(super) fn compile(compiler: &mut Compiler<'_>) -> Vec<Runbook> {
    let mut runbooks = Vec::new();
    for (name, written) in &compiler.scenario.runbooks {
        let mut steps = Vec::new();
        if written.is_empty() {
            compiler.wrong(format!("runbooks.{name}"), "a runbook without steps repairs nothing: give it at least one");
        }
        for (i, step) in written.iter().enumerate() {
            let path = format!("runbooks.{name}.{}", step.step);
            let Some(takes) = compiler.timing(&format!("{path}.takes"), &step.takes) else { continue };
            if step.by == By::Automation && step.people != 1 {
                compiler.wrong(format!("{path}.people"), "a program needs no people: remove `people`, or `by: automation`");
            }
            if step.works.is_none() && step.otherwise.is_some() {
                compiler.wrong(
                    format!("{path}.else"),
                    "without `works` the step cannot fail: write `then`, or say how often it works",
                );
            }
            let works = step
                .works
                .as_ref()
                .map(|works| compiler.parameters.value(&format!("{path}.works"), Spread::LogitNormal, works, |share| share.0));
            let named = step.otherwise.as_ref().filter(|_| step.works.is_some()).or(step.then.as_ref());
            let next = match named {
                Some(name) => written.iter().position(|other| other.step == *name),
                None => (i + 1 < written.len()).then_some(i + 1),
            };
            steps.push(Step {
                name: step.step.clone(),
                takes,
                works,
                people: if step.by == By::Automation { 0 } else { step.people },
                next: next.map_or(Next::End, |next| Next::Step(next as u32)),
                stream: base(&format!("step/{}", step.step), 0),
            });
        }
        let runbook = Runbook { name: name.clone(), steps };
        if let Some(step) = runbook.endless() {
            let message = "from here the incident never ends: the steps lead in a circle and none of them can end it; give one \
                           `works`, or let one lead out";
            compiler.wrong(format!("runbooks.{name}.{step}"), message);
        }
        runbooks.push(runbook);
    }
    runbooks
}

impl Runbook {
    /// The name of a step that the first leads to and from which the end cannot be reached.
    fn endless(&self) -> Option<&str> {
        let ends = |step: &Step| step.next == Next::End || step.works.is_some_and(|works| works != Value::Known(0.0));
        (0..self.steps.len()).find_map(|from| {
            let mut at = from;
            for _ in 0..=self.steps.len() {
                let step = self.steps.get(at)?;
                match step.next {
                    Next::Step(next) if !ends(step) => at = next as usize,
                    _ => return None,
                }
            }
            Some(self.steps[from].name.as_str())
        })
    }
}

/// The index of the runbook that repairs a failure; mistakes where its steps and its team do not fit.
pub(super) fn of(compiler: &mut Compiler<'_>, path: &str, name: &str, failure: &Failure) -> Option<u32> {
    let scenario = compiler.scenario;
    let (index, _, steps) = scenario.runbooks.get_full(name)?;
    let by_people = || steps.iter().filter(|step| step.by == By::People);
    let most = by_people().map(|step| step.people).max().unwrap_or(0);
    let message = match failure.team.as_ref().and_then(|team| scenario.teams.get_full(team)) {
        None => by_people().find(|step| step.people > 1).map(|step| {
            format!("the step `{}` needs {} people, and without a `team` automation does all steps", step.step, step.people)
        }),
        Some((_, team, written)) if most > written.people => {
            Some(format!("a step of the runbook needs {most} people, and the team `{team}` has {}", written.people))
        }
        Some((_, team, written)) if most > 1 && !matches!(written.selection, Selection::Priority | Selection::Fifo) => Some(
            format!("a step that needs more than one person goes only with `selection: priority` or `fifo` of the team `{team}`"),
        ),
        Some((_, team, _)) => scenario.asked(team).find(|(_, to)| most > to.people).map(|(name, to)| {
            format!("a step of the runbook needs {most} people, and `{name}`, to whom `{team}` escalates, has {}", to.people)
        }),
    };
    if let Some(message) = message {
        compiler.wrong(format!("{path}.repair"), message);
    }
    Some(index as u32)
}
