use super::{CompositionError, PrepareError, Service};
use crate::{
    database::{Database, DatabaseConfig, MigrationError, Migrations},
    health::Outcome,
    messaging::{LogAdapter, LogConfig},
};

impl Service {
    /// The database of the section `database`, with these migrations. It is opened when it is first asked for; one that
    /// is away is no error here: calls fail until it is back, and readiness says so. When the file that holds
    /// the address changes, the new one is used as soon as the server lets it in.
    ///
    /// Before anything that needs it runs, the schema is brought up to date (the foundation's tables first), or where
    /// `database.migrate` is off, the service waits until `<service> migrate` has done it. A schema that is newer than
    /// this program ends it.
    pub async fn database(&self, migrations: Migrations) -> Result<Database, CompositionError> {
        let database = self.open_database().await?;
        if self.registered_migrations().add(migrations) {
            let migrates = self.config().section::<DatabaseConfig>()?.migrate;
            let prepared = database.clone();
            self.prepare("schema", move || {
                let database = prepared.clone();
                async move {
                    if migrates {
                        return Ok(database.migrate(&migrations).await?);
                    }
                    match database.pending_migrations(&migrations).await?.len() {
                        0 => Ok(()),
                        missing => Err(PrepareError::transient(format!(
                            "the schema lacks {missing} migrations: run `migrate`, or set `database.migrate`"
                        ))),
                    }
                }
            });
        }
        Ok(database)
    }

    /// Asks for the foundation's tables where they are needed and the service has none of its own: once all of it is
    /// composed, and before what stands on them is prepared.
    pub(crate) async fn provide_tables(&self) -> Result<(), CompositionError> {
        if self.migrations().is_empty() && self.needs_tables()? {
            self.database(Migrations::NONE).await?;
        }
        Ok(())
    }

    /// The outbox and the inbox are tables, and the embedded log is, too.
    fn needs_tables(&self) -> Result<bool, CompositionError> {
        let messaging = self.messaging();
        if messaging.is_relayed() || messaging.is_consuming() {
            return Ok(true);
        }
        let embedded = self.config().section::<LogConfig>()?.adapter == LogAdapter::Embedded;
        Ok(embedded && !(self.declared_topics()?.is_empty() && messaging.subscriptions()?.is_empty()))
    }

    /// The migrations that were asked for with [`Service::database`].
    pub fn migrations(&self) -> Vec<Migrations> {
        self.registered_migrations().all()
    }

    /// The database, whatever its schema is.
    pub(crate) async fn open_database(&self) -> Result<Database, CompositionError> {
        let open = async {
            let changes = self.config().watch::<DatabaseConfig>()?;
            let config = changes.borrow().clone();
            let database = Database::connect(&config).await?;
            self.follow_address(database.clone(), changes);
            let asked = database.clone();
            self.health().readiness("database", move || {
                let database = asked.clone();
                async move { Outcome::Ok(database.check().await?) }
            });
            Ok::<_, CompositionError>(database)
        };
        self.opened_database().get_or_try_init(|| Box::pin(open)).await.cloned()
    }

    /// Gives back what was opened.
    pub(super) async fn close(&self) {
        if let Some(database) = self.opened_database().get() {
            database.close().await;
        }
    }
}

impl From<MigrationError> for PrepareError {
    fn from(error: MigrationError) -> Self {
        match &error {
            MigrationError::Database(cause) if cause.is_transient() => Self::transient(error),
            _ => Self::permanent(error),
        }
    }
}
