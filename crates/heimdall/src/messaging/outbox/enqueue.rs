//! Writing to the outbox.

use bytes::Bytes;
use thiserror::Error;
use uuid::Uuid;

use super::row::columns;
use crate::database::{Columns, Query, RowsError};
use crate::messaging::envelope::{CloudEvent, EncodeError, EnvelopeMode};
use crate::messaging::pattern::{PatternError, check_topic};
use crate::messaging::record::NewRecord;

/// So many messages at most go into one query: `SQLite` takes 32,766 parameters.
pub const MOST_MESSAGES: usize = 3_000;

/// An event that is to be published.
#[derive(Clone, Debug, PartialEq)]
pub struct OutboxMessage {
    /// The topic it goes to.
    pub topic: String,
    /// The record's key: order is kept by it.
    pub key: String,
    /// The event. Its id is a UUID.
    pub event: CloudEvent,
    /// Headers beside those of the envelope: the `traceparent` and `tracestate` of this hop.
    pub headers: Vec<(String, String)>,
}

/// A record that is to be published as it is, such as a dead letter.
#[derive(Clone, Debug, PartialEq)]
pub struct OutboxRecord {
    /// Names the row for people and other relays; the log does not see it.
    pub id: Uuid,
    /// The record. Its key should be text: what is not is replaced, as in [`String::from_utf8_lossy`].
    pub record: NewRecord,
}

/// Why a message can't be put into the outbox.
#[derive(Debug, Error)]
pub enum EnqueueError {
    /// The event is not a valid one.
    #[error(transparent)]
    Encode(#[from] EncodeError),
    /// The event's id is no UUID.
    #[error("the id `{id}` of an event for `{topic}` is no UUID")]
    Id {
        /// The topic.
        topic: String,
        /// The id.
        id: String,
        /// What is wrong with it.
        #[source]
        source: uuid::Error,
    },
    /// The topic can't be called that.
    #[error(transparent)]
    Topic(#[from] PatternError),
    /// A NUL can't be kept as text.
    #[error("the key of an event for `{topic}` contains a NUL character")]
    Key {
        /// The topic.
        topic: String,
    },
    /// Nothing, or too much for one query.
    #[error("{0} messages don't fit into one query: 1 to {MOST_MESSAGES} do")]
    Count(usize),
    /// The rows don't fit into one query.
    #[error(transparent)]
    Rows(#[from] RowsError),
}

/// The query that puts these messages into the outbox, in this order: one `INSERT`, to be executed in the transaction
/// of what they tell about. There must be 1 to [`MOST_MESSAGES`] of them.
pub fn enqueue(messages: &[OutboxMessage], mode: EnvelopeMode) -> Result<Query, EnqueueError> {
    insert(messages.iter().map(|message| {
        check_topic(&message.topic)?;
        if message.key.contains('\0') {
            return Err(EnqueueError::Key { topic: message.topic.clone() });
        }
        let id = Uuid::parse_str(&message.event.id).map_err(|source| EnqueueError::Id {
            topic: message.topic.clone(),
            id: message.event.id.clone(),
            source,
        })?;
        let mut encoded = message.event.encode(mode)?;
        for (name, value) in &message.headers {
            encoded.headers.set(name.clone(), value.clone());
        }
        let key = Some(Bytes::copy_from_slice(message.key.as_bytes()));
        let topic = message.topic.clone();
        Ok(columns(id, NewRecord { topic, key, headers: encoded.headers, payload: encoded.payload }))
    }))
}

/// The same for records that are complete already.
pub fn enqueue_records(records: &[OutboxRecord]) -> Result<Query, EnqueueError> {
    insert(records.iter().map(|record| {
        check_topic(&record.record.topic)?;
        Ok(columns(record.id, record.record.clone()))
    }))
}

fn insert(rows: impl ExactSizeIterator<Item = Result<Columns, EnqueueError>>) -> Result<Query, EnqueueError> {
    let count = rows.len();
    if count == 0 || count > MOST_MESSAGES {
        return Err(EnqueueError::Count(count));
    }
    Ok(Columns::insert_all("heimdall_outbox", rows.collect::<Result<Vec<_>, _>>()?)?)
}
