use application::domain::Actor;
use application::ports::Viewer;
use axum::body::Body;
use axum::http::Method;
use serde_json::json;

use crate::world::{TASKS, World, id, path};

#[tokio::test]
async fn others_tasks_are_not_there_without_admin() {
    let world = World::start().await;
    let task = world.as_("ada").draft("payments").await;
    let bob = world.as_("bob");
    let at = |below: &str| format!("{}{below}", path(&task));
    for (method, path) in [
        (Method::GET, at("")),
        (Method::GET, at("/events")),
        (Method::GET, at("/log")),
        (Method::GET, at("/artifact")),
        (Method::DELETE, at("")),
        (Method::POST, at("/queue")),
        (Method::POST, at("/cancel")),
        (Method::POST, at("/retry")),
    ] {
        let answer = bob.send(method, &path, &[("if-match", "\"1\"")], Body::empty()).await;
        answer.refused(404, "not-found");
    }
    bob.patch(&at(""), "\"1\"", &json!({"parameters": {"replicas": 9}})).await.refused(404, "not-found");
    assert_eq!(bob.get(TASKS).await.ok()["items"], json!([]));
    assert_eq!(bob.get(&format!("{TASKS}?createdBy=ada")).await.ok()["items"], json!([]));

    let unchanged = world.as_("ada").get(&at("")).await.ok();
    assert_eq!(unchanged, task);
}

#[tokio::test]
async fn an_admin_sees_and_changes_others_tasks_and_the_history_says_so() {
    let world = World::start().await;
    let task = world.as_("ada").draft("payments").await;
    let admin = world.admin();
    assert_eq!(admin.get(&format!("{TASKS}?createdBy=ada")).await.ok()["items"][0]["id"], task["id"]);
    assert_eq!(admin.ask(&format!("{}/queue", path(&task))).await.status, 202);

    let events = world.as_("ada").get(&format!("{}/events", path(&task))).await.ok();
    let actors: Vec<_> = events["items"].as_array().unwrap().iter().map(|event| &event["actor"]["subject"]).collect();
    assert_eq!(actors, ["ada", "root"]);
}

#[tokio::test]
async fn a_subject_of_another_issuer_is_somebody_else() {
    let world = World::start().await;
    let task = world.as_("ada").draft("payments").await;
    let id = id(&task).parse().unwrap();
    let same_name = Viewer { actor: Actor::new("https://elsewhere.example", "ada"), sees_all: false };
    assert!(world.adapters.queries.get(&same_name, id).await.unwrap().is_none());
    let ada = Viewer { actor: world.actor("ada"), sees_all: false };
    assert!(world.adapters.queries.get(&ada, id).await.unwrap().is_some());
}
