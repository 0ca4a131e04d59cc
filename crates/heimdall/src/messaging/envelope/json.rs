//! Strict JSON: doubled keys and deep nesting are errors, as two readers could disagree on them.

use std::fmt;

use serde::de::{DeserializeSeed, Error, MapAccess, SeqAccess, Visitor};
use serde_json::{Map, Number, Value};

/// How deep the arrays and objects of an event's data may nest.
const DEEPEST: usize = 64;

/// Reads an event's data: one JSON value and nothing after it.
pub(super) fn parse(bytes: &[u8]) -> Result<Value, serde_json::Error> {
    parse_within(bytes, DEEPEST)
}

/// Reads a structured event, in which the data stands one level down.
pub(super) fn parse_document(bytes: &[u8]) -> Result<Value, serde_json::Error> {
    parse_within(bytes, DEEPEST + 1)
}

fn parse_within(bytes: &[u8], depth: usize) -> Result<Value, serde_json::Error> {
    let mut reader = serde_json::Deserializer::from_slice(bytes);
    let value = Strict { depth_left: depth }.deserialize(&mut reader)?;
    reader.end()?;
    Ok(value)
}

#[derive(Clone, Copy)]
struct Strict {
    depth_left: usize,
}

impl Strict {
    fn deeper<E: Error>(self) -> Result<Self, E> {
        let too_deep = || E::custom(format_args!("nested too deep: data may have {DEEPEST} levels"));
        Ok(Self { depth_left: self.depth_left.checked_sub(1).ok_or_else(too_deep)? })
    }
}

impl<'de> DeserializeSeed<'de> for Strict {
    type Value = Value;

    fn deserialize<D: serde::Deserializer<'de>>(self, deserializer: D) -> Result<Value, D::Error> {
        deserializer.deserialize_any(self)
    }
}

impl<'de> Visitor<'de> for Strict {
    type Value = Value;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("a JSON value")
    }

    fn visit_unit<E>(self) -> Result<Value, E> {
        Ok(Value::Null)
    }

    fn visit_bool<E>(self, value: bool) -> Result<Value, E> {
        Ok(Value::Bool(value))
    }

    fn visit_i64<E>(self, value: i64) -> Result<Value, E> {
        Ok(Value::from(value))
    }

    fn visit_u64<E>(self, value: u64) -> Result<Value, E> {
        Ok(Value::from(value))
    }

    fn visit_f64<E>(self, value: f64) -> Result<Value, E> {
        Ok(Number::from_f64(value).map_or(Value::Null, Value::Number))
    }

    fn visit_str<E>(self, value: &str) -> Result<Value, E> {
        Ok(Value::String(value.to_owned()))
    }

    fn visit_string<E>(self, value: String) -> Result<Value, E> {
        Ok(Value::String(value))
    }

    fn visit_seq<A: SeqAccess<'de>>(self, mut items: A) -> Result<Value, A::Error> {
        let inner = self.deeper()?;
        let mut array = Vec::new();
        while let Some(item) = items.next_element_seed(inner)? {
            array.push(item);
        }
        Ok(Value::Array(array))
    }

    fn visit_map<A: MapAccess<'de>>(self, mut members: A) -> Result<Value, A::Error> {
        let inner = self.deeper()?;
        let mut object = Map::new();
        while let Some(key) = members.next_key::<String>()? {
            if object.contains_key(&key) {
                return Err(A::Error::custom(format_args!("the key `{key}` is doubled")));
            }
            let value = members.next_value_seed(inner)?;
            object.insert(key, value);
        }
        Ok(Value::Object(object))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_two_readers_could_read_differently_is_refused() {
        let error = |text: &[u8]| parse(text).unwrap_err().to_string();
        assert!(error(br#"{"a":{"b":1,"b":2}}"#).contains("the key `b` is doubled"));
        assert!(error(br#"{"a":1} {"a":2}"#).contains("trailing"));
        assert!(error(b"\"\xff\"").contains("unicode"));
        assert!(error(&[b"[".repeat(10_000), b"]".repeat(10_000)].concat()).contains("nested too deep"));
        assert!(parse(&[b"[".repeat(64), b"]".repeat(64)].concat()).is_ok());
    }

    #[test]
    fn reads_what_serde_json_reads() {
        let text = r#"{"z":[1,-2,3.5,18446744073709551615,true,null,"\u00e9"],"a":{}}"#;
        assert_eq!(parse(text.as_bytes()).unwrap(), serde_json::from_str::<Value>(text).unwrap());
    }
}
