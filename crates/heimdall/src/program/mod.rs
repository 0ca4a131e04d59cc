//! The command line that every service has, and its parts for programs that are more than one service.
//!
//! [`run`] is a service's whole `main`:
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
//!     heimdall::run("tally", compose)
//! }
//!
//! async fn compose(service: &Service) -> Result<(), CompositionError> {
//!     service.routes(Routes::new().with(public(), routes!(hello)));
//!     Ok(())
//! }
//! ```
//!
//! | command | what it does |
//! |---|---|
//! | `tally` | runs the service until a signal says stop |
//! | `tally dev` | the same with nothing to install: `SQLite`, the embedded log, tokens of its own, in the folder `.tally` |
//! | `tally config` | every key of the configuration, its value, and where that came from; `config check` says what is wrong, `config schema` is for editors |
//! | `tally migrate` | brings the schema up to date; `--check` says what is missing |
//! | `tally topics plan`, `apply` | the topics that the service wants |
//! | `tally openapi` | the `OpenAPI` document of its routes |
//! | `tally asyncapi` | the AsyncAPI document of its events |
//! | `tally token` | a token of the running `tally dev` |
//! | `tally events publish` | puts an event in through the running `tally dev`, to see what reads it at work |
//!
//! Exit codes are 0 (done), 1 (failed), 2 (the command line or the configuration is wrong) and 3 (something is in the
//! way); see [`CommandError`].
//!
//! A program with other commands beside these makes its own command line with `clap` and uses the parts: each command is
//! a struct of arguments ([`DevArguments`], [`ConfigArguments`], …) and a method of [`Program`].

mod arguments;
mod command_line;
mod config;
mod definition;
mod dev;
mod documents;
mod error;
mod migrate;
mod output;
mod token;
mod topics;

use std::process::ExitCode;

pub use arguments::{GlobalArguments, fill_in};
pub use config::{ConfigAction, ConfigArguments};
pub use definition::Program;
pub use dev::{DataFolder, DevArguments, Development, EventsAction, EventsArguments, Example, PublishArguments};
pub use documents::{AsyncapiArguments, OpenapiArguments};
pub use error::CommandError;
pub use migrate::MigrateArguments;
pub use output::{Stdout, note};
pub use token::TokenArguments;
pub use topics::{TopicsAction, TopicsArguments, TopicsOutput};

use crate::lifecycle::{CompositionError, Service};

/// Does what the command line of this process asks for: a service's whole `main`.
///
/// `program` is the service's name, or a [`Program`] that says more of itself (`heimdall::run(Program::from("tally")
/// .version(env!("CARGO_PKG_VERSION")), compose)`). What is wrong is said on standard error.
pub fn run(
    program: impl Into<Program>,
    compose: impl AsyncFnOnce(&Service) -> Result<(), CompositionError>,
) -> ExitCode {
    program.into().run(std::env::args_os(), compose)
}
