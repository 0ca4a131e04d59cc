//! What a service does with an event.

use super::HandlerError;
use crate::messaging::envelope::CloudEvent;
use crate::messaging::record::Record;
use crate::messaging::work::Work;

/// Does something about an event, within a unit of work that holds its inbox row already.
///
/// Most handlers are plain functions (see [`EventHandlers`](super::EventHandlers)); this is for those that look at
/// every event of a topic, whatever its type.
pub trait Handler: Send + Sync + 'static {
    /// Whether it does anything about an event such as this one. What it does not take leaves no trace: it is not
    /// remembered as taken in, so a handler that is added later gets it when the log is read again.
    fn takes(&self, event: &CloudEvent, record: &Record) -> bool {
        let _ = (event, record);
        true
    }

    /// Writes the event's effect to `work`, and nothing outside of it: what is outside happens again when the event
    /// is delivered again. The consumer commits; on any error it takes all of it back.
    ///
    /// On `SQLite` `work` is the only writer: a handler that writes through the database beside it waits for itself.
    fn handle(
        &self,
        event: &CloudEvent,
        record: &Record,
        work: &mut Work,
    ) -> impl Future<Output = Result<(), HandlerError>> + Send;
}
