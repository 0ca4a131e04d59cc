use std::collections::BTreeMap;
use std::path::Path;
use std::time::Duration;

use chrono::{DateTime, Utc};
use serde_json::Value;

use super::TestService;
use crate::auth::{AuthConfig, DevelopmentIssuer};
use crate::config::Config;
use crate::lifecycle::{CompositionError, Host, Service};
use crate::testing::{ManualClock, SeededIds};

/// How long a service may take to get ready on a busy machine.
const READY_TIMEOUT: Duration = Duration::from_mins(1);
/// Where files live in memory, on systems that have such a folder.
const MEMORY: &str = "/dev/shm";

impl TestService {
    /// Starts a service called `service`, and waits until it is ready.
    pub async fn start(compose: impl AsyncFnOnce(&Service) -> Result<(), CompositionError>) -> Self {
        Self::builder("service").start(compose).await
    }

    /// A service with another name, or with settings.
    pub fn builder(name: &str) -> TestServiceBuilder {
        TestServiceBuilder::new(name)
    }
}

/// Settings of a [`TestService`].
pub struct TestServiceBuilder {
    name: String,
    settings: BTreeMap<String, Value>,
    clock: ManualClock,
}

impl TestServiceBuilder {
    pub(super) fn new(name: &str) -> Self {
        Self { name: name.to_owned(), settings: BTreeMap::new(), clock: ManualClock::default() }
    }

    /// Sets a key of the configuration, for example `("outbox.batch", 10)`. The test's machine configures nothing.
    #[must_use]
    pub fn setting(mut self, key: &str, value: impl Into<Value>) -> Self {
        self.settings.insert(key.to_owned(), value.into());
        self
    }

    /// The time at the start; noon on the first of January 2026 (UTC) unless told.
    #[must_use]
    pub fn at(self, now: DateTime<Utc>) -> Self {
        Self { clock: ManualClock::at(now), ..self }
    }

    /// Starts the service, and waits until it is ready.
    ///
    /// # Panics
    ///
    /// If it can't be composed, or does not get ready within a minute.
    pub async fn start(self, compose: impl AsyncFnOnce(&Service) -> Result<(), CompositionError>) -> TestService {
        let Self { name, settings, clock } = self;
        let folder = if Path::new(MEMORY).is_dir() { tempfile::tempdir_in(MEMORY) } else { tempfile::tempdir() };
        let folder = folder.expect("a temporary folder");
        let nothing: [(&str, &str); 0] = [];
        let mut config = Config::builder(&name).folder(folder.path()).environment(nothing);
        let url = format!("sqlite:{}", folder.path().join("test.db").display());
        let defaults: [(&str, Value); 6] = [
            ("http.port", 0.into()),
            ("admin.port", 0.into()),
            ("database.url", url.into()),
            ("log.adapter", "embedded".into()),
            ("log.create_topics", true.into()),
            ("outbox.poll_ms", 5.into()),
        ];
        for (key, value) in defaults {
            config = config.default(key, value);
        }
        for (key, value) in settings {
            config = config.default(&key, value);
        }
        let audience = config.clone().load().and_then(|config| config.section::<AuthConfig>());
        let (name, audience) = (config.name().to_owned(), audience.expect("the test's settings").audience);
        let issuer = || DevelopmentIssuer::of_instance(folder.path(), &name, &audience).expect("an issuer of tokens");
        let trusted = issuer();
        let host = Host::new(config).clock(clock.clone()).ids(SeededIds::default());
        let running = host.start(async move |service| {
            service.trust(trusted)?;
            compose(service).await
        });
        let running = running.await.unwrap_or_else(|error| panic!("the service can't be composed: {error}"));
        tokio::time::timeout(READY_TIMEOUT, running.ready()).await.expect("the service gets ready within a minute");
        TestService {
            running,
            clock,
            issuer: issuer(),
            client: reqwest::Client::builder().no_proxy().build().expect("an HTTP client"),
            sent: std::sync::Mutex::default(),
            seen_dead_letters: std::sync::Mutex::default(),
            _folder: folder,
        }
    }
}
