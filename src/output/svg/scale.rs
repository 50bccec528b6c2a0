//! Axes: from values to positions between 0 and 1, and where the ticks stand.

use jiff::Zoned;

use super::calendar;
use crate::report::format::{decimal, number};
use crate::report::{Axis, Scale, Unit};

/// A tick: its value, and its label where it has one.
#[derive(Debug, Clone, PartialEq)]
pub struct Tick {
    /// Its value.
    pub at: f64,
    /// What stands beside it; absent on small ticks between others.
    pub label: Option<String>,
}

/// An axis with its ends known.
#[derive(Debug)]
pub struct Span<'a> {
    axis: &'a Axis,
    /// Ends in the scale's own measure.
    from: f64,
    to: f64,
    /// From the lowest to the highest.
    pub ticks: Vec<Tick>,
}

impl<'a> Span<'a> {
    /// The axis wide enough for `values`, with about `wanted` ticks.
    pub fn new(axis: &'a Axis, values: impl Iterator<Item = f64>, wanted: usize) -> Self {
        let mut span = Self { axis, from: f64::INFINITY, to: f64::NEG_INFINITY, ticks: Vec::new() };
        let mut perfect = false;
        for value in values.chain(axis.least).chain(axis.most) {
            let at = measure(&axis.scale, value);
            perfect |= at == f64::INFINITY;
            if at.is_finite() {
                (span.from, span.to) = (span.from.min(at), span.to.max(at));
            }
        }
        if span.from > span.to {
            (span.from, span.to) = (0.0, 1.0);
        }
        // A limit of the axis cuts what lies beyond it.
        if let Some(least) = axis.least.map(|v| measure(&axis.scale, v)).filter(|v| v.is_finite()) {
            span.from = least;
        }
        if let Some(most) = axis.most.map(|v| measure(&axis.scale, v)).filter(|v| v.is_finite()) {
            span.to = most;
        }
        match &axis.scale {
            Scale::Linear => span.linear(wanted),
            Scale::Logarithmic => span.logarithmic(),
            Scale::Nines => span.nines(perfect),
            Scale::Time(start) => span.time(start),
            Scale::Names(names) => span.names(names),
        }
        span
    }

    /// Where a value stands, cut at the ends.
    pub fn position(&self, value: f64) -> f64 {
        let at = measure(&self.axis.scale, value);
        if at.is_nan() || self.to <= self.from {
            return 0.0;
        }
        ((at - self.from) / (self.to - self.from)).clamp(0.0, 1.0)
    }

    fn linear(&mut self, wanted: usize) {
        let unit = self.axis.unit;
        if self.to <= self.from {
            self.to = self.from + if self.from == 0.0 { 1.0 } else { self.from.abs() * 0.1 };
        }
        let step = step((self.to - self.from) / wanted.max(1) as f64, unit);
        let (first, last) = ((self.from / step + 1e-9).floor(), (self.to / step - 1e-9).ceil());
        // Limits of the axis stay where they are; ends that follow the values move out to a tick.
        let first = if self.axis.least.is_some() {
            (self.from / step - 1e-9).ceil()
        } else {
            self.from = first * step;
            first
        };
        let last = if self.axis.most.is_some() {
            (self.to / step + 1e-9).floor()
        } else {
            self.to = last * step;
            last
        };
        let mut k = first;
        while k <= last && self.ticks.len() < 50 {
            self.ticks.push(Tick { at: k * step, label: Some(linear_label(k * step, step, unit)) });
            k += 1.0;
        }
    }

    fn logarithmic(&mut self) {
        let room = ((self.to - self.from) * 0.03).max(0.02);
        if self.axis.least.is_none() {
            self.from -= room;
        }
        if self.axis.most.is_none() {
            self.to += room;
        }
        let candidates: Vec<f64> = if self.axis.unit == Unit::Duration {
            const MINUTE: f64 = 60.0;
            const HOUR: f64 = 3600.0;
            const DAY: f64 = 86_400.0;
            let factors: &[f64] = if self.to - self.from < 1.8 { &[1.0, 2.0, 5.0] } else { &[1.0] };
            let short = (-6..=1).flat_map(|k| factors.iter().map(move |f| f * 10f64.powi(k))).filter(|t| *t < 30.0);
            let long = [MINUTE, 10.0 * MINUTE, HOUR, 6.0 * HOUR, DAY, 7.0 * DAY, 30.0 * DAY, 365.0 * DAY, 3650.0 * DAY];
            short.chain(long).collect()
        } else {
            let factors: &[f64] = if self.to - self.from < 2.5 { &[1.0, 2.0, 5.0] } else { &[1.0] };
            (-12..=15).flat_map(|k| factors.iter().map(move |f| f * 10f64.powi(k))).collect()
        };
        let label =
            |v| if self.axis.unit == Unit::Duration { number(v, Unit::Duration) } else { linear_label(v, v, self.axis.unit) };
        let (from, to) = (self.from, self.to);
        self.ticks = candidates
            .into_iter()
            .filter(|v| (from..=to).contains(&v.log10()))
            .map(|v| Tick { at: v, label: Some(label(v)) })
            .collect();
    }

    fn nines(&mut self, perfect: bool) {
        self.from =
            if self.to - self.from > 1.5 || self.from.fract() < 0.35 { self.from.floor() } else { self.from.floor() + 0.3 };
        self.to = (self.to + 0.05).max(self.from + 0.7);
        let dense = self.to - self.from < 2.2;
        let last = self.to;
        // What never failed stands at the end, a little apart.
        if perfect {
            self.to += (self.to - self.from) * 0.12;
            self.ticks.push(Tick { at: 1.0, label: Some("100 %".to_owned()) });
        }
        for nine in 0..=12 {
            for (failing, labelled) in [(1.0, true), (0.5, dense)] {
                let unavailability = failing * 10f64.powi(-nine);
                let at = -unavailability.log10();
                if at < self.from - 1e-9 || at > last + 1e-9 {
                    continue;
                }
                let places = nine - 2 + i32::from(failing < 1.0);
                let label = labelled.then(|| format!("{} %", decimal(100.0 * (1.0 - unavailability), places.max(0))));
                self.ticks.push(Tick { at: 1.0 - unavailability, label });
            }
        }
    }

    fn time(&mut self, start: &Zoned) {
        if self.to <= self.from {
            self.to = self.from + 86_400.0;
        }
        self.ticks = calendar::ticks(start, self.from, self.to);
    }

    fn names(&mut self, names: &[String]) {
        let at = |i: usize| i as f64;
        (self.from, self.to) = (-0.5, at(names.len().max(1)) - 0.5);
        self.ticks = names.iter().enumerate().map(|(i, n)| Tick { at: at(i), label: Some(n.clone()) }).collect();
    }
}

fn measure(scale: &Scale, value: f64) -> f64 {
    match scale {
        Scale::Linear | Scale::Time(_) | Scale::Names(_) => value,
        Scale::Logarithmic => value.log10(),
        Scale::Nines => -(1.0 - value).log10() + 0.0,
    }
}

/// The least round step of at least `least`.
fn step(least: f64, unit: Unit) -> f64 {
    const DURATIONS: [f64; 17] = [
        1.0, 2.0, 5.0, 10.0, 30.0, 60.0, 120.0, 300.0, 600.0, 1200.0, 1800.0, 3600.0, 7200.0, 10_800.0, 21_600.0, 43_200.0,
        86_400.0,
    ];
    if unit == Unit::Duration && (1.0..86_400.0).contains(&least) {
        return DURATIONS.into_iter().find(|d| *d >= least).unwrap_or(86_400.0);
    }
    let base = if unit == Unit::Duration && least >= 86_400.0 { 86_400.0 } else { 1.0 };
    let power = 10f64.powf((least / base).log10().floor());
    [1.0, 2.0, 5.0, 10.0].into_iter().map(|f| f * power * base).find(|s| *s >= least * 0.999).unwrap_or(least)
}

fn linear_label(value: f64, step: f64, unit: Unit) -> String {
    let places = |step: f64| {
        // At most 308.
        let places = -(step.abs().log10() + 1e-9).floor() as i32;
        places.clamp(0, 9)
    };
    match unit {
        Unit::Duration => {
            let (divisor, name) = match step {
                s if s >= 86_400.0 => (86_400.0, " d"),
                s if s >= 3600.0 => (3600.0, " h"),
                s if s >= 60.0 => (60.0, " min"),
                s if s >= 1.0 => (1.0, " s"),
                _ => (1e-3, " ms"),
            };
            if value == 0.0 { "0".to_owned() } else { format!("{}{name}", decimal(value / divisor, places(step / divisor))) }
        }
        Unit::Share | Unit::Availability => format!("{} %", decimal(value * 100.0, places(step * 100.0))),
        Unit::Rate | Unit::Number | Unit::Count | Unit::Money => decimal(value, places(step)),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn labels(unit: Unit, scale: Scale, values: &[f64]) -> Vec<String> {
        let axis = Axis { label: String::new(), column: String::new(), unit, scale, least: None, most: None };
        Span::new(&axis, values.iter().copied(), 6).ticks.into_iter().filter_map(|t| t.label).collect()
    }

    #[test]
    fn ticks_are_round() {
        assert_eq!(labels(Unit::Number, Scale::Linear, &[0.0, 47.0]), ["0", "10", "20", "30", "40", "50"]);
        assert_eq!(
            labels(Unit::Duration, Scale::Linear, &[0.0, 9000.0]),
            ["0", "30 min", "60 min", "90 min", "120 min", "150 min"]
        );
        assert_eq!(labels(Unit::Share, Scale::Linear, &[0.0, 1.0]), ["0 %", "20 %", "40 %", "60 %", "80 %", "100 %"]);
        assert_eq!(labels(Unit::Duration, Scale::Logarithmic, &[30.0, 7200.0]), ["1 min", "10 min", "1 h"]);
        assert_eq!(
            labels(Unit::Availability, Scale::Nines, &[0.9991, 0.99999]),
            ["99.9 %", "99.95 %", "99.99 %", "99.995 %", "99.999 %"]
        );
        assert_eq!(labels(Unit::Availability, Scale::Nines, &[1.0]).first().map(String::as_str), Some("100 %"));
    }

    #[test]
    fn months_of_a_year_have_names() {
        let start: Zoned = "2026-01-01T00:00[Europe/Berlin]".parse().unwrap();
        let labels = labels(Unit::Duration, Scale::Time(start), &[0.0, 364.0 * 86_400.0]);
        assert_eq!(labels.first().map(String::as_str), Some("Jan 2026"));
        assert_eq!(labels.last().map(String::as_str), Some("Dec"));
        assert_eq!(labels.len(), 12);
    }

    #[test]
    fn nothing_and_nonsense_do_no_harm() {
        for scale in [Scale::Linear, Scale::Logarithmic, Scale::Nines] {
            let axis = Axis { label: String::new(), column: String::new(), unit: Unit::Number, scale, least: None, most: None };
            for values in [vec![], vec![f64::NAN], vec![f64::INFINITY], vec![0.0, 0.0], vec![-1.0]] {
                let span = Span::new(&axis, values.iter().copied(), 6);
                assert!((0.0..=1.0).contains(&span.position(0.3)), "{values:?}");
                assert!((0.0..=1.0).contains(&span.position(f64::NAN)));
            }
        }
    }
}
