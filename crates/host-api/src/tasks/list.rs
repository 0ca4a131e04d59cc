use application::domain::{Status, TaskId};
use application::ports::{ListedTask, TaskFilter};
use application::view::TaskView;
use axum::extract::State;
use chrono::{DateTime, Utc};
use heimdall::http::{Cursor, FieldError, Json, Limit, Page, Problem, Query};
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
use serde_json::Value;
use utoipa::{IntoParams, ToSchema};
use uuid::Uuid;

use crate::api::Api;
use crate::caller::RequestedBy;
use crate::errors::ApiError;

/// Which tasks to list.
#[derive(Debug, Clone, Serialize, Deserialize, JsonSchema, IntoParams)]
#[serde(rename_all = "camelCase")]
#[into_params(parameter_in = Query)]
pub(crate) struct Filter {
    /// Only tasks in these statuses; repeated, or separated by commas.
    #[serde(default)]
    #[param(inline)]
    status: Vec<StatusName>,
    /// Only tasks from the template of this name.
    #[schemars(length(min = 1))]
    #[param(min_length = 1)]
    template: Option<String>,
    /// Only tasks for the account with this identifier.
    #[schemars(length(min = 1))]
    #[param(min_length = 1)]
    account: Option<String>,
    /// Only tasks that this subject created.
    #[schemars(length(min = 1))]
    #[param(min_length = 1)]
    created_by: Option<String>,
    /// Only tasks created at this time or after it.
    created_from: Option<DateTime<Utc>>,
    /// Only tasks created before this time.
    created_to: Option<DateTime<Utc>>,
    /// What to add to each task.
    #[serde(default)]
    #[param(inline)]
    include: Vec<Include>,
    /// How many at most.
    #[serde(default)]
    #[param(value_type = u32, minimum = 1, maximum = 100, required = false)]
    limit: Limit,
    /// The `nextCursor` of the page before.
    cursor: Option<String>,
}

/// How a task can stand.
#[derive(Debug, Clone, Copy, Serialize, Deserialize, JsonSchema, ToSchema)]
#[serde(rename_all = "camelCase")]
pub(crate) enum StatusName {
    Draft,
    Queued,
    Running,
    Cancelling,
    Completed,
    Failed,
    Cancelled,
    Decommissioned,
}

/// What can be added to a task in a list.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, JsonSchema, ToSchema)]
#[serde(rename_all = "camelCase")]
pub(crate) enum Include {
    /// The documents of its `catalog-info.yaml`.
    Entities,
}

/// A task in a list.
#[derive(Debug, Serialize, ToSchema)]
pub(crate) struct TaskItem {
    #[serde(flatten)]
    task: TaskView,
    /// With `include=entities`: the documents of its `catalog-info.yaml`.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(value_type = Option<Vec<Object>>, nullable = false)]
    entities: Option<Vec<Value>>,
}

/// List tasks.
///
/// Newest first: one's own, or everybody's with `scaffold-tasks:admin`.
#[utoipa::path(
    get,
    path = "/api/v1/scaffold-tasks",
    tag = "Scaffold tasks",
    params(Filter),
    responses((status = 200, description = "A page of tasks", body = Page<TaskItem>)),
)]
pub(super) async fn list_scaffold_tasks(
    State(api): State<Api>,
    RequestedBy(caller): RequestedBy,
    Query(filter): Query<Filter>,
) -> Result<Json<Page<TaskItem>>, ApiError> {
    let (list, limit) = (filter.list(), filter.limit);
    let filter = filter.read(&list)?;
    let tasks = api.tasks.list(&caller.viewer, &filter).await?;
    Ok(Json(Page::of(tasks, limit, &list, |last| last.task.id.as_uuid()).map(TaskItem::from)))
}

impl Filter {
    /// Names the list, so that a cursor is only good for the filters that it was made for.
    fn list(&self) -> String {
        let filters = Self { limit: Limit::default(), cursor: None, ..self.clone() };
        serde_json::to_string(&filters).unwrap_or_default()
    }

    fn read(self, list: &str) -> Result<TaskFilter, Problem> {
        let after = self.cursor.map(|cursor| Cursor::position::<Uuid>(list, &cursor)).transpose()?;
        if let (Some(from), Some(to)) = (self.created_from, self.created_to)
            && from >= to
        {
            let expected = "a time after `createdFrom`";
            return Err(Problem::invalid([FieldError::query("createdTo", "is not after `createdFrom`", expected)]));
        }
        Ok(TaskFilter {
            statuses: self.status.into_iter().map(Status::from).collect(),
            template: self.template,
            account: self.account,
            created_by: self.created_by,
            created_from: self.created_from,
            created_to: self.created_to,
            after: after.map(TaskId::new),
            with_entities: self.include.contains(&Include::Entities),
            limit: self.limit.to_fetch(),
        })
    }
}

impl From<StatusName> for Status {
    fn from(name: StatusName) -> Self {
        match name {
            StatusName::Draft => Self::Draft,
            StatusName::Queued => Self::Queued,
            StatusName::Running => Self::Running,
            StatusName::Cancelling => Self::Cancelling,
            StatusName::Completed => Self::Completed,
            StatusName::Failed => Self::Failed,
            StatusName::Cancelled => Self::Cancelled,
            StatusName::Decommissioned => Self::Decommissioned,
        }
    }
}

impl From<ListedTask> for TaskItem {
    fn from(ListedTask { task, entities }: ListedTask) -> Self {
        Self { task: TaskView::from(&task), entities }
    }
}
