//! What comes from a topic is input: nothing panics, and errors say what is wrong.

use bytes::Bytes;
use heimdall::messaging::envelope::{CloudEvent, DecodeError, EnvelopeMode, EventData, decode};
use heimdall::messaging::record::{Header, Headers};
use proptest::prelude::*;

fn structured(document: &str) -> DecodeError {
    let mut headers = Headers::new();
    headers.push("content-type", "application/cloudevents+json");
    decode(&headers, Some(document.as_bytes())).unwrap_err()
}

/// The message with all that caused it, as a log or a dead letter shows it.
fn told(error: &DecodeError) -> String {
    let mut text = error.to_string();
    let mut source = std::error::Error::source(error);
    while let Some(error) = source {
        text = format!("{text}: {error}");
        source = error.source();
    }
    text
}

#[test]
fn errors_name_the_attribute() {
    for (document, attribute, problem) in [
        (r#"{"specversion":"1.0","source":"x","type":"t"}"#, "id", "is missing"),
        (r#"{"specversion":"1.0","id":"","source":"x","type":"t"}"#, "id", "is empty"),
        (r#"{"specversion":"1.0","id":null,"source":"x","type":"t"}"#, "id", "is missing"),
        (r#"{"specversion":"1.0","id":7,"source":"x","type":"t"}"#, "id", "expected text"),
        (r#"{"id":"1","source":"x","type":"t"}"#, "specversion", "is missing"),
        (r#"{"specversion":"0.3","id":"1","source":"x","type":"t"}"#, "specversion", "`0.3`; only `1.0`"),
        (r#"{"specversion":"1.0","id":"1","source":"x","type":"t","time":"noon"}"#, "time", "RFC 3339"),
        (r#"{"specversion":"1.0","id":"1\u0000","source":"x","type":"t"}"#, "id", "'\\0'"),
        (r#"{"specversion":"1.0","id":"1","source":"x","type":"t","Shop":"a"}"#, "Shop", "lower-case"),
        (r#"{"specversion":"1.0","id":"1","source":"x","type":"t","shop":{}}"#, "shop", "32 bit integer"),
        (r#"{"specversion":"1.0","id":"1","source":"x","type":"t","shop":1.5}"#, "shop", "32 bit integer"),
        (r#"{"specversion":"1.0","id":"1","source":"x","type":"t","data_base64":"?"}"#, "data_base64", "Base64"),
        (r#"{"specversion":"1.0","id":"1","source":"x","type":"t","data_base64":5}"#, "data_base64", "Base64"),
        (
            r#"{"specversion":"1.0","id":"1","source":"x","type":"t","data":1,"data_base64":"AQI="}"#,
            "data_base64",
            "exclude",
        ),
    ] {
        let error = structured(document);
        assert_eq!(error.attribute(), Some(attribute), "{document}: {error}");
        assert!(told(&error).contains(problem), "{document}: {}", told(&error));
    }
}

#[test]
fn json_is_strict() {
    let doubled = structured(r#"{"specversion":"1.0","id":"1","id":"2","source":"x","type":"t"}"#);
    assert!(told(&doubled).contains("the key `id` is doubled"), "{}", told(&doubled));
    let deep = format!(r#"{{"data":{}{}}}"#, "[".repeat(10_000), "]".repeat(10_000));
    assert!(told(&structured(&deep)).contains("nested too deep"), "{}", told(&structured(&deep)));
    assert!(matches!(structured("[]"), DecodeError::NotAnObject));
    assert!(matches!(structured(""), DecodeError::Json(_)));
    let mut headers = Headers::new();
    headers.push("content-type", "application/cloudevents+json");
    assert!(matches!(decode(&headers, Some(b"{\"id\":\"\xff\"}")), Err(DecodeError::Json(_))));
    assert!(matches!(decode(&headers, None), Err(DecodeError::Empty)));
}

#[test]
fn what_is_no_event_is_told_from_what_is_a_broken_one() {
    let with = |content_type: &str| {
        let mut headers = Headers::new();
        headers.push("Content-Type", content_type.to_owned());
        decode(&headers, Some(b"{}")).unwrap_err()
    };
    assert!(matches!(with("text/plain"), DecodeError::NotAnEvent { .. }));
    assert!(matches!(with("application/cloudevents+avro"), DecodeError::UnsupportedFormat { .. }));
    assert!(matches!(with("application/cloudevents-batch+json"), DecodeError::UnsupportedFormat { .. }));
    assert!(matches!(decode(&Headers::new(), None), Err(DecodeError::Empty)));
    assert_eq!(with("application/json").attribute(), Some("specversion"));
}

#[test]
fn headers_are_checked_like_members() {
    let decode = |name: &str, value: &'static [u8]| {
        let mut headers = Headers::new();
        for (name, value) in [("ce_specversion", "1.0"), ("ce_id", "7"), ("ce_source", "x"), ("ce_type", "t")] {
            headers.push(name, value);
        }
        headers.push(name, value);
        decode(&headers, None).unwrap_err()
    };
    for (name, value, attribute, problem) in [
        ("ce_id", b"8".as_slice(), "id", "given twice"),
        ("ce_shop", b"\xff", "shop", "not UTF-8"),
        ("ce_shop", b"\x00", "shop", "forbidden"),
        ("ce_", b"1", "", "name"),
        ("ce_SHOP", b"1", "SHOP", "name"),
        ("ce_data", b"1", "data", "extension"),
    ] {
        let error = decode(name, value);
        assert_eq!(error.attribute(), Some(attribute), "{error}");
        assert!(error.to_string().contains(problem), "{error}");
    }
    let mut headers = Headers::new();
    headers.push("ce_id", "7");
    assert_eq!(heimdall::messaging::envelope::decode(&headers, None).unwrap_err().attribute(), Some("specversion"));
}

#[test]
fn an_invalid_event_is_not_written() {
    let valid = CloudEvent::builder("1", "x", "t", chrono::DateTime::UNIX_EPOCH).build().unwrap();
    for (event, name) in [
        (CloudEvent { id: String::new(), ..valid.clone() }, "`id` is empty"),
        (CloudEvent { subject: Some("a\nb".into()), ..valid.clone() }, "`subject` contains"),
        (CloudEvent { extensions: [("id".into(), "1".into())].into(), ..valid.clone() }, "`id` cannot be an extension"),
        (CloudEvent { extensions: [("a_b".into(), "1".into())].into(), ..valid.clone() }, "`a_b` has a name"),
        (CloudEvent { data: EventData::Binary(Bytes::new()), ..valid }, "datacontenttype"),
    ] {
        for mode in [EnvelopeMode::Structured, EnvelopeMode::Binary] {
            let error = event.encode(mode).unwrap_err().to_string();
            assert!(error.contains(name), "{error}");
        }
    }
}

fn header() -> impl Strategy<Value = Header> {
    let name = prop_oneof![
        "ce_[a-z]{0,6}",
        prop::sample::select(vec!["content-type", "ce_id", "ce_type", "ce_source", "ce_specversion", "ce_time"])
            .prop_map(str::to_owned),
        any::<String>(),
    ];
    let value = prop_oneof![
        prop::collection::vec(any::<u8>(), 0..12),
        prop::sample::select(vec!["1.0", "application/json", "application/cloudevents+json", "2026-03-01T12:00:60Z"])
            .prop_map(|text| text.as_bytes().to_vec()),
    ];
    (name, prop::option::of(value)).prop_map(|(name, value)| Header { name, value: value.map(Bytes::from) })
}

fn payload() -> impl Strategy<Value = Vec<u8>> {
    let mutated = (any::<prop::sample::Index>(), any::<u8>()).prop_map(|(index, byte)| {
        let mut document = br#"{"specversion":"1.0","id":"1","source":"x","type":"t","time":"2026-03-01T12:00:00Z",
            "datacontenttype":"image/png","data_base64":"AQI=","shop":7}"#
            .to_vec();
        let index = index.index(document.len());
        document[index] = byte;
        document
    });
    prop_oneof![
        prop::collection::vec(any::<u8>(), 0..256),
        mutated,
        "[\\[\\]{}\":,0-9a-z\\\\]{0,64}".prop_map(String::into_bytes)
    ]
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(2000))]

    #[test]
    fn nothing_panics_and_what_is_read_is_written_again_the_same(
        headers in prop::collection::vec(header(), 0..8),
        payload in prop::option::of(payload()),
    ) {
        let headers: Headers = headers.into_iter().collect();
        if let Ok(event) = decode(&headers, payload.as_deref())
            && let Ok(encoded) = event.encode(EnvelopeMode::Structured)
        {
            prop_assert_eq!(decode(&encoded.headers, encoded.payload.as_deref()).unwrap(), event);
        }
    }
}
