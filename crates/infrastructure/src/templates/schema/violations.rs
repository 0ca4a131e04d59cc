use application::JsonObject;
use application::ports::pointer_to;
use jsonschema::ValidationError;
use jsonschema::error::{TypeKind, ValidationErrorKind as Kind};
use serde_json::Value;

use super::keywords;
use crate::templates::error::kind_of;

/// Entries that an answer lists at most; who gives more than that is not helped by more.
pub(super) const LISTED: usize = 100;

/// One thing that is wrong with what was given. It never shows the value itself, which may be a secret.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(in crate::templates) struct SchemaViolation {
    /// Where, as a JSON pointer.
    pub(in crate::templates) pointer: String,
    /// What is wrong.
    pub(in crate::templates) detail: String,
    /// What would be right.
    pub(in crate::templates) expected: String,
    /// Whether it is only that something is missing.
    pub(in crate::templates) missing: bool,
}

/// Turns what the validator says into one entry for each place that is wrong, up to where there are more than are
/// listed. Unless the values are `complete`, those that are missing are not wrong.
pub(super) fn list<'i>(
    errors: impl Iterator<Item = ValidationError<'i>>,
    schema: &Value,
    complete: bool,
) -> Vec<SchemaViolation> {
    let mut found = Vec::new();
    for error in errors {
        if found.len() > LISTED {
            break;
        }
        let at = error.instance_path().to_string();
        match error.kind() {
            Kind::Required { property } => {
                let name = property.as_str().unwrap_or_default();
                let pointer = pointer_to(&at, name);
                let expected = description(schema, &pointer);
                found.push(SchemaViolation { pointer, detail: "is missing".to_owned(), expected, missing: true });
            }
            Kind::AdditionalProperties { unexpected } | Kind::UnevaluatedProperties { unexpected } => {
                let expected = siblings(schema, &at);
                for name in unexpected.iter().take(LISTED + 1) {
                    let pointer = pointer_to(&at, name);
                    let (detail, expected) = ("is not declared".to_owned(), expected.clone());
                    found.push(SchemaViolation { pointer, detail, expected, missing: false });
                }
            }
            _ => {
                let missing = matches!(error.kind(), Kind::AnyOf { .. } | Kind::OneOfNotValid { .. })
                    && error.instance().is_object();
                found.push(SchemaViolation {
                    pointer: at,
                    detail: detail(&error),
                    expected: expected(&error),
                    missing,
                });
            }
        }
        found.retain(|found| complete || !found.missing);
        found.dedup();
    }
    found
}

/// Cuts a list to what an answer has room for; the last entry then says that there is more.
pub(super) fn shorten(found: &mut Vec<SchemaViolation>) {
    if found.len() <= LISTED {
        return;
    }
    found.truncate(LISTED - 1);
    found.push(SchemaViolation {
        pointer: String::new(),
        detail: "has more that is wrong than is listed here".to_owned(),
        expected: format!("what fits the schema; the first {} places are listed", LISTED - 1),
        missing: false,
    });
}

/// NUL and its like can be in no file name, header or database text.
pub(super) fn control_characters(given: &JsonObject) -> Vec<SchemaViolation> {
    let mut found = Vec::new();
    for (name, value) in given {
        walk(name, value, "", &mut found);
    }
    found
}

fn walk(name: &str, value: &Value, at: &str, found: &mut Vec<SchemaViolation>) {
    if found.len() > LISTED {
        return;
    }
    let pointer = pointer_to(at, &name.replace('\0', "\u{fffd}"));
    let bad = |text: &str| text.contains('\0');
    if bad(name) || value.as_str().is_some_and(bad) {
        let detail = "has a NUL character".to_owned();
        found.push(SchemaViolation {
            pointer: pointer.clone(),
            detail,
            expected: "text without it".to_owned(),
            missing: false,
        });
    }
    match value {
        Value::Array(items) => {
            items.iter().enumerate().for_each(|(index, item)| walk(&index.to_string(), item, &pointer, found));
        }
        Value::Object(members) => members.iter().for_each(|(name, member)| walk(name, member, &pointer, found)),
        _ => {}
    }
}

fn detail(error: &ValidationError<'_>) -> String {
    match error.kind() {
        Kind::Type { .. } => format!("is {}", kind_of(error.instance())),
        Kind::Enum { .. } | Kind::Constant { .. } => "is none of the values there are".to_owned(),
        Kind::Pattern { .. } | Kind::Format { .. } => "has another form".to_owned(),
        Kind::MinLength { .. } | Kind::MinItems { .. } | Kind::MinProperties { .. } => "is too short".to_owned(),
        Kind::MaxLength { .. } | Kind::MaxItems { .. } | Kind::MaxProperties { .. } => "is too long".to_owned(),
        Kind::Minimum { .. } | Kind::ExclusiveMinimum { .. } => "is too small".to_owned(),
        Kind::Maximum { .. } | Kind::ExclusiveMaximum { .. } => "is too large".to_owned(),
        Kind::UniqueItems => "has an item twice".to_owned(),
        Kind::Not { .. } => "is not allowed".to_owned(),
        Kind::PropertyNames { .. } => "has a member whose name is not allowed".to_owned(),
        kind => format!("does not fit `{}`", kind.keyword()),
    }
}

/// What the schema asks for, in words.
pub(super) fn expected(error: &ValidationError<'_>) -> String {
    match error.kind() {
        Kind::Type { kind: TypeKind::Single(kind) } => kind.to_string(),
        Kind::Type { kind: TypeKind::Multiple(kinds) } => {
            kinds.iter().map(|kind| kind.to_string()).collect::<Vec<_>>().join(" or ")
        }
        Kind::Enum { options } => match options.as_ref() {
            Value::Array(options) => {
                format!("one of {}", options.iter().map(Value::to_string).collect::<Vec<_>>().join(", "))
            }
            option => option.to_string(),
        },
        Kind::Not { schema } => match schema.get("enum").and_then(Value::as_array) {
            Some(options) => {
                format!("anything but {}", options.iter().map(Value::to_string).collect::<Vec<_>>().join(", "))
            }
            None => "what does not match the schema under `not`".to_owned(),
        },
        Kind::Constant { expected_value } => expected_value.to_string(),
        Kind::Pattern { pattern } => format!("what matches `{pattern}`"),
        Kind::Format { format } => format!("the format `{format}`"),
        Kind::MinLength { limit } => format!("at least {limit} characters"),
        Kind::MaxLength { limit } => format!("at most {limit} characters"),
        Kind::MinItems { limit } => format!("at least {limit} items"),
        Kind::MaxItems { limit } => format!("at most {limit} items"),
        Kind::MinProperties { limit } => format!("at least {limit} members"),
        Kind::MaxProperties { limit } => format!("at most {limit} members"),
        Kind::Minimum { limit } => format!("at least {limit}"),
        Kind::Maximum { limit } => format!("at most {limit}"),
        Kind::ExclusiveMinimum { limit } => format!("more than {limit}"),
        Kind::ExclusiveMaximum { limit } => format!("less than {limit}"),
        Kind::MultipleOf { multiple_of } => format!("a multiple of {multiple_of}"),
        kind => format!("what the schema says under `{}`", kind.keyword()),
    }
}

/// What the schema says of a place, for one that is missing.
fn description(schema: &Value, pointer: &str) -> String {
    let place = property(schema, pointer);
    let text = |name| place.and_then(|property| property.get(name)).and_then(Value::as_str);
    text("description").or_else(|| text("title")).map_or_else(|| "a value".to_owned(), str::to_owned)
}

fn siblings(schema: &Value, pointer: &str) -> String {
    let mut names = std::collections::BTreeSet::new();
    if let Some(place) = property(schema, pointer) {
        keywords::declared(place, &mut names);
    }
    match names.len() {
        0 => "nothing more".to_owned(),
        _ => format!("one of {}", names.into_iter().collect::<Vec<_>>().join(", ")),
    }
}

/// The schema of the value at a pointer, as far as `properties` lead there.
fn property<'s>(schema: &'s Value, pointer: &str) -> Option<&'s Value> {
    pointer
        .split('/')
        .skip(1)
        .try_fold(schema, |schema, step| schema.get("properties")?.get(step.replace("~1", "/").replace("~0", "~")))
}
