//! `/api/v1/scaffold-tasks`: requests for services, and what became of them.

mod answer;
mod artifact;
mod commands;
mod edit;
mod history;
mod list;
mod log;
mod model;
mod read;
mod request;
mod task_at;

use heimdall::routes::{Routes, permission, routes};

use crate::api::Api;
use crate::permissions::{TASKS_READ, TASKS_WRITE};

/// The routes. Whose tasks a caller may see and change, the use cases decide.
pub(crate) fn routes() -> Routes<Api> {
    let reads = routes!(
        list::list_scaffold_tasks,
        read::get_scaffold_task,
        history::list_scaffold_task_events,
        log::read_scaffold_task_log,
        artifact::fetch_scaffold_task_artifact,
    );
    let writes = routes!(
        request::request_scaffold_task,
        edit::edit_scaffold_task,
        edit::delete_scaffold_task,
        commands::queue_scaffold_task,
        commands::cancel_scaffold_task,
        commands::retry_scaffold_task,
    );
    Routes::new().with(permission(TASKS_READ), reads).with(permission(TASKS_WRITE), writes)
}
