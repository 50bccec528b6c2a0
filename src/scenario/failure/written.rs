//! A failure mode as the scenario writes it.

use std::path::PathBuf;

use schemars::JsonSchema;
use serde::{Deserialize, Deserializer};

use super::{AfterRepair, Age, AgesWhile, Effect, Failure, Hits, Hosts, Inspection, Preventive, Repair, Spares, Trigger};
use crate::scenario::distribution::{Distribution, Uncertain, unit};
use crate::scenario::forms::{moment, moment_schema, schema_of_form};
use crate::units::{Fraction, Money, Number, Time};

/// Something that breaks: what, how often, with which effect, and how it is repaired.
#[derive(Deserialize, JsonSchema)]
#[serde(deny_unknown_fields, expecting = "a failure mode: a map of words such as `hits`, `mttf` and `repair`")]
pub struct Written {
    /// What happens, in a sentence.
    about: Option<String>,
    /// What is struck: `replica`, `zone`, `region`, `service`, `host` or `call`.
    hits: Hits,
    /// Which ones: names of services (of zones, of regions, or calls like `web -> db`). Default: all of that kind.
    #[serde(default)]
    of: Vec<String>,
    /// The machines or racks that services share, with `hits: host`: `{of: [web, db], replicas: 4}`.
    hosts: Option<Hosts>,
    /// Up time until the failure, a duration or distribution. One of this, `schedule` and `trace`.
    #[serde(default, deserialize_with = "clock")]
    time_to_failure: Option<Distribution>,
    /// Mean up time until the failure: short for `time_to_failure: {exponential: {mean: …}}`.
    #[serde(default, deserialize_with = "mean")]
    mttf: Option<Uncertain<Time>>,
    /// The same as `mttf`, with a warning: a time *between* failures would count the repair as well.
    #[serde(default, deserialize_with = "mean")]
    mtbf: Option<Uncertain<Time>>,
    /// When it happens by calendar: `{first: 2026-01-06T03:00, every: 4w}`, local time in `timezone`.
    schedule: Option<Schedule>,
    /// Recorded failures, played back from a CSV file.
    trace: Option<Trace>,
    /// What it does: `down`, or any of `{capacity: 50%, slower: 3, errors: 5%}` together. Default: down.
    #[serde(default = "down")]
    effect: Effect,
    /// From the failure until it is noticed, a duration or distribution. Default: 0s.
    #[serde(default = "Distribution::zero")]
    detection: Distribution,
    /// Active repair, once someone is on it: a duration or distribution, `{runbook: NAME}`, or `never`. Needed with
    /// `effect: down`.
    repair: Option<Repair>,
    /// The team that repairs. Default: automation, without a wait.
    team: Option<String>,
    /// Place in the queue of the team, 1 (first) to 5. Default: by severity, service 2, zone 3, replica 4.
    priority: Option<u8>,
    /// The part of the hazard that strikes all replicas of a service at once (beta factor), a fraction. Default: 0%.
    common_cause: Option<Uncertain<Fraction>>,
    /// How old it is after a repair: `new`, `old` (keeps its age) or `{younger: 40%}`. Default: new.
    #[serde(default)]
    after_repair: AfterRepair,
    /// When its clock runs: `up` (while the thing is up in its own right), `{service_up: NAME}` or `always`. Default: up.
    #[serde(default)]
    ages_while: AgesWhile,
    /// How old it is at the start: `new`, `steady` (as after a long time), or a duration or distribution. Default: new.
    #[serde(default)]
    age: Age,
    /// Whether it is planned, so that objectives can exclude it. Default: true for schedules, else false.
    planned: Option<bool>,
    /// How ageing follows the load: where each replica left carries x times its share, it ages x^load times as fast. A
    /// number. Default: 0, not at all.
    load: Option<Uncertain<Number>>,
    /// The parts that repairs need: `{stock: 2, reorder_at: 1, lead_time: 2w}`. Default: there are always enough.
    spares: Option<Spares>,
    /// Replacement before the failure: `{at_age: 500h, takes: 10m}` or `{every: 6mo}`. Default: none.
    preventive: Option<Preventive>,
    /// Whether nobody notices it before an `inspection`. Default: false.
    #[serde(default)]
    hidden: bool,
    /// The inspections that find a hidden failure: `{every: 1y, takes: 2h, finds: 95%}`.
    inspection: Option<Inspection>,
    /// What one failure costs in parts and work, an amount of money. Default: nothing.
    cost: Option<Uncertain<Money>>,
}

const fn down() -> Effect {
    Effect::Down
}

#[derive(Deserialize, JsonSchema)]
#[serde(deny_unknown_fields, expecting = "a schedule like `{first: 2026-01-06T03:00, every: 4w}`")]
struct Schedule {
    /// The first time: a local date, or date and time.
    #[serde(deserialize_with = "moment")]
    #[schemars(schema_with = "moment_schema")]
    first: jiff::civil::DateTime,
    /// How often from then on, a duration like `4w`. Default: only once.
    #[serde(default, deserialize_with = "period")]
    every: Option<Time>,
}

#[derive(Deserialize, JsonSchema)]
#[serde(deny_unknown_fields, expecting = "a trace: a map with `file`, `interval` and `duration`")]
struct Trace {
    /// A CSV file; its path is relative to the scenario.
    file: PathBuf,
    /// The column with the times from the end of the failure before, or from the start.
    interval: String,
    /// The column with their durations.
    duration: String,
    /// The column with the fraction of the replicas of each service that fail. Default: all of them.
    intensity: Option<String>,
    /// The unit of intervals and durations: `ms`, `s`, `m`, `h` … Default: ms.
    #[serde(default = "millisecond", deserialize_with = "unit")]
    #[schemars(with = "String")]
    unit: Time,
}

const fn millisecond() -> Time {
    Time(0.001)
}

schema_of_form!(Failure, Written, "Failure");

impl TryFrom<Written> for Failure {
    type Error = String;

    fn try_from(written: Written) -> Result<Self, String> {
        let repair = match written.repair {
            Some(_) if written.trace.is_some() => {
                return Err("`repair` does not go with `trace`: the trace says how long each failure lasts".into());
            }
            Some(repair) => repair,
            None if written.trace.is_some() => Repair::Takes(Distribution::zero()),
            None if written.effect == Effect::Down => {
                return Err(
                    "`repair` is missing: a failure that takes something down says how long the repair takes, or `never`".into(),
                );
            }
            None => Repair::Never,
        };
        Ok(Self {
            trigger: trigger(written.time_to_failure, written.mttf, written.mtbf, written.schedule, written.trace)?,
            about: written.about,
            hits: written.hits,
            of: written.of,
            hosts: written.hosts,
            effect: written.effect,
            detection: written.detection,
            repair,
            team: written.team,
            priority: written.priority,
            common_cause: written.common_cause,
            after_repair: written.after_repair,
            ages_while: written.ages_while,
            age: written.age,
            planned: written.planned,
            load: written.load,
            spares: written.spares,
            preventive: written.preventive,
            hidden: written.hidden,
            inspection: written.inspection,
            cost: written.cost,
        })
    }
}

fn trigger(
    time_to_failure: Option<Distribution>,
    mttf: Option<Uncertain<Time>>,
    mtbf: Option<Uncertain<Time>>,
    schedule: Option<Schedule>,
    trace: Option<Trace>,
) -> Result<Trigger, String> {
    let exponential = |mean: Uncertain<Time>| Trigger::TimeToFailure(Distribution::Exponential { mean });
    let triggers = [
        ("time_to_failure", time_to_failure.map(Trigger::TimeToFailure)),
        ("mttf", mttf.map(exponential)),
        ("mtbf", mtbf.map(exponential)),
        ("schedule", schedule.map(|Schedule { first, every }| Trigger::Schedule { first, every })),
        (
            "trace",
            trace.map(|Trace { file, interval, duration, intensity, unit }| Trigger::Trace {
                file,
                interval,
                duration,
                intensity,
                unit,
            }),
        ),
    ];
    let mut given: Vec<(&str, Trigger)> = triggers.into_iter().filter_map(|(word, trigger)| Some((word, trigger?))).collect();
    match (given.pop(), given.pop()) {
        (Some((_, trigger)), None) => Ok(trigger),
        (Some((last, _)), Some((first, _))) => {
            Err(format!("`{first}` and `{last}` both say when it fails: keep one, and set the other to `null` in a patch"))
        }
        (None, _) => {
            Err("it does not say when it fails: one of `mttf`, `time_to_failure`, `schedule` and `trace` is needed".into())
        }
    }
}

/// The shortest mean time to failure: below it a year would hold a hundred million failures.
const SHORTEST: f64 = 0.001;

fn long_enough(time: Uncertain<Time>) -> bool {
    time.low() >= SHORTEST
}

fn clock<'de, D: Deserializer<'de>>(deserializer: D) -> Result<Option<Distribution>, D::Error> {
    let distribution = Distribution::deserialize(deserializer)?;
    match &distribution {
        Distribution::Constant(time) | Distribution::Exponential { mean: time } if !long_enough(*time) => Err(too_short()),
        _ => Ok(Some(distribution)),
    }
}

fn mean<'de, D: Deserializer<'de>>(deserializer: D) -> Result<Option<Uncertain<Time>>, D::Error> {
    let time = Uncertain::deserialize(deserializer)?;
    if long_enough(time) { Ok(Some(time)) } else { Err(too_short()) }
}

fn too_short<E: serde::de::Error>() -> E {
    E::custom("a time to failure must be at least 1ms")
}

fn period<'de, D: Deserializer<'de>>(deserializer: D) -> Result<Option<Time>, D::Error> {
    let time = Time::deserialize(deserializer)?;
    if time.0 >= 1.0 { Ok(Some(time)) } else { Err(serde::de::Error::custom("a schedule repeats after at least 1s")) }
}
