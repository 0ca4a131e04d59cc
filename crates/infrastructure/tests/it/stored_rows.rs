//! A stored row that makes no sense is reported with its table, its key, its column and what is wrong. On `SQLite`, whose
//! columns keep anything of their type.

use std::error::Error;
use std::fmt::Debug;
use std::time::Duration;

use application::domain::{EntityRef, TaskId};
use application::ports::{CatalogEntity, CatalogWork as _, IdempotencyKey, StoreError, TaskFilter};
use application::tasks::{Request, TaskError};
use heimdall::clock::{Clock as _, SystemClock};
use heimdall::database::Query;
use infrastructure::{SqlCatalogWork, StoredRowError};
use serde_json::json;

use crate::support::{Installation, actor, caller, request, sqlite, viewer};

/// An installation with the task `payments`, which has a secret and was asked for with an idempotency key.
async fn installation() -> (Installation, TaskId) {
    let installation = Installation::on(sqlite().await);
    let mut wanted = Request { idempotency: Some(key()), ..request("payments") };
    wanted.input.parameters.insert("token".into(), json!("hunter2"));
    installation.tasks.request(caller("ada"), wanted).await.unwrap();
    let all = TaskFilter { limit: 10, ..TaskFilter::default() };
    let id = installation.tasks.list(&viewer("ada"), &all).await.unwrap()[0].task.id;
    (installation, id)
}

fn key() -> IdempotencyKey {
    let (route, key, fingerprint) = ("POST /tasks".into(), "k".into(), "f".into());
    IdempotencyKey { caller: actor("ada"), route, key, fingerprint }
}

async fn corrupt(installation: &Installation, sql: String) {
    assert_eq!(installation.database.execute(Query::new(sql.clone())).await.unwrap(), 1, "{sql}");
}

/// The error with all its causes, which must be a broken store because of a stored row.
fn report<T: Debug>(result: Result<T, impl Into<TaskError>>) -> String {
    let error = match result.map_err(Into::into) {
        Err(TaskError::Store(error @ StoreError::Broken(_))) => error,
        other => panic!("{other:?}"),
    };
    let mut causes = Vec::new();
    let mut next: Option<&(dyn Error + 'static)> = Some(&error);
    while let Some(cause) = next {
        causes.push(cause.to_string());
        next = cause.source();
    }
    assert!(error.source().is_some_and(<dyn Error>::is::<StoredRowError>), "{causes:?}");
    causes[1..].join(": ")
}

#[tokio::test]
async fn a_task_that_makes_no_sense_is_named_with_its_column() {
    for (column, value, wrong) in [
        ("status", "'flying'", "`flying` is no status; expected one of draft, queued,"),
        ("name", "'Not a name'", "`Not a name` can't name a service"),
        ("entity_refs", "'[\"nothing\"]'", "`nothing` is no entity reference"),
        ("parameters", "'[]'", "invalid type: sequence, expected a map"),
        ("failure", "'{\"step\": 1}'", "invalid type: integer `1`, expected a string"),
        ("attempt", "-1", "out of range integral type conversion attempted"),
        ("version", "-7", "out of range integral type conversion attempted"),
    ] {
        let (installation, id) = installation().await;
        corrupt(&installation, format!("UPDATE scaffold_tasks SET {column} = {value}")).await;
        let expected = format!("scaffold_tasks.{column} makes no sense in the row with id {id}: {wrong}");
        let read = report(installation.tasks.get(&viewer("ada"), id).await);
        assert!(read.starts_with(&expected), "{read}\n{expected}");
        // Who wants to change it, hears the same.
        let changed = report(installation.tasks.cancel(caller("ada"), id).await);
        assert!(changed.starts_with(&expected), "{changed}\n{expected}");
    }
}

#[tokio::test]
async fn half_of_what_belongs_together_makes_no_sense() {
    let (installation, id) = installation().await;
    corrupt(&installation, "UPDATE scaffold_tasks SET artifact_size = 1".into()).await;
    let read = report(installation.tasks.get(&viewer("ada"), id).await);
    assert!(
        read.starts_with(&format!("scaffold_tasks.artifact_sha256 makes no sense in the row with id {id}: ")),
        "{read}"
    );
}

#[tokio::test]
async fn a_key_that_makes_no_sense_itself_is_shown_as_it_is() {
    let (installation, _) = installation().await;
    corrupt(&installation, "UPDATE scaffold_tasks SET id = 'x'".into()).await;
    let all = TaskFilter { limit: 10, ..TaskFilter::default() };
    let read = report(installation.tasks.list(&viewer("ada"), &all).await);
    assert!(read.starts_with("scaffold_tasks.id makes no sense in the row with id x: "), "{read}");
}

#[tokio::test]
async fn history_and_log_are_named_with_their_place() {
    let (installation, id) = installation().await;
    corrupt(&installation, "UPDATE scaffold_task_history SET event_id = 'x' WHERE version = 2".into()).await;
    let read = report(installation.tasks.history(&viewer("ada"), id, 0, 10).await);
    let expected = format!("scaffold_task_history.event_id makes no sense in the row with stream {id}, version 2: ");
    assert!(read.starts_with(&expected), "{read}");

    let line = format!("INSERT INTO scaffold_task_log VALUES ('{id}', 1, -1, 's', 0, 'm')");
    corrupt(&installation, line).await;
    let read = report(installation.tasks.log(&viewer("ada"), id, 0, 10).await);
    let expected = format!("scaffold_task_log.attempt makes no sense in the row with task_id {id}, line 1: ");
    assert!(read.starts_with(&expected), "{read}");
}

#[tokio::test]
async fn answers_and_secrets_are_named_with_their_key() {
    let (installation, id) = installation().await;
    corrupt(&installation, "UPDATE idempotency_keys SET status = 500".into()).await;
    let read = report(installation.adapters.store.reply(&key()).await);
    assert_eq!(
        read,
        "idempotency_keys.status makes no sense in the row with caller_issuer https://issuer.example, caller_subject ada, \
         route POST /tasks, key k: 500 is no status of an answer; expected 202 or 201"
    );

    corrupt(&installation, "UPDATE scaffold_task_secrets SET ciphertext = x'00'".into()).await;
    let read = report(installation.adapters.store.secrets(id).await);
    let expected = format!("scaffold_task_secrets.ciphertext makes no sense in the row with task_id {id}: ");
    assert_eq!(read, expected + "a secret could not be decrypted: was `secrets.key` changed?");
}

#[tokio::test]
async fn the_catalog_and_its_removals_are_named_with_their_key() {
    let (installation, id) = installation().await;
    let mut transaction = installation.database.begin().await.unwrap();
    let entity_ref: EntityRef = "component:default/a".parse().unwrap();
    let entity = CatalogEntity { entity_ref: entity_ref.clone(), entity: json!({}), updated_at: SystemClock.now() };
    SqlCatalogWork::over(&mut transaction).put(entity).await.unwrap();
    transaction.commit().await.unwrap();
    corrupt(&installation, "UPDATE catalog_entities SET entity = 'x'".into()).await;
    let read = report(installation.adapters.catalog.get(&entity_ref).await);
    let expected = "catalog_entities.entity makes no sense in the row with entity_ref component:default/a: ";
    assert!(read.starts_with(expected), "{read}");

    let removal = format!(
        "INSERT INTO scaffold_task_removals (task_id, entity_ref, event_id, removed_at, heard_at, state) \
         VALUES ('{id}', 'component:default/a', 'e', 0, 0, 'lost')"
    );
    corrupt(&installation, removal).await;
    let read = report(installation.adapters.removals.list(SystemClock.now()).await);
    let expected = format!("scaffold_task_removals.state makes no sense in the row with task_id {id}: ");
    assert_eq!(read, expected + "`lost` is no state; expected waiting, held, confirmed or done");
}

#[tokio::test]
async fn a_lease_is_named_with_its_task() {
    let (installation, _) = installation().await;

    corrupt(&installation, "UPDATE scaffold_tasks SET id = 'x'".into()).await;
    let read = report(installation.adapters.queue.claim("w", 10, Duration::from_mins(1)).await);
    assert!(read.starts_with("scaffold_task_leases.task_id makes no sense in the row with task_id x: "), "{read}");
}
