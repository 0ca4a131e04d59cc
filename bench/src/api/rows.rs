//! The rows of the baseline, which are those of Valkyrie: a task, its history, and its news.

use chrono::{DateTime, SubsecRound as _, Utc};
use serde::{Deserialize, Serialize};
use serde_json::{Map, Value};
use sqlx::types::Json;
use uuid::Uuid;

use super::shared::Shared;

#[derive(Clone, Serialize)]
#[serde(rename_all = "camelCase")]
pub(super) struct Task {
    id: Uuid,
    status: &'static str,
    template: Template,
    parameters: Map<String, Value>,
    account: Option<Value>,
    attempt: i64,
    entity_refs: Vec<String>,
    artifact: Option<Value>,
    failure: Option<Value>,
    created_at: DateTime<Utc>,
    updated_at: DateTime<Utc>,
    created_by: String,
    version: i64,
}

#[derive(Clone, Serialize, Deserialize)]
struct Template {
    name: String,
    version: String,
    digest: String,
}

#[derive(Serialize)]
struct Data<'a> {
    task: &'a Task,
}

#[derive(Serialize)]
struct Event<'a> {
    specversion: &'static str,
    id: Uuid,
    source: &'static str,
    r#type: String,
    subject: Uuid,
    datacontenttype: &'static str,
    dataschema: String,
    correlationid: Uuid,
    causationid: Uuid,
    partitionkey: Uuid,
    traceparent: &'a str,
    time: DateTime<Utc>,
    data: Data<'a>,
}

/// Writes a task, its two entries in the history and its two events: one `INSERT` a table, in one transaction.
pub(super) async fn insert(shared: &Shared, given: Map<String, Value>) -> Result<Task, sqlx::Error> {
    let settings = &shared.settings;
    let [issuer, subject] = &settings.caller;
    let template = Template::deserialize(&settings.sample["template"]).map_err(decode)?;
    let mut parameters = Map::deserialize(&settings.sample["parameters"]).map_err(decode)?;
    parameters.extend(given);
    let now = Utc::now().trunc_subsecs(6);
    let draft = Task {
        id: Uuid::now_v7(),
        status: "draft",
        template,
        parameters,
        account: None,
        attempt: 1,
        entity_refs: Vec::new(),
        artifact: None,
        failure: None,
        created_at: now,
        updated_at: now,
        created_by: subject.clone(),
        version: 1,
    };
    let task = Task { status: "queued", version: 2, ..draft.clone() };
    let (request, trace) = (Uuid::now_v7(), Uuid::new_v4().simple().to_string());
    let traceparent = format!("00-{trace}-{}-01", &trace[..16]);
    let ids = [Uuid::now_v7(), Uuid::now_v7()];
    let [created, queued] = [(ids[0], "created", &draft), (ids[1], "queued", &task)]
        .map(|(id, name, task)| event(id, name, task, request, &traceparent));

    let mut transaction = shared.pool.begin().await?;
    sqlx::query(
        "INSERT INTO scaffold_tasks (id, status, template_name, template_version, template_digest, name, parameters, \
         attempt, entity_refs, created_at, updated_at, created_by_issuer, created_by_subject, version) \
         VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14)",
    )
    .bind(task.id)
    .bind(task.status)
    .bind(&task.template.name)
    .bind(&task.template.version)
    .bind(&task.template.digest)
    .bind(task.parameters.get("name").and_then(Value::as_str))
    .bind(Json(&task.parameters))
    .bind(task.attempt)
    .bind(Json(&task.entity_refs))
    .bind(now)
    .bind(now)
    .bind(issuer)
    .bind(subject)
    .bind(task.version)
    .execute(&mut *transaction)
    .await?;

    let mut history = sqlx::query(
        "INSERT INTO scaffold_task_history \
         (stream, version, event_id, type, data, actor_issuer, actor_subject, request, occurred_at) \
         VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9), ($10, $11, $12, $13, $14, $15, $16, $17, $18)",
    );
    for (id, name, task) in [(ids[0], "created", &draft), (ids[1], "queued", &task)] {
        history = history.bind(task.id).bind(task.version).bind(id).bind(name).bind(Json(Data { task }));
        history = history.bind(issuer).bind(subject).bind(request.to_string()).bind(now);
    }
    history.execute(&mut *transaction).await?;

    let mut outbox = sqlx::query(
        "INSERT INTO heimdall_outbox \
         (id, topic, partition_key, bucket, content_type, traceparent, headers, payload) \
         VALUES ($1, $2, $3, $4, $5, $6, $7, $8), ($9, $10, $11, $12, $13, $14, $15, $16)",
    );
    for event in [&created, &queued] {
        let payload = serde_json::to_vec(event).map_err(|error| sqlx::Error::Encode(error.into()))?;
        outbox = outbox.bind(event.id).bind("midgard.scaffold-task").bind(task.id.to_string());
        outbox =
            outbox.bind(i64::from(task.id.as_bytes()[15] % 32)).bind("application/cloudevents+json; charset=UTF-8");
        outbox = outbox.bind(&traceparent).bind(Json([(); 0])).bind(payload);
    }
    outbox.execute(&mut *transaction).await?;
    transaction.commit().await?;
    Ok(task)
}

fn event<'a>(id: Uuid, name: &str, task: &'a Task, request: Uuid, traceparent: &'a str) -> Event<'a> {
    let kind = format!("midgard.scaffold-task.{name}.v1");
    Event {
        specversion: "1.0",
        id,
        source: "/valkyrie/scaffolder",
        dataschema: format!("http://127.0.0.1:00000/discovery/v1/schemas/{kind}.json"),
        r#type: kind,
        subject: task.id,
        datacontenttype: "application/json",
        correlationid: request,
        causationid: request,
        partitionkey: task.id,
        traceparent,
        time: task.updated_at,
        data: Data { task },
    }
}

fn decode(error: serde_json::Error) -> sqlx::Error {
    sqlx::Error::Decode(error.into())
}
