//! Words of the language that the simulator does not follow: at all yet, or where requests are a rate. They are refused by
//! name, never ignored.

use super::diagnostic::Diagnostic;
use super::failure::{Effect, Failure, Hits, Repair};
use super::fidelity::Fidelity;
use super::path::KeyPath;
use super::schema::Scenario;
use super::service::{Call, Discipline, Interrupted, Service, TimedOut, WhileDown};
use super::traffic::{After, Arrivals, Traffic};
use crate::units::Number;

/// Everything in a scenario that the simulator would have to ignore at a fidelity. What request fidelity ignores, flow does
/// too.
#[must_use]
pub fn unsimulated(scenario: &Scenario, fidelity: Fidelity) -> Vec<Diagnostic> {
    let mut found = Found { fidelity, diagnostics: Vec::new() };
    for (name, service) in &scenario.services {
        let path = KeyPath::of(&["services", name]);
        in_service(&path, service, &mut found);
        for (index, call) in service.calls.iter().enumerate() {
            in_call(&path.key("calls").index(index), call, &mut found);
        }
    }
    for (name, failure) in &scenario.failures {
        in_failure(&KeyPath::of(&["failures", name]), failure, &mut found);
    }
    for (name, traffic) in &scenario.traffic {
        in_traffic(&KeyPath::of(&["traffic", name]), traffic, &mut found);
    }
    for (name, objective) in &scenario.objectives {
        found.as_rate(objective.latency.is_some(), "latency", || KeyPath::of(&["objectives", name, "latency"]));
    }
    found.diagnostics
}

struct Found {
    fidelity: Fidelity,
    diagnostics: Vec<Diagnostic>,
}

impl Found {
    /// Nothing follows it yet.
    fn add(&mut self, present: bool, what: &str, path: impl FnOnce() -> KeyPath) {
        let help = "the language knows it and `check` reads it; remove it, or set it to `null`, to simulate";
        self.tell(present, what, path, help);
    }

    /// It is followed where each request is, and has no meaning for a rate.
    fn as_rate(&mut self, present: bool, what: &str, path: impl FnOnce() -> KeyPath) {
        let help = "`--fidelity request` simulates it; remove it, or set it to `null`, to follow requests as a rate";
        self.tell(present && self.fidelity == Fidelity::Flow, what, path, help);
    }

    fn tell(&mut self, present: bool, what: &str, path: impl FnOnce() -> KeyPath, help: &str) {
        if present {
            let diagnostic = Diagnostic::error("not-simulated", path(), format!("not simulated yet: {what}"));
            self.diagnostics.push(diagnostic.help(help).on_key());
        }
    }
}

fn in_service(path: &KeyPath, service: &Service, found: &mut Found) {
    let test = service.standby.as_ref().and_then(|standby| standby.test.as_ref());
    let costs = test.is_some_and(|test| test.cost.is_some());
    found.add(costs, "what a test costs", || path.key("standby").key("test").key("cost"));
    found.add(service.autoscale.is_some(), "autoscale", || path.key("autoscale"));
    found.add(service.releases.is_some(), "releases", || path.key("releases"));
    found.add(service.instance.is_some(), "instance", || path.key("instance"));
    found.add(!service.resources.is_empty(), "resources", || path.key("resources"));
    let discipline = match service.discipline {
        Discipline::Fifo => None,
        Discipline::Lifo => Some("discipline: lifo"),
        Discipline::Priority => Some("discipline: priority"),
        Discipline::ProcessorSharing => Some("discipline: processor_sharing"),
    };
    found.as_rate(discipline.is_some(), discipline.unwrap_or_default(), || path.key("discipline"));
    found.as_rate(service.shed.is_some(), "shed", || path.key("shed"));
    found.as_rate(service.slow_start.0 > 0.0, "slow_start", || path.key("slow_start"));
    found.as_rate(service.interrupted == Interrupted::Restart, "interrupted: restart", || path.key("interrupted"));
    found.as_rate(service.interrupted == Interrupted::Resume, "interrupted: resume", || path.key("interrupted"));
    found.as_rate(service.while_down == WhileDown::Wait, "while_down: wait", || path.key("while_down"));
}

fn in_call(path: &KeyPath, call: &Call, found: &mut Found) {
    found.as_rate(call.hits.high() > 0.0, "hits", || path.key("hits"));
    found.as_rate(call.work != Number(1.0), "work", || path.key("work"));
    found.as_rate(call.timed_out == TimedOut::Cancelled, "timed_out: cancelled", || path.key("timed_out"));
    found.as_rate(call.retries.is_some(), "retries", || path.key("retries"));
    found.as_rate(call.breaker.is_some(), "breaker", || path.key("breaker"));
    found.as_rate(call.together, "together: true", || path.key("together"));
}

fn in_traffic(path: &KeyPath, traffic: &Traffic, found: &mut Found) {
    let extends = traffic.series.as_ref().is_some_and(|series| series.after == After::Extend);
    found.add(extends, "after: extend", || path.key("series").key("after"));
    let gaps = traffic.arrivals.as_ref().and_then(Arrivals::gaps);
    found.as_rate(gaps.is_some(), "arrivals", || path.key("arrivals"));
    found.as_rate(traffic.users.is_some(), "users", || path.key("users"));
}

fn in_failure(path: &KeyPath, failure: &Failure, found: &mut Found) {
    found.add(failure.hits == Hits::Host, "hits: host", || path.key("hits"));
    found.add(failure.hits == Hits::Call, "hits: call", || path.key("hits"));
    found.add(matches!(failure.repair, Repair::Runbook(_)), "repair by a runbook", || path.key("repair").key("runbook"));
    if let Effect::Degraded { slower, errors, .. } = &failure.effect {
        found.as_rate(slower.is_some(), "slower", || path.key("effect").key("slower"));
        found.as_rate(errors.is_some(), "errors", || path.key("effect").key("errors"));
    }
}
