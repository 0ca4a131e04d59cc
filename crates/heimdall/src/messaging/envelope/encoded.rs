use bytes::Bytes;

use crate::messaging::record::Headers;

/// The header that says how a record is to be read.
pub const CONTENT_TYPE: &str = "content-type";

/// An event as it stands in a record.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Encoded {
    /// The headers that belong to the envelope, `content-type` among them.
    pub headers: Headers,
    /// The payload; `None` for an event without data in binary mode.
    pub payload: Option<Bytes>,
}
