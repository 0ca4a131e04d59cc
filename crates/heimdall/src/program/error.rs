use std::{error::Error, fmt, io, process::ExitCode};

use super::output::note;
use crate::{
    config::ConfigError, database::DatabaseError, errors::with_sources, lifecycle::CompositionError,
    server::ListenError,
};

/// Why a command did not do what it was asked, and the code that the process ends with.
///
/// Any error becomes one with `?`. The code is 2 for a configuration that is wrong, 3 for a port that is taken, and 1 for
/// anything else.
///
/// ```
/// use heimdall::program::CommandError;
///
/// let missing = std::io::Error::from(std::io::ErrorKind::NotFound);
/// let error = CommandError::usage("--parameters must be a file").because(missing);
/// assert_eq!(error.to_string(), "--parameters must be a file: entity not found");
/// assert_eq!(error.code(), 2);
/// ```
#[derive(Debug)]
pub struct CommandError {
    code: u8,
    message: String,
    source: Option<Box<dyn Error + Send + Sync>>,
}

const FAILED: u8 = 1;
const USAGE: u8 = 2;
const IN_THE_WAY: u8 = 3;

impl CommandError {
    /// It did not work (1).
    pub fn failed(message: impl Into<String>) -> Self {
        Self::with_code(FAILED, message)
    }

    /// The command line or the configuration is wrong (2).
    pub fn usage(message: impl Into<String>) -> Self {
        Self::with_code(USAGE, message)
    }

    /// Something else stands where this wants to stand (3): a port is taken, a folder is in use.
    pub fn in_the_way(message: impl Into<String>) -> Self {
        Self::with_code(IN_THE_WAY, message)
    }

    /// An error with a code of the program's own.
    pub fn with_code(code: u8, message: impl Into<String>) -> Self {
        Self { code, message: message.into(), source: None }
    }

    /// The same, with what caused it.
    #[must_use]
    pub fn because(self, source: impl Into<Box<dyn Error + Send + Sync>>) -> Self {
        Self { source: Some(source.into()), ..self }
    }

    /// The code that the process ends with.
    pub fn code(&self) -> u8 {
        self.code
    }

    /// Says what is wrong on standard error.
    pub fn report(&self) -> ExitCode {
        note(format_args!("error: {self}"));
        ExitCode::from(self.code)
    }
}

impl fmt::Display for CommandError {
    /// The message and its causes, in one line.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let source = self.source.as_deref().map(|source| source as &(dyn Error + 'static));
        f.write_str(&with_sources(self.message.clone(), source))
    }
}

impl<E: Error + Send + Sync + 'static> From<E> for CommandError {
    fn from(error: E) -> Self {
        Self { code: code_of(&error), message: error.to_string(), source: Some(Box::new(error)) }
    }
}

fn code_of(error: &(dyn Error + 'static)) -> u8 {
    if let Some(CompositionError::Config(_) | CompositionError::Database(DatabaseError::Configuration { .. })) =
        error.downcast_ref()
    {
        return USAGE;
    }
    if let Some(CompositionError::Listen(error)) = error.downcast_ref() {
        return code_of(error);
    }
    match error.downcast_ref::<ListenError>() {
        Some(ListenError { source, .. }) if source.kind() == io::ErrorKind::AddrInUse => IN_THE_WAY,
        _ if error.is::<ConfigError>() => USAGE,
        _ if matches!(error.downcast_ref(), Some(DatabaseError::Configuration { .. })) => USAGE,
        _ => FAILED,
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::config::Config;

    #[test]
    fn each_error_has_its_code() {
        let config = || {
            let builder = Config::builder("shop").folder("/nonexistent").environment([("SHOP__X", "1")]);
            builder.sealed().load().unwrap_err()
        };
        let listen = |kind: io::ErrorKind| {
            let (address, origin) = (([127, 0, 0, 1], 80).into(), "default".to_owned());
            CompositionError::from(ListenError { address, setting: "http.port", origin, source: kind.into() })
        };
        let code = |error: CommandError| error.code();
        assert_eq!(code(config().into()), 2);
        assert_eq!(code(CompositionError::from(config()).into()), 2);
        assert_eq!(code(listen(io::ErrorKind::AddrInUse).into()), 3);
        assert_eq!(code(listen(io::ErrorKind::PermissionDenied).into()), 1);
        assert_eq!(code(io::Error::other("full").into()), 1);
    }

    #[test]
    fn a_cause_that_is_said_already_is_not_said_again() {
        let error = CommandError::failed("not written: the disk is full").because(io::Error::other("the disk is full"));
        assert_eq!(error.to_string(), "not written: the disk is full");
    }
}
