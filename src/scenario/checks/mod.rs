//! Checks across fields: what no single value can know about itself.
//!
//! A check is a function in a file of its own group and a line in [`RULES`].

mod calls;
mod cycles;
mod failures;
mod horizon;
mod limits;
mod names;
mod objectives;
mod readiness;
mod references;
mod releases;
mod requests;
mod scaling;
mod services;
mod teams;
mod traffic;

use super::diagnostic::{Diagnostic, Severity};
use super::path::KeyPath;
use super::schema::Scenario;
use super::tree::Node;

/// What a check looks at.
pub struct Context<'a> {
    /// The scenario, without what could not be read.
    pub scenario: &'a Scenario,
    /// The whole tree, also what could not be read.
    pub tree: &'a Node,
}

/// What a check found.
pub struct Finding {
    path: KeyPath,
    message: String,
    help: Option<String>,
    on_key: bool,
}

impl Finding {
    fn new(path: &[&str], message: impl Into<String>) -> Self {
        Self::at(KeyPath::of(path), message)
    }

    fn at(path: KeyPath, message: impl Into<String>) -> Self {
        Self { path, message: message.into(), help: None, on_key: false }
    }

    fn help(mut self, help: impl Into<String>) -> Self {
        self.help = Some(help.into());
        self
    }

    fn on_key(mut self) -> Self {
        self.on_key = true;
        self
    }
}

/// One check.
pub struct Rule {
    /// The stable name of what it finds.
    pub code: &'static str,
    /// Whether what it finds is a mistake or a warning.
    pub severity: Severity,
    /// What it checks, in a sentence.
    pub about: &'static str,
    /// Whether it reads the tree alone, so that what was left out cannot mislead it.
    pub exact: bool,
    /// The check.
    pub check: fn(&Context<'_>) -> Vec<Finding>,
}

const fn mistake(code: &'static str, about: &'static str, check: fn(&Context<'_>) -> Vec<Finding>) -> Rule {
    Rule { code, severity: Severity::Error, about, exact: false, check }
}

const fn exact(code: &'static str, about: &'static str, check: fn(&Context<'_>) -> Vec<Finding>) -> Rule {
    Rule { exact: true, ..mistake(code, about, check) }
}

const fn warning(code: &'static str, about: &'static str, check: fn(&Context<'_>) -> Vec<Finding>) -> Rule {
    Rule { severity: Severity::Warning, ..mistake(code, about, check) }
}

/// All checks.
pub const RULES: &[Rule] = &[
    exact("bad-name", "Names hold letters, digits, spaces, `-` and `_`.", names::characters),
    exact("duplicate-name", "A zone or a step of a runbook has its name for itself.", names::duplicates),
    exact("unknown-name", "What a name refers to exists.", references::unknown),
    exact("zones-or-regions", "Zones are listed once: under `zones`, or in their regions.", names::zones_or_regions),
    exact("no-zones", "What is spread over zones has zones to stand in.", references::no_zones),
    exact("unknown-target", "What a failure hits exists and is of the kind it hits.", failures::targets),
    mistake("limit", "Counts are such that a computer can simulate them.", limits::counts),
    mistake("no-horizon", "The horizon is longer than nothing and shorter than a thousand years.", horizon::length),
    mistake("unknown-timezone", "The time zone is one of the IANA database.", horizon::timezone),
    mistake("unknown-version", "The version of the language is known.", horizon::version),
    mistake("rate-or-series", "Traffic has a rate, a series or users.", traffic::rate_or_series),
    mistake("bad-users", "Users have no rate, and only they think.", requests::users),
    mistake("no-time-passes", "Between two requests of a user some time passes.", requests::standstill),
    mistake("bad-pattern", "Daily patterns have 24 entries and weekly ones 168, none negative.", traffic::patterns),
    mistake("bad-surge", "A surge lasts longer than no time.", traffic::surges),
    mistake("two-capacities", "A service has either a service time or a capacity.", services::capacity),
    mistake("needs-too-many", "A service needs no more replicas than it has.", services::needs),
    mistake("bad-standby", "Some replicas are active beside those that wait.", services::standby),
    mistake("bad-number", "Plain numbers of services are in their range.", services::numbers),
    mistake("bad-instance", "Kinds of machines work at some speed.", services::instances),
    mistake("bad-reserve", "What is reserved has a price.", services::reserved),
    mistake("bad-autoscale", "Replicas that follow the load have a target, limits and room.", scaling::rules),
    mistake("bad-releases", "Releases have steps that grow, rules that can be broken, and a way back.", releases::rules),
    mistake("bad-shed", "Load shedding turns away some requests and not all.", requests::shed),
    mistake("bad-slow-start", "A share of the requests that grows is one that a replica has.", requests::slow_start),
    mistake("bad-retries", "Retries are few, and their budget and pauses within limits.", calls::retries),
    mistake("bad-breaker", "A circuit breaker can open and close.", calls::breakers),
    mistake("misfit", "What belongs to another kind of failure is not given.", failures::misfits),
    mistake("bad-priority", "Priorities go from 1 to 5.", requests::priority),
    mistake("bad-preemption", "Only a team that goes by priority preempts.", teams::preemption),
    mistake(
        "bad-escalation",
        "Incidents that are handed on, and teams with a limit, go by priority or by age.",
        teams::handing_on,
    ),
    mistake("escalation-cycle", "No team gets back what it escalated.", cycles::escalations),
    mistake("call-cycle", "Calls do not lead back to their caller.", cycles::calls),
    mistake("up-when-cycle", "No service is up only when it is up.", cycles::up_when),
    mistake("bad-objective", "Targets and credits can be kept and missed.", objectives::sane),
    warning("surge-outside", "A surge or a step of traffic happens within the horizon.", horizon::surges),
    warning("schedule-outside", "A schedule begins within the horizon.", horizon::schedules),
    warning("window-too-long", "At least one window fits into the horizon.", horizon::windows),
    warning("credit-above-target", "Credits are paid only where the objective is missed.", objectives::credits),
    warning("credits-without-fee", "Credits are a share of a fee.", objectives::fee),
    warning("optimistic-objective", "An objective promises no more than an external dependency does.", objectives::external),
    warning("dear-reserve", "What is reserved is cheaper than what is not.", services::dear_reserve),
    warning("mtbf", "A mean time to failure is written `mttf`.", readiness::mtbf),
    warning("single-point-of-failure", "A critical service survives the loss of a replica.", readiness::single_point),
    warning("needs-all", "A service has a replica more than it needs.", readiness::needs_all),
    warning("instant-detection", "A failure that people repair is noticed after some time.", readiness::detection),
    warning("no-failure-mode", "Every service can fail.", readiness::no_failure),
    warning("no-timeout", "A call has a timeout.", readiness::timeouts),
    warning("retries-without-budget", "Retries have a budget.", calls::no_budget),
    warning("together-alone", "A call that is made together with the one before has one before.", calls::together),
    warning("idle-priority", "Some service goes by the priorities that are written.", requests::idle_priority),
    warning("no-objective", "There is something to keep.", readiness::no_objective),
];

/// Runs all checks. Warnings are looked for only where there is no mistake: they would follow from it.
#[must_use]
pub fn run(scenario: &Scenario, tree: &Node, cuts: &[KeyPath]) -> Vec<Diagnostic> {
    let context = Context { scenario, tree };
    let found = |severity: Severity| {
        let rules = RULES.iter().filter(move |rule| rule.severity == severity);
        rules.flat_map(|rule| {
            (rule.check)(&context).into_iter().filter(|f| rule.exact || !misled(f, cuts)).map(|f| diagnostic(rule, f))
        })
    };
    let mistakes: Vec<Diagnostic> = found(Severity::Error).take(MOST).collect();
    if !mistakes.is_empty() || !cuts.is_empty() {
        return mistakes;
    }
    found(Severity::Warning).take(MOST).collect()
}

/// More than this is not listed, and not looked for where looking is dear.
const MOST: usize = 100;

/// Whether something of the same entry was left out, which may be all that the check found.
fn misled(finding: &Finding, cuts: &[KeyPath]) -> bool {
    let entry = KeyPath(finding.path.0.iter().take(2).cloned().collect());
    cuts.iter().any(|cut| cut.starts_with(&entry))
}

fn diagnostic(rule: &Rule, finding: Finding) -> Diagnostic {
    Diagnostic {
        severity: rule.severity,
        code: rule.code,
        message: finding.message,
        help: finding.help,
        path: finding.path,
        on_key: finding.on_key,
        place: None,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_rule_has_a_name_of_its_own_and_says_what_it_checks() {
        for (index, rule) in RULES.iter().enumerate() {
            assert!(rule.code.bytes().all(|b| b.is_ascii_lowercase() || b == b'-'), "{}", rule.code);
            assert!(rule.about.ends_with('.') && rule.about.len() > 20, "{}", rule.code);
            assert!(RULES[..index].iter().all(|other| other.code != rule.code), "{} twice", rule.code);
        }
    }
}
