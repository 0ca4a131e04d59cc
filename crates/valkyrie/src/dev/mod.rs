//! `valkyrie dev`: everything in one process, in one folder, on one port.

mod compose;
mod folder;
mod greeting;
mod instance;
mod layers;
mod token;

use std::{io, path::Path, process::ExitCode, time::Instant};

use heimdall::{
    lifecycle::{CompositionError, Host},
    server::ListenError,
};

pub(crate) use self::token::token;
use self::{folder::Folder, greeting::Greeting, instance::Instance};
use crate::cli::{CliError, Global};

/// One thread waits for the network while the other works; rendering has threads of its own.
const THREADS: usize = 2;

/// Runs everything until a signal says stop.
pub(crate) fn run(global: &Global, port: Option<u16>, data: &Path) -> Result<ExitCode, CliError> {
    let started = Instant::now();
    let folder = Folder::new(data);
    folder.create()?;
    let lock = folder.lock()?;
    let config = layers::layers(global, port, &folder)?;
    let greeting = Greeting::new(&folder, started);
    let host = Host::new(config).shared_listener().threads(THREADS).on_started(move |service| greeting.say(service));
    let outcome = host.run_to_end(async |service| compose::compose(service, &folder).await);
    drop(lock);
    outcome.map(|()| ExitCode::SUCCESS).map_err(|error| explain(error, port.is_some()))
}

/// Says what is in the way, and what to do about it.
fn explain(error: CompositionError, given: bool) -> CliError {
    match &error {
        CompositionError::Listen(ListenError { address, source, .. }) if source.kind() == io::ErrorKind::AddrInUse => {
            let other = if given { "another --port" } else { "another port with --port" };
            CliError::in_the_way(format!(
                "port {} is taken by another program: stop it, or choose {other} (--port 0 takes a free one)",
                address.port()
            ))
        }
        CompositionError::Config(_) => CliError::usage(error.to_string()),
        _ => error.into(),
    }
}
