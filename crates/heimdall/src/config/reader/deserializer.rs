use serde::{
    de::{self, Visitor, value::MapAccessDeserializer},
    forward_to_deserialize_any,
};
use serde_json::Value;

use super::{
    Context, ReadError, Step,
    access::{Entries, Items},
};
use crate::config::node::{Kind, Node};

/// Hands a node to serde. What is untyped is parsed as what the type asks for.
pub(super) struct Reader<'n> {
    pub(super) node: &'n Node,
    pub(super) context: &'n Context<'n>,
    pub(super) path: Vec<Step>,
}

impl<'n> Reader<'n> {
    pub(super) fn new(node: &'n Node, context: &'n Context<'n>) -> Self {
        Self { node, context, path: Vec::new() }
    }

    /// The node, or if it is an untyped text that should be a table or an array, that text as JSON.
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

    fn visit<'de, V: Visitor<'de>>(self, visitor: V) -> Result<V::Value, ReadError> {
        match &self.node.kind {
            Kind::Null => visitor.visit_unit(),
            Kind::Boolean(value) => visitor.visit_bool(*value),
            Kind::Integer(value) => match u64::try_from(*value) {
                Ok(value) => visitor.visit_u64(value),
                Err(_) => visitor.visit_i64(*value),
            },
            Kind::Float(value) => visitor.visit_f64(*value),
            Kind::String(text) | Kind::Untyped(text) => visitor.visit_str(text),
            Kind::Array(items) => visitor.visit_seq(Items::new(items, self.context, self.path)),
            Kind::Table(table) => visitor.visit_map(Entries::of_map(table, self.context, self.path)),
        }
    }
}

fn without_excerpt(error: &serde_json::Error) -> String {
    format!("{:?} error at column {}", error.classify(), error.column()).to_lowercase()
}

/// Parses an untyped text as what is asked for; a text that is none is left to the visitor, which says what it wanted.
macro_rules! parsed {
    ($($method:ident $kind:ident $type:ty),*) => {$(
        fn $method<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value, ReadError> {
            let (path, origin) = (self.path.clone(), self.node.origin.clone());
            let outcome = match &self.node.kind {
                Kind::Untyped(text) => match text.trim().parse::<$type>() {
                    Ok(value) => visitor.$kind(value),
                    Err(_) => visitor.visit_str(text),
                },
                _ => self.visit(visitor),
            };
            outcome.map_err(|refusal| refusal.at(&path, &origin))
        }
    )*};
}

impl<'de> de::Deserializer<'de> for Reader<'_> {
    type Error = ReadError;

    parsed! {
        deserialize_bool visit_bool bool, deserialize_f32 visit_f64 f64, deserialize_f64 visit_f64 f64,
        deserialize_i8 visit_i64 i64, deserialize_i16 visit_i64 i64, deserialize_i32 visit_i64 i64,
        deserialize_i64 visit_i64 i64, deserialize_u8 visit_u64 u64, deserialize_u16 visit_u64 u64,
        deserialize_u32 visit_u64 u64, deserialize_u64 visit_u64 u64
    }

    /// For those who take anything: an untyped text is JSON if it looks like a table or an array, and else a text.
    fn deserialize_any<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value, ReadError> {
        let (path, origin) = (self.path.clone(), self.node.origin.clone());
        let located = |refusal: ReadError| refusal.at(&path, &origin);
        let json = matches!(&self.node.kind, Kind::Untyped(text) if text.starts_with(['{', '[']));
        match json.then(|| self.structured()).transpose().map_err(located)?.flatten() {
            Some(node) => Reader { node: &node, ..self }.visit(visitor).map_err(located),
            None => self.visit(visitor).map_err(located),
        }
    }

    fn deserialize_option<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value, ReadError> {
        match self.node.kind {
            Kind::Null => visitor.visit_none(),
            _ => visitor.visit_some(self),
        }
    }

    fn deserialize_newtype_struct<V: Visitor<'de>>(self, _: &'static str, visitor: V) -> Result<V::Value, ReadError> {
        let (path, origin) = (self.path.clone(), self.node.origin.clone());
        visitor.visit_newtype_struct(self).map_err(|refusal| refusal.at(&path, &origin))
    }

    fn deserialize_seq<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value, ReadError> {
        let (path, origin) = (self.path.clone(), self.node.origin.clone());
        let located = |refusal: ReadError| refusal.at(&path, &origin);
        match self.list().map_err(located)? {
            Some(node) => Reader { node: &node, ..self }.visit(visitor).map_err(located),
            None => self.visit(visitor).map_err(located),
        }
    }

    fn deserialize_map<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value, ReadError> {
        let (path, origin) = (self.path.clone(), self.node.origin.clone());
        let located = |refusal: ReadError| refusal.at(&path, &origin);
        match self.structured().map_err(located)? {
            Some(node) => Reader { node: &node, ..self }.visit(visitor).map_err(located),
            None => self.visit(visitor).map_err(located),
        }
    }

    /// The names of the fields are the keys that exist here: this is where unknown ones are found.
    fn deserialize_struct<V: Visitor<'de>>(
        self,
        _: &'static str,
        fields: &'static [&'static str],
        visitor: V,
    ) -> Result<V::Value, ReadError> {
        let (path, origin) = (self.path.clone(), self.node.origin.clone());
        let located = |refusal: ReadError| refusal.at(&path, &origin);
        let structured = self.structured().map_err(located)?;
        let node = structured.as_ref().unwrap_or(self.node);
        match &node.kind {
            Kind::Table(table) => {
                visitor.visit_map(Entries::of_struct(table, fields, self.context, self.path)).map_err(located)
            }
            _ => Reader { node, ..self }.visit(visitor).map_err(located),
        }
    }

    fn deserialize_enum<V: Visitor<'de>>(
        self,
        _: &'static str,
        _: &'static [&'static str],
        visitor: V,
    ) -> Result<V::Value, ReadError> {
        let (path, origin) = (self.path.clone(), self.node.origin.clone());
        let outcome = match &self.node.kind {
            Kind::Table(table) => {
                visitor.visit_enum(MapAccessDeserializer::new(Entries::of_map(table, self.context, self.path)))
            }
            Kind::String(text) | Kind::Untyped(text) => {
                visitor.visit_enum(de::value::StrDeserializer::<ReadError>::new(text))
            }
            _ => Err(de::Error::custom("expected a text")),
        };
        outcome.map_err(|refusal| refusal.at(&path, &origin))
    }

    forward_to_deserialize_any! {
        i128 u128 char str string bytes byte_buf unit unit_struct tuple tuple_struct identifier ignored_any
    }
}
