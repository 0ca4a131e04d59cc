//! A record as it stands in the outbox.

use uuid::Uuid;

use super::{BUCKETS, headers};
use crate::database::{Columns, DatabaseError, Row};
use crate::messaging::envelope::CONTENT_TYPE;
use crate::messaging::murmur2;
use crate::messaging::record::{Headers, NewRecord};

const TRACEPARENT: &str = "traceparent";

/// The columns that [`PendingRow::read`] reads.
pub(super) const COLUMNS: &str = "seq, topic, partition_key, content_type, traceparent, headers, payload";

/// A record as it is written. `content-type` and `traceparent` have columns of their own, for people and for other relays.
pub(super) fn columns(id: Uuid, record: NewRecord) -> Columns {
    let mut headers = record.headers;
    let content_type = take(&mut headers, CONTENT_TYPE).unwrap_or_default();
    let traceparent = take(&mut headers, TRACEPARENT);
    let key = String::from_utf8_lossy(record.key.as_deref().unwrap_or_default()).replace('\0', "\u{fffd}");
    let bucket = murmur2::partition(key.as_bytes(), BUCKETS);
    Columns::new()
        .set("id", id)
        .set("topic", record.topic)
        .set("partition_key", key)
        .set("bucket", bucket)
        .set("content_type", content_type)
        .set("traceparent", traceparent)
        .set("headers", headers::to_json(&headers))
        .set("payload", record.payload.unwrap_or_default())
}

/// Takes a header out if a column can hold it: it is there once, and is text.
fn take(headers: &mut Headers, name: &str) -> Option<String> {
    if headers.iter().filter(|header| header.name == name).count() != 1 {
        return None;
    }
    let text = headers.text(name).filter(|text| !text.is_empty() && !text.contains('\0'))?.to_owned();
    headers.remove(name);
    Some(text)
}

/// A row that is there, as the record that it is to become.
pub(super) struct PendingRow {
    pub(super) seq: i64,
    pub(super) record: NewRecord,
}

impl PendingRow {
    pub(super) fn read(row: &Row) -> Result<Self, DatabaseError> {
        let mut all = Headers::new();
        let content_type: String = row.get("content_type")?;
        if !content_type.is_empty() {
            all.push(CONTENT_TYPE, content_type);
        }
        if let Some(traceparent) = row.get::<Option<String>>("traceparent")? {
            all.push(TRACEPARENT, traceparent);
        }
        let others = headers::from_json(&row.get("headers")?);
        let key: String = row.get("partition_key")?;
        let record = NewRecord {
            topic: row.get("topic")?,
            key: Some(key.into()),
            headers: all.iter().chain(&others).cloned().collect(),
            payload: Some(row.get::<Vec<u8>>("payload")?.into()),
        };
        Ok(Self { seq: row.get("seq")?, record })
    }

    /// What order is kept by, in one word: a topic's name has no spaces.
    pub(super) fn ordering_key(&self) -> String {
        format!("{} {}", self.record.topic, String::from_utf8_lossy(self.record.key.as_deref().unwrap_or_default()))
    }
}
