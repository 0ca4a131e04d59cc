//! Examples that are made of the types themselves, so that they can't be wrong.

use chrono::{DateTime, Utc};
use domain::Status;
use serde_json::{Value, json};
use uuid::Uuid;

use super::data::{CatalogEventData, TaskEventData};
use super::description::EventDescription;
use crate::view::{AccountView, ArtifactView, FailureView, TaskView, TemplateView};

const TASK: Uuid = Uuid::from_u128(0x0198_c0de_0000_7000_8000_0000_0000_0001);
const ENTITY: &str = "component:default/payments";

/// What an event about a task in this status carries.
pub(super) fn task(event: &EventDescription, status: Status) -> TaskEventData {
    TaskEventData {
        task: view(event, status),
        entities: event.carries("entities").then(|| vec![document()]),
        failure: event.carries("failure").then(failure),
    }
}

/// What an event about an entity of the catalog carries.
pub(super) fn entity(event: &EventDescription) -> CatalogEventData {
    let there = event.carries("entity");
    let before = !event.lacks("previous");
    CatalogEventData { entity_ref: ENTITY.to_owned(), entity: there.then(document), previous: before.then(document) }
}

fn view(event: &EventDescription, status: Status) -> TaskView {
    let made = matches!(status, Status::Completed | Status::Decommissioned);
    TaskView {
        id: TASK,
        status: status.as_str().to_owned(),
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

fn document() -> Value {
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
