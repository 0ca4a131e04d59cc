//! The read model of the catalog.

mod config;

use application::ports::{CatalogEntity, CatalogFilter, CatalogQueries, CatalogWork, StoreError, Vanished};
use async_trait::async_trait;
use domain::EntityRef;
use heimdall::database::{Columns, Database, Filter, Query, Row, Transaction};

pub use config::{CatalogConfig, CheckReferences, OnRemoval};

use crate::errors::store_error;
use crate::removals;
use crate::stored_row::Table;

const ENTITIES: Table = Table { name: "catalog_entities", key: &["entity_ref"] };
const SELECT: &str = "SELECT entity_ref, entity, updated_at FROM catalog_entities";

/// Reads the catalog's read model.
pub(crate) struct SqlCatalogQueries {
    database: Database,
}

impl SqlCatalogQueries {
    pub(crate) fn new(database: Database) -> Self {
        Self { database }
    }
}

#[async_trait]
impl CatalogQueries for SqlCatalogQueries {
    async fn get(&self, entity: &EntityRef) -> Result<Option<CatalogEntity>, StoreError> {
        let query = Filter::new().equals("entity_ref", entity.to_string()).select(SELECT, "");
        let row = self.database.fetch_optional(query).await.map_err(store_error)?;
        row.as_ref().map(read).transpose()
    }

    async fn list(&self, wanted: &CatalogFilter) -> Result<Vec<CatalogEntity>, StoreError> {
        let lower = |text: &Option<String>| text.as_ref().map(|text| text.to_lowercase());
        let filter = Filter::new()
            .equals_if("kind", lower(&wanted.kind))
            .equals_if("namespace", lower(&wanted.namespace))
            .equals_if("name", lower(&wanted.name))
            .compares_if("entity_ref", ">", wanted.after.as_ref().map(ToString::to_string));
        let query = filter.select(SELECT, &format!("ORDER BY entity_ref LIMIT {}", wanted.limit));
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
    let row = ENTITIES.row(row);
    Ok(CatalogEntity {
        entity_ref: row.parse("entity_ref", |text: String| text.parse::<EntityRef>())?,
        entity: row.get("entity")?,
        updated_at: row.get("updated_at")?,
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
        let query = Columns::new()
            .set("entity_ref", entity_ref.to_string())
            .set("kind", entity_ref.kind())
            .set("namespace", entity_ref.namespace())
            .set("name", entity_ref.name())
            .set("entity", entity)
            .set("updated_at", updated_at)
            .insert_into(ENTITIES.name)
            .on_conflict_update(ENTITIES.key, &["entity", "updated_at"]);
        self.transaction.execute(query).await.map(|_| ()).map_err(store_error)
    }

    async fn remove(&mut self, entity: &EntityRef) -> Result<(), StoreError> {
        let query = Filter::new().equals("entity_ref", entity.to_string()).delete_from(ENTITIES.name);
        self.transaction.execute(query).await.map(|_| ()).map_err(store_error)
    }

    async fn vanished(&mut self, vanished: &Vanished) -> Result<(), StoreError> {
        self.transaction.execute(removals::note(vanished)).await.map(|_| ()).map_err(store_error)
    }

    async fn reappeared(&mut self, entity: &EntityRef) -> Result<(), StoreError> {
        self.transaction.execute(removals::take_back(entity)).await.map(|_| ()).map_err(store_error)
    }
}
