use std::sync::Arc;

use application::catalog::Catalog;
use application::decommissioning::Decommissioning;
use application::ports::{Fingerprints, Templates};
use application::previews::Previews;
use application::tasks::ScaffoldTasks;
use tokio::sync::Semaphore;

/// How many dry runs are rendered at once; more wait for their turn.
const PREVIEWS_AT_ONCE: usize = 2;

/// What the handlers share: the use cases, and what the types of task events begin with.
#[derive(Clone)]
pub struct Api {
    pub(crate) tasks: ScaffoldTasks,
    pub(crate) catalog: Catalog,
    pub(crate) decommissioning: Decommissioning,
    pub(crate) templates: Arc<dyn Templates>,
    pub(crate) previews: Previews,
    pub(crate) fingerprints: Arc<dyn Fingerprints>,
    pub(crate) previewing: Arc<Semaphore>,
    pub(crate) task_namespace: Arc<str>,
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
    /// An API that shows these use cases. The types of task events begin with `task_namespace`.
    pub fn new(use_cases: UseCases, task_namespace: &str) -> Self {
        let UseCases { tasks, catalog, decommissioning, templates, previews, fingerprints } = use_cases;
        let previewing = Arc::new(Semaphore::new(PREVIEWS_AT_ONCE));
        let task_namespace = task_namespace.into();
        Self { tasks, catalog, decommissioning, templates, previews, fingerprints, previewing, task_namespace }
    }
}
