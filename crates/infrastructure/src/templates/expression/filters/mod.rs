//! The filters, tests and functions of the language; what is not in these tables is refused when a template is loaded.

mod lists;
mod structure;
mod words;

use serde_json::Value;

use super::operators::EvaluationError;
use crate::templates::limits::{Budget, Stop};

type Test = fn(&Value) -> bool;
type Filter = fn(&Value, &[Value], &Budget) -> Result<Value, EvaluationError>;

/// Each filter with the least and the most arguments it takes.
const FILTERS: &[(&str, usize, usize, Filter)] = &[
    ("abs", 0, 0, structure::abs),
    ("camelCase", 0, 0, words::camel_case),
    ("capitalize", 0, 0, words::capitalize),
    ("constantCase", 0, 0, words::constant_case),
    ("dump", 0, 1, structure::dump),
    ("first", 0, 0, lists::first),
    ("float", 0, 0, structure::float),
    ("indent", 0, 2, words::indent),
    ("int", 0, 0, structure::int),
    ("join", 0, 1, lists::join),
    ("json", 0, 1, structure::dump),
    ("kebabCase", 0, 0, words::kebab_case),
    ("last", 0, 0, lists::last),
    ("length", 0, 0, lists::length),
    ("lower", 0, 0, words::lower),
    ("parseEntityRef", 0, 1, structure::parse_entity_ref),
    ("pascalCase", 0, 0, words::pascal_case),
    ("pick", 1, 1, structure::pick),
    ("replace", 2, 2, words::replace),
    ("reverse", 0, 0, lists::reverse),
    ("round", 0, 1, structure::round),
    ("safe", 0, 0, words::safe),
    ("snakeCase", 0, 0, words::snake_case),
    ("sort", 0, 0, lists::sort),
    ("split", 1, 1, lists::split),
    ("string", 0, 0, words::string),
    ("title", 0, 0, words::title),
    ("trim", 0, 0, words::trim),
    ("upper", 0, 0, words::upper),
];

/// These look at what may be undefined, so the evaluator has them itself.
const DEFAULTS: &[&str] = &["default", "d"];

/// Each test by its name.
const TESTS: &[(&str, Test)] = &[
    ("boolean", Value::is_boolean),
    ("mapping", Value::is_object),
    ("none", Value::is_null),
    ("number", Value::is_number),
    ("sequence", Value::is_array),
    ("string", Value::is_string),
];

/// The names of all filters, for a message.
pub(super) fn filter_names() -> String {
    let mut names: Vec<_> = FILTERS.iter().map(|(name, ..)| *name).chain(DEFAULTS.iter().copied()).collect();
    names.sort_unstable();
    names.join(", ")
}

/// The names of all tests, for a message.
pub(super) fn test_names() -> String {
    let names: Vec<_> = TESTS.iter().map(|(name, _)| *name).chain(["defined", "undefined"]).collect();
    names.join(", ")
}

pub(super) fn is_default(name: &str) -> bool {
    DEFAULTS.contains(&name)
}

pub(super) fn is_test(name: &str) -> bool {
    matches!(name, "defined" | "undefined") || TESTS.iter().any(|(known, _)| *known == name)
}

/// The least and the most arguments of a filter, or `None` where there is no such filter.
pub(super) fn arity(name: &str) -> Option<(usize, usize)> {
    if is_default(name) {
        return Some((0, 2));
    }
    FILTERS.iter().find(|(known, ..)| *known == name).map(|(_, least, most, _)| (*least, *most))
}

pub(super) fn apply(name: &str, value: &Value, arguments: &[Value], budget: &Budget) -> Result<Value, EvaluationError> {
    let Some((_, least, most, filter)) = FILTERS.iter().find(|(known, ..)| *known == name) else {
        return Err(EvaluationError::Wrong(format!("there is no filter `{name}`")));
    };
    if !(*least..=*most).contains(&arguments.len()) {
        return Err(EvaluationError::Wrong(format!("the filter `{name}` takes {least} to {most} arguments")));
    }
    budget.admit(value)?;
    filter(value, arguments, budget).map_err(|failure| match failure {
        EvaluationError::Wrong(message) => EvaluationError::Wrong(format!("the filter `{name}` {message}")),
        stop @ EvaluationError::Stop(_) => stop,
    })
}

pub(super) fn test(name: &str, value: Option<&Value>) -> Result<bool, String> {
    match (name, value) {
        ("defined", value) => Ok(value.is_some()),
        ("undefined", value) => Ok(value.is_none()),
        (_, None) => Ok(false),
        (name, Some(value)) => TESTS
            .iter()
            .find(|(known, _)| *known == name)
            .map(|(_, test)| test(value))
            .ok_or_else(|| format!("there is no test `{name}`")),
    }
}

/// The only function: `range(until)` and `range(from, until)`.
pub(super) fn function(name: &str, arguments: &[Value], budget: &Budget) -> Result<Value, EvaluationError> {
    if name != "range" {
        return Err(EvaluationError::Wrong(format!("there is no function `{name}`; only `range` can be called")));
    }
    let numbers: Option<Vec<i64>> = arguments.iter().map(Value::as_i64).collect();
    let (from, until) = match numbers.as_deref() {
        Some([until]) => (0, *until),
        Some([from, until]) => (*from, *until),
        _ => return Err(EvaluationError::Wrong("`range` takes one or two whole numbers".to_owned())),
    };
    let length = usize::try_from(until.saturating_sub(from)).unwrap_or(0);
    budget.spend(length.saturating_mul(16))?;
    if length.saturating_mul(8) > budget.limits.value_bytes {
        return Err(Stop::Value(budget.limits.value_bytes).into());
    }
    Ok(Value::Array((from..until).map(Value::from).collect()))
}
