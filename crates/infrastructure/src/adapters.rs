use std::sync::Arc;

use application::catalog::Catalog;
use application::ports::{Artifacts, CatalogQueries, Fingerprints, Store, TaskQueries, TaskQueue, Templates};
use application::previews::Previews;
use application::runs::TaskRuns;
use application::tasks::ScaffoldTasks;
use application::{Clock, Ids};
use heimdall::database::Database;

use crate::artifacts::SqlArtifacts;
use crate::catalog::SqlCatalogQueries;
use crate::events::{Events, EventsConfig};
use crate::fingerprints::KeyedFingerprints;
use crate::tasks::{SqlStore, SqlTaskQueries, SqlTaskQueue};
use crate::vault::Vault;

/// Every port of the application, filled.
#[derive(Clone)]
pub struct Adapters {
    /// Tasks, for those who change them.
    pub store: Arc<dyn Store>,
    /// Tasks, for those who look.
    pub queries: Arc<dyn TaskQueries>,
    /// Tasks, for those who run them.
    pub queue: Arc<dyn TaskQueue>,
    /// Finished services.
    pub artifacts: Arc<dyn Artifacts>,
    /// The catalog's read model.
    pub catalog: Arc<dyn CatalogQueries>,
    /// The templates.
    pub templates: Arc<dyn Templates>,
    fingerprints: KeyedFingerprints,
    clock: Clock,
    ids: Ids,
}

/// What the adapters are made of.
pub struct Settings {
    /// The database, migrated with [`MIGRATIONS`](crate::MIGRATIONS).
    pub database: Database,
    /// The templates that are offered.
    pub templates: Arc<dyn Templates>,
    /// Encrypts secret parameters; the fingerprints of requests have a key of the same origin.
    pub vault: Vault,
    /// What events are called and where they go.
    pub events: EventsConfig,
    /// Where Valkyrie is reached, for the links in events.
    pub public_url: String,
    /// The time.
    pub clock: Clock,
    /// New identities.
    pub ids: Ids,
    /// Called after each commit that left something in the outbox; wakes a relay in the same process.
    pub wake: Arc<dyn Fn() + Send + Sync>,
}

impl Adapters {
    /// Fills every port.
    pub fn new(settings: Settings) -> Self {
        let Settings { database, templates, vault, events, public_url, clock, ids, wake } = settings;
        let events = Arc::new(Events { config: events, public_url });
        Self {
            fingerprints: vault.fingerprints(),
            store: Arc::new(SqlStore::new(database.clone(), vault, events, ids.clone(), wake)),
            queries: Arc::new(SqlTaskQueries::new(database.clone())),
            queue: Arc::new(SqlTaskQueue::new(database.clone())),
            artifacts: Arc::new(SqlArtifacts::new(database.clone())),
            catalog: Arc::new(SqlCatalogQueries::new(database)),
            templates,
            clock,
            ids,
        }
    }

    /// What people ask of tasks.
    pub fn scaffold_tasks(&self) -> ScaffoldTasks {
        ScaffoldTasks::new(
            self.store.clone(),
            self.queries.clone(),
            self.templates.clone(),
            self.artifacts.clone(),
            self.clock.clone(),
            self.ids.clone(),
        )
    }

    /// What a worker does with tasks.
    pub fn task_runs(&self) -> TaskRuns {
        TaskRuns::new(self.store.clone(), self.templates.clone(), self.artifacts.clone(), self.clock.clone())
    }

    /// Fingerprints of requests, for those who must recognise a repeated one.
    pub fn fingerprints(&self) -> Arc<dyn Fingerprints> {
        Arc::new(self.fingerprints.clone())
    }

    /// What templates would make.
    pub fn previews(&self) -> Previews {
        Previews::new(self.templates.clone(), self.clock.clone())
    }

    /// The catalog, for those who look.
    pub fn catalog(&self) -> Catalog {
        Catalog::new(self.catalog.clone())
    }
}
