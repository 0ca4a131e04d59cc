//! `valkyrie dev`: everything in one process, in one folder, on one port.

mod compose;
mod folder;
mod greeting;
mod instance;
mod token;

use std::{io, path::Path, process::ExitCode, time::Instant};

use heimdall::{
    config::ConfigBuilder,
    lifecycle::{CompositionError, Host},
};
use infrastructure::templates::TemplatesConfig;

pub(crate) use self::token::token;
use self::{folder::Folder, greeting::Greeting, instance::Instance};
use crate::{
    cli::{Failure, Global},
    roles,
};

/// One thread waits for the network while the other works; rendering has threads of its own.
const THREADS: usize = 2;

/// Runs everything until a signal says stop.
pub(crate) fn run(global: &Global, port: Option<u16>, data: &Path) -> Result<ExitCode, Failure> {
    let started = Instant::now();
    let folder = Folder::new(data);
    folder.create()?;
    let lock = folder.lock()?;
    let config = layers(global, port, &folder)?;
    let greeting = Greeting::new(&folder, started);
    let host = Host::new(config).shared_listener().threads(THREADS).on_started(move |service| greeting.say(service));
    let outcome = host.run_to_end(async |service| compose::compose(service, &folder).await);
    drop(lock);
    outcome.map(|()| ExitCode::SUCCESS).map_err(|error| explain(error, port.is_some()))
}

/// The configuration of a development instance: what `dev` stands for can't be configured away, least of all by a
/// `DATABASE_URL` that belongs to another program.
fn layers(global: &Global, port: Option<u16>, folder: &Folder) -> Result<ConfigBuilder, Failure> {
    let fixed = |builder: ConfigBuilder, key: &str, value: &str| builder.argument("valkyrie dev", key, value);
    let mut builder = roles::layers(global, roles::API_ADMIN_PORT);
    builder = builder.default("database.max_connections", 4).default("telemetry.filter", "warn");
    // Nobody else can have the tasks of a folder that is locked: after a crash they go on soon.
    builder = builder.default("worker.lease_seconds", 5);
    builder = fixed(builder, "http.address", "127.0.0.1");
    builder = fixed(builder, "database.url", &format!("sqlite:{}", folder.database().display()));
    builder = fixed(builder, "log.adapter", "embedded");
    builder = fixed(builder, "secrets.key_file", &folder.secrets_key()?.display().to_string());
    if let Some(port) = port {
        builder = builder.argument("--port", "http.port", port.to_string());
    }
    Ok(with_own_foundation(builder))
}

/// Lets services that are made here stand on the checkout that this program was built from, if it is still there.
fn with_own_foundation(builder: ConfigBuilder) -> ConfigBuilder {
    let foundation = Path::new(env!("CARGO_MANIFEST_DIR")).join("../heimdall");
    // What is wrong with the configuration is said when it is loaded for good.
    let config = builder.clone().load().and_then(|config| config.section::<TemplatesConfig>());
    let shipped = config.is_ok_and(|config| config.sources.iter().any(|source| source == TemplatesConfig::SHIPPED));
    match foundation.canonicalize() {
        Ok(foundation) if shipped => builder
            .default("templates.defaults.event-service.heimdallSource", "path")
            .default("templates.defaults.event-service.heimdallPath", foundation.display().to_string()),
        _ => builder,
    }
}

/// Says what is in the way, and what to do about it.
fn explain(error: CompositionError, given: bool) -> Failure {
    match &error {
        CompositionError::Listen { address, source, .. } if source.kind() == io::ErrorKind::AddrInUse => {
            let other = if given { "another --port" } else { "another port with --port" };
            Failure::in_the_way(format!(
                "port {} is taken by another program: stop it, or choose {other} (--port 0 takes a free one)",
                address.port()
            ))
        }
        CompositionError::Config(_) => Failure::usage(error.to_string()),
        _ => error.into(),
    }
}
