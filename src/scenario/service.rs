//! Services: replicas, what one replica can carry, what it calls, and when the service counts as up.

use indexmap::IndexMap;
use schemars::JsonSchema;
use serde::Deserialize;

use super::distribution::{Distribution, Uncertain};
use crate::units::{Fraction, GrowthRate, MoneyPerTime, Rate, Time};

mod autoscale;
mod call;
mod releases;
mod retries;
mod words;

pub use autoscale::{Autoscale, Floor, ScalingLimits};
pub use call::{Breaker, Call, TimedOut};
pub use releases::{AbortIf, Releases, Strategy};
pub use retries::{Backoff, Budget, Jitter, Retries};

/// A service: its replicas, what one of them can carry, what it calls, and when it counts as up.
#[derive(Debug, Clone, PartialEq, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields, expecting = "a service: a map of words such as `replicas` and `service_time`")]
pub struct Service {
    /// How much depends on it: `critical` or `standard`. Gives it an objective where it has none. Default: none.
    pub tier: Option<Tier>,
    /// How many replicas there are. Default: 1, and 0 where `up_when` or `external` is given.
    pub replicas: Option<u32>,
    /// Where replicas stand: `zones` (replica i in zone i mod n), or a list of zones or regions. Default: in no zone.
    pub spread: Option<Spread>,
    /// How long one request takes in one server of a replica, a duration or distribution.
    pub service_time: Option<Distribution>,
    /// How many requests one replica serves at the same time. Default: that of its `instance`, else 1.
    pub concurrency: Option<u32>,
    /// What one replica can carry, a rate from a load test, in place of `service_time` and `concurrency`.
    pub capacity: Option<Uncertain<Rate>>,
    /// Waiting places in one replica. Default: unlimited.
    pub queue: Option<u64>,
    /// How long a failed replica still gets its share of requests, a duration. Default: 0s.
    #[serde(default = "zero")]
    pub health_check: Time,
    /// How requests are spread over replicas: `random`, `round_robin`, `least_busy`, `shared_queue` or `{power_of: 2}`.
    /// Default: random.
    #[serde(default)]
    pub balance: Balance,
    /// Who of those that wait in a replica is served next: `fifo` (who came first), `lifo` (who came last), `priority` (whose
    /// priority is first, then who came first), or `processor_sharing` (all are served at the same time, each more slowly).
    /// Default: fifo.
    #[serde(default)]
    pub discipline: Discipline,
    /// When a request is turned away to keep the wait of the others short: `{queue: 50, age: 1s}`, either or both. Default:
    /// never.
    pub shed: Option<Shed>,
    /// How long the share of the requests of a replica that comes back grows until it is that of the others, a duration.
    /// Default: 0s, at once.
    #[serde(default = "zero")]
    pub slow_start: Time,
    /// What one replica costs, money per time like `0.34/h`. Default: the `price` of its `instance`, else nothing.
    pub cost: Option<Uncertain<MoneyPerTime>>,
    /// The kind of machine a replica runs on, a name under `instances`. Default: none.
    pub instance: Option<String>,
    /// For how many replicas the `reserved` price of the instance is paid all the time, whether there are so many or not; those
    /// beyond cost what one costs while it is there. Default: 0.
    pub reserved: Option<u32>,
    /// What a replica has so much of, beside its concurrency: disk, connections. Default: nothing.
    #[serde(default)]
    pub resources: IndexMap<String, Resource>,
    /// How many replicas have to be up for the service to be up (k of n). Default: 1.
    pub needs: Option<u32>,
    /// A tree that says when it is up: `{any: [a, {all: [b, {at_least: 2, of: [c, d]}]}]}`.
    pub up_when: Option<UpWhen>,
    /// Of the replicas, how many wait to take over: `{hot: 1}`, `{cold: 1}` or `{warm: {count: 1, rate: 30%}}`.
    pub standby: Option<Standby>,
    /// The services it calls for each request, in order. Default: none.
    #[serde(default)]
    pub calls: Vec<Call>,
    /// How the number of replicas follows the load; `replicas` is then how many there are at the start. Default: it does not.
    pub autoscale: Option<Autoscale>,
    /// New versions: how often, how often bad, and how they are rolled out. Default: none.
    pub releases: Option<Releases>,
    /// A dependency known by its SLA alone: `{availability: 99.95%, outage: 1h}`.
    pub external: Option<External>,
    /// What becomes of requests in a replica that fails: `fail`, `restart` (elsewhere) or `resume` (after the repair).
    /// Default: fail.
    #[serde(default)]
    pub interrupted: Interrupted,
    /// What becomes of requests while no replica is up: `fail` or `wait`. Default: fail.
    #[serde(default)]
    pub while_down: WhileDown,
}

const fn zero() -> Time {
    Time(0.0)
}

/// How much depends on a service.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Deserialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
pub enum Tier {
    /// 99.9% good, requests under 2 s.
    Critical,
    /// 99.5% good, requests under 5 s.
    Standard,
}

/// Where replicas stand: `zones` (all of them, replica i in zone i mod n), or a list of names of zones or regions.
#[derive(Debug, Clone, PartialEq)]
pub enum Spread {
    /// Over all zones.
    Zones,
    /// Over these.
    Over(Vec<String>),
}

/// How requests are spread over replicas.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Deserialize, JsonSchema)]
#[serde(rename_all = "snake_case", expecting = "`random`, `round_robin`, `least_busy`, `shared_queue` or `{power_of: 2}`")]
pub enum Balance {
    /// Any replica, by chance.
    #[default]
    Random,
    /// One after the other.
    RoundRobin,
    /// The one with the fewest requests.
    LeastBusy,
    /// One queue for all replicas.
    SharedQueue,
    /// The less busy of so many chosen by chance.
    PowerOf(u32),
}

/// Who of those that wait in a replica is served next.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Deserialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
pub enum Discipline {
    /// Who came first.
    #[default]
    Fifo,
    /// Who came last.
    Lifo,
    /// Whose priority is first, then who came first.
    Priority,
    /// All are served at the same time, each more slowly.
    ProcessorSharing,
}

/// When a request is turned away to keep the wait of the others short.
#[derive(Debug, Clone, Copy, PartialEq, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields, expecting = "a map with `queue`, `age` or both")]
pub struct Shed {
    /// A request is turned away where so many already wait in its replica, at least 1. Default: none is.
    pub queue: Option<u64>,
    /// A request that has waited longer than this is dropped when its turn comes, a duration. Default: none is.
    pub age: Option<Time>,
}

/// What becomes of requests in a replica that fails.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Deserialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
pub enum Interrupted {
    /// They fail.
    #[default]
    Fail,
    /// They begin again in another replica.
    Restart,
    /// They go on after the repair.
    Resume,
}

/// What becomes of requests while no replica is up.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Deserialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
pub enum WhileDown {
    /// They fail.
    #[default]
    Fail,
    /// They wait.
    Wait,
}

/// A tree that says when a service is up.
#[derive(Debug, Clone, PartialEq)]
pub enum UpWhen {
    /// A service, up or not.
    Service(String),
    /// Enough replicas that are up over the services listed.
    AtLeast {
        /// How many.
        at_least: u32,
        /// Of which services.
        of: Vec<String>,
    },
    /// One of these is enough.
    Any(Vec<UpWhen>),
    /// All of these are needed.
    All(Vec<UpWhen>),
}

/// Replicas that wait to take over.
#[derive(Debug, Clone, PartialEq, Deserialize)]
#[serde(try_from = "words::StandbyForm")]
pub struct Standby {
    /// How many, and how they age.
    pub mode: StandbyMode,
    /// How long taking over takes; default 0.
    pub switch_time: Distribution,
    /// The probability that it works; default 100%.
    pub switch_works: Uncertain<Fraction>,
    /// Whether a repaired replica becomes active again.
    pub failback: bool,
    /// The tests that find what failed while it waited; absent: it is noticed as that of an active one.
    pub test: Option<super::failure::Inspection>,
}

/// How waiting replicas age.
#[derive(Debug, Clone, Copy, PartialEq)]
pub enum StandbyMode {
    /// As the active ones do.
    Hot(u32),
    /// Not at all.
    Cold(u32),
    /// More slowly.
    Warm {
        /// How many wait.
        count: u32,
        /// The fraction of the active ones' hazard.
        rate: Uncertain<Fraction>,
    },
}

/// A dependency known by its SLA alone: up a long-run fraction `availability` of the time, outages exponential of mean
/// `outage`.
#[derive(Debug, Clone, PartialEq, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields, expecting = "a map with `availability` and `outage`")]
pub struct External {
    /// The fraction of time that it is up in the long run.
    pub availability: Uncertain<Fraction>,
    /// The mean length of an outage, a duration. Default: 1h.
    #[serde(default = "hour")]
    pub outage: Uncertain<Time>,
}

const fn hour() -> Uncertain<Time> {
    Uncertain::Known(Time(3600.0))
}

/// Something a replica has so much of, in any unit.
#[derive(Debug, Clone, PartialEq, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields, expecting = "a resource like `{size: 2000, used: 600, growth: 4%/mo}`")]
pub struct Resource {
    /// How much there is.
    pub size: f64,
    /// How much is used at the start. Default: 0.
    #[serde(default)]
    pub used: f64,
    /// How what is used grows, like `4%/mo`. Default: not at all.
    pub growth: Option<Uncertain<GrowthRate>>,
    /// How much a request uses while it is served.
    pub per_request: Option<f64>,
}
