use application::ports::{CatalogEntity, CatalogWork as _};
use heimdall::clock::Clock as _;
use infrastructure::SqlCatalogWork;
use serde_json::{Value, json};

use crate::world::World;

const ENTITIES: &str = "/api/v1/catalog/entities";

async fn put(world: &World, reference: &str) {
    let database = world.database.as_ref().unwrap();
    let mut transaction = database.begin().await.unwrap();
    let entity = CatalogEntity {
        entity_ref: reference.parse().unwrap(),
        entity: json!({"kind": "Component", "spec": {"owner": "team-a"}}),
        updated_at: world.clock.now(),
    };
    SqlCatalogWork::over(&mut transaction).put(entity).await.unwrap();
    transaction.commit().await.unwrap();
}

fn references(page: &Value) -> Vec<&str> {
    page["items"].as_array().unwrap().iter().map(|item| item["entityRef"].as_str().unwrap()).collect()
}

#[tokio::test]
async fn entities_are_found_by_name_and_by_filter() {
    let world = World::start().await;
    let ada = world.as_("ada");
    for reference in ["component:default/b", "component:default/a", "api:default/a", "component:tools/a"] {
        put(&world, reference).await;
    }
    let all = ada.get(ENTITIES).await.ok();
    assert_eq!(references(&all), ["api:default/a", "component:default/a", "component:default/b", "component:tools/a"]);
    assert_eq!(
        references(&ada.get(&format!("{ENTITIES}?kind=Component&name=A")).await.ok()),
        ["component:default/a", "component:tools/a"]
    );
    assert_eq!(references(&ada.get(&format!("{ENTITIES}?namespace=tools")).await.ok()), ["component:tools/a"]);

    let first = ada.get(&format!("{ENTITIES}?limit=3")).await.ok();
    let cursor = first["nextCursor"].as_str().unwrap();
    assert_eq!(references(&ada.get(&format!("{ENTITIES}?limit=3&cursor={cursor}")).await.ok()), ["component:tools/a"]);

    let one = ada.get(&format!("{ENTITIES}/by-name/component/default/a")).await.ok();
    assert_eq!(one, all["items"][1]);
    assert_eq!(one["entity"]["spec"]["owner"], "team-a");
    assert_eq!(ada.get(&format!("{ENTITIES}/by-name/Component/Default/A")).await.ok(), one);
}

#[tokio::test]
async fn what_is_not_there_is_404_and_what_is_no_filter_422() {
    let world = World::start().await;
    let ada = world.as_("ada");
    for name in ["component/default/nothing", "component/default/a%20b", "comp%00/default/a", "-/-/-"] {
        ada.get(&format!("{ENTITIES}/by-name/{name}")).await.refused(404, "not-found");
    }
    assert_eq!(ada.get(&format!("{ENTITIES}?owner=me")).await.wrong(422, "invalid-request"), ["?owner"]);
    assert_eq!(ada.get(&format!("{ENTITIES}?name='%22;--")).await.ok()["items"], json!([]));
}
