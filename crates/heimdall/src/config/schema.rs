//! The JSON Schema of a configuration file, for editors, and of which keys it says what.

use schemars::{JsonSchema, generate::SchemaSettings};
use serde_json::{Map, Value, json};

use super::node::{Kind, Node};

/// The schema of one section, as its type gives it.
pub(super) fn of<T: JsonSchema>() -> Value {
    let settings = SchemaSettings::draft07().for_deserialize().with(|settings| {
        settings.inline_subschemas = true;
        settings.meta_schema = None;
    });
    let mut schema = settings.into_generator().into_root_schema_for::<T>().to_value();
    tidy(&mut schema);
    schema
}

/// The schema of a whole file: `sections` are their paths, schemas and defaults.
pub(super) fn document<'s>(name: &str, sections: impl IntoIterator<Item = (&'s str, Value, Value)>) -> Value {
    let mut root = json!({ "type": "object", "properties": {}, "additionalProperties": false });
    for (path, mut schema, defaults) in sections {
        set_defaults(&mut schema, defaults);
        put(&mut root, path, schema);
    }
    let mut document = Map::new();
    document.insert("$schema".to_owned(), json!("http://json-schema.org/draft-07/schema#"));
    document.insert("title".to_owned(), json!(format!("The configuration of {name}")));
    if let Value::Object(root) = root {
        document.extend(root);
    }
    Value::Object(document)
}

/// Adds a key that was renamed, as the new one with a note.
pub(super) fn deprecate(document: &mut Value, old: &[String], new: &[String]) {
    let Some((last, above)) = old.split_last() else { return };
    let Some(mut schema) = new.iter().try_fold(&*document, |table, key| table.get("properties")?.get(key)).cloned()
    else {
        return;
    };
    if let Some(fields) = schema.as_object_mut() {
        fields.remove("default");
        fields.insert("deprecated".to_owned(), json!(true));
        fields.insert("description".to_owned(), json!(format!("Is now called `{}`.", new.join("."))));
    }
    let table = above.iter().try_fold(document, |table, key| table.get_mut("properties")?.get_mut(key));
    if let Some(Value::Object(properties)) = table.and_then(|table| table.get_mut("properties")) {
        properties.insert(last.clone(), schema);
    }
}

/// Whether the schema is that of a value that must not be printed.
pub(super) fn is_secret(schema: &Value) -> bool {
    let alternatives = schema.get("anyOf").and_then(Value::as_array).into_iter().flatten();
    schema.get("writeOnly") == Some(&Value::Bool(true)) || alternatives.into_iter().any(is_secret)
}

/// Whether `node`, which is no table, is what the schema wants, and the schema says that it is not secret. Of what the
/// schema knows nothing, that is not said.
pub(super) fn takes(schema: &Value, node: &Node) -> bool {
    if is_secret(schema) {
        return false;
    }
    for keyword in ["anyOf", "oneOf"] {
        if let Some(alternatives) = schema.get(keyword).and_then(Value::as_array) {
            return alternatives.iter().any(|schema| takes(schema, node));
        }
    }
    let text = match &node.kind {
        Kind::String(text) | Kind::Untyped(text) => Some(text.as_str()),
        _ => None,
    };
    if let Some(constant) = schema.get("const") {
        return text.is_some() && constant.as_str() == text;
    }
    if let Some(values) = schema.get("enum").and_then(Value::as_array) {
        return text.is_some_and(|text| values.iter().any(|value| value.as_str() == Some(text)));
    }
    let named = |name: &str| match schema.get("type") {
        Some(Value::String(only)) => only == name,
        Some(Value::Array(several)) => several.iter().any(|value| value.as_str() == Some(name)),
        _ => false,
    };
    match &node.kind {
        Kind::Boolean(_) => named("boolean"),
        Kind::Integer(_) => named("integer") || named("number"),
        Kind::Float(_) => named("number"),
        Kind::String(_) => named("string"),
        Kind::Untyped(text) => {
            let text = text.trim();
            named("string")
                || named("boolean") && text.parse::<bool>().is_ok()
                || named("integer") && text.parse::<i64>().is_ok()
                || named("number") && text.parse::<f64>().is_ok()
        }
        Kind::Array(items) => {
            let item = schema.get("items");
            named("array")
                && item.is_some_and(|item| items.iter().all(|node| node.table().is_none() && takes(item, node)))
        }
        Kind::Null | Kind::Table(_) => false,
    }
}

fn put(root: &mut Value, path: &str, schema: Value) {
    let Some(properties) = root.get_mut("properties").and_then(Value::as_object_mut) else { return };
    match path.split_once('.') {
        Some((first, rest)) => {
            let table = || json!({ "type": "object", "properties": {}, "additionalProperties": false });
            put(properties.entry(first).or_insert_with(table), rest, schema);
        }
        None => {
            properties.insert(path.to_owned(), schema);
        }
    }
}

/// Gives each key its default; what has none (null) gets none, since TOML has no null.
fn set_defaults(schema: &mut Value, default: Value) {
    let Some(fields) = schema.as_object_mut() else { return };
    fields.remove("default");
    match (fields.get_mut("properties").and_then(Value::as_object_mut), default) {
        (Some(properties), Value::Object(defaults)) => {
            for (key, default) in defaults {
                if let Some(property) = properties.get_mut(&key) {
                    set_defaults(property, default);
                }
            }
        }
        (_, Value::Null) => {}
        (_, default) => {
            fields.insert("default".to_owned(), default);
        }
    }
}

/// Closes tables with known keys, lets each of their keys be given as a file too, and makes descriptions plain text.
fn tidy(schema: &mut Value) {
    let Some(fields) = schema.as_object_mut() else { return };
    fields.remove("title");
    if let Some(Value::String(description)) = fields.get_mut("description") {
        *description = plain(description);
    }
    for keyword in ["anyOf", "oneOf", "allOf"] {
        fields.get_mut(keyword).and_then(Value::as_array_mut).into_iter().flatten().for_each(tidy);
    }
    for keyword in ["items", "additionalProperties"] {
        fields.get_mut(keyword).into_iter().for_each(tidy);
    }
    let Some(properties) = fields.get_mut("properties").and_then(Value::as_object_mut) else { return };
    properties.values_mut().for_each(tidy);
    let secrets: Vec<_> =
        properties.iter().filter(|(_, schema)| is_secret(schema)).map(|(key, _)| key.clone()).collect();
    for key in &secrets {
        let description = format!("The path of a file that holds `{key}`.");
        properties.insert(format!("{key}_file"), json!({ "type": "string", "description": description }));
    }
    let others: Vec<_> = properties.keys().filter(|key| !secrets.contains(key) && !key.ends_with("_file")).collect();
    let pattern = format!("^({})_file$", others.into_iter().map(String::as_str).collect::<Vec<_>>().join("|"));
    if pattern != "^()_file$" {
        fields.insert("patternProperties".to_owned(), json!({ pattern: { "type": "string" } }));
    }
    fields.entry("additionalProperties").or_insert(Value::Bool(false));
}

/// A doc comment without its line breaks and links.
fn plain(text: &str) -> String {
    let paragraphs = text.split("\n\n").map(|paragraph| paragraph.split_whitespace().collect::<Vec<_>>().join(" "));
    let mut left = paragraphs.collect::<Vec<_>>().join("\n\n");
    let mut plain = String::new();
    while let Some((before, rest)) = left.split_once("[`") {
        let Some((name, rest)) = rest.split_once("`]") else { break };
        plain.extend([before, "`", name, "`"]);
        // `(target)` behind a link.
        let rest = match rest.strip_prefix('(').and_then(|rest| rest.split_once(')')) {
            Some((_, rest)) => rest,
            None => rest,
        };
        left = rest.to_owned();
    }
    plain + &left
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_doc_comment_becomes_plain_text() {
        assert_eq!(plain("Says [`A::B`](x::A),\nand [`C`].\n\nMore [1]."), "Says `A::B`, and `C`.\n\nMore [1].");
    }
}
