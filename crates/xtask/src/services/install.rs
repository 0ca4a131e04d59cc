//! What servers need from the machine's package manager.

use std::collections::BTreeSet;
use std::process::Command;

use anyhow::{Context, Result, bail};

use super::service::Service;
use super::tools::{self, Missing};
use super::{kafka, keycloak};
use crate::output::note;

/// All that has to be installed before this service can run as a process.
pub fn missing(service: Service) -> Option<Missing> {
    let fetched = |download: &super::download::Download| download.is_cached().then_some(()).ok_or(());
    let maven = |download| fetched(download).err().and_then(|()| tools::maven().err());
    let all: Vec<Missing> = match service {
        Service::Postgres => tools::postgres().err().into_iter().collect(),
        Service::Kafka => tools::java().err().into_iter().chain(maven(&kafka::DOWNLOAD)).collect(),
        Service::Keycloak => tools::java().err().into_iter().chain(maven(&keycloak::DOWNLOAD)).collect(),
    };
    all.into_iter().reduce(|one, other| Missing {
        what: format!("{}; {}", one.what, other.what),
        packages: [one.packages, other.packages].concat(),
    })
}

/// Tests read topics with a client that shares no code with ours.
pub fn kcat() -> Option<Missing> {
    tools::on_path("kcat")
        .is_none()
        .then(|| Missing::new("no `kcat` on the PATH, the tests' independent Kafka client", &["kcat"]))
}

/// The TypeScript workspace needs Node.js.
pub fn node() -> Option<Missing> {
    tools::node().err()
}

/// Installs what is missing, where we are root on a Debian; elsewhere says what to run.
pub(super) fn run() -> Result<()> {
    let all: Vec<Missing> = Service::ALL.into_iter().filter_map(missing).chain(kcat()).chain(node()).collect();
    for missing in &all {
        note("install", &missing.what);
    }
    let packages: BTreeSet<&str> = all.iter().flat_map(|missing| missing.packages.iter().copied()).collect();
    let packages: Vec<&str> = packages.into_iter().collect();
    if packages.is_empty() {
        note("install", "nothing is missing");
        return Ok(());
    }
    if !rustix::process::geteuid().is_root() || tools::on_path("apt-get").is_none() {
        bail!(
            "not installed: run `sudo apt-get install --no-install-recommends {}`, or the like of it",
            packages.join(" ")
        );
    }
    apt(&["update", "--quiet"])?;
    apt(&[&["install", "--yes", "--quiet", "--no-install-recommends"], packages.as_slice()].concat())?;
    // A distribution's packages may be older than what is needed.
    match node() {
        Some(missing) => bail!("still missing after the installation: {}", missing.what),
        None => Ok(()),
    }
}

fn apt(arguments: &[&str]) -> Result<()> {
    note("install", &format!("apt-get {}", arguments.join(" ")));
    let status = Command::new("apt-get").args(arguments).env("DEBIAN_FRONTEND", "noninteractive").status();
    if !status.context("apt-get can't be run")?.success() {
        bail!("`apt-get {}` failed", arguments.join(" "));
    }
    Ok(())
}
