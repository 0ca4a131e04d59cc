use std::sync::Arc;

use application::catalog::Catalog;
use application::decommissioning::Decommissioning;
use application::ports::{Artifacts, CatalogQueries, Fingerprints, Removals, Store, TaskQueries, TaskQueue, Templates};
use application::previews::Previews;
use application::references::References;
use application::runs::TaskRuns;
use application::tasks::ScaffoldTasks;
use application::{Clock, Ids};
use heimdall::database::Database;
use heimdall::wake::Wake;

use crate::artifacts::SqlArtifacts;
use crate::catalog::{CatalogConfig, SqlCatalogQueries};
use crate::events::{Events, EventsConfig};
use crate::fingerprints::KeyedFingerprints;
use crate::removals::SqlRemovals;
use crate::tasks::{Resources, SqlStore, SqlTaskQueries, SqlTaskQueue};
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
    /// Services that have vanished from the catalog.
    pub removals: Arc<dyn Removals>,
    /// The templates.
    pub templates: Arc<dyn Templates>,
    catalog_config: CatalogConfig,
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
    /// What the catalog has to say.
    pub catalog: CatalogConfig,
    /// What events are called and where they go.
    pub events: EventsConfig,
    /// Where Valkyrie is reached, for the links in events.
    pub public_url: String,
    /// The time.
    pub clock: Clock,
    /// New identities.
    pub ids: Ids,
    /// Woken after each commit that left something in the outbox.
    pub wake: Wake,
}

impl Adapters {
    /// Fills every port.
    pub fn new(settings: Settings) -> Self {
        let Settings { database, templates, vault, catalog, events, public_url, clock, ids, wake } = settings;
        let events = Arc::new(Events { config: events, public_url });
        let fingerprints = vault.fingerprints();
        let resources = Resources { database: database.clone(), vault, events, ids: ids.clone(), wake };
        Self {
            fingerprints,
            store: Arc::new(SqlStore::new(resources)),
            queries: Arc::new(SqlTaskQueries::new(database.clone())),
            queue: Arc::new(SqlTaskQueue::new(database.clone())),
            artifacts: Arc::new(SqlArtifacts::new(database.clone())),
            catalog: Arc::new(SqlCatalogQueries::new(database.clone())),
            removals: Arc::new(SqlRemovals::new(database)),
            templates,
            catalog_config: catalog,
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
            self.references(),
            self.clock.clone(),
            self.ids.clone(),
        )
    }

    /// What a worker does with tasks.
    pub fn task_runs(&self) -> TaskRuns {
        let (store, templates, artifacts) = (self.store.clone(), self.templates.clone(), self.artifacts.clone());
        TaskRuns::new(store, templates, artifacts, self.references(), self.clock.clone())
    }

    /// What becomes of services that vanish from the catalog.
    pub fn decommissioning(&self) -> Decommissioning {
        let settle = self.catalog_config.settle();
        Decommissioning::new(self.removals.clone(), self.store.clone(), self.clock.clone(), settle)
    }

    /// Whether the catalog knows what services name.
    pub fn references(&self) -> References {
        References::new(self.catalog.clone(), self.catalog_config.check_references.into())
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
