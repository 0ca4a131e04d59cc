//! How a task stands in its row.

use application::ports::StoreError;
use domain::{
    AccountInfo, Actor, Artifact, EntityRef, EntityRefError, Failure, JsonObject, RecordedEvent, ServiceName, Status,
    TaskEvent, TaskId, TaskState, TemplateVersion,
};
use heimdall::database::{Columns, Filter, Query, Row};
use serde::{Deserialize, Serialize};
use serde_json::{Value, json};

use crate::stored_row::{StoredRow, Table};

/// The table of tasks.
pub(super) const TASKS: Table = Table { name: "scaffold_tasks", key: &["id"] };

/// The columns that [`read`] reads, and those that are named beside them.
macro_rules! select {
    ($($beside:literal)?) => {
        concat!(
            "SELECT id, status, template_name, template_version, template_digest, name, parameters, account_identifier, \
             account_role, account_provider, attempt, entity_refs, artifact_size, artifact_sha256, artifact_expires_at, \
             failure, created_at, updated_at, created_by_issuer, created_by_subject, cancelled_by_issuer, \
             cancelled_by_subject, version", $(", ", $beside,)? " FROM scaffold_tasks"
        )
    };
}

/// Tasks, for [`read`].
pub(super) const SELECT: &str = select!();
/// Tasks, for [`read`], with their catalog documents.
pub(super) const SELECT_WITH_ENTITIES: &str = select!("entities");

/// Why the last attempt failed, as it stands in its column.
#[derive(Serialize, Deserialize)]
struct StoredFailure {
    step: String,
    message: String,
    retryable: bool,
}

/// A new task's row.
pub(super) fn insert(task: &TaskState) -> Query {
    changing(task, task.parameters.clone())
        .set("id", task.id.as_uuid())
        .set("created_at", task.created_at)
        .set("created_by_issuer", task.created_by.issuer.as_str())
        .set("created_by_subject", task.created_by.subject.as_str())
        .insert_into(TASKS.name)
}

/// A changed task's row, if it is still at the version that was loaded. A deletion erases what the row no longer needs.
pub(super) fn update(state: &TaskState, events: &[RecordedEvent], loaded: u64) -> Query {
    let deleted = events.iter().any(|recorded| recorded.event == TaskEvent::Deleted);
    let mut columns = changing(state, if deleted { JsonObject::new() } else { state.parameters.clone() });
    if deleted {
        columns = columns.set("deleted_at", state.updated_at);
    }
    for recorded in events {
        if let TaskEvent::Completed { entities } = &recorded.event {
            columns = columns.set("entities", Value::Array(entities.clone()));
        }
    }
    let unchanged = Filter::new().equals("id", state.id.as_uuid()).equals("version", integer(loaded));
    columns.update(TASKS.name, unchanged.raw("deleted_at IS NULL")).expect_rows(1)
}

/// The columns that a change may touch.
fn changing(task: &TaskState, parameters: JsonObject) -> Columns {
    let (account, artifact, cancelled_by) = (task.account.as_ref(), task.artifact.as_ref(), task.cancelled_by.as_ref());
    let refs: Vec<String> = task.entity_refs.iter().map(ToString::to_string).collect();
    let failure = task.failure.clone().map(|Failure { step, message, retryable }| {
        // Two texts and a truth value can always be written as JSON.
        json!(StoredFailure { step, message, retryable })
    });
    Columns::new()
        .set("status", task.status.as_str())
        .set("template_name", task.template.name.as_str())
        .set("template_version", task.template.version.as_str())
        .set("template_digest", task.template.digest.as_str())
        .set("name", task.name.as_ref().map(ServiceName::as_str))
        .set("parameters", Value::Object(parameters))
        .set("account_identifier", account.map(|account| account.identifier.as_str()))
        .set("account_role", account.and_then(|account| account.role.as_deref()))
        .set("account_provider", account.map(|account| account.provider.as_str()))
        .set("attempt", task.attempt)
        .set("entity_refs", json!(refs))
        .set("artifact_size", artifact.map(|artifact| integer(artifact.size)))
        .set("artifact_sha256", artifact.map(|artifact| artifact.sha256.as_str()))
        .set("artifact_expires_at", artifact.map(|artifact| artifact.expires_at))
        .set("failure", failure)
        .set("updated_at", task.updated_at)
        .set("cancelled_by_issuer", cancelled_by.map(|actor| actor.issuer.as_str()))
        .set("cancelled_by_subject", cancelled_by.map(|actor| actor.subject.as_str()))
        .set("version", integer(task.version))
}

/// A task from its row.
pub(super) fn read(row: &Row) -> Result<TaskState, StoreError> {
    let row = TASKS.row(row);
    Ok(TaskState {
        id: TaskId::new(row.get("id")?),
        status: row.parse("status", |text: String| text.parse::<Status>())?,
        template: TemplateVersion {
            name: row.get("template_name")?,
            version: row.get("template_version")?,
            digest: row.get("template_digest")?,
        },
        name: row.parse("name", |name: Option<String>| name.as_deref().map(ServiceName::parse).transpose())?,
        parameters: row.json("parameters")?,
        account: account(row)?,
        attempt: row.number("attempt")?,
        entity_refs: row.parse("entity_refs", references)?,
        artifact: artifact(row)?,
        failure: row.parse("failure", failure)?,
        created_at: row.get("created_at")?,
        updated_at: row.get("updated_at")?,
        created_by: Actor { issuer: row.get("created_by_issuer")?, subject: row.get("created_by_subject")? },
        cancelled_by: cancelled_by(row)?,
        version: row.number("version")?,
    })
}

fn account(row: StoredRow<'_>) -> Result<Option<AccountInfo>, StoreError> {
    let Some(identifier) = row.get("account_identifier")? else { return Ok(None) };
    Ok(Some(AccountInfo { identifier, role: row.get("account_role")?, provider: row.get("account_provider")? }))
}

fn artifact(row: StoredRow<'_>) -> Result<Option<Artifact>, StoreError> {
    let size = row.parse("artifact_size", |size: Option<i64>| size.map(u64::try_from).transpose())?;
    let Some(size) = size else { return Ok(None) };
    Ok(Some(Artifact { size, sha256: row.get("artifact_sha256")?, expires_at: row.get("artifact_expires_at")? }))
}

fn cancelled_by(row: StoredRow<'_>) -> Result<Option<Actor>, StoreError> {
    let Some(subject) = row.get("cancelled_by_subject")? else { return Ok(None) };
    Ok(Some(Actor { issuer: row.get("cancelled_by_issuer")?, subject }))
}

fn references(value: Value) -> Result<Vec<EntityRef>, Box<dyn std::error::Error + Send + Sync>> {
    let texts: Vec<String> = serde_json::from_value(value)?;
    Ok(texts.iter().map(|text| text.parse()).collect::<Result<_, EntityRefError>>()?)
}

fn failure(value: Option<Value>) -> Result<Option<Failure>, serde_json::Error> {
    let Some(value) = value else { return Ok(None) };
    let StoredFailure { step, message, retryable } = serde_json::from_value(value)?;
    Ok(Some(Failure { step, message, retryable }))
}

/// A number as a column keeps it. None of ours comes near the limit.
pub(super) fn integer(number: u64) -> i64 {
    i64::try_from(number).unwrap_or(i64::MAX)
}
