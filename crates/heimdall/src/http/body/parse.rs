use serde::de::{DeserializeSeed, MapAccess, SeqAccess, Visitor};
use serde_json::{Map, Number, Value};

use super::pointer::Place;
use crate::http::{FieldError, Problem};

/// How deep arrays and objects may be nested.
pub(super) const MAX_DEPTH: usize = 64;
/// How many errors one answer names; more help no one.
pub(in crate::http) const MAX_ERRORS: usize = 100;

/// Reads a JSON document, and refuses what JSON allows but no one means: fields that come twice (readers disagree on
/// which one counts), NUL characters (databases refuse them), and nesting that is
/// deeper than 64 levels. The problem names every place.
pub fn parse_json(bytes: &[u8]) -> Result<Value, Problem> {
    let malformed = |detail: String, expected: &str| Problem::malformed([FieldError::new("", detail, expected)]);
    let text = std::str::from_utf8(bytes)
        .map_err(|error| malformed(format!("is not UTF-8 at byte {}", error.valid_up_to()), "JSON in UTF-8"))?;
    if text.trim_ascii().is_empty() {
        return Err(malformed("the body is empty".to_owned(), "a JSON document"));
    }

    let mut faults = ParseErrors::default();
    let mut reader = serde_json::Deserializer::from_str(text);
    let read = Node { faults: &mut faults, place: Place::Root, depth: 0 }
        .deserialize(&mut reader)
        .and_then(|value| reader.end().map(|()| value));
    match read {
        Ok(value) if faults.found.is_empty() => Ok(value),
        Err(error) if !faults.too_deep => {
            let detail = format!("is not well-formed JSON: {error}");
            let problem = malformed(detail, "a well-formed JSON document");
            Err(problem.extension("line", error.line()).extension("column", error.column()))
        }
        _ => Err(Problem::malformed(faults.found)),
    }
}

#[derive(Default)]
struct ParseErrors {
    found: Vec<FieldError>,
    too_deep: bool,
}

impl ParseErrors {
    fn add(&mut self, place: &Place<'_>, detail: &str, expected: &str) {
        if self.found.len() < MAX_ERRORS {
            self.found.push(FieldError::new(place.to_string(), detail, expected));
        }
    }

    fn check(&mut self, place: &Place<'_>, text: &str) {
        if text.contains('\0') {
            self.add(place, "holds a NUL character (\\u0000)", "text without NUL characters");
        }
    }
}

struct Node<'a> {
    faults: &'a mut ParseErrors,
    place: Place<'a>,
    depth: usize,
}

impl Node<'_> {
    /// The depth of what is in here; an error that ends the reading if that is too deep.
    fn enter<E: serde::de::Error>(&mut self) -> Result<usize, E> {
        if self.depth < MAX_DEPTH {
            return Ok(self.depth + 1);
        }
        self.faults.too_deep = true;
        // The whole path would be as long as the document is deep.
        let expected = format!("arrays and objects nested at most {MAX_DEPTH} deep");
        self.faults.found.push(FieldError::new("", "is nested too deeply", expected));
        Err(E::custom("nested too deeply"))
    }
}

impl<'de> DeserializeSeed<'de> for Node<'_> {
    type Value = Value;

    fn deserialize<D: serde::Deserializer<'de>>(self, deserializer: D) -> Result<Value, D::Error> {
        deserializer.deserialize_any(self)
    }
}

impl<'de> Visitor<'de> for Node<'_> {
    type Value = Value;

    fn expecting(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("a JSON value")
    }

    fn visit_unit<E>(self) -> Result<Value, E> {
        Ok(Value::Null)
    }

    fn visit_bool<E>(self, value: bool) -> Result<Value, E> {
        Ok(Value::Bool(value))
    }

    fn visit_i64<E>(self, value: i64) -> Result<Value, E> {
        Ok(value.into())
    }

    fn visit_u64<E>(self, value: u64) -> Result<Value, E> {
        Ok(value.into())
    }

    fn visit_f64<E: serde::de::Error>(self, value: f64) -> Result<Value, E> {
        Number::from_f64(value).map(Value::Number).ok_or_else(|| E::custom("number out of range"))
    }

    fn visit_str<E: serde::de::Error>(self, value: &str) -> Result<Value, E> {
        self.visit_string(value.to_owned())
    }

    fn visit_string<E: serde::de::Error>(self, value: String) -> Result<Value, E> {
        self.faults.check(&self.place, &value);
        Ok(Value::String(value))
    }

    fn visit_seq<A: SeqAccess<'de>>(mut self, mut items: A) -> Result<Value, A::Error> {
        let depth = self.enter()?;
        let mut array = Vec::new();
        loop {
            let place = Place::Item(&self.place, array.len());
            let Some(item) = items.next_element_seed(Node { faults: self.faults, place, depth })? else {
                return Ok(Value::Array(array));
            };
            array.push(item);
        }
    }

    fn visit_map<A: MapAccess<'de>>(mut self, mut fields: A) -> Result<Value, A::Error> {
        let depth = self.enter()?;
        let mut object = Map::new();
        while let Some(name) = fields.next_key::<String>()? {
            let place = Place::Field(&self.place, &name);
            self.faults.check(&place, &name);
            if object.contains_key(&name) {
                self.faults.add(&place, "is there more than once", "each field once");
            }
            let value = fields.next_value_seed(Node { faults: self.faults, place, depth })?;
            object.insert(name, value);
        }
        Ok(Value::Object(object))
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;
    use serde_json::json;

    use super::*;

    fn faults(text: impl AsRef<[u8]>) -> Vec<FieldError> {
        let problem = parse_json(text.as_ref()).unwrap_err();
        assert_eq!(problem.status(), 400);
        problem.document().errors
    }

    fn pointers(text: &str) -> Vec<String> {
        faults(text).into_iter().map(|error| error.pointer).collect()
    }

    #[test]
    fn doubled_fields_are_named_all_of_them() {
        let text = r#"{"a": 1, "b": [{"c/d": 1, "c/d": 2}], "a": 2, "e": {"f": 1}}"#;
        assert_eq!(pointers(text), ["/b/0/c~1d", "/a"]);
        assert_eq!(pointers(r#"{"a": 1, "\u0061": 2}"#), ["/a"], "an escape does not hide a name");
    }

    #[test]
    fn nul_is_found_in_texts_and_names() {
        assert_eq!(pointers(r#"{"a": ["x\u0000"], "b\u0000c": 1}"#), ["/a/0", "/b\\u0000c"]);
    }

    #[test]
    fn what_is_malformed_is_told_by_line_and_column() {
        let problem = parse_json(b"{\n  \"a\": }").unwrap_err().document();
        assert_eq!((&problem.extensions["line"], &problem.extensions["column"]), (&json!(2), &json!(8)));
        assert!(problem.detail.unwrap().contains("line 2 column 8"));
        for text in ["{", "[1,]", "{} x", "nul", "\u{feff}{}", "1e999", r#""\ud800""#, "'a'", "NaN"] {
            assert_eq!(faults(text)[0].pointer, "", "{text}");
        }
    }

    #[test]
    fn empty_bodies_and_other_encodings_are_named() {
        assert_eq!(faults(" \n")[0].detail, "the body is empty");
        assert_eq!(faults(b"{\"a\": \"\xff\"}")[0].detail, "is not UTF-8 at byte 7");
    }

    #[test]
    fn depth_has_a_limit_that_costs_no_stack() {
        let nested = |open: &str, close: &str, depth| open.repeat(depth) + &close.repeat(depth);
        parse_json(nested("[", "]", MAX_DEPTH).as_bytes()).unwrap();
        for depth in [MAX_DEPTH + 1, 10_000, 1_000_000] {
            assert_eq!(faults(nested("[", "]", depth))[0].detail, "is nested too deeply");
            assert_eq!(faults("{\"a\":".repeat(depth))[0].detail, "is nested too deeply");
        }
    }

    proptest! {
        #[test]
        fn it_never_panics(bytes in proptest::collection::vec(any::<u8>(), 0..256)) {
            let _ = parse_json(&bytes);
        }

        #[test]
        fn it_reads_what_serde_json_reads(text in r#"[\[\]{}:,"a-c0-9\\u. \n]{0,64}"#) {
            if let Ok(value) = parse_json(text.as_bytes()) {
                prop_assert_eq!(value, serde_json::from_str::<Value>(&text).unwrap());
            }
        }
    }
}
