use serde_json::Value;

/// What a schema asks for, in words: `an integer from 1 to 100`.
pub(in crate::http) fn describe(root: &Value, schema: &Value) -> String {
    let schema = resolve(root, schema);
    if let Some(value) = schema.get("const") {
        return literal(value);
    }
    if let Some(options) = schema.get("enum").and_then(Value::as_array) {
        return one_of(options.iter().map(literal));
    }
    if let Some(branches) = ["oneOf", "anyOf"].iter().find_map(|key| schema.get(key)?.as_array()) {
        return one_of(branches.iter().map(|branch| describe(root, branch)));
    }
    if let Some([only]) = schema.get("allOf").and_then(Value::as_array).map(Vec::as_slice) {
        return describe(root, only);
    }
    match schema.get("type") {
        Some(Value::String(kind)) => describe_type(schema, kind),
        Some(Value::Array(kinds)) => one_of(kinds.iter().filter_map(Value::as_str).map(|k| describe_type(schema, k))),
        _ => String::new(),
    }
}

/// Follows `$ref` within the document.
pub(in crate::http) fn resolve<'a>(root: &'a Value, mut schema: &'a Value) -> &'a Value {
    // References to references are rare, and a loop of them describes nothing.
    for _ in 0..8 {
        let target = schema.get("$ref").and_then(Value::as_str).and_then(|reference| reference.strip_prefix('#'));
        match target.and_then(|pointer| root.pointer(pointer)) {
            Some(found) => schema = found,
            None => break,
        }
    }
    schema
}

/// `a`, `a or b`, `one of a, b, c`.
pub(super) fn one_of(options: impl IntoIterator<Item = String>) -> String {
    let mut distinct: Vec<String> = Vec::new();
    for option in options {
        if !option.is_empty() && !distinct.contains(&option) {
            distinct.push(option);
        }
    }
    match distinct.as_slice() {
        [] => String::new(),
        [one] => one.clone(),
        [one, two] => format!("{one} or {two}"),
        many => format!("one of {}", many.join(", ")),
    }
}

fn literal(value: &Value) -> String {
    value.as_str().map_or_else(|| value.to_string(), |text| format!("`{text}`"))
}

fn describe_type(schema: &Value, kind: &str) -> String {
    let (noun, low, high, unit) = match kind {
        "string" => (text(schema), "minLength", "maxLength", " characters"),
        "integer" => ("an integer".to_owned(), "minimum", "maximum", ""),
        "number" => ("a number".to_owned(), "minimum", "maximum", ""),
        "array" => ("an array".to_owned(), "minItems", "maxItems", " items"),
        "object" => ("an object".to_owned(), "minProperties", "maxProperties", " fields"),
        "boolean" => return "true or false".to_owned(),
        other => return other.to_owned(),
    };
    let link = if unit.is_empty() { "from" } else { "of" };
    let range = match (schema.get(low), schema.get(high)) {
        (Some(low), Some(high)) if low == high => format!(" {link} {low}{unit}"),
        (Some(low), Some(high)) => format!(" {link} {low} to {high}{unit}"),
        (Some(low), None) if low.as_f64() != Some(0.0) || unit.is_empty() => {
            format!(" {link} at least {low}{unit}")
        }
        (None, Some(high)) => format!(" {link} at most {high}{unit}"),
        _ => String::new(),
    };
    let range = range.replace(" from at least", " of at least").replace(" from at most", " of at most");
    noun + &range
}

fn text(schema: &Value) -> String {
    let format = schema.get("format").and_then(Value::as_str).map(format);
    let pattern = schema.get("pattern").and_then(Value::as_str);
    match (format, pattern) {
        (Some(format), _) => format,
        (None, Some(pattern)) => format!("a string that matches {pattern}"),
        (None, None) => "a string".to_owned(),
    }
}

/// A `format` of JSON Schema, in words.
pub(super) fn format(name: &str) -> String {
    match name {
        "uuid" => "a UUID".to_owned(),
        "date-time" => "a time as in RFC 3339, such as 2026-01-01T12:00:00Z".to_owned(),
        "date" => "a date such as 2026-01-01".to_owned(),
        "uri" => "an absolute URI".to_owned(),
        "email" => "an email address".to_owned(),
        other => format!("a string of the format {other}"),
    }
}
