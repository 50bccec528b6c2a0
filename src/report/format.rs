//! Numbers as people read them: units that fit the size, and no more digits than the interval supports.
//!
//! Every function gives plain text without markup. What was not observed is an en dash, never `NaN`.

use crate::stats::Estimate;

/// Printed in place of a number that is not there.
pub const NONE: &str = "–";

/// Plain numbers below are not told apart: a row of zeros is not read.
const TINY: f64 = 0.000_01;

/// What a number measures, and so how it is printed.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Unit {
    /// A number without a unit.
    Number,
    /// Something counted, in thousands: `12,345`.
    Count,
    /// A fraction of 1 printed as a percentage: `31 %`.
    Share,
    /// A fraction of 1 near 1, with as many nines as matter: `99.953 %`.
    Availability,
    /// Seconds, printed in the unit that fits: `43.2 min`.
    Duration,
    /// Events per second: `1,850/s`.
    Rate,
    /// An amount of money; the currency is said beside it.
    Money,
}

/// One number of a kind: `43.2 min`, `99.953 %`, `12,345`.
pub fn number(value: f64, unit: Unit) -> String {
    if value.is_nan() {
        return NONE.to_owned();
    }
    if value.is_infinite() {
        return if value > 0.0 { "unbounded".to_owned() } else { NONE.to_owned() };
    }
    match unit {
        Unit::Duration => duration(value),
        Unit::Number if value > 0.0 && value < TINY => format!("under {TINY}"),
        _ => {
            let (scale, suffix) = scale(value, unit);
            let shown = value * scale;
            let text = decimal(shown, decimals_alone(shown, unit));
            format!("{}{suffix}", if unit == Unit::Availability { trimmed(&text) } else { &text })
        }
    }
}

/// A value with its interval: `31 % (28–34)`; a bound where no value was seen: `at least 99.9 %`; an exact value alone.
pub fn estimate(e: &Estimate, unit: Unit) -> String {
    let finite = |x: Option<f64>| x.filter(|x| x.is_finite());
    match (finite(e.value), finite(e.low), finite(e.high)) {
        // What was not seen is a bound, not an interval around zero.
        (Some(0.0), Some(0.0), Some(high)) if high > 0.0 => format!("0{} (at most {})", scale(high, unit).1, number(high, unit)),
        (Some(v), _, Some(high)) if unit == Unit::Number && v >= 0.0 && high < TINY => number(v, unit),
        (Some(v), Some(low), Some(high)) if low < high => interval(v, low, high, unit, 0),
        (Some(v), ..) => number(v, unit),
        (None, Some(low), Some(high)) if is_fraction(unit) && high >= 1.0 => format!("at least {}", number(low, unit)),
        (None, Some(low), Some(high)) if low <= 0.0 => format!("at most {}", number(high, unit)),
        (None, Some(low), Some(high)) => format!("{} to {}", number(low, unit), number(high, unit)),
        (None, Some(low), None) => format!("at least {}", number(low, unit)),
        (None, None, Some(high)) => format!("at most {}", number(high, unit)),
        (None, None, None) => NONE.to_owned(),
    }
}

/// A difference with its interval, its sign and a digit more than the interval calls for, so that its ends show on which side of zero
/// they are: `+1.24 h (0.31–2.17)`. Those of shares are told in points: 31 % less 28 % are 3 points.
pub fn difference(e: &Estimate, unit: Unit) -> String {
    let text = match (e.value, e.low, e.high) {
        (Some(v), Some(low), Some(high)) if low < high && low.is_finite() && high.is_finite() => interval(v, low, high, unit, 1),
        _ => estimate(e, unit),
    };
    let text = if is_fraction(unit) { text.replace(" %", " points") } else { text };
    if e.value.is_some_and(|value| value > 0.0) { format!("+{text}") } else { text }
}

/// The value of an estimate alone, with the digits its interval supports.
pub fn value(e: &Estimate, unit: Unit) -> String {
    let text = estimate(e, unit);
    match text.split_once(" (") {
        Some((value, _)) => value.to_owned(),
        None => text,
    }
}

fn is_fraction(unit: Unit) -> bool {
    matches!(unit, Unit::Share | Unit::Availability)
}

/// With so many digits `finer` than the interval calls for.
fn interval(v: f64, low: f64, high: f64, unit: Unit, finer: i32) -> String {
    let (mut factor, mut suffix) = scale(v.abs().max(high.abs() * 0.25), unit);
    let half = (v - low).abs().max((high - v).abs());
    if v != 0.0 && (v * factor).abs() < 0.5 * 10f64.powi(-decimals_for(half * factor)) {
        // Small beside its interval: in the unit of its own size it is not rounded to nothing.
        (factor, suffix) = scale(v, unit);
    }
    let (v, low, high, half) = (v * factor, low * factor, high * factor, half * factor);
    let mut places = decimals_for(half) + finer;
    if v != 0.0 && v.abs() < 0.5 * 10f64.powi(-places) {
        places = decimals_significant(v, 1);
    }
    // A tight interval deserves its digits, but nobody reads more than six significant ones except behind nines.
    if unit != Unit::Availability {
        places = places.min(decimals_significant(v.abs().max(high.abs()), 4).max(0));
    } else if v < 100.0 {
        // Never round something that fails to `100 %`.
        places = places.max(decimals_significant(100.0 - v, 1));
    }
    let places = places.min(9);
    let (low, high) = (decimal(low, places), decimal(high, places));
    // Ends that look alike say nothing beside the value.
    let to = if low.starts_with('−') { " to " } else { "–" };
    if low == high { format!("{low}{suffix}") } else { format!("{}{suffix} ({low}{to}{high})", decimal(v, places)) }
}

/// A length of time: `250 ms`, `43.2 min`, `2 h 10 min`, `17.5 d`, `3.2 y`.
pub fn duration(seconds: f64) -> String {
    if !seconds.is_finite() {
        return number(seconds, Unit::Number);
    }
    let size = seconds.abs();
    let minutes = (size / 60.0).round();
    if (3600.0..86_400.0).contains(&size) {
        let sign = if seconds < 0.0 { "−" } else { "" };
        let (h, m) = ((minutes / 60.0).floor(), minutes % 60.0);
        return if m == 0.0 { format!("{sign}{h} h") } else { format!("{sign}{h} h {m} min") };
    }
    let (scale, suffix) = scale(seconds, Unit::Duration);
    let shown = seconds * scale;
    let places = if size < 60.0 && shown.fract() == 0.0 { 0 } else { decimals_significant(shown, 3).clamp(0, 3) };
    format!("{}{suffix}", trimmed(&decimal(shown, places)))
}

/// Thousands separated by commas and a fixed number of decimals: `12,345.6`.
///
/// Negative `places` round to tens, hundreds and so on.
pub fn decimal(value: f64, places: i32) -> String {
    let step = 10f64.powi(-places.min(0));
    let value = if places < 0 { (value / step).round() * step } else { value };
    let places = usize::try_from(places.max(0)).unwrap_or(0);
    let text = format!("{:.places$}", value.abs());
    let (whole, rest) = text.split_at(text.find('.').unwrap_or(text.len()));
    let mut grouped = String::with_capacity(text.len() + whole.len() / 3 + 1);
    if value < 0.0 && text.bytes().any(|b| (b'1'..=b'9').contains(&b)) {
        grouped.push('−');
    }
    for (i, digit) in whole.chars().enumerate() {
        if i > 0 && (whole.len() - i).is_multiple_of(3) {
            grouped.push(',');
        }
        grouped.push(digit);
    }
    grouped + rest
}

/// How a number is multiplied before it is printed, and what stands behind it.
fn scale(value: f64, unit: Unit) -> (f64, &'static str) {
    const YEAR: f64 = 365.0 * 86_400.0;
    match unit {
        Unit::Share | Unit::Availability => (100.0, " %"),
        Unit::Rate => (1.0, "/s"),
        Unit::Duration => match value.abs() {
            0.0 => (1.0, " s"),
            x if x < 1e-3 => (1e6, " µs"),
            x if x < 1.0 => (1e3, " ms"),
            x if x < 60.0 => (1.0, " s"),
            x if x < 3600.0 => (1.0 / 60.0, " min"),
            x if x < 86_400.0 => (1.0 / 3600.0, " h"),
            x if x < 3.0 * YEAR => (1.0 / 86_400.0, " d"),
            _ => (1.0 / YEAR, " y"),
        },
        Unit::Number | Unit::Count | Unit::Money => (1.0, ""),
    }
}

fn decimals_alone(shown: f64, unit: Unit) -> i32 {
    match unit {
        Unit::Count => i32::from(shown.abs() < 100.0 && shown.fract() != 0.0) * decimals_significant(shown, 2).max(0),
        Unit::Availability if shown >= 100.0 => 0,
        // The last two digits are of what fails: 99.953.
        Unit::Availability => decimals_significant(100.0 - shown, 2).clamp(0, 9),
        Unit::Share if shown.fract() == 0.0 => 0,
        Unit::Share => decimals_significant(shown, 2).clamp(0, 4),
        Unit::Money => {
            if shown.abs() < 100.0 && shown.fract() != 0.0 {
                2
            } else {
                0
            }
        }
        Unit::Number | Unit::Rate | Unit::Duration => {
            if shown.fract() == 0.0 {
                0
            } else {
                decimals_significant(shown, 3).clamp(0, 6)
            }
        }
    }
}

/// Decimals at which the first digit of `half`, the half-width of an interval, stands.
fn decimals_for(half: f64) -> i32 {
    if half > 0.0 && half.is_finite() { decimals_significant(half, 1) } else { 0 }
}

/// Decimals that show `digits` significant digits of a value; negative where they end before the point.
fn decimals_significant(value: f64, digits: i32) -> i32 {
    if value == 0.0 || !value.is_finite() {
        return 0;
    }
    // At most 308 in size, so the cast holds.
    let first = value.abs().log10().floor() as i32;
    digits - 1 - first
}

/// Without zeros at the end of the decimals.
fn trimmed(text: &str) -> &str {
    if text.contains('.') { text.trim_end_matches('0').trim_end_matches('.') } else { text }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn e(value: Option<f64>, low: Option<f64>, high: Option<f64>) -> Estimate {
        Estimate { value, low, high, level: 0.95, n: 10, method: "test" }
    }

    #[test]
    fn durations_take_the_unit_that_fits() {
        for (seconds, expected) in [
            (0.0, "0 s"),
            (0.25, "250 ms"),
            (0.000_012, "12 µs"),
            (30.0, "30 s"),
            (2592.0, "43.2 min"),
            (7200.0, "2 h"),
            (7800.0, "2 h 10 min"),
            (86_399.0, "24 h"),
            (1_512_000.0, "17.5 d"),
            (10.0 * 31_536_000.0, "10 y"),
            (f64::NAN, "–"),
            (f64::INFINITY, "unbounded"),
            (-90.0, "−1.5 min"),
        ] {
            assert_eq!(duration(seconds), expected, "{seconds}");
        }
    }

    #[test]
    fn availability_shows_the_nines_that_matter() {
        assert_eq!(number(0.99953, Unit::Availability), "99.953 %");
        assert_eq!(number(0.999_999_4, Unit::Availability), "99.99994 %");
        assert_eq!(number(1.0, Unit::Availability), "100 %");
        assert_eq!(number(0.5, Unit::Availability), "50 %");
        assert_eq!(estimate(&e(Some(0.99953), Some(0.9990), Some(0.9999)), Unit::Availability), "99.95 % (99.90–99.99)");
        assert_eq!(estimate(&e(None, Some(0.999), Some(1.0)), Unit::Availability), "at least 99.9 %");
    }

    #[test]
    fn digits_follow_the_interval() {
        assert_eq!(estimate(&e(Some(0.3124), Some(0.284), Some(0.342)), Unit::Share), "31 % (28–34)");
        assert_eq!(estimate(&e(Some(12_345.6), Some(12_001.0), Some(12_700.0)), Unit::Money), "12,300 (12,000–12,700)");
        assert_eq!(estimate(&e(Some(5.0), Some(5.0), Some(5.0)), Unit::Number), "5");
        assert_eq!(estimate(&e(Some(1800.0), Some(1500.0), Some(2100.0)), Unit::Duration), "30 min (25–35)");
        assert_eq!(estimate(&e(Some(0.0), Some(0.0), Some(0.0044)), Unit::Share), "0 % (at most 0.44 %)");
        assert_eq!(estimate(&e(None, Some(3600.0), None), Unit::Duration), "at least 1 h");
        assert_eq!(estimate(&e(None, None, None), Unit::Duration), "–");
        assert_eq!(estimate(&e(Some(-8.0), Some(-8.6), Some(-7.1)), Unit::Share), "−800 % (−860 to −710)");
        assert_eq!(estimate(&e(Some(0.9996), Some(0.0), Some(6.0)), Unit::Duration), "1 s (0–6)");
        assert_eq!(estimate(&e(Some(-8.0), Some(-8.6), Some(-7.1)), Unit::Share), "−800 % (−860 to −710)");
        assert_eq!(estimate(&e(Some(0.9996), Some(0.0), Some(6.0)), Unit::Duration), "1 s (0–6)");
        assert_eq!(estimate(&e(Some(1.2), Some(0.0), Some(2000.0)), Unit::Duration), "1 s (0–2,000)");
        assert_eq!(value(&e(Some(0.3124), Some(0.284), Some(0.342)), Unit::Share), "31 %");
    }

    #[test]
    fn differences_show_their_sign_and_on_which_side_of_zero_they_end() {
        assert_eq!(difference(&e(Some(-0.0103), Some(-0.0199), Some(-0.0007)), Unit::Share), "−1.03 points (−1.99 to −0.07)");
        assert_eq!(difference(&e(Some(4464.0), Some(1116.0), Some(7812.0)), Unit::Duration), "+1.24 h (0.31–2.17)");
        assert_eq!(difference(&e(Some(250.0), Some(250.0), Some(250.0)), Unit::Money), "+250");
        assert_eq!(difference(&e(None, None, None), Unit::Money), "–");
    }

    #[test]
    fn thousands_are_separated() {
        assert_eq!(decimal(1_234_567.891, 1), "1,234,567.9");
        assert_eq!(decimal(-0.001, 1), "0.0");
        assert_eq!(number(1234.0, Unit::Count), "1,234");
        assert_eq!(number(1850.0, Unit::Rate), "1,850/s");
    }
}
