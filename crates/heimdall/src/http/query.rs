use std::collections::BTreeSet;

use axum::{extract::FromRequestParts, http::request::Parts};
use percent_encoding::percent_decode_str;
use schemars::JsonSchema;
use serde::de::DeserializeOwned;
use serde_json::{Map, Value};

use super::{
    FieldError, Problem,
    body::{self, MAX_ERRORS, Shape, describe, resolve},
};

/// Query parameters, read strictly: unknown ones, wrong types, values out of range and parameters that come twice are
/// refused, all at once, as 422 with the pointer `?name`. A field that is an array takes its parameter many times; one of
/// an enumeration's words takes several between commas, too.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Query<T>(pub T);

impl<T, S> FromRequestParts<S> for Query<T>
where
    T: DeserializeOwned + JsonSchema + 'static,
    S: Send + Sync,
{
    type Rejection = Problem;

    async fn from_request_parts(parts: &mut Parts, _: &S) -> Result<Self, Problem> {
        read(parts.uri.query().unwrap_or_default()).map(Self)
    }
}

fn read<T: DeserializeOwned + JsonSchema + 'static>(query: &str) -> Result<T, Problem> {
    let shape = Shape::of::<T>()?;
    let (value, mut errors) = collect(&shape.schema, query);
    let value = Value::Object(value);
    let violations = shape.violations(&value).into_iter().map(of_parameter);
    errors.extend(violations);
    errors.truncate(MAX_ERRORS);
    if !errors.is_empty() {
        return Err(Problem::invalid(errors));
    }
    body::read(value).map_err(|error| Problem::invalid([of_parameter(error)]))
}

/// The parameters as an object of the types that the schema asks for, and what cannot be one.
fn collect(schema: &Value, query: &str) -> (Map<String, Value>, Vec<FieldError>) {
    let (mut object, mut errors, mut doubled) = (Map::new(), Vec::new(), BTreeSet::new());
    for pair in query.split('&').filter(|pair| !pair.is_empty()) {
        if errors.len() >= MAX_ERRORS {
            break;
        }
        let (name, value) = pair.split_once('=').unwrap_or((pair, ""));
        let (name, value) = match (decode(name), decode(value)) {
            (Some(name), Some(value)) => (name, value),
            (Some(name), None) => {
                errors.push(FieldError::query(&name, "is not text", "UTF-8 without NUL characters"));
                continue;
            }
            (None, _) => {
                errors.push(FieldError::query("", "has a name that is not text", "UTF-8 without NUL characters"));
                continue;
            }
        };
        let field = resolve(schema, &schema["properties"][&name]);
        let list = kinds(schema, field).contains("array");
        match object.get_mut(&name) {
            Some(Value::Array(items)) if list => items.extend(items_of(schema, &field["items"], value)),
            Some(_) => {
                if doubled.insert(name.clone()) {
                    errors.push(FieldError::query(
                        &name,
                        "is there more than once",
                        describe(schema, field).trim_end_matches(" or null"),
                    ));
                }
            }
            None if list => {
                let items = items_of(schema, &field["items"], value);
                object.insert(name, Value::Array(items));
            }
            None => {
                let value = coerce(schema, field, value);
                object.insert(name, value);
            }
        }
    }
    (object, errors)
}

/// What one parameter adds to a list: several words between commas, where the list is of words that have none.
fn items_of(root: &Value, schema: &Value, text: String) -> Vec<Value> {
    let item = resolve(root, schema);
    let words = ["enum", "oneOf"].iter().any(|key| item.get(key).is_some());
    if words && text.contains(',') {
        return text.split(',').map(|word| Value::String(word.to_owned())).collect();
    }
    vec![coerce(root, schema, text)]
}

/// A value of the type that the schema asks for, or the text, which will be refused with what was expected.
fn coerce(root: &Value, schema: &Value, text: String) -> Value {
    let kinds = kinds(root, resolve(root, schema));
    let number = |text: &str| text.parse::<i64>().map(Value::from).or_else(|_| text.parse::<u64>().map(Value::from));
    match text.as_str() {
        "true" if kinds.contains("boolean") => Value::Bool(true),
        "false" if kinds.contains("boolean") => Value::Bool(false),
        digits if kinds.contains("integer") || kinds.contains("number") => {
            let float = || digits.parse::<f64>().ok().filter(|_| kinds.contains("number")).map(Value::from);
            // `+1` and `-0` are numbers to the parser, not to a reader of the address.
            let plain = !digits.starts_with('+');
            number(digits).ok().filter(|_| plain).or_else(float).unwrap_or(Value::String(text))
        }
        _ => Value::String(text),
    }
}

/// The JSON types that a schema allows.
fn kinds<'a>(root: &'a Value, schema: &'a Value) -> BTreeSet<&'a str> {
    let mut kinds = BTreeSet::new();
    match &schema["type"] {
        Value::String(kind) => drop(kinds.insert(kind.as_str())),
        Value::Array(several) => kinds.extend(several.iter().filter_map(Value::as_str)),
        _ => {}
    }
    for keyword in ["anyOf", "oneOf", "allOf"] {
        for branch in schema[keyword].as_array().into_iter().flatten() {
            kinds.extend(self::kinds(root, resolve(root, branch)));
        }
    }
    kinds
}

/// The text behind a part of a query; nothing if it is not UTF-8 or holds NUL characters.
fn decode(part: &str) -> Option<String> {
    let spaced = part.replace('+', " ");
    let text = percent_decode_str(&spaced).decode_utf8().ok()?;
    (!text.contains('\0')).then(|| text.into_owned())
}

/// A field's error as one of the parameter: `/limit` becomes `?limit`.
fn of_parameter(mut error: FieldError) -> FieldError {
    let name = error.pointer.trim_start_matches('/').split('/').next().unwrap_or_default();
    error.pointer = format!("?{}", name.replace("~1", "/").replace("~0", "~"));
    error.detail = error.detail.replace("is a string", "has the wrong type");
    // A parameter that is not there is null to the schema; no one can write it.
    if let Some(expected) = error.expected.strip_suffix(" or null") {
        error.expected = expected.to_owned();
    }
    error
}

#[cfg(test)]
mod tests {
    use serde::Deserialize;

    use super::*;
    use crate::http::Limit;

    #[derive(Debug, PartialEq, Deserialize, JsonSchema)]
    #[serde(rename_all = "camelCase")]
    enum Status {
        Draft,
        /// At work.
        Running,
    }

    #[derive(Debug, PartialEq, Deserialize, JsonSchema)]
    #[serde(rename_all = "camelCase")]
    struct Filter {
        status: Option<Status>,
        created_from: Option<chrono::DateTime<chrono::Utc>>,
        #[serde(default)]
        include: Vec<Status>,
        name: Option<String>,
        all: Option<bool>,
        #[serde(default)]
        limit: Limit,
        cursor: Option<String>,
    }

    fn wrong(query: &str) -> Vec<FieldError> {
        let problem = read::<Filter>(query).unwrap_err();
        assert_eq!(problem.status(), 422);
        problem.document().errors
    }

    #[test]
    fn parameters_become_what_the_type_asks_for() {
        let filter: Filter =
            read("status=running&include=draft&include=running&name=a%20b+c&all=true&limit=7&").unwrap();
        assert_eq!(filter.status, Some(Status::Running));
        assert_eq!(filter.include, [Status::Draft, Status::Running]);
        assert_eq!(filter.name.as_deref(), Some("a b c"));
        assert_eq!(read::<Filter>("include=draft,running").unwrap().include, [Status::Draft, Status::Running]);
        assert_eq!(wrong("include=draft,gone")[0].pointer, "?include");
        assert_eq!((filter.all, filter.limit), (Some(true), Limit::new(7)));
        assert_eq!(read::<Filter>("").unwrap().limit, Limit::default());
        assert_eq!(read::<Filter>("name=12").unwrap().name.as_deref(), Some("12"), "digits may be text");
        let filter: Filter = read("createdFrom=2026-01-01T00:00:00%2B01:00").unwrap();
        assert_eq!(filter.created_from.unwrap().to_rfc3339(), "2025-12-31T23:00:00+00:00");
    }

    #[test]
    fn everything_that_is_wrong_is_named_at_once() {
        let errors =
            wrong("status=gone&createdFrom=yesterday&limit=101&all=maybe&lmit=1&name=a&name=b&name=c&cursor=%ff");
        let named: Vec<(&str, &str, &str)> =
            errors.iter().map(|e| (e.pointer.as_str(), e.detail.as_str(), e.expected.as_str())).collect();
        insta::assert_debug_snapshot!(named);
    }

    #[test]
    fn no_more_is_read_than_one_answer_names() {
        let query = "name=%ff&".repeat(5_000);
        let schema = &Shape::of::<Filter>().unwrap().schema;
        assert_eq!(collect(schema, &query).1.len(), MAX_ERRORS);
        assert_eq!(wrong(&query).len(), MAX_ERRORS);
    }

    #[test]
    fn limits_are_whole_numbers_in_range() {
        for limit in ["0", "-1", "101", "1.5", "ten", "", "1e1", "+5", "99999999999999999999", "%31%00"] {
            assert_eq!(wrong(&format!("limit={limit}"))[0].pointer, "?limit", "{limit}");
        }
    }
}
