use std::{error::Error, net::SocketAddr, time::Duration};

use tokio::{
    sync::oneshot,
    task::JoinHandle,
    time::{Instant, sleep, timeout_at},
};

use super::{CompositionError, DRAIN, Service, Shutdown, listeners};
use crate::health::Probe;

/// A service whose listeners are open.
#[must_use = "a service that is dropped goes on until its runtime ends; stop it"]
pub struct Running {
    service: Service,
    address: Option<SocketAddr>,
    admin_address: Option<SocketAddr>,
    public: Option<JoinHandle<()>>,
    admin: Option<JoinHandle<()>>,
    admin_shutdown: Shutdown,
    failure: oneshot::Receiver<Box<dyn Error + Send + Sync>>,
}

impl Running {
    pub(super) fn start(
        service: Service,
        shared_listener: bool,
        on_started: Box<dyn FnOnce(&Service) + Send>,
    ) -> Result<Self, CompositionError> {
        let admin_shutdown = Shutdown::new();
        let [public, admin] = listeners::open(&service, shared_listener)?;
        let address = public.as_ref().map(|place| place.address);
        let admin_address = admin.as_ref().map(|place| place.address).or(address);
        let limits = service.http().limits;
        let public = public.map(|place| place.serve(limits, service.shutdown().clone()));
        let admin = admin.map(|place| place.serve(limits, admin_shutdown.clone()));
        tracing::info!(
            address = address.map(tracing::field::display),
            admin = admin_address.map(tracing::field::display),
            "Listening"
        );
        let (fail, failure) = oneshot::channel();
        // Before it is prepared, too: preparations may wait for a secret that is mended.
        tokio::spawn(service.clone().follow_secrets());
        tokio::spawn(prepare(service.clone(), on_started, fail));
        Ok(Self { service, address, admin_address, public, admin, admin_shutdown, failure })
    }

    /// The service that runs.
    pub fn service(&self) -> &Service {
        &self.service
    }

    /// Where the public listener is, if anything is served there.
    pub fn address(&self) -> Option<SocketAddr> {
        self.address
    }

    /// Where the admin listener is: the public one, if they are shared.
    pub fn admin_address(&self) -> Option<SocketAddr> {
        self.admin_address
    }

    /// Waits until the service is ready. It may never be: put a time limit around it.
    pub async fn ready(&self) {
        while !self.service.health().verdict(Probe::Readiness).await.is_well() {
            sleep(Duration::from_millis(5)).await;
        }
    }

    /// Drains the service and waits for its end.
    pub async fn stop(self) -> Result<(), CompositionError> {
        self.service.shutdown().request();
        self.finished().await
    }

    /// Waits until the service is told to stop, and drains it then. The error is a preparation that can never succeed.
    pub async fn finished(mut self) -> Result<(), CompositionError> {
        self.service.shutdown().requested().await;
        let deadline = Instant::now() + DRAIN;
        if let Some(public) = self.public.take()
            && timeout_at(deadline, public).await.is_err()
        {
            tracing::warn!(limit = ?DRAIN, "Requests did not come to their end in time");
        }
        let left = self.service.supervisor().drain(deadline).await;
        if !left.is_empty() {
            tracing::error!(tasks = ?left, limit = ?DRAIN, "Tasks did not come to their end in time");
        }
        self.admin_shutdown.request();
        if let Some(admin) = self.admin.take() {
            // A probe that is under way is the last thing to wait for.
            let _ = tokio::time::timeout(Duration::from_secs(1), admin).await;
        }
        self.service.close().await;
        if let Ok(error) = self.failure.try_recv() {
            return Err(CompositionError::Other(error));
        }
        tracing::info!("Stopped");
        Ok(())
    }
}

/// Makes the preparations, then starts the background tasks.
async fn prepare(
    service: Service,
    on_started: Box<dyn FnOnce(&Service) + Send>,
    fail: oneshot::Sender<Box<dyn Error + Send + Sync>>,
) {
    for preparation in service.take_preparations() {
        if let Err(error) = preparation.run(service.shutdown()).await {
            // Nobody hears it only if the service is gone already.
            let _ = fail.send(error);
            service.shutdown().request();
            return;
        }
    }
    if !service.shutdown().is_requested() {
        service.supervisor().start_all();
        service.started();
        on_started(&service);
    }
}
