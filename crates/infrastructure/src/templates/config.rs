use std::collections::BTreeMap;

use domain::JsonObject;
use heimdall::config::{Section, Violation};
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

/// Section `templates`: where templates come from, and what the installation adds to them.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(default)]
pub struct TemplatesConfig {
    /// Where templates come from: `shipped` for those that come with the binary, or the path of a folder that is a
    /// template (it has a `template.yaml`) or that holds folders that are. Where two have one name, the first wins.
    pub sources: Vec<String>,
    /// For each template's name, values for parameters that a request leaves out. They go before the template's own
    /// defaults, and are checked against its schema when it is loaded.
    pub defaults: BTreeMap<String, JsonObject>,
}

impl TemplatesConfig {
    /// The word in `sources` for the templates that come with the binary.
    pub const SHIPPED: &str = "shipped";
}

impl Default for TemplatesConfig {
    fn default() -> Self {
        Self { sources: vec![Self::SHIPPED.to_owned()], defaults: BTreeMap::new() }
    }
}

impl Section for TemplatesConfig {
    const PATH: &'static str = "templates";

    fn validate(&self) -> Vec<Violation> {
        let named = self.sources.iter().all(|source| !source.trim().is_empty());
        Violation::unless(named, "sources", "must name a folder, or be `shipped`").into_iter().collect()
    }
}
