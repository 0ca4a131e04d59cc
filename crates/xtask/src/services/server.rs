//! One server of ours, whatever it runs as: started, stopped, frozen, and known again by whoever comes next.

use std::fs::{self, File};
use std::path::{Path, PathBuf};
use std::time::Duration;

use anyhow::{Context, Result, bail};
use sha2::{Digest, Sha256};

use super::daemon::{Daemon, Launch};
use super::docker::{self, Container};
use super::identity::Identity;
use super::record::{How, Record};
use super::service::Service;
use super::tools::Missing;
use super::{kafka, keycloak, postgres, probe};
use crate::output::{Wait, note};

/// A first start beside a build on two cores; most take a tenth of it.
const START_TIMEOUT: Duration = Duration::from_mins(8);

/// How long a port may stay taken after its holder has died.
const PORT_TIMEOUT: Duration = Duration::from_secs(10);

/// A server of ours, which may or may not run.
pub(super) struct Server<'a> {
    pub(super) service: Service,
    dir: &'a Path,
    daemon: Daemon<'a>,
    container: Container,
}

/// In which state a server is.
#[derive(Clone, Copy, Debug, PartialEq, Eq, serde::Serialize)]
#[serde(rename_all = "lowercase")]
pub enum State {
    /// Somebody else's, at an address that the environment gives.
    Given,
    /// Up.
    Running,
    /// It runs and does not answer: it is starting, or frozen.
    Silent,
    /// Does not run; its data are kept.
    Stopped,
    /// Not there.
    Down,
}

impl<'a> Server<'a> {
    pub(super) fn new(dir: &'a Path, service: Service) -> Self {
        let daemon = Daemon::new(service.name(), dir);
        Self { service, dir, daemon, container: Container::new(&unique(dir), service) }
    }

    pub(super) fn record(&self) -> Option<Record> {
        Record::read(self.dir, self.service)
    }

    pub(super) fn state(&self) -> State {
        match self.record() {
            Some(record) if self.runs(&record) && answers(self.service, &record.address()) => State::Running,
            Some(record) if self.runs(&record) => State::Silent,
            Some(record) if record.folder.exists() => State::Stopped,
            _ => State::Down,
        }
    }

    /// Where it runs, for a person: a process id or a container's name.
    pub(super) fn place(&self) -> Option<String> {
        match self.record()?.how {
            How::Process => self.daemon.running().map(|process| format!("process {}", process.pid)),
            How::Docker => self.container.is_running().then(|| format!("container {}", self.container.name())),
        }
    }

    pub(super) fn log(&self) -> &Path {
        self.daemon.log()
    }

    /// Keeps other tasks away from this server as long as the file lives.
    pub(super) fn lock(&self) -> Result<File> {
        let file = File::create(self.dir.join(format!("{}.lock", self.service.name())))?;
        let mut wait = Wait::begin(self.service.name(), "another task is starting or stopping it");
        while file.try_lock().is_err() {
            wait.tick();
        }
        Ok(file)
    }

    /// Brings it up; true when it did not run before.
    pub(super) fn up(&self, with: Option<How>, owner: Option<&Identity>) -> Result<bool> {
        let known = self.record();
        if let Some(record) = known.as_ref().filter(|record| self.runs(record)) {
            self.wait_ready(record)?; // perhaps whoever started it was killed while waiting
            let abandoned = record.owner.as_ref().is_some_and(|owner| !owner.is_alive());
            if abandoned || (owner.is_none() && record.owner.is_some()) {
                Record { owner: owner.cloned(), ..record.clone() }.write(self.dir)?;
            }
            return Ok(abandoned);
        }
        let record = match known {
            Some(record) if record.folder.exists() => Record { owner: owner.cloned(), ..record },
            known => self.plan(known, with, owner)?,
        };
        self.wait_for_ports(&record)?;
        self.launch(&record).inspect_err(|_| {
            self.stop_running(&record, false).ok();
        })?;
        Ok(true)
    }

    /// A server that has just died may hold its ports for a moment.
    fn wait_for_ports(&self, record: &Record) -> Result<()> {
        let name = self.service.name();
        let mut wait = Wait::begin(name, "waiting for its port");
        while let Some(port) = record.ports.iter().find(|port| !probe::is_free(**port)) {
            if wait.elapsed() > PORT_TIMEOUT {
                bail!("its port {port} is taken by another program: `cargo xtask services down {name}` forgets it");
            }
            wait.tick();
        }
        Ok(())
    }

    /// A server that is not there yet: how, on which ports (those it had last, if they are free) and where.
    fn plan(&self, known: Option<Record>, with: Option<How>, owner: Option<&Identity>) -> Result<Record> {
        let how = match (with, self.missing()) {
            (Some(how), _) => how,
            (None, None) => How::Process,
            (None, Some(_)) if docker::answers() => How::Docker,
            (None, Some(missing)) => return Err(missing.into()),
        };
        let wanted = match self.service {
            Service::Kafka => kafka::PORTS,
            Service::Postgres => postgres::PORTS,
            Service::Keycloak => keycloak::PORTS,
        };
        let mut ports = known.map(|record| record.ports).unwrap_or_default();
        ports.retain(|port| probe::is_free(*port));
        while ports.len() < wanted {
            let port = probe::free_port().context("no loopback port is free")?;
            if !ports.contains(&port) {
                ports.push(port);
            }
        }
        let mut folder = self.dir.join(self.service.name());
        if self.service == Service::Postgres && how == How::Process {
            folder = postgres::place(&folder, &unique(self.dir))?;
        }
        Ok(Record { service: self.service, how, ports, folder, owner: owner.cloned() })
    }

    /// What has to be installed before it can run as a process.
    pub(super) fn missing(&self) -> Option<Missing> {
        super::install::missing(self.service)
    }

    fn launch(&self, record: &Record) -> Result<()> {
        fs::create_dir_all(&record.folder).with_context(|| format!("{} can't be made", record.folder.display()))?;
        record.write(self.dir)?;
        match record.how {
            How::Process => self.daemon.spawn(&self.prepare(record)?)?,
            How::Docker => {
                if self.service == Service::Keycloak {
                    fs::write(docker::realm_file(&record.folder), include_str!("../../services/keycloak/realm.json"))?;
                }
                note(self.service.name(), "starting a container; its image is pulled if it is not there");
                self.container.start(record)?;
            }
        }
        self.wait_ready(record)
    }

    fn prepare(&self, record: &Record) -> Result<Launch> {
        match self.service {
            Service::Kafka => kafka::prepare(&record.folder, &record.ports),
            Service::Postgres => postgres::prepare(&record.folder, &record.ports),
            Service::Keycloak => keycloak::prepare(&record.folder, &record.ports),
        }
    }

    fn wait_ready(&self, record: &Record) -> Result<()> {
        let ready = || answers(self.service, &record.address());
        match record.how {
            How::Process => self.daemon.until_ready(START_TIMEOUT, ready),
            How::Docker => {
                let mut wait = Wait::begin(self.service.name(), "waiting until it answers");
                while !ready() {
                    if wait.elapsed() > START_TIMEOUT || !self.container.is_running() {
                        bail!(
                            "{} does not answer; the end of its log:\n{}",
                            self.container.name(),
                            self.container.tail()
                        );
                    }
                    wait.tick();
                }
                Ok(())
            }
        }
    }

    /// Stops it, in good order or as a crash does; its data and ports stay.
    pub(super) fn stop(&self, kill: bool) -> Result<()> {
        let record = self.record().filter(|record| self.runs(record));
        record.map_or(Ok(()), |record| self.stop_running(&record, kill))
    }

    fn stop_running(&self, record: &Record, kill: bool) -> Result<()> {
        match record.how {
            How::Process if kill => self.daemon.kill(),
            How::Process => self.daemon.stop(match self.service {
                Service::Postgres => postgres::STOP,
                Service::Kafka | Service::Keycloak => rustix::process::Signal::TERM,
            }),
            How::Docker => self.container.tell(if kill { "kill" } else { "stop" }),
        }
    }

    /// Stops it and removes its data.
    pub(super) fn down(&self) -> Result<bool> {
        let Some(record) = self.record() else {
            return Ok(false);
        };
        let there = record.folder.exists();
        self.stop(false)?;
        if record.how == How::Docker {
            self.container.remove()?;
        }
        if there {
            fs::remove_dir_all(&record.folder)
                .with_context(|| format!("{} can't be removed", record.folder.display()))?;
        }
        Ok(there)
    }

    /// Freezes it, or lets it go on.
    pub(super) fn freeze(&self, frozen: bool) -> Result<()> {
        let Some(record) = self.record() else { bail!("{} is down", self.service.name()) };
        match record.how {
            How::Process => self.daemon.freeze(frozen),
            How::Docker => self.container.tell(if frozen { "pause" } else { "unpause" }),
        }
    }

    fn runs(&self, record: &Record) -> bool {
        match record.how {
            How::Process => self.daemon.running().is_some(),
            How::Docker => self.container.is_running(),
        }
    }
}

/// Whether a server at this address serves.
pub(super) fn answers(service: Service, address: &str) -> bool {
    match service {
        Service::Kafka => address.split(',').any(|broker| probe::kafka(broker.trim())),
        Service::Postgres => host_of(address).is_some_and(|host| probe::postgres(&host)),
        Service::Keycloak => probe::issuer(address),
    }
}

/// `host:port` of a database URL.
fn host_of(url: &str) -> Option<String> {
    let host = url.split_once("://")?.1.split(['/', '?']).next()?.rsplit('@').next()?;
    Some(if host.contains(':') { host.to_owned() } else { format!("{host}:5432") })
}

/// A short name for a services folder, so that two clones on one engine never mean the same container.
fn unique(dir: &Path) -> String {
    let path: PathBuf = dir.canonicalize().unwrap_or_else(|_| dir.to_owned());
    hex::encode(&Sha256::digest(path.as_os_str().as_encoded_bytes())[..4])
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_host_of_a_database_url() {
        assert_eq!(host_of("postgres://a:b@db.example:6000/x?y=z").as_deref(), Some("db.example:6000"));
        assert_eq!(host_of("postgres://db.example/x").as_deref(), Some("db.example:5432"));
        assert_eq!(host_of("db.example"), None);
    }
}
