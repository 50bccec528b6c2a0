//! Words of the language that the simulator does not follow yet. They are refused by name, never ignored.

use super::diagnostic::Diagnostic;
use super::failure::{Effect, Failure, Hits, Repair};
use super::path::KeyPath;
use super::schema::Scenario;
use super::service::{Interrupted, Service, WhileDown};
use super::traffic::After;

/// Everything in a scenario that the simulator would have to ignore.
#[must_use]
pub fn unsimulated(scenario: &Scenario) -> Vec<Diagnostic> {
    let mut found = Found(Vec::new());
    for (name, service) in &scenario.services {
        in_service(&KeyPath::of(&["services", name]), service, &mut found);
    }
    for (name, failure) in &scenario.failures {
        in_failure(&KeyPath::of(&["failures", name]), failure, &mut found);
    }
    for (name, traffic) in &scenario.traffic {
        let extends = traffic.series.as_ref().is_some_and(|series| series.after == After::Extend);
        found.add(extends, "after: extend", || KeyPath::of(&["traffic", name, "series", "after"]));
    }
    for (name, objective) in &scenario.objectives {
        found.add(objective.latency.is_some(), "latency", || KeyPath::of(&["objectives", name, "latency"]));
    }
    found.0
}

struct Found(Vec<Diagnostic>);

impl Found {
    fn add(&mut self, present: bool, what: &str, path: impl FnOnce() -> KeyPath) {
        if present {
            let diagnostic = Diagnostic::error("not-simulated", path(), format!("not simulated yet: {what}"));
            self.0.push(
                diagnostic
                    .help("the language knows it and `check` reads it; remove it, or set it to `null`, to simulate")
                    .on_key(),
            );
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
    found.add(service.interrupted == Interrupted::Restart, "interrupted: restart", || path.key("interrupted"));
    found.add(service.interrupted == Interrupted::Resume, "interrupted: resume", || path.key("interrupted"));
    found.add(service.while_down == WhileDown::Wait, "while_down: wait", || path.key("while_down"));
    for (index, call) in service.calls.iter().enumerate() {
        let at = || path.key("calls").index(index);
        found.add(call.retries.is_some(), "retries", || at().key("retries"));
        found.add(call.together, "together: true", || at().key("together"));
    }
}

fn in_failure(path: &KeyPath, failure: &Failure, found: &mut Found) {
    found.add(failure.hits == Hits::Host, "hits: host", || path.key("hits"));
    found.add(failure.hits == Hits::Call, "hits: call", || path.key("hits"));
    found.add(matches!(failure.repair, Repair::Runbook(_)), "repair by a runbook", || path.key("repair").key("runbook"));
    if let Effect::Degraded { slower, errors, .. } = &failure.effect {
        found.add(slower.is_some(), "slower", || path.key("effect").key("slower"));
        found.add(errors.is_some(), "errors", || path.key("effect").key("errors"));
    }
}
