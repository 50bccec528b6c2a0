//! Objectives (SLOs) and, with credits, agreements (SLAs).

use crate::units::{Fraction, Money, Time};

#[derive(Debug, Clone, PartialEq)]
pub struct Objective {
    pub service: String,
    pub target: Fraction,
    /// Default: requests where traffic reaches the service, else time.
    pub counts: Option<Counts>,
    pub latency: Option<Latency>,
    pub window: Window, // default calendar month
    pub fee: Option<Money>,
    pub credits: Vec<Credit>,
    /// `planned`, or names of failures.
    pub excludes: Vec<String>,
}

#[derive(Debug, Clone, Copy, PartialEq)]
pub enum Counts {
    Requests,
    Time,
    Slices { slices: Time, good: Fraction },
}

#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Latency {
    pub below: Time,
    pub within: Fraction, // written `for`
}

#[derive(Debug, Clone, Copy, PartialEq)]
pub enum Window {
    CalendarMonth,
    CalendarQuarter,
    Rolling(Time),
}

#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Credit {
    pub below: Fraction,
    pub credit: Fraction,
}
