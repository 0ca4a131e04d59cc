use application::ports::{CatalogEntity, CatalogFilter, CatalogWork};
use chrono::DateTime;
use infrastructure::SqlCatalogWork;
use serde_json::json;

use crate::support::on_both_databases;

fn component(name: &str, color: &str) -> CatalogEntity {
    CatalogEntity {
        entity_ref: format!("component:default/{name}").parse().unwrap(),
        entity: json!({"kind": "Component", "metadata": {"name": name}, "spec": {"color": color}}),
        updated_at: DateTime::from_timestamp(1_700_000_000, 0).unwrap(),
    }
}

on_both_databases! {
    async fn the_newest_word_stands_and_a_rollback_leaves_no_trace(installation: Installation) {
        let catalog = installation.adapters.catalog();
        let mut transaction = installation.database.begin().await.unwrap();
        let mut work = SqlCatalogWork::over(&mut transaction);
        for entity in [component("a", "red"), component("b", "red"), component("a", "blue")] {
            work.put(entity).await.unwrap();
        }
        work.remove(&"component:default/b".parse().unwrap()).await.unwrap();
        work.remove(&"component:default/never".parse().unwrap()).await.unwrap();
        transaction.commit().await.unwrap();
        let mut undone = installation.database.begin().await.unwrap();
        SqlCatalogWork::over(&mut undone).put(component("c", "red")).await.unwrap();
        undone.rollback().await.unwrap();

        let all = catalog.list(&CatalogFilter { limit: 10, ..CatalogFilter::default() }).await.unwrap();
        assert_eq!(all, [component("a", "blue")]);
        assert_eq!(catalog.get(&"Component:A".parse().unwrap()).await.unwrap(), Some(component("a", "blue")));
        assert_eq!(catalog.get(&"component:c".parse().unwrap()).await.unwrap(), None);
    }

    async fn filters_and_pages_of_the_catalog(installation: Installation) {
        let mut transaction = installation.database.begin().await.unwrap();
        for name in ["a", "b", "c"] {
            SqlCatalogWork::over(&mut transaction).put(component(name, "red")).await.unwrap();
        }
        transaction.commit().await.unwrap();
        let catalog = installation.adapters.catalog();
        let names = async |filter: CatalogFilter| -> Vec<_> {
            let listed = catalog.list(&CatalogFilter { limit: 2, ..filter }).await.unwrap();
            listed.into_iter().map(|entity| entity.entity_ref.name().to_owned()).collect()
        };
        let after = Some("component:default/a".parse().unwrap());
        assert_eq!(names(CatalogFilter::default()).await, ["a", "b"]);
        assert_eq!(names(CatalogFilter { after, ..CatalogFilter::default() }).await, ["b", "c"]);
        assert_eq!(names(CatalogFilter { name: Some("C".into()), ..CatalogFilter::default() }).await, ["c"]);
        assert_eq!(names(CatalogFilter { kind: Some("api".into()), ..CatalogFilter::default() }).await, [""; 0]);
    }
}
