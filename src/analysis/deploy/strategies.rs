//! From a risk to a strategy, and every strategy as a patch with times computed from the traffic.

use super::bake::{between, requests};
use super::released::Released;
use crate::model::{NONE, Rules};
use crate::scenario::{Scenario, Strategy};
use crate::units::{Fraction, Time};

const MINUTE: f64 = 60.0;
/// No step is watched for longer than a day.
const LONGEST: f64 = 86_400.0;
/// What may fail where nothing is promised and nothing fails.
const TOLERATED: f64 = 1e-3;
/// Steps of a canary, and of a release by hand.
const CANARY: [f64; 3] = [0.05, 0.25, 0.5];
const BY_HAND: [f64; 2] = [0.1, 0.5];

/// How bad it would be if the release went wrong.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Risk {
    /// Blue-green.
    Low,
    /// Canary.
    Medium,
    /// Zone by zone, with extensive monitoring.
    High,
    /// By hand, with full oversight.
    Critical,
}

impl Risk {
    /// As on the command line.
    #[must_use]
    pub fn word(self) -> &'static str {
        match self {
            Self::Low => "low",
            Self::Medium => "medium",
            Self::High => "high",
            Self::Critical => "critical",
        }
    }

    /// The strategy that it asks for.
    #[must_use]
    pub fn strategy(self) -> &'static str {
        match self {
            Self::Low => BLUE_GREEN,
            Self::Medium => A_CANARY,
            Self::High => ZONES,
            Self::Critical => HAND,
        }
    }

    /// The probability with which the first test of a release shall find a bad one.
    #[must_use]
    pub fn power(self) -> f64 {
        match self {
            Self::Low => 0.9,
            Self::Medium => 0.95,
            Self::High | Self::Critical => 0.99,
        }
    }

    /// The least time that a step is watched, seconds: what a person or a rule sees comes from metrics of some minutes.
    #[must_use]
    pub fn least(self) -> f64 {
        match self {
            Self::Low | Self::Medium => 5.0 * MINUTE,
            Self::High | Self::Critical => 30.0 * MINUTE,
        }
    }
}

/// A second fleet and a switch.
pub const BLUE_GREEN: &str = "blue-green";
/// More and more of the traffic.
pub const A_CANARY: &str = "canary";
/// One zone after the other.
pub const ZONES: &str = "zone by zone";
/// By a person.
pub const HAND: &str = "by hand";
/// As the scenario has it.
pub const AS_WRITTEN: &str = "as written";

/// One way to release.
#[derive(Debug, Clone, PartialEq)]
pub struct Alternative {
    /// Its name.
    pub name: &'static str,
    /// What is written under `strategy`; empty: what is there.
    pub written: String,
    /// How long each step is watched, seconds; none where it is not computed.
    pub bake: Option<f64>,
}

impl Alternative {
    /// The patches that make it.
    #[must_use]
    pub fn sets(&self, service: &str) -> Vec<String> {
        if self.written.is_empty() { Vec::new() } else { vec![format!("services.{service}.releases.strategy={}", self.written)] }
    }
}

/// Why there is no plan.
pub type Refused = String;

/// The ways to release a service, the one that the risk asks for first, and that of the scenario last.
///
/// # Errors
/// A risk whose strategy the scenario has no team or zones for, with what to write.
pub fn alternatives(
    released: &Released<'_>,
    scenario: &Scenario,
    risk: Risk,
    wanted: f64,
    team: Option<&str>,
) -> Result<Vec<Alternative>, Refused> {
    let rules = rules(released);
    let written = scenario.services.get(released.name()).and_then(|service| service.releases.as_ref()).map(|r| &r.strategy);
    let words = words(&rules);
    let bake = |share: f64| bake(released, &rules, share, wanted).max(risk.least());
    let alternative = |name, written, bake| Alternative { name, written, bake };
    let mut all = Vec::new();
    let ready = Time(ready(written, released));
    let long = bake(1.0);
    all.push(alternative(BLUE_GREEN, format!("{{blue_green: {{ready: {}, bake: {}{words}}}}}", ready, Time(long)), Some(long)));
    let long = bake(CANARY[0]);
    all.push(alternative(
        A_CANARY,
        format!("{{canary: {{steps: {}, bake: {}{words}}}}}", steps(&CANARY), Time(long)),
        Some(long),
    ));
    if let Some(first) = first_zone(released) {
        let long = bake(first);
        all.push(alternative(ZONES, format!("{{staged: {{bake: {}{words}}}}}", Time(long)), Some(long)));
    } else if risk == Risk::High {
        return Err(format!(
            "a release of high risk goes zone by zone, and `{0}` stands in no more than one zone: write `zones: [a, b, c]` and \
             `services.{0}.spread: zones`, or plan for another --risk",
            released.name()
        ));
    }
    let team = team.map(str::to_owned).or_else(|| by_hand(written, released));
    if let Some(team) = &team {
        let long = bake(BY_HAND[0]);
        let text = format!("{{manual: {{team: {team}, steps: {}, bake: {}{words}}}}}", steps(&BY_HAND), Time(long));
        all.push(alternative(HAND, text, Some(long)));
    } else if risk == Risk::Critical {
        return Err(
            "a critical release is done by hand, and the scenario has no team that could (one that does not `preempt`): write \
                    `teams: {release: {people: 2, acknowledge: 10m, hours: mon-fri 09:00-17:00}}`, or plan for another --risk"
                .to_owned(),
        );
    }
    all.push(alternative("rolling", format!("{{rolling: {{ready: {ready}}}}}"), None));
    all.push(alternative("all at once", restart(written), None));
    all.sort_by_key(|alternative| alternative.name != risk.strategy());
    all.push(alternative(AS_WRITTEN, String::new(), None));
    Ok(all)
}

/// When a step is taken back: as the scenario has it; a limit is needed where no old version is left to compare with.
#[must_use]
pub fn rules(released: &Released<'_>) -> Rules {
    let rules = released.release().rules;
    Rules { above: rules.above.or_else(|| Some(limit(released))), ..rules }
}

/// A limit between what is promised, or usual, and what a bad release does, to two digits.
fn limit(released: &Released<'_>) -> f64 {
    let promised = released.budget().unwrap_or(TOLERATED).max(released.usual);
    let limit = match released.errors() {
        Some(errors) if errors.bad > errors.usual => {
            let bad = errors.bad.min(0.5);
            let good = if promised < bad { promised } else { errors.usual.max(bad / 10.0) };
            between(good.max(1e-9), bad)
        }
        // What it fails depends on the load: five times what is promised.
        _ => (5.0 * promised).min(0.5),
    };
    let digits = 10f64.powf(libm::log10(limit).floor() - 1.0);
    (limit / digits).round() * digits
}

fn words(rules: &Rules) -> String {
    let above = rules.above.map(|above| format!(", abort_above: {}", percent(above)));
    let worse = rules.worse_at.map(|worse| format!(", abort_if: {{worse_at: {}}}", percent(worse)));
    [above, worse].into_iter().flatten().collect()
}

/// Without the last digits of binary fractions.
fn percent(fraction: f64) -> Fraction {
    Fraction((fraction * 1e8).round() / 1e8)
}

fn steps(steps: &[f64]) -> String {
    let steps: Vec<String> = steps.iter().map(|share| percent(*share).to_string()).collect();
    format!("[{}]", steps.join(", "))
}

/// How long a step with so large a share is watched, seconds: whole minutes in which as many requests meet it as its test needs.
#[must_use]
pub fn bake(released: &Released<'_>, rules: &Rules, share: f64, wanted: f64) -> f64 {
    let needed = released.errors().and_then(|errors| requests(rules, share, errors, wanted));
    let Some(needed) = needed.filter(|_| released.rate > 0.0) else { return MINUTE };
    ((needed / (share * released.rate) / MINUTE - 1e-9).ceil() * MINUTE).clamp(MINUTE, LONGEST)
}

/// The share of the traffic that the first zone gets; none in fewer than two zones.
fn first_zone(released: &Released<'_>) -> Option<f64> {
    let (service, release) = (&released.model.services[released.service], released.release());
    let present = service.present().len();
    let ranks = release.zone_ranks.get(..present)?;
    let zoned = service.replicas.clone().any(|r| released.model.replicas[r as usize].zone != NONE);
    let first = ranks.iter().filter(|rank| **rank == 0).count();
    (zoned && first > 0 && first < present).then(|| first as f64 / present as f64)
}

/// How long a second fleet, or a batch, takes until it serves: as written, or as long as a scaler's replicas take.
fn ready(written: Option<&Strategy>, released: &Released<'_>) -> f64 {
    let startup = released.model.services[released.service].scaling.as_ref().map(|scaling| scaling.startup);
    let known = match written {
        Some(Strategy::BlueGreen { ready, .. } | Strategy::Rolling { ready, .. }) if ready.0 > 0.0 => Some(ready.0),
        _ => startup.filter(|startup| *startup > 0.0),
    };
    known.map_or(MINUTE, f64::ceil)
}

fn restart(written: Option<&Strategy>) -> String {
    match written {
        Some(Strategy::AllAtOnce { restart }) if restart.0 > 0.0 => format!("{{all_at_once: {{restart: {restart}}}}}"),
        _ => "all_at_once".to_owned(),
    }
}

/// The team of a release by hand: as written, else the first that does not take its people away.
fn by_hand(written: Option<&Strategy>, released: &Released<'_>) -> Option<String> {
    if let Some(Strategy::Manual { team, .. }) = written {
        return Some(team.clone());
    }
    released.model.teams.iter().find(|team| !team.preempts).map(|team| team.name.clone())
}
