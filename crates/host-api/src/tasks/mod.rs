//! `/api/v1/scaffold-tasks`: requests for services, and what became of them.

mod artifact;
mod commands;
mod edit;
mod history;
mod list;
mod log;
mod model;
mod read;
mod request;

use application::domain::TaskId;
use application::domain::TaskState;
use application::view::TaskView;
use axum::http::{HeaderValue, StatusCode, header};
use axum::response::{IntoResponse, Response};
use heimdall::http::{ETag, Json};
use serde::{Deserialize, Deserializer, de::Error as _};
use utoipa_axum::router::OpenApiRouter;
use utoipa_axum::routes;

pub(crate) use self::model::Nothing;
use crate::Api;

/// The routes; each handler's registration is its documentation, too.
pub(crate) fn routes() -> OpenApiRouter<Api> {
    OpenApiRouter::new()
        .routes(routes!(request::request_scaffold_task, list::list_scaffold_tasks))
        .routes(routes!(read::get_scaffold_task, edit::edit_scaffold_task, edit::delete_scaffold_task))
        .routes(routes!(commands::queue_scaffold_task))
        .routes(routes!(commands::cancel_scaffold_task))
        .routes(routes!(commands::retry_scaffold_task))
        .routes(routes!(history::list_scaffold_task_events))
        .routes(routes!(log::read_scaffold_task_log))
        .routes(routes!(artifact::fetch_scaffold_task_artifact))
}

/// A task's id in an address. Text that is none names no task: 404.
#[derive(Debug, Clone, Copy)]
struct Id(TaskId);

impl<'de> Deserialize<'de> for Id {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        String::deserialize(deserializer)?.parse().map(Self).map_err(D::Error::custom)
    }
}

/// A task as an answer, with its version as `ETag`.
fn shown(status: StatusCode, task: &TaskState) -> Response {
    (status, ETag::of_version(task.version), Json(TaskView::from(task))).into_response()
}

/// Where a task is, relative to the server.
fn location(id: TaskId) -> (header::HeaderName, HeaderValue) {
    // An id is hexadecimal digits and hyphens, which a header always takes.
    let address = HeaderValue::try_from(format!("/api/v1/scaffold-tasks/{id}"));
    (header::LOCATION, address.unwrap_or(HeaderValue::from_static("/api/v1/scaffold-tasks")))
}
