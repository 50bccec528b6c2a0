//! Ticks of the calendar and the clock.

use jiff::{Span, ToSpan, Zoned, civil};

use super::scale::Tick;
use crate::report::chart::after;

/// Steps of the clock, seconds, for spans of less than some hours.
const STEPS: [i64; 14] = [1, 2, 5, 10, 15, 30, 60, 120, 300, 600, 900, 1_800, 3_600, 7_200];
const DAY: f64 = 86_400.0;

/// Ticks between two times, in seconds after `start`: round in its time zone.
pub fn ticks(start: &Zoned, from: f64, to: f64) -> Vec<Tick> {
    let days = (to - from) / DAY;
    let (step, format) = step(days);
    let first = after(start, from).datetime();
    let mut at = first.date().to_datetime(civil::Time::midnight());
    if days <= 0.3 {
        // From the last round time before the first: midnight is too far back for steps of seconds.
        let (length, passed) = (seconds(&step), first.duration_since(at).as_secs());
        at = at.checked_add((passed / length * length).seconds()).unwrap_or(at);
    } else if days > 1200.0 {
        at = at.date().first_of_year().to_datetime(civil::Time::midnight());
    } else if days > 80.0 {
        at = at.date().first_of_month().to_datetime(civil::Time::midnight());
    }
    let (mut ticks, mut year) = (Vec::new(), None);
    for _ in 0..64 {
        let Ok(instant) = at.to_zoned(start.time_zone().clone()) else { break };
        let seconds = start.timestamp().duration_until(instant.timestamp()).as_secs_f64();
        if seconds > to {
            break;
        }
        if seconds >= from {
            // The year is said where it begins.
            let with_year = days > 2.5 && days <= 1200.0 && year != Some(at.year());
            year = Some(at.year());
            let label = at.strftime(if with_year { "%b %Y" } else { format }).to_string();
            let label = if with_year && days <= 80.0 { at.strftime("%-d %b %Y").to_string() } else { label };
            ticks.push(Tick { at: seconds, label: Some(label) });
        }
        let Ok(next) = at.checked_add(step) else { break };
        at = next;
    }
    ticks
}

/// How far apart ticks are over so many days, and how they are written.
fn step(days: f64) -> (Span, &'static str) {
    match days {
        d if d <= 0.3 => {
            let least = d * DAY / 8.0;
            let step = STEPS.into_iter().find(|step| *step as f64 >= least).unwrap_or(7_200);
            (step.seconds(), if step < 60 { "%H:%M:%S" } else { "%H:%M" })
        }
        d if d <= 2.5 => (6.hours(), "%-d %b %H:%M"),
        d if d <= 12.0 => (1.days(), "%-d %b"),
        d if d <= 80.0 => (7.days(), "%-d %b"),
        d if d <= 400.0 => (1.months(), "%b"),
        d if d <= 1200.0 => (3.months(), "%b"),
        _ => (1.years(), "%Y"),
    }
}

/// The length of a step of the clock.
fn seconds(step: &Span) -> i64 {
    step.get_seconds().max(1)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn labels(start: &str, from: f64, to: f64) -> Vec<String> {
        let start: Zoned = start.parse().unwrap();
        ticks(&start, from, to).into_iter().filter_map(|t| t.label).collect()
    }

    #[test]
    fn short_spans_have_ticks_of_the_clock() {
        let start = "2026-01-01T09:07:12[Europe/Berlin]";
        assert_eq!(labels(start, 0.0, 600.0), ["09:08", "09:10", "09:12", "09:14", "09:16"]);
        assert_eq!(
            labels(start, 0.0, 40.0),
            ["09:07:15", "09:07:20", "09:07:25", "09:07:30", "09:07:35", "09:07:40", "09:07:45", "09:07:50"]
        );
        assert_eq!(labels(start, 0.0, 3_600.0), ["09:10", "09:20", "09:30", "09:40", "09:50", "10:00"]);
        assert_eq!(labels(start, 0.0, 4.0 * 3_600.0), ["09:30", "10:00", "10:30", "11:00", "11:30", "12:00", "12:30", "13:00"]);
        assert_eq!(labels(start, 0.0, 6.5 * 3_600.0), ["10:00", "11:00", "12:00", "13:00", "14:00", "15:00"]);
    }
}
