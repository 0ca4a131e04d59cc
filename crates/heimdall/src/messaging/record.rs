//! What a log carries: records, byte for byte, and the places where they stand.

use std::fmt;

use bytes::Bytes;
use chrono::{DateTime, Utc};

/// One named value beside a record's payload. Names may repeat, and a value may be absent.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Header {
    /// The header's name.
    pub name: String,
    /// The header's value; `None` is Kafka's null, which is not the same as empty.
    pub value: Option<Bytes>,
}

/// A record's headers, in the order they were written.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Headers(Vec<Header>);

impl Headers {
    /// No headers.
    pub const fn new() -> Self {
        Self(Vec::new())
    }

    /// The value of the last header called `name` (case matters); `None` if it is absent or null.
    pub fn get(&self, name: &str) -> Option<&[u8]> {
        let header = self.0.iter().rev().find(|header| header.name == name)?;
        header.value.as_deref()
    }

    /// Like [`Headers::get`], for values that are text; `None` also when the bytes are not UTF-8.
    pub fn text(&self, name: &str) -> Option<&str> {
        self.get(name).and_then(|value| std::str::from_utf8(value).ok())
    }

    /// Adds a header at the end, whether or not there is one of that name.
    pub fn push(&mut self, name: impl Into<String>, value: impl Into<Bytes>) {
        self.0.push(Header { name: name.into(), value: Some(value.into()) });
    }

    /// Removes all headers called `name` and adds one at the end.
    pub fn set(&mut self, name: impl Into<String>, value: impl Into<Bytes>) {
        let name = name.into();
        self.remove(&name);
        self.push(name, value);
    }

    /// Removes all headers called `name`.
    pub fn remove(&mut self, name: &str) {
        self.0.retain(|header| header.name != name);
    }

    /// The headers in order.
    pub fn iter(&self) -> std::slice::Iter<'_, Header> {
        self.0.iter()
    }

    /// How many headers there are.
    pub fn len(&self) -> usize {
        self.0.len()
    }

    /// Whether there are none.
    pub fn is_empty(&self) -> bool {
        self.0.is_empty()
    }
}

impl<'a> IntoIterator for &'a Headers {
    type Item = &'a Header;
    type IntoIter = std::slice::Iter<'a, Header>;

    fn into_iter(self) -> Self::IntoIter {
        self.0.iter()
    }
}

impl FromIterator<Header> for Headers {
    fn from_iter<I: IntoIterator<Item = Header>>(headers: I) -> Self {
        Self(headers.into_iter().collect())
    }
}

/// A record that is to be published.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct NewRecord {
    /// The topic it goes to. The log never creates a topic because someone published to it.
    pub topic: String,
    /// What order is kept by: records of one key stand in one partition
    /// ([`murmur2::partition`](super::murmur2::partition)). Records without a key are spread.
    pub key: Option<Bytes>,
    /// Headers, kept in order and byte for byte.
    pub headers: Headers,
    /// The payload; `None` is a tombstone, which a compacted topic understands as "deleted".
    pub payload: Option<Bytes>,
}

/// A record as it was read from the log.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Record {
    /// The topic it stands in.
    pub topic: String,
    /// The partition of the topic, from 0.
    pub partition: i32,
    /// Its place in the partition. Offsets grow, but not always by one.
    pub offset: i64,
    /// The key it was published with.
    pub key: Option<Bytes>,
    /// The headers it was published with.
    pub headers: Headers,
    /// The payload it was published with.
    pub payload: Option<Bytes>,
    /// When it was published, to the millisecond, as far as the log knows.
    pub timestamp: Option<DateTime<Utc>>,
}

impl Record {
    /// The partition that the record stands in.
    pub fn topic_partition(&self) -> TopicPartition {
        TopicPartition { topic: self.topic.clone(), partition: self.partition }
    }

    /// The position to commit once this record, and all before it in its partition, are done.
    pub fn next_position(&self) -> Position {
        Position { partition: self.topic_partition(), next_offset: self.offset + 1 }
    }
}

/// Names one partition of one topic.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct TopicPartition {
    /// The topic's name.
    pub topic: String,
    /// The partition, from 0.
    pub partition: i32,
}

impl TopicPartition {
    /// The partition `partition` of `topic`.
    pub fn new(topic: impl Into<String>, partition: i32) -> Self {
        Self { topic: topic.into(), partition }
    }
}

impl fmt::Display for TopicPartition {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}[{}]", self.topic, self.partition)
    }
}

/// How far a consumer group has come in one partition.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Position {
    /// The partition.
    pub partition: TopicPartition,
    /// The offset of the first record that is not done yet.
    pub next_offset: i64,
}
