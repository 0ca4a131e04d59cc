//! Tasks in the database.

mod history;
mod leases;
mod log;
mod queries;
mod replies;
mod resources;
mod rows;
mod secrets;
mod store;
mod visibility;
mod work;

pub(crate) use leases::SqlTaskQueue;
pub(crate) use queries::SqlTaskQueries;
pub(crate) use resources::Resources;
pub(crate) use store::SqlStore;
