//! Releases of a service: when they come, how they are rolled out, and what a bad one does.

use super::compile::Compiler;
use super::uncertain::Spread;
use super::{Clock, Counts, Effect, Mode, NONE, Objective, Replica, Service, Thing, Timing, Value, mode};
use crate::scenario::{self, AbortIf, Strategy};
use crate::units::Fraction;

/// Replicas that differ by less than this from a whole number are that number.
const ROUNDING: f64 = 1e-9;

/// The releases of one service.
#[derive(Debug, Clone)]
pub struct Release {
    /// Index of the service.
    pub service: u32,
    /// Base of its random streams.
    pub stream: u64,
    /// From the begin of one to that of the next.
    pub every: Timing,
    /// The fraction of them that is bad.
    pub bad: Value,
    /// What a bad one does to the replicas that run it.
    pub effect: Effect,
    /// How it is rolled out; behind the last of them all replicas run it.
    pub stages: Vec<Stage>,
    /// When a stage that is watched is taken back.
    pub rules: Rules,
    /// How long going back takes.
    pub rollback: Timing,
    /// The probability that it works.
    pub rollback_works: Value,
    /// How long a bad one that all replicas run goes unnoticed; `None`: until the error budget raises an alarm.
    pub detection: Option<Timing>,
    /// How long until customers make it known.
    pub customers: Timing,
    /// The error budget that raises the alarm, as a fraction of the requests: that of the strictest objective that counts them.
    pub budget: Option<f64>,
    /// By replica of the service: the place of its zone among those that it stands in.
    pub zone_ranks: Vec<u32>,
    /// By replica of the service: the clock that takes it down; empty where a bad release does not.
    pub breaks: Vec<u32>,
    /// The clock that takes the service down while it restarts, [`NONE`] where it does not.
    pub restarts: u32,
    /// The clock that calls a person, and the team; [`NONE`] where nobody is needed.
    pub calls: (u32, u32),
}

/// A part of the way of a release.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Stage {
    /// How long it lasts, seconds.
    pub lasts: f64,
    /// The fraction of the service that runs the new version.
    pub share: f64,
    /// In so many zones, the first ones, all replicas do, and in the others none; `None`: everywhere the same fraction.
    pub zones: Option<u32>,
    /// The fraction of the replicas that are away for it.
    pub away: f64,
    /// Replicas that are paid in addition, as a fraction of those that there are.
    pub extra: f64,
    /// The service is down.
    pub closed: bool,
    /// At its end the rules are asked.
    pub watched: bool,
    /// The old fleet stands by: going back is at once, and always works.
    pub stands_by: bool,
}

impl Stage {
    const NOTHING: Self =
        Self { lasts: 0.0, share: 0.0, zones: None, away: 0.0, extra: 0.0, closed: false, watched: false, stands_by: false };
}

/// When a stage that is watched is taken back, by the errors of the new version in it.
#[derive(Debug, Clone, Copy, PartialEq, Default)]
pub struct Rules {
    /// Where more than this fraction of its requests fail.
    pub above: Option<f64>,
    /// Where a one-sided two-proportion test says with this confidence that it has more than the old version.
    pub worse_at: Option<f64>,
}

/// How long fewer requests than the budget allows must fail, as (times the budget, over seconds): the alarms of chapter 5 of
/// *The Site Reliability Workbook* (Beyer et al., 2018), table 5-8.
pub const ALARMS: [(f64, f64); 3] = [(14.4, 3_600.0), (6.0, 21_600.0), (1.0, 259_200.0)];

/// The stages of a strategy for so many replicas in so many zones; stages without length are left out.
#[must_use]
pub fn stages(strategy: &Strategy, replicas: u32, by_zone: &[u32]) -> Vec<Stage> {
    let nothing = Stage::NOTHING;
    let watched = |fraction: &Fraction, bake: f64| Stage { lasts: bake, share: fraction.0, watched: true, ..nothing };
    let all: Vec<Stage> = match strategy {
        Strategy::AllAtOnce { restart } => vec![Stage { lasts: restart.0, closed: restart.0 > 0.0, ..nothing }],
        Strategy::Rolling { surge, unavailable, ready } => rolling(replicas, surge.0, unavailable.0, ready.0),
        Strategy::BlueGreen { bake, ready, .. } => vec![
            Stage { lasts: ready.0, extra: 1.0, ..nothing },
            Stage { lasts: bake.0, share: 1.0, extra: 1.0, watched: true, stands_by: true, ..nothing },
        ],
        Strategy::Canary { steps, bake, .. } | Strategy::Manual { steps, bake, .. } => {
            steps.iter().map(|step| watched(step, bake.0)).collect()
        }
        Strategy::Staged { bake, .. } => {
            let mut done = 0;
            let zones = by_zone.iter().enumerate().map(|(zone, count)| {
                done += count;
                let share = Fraction(f64::from(done) / f64::from(replicas.max(1)));
                Stage { zones: Some(zone as u32 + 1), ..watched(&share, bake.0) }
            });
            zones.collect()
        }
    };
    all.into_iter().filter(|stage| stage.lasts > 0.0).collect()
}

/// Batches, in each of which as many replicas are replaced as there may be more and fewer.
fn rolling(replicas: u32, surge: f64, unavailable: f64, ready: f64) -> Vec<Stage> {
    let all = f64::from(replicas.max(1));
    let (more, away) = ((all * surge - ROUNDING).ceil(), (all * unavailable + ROUNDING).floor());
    let (more, away) = if more + away < 1.0 { (1.0, 0.0) } else { (more, away) };
    let mut stages = Vec::new();
    let mut done = 0.0;
    while done < all {
        let left = all - done;
        let (more, away) = (more.min(left), away.min(left));
        stages.push(Stage { lasts: ready, share: done / all, away: away / all, extra: more / all, ..Stage::NOTHING });
        done += more + away;
    }
    stages
}

/// The modes by which a release takes replicas down, closes the service and calls a person: what each is for, and whether it hits
/// the service as a whole.
pub(super) fn modes(compiler: &mut Compiler, name: &str, written: &scenario::Releases) -> Vec<(bool, Mode)> {
    let mut found = Vec::new();
    if written.effect == scenario::Effect::Down && written.bad != scenario::Uncertain::Known(Fraction(0.0)) {
        found.extend(mode::by_hand(compiler, bad_name(name), Effect::Down, None).map(|mode| (false, mode)));
    }
    match &written.strategy {
        Strategy::AllAtOnce { restart } if restart.0 > 0.0 => {
            let mode = mode::by_hand(compiler, restart_name(name), Effect::Down, None);
            found.extend(mode.map(|mode| (true, Mode { planned: true, ..mode })));
        }
        Strategy::Manual { team, .. } => {
            let team = compiler.scenario.teams.get_index_of(team).map(|team| team as u32);
            let mode = mode::by_hand(compiler, manual_name(name), mode::no_effect(), team);
            found.extend(mode.map(|mode| (true, Mode { planned: true, ..mode })));
        }
        _ => {}
    }
    found
}

fn bad_name(service: &str) -> String {
    format!("{service} (bad release)")
}

fn restart_name(service: &str) -> String {
    format!("{service} (restart)")
}

fn manual_name(service: &str) -> String {
    format!("{service} (release by hand)")
}

/// The releases of all services, once their clocks are laid out.
pub(super) fn compile(
    compiler: &mut Compiler,
    (services, replicas): (&[Service], &[Replica]),
    (modes, clocks): (&[Mode], &[Clock]),
    objectives: &[Objective],
) -> Vec<Release> {
    let scenario = compiler.scenario;
    let mut found = Vec::new();
    for (s, (name, service)) in scenario.services.iter().enumerate() {
        let Some(written) = &service.releases else { continue };
        let path = format!("services.{name}.releases");
        let stood: Vec<u32> = services[s].replicas.clone().map(|r| replicas[r as usize].zone).collect();
        let zones = zones_of(&services[s], replicas);
        let by_zone: Vec<u32> = zones
            .iter()
            .map(|zone| services[s].present().filter(|&r| replicas[r as usize].zone == *zone).count() as u32)
            .collect();
        let stages = stages(&written.strategy, services[s].present().len() as u32, &by_zone);
        possible(compiler, &path, &services[s], &written.strategy, &stages);
        let clock = |name: String, s: u32| {
            let of = |clock: &Clock| modes[clock.mode as usize].name == name && clock.thing == Thing::Service(s);
            clocks.iter().position(of).map_or(NONE, |clock| clock as u32)
        };
        let breaks =
            services[s].replica_clocks.clone().filter(|&c| modes[clocks[c as usize].mode as usize].name == bad_name(name));
        let team = if let Strategy::Manual { team, .. } = &written.strategy { scenario.teams.get_index_of(team) } else { None };
        let budget = objectives.iter().filter(|objective| objective.service == s as u32 && objective.counts != Counts::Time);
        let budget = budget.map(|objective| 1.0 - objective.target).filter(|budget| *budget > 0.0).reduce(f64::min);
        let detection = match &written.detection {
            None => None,
            Some(detection) => compiler.timing(&format!("{path}.detection"), detection),
        };
        let timings = (
            compiler.timing(&format!("{path}.every"), &written.every),
            compiler.timing(&format!("{path}.rollback"), &written.rollback),
            compiler.timing(&format!("{path}.customers"), &written.customers),
        );
        let (Some(every), Some(rollback), Some(customers)) = timings else { continue };
        let mut share = |word: &str, of: &scenario::Uncertain<Fraction>| {
            compiler.parameters.value(&format!("{path}.{word}"), Spread::LogitNormal, of, |share| share.0)
        };
        let (bad, rollback_works) = (share("bad", &written.bad), share("rollback_works", &written.rollback_works));
        found.push(Release {
            service: s as u32,
            stream: crate::random::base(&path, 0),
            every,
            bad,
            effect: mode::effect(compiler, &path, &written.effect),
            stages,
            rules: rules(&written.strategy),
            rollback,
            rollback_works,
            detection,
            customers,
            budget,
            zone_ranks: stood.iter().map(|zone| zones.iter().position(|other| other == zone).unwrap_or(0) as u32).collect(),
            breaks: breaks.collect(),
            restarts: clock(restart_name(name), s as u32),
            calls: (clock(manual_name(name), s as u32), team.map_or(NONE, |team| team as u32)),
        });
    }
    found
}

/// The zones that a service stands in, in their order.
fn zones_of(service: &Service, replicas: &[Replica]) -> Vec<u32> {
    let mut zones: Vec<u32> = service.replicas.clone().map(|r| replicas[r as usize].zone).collect();
    zones.sort_unstable();
    zones.dedup();
    zones
}

/// Whether a service can be released so.
fn possible(compiler: &mut Compiler, path: &str, service: &Service, strategy: &Strategy, stages: &[Stage]) {
    let path = format!("{path}.strategy");
    if matches!(strategy, Strategy::Staged { .. }) && stages.iter().any(|stage| stage.zones.is_some() && stage.share >= 1.0) {
        let zones = stages.len();
        if zones < 2 {
            compiler.wrong(&path, "it is released zone by zone and stands in no more than one: spread it, or use a `canary`");
        }
    }
    let all = f64::from(service.present().len() as u32);
    let least = stages.iter().map(|stage| all * (1.0 - stage.away)).fold(all, f64::min);
    if least + ROUNDING < f64::from(service.needs) {
        let message = format!("it leaves {least:.0} replicas, and the service needs {}: make `unavailable` less", service.needs);
        compiler.wrong(&path, message);
    }
}

/// What takes a strategy back.
fn rules(strategy: &Strategy) -> Rules {
    let rules = |above: &Option<Fraction>, test: &Option<AbortIf>| Rules {
        above: above.map(|above| above.0),
        worse_at: test.map(|test| test.worse_at.0),
    };
    match strategy {
        Strategy::BlueGreen { abort_above, abort_if, .. }
        | Strategy::Canary { abort_above, abort_if, .. }
        | Strategy::Staged { abort_above, abort_if, .. }
        | Strategy::Manual { abort_above, abort_if, .. } => rules(abort_above, abort_if),
        Strategy::AllAtOnce { .. } | Strategy::Rolling { .. } => Rules::default(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::units::Time;

    #[test]
    fn a_rolling_release_replaces_as_many_as_the_limits_of_kubernetes_let_it() {
        // Kubernetes rounds `maxSurge` up and `maxUnavailable` down: of 10 at 25% each, 3 more and 2 fewer.
        let stages =
            stages(&Strategy::Rolling { surge: Fraction(0.25), unavailable: Fraction(0.25), ready: Time(60.0) }, 10, &[10]);
        assert_eq!(stages.iter().map(|stage| stage.share).collect::<Vec<_>>(), [0.0, 0.5]);
        assert!(stages.iter().all(|stage| stage.away == 0.2 && stage.extra == 0.3 && stage.lasts == 60.0));
        // Nothing may be more or fewer: one after the other all the same.
        let strict = Strategy::Rolling { surge: Fraction(0.0), unavailable: Fraction(0.0), ready: Time(60.0) };
        assert_eq!(super::stages(&strict, 3, &[3]).len(), 3);
    }

    #[test]
    fn zones_follow_each_other_with_all_of_their_replicas() {
        let staged = Strategy::Staged { bake: Time(600.0), abort_above: None, abort_if: None };
        let stages = stages(&staged, 7, &[3, 2, 2]);
        let seen: Vec<(f64, Option<u32>)> = stages.iter().map(|stage| (stage.share, stage.zones)).collect();
        assert_eq!(seen, [(3.0 / 7.0, Some(1)), (5.0 / 7.0, Some(2)), (1.0, Some(3))]);
    }
}
