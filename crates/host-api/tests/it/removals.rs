use application::catalog::{CatalogChange, EventContext};
use application::events::{CatalogEventData, ENTITY_DELETED};
use heimdall::clock::Clock as _;
use infrastructure::SqlCatalogWork;
use serde_json::json;

use crate::world::{TASKS, World, id};

const REMOVALS: &str = "/api/v1/catalog/removals";

/// The catalog says that the component of `payments` is gone.
async fn gone(world: &World) {
    let data = CatalogEventData { entity_ref: "component:payments".into(), entity: None, previous: None };
    let change = CatalogChange::read(ENTITY_DELETED, None, data, world.clock.now()).unwrap();
    let told = EventContext { event_id: "e1".into(), correlation_id: None, heard_at: world.clock.now() };
    let mut transaction = world.database.as_ref().unwrap().begin().await.unwrap();
    change.apply(&mut SqlCatalogWork::over(&mut transaction), Some(told)).await.unwrap();
    transaction.commit().await.unwrap();
}

#[tokio::test]
async fn an_admin_sees_what_has_vanished_and_confirms_it() {
    let world = World::start().await;
    let task = world.as_("ada").request("payments").await;
    world.complete(id(&task), b"archive").await;
    let admin = world.admin();
    assert_eq!(admin.get(REMOVALS).await.ok(), json!({"items": [], "held": false}));

    gone(&world).await;
    let removals = admin.get(REMOVALS).await.ok();
    assert_eq!(removals["held"], false);
    let item = &removals["items"][0];
    assert_eq!((&item["task"], &item["entityRef"]), (&task["id"], &json!("component:default/payments")));
    assert_eq!(item["status"], "waiting");

    let confirmed = admin.ask(&format!("{REMOVALS}/confirm")).await;
    assert_eq!((confirmed.status.as_u16(), confirmed.json()), (202, json!({"tasks": 1})));
    assert_eq!(admin.get(REMOVALS).await.ok()["items"][0]["status"], "confirmed");
    assert_eq!(admin.ask(&format!("{REMOVALS}/discard")).await.ok(), json!({"tasks": 0}), "it is too late for that");
    world.adapters.decommissioning().decide().await.unwrap();
    assert_eq!(admin.get(&format!("{TASKS}/{}", id(&task))).await.ok()["status"], "decommissioned");
    assert_eq!(admin.get(REMOVALS).await.ok()["items"], json!([]));
}

#[tokio::test]
async fn what_was_a_mistake_is_discarded() {
    let world = World::start().await;
    let task = world.as_("ada").request("payments").await;
    world.complete(id(&task), b"archive").await;
    gone(&world).await;
    assert_eq!(world.admin().ask(&format!("{REMOVALS}/discard")).await.ok(), json!({"tasks": 1}));
    world.adapters.decommissioning().decide().await.unwrap();
    assert_eq!(world.as_("ada").get(&format!("{TASKS}/{}", id(&task))).await.ok()["status"], "completed");
}

#[tokio::test]
async fn a_decision_takes_no_body() {
    let world = World::start().await;
    let task = world.as_("ada").request("payments").await;
    world.complete(id(&task), b"archive").await;
    gone(&world).await;
    for decision in ["confirm", "discard"] {
        let answer = world.admin().post(&format!("{REMOVALS}/{decision}"), &json!({"tasks": [task["id"]]})).await;
        assert_eq!(answer.refused(422, "invalid-request").errors[0].pointer, "/tasks");
    }
    assert_eq!(world.admin().get(REMOVALS).await.ok()["items"][0]["status"], "waiting");
}

#[tokio::test]
async fn nobody_else_may() {
    let world = World::start().await;
    let ada = world.as_("ada");
    ada.get(REMOVALS).await.refused(403, "forbidden");
    for decision in ["confirm", "discard"] {
        ada.ask(&format!("{REMOVALS}/{decision}")).await.refused(403, "forbidden");
    }
}
