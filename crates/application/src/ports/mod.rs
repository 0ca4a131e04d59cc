//! What the outside must provide.

mod artifacts;
mod catalog;
mod fingerprints;
mod queries;
mod queue;
mod removals;
mod store;
mod store_error;
mod templates;
mod viewer;
mod violation;

pub use artifacts::{ArtifactReader, Artifacts};
pub use catalog::{CatalogEntity, CatalogFilter, CatalogQueries, CatalogWork};
pub use fingerprints::Fingerprints;
pub use queries::{HistoryItem, ListedTask, LogLine, TaskFilter, TaskQueries};
pub use queue::{Lease, TaskQueue};
pub use removals::{Removal, RemovalState, Removals, Vanished};
pub use store::{CommitError, Context, IdempotencyKey, Store, StoredReply, UnitOfWork};
pub use store_error::StoreError;
pub use templates::{
    Accepted, Outcome, RenderedFile, Scaffolding, ScaffoldingError, StepError, StepInfo, StepReport, Template,
    Templates, Values,
};
pub use viewer::Viewer;
pub use violation::{Violation, pointer_to, pointer_token};
