use std::sync::Arc;

use application::JsonObject;
use application::previews::{Preview, PreviewFile};
use axum::extract::State;
use heimdall::http::{Json, Path, Problem};
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
use serde_json::Value;
use utoipa::ToSchema;

use crate::api::Api;
use crate::errors::ApiError;

/// What to try a template with.
#[derive(Debug, Deserialize, JsonSchema, ToSchema)]
#[serde(deny_unknown_fields)]
#[schema(example = json!({"parameters": {"name": "payments", "owner": "group:default/team-a"}}))]
pub(crate) struct DryRun {
    /// What the template declares.
    #[serde(default)]
    #[schema(value_type = Object)]
    parameters: JsonObject,
}

/// The service that a task would make.
#[derive(Debug, Serialize, ToSchema)]
#[schema(as = Preview)]
pub(crate) struct PreviewView {
    /// Its files, by path.
    files: Vec<FileView>,
    /// The documents of its `catalog-info.yaml`.
    #[schema(value_type = Vec<Object>)]
    entities: Vec<Value>,
}

/// A file that a task would make.
#[derive(Debug, Serialize, ToSchema)]
#[schema(as = PreviewFile)]
pub(crate) struct FileView {
    /// Relative to the service's root.
    #[schema(example = "src/main.rs")]
    path: String,
    /// In bytes.
    size: u64,
    /// Whether it can be run.
    executable: bool,
}

/// Try a template out.
///
/// Renders it with the given parameters and tells what a task would make of them. Nothing is kept.
#[utoipa::path(
    post,
    path = "/api/v1/templates/{name}/dry-run",
    tag = "Templates",
    params(("name" = String, Path, description = "The template", example = "event-service")),
    request_body = DryRun,
    responses(
        (status = 200, description = "What a task would make", body = PreviewView),
        (status = 409, description = "The template was changed in this very moment"),
    ),
)]
pub(super) async fn dry_run_template(
    State(api): State<Api>,
    Path(name): Path<String>,
    Json(DryRun { parameters }): Json<DryRun>,
) -> Result<Json<PreviewView>, ApiError> {
    // The semaphore lives as long as the API and is never closed.
    let turn = Arc::clone(&api.previewing).acquire_owned().await.map_err(|error| Problem::internal(&error))?;
    let rendering = tokio::task::spawn_blocking(move || {
        // A caller who goes away does not stop the work, so it keeps its turn.
        let _turn = turn;
        api.previews.preview(&name, parameters)
    });
    let preview = rendering.await.map_err(|error| Problem::internal(&error))?;
    Ok(Json(preview?.into()))
}

impl From<Preview> for PreviewView {
    fn from(Preview { files, entities }: Preview) -> Self {
        let files = files.into_iter().map(|PreviewFile { path, size, executable }| FileView { path, size, executable });
        Self { files: files.collect(), entities }
    }
}
