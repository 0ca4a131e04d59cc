use std::{sync::Arc, time::Duration};

use super::{CompositionError, Running, Service, Shutdown, foundation_sections, signals, unopened::UnopenedLog};
use crate::{
    clock::{Clock, SystemClock},
    config::{Config, ConfigBuilder, RenamedKey},
    database::Database,
    ids::{Ids, TimeOrderedIds},
    routes::DescriptionDefaults,
    telemetry::{Telemetry, TelemetryConfig},
};

/// The process around a service, or around several that are composed together.
pub struct Host {
    config: ConfigBuilder,
    shared_listener: bool,
    clock: Arc<dyn Clock>,
    ids: Arc<dyn Ids>,
    threads: Option<usize>,
    on_started: Box<dyn FnOnce(&Service) + Send>,
    described_as: DescriptionDefaults,
}

impl Host {
    /// A host with these layers of configuration.
    pub fn new(config: ConfigBuilder) -> Self {
        Self {
            config: foundation_sections(config),
            shared_listener: false,
            clock: Arc::new(SystemClock),
            ids: Arc::new(TimeOrderedIds),
            threads: None,
            on_started: Box::new(|_| {}),
            described_as: DescriptionDefaults::default(),
        }
    }

    /// What counts where descriptions of the API don't say it.
    #[must_use]
    pub(crate) fn described_as(mut self, defaults: DescriptionDefaults) -> Self {
        self.described_as = defaults;
        self
    }

    /// Serves what belongs to the admin listener on the public one too, for development on one port.
    #[must_use]
    pub fn shared_listener(mut self) -> Self {
        self.shared_listener = true;
        self
    }

    /// Another clock.
    #[must_use]
    pub fn clock(mut self, clock: impl Clock + 'static) -> Self {
        self.clock = Arc::new(clock);
        self
    }

    /// Other ids.
    #[must_use]
    pub fn ids(mut self, ids: impl Ids + 'static) -> Self {
        self.ids = Arc::new(ids);
        self
    }

    /// So many threads for what is asynchronous, in the place of one for each core: fewer take less memory.
    #[must_use]
    pub fn threads(mut self, threads: usize) -> Self {
        self.threads = Some(threads);
        self
    }

    /// What to do once everything is prepared and background tasks run, for example to greet the user.
    #[must_use]
    pub fn on_started(mut self, greet: impl FnOnce(&Service) + Send + 'static) -> Self {
        self.on_started = Box::new(greet);
        self
    }

    /// Runs the service until a signal tells it to stop, and leaves it to the caller to say what was wrong.
    ///
    /// A process has one such call: it starts telemetry, listens to signals and makes its own runtime.
    pub fn run(
        self,
        compose: impl AsyncFnOnce(&Service) -> Result<(), CompositionError>,
    ) -> Result<(), CompositionError> {
        let config = self.config.clone().load()?;
        let mut runtime = tokio::runtime::Builder::new_multi_thread();
        if let Some(threads) = self.threads {
            runtime.worker_threads(threads.max(1));
        }
        let runtime = runtime.enable_all().build().map_err(CompositionError::other)?;
        let outcome = runtime.block_on(async {
            let telemetry = Telemetry::start(config.name(), &config.section::<TelemetryConfig>()?)?;
            let shutdown = Shutdown::new();
            signals::listen(&shutdown).map_err(CompositionError::other)?;
            let outcome = match self.start_with(config, shutdown, compose).await {
                Ok(running) => running.finished().await,
                Err(error) => Err(error),
            };
            telemetry.flush().await;
            outcome
        });
        // What still blocks a thread now (a client that hangs when dropped) must not hold up the end.
        runtime.shutdown_timeout(Duration::from_secs(1));
        outcome
    }

    /// Starts the service inside a program that has a runtime and its own telemetry, such as a test. Signals are left
    /// alone: [`Running::stop`] stops it.
    pub async fn start(
        self,
        compose: impl AsyncFnOnce(&Service) -> Result<(), CompositionError>,
    ) -> Result<Running, CompositionError> {
        let config = self.config.clone().load()?;
        self.start_with(config, Shutdown::new(), compose).await
    }

    /// Composes the service without running anything of it: what it declares (routes, permissions, sections, migrations)
    /// can be read from what comes back.
    ///
    /// [`Service::database`] gives a handle that is never opened, whose calls fail, and [`Service::log`] a log that says
    /// the same; an address of the database that is not set is no error.
    pub async fn describe(
        self,
        compose: impl AsyncFnOnce(&Service) -> Result<(), CompositionError>,
    ) -> Result<Service, CompositionError> {
        let config = self.config.load()?;
        let database = Database::unopened(&config.section()?);
        let service = Service::new(config, true, self.clock, self.ids, Shutdown::new())?;
        service.describe_by_default(self.described_as);
        // Nobody has asked for them yet.
        let _ = service.opened_database().set(database);
        let _ = service.opened_log().set(Arc::new(UnopenedLog));
        compose(&service).await?;
        service.provide_tables().await?;
        // What is declared and can't be is an error of the composition, as in a service that runs.
        service.declared_topics()?;
        service.config().refuse_unclaimed()?;
        Ok(service)
    }

    /// The service with nothing composed on it, for commands that need its database or its log.
    pub fn bare(self) -> Result<Service, CompositionError> {
        Service::new(self.config.load()?, false, self.clock, self.ids, Shutdown::new())
    }

    async fn start_with(
        self,
        config: Config,
        shutdown: Shutdown,
        compose: impl AsyncFnOnce(&Service) -> Result<(), CompositionError>,
    ) -> Result<Running, CompositionError> {
        let service = Service::new(config, false, self.clock, self.ids, shutdown)?;
        service.describe_by_default(self.described_as);
        compose(&service).await?;
        service.provide_tables().await?;
        service.consume_declared().await?;
        service.provide_topics().await?;
        service.config().refuse_unclaimed()?;
        for RenamedKey { old, new, origin } in service.config().renamed() {
            tracing::warn!(key = old, %origin, new, "A configuration key has a new name; the old one will go");
        }
        service.watch_log();
        Running::start(service, self.shared_listener, self.on_started)
    }
}
