use std::{io::Write as _, process::ExitCode};

use super::{API_ADMIN_PORT, layers};
use crate::cli::{CliError, Global, output::Stdout};

/// Prints the configuration in effect, or the defaults alone.
pub(crate) fn config(global: &Global, defaults: bool, json: bool) -> Result<ExitCode, CliError> {
    let mut builder = layers(global, API_ADMIN_PORT);
    if defaults {
        builder = builder.defaults_only();
    }
    let effective = builder.load().and_then(|config| config.effective());
    let effective = effective.map_err(|error| CliError::usage(error.to_string()))?;
    if json {
        writeln!(Stdout, "{}", serde_json::to_string_pretty(&effective)?)?;
    } else {
        write!(Stdout, "{effective}")?;
    }
    Ok(ExitCode::SUCCESS)
}
