use async_trait::async_trait;
use chrono::{DateTime, Utc};
use domain::EntityRef;
use serde_json::Value;

use super::removals::Vanished;
use super::store_error::StoreError;

/// Reads the catalog's read model.
#[async_trait]
pub trait CatalogQueries: Send + Sync {
    /// One entity.
    async fn get(&self, entity: &EntityRef) -> Result<Option<CatalogEntity>, StoreError>;

    /// Up to `filter.limit` entities, by reference.
    async fn list(&self, filter: &CatalogFilter) -> Result<Vec<CatalogEntity>, StoreError>;

    /// Which of these are not there, though other entities of their kind are.
    async fn absent(&self, entities: &[EntityRef]) -> Result<Vec<EntityRef>, StoreError>;
}

/// Changes the catalog's read model, within the transaction that remembers the event.
#[async_trait]
pub trait CatalogWork: Send {
    /// Takes an entity in, or replaces what was known of it.
    async fn put(&mut self, entity: CatalogEntity) -> Result<(), StoreError>;

    /// Forgets an entity; forgetting an unknown one is no error.
    async fn remove(&mut self, entity: &EntityRef) -> Result<(), StoreError>;

    /// Writes down that a component is gone, if it was the last one of a service that a task made.
    async fn vanished(&mut self, vanished: &Vanished) -> Result<(), StoreError>;

    /// Takes that back, as long as nothing came of it: the component is there again.
    async fn reappeared(&mut self, entity: &EntityRef) -> Result<(), StoreError>;
}

/// An entity of the Backstage catalog, as its newest event showed it.
#[derive(Debug, Clone, PartialEq)]
pub struct CatalogEntity {
    /// Its reference.
    pub entity_ref: EntityRef,
    /// The whole entity.
    pub entity: Value,
    /// The time of the event that brought it.
    pub updated_at: DateTime<Utc>,
}

/// Which entities to list.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct CatalogFilter {
    /// Only of this kind.
    pub kind: Option<String>,
    /// Only in this namespace.
    pub namespace: Option<String>,
    /// Only with this name.
    pub name: Option<String>,
    /// Only those after this reference.
    pub after: Option<EntityRef>,
    /// How many at most.
    pub limit: u32,
}
