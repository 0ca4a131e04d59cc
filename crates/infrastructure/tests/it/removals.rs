use application::catalog::{CatalogChange, EventContext};
use application::decommissioning::{Decided, Decommissioning};
use application::domain::{Artifact, EntityRef, Status, TaskId};
use application::events::{CatalogEventData, ENTITY_CREATED, ENTITY_DELETED};
use application::ports::{Context, RemovalState, Viewer};
use chrono::{DateTime, TimeDelta, Utc};
use infrastructure::SqlCatalogWork;
use serde_json::{Value, json};

use crate::support::{Installation, actor, on_both_databases, viewer};

fn now() -> DateTime<Utc> {
    DateTime::from_timestamp(1_800_000_000, 0).unwrap()
}

fn at(seconds: i64) -> DateTime<Utc> {
    now() + TimeDelta::seconds(seconds)
}

/// Those who decide, at this moment.
fn deciding(installation: &Installation, at: DateTime<Utc>) -> Decommissioning {
    let adapters = &installation.adapters;
    let clock = application::Clock::new(move || at);
    Decommissioning::new(adapters.removals.clone(), adapters.store.clone(), clock, TimeDelta::seconds(5))
}

/// A completed task that made these entities, which the catalog then told of.
async fn made(installation: &Installation, name: &str, refs: &[&str]) -> TaskId {
    let id = installation.request("ada", name).await.id;
    let refs: Vec<EntityRef> = refs.iter().map(|reference| reference.parse().unwrap()).collect();
    let mut work = installation.adapters.store.begin(Context::default()).await.unwrap();
    let mut task = work.task(&Viewer::system("worker"), id).await.unwrap().unwrap();
    task.start(actor("worker"), now()).unwrap();
    let artifact = Artifact { size: 1, sha256: "0".repeat(64), expires_at: at(1000) };
    task.complete(artifact, refs.iter().map(entity).collect(), refs.clone(), actor("worker"), now()).unwrap();
    work.save(&mut task);
    work.commit().await.unwrap();
    for reference in &refs {
        tell(installation, ENTITY_CREATED, reference, None, 0).await;
    }
    id
}

fn entity(reference: &EntityRef) -> Value {
    json!({"kind": reference.kind(), "metadata": {"name": reference.name(), "namespace": reference.namespace()}})
}

async fn tell(installation: &Installation, kind: &str, reference: &EntityRef, made_by: Option<&str>, seconds: i64) {
    let shown = entity(reference);
    let mut previous = shown.clone();
    if let Some(task) = made_by {
        previous["metadata"]["annotations"] = json!({"valkyrie.dev/task-id": task});
    }
    let (entity, previous) = if kind == ENTITY_DELETED { (None, Some(previous)) } else { (Some(shown), None) };
    let data = CatalogEventData { entity_ref: reference.to_string(), entity, previous };
    let change = CatalogChange::read(kind, None, data, at(seconds)).unwrap();
    let told = EventContext { event_id: "e1".into(), correlation_id: Some("c1".into()), heard_at: at(seconds) };
    let mut transaction = installation.database.begin().await.unwrap();
    change.apply(&mut SqlCatalogWork::over(&mut transaction), Some(told)).await.unwrap();
    transaction.commit().await.unwrap();
}

async fn deleted(installation: &Installation, reference: &str, seconds: i64) {
    tell(installation, ENTITY_DELETED, &reference.parse().unwrap(), None, seconds).await;
}

async fn status(installation: &Installation, id: TaskId) -> Status {
    installation.tasks.get(&viewer("ada"), id).await.unwrap().status
}

async fn services(installation: &Installation, count: usize) -> Vec<TaskId> {
    let mut all = Vec::new();
    for number in 0..count {
        all.push(made(installation, &format!("s{number}"), &[&format!("component:s{number}")]).await);
    }
    all
}

on_both_databases! {
    async fn a_service_that_is_deleted_in_the_catalog_is_decommissioned_once(installation: Installation) {
        let id = made(&installation, "pay", &["component:pay", "api:pay"]).await;
        let before = installation.count("heimdall_outbox").await;
        deleted(&installation, "api:pay", 1).await;
        assert_eq!(deciding(&installation, at(1)).decide().await.unwrap(), Decided::default());
        deleted(&installation, "component:pay", 2).await;
        // EventContext twice, as may happen; and two workers look at it.
        deleted(&installation, "component:pay", 2).await;
        assert_eq!(deciding(&installation, at(2)).decide().await.unwrap().decommissioned, [id]);
        assert_eq!(deciding(&installation, at(3)).decide().await.unwrap(), Decided::default());
        assert_eq!(status(&installation, id).await, Status::Decommissioned);
        let history = installation.tasks.history(&viewer("ada"), id, 0, 10).await.unwrap();
        let last = history.last().unwrap();
        assert_eq!((last.name.as_str(), last.actor.subject.as_str()), ("decommissioned", "catalog"));
        assert_eq!(installation.count("heimdall_outbox").await, before + 1);
        // Its name is free again.
        installation.request("bob", "pay").await;
    }

    async fn only_the_last_component_counts_and_only_of_the_task_that_made_it(installation: Installation) {
        let two = made(&installation, "two", &["component:a", "component:b"]).await;
        deleted(&installation, "component:a", 0).await;
        assert_eq!(deciding(&installation, at(60)).decide().await.unwrap(), Decided::default());
        // It says itself that somebody else made it.
        let stranger = TaskId::new(uuid::Uuid::nil()).to_string();
        tell(&installation, ENTITY_DELETED, &"component:b".parse().unwrap(), Some(&stranger), 1).await;
        assert_eq!(deciding(&installation, at(60)).decide().await.unwrap(), Decided::default());
        tell(&installation, ENTITY_DELETED, &"component:b".parse().unwrap(), Some(&two.to_string()), 1).await;
        assert_eq!(deciding(&installation, at(60)).decide().await.unwrap().decommissioned, [two]);
    }

    async fn what_comes_back_in_time_had_not_gone(installation: Installation) {
        let all = services(&installation, 12).await;
        deleted(&installation, "component:s0", 0).await;
        assert_eq!(deciding(&installation, at(4)).decide().await.unwrap(), Decided::default());
        tell(&installation, ENTITY_CREATED, &"component:s0".parse().unwrap(), None, 4).await;
        assert_eq!(deciding(&installation, at(60)).decide().await.unwrap(), Decided::default());
        assert_eq!(status(&installation, all[0]).await, Status::Completed);
    }

    async fn when_many_vanish_at_once_nothing_happens_until_a_person_says_so(installation: Installation) {
        let all = services(&installation, 12).await;
        for number in 0..10 {
            deleted(&installation, &format!("component:s{number}"), number).await;
        }
        let late = deciding(&installation, at(600));
        assert_eq!(late.decide().await.unwrap(), Decided { decommissioned: vec![], held: 10 });
        // One more waits with them.
        deleted(&installation, "component:s10", 700).await;
        assert_eq!(deciding(&installation, at(800)).decide().await.unwrap(), Decided { decommissioned: vec![], held: 1 });
        let open = late.open().await.unwrap();
        assert!(open.len() == 11 && open.iter().all(|removal| removal.state == RemovalState::Held));

        assert_eq!(late.confirm(&actor("olga")).await.unwrap(), 11);
        let done = deciding(&installation, at(801)).decide().await.unwrap().decommissioned;
        assert_eq!(done.len(), 11);
        let history = installation.tasks.history(&viewer("ada"), all[0], 0, 10).await.unwrap();
        assert_eq!(history.last().unwrap().actor, actor("olga"));
        assert_eq!(status(&installation, all[11]).await, Status::Completed);
        // What a person confirmed does not hold up the next one.
        deleted(&installation, "component:s11", 802).await;
        assert_eq!(deciding(&installation, at(810)).decide().await.unwrap().decommissioned, [all[11]]);
        assert_eq!(deciding(&installation, at(100_000)).forget().await.unwrap(), 12);
        assert_eq!(installation.count("scaffold_task_removals").await, 0);
    }

    async fn what_was_a_mistake_can_be_discarded(installation: Installation) {
        let all = services(&installation, 10).await;
        for number in 0..10 {
            deleted(&installation, &format!("component:s{number}"), 0).await;
        }
        let deciding = deciding(&installation, at(60));
        assert_eq!(deciding.decide().await.unwrap().held, 10);
        assert_eq!(deciding.discard().await.unwrap(), 10);
        assert_eq!(deciding.decide().await.unwrap(), Decided::default());
        for id in all {
            assert_eq!(status(&installation, id).await, Status::Completed);
        }
    }
}
