//! Secret parameters, which only the vault can read.

use application::ports::StoreError;
use domain::{JsonObject, TaskId};
use heimdall::database::{Columns, Filter, Query, Row};

use crate::errors::broken;
use crate::stored_row::Table;
use crate::vault::Vault;

const SECRETS: Table = Table { name: "scaffold_task_secrets", key: &["task_id"] };

/// Keeps a task's secrets, in place of those that were kept.
pub(super) fn keep(vault: &Vault, task: TaskId, secrets: &JsonObject) -> Result<Query, StoreError> {
    let (nonce, ciphertext) = vault.seal(task, secrets).map_err(broken)?;
    let columns = Columns::new().set("task_id", task.as_uuid()).set("nonce", nonce).set("ciphertext", ciphertext);
    Ok(columns.insert_into(SECRETS.name).on_conflict_update(SECRETS.key, &["nonce", "ciphertext"]))
}

/// Erases a task's secrets.
pub(super) fn erase(task: TaskId) -> Query {
    Filter::new().equals("task_id", task.as_uuid()).delete_from(SECRETS.name)
}

/// Looks for a task's secrets.
pub(super) fn select(task: TaskId) -> Query {
    let select = "SELECT task_id, nonce, ciphertext FROM scaffold_task_secrets";
    Filter::new().equals("task_id", task.as_uuid()).select(select, "")
}

/// A task's secrets from their row.
pub(super) fn read(vault: &Vault, task: TaskId, row: &Row) -> Result<JsonObject, StoreError> {
    let row = SECRETS.row(row);
    let nonce: Vec<u8> = row.get("nonce")?;
    row.parse("ciphertext", |ciphertext: Vec<u8>| vault.open(task, &nonce, ciphertext))
}
