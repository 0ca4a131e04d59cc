use chrono::{DateTime, Utc};
use proptest::prelude::*;

use super::{Artifact, Change, Failure, IllegalChange, ScaffoldTask, Status, TaskEvent, TaskId, TaskSpec};
use crate::{Actor, JsonObject, ServiceName, TemplateVersion};

fn now(second: i64) -> DateTime<Utc> {
    DateTime::from_timestamp(1_700_000_000 + second, 0).unwrap()
}

fn ada() -> Actor {
    Actor::new("https://issuer.example", "ada")
}

fn spec() -> TaskSpec {
    TaskSpec {
        template: TemplateVersion { name: "event-service".into(), version: "1.0.0".into(), digest: "d".repeat(64) },
        name: Some(ServiceName::parse("payments").unwrap()),
        parameters: JsonObject::new(),
        account: None,
    }
}

fn failure() -> Failure {
    Failure { step: "fetch".into(), message: "no".into(), retryable: true }
}

fn artifact() -> Artifact {
    Artifact { size: 1, sha256: "a".repeat(64), expires_at: now(100) }
}

fn a_task() -> ScaffoldTask {
    ScaffoldTask::draft(TaskId::new(uuid::Uuid::nil()), spec(), ada(), now(0))
}

#[test]
fn a_task_that_starts_at_once_announces_created_then_queued() {
    let mut task = a_task();
    task.queue(ada(), now(1)).unwrap();
    let events = task.take_events();
    let seen: Vec<_> = events.iter().map(|e| (&e.event, e.task.status, e.task.version)).collect();
    assert_eq!(seen, [(&TaskEvent::Created, Status::Draft, 1), (&TaskEvent::Queued, Status::Queued, 2)]);
}

#[test]
fn cancelling_a_running_task_waits_for_the_worker_and_names_who_asked() {
    let mut task = a_task();
    task.queue(ada(), now(1)).unwrap();
    task.start(Actor::system("worker"), now(2)).unwrap();
    task.cancel(ada(), now(3)).unwrap();
    assert_eq!(task.state().status, Status::Cancelling);
    task.confirm_cancel(now(4)).unwrap();
    let events = task.take_events();
    let last = events.last().unwrap();
    assert_eq!((&last.event, &last.actor), (&TaskEvent::Cancelled, &ada()));
}

#[test]
fn an_illegal_change_says_what_would_be_legal() {
    let error = a_task().retry(spec(), ada(), now(1)).unwrap_err();
    assert_eq!(error.to_string(), "a task that is draft can't be retried; only one that is failed can");
}

#[test]
fn a_retry_counts_and_forgets_the_failure() {
    let mut task = a_task();
    task.queue(ada(), now(1)).unwrap();
    task.start(ada(), now(2)).unwrap();
    task.fail(failure(), ada(), now(3)).unwrap();
    task.retry(spec(), ada(), now(4)).unwrap();
    assert_eq!((task.state().attempt, &task.state().failure, task.state().status), (2, &None, Status::Queued));
}

#[test]
fn a_loaded_task_has_nothing_to_tell_and_remembers_its_version() {
    let mut task = ScaffoldTask::restore(a_task().state().clone());
    assert_eq!(task.take_events(), []);
    task.queue(ada(), now(1)).unwrap();
    assert_eq!((task.stored_version(), task.state().version), (1, 2));
}

fn apply(task: &mut ScaffoldTask, change: Change, at: DateTime<Utc>) -> Result<(), IllegalChange> {
    match change {
        Change::Edit => task.edit(spec(), ada(), at),
        Change::Queue => task.queue(ada(), at),
        Change::Start => task.start(ada(), at),
        Change::Complete => task.complete(artifact(), vec![], vec![], ada(), at),
        Change::Fail => task.fail(failure(), ada(), at),
        Change::Cancel => task.cancel(ada(), at),
        Change::ConfirmCancel => task.confirm_cancel(at),
        Change::Retry => task.retry(spec(), ada(), at),
        Change::Decommission => task.decommission(ada(), at),
        Change::Delete => task.delete(ada(), at),
    }
}

/// The model: the state machine of the design, written down a second time as a table.
fn model(status: Status, change: Change) -> Option<Status> {
    use Status::*;
    Some(match (status, change) {
        (Draft, Change::Edit) => Draft,
        (Draft, Change::Queue) | (Failed, Change::Retry) => Queued,
        (Queued, Change::Start) => Running,
        (Running, Change::Complete) => Completed,
        (Running, Change::Fail) => Failed,
        (Running, Change::Cancel) => Cancelling,
        (Draft | Queued, Change::Cancel) | (Cancelling, Change::ConfirmCancel) => Cancelled,
        (Completed, Change::Decommission) => Decommissioned,
        (Running | Cancelling, Change::Delete) => return None,
        (same, Change::Delete) => same,
        _ => return None,
    })
}

fn any_change() -> impl Strategy<Value = Change> {
    use Change::*;
    prop::sample::select(vec![Edit, Queue, Start, Complete, Fail, Cancel, ConfirmCancel, Retry, Decommission, Delete])
}

proptest! {
    #[test]
    fn the_aggregate_agrees_with_the_model(changes in prop::collection::vec((any_change(), -5i64..50), 0..30)) {
        let mut task = a_task();
        for (change, second) in changes {
            let before = task.clone();
            match (model(before.state().status, change), apply(&mut task, change, now(second))) {
                (Some(status), Ok(())) => {
                    prop_assert_eq!(task.state().status, status);
                    prop_assert_eq!(task.state().version, before.state().version + 1);
                    prop_assert!(task.state().updated_at >= before.state().updated_at);
                }
                (None, Err(error)) => {
                    prop_assert_eq!(error.status, before.state().status);
                    prop_assert_eq!(&task, &before, "a refused change leaves no trace");
                }
                (expected, got) => prop_assert!(false, "{:?}: {:?} but {:?}", change, expected, got),
            }
        }
    }
}
