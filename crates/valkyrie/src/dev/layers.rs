use heimdall::config::{ConfigBuilder, Origin};

use super::Folder;
use crate::{
    cli::{CliError, Global, output::note},
    roles,
};

/// The configuration of a development instance: what `dev` stands for can't be configured away, least of all by a
/// `DATABASE_URL` that belongs to another program.
pub(super) fn layers(global: &Global, port: Option<u16>, folder: &Folder) -> Result<ConfigBuilder, CliError> {
    let mut builder = roles::layers(global, roles::API_ADMIN_PORT);
    builder = builder
        .default("database.max_connections", 4)
        .default("telemetry.filter", "warn")
        .default("database.migrate", true);
    // Nobody else can have the tasks of a folder that is locked: after a crash they go on soon.
    builder = builder.default("worker.lease_seconds", 5);
    let fixed = [
        ("http.address", "127.0.0.1".to_owned()),
        // With the slashes, a path that begins with two of them is read as it is.
        ("database.url", format!("sqlite://{}", folder.database().display())),
        ("log.adapter", "embedded".to_owned()),
        ("secrets.key_file", folder.secrets_key()?.display().to_string()),
    ];
    say_ignored(&builder, &fixed);
    for (key, value) in fixed {
        builder = builder.argument("valkyrie dev", key, value);
    }
    if let Some(port) = port {
        builder = builder.argument("--port", "http.port", port.to_string());
    }
    Ok(builder)
}

/// Says what is configured and has no effect here, so that nobody looks for it.
fn say_ignored(builder: &ConfigBuilder, fixed: &[(&str, String)]) {
    // What is wrong with the configuration is said when it is loaded for good.
    let Ok(effective) = builder.clone().load().and_then(|config| config.effective()) else { return };
    let own = ["auth.issuer", "secrets.key"];
    let set: Vec<_> = effective
        .entries()
        .iter()
        .filter(|entry| match entry.origin {
            // What many programs read may be meant for another.
            Origin::Default | Origin::CommonVariable(_) => false,
            _ => match fixed.iter().find(|(key, _)| *key == entry.key) {
                Some((_, value)) => entry.value.as_str() != Some(value),
                None => own.contains(&entry.key.as_str()),
            },
        })
        .map(|entry| format!("{} ({})", entry.key, entry.origin))
        .collect();
    if !set.is_empty() {
        let ignored = set.join(", ");
        note(format_args!(
            "ignored: {ignored}; `valkyrie dev` has its own database, log, tokens and keys, on 127.0.0.1"
        ));
    }
}
