//! How a task stands in its row.

use application::ports::StoreError;
use domain::{
    AccountInfo, Actor, Artifact, Failure, JsonObject, ScaffoldTask, ServiceName, TaskEvent, TaskId, TaskState,
    TemplateVersion,
};
use heimdall::database::{DatabaseError, Query, Row, Value as Column};
use serde_json::{Value, json};

use crate::errors::{broken, store_error};

/// The columns of a task, as [`read`] wants them.
pub(super) const COLUMNS: &str = "id, status, template_name, template_version, template_digest, name, parameters, \
     account_identifier, account_role, account_provider, attempt, entity_refs, artifact_size, artifact_sha256, \
     artifact_expires_at, failure, created_at, updated_at, created_by_issuer, created_by_subject, cancelled_by_issuer, \
     cancelled_by_subject, version";

/// A new task's row.
pub(super) fn insert(task: &TaskState) -> Query {
    let query = Query::new(
        "INSERT INTO scaffold_tasks (id, status, template_name, template_version, template_digest, name, parameters, \
         account_identifier, account_role, account_provider, attempt, entity_refs, artifact_size, artifact_sha256, \
         artifact_expires_at, failure, created_at, updated_at, created_by_issuer, created_by_subject, \
         cancelled_by_issuer, cancelled_by_subject, version) \
         VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14, $15, $16, $17, $18, $19, $20, $21, $22, $23)",
    );
    let [status, template, version, digest, name, parameters, identifier, role, provider, attempt] = leading(task);
    let [refs, size, sha256, expires, failure, updated, issuer, subject, counter] = trailing(task);
    query
        .bind(task.id.as_uuid())
        .bind(status)
        .bind(template)
        .bind(version)
        .bind(digest)
        .bind(name)
        .bind(parameters)
        .bind(identifier)
        .bind(role)
        .bind(provider)
        .bind(attempt)
        .bind(refs)
        .bind(size)
        .bind(sha256)
        .bind(expires)
        .bind(failure)
        .bind(task.created_at)
        .bind(updated)
        .bind(task.created_by.issuer.as_str())
        .bind(task.created_by.subject.as_str())
        .bind(issuer)
        .bind(subject)
        .bind(counter)
}

/// A changed task's row, if it is still at the version that was loaded. A deletion erases what the row no longer needs.
pub(super) fn update(task: &ScaffoldTask, events: &[domain::RecordedEvent], loaded: u64) -> Query {
    let state = task.state();
    let deleted = events.iter().any(|recorded| recorded.event == TaskEvent::Deleted);
    let entities = events.iter().find_map(|recorded| match &recorded.event {
        TaskEvent::Completed { entities } => Some(Value::Array(entities.clone())),
        _ => None,
    });
    let [status, template, version, digest, name, parameters, identifier, role, provider, attempt] = leading(state);
    let [refs, size, sha256, expires, failure, updated, issuer, subject, counter] = trailing(state);
    Query::new(
        "UPDATE scaffold_tasks SET status = $3, template_name = $4, template_version = $5, template_digest = $6, name = $7, \
         parameters = $8, account_identifier = $9, account_role = $10, account_provider = $11, attempt = $12, \
         entity_refs = $13, artifact_size = $14, artifact_sha256 = $15, artifact_expires_at = $16, failure = $17, \
         updated_at = $18, cancelled_by_issuer = $19, cancelled_by_subject = $20, version = $21, \
         entities = COALESCE($22, entities), deleted_at = $23 \
         WHERE id = $1 AND version = $2 AND deleted_at IS NULL",
    )
    .bind(state.id.as_uuid())
    .bind(i64::try_from(loaded).unwrap_or(i64::MAX))
    .bind(status)
    .bind(template)
    .bind(version)
    .bind(digest)
    .bind(name)
    .bind(if deleted { Column::Json(json!({})) } else { parameters })
    .bind(identifier)
    .bind(role)
    .bind(provider)
    .bind(attempt)
    .bind(refs)
    .bind(size)
    .bind(sha256)
    .bind(expires)
    .bind(failure)
    .bind(updated)
    .bind(issuer)
    .bind(subject)
    .bind(counter)
    .bind(entities)
    .bind(deleted.then_some(state.updated_at))
    .expect_rows(1)
}

fn leading(task: &TaskState) -> [Column; 10] {
    let account = task.account.as_ref();
    [
        task.status.as_str().into(),
        task.template.name.as_str().into(),
        task.template.version.as_str().into(),
        task.template.digest.as_str().into(),
        task.name.as_ref().map(ServiceName::as_str).into(),
        Value::Object(task.parameters.clone()).into(),
        account.map(|account| account.identifier.as_str()).into(),
        account.and_then(|account| account.role.as_deref()).into(),
        account.map(|account| account.provider.as_str()).into(),
        task.attempt.into(),
    ]
}

fn trailing(task: &TaskState) -> [Column; 9] {
    let artifact = task.artifact.as_ref();
    let refs: Vec<String> = task.entity_refs.iter().map(ToString::to_string).collect();
    let failure = task
        .failure
        .as_ref()
        .map(|Failure { step, message, retryable }| json!({"step": step, "message": message, "retryable": retryable}));
    [
        json!(refs).into(),
        artifact.map(|artifact| i64::try_from(artifact.size).unwrap_or(i64::MAX)).into(),
        artifact.map(|artifact| artifact.sha256.as_str()).into(),
        artifact.map(|artifact| artifact.expires_at).into(),
        failure.into(),
        task.updated_at.into(),
        task.cancelled_by.as_ref().map(|actor| actor.issuer.as_str()).into(),
        task.cancelled_by.as_ref().map(|actor| actor.subject.as_str()).into(),
        i64::try_from(task.version).unwrap_or(i64::MAX).into(),
    ]
}

/// A task from its row.
pub(super) fn read(row: &Row) -> Result<TaskState, StoreError> {
    let columns = || -> Result<_, DatabaseError> {
        let account = match row.get::<Option<String>>("account_identifier")? {
            None => None,
            Some(identifier) => Some(AccountInfo {
                identifier,
                role: row.get("account_role")?,
                provider: row.get::<Option<String>>("account_provider")?.unwrap_or_default(),
            }),
        };
        let artifact = match row.get::<Option<i64>>("artifact_size")? {
            None => None,
            Some(size) => Some(Artifact {
                size: unsigned(size),
                sha256: row.get("artifact_sha256")?,
                expires_at: row.get("artifact_expires_at")?,
            }),
        };
        let cancelled_by = match row.get::<Option<String>>("cancelled_by_subject")? {
            None => None,
            Some(subject) => Some(Actor { issuer: row.get("cancelled_by_issuer")?, subject }),
        };
        Ok((account, artifact, cancelled_by))
    };
    let (account, artifact, cancelled_by) = columns().map_err(store_error)?;
    let get = |column| row.get::<String>(column).map_err(store_error);
    let time = |column| row.get(column).map_err(store_error);
    let number = |column| row.get::<i64>(column).map(unsigned).map_err(store_error);
    let name: Option<String> = row.get("name").map_err(store_error)?;
    Ok(TaskState {
        id: TaskId::new(row.get("id").map_err(store_error)?),
        status: get("status")?.parse().map_err(|error: String| broken(error))?,
        template: TemplateVersion {
            name: get("template_name")?,
            version: get("template_version")?,
            digest: get("template_digest")?,
        },
        name: name.map(|name| ServiceName::parse(&name)).transpose().map_err(broken)?,
        parameters: object(row.get("parameters").map_err(store_error)?),
        account,
        attempt: u32::try_from(number("attempt")?).map_err(broken)?,
        entity_refs: references(&row.get("entity_refs").map_err(store_error)?)?,
        artifact,
        failure: row.get::<Option<Value>>("failure").map_err(store_error)?.map(|failure| failure_of(&failure)),
        created_at: time("created_at")?,
        updated_at: time("updated_at")?,
        created_by: Actor { issuer: get("created_by_issuer")?, subject: get("created_by_subject")? },
        cancelled_by,
        version: number("version")?,
    })
}

fn references(value: &Value) -> Result<Vec<domain::EntityRef>, StoreError> {
    let texts = value.as_array().map(Vec::as_slice).unwrap_or_default();
    texts.iter().map(|text| text.as_str().unwrap_or_default().parse().map_err(broken)).collect()
}

fn failure_of(value: &Value) -> Failure {
    let text = |field: &str| value[field].as_str().unwrap_or_default().to_owned();
    Failure {
        step: text("step"),
        message: text("message"),
        retryable: value["retryable"].as_bool().unwrap_or_default(),
    }
}

pub(super) fn object(value: Value) -> JsonObject {
    match value {
        Value::Object(object) => object,
        _ => JsonObject::new(),
    }
}

pub(super) fn unsigned(number: i64) -> u64 {
    u64::try_from(number).unwrap_or_default()
}
