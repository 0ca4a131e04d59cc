//! `/api/v1/catalog`: what is known of the Backstage catalog.

use application::domain::EntityRef;
use application::ports::{CatalogEntity, CatalogFilter};
use axum::extract::State;
use chrono::{DateTime, Utc};
use heimdall::http::{Cursor, Json, Limit, Page, Path, Problem, Query};
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
use serde_json::{Value, json};
use utoipa::{IntoParams, ToSchema};
use utoipa_axum::router::OpenApiRouter;
use utoipa_axum::routes;

use crate::Api;
use crate::allowed::{Allowed, ReadCatalog};
use crate::errors::of_store;

/// The routes; each handler's registration is its documentation, too.
pub(crate) fn routes() -> OpenApiRouter<Api> {
    OpenApiRouter::new().routes(routes!(list_catalog_entities)).routes(routes!(get_catalog_entity))
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
    security(("bearer" = ["catalog:read"])),
    params(Filter),
    responses((status = 200, description = "A page of entities", body = Page<EntityItem>)),
)]
async fn list_catalog_entities(
    State(api): State<Api>,
    _: Allowed<ReadCatalog>,
    Query(filter): Query<Filter>,
) -> Result<Json<Page<EntityItem>>, Problem> {
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
    let entities = api.catalog.list(&filter).await.map_err(|error| of_store(&error))?;
    let page = Page::of(entities, limit, &list, |last| last.entity_ref.to_string());
    Ok(Json(page.map(EntityItem::from)))
}

/// Look at an entity of the catalog.
#[utoipa::path(
    get,
    path = "/api/v1/catalog/entities/by-name/{kind}/{namespace}/{name}",
    tag = "Catalog",
    security(("bearer" = ["catalog:read"])),
    params(
        ("kind" = String, Path, description = "Its kind", example = "component"),
        ("namespace" = String, Path, description = "Its namespace", example = "default"),
        ("name" = String, Path, description = "Its name", example = "payments"),
    ),
    responses((status = 200, description = "The entity", body = EntityItem)),
)]
async fn get_catalog_entity(
    State(api): State<Api>,
    _: Allowed<ReadCatalog>,
    Path((kind, namespace, name)): Path<(String, String, String)>,
) -> Result<Json<EntityItem>, Problem> {
    let entity_ref =
        EntityRef::new(&kind, Some(&namespace), &name).map_err(|error| Problem::not_found(error.to_string()))?;
    let entity = api.catalog.get(&entity_ref).await.map_err(|error| of_store(&error))?;
    let unknown = || Problem::not_found(format!("`{entity_ref}` is not in the catalog"));
    entity.map(|entity| Json(EntityItem::from(entity))).ok_or_else(unknown)
}

impl From<CatalogEntity> for EntityItem {
    fn from(CatalogEntity { entity_ref, entity, updated_at }: CatalogEntity) -> Self {
        Self { entity_ref: entity_ref.to_string(), entity, updated_at }
    }
}
