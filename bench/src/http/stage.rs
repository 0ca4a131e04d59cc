//! One server for each step, all of them up at once: those that are not asked take no processor time.

use std::fs::File;
use std::path::Path;
use std::process::{Command, Stdio};
use std::sync::Arc;
use std::time::Duration;

use anyhow::{Context, Result, ensure};
use heimdall::clock::SystemClock;
use heimdall::testing::{FakeIssuer, KeyKind, free_port};
use tempfile::TempDir;

use super::measured::Measured;
use super::meter;
use super::route::{ANSWER, PATH, PERMISSION};
use super::server::{NAME, SETTINGS, Settings};
use super::step::Step;
use crate::load::{Requests, Target, load};
use crate::process::Process;

/// Connections that each wait for an answer before they ask again.
pub(super) const CONNECTIONS: u32 = 16;

/// All servers, ready for rounds.
pub(super) struct Stage {
    issuer: FakeIssuer,
    servers: Vec<Server>,
    _folder: TempDir,
}

struct Server {
    port: u16,
    meter: u16,
    _process: Process,
}

/// Requests without a body, each answered with the same word.
#[derive(Clone)]
struct Nothing;

impl Requests for Nothing {
    fn next(&self) -> String {
        String::new()
    }

    fn check(&self, answer: &[u8]) -> Result<()> {
        ensure!(answer == ANSWER.as_bytes(), "answered `{}`, not `{ANSWER}`", String::from_utf8_lossy(answer));
        Ok(())
    }
}

impl Stage {
    pub(super) async fn set() -> Result<Self> {
        let issuer = FakeIssuer::start(KeyKind::Rs256, Arc::new(SystemClock)).await?;
        let folder = tempfile::tempdir()?;
        let started = Step::ALL.iter().map(|step| Server::start(*step, issuer.url(), folder.path()));
        Ok(Self { servers: started.collect::<Result<_>>()?, issuer, _folder: folder })
    }

    /// Loads each server for a while, one after the other, in the order of [`Step::ALL`].
    pub(super) async fn round(&self, time: Duration) -> Result<Vec<Measured>> {
        let mut measured = Vec::new();
        for server in &self.servers {
            // A token of its own, which has to be verified before it can be remembered.
            let token = self.issuer.token("bench").scope(PERMISSION).sign()?;
            let target = Target { port: server.port, method: "GET", path: PATH, token, status: 200 };
            let before = meter::read(server.meter).await?;
            let round = load(&target, &Nothing, CONNECTIONS, time).await?;
            let processor = meter::read(server.meter).await? - before;
            measured.push(Measured::new(&round, processor));
        }
        Ok(measured)
    }
}

impl Server {
    fn start(step: Step, issuer: &str, folder: &Path) -> Result<Self> {
        let (port, meter) = (free_port()?, free_port()?);
        let settings = Settings { step, port, meter, issuer: issuer.to_owned() };
        // Log lines go to a file, as they would to a collector's.
        let lines = folder.join(format!("{port}.log"));
        let mut command = Command::new(std::env::current_exe()?);
        command
            .arg(NAME)
            .env(SETTINGS, serde_json::to_string(&settings)?)
            .env_remove("RUST_LOG")
            .current_dir(folder)
            .stdin(Stdio::null())
            .stdout(Stdio::null())
            .stderr(File::create(&lines)?);
        let (asked, path) = if step == Step::Service { (port, "/healthz/readiness") } else { (meter, meter::PATH) };
        let said = || std::fs::read_to_string(&lines).unwrap_or_default();
        let (process, _) = Process::start(&mut command, asked, path).with_context(said)?;
        Ok(Self { port, meter, _process: process })
    }
}
