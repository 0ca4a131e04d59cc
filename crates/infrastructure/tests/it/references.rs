use application::ports::{CatalogEntity, CatalogWork as _, Lease, Outcome, Viewer};
use application::references::{ReferenceCheck, References};
use application::runs::TaskRuns;
use application::tasks::{Request, RequestOutcome, ScaffoldTasks, TaskError, TaskInput};
use application::{Clock, Ids};
use chrono::DateTime;
use heimdall::clock::{Clock as _, SystemClock};
use heimdall::ids::{Ids as _, TimeOrderedIds};
use infrastructure::SqlCatalogWork;
use serde_json::{Value, json};
use std::time::Duration;

use crate::support::{Installation, caller, object, on_both_databases, viewer};

async fn known(installation: &Installation, references: &[&str]) {
    let mut transaction = installation.database.begin().await.unwrap();
    for reference in references {
        let entity_ref = reference.parse().unwrap();
        let entity = CatalogEntity { entity_ref, entity: json!({}), updated_at: DateTime::UNIX_EPOCH };
        SqlCatalogWork::over(&mut transaction).put(entity).await.unwrap();
    }
    transaction.commit().await.unwrap();
}

fn references(installation: &Installation, check: ReferenceCheck) -> References {
    References::new(installation.adapters.catalog.clone(), check)
}

fn tasks(installation: &Installation, check: ReferenceCheck) -> ScaffoldTasks {
    let ports = installation.adapters.clone();
    let (clock, ids) = (Clock::new(|| SystemClock.now()), Ids::new(|| TimeOrderedIds.next()));
    let references = references(installation, check);
    ScaffoldTasks::new(ports.store, ports.queries, ports.templates, ports.artifacts, references, clock, ids)
}

fn input(parameters: Value) -> Request {
    let input = TaskInput { template: "plain".into(), parameters: object(parameters), account: None };
    Request { input, start: true, idempotency: None }
}

/// What becomes of a task whose service names this owner and this system.
async fn completed(installation: &Installation, check: ReferenceCheck, spec: Value) -> (String, Vec<String>) {
    let RequestOutcome::Created(task) =
        tasks(installation, ReferenceCheck::Off).request(caller("ada"), input(json!({}))).await.unwrap()
    else {
        panic!("an old answer")
    };
    let adapters = installation.adapters.clone();
    let mut leases = adapters.queue.claim("w", 10, Duration::from_mins(1)).await.unwrap();
    let lease: Lease = leases.remove(0);
    let mut work = adapters.store.begin(application::ports::Context::default()).await.unwrap();
    let mut begun = work.task(&Viewer::system("worker"), task.id).await.unwrap().unwrap();
    begun.start(crate::support::actor("w"), SystemClock.now()).unwrap();
    work.save(&mut begun);
    work.commit().await.unwrap();
    let clock = Clock::new(|| SystemClock.now());
    let references = references(installation, check);
    let runs = TaskRuns::new(adapters.store, adapters.templates, adapters.artifacts, references, clock);
    let own = json!({"kind": "System", "metadata": {"name": "own"}, "spec": {"owner": "team-a"}});
    let entity = json!({"kind": "Component", "metadata": {"name": "pay"}, "spec": spec});
    let outcome = Outcome { files: vec![], entities: vec![entity, own], archive: vec![1] };
    let status = runs.complete(&lease, &outcome).await.unwrap();
    let lines = installation.tasks.log(&viewer("ada"), task.id, 0, 10).await.unwrap();
    (status.as_str().to_owned(), lines.into_iter().map(|line| line.message).collect())
}

on_both_databases! {
    async fn a_request_that_names_strangers_is_refused_where_that_is_wanted(installation: Installation) {
        known(&installation, &["group:default/team-a", "system:default/shop"]).await;
        let strict = tasks(&installation, ReferenceCheck::Deny);
        let refused = strict.request(caller("ada"), input(json!({"owner": "team-z", "system": "shop"}))).await;
        let Err(TaskError::Invalid(violations)) = refused else { panic!("{refused:?}") };
        assert_eq!(violations.len(), 1);
        assert_eq!(violations[0].pointer, "/parameters/owner");
        assert_eq!(violations[0].detail, "`group:default/team-z` is not in the catalog");
        assert_eq!(installation.count("scaffold_tasks").await, 0);

        strict.request(caller("ada"), input(json!({"owner": "group:default/team-a", "system": "shop"}))).await.unwrap();
        // No user has ever been seen: users may not be published.
        strict.request(caller("ada"), input(json!({"owner": "user:ann"}))).await.unwrap();
        let mild = tasks(&installation, ReferenceCheck::Warn);
        mild.request(caller("ada"), input(json!({"owner": "team-z"}))).await.unwrap();
    }

    async fn a_service_that_names_strangers_leaves_a_warning(installation: Installation) {
        known(&installation, &["group:default/team-a", "system:default/shop"]).await;
        let spec = json!({"owner": "team-z", "system": "own"});
        let (status, lines) = completed(&installation, ReferenceCheck::Warn, spec.clone()).await;
        assert_eq!(status, "completed");
        assert_eq!(lines, ["warning: `group:default/team-z` is not in the catalog", "completed"]);
        assert_eq!(completed(&installation, ReferenceCheck::Off, spec).await.1, ["completed"]);
    }

    async fn a_service_that_names_strangers_is_not_completed_where_that_is_wanted(installation: Installation) {
        known(&installation, &["group:default/team-a", "system:default/shop"]).await;
        let spec = json!({"owner": "team-a", "system": "lost"});
        let (status, lines) = completed(&installation, ReferenceCheck::Deny, spec).await;
        assert_eq!(status, "failed");
        assert_eq!(lines, ["failed in step catalog: catalog-info.yaml: `system:default/lost` is not in the catalog"]);
    }
}
