//! The consumer of the catalog's topics: each event becomes a change of the read model, in the consumer's transaction.

use std::{error::Error, sync::Arc};

use application::{
    catalog::{CatalogChange, EventContext},
    events::{CatalogEventData, ENTITY_CREATED, ENTITY_DELETED, ENTITY_UPDATED},
    ports::{CatalogWork, StoreError},
};
use heimdall::{
    database::Transaction,
    messaging::{
        Event, EventType, Work,
        consumer::{EventHandlers, HandlerError},
    },
};
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

/// Opens the read model over a consumer's transaction.
pub(crate) type OpenWork = for<'a> fn(&'a mut Transaction) -> Box<dyn CatalogWork + 'a>;

/// Takes what the catalog says into the read model. What makes no sense is rejected with the reason.
pub(crate) struct CatalogProjector {
    pub(crate) open: OpenWork,
    /// Whether a service that was deleted there is noted as vanished.
    pub(crate) notes_removals: bool,
}

/// An entity came into being.
#[derive(Serialize, Deserialize, JsonSchema)]
struct EntityCreated(CatalogEventData);

/// An entity changed.
#[derive(Serialize, Deserialize, JsonSchema)]
struct EntityUpdated(CatalogEventData);

/// An entity is gone.
#[derive(Serialize, Deserialize, JsonSchema)]
struct EntityDeleted(CatalogEventData);

impl EventType for EntityCreated {
    const TYPE: &'static str = ENTITY_CREATED;
}

impl EventType for EntityUpdated {
    const TYPE: &'static str = ENTITY_UPDATED;
}

impl EventType for EntityDeleted {
    const TYPE: &'static str = ENTITY_DELETED;
}

impl CatalogProjector {
    /// A handler for each type of the catalog's events. Events of other types are rejected: somebody should see them.
    pub(crate) fn handlers(self) -> EventHandlers {
        let projector = Arc::new(self);
        EventHandlers::new()
            .on_with(projector.clone(), created)
            .on_with(projector.clone(), updated)
            .on_with(projector, deleted)
            .reject_others()
    }

    async fn project<T: EventType>(
        &self,
        event: &Event<T>,
        data: &CatalogEventData,
        work: &mut Work,
    ) -> Result<(), HandlerError> {
        let heard_at = work.now();
        let change = read(event, data)?;
        let context = self.notes_removals.then(|| EventContext {
            event_id: event.id.clone(),
            correlation_id: event.correlation_id.clone(),
            heard_at,
        });
        let mut work = (self.open)(work);
        change.apply(work.as_mut(), context).await.map_err(|error| match error {
            StoreError::Unavailable(_) => HandlerError::unavailable(error),
            StoreError::Broken(_) => rejected("the read model can't hold it", error),
        })
    }
}

async fn created(
    projector: &Arc<CatalogProjector>,
    event: &Event<EntityCreated>,
    work: &mut Work,
) -> Result<(), HandlerError> {
    projector.project(event, &event.data.0, work).await
}

async fn updated(
    projector: &Arc<CatalogProjector>,
    event: &Event<EntityUpdated>,
    work: &mut Work,
) -> Result<(), HandlerError> {
    projector.project(event, &event.data.0, work).await
}

async fn deleted(
    projector: &Arc<CatalogProjector>,
    event: &Event<EntityDeleted>,
    work: &mut Work,
) -> Result<(), HandlerError> {
    projector.project(event, &event.data.0, work).await
}

fn read<T: EventType>(event: &Event<T>, data: &CatalogEventData) -> Result<CatalogChange, HandlerError> {
    let change = CatalogChange::read(T::TYPE, event.key.as_deref(), data.clone(), event.time)
        .map_err(|error| rejected("it says nothing sensible about the catalog", error))?;
    // Whoever may write to the topic of one kind has no say about the others.
    let (kind, topic) = (change.entity_ref().kind(), event.topic.as_str());
    if topic.rsplit('.').next() == Some(kind) {
        return Ok(change);
    }
    Err(HandlerError::rejected(format!("it speaks of a {kind}, but stands on {topic}")))
}

fn rejected(reason: &str, source: impl Error + Send + Sync + 'static) -> HandlerError {
    HandlerError::Rejected { reason: reason.to_owned(), source: Some(source.into()) }
}
