//! The same servers as containers, for machines that have an engine and not the programs.

use std::path::Path;
use std::process::Command;

use anyhow::{Context, Result, bail};

use super::keycloak::ADMINISTRATOR;
use super::record::Record;
use super::service::Service;
use super::tools;

/// The versions that run as processes, too.
fn image(service: Service) -> &'static str {
    match service {
        Service::Kafka => "apache/kafka:4.3.1",
        Service::Postgres => "postgres:15.18",
        Service::Keycloak => "keycloak/keycloak:26.7.3",
    }
}

/// Whether an engine answers here.
pub(super) fn answers() -> bool {
    tools::on_path("docker").is_some() && docker(&["info", "--format", "{{.ServerVersion}}"]).is_ok()
}

/// A container by its name, which says whose it is.
pub(super) struct Container {
    name: String,
}

impl Container {
    pub(super) fn new(unique: &str, service: Service) -> Self {
        Self { name: format!("valkyrie-{unique}-{}", service.name()) }
    }

    pub(super) fn name(&self) -> &str {
        &self.name
    }

    pub(super) fn is_running(&self) -> bool {
        let state = docker(&["inspect", "--format", "{{.State.Running}}", &self.name]);
        state.is_ok_and(|state| state.trim() == "true")
    }

    fn exists(&self) -> bool {
        docker(&["inspect", "--format", "{{.Id}}", &self.name]).is_ok()
    }

    /// Makes it, or starts the one that was stopped.
    pub(super) fn start(&self, record: &Record) -> Result<()> {
        if self.exists() {
            return docker(&["start", &self.name]).map(drop);
        }
        let arguments = run_arguments(&self.name, record);
        docker(&arguments.iter().map(String::as_str).collect::<Vec<_>>()).map(drop)
    }

    /// `stop`, `kill`, `pause` or `unpause`.
    pub(super) fn tell(&self, verb: &str) -> Result<()> {
        docker(&[verb, &self.name]).map(drop)
    }

    /// Removes it with its data.
    pub(super) fn remove(&self) -> Result<()> {
        if self.exists() { docker(&["rm", "--force", "--volumes", &self.name]).map(drop) } else { Ok(()) }
    }

    pub(super) fn tail(&self) -> String {
        docker(&["logs", "--tail", "15", &self.name]).unwrap_or_default()
    }
}

fn run_arguments(name: &str, record: &Record) -> Vec<String> {
    let mut arguments: Vec<String> = ["run", "--detach", "--name", name].map(str::to_owned).to_vec();
    let port = record.ports[0];
    let mut publish = |inside: u16| {
        arguments.extend(["--publish".to_owned(), format!("127.0.0.1:{port}:{inside}")]);
    };
    match record.service {
        Service::Kafka => publish(9092),
        Service::Postgres => publish(5432),
        Service::Keycloak => publish(8080),
    }
    for (key, value) in environment(record) {
        arguments.extend(["--env".to_owned(), format!("{key}={value}")]);
    }
    if record.service == Service::Keycloak {
        let realm = realm_file(&record.folder);
        arguments
            .extend(["--volume".to_owned(), format!("{}:/opt/keycloak/data/import/valkyrie.json:ro", realm.display())]);
    }
    arguments.push(image(record.service).to_owned());
    let options: Vec<String> = match record.service {
        Service::Kafka => vec![],
        Service::Postgres => ["-c", "wal_level=logical", "-c", "max_connections=300"].map(str::to_owned).to_vec(),
        Service::Keycloak => {
            vec!["start-dev".into(), "--import-realm".into(), format!("--hostname=http://127.0.0.1:{port}")]
        }
    };
    arguments.extend(options);
    arguments
}

/// Where [`super::server`] lays the realm for the container to read.
pub(super) fn realm_file(folder: &Path) -> std::path::PathBuf {
    folder.join("valkyrie.json")
}

/// For Kafka all of `server.properties` that is not about folders: the image reads `KAFKA_…` variables.
fn environment(record: &Record) -> Vec<(String, String)> {
    let pair = |key: &str, value: &str| (key.to_owned(), value.to_owned());
    match record.service {
        Service::Kafka => {
            let text = include_str!("../../services/kafka/server.properties");
            let settings = text.lines().filter(|line| !line.starts_with('#') && !line.starts_with("log.dirs"));
            let mut environment: Vec<_> = settings
                .filter_map(|line| line.split_once('='))
                .map(|(key, value)| (format!("KAFKA_{}", key.replace('.', "_").to_uppercase()), value.to_owned()))
                .filter(|(key, _)| key != "KAFKA_LISTENERS" && key != "KAFKA_ADVERTISED_LISTENERS")
                .map(|(key, value)| (key, value.replace("127.0.0.1:@controller@", "127.0.0.1:9093")))
                .collect();
            environment.push(pair("KAFKA_LISTENERS", "PLAINTEXT://0.0.0.0:9092,CONTROLLER://127.0.0.1:9093"));
            let advertised = format!("PLAINTEXT://127.0.0.1:{}", record.ports[0]);
            environment.push(pair("KAFKA_ADVERTISED_LISTENERS", &advertised));
            environment
        }
        Service::Postgres => vec![
            pair("POSTGRES_USER", "valkyrie"),
            pair("POSTGRES_DB", "valkyrie"),
            pair("POSTGRES_HOST_AUTH_METHOD", "trust"),
        ],
        Service::Keycloak => {
            vec![pair("KC_BOOTSTRAP_ADMIN_USERNAME", ADMINISTRATOR), pair("KC_BOOTSTRAP_ADMIN_PASSWORD", ADMINISTRATOR)]
        }
    }
}

fn docker(arguments: &[&str]) -> Result<String> {
    let output = Command::new("docker").args(arguments).output().context("docker can't be run")?;
    if !output.status.success() {
        bail!("`docker {}` failed: {}", arguments.join(" "), String::from_utf8_lossy(&output.stderr).trim());
    }
    Ok(String::from_utf8_lossy(&output.stdout).into_owned())
}

#[cfg(test)]
mod tests {
    use super::super::record::How;
    use super::*;

    fn arguments(service: Service) -> String {
        let record =
            Record { service, how: How::Docker, ports: vec![40_000, 40_001], folder: "/f".into(), owner: None };
        run_arguments("valkyrie-0-x", &record).join(" ")
    }

    #[test]
    fn servers_are_published_on_loopback_only_and_pinned() {
        for service in Service::ALL {
            let arguments = arguments(service);
            assert!(arguments.contains("--publish 127.0.0.1:40000:"), "{arguments}");
            assert!(arguments.contains(image(service)) && !image(service).ends_with(":latest"), "{arguments}");
        }
    }

    #[test]
    fn kafka_tells_clients_the_published_port_and_has_no_word_left_to_fill_in() {
        let arguments = arguments(Service::Kafka);
        assert!(arguments.contains("KAFKA_ADVERTISED_LISTENERS=PLAINTEXT://127.0.0.1:40000"), "{arguments}");
        assert!(arguments.contains("KAFKA_AUTO_CREATE_TOPICS_ENABLE=false"), "{arguments}");
        assert!(!arguments.contains("@broker@") && !arguments.contains("@controller@"), "{arguments}");
    }
}
