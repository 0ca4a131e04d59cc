//! Real servers to test against, as plain processes (or containers) on free loopback ports.
//!
//! Tests are told where a server is by environment variables, [`Service::variable`]. A variable that a person has set
//! names a server of theirs: it is used and never touched. The rest live in `target/services`, or in
//! `$VALKYRIE_SERVICES_DIR`, and what is known of them there survives the task that started them.

mod command;
mod daemon;
mod docker;
mod download;
mod environment;
mod identity;
mod install;
mod kafka;
mod keycloak;
mod postgres;
mod probe;
mod record;
mod server;
mod service;
mod tools;

use std::path::PathBuf;

use anyhow::{Context, Result, bail};

pub use command::{Arguments, run};
pub use identity::Identity;
pub use install::{kcat, missing, node};
pub use record::How;
pub use server::State;
pub use service::Service;
pub use tools::{Missing, on_path};

use self::record::Record;
use self::server::Server;
use crate::output::note;

/// The servers of one folder.
pub struct Services {
    dir: PathBuf,
}

/// One server, as `status` shows it.
#[derive(Debug, serde::Serialize)]
pub struct Status {
    /// Which one.
    pub service: Service,
    /// Whether it is there.
    pub state: State,
    /// The value of its variable, if it runs.
    pub address: Option<String>,
    /// The process or container.
    pub place: Option<String>,
    /// What it printed.
    pub log: Option<PathBuf>,
    /// What to set to use it.
    pub environment: std::collections::BTreeMap<&'static str, String>,
}

impl Services {
    /// The servers of this workspace.
    pub fn here() -> Result<Self> {
        let dir = match std::env::var_os("VALKYRIE_SERVICES_DIR").filter(|dir| !dir.is_empty()) {
            Some(dir) => std::path::absolute(dir)?,
            None => crate::workspace::root()?.join("target/services"),
        };
        std::fs::create_dir_all(&dir).with_context(|| format!("{} can't be made", dir.display()))?;
        Ok(Self { dir })
    }

    /// The folder they live in.
    pub fn dir(&self) -> &std::path::Path {
        &self.dir
    }

    /// Brings a server up and waits until it answers. True when it is the caller's to take down: it started it, or
    /// whoever did is gone.
    ///
    /// `owner` is the task that will take it down; none, when a person asks for a server that stays.
    pub fn up(&self, service: Service, with: Option<How>, owner: Option<&Identity>) -> Result<bool> {
        if let Some(address) = self.given(service) {
            if !server::answers(service, &address) && !address.starts_with("https://") {
                bail!(
                    "{} is {address}, and no {} answers there: start it, or unset the variable",
                    service.variable(),
                    service.name()
                );
            }
            note(service.name(), &format!("as given, at {address}"));
            return Ok(false);
        }
        let server = self.server(service);
        let _lock = server.lock()?;
        let begun = std::time::Instant::now();
        let started = server.up(with, owner)?;
        let address = server.record().map(|record| record.address()).unwrap_or_default();
        note(service.name(), &format!("up at {address}, after {:.1} s", begun.elapsed().as_secs_f32()));
        Ok(started)
    }

    /// Brings several up side by side; what became of each.
    pub fn up_all(
        &self,
        services: &[Service],
        with: Option<How>,
        owner: Option<&Identity>,
    ) -> Vec<(Service, Result<bool>)> {
        std::thread::scope(|scope| {
            let start = |service: &Service| {
                let service = *service;
                (service, scope.spawn(move || self.up(service, with, owner)))
            };
            let running: Vec<_> = services.iter().map(start).collect();
            let join = |thread: std::thread::ScopedJoinHandle<'_, Result<bool>>| {
                thread.join().unwrap_or_else(|_| Err(anyhow::anyhow!("its start panicked")))
            };
            running.into_iter().map(|(service, thread)| (service, join(thread))).collect()
        })
    }

    /// Stops a server of ours and removes its data; its ports are remembered for the next time.
    pub fn down(&self, service: Service) -> Result<()> {
        let server = self.server(service);
        let _lock = server.lock()?;
        if server.down()? {
            note(service.name(), "down, its data are removed");
        }
        Ok(())
    }

    /// Takes down what this task brought up and nobody else has asked for since.
    pub fn release(&self, service: Service, owner: &Identity) -> Result<()> {
        let mine = self.server(service).record().is_some_and(|record| record.owner.as_ref() == Some(owner));
        if mine { self.down(service) } else { Ok(()) }
    }

    /// Stops a server of ours, in good order or with SIGKILL, and keeps its data and ports.
    pub fn stop(&self, service: Service, kill: bool) -> Result<()> {
        let server = self.server(service);
        let _lock = server.lock()?;
        self.must_be_ours(&server)?;
        server.stop(kill)
    }

    /// Starts a server that was stopped, with its data, on its ports.
    pub fn start(&self, service: Service) -> Result<()> {
        let server = self.server(service);
        let _lock = server.lock()?;
        self.must_be_ours(&server)?;
        let owner = server.record().and_then(|record| record.owner);
        server.up(None, owner.as_ref()).map(drop)
    }

    /// Freezes a running server, as a machine that hangs, or lets it go on.
    pub fn freeze(&self, service: Service, frozen: bool) -> Result<()> {
        let server = self.server(service);
        let _lock = server.lock()?;
        self.must_be_ours(&server)?;
        server.freeze(frozen)
    }

    /// What is where.
    pub fn status(&self, service: Service) -> Status {
        let server = self.server(service);
        let given = self.given(service);
        let state = if given.is_some() { State::Given } else { server.state() };
        let own = || server.record().map(|record| record.address()).filter(|_| state == State::Running);
        let address = given.or_else(own);
        let ours = matches!(state, State::Running | State::Silent | State::Stopped);
        let environment = address.as_deref().map(|address| environment::variables(service, address, ours));
        Status {
            service,
            state,
            place: ours.then(|| server.place()).flatten(),
            log: ours.then(|| server.log().to_owned()),
            environment: environment.unwrap_or_default(),
            address,
        }
    }

    /// The address of somebody else's server. A variable that says where ours is says nothing new.
    fn given(&self, service: Service) -> Option<String> {
        let address = std::env::var(service.variable()).ok().filter(|address| !address.is_empty())?;
        let ours = Record::read(&self.dir, service).map(|record| record.address());
        (ours.as_ref() != Some(&address)).then_some(address)
    }

    fn must_be_ours(&self, server: &Server<'_>) -> Result<()> {
        let service = server.service;
        if let Some(address) = self.given(service) {
            bail!("{} is {address}: a server that was given is not stopped or started from here", service.variable());
        }
        if server.state() == State::Down {
            bail!("{} is down: `cargo xtask services up {}` brings it up", service.name(), service.name());
        }
        Ok(())
    }

    fn server(&self, service: Service) -> Server<'_> {
        Server::new(&self.dir, service)
    }
}
