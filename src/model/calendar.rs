//! The real calendar: windows of objectives, occurrences of a schedule, hours of local time.

use jiff::civil::DateTime;
use jiff::{SignedDuration, Span as Step, Zoned};

/// A window, in seconds after the start.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Span {
    /// Its begin, at the start at the earliest.
    pub from: f64,
    /// Its end, at the horizon at the latest.
    pub to: f64,
    /// It lies within the horizon as a whole.
    pub complete: bool,
}

/// Seconds from `start` to `moment`.
pub fn seconds(start: &Zoned, moment: &Zoned) -> f64 {
    moment.duration_since(start).as_secs_f64()
}

/// A local civil time in the zone of `start`, in seconds after the start.
pub fn local_seconds(start: &Zoned, civil: DateTime) -> Result<f64, String> {
    let zoned = civil.to_zoned(start.time_zone().clone()).map_err(|error| error.to_string())?;
    Ok(seconds(start, &zoned))
}

/// The calendar windows of `months` months that overlap the horizon, the first and last cut to it.
pub fn windows(start: &Zoned, horizon: f64, months: u32) -> Result<Vec<Span>, String> {
    let first = i32::from(start.month() - 1) / months as i32 * months as i32 + 1;
    let mut edge = start
        .with()
        .month(i8::try_from(first).unwrap_or(1))
        .day(1)
        .build()
        .and_then(|day| day.start_of_day())
        .map_err(|error| error.to_string())?;
    let mut spans = Vec::new();
    loop {
        let from = seconds(start, &edge);
        if from >= horizon {
            return Ok(spans);
        }
        edge = edge
            .checked_add(Step::new().months(i64::from(months)))
            .and_then(|day| day.start_of_day())
            .map_err(|error| error.to_string())?;
        let to = seconds(start, &edge);
        spans.push(Span { from: from.max(0.0), to: to.min(horizon), complete: from >= 0.0 && to <= horizon });
    }
}

/// Occurrences of a schedule within the horizon, ascending: at the same local time where `every` is whole days.
pub fn occurrences(start: &Zoned, horizon: f64, first: DateTime, every: Option<f64>) -> Result<Vec<f64>, String> {
    const MOST: usize = 1_000_000;
    const DAY: f64 = 86_400.0;
    let zone = start.time_zone().clone();
    let mut times = Vec::new();
    for n in 0..=MOST as i64 {
        let civil = match every {
            None if n > 0 => return Ok(times),
            None => first,
            Some(every) if every % DAY == 0.0 => {
                let days = (every / DAY) as i64 * n;
                first.checked_add(Step::new().try_days(days).map_err(|e| e.to_string())?).map_err(|error| error.to_string())?
            }
            Some(every) => {
                let moment = local_seconds(start, first)? + every * n as f64;
                if moment >= horizon {
                    return Ok(times);
                }
                if moment >= 0.0 {
                    times.push(moment);
                }
                continue;
            }
        };
        let moment = seconds(start, &civil.to_zoned(zone.clone()).map_err(|error| error.to_string())?);
        if moment >= horizon {
            return Ok(times);
        }
        if moment >= 0.0 {
            times.push(moment);
        }
    }
    Err(format!("the schedule occurs more than {MOST} times"))
}

/// Starts of the local hours from the start to the horizon: (seconds after the start, hour of the week from Monday).
pub fn hours(start: &Zoned, horizon: f64) -> Vec<(f64, usize)> {
    let mut hours = Vec::with_capacity((horizon / 3_600.0) as usize + 2);
    let mut at = 0.0;
    // The time to the first full local hour; zones differ from UTC by quarters of an hour, so every later edge follows.
    let into = f64::from(start.minute()) * 60.0 + f64::from(start.second()) + f64::from(start.subsec_nanosecond()) * 1e-9;
    let mut next = 3_600.0 - into;
    while at < horizon {
        let moment = start.checked_add(SignedDuration::from_secs_f64(at)).unwrap_or_else(|_| start.clone());
        let day = usize::from(moment.weekday().to_monday_zero_offset().unsigned_abs());
        hours.push((at, day * 24 + usize::from(moment.hour().unsigned_abs())));
        at = next;
        next += 3_600.0;
    }
    hours
}
