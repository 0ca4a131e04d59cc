//! The part of `cargo metadata` that the rules look at.

use anyhow::{Context, Result, bail};
use serde::Deserialize;

use crate::workspace;

#[derive(Deserialize)]
pub(super) struct Metadata {
    pub(super) packages: Vec<Package>,
    pub(super) workspace_members: Vec<String>,
    #[serde(default)]
    pub(super) workspace_root: String,
}

#[derive(Deserialize)]
pub(super) struct Package {
    pub(super) id: String,
    pub(super) name: String,
    #[serde(default)]
    pub(super) manifest_path: String,
    #[serde(default)]
    pub(super) publish: Option<Vec<String>>,
    pub(super) dependencies: Vec<Dependency>,
}

#[derive(Deserialize)]
pub(super) struct Dependency {
    pub(super) name: String,
    /// `None` for a normal one, or `dev` or `build`.
    pub(super) kind: Option<String>,
    /// The name it has in the manifest, where that is another one.
    pub(super) rename: Option<String>,
}

impl Metadata {
    /// Of this workspace.
    pub(super) fn read() -> Result<Self> {
        let arguments = ["metadata", "--format-version=1", "--locked", "--no-deps"];
        let output = workspace::cargo(&arguments)?.output().context("cargo can't be run")?;
        if !output.status.success() {
            bail!("cargo metadata failed: {}", String::from_utf8_lossy(&output.stderr).trim());
        }
        serde_json::from_slice(&output.stdout).context("cargo metadata says what we can't read")
    }

    /// Our own packages.
    pub(super) fn members(&self) -> impl Iterator<Item = &Package> {
        self.packages.iter().filter(|package| self.workspace_members.contains(&package.id))
    }

    /// A package's manifest, and the line that names `dependency`.
    pub(super) fn place(&self, package: &Package, dependency: &Dependency) -> String {
        let path = package.manifest_path.strip_prefix(&self.workspace_root).unwrap_or(&package.manifest_path);
        let path = path.trim_start_matches('/');
        let name = dependency.rename.as_ref().unwrap_or(&dependency.name);
        let text = std::fs::read_to_string(&package.manifest_path).unwrap_or_default();
        let names_it = |line: &str| {
            let rest = line.trim_start().strip_prefix(name.as_str());
            rest.is_some_and(|rest| rest.starts_with(['.', ' ', '=']))
        };
        match text.lines().position(names_it) {
            Some(line) => format!("{path}:{}", line + 1),
            None => path.to_owned(),
        }
    }
}
