use std::cell::RefCell;

use serde::de::DeserializeOwned;

use super::{
    context::{Context, Place},
    deserializer::Reader,
};
use crate::config::{error::SettingError, key, node::Node};

/// Reads `T` from `node`. A value that is refused is reported and taken away, and reading starts again: so every
/// wrong value is found, and what comes out is `T` with defaults in the place of wrong values.
pub(in crate::config) fn read<T: DeserializeOwned>(node: &Node, place: Place<'_>) -> (Option<T>, Vec<SettingError>) {
    let mut node = node.clone();
    let mut problems: Vec<SettingError> = Vec::new();
    loop {
        let context = Context { place, problems: RefCell::default() };
        let outcome = T::deserialize(Reader::new(&node, &context));
        for problem in context.problems.take() {
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
        let key = context.key(&refusal.path, None);
        problems.push(SettingError::new(key, refusal.origin.as_ref().unwrap_or(&origin), refusal.message));
        // A part of an array goes with the whole array, and a value from a file with the key that names the file.
        let file = keys.split_last().map(|(last, above)| [above, &[key::file_of(last)]].concat());
        if node.remove(&keys).is_none() && file.is_none_or(|file| node.remove(&file).is_none()) {
            return (None, problems);
        }
    }
}
