use application::domain::Actor;
use application::events::task_event_type;
use application::ports::HistoryItem;
use chrono::{DateTime, Utc};
use heimdall::http::{Json, Page, Paging, Query};
use serde::Serialize;
use serde_json::Value;
use utoipa::ToSchema;

use super::task_at::TaskAt;
use crate::errors::ApiError;

/// Something that happened to a task.
#[derive(Debug, Serialize, ToSchema)]
#[schema(as = TaskEvent)]
pub(crate) struct EventItem {
    /// The event's id, the same as on the topic.
    id: String,
    /// The event's type, as on the topic.
    #[serde(rename = "type")]
    #[schema(example = "midgard.scaffold-task.queued.v1")]
    kind: String,
    /// The task's version after it.
    version: u64,
    /// When it happened.
    time: DateTime<Utc>,
    /// Who caused it.
    actor: ActorView,
    /// The id of the request that caused it.
    request: Option<String>,
    /// What the event carries.
    #[schema(value_type = Object)]
    data: Value,
}

/// Who did something.
#[derive(Debug, Serialize, ToSchema)]
#[schema(as = Actor)]
pub(crate) struct ActorView {
    /// Who vouches for the subject; `valkyrie` for the system itself.
    issuer: String,
    /// Who it is.
    subject: String,
}

/// Look at a task's history.
///
/// Oldest first; it stays when the task is deleted.
#[utoipa::path(
    get,
    path = "/api/v1/scaffold-tasks/{id}/events",
    tag = "Scaffold tasks",
    params(("id" = Uuid, Path, description = "The task"), Paging),
    responses((status = 200, description = "A page of events", body = Page<EventItem>)),
)]
pub(super) async fn list_scaffold_task_events(
    TaskAt { api, caller, id }: TaskAt,
    Query(paging): Query<Paging>,
) -> Result<Json<Page<EventItem>>, ApiError> {
    let list = format!("events of {id}");
    let after = paging.after(&list)?.unwrap_or_default();
    let items = api.tasks.history(&caller.viewer, id, after, paging.limit.to_fetch()).await?;
    let page = Page::of(items, paging.limit, &list, |last| last.version);
    Ok(Json(page.map(|item| EventItem::new(&api.task_namespace, item))))
}

impl EventItem {
    fn new(namespace: &str, item: HistoryItem) -> Self {
        let HistoryItem { id, version, name, actor: Actor { issuer, subject }, at, request, data } = item;
        let kind = task_event_type(namespace, &name);
        Self { id, kind, version, time: at, actor: ActorView { issuer, subject }, request, data }
    }
}
