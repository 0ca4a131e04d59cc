//! What the outside must provide.

mod artifacts;
mod catalog;
mod fingerprints;
mod queries;
mod queue;
mod removals;
mod store;
mod templates;

pub use artifacts::{ArtifactReader, Artifacts};
pub use catalog::{CatalogEntity, CatalogFilter, CatalogQueries, CatalogWork};
pub use fingerprints::Fingerprints;
pub use queries::{HistoryItem, ListedTask, LogLine, TaskFilter, TaskQueries, Viewer};
pub use queue::{Lease, TaskQueue};
pub use removals::{Removal, RemovalState, Removals, Vanished};
pub use store::{CommitError, Context, IdempotencyKey, Store, StoreError, StoredReply, UnitOfWork};
pub use templates::{
    Accepted, Outcome, RenderedFile, Scaffolding, ScaffoldingError, StepError, StepInfo, StepReport, Template,
    Templates, Values, Violation,
};
