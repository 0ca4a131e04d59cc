//! Events as the Scaffolder makes them, of one size.

use anyhow::{Result, ensure};
use chrono::Utc;
use heimdall::messaging::envelope::{CloudEvent, EnvelopeMode};
use heimdall::messaging::outbox::OutboxMessage;
use heimdall::messaging::record::NewRecord;
use serde_json::json;
use uuid::Uuid;

/// Bytes of an event's payload: an envelope in structured mode, with its data.
pub(super) const SIZE: usize = 700;
/// A task has about so many events, all of one key.
const EVENTS_OF_A_TASK: usize = 4;

/// So many events for a topic.
pub(super) fn messages(topic: &str, count: usize) -> Result<Vec<OutboxMessage>> {
    let first = encode(&message(topic, Uuid::now_v7(), 0)?)?;
    let room = SIZE.checked_sub(first.payload.as_ref().map_or(0, bytes::Bytes::len));
    ensure!(room.is_some(), "an event without data has more than {SIZE} bytes");
    let mut task = Uuid::now_v7();
    let mut messages = Vec::with_capacity(count);
    for number in 0..count {
        if number % EVENTS_OF_A_TASK == 0 {
            task = Uuid::now_v7();
        }
        messages.push(message(topic, task, room.unwrap_or_default())?);
    }
    Ok(messages)
}

/// The records that the relay makes of them.
pub(super) fn records(messages: &[OutboxMessage]) -> Result<Vec<NewRecord>> {
    messages.iter().map(encode).collect()
}

fn message(topic: &str, task: Uuid, filling: usize) -> Result<OutboxMessage> {
    let id = Uuid::now_v7().to_string();
    let trace = Uuid::new_v4().simple().to_string();
    let traceparent = format!("00-{trace}-{}-01", &trace[..16]);
    let event = CloudEvent::builder(id, "/bench", "bench.task.queued.v1", Utc::now())
        .subject(task.to_string())
        .traceparent(Some(traceparent.clone()))
        .json(&json!({"task": {"id": task, "filling": "x".repeat(filling)}}))?
        .build()?;
    let headers = vec![("traceparent".to_owned(), traceparent)];
    Ok(OutboxMessage { topic: topic.to_owned(), key: task.to_string(), event, headers })
}

fn encode(message: &OutboxMessage) -> Result<NewRecord> {
    let mut encoded = message.event.encode(EnvelopeMode::Structured)?;
    for (name, value) in &message.headers {
        encoded.headers.set(name.clone(), value.clone());
    }
    let key = Some(message.key.clone().into());
    Ok(NewRecord { topic: message.topic.clone(), key, headers: encoded.headers, payload: encoded.payload })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn events_have_one_size() {
        let records = records(&messages("bench", 9).unwrap()).unwrap();
        let sizes: Vec<usize> = records.iter().map(|record| record.payload.as_ref().unwrap().len()).collect();
        assert_eq!(sizes, [SIZE; 9]);
        assert_eq!(records[0].key, records[3].key);
        assert_ne!(records[3].key, records[4].key);
    }
}
