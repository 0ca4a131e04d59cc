use std::borrow::Cow;

use serde::{
    de::{self, Visitor, value::MapAccessDeserializer},
    forward_to_deserialize_any,
};
use serde_json::Value;

use super::{
    access::{Entries, Items},
    context::Context,
    entries::{Known, given},
    read_error::{ReadError, Step},
};
use crate::config::node::{Kind, Node, Table};

/// Hands a node to serde. What is untyped is parsed as what the type asks for.
pub(super) struct Reader<'n> {
    node: Cow<'n, Node>,
    context: &'n Context<'n>,
    path: Vec<Step>,
}

impl<'n> Reader<'n> {
    pub(super) fn new(node: &'n Node, context: &'n Context<'n>) -> Self {
        Self { node: Cow::Borrowed(node), context, path: Vec::new() }
    }

    /// Reads this node, and says of a refusal where that is.
    fn located<T>(self, read: impl FnOnce(&Self) -> Result<T, ReadError>) -> Result<T, ReadError> {
        read(&self).map_err(|refusal| refusal.at(&self.path, &self.node))
    }

    /// If the node is an untyped text that should be a table or an array, that text as JSON.
    fn structured(&self) -> Result<Option<Node>, ReadError> {
        let Kind::Untyped(text) = &self.node.kind else {
            return Ok(None);
        };
        let value: Value = serde_json::from_str(text)
            .map_err(|error| de::Error::custom(format!("this is not JSON: {}", without_excerpt(&error))))?;
        Ok(Some(Node::json(&self.node.origin, value)))
    }

    fn list(&self) -> Result<Option<Node>, ReadError> {
        match &self.node.kind {
            Kind::Untyped(text) if !text.trim_start().starts_with('[') => {
                let part = |part: &str| Node::untyped(self.node.origin.clone(), part.trim());
                let parts = text.split(',').filter(|part| !part.trim().is_empty()).map(part).collect();
                Ok(Some(Node::new(self.node.origin.clone(), Kind::Array(parts))))
            }
            _ => self.structured(),
        }
    }

    fn below(&self, node: Cow<'_, Node>, step: Step) -> Reader<'n> {
        let path = self.path.iter().cloned().chain([step]).collect();
        Reader { node: Cow::Owned(node.into_owned()), context: self.context, path }
    }

    fn entries(&self, table: &Table, known: Option<Known<'_>>) -> Entries<Reader<'n>> {
        let options = self.context.is_option_table(&self.path).then_some(Known::Options);
        let entries = match known.or(options) {
            Some(known) => given(table, known, self.context, &self.path),
            None => table.iter().map(|(key, node)| (key.clone(), Cow::Borrowed(node))).collect(),
        };
        let reader = |(key, node): (String, _)| (key.clone(), self.below(node, Step::Key(key)));
        Entries::new(entries.into_iter().map(reader).collect())
    }

    fn visit<'de, V: Visitor<'de>>(&self, node: &Node, visitor: V) -> Result<V::Value, ReadError> {
        match &node.kind {
            Kind::Null => visitor.visit_unit(),
            Kind::Boolean(value) => visitor.visit_bool(*value),
            Kind::Integer(value) => match u64::try_from(*value) {
                Ok(value) => visitor.visit_u64(value),
                Err(_) => visitor.visit_i64(*value),
            },
            Kind::Float(value) => visitor.visit_f64(*value),
            Kind::String(text) | Kind::Untyped(text) => visitor.visit_str(text),
            Kind::Array(items) => {
                let reader = |(index, item)| self.below(Cow::Borrowed(item), Step::Index(usize::to_string(&index)));
                visitor.visit_seq(Items::new(items.iter().enumerate().map(reader).collect()))
            }
            Kind::Table(table) => visitor.visit_map(self.entries(table, None)),
        }
    }

    /// A whole number, or what else the text is, so that the visitor says what it wanted.
    fn whole_number<'de, V: Visitor<'de>>(&self, visitor: V) -> Result<V::Value, ReadError> {
        let Kind::Untyped(text) = &self.node.kind else {
            return self.visit(&self.node, visitor);
        };
        match (text.trim().parse::<u64>(), text.trim().parse::<i64>()) {
            (Ok(value), _) => visitor.visit_u64(value),
            (_, Ok(value)) => visitor.visit_i64(value),
            _ => visitor.visit_str(text),
        }
    }
}

fn without_excerpt(error: &serde_json::Error) -> String {
    format!("{:?} error at column {}", error.classify(), error.column()).to_lowercase()
}

macro_rules! whole_numbers {
    ($($method:ident)*) => {$(
        fn $method<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value, ReadError> {
            self.located(|reader| reader.whole_number(visitor))
        }
    )*};
}

impl<'de> de::Deserializer<'de> for Reader<'_> {
    type Error = ReadError;

    whole_numbers! {
        deserialize_i8 deserialize_i16 deserialize_i32 deserialize_i64
        deserialize_u8 deserialize_u16 deserialize_u32 deserialize_u64
    }

    fn deserialize_bool<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value, ReadError> {
        self.located(|reader| match &reader.node.kind {
            Kind::Untyped(text) => match text.trim().parse() {
                Ok(value) => visitor.visit_bool(value),
                Err(_) => visitor.visit_str(text),
            },
            _ => reader.visit(&reader.node, visitor),
        })
    }

    fn deserialize_f32<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value, ReadError> {
        self.deserialize_f64(visitor)
    }

    fn deserialize_f64<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value, ReadError> {
        self.located(|reader| match &reader.node.kind {
            Kind::Untyped(text) => match text.trim().parse() {
                Ok(value) => visitor.visit_f64(value),
                Err(_) => visitor.visit_str(text),
            },
            _ => reader.visit(&reader.node, visitor),
        })
    }

    /// For those who take anything: an untyped text is JSON if it looks like a table or an array, and else a text.
    fn deserialize_any<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value, ReadError> {
        self.located(|reader| {
            let json = matches!(&reader.node.kind, Kind::Untyped(text) if text.starts_with(['{', '[']));
            let structured = json.then(|| reader.structured()).transpose()?.flatten();
            reader.visit(structured.as_ref().unwrap_or(&reader.node), visitor)
        })
    }

    fn deserialize_option<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value, ReadError> {
        match self.node.kind {
            Kind::Null => visitor.visit_none(),
            _ => visitor.visit_some(self),
        }
    }

    fn deserialize_newtype_struct<V: Visitor<'de>>(self, _: &'static str, visitor: V) -> Result<V::Value, ReadError> {
        let (path, node) = (self.path.clone(), self.node.clone());
        visitor.visit_newtype_struct(self).map_err(|refusal| refusal.at(&path, &node))
    }

    fn deserialize_seq<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value, ReadError> {
        self.located(|reader| {
            let list = reader.list()?;
            reader.visit(list.as_ref().unwrap_or(&reader.node), visitor)
        })
    }

    fn deserialize_map<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value, ReadError> {
        self.located(|reader| {
            let structured = reader.structured()?;
            reader.visit(structured.as_ref().unwrap_or(&reader.node), visitor)
        })
    }

    /// The names of the fields are the keys that exist here: this is where unknown ones are found.
    fn deserialize_struct<V: Visitor<'de>>(
        self,
        _: &'static str,
        fields: &'static [&'static str],
        visitor: V,
    ) -> Result<V::Value, ReadError> {
        self.located(|reader| {
            let structured = reader.structured()?;
            let node = structured.as_ref().unwrap_or(&reader.node);
            match &node.kind {
                Kind::Table(table) => visitor.visit_map(reader.entries(table, Some(Known::Fields(fields)))),
                _ => reader.visit(node, visitor),
            }
        })
    }

    fn deserialize_enum<V: Visitor<'de>>(
        self,
        _: &'static str,
        _: &'static [&'static str],
        visitor: V,
    ) -> Result<V::Value, ReadError> {
        self.located(|reader| match &reader.node.kind {
            Kind::Table(table) => visitor.visit_enum(MapAccessDeserializer::new(reader.entries(table, None))),
            Kind::String(text) | Kind::Untyped(text) => {
                visitor.visit_enum(de::value::StrDeserializer::<ReadError>::new(text))
            }
            _ => Err(de::Error::custom("expected a text")),
        })
    }

    forward_to_deserialize_any! {
        i128 u128 char str string bytes byte_buf unit unit_struct tuple tuple_struct identifier ignored_any
    }
}
