//! The whole way on real servers: a token of Keycloak, tasks in Postgres, events on Kafka, seen with kcat, a client that
//! shares no code with ours.

use std::io::Write as _;
use std::path::Path;
use std::process::{Child, Command, Output, Stdio};
use std::time::{Duration, Instant};

use heimdall::testing::{TemporaryPostgres, free_port, server};
use serde_json::{Value, json};

use crate::process::{NEVER, signal, text, valkyrie};

/// The servers, as `cargo xtask services` describes them.
struct Platform {
    brokers: String,
    realm: String,
    database: TemporaryPostgres,
}

impl Platform {
    /// None without the servers.
    async fn find() -> Option<Self> {
        let brokers = server("VALKYRIE_TEST_KAFKA_BROKERS")?;
        let keycloak = server("VALKYRIE_TEST_KEYCLOAK_URL")?;
        let base = keycloak.split("/realms/").next().unwrap().trim_end_matches('/').to_owned();
        Some(Self { brokers, realm: format!("{base}/realms/valkyrie"), database: TemporaryPostgres::create().await? })
    }

    /// The binary, configured by its environment as a deployment configures it.
    fn valkyrie(&self, folder: &Path, port: u16, admin: u16) -> Command {
        let mut command = valkyrie(folder);
        command.env("DATABASE_URL", &self.database.url);
        for (name, value) in [
            ("LOG__ADAPTER", "kafka"),
            ("KAFKA__BROKERS", &self.brokers),
            ("AUTH__ISSUER", &self.realm),
            ("AUTH__ALLOW_INSECURE_ISSUER", "true"),
            ("HTTP__PORT", &port.to_string()),
            ("ADMIN__PORT", &admin.to_string()),
        ] {
            command.env(format!("VALKYRIE__{name}"), value);
        }
        command
    }

    async fn token(&self, form: String) -> String {
        let url = format!("{}/protocol/openid-connect/token", self.realm);
        let request = reqwest::Client::new().post(url).header("content-type", "application/x-www-form-urlencoded");
        let answer: Value = request.body(form).send().await.unwrap().error_for_status().unwrap().json().await.unwrap();
        answer["access_token"].as_str().unwrap().to_owned()
    }

    async fn token_of_the_pipeline(&self) -> String {
        let variable = |name: &str| std::env::var(format!("VALKYRIE_TEST_KEYCLOAK_CLIENT_{name}")).unwrap();
        let (id, secret) = (variable("ID"), variable("SECRET"));
        self.token(format!("grant_type=client_credentials&client_id={id}&client_secret={secret}")).await
    }

    /// Every record of a topic, as `(key, headers, value)`.
    fn read(&self, topic: &str) -> Vec<(String, String, String)> {
        let mut kcat = Command::new("kcat");
        kcat.args(["-C", "-q", "-e", "-b", &self.brokers, "-t", topic, "-o", "beginning", "-f", "%k\t%h\t%s\n"]);
        let output = kcat.output().expect("kcat (Debian: apt-get install kcat)");
        let line = |line: &str| {
            let mut parts = line.splitn(3, '\t').map(str::to_owned);
            (parts.next().unwrap(), parts.next().unwrap(), parts.next().unwrap())
        };
        text(&output.stdout).lines().map(line).collect()
    }

    fn write(&self, topic: &str, key: &str, value: &str) {
        let mut kcat = Command::new("kcat");
        kcat.args(["-P", "-b", &self.brokers, "-t", topic, "-k", key, "-X", "partitioner=murmur2_random"]);
        kcat.args(["-H", "content-type=application/cloudevents+json; charset=UTF-8"]);
        let mut kcat = kcat.stdin(Stdio::piped()).spawn().expect("kcat (Debian: apt-get install kcat)");
        kcat.stdin.take().unwrap().write_all(value.as_bytes()).unwrap();
        assert!(kcat.wait().unwrap().success());
    }
}

/// A role that runs; asked to stop, and expected to end with 0, when the test is done.
struct Role(Child);

impl Role {
    fn start(mut command: Command, role: &str) -> Self {
        Self(command.arg(role).env("RUST_LOG", "warn").stdout(Stdio::null()).spawn().unwrap())
    }

    fn stop(mut self) {
        signal(self.0.id(), "TERM");
        assert_eq!(self.0.wait().unwrap().code(), Some(0));
    }
}

impl Drop for Role {
    fn drop(&mut self) {
        let _ = self.0.kill();
        let _ = self.0.wait();
    }
}

async fn until<T>(what: &str, mut ask: impl AsyncFnMut() -> Option<T>) -> T {
    let deadline = Instant::now() + NEVER;
    loop {
        if let Some(found) = ask().await {
            return found;
        }
        assert!(Instant::now() < deadline, "never: {what}");
        tokio::time::sleep(Duration::from_millis(100)).await;
    }
}

fn done(output: Output) -> Output {
    assert!(output.status.success(), "{}{}", text(&output.stdout), text(&output.stderr));
    output
}

#[tokio::test(flavor = "multi_thread")]
async fn the_loop_turns_on_real_servers() {
    let Some(platform) = Platform::find().await else { return };
    let folder = tempfile::tempdir().unwrap();
    let (port, api_admin, worker_admin) = (free_port().unwrap(), free_port().unwrap(), free_port().unwrap());
    let command = |admin| platform.valkyrie(folder.path(), port, admin);
    done(command(0).args(["migrate"]).output().unwrap());
    done(command(0).args(["topics", "apply"]).output().unwrap());
    let (api, worker) = (Role::start(command(api_admin), "api"), Role::start(command(worker_admin), "worker"));
    let http = reqwest::Client::new();
    let ready = async |port: u16| {
        let answer = http.get(format!("http://127.0.0.1:{port}/healthz/readiness")).send().await.ok()?;
        answer.status().is_success().then_some(())
    };
    until("the API is ready", async || ready(port).await).await;
    until("the worker is ready", async || ready(worker_admin).await).await;

    // A pipeline asks for a service and waits for it.
    let token = platform.token_of_the_pipeline().await;
    let url = format!("http://127.0.0.1:{port}");
    let task = |token: &str, arguments: &[&str]| {
        let mut command = valkyrie(folder.path());
        command.env("VALKYRIE_SERVER", &url).env("VALKYRIE_TOKEN", token);
        command.arg("task").args(arguments).output().unwrap()
    };
    let name = format!("s-{:016x}", rand::random::<u64>());
    let submit = ["submit", "small", "-p", &format!("name={name}"), "-p", "owner=group:default/payments", "--json"];
    let made = done(task(&token, &[&submit[..], &["--watch"]].concat()));
    let made: Value = serde_json::from_slice(&made.stdout).unwrap();
    assert_eq!(made["status"], "completed");
    let id = made["id"].as_str().unwrap();

    // Its story is on the topic, for anybody.
    let story = until("the whole story is on the topic", async || {
        let records = platform.read("midgard.scaffold-task");
        let mine: Vec<_> = records.into_iter().filter(|(key, _, _)| key == id).collect();
        (mine.len() >= 4).then_some(mine)
    })
    .await;
    let mut kinds = Vec::new();
    for (_, headers, value) in &story {
        assert!(headers.contains("content-type=application/cloudevents+json; charset=UTF-8"), "{headers}");
        let event: Value = serde_json::from_str(value).unwrap();
        assert_eq!(
            (&event["specversion"], &event["subject"], &event["partitionkey"]),
            (&json!("1.0"), &json!(id), &json!(id))
        );
        assert_eq!(event["source"], "/valkyrie/scaffolder");
        assert_eq!(event["data"]["task"]["id"], id);
        kinds.push(event["type"].as_str().unwrap().to_owned());
    }
    assert_eq!(
        kinds,
        ["created", "queued", "started", "completed"].map(|kind| format!("midgard.scaffold-task.{kind}.v1"))
    );
    let completed: Value = serde_json::from_str(&story[3].2).unwrap();
    assert_eq!(completed["data"]["entities"][0]["kind"], "Component");
    done(task(&token, &["artifact", id]));

    // Who may only read is told so, and who is nobody, too.
    let reader =
        platform.token("grant_type=password&client_id=valkyrie-cli&username=rea&password=rea".to_owned()).await;
    let refused = task(&reader, &submit);
    assert_eq!(refused.status.code(), Some(4));
    assert!(text(&refused.stderr).contains("scaffold-tasks:write"), "{}", text(&refused.stderr));
    assert_eq!(task(&reader, &["show", id]).status.code(), Some(4), "others' tasks are not there");
    let stranger = platform.token("grant_type=password&client_id=stranger&username=ada&password=ada".to_owned()).await;
    assert_eq!(task(&stranger, &["list"]).status.code(), Some(4), "a token for another audience");

    // The catalog says something, by hand.
    let entity =
        json!({"apiVersion": "backstage.io/v1alpha1", "kind": "Component", "metadata": {"name": name}, "spec": {}});
    let reference = format!("component:default/{name}");
    let event = json!({
        "specversion": "1.0", "id": format!("by-hand-{name}"), "source": "/backstage/catalog",
        "type": "backstage.catalog.entity.created.v1", "time": "2026-01-01T00:00:00Z", "subject": reference,
        "datacontenttype": "application/json", "data": {"entityRef": reference, "entity": entity, "previous": null},
    });
    platform.write("backstage.catalog.component", &reference, "garbage \u{1}");
    platform.write("backstage.catalog.component", &reference, &event.to_string());
    let path = format!("{url}/api/v1/catalog/entities/by-name/component/default/{name}");
    let shown: Value = until("the component is in the read model", async || {
        let answer = http.get(&path).bearer_auth(&token).send().await.unwrap();
        if answer.status().is_success() { answer.json().await.ok() } else { None }
    })
    .await;
    assert!(shown.to_string().contains(&name), "{shown}");
    until("the garbage is parked", async || {
        let parked = platform.read("backstage.catalog.component.valkyrie-catalog.dead-letter");
        parked.iter().any(|(key, _, value)| *key == reference && value.contains("garbage")).then_some(())
    })
    .await;

    worker.stop();
    api.stop();
}
