use application::view::TaskView;
use axum::http::StatusCode;
use axum::response::Response;

use super::answer::shown;
use super::task_at::TaskAt;
use crate::errors::ApiError;

/// Look at a task.
#[utoipa::path(
    get,
    path = "/api/v1/scaffold-tasks/{id}",
    tag = "Scaffold tasks",
    params(("id" = Uuid, Path, description = "The task")),
    responses((status = 200, description = "The task", body = TaskView, headers(("ETag" = String, description = "The task's version, quoted")))),
)]
pub(super) async fn get_scaffold_task(TaskAt { api, caller, id }: TaskAt) -> Result<Response, ApiError> {
    let task = api.tasks.get(&caller.viewer, id).await?;
    Ok(shown(StatusCode::OK, &task))
}
