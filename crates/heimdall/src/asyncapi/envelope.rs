use serde_json::{Map, Value, json};

use crate::messaging::dead_letter;

/// The attributes of an event in structured mode, with examples of its `source`.
pub(super) fn attributes(sources: &[&str]) -> Value {
    let such_as = if sources.is_empty() { String::new() } else { format!(", such as `{}`", sources.join("` or `")) };
    let text = |description: &str| json!({"type": "string", "minLength": 1, "description": description});
    json!({
        "title": "CloudEvent",
        "description": "CloudEvents 1.0 in structured mode. In binary mode the attributes are headers that begin with `ce_`, and the record's value is `data`.",
        "type": "object",
        "required": ["id", "source", "specversion", "type"],
        "properties": {
            "specversion": {"type": "string", "const": "1.0"},
            "id": text("Unique within its source; ours are UUIDs of version 7."),
            "source": text(&format!("Who publishes it{such_as}.")),
            "type": text("What happened."),
            "subject": text("What it happened to: the record's key."),
            "time": {"type": "string", "format": "date-time", "description": "When it happened."},
            "datacontenttype": {"type": "string", "const": "application/json"},
            "dataschema": {"type": "string", "format": "uri", "description": "The JSON Schema of `data`."},
            "correlationid": text("Names the whole conversation that the event belongs to."),
            "causationid": text("The event or the request that caused this one."),
            "partitionkey": text("The record's key."),
            "traceparent": text("Where the event was made, as in W3C Trace Context."),
            "data": {"description": "What the event carries."},
        },
    })
}

/// The headers of a record in structured mode.
pub(super) fn headers() -> Value {
    json!({
        "type": "object",
        "properties": {
            "content-type": {"type": "string", "description": "Tells structured mode (`application/cloudevents+json`) from binary mode."},
            "traceparent": {"type": "string", "description": "The last hop, as in W3C Trace Context."},
            "tracestate": {"type": "string", "description": "What else tracing systems know of it."},
        },
    })
}

/// The headers of a record that waits for a person.
pub(super) fn dead_letter_headers() -> Value {
    let about = [
        (dead_letter::REASON, "`undecodable`, `rejected`, `exhausted` or `panicked`"),
        (dead_letter::DETAIL, "What was wrong, for people"),
        (dead_letter::GROUP, "The consumer group that could not process the record"),
        (dead_letter::TOPIC, "The topic that the record stood in"),
        (dead_letter::PARTITION, "The partition that it stood in"),
        (dead_letter::OFFSET, "Its offset there"),
        (dead_letter::ATTEMPTS, "How often it was tried"),
        (dead_letter::TIME, "When it was parked, as in RFC 3339"),
        (dead_letter::KEY, "The key in Base64, where it is absent (then this is empty) or no text"),
        (dead_letter::NO_PAYLOAD, "Is there when the record had no payload at all"),
    ];
    let header = |(name, about): (&str, &str)| (name.to_owned(), json!({"type": "string", "description": about}));
    let optional = [dead_letter::KEY, dead_letter::NO_PAYLOAD];
    let required: Vec<_> = about.iter().map(|(name, _)| *name).filter(|name| !optional.contains(name)).collect();
    json!({
        "type": "object",
        "description": "The headers that the record came with, and why it is here.",
        "required": required,
        "properties": about.into_iter().map(header).collect::<Map<_, _>>(),
    })
}
