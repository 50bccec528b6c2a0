//! Quantities with their units: they parse what a scenario writes (`30s`, `99.95%`, `900/s`) and print themselves.
//!
//! Inside the program every quantity is a plain number in base units: seconds, events per second, fractions of 1.

/// A length of time in seconds: `250ms`, `30s`, `5m`, `2h`, `7d`, `4w`, `1mo` (365/12 d), `1y` (365 d).
#[derive(Debug, Clone, Copy, PartialEq, PartialOrd)]
pub struct Time(pub f64);

/// Events per second: `900/s`, `12/m`, `3/w`.
#[derive(Debug, Clone, Copy, PartialEq, PartialOrd)]
pub struct Rate(pub f64);

/// A fraction from 0 to 1: `99.95%` or `0.9995`.
#[derive(Debug, Clone, Copy, PartialEq, PartialOrd)]
pub struct Fraction(pub f64);

/// Relative growth in a length of time: `4%/mo`.
#[derive(Debug, Clone, Copy, PartialEq, PartialOrd)]
pub struct GrowthRate {
    /// The growth in one `per`: 0.04 for `4%/mo`.
    pub fraction: f64,
    /// The length of time it takes, in seconds.
    pub per: f64,
}

/// An amount in the scenario's currency: `0.20`.
#[derive(Debug, Clone, Copy, PartialEq, PartialOrd)]
pub struct Money(pub f64);

/// Money per second, written `0.34/h`.
#[derive(Debug, Clone, Copy, PartialEq, PartialOrd)]
pub struct MoneyPerTime(pub f64);

/// A positive number without a unit: a shape, a coefficient of variation, a factor.
#[derive(Debug, Clone, Copy, PartialEq, PartialOrd)]
pub struct Number(pub f64);
