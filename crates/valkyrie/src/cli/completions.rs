use std::{io::Write as _, process::ExitCode};

use clap::{Args, CommandFactory as _};
use clap_complete::Shell;

use super::{CliError, output::Stdout};

/// Print a script that completes this command line in a shell
#[derive(Debug, Args)]
#[command(after_help = "\
Examples:
  valkyrie completions bash > ~/.local/share/bash-completion/completions/valkyrie
  valkyrie completions zsh > \"${fpath[1]}/_valkyrie\"
  valkyrie completions fish > ~/.config/fish/completions/valkyrie.fish")]
pub(super) struct Arguments {
    /// The shell
    shell: Shell,
}

pub(super) fn run(arguments: &Arguments) -> Result<ExitCode, CliError> {
    // Not right to standard output: the generator takes an output that fails for a defect.
    let mut script = Vec::new();
    clap_complete::generate(arguments.shell, &mut super::Cli::command(), "valkyrie", &mut script);
    Stdout.write_all(&script)?;
    Stdout.flush()?;
    Ok(ExitCode::SUCCESS)
}
