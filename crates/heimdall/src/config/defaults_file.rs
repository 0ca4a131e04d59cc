//! Writes the file of defaults: every key of a schema, with what it means.

use serde_json::{Map, Value};

use super::schema::is_secret;

/// How wide comments are.
const WIDTH: usize = 100;
/// What the ends of keys say about the unit.
const UNITS: [(&str, &str); 5] =
    [("_ms", "milliseconds"), ("_seconds", "seconds"), ("_hours", "hours"), ("_days", "days"), ("_bytes", "bytes")];

/// The file of the service `name`, whose whole schema this is.
pub(super) fn write(name: &str, schema: &Value) -> String {
    let mut file = String::new();
    comment(&mut file, &format!("The configuration of {name}: every key, with its default."));
    for (path, section) in tables(schema) {
        table(&mut file, &path, section);
    }
    file
}

fn tables(schema: &Value) -> impl Iterator<Item = (String, &Value)> {
    let properties = schema.get("properties").and_then(Value::as_object);
    properties.into_iter().flatten().map(|(key, section)| (key.clone(), section))
}

/// A table with its keys, and behind them the tables in it.
fn table(file: &mut String, path: &str, schema: &Value) {
    let empty = Map::new();
    let properties = schema.get("properties").and_then(Value::as_object).unwrap_or(&empty);
    let is_table = |schema: &Value| schema.get("type").and_then(Value::as_str) == Some("object");
    let (below, keys): (Vec<_>, Vec<_>) = properties.iter().partition(|(_, schema)| is_table(schema));
    // A table that only holds tables needs no line of its own.
    if below.is_empty() || !keys.is_empty() {
        file.push('\n');
        comment(file, schema.get("description").and_then(Value::as_str).unwrap_or_default());
        line(file, &format!("[{path}]"));
    }
    let secret_of =
        |key: &str| key.strip_suffix("_file").is_some_and(|secret| properties.get(secret).is_some_and(is_secret));
    for (key, schema) in keys.into_iter().filter(|(key, _)| !secret_of(key)) {
        entry(file, key, schema);
    }
    if let Some(Value::Object(default)) = schema.get("default") {
        for (key, value) in default {
            line(file, &format!("{key:?} = {}", toml(value)));
        }
    }
    for (key, schema) in below {
        table(file, &format!("{path}.{key}"), schema);
    }
}

fn entry(file: &mut String, key: &str, schema: &Value) {
    let description = schema.get("description").and_then(Value::as_str).unwrap_or_default();
    comment(file, description);
    let unit = UNITS.iter().find(|(end, unit)| key.ends_with(end) && !description.to_lowercase().contains(unit));
    if let Some((_, unit)) = unit {
        comment(file, &format!("In {unit}."));
    }
    for (value, meaning) in alternatives(schema) {
        comment(file, &format!("`{value}`: {meaning}"));
    }
    match schema.get("default") {
        _ if is_secret(schema) => {
            comment(file, &format!("A secret: best in a file, which `{key}_file` names."));
            line(file, &format!("# {key} = \"…\""));
        }
        Some(default) => line(file, &format!("{key} = {}", toml(default))),
        None => line(file, &format!("# {key} = {}", example(schema))),
    }
}

/// The values that a key may have, with what they mean.
fn alternatives(schema: &Value) -> impl Iterator<Item = (&str, &str)> {
    let values = schema.get("oneOf").and_then(Value::as_array).into_iter().flatten();
    values.filter_map(|value| Some((value.get("const")?.as_str()?, value.get("description")?.as_str()?)))
}

/// A value of the right type for a key that has no default.
fn example(schema: &Value) -> &'static str {
    let types = match schema.get("type") {
        Some(Value::Array(types)) => types.first().and_then(Value::as_str),
        Some(only) => only.as_str(),
        None => None,
    };
    match types {
        Some("integer" | "number") => "0",
        Some("boolean") => "false",
        Some("array") => "[]",
        _ => "\"…\"",
    }
}

/// A value as TOML writes it inside a line.
fn toml(value: &Value) -> String {
    match value {
        Value::Array(items) => format!("[{}]", items.iter().map(toml).collect::<Vec<_>>().join(", ")),
        Value::Object(fields) => {
            let fields = fields.iter().map(|(key, value)| format!("{key:?} = {}", toml(value)));
            format!("{{ {} }}", fields.collect::<Vec<_>>().join(", "))
        }
        // JSON's texts, numbers and truth values are TOML's, too.
        other => other.to_string(),
    }
}

fn line(file: &mut String, text: &str) {
    file.push_str(text);
    file.push('\n');
}

fn comment(file: &mut String, text: &str) {
    for paragraph in text.split("\n\n").filter(|paragraph| !paragraph.is_empty()) {
        let mut words = String::from("#");
        for word in paragraph.split_whitespace() {
            if words.chars().count() + 1 + word.chars().count() > WIDTH {
                line(file, &words);
                "#".clone_into(&mut words);
            }
            words.push(' ');
            words.push_str(word);
        }
        line(file, &words);
    }
}
