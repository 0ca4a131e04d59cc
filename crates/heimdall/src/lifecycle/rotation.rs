//! Takes over what secrets say that change while the service runs.

#[cfg(feature = "kafka")]
use std::sync::Arc;
use std::time::Duration;

use tokio::sync::watch;

use super::{Service, Shutdown};
#[cfg(feature = "kafka")]
use crate::messaging::kafka::{KafkaConfig, KafkaLog};
use crate::{
    database::{Database, DatabaseConfig, DatabaseError},
    errors::with_causes,
    messaging::{
        consumer::{Consumer, Handler},
        log::LogError,
    },
};

/// How long to wait before an address is tried again that the server did not let in.
const RETRY: Duration = Duration::from_secs(5);

impl Service {
    /// Looks at the files that hold secrets until the service stops.
    pub(super) async fn follow_secrets(self) {
        self.shutdown().interrupts(self.config().follow()).await;
    }

    /// Makes Kafka's clients anew when a secret of the section `kafka` changes, for as long as the service runs.
    #[cfg(feature = "kafka")]
    pub(super) fn follow_kafka(&self, log: Arc<KafkaLog>, mut changes: watch::Receiver<KafkaConfig>) {
        let service = self.clone();
        tokio::spawn(async move {
            let follow = async {
                while changes.changed().await.is_ok() {
                    let config = changes.borrow_and_update().clone();
                    match log.reconfigure(config) {
                        Ok(()) => {
                            tracing::info!(section = "kafka", "Connecting to Kafka with the changed settings");
                            service.log_changed();
                        }
                        Err(error) => {
                            let error = with_causes(&error);
                            tracing::warn!(section = "kafka", error, "The changed settings are not in use");
                        }
                    }
                }
            };
            service.shutdown().interrupts(follow).await;
        });
    }

    /// Reconnects when the address changes, for as long as the service runs.
    pub(super) fn follow_address(&self, database: Database, mut changes: watch::Receiver<DatabaseConfig>) {
        let shutdown = self.shutdown().clone();
        tokio::spawn(async move {
            let follow = async {
                while changes.changed().await.is_ok() {
                    Box::pin(reconnect(&database, &mut changes)).await;
                }
            };
            shutdown.interrupts(follow).await;
        });
    }
}

/// Runs a consumer until the service stops. When the log's clients change it leaves its group, having finished what it
/// is at, and joins anew.
pub(super) async fn rejoining<H: Handler>(
    consumer: Consumer<H>,
    shutdown: Shutdown,
    mut changes: watch::Receiver<()>,
) -> Result<(), LogError> {
    loop {
        let session = shutdown.child();
        let run = consumer.clone().run(session.clone());
        tokio::pin!(run);
        tokio::select! {
            outcome = &mut run => return outcome,
            Ok(()) = changes.changed() => session.request(),
        }
        if let Err(error) = run.await {
            tracing::warn!(%error, "The consumer left its group with an error, to join it with changed settings");
        }
    }
}

/// Tries the newest address until the server lets it in. What was before stays in use until then.
async fn reconnect(database: &Database, changes: &mut watch::Receiver<DatabaseConfig>) {
    let mut said = None;
    loop {
        let config = changes.borrow_and_update().clone();
        let error = match database.reconnect(&config).await {
            Ok(()) => {
                return tracing::info!(key = "database.url", "Connecting to the database with the changed address");
            }
            Err(error) => error,
        };
        let reason = with_causes(&error);
        if said.as_ref() != Some(&reason) {
            tracing::warn!(key = "database.url", error = reason, "The changed address is not in use yet");
            said = Some(reason);
        }
        if matches!(error, DatabaseError::Configuration { .. }) {
            return;
        }
        // A newer address is tried at once. Nobody sends any more when the configuration is gone.
        if let Ok(Err(_)) = tokio::time::timeout(RETRY, changes.changed()).await {
            return;
        }
    }
}
