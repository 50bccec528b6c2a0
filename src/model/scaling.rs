//! How the number of replicas of a service follows its load.

use super::calendar;
use super::compile::Compiler;
use crate::scenario::{Autoscale, Floor, Hours, ScalingLimits, Service};

/// The rule that a service is scaled by: that of the Horizontal Pod Autoscaler of Kubernetes
/// (<https://kubernetes.io/docs/tasks/run-application/horizontal-pod-autoscale/>, "Algorithm details", and the defaults of its
/// `behavior`), with minima by the hour and what is foreseen.
#[derive(Debug, Clone)]
pub struct Scaling {
    /// Utilisation that is aimed at: replicas at work over replicas.
    pub target: f64,
    /// Fewest replicas.
    pub min: u32,
    /// Most replicas, those aside that have failed.
    pub max: u32,
    /// Replicas at the start; `None`: as many as the first demand calls for.
    pub initial: Option<u32>,
    /// From the decision until a new replica serves, seconds.
    pub startup: f64,
    /// Looks are so many seconds apart; the first is at the start.
    pub every: f64,
    /// Relative difference from the target within which nothing is done.
    pub tolerance: f64,
    /// How fast replicas are added.
    pub up: Limits,
    /// How fast they are taken away.
    pub down: Limits,
    /// The fewest replicas from a time (seconds after the start) on, ascending.
    pub floors: Vec<(f64, u32)>,
    /// For how long ahead demand is foreseen, seconds.
    pub ahead: f64,
}

/// Times that differ by less than this part of the time between looks are the same: those of a thousand years have as many digits.
const ROUNDING: f64 = 1e-4;

/// How fast replicas are added or taken away.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Limits {
    /// What was called for all the time for so many seconds is done.
    pub window: f64,
    /// At one look at most this part of the replicas,
    pub share: f64,
    /// or so many, if that is more.
    pub replicas: u32,
}

impl Limits {
    fn new(written: ScalingLimits, window: f64, replicas: u32) -> Self {
        Self {
            window: written.window.map_or(window, |window| window.0),
            share: written.share.map_or(1.0, |share| share.0),
            replicas: written.replicas.unwrap_or(replicas),
        }
    }

    /// The most by which `count` replicas change at one look.
    #[must_use]
    pub fn at_once(&self, count: u32) -> u32 {
        self.replicas.max((f64::from(count) * self.share).floor().min(1e9) as u32)
    }
}

impl Scaling {
    /// Replicas with which so many at work are on target, up to the most that there may be.
    #[must_use]
    pub fn needed(&self, busy: f64) -> u32 {
        self.needed_at(busy, self.target)
    }

    /// The fewest replicas with which so many at work are within the tolerance of the target.
    #[must_use]
    pub fn tolerated(&self, busy: f64) -> u32 {
        self.needed_at(busy, self.target * (1.0 + self.tolerance))
    }

    fn needed_at(&self, busy: f64, target: f64) -> u32 {
        // What is a whole number but for rounding is one.
        (busy / target - 1e-9).ceil().clamp(0.0, f64::from(self.max)) as u32
    }

    /// The fewest replicas at a time, seconds after the start.
    #[must_use]
    pub fn floor(&self, at: f64) -> u32 {
        let next = self.floors.partition_point(|floor| floor.0 <= at);
        next.checked_sub(1).map_or(self.min, |last| self.floors[last].1)
    }

    /// The first time after `at` at which the fewest replicas change; infinite without one.
    #[must_use]
    pub fn next_floor(&self, at: f64) -> f64 {
        let next = self.floors.partition_point(|floor| floor.0 <= at);
        self.floors.get(next).map_or(f64::INFINITY, |floor| floor.0)
    }

    /// The first look at or after a time.
    #[must_use]
    pub fn look_at(&self, at: f64) -> f64 {
        (at / self.every - ROUNDING).ceil() * self.every
    }

    /// The first look after a time; one that is nearer than rounding is that time itself.
    #[must_use]
    pub fn look_after(&self, at: f64) -> f64 {
        ((at / self.every + ROUNDING).floor() + 1.0) * self.every
    }
}

/// Replicas that there is room for, at work or failed: what the zones have, or twice the most that are wanted.
pub fn room(written: &Autoscale, zones: usize) -> u32 {
    written.quota.map_or(written.max.saturating_mul(2), |quota| quota.saturating_mul(zones.max(1) as u32))
}

pub(super) fn compile(compiler: &mut Compiler, path: &str, service: &Service, room: u32) -> Option<Scaling> {
    let written = service.autoscale.as_ref()?;
    let max = written.max.min(room);
    Some(Scaling {
        target: written.target.0,
        min: written.min.min(max),
        max,
        initial: service.replicas.map(|replicas| replicas.clamp(written.min.min(max), max)),
        startup: written.startup.0,
        every: written.every.0,
        tolerance: written.tolerance.0,
        up: Limits::new(written.up, 0.0, 4),
        down: Limits::new(written.down, 300.0, 0),
        floors: floors(compiler, &format!("{path}.autoscale.schedule"), written, max),
        ahead: written.ahead.0,
    })
}

/// The fewest replicas over time, as steps.
fn floors(compiler: &mut Compiler, path: &str, written: &Autoscale, max: u32) -> Vec<(f64, u32)> {
    let horizon = compiler.scenario.horizon.0;
    let mut spans: Vec<(f64, f64, u32)> = Vec::new();
    for Floor { hours, min } in &written.schedule {
        match hours {
            Hours::Always => spans.push((0.0, horizon, *min)),
            Hours::Weekly { first, last, from, to } => {
                match calendar::working_hours(&compiler.start, horizon, (*first, *last), (*from, *to)) {
                    Ok(found) => spans.extend(found.into_iter().map(|(opens, closes)| (opens, closes, *min))),
                    Err(message) => compiler.wrong(path.to_owned(), message),
                }
            }
        }
    }
    // The largest of those in force holds: a sweep over their begins and ends.
    let mut edges: Vec<(f64, bool, u32)> =
        spans.iter().flat_map(|&(from, to, min)| [(from, true, min), (to, false, min)]).collect();
    edges.sort_by(|a, b| a.0.total_cmp(&b.0));
    let mut in_force: Vec<u32> = Vec::new();
    let mut floors: Vec<(f64, u32)> = Vec::new();
    for (at, begins, min) in edges {
        if begins {
            in_force.push(min);
        } else if let Some(place) = in_force.iter().position(|other| *other == min) {
            in_force.swap_remove(place);
        }
        let floor = in_force.iter().copied().fold(written.min, u32::max).min(max);
        match floors.last_mut() {
            Some(last) if last.0 >= at => last.1 = floor,
            _ => floors.push((at, floor)),
        }
    }
    floors
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn looks_follow_each_other_whatever_the_time_between_them() {
        let limits = Limits { window: 0.0, share: 1.0, replicas: 4 };
        let rule = |every: f64| Scaling {
            target: 0.5,
            min: 1,
            max: 2,
            initial: None,
            startup: 0.0,
            every,
            tolerance: 0.1,
            up: limits,
            down: limits,
            floors: vec![(-10.0, 1), (100.0, 2)],
            ahead: 0.0,
        };
        for every in [1.0, 1.1, 1.333_333_3, 7.0 / 3.0, 15.0, 60.1] {
            let rule = rule(every);
            for k in (0..1_000_000_u32).step_by(997) {
                let look = f64::from(k) * every;
                // A warm-up shifts all times, and its rounding with them.
                for at in [look, look + 1e-14 * look, look - 1e-14 * look, (look + 12_345.678) - 12_345.678] {
                    assert_eq!(rule.look_after(at), f64::from(k + 1) * every, "look {k} every {every}");
                    assert_eq!(rule.look_at(at), look, "look {k} every {every}");
                }
                assert_eq!(rule.look_after(look + 0.5 * every), f64::from(k + 1) * every);
            }
        }
        assert_eq!((rule(15.0).floor(99.0), rule(15.0).floor(100.0), rule(15.0).next_floor(99.0)), (1, 2, 100.0));
    }
}
