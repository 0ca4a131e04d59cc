//! What people and programs ask of scaffold tasks.
//!
//! The use cases read alike: look the task up (the query holds back what the caller may not see), check the version that
//! the caller has seen, change the task, save it, commit.

mod caller;
mod changes;
mod defaults;
mod disclosure;
mod draft;
mod error;
mod input;
mod merge;
mod request;
mod retry;
mod scaffold_tasks;

pub use caller::Caller;
pub use draft::{AccountPatch, DraftPatch};
pub use error::TaskError;
pub(crate) use input::validate;
pub use input::{AccountInput, TaskInput};
pub use request::{Request, RequestOutcome};
pub use scaffold_tasks::ScaffoldTasks;
