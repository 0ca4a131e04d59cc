//! A database whose password, and then whose role, changes while the service runs.

mod postgres {
    use std::{fs, path::Path, time::Duration};

    use axum::{Router, routing::get as route};
    use heimdall::{
        database::{Database, DatabaseConfig, Query},
        lifecycle::{CompositionError, Host, Running, Service},
        testing::TemporaryPostgres,
    };

    use crate::lifecycle::{config, eventually};

    async fn compose(service: &Service) -> Result<(), CompositionError> {
        let database = service.database(NONE).await?;
        let who = async move || match database.fetch_all(Query::new("SELECT current_user::text AS who")).await {
            Ok(rows) => rows[0].get::<String>("who").unwrap(),
            Err(error) => format!("failed: {error}"),
        };
        service.serve(Router::new().route("/who", route(who)));
        service.public_paths(&["/who"]);
        Ok(())
    }

    async fn who(running: &Running) -> String {
        let address = running.address().unwrap();
        reqwest::get(format!("http://{address}/who")).await.unwrap().text().await.unwrap()
    }

    /// The same address with another user and password.
    fn address(url: &str, role: &str, password: &str) -> String {
        let mut url = url::Url::parse(url).unwrap();
        url.set_username(role).unwrap();
        url.set_password(Some(password)).unwrap();
        url.into()
    }

    fn replace(path: &Path, text: &str) {
        let beside = path.with_extension("new");
        fs::write(&beside, text).unwrap();
        fs::rename(beside, path).unwrap();
    }

    #[tokio::test]
    async fn the_pool_takes_a_new_password_and_a_new_role() {
        let Some(postgres) = TemporaryPostgres::create().await else { return };
        let administrator = Database::connect(&DatabaseConfig::at(&postgres.url)).await.unwrap();
        let run = async |sql: String| administrator.execute(Query::new(sql)).await.unwrap();
        let name = url::Url::parse(&postgres.url).unwrap().path().trim_start_matches('/').to_owned();
        let [old, new] = ["old", "new"].map(|role| format!("{name}_{role}"));
        for role in [&old, &new] {
            run(format!("CREATE ROLE {role} LOGIN PASSWORD 'one'")).await;
        }
        let cut = async || {
            let sql = "SELECT pg_terminate_backend(pid) AS cut FROM pg_stat_activity WHERE usename = $1";
            administrator.fetch_all(Query::new(sql).bind(old.as_str())).await.unwrap();
        };

        let folder = tempfile::tempdir().unwrap();
        let file = folder.path().join("database-url");
        fs::write(&file, address(&postgres.url, &old, "one")).unwrap();
        let config = config().secrets_interval(Duration::from_millis(20)).argument(
            "the test",
            "database.url_file",
            file.display().to_string(),
        );
        let running = Host::new(config).start(compose).await.unwrap();
        let becomes = async |expected: &str| {
            eventually(async || (who(&running).await == expected).then_some(())).await;
        };
        becomes(&old).await;

        // A new password. The server asks for it only when a connection is made, so those there are end.
        run(format!("ALTER ROLE {old} PASSWORD 'two'")).await;
        replace(&file, &address(&postgres.url, &old, "two"));
        tokio::time::sleep(Duration::from_millis(200)).await;
        cut().await;
        becomes(&old).await;

        // What can't be meant, or is not let in, is not taken over.
        replace(&file, "mysql://somewhere");
        tokio::time::sleep(Duration::from_millis(200)).await;
        run(format!("ALTER ROLE {new} NOLOGIN")).await;
        replace(&file, &address(&postgres.url, &new, "one"));
        tokio::time::sleep(Duration::from_millis(200)).await;
        assert_eq!(who(&running).await, old);

        // A new role, as soon as the server lets it in; the old one may not come any more.
        run(format!("ALTER ROLE {new} LOGIN")).await;
        run(format!("ALTER ROLE {old} NOLOGIN")).await;
        becomes(&new).await;
        cut().await;
        for _ in 0..3 {
            assert_eq!(who(&running).await, new);
        }

        running.stop().await.unwrap();
        for role in [&old, &new] {
            run(format!("DROP ROLE {role}")).await;
        }
    }
}
