//! `dev`: a service on this machine, in one folder, on one port, with nothing to install.

mod arguments;
mod development;
mod events;
mod example;
mod folder;
mod greeting;
mod instance;
mod invocation;
mod issue;
mod layers;
mod running;

pub use arguments::DevArguments;
pub use development::Development;
pub use events::{EventsAction, EventsArguments, PublishArguments};
pub use example::Example;
pub use folder::DataFolder;
use instance::Instance;
pub(super) use issue::issue;
pub(super) use running::running;
