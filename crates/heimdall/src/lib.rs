//! The foundation that every service shares: configuration, telemetry, health, authentication, HTTP conventions,
//! lifecycle, and messaging that loses nothing.
//!
//! It knows nothing of scaffolding. A service built on it is one function that composes its parts on a
//! [`lifecycle::Service`].

pub mod asyncapi;
pub mod auth;
pub mod backoff;
pub mod clock;
pub mod config;
pub mod database;
pub mod errors;
mod excerpt;
pub mod health;
pub mod http;
pub mod ids;
pub mod lifecycle;
pub mod messaging;
pub mod prelude;
pub mod program;
pub mod routes;
pub mod server;
pub mod shutdown;
pub mod telemetry;
#[cfg(any(test, feature = "testing"))]
pub mod testing;
pub mod wake;

pub use program::run;
#[doc(no_inline)]
pub use routes::routes;
