//! Words of the language that the simulator does not follow: at all yet, or at one fidelity. They are refused by name, never
//! ignored.

use super::diagnostic::Diagnostic;
use super::failure::{Failure, Hits};
use super::fidelity::Fidelity;
use super::path::KeyPath;
use super::schema::Scenario;
use super::service::{Call, Discipline, Service};
use super::traffic::Traffic;

/// Everything in a scenario that the simulator would have to ignore at a fidelity.
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

    /// It is followed where requests are a rate, and not where each is.
    fn one_by_one(&mut self, present: bool, what: &str, path: impl FnOnce() -> KeyPath) {
        let help = "`--fidelity flow` simulates it; remove it, or set it to `null`, to simulate each request";
        self.tell(present && self.fidelity == Fidelity::Request, what, path, help);
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
    found.one_by_one(service.autoscale.is_some(), "autoscale", || path.key("autoscale"));
    found.one_by_one(service.releases.is_some(), "releases", || path.key("releases"));
    let discipline = match service.discipline {
        Discipline::Fifo => None,
        Discipline::Lifo => Some("discipline: lifo"),
        Discipline::Priority => Some("discipline: priority"),
        Discipline::ProcessorSharing => Some("discipline: processor_sharing"),
    };
    found.as_rate(discipline.is_some(), discipline.unwrap_or_default(), || path.key("discipline"));
    found.as_rate(service.shed.is_some(), "shed", || path.key("shed"));
    found.as_rate(service.slow_start.0 > 0.0, "slow_start", || path.key("slow_start"));
}

fn in_call(path: &KeyPath, call: &Call, found: &mut Found) {
    found.as_rate(call.breaker.is_some(), "breaker", || path.key("breaker"));
}

fn in_traffic(path: &KeyPath, traffic: &Traffic, found: &mut Found) {
    found.as_rate(traffic.users.is_some(), "users", || path.key("users"));
}

fn in_failure(path: &KeyPath, failure: &Failure, found: &mut Found) {
    found.add(failure.hits == Hits::Host, "hits: host", || path.key("hits"));
    found.add(failure.hits == Hits::Call, "hits: call", || path.key("hits"));
}
