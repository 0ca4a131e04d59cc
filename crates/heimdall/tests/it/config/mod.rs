//! Layers, origins, what is refused, and what is never printed.

mod defaults_file;
mod layers;
mod options;
mod places;
mod refused;
mod renamed;
mod rotation;
mod schema;
mod secrets;

use std::collections::BTreeMap;

use heimdall::config::{Config, ConfigBuilder, ConfigError, Secret, Section, Violation};
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

/// A section with a bit of everything.
#[derive(Debug, Clone, Serialize, Deserialize, JsonSchema)]
#[serde(default)]
struct Shop {
    name: String,
    token: Secret,
    size: u8,
    open: bool,
    brokers: Vec<String>,
    options: BTreeMap<String, serde_json::Value>,
    sources: Vec<Source>,
}

impl Default for Shop {
    fn default() -> Self {
        let brokers = vec!["127.0.0.1:9092".to_owned()];
        Self {
            name: "corner".into(),
            token: Secret::default(),
            size: 1,
            open: false,
            brokers,
            options: BTreeMap::new(),
            sources: Vec::new(),
        }
    }
}

#[derive(Debug, Clone, Default, Serialize, Deserialize, JsonSchema)]
struct Source {
    path: String,
    #[serde(default)]
    depth: u8,
}

impl Section for Shop {
    const PATH: &'static str = "shop";

    fn validate(&self) -> Vec<Violation> {
        Violation::unless(self.size != 13, "size", "must not be 13").into_iter().collect()
    }
}

/// A folder with `shop.toml`, and the variables that are given.
fn shop(folder: &tempfile::TempDir, toml: &str, variables: &[(&str, &str)]) -> ConfigBuilder {
    std::fs::write(folder.path().join("shop.toml"), toml).unwrap();
    let variables = variables.iter().map(|(name, value)| (name.to_string(), value.to_string()));
    heimdall::lifecycle::foundation_sections(Config::builder("shop"))
        .folder(folder.path())
        .environment(variables)
        .section::<Shop>()
        .sealed()
}

fn folder() -> tempfile::TempDir {
    tempfile::tempdir().unwrap()
}

fn load(toml: &str, variables: &[(&str, &str)]) -> Result<Config, ConfigError> {
    shop(&folder(), toml, variables).load()
}

fn refusals(toml: &str, variables: &[(&str, &str)]) -> Vec<String> {
    load(toml, variables).expect_err("refused").problems().iter().map(ToString::to_string).collect()
}
