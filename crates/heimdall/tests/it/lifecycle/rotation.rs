//! What a service is connected with changes while it runs.

use std::{fs, path::Path};

/// Replaces a file as a whole.
fn replace(path: &Path, text: &str) {
    let beside = path.with_extension("new");
    fs::write(&beside, text).unwrap();
    fs::rename(beside, path).unwrap();
}

#[cfg(feature = "kafka")]
mod clients {
    use std::{fs, net::SocketAddr, time::Duration};

    use heimdall::{
        database::Migrations,
        lifecycle::{CompositionError, Host, Service},
        messaging::{Event, EventType, Work, consumer::HandlerError},
    };
    use schemars::JsonSchema;
    use serde::{Deserialize, Serialize};
    use tokio::{net::TcpListener, sync::watch};

    use super::replace;
    use crate::lifecycle::config;

    #[derive(Debug, Serialize, Deserialize, JsonSchema)]
    struct OrderPlaced {}

    impl EventType for OrderPlaced {
        const TYPE: &'static str = "shop.order.placed.v1";
    }

    async fn ignore(_: &Event<OrderPlaced>, _: &mut Work) -> Result<(), HandlerError> {
        Ok(())
    }

    async fn compose(service: &Service) -> Result<(), CompositionError> {
        service.database(Migrations::NONE).await?;
        service.topic("shop.order").partitions(1).carries::<OrderPlaced>();
        service.on("shop.order", ignore).group("shop-orders");
        Ok(())
    }

    /// Takes connections, says nothing, and counts them.
    async fn broker() -> (SocketAddr, watch::Receiver<usize>) {
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let address = listener.local_addr().unwrap();
        let (counted, count) = watch::channel(0);
        tokio::spawn(async move {
            let mut connections = Vec::new();
            while let Ok((connection, _)) = listener.accept().await {
                connections.push(connection);
                counted.send_replace(connections.len());
            }
        });
        (address, count)
    }

    async fn reaches(count: &mut watch::Receiver<usize>, least: usize) {
        let reached = count.wait_for(|count| *count >= least);
        tokio::time::timeout(Duration::from_secs(9), reached).await.expect("clients connect").unwrap();
    }

    #[tokio::test]
    async fn the_producer_and_the_consumers_of_kafka_are_made_anew() {
        let ((first, mut at_first), (second, mut at_second)) = (broker().await, broker().await);
        let folder = tempfile::tempdir().unwrap();
        let file = folder.path().join("brokers");
        fs::write(&file, first.to_string()).unwrap();
        let config = config()
            .secrets_interval(Duration::from_millis(20))
            .default("database.url", format!("sqlite:{}", folder.path().join("shop.db").display()))
            .default("log.adapter", "kafka")
            .default("kafka.close_timeout_seconds", 1)
            .argument("the test", "kafka.brokers_file", file.display().to_string());
        let running = Host::new(config).start(compose).await.unwrap();
        // The producer of the relay, and the consumer.
        reaches(&mut at_first, 2).await;
        assert_eq!(*at_second.borrow(), 0);
        replace(&file, &second.to_string());
        reaches(&mut at_second, 2).await;
        running.stop().await.unwrap();
    }
}

mod postgres {
    use std::{fs, time::Duration};

    use heimdall::{
        database::{Database, DatabaseConfig, Migrations, Query},
        lifecycle::{CompositionError, Host, Running, Service},
        routes::{HttpMethod, Routes, public},
        testing::TemporaryPostgres,
    };

    use super::replace;
    use crate::lifecycle::{config, eventually};

    async fn compose(service: &Service) -> Result<(), CompositionError> {
        let database = service.database(Migrations::NONE).await?;
        let who = async move || match database.fetch_all(Query::new("SELECT current_user::text AS who")).await {
            Ok(rows) => rows[0].get::<String>("who").unwrap(),
            Err(error) => format!("failed: {error}"),
        };
        service.routes(Routes::new().undocumented(public(), HttpMethod::Get, "/who", who));
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

    #[tokio::test]
    async fn the_pool_takes_a_new_password_and_a_new_role() {
        let Some(postgres) = TemporaryPostgres::create().await else { return };
        let administrator = Database::connect(&DatabaseConfig::at(&postgres.url)).await.unwrap();
        let run = async |sql: String| administrator.execute(Query::new(sql)).await.unwrap();
        let name = url::Url::parse(&postgres.url).unwrap().path().trim_start_matches('/').to_owned();
        let [old, new] = ["old", "new"].map(|role| format!("{name}_{role}"));
        for role in [&old, &new] {
            run(format!("CREATE ROLE {role} LOGIN PASSWORD 'one'")).await;
            run(format!("GRANT ALL ON SCHEMA public TO {role}")).await;
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
            run(format!("DROP OWNED BY {role}")).await;
            run(format!("DROP ROLE {role}")).await;
        }
    }
}
