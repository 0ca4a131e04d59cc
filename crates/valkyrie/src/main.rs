//! Valkyrie, in one binary: its subcommands compose the hosts and carry the command line.

#![warn(clippy::print_stdout, clippy::print_stderr)]

mod cli;
mod client;
mod dev;
mod new;
mod roles;

use std::process::ExitCode;

/// A request is some hundreds of small allocations, most of them freed by the same thread.
#[global_allocator]
static ALLOCATOR: mimalloc::MiMalloc = mimalloc::MiMalloc;

fn main() -> ExitCode {
    cli::run()
}
