//! What can be done with Valkyrie: its use cases, the ports that they need, and the events that tell others.
//!
//! - [`tasks::ScaffoldTasks`]: what people ask for (request, edit, queue, cancel, retry, delete, look).
//! - [`runs::TaskRuns`]: what a worker does with a task that it has claimed.
//! - [`previews::Previews`]: what a template would make.
//! - [`catalog::Catalog`]: the read model of the Backstage catalog.
//! - [`decommissioning::Decommissioning`]: what becomes of services that have vanished from the catalog.
//! - [`references::References`]: whether the catalog knows the owners and systems that services name.
//! - [`ports`]: what the outside must provide. Each is an object-safe trait, so that a composition can choose.
//! - [`events`]: the integration events, as they stand on the topics.
//! - [`view`]: how a task is shown, in the API and in events alike.
//!
//! To add a port: write the trait in `ports` with what it promises, implement it in `infrastructure`, and pass it in where
//! the hosts compose. There is no framework here, no HTTP and no SQL.

pub mod catalog;
mod clock;
pub mod decommissioning;
pub mod events;
mod ids;
pub mod ports;
pub mod previews;
pub mod references;
pub mod runs;
pub mod tasks;
pub mod view;

pub use clock::Clock;
/// The domain's own types, for the hosts that show them.
pub use domain;
pub use domain::JsonObject;
pub use ids::Ids;
