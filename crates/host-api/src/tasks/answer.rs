use application::domain::{TaskId, TaskState};
use application::view::TaskView;
use axum::http::{HeaderValue, StatusCode, header};
use axum::response::{IntoResponse, Response};
use heimdall::http::{ETag, Json};

/// A task as an answer, with its version as `ETag`.
pub(super) fn shown(status: StatusCode, task: &TaskState) -> Response {
    (status, ETag::of_version(task.version), Json(TaskView::from(task))).into_response()
}

/// Where a task is, relative to the server.
pub(super) fn location(id: TaskId) -> (header::HeaderName, HeaderValue) {
    // An id is hexadecimal digits and hyphens, which a header always takes.
    let address = HeaderValue::try_from(format!("/api/v1/scaffold-tasks/{id}"));
    (header::LOCATION, address.unwrap_or(HeaderValue::from_static("/api/v1/scaffold-tasks")))
}
