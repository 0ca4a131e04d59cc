use std::io::Write as _;

use clap::Args;
use serde_json::Value;

use super::{CommandError, Program, Stdout};
use crate::{
    asyncapi,
    lifecycle::{CompositionError, Service},
};

/// Arguments of `openapi`.
#[derive(Debug, Clone, Copy, Default, Args)]
#[command(
    about = "Print the OpenAPI document: which routes {service} serves, and who may use them",
    after_help = "\
Neither database nor log is opened.

Example:
  {service} openapi > docs/openapi.json"
)]
pub struct OpenapiArguments {}

/// Arguments of `asyncapi`.
#[derive(Debug, Clone, Copy, Default, Args)]
#[command(
    about = "Print the AsyncAPI document: which events {service} publishes and reads",
    after_help = "\
Neither database nor log is opened.

Example:
  {service} asyncapi > docs/asyncapi.json"
)]
pub struct AsyncapiArguments {}

impl Program {
    /// Prints the `OpenAPI` document of the service's routes.
    pub fn openapi(
        &self,
        compose: impl AsyncFnOnce(&Service) -> Result<(), CompositionError>,
    ) -> Result<(), CommandError> {
        self.describe(compose, async |service| print(&serde_json::to_value(service.openapi())?))
    }

    /// Prints the AsyncAPI document of what the service declares.
    pub fn asyncapi(
        &self,
        compose: impl AsyncFnOnce(&Service) -> Result<(), CompositionError>,
    ) -> Result<(), CommandError> {
        self.describe(compose, async |service| print(&asyncapi::document(&service.asyncapi()?)))
    }
}

fn print(document: &Value) -> Result<(), CommandError> {
    Ok(writeln!(Stdout, "{document:#}")?)
}
