use std::io::Write as _;

use clap::Args;
use clap_complete::Shell;
use heimdall::program::{CommandError, Stdout};

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

pub(super) fn run(arguments: &Arguments, mut command: clap::Command) -> Result<(), CommandError> {
    // Not right to standard output: the generator takes an output that fails for a defect.
    let mut script = Vec::new();
    clap_complete::generate(arguments.shell, &mut command, "valkyrie", &mut script);
    Stdout.write_all(&script)?;
    Ok(Stdout.flush()?)
}
