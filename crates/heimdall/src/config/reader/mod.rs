//! Reads a type from the merged layers, without stopping at the first error.

mod access;
mod deserializer;
mod read_error;

use std::{cell::RefCell, path::Path};

use serde::de::DeserializeOwned;

use self::{
    deserializer::Reader,
    read_error::{ReadError, Step},
};
use super::{SettingError, node::Node};

/// What all readers of one attempt share.
struct Context<'c> {
    folder: &'c Path,
    section: &'c str,
    problems: RefCell<Vec<SettingError>>,
}

/// Reads `T` from `node`. A value that is refused is reported and taken away, and reading starts again: so every
/// wrong value is found, and what comes out is `T` with defaults in the place of wrong values.
pub(super) fn read<T: DeserializeOwned>(node: &Node, folder: &Path, section: &str) -> (Option<T>, Vec<SettingError>) {
    let mut node = node.clone();
    let mut problems: Vec<SettingError> = Vec::new();
    loop {
        let context = Context { folder, section, problems: RefCell::default() };
        let outcome = T::deserialize(Reader::new(&node, &context));
        for problem in context.problems.into_inner() {
            if !problems.contains(&problem) {
                problems.push(problem);
            }
        }
        let refusal = match outcome {
            Ok(value) => return (Some(value), problems),
            Err(refusal) => refusal,
        };
        let keys = refusal.keys();
        let origin = node.at(keys.iter().map(String::as_str)).unwrap_or(&node).origin.clone();
        let path = section.split('.').chain(refusal.path.iter().map(Step::as_str));
        problems.push(SettingError::new(
            SettingError::key_of(path),
            refusal.origin.as_ref().unwrap_or(&origin),
            refusal.message,
        ));
        // A part of an array goes with the whole array, and a value from a file with the key that names the file.
        let file = keys.split_last().map(|(last, above)| [above, &[format!("{last}_file")]].concat());
        if node.remove(&keys).is_none() && file.is_none_or(|file| node.remove(&file).is_none()) {
            return (None, problems);
        }
    }
}

/// The node that gives what stands at `path` its value: itself, what contains it, or what names its file.
pub(super) fn find<'n>(root: &'n Node, path: &[String]) -> Option<&'n Node> {
    let mut node = root;
    for part in path {
        let Some(table) = node.table() else {
            return Some(node);
        };
        let file = table.get(&format!("{part}_file"));
        node = match (table.get(part), file) {
            (Some(node), Some(file)) if file.origin.rank() > node.origin.rank() => {
                return Some(file);
            }
            (Some(node), _) => node,
            (None, file) => return file,
        };
    }
    Some(node)
}

/// Refuses `key`, naming the nearest of those that are known.
pub(super) fn no_such_key<'k>(key: &str, known: impl Iterator<Item = &'k str>) -> String {
    let near = known.map(|known| (strsim::damerau_levenshtein(key, known), known)).min();
    match near {
        Some((distance, nearest)) if distance * 3 <= key.len().max(6) => {
            format!("there is no such key; did you mean `{nearest}`?")
        }
        _ => "there is no such key".to_owned(),
    }
}
