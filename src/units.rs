//! Quantities with their units: they parse what a scenario writes (`30s`, `99.95%`, `900/s`) and print themselves.
//!
//! Inside the program every quantity is a plain number in base units: seconds, events per second, fractions of 1.
//! What a quantity prints, it parses again to the same number.

use std::fmt;
use std::str::FromStr;

mod serde;

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

/// Why a text is not the quantity that was expected, and what would be.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("{0}")]
pub struct QuantityError(String);

/// What all quantities share: how they are written, and where an uncertain one may lie.
pub trait Quantity: Copy + FromStr<Err = QuantityError> + fmt::Display {
    /// The form, for messages: `a duration like ...`.
    const FORM: &'static str;
    /// Where an interval for an uncertain value may lie; its ends are not part of it.
    const RANGE: (f64, f64);
    /// The value by which two of the same kind are compared.
    fn value(self) -> f64;
}

const MINUTE: f64 = 60.0;
const HOUR: f64 = 3_600.0;
const DAY: f64 = 86_400.0;
const MONTH: f64 = 365.0 / 12.0 * DAY;
const YEAR: f64 = 365.0 * DAY;

/// The longest duration: about 31,000 years.
const LONGEST: f64 = 1e12;
/// The largest number of any other kind.
const LARGEST: f64 = 1e15;

/// The units of time, the longest first.
const UNITS: [(&str, f64); 8] =
    [("y", YEAR), ("mo", MONTH), ("w", 7.0 * DAY), ("d", DAY), ("h", HOUR), ("m", MINUTE), ("s", 1.0), ("ms", 0.001)];

fn unit_seconds(unit: &str) -> Option<f64> {
    UNITS.iter().find(|(name, _)| *name == unit).map(|(_, seconds)| *seconds)
}

/// The first characters of what the user wrote: a message need not repeat a megabyte.
fn quoted(text: &str) -> String {
    let short: String = text.chars().take(40).collect();
    if short.len() < text.len() { format!("`{short}…`") } else { format!("`{short}`") }
}

fn wrong<T: Quantity>(text: &str, why: &str) -> QuantityError {
    QuantityError(format!("{} {why}: expected {}", quoted(text), T::FORM))
}

/// Splits `12.5ms` after the number.
fn split_number(text: &str) -> Option<(f64, &str)> {
    let digits = |s: &str| s.bytes().take_while(u8::is_ascii_digit).count();
    let sign = usize::from(text.starts_with(['-', '+']));
    let whole = digits(&text[sign..]);
    let mut end = sign + whole;
    let mut decimals = 0;
    if text[end..].starts_with('.') {
        decimals = digits(&text[end + 1..]);
        end += 1 + decimals;
    }
    if whole + decimals == 0 {
        return None;
    }
    let rest = &text[end..];
    if rest.starts_with(['e', 'E']) {
        let sign = usize::from(rest[1..].starts_with(['-', '+']));
        let power = digits(&rest[1 + sign..]);
        if power > 0 {
            end += 1 + sign + power;
        }
    }
    let number = text[..end].parse::<f64>().ok().filter(|n| n.is_finite())?;
    Some((number, &text[end..]))
}

/// A number that is at least 0 and within the limits, and what follows it.
fn positive<T: Quantity>(text: &str) -> Result<(f64, &str), QuantityError> {
    let (number, rest) = split_number(text).ok_or_else(|| wrong::<T>(text, "is not a number with a unit"))?;
    if number < 0.0 || text.starts_with('-') {
        return Err(wrong::<T>(text, "is negative"));
    }
    if number > LARGEST {
        return Err(wrong::<T>(text, "is too large"));
    }
    Ok((number, rest))
}

/// A hundredth of a number, rounded once: `99.9%` is 0.999, which dividing would miss in the last bit.
fn hundredth(number: f64, written: &str) -> f64 {
    format!("{written}e-2").parse().unwrap_or(number / 100.0)
}

/// The unit of time after the stroke in `900/s`.
fn per<T: Quantity>(text: &str, rest: &str) -> Result<f64, QuantityError> {
    let Some(unit) = rest.strip_prefix('/') else {
        return Err(wrong::<T>(text, "does not say per what time"));
    };
    unit_seconds(unit).ok_or_else(|| wrong::<T>(text, &format!("has the unknown unit of time {}", quoted(unit))))
}

impl FromStr for Time {
    type Err = QuantityError;
    fn from_str(text: &str) -> Result<Self, QuantityError> {
        let (number, unit) = positive::<Self>(text)?;
        if unit.is_empty() {
            return Err(wrong::<Self>(text, "has no unit"));
        }
        let Some(seconds) = unit_seconds(unit) else {
            let why = format!("has the unknown unit {}", quoted(unit.trim()));
            return Err(wrong::<Self>(text, &why));
        };
        if number * seconds > LONGEST {
            return Err(wrong::<Self>(text, "is longer than 30,000 years"));
        }
        Ok(Self(number * seconds))
    }
}

impl FromStr for Rate {
    type Err = QuantityError;
    fn from_str(text: &str) -> Result<Self, QuantityError> {
        let (number, rest) = positive::<Self>(text)?;
        Ok(Self(number / per::<Self>(text, rest)?))
    }
}

impl FromStr for MoneyPerTime {
    type Err = QuantityError;
    fn from_str(text: &str) -> Result<Self, QuantityError> {
        let (number, rest) = positive::<Self>(text)?;
        Ok(Self(number / per::<Self>(text, rest)?))
    }
}

impl FromStr for Fraction {
    type Err = QuantityError;
    fn from_str(text: &str) -> Result<Self, QuantityError> {
        let (number, rest) = positive::<Self>(text)?;
        let fraction = match rest {
            "" => number,
            "%" => hundredth(number, &text[..text.len() - 1]),
            _ => return Err(wrong::<Self>(text, "is not a fraction")),
        };
        if fraction > 1.0 {
            return Err(wrong::<Self>(text, "is more than 1 (100%)"));
        }
        Ok(Self(fraction))
    }
}

impl FromStr for GrowthRate {
    type Err = QuantityError;
    fn from_str(text: &str) -> Result<Self, QuantityError> {
        let (number, rest) = split_number(text).ok_or_else(|| wrong::<Self>(text, "is not a growth"))?;
        let (fraction, rest) = match rest.strip_prefix('%') {
            Some(after) => (hundredth(number, &text[..text.len() - rest.len()]), after),
            None => (number, rest),
        };
        let per = per::<Self>(text, rest)?;
        if fraction <= -1.0 {
            return Err(wrong::<Self>(text, "loses everything at once"));
        }
        if fraction > 1000.0 {
            return Err(wrong::<Self>(text, "is more than a thousandfold"));
        }
        Ok(Self { fraction, per })
    }
}

impl FromStr for Money {
    type Err = QuantityError;
    fn from_str(text: &str) -> Result<Self, QuantityError> {
        match positive::<Self>(text)? {
            (amount, "") => Ok(Self(amount)),
            _ => Err(wrong::<Self>(text, "is not an amount")),
        }
    }
}

impl FromStr for Number {
    type Err = QuantityError;
    fn from_str(text: &str) -> Result<Self, QuantityError> {
        match positive::<Self>(text)? {
            (0.0, "") => Err(wrong::<Self>(text, "is not above 0")),
            (number, "") => Ok(Self(number)),
            _ => Err(wrong::<Self>(text, "is not a plain number")),
        }
    }
}

macro_rules! quantity {
    ($type:ident, $form:literal, $range:expr) => {
        impl Quantity for $type {
            const FORM: &'static str = $form;
            const RANGE: (f64, f64) = $range;
            fn value(self) -> f64 {
                self.0
            }
        }
    };
}

const POSITIVE: (f64, f64) = (0.0, f64::INFINITY);

quantity!(Time, "a duration like `250ms`, `30s`, `5m`, `2h`, `7d`, `4w`, `1mo` or `1y`", POSITIVE);
quantity!(Rate, "a rate like `900/s`, `12/m` or `3/w`", POSITIVE);
quantity!(Fraction, "a fraction like `99.95%` or `0.9995`", (0.0, 1.0));
quantity!(Money, "an amount of money like `0.20`, without its currency", POSITIVE);
quantity!(MoneyPerTime, "money per time like `0.34/h`", POSITIVE);
quantity!(Number, "a number above 0 like `1.5`", POSITIVE);

impl Quantity for GrowthRate {
    const FORM: &'static str = "a growth like `4%/mo` or `30%/y`";
    const RANGE: (f64, f64) = (f64::NEG_INFINITY, f64::INFINITY);
    /// The growth in a year, compounded, as a logarithm.
    fn value(self) -> f64 {
        self.fraction.ln_1p() * YEAR / self.per
    }
}

/// Prints `seconds` in the longest unit in which it is a whole number.
fn longest_whole(seconds: f64, f: &mut fmt::Formatter<'_>) -> fmt::Result {
    for (unit, length) in UNITS {
        let count = (seconds / length).round();
        if (1.0..1e6).contains(&count) && count * length == seconds {
            return write!(f, "{count}{unit}");
        }
    }
    write!(f, "{seconds}s")
}

/// Prints a number per second in the shortest unit of time in which it is a whole number.
fn shortest_whole(per_second: f64, f: &mut fmt::Formatter<'_>) -> fmt::Result {
    for (unit, length) in UNITS.iter().rev().skip(1) {
        let count = (per_second * length * 100.0).round() / 100.0;
        if (0.01..1e9).contains(&count) && count / length == per_second {
            return write!(f, "{count}/{unit}");
        }
    }
    write!(f, "{per_second}/s")
}

/// Prints a fraction in percent where that loses nothing.
fn percent(fraction: f64, f: &mut fmt::Formatter<'_>) -> fmt::Result {
    let percent = (fraction * 1e12).round() / 1e10;
    if hundredth(percent, &percent.to_string()) == fraction { write!(f, "{percent}%") } else { write!(f, "{fraction}") }
}

impl fmt::Display for Time {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        longest_whole(self.0, f)
    }
}

impl fmt::Display for Rate {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        shortest_whole(self.0, f)
    }
}

impl fmt::Display for MoneyPerTime {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        shortest_whole(self.0, f)
    }
}

impl fmt::Display for Fraction {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        percent(self.0, f)
    }
}

impl fmt::Display for GrowthRate {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        percent(self.fraction, f)?;
        let unit = UNITS.iter().find(|(_, length)| *length == self.per).map_or("s", |(name, _)| name);
        write!(f, "/{unit}")
    }
}

impl fmt::Display for Money {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}", self.0)
    }
}

impl fmt::Display for Number {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}", self.0)
    }
}

#[cfg(test)]
mod tests;
