//! Sections without their types, so that those of a service stand in one list.

use std::{
    path::Path,
    sync::{Arc, LazyLock},
};

use serde_json::Value;

use super::{error::SettingError, key, node::Node, reader, schema, section::Section, violation::Violation};

/// Reads a section from the whole tree (whose files are relative to the folder), as it is shown.
type Read = fn(&Node, &Path) -> (Option<Value>, Vec<SettingError>);

/// That a section exists, and how to read it without knowing its type.
#[derive(Clone)]
pub(super) struct Claim {
    pub(super) path: &'static str,
    pub(super) renamed: &'static [(&'static str, &'static str)],
    pub(super) option_tables: &'static [&'static str],
    pub(super) read: Read,
    pub(super) defaults: fn() -> Value,
    /// Made when it is first asked for, and once: layers are merged again whenever a secret changes.
    schema: Arc<LazyLock<Value>>,
}

impl Claim {
    pub(super) fn of<T: Section>() -> Self {
        Self {
            path: T::PATH,
            renamed: T::RENAMED,
            option_tables: T::OPTION_TABLES,
            read: |root, folder| {
                let (section, mut problems) = read::<T>(root, folder);
                let value = section.and_then(|section| match serde_json::to_value(section) {
                    Ok(value) => Some(value),
                    Err(error) => {
                        problems.push(SettingError::new(T::PATH, &root.origin, format!("cannot be shown: {error}")));
                        None
                    }
                });
                (value, problems)
            },
            defaults: || serde_json::to_value(T::default()).unwrap_or_default(),
            schema: Arc::new(LazyLock::new(schema::of::<T> as fn() -> Value)),
        }
    }

    /// The section's JSON Schema.
    pub(super) fn schema(&self) -> Value {
        Value::clone(&self.schema)
    }

    /// The path of a key of the section.
    pub(super) fn path_of(&self, key: &str) -> Vec<String> {
        self.path.split('.').chain(key.split('.')).map(str::to_owned).collect()
    }
}

/// Reads and validates a section of the whole tree; the value is missing only if nothing could be read at all.
pub(super) fn read<T: Section>(root: &Node, folder: &Path) -> (Option<T>, Vec<SettingError>) {
    let empty = Node::empty();
    let node = root.at(T::PATH.split('.')).unwrap_or(&empty);
    let place = reader::Place { folder, section: T::PATH, option_tables: T::OPTION_TABLES };
    let (section, mut problems) = reader::read::<T>(node, place);
    // Validation speaks about values that could be read: for those that could not, the default stands here.
    for Violation { key, message } in section.iter().flat_map(Section::validate) {
        let path = T::OPTION_TABLES.iter().find_map(|table| {
            let option = key.strip_prefix(table)?.strip_prefix('.')?;
            let table = format!("{}.{table}", T::PATH);
            Some(key::split(&table).into_iter().chain([option.to_owned()]).collect())
        });
        let key = format!("{}.{key}", T::PATH);
        if problems.iter().all(|known| known.key != key) {
            let path = path.unwrap_or_else(|| key::split(&key));
            let origin = reader::find(root, &path).map_or(&empty.origin, |node| &node.origin);
            problems.push(SettingError::new(key, origin, message));
        }
    }
    (section, problems)
}
