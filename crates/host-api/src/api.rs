use std::sync::Arc;

use application::catalog::Catalog;
use application::events::{CATALOG_TOPIC_PREFIX, TASK_NAMESPACE};
use application::ports::{Artifacts, CatalogQueries, Store, TaskQueries, Templates};
use application::previews::Previews;
use application::tasks::ScaffoldTasks;
use application::{Clock, Ids};
use tokio::sync::Semaphore;

/// How many dry runs are rendered at once; more wait for their turn.
const PREVIEWS_AT_ONCE: usize = 2;

/// What the handlers share: the use cases, and the names that an installation can choose.
#[derive(Clone)]
pub struct Api {
    pub(crate) tasks: ScaffoldTasks,
    pub(crate) catalog: Catalog,
    pub(crate) templates: Arc<dyn Templates>,
    pub(crate) previews: Previews,
    pub(crate) previewing: Arc<Semaphore>,
    pub(crate) names: Arc<Names>,
}

/// Names that an installation can choose.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Names {
    /// The topic of task events.
    pub task_topic: String,
    /// What the types of task events begin with.
    pub task_namespace: String,
    /// The `source` of task events.
    pub task_source: String,
    /// What the catalog's topics begin with; the kind follows.
    pub catalog_topic_prefix: String,
    /// Where others reach this service, without a slash at the end: the envelope's `dataschema` begins with it.
    pub public_url: String,
}

impl Default for Names {
    /// The names of the contract.
    fn default() -> Self {
        Self {
            task_topic: TASK_NAMESPACE.to_owned(),
            task_namespace: TASK_NAMESPACE.to_owned(),
            task_source: "/valkyrie/scaffolder".to_owned(),
            catalog_topic_prefix: CATALOG_TOPIC_PREFIX.to_owned(),
            public_url: "http://127.0.0.1:7100".to_owned(),
        }
    }
}

/// What the API needs from outside.
pub struct Ports {
    /// Where tasks are written.
    pub store: Arc<dyn Store>,
    /// Where tasks are read.
    pub queries: Arc<dyn TaskQueries>,
    /// Where finished services are.
    pub artifacts: Arc<dyn Artifacts>,
    /// Where the catalog's read model is.
    pub catalog: Arc<dyn CatalogQueries>,
    /// The templates on offer.
    pub templates: Arc<dyn Templates>,
}

impl Api {
    /// The API over these ports.
    pub fn new(ports: Ports, clock: Clock, ids: Ids, names: Names) -> Self {
        let Ports { store, queries, artifacts, catalog, templates } = ports;
        Self {
            tasks: ScaffoldTasks::new(store, queries, templates.clone(), artifacts, clock.clone(), ids),
            catalog: Catalog::new(catalog),
            previews: Previews::new(templates.clone(), clock),
            previewing: Arc::new(Semaphore::new(PREVIEWS_AT_ONCE)),
            templates,
            names: Arc::new(names),
        }
    }
}
