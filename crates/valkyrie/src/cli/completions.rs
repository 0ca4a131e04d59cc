use std::process::ExitCode;

use clap::{Args, CommandFactory as _};
use clap_complete::Shell;

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

pub(super) fn run(arguments: &Arguments) -> ExitCode {
    clap_complete::generate(arguments.shell, &mut super::Cli::command(), "valkyrie", &mut std::io::stdout());
    ExitCode::SUCCESS
}
