//! Takes over what secrets say that change while the service runs.

use std::time::Duration;

use tokio::sync::watch;

use super::Service;
use crate::{
    database::{Database, DatabaseConfig, DatabaseError},
    errors::with_causes,
};

/// How long to wait before an address is tried again that the server did not let in.
const RETRY: Duration = Duration::from_secs(5);

impl Service {
    /// Looks at the files that hold secrets until the service stops.
    pub(super) async fn follow_secrets(self) {
        tokio::select! {
            () = self.shutdown().requested() => {}
            () = self.config().follow() => {}
        }
    }

    /// Reconnects when the address changes, for as long as the service runs.
    pub(super) fn follow_address(&self, database: Database, mut changes: watch::Receiver<DatabaseConfig>) {
        let shutdown = self.shutdown().clone();
        tokio::spawn(async move {
            let follow = async {
                while changes.changed().await.is_ok() {
                    reconnect(&database, &mut changes).await;
                }
            };
            tokio::select! {
                () = shutdown.requested() => {}
                () = follow => {}
            }
        });
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
