//! `cargo xtask bench`: figures, each beside its baseline, taken in the same run.

mod cargo;
mod clean_build;
mod figure;
mod incremental;

use std::collections::BTreeSet;
use std::process::{Command, ExitCode, Stdio};

use anyhow::{Context, Result, bail};

use self::figure::{Figure, table};
use crate::backstage;
use crate::interrupt::Interrupt;
use crate::output::note;
use crate::services::{Identity, Service, Services, node};
use crate::workspace;

/// Groups of `bench/src` (but for one of `backstage/` and two that measure cargo), and the servers they measure against.
const GROUPS: &[(&str, &[Service])] = &[
    (BUILD, &[]),
    (CHECK, &[]),
    ("start", &[]),
    ("http", &[]),
    ("api", &[Service::Postgres, Service::Kafka]),
    ("log", &[Service::Postgres, Service::Kafka]),
    (BACKSTAGE, &[Service::Postgres, Service::Kafka, Service::Keycloak]),
];

/// Measure the wait for cargo, not the product: they need no binary.
const CHECK: &str = "check";
const BUILD: &str = "build";

/// Measured by a program of the TypeScript workspace, where a real Backstage can be started.
const BACKSTAGE: &str = "backstage";

/// Measure, on release builds and real servers, and print each figure beside its baseline
///
/// Two figures can be compared when they come from one run. Run it on a machine that does nothing else.
#[derive(clap::Args)]
pub struct Arguments {
    /// Which group; all, if none is named
    group: Option<String>,
    /// Print a JSON array of {group, name, value, unit, baseline, `baseline_value`, ratio}
    #[arg(long)]
    json: bool,
}

/// Runs the command.
pub fn run(arguments: &Arguments) -> Result<ExitCode> {
    let wanted = |name: &str| arguments.group.as_deref().is_none_or(|group| group == name);
    let groups: Vec<_> = GROUPS.iter().filter(|(name, _)| wanted(name)).collect();
    if groups.is_empty() {
        let names: Vec<&str> = GROUPS.iter().map(|(name, _)| *name).collect();
        bail!(
            "there is no group `{}`; there are: {}",
            arguments.group.as_deref().unwrap_or_default(),
            names.join(", ")
        );
    }
    if groups.iter().any(|(name, _)| *name != CHECK && *name != BUILD) {
        build()?;
    }

    let interrupt = Interrupt::listen()?;
    let owner = Identity::own().context("this process can't be found among the processes")?;
    let here = Services::here()?;
    let services: BTreeSet<Service> = groups.iter().flat_map(|(_, services)| services.iter().copied()).collect();
    let services: Vec<Service> = services.into_iter().collect();
    let measured = bring_up(&here, &services, &owner).and_then(|()| measure_all(&groups, &here, &interrupt));
    for service in services {
        here.release(service, &owner)?;
    }
    let figures = measured?;
    if arguments.json {
        println!("{}", serde_json::to_string_pretty(&figures)?);
    } else {
        print!("{}", table(&figures));
    }
    Ok(ExitCode::SUCCESS)
}

/// The groups measure the binary that users run. It is built apart: cargo would give it the features, too, that only
/// `bench` asks for.
fn build() -> Result<()> {
    note("bench", "building release binaries");
    for package in ["--package=valkyrie", "--package=bench"] {
        let arguments = ["build", "--release", "--locked", package];
        let status = workspace::cargo(&arguments)?.status().context("cargo can't be run")?;
        if !status.success() {
            bail!("`cargo {}` failed", arguments.join(" "));
        }
    }
    Ok(())
}

fn bring_up(here: &Services, services: &[Service], owner: &Identity) -> Result<()> {
    for (service, outcome) in here.up_all(services, None, Some(owner)) {
        outcome.with_context(|| format!("{} is not up", service.name()))?;
    }
    Ok(())
}

fn measure_all(groups: &[&(&str, &[Service])], here: &Services, interrupt: &Interrupt) -> Result<Vec<Figure>> {
    let mut figures = Vec::new();
    for (group, services) in groups {
        note("bench", group);
        figures.extend(match *group {
            BUILD => clean_build::measure(interrupt)?,
            CHECK => incremental::measure(interrupt)?,
            _ => measure(group, services, here, interrupt)?,
        });
    }
    Ok(figures)
}

fn measure_backstage(interrupt: &Interrupt) -> Result<Command> {
    if let Some(missing) = node() {
        bail!("{missing}");
    }
    backstage::prepare(interrupt)?;
    let mut command = backstage::npm("backstage/packages/backend", &["run", "--silent", "bench"])?;
    command.env("VALKYRIE_TEST_BINARY", cargo::target()?.join("release/valkyrie"));
    Ok(command)
}

/// Runs one group in a process of its own: what one group leaves behind in memory is not the next one's.
fn measure(group: &str, services: &[Service], here: &Services, interrupt: &Interrupt) -> Result<Vec<Figure>> {
    let mut command = if group == BACKSTAGE {
        measure_backstage(interrupt)?
    } else {
        workspace::cargo(&["run", "--release", "--locked", "--quiet", "--package=bench", "--", group])?
    };
    for service in services {
        command.envs(here.status(*service).environment);
    }
    let mut child = Interrupt::spawn(command.stdin(Stdio::null()).stdout(Stdio::piped()))?;
    let output = child.stdout.take().context("the output of the group can't be read")?;
    let reader = std::thread::spawn(move || std::io::read_to_string(output));
    let status = interrupt.wait(&mut child)?;
    if interrupt.came() {
        bail!("interrupted");
    }
    if !status.success() {
        bail!("the group `{group}` failed");
    }
    let text = reader.join().map_err(|_| anyhow::anyhow!("the output of the group can't be read"))??;
    let figures: Vec<Figure> = serde_json::from_str(&text).with_context(|| format!("`{group}` printed no figures"))?;
    if figures.is_empty() {
        bail!("the group `{group}` measured nothing");
    }
    Ok(figures)
}
