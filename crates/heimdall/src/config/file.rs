//! Reads a TOML file, with the line of each value.

use std::{
    fs,
    path::{Path, PathBuf},
    sync::Arc,
};

use toml::{
    Spanned,
    de::{DeTable, DeValue},
};
use zeroize::Zeroizing;

use super::{
    error::SettingError,
    key,
    node::{Kind, Node, Table},
    origin::Origin,
};

/// What makes an origin of a file and a line of it.
type OriginOf = fn(Arc<PathBuf>, usize) -> Origin;

/// Reads the TOML file at `path` (relative to `folder`). A value that is none is reported and left out.
pub(super) fn read(folder: &Path, path: &Path, origin: OriginOf, problems: &mut Vec<SettingError>) -> Node {
    let text = match fs::read_to_string(folder.join(path)).map(Zeroizing::new) {
        Ok(text) => text,
        Err(error) => {
            let message = format!("the configuration file {} cannot be read: {error}", path.display());
            problems.push(SettingError { key: String::new(), origin: None, message });
            return Node::empty();
        }
    };
    let mut source = Source { text: &text, path: Arc::new(path.to_owned()), origin, problems };
    let (table, errors) = DeTable::parse_recoverable(&text);
    if errors.is_empty() {
        return source.table(&table, &mut Vec::new());
    }
    // The first of a line is the cause, what follows on the same line comes from it.
    let mut last = None;
    for error in errors {
        let origin = source.origin(error.span().map_or(0, |span| span.start));
        if last.as_ref() != Some(&origin) {
            let message = format!("this is not TOML: {}", error.message());
            source.problems.push(SettingError::new("", &origin, message));
        }
        last = Some(origin);
    }
    Node::empty()
}

struct Source<'t> {
    text: &'t str,
    path: Arc<PathBuf>,
    origin: OriginOf,
    problems: &'t mut Vec<SettingError>,
}

impl Source<'_> {
    fn origin(&self, offset: usize) -> Origin {
        let before = self.text.as_bytes().iter().take(offset);
        (self.origin)(self.path.clone(), 1 + before.filter(|byte| **byte == b'\n').count())
    }

    fn table(&mut self, table: &Spanned<DeTable<'_>>, path: &mut Vec<String>) -> Node {
        let mut children = Table::new();
        for (key, value) in table.get_ref() {
            path.push(key.get_ref().to_string());
            if let Some(mut node) = self.value(value, path) {
                // A table that dotted keys make has no line of its own; its key has.
                if matches!(node.kind, Kind::Table(_)) {
                    node.origin = self.origin(key.span().start);
                }
                children.insert(key.get_ref().to_string(), node);
            }
            path.pop();
        }
        Node::new(self.origin(table.span().start), Kind::Table(children))
    }

    fn value(&mut self, value: &Spanned<DeValue<'_>>, path: &mut Vec<String>) -> Option<Node> {
        let origin = self.origin(value.span().start);
        let mut refuse = |message: &str| {
            let key = key::join(path.iter().map(String::as_str));
            self.problems.push(SettingError::new(key, &origin, message));
        };
        let kind = match value.get_ref() {
            DeValue::Boolean(boolean) => Kind::Boolean(*boolean),
            DeValue::Integer(integer) => {
                let Ok(integer) = i64::from_str_radix(integer.as_str(), integer.radix()) else {
                    refuse("this number does not fit into 64 bits");
                    return None;
                };
                Kind::Integer(integer)
            }
            DeValue::Float(float) => {
                let Ok(float) = float.as_str().parse() else {
                    refuse("this is not a number");
                    return None;
                };
                Kind::Float(float)
            }
            DeValue::String(text) => Kind::String(Zeroizing::new(text.to_string())),
            DeValue::Datetime(time) => Kind::String(Zeroizing::new(time.to_string())),
            DeValue::Array(items) => Kind::Array(items.iter().filter_map(|item| self.value(item, path)).collect()),
            DeValue::Table(table) => return Some(self.table(&Spanned::new(value.span(), table.clone()), path)),
        };
        Some(Node::new(origin, kind))
    }
}
