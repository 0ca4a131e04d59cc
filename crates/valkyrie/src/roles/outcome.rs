use std::{io, process::ExitCode};

use heimdall::lifecycle::CompositionError;

use crate::cli::Failure;

/// How a role ended, in the exit codes of the command line.
pub(super) fn outcome(ended: Result<(), CompositionError>) -> Result<ExitCode, Failure> {
    ended.map(|()| ExitCode::SUCCESS).map_err(|error| match &error {
        CompositionError::Config(_) => Failure::usage(error.to_string()),
        CompositionError::Listen { source, .. } if source.kind() == io::ErrorKind::AddrInUse => {
            Failure::in_the_way(error.to_string())
        }
        _ => error.into(),
    })
}
