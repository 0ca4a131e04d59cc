//! What a task's steps did, line by line.

use application::ports::{LogLine, StoreError};
use chrono::{DateTime, Utc};
use domain::TaskId;
use heimdall::database::{Columns, Filter, Query, Row};

use super::rows::integer;
use crate::errors::broken;
use crate::stored_row::Table;

const LOG: Table = Table { name: "scaffold_task_log", key: &["task_id", "line"] };

/// A line of a task's log that is to be written.
pub(super) struct Line {
    pub(super) task: TaskId,
    pub(super) attempt: u32,
    pub(super) step: String,
    pub(super) at: DateTime<Utc>,
    pub(super) message: String,
}

/// One statement that adds lines, numbered after those that are there. All lines of one unit of work are one task's;
/// its lease makes sure that no other worker numbers lines at the same time.
pub(super) fn insert(lines: &[Line]) -> Result<Query, StoreError> {
    const NUMBER: &str = "(SELECT COALESCE(MAX(line), 0) FROM scaffold_task_log WHERE task_id = ?) + ?";
    if lines.iter().any(|line| line.task != lines[0].task) {
        return Err(broken("a unit of work writes the log of one task only"));
    }
    let row = |(line, number): (&Line, i64)| {
        Columns::new()
            .set("task_id", line.task.as_uuid())
            .set_expression("line", NUMBER, [line.task.as_uuid().into(), number.into()])
            .set("attempt", line.attempt)
            .set("step", line.step.as_str())
            .set("written_at", line.at)
            .set("message", line.message.as_str())
    };
    Columns::insert_all(LOG.name, lines.iter().zip(1..).map(row).collect()).map_err(broken)
}

/// Up to `limit` lines of a task after line `after`, oldest first.
pub(super) fn select(task: TaskId, after: u64, limit: u32) -> Query {
    Filter::new().equals("task_id", task.as_uuid()).compares("line", ">", integer(after)).select(
        "SELECT task_id, line, attempt, step, written_at, message FROM scaffold_task_log",
        &format!("ORDER BY line LIMIT {limit}"),
    )
}

/// A line from its row.
pub(super) fn read(row: &Row) -> Result<LogLine, StoreError> {
    let row = LOG.row(row);
    Ok(LogLine {
        line: row.number("line")?,
        attempt: row.number("attempt")?,
        step: row.get("step")?,
        at: row.get("written_at")?,
        message: row.get("message")?,
    })
}
