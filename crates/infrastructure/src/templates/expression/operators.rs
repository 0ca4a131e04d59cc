use std::borrow::Cow;
use std::cmp::Ordering;

use minijinja::machinery::ast::{BinOpKind, CompareOpKind};
use serde_json::{Number, Value};

use crate::templates::error::kind_of;
use crate::templates::limits::{Budget, Stop};

/// Why an operation gives no value.
#[derive(Debug)]
pub(super) enum EvaluationError {
    Stop(Stop),
    Wrong(String),
}

impl From<Stop> for EvaluationError {
    fn from(stop: Stop) -> Self {
        Self::Stop(stop)
    }
}

impl From<String> for EvaluationError {
    fn from(message: String) -> Self {
        Self::Wrong(message)
    }
}

/// What is done with two values.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Operation {
    Add,
    Subtract,
    Multiply,
    Divide,
    DivideWhole,
    Remainder,
    Power,
    Join,
}

/// `false`, null, zero, and an empty text, list or object don't hold; everything else does.
pub(in crate::templates) fn truth(value: &Value) -> bool {
    match value {
        Value::Null => false,
        Value::Bool(value) => *value,
        Value::Number(number) => number.as_f64() != Some(0.0),
        Value::String(text) => !text.is_empty(),
        Value::Array(items) => !items.is_empty(),
        Value::Object(members) => !members.is_empty(),
    }
}

/// How a value is written into a text: null as nothing, and lists and objects not at all.
pub(super) fn text(value: &Value) -> Result<Cow<'_, str>, String> {
    match value {
        Value::Null => Ok(Cow::Borrowed("")),
        Value::Bool(true) => Ok(Cow::Borrowed("true")),
        Value::Bool(false) => Ok(Cow::Borrowed("false")),
        Value::Number(number) => Ok(Cow::Owned(number.to_string())),
        Value::String(text) => Ok(Cow::Borrowed(text)),
        Value::Array(_) => Err("a list has no text of its own: say `| join(', ')` or `| dump`".to_owned()),
        Value::Object(_) => Err("an object has no text of its own: say `| dump`, or name a member".to_owned()),
    }
}

/// A member of an object or an item of a list (from 0, or from the end where negative).
pub(super) fn member<'v>(whole: &'v Value, key: &Value) -> Option<&'v Value> {
    match (whole, key) {
        (Value::Object(members), Value::String(name)) => members.get(name),
        (Value::Array(items), Value::Number(index)) => {
            let index = index.as_i64()?;
            let index = if index < 0 { index + i64::try_from(items.len()).ok()? } else { index };
            items.get(usize::try_from(index).ok()?)
        }
        _ => None,
    }
}

pub(super) fn apply(
    operation: Operation,
    left: &Value,
    right: &Value,
    budget: &Budget,
) -> Result<Value, EvaluationError> {
    let joins =
        operation == Operation::Join || (operation == Operation::Add && (left.is_string() || right.is_string()));
    if joins {
        let (left, right) = (text(left)?, text(right)?);
        if left.len() + right.len() > budget.limits.value_bytes {
            return Err(Stop::Value(budget.limits.value_bytes).into());
        }
        return Ok(Value::String(format!("{left}{right}")));
    }
    let (Value::Number(left), Value::Number(right)) = (left, right) else {
        return Err(EvaluationError::Wrong(format!("can't calculate with {} and {}", kind_of(left), kind_of(right))));
    };
    calculate(operation, left, right).ok_or_else(|| EvaluationError::Wrong("the result is no number".to_owned()))
}

fn calculate(operation: Operation, left: &Number, right: &Number) -> Option<Value> {
    if let (Some(left), Some(right)) = (left.as_i64(), right.as_i64()) {
        let whole = match operation {
            Operation::Add => left.checked_add(right),
            Operation::Subtract => left.checked_sub(right),
            Operation::Multiply => left.checked_mul(right),
            Operation::DivideWhole => left.checked_div_euclid(right),
            Operation::Remainder => left.checked_rem_euclid(right),
            Operation::Power => left.checked_pow(u32::try_from(right).ok()?),
            Operation::Divide | Operation::Join => None,
        };
        if operation != Operation::Divide {
            return whole.map(Value::from);
        }
    }
    let (left, right) = (left.as_f64()?, right.as_f64()?);
    let result = match operation {
        Operation::Add => left + right,
        Operation::Subtract => left - right,
        Operation::Multiply => left * right,
        Operation::Divide => left / right,
        Operation::DivideWhole => left.div_euclid(right),
        Operation::Remainder => left.rem_euclid(right),
        Operation::Power => left.powf(right),
        Operation::Join => return None,
    };
    Number::from_f64(result).map(Value::Number)
}

/// The comparison that a binary operator is; the others never come here.
pub(super) fn comparison(op: BinOpKind) -> CompareOpKind {
    match op {
        BinOpKind::Ne => CompareOpKind::Ne,
        BinOpKind::Lt => CompareOpKind::Lt,
        BinOpKind::Lte => CompareOpKind::Lte,
        BinOpKind::Gt => CompareOpKind::Gt,
        BinOpKind::Gte => CompareOpKind::Gte,
        BinOpKind::In => CompareOpKind::In,
        _ => CompareOpKind::Eq,
    }
}

pub(super) fn compare(
    op: CompareOpKind,
    left: &Value,
    right: &Value,
    budget: &Budget,
) -> Result<bool, EvaluationError> {
    // Comparing reads both; weighing them first makes it as dear as it is.
    budget.admit(left)?;
    budget.admit(right)?;
    Ok(match op {
        CompareOpKind::Eq => equal(left, right),
        CompareOpKind::Ne => !equal(left, right),
        CompareOpKind::Lt => order(left, right)? == Ordering::Less,
        CompareOpKind::Lte => order(left, right)? != Ordering::Greater,
        CompareOpKind::Gt => order(left, right)? == Ordering::Greater,
        CompareOpKind::Gte => order(left, right)? != Ordering::Less,
        CompareOpKind::In => contains(right, left)?,
        CompareOpKind::NotIn => !contains(right, left)?,
    })
}

fn equal(left: &Value, right: &Value) -> bool {
    match (left, right) {
        (Value::Number(left), Value::Number(right)) => left.as_f64() == right.as_f64(),
        _ => left == right,
    }
}

pub(super) fn order(left: &Value, right: &Value) -> Result<Ordering, String> {
    match (left, right) {
        (Value::String(left), Value::String(right)) => Some(left.cmp(right)),
        (Value::Number(left), Value::Number(right)) => left.as_f64().partial_cmp(&right.as_f64()),
        _ => None,
    }
    .ok_or_else(|| format!("can't order {} and {}", kind_of(left), kind_of(right)))
}

fn contains(whole: &Value, part: &Value) -> Result<bool, String> {
    match (whole, part) {
        (Value::Array(items), part) => Ok(items.iter().any(|item| equal(item, part))),
        (Value::Object(members), Value::String(key)) => Ok(members.contains_key(key)),
        (Value::String(text), Value::String(part)) => Ok(text.contains(part.as_str())),
        _ => Err(format!("{} can't be in {}", kind_of(part), kind_of(whole))),
    }
}
