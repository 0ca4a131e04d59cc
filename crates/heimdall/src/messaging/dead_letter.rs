//! Dead letters: records that a group could not process, as they were, with the reason beside them.
//!
//! A dead letter goes to `<topic>.<group>.dead-letter` through the outbox, so it is durable in one transaction with
//! whatever else is written, and survives an outage of the log.

use std::fmt;

use aws_lc_rs::digest;
use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use bytes::Bytes;
use chrono::{DateTime, SecondsFormat, Utc};
use uuid::Uuid;

use super::outbox::OutboxRecord;
use super::pattern::check_topic;
use super::record::{NewRecord, Record};
use super::topics::dead_letter_topic;

/// All headers of a dead letter start so.
pub const HEADER_PREFIX: &str = "dead-letter-";
/// The [`Reason`].
pub const REASON: &str = "dead-letter-reason";
/// What was wrong, for people.
pub const DETAIL: &str = "dead-letter-detail";
/// The group that could not process the record.
pub const GROUP: &str = "dead-letter-group";
/// The topic that the record stood in.
pub const TOPIC: &str = "dead-letter-topic";
/// The partition that it stood in.
pub const PARTITION: &str = "dead-letter-partition";
/// Its offset there.
pub const OFFSET: &str = "dead-letter-offset";
/// How often it was tried.
pub const ATTEMPTS: &str = "dead-letter-attempts";
/// When it was parked (RFC 3339).
pub const TIME: &str = "dead-letter-time";
/// The key in Base64, where it is absent (then this is empty) or no text that the outbox can keep.
pub const KEY: &str = "dead-letter-key";
/// Is there when the record had no payload at all, as opposed to an empty one.
pub const NO_PAYLOAD: &str = "dead-letter-no-payload";

/// Causes longer than this are cut, so that a dead letter fits wherever its record did.
const LONGEST_DETAIL: usize = 2_000;

/// Why a record was parked.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Reason {
    /// It is no event, or none that can be read.
    Undecodable,
    /// The handler will never accept it.
    Rejected,
    /// The handler failed too often.
    Exhausted,
    /// The handler panicked.
    Panicked,
}

impl Reason {
    /// As the header says it.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Undecodable => "undecodable",
            Self::Rejected => "rejected",
            Self::Exhausted => "exhausted",
            Self::Panicked => "panicked",
        }
    }
}

impl fmt::Display for Reason {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.as_str())
    }
}

/// What is known about a failure.
#[derive(Clone, Debug)]
pub struct Verdict {
    /// Why the record is parked.
    pub reason: Reason,
    /// What was wrong, for people.
    pub detail: String,
    /// How often it was tried.
    pub attempts: u32,
}

/// The dead letter of a record, for [`enqueue_records`](super::outbox::enqueue_records). The same record parked by the
/// same group has the same id.
pub fn park(group: &str, record: &Record, verdict: &Verdict, now: DateTime<Utc>) -> OutboxRecord {
    let mut headers: super::record::Headers =
        record.headers.iter().filter(|header| !header.name.starts_with(HEADER_PREFIX)).cloned().collect();
    let detail: String = verdict.detail.chars().filter(|c| !c.is_control()).take(LONGEST_DETAIL).collect();
    headers.push(REASON, verdict.reason.as_str());
    headers.push(DETAIL, detail);
    headers.push(GROUP, group.to_owned());
    headers.push(TOPIC, record.topic.clone());
    headers.push(PARTITION, record.partition.to_string());
    headers.push(OFFSET, record.offset.to_string());
    headers.push(ATTEMPTS, verdict.attempts.to_string());
    headers.push(TIME, now.to_rfc3339_opts(SecondsFormat::Micros, true));
    match record.key.as_deref() {
        Some(key) if std::str::from_utf8(key).is_ok_and(|text| !text.contains('\0')) => {}
        other => headers.push(KEY, STANDARD.encode(other.unwrap_or_default())),
    }
    if record.payload.is_none() {
        headers.push(NO_PAYLOAD, "true");
    }
    let topic = dead_letter_topic(&record.topic, group);
    // A topic's name may be too long to be made longer. Then all such dead letters share one topic of the group.
    let topic = check_topic(&topic).map_or_else(|_| format!("{group}.dead-letter"), |()| topic);
    let record = NewRecord { topic, key: record.key.clone(), headers, payload: record.payload.clone() };
    OutboxRecord { id: name(group, &record), record }
}

/// The record as it was before it was parked: its topic, key, headers and payload. `None` if this is no dead letter.
pub fn restore(dead: &Record) -> Option<NewRecord> {
    let topic = dead.headers.text(TOPIC)?.to_owned();
    let key = match dead.headers.text(KEY) {
        None => dead.key.clone(),
        Some("") => None,
        Some(key) => Some(Bytes::from(STANDARD.decode(key).ok()?)),
    };
    let payload = if dead.headers.get(NO_PAYLOAD).is_some() { None } else { dead.payload.clone() };
    let headers = dead.headers.iter().filter(|header| !header.name.starts_with(HEADER_PREFIX)).cloned().collect();
    Some(NewRecord { topic, key, headers, payload })
}

/// Which record this is, as one text: its place in the log and what stood there, for a topic that is made anew counts
/// its places anew.
pub(super) fn place(record: &Record) -> String {
    let Record { topic, partition, offset, timestamp, .. } = record;
    let payload = digest::digest(&digest::SHA256, record.payload.as_deref().unwrap_or_default());
    let written = timestamp.map(|time| time.timestamp_micros()).unwrap_or_default();
    format!("{topic}/{partition}/{offset}@{written}#{}", STANDARD.encode(payload))
}

fn name(group: &str, dead: &NewRecord) -> Uuid {
    let part = |name: &str| dead.headers.text(name).unwrap_or_default();
    let place = format!("{group}/{}/{}/{}", part(TOPIC), part(PARTITION), part(OFFSET));
    let hash = digest::digest(&digest::SHA256, place.as_bytes());
    let mut bytes = [0; 16];
    for (to, from) in bytes.iter_mut().zip(hash.as_ref()) {
        *to = *from;
    }
    uuid::Builder::from_custom_bytes(bytes).into_uuid()
}
