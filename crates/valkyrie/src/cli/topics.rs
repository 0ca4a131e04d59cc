use std::process::ExitCode;

use clap::{Args, Subcommand};

use super::{CliError, Global};
use crate::roles::{self, TopicsAction};

/// Make the topics that Valkyrie writes and reads
#[derive(Debug, Args)]
#[command(after_help = "\
The topic of task events, those of the known kinds of catalog entities, and where their readers park what they can't process.
Partitions, retention and cleanup policy come from section `topics` of the configuration; replication is the broker's default.

Examples:
  valkyrie topics plan            what would change; exit code 0 either way
  valkyrie topics plan --json     the same, for a pipeline
  valkyrie topics apply           do it")]
pub(super) struct Arguments {
    #[command(subcommand)]
    action: Action,
}

#[derive(Debug, Subcommand)]
enum Action {
    /// Say what would change, and change nothing
    Plan(Output),
    /// Make the changes, and say which were made
    Apply(Output),
}

#[derive(Debug, Args)]
struct Output {
    /// Write a JSON array of {"topic", "change"}
    #[arg(long)]
    json: bool,
}

pub(super) fn run(global: &Global, arguments: &Arguments) -> Result<ExitCode, CliError> {
    match &arguments.action {
        Action::Plan(output) => roles::topics(global, TopicsAction::Plan, output.json),
        Action::Apply(output) => roles::topics(global, TopicsAction::Apply, output.json),
    }
}
