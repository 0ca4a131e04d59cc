use std::sync::{Mutex, PoisonError};

use crate::database::Migrations;

/// The migrations that a service has asked for.
#[derive(Default)]
pub(super) struct RegisteredMigrations(Mutex<Vec<Migrations>>);

impl RegisteredMigrations {
    /// Notes migrations; answers whether they are new.
    pub(super) fn add(&self, migrations: Migrations) -> bool {
        let mut all = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        let new = all.iter().all(|known| known.history != migrations.history);
        if new {
            all.push(migrations);
        }
        new
    }

    /// All of them, in the order in which they were asked for.
    pub(super) fn all(&self) -> Vec<Migrations> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner).clone()
    }
}
