use heimdall::database::{Migration, Migrations};

/// The schema of the Scaffolder, for both databases.
pub const MIGRATIONS: Migrations = Migrations {
    history: "valkyrie_migrations",
    postgres: &[
        Migration::new(1, "scaffolder", include_str!("../migrations/postgres/0001_scaffolder.sql")),
        Migration::new(2, "removals", include_str!("../migrations/postgres/0002_removals.sql")),
    ],
    sqlite: &[
        Migration::new(1, "scaffolder", include_str!("../migrations/sqlite/0001_scaffolder.sql")),
        Migration::new(2, "removals", include_str!("../migrations/sqlite/0002_removals.sql")),
    ],
};
