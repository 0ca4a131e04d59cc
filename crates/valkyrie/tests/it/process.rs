//! A `valkyrie dev` of a test.

use std::io::{BufRead as _, BufReader};
use std::path::Path;
use std::process::{Child, ChildStdout, Command, Output, Stdio};
use std::time::{Duration, Instant};

use reqwest::{Client, Response, StatusCode};
use serde_json::{Value, json};

/// How long anything may take before it counts as never.
pub(crate) const NEVER: Duration = Duration::from_mins(1);

/// The binary, in a folder of its own and with nothing configured from outside.
pub(crate) fn valkyrie(folder: &Path) -> Command {
    let mut command = Command::new(env!("CARGO_BIN_EXE_valkyrie"));
    command.current_dir(folder).stdin(Stdio::null());
    for (name, _) in std::env::vars() {
        if name.starts_with("VALKYRIE__") || ["DATABASE_URL", "RUST_LOG"].contains(&name.as_str()) {
            command.env_remove(name);
        }
    }
    // A template that is made in no time, in the place of those that ship with the binary.
    let templates = concat!(env!("CARGO_MANIFEST_DIR"), "/tests/templates");
    command.env("VALKYRIE__TEMPLATES__SOURCES", format!("[\"{templates}\"]"));
    command
}

/// Runs a command to its end.
pub(crate) fn run(folder: &Path, arguments: &[&str]) -> Output {
    valkyrie(folder).args(arguments).output().unwrap()
}

pub(crate) fn text(bytes: &[u8]) -> String {
    String::from_utf8(bytes.to_vec()).unwrap()
}

/// A running instance; killed when it is dropped.
pub(crate) struct Dev {
    child: Child,
    _stdout: BufReader<ChildStdout>,
    /// What it said when it was ready.
    pub(crate) greeting: String,
    /// Where it listens.
    pub(crate) url: String,
    token: String,
    client: Client,
}

impl Dev {
    /// Starts an instance on a free port, with its data in `.valkyrie` below the folder, and waits until it is ready.
    pub(crate) fn start(folder: &Path) -> Self {
        Self::over(valkyrie(folder))
    }

    /// The same with the templates that ship with the binary.
    pub(crate) fn start_with_shipped_templates(folder: &Path) -> Self {
        let mut command = valkyrie(folder);
        command.env_remove("VALKYRIE__TEMPLATES__SOURCES");
        Self::over(command)
    }

    fn over(mut command: Command) -> Self {
        let mut child = command.args(["dev", "--port", "0"]).stdout(Stdio::piped()).spawn().unwrap();
        let mut stdout = BufReader::new(child.stdout.take().unwrap());
        let mut greeting = String::new();
        while !greeting.contains("Ctrl-C") {
            let read = stdout.read_line(&mut greeting).unwrap();
            assert!(read > 0, "it ended: {:?} {greeting}", child.wait());
        }
        let url = greeting.lines().find_map(|line| line.trim().strip_prefix("API ")).unwrap();
        let url = url.trim().strip_suffix("/api/v1").unwrap().to_owned();
        let token = greeting.lines().find(|line| line.starts_with("ey")).unwrap().to_owned();
        Self { child, _stdout: stdout, greeting, url, token, client: Client::new() }
    }

    pub(crate) async fn get(&self, path: &str) -> Response {
        self.client.get(format!("{}{path}", self.url)).bearer_auth(&self.token).send().await.unwrap()
    }

    pub(crate) async fn json(&self, path: &str) -> Value {
        let response = self.get(path).await;
        assert_eq!(response.status(), StatusCode::OK, "{path}");
        response.json().await.unwrap()
    }

    /// Asks for a service of this name, and says the task's id.
    pub(crate) async fn request(&self, name: &str) -> String {
        let order = json!({"template": "small", "parameters": {"name": name, "owner": "group:default/payments"}});
        let url = format!("{}/api/v1/scaffold-tasks", self.url);
        let response = self.client.post(url).bearer_auth(&self.token).json(&order).send().await.unwrap();
        assert_eq!(response.status(), StatusCode::ACCEPTED, "{:?}", response.text().await);
        let task: Value = response.json().await.unwrap();
        task["id"].as_str().unwrap().to_owned()
    }

    /// Waits until a task is in this status.
    pub(crate) async fn until(&self, id: &str, status: &str) -> Value {
        let deadline = Instant::now() + NEVER;
        loop {
            let task = self.json(&format!("/api/v1/scaffold-tasks/{id}")).await;
            if task["status"] == status {
                return task;
            }
            assert!(Instant::now() < deadline && task["status"] != "failed", "{task}");
            tokio::time::sleep(Duration::from_millis(20)).await;
        }
    }

    /// Its process.
    pub(crate) fn pid(&self) -> u32 {
        self.child.id()
    }

    /// Asks it to stop, and says the code that it ended with.
    pub(crate) fn terminate(mut self) -> Option<i32> {
        signal(self.child.id(), "TERM");
        let deadline = Instant::now() + NEVER;
        loop {
            if let Some(status) = self.child.try_wait().unwrap() {
                return status.code();
            }
            assert!(Instant::now() < deadline, "it does not stop");
            std::thread::sleep(Duration::from_millis(10));
        }
    }

    /// Ends it between two lines.
    pub(crate) fn kill(mut self) {
        self.child.kill().unwrap();
        self.child.wait().unwrap();
    }
}

impl Drop for Dev {
    fn drop(&mut self) {
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}

/// A process that ends with the test.
pub(crate) struct Stopped(pub(crate) Child);

impl Drop for Stopped {
    fn drop(&mut self) {
        let _ = self.0.kill();
        let _ = self.0.wait();
    }
}

pub(crate) fn signal(pid: u32, name: &str) {
    assert!(Command::new("kill").args([&format!("-{name}"), &pid.to_string()]).status().unwrap().success());
}
