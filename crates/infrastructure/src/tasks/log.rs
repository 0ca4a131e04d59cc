use application::ports::StoreError;
use chrono::{DateTime, Utc};
use domain::TaskId;
use heimdall::database::Query;

use crate::errors::broken;

/// A line of a task's log that is to be written.
pub(super) struct Line {
    pub(super) task: TaskId,
    pub(super) attempt: u32,
    pub(super) step: String,
    pub(super) at: DateTime<Utc>,
    pub(super) message: String,
}

/// One statement that adds lines, numbered after those that are there. All lines of one unit of work are one task's;
/// its lease makes sure that nobody else counts at the same time.
pub(super) fn insert(lines: &[Line]) -> Result<Query, StoreError> {
    const COLUMNS: usize = 5;
    let rows: Vec<_> = (0..lines.len())
        .map(|row| {
            let first = row * COLUMNS;
            let [task, attempt, step, at, message] = [first + 1, first + 2, first + 3, first + 4, first + 5];
            format!(
                "(${task}, (SELECT COALESCE(MAX(line), 0) FROM scaffold_task_log WHERE task_id = ${task}) + {}, \
                 ${attempt}, ${step}, ${at}, ${message})",
                row + 1
            )
        })
        .collect();
    let mut query = Query::new(format!(
        "INSERT INTO scaffold_task_log (task_id, line, attempt, step, written_at, message) VALUES {}",
        rows.join(", ")
    ));
    if lines.iter().any(|line| line.task != lines[0].task) {
        return Err(broken("a unit of work writes the log of one task only"));
    }
    for line in lines {
        query = query
            .bind(line.task.as_uuid())
            .bind(line.attempt)
            .bind(line.step.as_str())
            .bind(line.at)
            .bind(line.message.as_str());
    }
    Ok(query)
}
