//! `/api/v1/catalog/removals`: services that have vanished from the catalog, until it is decided what that means.

use application::ports::{Removal, RemovalState};
use axum::extract::State;
use chrono::{DateTime, Utc};
use heimdall::http::Json;
use heimdall::routes::{Routes, permission, routes};
use serde::Serialize;
use utoipa::ToSchema;
use uuid::Uuid;

use crate::api::Api;
use crate::caller::RequestedBy;
use crate::errors::ApiError;
use crate::nothing::Nothing;
use crate::permissions::TASKS_ADMIN;

/// The routes.
pub(crate) fn routes() -> Routes<Api> {
    Routes::new().with(permission(TASKS_ADMIN), routes!(list_removals, confirm_removals, discard_removals))
}

/// Services that have vanished from the catalog.
#[derive(Debug, Serialize, ToSchema)]
struct Removals {
    /// All whose tasks are not decommissioned yet; the oldest first.
    items: Vec<RemovalItem>,
    /// Whether so many went at once that nothing is decommissioned until somebody says so.
    held: bool,
}

/// A service that has vanished from the catalog.
#[derive(Debug, Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
#[schema(as = Removal)]
struct RemovalItem {
    /// The task that made it.
    task: Uuid,
    /// Its component.
    #[schema(example = "component:default/payments")]
    entity_ref: String,
    /// When it went.
    removed_at: DateTime<Utc>,
    /// `waiting` (it is decided in some seconds), `held` (a person must decide) or `confirmed` (a person has). Tolerate words that
    /// you don't know.
    #[schema(example = "held")]
    status: &'static str,
}

/// To how many tasks something was done.
#[derive(Debug, Serialize, ToSchema)]
struct Count {
    /// The number.
    tasks: u64,
}

/// List the services that have vanished from the catalog.
///
/// Their tasks are decommissioned after some seconds, unless so many went within a minute that it must be a mistake.
#[utoipa::path(
    get,
    path = "/api/v1/catalog/removals",
    tag = "Catalog",
    responses((status = 200, description = "What has vanished", body = Removals)),
)]
async fn list_removals(State(api): State<Api>) -> Result<Json<Removals>, ApiError> {
    let open = api.decommissioning.open().await?;
    let held = open.iter().any(|removal| removal.state == RemovalState::Held);
    Ok(Json(Removals { items: open.iter().map(RemovalItem::from).collect(), held }))
}

/// Decommission the tasks of all services that have vanished.
///
/// However many they are: a person has looked at them. Workers do it within seconds.
#[utoipa::path(
    post,
    path = "/api/v1/catalog/removals/confirm",
    tag = "Catalog",
    request_body = Option<Nothing>,
    responses((status = 202, description = "Workers decommission them", body = Count)),
)]
async fn confirm_removals(
    State(api): State<Api>,
    RequestedBy(caller): RequestedBy,
    _: Option<Json<Nothing>>,
) -> Result<(axum::http::StatusCode, Json<Count>), ApiError> {
    let tasks = api.decommissioning.confirm(&caller.viewer.actor).await?;
    Ok((axum::http::StatusCode::ACCEPTED, Json(Count { tasks })))
}

/// Keep the tasks of all services that have vanished.
///
/// They stay completed, as if nothing had happened in the catalog.
#[utoipa::path(
    post,
    path = "/api/v1/catalog/removals/discard",
    tag = "Catalog",
    request_body = Option<Nothing>,
    responses((status = 200, description = "They stay completed", body = Count)),
)]
async fn discard_removals(State(api): State<Api>, _: Option<Json<Nothing>>) -> Result<Json<Count>, ApiError> {
    let tasks = api.decommissioning.discard().await?;
    Ok(Json(Count { tasks }))
}

impl From<&Removal> for RemovalItem {
    fn from(removal: &Removal) -> Self {
        Self {
            task: removal.task.as_uuid(),
            entity_ref: removal.entity_ref.to_string(),
            removed_at: removal.removed_at,
            status: match removal.state {
                RemovalState::Waiting => "waiting",
                RemovalState::Held => "held",
                RemovalState::Confirmed(_) => "confirmed",
                RemovalState::Done { .. } => "done",
            },
        }
    }
}
