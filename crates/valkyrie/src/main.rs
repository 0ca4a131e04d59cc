//! Valkyrie, in one binary: its subcommands compose the hosts and carry the command line.

mod cli;
mod client;
mod dev;
mod new;
mod roles;

use std::process::ExitCode;

fn main() -> ExitCode {
    cli::run()
}
