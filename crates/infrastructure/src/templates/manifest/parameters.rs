use application::JsonObject;
use serde_json::{Value, json};

use crate::templates::error::{TemplateErrors, kind_of};

/// Keywords that say something of a page alone and are dropped when pages are merged.
const OF_A_PAGE: &[&str] =
    &["title", "description", "type", "additionalProperties", "unevaluatedProperties", "$schema"];

/// Makes one object schema of what stands under `spec.parameters`: a schema, or Backstage's list of pages.
pub(super) fn merge(parameters: Option<&Value>, faults: &mut TemplateErrors) -> Option<Value> {
    match parameters {
        None => Some(json!({ "type": "object", "properties": {} })),
        Some(schema @ Value::Object(_)) => Some(with_type(schema)),
        Some(Value::Array(pages)) => merge_pages(pages, faults),
        Some(other) => {
            faults.add("/spec/parameters", kind_of(other), "an object schema, or a list of them (pages)");
            None
        }
    }
}

/// Backstage lets `type: object` be left out.
fn with_type(schema: &Value) -> Value {
    let mut schema = schema.clone();
    if let Value::Object(members) = &mut schema
        && !members.contains_key("type")
    {
        members.shift_insert(0, "type".to_owned(), Value::from("object"));
    }
    schema
}

fn merge_pages(pages: &[Value], faults: &mut TemplateErrors) -> Option<Value> {
    let (mut properties, mut definitions) = (JsonObject::new(), JsonObject::new());
    let (mut required, mut all) = (Vec::new(), Vec::new());
    let before = faults.count();
    for (index, page) in pages.iter().enumerate() {
        let at = format!("/spec/parameters/{index}");
        let Value::Object(page) = page else {
            faults.add(at, kind_of(page), "a page: an object schema");
            continue;
        };
        let mut rest = JsonObject::new();
        for (keyword, value) in page {
            match (keyword.as_str(), value) {
                ("properties", Value::Object(more)) => unite(&mut properties, more, &at, "parameter", faults),
                ("$defs", Value::Object(more)) => unite(&mut definitions, more, &at, "definition", faults),
                ("required", Value::Array(more)) => required.extend(more.iter().cloned()),
                ("type", value) if value.as_str() != Some("object") => {
                    faults.add(format!("{at}/type"), "a page that is no object", "`object`");
                }
                ("additionalProperties" | "unevaluatedProperties", value) if *value != Value::Bool(false) => {
                    let expected = "`false` or nothing: what is not declared is refused";
                    faults.add(format!("{at}/{keyword}"), "a page that lets undeclared parameters in", expected);
                }
                (name, _) if OF_A_PAGE.contains(&name) || name.starts_with("ui:") => {}
                (_, value) => {
                    rest.insert(keyword.clone(), value.clone());
                }
            }
        }
        if !rest.is_empty() {
            all.push(Value::Object(rest));
        }
    }
    if faults.count() > before {
        return None;
    }
    let mut schema = json!({ "type": "object", "properties": properties });
    for (keyword, value) in [("required", Value::Array(required)), ("allOf", Value::Array(all))] {
        if value.as_array().is_some_and(|items| !items.is_empty()) {
            schema[keyword] = value;
        }
    }
    if !definitions.is_empty() {
        schema["$defs"] = Value::Object(definitions);
    }
    Some(schema)
}

fn unite(into: &mut JsonObject, more: &JsonObject, at: &str, what: &str, faults: &mut TemplateErrors) {
    for (name, value) in more {
        if into.contains_key(name) {
            faults.add(at, format!("the {what} `{name}`, which an earlier page has"), "each on one page only");
        }
        into.insert(name.clone(), value.clone());
    }
}
