use application::view::TaskView;
use axum::http::StatusCode;
use axum::response::Response;
use heimdall::http::Json;

use super::answer::shown;
use super::model::Retry;
use super::task_at::TaskAt;
use crate::errors::ApiError;
use crate::nothing::Nothing;

/// Hand a draft to the workers.
#[utoipa::path(
    post,
    path = "/api/v1/scaffold-tasks/{id}/queue",
    tag = "Scaffold tasks",
    params(("id" = Uuid, Path, description = "The task")),
    request_body = Option<Nothing>,
    responses(
        (status = 202, description = "The task waits for a worker", body = TaskView, headers(("ETag" = String, description = "The task's version, quoted"))),
        (status = 409, description = "The task is no draft"),
    ),
)]
pub(super) async fn queue_scaffold_task(
    TaskAt { api, caller, id }: TaskAt,
    _: Option<Json<Nothing>>,
) -> Result<Response, ApiError> {
    let task = api.tasks.queue(caller, id).await?;
    Ok(shown(StatusCode::ACCEPTED, &task))
}

/// Stop a task.
///
/// What no worker has in hand ends at once; a running task is `cancelling` until its worker has finished the step that it is in.
#[utoipa::path(
    post,
    path = "/api/v1/scaffold-tasks/{id}/cancel",
    tag = "Scaffold tasks",
    params(("id" = Uuid, Path, description = "The task")),
    request_body = Option<Nothing>,
    responses(
        (status = 202, description = "The task is cancelled, or will be", body = TaskView, headers(("ETag" = String, description = "The task's version, quoted"))),
        (status = 409, description = "The task has ended already"),
    ),
)]
pub(super) async fn cancel_scaffold_task(
    TaskAt { api, caller, id }: TaskAt,
    _: Option<Json<Nothing>>,
) -> Result<Response, ApiError> {
    let task = api.tasks.cancel(caller, id).await?;
    Ok(shown(StatusCode::ACCEPTED, &task))
}

/// Try a failed task again.
///
/// It runs with the parameters that it has, on the template's current version. Write-only parameters were erased when it failed, so
/// they are given anew.
#[utoipa::path(
    post,
    path = "/api/v1/scaffold-tasks/{id}/retry",
    tag = "Scaffold tasks",
    params(("id" = Uuid, Path, description = "The task")),
    request_body = Option<Retry>,
    responses(
        (status = 202, description = "The task waits for a worker", body = TaskView, headers(("ETag" = String, description = "The task's version, quoted"))),
        (status = 409, description = "The task has not failed, or another task holds the service's name by now"),
    ),
)]
pub(super) async fn retry_scaffold_task(
    TaskAt { api, caller, id }: TaskAt,
    body: Option<Json<Retry>>,
) -> Result<Response, ApiError> {
    let Retry { parameters } = body.map(|Json(body)| body).unwrap_or_default();
    let task = api.tasks.retry(caller, id, parameters).await?;
    Ok(shown(StatusCode::ACCEPTED, &task))
}
