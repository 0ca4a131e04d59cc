//! Records between our shape and librdkafka's, byte for byte.

use std::panic::{AssertUnwindSafe, catch_unwind};

use bytes::Bytes;
use chrono::DateTime;
use rdkafka::Message;
use rdkafka::message::{BorrowedMessage, Header as KafkaHeader, Headers as _, OwnedHeaders};

use crate::messaging::record::{Header, Headers, Record};

/// Copies a record out of librdkafka's memory.
pub(super) fn from_message(message: &BorrowedMessage<'_>) -> Record {
    Record {
        topic: message.topic().to_owned(),
        partition: message.partition(),
        offset: message.offset(),
        key: message.key().map(Bytes::copy_from_slice),
        headers: headers(message),
        payload: message.payload().map(Bytes::copy_from_slice),
        timestamp: message.timestamp().to_millis().and_then(DateTime::from_timestamp_millis),
    }
}

/// rdkafka panics on a header whose name is not UTF-8, which anyone may write to a topic. Such a header is left out.
fn headers(message: &BorrowedMessage<'_>) -> Headers {
    let Some(headers) = message.headers() else { return Headers::new() };
    let copy = |header: KafkaHeader<'_, &[u8]>| Header {
        name: header.key.to_owned(),
        value: header.value.map(Bytes::copy_from_slice),
    };
    let read = |place| catch_unwind(AssertUnwindSafe(|| headers.try_get(place).map(copy)));
    let unreadable = |place| {
        let (topic, partition, offset) = (message.topic(), message.partition(), message.offset());
        tracing::warn!(topic, partition, offset, place, "a header is left out: its name is not UTF-8");
    };
    let each = |place| read(place).inspect_err(|_| unreadable(place)).ok().flatten();
    (0..headers.count()).filter_map(each).collect()
}

/// The headers as librdkafka takes them; `None` if there are none.
pub(super) fn to_headers(headers: &Headers) -> Option<OwnedHeaders> {
    if headers.is_empty() {
        return None;
    }
    let empty = OwnedHeaders::new_with_capacity(headers.len());
    Some(
        headers
            .iter()
            .fold(empty, |all, header| all.insert(KafkaHeader { key: &header.name, value: header.value.as_deref() })),
    )
}
