use jsonschema::{ValidationError, error::ValidationErrorKind as Kind};
use serde_json::Value;

use super::{
    describe::{describe, format, one_of, resolve},
    named::Named,
    segment,
};
use crate::http::FieldError;

/// Names each error once, at the place it is about: a missing field at its own pointer, an unknown one at its own.
pub(super) fn name_all(root: &Value, errors: &[ValidationError<'_>]) -> Vec<FieldError> {
    let mut named = Named::default();
    for error in errors {
        name(root, error, &mut named);
    }
    named.into_errors()
}

fn name(root: &Value, error: &ValidationError<'_>, named: &mut Named) {
    if named.is_full() {
        return;
    }
    let pointer = error.instance_path().as_str();
    let schema = schema_around(root, error);
    let mut add = |pointer: String, detail: String, expected: String| {
        named.extend([FieldError::new(pointer, detail, expected)]);
    };
    match error.kind() {
        Kind::AdditionalProperties { unexpected } | Kind::UnevaluatedProperties { unexpected } => {
            let expected = known_fields(root, schema);
            named.extend(
                unexpected.iter().map(|field| {
                    FieldError::new(format!("{pointer}/{}", segment(field)), "is unknown", expected.clone())
                }),
            );
        }
        Kind::Required { property } => {
            let field = property.as_str().unwrap_or_default();
            let expected = schema.get("properties").and_then(|fields| fields.get(field));
            let expected = expected.map(|field| describe(root, field)).unwrap_or_default();
            add(format!("{pointer}/{}", segment(field)), "is missing".to_owned(), expected);
        }
        Kind::AnyOf { context } | Kind::OneOfNotValid { context } => {
            if let Some(branch) = meant(context) {
                for error in branch {
                    name(root, error, named);
                }
            } else if let Some(tag) = wrong_tag(root, context) {
                named.extend([tag]);
            } else {
                let detail = not_what_it_must_be(error.instance(), context);
                add(pointer.to_owned(), detail, describe(root, schema));
            }
        }
        Kind::Type { .. } => {
            add(pointer.to_owned(), format!("is {}", kind_of(error.instance())), describe(root, schema));
        }
        Kind::Format { format: name } => add(pointer.to_owned(), "has the wrong form".to_owned(), format(name)),
        Kind::Enum { .. } | Kind::Constant { .. } => {
            let detail = "is none of the allowed values".to_owned();
            add(pointer.to_owned(), detail, describe(root, schema));
        }
        Kind::FalseSchema => add(pointer.to_owned(), "is not allowed".to_owned(), "nothing here".to_owned()),
        _ => add(pointer.to_owned(), plain(error), one_of([describe(root, schema)])),
    }
}

/// Of several branches, the one that was meant: the only one that fits the value's type and its tag.
fn meant<'a>(branches: &'a [Vec<ValidationError<'static>>]) -> Option<&'a [ValidationError<'static>]> {
    let depth = |error: &ValidationError<'_>| error.instance_path().segments().count();
    let top = branches.iter().flatten().map(depth).min()?;
    let misfit = |error: &ValidationError<'_>| match error.kind() {
        Kind::Type { .. } | Kind::Format { .. } | Kind::Pattern { .. } => depth(error) == top,
        // A tag stands one level below the object that it tells apart.
        Kind::Constant { .. } | Kind::Enum { .. } => depth(error) <= top + 1,
        _ => false,
    };
    let mut fitting = branches.iter().filter(|branch| !branch.iter().any(misfit));
    fitting.next().filter(|_| fitting.next().is_none()).map(Vec::as_slice)
}

/// The schema whose keyword was violated.
fn schema_around<'a>(root: &'a Value, error: &ValidationError<'_>) -> &'a Value {
    let path = error.schema_path().as_str();
    let keyword = format!("/{}", error.kind().keyword());
    let around = path.rfind(&keyword).map_or(path, |at| &path[..at]);
    root.pointer(around).unwrap_or(&Value::Null)
}

/// The names that an object may have, also those of its parts.
fn known_fields(root: &Value, schema: &Value) -> String {
    let mut names = Vec::new();
    // As deep as types are nested in one another by `flatten`; a loop ends here.
    collect_fields(root, schema, 8, &mut names);
    if names.is_empty() { "no fields".to_owned() } else { one_of(names) }
}

fn collect_fields(root: &Value, schema: &Value, depth: u8, names: &mut Vec<String>) {
    let fields = schema.get("properties").and_then(Value::as_object);
    names.extend(fields.into_iter().flatten().map(|(name, _)| format!("`{name}`")));
    let branches = ["allOf", "anyOf", "oneOf"].into_iter().filter_map(|key| schema.get(key)?.as_array()).flatten();
    let parts = branches.chain(schema.get("$ref").map(|_| resolve(root, schema)));
    if depth > 0 {
        parts.for_each(|part| collect_fields(root, part, depth - 1, names));
    }
}

/// Told by its type if no branch takes that type.
fn not_what_it_must_be(value: &Value, branches: &[Vec<ValidationError<'static>>]) -> String {
    let of_type = |error: &ValidationError<'_>| matches!(error.kind(), Kind::Type { .. });
    if branches.iter().all(|branch| branch.iter().any(of_type)) {
        return format!("is {}", kind_of(value));
    }
    "is none of the allowed values".to_owned()
}

/// The error of a tag that no branch has: one field that is missing or wrong in all the branches that take objects.
fn wrong_tag(root: &Value, branches: &[Vec<ValidationError<'static>>]) -> Option<FieldError> {
    let objects = branches.iter().filter(|branch| !branch.iter().any(|e| matches!(e.kind(), Kind::Type { .. })));
    let tags: Option<Vec<_>> = objects.map(|branch| branch.iter().find_map(|error| tag(root, error))).collect();
    let tags = tags?;
    let (pointer, detail, _) = tags.first()?.clone();
    let expected = one_of(tags.iter().filter(|tag| tag.0 == pointer).map(|tag| tag.2.clone()));
    Some(FieldError::new(pointer, detail, expected))
}

/// Where a tag should stand, what is wrong with it, and what one branch expects.
fn tag(root: &Value, error: &ValidationError<'_>) -> Option<(String, &'static str, String)> {
    let (pointer, schema) = (error.instance_path().as_str(), schema_around(root, error));
    match error.kind() {
        Kind::Constant { .. } if !pointer.is_empty() => {
            Some((pointer.to_owned(), "is none of the allowed values", describe(root, schema)))
        }
        Kind::Required { property } => {
            let field = property.as_str()?;
            let expected = schema.get("properties")?.get(field)?;
            expected.get("const")?;
            Some((format!("{pointer}/{}", segment(field)), "is missing", describe(root, expected)))
        }
        _ => None,
    }
}

fn kind_of(value: &Value) -> &'static str {
    match value {
        Value::Null => "null",
        Value::Bool(_) => "a boolean",
        Value::Number(number) if number.is_f64() => "a number with a fraction",
        Value::Number(_) => "a number",
        Value::String(_) => "a string",
        Value::Array(_) => "an array",
        Value::Object(_) => "an object",
    }
}

/// Violated limits, without the value, which may be a secret.
fn plain(error: &ValidationError<'_>) -> String {
    match error.kind() {
        Kind::Minimum { .. } | Kind::ExclusiveMinimum { .. } => "is too small".to_owned(),
        Kind::Maximum { .. } | Kind::ExclusiveMaximum { .. } => "is too large".to_owned(),
        Kind::MinLength { limit: 1 } | Kind::MinItems { limit: 1 } | Kind::MinProperties { limit: 1 } => {
            "is empty".to_owned()
        }
        Kind::MinLength { .. } | Kind::MinItems { .. } | Kind::MinProperties { .. } => "is too short".to_owned(),
        Kind::MaxLength { .. } | Kind::MaxItems { .. } | Kind::MaxProperties { .. } => "is too long".to_owned(),
        Kind::Pattern { .. } => "has the wrong form".to_owned(),
        Kind::UniqueItems => "holds an item more than once".to_owned(),
        _ => error.masked_with("the value").to_string(),
    }
}
