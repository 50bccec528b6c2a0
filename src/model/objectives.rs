//! From objectives as written, and the defaults of tiers, to windows in seconds.

use super::calendar;
use super::compile::Compiler;
use super::{Counts, Mode, Model, Objective, Windows};
use crate::scenario::{self, Tier, Window};

/// Most calendar windows of one objective: a century of months.
const MOST_WINDOWS: f64 = 1_200.0;

/// The objectives as written, then the default of each service that has a tier and no objective.
pub fn compile(compiler: &mut Compiler, modes: &[Mode]) -> Vec<Objective> {
    let scenario = compiler.scenario;
    let mut objectives = Vec::new();
    for (name, written) in &scenario.objectives {
        objectives.extend(compile_one(compiler, modes, name, written));
    }
    for (name, service) in &scenario.services {
        let Some(tier) = service.tier else { continue };
        if scenario.objectives.values().all(|objective| objective.service != *name) {
            objectives.extend(compile_one(compiler, modes, &format!("{name} ({})", tier_name(tier)), &tier_default(name, tier)));
        }
    }
    objectives
}

fn tier_name(tier: Tier) -> &'static str {
    match tier {
        Tier::Critical => "critical",
        Tier::Standard => "standard",
    }
}

/// The default objective of a tier: structurally up 99.9% (critical) or 99.5% (standard) of a calendar month.
fn tier_default(service: &str, tier: Tier) -> scenario::Objective {
    let target = match tier {
        Tier::Critical => 0.999,
        Tier::Standard => 0.995,
    };
    scenario::Objective {
        service: service.to_owned(),
        target: crate::units::Fraction(target),
        counts: Some(scenario::Counts::Time),
        latency: None,
        window: Window::CalendarMonth,
        fee: None,
        credits: Vec::new(),
        excludes: Vec::new(),
    }
}

/// The time from which on a request is too slow to be good, seconds.
fn latency(written: &scenario::Objective) -> f64 {
    written.latency.map_or(f64::INFINITY, |latency| latency.below.0)
}

fn compile_one(compiler: &mut Compiler, modes: &[Mode], name: &str, written: &scenario::Objective) -> Option<Objective> {
    let path = format!("objectives.{name}");
    let service = compiler.service(&format!("{path}.service"), &written.service)?;
    let reached = reached(compiler.scenario);
    let has_traffic = reached.contains(&written.service.as_str());
    let counts = match written.counts {
        Some(scenario::Counts::Requests) => Counts::Requests,
        Some(scenario::Counts::Slices { slices, good }) => Counts::Slices { length: slices.0, good: good.0 },
        None if has_traffic => Counts::Requests,
        Some(scenario::Counts::Time) | None => Counts::Time,
    };
    if counts != Counts::Time && !has_traffic {
        compiler.wrong(
            format!("{path}.counts"),
            format!("no traffic reaches `{}`, so its requests cannot be counted; count time", written.service),
        );
        return None;
    }
    let horizon = compiler.scenario.horizon.0;
    if let Counts::Slices { length, .. } = counts
        && horizon / length > 1e8
    {
        compiler.wrong(format!("{path}.counts.slices"), "more than 100 million slices in the horizon; make them longer");
        return None;
    }
    let calendar = |months: u32| calendar_windows(&compiler.start, horizon, months);
    let windows = match written.window {
        Window::CalendarMonth => calendar(1),
        Window::CalendarQuarter => calendar(3),
        Window::Rolling(length) if !written.credits.is_empty() => {
            Err(format!("credits are paid by calendar window; a rolling one of {} d ends at every instant", length.0 / 86_400.0))
        }
        Window::Rolling(length) => Ok(Windows::Rolling(length.0)),
    };
    let windows = match windows {
        Ok(windows) => windows,
        Err(message) => {
            compiler.wrong(format!("{path}.window"), message);
            return None;
        }
    };
    let mut credits: Vec<(f64, f64)> = written.credits.iter().map(|tier| (tier.below.0, tier.credit.0)).collect();
    credits.sort_unstable_by(|a, b| b.1.total_cmp(&a.1));
    let excludes = modes
        .iter()
        .map(|mode| written.excludes.iter().any(|name| *name == mode.name || (name == "planned" && mode.planned)))
        .collect();
    Some(Objective {
        name: name.to_owned(),
        service,
        target: written.target.0,
        counts,
        windows,
        fee: written.fee.map_or(0.0, |fee| fee.0),
        credits,
        excludes,
        latency: latency(written),
    })
}

/// The windows of `months` months that overlap the horizon.
fn calendar_windows(start: &jiff::Zoned, horizon: f64, months: u32) -> Result<Windows, String> {
    if horizon / 86_400.0 / 28.0 / f64::from(months) > MOST_WINDOWS {
        return Err(format!("the horizon holds more than {MOST_WINDOWS} windows"));
    }
    Ok(Windows::Calendar { spans: calendar::windows(start, horizon, months)?, months })
}

impl Model {
    /// Adds a promise to be watched beside those of the scenario, and returns its index. It draws nothing: all else stays as
    /// it is.
    pub fn watch(&mut self, objective: Objective) -> usize {
        let index = self.objectives.len();
        if objective.counts == Counts::Time {
            self.services[objective.service as usize].time_objectives.push(index as u32);
        }
        self.objectives.push(objective);
        index
    }

    /// The months (1) or quarters (3) of the scenario's calendar that overlap the horizon.
    ///
    /// # Errors
    /// More of them than are told apart.
    pub fn calendar(&self, months: u32) -> Result<Windows, String> {
        calendar_windows(&self.start, self.horizon, months)
    }
}

/// Names of the services that some traffic reaches.
fn reached(scenario: &scenario::Scenario) -> Vec<&str> {
    let mut found: Vec<&str> = scenario.traffic.values().map(|traffic| traffic.to.as_str()).collect();
    let mut i = 0;
    while i < found.len() {
        if let Some(service) = scenario.services.get(found[i]) {
            for call in &service.calls {
                if !found.contains(&call.to.as_str()) && call.per_request > 0.0 {
                    found.push(&call.to);
                }
            }
        }
        i += 1;
    }
    found
}
