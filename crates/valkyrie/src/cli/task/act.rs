use std::io::Write as _;
use std::process::ExitCode;

use clap::Args;
use heimdall::program::{CommandError, Stdout};

use super::{
    print,
    session::{Session, failure},
    watch,
};
use crate::cli::parameters::Parameters;

/// Start a draft: hand it to the workers
#[derive(Debug, Args)]
pub(super) struct QueueArguments {
    /// The draft's id
    id: String,
    /// Follow it until it ends
    #[arg(long)]
    watch: bool,
}

/// Try a failed task again, from the template's current version
#[derive(Debug, Args)]
pub(super) struct RetryArguments {
    /// The task's id
    id: String,
    /// Only write-only parameters, which were erased when the task failed, can be given here
    #[command(flatten)]
    parameters: Parameters,
    /// Follow it until it ends
    #[arg(long)]
    watch: bool,
}

pub(super) async fn show(session: &Session, id: &str) -> Result<ExitCode, CommandError> {
    print::answer(session, &session.client.task(id).await.map_err(failure)?)
}

pub(super) async fn queue(session: &Session, arguments: &QueueArguments) -> Result<ExitCode, CommandError> {
    let task = session.client.queue(&arguments.id).await.map_err(failure)?;
    if arguments.watch { watch::follow(session, &arguments.id).await } else { print::answer(session, &task) }
}

pub(super) async fn cancel(session: &Session, id: &str) -> Result<ExitCode, CommandError> {
    print::answer(session, &session.client.cancel(id).await.map_err(failure)?)
}

pub(super) async fn retry(session: &Session, arguments: &RetryArguments) -> Result<ExitCode, CommandError> {
    let task = session.client.retry(&arguments.id, arguments.parameters.read()?).await.map_err(failure)?;
    if arguments.watch { watch::follow(session, &arguments.id).await } else { print::answer(session, &task) }
}

pub(super) async fn log(session: &Session, id: &str) -> Result<ExitCode, CommandError> {
    let mut cursor: Option<String> = None;
    loop {
        let page = session.client.log(id, cursor.as_deref()).await.map_err(failure)?;
        for line in &page.items {
            if session.json {
                print::json(line)?;
            } else {
                writeln!(Stdout, "{} {:12} {}", line.at, print::plain(&line.step), print::plain(&line.message))?;
            }
        }
        match page.next_cursor {
            Some(next) => cursor = Some(next),
            None => return Ok(ExitCode::SUCCESS),
        }
    }
}
