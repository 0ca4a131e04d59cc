use application::domain::{Status, TaskState};
use application::ports::{IdempotencyKey, TaskFilter};
use application::tasks::{DraftPatch, Request, RequestOutcome, TaskError};
use serde_json::json;

use crate::support::{actor, caller, object, on_both_databases, request, viewer};

fn keyed(name: &str, fingerprint: &str) -> Request {
    let key = IdempotencyKey {
        caller: actor("ada"),
        route: "POST /api/v1/scaffold-tasks".into(),
        key: "k".into(),
        fingerprint: fingerprint.into(),
    };
    Request { idempotency: Some(key), ..request(name) }
}

on_both_databases! {
    async fn a_task_its_history_and_its_news_are_written_together(installation: Installation) {
        let task = installation.request("ada", "payments").await;
        let loaded: TaskState = installation.tasks.get(&viewer("ada"), task.id).await.unwrap();
        assert_eq!(loaded, task);
        assert_eq!(loaded.status, Status::Queued);
        let history = installation.tasks.history(&viewer("ada"), task.id, 0, 10).await.unwrap();
        let names: Vec<_> = history.iter().map(|item| (item.name.as_str(), item.version)).collect();
        assert_eq!(names, [("created", 1), ("queued", 2)]);
        assert_eq!(history[1].data["task"]["status"], "queued");
        assert_eq!(installation.count("heimdall_outbox").await, 2);
        let woken = tokio::time::timeout(std::time::Duration::from_secs(5), installation.woken.notified());
        woken.await.expect("the relay is woken");
    }

    async fn a_name_is_held_by_one_task_and_a_refusal_leaves_nothing(installation: Installation) {
        let first = installation.request("ada", "payments").await;
        let refused = installation.tasks.request(caller("bob"), request("payments")).await;
        match refused {
            Err(TaskError::NameTaken { name, holder }) => {
                assert_eq!((name.as_str(), holder), ("payments", first.id));
            }
            other => panic!("{other:?}"),
        }
        assert_eq!(installation.count("scaffold_task_history").await, 2);
        assert_eq!(installation.count("heimdall_outbox").await, 2);
        installation.tasks.cancel(caller("ada"), first.id).await.unwrap();
        installation.request("bob", "payments").await;
    }

    async fn a_repeated_request_gets_its_first_answer(installation: Installation) {
        let RequestOutcome::Created(task) = installation.tasks.request(caller("ada"), keyed("a", "f")).await.unwrap() else { panic!() };
        let RequestOutcome::Replayed(reply) = installation.tasks.request(caller("ada"), keyed("a", "f")).await.unwrap() else { panic!() };
        assert_eq!((reply.task, reply.started), (task.id, true));
        assert_eq!(reply.body["id"], task.id.to_string());
        assert_eq!(installation.count("scaffold_tasks").await, 1);
        let other = installation.tasks.request(caller("ada"), keyed("b", "g")).await;
        assert!(matches!(other, Err(TaskError::KeyReused)), "{other:?}");
        assert_eq!(installation.count("scaffold_tasks").await, 1);
    }

    async fn two_edits_of_one_version_are_one_edit_and_one_refusal(installation: Installation) {
        let draft = Request { start: false, ..request("payments") };
        let RequestOutcome::Created(task) = installation.tasks.request(caller("ada"), draft).await.unwrap() else { panic!() };
        let edit = |color: &str| {
            let patch = DraftPatch { parameters: object(json!({"color": color})), ..DraftPatch::default() };
            installation.tasks.edit(caller("ada"), task.id, Some(1), patch)
        };
        let (one, two) = tokio::join!(edit("red"), edit("blue"));
        let refusals = [&one, &two].iter().filter(|result| matches!(result, Err(TaskError::Stale { current: 2 }))).count();
        assert_eq!((refusals, one.is_ok() || two.is_ok()), (1, true), "{one:?} {two:?}");
        assert_eq!(installation.count("scaffold_task_history").await, 2);
    }

    async fn a_deleted_task_is_gone_but_for_its_history(installation: Installation) {
        let task = installation.request("ada", "payments").await;
        installation.tasks.delete(caller("ada"), task.id, Some(2)).await.unwrap();
        assert!(matches!(installation.tasks.get(&viewer("ada"), task.id).await, Err(TaskError::NotFound)));
        assert_eq!(installation.tasks.list(&viewer("ada"), &all()).await.unwrap(), []);
        let history = installation.tasks.history(&viewer("ada"), task.id, 2, 10).await.unwrap();
        assert_eq!(history[0].name, "deleted");
        installation.request("bob", "payments").await;
    }

    async fn secrets_are_kept_apart_encrypted_and_erased_in_the_end(installation: Installation) {
        let mut wanted = Request { start: false, ..request("payments") };
        wanted.input.parameters.insert("token".into(), json!("hunter2"));
        let RequestOutcome::Created(task) = installation.tasks.request(caller("ada"), wanted).await.unwrap() else { panic!() };
        assert_eq!(task.parameters, object(json!({"name": "payments"})));
        assert_eq!(installation.adapters.store.secrets(task.id).await.unwrap(), object(json!({"token": "hunter2"})));
        // An edit that does not speak of them keeps them.
        let patch = DraftPatch { parameters: object(json!({"color": "red"})), ..DraftPatch::default() };
        installation.tasks.edit(caller("ada"), task.id, None, patch).await.unwrap();
        assert_eq!(installation.adapters.store.secrets(task.id).await.unwrap(), object(json!({"token": "hunter2"})));
        installation.tasks.cancel(caller("ada"), task.id).await.unwrap();
        assert_eq!(installation.count("scaffold_task_secrets").await, 0);
    }

    async fn another_template_does_not_show_what_was_given_as_a_secret(installation: Installation) {
        let mut wanted = Request { start: false, ..request("payments") };
        wanted.input.parameters.insert("token".into(), json!({"inner": "hunter2"}));
        let RequestOutcome::Created(task) = installation.tasks.request(caller("ada"), wanted).await.unwrap() else { panic!() };
        let edit = |parameters: serde_json::Value| {
            let patch = DraftPatch {
                template: Some("open".into()), parameters: object(parameters), ..DraftPatch::default()
            };
            installation.tasks.edit(caller("ada"), task.id, None, patch)
        };
        let refused = edit(json!({})).await;
        let Err(TaskError::Invalid(violations)) = refused else { panic!("{refused:?}") };
        assert_eq!(violations.iter().map(|violation| &violation.pointer).collect::<Vec<_>>(), ["/parameters/token/inner"]);
        assert_eq!(installation.count("scaffold_task_history").await, 1);
        let anew = edit(json!({"token": null})).await.unwrap();
        assert_eq!(anew.parameters, object(json!({"name": "payments"})));
        assert_eq!(installation.count("scaffold_task_secrets").await, 0);
    }

    async fn paging_skips_and_doubles_nothing_while_tasks_are_added(installation: Installation) {
        let mut made = Vec::new();
        for number in 0..25 {
            made.push(installation.request("ada", &format!("service-{number}")).await.id);
        }
        let mut seen = Vec::new();
        let mut after = None;
        loop {
            let page = installation.tasks.list(&viewer("ada"), &TaskFilter { after, limit: 7, ..all() }).await.unwrap();
            let Some(last) = page.last() else { break };
            after = Some(last.task.id);
            seen.extend(page.iter().map(|listed| listed.task.id));
            installation.request("ada", &format!("late-{}", seen.len())).await;
        }
        made.reverse();
        assert_eq!(seen, made);
    }

    async fn filters_hold_together(installation: Installation) {
        let first = installation.request("ada", "one").await;
        let second = installation.request("ada", "two").await;
        installation.tasks.cancel(caller("ada"), first.id).await.unwrap();
        let ids = async |filter: TaskFilter| -> Vec<_> {
            let listed = installation.tasks.list(&viewer("ada"), &filter).await.unwrap();
            listed.into_iter().map(|listed| listed.task.id).collect()
        };
        assert_eq!(ids(TaskFilter { statuses: vec![Status::Cancelled], ..all() }).await, [first.id]);
        assert_eq!(ids(TaskFilter { statuses: vec![Status::Cancelled, Status::Queued], ..all() }).await, [second.id, first.id]);
        assert_eq!(ids(TaskFilter { template: Some("other".into()), ..all() }).await, []);
        assert_eq!(ids(TaskFilter { created_by: Some("ada".into()), ..all() }).await.len(), 2);
        assert_eq!(ids(TaskFilter { created_from: Some(second.created_at), ..all() }).await, [second.id]);
        assert_eq!(ids(TaskFilter { created_to: Some(second.created_at), ..all() }).await, [first.id]);
        assert_eq!(ids(TaskFilter { account: Some("123456789012".into()), ..all() }).await, []);
    }
}

fn all() -> TaskFilter {
    TaskFilter { limit: 100, ..TaskFilter::default() }
}
