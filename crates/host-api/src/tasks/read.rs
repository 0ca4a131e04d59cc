use application::view::TaskView;
use axum::extract::State;
use axum::http::StatusCode;
use axum::response::Response;
use heimdall::http::{Path, Problem};

use super::{Id, shown};
use crate::Api;
use crate::allowed::{Allowed, ReadTasks};
use crate::errors::of_task;

/// Look at a task.
#[utoipa::path(
    get,
    path = "/api/v1/scaffold-tasks/{id}",
    tag = "Scaffold tasks",
    security(("bearer" = ["scaffold-tasks:read"])),
    params(("id" = Uuid, Path, description = "The task")),
    responses((status = 200, description = "The task", body = TaskView, headers(("ETag" = String, description = "The task's version, quoted")))),
)]
pub(super) async fn get_scaffold_task(
    State(api): State<Api>,
    allowed: Allowed<ReadTasks>,
    Path(Id(id)): Path<Id>,
) -> Result<Response, Problem> {
    let task = api.tasks.get(&allowed.viewer(), id).await.map_err(of_task)?;
    Ok(shown(StatusCode::OK, &task))
}
