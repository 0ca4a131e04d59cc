use heck::{ToKebabCase, ToLowerCamelCase, ToPascalCase, ToShoutySnakeCase, ToSnakeCase};
use serde_json::Value;

use super::super::operators::{EvaluationError, text};
use crate::templates::limits::{Budget, Stop};

type Result = std::result::Result<Value, EvaluationError>;

fn change(value: &Value, how: impl Fn(&str) -> String) -> Result {
    Ok(Value::String(how(&text(value)?)))
}

pub(super) fn upper(value: &Value, _: &[Value], _: &Budget) -> Result {
    change(value, str::to_uppercase)
}

pub(super) fn lower(value: &Value, _: &[Value], _: &Budget) -> Result {
    change(value, str::to_lowercase)
}

pub(super) fn trim(value: &Value, _: &[Value], _: &Budget) -> Result {
    change(value, |text| text.trim().to_owned())
}

pub(super) fn string(value: &Value, _: &[Value], _: &Budget) -> Result {
    change(value, str::to_owned)
}

/// Nothing is ever escaped, so there is nothing to leave unescaped; templates say it all the same.
pub(super) fn safe(value: &Value, _: &[Value], _: &Budget) -> Result {
    change(value, str::to_owned)
}

pub(super) fn kebab_case(value: &Value, _: &[Value], _: &Budget) -> Result {
    change(value, ToKebabCase::to_kebab_case)
}

pub(super) fn snake_case(value: &Value, _: &[Value], _: &Budget) -> Result {
    change(value, ToSnakeCase::to_snake_case)
}

pub(super) fn pascal_case(value: &Value, _: &[Value], _: &Budget) -> Result {
    change(value, ToPascalCase::to_pascal_case)
}

pub(super) fn camel_case(value: &Value, _: &[Value], _: &Budget) -> Result {
    change(value, ToLowerCamelCase::to_lower_camel_case)
}

pub(super) fn constant_case(value: &Value, _: &[Value], _: &Budget) -> Result {
    change(value, ToShoutySnakeCase::to_shouty_snake_case)
}

/// The first letter in upper case, all others in lower case.
pub(super) fn capitalize(value: &Value, _: &[Value], _: &Budget) -> Result {
    change(value, capitalized)
}

/// The first letter of each word in upper case, all others in lower case.
pub(super) fn title(value: &Value, _: &[Value], _: &Budget) -> Result {
    change(value, |text| text.split(' ').map(capitalized).collect::<Vec<_>>().join(" "))
}

fn capitalized(word: &str) -> String {
    let mut letters = word.chars();
    letters
        .next()
        .map_or_else(String::new, |first| first.to_uppercase().chain(letters.flat_map(char::to_lowercase)).collect())
}

/// `replace(what, with)`: every occurrence, as it stands (no pattern).
pub(super) fn replace(value: &Value, arguments: &[Value], budget: &Budget) -> Result {
    let [what, with] = arguments else { return Err(EvaluationError::Wrong("takes what and with".to_owned())) };
    let (whole, what, with) = (text(value)?, text(what)?, text(with)?);
    if what.is_empty() {
        return Err(EvaluationError::Wrong("can't replace an empty text".to_owned()));
    }
    let size = whole.len() + whole.matches(what.as_ref()).count() * with.len();
    bounded(size, budget)?;
    Ok(Value::String(whole.replace(what.as_ref(), &with)))
}

/// `indent(width = 4, first = false)`: white space before each line, and before the first where asked for.
pub(super) fn indent(value: &Value, arguments: &[Value], budget: &Budget) -> Result {
    let width = arguments.first().map_or(Some(4), Value::as_u64).filter(|width| *width <= 64);
    let width = width.and_then(|width| usize::try_from(width).ok());
    let width = width.ok_or_else(|| "takes a width of 0 to 64".to_owned())?;
    let whole = text(value)?;
    bounded(whole.len() + (whole.matches('\n').count() + 1) * width, budget)?;
    let blank = " ".repeat(width);
    let first = arguments.get(1).is_some_and(super::super::operators::truth);
    let mut lines = Vec::new();
    for (index, line) in whole.split('\n').enumerate() {
        let indented = !line.is_empty() && (index > 0 || first);
        lines.push(if indented { format!("{blank}{line}") } else { line.to_owned() });
    }
    Ok(Value::String(lines.join("\n")))
}

/// Refuses a text before it is made.
pub(super) fn bounded(size: usize, budget: &Budget) -> std::result::Result<(), Stop> {
    if size > budget.limits.value_bytes { Err(Stop::Value(budget.limits.value_bytes)) } else { Ok(()) }
}
