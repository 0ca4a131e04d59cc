//! What is written is read back, in both modes, and reads as the specification says.

use chrono::{DateTime, Utc};
use heimdall::messaging::envelope::{CloudEvent, DataError, EnvelopeMode, EventData, ExtensionValue, decode};
use heimdall::messaging::record::Headers;
use proptest::collection::btree_map;
use proptest::prelude::*;
use serde_json::{Value, json};

fn noon() -> DateTime<Utc> {
    "2026-03-01T12:00:00.123456Z".parse().unwrap()
}

fn placed() -> CloudEvent {
    CloudEvent::builder("0199-1", "/shop/orders", "shop.order.placed.v1", noon())
        .subject("order-7")
        .dataschema("https://shop.example/schemas/order.json")
        .json(&json!({"total": 12}))
        .unwrap()
        .build()
        .unwrap()
}

#[test]
fn structured_mode_is_one_document_that_a_person_can_read() {
    let encoded = placed().encode(EnvelopeMode::Structured).unwrap();
    assert_eq!(encoded.headers.text("content-type"), Some("application/cloudevents+json; charset=UTF-8"));
    let document: Value = serde_json::from_slice(&encoded.payload.unwrap()).unwrap();
    let expected = json!({
        "specversion": "1.0", "id": "0199-1", "source": "/shop/orders", "type": "shop.order.placed.v1",
        "subject": "order-7", "time": "2026-03-01T12:00:00.123456Z", "datacontenttype": "application/json",
        "dataschema": "https://shop.example/schemas/order.json", "correlationid": "0199-1",
        "causationid": "0199-1", "partitionkey": "order-7", "data": {"total": 12}
    });
    assert_eq!(document, expected);
}

#[test]
fn binary_mode_leaves_the_data_alone() {
    let encoded = placed().encode(EnvelopeMode::Binary).unwrap();
    assert_eq!(encoded.payload.as_deref(), Some(br#"{"total":12}"#.as_slice()));
    assert_eq!(encoded.headers.text("content-type"), Some("application/json"));
    assert_eq!(encoded.headers.text("ce_type"), Some("shop.order.placed.v1"));
    assert_eq!(encoded.headers.text("ce_specversion"), Some("1.0"));
    assert!(encoded.headers.get("ce_datacontenttype").is_none());
}

#[test]
fn an_event_with_only_what_is_required_is_read_in_both_modes() {
    let structured = br#"{"specversion":"1.0","id":"not a uuid","source":"x","type":"t","subject":null}"#;
    let event = decode(&Headers::new(), Some(structured)).unwrap();
    assert_eq!((event.id.as_str(), event.subject.as_deref(), &event.data), ("not a uuid", None, &EventData::Absent));

    let mut headers = Headers::new();
    for (name, value) in [("ce_specversion", "1.0"), ("ce_id", "7"), ("ce_source", "x"), ("ce_type", "t")] {
        headers.push(name, value);
    }
    assert_eq!(decode(&headers, None).unwrap().data, EventData::Absent);
    // No content type at all: JSON if it is, else bytes.
    assert_eq!(decode(&headers, Some(b"[1]")).unwrap().data, EventData::Json(json!([1])));
    assert_eq!(decode(&headers, Some(b"\xff")).unwrap().data, EventData::Binary(b"\xff".as_slice().into()));
}

#[test]
fn header_values_are_taken_as_they_are() {
    let mut headers = Headers::new();
    for (name, value) in [("ce_specversion", "1.0"), ("ce_id", "100%25 é"), ("ce_source", "x"), ("ce_type", "t")] {
        headers.push(name, value);
    }
    assert_eq!(decode(&headers, None).unwrap().id, "100%25 é");
}

#[test]
fn data_is_what_its_content_type_says() {
    let read = |rest: &str| {
        let document = format!(r#"{{"specversion":"1.0","id":"1","source":"x","type":"t",{rest}}}"#);
        decode(&Headers::new(), Some(document.as_bytes())).unwrap().data
    };
    assert_eq!(read(r#""data":null"#), EventData::Json(Value::Null));
    assert_eq!(read(r#""data":"text""#), EventData::Json(json!("text")));
    assert_eq!(read(r#""datacontenttype":"text/xml","data":"<a/>""#), EventData::Binary("<a/>".into()));
    assert_eq!(read(r#""datacontenttype":"image/png","data_base64":"AQI=""#), EventData::Binary(vec![1, 2].into()));
    assert_eq!(
        read(r#""datacontenttype":"application/json","data_base64":"eyJhIjoxfQ==""#),
        EventData::Json(json!({"a": 1}))
    );
}

#[test]
fn data_is_typed_on_demand() {
    #[derive(Debug, PartialEq, serde::Deserialize)]
    struct Order {
        total: u32,
    }
    assert_eq!(placed().data::<Order>().unwrap(), Order { total: 12 });
    let error = placed().data::<Vec<u8>>().unwrap_err();
    assert!(matches!(&error, DataError::Shape { kind, .. } if kind == "shop.order.placed.v1"), "{error}");
}

fn text() -> impl Strategy<Value = String> {
    "[a-zA-Z0-9/:._% é漢😀\"\\\\-]{1,20}"
}

fn json_value() -> impl Strategy<Value = Value> {
    let leaf = prop_oneof![
        Just(Value::Null),
        any::<bool>().prop_map(Value::from),
        any::<i64>().prop_map(Value::from),
        any::<u64>().prop_map(Value::from),
        any::<String>().prop_map(Value::from),
    ];
    leaf.prop_recursive(4, 32, 4, |inner| {
        prop_oneof![
            prop::collection::vec(inner.clone(), 0..4).prop_map(Value::from),
            prop::collection::hash_map(any::<String>(), inner, 0..4)
                .prop_map(|map| Value::Object(map.into_iter().collect())),
        ]
    })
}

fn data() -> impl Strategy<Value = (Option<String>, EventData)> {
    prop_oneof![
        prop::option::of(Just("application/json".to_owned())).prop_map(|kind| (kind, EventData::Absent)),
        prop::option::of(prop::sample::select(vec!["application/json", "application/vnd.x+json; charset=utf-8"]))
            .prop_flat_map(|kind| json_value().prop_map(move |json| (kind.map(str::to_owned), EventData::Json(json)))),
        prop::collection::vec(any::<u8>(), 0..64)
            .prop_map(|bytes| (Some("application/octet-stream".to_owned()), EventData::Binary(bytes.into()))),
    ]
}

fn event(extension: impl Strategy<Value = ExtensionValue> + 'static) -> impl Strategy<Value = CloudEvent> {
    let optional = || prop::option::of(text());
    let micros = -62_000_000_000_000_000..253_000_000_000_000_000_i64;
    let time = prop::option::of(micros.prop_map(|micros| DateTime::from_timestamp_micros(micros).unwrap()));
    let required = (text(), text(), text(), time, data());
    let others = (optional(), optional(), optional(), optional(), optional(), optional());
    (required, others, btree_map("x[a-z0-9]{0,12}", extension, 0..4)).prop_map(|(required, others, extensions)| {
        let (id, source, kind, time, (datacontenttype, data)) = required;
        let (subject, dataschema, correlationid, causationid, partitionkey, traceparent) = others;
        CloudEvent {
            id,
            source,
            kind,
            subject,
            time,
            datacontenttype,
            dataschema,
            correlationid,
            causationid,
            partitionkey,
            traceparent,
            extensions,
            data,
        }
    })
}

fn any_extension() -> impl Strategy<Value = ExtensionValue> {
    prop_oneof![
        any::<bool>().prop_map(ExtensionValue::from),
        any::<i32>().prop_map(ExtensionValue::from),
        text().prop_map(ExtensionValue::from),
    ]
}

proptest! {
    #[test]
    fn structured_mode_round_trips(event in event(any_extension())) {
        let encoded = event.encode(EnvelopeMode::Structured).unwrap();
        prop_assert_eq!(decode(&encoded.headers, encoded.payload.as_deref()).unwrap(), event);
    }

    #[test]
    fn binary_mode_round_trips(event in event(text().prop_map(ExtensionValue::from))) {
        let encoded = event.encode(EnvelopeMode::Binary).unwrap();
        prop_assert_eq!(decode(&encoded.headers, encoded.payload.as_deref()).unwrap(), event);
    }
}
