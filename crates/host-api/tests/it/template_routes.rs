use serde_json::json;

use crate::world::{TASKS, World};

const TEMPLATES: &str = "/api/v1/templates";

#[tokio::test]
async fn templates_are_listed_by_name_page_by_page() {
    let world = World::start().await;
    let ada = world.as_("ada");
    let first = ada.get(&format!("{TEMPLATES}?limit=2")).await.ok();
    let names: Vec<_> = first["items"].as_array().unwrap().iter().map(|template| &template["name"]).collect();
    assert_eq!(names, ["broken", "nameless"]);
    let cursor = first["nextCursor"].as_str().unwrap();
    let rest = ada.get(&format!("{TEMPLATES}?cursor={cursor}")).await.ok();
    assert_eq!((&rest["items"][0]["name"], &rest["nextCursor"]), (&json!("service"), &json!(null)));

    let one = ada.get(&format!("{TEMPLATES}/service")).await.ok();
    assert_eq!(one, rest["items"][0]);
    assert_eq!((&one["version"], &one["type"], &one["tags"]), (&json!("1.2.0"), &json!("service"), &json!(["rust"])));
    assert_eq!(one["parameters"]["properties"]["token"]["writeOnly"], true);
    ada.get(&format!("{TEMPLATES}/nothing")).await.refused(404, "not-found");
}

#[tokio::test]
async fn a_dry_run_shows_the_tree_and_keeps_nothing() {
    let world = World::start().await;
    let ada = world.as_("ada");
    let at = format!("{TEMPLATES}/service/dry-run");
    let body = json!({"parameters": {"name": "payments", "owner": "a"}});
    let expected = json!({
        "files": [
            {"path": "README.md", "size": 5, "executable": false},
            {"path": "bin/run", "size": 10, "executable": true},
        ],
        "entities": [{"kind": "Component", "metadata": {"name": "payments"}}],
    });
    assert_eq!(ada.post(&at, &body).await.ok(), expected);
    assert_eq!(ada.get(TASKS).await.ok()["items"], json!([]));

    let wrong = ada.post(&at, &json!({"parameters": {"name": "payments", "owner": 7}, "start": true})).await;
    assert_eq!(wrong.wrong(422, "invalid-request"), ["/start"]);
    let wrong = ada.post(&at, &json!({"parameters": {"name": "payments", "owner": 7}})).await;
    assert_eq!(wrong.wrong(422, "invalid-request"), ["/parameters/owner"]);
    ada.post(&format!("{TEMPLATES}/nothing/dry-run"), &body).await.refused(404, "not-found");

    let problem = ada.post(&format!("{TEMPLATES}/broken/dry-run"), &body).await.refused(422, "template-failed");
    assert_eq!(problem.extensions["step"], "catalog");
    assert_eq!(problem.detail.unwrap(), "step `catalog`: catalog-info.yaml, line 3: it climbs out");
}
