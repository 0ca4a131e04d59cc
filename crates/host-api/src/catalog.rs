//! `/api/v1/catalog`: what is known of the Backstage catalog.

use application::domain::EntityRef;
use application::ports::{CatalogEntity, CatalogFilter};
use axum::extract::State;
use chrono::{DateTime, Utc};
use heimdall::http::{Cursor, Json, Limit, OrNotFound as _, Page, Path, Problem, Query};
use heimdall::routes::{Routes, permission, routes};
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
use serde_json::{Value, json};
use utoipa::{IntoParams, ToSchema};

use crate::api::Api;
use crate::errors::ApiError;
use crate::permissions::CATALOG_READ;

/// The routes.
pub(crate) fn routes() -> Routes<Api> {
    Routes::new().with(permission(CATALOG_READ), routes!(list_catalog_entities, get_catalog_entity))
}

/// Which entities to list. Upper and lower case make no difference, as in the catalog itself.
#[derive(Debug, Deserialize, JsonSchema, IntoParams)]
#[into_params(parameter_in = Query)]
struct Filter {
    /// Only entities of this kind.
    #[schemars(length(min = 1))]
    #[param(min_length = 1)]
    kind: Option<String>,
    /// Only entities in this namespace.
    #[schemars(length(min = 1))]
    #[param(min_length = 1)]
    namespace: Option<String>,
    /// Only entities of this name.
    #[schemars(length(min = 1))]
    #[param(min_length = 1)]
    name: Option<String>,
    /// How many at most.
    #[serde(default)]
    #[param(value_type = u32, minimum = 1, maximum = 100, required = false)]
    limit: Limit,
    /// The `nextCursor` of the page before.
    cursor: Option<String>,
}

/// An entity of the catalog.
#[derive(Debug, Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
#[schema(as = CatalogEntity)]
struct EntityItem {
    /// Its reference.
    #[schema(example = "component:default/payments")]
    entity_ref: String,
    /// The whole entity, as its newest event showed it.
    #[schema(value_type = Object)]
    entity: Value,
    /// The time of that event.
    updated_at: DateTime<Utc>,
}

/// List the catalog's entities.
///
/// By reference.
#[utoipa::path(
    get,
    path = "/api/v1/catalog/entities",
    tag = "Catalog",
    params(Filter),
    responses((status = 200, description = "A page of entities", body = Page<EntityItem>)),
)]
async fn list_catalog_entities(
    State(api): State<Api>,
    Query(filter): Query<Filter>,
) -> Result<Json<Page<EntityItem>>, ApiError> {
    let lower = |text: Option<String>| text.map(|text| text.to_lowercase());
    let Filter { kind, namespace, name, limit, cursor } = filter;
    let (kind, namespace, name) = (lower(kind), lower(namespace), lower(name));
    let list = format!("catalog entities {}", json!([kind, namespace, name]));
    let after = cursor.map(|cursor| Cursor::position::<String>(&list, &cursor)).transpose()?;
    let filter = CatalogFilter {
        kind,
        namespace,
        name,
        // A cursor that was made here holds a reference that could be read before.
        after: after.and_then(|after| after.parse().ok()),
        limit: limit.to_fetch(),
    };
    let entities = api.catalog.list(&filter).await?;
    let page = Page::of(entities, limit, &list, |last| last.entity_ref.to_string());
    Ok(Json(page.map(EntityItem::from)))
}

/// Look at an entity of the catalog.
#[utoipa::path(
    get,
    path = "/api/v1/catalog/entities/by-name/{kind}/{namespace}/{name}",
    tag = "Catalog",
    params(
        ("kind" = String, Path, description = "Its kind", example = "component"),
        ("namespace" = String, Path, description = "Its namespace", example = "default"),
        ("name" = String, Path, description = "Its name", example = "payments"),
    ),
    responses((status = 200, description = "The entity", body = EntityItem)),
)]
async fn get_catalog_entity(
    State(api): State<Api>,
    Path((kind, namespace, name)): Path<(String, String, String)>,
) -> Result<Json<EntityItem>, ApiError> {
    let entity_ref =
        EntityRef::new(&kind, Some(&namespace), &name).map_err(|error| Problem::not_found(error.to_string()))?;
    let entity = api.catalog.get(&entity_ref).await?;
    let entity = entity.or_not_found_with(|| format!("`{entity_ref}` is not in the catalog"))?;
    Ok(Json(entity.into()))
}

impl From<CatalogEntity> for EntityItem {
    fn from(CatalogEntity { entity_ref, entity, updated_at }: CatalogEntity) -> Self {
        Self { entity_ref: entity_ref.to_string(), entity, updated_at }
    }
}
