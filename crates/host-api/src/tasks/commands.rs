use application::view::TaskView;
use axum::extract::State;
use axum::http::StatusCode;
use axum::response::Response;
use heimdall::http::{Json, Path, Problem};

use super::model::{Nothing, Retry};
use super::{Id, shown};
use crate::Api;
use crate::allowed::{Allowed, WriteTasks};
use crate::errors::of_task;

/// Hand a draft to the workers.
#[utoipa::path(
    post,
    path = "/api/v1/scaffold-tasks/{id}/queue",
    tag = "Scaffold tasks",
    security(("bearer" = ["scaffold-tasks:write"])),
    params(("id" = Uuid, Path, description = "The task")),
    request_body = Option<Nothing>,
    responses(
        (status = 202, description = "The task waits for a worker", body = TaskView, headers(("ETag" = String, description = "The task's version, quoted"))),
        (status = 409, description = "The task is no draft"),
    ),
)]
pub(super) async fn queue_scaffold_task(
    State(api): State<Api>,
    allowed: Allowed<WriteTasks>,
    Path(Id(id)): Path<Id>,
    _: Option<Json<Nothing>>,
) -> Result<Response, Problem> {
    let task = api.tasks.queue(allowed.asks(), id).await.map_err(of_task)?;
    Ok(shown(StatusCode::ACCEPTED, &task))
}

/// Stop a task.
///
/// What no worker has in hand ends at once; a running task is `cancelling` until its worker has finished the step that it is in.
#[utoipa::path(
    post,
    path = "/api/v1/scaffold-tasks/{id}/cancel",
    tag = "Scaffold tasks",
    security(("bearer" = ["scaffold-tasks:write"])),
    params(("id" = Uuid, Path, description = "The task")),
    request_body = Option<Nothing>,
    responses(
        (status = 202, description = "The task is cancelled, or will be", body = TaskView, headers(("ETag" = String, description = "The task's version, quoted"))),
        (status = 409, description = "The task has ended already"),
    ),
)]
pub(super) async fn cancel_scaffold_task(
    State(api): State<Api>,
    allowed: Allowed<WriteTasks>,
    Path(Id(id)): Path<Id>,
    _: Option<Json<Nothing>>,
) -> Result<Response, Problem> {
    let task = api.tasks.cancel(allowed.asks(), id).await.map_err(of_task)?;
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
    security(("bearer" = ["scaffold-tasks:write"])),
    params(("id" = Uuid, Path, description = "The task")),
    request_body = Option<Retry>,
    responses(
        (status = 202, description = "The task waits for a worker", body = TaskView, headers(("ETag" = String, description = "The task's version, quoted"))),
        (status = 409, description = "The task has not failed, or another task holds the service's name by now"),
    ),
)]
pub(super) async fn retry_scaffold_task(
    State(api): State<Api>,
    allowed: Allowed<WriteTasks>,
    Path(Id(id)): Path<Id>,
    body: Option<Json<Retry>>,
) -> Result<Response, Problem> {
    let Retry { parameters } = body.map(|Json(body)| body).unwrap_or_default();
    let task = api.tasks.retry(allowed.asks(), id, parameters).await.map_err(of_task)?;
    Ok(shown(StatusCode::ACCEPTED, &task))
}
