//! Start, readiness and drain of a service, and the composition of its parts.
//!
//! A service is a function that composes its parts on a [`Service`]; [`heimdall::run`](crate::run) does the rest:
//!
//! ```no_run
//! use std::process::ExitCode;
//!
//! use heimdall::{
//!     lifecycle::{CompositionError, Service},
//!     routes::{Routes, public, routes},
//! };
//!
//! #[utoipa::path(get, path = "/hello", responses((status = 200, description = "A greeting", body = String)))]
//! async fn hello() -> &'static str {
//!     "hello"
//! }
//!
//! fn main() -> ExitCode {
//!     heimdall::run("payments", compose)
//! }
//!
//! async fn compose(service: &Service) -> Result<(), CompositionError> {
//!     service.routes(Routes::new().with(public(), routes!(hello)));
//!     Ok(())
//! }
//! ```
//!
//! What happens, in this order: the configuration is read; `compose` puts the parts together and waits for nothing
//! outside; the listeners open, and readiness says what is missing; preparations ([`Service::prepare`],
//! [`Service::database`]) are tried until they succeed; then background tasks start. No outage of a database or a log
//! ends any of this. SIGTERM or SIGINT drains: no new connections, running requests and tasks come to their end within
//! [`DRAIN`], and the process ends with 0. A second signal ends it at once.

mod access;
mod access_rules;
mod api;
mod asyncapi;
mod background;
mod consumers;
mod data;
mod error;
mod host;
mod listeners;
mod messaging;
mod outbox_metrics;
mod prepare;
mod pulse;
mod registered_migrations;
mod rotation;
mod running;
mod sections;
mod service;
mod signals;
mod supervisor;
mod task;
mod topics;
mod unopened;
mod watchdog;

use std::time::Duration;

pub use consumers::ConsumerDeclaration;
pub use error::CompositionError;
pub use host::Host;
pub use prepare::PrepareError;
pub use pulse::Pulse;
pub use running::Running;
pub use sections::foundation_sections;
pub use service::Service;

pub use crate::shutdown::Shutdown;
pub use task::{Task, TaskOutcome};

/// How long running requests and tasks have to come to their end when the service stops. The last traces are sent in
/// what is left of the 30 seconds that a service has between SIGTERM and its end.
pub const DRAIN: Duration = Duration::from_secs(25);
