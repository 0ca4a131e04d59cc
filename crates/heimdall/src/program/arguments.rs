use std::path::PathBuf;

use clap::{Args, Command};

use crate::config::ConfigBuilder;

/// What every command understands.
#[derive(Debug, Clone, Default, Args)]
pub struct GlobalArguments {
    /// The configuration file [default: {service}.toml in the working folder, if it is there]
    #[arg(long, global = true, value_name = "FILE")]
    pub config: Option<PathBuf>,
}

impl GlobalArguments {
    /// The layers as these arguments want them.
    #[must_use]
    pub fn over(&self, layers: ConfigBuilder) -> ConfigBuilder {
        match &self.config {
            Some(file) => layers.file(file),
            None => layers,
        }
    }
}

/// Writes the service's name where the help of the arguments in this module has `{service}`, and the prefix of its
/// variables where it has `{SERVICE}`, in the command and all its subcommands.
///
/// ```
/// use clap::Command;
/// use heimdall::program::fill_in;
///
/// let command = fill_in(Command::new("x").about("Runs {service}, which reads {SERVICE}__HTTP__PORT"), "line-items");
/// assert_eq!(command.get_about().unwrap().to_string(), "Runs line-items, which reads LINE_ITEMS__HTTP__PORT");
/// ```
#[must_use]
pub fn fill_in(command: Command, service: &str) -> Command {
    let variables = service.to_uppercase().replace('-', "_");
    let said = |text: &dyn ToString| text.to_string().replace("{service}", service).replace("{SERVICE}", &variables);
    let mut command = command.mut_args(|argument| match argument.get_help().map(|help| said(help)) {
        Some(help) => argument.help(help),
        None => argument,
    });
    if let Some(about) = command.get_about().map(|text| said(text)) {
        command = command.about(about);
    }
    if let Some(about) = command.get_long_about().map(|text| said(text)) {
        command = command.long_about(about);
    }
    if let Some(after) = command.get_after_help().map(|text| said(text)) {
        command = command.after_help(after);
    }
    command.mut_subcommands(|subcommand| fill_in(subcommand, service))
}
