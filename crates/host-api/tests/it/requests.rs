use serde_json::json;

use crate::world::{TASKS, World, id, order, path};

#[tokio::test]
async fn a_request_starts_at_once_and_shows_what_it_made() {
    let world = World::start().await;
    let mut body = order("payments");
    body["account"] = json!({"identifier": "123456789012", "role": "deployer"});
    let answer = world.as_("ada").post(TASKS, &body).await;

    assert_eq!(answer.status, 202, "{}", answer.text());
    let task = answer.json();
    assert_eq!(answer.header("location"), path(&task));
    assert_eq!(answer.header("etag"), "\"2\"");
    assert!(!answer.headers.contains_key("idempotency-replayed"));
    assert_eq!((&task["status"], &task["version"], &task["attempt"]), (&json!("queued"), &json!(2), &json!(1)));
    assert_eq!(task["parameters"], json!({"name": "payments", "owner": "group:default/team-a", "replicas": 2}));
    assert_eq!(task["account"], json!({"identifier": "123456789012", "role": "deployer", "provider": "aws"}));
    assert_eq!(task["template"], json!({"name": "service", "version": "1.2.0", "digest": "d".repeat(64)}));
    assert_eq!((&task["createdBy"], &task["artifact"], &task["failure"]), (&json!("ada"), &json!(null), &json!(null)));
    assert_eq!(task["createdAt"], "2026-01-01T12:00:00Z");

    let again = world.as_("ada").get(&path(&task)).await;
    assert_eq!(again.header("etag"), "\"2\"");
    assert_eq!(again.ok(), task);
}

#[tokio::test]
async fn a_draft_waits_and_is_queued_when_asked() {
    let world = World::start().await;
    let ada = world.as_("ada");
    let draft = ada.draft("payments").await;
    assert_eq!((&draft["status"], &draft["version"]), (&json!("draft"), &json!(1)));

    let answer = ada.ask(&format!("{}/queue", path(&draft))).await;
    assert_eq!((answer.status.as_u16(), answer.header("etag")), (202, "\"2\""));
    assert_eq!(answer.json()["status"], "queued");
    let again = ada.ask(&format!("{}/queue", path(&draft))).await;
    again.refused(409, "illegal-state");
}

#[tokio::test]
async fn a_secret_is_kept_and_never_shown() {
    let world = World::start().await;
    let mut body = order("payments");
    body["parameters"]["token"] = json!("hunter2");
    let answer = world.as_("ada").post(TASKS, &body).await;
    let task = answer.ok();
    assert!(!answer.text().contains("hunter2"));
    for view in ["", "/events", "/log"] {
        let shown = world.as_("ada").get(&format!("{}{view}", path(&task))).await;
        shown.ok();
        assert!(!shown.text().contains("hunter2"), "{view}");
    }
    let kept = world.adapters.store.secrets(id(&task).parse().unwrap()).await.unwrap();
    assert_eq!(kept["token"], "hunter2");
}

#[tokio::test]
async fn an_unknown_template_is_refused_with_those_that_there_are() {
    let world = World::start().await;
    let answer = world.as_("ada").post(TASKS, &json!({"template": "servce", "parameters": {}})).await;
    let problem = answer.refused(422, "invalid-request");
    assert_eq!(problem.errors[0].pointer, "/template");
    assert_eq!(problem.errors[0].expected, "one of service, broken, nameless");
}

#[tokio::test]
async fn everything_that_is_wrong_is_named_at_once_and_nothing_is_kept() {
    let world = World::start().await;
    let ada = world.as_("ada");
    let body = json!({
        "template": "service",
        "parameters": {"owner": 7, "replicas": 0, "colour": "red"},
        "account": {"identifier": "my-project"},
    });
    let wrong = ada.post(TASKS, &body).await.wrong(422, "invalid-request");
    for pointer in ["/account/provider", "/parameters/owner", "/parameters/replicas"] {
        assert!(wrong.iter().any(|given| given == pointer), "{pointer} in {wrong:?}");
    }
    assert!(wrong.len() >= 5, "the missing name and the undeclared colour, too: {wrong:?}");

    let body = json!({"template": "service", "parameters": {"name": "No Name!", "owner": "a"}});
    assert_eq!(ada.post(TASKS, &body).await.wrong(422, "invalid-request"), ["/parameters/name"]);
    assert_eq!(ada.get(TASKS).await.ok()["items"], json!([]));
}

#[tokio::test]
async fn a_name_that_is_taken_is_refused_with_its_holder() {
    let world = World::start().await;
    let holder = world.as_("ada").request("payments").await;
    let problem = world.as_("bob").post(TASKS, &order("payments")).await.refused(409, "name-taken");
    assert_eq!(problem.extensions["holder"], holder["id"]);

    world.fail(id(&holder)).await;
    world.as_("bob").request("payments").await;
    let problem = world.as_("ada").ask(&format!("{}/retry", path(&holder))).await.refused(409, "name-taken");
    assert_ne!(problem.extensions["holder"], holder["id"]);
}

#[tokio::test]
async fn all_that_is_wrong_with_an_account_is_named_with_what_would_be_right() {
    let world = World::start().await;
    let mut body = order("payments");
    body["account"] = json!({"identifier": "", "role": "\u{7}", "provider": "a b"});
    let problem = world.as_("ada").post(TASKS, &body).await.refused(422, "invalid-request");
    let pointers: Vec<_> = problem.errors.iter().map(|error| error.pointer.as_str()).collect();
    assert_eq!(pointers, ["/account/identifier", "/account/role", "/account/provider"]);
    assert!(problem.errors.iter().all(|error| !error.expected.is_empty()), "{:?}", problem.errors);
}
