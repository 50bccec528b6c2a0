//! Traffic sources: who asks, how often, and how that changes over time.

use std::path::PathBuf;

use super::distribution::Uncertain;
use crate::units::{GrowthRate, Number, Rate, Time};

/// A source of requests to one service.
#[derive(Debug, Clone, PartialEq)]
pub struct Traffic {
    pub to: String,
    /// Mean rate at the start; exactly one of `rate` and `series`.
    pub rate: Option<Uncertain<Rate>>,
    pub series: Option<Series>,
    pub growth: Option<Growth>,
    /// 24 relative numbers, scaled to mean 1; at most one of `daily` and `weekly`.
    pub daily: Option<Vec<f64>>,
    /// 168 relative numbers from Monday 00:00, scaled to mean 1.
    pub weekly: Option<Vec<f64>>,
    pub surges: Vec<Surge>,
}

#[derive(Debug, Clone, Copy, PartialEq)]
pub enum Growth {
    /// (1 + g)^(t / per).
    Compound(Uncertain<GrowthRate>),
    /// 1 + g t / per, of the first rate.
    Linear(Uncertain<GrowthRate>),
}

#[derive(Debug, Clone, PartialEq)]
pub struct Surge {
    pub name: Option<String>,
    pub at: jiff::civil::DateTime,
    pub lasts: Time,
    pub times: Uncertain<Number>,
}

/// A measured series: `value` events in each `per`, repeated after its end.
#[derive(Debug, Clone, PartialEq)]
pub struct Series {
    pub file: PathBuf,
    pub time: String,
    pub value: String,
    pub per: Time,
    pub after: After,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum After {
    Repeat,
    Extend,
}
