//! Both servers, each on its database.

use std::fs::File;
use std::path::Path;
use std::process::{Command, Stdio};
use std::sync::Arc;
use std::time::Duration;

use anyhow::{Context, Result};
use heimdall::clock::SystemClock;
use heimdall::testing::{FakeIssuer, KeyKind, free_port};
use tempfile::TempDir;

use super::baseline::{NAME, SETTINGS};
use super::database::{Database, check_same};
use super::requests::{Counter, one};
use super::shared::Settings;
use crate::load::{Round, Target, load};
use crate::process::{Process, valkyrie};

/// Connections that each wait for an answer before they ask again; also the size of both pools.
pub(super) const CONNECTIONS: u32 = 16;
/// The status that a task gets that starts at once.
const ACCEPTED: u16 = 202;
const PATH: &str = "/api/v1/scaffold-tasks";
const SUBJECT: &str = "service-account-bench";

/// Both servers, ready for rounds.
pub(super) struct Stage {
    issuer: FakeIssuer,
    valkyrie: Side,
    baseline: Side,
    _folder: TempDir,
}

struct Side {
    counter: Counter,
    port: u16,
    // Before the database: who uses it is stopped first.
    _process: Process,
    database: Database,
}

impl Stage {
    pub(super) async fn set() -> Result<Self> {
        let issuer = FakeIssuer::start(KeyKind::Rs256, Arc::new(SystemClock)).await?;
        let folder = tempfile::tempdir()?;
        let valkyrie = Side::valkyrie(&issuer, folder.path()).await?;
        let sample = one(&target(&issuer, valkyrie.port)?, &valkyrie.counter).await?;
        let baseline = Side::baseline(&issuer, folder.path(), sample).await?;
        Ok(Self { issuer, valkyrie, baseline, _folder: folder })
    }

    pub(super) async fn valkyrie(&self, time: Duration) -> Result<Round> {
        self.round(&self.valkyrie, time).await
    }

    pub(super) async fn baseline(&self, time: Duration) -> Result<Round> {
        self.round(&self.baseline, time).await
    }

    async fn round(&self, side: &Side, time: Duration) -> Result<Round> {
        // A token of its own, which has to be verified before it can be remembered.
        load(&target(&self.issuer, side.port)?, &side.counter, CONNECTIONS, time).await
    }

    /// Fails unless everything that was answered is there, and both wrote the same.
    pub(super) async fn check(&self) -> Result<()> {
        let of = |side: &'_ Side| side.counter.asked();
        let (ours, bare) = (&self.valkyrie, &self.baseline);
        check_same((&ours.database, of(ours)), (&bare.database, of(bare))).await
    }
}

fn target(issuer: &FakeIssuer, port: u16) -> Result<Target> {
    let token = issuer.token(SUBJECT).scope("scaffold-tasks:write").sign()?;
    Ok(Target { port, method: "POST", path: PATH, token, status: ACCEPTED })
}

impl Side {
    async fn valkyrie(issuer: &FakeIssuer, folder: &Path) -> Result<Self> {
        let binary = valkyrie()?;
        let database = Database::make(&binary, folder).await?;
        let port = free_port()?;
        // Log lines go to a file, as they would to a collector's.
        let lines = folder.join("valkyrie.log");
        let mut command = Command::new(&binary);
        command
            .arg("api")
            .env("VALKYRIE__HTTP__PORT", port.to_string())
            .env("VALKYRIE__ADMIN__PORT", free_port()?.to_string())
            .env("VALKYRIE__DATABASE__URL", database.url())
            .env("VALKYRIE__DATABASE__MAX_CONNECTIONS", CONNECTIONS.to_string())
            .env("VALKYRIE__LOG__ADAPTER", "kafka")
            .env("VALKYRIE__KAFKA__BROKERS", crate::log::brokers()?)
            .env("VALKYRIE__AUTH__ISSUER", issuer.url())
            .env("VALKYRIE__AUTH__ALLOW_INSECURE_ISSUER", "true")
            .env_remove("RUST_LOG")
            .current_dir(folder)
            .stdin(Stdio::null())
            .stdout(Stdio::null())
            .stderr(File::create(&lines)?);
        let told = || std::fs::read_to_string(&lines).unwrap_or_default();
        let (process, _) = Process::start(&mut command, port, "/healthz/readiness").with_context(told)?;
        Ok(Self { counter: Counter::default(), port, _process: process, database })
    }

    async fn baseline(issuer: &FakeIssuer, folder: &Path, sample: serde_json::Value) -> Result<Self> {
        let database = Database::make(&valkyrie()?, folder).await?;
        let port = free_port()?;
        let settings = Settings {
            database: database.url().to_owned(),
            connections: CONNECTIONS,
            port,
            path: PATH.to_owned(),
            sample,
            caller: [issuer.url().to_owned(), SUBJECT.to_owned()],
        };
        let mut command = Command::new(std::env::current_exe()?);
        command.arg(NAME).env(SETTINGS, serde_json::to_string(&settings)?).stdin(Stdio::null()).stdout(Stdio::null());
        let (process, _) = Process::start(&mut command, port, "/ready")?;
        Ok(Self { counter: Counter::default(), port, _process: process, database })
    }
}
