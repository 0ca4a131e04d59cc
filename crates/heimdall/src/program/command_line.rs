use std::{ffi::OsString, process::ExitCode};

use clap::{CommandFactory as _, FromArgMatches as _, Parser, Subcommand};

use super::{
    AsyncapiArguments, CommandError, ConfigArguments, DevArguments, EventsArguments, GlobalArguments, MigrateArguments,
    OpenapiArguments, Program, TokenArguments, TopicsArguments, fill_in,
};
use crate::lifecycle::{CompositionError, Service};

const HELP: &str = "\
Examples:
  {service} dev                  run it on this machine, with nothing to install: start there
  {service} config               what is configured, and where that came from
  {service}                      run it as it is configured

Exit codes:
  0  done
  1  failed; standard error says why
  2  the command line or the configuration is wrong
  3  something is in the way: the port is taken, or another `{service} dev` uses the folder";

#[derive(Debug, Parser)]
#[command(after_help = HELP, max_term_width = 100)]
struct CommandLine {
    #[command(flatten)]
    global: GlobalArguments,
    #[command(subcommand)]
    command: Option<Command>,
}

#[derive(Debug, Subcommand)]
enum Command {
    Dev(DevArguments),
    Token(TokenArguments),
    Events(EventsArguments),
    Config(ConfigArguments),
    Migrate(MigrateArguments),
    Topics(TopicsArguments),
    Openapi(OpenapiArguments),
    Asyncapi(AsyncapiArguments),
}

impl Program {
    /// Does what these arguments ask for, of which the first is the program itself, and says on standard error what is
    /// wrong. [`heimdall::run`](crate::run) does it with those of the process.
    pub fn run(
        self,
        arguments: impl IntoIterator<Item = impl Into<OsString> + Clone>,
        compose: impl AsyncFnOnce(&Service) -> Result<(), CompositionError>,
    ) -> ExitCode {
        let matches = command(&self).get_matches_from(arguments);
        let line = CommandLine::from_arg_matches(&matches).unwrap_or_else(|error| error.exit());
        let program = self.layered(|layers| line.global.over(layers));
        let outcome = match &line.command {
            None => program.serve(compose),
            Some(command) => done(command, program, compose),
        };
        outcome.map_or_else(|error| error.report(), |()| ExitCode::SUCCESS)
    }
}

fn done(
    command: &Command,
    program: Program,
    compose: impl AsyncFnOnce(&Service) -> Result<(), CompositionError>,
) -> Result<(), CommandError> {
    match command {
        Command::Dev(arguments) => program.dev(arguments)?.run(compose),
        Command::Token(arguments) => program.token(arguments),
        Command::Events(arguments) => program.events(arguments),
        Command::Config(arguments) => program.config(arguments, compose),
        Command::Migrate(arguments) => program.migrate(arguments, compose),
        Command::Topics(arguments) => program.topics(arguments, compose),
        Command::Openapi(_) => program.openapi(compose),
        Command::Asyncapi(_) => program.asyncapi(compose),
    }
}

fn command(program: &Program) -> clap::Command {
    let name = program.name().to_owned();
    let built = || format!("(built on heimdall {})", env!("CARGO_PKG_VERSION"));
    let command = CommandLine::command()
        .name(name.clone())
        .bin_name(name.clone())
        .version(program.said_version().map_or_else(built, str::to_owned));
    let command = match program.said_about() {
        Some(about) => command.about(about.to_owned()),
        None => command,
    };
    fill_in(command, &name)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_command_line_is_consistent_and_says_the_services_name() {
        let mut command = command(&Program::from("line-items").version("1.2.3"));
        command.clone().debug_assert();
        assert_eq!(command.render_version(), "line-items 1.2.3\n");
        let names: Vec<_> = command.get_subcommands().map(|command| command.get_name().to_owned()).collect();
        for name in names {
            let help = command.find_subcommand_mut(&name).unwrap().render_long_help().to_string();
            assert!(!help.contains("{service}") && !help.contains("{SERVICE}"), "{help}");
            assert!(help.contains(&format!("  line-items {name}")), "examples: {help}");
        }
    }
}
