use std::io::Write as _;
use std::process::ExitCode;

use clap::Args;
use heimdall::program::{CommandError, Stdout};

use super::{
    print,
    session::{Session, failure},
};
use crate::client::Removals;

/// Show services that vanished from the catalog, and decide about their tasks
///
/// A task whose service is deleted in the catalog is decommissioned by itself, after some seconds. When more than a tenth of
/// all services, and at least ten, vanish within a minute, that looks like a mistake: then nothing is decommissioned until
/// somebody says so here. Needs the permission scaffold-tasks:admin.
#[derive(Debug, Args)]
#[command(after_help = "\
Examples:
  valkyrie task decommission             # which services vanished
  valkyrie task decommission --confirm   # they are gone indeed
  valkyrie task decommission --discard   # it was a mistake: their tasks stay completed")]
pub(super) struct Arguments {
    /// Decommission the tasks of all of them
    #[arg(long, conflicts_with = "discard")]
    confirm: bool,
    /// Keep the tasks of all of them
    #[arg(long)]
    discard: bool,
}

pub(super) async fn run(session: &Session, arguments: &Arguments) -> Result<ExitCode, CommandError> {
    let decision = match arguments {
        Arguments { confirm: true, .. } => Some(("confirm", "will be decommissioned")),
        Arguments { discard: true, .. } => Some(("discard", "stay completed")),
        _ => None,
    };
    let Some((decision, outcome)) = decision else {
        return show(session, &session.client.removals().await.map_err(failure)?);
    };
    let decided = session.client.decide_removals(decision).await.map_err(failure)?;
    if session.json {
        writeln!(Stdout, "{}", serde_json::to_string_pretty(&decided)?)?;
    } else {
        writeln!(Stdout, "{} tasks {outcome}", decided.tasks)?;
    }
    Ok(ExitCode::SUCCESS)
}

fn show(session: &Session, removals: &Removals) -> Result<ExitCode, CommandError> {
    if session.json {
        writeln!(Stdout, "{}", serde_json::to_string_pretty(removals)?)?;
        return Ok(ExitCode::SUCCESS);
    }
    for removal in &removals.items {
        writeln!(
            Stdout,
            "{}  {:9}  {}  {}",
            print::plain(&removal.task),
            print::plain(&removal.status),
            print::plain(&removal.removed_at),
            print::plain(&removal.entity_ref)
        )?;
    }
    if removals.items.is_empty() {
        writeln!(Stdout, "no service that vanished from the catalog waits for a decision")?;
    } else if removals.held {
        writeln!(Stdout, "so many went at once that nothing is decommissioned until you say --confirm or --discard")?;
    }
    Ok(ExitCode::SUCCESS)
}
