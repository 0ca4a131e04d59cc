//! The command line. What every service has comes from [`heimdall::program`]; each other subcommand is a module with its
//! arguments, its help and a `run`.

mod completions;
mod exit;
mod new;
mod parameters;
mod task;

use std::process::ExitCode;

use clap::{CommandFactory as _, FromArgMatches as _, Parser, Subcommand};
use heimdall::program::{
    AsyncapiArguments, CommandError, ConfigArguments, DevArguments, EventsArguments, GlobalArguments, MigrateArguments,
    OpenapiArguments, TokenArguments, TopicsArguments, fill_in,
};

use crate::{
    dev,
    roles::{self, API_ADMIN_PORT, WORKER_ADMIN_PORT},
};

/// Turns templates into working, event-driven services.
///
/// `valkyrie dev` runs everything in one process, with nothing to install: start there.
#[derive(Debug, Parser)]
#[command(name = "valkyrie", version, arg_required_else_help = true, after_help = exit::CODES, max_term_width = 100)]
struct Cli {
    #[command(flatten)]
    global: GlobalArguments,
    #[command(subcommand)]
    command: Command,
}

#[derive(Debug, Subcommand)]
enum Command {
    /// Run everything on this machine: API, worker and log in one process, on one port, with nothing to install
    ///
    /// The data lives in one folder and survives a restart. A token and commands to try are printed at the start.
    /// Listens on 127.0.0.1 only.
    #[command(after_help = "\
Examples:
  valkyrie dev                                     on port 7100, data in .valkyrie/
  valkyrie dev --port 0 --data-dir /tmp/trial      on a free port, in another folder
  curl -H \"Authorization: Bearer $(valkyrie token)\" http://127.0.0.1:7100/api/v1/templates

Exit codes: 0 stopped, 1 failed, 2 wrong usage or configuration, 3 the port is taken or another `valkyrie dev` uses the folder")]
    Dev(DevArguments),
    #[command(after_help = "\
Examples:
  export VALKYRIE_TOKEN=$(valkyrie token)
  valkyrie token --subject ci --scope scaffold-tasks:read --scope templates:read --ttl 5m")]
    Token(TokenArguments),
    Events(EventsArguments),
    New(new::Arguments),
    Task(task::Arguments),
    /// Serve the HTTP API (a deployment's role; `dev` does all roles at once)
    #[command(after_help = "\
Takes everything from the configuration (see `valkyrie config`): database.url, auth.issuer, http.port (7100), admin.port
(7101: metrics and the details of health). Ready when the database is there and migrated.

Example:
  DATABASE_URL=postgres://valkyrie@db/valkyrie VALKYRIE__AUTH__ISSUER=https://id.example/realms/dev valkyrie api")]
    Api,
    /// Run tasks, publish events and follow the catalog (a deployment's role; `dev` does all roles at once)
    #[command(after_help = "\
Takes everything from the configuration (see `valkyrie config`): database.url, log.adapter, kafka.brokers, admin.port (7102:
metrics and health), worker.concurrency. Any number of workers share the work; one that is killed is replaced by the
others. The topics must be there: `valkyrie topics apply`.

Example:
  DATABASE_URL=postgres://valkyrie@db/valkyrie VALKYRIE__LOG__ADAPTER=kafka VALKYRIE__KAFKA__BROKERS=kafka:9092 valkyrie worker")]
    Worker,
    Migrate(MigrateArguments),
    #[command(after_help = "\
The topic of task events, those of the known kinds of catalog entities, and where their readers park what they can't process.
Partitions, retention and cleanup policy come from section `topics` of the configuration; replication is the broker's default.

Examples:
  valkyrie topics plan            what would change; exit code 0 either way
  valkyrie topics plan --json     the same, for a pipeline
  valkyrie topics apply           do it")]
    Topics(TopicsArguments),
    Config(ConfigArguments),
    Openapi(OpenapiArguments),
    Asyncapi(AsyncapiArguments),
    Completions(completions::Arguments),
}

/// Reads the command line and does what it says.
pub(crate) fn run() -> ExitCode {
    let line = Cli::from_arg_matches(&command().get_matches()).unwrap_or_else(|error| error.exit());
    done(&line).unwrap_or_else(|error| error.report())
}

fn done(Cli { global, command }: &Cli) -> Result<ExitCode, CommandError> {
    let program = |admin_port| roles::program(roles::layers(global, admin_port));
    match command {
        Command::Dev(arguments) => dev::run(global, arguments)?,
        Command::Token(arguments) => program(API_ADMIN_PORT).token(arguments)?,
        Command::Events(arguments) => program(API_ADMIN_PORT).events(arguments)?,
        Command::New(arguments) => new::run(global, arguments)?,
        Command::Task(arguments) => return task::run(arguments),
        Command::Api => program(API_ADMIN_PORT).serve(roles::api)?,
        Command::Worker => program(WORKER_ADMIN_PORT).serve(roles::worker)?,
        Command::Migrate(arguments) => program(API_ADMIN_PORT).migrate(arguments, roles::everything)?,
        Command::Topics(arguments) => program(API_ADMIN_PORT).topics(arguments, roles::everything)?,
        Command::Config(arguments) => program(API_ADMIN_PORT).config(arguments, roles::everything)?,
        Command::Openapi(_) => program(API_ADMIN_PORT).openapi(roles::everything)?,
        Command::Asyncapi(_) => program(API_ADMIN_PORT).asyncapi(roles::everything)?,
        Command::Completions(arguments) => completions::run(arguments, self::command())?,
    }
    Ok(ExitCode::SUCCESS)
}

fn command() -> clap::Command {
    fill_in(Cli::command(), "valkyrie")
}

#[cfg(test)]
mod tests {
    #[test]
    fn the_command_line_is_consistent() {
        super::command().debug_assert();
    }
}
