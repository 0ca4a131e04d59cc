use std::collections::BTreeSet;

use domain::EntityRef;
use serde_json::Value;

use super::failure::StepFailure;
use super::tree::OutputTree;
use crate::templates::error::kind_of;
use crate::templates::yaml;

/// The documents of all descriptors that are there, checked.
pub(super) fn read(tree: &OutputTree, descriptors: &[String]) -> Result<Vec<Value>, StepFailure> {
    let mut entities = Vec::new();
    let mut seen = BTreeSet::new();
    for path in descriptors {
        let Some(file) = tree.get(path) else { continue };
        let wrong = |message| StepFailure::Wrong { place: path.clone(), message };
        let text = std::str::from_utf8(&file.bytes).map_err(|_| wrong("is no UTF-8 text".to_owned()))?;
        for (index, entity) in yaml::documents(text).map_err(wrong)?.into_iter().enumerate() {
            let reference = reference(&entity).map_err(|error| wrong(format!("document {}: {error}", index + 1)))?;
            if !seen.insert(reference.clone()) {
                return Err(wrong(format!("document {}: `{reference}` a second time", index + 1)));
            }
            entities.push(entity);
        }
    }
    Ok(entities)
}

/// Checks an entity's shape, and tells its reference.
pub(super) fn reference(entity: &Value) -> Result<EntityRef, String> {
    if !entity.is_object() {
        return Err(format!("{} where an entity, an object, is expected", kind_of(entity)));
    }
    let version = text(entity, "/apiVersion")?;
    if version.is_empty() || version.chars().any(|letter| letter.is_whitespace() || letter.is_control()) {
        return Err("`/apiVersion` is no version such as `backstage.io/v1alpha1`".to_owned());
    }
    let namespace = entity.pointer("/metadata/namespace").map(|_| text(entity, "/metadata/namespace")).transpose()?;
    let reference = EntityRef::new(text(entity, "/kind")?, namespace, text(entity, "/metadata/name")?);
    let reference = reference.map_err(|error| error.to_string())?;
    for (place, kind) in [("/spec/owner", "group"), ("/spec/system", "system"), ("/spec/domain", "domain")] {
        if entity.pointer(place).is_some() {
            let given = text(entity, place)?;
            let full = if given.contains(':') { given.to_owned() } else { format!("{kind}:{given}") };
            full.parse::<EntityRef>().map_err(|error| format!("`{place}`: {error}"))?;
        }
    }
    Ok(reference)
}

fn text<'e>(entity: &'e Value, place: &str) -> Result<&'e str, String> {
    match entity.pointer(place) {
        Some(Value::String(text)) => Ok(text),
        Some(other) => Err(format!("`{place}` is {}, not a string", kind_of(other))),
        None => Err(format!("`{place}` is missing")),
    }
}
