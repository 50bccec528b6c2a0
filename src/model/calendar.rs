//! The real calendar: windows of objectives, occurrences of a schedule, hours of local time.

use jiff::civil::DateTime;
use jiff::{SignedDuration, Span as Step, Zoned};

/// Most occurrences of anything by calendar.
const MOST: usize = 1_000_000;

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
    Err(format!("it occurs more than {MOST} times"))
}

/// Times from `first` on, one `every` so many seconds, within the horizon.
pub fn every(first: f64, every: f64, horizon: f64) -> Result<Vec<f64>, String> {
    let count = ((horizon - first) / every).ceil().max(0.0);
    if count > MOST as f64 {
        return Err(format!("it occurs more than {MOST} times"));
    }
    Ok((0..count as u64).map(|n| first + every * n as f64).filter(|time| *time < horizon).collect())
}

/// Local hours of work on some days of the week (0 = Monday; `days.1` before `days.0` goes over Sunday), from the start to
/// the horizon: (opens, closes) in seconds after the start, ascending, those that touch joined. `hours` are seconds after
/// midnight. The first may have opened before the start.
pub fn working_hours(start: &Zoned, horizon: f64, days: (u8, u8), hours: (u32, u32)) -> Result<Vec<(f64, f64)>, String> {
    let mut spans: Vec<(f64, f64)> = Vec::new();
    let mut date = start.date().yesterday().map_err(|error| error.to_string())?;
    loop {
        let midnight = date.at(0, 0, 0, 0);
        let at = |second: u32| {
            let moment = midnight.checked_add(SignedDuration::from_secs(i64::from(second)));
            local_seconds(start, moment.map_err(|error| error.to_string())?)
        };
        let (opens, closes) = (at(hours.0)?, at(hours.1)?);
        if opens >= horizon {
            return Ok(spans);
        }
        let day = date.weekday().to_monday_zero_offset().unsigned_abs();
        let works = (day + 7 - days.0) % 7 <= (days.1 + 7 - days.0) % 7;
        if works && closes > 0.0 {
            match spans.last_mut() {
                Some(last) if last.1 >= opens => last.1 = closes,
                _ => spans.push((opens, closes)),
            }
        }
        date = date.tomorrow().map_err(|error| error.to_string())?;
    }
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
