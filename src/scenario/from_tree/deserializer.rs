//! A serde deserializer over a tree. What is cut out of the tree is skipped.

use std::cell::Cell;

use indexmap::map;
use serde::de::value::StrDeserializer;
use serde::de::{self, DeserializeSeed, EnumAccess, IntoDeserializer, MapAccess, SeqAccess, Unexpected, VariantAccess, Visitor};
use serde::forward_to_deserialize_any;

use super::error::{Error, Kind};
use crate::scenario::path::Segment;
use crate::scenario::tree::{Entry, Node, Resolved, Value};

/// Reads one node.
#[derive(Clone, Copy)]
pub struct FromNode<'a> {
    pub node: &'a Node,
    /// How many nodes may still be read.
    pub budget: &'a Cell<usize>,
}

type Result<T> = std::result::Result<T, Error>;

impl<'a> FromNode<'a> {
    const fn child(self, node: &'a Node) -> Self {
        Self { node, budget: self.budget }
    }

    fn spend(self) -> Result<()> {
        let left = self.budget.get().checked_sub(1).ok_or(Error::new(Kind::Exhausted))?;
        self.budget.set(left);
        Ok(())
    }

    fn unexpected(self) -> Unexpected<'a> {
        match &self.node.value {
            Value::Scalar(scalar) => match scalar.resolve() {
                Resolved::Null => Unexpected::Unit,
                _ => Unexpected::Str(&scalar.text),
            },
            Value::List(_) => Unexpected::Seq,
            Value::Map(_) => Unexpected::Map,
            Value::Cut => Unexpected::Unit,
        }
    }

    fn list<V: Visitor<'a>>(self, visitor: V) -> Result<V::Value> {
        let Value::List(elements) = &self.node.value else {
            return Err(de::Error::invalid_type(self.unexpected(), &visitor));
        };
        visitor.visit_seq(Elements { rest: elements.iter().enumerate(), parent: self })
    }

    /// Reads a map; nothing at all is an empty one.
    fn map<V: Visitor<'a>>(self, visitor: V, skip_null: bool) -> Result<V::Value> {
        match &self.node.value {
            Value::Map(entries) => visitor.visit_map(Entries { rest: Some(entries.iter()), pending: None, skip_null, parent: self }),
            _ if self.node.is_null() => visitor.visit_map(Entries { rest: None, pending: None, skip_null, parent: self }),
            _ => Err(de::Error::invalid_type(self.unexpected(), &visitor)),
        }
    }
}

impl<'de> de::Deserializer<'de> for FromNode<'de> {
    type Error = Error;

    fn deserialize_any<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value> {
        self.spend()?;
        let scalar = match &self.node.value {
            Value::Scalar(scalar) => scalar,
            Value::List(_) => return self.list(visitor),
            Value::Map(_) => return self.map(visitor, true),
            Value::Cut => return visitor.visit_unit(),
        };
        match scalar.resolve() {
            Resolved::Null => visitor.visit_unit(),
            Resolved::Bool(value) => visitor.visit_bool(value),
            Resolved::Float(value) => visitor.visit_f64(value),
            Resolved::Text(text) => visitor.visit_borrowed_str(text),
            Resolved::Int(value) => {
                if let Ok(value) = u64::try_from(value) {
                    visitor.visit_u64(value)
                } else if let Ok(value) = i64::try_from(value) {
                    visitor.visit_i64(value)
                } else {
                    visitor.visit_borrowed_str(&scalar.text)
                }
            }
        }
    }

    /// A text may stand without quotes even where it looks like a number: `zones: [1, 2]`.
    fn deserialize_str<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value> {
        self.spend()?;
        match &self.node.value {
            Value::Scalar(scalar) if scalar.resolve() != Resolved::Null => visitor.visit_borrowed_str(&scalar.text),
            _ => Err(de::Error::invalid_type(self.unexpected(), &visitor)),
        }
    }

    fn deserialize_string<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value> {
        self.deserialize_str(visitor)
    }

    fn deserialize_option<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value> {
        if self.node.is_null() { visitor.visit_none() } else { visitor.visit_some(self) }
    }

    fn deserialize_newtype_struct<V: Visitor<'de>>(self, _: &'static str, visitor: V) -> Result<V::Value> {
        visitor.visit_newtype_struct(self)
    }

    fn deserialize_seq<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value> {
        self.spend()?;
        self.list(visitor)
    }

    /// Names may stand without a value: all of it is default.
    fn deserialize_map<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value> {
        self.spend()?;
        self.map(visitor, false)
    }

    /// A word without a value is as good as absent.
    fn deserialize_struct<V: Visitor<'de>>(self, _: &'static str, _: &'static [&'static str], visitor: V) -> Result<V::Value> {
        self.spend()?;
        self.map(visitor, true)
    }

    fn deserialize_enum<V: Visitor<'de>>(self, _: &'static str, _: &'static [&'static str], visitor: V) -> Result<V::Value> {
        self.spend()?;
        match &self.node.value {
            Value::Map(entries) => visitor.visit_enum(OneOf { entry: only(entries)?, parent: self }),
            Value::Scalar(scalar) if !self.node.is_null() => visitor.visit_enum(Bare { word: &scalar.text, parent: self }),
            _ => Err(de::Error::invalid_type(self.unexpected(), &visitor)),
        }
    }

    fn deserialize_ignored_any<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value> {
        visitor.visit_unit()
    }

    forward_to_deserialize_any! {
        bool i8 i16 i32 i64 i128 u8 u16 u32 u64 u128 f32 f64 char bytes byte_buf unit unit_struct tuple tuple_struct identifier
    }
}

fn is_cut(node: &Node) -> bool {
    node.value == Value::Cut
}

/// The one word of a map that stands where exactly one is expected.
fn only(entries: &indexmap::IndexMap<String, Entry>) -> Result<(&str, &Node)> {
    let mut present = entries.iter().filter(|(_, entry)| !is_cut(&entry.node));
    match (present.next(), present.next()) {
        (Some((word, entry)), None) => Ok((word, &entry.node)),
        (None, _) => Err(de::Error::custom("exactly one word is expected here, and there is none")),
        (Some((first, _)), Some((second, _))) => Err(de::Error::custom(format!(
            "exactly one word is expected here, and both `{first}` and `{second}` stand: remove one (a patch sets it to `null`)"
        ))),
    }
}

struct Elements<'a> {
    rest: std::iter::Enumerate<std::slice::Iter<'a, Node>>,
    parent: FromNode<'a>,
}

impl<'de> SeqAccess<'de> for Elements<'de> {
    type Error = Error;

    fn next_element_seed<T: DeserializeSeed<'de>>(&mut self, seed: T) -> Result<Option<T::Value>> {
        let Some((index, node)) = self.rest.by_ref().find(|(_, node)| !is_cut(node)) else { return Ok(None) };
        let value = seed.deserialize(self.parent.child(node)).map_err(|e| e.inside(Segment::Index(index)))?;
        Ok(Some(value))
    }
}

struct Entries<'a> {
    rest: Option<map::Iter<'a, String, Entry>>,
    pending: Option<(&'a str, &'a Node)>,
    skip_null: bool,
    parent: FromNode<'a>,
}

impl<'de> MapAccess<'de> for Entries<'de> {
    type Error = Error;

    fn next_key_seed<K: DeserializeSeed<'de>>(&mut self, seed: K) -> Result<Option<K::Value>> {
        let skip_null = self.skip_null;
        let wanted = |entry: &Entry| !is_cut(&entry.node) && !(skip_null && entry.node.is_null());
        let Some((key, entry)) = self.rest.as_mut().and_then(|rest| rest.find(|(_, entry)| wanted(entry))) else {
            return Ok(None);
        };
        self.pending = Some((key, &entry.node));
        let key_reader: StrDeserializer<'_, Error> = key.as_str().into_deserializer();
        seed.deserialize(key_reader).map(Some).map_err(|e| e.at_key(key))
    }

    fn next_value_seed<V: DeserializeSeed<'de>>(&mut self, seed: V) -> Result<V::Value> {
        let Some((key, node)) = self.pending.take() else { return Err(de::Error::custom("a value without a key")) };
        seed.deserialize(self.parent.child(node)).map_err(|e| e.inside(Segment::Key(key.to_string())))
    }
}

/// `{word: value}` where one of several words is expected.
struct OneOf<'a> {
    entry: (&'a str, &'a Node),
    parent: FromNode<'a>,
}

impl<'de> EnumAccess<'de> for OneOf<'de> {
    type Error = Error;
    type Variant = Self;

    fn variant_seed<V: DeserializeSeed<'de>>(self, seed: V) -> Result<(V::Value, Self)> {
        let word: StrDeserializer<'_, Error> = self.entry.0.into_deserializer();
        let value = seed.deserialize(word).map_err(|e| e.at_key(self.entry.0))?;
        Ok((value, self))
    }
}

impl OneOf<'_> {
    fn inside<T>(&self, result: Result<T>) -> Result<T> {
        result.map_err(|e| e.inside(Segment::Key(self.entry.0.to_string())))
    }
}

impl<'de> VariantAccess<'de> for OneOf<'de> {
    type Error = Error;

    fn unit_variant(self) -> Result<()> {
        let node = self.entry.1;
        if node.is_null() || node.as_map().is_some_and(indexmap::IndexMap::is_empty) {
            return Ok(());
        }
        let message = format!("`{}` stands alone: nothing is expected under it", self.entry.0);
        self.inside(Err(de::Error::custom(message)))
    }

    fn newtype_variant_seed<T: DeserializeSeed<'de>>(self, seed: T) -> Result<T::Value> {
        self.inside(seed.deserialize(self.parent.child(self.entry.1)))
    }

    fn tuple_variant<V: Visitor<'de>>(self, _: usize, visitor: V) -> Result<V::Value> {
        self.inside(de::Deserializer::deserialize_seq(self.parent.child(self.entry.1), visitor))
    }

    fn struct_variant<V: Visitor<'de>>(self, fields: &'static [&'static str], visitor: V) -> Result<V::Value> {
        self.inside(de::Deserializer::deserialize_struct(self.parent.child(self.entry.1), "", fields, visitor))
    }
}

/// A bare word `w`, which stands for `{w: {}}`.
struct Bare<'a> {
    word: &'a str,
    parent: FromNode<'a>,
}

impl<'de> EnumAccess<'de> for Bare<'de> {
    type Error = Error;
    type Variant = Self;

    fn variant_seed<V: DeserializeSeed<'de>>(self, seed: V) -> Result<(V::Value, Self)> {
        let word: StrDeserializer<'_, Error> = self.word.into_deserializer();
        Ok((seed.deserialize(word)?, self))
    }
}

impl<'de> Bare<'de> {
    fn nothing(&self) -> Entries<'de> {
        Entries { rest: None, pending: None, skip_null: true, parent: self.parent }
    }

    fn needs_more(&self, error: Error) -> Error {
        match error.kind {
            Kind::Missing(field) => {
                de::Error::custom(format!("`{}` cannot stand alone: it needs `{field}`, as in `{{{}: {{{field}: …}}}}`", self.word, self.word))
            }
            _ => error,
        }
    }
}

impl<'de> VariantAccess<'de> for Bare<'de> {
    type Error = Error;

    fn unit_variant(self) -> Result<()> {
        Ok(())
    }

    fn newtype_variant_seed<T: DeserializeSeed<'de>>(self, seed: T) -> Result<T::Value> {
        let nothing = de::value::MapAccessDeserializer::new(self.nothing());
        seed.deserialize(nothing).map_err(|e| self.needs_more(e))
    }

    fn tuple_variant<V: Visitor<'de>>(self, _: usize, visitor: V) -> Result<V::Value> {
        Err(de::Error::invalid_type(Unexpected::Str(self.word), &visitor))
    }

    fn struct_variant<V: Visitor<'de>>(self, _: &'static [&'static str], visitor: V) -> Result<V::Value> {
        visitor.visit_map(self.nothing()).map_err(|e| self.needs_more(e))
    }
}
