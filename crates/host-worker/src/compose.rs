//! Puts the worker on a service.

use std::{sync::Arc, time::Duration};

use application::{
    decommissioning::{Decided, Decommissioning},
    ports::StoreError,
};
use heimdall::{
    lifecycle::{CompositionError, Service},
    telemetry::AuditLine,
};
use infrastructure::{
    Adapters, CatalogConfig, EventsConfig, MIGRATIONS, OnRemoval, SqlCatalogWork, declare_events,
    expire_idempotency_keys,
};

use crate::{Runner, TopicsConfig, catalog::CatalogProjector, chores::Chore};

const SECOND: Duration = Duration::from_secs(1);
const MINUTES: Duration = Duration::from_mins(1);

/// Runs tasks, publishes events and follows the catalog on the service.
pub async fn compose(service: &Service, adapters: &Adapters) -> Result<(), CompositionError> {
    let config = service.config().section()?;
    let owner = format!("worker-{}", service.ids().next().simple());
    let runner = Runner::new(adapters.queue.clone(), adapters.task_runs(), owner, config, service.metrics());
    let runner = Arc::new(runner.woken_by(service.wake().listen()));
    service.spawn_required("task runner", move |shutdown| Arc::clone(&runner).run(shutdown));

    service.relay().await?;
    messaging(service)?;
    chores(service, adapters).await
}

/// Declares the topics as they should be, and follows the catalog's.
fn messaging(service: &Service) -> Result<(), CompositionError> {
    declare_events(service)?;
    let (events, topics): (EventsConfig, TopicsConfig) = (service.config().section()?, service.config().section()?);
    topics.declare(service.topics(), &events.topic, &events.catalog_topic_prefix, &events.catalog_group);
    let config: CatalogConfig = service.config().section()?;
    let projector = CatalogProjector {
        open: |transaction| Box::new(SqlCatalogWork::over(transaction)),
        notes_removals: config.on_removal == OnRemoval::Mark,
    };
    service.on(format!("{}*", events.catalog_topic_prefix), projector.handlers()).group(events.catalog_group);
    Ok(())
}

async fn chores(service: &Service, adapters: &Adapters) -> Result<(), CompositionError> {
    let (keys, artifacts) = (service.database(MIGRATIONS).await?, adapters.artifacts.clone());
    let (clock, keys_clock) = (service.clock(), service.clock());
    let (decommissioning, old_removals) = (adapters.decommissioning(), adapters.decommissioning());
    let all = [
        Chore::new("expire artifacts", 10 * MINUTES, move || {
            let (artifacts, now) = (artifacts.clone(), clock.now());
            async move { artifacts.expire(now).await }
        }),
        Chore::new("forget idempotency keys", 60 * MINUTES, move || {
            let (database, now) = (keys.clone(), keys_clock.now());
            async move { expire_idempotency_keys(&database, now).await }
        }),
        Chore::new("decommission what vanished from the catalog", SECOND, move || {
            let decommissioning = decommissioning.clone();
            async move { decommission(&decommissioning).await }
        }),
        Chore::new("forget what was decommissioned", 60 * MINUTES, move || {
            let decommissioning = old_removals.clone();
            async move { decommissioning.forget().await }
        }),
    ];
    for chore in all {
        let chore = Arc::new(chore);
        service.spawn(chore.name(), move |shutdown| {
            let chore = Arc::clone(&chore);
            async move { chore.run(shutdown).await }
        });
    }
    Ok(())
}

/// Decommissions, and says what a person should know of.
async fn decommission(decommissioning: &Decommissioning) -> Result<u64, StoreError> {
    let Decided { decommissioned, held } = decommissioning.decide().await?;
    for task in &decommissioned {
        AuditLine::new("valkyrie#catalog", "scaffold-task.decommission", &task.to_string()).write();
    }
    if held > 0 {
        tracing::warn!(
            held,
            "So many services vanished from the catalog at once that nothing is decommissioned until somebody says so: \
             see `valkyrie task decommission`"
        );
    }
    Ok(decommissioned.len() as u64)
}
