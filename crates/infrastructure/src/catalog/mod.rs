//! The read model of the catalog.

mod config;

use application::ports::{CatalogEntity, CatalogFilter, CatalogQueries, CatalogWork, StoreError, Vanished};
use async_trait::async_trait;
use domain::EntityRef;
use heimdall::database::{Database, Query, Row, Transaction};

use crate::errors::{broken, store_error};
use crate::filter::Filter;
use crate::removals;

/// Reads the catalog's read model.
pub(crate) struct SqlCatalogQueries {
    database: Database,
}

impl SqlCatalogQueries {
    pub(crate) fn new(database: Database) -> Self {
        Self { database }
    }
}

pub use config::{CatalogConfig, CheckReferences, OnRemoval};

const SELECT: &str = "SELECT entity_ref, entity, updated_at FROM catalog_entities";

#[async_trait]
impl CatalogQueries for SqlCatalogQueries {
    async fn get(&self, entity: &EntityRef) -> Result<Option<CatalogEntity>, StoreError> {
        let query = Query::new(format!("{SELECT} WHERE entity_ref = $1")).bind(entity.to_string());
        let row = self.database.fetch_optional(query).await.map_err(store_error)?;
        row.as_ref().map(read).transpose()
    }

    async fn list(&self, wanted: &CatalogFilter) -> Result<Vec<CatalogEntity>, StoreError> {
        let lower = |text: &Option<String>| text.as_ref().map(|text| text.to_lowercase());
        let mut filter = Filter::default();
        filter.equals_if("kind", lower(&wanted.kind));
        filter.equals_if("namespace", lower(&wanted.namespace));
        filter.equals_if("name", lower(&wanted.name));
        filter.compares_if("entity_ref >", wanted.after.as_ref().map(ToString::to_string));
        let query = filter.query(SELECT, &format!("ORDER BY entity_ref LIMIT {}", wanted.limit));
        let rows = self.database.fetch_all(query).await.map_err(store_error)?;
        rows.iter().map(read).collect()
    }

    async fn absent(&self, entities: &[EntityRef]) -> Result<Vec<EntityRef>, StoreError> {
        let mut absent = Vec::new();
        for entity in entities {
            let query = Query::new(
                "SELECT 1 AS found WHERE NOT EXISTS (SELECT 1 FROM catalog_entities WHERE entity_ref = $1) \
                 AND EXISTS (SELECT 1 FROM catalog_entities WHERE kind = $2)",
            );
            let query = query.bind(entity.to_string()).bind(entity.kind());
            if self.database.fetch_optional(query).await.map_err(store_error)?.is_some() {
                absent.push(entity.clone());
            }
        }
        Ok(absent)
    }
}

fn read(row: &Row) -> Result<CatalogEntity, StoreError> {
    let entity_ref: String = row.get("entity_ref").map_err(store_error)?;
    Ok(CatalogEntity {
        entity_ref: entity_ref.parse().map_err(broken)?,
        entity: row.get("entity").map_err(store_error)?,
        updated_at: row.get("updated_at").map_err(store_error)?,
    })
}

/// Changes the read model within the transaction that a consumer has opened for an event.
pub struct SqlCatalogWork<'a> {
    transaction: &'a mut Transaction,
}

impl<'a> SqlCatalogWork<'a> {
    /// Works over this transaction; whoever opened it commits it.
    pub fn over(transaction: &'a mut Transaction) -> Self {
        Self { transaction }
    }
}

#[async_trait]
impl CatalogWork for SqlCatalogWork<'_> {
    async fn put(&mut self, entity: CatalogEntity) -> Result<(), StoreError> {
        let CatalogEntity { entity_ref, entity, updated_at } = entity;
        let query = Query::new(
            "INSERT INTO catalog_entities (entity_ref, kind, namespace, name, entity, updated_at) \
             VALUES ($1, $2, $3, $4, $5, $6) \
             ON CONFLICT (entity_ref) DO UPDATE SET entity = excluded.entity, updated_at = excluded.updated_at",
        )
        .bind(entity_ref.to_string())
        .bind(entity_ref.kind())
        .bind(entity_ref.namespace())
        .bind(entity_ref.name())
        .bind(entity)
        .bind(updated_at);
        self.transaction.execute(query).await.map(|_| ()).map_err(store_error)
    }

    async fn remove(&mut self, entity: &EntityRef) -> Result<(), StoreError> {
        let query = Query::new("DELETE FROM catalog_entities WHERE entity_ref = $1").bind(entity.to_string());
        self.transaction.execute(query).await.map(|_| ()).map_err(store_error)
    }

    async fn vanished(&mut self, vanished: &Vanished) -> Result<(), StoreError> {
        self.transaction.execute(removals::note(vanished)).await.map(|_| ()).map_err(store_error)
    }

    async fn reappeared(&mut self, entity: &EntityRef) -> Result<(), StoreError> {
        self.transaction.execute(removals::take_back(entity)).await.map(|_| ()).map_err(store_error)
    }
}
