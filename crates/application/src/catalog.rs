//! The read model of the Backstage catalog: what the topics say, checked like any other input.

use std::sync::Arc;

use chrono::{DateTime, Utc};
use domain::{EntityRef, EntityRefError, TaskId, excerpt};
use serde_json::Value;
use thiserror::Error;

use crate::events::{CatalogEventData, ENTITY_CREATED, ENTITY_DELETED, ENTITY_UPDATED};
use crate::ports::{CatalogEntity, CatalogFilter, CatalogQueries, CatalogWork, StoreError, Vanished};

/// How large an entity of the catalog may be, in bytes of JSON.
pub const ENTITY_LIMIT: usize = 1 << 20;

/// Looks things up in the read model.
#[derive(Clone)]
pub struct Catalog {
    queries: Arc<dyn CatalogQueries>,
}

impl Catalog {
    /// A catalog that reads through `queries`.
    pub fn new(queries: Arc<dyn CatalogQueries>) -> Self {
        Self { queries }
    }

    /// One entity, if it is known.
    pub async fn get(&self, entity: &EntityRef) -> Result<Option<CatalogEntity>, StoreError> {
        self.queries.get(entity).await
    }

    /// Entities by reference.
    pub async fn list(&self, filter: &CatalogFilter) -> Result<Vec<CatalogEntity>, StoreError> {
        self.queries.list(filter).await
    }
}

/// A change of the catalog that was understood.
#[derive(Debug, Clone, PartialEq)]
pub enum CatalogChange {
    /// The entity is there, and looks like this.
    Put(CatalogEntity),
    /// The entity is gone.
    Remove {
        /// Which one.
        entity_ref: EntityRef,
        /// The task that made it, where the entity said so.
        made_by: Option<TaskId>,
        /// When it went.
        at: DateTime<Utc>,
    },
}

/// The event that a change was read from.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct EventContext {
    /// The event's id.
    pub event_id: String,
    /// The conversation that it belongs to.
    pub correlation_id: Option<String>,
    /// When it was taken in.
    pub heard_at: DateTime<Utc>,
}

/// An event that says nothing sensible about the catalog.
#[derive(Debug, Error)]
pub enum CatalogChangeError {
    /// Events of this type are not for us.
    #[error("events of type `{0}` are unknown; expected {ENTITY_CREATED}, {ENTITY_UPDATED} or {ENTITY_DELETED}")]
    UnknownType(String),
    /// The reference is none.
    #[error("its `entityRef` can't be read")]
    Reference(#[from] EntityRefError),
    /// An entity that should be there is not, or is no object.
    #[error("its `entity` must be an object with `kind` and `metadata.name`")]
    NoEntity,
    /// An entity that is larger than any sensible one, so that a few of them could fill an answer or a memory.
    #[error("its `entity` has {0} bytes; expected at most {ENTITY_LIMIT}")]
    TooLarge(usize),
    /// A NUL character, which not every database can keep.
    #[error("its `entity` has a NUL character")]
    Nul,
    /// The entity is another one than the reference says.
    #[error("it speaks of `{expected}`, but its entity is `{found}`")]
    OtherEntity {
        /// What the reference says.
        expected: Box<EntityRef>,
        /// What the entity says.
        found: Box<EntityRef>,
    },
    /// Its key would put it in another entity's order.
    #[error("its key is `{key}`, but it speaks of `{expected}`: events of one entity would not stay in order")]
    OtherKey {
        /// The record's key.
        key: String,
        /// The entity.
        expected: Box<EntityRef>,
    },
}

impl CatalogChange {
    /// Reads a change from an event: its type, the key of its record, its data and its time.
    pub fn read(
        kind: &str,
        key: Option<&str>,
        data: CatalogEventData,
        at: DateTime<Utc>,
    ) -> Result<Self, CatalogChangeError> {
        let entity_ref: EntityRef = data.entity_ref.parse()?;
        if let Some(key) = key.filter(|key| key.to_lowercase() != entity_ref.to_string()) {
            return Err(CatalogChangeError::OtherKey { key: excerpt(key), expected: Box::new(entity_ref) });
        }
        match kind {
            ENTITY_CREATED | ENTITY_UPDATED => {
                let entity = data.entity.filter(Value::is_object).ok_or(CatalogChangeError::NoEntity)?;
                check_content(&entity)?;
                let found = reference_of(&entity)?;
                if found != entity_ref {
                    return Err(CatalogChangeError::OtherEntity {
                        expected: Box::new(entity_ref),
                        found: Box::new(found),
                    });
                }
                Ok(Self::Put(CatalogEntity { entity_ref, entity, updated_at: at }))
            }
            ENTITY_DELETED => {
                let made_by = data.previous.as_ref().and_then(maker);
                Ok(Self::Remove { entity_ref, made_by, at })
            }
            other => Err(CatalogChangeError::UnknownType(excerpt(other))),
        }
    }

    /// The entity that it is about.
    pub fn entity_ref(&self) -> &EntityRef {
        match self {
            Self::Put(entity) => &entity.entity_ref,
            Self::Remove { entity_ref, .. } => entity_ref,
        }
    }

    /// Makes the change part of a unit of work. Given the event that it was `told` by, a component that is gone is noted as a
    /// service that has vanished; without, nothing comes of that.
    pub async fn apply(self, work: &mut dyn CatalogWork, told: Option<EventContext>) -> Result<(), StoreError> {
        let is_component = self.entity_ref().kind() == "component";
        match (self, told.filter(|_| is_component)) {
            (Self::Put(entity), told) => {
                if told.is_some() {
                    work.reappeared(&entity.entity_ref).await?;
                }
                work.put(entity).await
            }
            (Self::Remove { entity_ref, .. }, None) => work.remove(&entity_ref).await,
            (Self::Remove { entity_ref, made_by, at }, Some(EventContext { event_id, correlation_id, heard_at })) => {
                work.remove(&entity_ref).await?;
                work.vanished(&Vanished { entity_ref, made_by, event_id, correlation_id, removed_at: at, heard_at })
                    .await
            }
        }
    }
}

/// The annotation by which an entity says which task made it.
const TASK_ANNOTATION: &str = "valkyrie.dev/task-id";

fn maker(entity: &Value) -> Option<TaskId> {
    entity.get("metadata")?.get("annotations")?.get(TASK_ANNOTATION)?.as_str()?.parse().ok()
}

/// Refuses what could not be kept everywhere.
fn check_content(entity: &Value) -> Result<(), CatalogChangeError> {
    let size = entity.to_string().len();
    if size > ENTITY_LIMIT {
        return Err(CatalogChangeError::TooLarge(size));
    }
    if has_nul(entity) { Err(CatalogChangeError::Nul) } else { Ok(()) }
}

fn has_nul(value: &Value) -> bool {
    match value {
        Value::String(text) => text.contains('\0'),
        Value::Array(values) => values.iter().any(has_nul),
        Value::Object(fields) => fields.iter().any(|(name, value)| name.contains('\0') || has_nul(value)),
        Value::Null | Value::Bool(_) | Value::Number(_) => false,
    }
}

/// The reference of an entity document.
pub fn reference_of(entity: &Value) -> Result<EntityRef, CatalogChangeError> {
    let text = |pointer| entity.pointer(pointer).and_then(Value::as_str);
    let (Some(kind), Some(name)) = (text("/kind"), text("/metadata/name")) else {
        return Err(CatalogChangeError::NoEntity);
    };
    Ok(EntityRef::new(kind, text("/metadata/namespace"), name)?)
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    fn data(entity_ref: &str, entity: Value) -> CatalogEventData {
        CatalogEventData { entity_ref: entity_ref.into(), entity: Some(entity), previous: None }
    }

    fn read(kind: &str, key: Option<&str>, data: CatalogEventData) -> Result<CatalogChange, String> {
        CatalogChange::read(kind, key, data, DateTime::UNIX_EPOCH).map_err(|error| error.to_string())
    }

    #[test]
    fn an_entity_that_is_not_the_one_it_is_called_is_refused() {
        let entity = json!({"kind": "Component", "metadata": {"name": "b"}});
        let error = read(ENTITY_CREATED, None, data("component:default/a", entity)).unwrap_err();
        assert_eq!(error, "it speaks of `component:default/a`, but its entity is `component:default/b`");
    }

    #[test]
    fn a_key_of_another_entity_is_refused() {
        let entity = json!({"kind": "Component", "metadata": {"name": "a"}});
        let error = read(ENTITY_UPDATED, Some("component:default/z"), data("component:default/a", entity)).unwrap_err();
        assert!(error.starts_with("its key is `component:default/z`"), "{error}");
    }

    #[test]
    fn a_deletion_needs_no_entity() {
        let gone = CatalogEventData { entity_ref: "Component:A".into(), entity: None, previous: None };
        let entity_ref = "component:default/a".parse().unwrap();
        let expected = CatalogChange::Remove { entity_ref, made_by: None, at: DateTime::UNIX_EPOCH };
        assert_eq!(read(ENTITY_DELETED, Some("component:default/a"), gone), Ok(expected));
    }

    #[test]
    fn what_could_not_be_kept_is_refused() {
        let named = |extra: Value| json!({"kind": "Component", "metadata": {"name": "a", "extra": extra}});
        let large = read(ENTITY_CREATED, None, data("component:a", named(json!("x".repeat(ENTITY_LIMIT)))));
        assert!(large.unwrap_err().contains("expected at most 1048576"));
        for nul in [json!("a\0b"), json!([{"a\0": 1}])] {
            let error = read(ENTITY_UPDATED, None, data("component:a", named(nul))).unwrap_err();
            assert_eq!(error, "its `entity` has a NUL character");
        }
    }

    #[test]
    fn an_unknown_type_is_named() {
        let error = read("backstage.catalog.entity.moved.v1", None, data("component:a", json!({}))).unwrap_err();
        assert!(error.contains("entity.moved.v1"), "{error}");
    }
}
