//! The consumer of the catalog's topics: each event becomes a change of the read model, in the consumer's transaction.

use std::{error::Error, str, sync::Arc};

use application::{
    catalog::{CatalogChange, EventContext},
    events::CatalogEventData,
    ports::{CatalogWork, StoreError},
};
use heimdall::{
    clock::Clock,
    database::Transaction,
    messaging::{
        Work,
        consumer::{Handler, HandlerError},
        envelope::CloudEvent,
        record::Record,
    },
};

/// Opens the read model over a consumer's transaction.
pub(crate) type OpenWork = for<'a> fn(&'a mut Transaction) -> Box<dyn CatalogWork + 'a>;

/// Takes what the catalog says into the read model. What makes no sense is rejected with the reason, and so are events of
/// types that are unknown here: somebody should see them.
pub(crate) struct CatalogProjector {
    pub(crate) open: OpenWork,
    pub(crate) clock: Arc<dyn Clock>,
    /// Whether a service that was deleted there is noted as vanished.
    pub(crate) notes_removals: bool,
}

impl Handler for CatalogProjector {
    async fn handle(&self, event: &CloudEvent, record: &Record, work: &mut Work) -> Result<(), HandlerError> {
        let change = self.read(event, record)?;
        let mut work = (self.open)(work);
        let told = self.notes_removals.then(|| EventContext {
            event_id: event.id.clone(),
            correlation_id: event.correlationid.clone(),
            heard_at: self.clock.now(),
        });
        change.apply(work.as_mut(), told).await.map_err(|error| match error {
            StoreError::Unavailable(_) => HandlerError::unavailable(error),
            StoreError::Broken(_) => rejected("the read model can't hold it", error),
        })
    }
}

impl CatalogProjector {
    fn read(&self, event: &CloudEvent, record: &Record) -> Result<CatalogChange, HandlerError> {
        let key = record.key.as_deref().map(str::from_utf8).transpose();
        let key = key.map_err(|error| rejected("its key is not UTF-8", error))?;
        let data: CatalogEventData = event.data()?;
        let at = event.time.or(record.timestamp).unwrap_or_else(|| self.clock.now());
        let change = CatalogChange::read(&event.kind, key, data, at)
            .map_err(|error| rejected("it says nothing sensible about the catalog", error))?;
        // Whoever may write to the topic of one kind has no say about the others.
        let (kind, topic) = (change.entity_ref().kind(), record.topic.as_str());
        if topic.rsplit('.').next() == Some(kind) {
            return Ok(change);
        }
        Err(HandlerError::rejected(format!("it speaks of a {kind}, but stands on {topic}")))
    }
}

fn rejected(reason: &str, source: impl Error + Send + Sync + 'static) -> HandlerError {
    HandlerError::Rejected { reason: reason.to_owned(), source: Some(source.into()) }
}
