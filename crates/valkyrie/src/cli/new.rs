use std::path::PathBuf;

use clap::Args;
use heimdall::program::{CommandError, GlobalArguments};

use super::parameters::Parameters;
use crate::new::{Destination, NewService};

/// Make a service from a template here and now, with the engine that the server has
#[derive(Debug, Args)]
#[command(after_help = "\
Examples:
  valkyrie new event-service -p name=payments -p owner=group:default/payments
  valkyrie new event-service --parameters payments.json --dry-run
  valkyrie new ./my-templates/worker -p name=mailer --output services/mailer

A service of event-service stands on heimdall, and has a copy of its source unless told otherwise: -p heimdallGit=… takes it from git,
-p heimdallRegistry=… from a registry, and -p heimdallPath=… from a folder, for work on heimdall itself.")]
pub(super) struct Arguments {
    /// The template: the name of one that the configuration offers, or the folder of one (with a `/` in it)
    template: String,
    #[command(flatten)]
    parameters: Parameters,
    /// The folder to make; it must not exist yet, or be empty [default: the service's name]
    #[arg(short, long, value_name = "DIR", conflicts_with = "dry_run")]
    output: Option<PathBuf>,
    /// Only show the files that would be written
    #[arg(long)]
    dry_run: bool,
    /// Print JSON, for pipelines
    #[arg(long)]
    json: bool,
}

pub(super) fn run(global: &GlobalArguments, arguments: &Arguments) -> Result<(), CommandError> {
    let order = NewService {
        template: arguments.template.clone(),
        parameters: arguments.parameters.read()?,
        place: if arguments.dry_run { Destination::Nowhere } else { Destination::Folder(arguments.output.clone()) },
        json: arguments.json,
    };
    crate::new::run(global, order)
}
