use std::{fmt, path::Path};

use serde::Serialize;
use serde_json::Value;

use super::{
    claim::Claim,
    error::{ConfigError, SettingError},
    key,
    merge::Merged,
    node::{Kind, Node},
    origin::Origin,
    reader,
    rename::RenamedKey,
};

/// The configuration as it is in effect: every known key, its value and where that came from. Secrets are redacted.
///
/// It prints as lines of `key = value  # origin`, and serializes as an array of `{"key", "value", "origin"}`. A key that
/// was given by an old name stands there by its new one; the printed lines end with those that say so.
#[derive(Debug, Clone, Serialize)]
#[serde(transparent)]
pub struct Effective {
    entries: Vec<Entry>,
    #[serde(skip)]
    renamed: Vec<RenamedKey>,
}

/// One key of the configuration.
#[derive(Debug, Clone, Serialize)]
pub struct Entry {
    /// The dotted key.
    pub key: String,
    /// Its value; null where nothing is set.
    pub value: Value,
    /// Where the value came from.
    #[serde(serialize_with = "as_text")]
    pub origin: Origin,
}

fn as_text<S: serde::Serializer>(origin: &Origin, serializer: S) -> Result<S::Ok, S::Error> {
    serializer.collect_str(origin)
}

impl Effective {
    pub(super) fn of(name: &str, merged: &Merged, folder: &Path, claims: &[Claim]) -> Result<Self, ConfigError> {
        let root = &merged.root;
        let mut entries = Vec::new();
        let mut problems: Vec<SettingError> = merged.problems.clone();
        for claim in claims {
            let (value, found) = (claim.read)(root, folder);
            problems.extend(found);
            flatten(root, folder, &key::split(claim.path), value.unwrap_or_default(), &mut entries);
        }
        ConfigError::check(name, problems)?;
        Ok(Self { entries, renamed: merged.renamed.clone() })
    }

    /// The keys, section by section.
    pub fn entries(&self) -> &[Entry] {
        &self.entries
    }

    /// Keys that were given by a name that they had before.
    pub fn renamed(&self) -> &[RenamedKey] {
        &self.renamed
    }
}

fn flatten(root: &Node, folder: &Path, path: &[String], value: Value, entries: &mut Vec<Entry>) {
    match value {
        Value::Object(fields) if !fields.is_empty() => {
            for (key, value) in fields {
                flatten(root, folder, &[path, &[key]].concat(), value, entries);
            }
        }
        value => {
            let key = key::join(path.iter().map(String::as_str));
            entries.push(Entry { key, value, origin: origin(root, folder, path) });
        }
    }
}

/// Where what stands at `path` came from.
pub(super) fn origin(root: &Node, folder: &Path, path: &[String]) -> Origin {
    let Some(node) = reader::find(root, path) else {
        return Origin::Default;
    };
    let names_a_file = path.last().is_some_and(|last| {
        let file = [&path[..path.len() - 1], &[key::file_of(last)]].concat();
        root.at(file.iter().map(String::as_str)).is_some_and(|file| std::ptr::eq(file, node))
    });
    match &node.kind {
        Kind::String(file) | Kind::Untyped(file) if names_a_file => {
            Origin::Contents { path: folder.join(file.as_str()), named_by: Box::new(node.origin.clone()) }
        }
        _ => node.origin.clone(),
    }
}

impl fmt::Display for Effective {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let lines: Vec<_> = self.entries.iter().map(|entry| format!("{} = {}", entry.key, entry.value)).collect();
        let width = lines.iter().map(String::len).max().unwrap_or_default().min(60);
        for (line, entry) in lines.iter().zip(&self.entries) {
            writeln!(f, "{line:width$}  # {}", entry.origin)?;
        }
        for RenamedKey { old, new, origin } in &self.renamed {
            writeln!(f, "# {old} ({origin}) is now called {new}")?;
        }
        Ok(())
    }
}
