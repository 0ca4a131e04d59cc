//! Tasks in the database.

mod history;
mod leases;
mod log;
mod queries;
mod rows;
mod store;
mod work;

pub(crate) use leases::SqlTaskQueue;
pub(crate) use queries::SqlTaskQueries;
pub(crate) use store::SqlStore;
