use domain::EntityRef;
use serde::Serialize;
use serde_json::ser::{PrettyFormatter, Serializer};
use serde_json::{Number, Value, json};

use super::super::operators::{EvaluationError, text};
use super::words::bounded;
use crate::templates::error::kind_of;
use crate::templates::limits::Budget;

type Result = std::result::Result<Value, EvaluationError>;

/// `dump(indent = 0)`: as JSON; a text comes out quoted and escaped, which YAML and TOML read too.
pub(super) fn dump(value: &Value, arguments: &[Value], budget: &Budget) -> Result {
    let width = arguments.first().map_or(Some(0), Value::as_u64).filter(|width| *width <= 8);
    let width = width.and_then(|width| usize::try_from(width).ok());
    let width = width.ok_or_else(|| "takes an indent of 0 to 8".to_owned())?;
    if width == 0 {
        return Ok(Value::String(value.to_string()));
    }
    bounded(lines(value, 1).saturating_mul(width), budget)?;
    let (blank, mut written) = (" ".repeat(width), Vec::new());
    let formatter = PrettyFormatter::with_indent(blank.as_bytes());
    value
        .serialize(&mut Serializer::with_formatter(&mut written, formatter))
        .map_err(|error| EvaluationError::Wrong(error.to_string()))?;
    String::from_utf8(written).map(Value::String).map_err(|error| EvaluationError::Wrong(error.to_string()))
}

/// The levels of all lines that a value takes up, added together: what indenting it costs.
fn lines(value: &Value, level: usize) -> usize {
    match value {
        Value::Array(items) => items.iter().map(|item| level + lines(item, level + 1)).sum::<usize>() + level,
        Value::Object(members) => members.values().map(|item| level + lines(item, level + 1)).sum::<usize>() + level,
        _ => 1,
    }
}

/// `pick(name)`: one member of an object, as Backstage's filter of that name.
pub(super) fn pick(value: &Value, arguments: &[Value], _: &Budget) -> Result {
    let name = arguments.first().map_or(Ok("".into()), text)?;
    let Value::Object(members) = value else {
        return Err(EvaluationError::Wrong(format!("takes an object, not {}", kind_of(value))));
    };
    members.get(name.as_ref()).cloned().ok_or_else(|| EvaluationError::Wrong(format!("finds no member `{name}`")))
}

/// The kind, namespace and name of an entity reference. As Backstage's, with a `defaultKind` where one is given.
pub(super) fn parse_entity_ref(value: &Value, arguments: &[Value], _: &Budget) -> Result {
    let given = text(value)?;
    let option = |name| arguments.first().and_then(|options| options.get(name)).and_then(Value::as_str);
    let (kind, rest) = match (given.split_once(':'), option("defaultKind")) {
        (Some((kind, rest)), _) => (kind, rest),
        (None, Some(kind)) => (kind, given.as_ref()),
        (None, None) => {
            return Err(EvaluationError::Wrong("takes `kind:namespace/name`, and there is no kind".to_owned()));
        }
    };
    let (namespace, name) = match rest.split_once('/') {
        Some((namespace, name)) => (Some(namespace), name),
        None => (option("defaultNamespace"), rest),
    };
    let reference = EntityRef::new(kind, namespace, name).map_err(|error| error.problem.to_owned())?;
    Ok(json!({ "kind": reference.kind(), "namespace": reference.namespace(), "name": reference.name() }))
}

fn number(value: &Value) -> std::result::Result<Number, EvaluationError> {
    let found = match value {
        Value::Number(number) => Some(number.clone()),
        Value::String(text) => text.trim().parse().ok(),
        _ => None,
    };
    found.ok_or_else(|| EvaluationError::Wrong("takes a number, or a text that is one".to_owned()))
}

fn decimal(value: &Value) -> std::result::Result<f64, EvaluationError> {
    number(value)?.as_f64().ok_or_else(|| EvaluationError::Wrong("takes a number".to_owned()))
}

fn from_decimal(result: f64) -> Result {
    // Whole results are whole numbers: `4.0` would be a surprise in a port or a count.
    #[expect(clippy::cast_possible_truncation, reason = "only where it is a whole number well within i64")]
    if result.fract() == 0.0 && result.abs() < 9e15 {
        return Ok(Value::from(result as i64));
    }
    Number::from_f64(result).map(Value::Number).ok_or_else(|| EvaluationError::Wrong("gives no number".to_owned()))
}

pub(super) fn int(value: &Value, _: &[Value], _: &Budget) -> Result {
    if let Some(whole) = number(value)?.as_i64() {
        return Ok(Value::from(whole));
    }
    from_decimal(decimal(value)?.trunc())
}

pub(super) fn float(value: &Value, _: &[Value], _: &Budget) -> Result {
    Number::from_f64(decimal(value)?)
        .map(Value::Number)
        .ok_or_else(|| EvaluationError::Wrong("gives no number".to_owned()))
}

pub(super) fn abs(value: &Value, _: &[Value], _: &Budget) -> Result {
    from_decimal(decimal(value)?.abs())
}

/// `round(digits = 0)`.
pub(super) fn round(value: &Value, arguments: &[Value], _: &Budget) -> Result {
    let digits = arguments.first().map_or(Some(0), Value::as_i64).filter(|digits| (0..=12).contains(digits));
    let digits =
        digits.and_then(|digits| i32::try_from(digits).ok()).ok_or_else(|| "takes 0 to 12 digits".to_owned())?;
    let scale = 10_f64.powi(digits);
    from_decimal((decimal(value)? * scale).round() / scale)
}
