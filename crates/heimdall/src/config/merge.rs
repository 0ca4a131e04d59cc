//! Merges the layers with the `config` crate.
//!
//! Each layer is a [`Source`](config::Source) whose values carry their origin, and merging keeps it for each leaf. What
//! may be secret does not go in, since the crate's values are neither zeroed nor hidden from `Debug`; nor does what has
//! another type than its key: such a leaf goes through as the number of its place in a list of ours.

use std::{collections::BTreeMap, fmt};

use config::{Map, Source, Value, ValueKind};
use zeroize::Zeroizing;

use super::{
    claim::Claim,
    error::SettingError,
    layers::{Layer, Layers},
    node::{Kind, Node, Table},
    options,
    origin::Origin,
    rename::{self, RenamedKey},
    schema,
};

/// The one key at the top of every source. (The crate takes dots and brackets in such keys for paths; in those below
/// it does not.)
const ROOT: &str = "configuration";

/// The merged layers.
pub(super) struct Merged {
    pub(super) root: Node,
    pub(super) renamed: Vec<RenamedKey>,
    pub(super) problems: Vec<SettingError>,
}

/// Merges the layers as the sections want them.
pub(super) fn merge(layers: &Layers, claims: &[Claim]) -> Merged {
    let mut problems = Vec::new();
    let mut list = layers.list.clone();
    let renamed = rename::apply(&mut list, claims, &mut problems);
    for layer in &mut list {
        options::flatten(layer, claims);
    }
    let schema = schema::document("", claims.iter().map(|claim| (claim.path, claim.schema(), ().into())));
    let mut transit = Transit { schema, origins: BTreeMap::new(), outside: Vec::new() };
    let sources = list.iter().flat_map(|layer| transit.sources(layer)).collect::<Vec<_>>();
    let mut builder = config::Config::builder();
    for source in sources {
        builder = builder.add_source(source);
    }
    let root = match builder.build() {
        Ok(mut merged) => match std::mem::take(&mut merged.cache.kind) {
            ValueKind::Table(mut table) => table.remove(ROOT).map(|value| transit.node(value, &mut Vec::new(), &list)),
            _ => None,
        },
        Err(error) => {
            problems.push(SettingError::new("", &Origin::Default, format!("the layers cannot be merged: {error}")));
            None
        }
    };
    Merged { root: root.unwrap_or_else(Node::empty), renamed, problems }
}

/// A layer as the `config` crate takes it.
#[derive(Clone)]
struct LayerSource {
    name: &'static str,
    values: Map<String, Value>,
}

impl fmt::Debug for LayerSource {
    /// The name only.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("LayerSource").field("name", &self.name).finish_non_exhaustive()
    }
}

impl Source for LayerSource {
    fn clone_into_box(&self) -> Box<dyn Source + Send + Sync> {
        Box::new(self.clone())
    }

    fn collect(&self) -> Result<Map<String, Value>, config::ConfigError> {
        Ok(self.values.clone())
    }
}

/// What is needed to get values through the crate and back.
struct Transit {
    schema: serde_json::Value,
    /// Origins by the text that stands for them.
    origins: BTreeMap<String, Origin>,
    /// Leaves that stay outside.
    outside: Vec<Node>,
}

impl Transit {
    /// A layer, behind one that takes away what it replaces.
    fn sources(&mut self, layer: &Layer) -> Vec<LayerSource> {
        let source = |value: Value| LayerSource { name: layer.name, values: Map::from([(ROOT.to_owned(), value)]) };
        let mut sources = Vec::new();
        if !layer.replaced.is_empty() {
            let mut nothing = Node::empty();
            for path in &layer.replaced {
                nothing.put(path, Node::new(Origin::Default, Kind::Null));
            }
            sources.push(source(self.value(&nothing, None)));
        }
        let schema = std::mem::take(&mut self.schema);
        sources.push(source(self.value(&layer.tree, Some(&schema))));
        self.schema = schema;
        sources
    }

    fn value(&mut self, node: &Node, schema: Option<&serde_json::Value>) -> Value {
        let kind = match &node.kind {
            Kind::Table(table) => {
                let below = |key: &str| schema.and_then(|schema| schema.get("properties")?.get(key));
                let entries = table.iter().map(|(key, node)| (key.clone(), self.value(node, below(key))));
                ValueKind::Table(entries.collect())
            }
            Kind::Null => ValueKind::Nil,
            _ if !schema.is_some_and(|schema| schema::takes(schema, node)) => {
                self.outside.push(node.clone());
                ValueKind::U128(self.outside.len() as u128 - 1)
            }
            Kind::Boolean(value) => ValueKind::Boolean(*value),
            Kind::Integer(value) => ValueKind::I64(*value),
            Kind::Float(value) => ValueKind::Float(*value),
            Kind::String(text) | Kind::Untyped(text) => ValueKind::String(text.to_string()),
            Kind::Array(items) => {
                let below = schema.and_then(|schema| schema.get("items"));
                ValueKind::Array(items.iter().map(|item| self.value(item, below)).collect())
            }
        };
        Value::new(Some(&self.text_of(&node.origin)), kind)
    }

    /// A text that stands for an origin, and for no other.
    fn text_of(&mut self, origin: &Origin) -> String {
        let mut text = origin.to_string();
        while self.origins.get(&text).is_some_and(|known| known != origin) {
            text.push(' ');
        }
        self.origins.insert(text.clone(), origin.clone());
        text
    }

    fn node(&self, value: Value, path: &mut Vec<String>, layers: &[Layer]) -> Node {
        let origin = value.origin().and_then(|text| self.origins.get(text)).cloned();
        let typed = origin.as_ref().is_none_or(Origin::is_typed);
        let kind = match value.kind {
            // Numbers of these kinds are never put in.
            ValueKind::Nil | ValueKind::U64(_) | ValueKind::I128(_) => Kind::Null,
            ValueKind::Boolean(value) => Kind::Boolean(value),
            ValueKind::I64(value) => Kind::Integer(value),
            ValueKind::Float(value) => Kind::Float(value),
            ValueKind::String(text) if typed => Kind::String(Zeroizing::new(text)),
            ValueKind::String(text) => Kind::Untyped(Zeroizing::new(text)),
            ValueKind::Array(items) => {
                Kind::Array(items.into_iter().map(|item| self.node(item, &mut Vec::new(), &[])).collect())
            }
            ValueKind::Table(table) => {
                let mut nodes = Table::new();
                for (key, value) in table {
                    path.push(key.clone());
                    nodes.insert(key, self.node(value, path, layers));
                    path.pop();
                }
                // The crate makes merged tables anew, without an origin: it is that of the topmost layer that has one.
                let topmost = layers.iter().rev().find_map(|layer| {
                    let node = layer.tree.at(path.iter().map(String::as_str))?;
                    node.table().map(|_| node.origin.clone())
                });
                return Node::new(origin.or(topmost).unwrap_or(Origin::Default), Kind::Table(nodes));
            }
            ValueKind::U128(place) => match usize::try_from(place).ok().and_then(|place| self.outside.get(place)) {
                Some(node) => return node.clone(),
                None => Kind::Null,
            },
        };
        Node::new(origin.unwrap_or(Origin::Default), kind)
    }
}
