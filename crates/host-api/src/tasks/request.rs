use application::domain::TaskId;
use application::ports::{self, StoredReply};
use application::tasks::{Request, RequestOutcome, TaskInput};
use application::view::TaskView;
use axum::extract::State;
use axum::http::{HeaderName, StatusCode};
use axum::response::{IntoResponse, Response};
use heimdall::http::{ETag, IdempotencyKey, Json};
use serde_json::Value;

use super::answer::{location, shown};
use super::model::NewTask;
use crate::api::Api;
use crate::caller::RequestedBy;
use crate::errors::ApiError;

/// Scope of idempotency keys: what they were used for.
const ROUTE: &str = "POST /api/v1/scaffold-tasks";

/// Request a service.
///
/// Checks the parameters against the template, writes a task down and, unless `start` is false, hands it to a worker.
/// With an `Idempotency-Key` it is safe to repeat for 24 hours.
#[utoipa::path(
    post,
    path = "/api/v1/scaffold-tasks",
    tag = "Scaffold tasks",
    params(("Idempotency-Key" = Option<String>, Header, description = "Makes the request safe to repeat: 1 to 255 visible ASCII characters", min_length = 1, max_length = 255)),
    request_body = NewTask,
    responses(
        (status = 201, description = "A draft was kept", body = TaskView, headers(
            ("Location" = String, description = "Where the task is"), ("ETag" = String, description = "The task's version, quoted"),
            ("Idempotency-Replayed" = Option<String>, description = "`true` when this is the answer to an earlier request"))),
        (status = 202, description = "The task waits for a worker", body = TaskView, headers(
            ("Location" = String, description = "Where the task is"), ("ETag" = String, description = "The task's version, quoted"),
            ("Idempotency-Replayed" = Option<String>, description = "`true` when this is the answer to an earlier request"))),
        (status = 409, description = "Another task holds the service's name, or a request with this key is at work"),
    ),
)]
pub(super) async fn request_scaffold_task(
    State(api): State<Api>,
    RequestedBy(caller): RequestedBy,
    key: Option<IdempotencyKey>,
    Json(body): Json<NewTask>,
) -> Result<Response, ApiError> {
    let start = body.start;
    let idempotency = key.map(|key| ports::IdempotencyKey {
        caller: caller.viewer.actor.clone(),
        route: ROUTE.to_owned(),
        key: key.to_string(),
        fingerprint: api.fingerprints.of(said(&body).as_bytes()),
    });
    let request = Request { input: TaskInput::from(body), start, idempotency };
    match api.tasks.request(caller, request).await? {
        RequestOutcome::Created(task) => Ok(([location(task.id)], shown(status_of(start), &task)).into_response()),
        RequestOutcome::Replayed(reply) => Ok(replayed(reply)),
    }
}

/// A task that waits for a worker was accepted; one that is kept as a draft was created.
const fn status_of(started: bool) -> StatusCode {
    if started { StatusCode::ACCEPTED } else { StatusCode::CREATED }
}

/// The answer that the first request got, marked as such.
fn replayed(reply: StoredReply) -> Response {
    let StoredReply { started, task, body, .. } = reply;
    let status = status_of(started);
    let version = body.get("version").and_then(Value::as_u64).unwrap_or_default();
    let replayed = (HeaderName::from_static("idempotency-replayed"), "true");
    (status, [location(TaskId::new(task.as_uuid()))], [replayed], ETag::of_version(version), Json(body)).into_response()
}

/// What a body says, however it is spelled: fields that are left out, their order and white space make
/// no difference.
fn said(body: &NewTask) -> String {
    let mut value = serde_json::to_value(body).unwrap_or_default();
    value.sort_all_objects();
    value.to_string()
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    fn of(body: Value) -> String {
        said(&serde_json::from_value(body).unwrap())
    }

    #[test]
    fn only_what_a_body_says_counts() {
        let body = json!({"template": "a", "parameters": {"x": {"b": 1, "a": 2}, "y": 1}});
        let same =
            json!({"start": true, "parameters": {"y": 1, "x": {"a": 2, "b": 1}}, "account": null, "template": "a"});
        assert_eq!(of(body.clone()), of(same));
        let other = json!({"template": "a", "parameters": {"x": {"b": 1, "a": 2}, "y": "1"}});
        assert_ne!(of(body.clone()), of(other));
        let draft = json!({"template": "a", "parameters": body["parameters"], "start": false});
        assert_ne!(of(body), of(draft));
    }
}
