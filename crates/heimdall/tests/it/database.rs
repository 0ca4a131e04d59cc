//! The database module, the same tests on `SQLite` and Postgres.

use chrono::DateTime;
use heimdall::database::{
    Database, DatabaseConfig, DatabaseError, Kind, Migration, MigrationError, Migrations, Query, Value,
};
use heimdall::testing::TestDatabase;
use serde_json::json;
use uuid::Uuid;

const CITIES: Migrations = Migrations {
    history: "city_migrations",
    postgres: &[Migration::new(1, "city", "CREATE TABLE city (id uuid PRIMARY KEY, name text NOT NULL, country text NOT NULL, people bigint, \
              capital boolean, founded timestamptz, seal bytea, document jsonb, version bigint NOT NULL DEFAULT 1, \
              UNIQUE (country, name));
              CREATE TABLE street (city uuid NOT NULL REFERENCES city (id), name text NOT NULL CHECK (name <> ''))")],
    sqlite: &[Migration::new(1, "city", "CREATE TABLE city (id TEXT PRIMARY KEY, name TEXT NOT NULL, country TEXT NOT NULL, people INTEGER, \
              capital INTEGER, founded INTEGER, seal BLOB, document TEXT, version INTEGER NOT NULL DEFAULT 1, \
              UNIQUE (country, name)) STRICT;
              CREATE TABLE street (city TEXT NOT NULL REFERENCES city (id), name TEXT NOT NULL CHECK (name <> '')) STRICT")],
};

/// Runs each test on both databases.
macro_rules! on_both {
    ($($test:ident)*) => {
        mod sqlite {
            $(#[tokio::test] async fn $test() {
                super::$test(&super::TestDatabase::sqlite_with(&super::CITIES).await).await;
            })*
        }
        mod postgres {
            $(#[tokio::test] async fn $test() {
                if let Some(database) = super::TestDatabase::postgres_with(&super::CITIES).await {
                    super::$test(&database).await;
                }
            })*
        }
    };
}

on_both! {
    every_type_comes_back
    absence_comes_back_as_absence
    unique_constraints_have_one_name
    what_failed_in_part_is_not_committed
    refusals_are_no_outage
    a_dropped_transaction_leaves_nothing
    a_transaction_sees_its_own_writes
    a_batch_is_all_or_nothing
    a_batch_counts_each_part
    a_batch_stops_when_a_count_is_wrong
    a_batch_in_a_transaction_counts_too
    lists_are_one_parameter
    database_time_moves
    migrations_run_once_among_replicas
    a_newer_schema_is_refused
    calls_that_are_dropped_leave_no_transaction_open
}

fn city(id: u128, name: &str) -> Query {
    Query::new("INSERT INTO city (id, name, country) VALUES ($1, $2, $3)")
        .bind(Uuid::from_u128(id))
        .bind(name)
        .bind("no")
}

async fn count(database: &Database) -> i64 {
    let row = database.fetch_optional(Query::new("SELECT count(*) AS n FROM city")).await.unwrap().unwrap();
    row.get("n").unwrap()
}

async fn every_type_comes_back(database: &TestDatabase) {
    let founded = DateTime::from_timestamp_micros(-30_000_000_000_000_001).unwrap();
    let document = json!({"b": [1, null, "ø"], "a": {"x": 1.5}});
    let insert = Query::new(
        "INSERT INTO city (id, name, country, people, capital, founded, seal, document) VALUES ($1, $2, $3, $4, $5, $6, $7, $8)",
    )
    .bind(Uuid::from_u128(1))
    .bind("Trondheim")
    .bind("no")
    .bind(-212_660_i64)
    .bind(true)
    .bind(founded)
    .bind(vec![0_u8, 255])
    .bind(document.clone());
    assert_eq!(database.execute(insert).await.unwrap(), 1);

    let row = database.fetch_optional(Query::new("SELECT * FROM city WHERE capital = $1").bind(true)).await;
    let row = row.unwrap().unwrap();
    assert_eq!(row.get::<Uuid>("id").unwrap(), Uuid::from_u128(1));
    assert_eq!(row.get::<String>("name").unwrap(), "Trondheim");
    assert_eq!(row.get::<i64>("people").unwrap(), -212_660);
    assert!(row.get::<bool>("capital").unwrap());
    assert_eq!(row.get::<DateTime<chrono::Utc>>("founded").unwrap(), founded);
    assert_eq!(row.get::<Vec<u8>>("seal").unwrap(), [0, 255]);
    assert_eq!(row.get::<serde_json::Value>("document").unwrap(), document);
    let missing = row.get::<String>("nothing").unwrap_err();
    assert!(matches!(missing, DatabaseError::Column { column, .. } if column == "nothing"));
}

async fn absence_comes_back_as_absence(database: &TestDatabase) {
    let insert =
        Query::new("INSERT INTO city (id, name, country, people, document, founded) VALUES ($1, $2, $3, $4, $5, $6)")
            .bind(Uuid::from_u128(1))
            .bind("Atlantis")
            .bind("gr")
            .bind(None::<i64>)
            .bind(Value::Null(Kind::Json))
            .bind(Value::Null(Kind::Time));
    database.execute(insert).await.unwrap();
    let row = database.fetch_optional(Query::new("SELECT * FROM city")).await.unwrap().unwrap();
    assert_eq!(row.get::<Option<i64>>("people").unwrap(), None);
    assert_eq!(row.get::<Option<serde_json::Value>>("document").unwrap(), None);
    assert_eq!(row.get::<Option<String>>("name").unwrap().as_deref(), Some("Atlantis"));
    assert!(row.get::<i64>("people").is_err());
}

async fn unique_constraints_have_one_name(database: &TestDatabase) {
    database.execute(city(1, "Oslo")).await.unwrap();
    let same_name = database.execute(city(2, "Oslo")).await.unwrap_err();
    assert!(same_name.violates("city_country_name_key"), "{same_name:?}");
    let same_id = database.execute(city(1, "Bergen")).await.unwrap_err();
    assert!(same_id.violates("city_pkey"), "{same_id:?}");
    assert!(!same_id.is_transient());
}

async fn what_failed_in_part_is_not_committed(database: &TestDatabase) {
    database.execute(city(1, "Oslo")).await.unwrap();
    let mut transaction = database.begin().await.unwrap();
    transaction.execute(city(2, "Bergen")).await.unwrap();
    let twice = transaction.execute(city(2, "Narvik")).await.unwrap_err();
    assert!(twice.violates("city_pkey"), "{twice:?}");
    // Somebody goes on as if nothing had happened. Postgres would say yes to this, and keep nothing.
    let commit = transaction.commit().await.unwrap_err();
    assert!(matches!(commit, DatabaseError::Aborted), "{commit:?}");
    let rows = database.fetch_all(Query::new("SELECT * FROM city")).await.unwrap();
    assert_eq!(rows.len(), 1);
}

async fn refusals_are_no_outage(database: &TestDatabase) {
    let street = |city, name: Option<&str>| {
        let insert = Query::new("INSERT INTO street (city, name) VALUES ($1, $2)");
        insert.bind(Uuid::from_u128(city)).bind(name)
    };
    database.execute(city(1, "Oslo")).await.unwrap();
    for refused in [street(9, Some("Storgata")), street(1, Some("")), street(1, None)] {
        let error = database.execute(refused).await.unwrap_err();
        assert!(error.is_refusal() && !error.is_transient(), "{error:?}");
    }
    let wrong = database.execute(Query::new("INSERT INTO nowhere VALUES (1)")).await.unwrap_err();
    assert!(matches!(wrong, DatabaseError::Statement { .. }), "{wrong:?}");
}

async fn a_dropped_transaction_leaves_nothing(database: &TestDatabase) {
    let mut work = database.begin().await.unwrap();
    work.execute(city(1, "Oslo")).await.unwrap();
    drop(work);
    let mut work = database.begin().await.unwrap();
    work.execute(city(2, "Bergen")).await.unwrap();
    work.rollback().await.unwrap();
    assert_eq!(count(database).await, 0);
}

async fn a_transaction_sees_its_own_writes(database: &TestDatabase) {
    let mut work = database.begin().await.unwrap();
    work.execute(city(1, "Oslo")).await.unwrap();
    let inside = work.fetch_all(Query::new("SELECT name FROM city")).await.unwrap();
    assert_eq!((inside.len(), count(database).await), (1, 0), "nobody else sees it before the commit");
    let renamed = work.fetch_all(Query::new("UPDATE city SET name = 'Kristiania' RETURNING name")).await.unwrap();
    assert_eq!(renamed[0].get::<String>("name").unwrap(), "Kristiania");
    work.commit().await.unwrap();
    assert_eq!(count(database).await, 1);
}

async fn a_batch_is_all_or_nothing(database: &TestDatabase) {
    let error = database.execute_all(vec![city(1, "Oslo"), city(2, "Bergen"), city(3, "Oslo")]).await.unwrap_err();
    assert!(error.violates("city_country_name_key"), "{error:?}");
    assert_eq!(count(database).await, 0);
    assert_eq!(database.execute_all(Vec::new()).await.unwrap(), [0_u64; 0]);
}

async fn a_batch_counts_each_part(database: &TestDatabase) {
    database.execute_all(vec![city(1, "Oslo"), city(2, "Bergen"), city(4, "Bodø")]).await.unwrap();
    let counts = database.execute_all(vec![
        city(3, "Narvik"),
        Query::new("DELETE FROM city WHERE name <> $1 AND name <> '$2';").bind("Oslo"),
        Query::new("UPDATE city SET people = $1 WHERE name = $2 RETURNING id").bind(7_i64).bind("Nowhere"),
        Query::new("INSERT INTO street (city, name) VALUES ($1, $2)").bind(Uuid::from_u128(1)).bind("Storgata"),
    ]);
    let counts = counts.await.unwrap();
    assert_eq!((counts[0], counts[2], counts[3]), (1, 0, 1));
    // The part that deletes may or may not see the row that another part inserts: that is the documented caveat.
    assert!((2..=3).contains(&counts[1]));
}

async fn a_batch_stops_when_a_count_is_wrong(database: &TestDatabase) {
    database.execute(city(1, "Oslo")).await.unwrap();
    let rename = |version: i64| {
        Query::new("UPDATE city SET name = $1, version = version + 1 WHERE id = $2 AND version = $3")
            .bind("Kristiania")
            .bind(Uuid::from_u128(1))
            .bind(version)
            .expect_rows(1)
    };
    let error = database.execute_all(vec![city(2, "Bergen"), rename(7)]).await.unwrap_err();
    assert!(matches!(error, DatabaseError::RowCount { index: 1, expected: 1, rows: 0 }), "{error:?}");
    assert!(matches!(database.execute(rename(7)).await.unwrap_err(), DatabaseError::RowCount { index: 0, .. }));
    assert_eq!(count(database).await, 1);
    assert_eq!(database.execute_all(vec![city(2, "Bergen"), rename(1)]).await.unwrap(), [1, 1]);
}

async fn a_batch_in_a_transaction_counts_too(database: &TestDatabase) {
    let mut work = database.begin().await.unwrap();
    assert_eq!(work.execute_all(vec![city(1, "Oslo"), city(2, "Bergen")]).await.unwrap(), [1, 1]);
    let none = Query::new("DELETE FROM city WHERE name = $1").bind("Nowhere").expect_rows(1);
    let error = work.execute_all(vec![city(3, "Narvik"), none]).await.unwrap_err();
    assert!(matches!(error, DatabaseError::RowCount { index: 1, expected: 1, rows: 0 }), "{error:?}");
    drop(work);
    assert_eq!(count(database).await, 0);
}

async fn lists_are_one_parameter(database: &TestDatabase) {
    database.execute_all(vec![city(1, "Oslo"), city(2, "Bergen"), city(3, "Narvik")]).await.unwrap();
    let any = |column: &str| database.dialect().any(column, "$1");
    let by_name = Query::new(format!("SELECT id FROM city WHERE {}", any("name")));
    let names = vec!["Oslo".to_owned(), "Narvik".to_owned(), "x'y".to_owned()];
    assert_eq!(database.fetch_all(by_name.bind(names)).await.unwrap().len(), 2);
    let by_id = Query::new(format!("DELETE FROM city WHERE {}", any("id")));
    let ids = vec![Uuid::from_u128(1), Uuid::from_u128(2)];
    assert_eq!(database.execute(by_id.bind(ids)).await.unwrap(), 2);
    let by_version = Query::new(format!("SELECT id FROM city WHERE {}", any("version")));
    assert_eq!(database.fetch_all(by_version.bind(vec![1_i64, 5])).await.unwrap().len(), 1);
}

async fn database_time_moves(database: &TestDatabase) {
    let sql = format!("UPDATE city SET founded = {} WHERE id = $1 RETURNING founded", database.dialect().later("$2"));
    database.execute(city(1, "Oslo")).await.unwrap();
    let at = async |microseconds: i64| {
        let update = Query::new(sql.clone()).bind(Uuid::from_u128(1)).bind(microseconds);
        let rows = database.write_returning(update).await.unwrap();
        rows[0].get::<DateTime<chrono::Utc>>("founded").unwrap()
    };
    let (now, later) = (at(0).await, at(3_600_000_000).await);
    let apart = later - now;
    assert!(apart >= chrono::TimeDelta::minutes(60) && apart < chrono::TimeDelta::minutes(61), "{apart}");
}

const MORE: Migrations = Migrations {
    history: "more_migrations",
    postgres: &[Migration::new(1, "more", "CREATE TABLE more (id bigint)")],
    sqlite: &[Migration::new(1, "more", "CREATE TABLE more (id INTEGER) STRICT")],
};

async fn migrations_run_once_among_replicas(database: &TestDatabase) {
    let replicas = [database.reopen().await, database.reopen().await, database.reopen().await];
    let pending = database.pending_migrations(&MORE).await.unwrap();
    assert_eq!(pending.iter().map(|step| (step.history, step.version)).collect::<Vec<_>>(), [("more_migrations", 1)]);
    let results = futures::future::join_all(replicas.iter().map(|replica| replica.migrate(&MORE))).await;
    assert!(results.iter().all(Result::is_ok), "{results:?}");
    assert_eq!(database.pending_migrations(&MORE).await.unwrap(), []);
}

async fn a_newer_schema_is_refused(database: &TestDatabase) {
    let other = |sql| Migration::new(2, "other", sql);
    let step = [other("CREATE TABLE other (id bigint)")];
    let list: &'static [Migration] = Box::leak(Box::new(step));
    let newer = Migrations { history: "city_migrations", postgres: list, sqlite: &[] };
    // The list without 1 stands for an older program: it meets 1 in the history and knows nothing of it.
    let older = Migrations { sqlite: list, ..newer };
    for error in [database.migrate(&older).await.unwrap_err(), database.pending_migrations(&older).await.unwrap_err()] {
        assert!(matches!(error, MigrationError::Newer { version: 1, .. }), "{error:?}");
    }
    let edited: &'static [Migration] = Box::leak(Box::new([Migration::new(1, "city", "SELECT 1")]));
    let edited = Migrations { history: "city_migrations", postgres: edited, sqlite: edited };
    let error = database.migrate(&edited).await.unwrap_err();
    assert!(matches!(error, MigrationError::Changed { version: 1, .. }), "{error:?}");
}

/// The next user of the connection would write into it, and its writes would be lost.
async fn calls_that_are_dropped_leave_no_transaction_open(database: &TestDatabase) {
    let mut config = DatabaseConfig::at(database.url());
    config.max_connections = 1;
    let single = Database::connect(&config).await.unwrap();
    for round in 0..100_u128 {
        let unit = async {
            let mut work = single.begin().await?;
            work.execute(city(1_000 + round, &format!("lost {round}"))).await?;
            work.rollback().await
        };
        // Timers are too coarse: a begin takes less than a millisecond.
        let mut unit = Box::pin(unit);
        for _ in 0..rand::random_range(0..300) {
            if futures::poll!(unit.as_mut()).is_ready() {
                break;
            }
            tokio::task::yield_now().await;
        }
        drop(unit);
        single.execute(city(round, &format!("kept {round}"))).await.unwrap();
    }
    assert_eq!(count(database).await, 100, "seen by another connection");
}

#[tokio::test]
async fn a_failed_migration_leaves_nothing() {
    const STEPS: &[Migration] = &[
        Migration::new(1, "good", "CREATE TABLE good (id INTEGER) STRICT"),
        Migration::new(2, "bad", "CREATE TABLE good (id INTEGER) STRICT"),
    ];
    let database = TestDatabase::sqlite().await;
    let migrations = Migrations { history: "half_migrations", postgres: &[], sqlite: STEPS };
    assert!(matches!(database.migrate(&migrations).await, Err(MigrationError::Failed { .. })));
    assert_eq!(database.pending_migrations(&migrations).await.unwrap().len(), 2);
}

#[tokio::test]
async fn a_postgres_that_is_away_is_an_error_of_the_call() {
    let mut config = DatabaseConfig::at("postgres://nobody@127.0.0.1:1/nothing");
    config.acquire_timeout_ms = 200;
    let database = Database::connect(&config).await.unwrap();
    let error = database.check().await.unwrap_err();
    assert!(matches!(error, DatabaseError::Unavailable { .. }) && error.is_transient(), "{error:?}");
}

/// What only a server does to its clients.
mod server {
    mod postgres {
        use super::super::*;

        #[tokio::test]
        async fn connections_that_are_cut_are_replaced_by_themselves() {
            let Some(database) = TestDatabase::postgres_with(&CITIES).await else { return };
            let other = database.reopen().await;
            let mut work = database.begin().await.unwrap();
            work.execute(city(1, "Oslo")).await.unwrap();
            let cut = "SELECT pg_terminate_backend(pid) AS cut FROM pg_stat_activity \
                       WHERE datname = current_database() AND pid <> pg_backend_pid()";
            other.fetch_all(Query::new(cut)).await.unwrap();
            let error = work.commit().await.unwrap_err();
            assert!(error.is_transient(), "{error:?}");
            let deadline = tokio::time::Instant::now() + std::time::Duration::from_secs(10);
            while let Err(error) = database.execute(city(2, "Bergen")).await {
                assert!(error.is_transient() && tokio::time::Instant::now() < deadline, "{error:?}");
            }
            assert_eq!(count(&database).await, 1);
        }

        #[tokio::test]
        async fn statements_and_transactions_share_few_connections() {
            let Some(made) = TestDatabase::postgres_with(&CITIES).await else { return };
            let config = DatabaseConfig { max_connections: 2, ..DatabaseConfig::at(made.url()) };
            let database = Database::connect(&config).await.unwrap();
            let mut all = tokio::task::JoinSet::new();
            for id in 1..=90 {
                let (database, name) = (database.clone(), format!("City {id}"));
                all.spawn(async move {
                    if id % 3 == 0 {
                        let mut work = database.begin().await?;
                        work.execute(city(id, &name)).await?;
                        return work.commit().await;
                    }
                    database.execute(city(id, &name)).await?;
                    // Refused, and its connection is as good as before.
                    assert!(database.execute(city(id, &name)).await.is_err());
                    database.check().await
                });
            }
            while let Some(done) = all.join_next().await {
                done.unwrap().unwrap();
            }
            assert_eq!(count(&database).await, 90);
            let closed = tokio::time::timeout(std::time::Duration::from_secs(5), database.close()).await;
            assert!(closed.is_ok() && database.check().await.is_err());
        }
    }
}

#[tokio::test]
async fn addresses_that_mean_nothing_are_refused() {
    for url in ["", "mysql://x", "sqlite:", "sqlite::memory:", "sqlite:a.db?mode=ro", "sqlite:/dev/null/a.db"] {
        let error = Database::connect(&DatabaseConfig::at(url)).await.err();
        assert!(matches!(error, Some(DatabaseError::Configuration { .. })), "{url}: {error:?}");
    }
}

#[tokio::test]
async fn a_file_that_is_no_database_is_refused() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("notes.txt");
    std::fs::write(&path, "not a database, but long enough to be mistaken for one by a careless reader").unwrap();
    let error = Database::connect(&DatabaseConfig::at(format!("sqlite:{}", path.display()))).await.err();
    assert!(matches!(error, Some(DatabaseError::Configuration { .. })), "{error:?}");
}

#[tokio::test]
async fn sqlite_readers_do_not_write() {
    let database = TestDatabase::sqlite_with(&CITIES).await;
    let error = database.fetch_all(Query::new("DELETE FROM city RETURNING id")).await.unwrap_err();
    assert!(!error.is_transient(), "{error:?}");
}
