//! `events`: puts events in through the running development instance.

mod endpoint;
mod example;
mod known;
mod publish;

use clap::{Args, Subcommand};

pub(super) use endpoint::serve;
pub use publish::PublishArguments;

use super::Example;
use crate::{
    lifecycle::{CompositionError, Service},
    program::{CommandError, Program},
};
use known::KnownEvents;

/// Arguments of `events`.
#[derive(Debug, Clone, Args)]
#[command(
    about = "Put events in through the running `{service} dev`",
    after_help = "\
Example:
  {service} events publish TYPE --key KEY --data '{\"member\": 1}'"
)]
pub struct EventsArguments {
    /// What to do.
    #[command(subcommand)]
    pub action: EventsAction,
}

/// What to do about events.
#[derive(Debug, Clone, Subcommand)]
pub enum EventsAction {
    /// Publish one
    Publish(PublishArguments),
}

impl Program {
    /// Does what there is to do about events of the running `dev`. Nothing is composed or opened here.
    pub fn events(&self, arguments: &EventsArguments) -> Result<(), CommandError> {
        match &arguments.action {
            EventsAction::Publish(arguments) => publish::publish(self.name(), arguments),
        }
    }
}

/// The topics that a service reads and names in full: a development instance makes them, since nobody else does.
pub(super) fn read_topics(service: &Service) -> Result<Vec<String>, CompositionError> {
    Ok(KnownEvents::of(service)?.read_topics().map(str::to_owned).collect())
}

/// A command that lets a consumer of the service be seen at work, where it has one.
pub(super) fn proposal(service: &Service) -> Result<Option<Example>, CompositionError> {
    let command = |(kind, key, data): (String, String, serde_json::Value)| {
        let words = ["events", "publish", &kind, "--key", &key, "--data", &data.to_string()];
        Example::command(words)
    };
    Ok(KnownEvents::of(service)?.example().map(command))
}
