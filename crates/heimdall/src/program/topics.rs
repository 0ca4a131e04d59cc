use std::{io::Write as _, sync::Arc};

use clap::{Args, Subcommand};
use serde_json::json;

use super::{CommandError, Program, Stdout};
use crate::{
    database::Migrations,
    lifecycle::{CompositionError, Service},
    messaging::{
        LogAdapter, LogConfig,
        log::Log,
        topics::{TopicChange, plan},
    },
};

/// Arguments of `topics`.
#[derive(Debug, Clone, Copy, Args)]
#[command(
    about = "Make the topics that {service} writes and reads",
    after_help = "\
Those that are there and not wanted are left alone. Replication is the broker's default.

Examples:
  {service} topics plan            what would change; exit code 0 either way
  {service} topics plan --json     the same, for a pipeline
  {service} topics apply           do it"
)]
pub struct TopicsArguments {
    /// What to do about the differences between the topics that are there and those that are wanted.
    #[command(subcommand)]
    pub action: TopicsAction,
}

/// What to do about topics.
#[derive(Debug, Clone, Copy, Subcommand)]
pub enum TopicsAction {
    /// Say what would change, and change nothing
    Plan(TopicsOutput),
    /// Make the changes, and say which were made
    Apply(TopicsOutput),
}

/// How to say it.
#[derive(Debug, Clone, Copy, Args)]
pub struct TopicsOutput {
    /// Write a JSON array of {"topic", "change"}
    #[arg(long)]
    pub json: bool,
}

impl Program {
    /// Plans or makes the topics that the service wants.
    pub fn topics(
        &self,
        arguments: &TopicsArguments,
        compose: impl AsyncFnOnce(&Service) -> Result<(), CompositionError>,
    ) -> Result<(), CommandError> {
        self.describe(compose, async |described| {
            let wanted = described.declared_topics()?;
            if wanted.is_empty() {
                return self.print(&[], arguments.action);
            }
            let service = self.host().bare()?;
            let log = open(&service).await?;
            let changes = match arguments.action {
                TopicsAction::Plan(_) => plan(&log.topics().await?, &wanted)?,
                TopicsAction::Apply(_) => log.apply_topics(&wanted).await?,
            };
            self.print(&changes, arguments.action)
        })
    }

    fn print(&self, changes: &[TopicChange], action: TopicsAction) -> Result<(), CommandError> {
        let (TopicsAction::Plan(TopicsOutput { json }) | TopicsAction::Apply(TopicsOutput { json })) = action;
        if json {
            let row = |change: &TopicChange| json!({"topic": change.topic(), "change": change.to_string()});
            let rows: Vec<_> = changes.iter().map(row).collect();
            writeln!(Stdout, "{}", serde_json::to_string_pretty(&rows)?)?;
        } else if changes.is_empty() {
            writeln!(Stdout, "Nothing to do: all topics are as they should be.")?;
        } else {
            for change in changes {
                writeln!(Stdout, "{change}")?;
            }
            if matches!(action, TopicsAction::Plan(_)) {
                writeln!(Stdout, "{} changes; `{} topics apply` makes them.", changes.len(), self.name())?;
            }
        }
        Ok(())
    }
}

/// The log that the configuration names.
async fn open(service: &Service) -> Result<Arc<dyn Log>, CommandError> {
    if service.config().section::<LogConfig>()?.adapter == LogAdapter::Embedded {
        // The embedded log is its tables: where they are not, there is nothing to ask.
        service.open_database().await?.migrate(&Migrations::NONE).await?;
    }
    Ok(service.log().await?)
}
