use serde_json::Value;

use super::super::operators::{EvaluationError, order, text};
use super::words::bounded;
use crate::templates::error::kind_of;
use crate::templates::limits::Budget;

type Result = std::result::Result<Value, EvaluationError>;

fn items(value: &Value) -> std::result::Result<&[Value], EvaluationError> {
    value
        .as_array()
        .map(Vec::as_slice)
        .ok_or_else(|| EvaluationError::Wrong(format!("takes a list, not {}", kind_of(value))))
}

/// `join(between = '')`.
pub(super) fn join(value: &Value, arguments: &[Value], budget: &Budget) -> Result {
    let between = arguments.first().map_or(Ok("".into()), text)?;
    let parts = items(value)?.iter().map(text).collect::<std::result::Result<Vec<_>, _>>()?;
    bounded(parts.iter().map(|part| part.len() + between.len()).sum(), budget)?;
    Ok(Value::String(parts.join(between.as_ref())))
}

/// `split(at)`: the parts of a text between occurrences of `at`.
pub(super) fn split(value: &Value, arguments: &[Value], budget: &Budget) -> Result {
    let at = arguments.first().map_or(Ok("".into()), text)?;
    let whole = text(value)?;
    if at.is_empty() {
        return Err(EvaluationError::Wrong("can't split at an empty text".to_owned()));
    }
    bounded(whole.len() + whole.matches(at.as_ref()).count() * 8, budget)?;
    Ok(Value::Array(whole.split(at.as_ref()).map(Value::from).collect()))
}

/// The number of characters, items or members.
pub(super) fn length(value: &Value, _: &[Value], _: &Budget) -> Result {
    match value {
        Value::String(text) => Ok(Value::from(text.chars().count())),
        Value::Array(items) => Ok(Value::from(items.len())),
        Value::Object(members) => Ok(Value::from(members.len())),
        other => Err(EvaluationError::Wrong(format!("takes a text, a list or an object, not {}", kind_of(other)))),
    }
}

pub(super) fn first(value: &Value, _: &[Value], _: &Budget) -> Result {
    end(value, <[Value]>::first, |text| text.chars().next())
}

pub(super) fn last(value: &Value, _: &[Value], _: &Budget) -> Result {
    end(value, <[Value]>::last, |text| text.chars().next_back())
}

fn end(value: &Value, of_list: fn(&[Value]) -> Option<&Value>, of_text: fn(&str) -> Option<char>) -> Result {
    let found = match value {
        Value::String(text) => of_text(text).map(|letter| Value::from(letter.to_string())),
        other => of_list(items(other)?).cloned(),
    };
    found.ok_or_else(|| EvaluationError::Wrong("finds nothing in what is empty".to_owned()))
}

pub(super) fn reverse(value: &Value, _: &[Value], _: &Budget) -> Result {
    match value {
        Value::String(text) => Ok(Value::String(text.chars().rev().collect())),
        other => Ok(Value::Array(items(other)?.iter().rev().cloned().collect())),
    }
}

/// Texts by their characters' code points, numbers by size; both in one list can't be sorted.
pub(super) fn sort(value: &Value, _: &[Value], _: &Budget) -> Result {
    let mut sorted = items(value)?.to_vec();
    if let [first, rest @ ..] = sorted.as_slice() {
        rest.iter().try_for_each(|item| order(first, item).map(drop))?;
    }
    sorted.sort_by(|left, right| order(left, right).unwrap_or(std::cmp::Ordering::Equal));
    Ok(Value::Array(sorted))
}
