//! What happened, twice: as history, which stays, and as pending, which leaves with the outbox.

use application::events::{TaskEventData, task_event_type};
use application::ports::{CommitError, Context, StoreError};
use domain::RecordedEvent;
use heimdall::database::Query;
use heimdall::messaging::envelope::CloudEvent;
use heimdall::messaging::outbox::{self, OutboxMessage};
use serde_json::Value;
use uuid::Uuid;

use crate::errors::broken;
use crate::events::Events;

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
    let data = pending.iter().map(data).collect::<Result<Vec<_>, _>>()?;
    Ok([history(pending, &data, context)?, outbox(pending, data, context, events)?])
}

fn history(pending: &[PendingEvent], data: &[Value], context: &Context) -> Result<Query, StoreError> {
    const COLUMNS: usize = 9;
    let rows: Vec<_> = (0..pending.len())
        .map(|row| {
            let parameters: Vec<_> = (1..=COLUMNS).map(|column| format!("${}", row * COLUMNS + column)).collect();
            format!("({})", parameters.join(", "))
        })
        .collect();
    let mut query = Query::new(format!(
        "INSERT INTO scaffold_task_history \
         (stream, version, event_id, type, data, actor_issuer, actor_subject, request, occurred_at) VALUES {}",
        rows.join(", ")
    ));
    for (PendingEvent { id, recorded }, data) in pending.iter().zip(data) {
        query = query
            .bind(recorded.task.id.as_uuid())
            .bind(i64::try_from(recorded.task.version).map_err(broken)?)
            .bind(*id)
            .bind(recorded.event.name())
            .bind(data.clone())
            .bind(recorded.actor.issuer.as_str())
            .bind(recorded.actor.subject.as_str())
            .bind(context.request.as_deref())
            .bind(recorded.at);
    }
    Ok(query)
}

fn outbox(
    pending: &[PendingEvent],
    data: Vec<Value>,
    context: &Context,
    events: &Events,
) -> Result<Query, CommitError> {
    let messages = pending.iter().zip(data).map(|(pending, data)| message(pending, data, context, events));
    let messages = messages.collect::<Result<Vec<_>, _>>()?;
    outbox::enqueue(&messages, events.config.mode).map_err(|error| CommitError::Store(broken(error)))
}

fn message(
    PendingEvent { id, recorded }: &PendingEvent,
    data: Value,
    context: &Context,
    events: &Events,
) -> Result<OutboxMessage, StoreError> {
    let kind = task_event_type(&events.config.namespace, recorded.event.name());
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

/// What history and topic tell alike.
fn data(PendingEvent { recorded, .. }: &PendingEvent) -> Result<Value, StoreError> {
    serde_json::to_value(TaskEventData::from(recorded)).map_err(broken)
}
