//! Examples of whole events, around the data that the events themselves give as an example.

use application::events::{EventSubject, IntegrationEvent};
use serde_json::{Value, json};

pub(super) const TRACEPARENT: &str = "00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01";

/// The whole event, in structured mode.
pub(super) fn envelope(event: IntegrationEvent, kind: &str, source: &str, schema: &str) -> Value {
    let data = event.example();
    let subject = match event.describe().subject {
        EventSubject::Task { .. } => &data["task"]["id"],
        EventSubject::Entity { .. } => &data["entityRef"],
    };
    json!({
        "specversion": "1.0",
        "id": "0198c0de-0000-7000-8000-0000000000aa",
        "source": source,
        "type": kind,
        "subject": subject,
        "time": "2026-01-01T00:00:03Z",
        "datacontenttype": "application/json",
        "dataschema": schema,
        "correlationid": "0198c0de-0000-7000-8000-0000000000bb",
        "partitionkey": subject,
        "traceparent": TRACEPARENT,
        "data": data,
    })
}
