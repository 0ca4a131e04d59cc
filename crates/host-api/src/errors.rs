//! What the use cases refuse, as problems.

use std::time::Duration;

use application::domain::{Change, IllegalChange, Status};
use application::ports::{ScaffoldingError, StoreError, Violation};
use application::previews::PreviewError;
use application::tasks::TaskError;
use axum::http::header;
use axum::response::{IntoResponse, Response};
use heimdall::http::problem::kinds;
use heimdall::http::{ETag, FieldError, Problem};

use crate::problems::{CONTENDED, ILLEGAL_STATE, NAME_TAKEN, NO_ARTIFACT, TEMPLATE_FAILED};

/// When to try again what others were faster with.
const CONTENTION_RETRY: Duration = Duration::from_secs(1);

/// Why a handler refuses. Handlers use `?` on what the use cases answer; the problem is made here, once for each error.
pub(crate) struct ApiError(Problem);

impl IntoResponse for ApiError {
    fn into_response(self) -> Response {
        self.0.into_response()
    }
}

impl From<Problem> for ApiError {
    fn from(problem: Problem) -> Self {
        Self(problem)
    }
}

impl From<TaskError> for ApiError {
    fn from(error: TaskError) -> Self {
        let detail = error.to_string();
        Self(match error {
            TaskError::NotFound => Problem::not_found(detail),
            TaskError::Invalid(violations) => of_violations(violations),
            TaskError::Illegal(illegal) => of_illegal_change(illegal),
            TaskError::NameTaken { holder, .. } => {
                Problem::new(NAME_TAKEN).detail(detail).extension("holder", holder.to_string())
            }
            TaskError::Stale { current } => {
                let problem = Problem::new(kinds::PRECONDITION_FAILED).detail(detail);
                problem.header(header::ETAG, ETag::of_version(current).into())
            }
            TaskError::Contended => Problem::new(CONTENDED).detail(detail).retry_after(CONTENTION_RETRY),
            TaskError::KeyReused => Problem::new(kinds::IDEMPOTENCY_KEY_REUSED).detail(detail),
            TaskError::KeyInFlight => {
                Problem::new(kinds::IDEMPOTENCY_KEY_IN_FLIGHT).detail(detail).retry_after(CONTENTION_RETRY)
            }
            TaskError::NoArtifact => Problem::new(NO_ARTIFACT).detail(detail),
            TaskError::Store(error) => return error.into(),
        })
    }
}

impl From<StoreError> for ApiError {
    fn from(error: StoreError) -> Self {
        Self(match &error {
            StoreError::Unavailable(_) => Problem::database_unavailable(&error),
            StoreError::Broken(_) => Problem::internal(&error),
        })
    }
}

impl From<PreviewError> for ApiError {
    fn from(error: PreviewError) -> Self {
        Self(match error {
            PreviewError::UnknownTemplate(_) | PreviewError::Moved(ScaffoldingError::Unknown(_)) => {
                Problem::not_found(error.to_string())
            }
            PreviewError::Invalid(violations) => of_violations(violations),
            PreviewError::Moved(ScaffoldingError::Changed { .. }) => {
                Problem::conflict("the template was changed in this very moment").retry_after(CONTENTION_RETRY)
            }
            PreviewError::Failed { step, error } => {
                let detail = format!("step `{step}`: {error}");
                Problem::new(TEMPLATE_FAILED).detail(detail).extension("step", step)
            }
        })
    }
}

fn of_violations(violations: Vec<Violation>) -> Problem {
    let errors = violations
        .into_iter()
        .map(|Violation { pointer, detail, expected }| FieldError::new(pointer, detail, expected));
    Problem::invalid(errors)
}

/// Says when the change would be legal, and which changes are legal now.
fn of_illegal_change(illegal: IllegalChange) -> Problem {
    let legal_in: Vec<_> = illegal.change.legal_in().iter().map(|status| status.as_str()).collect();
    Problem::new(ILLEGAL_STATE)
        .detail(illegal.to_string())
        .extension("taskStatus", illegal.status.as_str())
        .extension("legalIn", legal_in)
        .extension("legalChanges", legal_changes(illegal.status))
}

fn legal_changes(status: Status) -> Vec<&'static str> {
    let asked_for = [
        (Change::Edit, "edit"),
        (Change::Queue, "queue"),
        (Change::Cancel, "cancel"),
        (Change::Retry, "retry"),
        (Change::Delete, "delete"),
    ];
    let legal = asked_for.into_iter().filter(|(change, _)| change.legal_in().contains(&status));
    legal.map(|(_, name)| name).collect()
}
