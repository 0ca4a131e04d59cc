use std::path::Path;

use application::JsonObject;
use heimdall::config::ConfigBuilder;
use infrastructure::templates::TemplatesConfig;

/// The template that ships with the binary and has to be told where heimdall is.
const TEMPLATE: &str = "event-service";

/// Lets services that are made here stand on the checkout that this program was built from, if it is still there and
/// nothing else is configured.
pub(crate) fn with_own_foundation(builder: ConfigBuilder) -> ConfigBuilder {
    let foundation = Path::new(env!("CARGO_MANIFEST_DIR")).join("../heimdall");
    // What is wrong with the configuration is said when it is loaded for good.
    let config = builder.clone().load().and_then(|config| config.section::<TemplatesConfig>());
    let open = config.is_ok_and(|config| {
        let shipped = config.sources.iter().any(|source| source == TemplatesConfig::SHIPPED);
        shipped && !config.defaults.get(TEMPLATE).is_some_and(names_foundation)
    });
    match foundation.canonicalize() {
        Ok(foundation) if open => builder
            .default(&format!("templates.defaults.{TEMPLATE}.heimdallSource"), "path")
            .default(&format!("templates.defaults.{TEMPLATE}.heimdallPath"), foundation.display().to_string()),
        _ => builder,
    }
}

/// Whether somebody has said where heimdall comes from.
pub(crate) fn names_foundation(parameters: &JsonObject) -> bool {
    parameters.keys().any(|name| name.starts_with("heimdall"))
}

/// The address that a service would fetch heimdall from, where it is the template's own: a reserved one, at which nobody
/// will ever answer.
pub(crate) fn reserved_foundation(parameters: &JsonObject) -> Option<&str> {
    let text = |name: &str| parameters.get(name)?.as_str();
    text("heimdallGit")
        .filter(|git| text("heimdallSource") == Some("git") && git.starts_with("https://git.example.com/"))
}
