//! What happened to tasks, written twice: as history, which stays, and as messages, which leave with the outbox.

use application::events::{IntegrationEvent, TaskEventData};
use application::ports::{CommitError, Context, HistoryItem, StoreError};
use domain::{Actor, RecordedEvent, TaskId};
use heimdall::database::{Columns, Filter, Query, Row};
use heimdall::messaging::envelope::CloudEvent;
use heimdall::messaging::outbox::{self, OutboxMessage};
use serde_json::Value;
use uuid::Uuid;

use super::rows::integer;
use crate::errors::broken;
use crate::events::Events;
use crate::stored_row::Table;

const HISTORY: Table = Table { name: "scaffold_task_history", key: &["stream", "version"] };

/// An event that a unit of work has to write, with the id that both history and topic will know it by.
pub(super) struct PendingEvent {
    pub(super) id: Uuid,
    pub(super) recorded: RecordedEvent,
}

/// The statements that add all of them to the history, and that hand all of them to the relay.
pub(super) fn statements(
    pending: &[PendingEvent],
    context: &Context,
    events: &Events,
) -> Result<[Query; 2], CommitError> {
    // What history and topic tell alike.
    let data = |one: &PendingEvent| serde_json::to_value(TaskEventData::from(&one.recorded)).map_err(broken);
    let data = pending.iter().map(data).collect::<Result<Vec<_>, _>>()?;
    let history = history(pending, &data, context)?;
    let messages = pending.iter().zip(data).map(|(pending, data)| message(pending, data, context, events));
    let messages = messages.collect::<Result<Vec<_>, _>>()?;
    let outbox = outbox::enqueue(&messages, events.config.mode).map_err(|error| CommitError::Store(broken(error)))?;
    Ok([history, outbox])
}

fn history(pending: &[PendingEvent], data: &[Value], context: &Context) -> Result<Query, StoreError> {
    let row = |(PendingEvent { id, recorded }, data): (&PendingEvent, &Value)| {
        Columns::new()
            .set("stream", recorded.task.id.as_uuid())
            .set("version", integer(recorded.task.version))
            .set("event_id", *id)
            .set("type", IntegrationEvent::from(&recorded.event).name())
            .set("data", data.clone())
            .set("actor_issuer", recorded.actor.issuer.as_str())
            .set("actor_subject", recorded.actor.subject.as_str())
            .set("request", context.request.as_deref())
            .set("occurred_at", recorded.at)
    };
    Columns::insert_all(HISTORY.name, pending.iter().zip(data).map(row).collect()).map_err(broken)
}

/// Up to `limit` events of a task after version `after`, oldest first.
pub(super) fn select(task: TaskId, after: u64, limit: u32) -> Query {
    Filter::new().equals("stream", task.as_uuid()).compares("version", ">", integer(after)).select(
        "SELECT stream, version, event_id, type, data, actor_issuer, actor_subject, request, occurred_at \
         FROM scaffold_task_history",
        &format!("ORDER BY version LIMIT {limit}"),
    )
}

/// An event from its row.
pub(super) fn read(row: &Row) -> Result<HistoryItem, StoreError> {
    let row = HISTORY.row(row);
    Ok(HistoryItem {
        id: row.get::<Uuid>("event_id")?.to_string(),
        version: row.number("version")?,
        name: row.get("type")?,
        actor: Actor { issuer: row.get("actor_issuer")?, subject: row.get("actor_subject")? },
        at: row.get("occurred_at")?,
        request: row.get("request")?,
        data: row.get("data")?,
    })
}

fn message(
    PendingEvent { id, recorded }: &PendingEvent,
    data: Value,
    context: &Context,
    events: &Events,
) -> Result<OutboxMessage, StoreError> {
    let kind = IntegrationEvent::from(&recorded.event).type_in(&events.config.namespace);
    let key = recorded.task.id.to_string();
    let event = CloudEvent::builder(id.to_string(), &events.config.source, &kind, recorded.at)
        .subject(&key)
        .dataschema(events.schema_of(&kind))
        // Without anything better, what concerns one task is one conversation.
        .correlated_with(context.correlation_id.as_ref().unwrap_or(&key))
        .caused_by(
            context.causation_id.as_ref().or(context.request.as_ref()).cloned().unwrap_or_else(|| id.to_string()),
        )
        .traceparent(context.traceparent.clone())
        .value(data)
        .build()
        .map_err(broken)?;
    let hop = [("traceparent", &context.traceparent), ("tracestate", &context.tracestate)];
    let headers = hop.into_iter().filter_map(|(name, value)| Some((name.to_owned(), value.clone()?))).collect();
    Ok(OutboxMessage { topic: events.config.topic.clone(), key, event, headers })
}
