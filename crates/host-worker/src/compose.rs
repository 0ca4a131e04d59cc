//! Puts the worker on a service.

use std::{sync::Arc, time::Duration};

use heimdall::{
    lifecycle::{CompositionError, Service},
    messaging::{inbox, log::Subscription},
};
use infrastructure::{Adapters, EventsConfig, SqlCatalogWork, expire_idempotency_keys};

use crate::{CATALOG_GROUP, Runner, Wake, catalog::CatalogProjector, chores::Chore};

const MINUTES: Duration = Duration::from_mins(1);
/// How long the inbox remembers an event: longer than any log keeps one for redelivery.
const INBOX_MEMORY: Duration = Duration::from_hours(30 * 24);

/// Runs tasks, publishes events and follows the catalog on the service. `wake` is connected with what it wakes here.
pub async fn compose(service: &Service, adapters: &Adapters, wake: &Wake) -> Result<(), CompositionError> {
    let config = service.config().section()?;
    let owner = format!("worker-{}", service.ids().next().simple());
    let runner = Runner::new(adapters.queue.clone(), adapters.task_runs(), owner, config, service.metrics());
    let runner = Arc::new(runner.woken_by(wake));
    service.spawn_required("task runner", move |shutdown| Arc::clone(&runner).run(shutdown));

    wake.connect(service.relay().await?);
    follow_catalog(service).await?;
    chores(service, adapters).await
}

async fn follow_catalog(service: &Service) -> Result<(), CompositionError> {
    let prefix = service.config().section::<EventsConfig>()?.catalog_topic_prefix;
    let topics = format!("{prefix}*").parse().map_err(CompositionError::other)?;
    let subscription = Subscription::new(CATALOG_GROUP, [topics]).map_err(CompositionError::other)?;
    let projector =
        CatalogProjector { open: |transaction| Box::new(SqlCatalogWork::over(transaction)), clock: service.clock() };
    service.consume(subscription, projector).await
}

async fn chores(service: &Service, adapters: &Adapters) -> Result<(), CompositionError> {
    let (database, artifacts) = (service.database().await?, adapters.artifacts.clone());
    let (keys, inbox_rows) = (database.clone(), database);
    let (clock, keys_clock) = (service.clock(), service.clock());
    let all = [
        Chore::new("expire artifacts", 10 * MINUTES, move || {
            let (artifacts, now) = (artifacts.clone(), clock.now());
            async move { artifacts.expire(now).await }
        }),
        Chore::new("forget idempotency keys", 60 * MINUTES, move || {
            let (database, now) = (keys.clone(), keys_clock.now());
            async move { expire_idempotency_keys(&database, now).await }
        }),
        Chore::new("forget events taken in", 60 * MINUTES, move || {
            let database = inbox_rows.clone();
            async move { inbox::forget(&database, CATALOG_GROUP, INBOX_MEMORY).await }
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
