//! `dev`: a service on this machine, in one folder, on one port, with nothing to install.

mod arguments;
mod development;
mod example;
mod folder;
mod greeting;
mod instance;
mod invocation;
mod issue;
mod layers;

pub use arguments::DevArguments;
pub use development::Development;
pub use example::Example;
pub use folder::DataFolder;
pub(super) use instance::Instance;
pub(super) use issue::issue;
