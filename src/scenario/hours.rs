//! When a team works: `always`, or `mon-fri 09:00-18:00`.

use std::borrow::Cow;

use schemars::{JsonSchema, Schema, SchemaGenerator, json_schema};
use serde::de::{Deserialize, Deserializer, Error};

/// When a team works: `always` or `mon-fri 09:00-18:00`.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub enum Hours {
    /// Day and night.
    #[default]
    Always,
    /// On some days of the week, some hours of the day.
    Weekly {
        /// First weekday, 0 = Monday.
        first: u8,
        /// Last weekday, 0 = Monday; before `first` where the days go over Sunday.
        last: u8,
        /// Start of the day in seconds after midnight.
        from: u32,
        /// End of the day in seconds after midnight.
        to: u32,
    },
}

const DAYS: [&str; 7] = ["mon", "tue", "wed", "thu", "fri", "sat", "sun"];

fn parse(text: &str) -> Option<Hours> {
    if text == "always" {
        return Some(Hours::Always);
    }
    let (days, times) = text.split_once(' ')?;
    let (first, last) = days.split_once('-').unwrap_or((days, days));
    let (from, to) = times.trim().split_once('-')?;
    let hours = Hours::Weekly { first: day(first)?, last: day(last)?, from: time(from)?, to: time(to)? };
    matches!(hours, Hours::Weekly { from, to, .. } if from < to).then_some(hours)
}

fn day(text: &str) -> Option<u8> {
    DAYS.iter().position(|day| day.eq_ignore_ascii_case(text)).and_then(|index| u8::try_from(index).ok())
}

fn time(text: &str) -> Option<u32> {
    let (hours, minutes) = text.trim().split_once(':')?;
    let (hours, minutes): (u32, u32) = (hours.parse().ok()?, minutes.parse().ok()?);
    let seconds = hours.checked_mul(3600)?.checked_add(minutes.checked_mul(60)?)?;
    (minutes < 60 && seconds <= 86_400).then_some(seconds)
}

impl<'de> Deserialize<'de> for Hours {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let text = String::deserialize(deserializer)?;
        parse(&text).ok_or_else(|| {
            let short: String = text.chars().take(40).collect();
            D::Error::custom(format!("`{short}` is no time of work: expected `always`, or days and hours like `mon-fri 09:00-18:00`"))
        })
    }
}

impl JsonSchema for Hours {
    fn schema_name() -> Cow<'static, str> {
        "hours".into()
    }

    fn json_schema(_: &mut SchemaGenerator) -> Schema {
        let day = DAYS.join("|");
        json_schema!({
            "type": "string",
            "pattern": format!("^(always|({day})(-({day}))? [0-9]{{1,2}}:[0-9]{{2}}-[0-9]{{1,2}}:[0-9]{{2}})$"),
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn days_and_hours() {
        assert_eq!(parse("mon-fri 09:00-18:00"), Some(Hours::Weekly { first: 0, last: 4, from: 32_400, to: 64_800 }));
        assert_eq!(parse("sat 0:00-24:00"), Some(Hours::Weekly { first: 5, last: 5, from: 0, to: 86_400 }));
        for text in ["", "mon", "mon-fri", "mon-fri 18:00-09:00", "mon-fri 09:60-10:00", "mon 1:00-25:00", "day 1:00-2:00"] {
            assert_eq!(parse(text), None, "{text}");
        }
    }
}
