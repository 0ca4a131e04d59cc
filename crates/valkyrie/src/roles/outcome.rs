use std::{io, process::ExitCode};

use heimdall::{lifecycle::CompositionError, server::ListenError};

use crate::cli::CliError;

/// How a role ended, in the exit codes of the command line.
pub(super) fn outcome(ended: Result<(), CompositionError>) -> Result<ExitCode, CliError> {
    ended.map(|()| ExitCode::SUCCESS).map_err(|error| match &error {
        CompositionError::Config(_) => CliError::usage(error.to_string()),
        CompositionError::Listen(ListenError { source, .. }) if source.kind() == io::ErrorKind::AddrInUse => {
            CliError::in_the_way(error.to_string())
        }
        _ => error.into(),
    })
}
