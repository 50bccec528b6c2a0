//! Helpers for values that can be written in more than one way.

use std::fmt::Display;

use serde::de::value::StringDeserializer;
use serde::de::{DeserializeSeed, Deserializer, Error, IntoDeserializer, MapAccess};

/// A map whose first key has been looked at and is still to be read.
pub struct Peeked<A> {
    first: Option<String>,
    map: A,
}

impl<'de, A: MapAccess<'de>> Peeked<A> {
    /// Looks at the first key.
    ///
    /// # Errors
    /// What the map complains about.
    pub fn new(mut map: A) -> Result<Self, A::Error> {
        Ok(Self { first: map.next_key()?, map })
    }

    /// The first key, empty if there is none.
    pub fn word(&self) -> &str {
        self.first.as_deref().unwrap_or_default()
    }

    /// The value under the first key, which has to be the only one.
    ///
    /// # Errors
    /// A value that does not fit, or a second key.
    pub fn only<T: serde::Deserialize<'de>>(mut self) -> Result<T, A::Error> {
        let word = self.first.take().unwrap_or_default();
        let value = self.map.next_value()?;
        if let Some(second) = self.map.next_key::<String>()? {
            return Err(A::Error::custom(format!("`{second}` cannot stand beside `{word}`: set one of them to `null`")));
        }
        Ok(value)
    }
}

impl<'de, A: MapAccess<'de>> MapAccess<'de> for Peeked<A> {
    type Error = A::Error;

    fn next_key_seed<K: DeserializeSeed<'de>>(&mut self, seed: K) -> Result<Option<K::Value>, A::Error> {
        match self.first.take() {
            Some(key) => {
                let key: StringDeserializer<A::Error> = key.into_deserializer();
                seed.deserialize(key).map(Some)
            }
            None => self.map.next_key_seed(seed),
        }
    }

    fn next_value_seed<V: DeserializeSeed<'de>>(&mut self, seed: V) -> Result<V::Value, A::Error> {
        self.map.next_value_seed(seed)
    }
}

/// Reads a local date, or a date with a time of day: `2026-01-01`, `2026-01-06T03:00`.
///
/// # Errors
/// A text that is neither, or lies outside the years 1900 to 2500.
pub fn moment<'de, D: Deserializer<'de>>(deserializer: D) -> Result<jiff::civil::DateTime, D::Error> {
    let text: String = serde::Deserialize::deserialize(deserializer)?;
    let wrong = |why: &dyn Display| {
        D::Error::custom(format!("`{text}` {why}: expected a local date like `2026-01-06`, or with a time like `2026-01-06T03:00`"))
    };
    let moment: jiff::civil::DateTime = text.parse().map_err(|_| wrong(&"is not a date"))?;
    if !(1900..=2500).contains(&moment.year()) {
        return Err(wrong(&"is not between the years 1900 and 2500"));
    }
    Ok(moment)
}

/// Exactly one of two, named as the user writes them.
///
/// # Errors
/// Both or none.
pub fn one_of<A, B>(a: (&str, Option<A>), b: (&str, Option<B>)) -> Result<Result<A, B>, String> {
    match (a.1, b.1) {
        (Some(value), None) => Ok(Ok(value)),
        (None, Some(value)) => Ok(Err(value)),
        (Some(_), Some(_)) => Err(format!("`{}` and `{}` stand together: keep one, and set the other to `null` in a patch", a.0, b.0)),
        (None, None) => Err(format!("one of `{}` and `{}` is needed", a.0, b.0)),
    }
}

/// The schema of a local date or date with time.
pub fn moment_schema(_: &mut schemars::SchemaGenerator) -> schemars::Schema {
    schemars::json_schema!({
        "type": "string",
        "pattern": r"^[0-9]{4}-[0-9]{2}-[0-9]{2}([T ][0-9]{2}:[0-9]{2}(:[0-9]{2})?)?$",
    })
}

/// `true`, as a default.
pub const fn yes() -> bool {
    true
}

/// 1, as a default.
pub const fn one() -> u32 {
    1
}

/// Gives a type the schema of the form in which it is written.
macro_rules! schema_of_form {
    ($type:ty, $form:ty, $name:literal) => {
        impl schemars::JsonSchema for $type {
            fn schema_name() -> std::borrow::Cow<'static, str> {
                $name.into()
            }

            fn json_schema(generator: &mut schemars::SchemaGenerator) -> schemars::Schema {
                <$form as schemars::JsonSchema>::json_schema(generator)
            }
        }
    };
}

pub(crate) use schema_of_form;
