use std::io::Write as _;

use clap::{Args, Subcommand};

use super::{CommandError, Program, Stdout, note};
use crate::{
    config::{ConfigBuilder, Effective},
    lifecycle::{CompositionError, Service},
};

/// Arguments of `config`.
#[derive(Debug, Clone, Default, Args)]
#[command(
    about = "Show the configuration in effect, and where each value came from",
    args_conflicts_with_subcommands = true,
    after_help = "\
A later layer wins: defaults, {service}.toml (or --config), DATABASE_URL / RUST_LOG / OTEL_EXPORTER_OTLP_ENDPOINT, and
{SERVICE}__SECTION__KEY. Secrets are never shown.

Examples:
  {service} config                 every key, its value, and where that came from
  {service} config --json          the same as a JSON array of {\"key\", \"value\", \"origin\"}
  {service} config --defaults      what holds where nothing is configured
  {service} config check           say what is wrong, if anything; exit code 2 then
  {service} config schema > {service}.schema.json    for editors of {service}.toml"
)]
pub struct ConfigArguments {
    /// What else to do with it.
    #[command(subcommand)]
    pub action: Option<ConfigAction>,
    /// Write a JSON array
    #[arg(long)]
    pub json: bool,
    /// Show the defaults alone
    #[arg(long)]
    pub defaults: bool,
}

/// What to do with the configuration, other than to show it.
#[derive(Debug, Clone, Copy, Subcommand)]
pub enum ConfigAction {
    /// Say what is wrong with it, if anything, without opening database or log
    Check,
    /// Print the JSON Schema of the configuration file, for editors
    Schema,
}

impl Program {
    /// Shows, checks or describes the configuration. The service is composed, so that the sections of its own are known; neither
    /// database nor log is opened.
    pub fn config(
        &self,
        arguments: &ConfigArguments,
        compose: impl AsyncFnOnce(&Service) -> Result<(), CompositionError>,
    ) -> Result<(), CommandError> {
        match arguments.action {
            None => self.show(arguments, compose),
            Some(ConfigAction::Check) => {
                self.describe(compose, async |_| Ok(()))?;
                Ok(writeln!(Stdout, "The configuration is right.")?)
            }
            Some(ConfigAction::Schema) => {
                // What is configured here is none of the schema's business, nor may it stand in its way.
                let described = self.clone().layered(ConfigBuilder::defaults_only);
                let schema = described.describe(compose, async |service| {
                    Ok(described.layers().clone().sections_of(service.config()).schema())
                })?;
                Ok(writeln!(Stdout, "{schema:#}")?)
            }
        }
    }

    fn show(
        &self,
        arguments: &ConfigArguments,
        compose: impl AsyncFnOnce(&Service) -> Result<(), CompositionError>,
    ) -> Result<(), CommandError> {
        let program = self.clone();
        let program = if arguments.defaults { program.layered(ConfigBuilder::defaults_only) } else { program };
        match program.describe(compose, async |service| Ok(service.config().effective()?)) {
            Ok(effective) => print(&effective, arguments.json),
            // A configuration that is wrong has no values to show.
            Err(error) if error.code() != CommandError::failed("").code() => Err(error),
            // What keeps the service from being composed may well be seen in what can be shown.
            Err(error) => {
                print(&program.host().bare()?.config().effective()?, arguments.json)?;
                note("The service can't be composed, so that keys of its own may be missing here.");
                Err(error)
            }
        }
    }
}

fn print(effective: &Effective, json: bool) -> Result<(), CommandError> {
    if json {
        writeln!(Stdout, "{}", serde_json::to_string_pretty(effective)?)?;
    } else {
        write!(Stdout, "{effective}")?;
    }
    Ok(())
}
