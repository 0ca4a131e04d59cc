use std::{
    fmt,
    sync::{
        Arc, Mutex, MutexGuard, PoisonError,
        atomic::{AtomicBool, Ordering},
    },
};

use axum::Router;
use tokio::sync::{OnceCell, watch};
use url::Url;

use super::{
    CompositionError, Shutdown, access_rules::AccessRules, consumers::Messaging, prepare::Preparation,
    registered_migrations::RegisteredMigrations, supervisor::Supervisor,
};
use crate::{
    clock::Clock,
    config::Config,
    database::Database,
    health::{Latch, Probe, Registry},
    ids::Ids,
    messaging::log::Log,
    routes::PublicApi,
    server::{AdminConfig, HttpConfig, Listener},
    telemetry::Metrics,
    wake::Wake,
};

/// What a service is composed on: everything it may use, and where its parts are put. Clones are the same service.
#[derive(Clone)]
pub struct Service(Arc<Inner>);

struct Inner {
    config: Config,
    /// Whether it is only described.
    described: bool,
    http: HttpConfig,
    access_rules: Mutex<AccessRules>,
    api: Mutex<PublicApi>,
    clock: Arc<dyn Clock>,
    ids: Arc<dyn Ids>,
    shutdown: Shutdown,
    health: Registry,
    started: Latch,
    metrics: Metrics,
    supervisor: Supervisor,
    public: Mutex<Listener>,
    admin: Mutex<Listener>,
    preparations: Mutex<Vec<Preparation>>,
    database: OnceCell<Database>,
    log: OnceCell<Arc<dyn Log>>,
    log_needed: AtomicBool,
    /// Told when the log's clients are made anew.
    log_changed: watch::Sender<()>,
    wake: Wake,
    migrations: RegisteredMigrations,
    messaging: Messaging,
}

impl Service {
    pub(super) fn new(
        config: Config,
        described: bool,
        clock: Arc<dyn Clock>,
        ids: Arc<dyn Ids>,
        shutdown: Shutdown,
    ) -> Result<Self, CompositionError> {
        let http: HttpConfig = config.section()?;
        let admin: AdminConfig = config.section()?;
        let (health, metrics) = (Registry::default(), Metrics::default());
        let draining = shutdown.clone();
        health.state("draining", Probe::Readiness, true, move || {
            if draining.is_requested() { Err("the service stops".into()) } else { Ok(()) }
        });
        Ok(Self(Arc::new(Inner {
            public: Mutex::new(Listener::new("http.port", http.socket())),
            admin: Mutex::new(Listener::new("admin.port", admin.socket())),
            started: health.latch("tasks started"),
            supervisor: Supervisor::new(shutdown.clone(), &metrics),
            preparations: Mutex::default(),
            database: OnceCell::new(),
            log: OnceCell::new(),
            log_needed: AtomicBool::new(false),
            log_changed: watch::Sender::new(()),
            wake: Wake::default(),
            migrations: RegisteredMigrations::default(),
            messaging: Messaging::default(),
            access_rules: Mutex::default(),
            api: Mutex::new(PublicApi::new(config.name())),
            config,
            described,
            http,
            clock,
            ids,
            shutdown,
            health,
            metrics,
        })))
    }

    /// The configuration; an application's own section is `service.config().section::<T>()?`.
    pub fn config(&self) -> &Config {
        &self.0.config
    }

    /// The clock.
    pub fn clock(&self) -> Arc<dyn Clock> {
        self.0.clock.clone()
    }

    /// The ids.
    pub fn ids(&self) -> Arc<dyn Ids> {
        self.0.ids.clone()
    }

    /// The checks that health asks.
    pub fn health(&self) -> &Registry {
        &self.0.health
    }

    /// The metrics that `/metrics` shows.
    pub fn metrics(&self) -> &Metrics {
        &self.0.metrics
    }

    /// Wakes the background work of this process after a commit: the relay, and whoever listens to it.
    pub fn wake(&self) -> &Wake {
        &self.0.wake
    }

    /// The request that the service stops.
    pub fn shutdown(&self) -> &Shutdown {
        &self.0.shutdown
    }

    /// Where others reach this service, without a slash at its end: `http.public_url`, or `http://127.0.0.1:<port>`.
    /// Where the port is to be picked (0), it is picked now; a service that is only described leaves it at 0.
    pub fn public_url(&self) -> Result<String, CompositionError> {
        match &self.0.http.public_url {
            Some(url) => Ok(Url::as_str(url).trim_end_matches('/').to_owned()),
            None => self.local_url(),
        }
    }

    /// Where this process itself is reached from this machine, whatever others call it.
    pub(crate) fn local_url(&self) -> Result<String, CompositionError> {
        let mut public = self.public();
        let port = match public.socket().port() {
            0 if !self.is_described() => public.open(self.config())?.port(),
            port => port,
        };
        Ok(format!("http://127.0.0.1:{port}"))
    }

    /// Serves routes on the admin listener, beside metrics and the details of health. Whoever reaches that listener may use
    /// them; where it is shared with the public one, they need a token.
    pub fn serve_admin(&self, routes: Router) {
        self.admin().serve(routes);
    }

    /// Whether the service is only described: it is composed like one that runs, but neither database nor log is opened,
    /// no port is, and nothing of it starts.
    pub fn is_described(&self) -> bool {
        self.0.described
    }

    pub(super) fn http(&self) -> &HttpConfig {
        &self.0.http
    }

    pub(super) fn access_rules(&self) -> MutexGuard<'_, AccessRules> {
        self.0.access_rules.lock().unwrap_or_else(PoisonError::into_inner)
    }

    pub(crate) fn messaging(&self) -> &Messaging {
        &self.0.messaging
    }

    pub(super) fn registered_migrations(&self) -> &RegisteredMigrations {
        &self.0.migrations
    }

    pub(super) fn api(&self) -> MutexGuard<'_, PublicApi> {
        self.0.api.lock().unwrap_or_else(PoisonError::into_inner)
    }

    pub(super) fn supervisor(&self) -> &Supervisor {
        &self.0.supervisor
    }

    pub(super) fn public(&self) -> MutexGuard<'_, Listener> {
        self.0.public.lock().unwrap_or_else(PoisonError::into_inner)
    }

    pub(super) fn admin(&self) -> MutexGuard<'_, Listener> {
        self.0.admin.lock().unwrap_or_else(PoisonError::into_inner)
    }

    pub(super) fn take_preparations(&self) -> Vec<Preparation> {
        std::mem::take(&mut *self.preparations())
    }

    pub(super) fn preparations(&self) -> MutexGuard<'_, Vec<Preparation>> {
        self.0.preparations.lock().unwrap_or_else(PoisonError::into_inner)
    }

    pub(super) fn started(&self) {
        self.0.started.release();
    }

    pub(super) fn opened_log(&self) -> &OnceCell<Arc<dyn Log>> {
        &self.0.log
    }

    /// Changes when subscribers of the log should join anew.
    pub(super) fn log_changes(&self) -> watch::Receiver<()> {
        self.0.log_changed.subscribe()
    }

    #[cfg(feature = "kafka")]
    pub(super) fn log_changed(&self) {
        self.0.log_changed.send_replace(());
    }

    /// Says that the service can do nothing without its log.
    pub(super) fn needs_log(&self) {
        self.0.log_needed.store(true, Ordering::Relaxed);
    }

    pub(super) fn is_log_needed(&self) -> bool {
        self.0.log_needed.load(Ordering::Relaxed)
    }

    pub(super) fn opened_database(&self) -> &OnceCell<Database> {
        &self.0.database
    }
}

impl fmt::Debug for Service {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Service").field("name", &self.0.config.name()).finish_non_exhaustive()
    }
}
