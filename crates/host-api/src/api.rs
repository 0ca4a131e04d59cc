use std::sync::Arc;

use application::catalog::Catalog;
use application::decommissioning::Decommissioning;
use application::events::{CATALOG_GROUP, CATALOG_TOPIC_PREFIX, TASK_NAMESPACE};
use application::ports::{Fingerprints, Templates};
use application::previews::Previews;
use application::tasks::ScaffoldTasks;
use tokio::sync::Semaphore;

/// How many dry runs are rendered at once; more wait for their turn.
const PREVIEWS_AT_ONCE: usize = 2;

/// What the handlers share: the use cases, and the names that an installation can choose.
#[derive(Clone)]
pub struct Api {
    pub(crate) tasks: ScaffoldTasks,
    pub(crate) catalog: Catalog,
    pub(crate) decommissioning: Decommissioning,
    pub(crate) templates: Arc<dyn Templates>,
    pub(crate) previews: Previews,
    pub(crate) fingerprints: Arc<dyn Fingerprints>,
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
    /// The consumer group that follows the catalog's topics.
    pub catalog_group: String,
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
            catalog_group: CATALOG_GROUP.to_owned(),
            public_url: "http://127.0.0.1:7100".to_owned(),
        }
    }
}

/// The use cases that the API shows.
pub struct UseCases {
    /// Around scaffold tasks.
    pub tasks: ScaffoldTasks,
    /// Around the catalog.
    pub catalog: Catalog,
    /// Around services that have vanished from the catalog.
    pub decommissioning: Decommissioning,
    /// The templates on offer.
    pub templates: Arc<dyn Templates>,
    /// Trying templates out.
    pub previews: Previews,
    /// By which a repeated request is recognised.
    pub fingerprints: Arc<dyn Fingerprints>,
}

impl Api {
    /// An API that shows these use cases.
    pub fn new(use_cases: UseCases, names: Names) -> Self {
        let UseCases { tasks, catalog, decommissioning, templates, previews, fingerprints } = use_cases;
        let previewing = Arc::new(Semaphore::new(PREVIEWS_AT_ONCE));
        Self { tasks, catalog, decommissioning, templates, previews, fingerprints, previewing, names: Arc::new(names) }
    }
}
