//! The command line. Each subcommand is a module with its arguments, its help and a `run`.

mod api;
mod completions;
mod config;
mod dev;
pub(crate) mod exit;
mod migrate;
mod new;
pub(crate) mod output;
mod parameters;
mod task;
mod token;
mod topics;
mod worker;

use std::{path::PathBuf, process::ExitCode};

use clap::{Args, Parser, Subcommand};

pub(crate) use self::exit::CliError;

/// Turns templates into working, event-driven services.
///
/// `valkyrie dev` runs everything in one process, with nothing to install: start there.
#[derive(Debug, Parser)]
#[command(name = "valkyrie", version, arg_required_else_help = true, after_help = exit::CODES, max_term_width = 100)]
struct Cli {
    #[command(flatten)]
    global: Global,
    #[command(subcommand)]
    command: Command,
}

/// What every subcommand understands.
#[derive(Debug, Args)]
pub(crate) struct Global {
    /// The configuration file [default: valkyrie.toml in the working folder, if it is there]
    #[arg(long, global = true, value_name = "FILE")]
    pub(crate) config: Option<PathBuf>,
}

#[derive(Debug, Subcommand)]
enum Command {
    Dev(dev::Arguments),
    Token(token::Arguments),
    New(new::Arguments),
    Task(task::Arguments),
    Api(api::Arguments),
    Worker(worker::Arguments),
    Migrate(migrate::Arguments),
    Topics(topics::Arguments),
    Config(config::Arguments),
    Completions(completions::Arguments),
}

/// Reads the command line and does what it says.
pub(crate) fn run() -> ExitCode {
    let Cli { global, command } = Cli::parse();
    let outcome = match command {
        Command::Dev(arguments) => dev::run(&global, &arguments),
        Command::Token(arguments) => token::run(&arguments),
        Command::New(arguments) => new::run(&global, &arguments),
        Command::Task(arguments) => task::run(&arguments),
        Command::Api(arguments) => api::run(&global, &arguments),
        Command::Worker(arguments) => worker::run(&global, &arguments),
        Command::Migrate(arguments) => migrate::run(&global, &arguments),
        Command::Topics(arguments) => topics::run(&global, &arguments),
        Command::Config(arguments) => config::run(&global, &arguments),
        Command::Completions(arguments) => completions::run(&arguments),
    };
    outcome.unwrap_or_else(|failure| failure.report())
}

#[cfg(test)]
mod tests {
    use clap::CommandFactory as _;

    #[test]
    fn the_command_line_is_consistent() {
        super::Cli::command().debug_assert();
    }
}
