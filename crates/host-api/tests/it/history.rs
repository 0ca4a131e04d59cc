use application::ports::Viewer;
use axum::body::Body;
use axum::http::Method;
use serde_json::{Value, json};

use crate::world::{World, id, path};

fn types(page: &Value) -> Vec<&str> {
    page["items"].as_array().unwrap().iter().map(|event| event["type"].as_str().unwrap()).collect()
}

#[tokio::test]
async fn events_are_told_oldest_first_as_on_the_topic() {
    let world = World::start().await;
    let ada = world.as_("ada");
    let task = ada.request("payments").await;
    world.fail(id(&task)).await;
    let at = format!("{}/events", path(&task));
    let all = ada.get(&at).await.ok();
    let expected = ["created", "queued", "started", "failed"].map(|name| format!("midgard.scaffold-task.{name}.v1"));
    assert_eq!(types(&all), expected);
    assert_eq!(all["nextCursor"], json!(null));
    let created = &all["items"][0];
    assert_eq!((&created["version"], &created["time"]), (&json!(1), &json!("2026-01-01T12:00:00Z")));
    assert_eq!(created["actor"], json!({"issuer": world.issuer.url(), "subject": "ada"}));
    assert_eq!(created["data"]["task"]["status"], "draft");
    assert!(created["request"].is_string() && created["id"].is_string());
    assert_eq!(all["items"][3]["data"]["failure"]["step"], "fetch");

    let first = ada.get(&format!("{at}?limit=3")).await.ok();
    let cursor = first["nextCursor"].as_str().unwrap();
    let rest = ada.get(&format!("{at}?limit=3&cursor={cursor}")).await.ok();
    assert_eq!(types(&rest), &expected[3..]);
    assert_eq!(ada.get(&format!("{at}?status=failed")).await.wrong(422, "invalid-request"), ["?status"]);
}

#[tokio::test]
async fn the_request_that_caused_an_event_is_named() {
    let world = World::start().await;
    let ada = world.as_("ada");
    let task = ada.draft("payments").await;
    let headers = [("x-request-id", "my-request-7")];
    ada.send(Method::POST, &format!("{}/queue", path(&task)), &headers, Body::empty()).await.ok();
    let events = ada.get(&format!("{}/events", path(&task))).await.ok();
    assert_eq!(events["items"][1]["request"], "my-request-7");
}

#[tokio::test]
async fn the_log_is_read_as_json_or_as_text() {
    let world = World::start().await;
    let ada = world.as_("ada");
    let task = ada.request("payments").await;
    let (runs, lease) = world.begin(id(&task)).await;
    let ada_looks = Viewer { actor: world.actor("ada"), sees_all: false };
    let state = world.adapters.queries.get(&ada_looks, lease.task).await.unwrap().unwrap();
    runs.log(&lease, &state, "fetch", &["3 files".to_owned(), "1 link".to_owned()]).await.unwrap();

    let at = format!("{}/log", path(&task));
    let all = ada.get(&at).await.ok();
    let messages: Vec<_> = all["items"].as_array().unwrap().iter().map(|line| &line["message"]).collect();
    assert_eq!(messages, ["started by worker-1", "3 files", "1 link"]);
    assert_eq!(
        all["items"][1],
        json!({"line": all["items"][1]["line"], "attempt": 1, "step": "fetch", "at": "2026-01-01T12:00:00Z", "message": "3 files"})
    );

    let text = ada.send(Method::GET, &format!("{at}?limit=2"), &[("accept", "text/plain")], Body::empty()).await;
    assert_eq!(text.header("content-type"), "text/plain; charset=utf-8");
    assert_eq!(
        text.text(),
        "2026-01-01T12:00:00.000Z #1 task: started by worker-1\n2026-01-01T12:00:00.000Z #1 fetch: 3 files\n"
    );
    let link = text.header("link");
    let next = link.strip_prefix('<').and_then(|link| link.strip_suffix(">; rel=\"next\"")).unwrap();
    let rest = ada.get(&format!("{at}{next}")).await.ok();
    assert_eq!(rest["items"][0]["message"], "1 link");
}
