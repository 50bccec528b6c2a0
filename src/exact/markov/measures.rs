//! What is asked of each service, from its chain.
//!
//! Probabilities of being down are sums over the states in which the service is down, never what is left to 1; so are those
//! of being up. The frequency of outages is the flow from up to down (Trivedi, *Probability and Statistics with Reliability,
//! Queuing, and Computer Science Applications*, 2nd ed., 2002, chapter 8).

use super::chain::Chain;
use super::explore::{Explored, explore};
use super::process::{Process, relevant};
use super::{passage, steady, transient};
use crate::model::Model;

/// Most states of a chain where nothing else is said: about 200 MB.
pub const MOST_STATES: usize = 200_000;

/// What is known of a service without chance. Times are in seconds.
#[derive(Debug, Clone, PartialEq)]
pub struct ServiceMeasures {
    /// Index of the service.
    pub service: u32,
    /// States of the chain.
    pub states: usize,
    /// After a long time.
    pub long_run: LongRun,
    /// From the start to the horizon.
    pub horizon: Horizon,
    /// Mean time from the start to the first outage; infinite where there need not be one.
    pub time_to_first_outage: f64,
}

/// A service after a long time, whatever its start.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct LongRun {
    /// The fraction of time that it is up.
    pub availability: f64,
    /// The fraction of time that it is down.
    pub unavailability: f64,
    /// Outages per second.
    pub frequency: f64,
    /// Mean time up between outages; infinite without outages.
    pub mttf: f64,
    /// Mean length of an outage; not a number without outages.
    pub mttr: f64,
    /// From onset to onset.
    pub mtbf: f64,
}

/// A service from the start to the horizon.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Horizon {
    /// Its length.
    pub length: f64,
    /// Probability to be down at its end.
    pub unavailability_at_end: f64,
    /// Expected time down.
    pub downtime: f64,
    /// Expected time up.
    pub uptime: f64,
    /// Expected number of outages that begin, one in force at the start not counted.
    pub outages: f64,
    /// Expected number of outages that end.
    pub restorations: f64,
    /// Probability to be down at some time.
    pub outage_probability: f64,
}

/// The measures of each service of a model, in its order, or the reasons why there are none: what is no Markov process, more
/// than `limit` states, rates too fast for the horizon.
///
/// Each service has a chain of what its state follows from alone; services that rest on the same share one.
pub fn measures(model: &Model, limit: usize) -> Vec<Result<ServiceMeasures, Vec<String>>> {
    let count = model.services.len() as u32;
    let rests_on: Vec<Vec<bool>> = (0..count).map(|service| relevant(model, &[service]).clocks).collect();
    let mut measures: Vec<Option<Result<ServiceMeasures, Vec<String>>>> = vec![None; count as usize];
    for service in 0..count {
        if measures[service as usize].is_some() {
            continue;
        }
        let together: Vec<u32> = (service..count).filter(|&s| rests_on[s as usize] == rests_on[service as usize]).collect();
        let solved = Process::of_services(model, &together)
            .and_then(|process| explore(&process, limit).map_err(|error| vec![error.to_string()]))
            .and_then(|explored| {
                Solver::new(&explored, model.horizon).map_err(|trouble| vec![trouble.to_string()]).map(|solver| {
                    let each = |&s: &u32| solver.measures(s).map_err(|trouble| vec![trouble.to_string()]);
                    together.iter().map(each).collect::<Vec<_>>()
                })
            });
        for (i, &s) in together.iter().enumerate() {
            measures[s as usize] = Some(solved.as_ref().map_or_else(|reasons| Err(reasons.clone()), |all| all[i].clone()));
        }
    }
    measures.into_iter().flatten().collect()
}

/// A chain solved for all services that are asked of it.
pub struct Solver<'e> {
    explored: &'e Explored,
    horizon: f64,
    long: steady::LongRun,
    course: transient::Course,
}

impl<'e> Solver<'e> {
    /// Solves a chain for the long run, and from its start to a horizon in seconds.
    ///
    /// # Errors
    /// [`steady::Trouble`].
    pub fn new(explored: &'e Explored, horizon: f64) -> Result<Self, steady::Trouble> {
        let long = steady::long_run(&explored.chain)?;
        let course = transient::course(&explored.chain, horizon, Some(&long))?;
        Ok(Self { explored, horizon, long, course })
    }

    /// The measures of one service.
    ///
    /// # Errors
    /// [`steady::Trouble`].
    pub fn measures(&self, service: u32) -> Result<ServiceMeasures, steady::Trouble> {
        let chain = &self.explored.chain;
        let down = &self.explored.down[service as usize];
        let up: Vec<bool> = down.iter().map(|down| !down).collect();
        let p = &self.long.probability;
        let (unavailability, availability) = (sum(p, down), sum(p, &up));
        let frequency = crossings(chain, p, down);
        let time_in = &self.course.time_in;
        Ok(ServiceMeasures {
            service,
            states: chain.len(),
            long_run: LongRun {
                availability,
                unavailability,
                frequency,
                mttf: availability / frequency,
                mttr: unavailability / frequency,
                mtbf: 1.0 / frequency,
            },
            horizon: Horizon {
                length: self.horizon,
                unavailability_at_end: sum(&self.course.at_end, down).min(1.0),
                downtime: sum(time_in, down),
                uptime: sum(time_in, &up),
                outages: crossings(chain, time_in, down),
                restorations: crossings(chain, time_in, &up),
                outage_probability: transient::reaches(chain, down, self.horizon)?.min(1.0),
            },
            time_to_first_outage: passage::mean_time(chain, down)?,
        })
    }
}

/// Sum of what belongs to the states that are picked; 0, and not -0, where there are none.
fn sum(of: &[f64], picked: &[bool]) -> f64 {
    of.iter().zip(picked).filter(|(_, picked)| **picked).fold(0.0, |sum, (x, _)| sum + x)
}

/// Moves into the picked states from the others, for so much probability, or time, in each.
fn crossings(chain: &Chain, weights: &[f64], picked: &[bool]) -> f64 {
    let into = |i: usize| -> f64 { chain.leaving.row(i).filter(|(to, _)| picked[*to]).map(|(_, rate)| rate).sum() };
    (0..chain.len()).filter(|&i| !picked[i] && weights[i] > 0.0).fold(0.0, |sum, i| sum + weights[i] * into(i))
}
