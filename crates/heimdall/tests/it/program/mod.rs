//! The command line of a service: each command in a process of its own.

mod commands;
mod dev;
mod refused;

use std::{
    path::Path,
    process::{Child, Command, Output, Stdio},
};

use axum::extract::State;
use heimdall::{
    config::{Section, Violation},
    database::{Database, Migration, Migrations, Query},
    lifecycle::{CompositionError, Service},
    messaging::{
        Event, EventType, Work,
        consumer::{EventHandlers, HandlerError},
    },
    program::Program,
    routes,
    routes::{Routes, permission},
};
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

/// What the child is asked to do, as a JSON array of arguments.
const ARGUMENTS: &str = "TALLY_TEST_ARGUMENTS";

const MIGRATIONS: Migrations = Migrations {
    history: "tally_migrations",
    postgres: &[Migration::new(1, "tallies", "CREATE TABLE tallies (item text)")],
    sqlite: &[Migration::new(1, "tallies", "CREATE TABLE tallies (item TEXT) STRICT")],
};

#[derive(Serialize, Deserialize, JsonSchema)]
#[serde(default)]
struct TallyConfig {
    /// How many items there may be.
    limit: u32,
    /// What nobody can be composed without.
    plan: String,
}

impl Default for TallyConfig {
    fn default() -> Self {
        Self { limit: 10, plan: "any".to_owned() }
    }
}

impl Section for TallyConfig {
    const PATH: &'static str = "tally";

    fn validate(&self) -> Vec<Violation> {
        Violation::unless(self.limit > 0, "limit", "must be more than 0").into_iter().collect()
    }
}

/// Items came in.
#[derive(Debug, Serialize, Deserialize, JsonSchema)]
struct ItemsReceived {
    item: String,
}

impl EventType for ItemsReceived {
    const TYPE: &'static str = "items.received.v1";
}

async fn received(event: &Event<ItemsReceived>, work: &mut Work) -> Result<(), HandlerError> {
    if event.data.item.is_empty() {
        return Err(HandlerError::rejected("an item has a name"));
    }
    work.execute(Query::new("INSERT INTO tallies (item) VALUES ($1)").bind(event.data.item.as_str())).await?;
    Ok(())
}

/// Another service lost items.
#[derive(Debug, Serialize, Deserialize, JsonSchema)]
struct ItemsLost {
    item: String,
}

impl EventType for ItemsLost {
    const TYPE: &'static str = "items.lost.v1";
}

async fn lost(event: &Event<ItemsLost>, work: &mut Work) -> Result<(), HandlerError> {
    work.execute(Query::new("DELETE FROM tallies WHERE item = $1").bind(event.data.item.as_str())).await?;
    Ok(())
}

/// How many items came in.
#[utoipa::path(get, path = "/tallies", responses((status = 200, description = "A number", body = String)))]
async fn list(State(database): State<Database>) -> String {
    let rows = database.fetch_all(Query::new("SELECT item FROM tallies")).await.unwrap();
    rows.len().to_string()
}

/// A service with tables, a log, a consumer and a guarded route.
async fn compose(service: &Service) -> Result<(), CompositionError> {
    if service.config().section::<TallyConfig>()?.plan.is_empty() {
        return Err(CompositionError::other("a tally needs a plan"));
    }
    let database = service.database(MIGRATIONS).await?;
    service.topic("items.received").partitions(3).carries::<ItemsReceived>();
    service.on("items.received", received);
    service.on("places.*", lost);
    service.on("anything", EventHandlers::new());
    service.role("clerk", &["tallies:write"]);
    service.routes(Routes::new().with(permission("tallies:read"), routes!(list)).with_state(database));
    Ok(())
}

#[test]
#[ignore = "the child process of the tests"]
fn child() {
    let given: Vec<String> = serde_json::from_str(&std::env::var(ARGUMENTS).unwrap()).unwrap();
    let program = Program::from("tally").version("1.2.3").about("Counts what comes in.");
    let code = program.run(["tally".to_owned()].into_iter().chain(given), compose);
    // The one code that tells nothing of itself.
    let known = (0..=5).find(|known| code == std::process::ExitCode::from(*known));
    std::process::exit(known.map_or(99, i32::from));
}

/// The program with these arguments, in this folder, with nothing configured from outside.
fn tally(folder: &Path, arguments: &[&str]) -> Command {
    let mut command = Command::new(std::env::current_exe().unwrap());
    command.args(["--exact", "program::child", "--ignored", "--nocapture"]).current_dir(folder);
    for (name, _) in std::env::vars() {
        if name.starts_with("TALLY__") || ["DATABASE_URL", "RUST_LOG"].contains(&name.as_str()) {
            command.env_remove(name);
        }
    }
    command.env(ARGUMENTS, serde_json::to_string(arguments).unwrap());
    command.stdin(Stdio::null()).stdout(Stdio::piped()).stderr(Stdio::piped());
    command
}

/// How a command ended, and what it said.
struct Ended {
    code: i32,
    stdout: String,
    stderr: String,
}

impl Ended {
    fn of(command: &mut Command) -> Self {
        let Output { status, stdout, stderr } = command.output().unwrap();
        let text = |bytes| String::from_utf8(bytes).unwrap();
        // What the test's own frame says before the program begins.
        let stdout = text(stdout).replacen("\nrunning 1 test\n", "", 1);
        Self { code: status.code().unwrap(), stdout, stderr: text(stderr) }
    }
}

fn run(folder: &Path, arguments: &[&str]) -> Ended {
    Ended::of(&mut tally(folder, arguments))
}

/// A process that ends with the test.
struct Stopped(Child);

impl Drop for Stopped {
    fn drop(&mut self) {
        let _ = self.0.kill();
        let _ = self.0.wait();
    }
}
