use std::io::IsTerminal as _;
use std::process::ExitCode;
use std::time::Duration;

use application::view::TaskView;
use clap::Args;
use heimdall::program::{CommandError, note};
use indicatif::{ProgressBar, ProgressStyle};

use super::{
    print,
    session::{Session, failure},
};
use crate::cli::exit::TASK_FAILED;
use crate::client::ClientError;

/// How often the server is asked.
const PERIOD: Duration = Duration::from_millis(300);
/// How often in a row the server may be away before we give up.
const MAX_FAILED_POLLS: u32 = 100;

/// Follow a task until it ends; its log goes to standard error, the task itself to standard output
#[derive(Debug, Args)]
pub(super) struct Arguments {
    /// The task's id
    id: String,
}

pub(super) async fn run(session: &Session, arguments: &Arguments) -> Result<ExitCode, CommandError> {
    follow(session, &arguments.id).await
}

/// Follows a task to its end. Ends with [`TASK_FAILED`] if it did not complete.
pub(super) async fn follow(session: &Session, id: &str) -> Result<ExitCode, CommandError> {
    let bar = bar();
    let task = until_the_end(session, id, &bar).await;
    bar.finish_and_clear();
    let task = task?;
    let shown = print::answer(session, &task)?;
    let completed = matches!(task.status.as_str(), "completed" | "decommissioned" | "draft");
    Ok(if completed { shown } else { ExitCode::from(TASK_FAILED) })
}

async fn until_the_end(session: &Session, id: &str, bar: &ProgressBar) -> Result<TaskView, CommandError> {
    let mut cursor: Option<String> = None;
    let mut seen = 0;
    let mut failures = 0;
    loop {
        // The task first: what its log says afterwards is then all there is when the task has ended.
        let round = async {
            let task = session.client.task(id).await?;
            let page = session.client.log(id, cursor.as_deref()).await?;
            Ok::<_, ClientError>((task, page))
        };
        match round.await {
            Ok((task, page)) => {
                failures = 0;
                bar.set_message(format!("{} (attempt {})", task.status, task.attempt));
                for line in page.items.iter().filter(|line| line.line > seen) {
                    let text = format!("{:12} {}", print::plain(&line.step), print::plain(&line.message));
                    bar.suspend(|| note(text));
                }
                seen = page.items.last().map_or(seen, |line| line.line.max(seen));
                match page.next_cursor {
                    Some(next) => cursor = Some(next),
                    None if is_over(&task) => return Ok(task),
                    None => tokio::time::sleep(PERIOD).await,
                }
            }
            // A server that restarts is no reason to stop watching.
            Err(error) if !error.is_refusal() && failures < MAX_FAILED_POLLS => {
                failures += 1;
                bar.set_message("the server is away, waiting for it");
                tokio::time::sleep(PERIOD).await;
            }
            Err(error) => return Err(failure(error)),
        }
    }
}

/// A status that we don't know may be a way-point: only those that we know end the wait. A draft waits for a person.
fn is_over(task: &TaskView) -> bool {
    matches!(task.status.as_str(), "completed" | "failed" | "cancelled" | "decommissioned" | "draft")
}

fn bar() -> ProgressBar {
    if !std::io::stderr().is_terminal() {
        return ProgressBar::hidden();
    }
    let bar = ProgressBar::new_spinner();
    if let Ok(style) = ProgressStyle::with_template("{spinner} {msg} [{elapsed}]") {
        bar.set_style(style);
    }
    bar.enable_steady_tick(Duration::from_millis(100));
    bar
}
