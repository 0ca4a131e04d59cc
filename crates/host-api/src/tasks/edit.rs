use application::domain::TaskId;
use application::ports::Viewer;
use application::view::TaskView;
use axum::http::StatusCode;
use axum::response::Response;
use heimdall::http::{IfMatch, MergePatch};

use super::answer::shown;
use super::model::TaskPatch;
use super::task_at::TaskAt;
use crate::api::Api;
use crate::errors::ApiError;

/// Change a draft.
///
/// The body is a JSON merge patch (RFC 7396). `If-Match` says which version of the task it means.
#[utoipa::path(
    patch,
    path = "/api/v1/scaffold-tasks/{id}",
    tag = "Scaffold tasks",
    params(
        ("id" = Uuid, Path, description = "The task"),
        ("If-Match" = String, Header, description = "The task's `ETag`, or `*` for whatever is there", example = "*"),
    ),
    request_body(content((TaskPatch = "application/merge-patch+json"), (TaskPatch = "application/json"))),
    responses(
        (status = 200, description = "The changed draft", body = TaskView, headers(("ETag" = String, description = "The task's version, quoted"))),
        (status = 409, description = "The task is no draft, or another task holds the service's name"),
    ),
)]
pub(super) async fn edit_scaffold_task(
    TaskAt { api, caller, id }: TaskAt,
    meant: IfMatch,
    MergePatch(patch): MergePatch<TaskPatch>,
) -> Result<Response, ApiError> {
    let seen = seen(&api, &caller.viewer, id, &meant).await?;
    let task = api.tasks.edit(caller, id, seen, patch.into()).await?;
    Ok(shown(StatusCode::OK, &task))
}

/// Delete a task.
///
/// A task that a worker has in hand must be cancelled first. The history of a deleted task stays, at its `events`.
#[utoipa::path(
    delete,
    path = "/api/v1/scaffold-tasks/{id}",
    tag = "Scaffold tasks",
    params(
        ("id" = Uuid, Path, description = "The task"),
        ("If-Match" = String, Header, description = "The task's `ETag`, or `*` for whatever is there", example = "*"),
    ),
    responses(
        (status = 204, description = "The task is gone"),
        (status = 409, description = "A worker has the task in hand"),
    ),
)]
pub(super) async fn delete_scaffold_task(
    TaskAt { api, caller, id }: TaskAt,
    meant: IfMatch,
) -> Result<StatusCode, ApiError> {
    let seen = seen(&api, &caller.viewer, id, &meant).await?;
    api.tasks.delete(caller, id, seen).await?;
    Ok(StatusCode::NO_CONTENT)
}

/// The version that a change is for, once it is known to be the current one; `None` for whatever is there.
async fn seen(api: &Api, viewer: &Viewer, id: TaskId, meant: &IfMatch) -> Result<Option<u64>, ApiError> {
    if *meant == IfMatch::Any {
        return Ok(None);
    }
    let version = api.tasks.get(viewer, id).await?.version;
    meant.check(version)?;
    Ok(Some(version))
}
