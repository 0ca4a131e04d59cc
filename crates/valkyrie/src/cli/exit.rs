use std::{error::Error, fmt, process::ExitCode};

use super::output::note;

/// What `--help` says about exit codes.
pub(crate) const CODES: &str = "\
Exit codes:
  0  done
  1  failed; standard error says why
  2  the command line or the configuration is wrong
  3  something is in the way: the port is taken, or another `valkyrie dev` uses the folder, or files are where new ones would go
  4  a server was asked and said no
  5  the task that was watched failed or was cancelled

A reader of standard output that goes away early (`valkyrie config | head -1`) changes none of them.";

/// The code for a watched task that failed or was cancelled.
pub(crate) const TASK_FAILED: u8 = 5;

/// Why a command did not do what it was asked, and the code that it ends with.
#[derive(Debug)]
pub(crate) struct CliError {
    code: u8,
    message: String,
    source: Option<anyhow::Error>,
}

impl CliError {
    /// The command line or the configuration is wrong.
    pub(crate) fn usage(message: impl Into<String>) -> Self {
        Self { code: 2, message: message.into(), source: None }
    }

    /// Something else stands where this wants to stand.
    pub(crate) fn in_the_way(message: impl Into<String>) -> Self {
        Self { code: 3, message: message.into(), source: None }
    }

    /// A server said no.
    pub(crate) fn refused(message: impl Into<String>) -> Self {
        Self { code: 4, message: message.into(), source: None }
    }

    /// It did not work.
    pub(crate) fn failed(message: impl Into<String>) -> Self {
        Self { code: 1, message: message.into(), source: None }
    }

    /// The same, with what caused it.
    #[must_use]
    pub(crate) fn because(self, source: impl Into<anyhow::Error>) -> Self {
        Self { source: Some(source.into()), ..self }
    }

    /// Says what is wrong on standard error.
    pub(crate) fn report(&self) -> ExitCode {
        note(format_args!("error: {self}"));
        ExitCode::from(self.code)
    }
}

impl fmt::Display for CliError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.message)?;
        let mut said = self.message.clone();
        for cause in self.source.iter().flat_map(anyhow::Error::chain) {
            let cause = cause.to_string();
            // Some errors repeat their cause in their own words.
            if !said.ends_with(&cause) {
                write!(f, ": {cause}")?;
            }
            said = cause;
        }
        Ok(())
    }
}

impl<E: Error + Send + Sync + 'static> From<E> for CliError {
    fn from(error: E) -> Self {
        let source = anyhow::Error::from(error);
        let message = source.to_string();
        Self { code: 1, message, source: Some(source) }
    }
}
