//! Headers as JSON, byte for byte.

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use serde_json::{Value, json};

use crate::messaging::record::{Header, Headers};

/// `[[name, "text"], [name, null], [name, {"base64": "…"}], …]`.
pub(crate) fn to_json(headers: &Headers) -> Value {
    let each = |header: &Header| {
        let value = match header.value.as_deref().map(|bytes| (bytes, std::str::from_utf8(bytes))) {
            None => Value::Null,
            // Postgres keeps no NUL in JSON.
            Some((_, Ok(text))) if !text.contains('\0') => text.into(),
            Some((bytes, _)) => json!({"base64": STANDARD.encode(bytes)}),
        };
        json!([header.name.replace('\0', "\u{fffd}"), value])
    };
    headers.iter().map(each).collect()
}

/// The way back. What is in no such form is left out: the column is written by [`to_json`] alone.
pub(crate) fn from_json(json: &Value) -> Headers {
    let each = |pair: &Value| {
        let name = pair.get(0)?.as_str()?.to_owned();
        let value = match pair.get(1)? {
            Value::Null => None,
            Value::String(text) => Some(text.clone().into_bytes()),
            bytes => Some(STANDARD.decode(bytes.get("base64")?.as_str()?).ok()?),
        };
        Some(Header { name, value: value.map(Into::into) })
    };
    json.as_array().into_iter().flatten().filter_map(each).collect()
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    proptest! {
        #[test]
        fn headers_come_back_byte_for_byte(
            pairs in prop::collection::vec(("[a-z_-]{0,9}", prop::option::of(prop::collection::vec(any::<u8>(), 0..20))), 0..6)
        ) {
            let headers: Headers =
                pairs.into_iter().map(|(name, value)| Header { name, value: value.map(Into::into) }).collect();
            prop_assert_eq!(from_json(&to_json(&headers)), headers);
        }
    }
}
