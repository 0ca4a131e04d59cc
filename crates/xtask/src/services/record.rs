//! What is known about a server that was started, kept beside its files.

use std::fs;
use std::path::{Path, PathBuf};

use anyhow::{Context, Result};
use serde::{Deserialize, Serialize};

use super::identity::Identity;
use super::service::Service;

/// How a server runs.
#[derive(Clone, Copy, Debug, PartialEq, Eq, clap::ValueEnum, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum How {
    /// As a plain process.
    Process,
    /// In a container.
    Docker,
}

/// Written before a server starts; it stays when the server goes, so that the next one gets the same ports.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub(super) struct Record {
    pub(super) service: Service,
    pub(super) how: How,
    pub(super) ports: Vec<u16>,
    /// Where its data are. The server is stopped when they are there and it does not run, and down without them.
    pub(super) folder: PathBuf,
    /// The task that takes it down when it ends; nobody when a person asked for it.
    pub(super) owner: Option<Identity>,
}

impl Record {
    pub(super) fn file(dir: &Path, service: Service) -> PathBuf {
        dir.join(format!("{}.json", service.name()))
    }

    pub(super) fn read(dir: &Path, service: Service) -> Option<Self> {
        serde_json::from_slice(&fs::read(Self::file(dir, service)).ok()?).ok()
    }

    pub(super) fn write(&self, dir: &Path) -> Result<()> {
        let file = Self::file(dir, self.service);
        let write = || -> Result<()> {
            let mut new = tempfile::NamedTempFile::new_in(dir)?;
            serde_json::to_writer_pretty(&mut new, self)?;
            new.persist(&file)?;
            Ok(())
        };
        write().with_context(|| format!("{} can't be written", file.display()))
    }

    /// What tests are told.
    pub(super) fn address(&self) -> String {
        self.service.address(self.ports[0])
    }
}
