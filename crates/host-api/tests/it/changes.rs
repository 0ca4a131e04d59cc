use axum::body::Body;
use axum::http::Method;
use serde_json::json;

use crate::world::{TASKS, World, id, order, path};

#[tokio::test]
async fn cancelling_ends_what_waits_and_asks_what_runs_to_stop() {
    let world = World::start().await;
    let ada = world.as_("ada");
    let waiting = ada.request("waiting").await;
    let answer = ada.ask(&format!("{}/cancel", path(&waiting))).await;
    assert_eq!((answer.status.as_u16(), &answer.json()["status"]), (202, &json!("cancelled")));
    let problem = ada.ask(&format!("{}/cancel", path(&waiting))).await.refused(409, "illegal-state");
    assert_eq!(problem.extensions["legalIn"], json!(["draft", "queued", "running"]));

    let running = ada.request("running").await;
    let (runs, lease) = world.begin(id(&running)).await;
    assert_eq!(ada.ask(&format!("{}/cancel", path(&running))).await.ok()["status"], "cancelling");
    runs.stop(&lease).await.unwrap();
    assert_eq!(ada.get(&path(&running)).await.ok()["status"], "cancelled");
}

#[tokio::test]
async fn a_failed_task_is_tried_again() {
    let world = World::start().await;
    let ada = world.as_("ada");
    let task = ada.request("payments").await;
    let retry = format!("{}/retry", path(&task));
    ada.ask(&retry).await.refused(409, "illegal-state");
    world.fail(id(&task)).await;
    let failed = ada.get(&path(&task)).await.ok();
    assert_eq!(failed["failure"], json!({"step": "fetch", "message": "no such file", "retryable": true}));

    let answer = ada.ask(&retry).await;
    let again = answer.ok();
    assert_eq!((answer.status.as_u16(), answer.header("etag")), (202, "\"5\""));
    assert_eq!((&again["status"], &again["attempt"], &again["failure"]), (&json!("queued"), &json!(2), &json!(null)));
}

#[tokio::test]
async fn a_retry_takes_secrets_anew_and_nothing_else() {
    let world = World::start().await;
    let ada = world.as_("ada");
    let mut body = order("payments");
    body["parameters"]["token"] = json!("hunter2");
    let task = ada.post(TASKS, &body).await.ok();
    let key = id(&task).parse().unwrap();
    world.fail(id(&task)).await;
    assert!(world.adapters.store.secrets(key).await.unwrap().is_empty(), "erased when it failed");

    let retry = format!("{}/retry", path(&task));
    let other = json!({"parameters": {"token": "hunter3", "replicas": 9}});
    assert_eq!(ada.post(&retry, &other).await.wrong(422, "invalid-request"), ["/parameters/replicas"]);
    assert_eq!(ada.post(&retry, &json!({"force": true})).await.wrong(422, "invalid-request"), ["/force"]);
    ada.post(&retry, &json!({"parameters": {"token": "hunter3"}})).await.ok();
    assert_eq!(world.adapters.store.secrets(key).await.unwrap()["token"], "hunter3");
}

#[tokio::test]
async fn a_command_takes_no_body_that_it_would_not_heed() {
    let world = World::start().await;
    let ada = world.as_("ada");
    let task = ada.draft("payments").await;
    for command in ["queue", "cancel", "retry"] {
        let at = format!("{}/{command}", path(&task));
        let asked = json!({"force": true, "reason": "late"});
        assert_eq!(ada.post(&at, &asked).await.wrong(422, "invalid-request"), ["/force", "/reason"], "{command}");
        let media = [("content-type", "text/plain")];
        ada.send(Method::POST, &at, &media, Body::from("now")).await.refused(415, "unsupported-media-type");
    }
    assert_eq!(ada.get(&path(&task)).await.ok(), task);
    assert_eq!(ada.post(&format!("{}/queue", path(&task)), &json!({})).await.ok()["status"], "queued");
    assert_eq!(ada.ask(&format!("{}/cancel", path(&task))).await.ok()["status"], "cancelled");
}
