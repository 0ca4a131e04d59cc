use std::collections::BTreeSet;

use application::ports::pointer_token;
use serde_json::Value;

use crate::templates::error::{TemplateErrors, kind_of};

/// Keywords whose value is one schema.
const ONE: &[&str] = &[
    "items",
    "additionalProperties",
    "unevaluatedProperties",
    "unevaluatedItems",
    "contains",
    "propertyNames",
    "not",
    "if",
    "then",
    "else",
];
/// Keywords whose value is a list of schemas.
const LIST: &[&str] = &["allOf", "anyOf", "oneOf", "prefixItems"];
/// Keywords whose value is an object of schemas.
const MAP: &[&str] = &["properties", "patternProperties", "$defs", "dependentSchemas"];
/// Keywords with other values.
const PLAIN: &[&str] = &[
    "$comment",
    "$ref",
    "$schema",
    "const",
    "default",
    "dependentRequired",
    "deprecated",
    "description",
    "enum",
    "enumNames",
    "examples",
    "exclusiveMaximum",
    "exclusiveMinimum",
    "format",
    "maxContains",
    "maxItems",
    "maxLength",
    "maxProperties",
    "maximum",
    "minContains",
    "minItems",
    "minLength",
    "minProperties",
    "minimum",
    "multipleOf",
    "pattern",
    "readOnly",
    "required",
    "title",
    "type",
    "uniqueItems",
    "writeOnly",
];
/// Keywords of older drafts that Backstage's templates still have, and what stands for them today.
const OLD: &[(&str, &str)] = &[
    ("dependencies", "`dependentRequired` or `dependentSchemas`"),
    ("definitions", "`$defs`"),
    ("additionalItems", "`items` beside `prefixItems`"),
    ("id", "nothing: references are local (`#/$defs/…`)"),
    ("$id", "nothing: references are local (`#/$defs/…`)"),
];

/// Finds what is not part of the subset: it would be ignored silently, although its author relies on it.
pub(super) fn check(root: &Value, at: &str, faults: &mut TemplateErrors) {
    if root.get("type") != Some(&Value::from("object")) {
        faults.add(format!("{at}/type"), "no `type: object`", "one schema object, or a list of them");
    }
    for keyword in ["additionalProperties", "unevaluatedProperties"] {
        if root.get(keyword).is_some_and(|value| *value != Value::Bool(false)) {
            let found = format!("`{keyword}` that lets undeclared parameters in");
            faults.add(format!("{at}/{keyword}"), found, "`false` or nothing: what is not declared is refused");
        }
    }
    Walk { at, faults }.schema(root, &mut Vec::new(), true, 0);
}

/// Collects the names under `properties` of a schema and of its branches.
pub(super) fn declared(schema: &Value, names: &mut BTreeSet<String>) {
    if let Some(Value::Object(properties)) = schema.get("properties") {
        names.extend(properties.keys().cloned());
    }
    for keyword in ["allOf", "anyOf", "oneOf"] {
        let branches = schema.get(keyword).and_then(Value::as_array);
        branches.into_iter().flatten().for_each(|branch| declared(branch, names));
    }
    for keyword in ["if", "then", "else"] {
        schema.get(keyword).into_iter().for_each(|branch| declared(branch, names));
    }
    let dependent = schema.get("dependentSchemas").and_then(Value::as_object);
    dependent.into_iter().flat_map(|schemas| schemas.values()).for_each(|branch| declared(branch, names));
}

struct Walk<'a> {
    at: &'a str,
    faults: &'a mut TemplateErrors,
}

impl Walk<'_> {
    fn add(&mut self, path: &[&str], found: String, expected: impl Into<String>) {
        self.faults.add(format!("{}{}", self.at, pointer(path)), found, expected);
    }

    /// `tracked`: reached from the root through `properties` alone, so that the place of its value is known.
    fn schema<'v>(&mut self, schema: &'v Value, path: &mut Vec<&'v str>, tracked: bool, depth: usize) {
        if depth > 32 {
            return self.add(path, "schemas within schemas, more than 32 levels".to_owned(), "a flatter schema");
        }
        let members = match schema {
            Value::Object(members) => members,
            Value::Bool(_) => return,
            other => return self.add(path, kind_of(other).to_owned(), "a schema: an object or a boolean"),
        };
        self.values(members, path, tracked);
        for (keyword, value) in members {
            path.push(keyword);
            let name = keyword.as_str();
            if ONE.contains(&name) {
                self.schema(value, path, false, depth + 1);
            } else if LIST.contains(&name) {
                for item in value.as_array().into_iter().flatten() {
                    self.schema(item, path, false, depth + 1);
                }
            } else if MAP.contains(&name) {
                for (key, item) in value.as_object().into_iter().flatten() {
                    path.push(key);
                    self.schema(item, path, tracked && name == "properties", depth + 1);
                    path.pop();
                }
            } else if let Some((_, instead)) = OLD.iter().find(|(old, _)| *old == name) {
                self.add(path, format!("the keyword `{name}` of an older draft"), *instead);
            } else if !PLAIN.contains(&name) && !name.starts_with("ui:") {
                self.add(path, format!("the keyword `{name}`, which is not known"), "a keyword of JSON Schema 2020-12");
            }
            path.pop();
        }
    }

    /// Rules about the values of some keywords, beyond what the meta-schema says.
    fn values<'v>(&mut self, members: &'v application::JsonObject, path: &mut Vec<&'v str>, tracked: bool) {
        if let Some(reference) = members.get("$ref").and_then(Value::as_str)
            && reference.strip_prefix("#/$defs/").is_none_or(|name| name.contains(['/', '%']))
        {
            // Elsewhere there may be a secret, which is only known as one where it was declared, and within a definition
            // (its `const`, say) what nobody has checked to be a schema.
            let expected = "a reference to a definition of the schema, `#/$defs/…`";
            self.add(path, format!("a reference to `{reference}`"), expected);
        }
        if let Some(draft) = members.get("$schema").and_then(Value::as_str)
            && !draft.contains("2020-12")
        {
            self.add(path, format!("the draft `{draft}`"), "JSON Schema 2020-12");
        }
        if members.get("writeOnly") == Some(&Value::Bool(true)) {
            if !tracked {
                let expected = "`writeOnly` on a parameter, or on a property of one that is an object";
                self.add(path, "`writeOnly` where it can't be followed".to_owned(), expected);
            }
            if members.contains_key("default") {
                self.add(path, "a secret with a default that everybody can read".to_owned(), "no `default`");
            }
        }
        for name in members.get("properties").and_then(Value::as_object).into_iter().flat_map(|all| all.keys()) {
            if name.is_empty() || name.chars().any(char::is_control) {
                self.add(path, "a property without a printable name".to_owned(), "a name");
            }
        }
    }
}

/// The place of a value in words, for a message.
fn pointer(path: &[&str]) -> String {
    path.iter().flat_map(|key| ["/".to_owned(), pointer_token(key)]).collect()
}
