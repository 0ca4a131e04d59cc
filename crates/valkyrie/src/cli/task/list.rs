use std::process::ExitCode;

use clap::Args;
use heimdall::program::{CommandError, note};

use super::{
    print,
    session::{Session, failure},
};
use crate::client::{ListQuery, Page};

/// List tasks, newest first
#[derive(Debug, Args)]
pub(super) struct Arguments {
    /// Only in these statuses, such as `queued,running`
    #[arg(long, value_name = "STATUS")]
    status: Option<String>,
    /// Only from this template
    #[arg(long, value_name = "NAME")]
    template: Option<String>,
    /// How many at most
    #[arg(long, value_name = "N", default_value_t = 20, value_parser = clap::value_parser!(u32).range(1..))]
    limit: u32,
}

/// The most that a server gives at once.
const PAGE: u32 = 100;

pub(super) async fn run(session: &Session, arguments: &Arguments) -> Result<ExitCode, CommandError> {
    let mut tasks = Vec::new();
    let mut cursor = None;
    loop {
        let missing = arguments.limit - u32::try_from(tasks.len()).unwrap_or(arguments.limit);
        let query = ListQuery {
            limit: missing.min(PAGE),
            status: arguments.status.clone(),
            template: arguments.template.clone(),
            cursor: cursor.take(),
        };
        let page = session.client.tasks(&query).await.map_err(failure)?;
        tasks.extend(page.items);
        cursor = page.next_cursor;
        if cursor.is_none() || tasks.len() >= arguments.limit as usize {
            break;
        }
    }
    if session.json {
        print::json(&Page { items: tasks, next_cursor: cursor })?;
    } else {
        print::table(&tasks)?;
        if cursor.is_some() {
            note(format_args!("there are more: --limit {} shows more of them", arguments.limit.saturating_mul(5)));
        }
    }
    Ok(ExitCode::SUCCESS)
}
