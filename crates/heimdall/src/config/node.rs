use std::collections::BTreeMap;

use serde_json::Value;
use zeroize::Zeroizing;

use super::origin::Origin;

/// A value of the merged layers, with where it came from. It has no `Debug`, because it may be secret.
#[derive(Clone)]
pub(super) struct Node {
    pub(super) origin: Origin,
    pub(super) kind: Kind,
}

#[derive(Clone)]
pub(super) enum Kind {
    Null,
    Boolean(bool),
    Integer(i64),
    Float(f64),
    String(Zeroizing<String>),
    /// A text from a variable, the command line or a file: what it means is up to who reads it, so that `7100` can be
    /// a number or a password.
    Untyped(Zeroizing<String>),
    Array(Vec<Node>),
    Table(Table),
}

pub(super) type Table = BTreeMap<String, Node>;

impl Node {
    pub(super) fn new(origin: Origin, kind: Kind) -> Self {
        Self { origin, kind }
    }

    pub(super) fn empty() -> Self {
        Self::new(Origin::Default, Kind::Table(Table::new()))
    }

    pub(super) fn untyped(origin: Origin, text: impl Into<String>) -> Self {
        Self::new(origin, Kind::Untyped(Zeroizing::new(text.into())))
    }

    /// A JSON value, all of the same origin.
    pub(super) fn json(origin: &Origin, value: Value) -> Self {
        let kind = match value {
            Value::Null => Kind::Null,
            Value::Bool(value) => Kind::Boolean(value),
            Value::Number(number) => match number.as_i64() {
                Some(integer) => Kind::Integer(integer),
                None => Kind::Float(number.as_f64().unwrap_or(f64::NAN)),
            },
            Value::String(text) => Kind::String(Zeroizing::new(text)),
            Value::Array(items) => Kind::Array(items.into_iter().map(|item| Self::json(origin, item)).collect()),
            Value::Object(fields) => {
                Kind::Table(fields.into_iter().map(|(key, value)| (key, Self::json(origin, value))).collect())
            }
        };
        Self::new(origin.clone(), kind)
    }

    pub(super) fn table(&self) -> Option<&Table> {
        match &self.kind {
            Kind::Table(table) => Some(table),
            _ => None,
        }
    }

    /// What stands at `path`.
    pub(super) fn at<'a>(&self, path: impl IntoIterator<Item = &'a str>) -> Option<&Self> {
        path.into_iter().try_fold(self, |node, key| node.table()?.get(key))
    }

    /// Puts `node` at `path`, over what is there: tables are merged, anything else is replaced.
    pub(super) fn put(&mut self, path: &[String], node: Self) {
        let Some((key, rest)) = path.split_first() else {
            return self.merge(node);
        };
        if !matches!(self.kind, Kind::Table(_)) {
            *self = Self::new(node.origin.clone(), Kind::Table(Table::new()));
        }
        if let Kind::Table(table) = &mut self.kind {
            let child = || Self::new(node.origin.clone(), Kind::Table(Table::new()));
            table.entry(key.clone()).or_insert_with(child).put(rest, node);
        }
    }

    fn merge(&mut self, node: Self) {
        let Self { origin, kind } = node;
        match (&mut self.kind, kind) {
            (Kind::Table(below), Kind::Table(above)) => {
                for (key, node) in above {
                    below.entry(key).or_insert_with(Self::empty).merge(node);
                }
                self.origin = origin;
            }
            (_, kind) => *self = Self::new(origin, kind),
        }
    }

    /// All texts in it.
    pub(super) fn texts(&self) -> Vec<&str> {
        match &self.kind {
            Kind::String(text) | Kind::Untyped(text) => vec![text.as_str()],
            Kind::Array(items) => items.iter().flat_map(Self::texts).collect(),
            Kind::Table(table) => table.values().flat_map(Self::texts).collect(),
            Kind::Null | Kind::Boolean(_) | Kind::Integer(_) | Kind::Float(_) => Vec::new(),
        }
    }

    /// Takes away what stands at `path`, which brings the default back.
    pub(super) fn remove(&mut self, path: &[String]) -> Option<Self> {
        let Kind::Table(table) = &mut self.kind else {
            return None;
        };
        match path {
            [] => None,
            [key] => table.remove(key),
            [key, rest @ ..] => table.get_mut(key)?.remove(rest),
        }
    }
}
