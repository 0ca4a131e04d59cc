use std::sync::Arc;

use axum::extract::{MatchedPath, Request};
use axum::http::{Method, StatusCode, header};
use axum::middleware::Next;
use axum::response::Response;
use heimdall::auth::Caller;
use heimdall::http::ProblemDocument;
use heimdall::telemetry::{AuditLine, AuditOutcome};

const TASKS: &str = "/api/v1/scaffold-tasks";

/// Leaves an audit line for each change of a task and for each one that was refused, so that no handler can forget it.
/// Refused tokens (401) and missing permissions (403) leave theirs where they are noticed.
pub(crate) async fn audit(request: Request, next: Next) -> Response {
    let extensions = request.extensions();
    let route = extensions.get::<MatchedPath>().map_or("", MatchedPath::as_str);
    let action = action(request.method(), route);
    let actor = extensions.get::<Arc<Caller>>().map(ToString::to_string);
    let (Some(action), Some(actor)) = (action, actor) else { return next.run(request).await };
    let path = request.uri().path();
    let of_task = path.strip_prefix(TASKS).map(|rest| rest.split('/').nth(1).unwrap_or_default());
    let target = of_task.unwrap_or("removals").to_owned();

    let response = next.run(request).await;

    if let Some(outcome) = outcome(action, response.status()) {
        let made = response.headers().get(header::LOCATION).and_then(|location| location.to_str().ok());
        let made = made.and_then(|location| location.rsplit('/').next());
        let problem = ProblemDocument::sent(&response);
        let reason =
            problem.map(|problem| format!("{}: {}", problem.kind, problem.detail.as_deref().unwrap_or_default()));
        let line = AuditLine::new(&actor, action, made.unwrap_or(&target)).outcome(outcome);
        match &reason {
            Some(reason) => line.reason(reason).write(),
            None => line.write(),
        }
    }
    response
}

/// What a request on a task is called; other routes change nothing and have no owner.
fn action(method: &Method, route: &str) -> Option<&'static str> {
    match route {
        "/api/v1/catalog/removals/confirm" => return Some("scaffold-task.confirm-removals"),
        "/api/v1/catalog/removals/discard" => return Some("scaffold-task.discard-removals"),
        _ => {}
    }
    let rest = route.strip_prefix(TASKS)?;
    Some(match (method.as_str(), rest) {
        ("POST", "") => "scaffold-task.request",
        ("PATCH", "/{id}") => "scaffold-task.edit",
        ("DELETE", "/{id}") => "scaffold-task.delete",
        ("POST", "/{id}/queue") => "scaffold-task.queue",
        ("POST", "/{id}/cancel") => "scaffold-task.cancel",
        ("POST", "/{id}/retry") => "scaffold-task.retry",
        ("GET" | "HEAD" | "OPTIONS", _) => READ,
        // What is new here leaves a line too, until it has its name above.
        _ => CHANGE,
    })
}

const READ: &str = "scaffold-task.read";
const CHANGE: &str = "scaffold-task.change";

/// How it ended, where that is worth a line. Reads are, where they ask for what is not there or not theirs.
fn outcome(action: &str, status: StatusCode) -> Option<AuditOutcome> {
    match status.as_u16() {
        // A method that a path doesn't have (405) was asked to do nothing.
        401 | 403 | 405 => None,
        404 if action == READ => Some(AuditOutcome::Refused),
        _ if action == READ => None,
        200..300 => Some(AuditOutcome::Done),
        400..500 => Some(AuditOutcome::Refused),
        _ => Some(AuditOutcome::Failed),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_change_that_has_no_name_yet_leaves_a_line() {
        let route = "/api/v1/scaffold-tasks/{id}/labels";
        assert_eq!(action(&Method::PUT, route), Some(CHANGE));
        assert_eq!(action(&Method::GET, route), Some(READ));
        assert_eq!(outcome(CHANGE, StatusCode::NO_CONTENT), Some(AuditOutcome::Done));
        assert_eq!(outcome(CHANGE, StatusCode::METHOD_NOT_ALLOWED), None);
        assert_eq!(outcome(READ, StatusCode::OK), None);
    }
}
