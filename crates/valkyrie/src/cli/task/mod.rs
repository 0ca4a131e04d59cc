//! `valkyrie task`: speaks to a running server.

mod act;
mod artifact;
mod decommission;
mod list;
mod print;
mod session;
mod submit;
mod watch;

use std::process::ExitCode;

use clap::{Args, Subcommand};
use heimdall::program::CommandError;
use reqwest::Url;

use self::session::Session;

/// Ask a running server for services, and follow them
#[derive(Debug, Args)]
#[command(after_help = "\
Examples:
  export VALKYRIE_TOKEN=$(valkyrie token)
  valkyrie task submit event-service -p name=payments -p owner=group:default/payments --watch
  valkyrie task list --status failed --json
  valkyrie task artifact 0192f0c1-2f6a-7000-8000-000000000000 --output payments.tar.gz

The token comes from the environment, so that it is in no list of processes.")]
pub(super) struct Arguments {
    #[command(flatten)]
    connection: Connection,
    #[command(subcommand)]
    command: Command,
}

#[derive(Debug, Args)]
struct Connection {
    /// The server
    #[arg(long, global = true, env = "VALKYRIE_SERVER", value_name = "URL", default_value = "http://127.0.0.1:7100")]
    server: Url,
    /// Print JSON, for pipelines
    #[arg(long, global = true)]
    json: bool,
}

#[derive(Debug, Subcommand)]
enum Command {
    Submit(submit::Arguments),
    Watch(watch::Arguments),
    List(list::Arguments),
    /// Show a task
    Show(Id),
    Queue(act::QueueArguments),
    /// Stop a task: at once, or at its next step
    Cancel(Id),
    Retry(act::RetryArguments),
    /// Print what each step of a task did
    Log(Id),
    Artifact(artifact::Arguments),
    Decommission(decommission::Arguments),
}

#[derive(Debug, Args)]
struct Id {
    /// The task's id
    #[arg(value_name = "ID")]
    id: String,
}

pub(super) fn run(arguments: &Arguments) -> Result<ExitCode, CommandError> {
    let Connection { server, json } = &arguments.connection;
    let session = Session::open(server.clone(), *json)?;
    let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build()?;
    runtime.block_on(async {
        match &arguments.command {
            Command::Submit(arguments) => submit::run(&session, arguments).await,
            Command::Watch(arguments) => watch::run(&session, arguments).await,
            Command::List(arguments) => list::run(&session, arguments).await,
            Command::Show(Id { id }) => act::show(&session, id).await,
            Command::Queue(arguments) => act::queue(&session, arguments).await,
            Command::Cancel(Id { id }) => act::cancel(&session, id).await,
            Command::Retry(arguments) => act::retry(&session, arguments).await,
            Command::Log(Id { id }) => act::log(&session, id).await,
            Command::Artifact(arguments) => artifact::run(&session, arguments).await,
            Command::Decommission(arguments) => decommission::run(&session, arguments).await,
        }
    })
}
