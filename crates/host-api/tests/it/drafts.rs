use axum::body::Body;
use axum::http::Method;
use serde_json::json;

use crate::world::{TASKS, World, id, order, path};

#[tokio::test]
async fn a_merge_patch_changes_what_it_names() {
    let world = World::start().await;
    let ada = world.as_("ada");
    let task = ada.draft("payments").await;
    let at = path(&task);
    let patch = json!({"parameters": {"replicas": 5}, "account": {"identifier": "123456789012", "role": "deployer"}});
    let answer = ada.patch(&at, "\"1\"", &patch).await;
    assert_eq!(answer.header("etag"), "\"2\"");
    let changed = answer.ok();
    assert_eq!(changed["parameters"], json!({"name": "payments", "owner": "group:default/team-a", "replicas": 5}));

    let patch = json!({"parameters": {"replicas": null}, "account": {"role": null}});
    let changed = ada.patch(&at, "\"2\"", &patch).await.ok();
    assert_eq!(changed["parameters"]["replicas"], 2, "null takes it back to its default");
    assert_eq!(changed["account"], json!({"identifier": "123456789012", "role": null, "provider": "aws"}));

    let changed = ada.patch(&at, "*", &json!({"account": null, "template": "broken"})).await.ok();
    assert_eq!((&changed["account"], &changed["template"]["name"]), (&json!(null), &json!("broken")));
    assert_eq!(ada.get(&at).await.ok(), changed);
    let events = ada.get(&format!("{at}/events")).await.ok();
    assert_eq!(events["items"][3]["type"], "midgard.scaffold-task.updated.v1");
}

#[tokio::test]
async fn a_patch_that_changes_nothing_is_no_news() {
    let world = World::start().await;
    let ada = world.as_("ada");
    let mut body = order("payments");
    body["start"] = json!(false);
    body["parameters"]["token"] = json!("hunter2");
    let task = ada.post(TASKS, &body).await.ok();
    let at = path(&task);
    for patch in [json!({}), json!({"parameters": {"name": "payments", "token": "hunter2", "replicas": null}})] {
        let answer = ada.patch(&at, "\"1\"", &patch).await;
        assert_eq!((answer.ok(), answer.header("etag")), (task.clone(), "\"1\""), "{patch}");
    }
    assert_eq!(ada.get(&format!("{at}/events")).await.ok()["items"].as_array().unwrap().len(), 1);
    let other_secret = ada.patch(&at, "\"1\"", &json!({"parameters": {"token": "hunter3"}})).await;
    assert_eq!(other_secret.ok()["version"], 2);
}

#[tokio::test]
async fn another_template_is_not_asked_about_the_defaults_of_the_first() {
    let world = World::start().await;
    let ada = world.as_("ada");
    let at = path(&ada.draft("payments").await);
    let bare = json!({"name": "payments", "owner": "group:default/team-a"});
    let changed = ada.patch(&at, "*", &json!({"template": "plain"})).await.ok();
    assert_eq!(changed["parameters"], bare, "the two replicas were nobody's input");

    let at = path(&ada.draft("billing").await);
    ada.patch(&at, "*", &json!({"parameters": {"replicas": 5}})).await.ok();
    let wrong = ada.patch(&at, "*", &json!({"template": "plain"})).await.wrong(422, "invalid-request");
    assert_eq!(wrong, ["/parameters/replicas"], "what was asked for is not dropped in silence");
}

#[tokio::test]
async fn both_media_types_of_a_patch_are_read_and_no_other() {
    let world = World::start().await;
    let ada = world.as_("ada");
    let at = path(&ada.draft("payments").await);
    let send = async |content_type: &str| {
        let headers = [("if-match", "*"), ("content-type", content_type)];
        ada.send(Method::PATCH, &at, &headers, Body::from(r#"{"parameters": {"replicas": 3}}"#)).await
    };
    send("application/merge-patch+json").await.ok();
    send("application/json").await.ok();
    send("application/json-patch+json").await.refused(415, "unsupported-media-type");
}

#[tokio::test]
async fn if_match_is_needed_and_must_be_current() {
    let world = World::start().await;
    let ada = world.as_("ada");
    let at = path(&ada.draft("payments").await);
    let patch = json!({"parameters": {"replicas": 5}});
    ada.json(Method::PATCH, &at, &[], &patch).await.refused(428, "precondition-required");
    ada.send(Method::DELETE, &at, &[], Body::empty()).await.refused(428, "precondition-required");
    for stale in ["\"7\"", "W/\"1\"", "\"\"", "\"6\", \"7\""] {
        let answer = ada.patch(&at, stale, &patch).await;
        answer.refused(412, "precondition-failed");
        assert_eq!(answer.header("etag"), "\"1\"");
        ada.delete(&at, stale).await.refused(412, "precondition-failed");
    }
    ada.patch(&at, "1", &patch).await.refused(400, "malformed-request");
    assert_eq!(ada.get(&at).await.ok()["version"], 1);
    ada.patch(&at, "\"9\", \"1\"", &patch).await.ok();
}

#[tokio::test]
async fn a_patch_is_checked_as_a_whole() {
    let world = World::start().await;
    let ada = world.as_("ada");
    let at = path(&ada.draft("payments").await);
    let wrong = json!({"template": null, "parameters": [], "start": true, "account": {"identifier": null}});
    let mut pointers = ada.patch(&at, "*", &wrong).await.wrong(422, "invalid-request");
    pointers.sort();
    assert_eq!(pointers, ["/account/identifier", "/parameters", "/start", "/template"]);

    let wrong = json!({"parameters": {"name": "Not A Name", "owner": null}});
    assert!(!ada.patch(&at, "*", &wrong).await.wrong(422, "invalid-request").is_empty());
    let wrong = json!({"account": {"role": "deployer"}});
    assert_eq!(ada.patch(&at, "*", &wrong).await.wrong(422, "invalid-request"), ["/account/identifier"]);
    assert_eq!(ada.get(&at).await.ok()["version"], 1);
}

#[tokio::test]
async fn only_a_draft_is_edited() {
    let world = World::start().await;
    let ada = world.as_("ada");
    let task = ada.request("payments").await;
    let problem = ada.patch(&path(&task), "*", &json!({})).await.refused(409, "illegal-state");
    assert_eq!(problem.extensions["taskStatus"], "queued");
    assert_eq!(problem.extensions["legalIn"], json!(["draft"]));
    assert_eq!(problem.extensions["legalChanges"], json!(["cancel", "delete"]));
}

#[tokio::test]
async fn a_deleted_task_is_gone_and_its_history_stays() {
    let world = World::start().await;
    let ada = world.as_("ada");
    let task = ada.draft("payments").await;
    let at = path(&task);
    let answer = ada.delete(&at, "\"1\"").await;
    assert_eq!((answer.status.as_u16(), answer.body.len()), (204, 0));
    ada.get(&at).await.refused(404, "not-found");
    ada.delete(&at, "*").await.refused(404, "not-found");
    let events = ada.get(&format!("{at}/events")).await.ok();
    assert_eq!(events["items"][1]["type"], "midgard.scaffold-task.deleted.v1");
    world.as_("bob").get(&format!("{at}/events")).await.refused(404, "not-found");
    ada.draft("payments").await;
}

#[tokio::test]
async fn a_running_task_is_not_deleted() {
    let world = World::start().await;
    let ada = world.as_("ada");
    let task = ada.request("payments").await;
    world.begin(id(&task)).await;
    let problem = ada.delete(&path(&task), "*").await.refused(409, "illegal-state");
    assert_eq!(problem.extensions["legalChanges"], json!(["cancel"]));
}
