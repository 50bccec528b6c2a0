//! New versions of a service: how often, how often bad, how they are rolled out, and how they are taken back.

use schemars::JsonSchema;
use serde::Deserialize;

use crate::scenario::distribution::{Distribution, Uncertain};
use crate::scenario::failure::Effect;
use crate::units::{Fraction, Time};

/// New versions of a service.
#[derive(Debug, Clone, PartialEq, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields, expecting = "a map of words such as `every`, `bad` and `strategy`")]
pub struct Releases {
    /// The time from the begin of a release to that of the next, a duration or distribution. One that is due while another is
    /// under way begins when that is over.
    pub every: Distribution,
    /// The fraction of releases that are bad (change failure rate). Default: 0%.
    #[serde(default = "never")]
    pub bad: Uncertain<Fraction>,
    /// What a bad release does to the replicas that run it: `down`, or any of `{capacity, slower, errors}`. Default: down.
    #[serde(default = "down")]
    pub effect: Effect,
    /// How it is rolled out: `all_at_once`, `rolling`, `{blue_green: …}`, `{canary: …}`, `{staged: …}` or `{manual: …}`.
    /// Default: all at once.
    #[serde(default)]
    pub strategy: Strategy,
    /// How long going back takes, a duration or distribution. Default: 0s.
    #[serde(default = "Distribution::zero")]
    pub rollback: Distribution,
    /// The probability that going back works; where it does not, it is tried again, which takes as long again. Default: 100%.
    #[serde(default = "always")]
    pub rollback_works: Uncertain<Fraction>,
    /// How long a bad release that all replicas run goes unnoticed, a duration or distribution. Default: until it burns the error
    /// budget of the service's strictest objective fast enough to raise an alarm, or customers complain.
    pub detection: Option<Distribution>,
    /// How long it takes customers to make a bad release known that nothing else finds, a duration or distribution. Default: 4h.
    #[serde(default = "complaint")]
    pub customers: Distribution,
}

const fn never() -> Uncertain<Fraction> {
    Uncertain::Known(Fraction(0.0))
}

const fn always() -> Uncertain<Fraction> {
    Uncertain::Known(Fraction(1.0))
}

const fn down() -> Effect {
    Effect::Down
}

const fn complaint() -> Distribution {
    Distribution::Constant(Uncertain::Known(Time(4.0 * 3_600.0)))
}

const fn zero() -> Time {
    Time(0.0)
}

const fn minute() -> Time {
    Time(60.0)
}

const fn quarter() -> Fraction {
    Fraction(0.25)
}

/// How a release is rolled out.
#[derive(Debug, Clone, PartialEq, Deserialize, JsonSchema)]
#[serde(
    rename_all = "snake_case",
    deny_unknown_fields,
    expecting = "`all_at_once`, `rolling`, `{blue_green: …}`, `{canary: …}`, `{staged: …}` or `{manual: …}`"
)]
pub enum Strategy {
    /// Every replica at the same time.
    AllAtOnce {
        /// How long the service is down for it, a duration. Default: 0s.
        #[serde(default = "zero")]
        restart: Time,
    },
    /// A few replicas after the other.
    Rolling {
        /// How many replicas more than usual there may be, as a fraction of them, rounded up. Default: 25%.
        #[serde(default = "quarter")]
        surge: Fraction,
        /// How many replicas may be away, as a fraction of them, rounded down. Default: 25%.
        #[serde(default = "quarter")]
        unavailable: Fraction,
        /// How long a new replica takes until it serves, a duration. Default: 1m.
        #[serde(default = "minute")]
        ready: Time,
    },
    /// A second fleet, and a switch.
    BlueGreen {
        /// How long the old fleet stands by after the switch while the new one is watched, a duration; going back is at once
        /// until then.
        bake: Time,
        /// How long the new fleet takes until it can serve, a duration. Default: 0s.
        #[serde(default = "zero")]
        ready: Time,
        /// The fraction of errors above which it goes back. Default: it does not.
        abort_above: Option<Fraction>,
        /// It goes back where a test says that the new version has more errors than the old one: `{worse_at: 95%}`. Default: it
        /// does not.
        abort_if: Option<AbortIf>,
    },
    /// More and more of the traffic.
    Canary {
        /// The fraction of traffic in each step.
        steps: Vec<Fraction>,
        /// How long each step is watched, a duration.
        bake: Time,
        /// The fraction of errors above which it goes back. Default: it does not.
        abort_above: Option<Fraction>,
        /// It goes back where a test says that the new version has more errors than the old one: `{worse_at: 95%}`. Default: it
        /// does not.
        abort_if: Option<AbortIf>,
    },
    /// One zone after the other.
    Staged {
        /// How long each zone is watched before the next, a duration.
        bake: Time,
        /// The fraction of errors above which it goes back. Default: it does not.
        abort_above: Option<Fraction>,
        /// It goes back where a test says that the new version has more errors than the old one: `{worse_at: 95%}`. Default: it
        /// does not.
        abort_if: Option<AbortIf>,
    },
    /// By a person, who stays with it until it is done: it waits for one who is at work and free.
    Manual {
        /// The team of that person, a name under `teams`.
        team: String,
        /// The fraction of traffic in each step. Default: all at once.
        #[serde(default)]
        steps: Vec<Fraction>,
        /// How long each step is watched, a duration. Default: 0s.
        #[serde(default = "zero")]
        bake: Time,
        /// The fraction of errors above which the person goes back. Default: nobody does.
        abort_above: Option<Fraction>,
        /// The person goes back where a test says that the new version has more errors than the old one: `{worse_at: 95%}`.
        /// Default: nobody does.
        abort_if: Option<AbortIf>,
    },
}

impl Default for Strategy {
    fn default() -> Self {
        Self::AllAtOnce { restart: zero() }
    }
}

/// A test that compares the errors of the new version with those of the old one.
#[derive(Debug, Clone, Copy, PartialEq, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields, expecting = "a map like `{worse_at: 95%}`")]
pub struct AbortIf {
    /// The confidence of the one-sided two-proportion test: one good release in 20 fails it by bad luck at 95%.
    pub worse_at: Fraction,
}
