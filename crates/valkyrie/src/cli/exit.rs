use heimdall::program::CommandError;

/// What `--help` says about exit codes.
pub(super) const CODES: &str = "\
Exit codes:
  0  done
  1  failed; standard error says why
  2  the command line or the configuration is wrong
  3  something is in the way: the port is taken, or another `valkyrie dev` uses the folder, or files are where new ones would go
  4  a server was asked and said no
  5  the task that was watched failed or was cancelled

A reader of standard output that goes away early (`valkyrie config | head -1`) changes none of them.";

/// The code for a watched task that failed or was cancelled.
pub(super) const TASK_FAILED: u8 = 5;

/// A server said no.
pub(super) fn refused(message: impl Into<String>) -> CommandError {
    CommandError::with_code(4, message)
}
