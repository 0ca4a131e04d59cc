use std::io::Write as _;

use clap::Args;
use serde_json::Value;

use super::{CommandError, Program, Stdout};
use crate::{
    asyncapi::{self, AsyncApi},
    lifecycle::{CompositionError, Service},
};

/// Arguments of `openapi`.
#[derive(Debug, Clone, Copy, Default, Args)]
#[command(
    about = "Print the OpenAPI document: what {service} can be asked, and by whom",
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
        self.describe(compose, async |service| {
            let document = serde_json::to_value(service.openapi());
            print(&document.map_err(|error| CommandError::failed("the document can't be written").because(error))?)
        })
    }

    /// Prints the AsyncAPI document of what the service declares.
    pub fn asyncapi(
        &self,
        compose: impl AsyncFnOnce(&Service) -> Result<(), CompositionError>,
    ) -> Result<(), CommandError> {
        self.describe(compose, async |service| {
            let declared = service.asyncapi()?;
            print(&asyncapi::document(&AsyncApi {
                title: self.said_title().to_owned(),
                version: self.said_version().unwrap_or_default().to_owned(),
                description: self.said_about().map(str::to_owned),
                ..declared
            }))
        })
    }
}

fn print(document: &Value) -> Result<(), CommandError> {
    Ok(writeln!(Stdout, "{document:#}")?)
}
