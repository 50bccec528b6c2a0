//! What is compared, and for how long.

use crate::lab::{Lab, Measure, Paired, Rule, Series, Standing, looks};
use crate::run::{Observed, RunError};
use crate::scenario::suggest::instead;

/// Bytes that the numbers of single replications may take, of all variants together.
const MOST_BYTES: u64 = 1 << 30;

/// A variant.
#[derive(Debug, Clone)]
pub struct Entry {
    /// Its name.
    pub name: String,
    /// What it is about.
    pub about: Option<String>,
    /// Its place in the lab.
    pub place: usize,
}

/// What is asked.
#[derive(Debug, Clone)]
pub struct Question {
    /// The measure that variants are ranked by; none: what the objectives say.
    pub by: Option<String>,
    /// Probability with which all that is said about the ranking holds.
    pub confidence: f64,
    /// Variants that differ by less than this part are as good as each other.
    pub tolerance: f64,
    /// Replications of each variant at most.
    pub most: u64,
    /// Somebody asked for so many.
    pub most_is_asked: bool,
    /// Go on until each is known against the first, not the best alone.
    pub against_first: bool,
}

/// A question about variants that can be answered.
#[derive(Debug, Clone)]
pub struct Plan {
    pub(super) entries: Vec<Entry>,
    pub(super) measures: Vec<Measure>,
    pub(super) rule: Rule,
    pub(super) looks: Vec<u64>,
    per_draw: usize,
    against_first: bool,
    by: Measure,
}

/// How a comparison ended.
#[derive(Debug, Clone)]
pub struct Found {
    /// Replications of each variant.
    pub replications: u64,
    /// The variants by their means, the best first.
    pub order: Vec<usize>,
    /// Nothing that was asked is open.
    pub decided: bool,
    /// Ended by the user.
    pub interrupted: bool,
    /// Independent draws in them.
    draws: usize,
}

impl Found {
    /// Whether there is anything to tell of.
    #[must_use]
    pub fn is_enough(&self) -> bool {
        self.draws > 1
    }
}

impl Plan {
    /// Makes sure that the variants, the baseline first, can be compared by what is asked.
    ///
    /// # Errors
    /// A sentence about a measure that there is not, variants of different length or currency, or too many replications to keep.
    pub fn new(lab: &Lab<'_>, entries: Vec<Entry>, question: &Question) -> Result<Self, String> {
        let trials = || entries.iter().map(|entry| (entry, lab.trial(entry.place)));
        let first = &lab.trial(entries[0].place).model;
        for (entry, trial) in trials().skip(1) {
            let model = &trial.model;
            if model.horizon != first.horizon {
                return Err(format!(
                    "`{}` has another horizon than `{}`: give both one with --horizon",
                    entry.name, entries[0].name
                ));
            }
            if model.currency != first.currency {
                let (other, own) = (&model.currency, &first.currency);
                return Err(format!(
                    "`{}` is in {other} and `{}` in {own}: write both in one currency",
                    entry.name, entries[0].name
                ));
            }
        }
        let mut measures: Vec<Measure> = Vec::new();
        for measure in trials().flat_map(|(_, trial)| Measure::all(trial)) {
            if !measures.contains(&measure) {
                measures.push(measure);
            }
        }
        let width: u64 = trials().map(|(_, trial)| 8 * Observed::width(&trial.model) as u64).sum();
        let fits = MOST_BYTES / width;
        if question.most_is_asked && question.most > fits {
            return Err(format!(
                "so many replications of so many variants do not fit into memory: give --replications {fits} at most"
            ));
        }
        let most = question.most.min(fits);
        let looks = looks(most);
        let rule =
            Rule { confidence: question.confidence, tolerance: question.tolerance, variants: entries.len(), looks: looks.len() };
        let by = match &question.by {
            Some(id) => named(&measures, id)?,
            None => usual(&measures),
        };
        let lacks = trials().find(|(_, trial)| by.series(trial, 0, 1).is_none()).map(|(entry, _)| &entry.name);
        if let Some(name) = lacks {
            return Err(format!("`{name}` has no `{by}`: choose with --by what all variants have"));
        }
        let per_draw = trials().map(|(_, trial)| trial.runs.per_draw).max().unwrap_or(1) as usize;
        if most < 2 * per_draw as u64 {
            return Err(format!("differences need at least {} replications", 2 * per_draw));
        }
        Ok(Self { measures, rule, looks, per_draw, against_first: question.against_first, by, entries })
    }

    /// What variants are ranked by.
    #[must_use]
    pub fn by(&self) -> &Measure {
        &self.by
    }

    /// Simulates all variants at each look, until all that was asked is known.
    ///
    /// # Errors
    /// What [`crate::run::simulate`] complains about.
    pub fn investigate(&self, lab: &mut Lab<'_>) -> Result<Found, RunError> {
        let mut found = self.look(lab);
        for &look in &self.looks {
            for entry in &self.entries {
                lab.simulate(entry.place, look)?;
            }
            found = self.look(lab);
            if found.decided || lab.stopped() {
                break;
            }
        }
        found.interrupted = lab.stopped();
        Ok(found)
    }

    /// What is known by now.
    fn look(&self, lab: &Lab<'_>) -> Found {
        let done = self.entries.iter().map(|entry| lab.trial(entry.place).observed.len()).min().unwrap_or(0);
        let replications = done - done % self.per_draw;
        let draws = replications / self.per_draw;
        let mut found = Found { replications: replications as u64, order: Vec::new(), decided: false, interrupted: false, draws };
        let series: Vec<Series> = (0..self.entries.len()).filter_map(|at| self.series(lab, &found, &self.by, at)).collect();
        found.order = (0..series.len()).collect();
        found.order.sort_by(|&a, &b| series[a].mean().total_cmp(&series[b].mean()));
        let known = |of: usize, against: usize| {
            self.is_same(of, against) || self.rule.judge(&Paired::of(&series[of], &series[against])) != Standing::Open
        };
        let best = found.order[0];
        found.decided = found.is_enough()
            && (0..series.len()).all(|at| at == best || known(at, best))
            && (!self.against_first || (1..series.len()).all(|at| known(at, 0)));
        found
    }

    /// Whether two variants are the same model.
    pub(super) fn is_same(&self, a: usize, b: usize) -> bool {
        self.entries[a].place == self.entries[b].place
    }

    /// A measure of a variant in the replications that count.
    pub(super) fn series(&self, lab: &Lab<'_>, found: &Found, measure: &Measure, entry: usize) -> Option<Series> {
        measure.series(lab.trial(self.entries[entry].place), found.replications as usize, self.per_draw)
    }
}

fn named(measures: &[Measure], id: &str) -> Result<Measure, String> {
    let ids: Vec<String> = measures.iter().map(ToString::to_string).collect();
    let found = measures.iter().zip(&ids).find(|(_, known)| *known == id).map(|(measure, _)| measure.clone());
    found.ok_or_else(|| {
        let known: Vec<&str> = ids.iter().map(String::as_str).collect();
        format!("no measure `{id}`: {}", instead(id, &known))
    })
}

/// What the objectives say; without objectives the downtime, else the cost.
fn usual(measures: &[Measure]) -> Measure {
    let order = [Measure::Budget, Measure::AllDowntime];
    order.into_iter().find(|measure| measures.contains(measure)).unwrap_or(Measure::Cost)
}
