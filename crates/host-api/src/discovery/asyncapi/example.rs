//! Examples that are made of the types themselves, so that they can't lie.

use application::events::{CatalogEventData, TaskEventData};
use application::view::{AccountView, ArtifactView, FailureView, TaskView, TemplateView};
use chrono::{DateTime, Utc};
use serde_json::{Value, json};
use uuid::Uuid;

use crate::discovery::schemas::EventType;

pub(super) const TRACEPARENT: &str = "00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01";
const TASK: Uuid = Uuid::from_u128(0x0198_c0de_0000_7000_8000_0000_0000_0001);
const ENTITY: &str = "component:default/payments";

/// What an event about a task carries.
pub(super) fn task(event: &EventType) -> Value {
    let mut data = TaskEventData { task: view(event), entities: None, failure: None };
    if event.carries("entities") {
        data.entities = Some(vec![entity()]);
    }
    if event.carries("failure") {
        data.failure = Some(failure());
    }
    json!(data)
}

/// What an event about the catalog carries.
pub(super) fn catalog(event: &EventType) -> Value {
    let there = event.carries("entity");
    let before = !event.lacks("previous");
    json!(CatalogEventData { entity_ref: ENTITY.to_owned(), entity: there.then(entity), previous: before.then(entity) })
}

/// The whole event, in structured mode.
pub(super) fn envelope(event: &EventType, source: &str, schema: &str, data: &Value) -> Value {
    let subject = if data.get("task").is_some() { TASK.to_string() } else { ENTITY.to_owned() };
    json!({
        "specversion": "1.0",
        "id": "0198c0de-0000-7000-8000-0000000000aa",
        "source": source,
        "type": event.kind,
        "subject": subject,
        "time": at(3),
        "datacontenttype": "application/json",
        "dataschema": schema,
        "correlationid": "0198c0de-0000-7000-8000-0000000000bb",
        "partitionkey": subject,
        "traceparent": TRACEPARENT,
        "data": data,
    })
}

fn view(event: &EventType) -> TaskView {
    let name = event.kind.trim_end_matches(".v1").rsplit('.').next().unwrap_or_default();
    let status = match name {
        "created" | "updated" => "draft",
        "started" => "running",
        "deleted" => "cancelled",
        other => other,
    };
    let made = matches!(name, "completed" | "decommissioned");
    TaskView {
        id: TASK,
        status: status.to_owned(),
        template: TemplateView {
            name: "event-service".to_owned(),
            version: "1.0.0".to_owned(),
            digest: "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855".to_owned(),
        },
        parameters: json!({"name": "payments", "owner": "group:default/team-a"})
            .as_object()
            .cloned()
            .unwrap_or_default(),
        account: Some(AccountView { identifier: "123456789012".to_owned(), role: None, provider: "aws".to_owned() }),
        attempt: 1,
        entity_refs: if made { vec![ENTITY.to_owned()] } else { Vec::new() },
        artifact: made.then(|| ArtifactView {
            size: 18_304,
            sha256: "9f86d081884c7d659a2feaa0c55ad015a3bf4f1b2b0b822cd15d6c15b0f00a08".to_owned(),
            expires_at: at(604_800),
        }),
        failure: event.carries("failure").then(failure),
        created_at: at(0),
        updated_at: at(3),
        created_by: "ada".to_owned(),
        version: 3,
    }
}

fn failure() -> FailureView {
    let message = "Cargo.toml, line 3: `nmae` is undefined".to_owned();
    FailureView { step: "fetch".to_owned(), message, retryable: false }
}

fn entity() -> Value {
    json!({
        "apiVersion": "backstage.io/v1alpha1",
        "kind": "Component",
        "metadata": {"name": "payments", "namespace": "default"},
        "spec": {"type": "service", "lifecycle": "experimental", "owner": "group:default/team-a"},
    })
}

/// Some seconds after the first moment of 2026.
fn at(seconds: i64) -> DateTime<Utc> {
    DateTime::from_timestamp(1_767_225_600 + seconds, 0).unwrap_or_default()
}
