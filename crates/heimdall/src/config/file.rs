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
    Origin, SettingError,
    node::{Kind, Node, Table},
};

/// Reads the TOML file at `path` (relative to `folder`), remembering the line of each value.
pub(super) fn read(folder: &Path, path: &Path) -> Result<Node, SettingError> {
    let text = fs::read_to_string(folder.join(path)).map(Zeroizing::new).map_err(|error| SettingError {
        key: String::new(),
        origin: None,
        message: format!("the configuration file {} cannot be read: {error}", path.display()),
    })?;
    parse(&text, path)
}

fn parse(text: &str, path: &Path) -> Result<Node, SettingError> {
    let source = Source { text, path: Arc::new(path.to_owned()) };
    let table = DeTable::parse(text).map_err(|error| {
        let offset = error.span().map_or(0, |span| span.start);
        SettingError::new("", &source.origin(offset), format!("this is not TOML: {}", error.message()))
    })?;
    source.table(&table)
}

struct Source<'t> {
    text: &'t str,
    path: Arc<PathBuf>,
}

impl Source<'_> {
    fn origin(&self, offset: usize) -> Origin {
        let before = self.text.as_bytes().iter().take(offset);
        Origin::File { path: self.path.clone(), line: 1 + before.filter(|byte| **byte == b'\n').count() }
    }

    fn table(&self, table: &Spanned<DeTable<'_>>) -> Result<Node, SettingError> {
        let children = table.get_ref().iter().map(|(key, value)| {
            let mut node = self.value(value)?;
            // A table that dotted keys make has no line of its own; its key has.
            if matches!(node.kind, Kind::Table(_)) {
                node.origin = self.origin(key.span().start);
            }
            Ok((key.get_ref().to_string(), node))
        });
        let children = children.collect::<Result<Table, SettingError>>()?;
        Ok(Node::new(self.origin(table.span().start), Kind::Table(children)))
    }

    fn value(&self, value: &Spanned<DeValue<'_>>) -> Result<Node, SettingError> {
        let origin = self.origin(value.span().start);
        let kind = match value.get_ref() {
            DeValue::Boolean(boolean) => Kind::Boolean(*boolean),
            DeValue::Integer(integer) => match i64::from_str_radix(integer.as_str(), integer.radix()) {
                Ok(integer) => Kind::Integer(integer),
                Err(_) => {
                    return Err(SettingError::new("", &origin, "this number does not fit into 64 bits"));
                }
            },
            DeValue::Float(float) => match float.as_str().parse() {
                Ok(float) => Kind::Float(float),
                Err(_) => return Err(SettingError::new("", &origin, "this is not a number")),
            },
            DeValue::String(text) => Kind::String(Zeroizing::new(text.to_string())),
            DeValue::Datetime(time) => Kind::String(Zeroizing::new(time.to_string())),
            DeValue::Array(items) => Kind::Array(items.iter().map(|item| self.value(item)).collect::<Result<_, _>>()?),
            DeValue::Table(table) => {
                return self.table(&Spanned::new(value.span(), table.clone()));
            }
        };
        Ok(Node::new(origin, kind))
    }
}
