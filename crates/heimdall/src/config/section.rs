use std::{fmt, path::Path};

use schemars::JsonSchema;
use serde::{Serialize, de::DeserializeOwned};
use serde_json::Value;

use super::{
    ConfigBuilder, SettingError,
    node::{Kind, Node},
    reader, schema,
};

/// A part of the configuration as a typed struct that owns its path, its defaults and its validation.
///
/// Derive `Serialize` and `Deserialize` with `#[serde(default)]`, derive `JsonSchema`, and implement `Default`: what it
/// serializes to names its keys and defaults, so leave out neither fields (`skip_serializing_if`) nor names
/// (`flatten`). The doc comments of its fields describe the keys in the [schema](super::ConfigBuilder::schema), and say
/// the unit. A text that must not be printed is a [`Secret`](super::Secret).
pub trait Section: Default + Serialize + DeserializeOwned + JsonSchema + 'static {
    /// Where the section stands, for example `http`. Paths of sections never contain each other.
    const PATH: &'static str;

    /// What is wrong with values that have the right types, all at once.
    fn validate(&self) -> Vec<Violation> {
        Vec::new()
    }
}

/// A value that has the right type and is still wrong.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Violation {
    key: String,
    message: String,
}

impl Violation {
    /// `key` is relative to the section; `message` says what would be right, for example `must be more than 0`.
    pub fn new(key: impl Into<String>, message: impl Into<String>) -> Self {
        Self { key: key.into(), message: message.into() }
    }

    /// The same, unless all is well.
    pub fn unless(well: bool, key: impl Into<String>, message: impl Into<String>) -> Option<Self> {
        (!well).then(|| Self::new(key, message))
    }
}

impl fmt::Display for Violation {
    /// `key` and what would be right, in one phrase.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{} {}", self.key, self.message)
    }
}

/// Reads a section from the whole tree (whose files are relative to the folder), as it is shown.
type Read = fn(&Node, &Path) -> (Option<Value>, Vec<SettingError>);

/// That a section exists, and how to read it without knowing its type.
#[derive(Clone, Copy)]
pub(super) struct Claim {
    pub(super) path: &'static str,
    pub(super) read: Read,
    pub(super) defaults: fn() -> Value,
    pub(super) schema: fn() -> Value,
}

impl Claim {
    pub(super) fn of<T: Section>() -> Self {
        Self {
            path: T::PATH,
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
            schema: schema::of::<T>,
        }
    }
}

/// Reads and validates a section of the whole tree; the value is missing only if nothing could be read at all.
pub(super) fn read<T: Section>(root: &Node, folder: &Path) -> (Option<T>, Vec<SettingError>) {
    let empty = Node::empty();
    let node = root.at(T::PATH.split('.')).unwrap_or(&empty);
    let (section, mut problems) = reader::read::<T>(node, folder, T::PATH);
    // Validation speaks about values that could be read: for those that could not, the default stands here.
    for Violation { key, message } in section.iter().flat_map(Section::validate) {
        let key = format!("{}.{key}", T::PATH);
        if problems.iter().all(|known| known.key != key) {
            let origin = reader::find(root, &ConfigBuilder::path_of(&key)).map_or(&empty.origin, |node| &node.origin);
            problems.push(SettingError::new(key, origin, message));
        }
    }
    (section, problems)
}

/// The tables and values of `root` that belong to none of `claims`.
pub(super) fn unclaimed(root: &Node, claims: &[Claim]) -> Vec<SettingError> {
    let mut problems = Vec::new();
    walk(root, &mut Vec::new(), claims, &mut problems);
    problems
}

fn walk<'n>(node: &'n Node, path: &mut Vec<&'n str>, claims: &[Claim], problems: &mut Vec<SettingError>) {
    let Kind::Table(table) = &node.kind else {
        return;
    };
    for (key, child) in table {
        path.push(key);
        let here = path.join(".");
        let leads_on = claims.iter().any(|claim| claim.path.starts_with(&format!("{here}.")));
        if leads_on {
            walk(child, path, claims, problems);
        } else if claims.iter().all(|claim| claim.path != here) {
            problems.extend(refuse(child, path, claims));
        }
        path.pop();
    }
}

/// One problem for each value below `node`, or for the table itself if it is empty.
fn refuse(node: &Node, path: &[&str], claims: &[Claim]) -> Vec<SettingError> {
    match node.table() {
        Some(table) if !table.is_empty() => {
            let below = table.iter().flat_map(|(key, child)| refuse(child, &[path, &[key.as_str()]].concat(), claims));
            below.collect()
        }
        _ => {
            let key = SettingError::key_of(path.iter().copied());
            let known = claims.iter().flat_map(|claim| keys(claim.path, &(claim.defaults)())).collect::<Vec<_>>();
            let message = reader::no_such_key(&key, known.iter().map(String::as_str));
            vec![SettingError::new(key, &node.origin, message)]
        }
    }
}

/// The dotted keys of a serialized section.
fn keys(path: &str, value: &Value) -> Vec<String> {
    match value {
        Value::Object(fields) if !fields.is_empty() => {
            fields.iter().flat_map(|(key, value)| keys(&format!("{path}.{key}"), value)).collect()
        }
        _ => vec![path.to_owned()],
    }
}
