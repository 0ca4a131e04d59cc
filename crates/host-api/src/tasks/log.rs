use std::fmt::Write as _;

use application::ports::LogLine;
use axum::http::{HeaderMap, header};
use axum::response::{IntoResponse, Response};
use chrono::{DateTime, SecondsFormat, Utc};
use heimdall::http::{Json, Page, Paging, Query, prefers};
use serde::Serialize;
use utoipa::ToSchema;

use super::task_at::TaskAt;
use crate::errors::ApiError;

/// One line of what a step did.
#[derive(Debug, Serialize, ToSchema)]
#[schema(as = LogLine)]
pub(crate) struct LogItem {
    /// Counts the lines of a task, from 1.
    line: u64,
    /// The attempt that it belongs to.
    attempt: u32,
    /// The id of the step; `task` for the task itself.
    step: String,
    /// When it was written.
    at: DateTime<Utc>,
    /// What the step did.
    message: String,
}

/// Read what a task's steps did.
///
/// Oldest first; as lines of text when `Accept` asks for `text/plain`, with the next page in the `Link` header.
#[utoipa::path(
    get,
    path = "/api/v1/scaffold-tasks/{id}/log",
    tag = "Scaffold tasks",
    params(("id" = Uuid, Path, description = "The task"), Paging),
    responses((status = 200, description = "A page of lines", content((Page<LogItem> = "application/json"), (String = "text/plain")),
        headers(("Link" = Option<String>, description = "With `text/plain`: the next page, if there is one")))),
)]
pub(super) async fn read_scaffold_task_log(
    TaskAt { api, caller, id }: TaskAt,
    Query(paging): Query<Paging>,
    headers: HeaderMap,
) -> Result<Response, ApiError> {
    let list = format!("log of {id}");
    let after = paging.after(&list)?.unwrap_or_default();
    let lines = api.tasks.log(&caller.viewer, id, after, paging.limit.to_fetch()).await?;
    let page = Page::of(lines, paging.limit, &list, |last| last.line).map(LogItem::from);
    if !prefers(&headers, "text/plain", "application/json") {
        return Ok(Json(page).into_response());
    }
    let limit = paging.limit.rows();
    let next = page.next_cursor.as_deref();
    let link = next.map(|cursor| [(header::LINK, format!("<?limit={limit}&cursor={cursor}>; rel=\"next\""))]);
    Ok((link, as_text(&page.items)).into_response())
}

fn as_text(items: &[LogItem]) -> String {
    items.iter().fold(String::new(), |mut text, LogItem { attempt, step, at, message, .. }| {
        let at = at.to_rfc3339_opts(SecondsFormat::Millis, true);
        // Writing into a string can't fail.
        let _ = writeln!(text, "{at} #{attempt} {step}: {message}");
        text
    })
}

impl From<LogLine> for LogItem {
    fn from(LogLine { line, attempt, step, at, message }: LogLine) -> Self {
        Self { line, attempt, step, at, message }
    }
}
