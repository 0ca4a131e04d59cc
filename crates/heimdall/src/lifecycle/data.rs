use super::{CompositionError, PrepareError, Service};
use crate::{
    database::{Database, MigrationError, Migrations},
    health::Outcome,
};

impl Service {
    /// The database of the section `database`, opened when it is first asked for. A Postgres that is away is no error
    /// here: calls fail until it is back, and readiness says so.
    pub async fn database(&self) -> Result<Database, CompositionError> {
        let open = async {
            let database = Database::connect(&self.config().section()?).await?;
            let asked = database.clone();
            self.health().readiness("database", move || {
                let database = asked.clone();
                async move { Outcome::Ok(database.check().await?) }
            });
            Ok::<_, CompositionError>(database)
        };
        self.opened_database().get_or_try_init(|| Box::pin(open)).await.cloned()
    }

    /// Brings the schema up to date before anything that needs it runs: the foundation's tables, then the
    /// application's. It waits for a database that is away, and ends the service if the schema is newer than this
    /// program.
    pub async fn migrate(&self, migrations: Migrations) -> Result<(), CompositionError> {
        let database = self.database().await?;
        self.prepare("migrations", move || {
            let database = database.clone();
            async move { database.migrate(&migrations).await.map_err(PrepareError::from) }
        });
        Ok(())
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
