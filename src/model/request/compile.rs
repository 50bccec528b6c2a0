//! From what is written of single requests to what they meet.

use super::{Arrivals, Arriving, Backoff, Breaker, Budget, Handling, Retries, Serving, Users};
use crate::model::compile::Compiler;
use crate::model::uncertain::Spread;
use crate::random::base;
use crate::scenario::{self, Distribution, MeanOrScale, TimedOut, Uncertain};

/// The priority of requests of which nothing is said.
const PRIORITY: u8 = 3;

/// What a service as written says of single requests.
pub fn serving(path: &str, written: &scenario::Service) -> Serving {
    let shed = written.shed;
    Serving {
        balance: written.balance,
        discipline: written.discipline,
        interrupted: written.interrupted,
        while_down: written.while_down,
        shed_queue: shed.and_then(|shed| shed.queue).map_or(f64::INFINITY, |places| places as f64),
        shed_age: shed.and_then(|shed| shed.age).map_or(f64::INFINITY, |age| age.0),
        slow_start: written.slow_start.0,
        service_stream: base(&format!("{path}/service_time"), 0),
        choice_stream: base(&format!("{path}/balance"), 0),
    }
}

/// What a call as written says of single requests.
pub fn handling(compiler: &mut Compiler, path: &str, written: &scenario::Call) -> Handling {
    Handling {
        together: written.together,
        hits: compiler.parameters.value(&format!("{path}.hits"), Spread::LogitNormal, &written.hits, |share| share.0),
        work: written.work.0,
        cancels: written.timed_out == TimedOut::Cancelled,
        priority: written.priority,
        retries: written.retries.as_ref().map(|retries| self::retries(compiler, &format!("{path}.retries"), retries)),
        breaker: written.breaker.map(breaker),
        stream: base(path, 0),
    }
}

fn retries(compiler: &mut Compiler, path: &str, written: &scenario::Retries) -> Retries {
    let budget = written.budget.map(|budget| Budget {
        ratio: compiler.parameters.value(&format!("{path}.budget"), Spread::LogitNormal, &budget.ratio, |share| share.0),
        min_per_second: budget.min_per_second.0,
        ttl: budget.ttl.0,
    });
    let scenario::Backoff { first, times, most, jitter } = written.backoff;
    let backoff = Backoff { first: first.0, times: times.0, most: most.map_or(f64::INFINITY, |most| most.0), jitter };
    Retries { max: written.max, budget, backoff }
}

fn breaker(written: scenario::Breaker) -> Breaker {
    let scenario::Breaker { errors, least, within, open, probes } = written;
    Breaker { errors: errors.0, least, within: within.0, open: open.0, probes }
}

/// How the requests of an open source as written come.
pub fn arriving(compiler: &mut Compiler, path: &str, written: &scenario::Traffic) -> Arriving {
    let gaps = written.arrivals.as_ref().and_then(scenario::Arrivals::gaps);
    Arriving {
        arrivals: gaps.map_or(Arrivals::Poisson, |gaps| renewal(compiler, &format!("{path}.arrivals"), &gaps)),
        priority: written.priority.unwrap_or(PRIORITY),
        stream: base(&format!("{path}/requests"), 0),
    }
}

/// Arrivals with gaps of this shape, which must have a mean to be scaled by.
fn renewal(compiler: &mut Compiler, path: &str, gaps: &Distribution) -> Arrivals {
    let Some(timing) = compiler.timing(path, gaps) else { return Arrivals::Poisson };
    let mean = timing.law.mean();
    if !(mean > 0.0 && mean.is_finite()) || may_lack_a_mean(gaps) {
        compiler.wrong(path, "gaps are scaled to the rate by their mean, which must be longer than 0s and finite");
    }
    Arrivals::Renewal(timing)
}

/// Whether a draw of its uncertain numbers may leave it without a mean.
fn may_lack_a_mean(gaps: &Distribution) -> bool {
    matches!(gaps, Distribution::Pareto { shape: Uncertain::Between { .. }, size: MeanOrScale::Scale(_) })
}

/// The closed sources of a scenario.
pub fn users(compiler: &mut Compiler) -> Vec<Users> {
    let mut sources = Vec::new();
    let scenario = compiler.scenario;
    for (name, written) in &scenario.traffic {
        let Some(count) = written.users else { continue };
        let path = format!("traffic.{name}");
        let Some(to) = compiler.service(&format!("{path}.to"), &written.to) else { continue };
        let think = written.think.clone().unwrap_or_else(Distribution::zero);
        let Some(think) = compiler.timing(&format!("{path}.think"), &think) else { continue };
        sources.push(Users {
            name: name.clone(),
            to,
            count,
            times: compiler.parameters.value(&format!("{path}.times"), Spread::Lognormal, &written.times, |times| times.0),
            think,
            priority: written.priority.unwrap_or(PRIORITY),
            stream: base(&format!("{path}/requests"), 0),
        });
    }
    sources
}
