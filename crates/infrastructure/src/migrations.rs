use heimdall::database::{Migration, Migrations};

/// The schema of the Scaffolder, for both databases.
pub const MIGRATIONS: Migrations = Migrations {
    history: "valkyrie_migrations",
    postgres: &[
        Migration { version: 1, name: "scaffolder", sql: include_str!("../migrations/postgres/0001_scaffolder.sql") },
        Migration { version: 2, name: "removals", sql: include_str!("../migrations/postgres/0002_removals.sql") },
    ],
    sqlite: &[
        Migration { version: 1, name: "scaffolder", sql: include_str!("../migrations/sqlite/0001_scaffolder.sql") },
        Migration { version: 2, name: "removals", sql: include_str!("../migrations/sqlite/0002_removals.sql") },
    ],
};
