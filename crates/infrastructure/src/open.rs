use std::sync::Arc;

use application::{Clock, Ids};
use heimdall::config::{ConfigBuilder, Secret, Section};
use heimdall::lifecycle::{CompositionError, Service};
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use crate::adapters::{Adapters, Settings};
use crate::catalog::CatalogConfig;
use crate::events::EventsConfig;
use crate::migrations::MIGRATIONS;
use crate::templates::{Limits, TemplateLibrary, TemplatesConfig};
use crate::vault::Vault;

/// Section `secrets`: how secret parameters are kept.
#[derive(Debug, Clone, Default, Serialize, Deserialize, JsonSchema)]
#[serde(default)]
pub struct SecretsConfig {
    /// 64 hexadecimal digits that encrypt secret parameters, and that the key of requests' fingerprints is made of. Empty: templates with secret parameters can't be used.
    pub key: Secret,
}

impl Section for SecretsConfig {
    const PATH: &'static str = "secrets";
}

impl SecretsConfig {
    fn vault(&self) -> Result<Vault, CompositionError> {
        match self.key.expose() {
            "" => Ok(Vault::without_key()),
            key => Vault::with_key(key).map_err(CompositionError::other),
        }
    }
}

/// Declares the sections that [`Adapters::open`] reads.
#[must_use]
pub fn sections(builder: ConfigBuilder) -> ConfigBuilder {
    builder.section::<SecretsConfig>().section::<EventsConfig>().section::<CatalogConfig>().section::<TemplatesConfig>()
}

impl Adapters {
    /// Fills every port as the service's configuration says.
    ///
    /// A template that can't be loaded is not offered; the log says what is wrong with it.
    pub async fn open(service: &Service) -> Result<Self, CompositionError> {
        let config = service.config();
        let templates = TemplateLibrary::load(&config.section::<TemplatesConfig>()?, Limits::default());
        for problem in templates.problems() {
            tracing::error!(problem = problem.to_string(), "Template can't be loaded");
        }
        let (clock, ids) = (service.clock(), service.ids());
        Ok(Self::new(Settings {
            database: service.database(MIGRATIONS).await?,
            templates: Arc::new(templates),
            vault: config.section::<SecretsConfig>()?.vault()?,
            catalog: config.section()?,
            events: config.section()?,
            public_url: service.public_url()?,
            clock: Clock::new(move || clock.now()),
            ids: Ids::new(move || ids.next()),
            wake: service.wake().clone(),
        }))
    }
}
