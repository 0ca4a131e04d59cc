//! `cargo xtask services …`

use std::process::ExitCode;

use anyhow::Result;

use super::record::How;
use super::server::State;
use super::service::Service;
use super::{Services, environment, install, kafka, keycloak};
use crate::output::note;

/// Start and stop real servers to test against
#[derive(clap::Args)]
pub struct Arguments {
    #[command(subcommand)]
    action: Action,
}

#[derive(clap::Subcommand)]
enum Action {
    /// Bring servers up (all, if none is named) and print the variables that say where they are
    ///
    /// `eval "$(cargo xtask services up)"` sets them in the shell.
    Up {
        /// Which ones
        services: Vec<Service>,
        /// As processes or as containers; by default processes, and containers where the programs are missing
        #[arg(long)]
        with: Option<How>,
        /// Print what is where as JSON
        #[arg(long)]
        json: bool,
    },
    /// Stop servers and remove their data
    Down {
        /// Which ones; all, if none is named
        services: Vec<Service>,
    },
    /// Say what runs where
    Status {
        /// Which ones; all, if none is named
        services: Vec<Service>,
        /// As JSON
        #[arg(long)]
        json: bool,
    },
    /// Stop one server and keep its data: an outage
    Stop {
        /// Which one
        service: Service,
        /// With SIGKILL: a crash
        #[arg(long)]
        kill: bool,
    },
    /// Start a stopped server, with its data, on the port it had
    Start {
        /// Which one
        service: Service,
    },
    /// Freeze a server: it takes connections and does not answer
    Pause {
        /// Which one
        service: Service,
    },
    /// Let a frozen server go on
    Resume {
        /// Which one
        service: Service,
    },
    /// Install the programs that servers and their tests need (as root on Debian; elsewhere says what to install)
    Install,
    /// Write the checksums of what the pom.xml files name: after a change of version
    Lock,
}

/// Runs the command.
pub fn run(arguments: &Arguments) -> Result<ExitCode> {
    let here = Services::here()?;
    match &arguments.action {
        Action::Up { services, with, json } => return up(&here, &chosen(services), *with, *json),
        Action::Down { services } => chosen(services).iter().try_for_each(|service| here.down(*service))?,
        Action::Status { services, json } => status(&here, &chosen(services), *json)?,
        Action::Stop { service, kill } => here.stop(*service, *kill)?,
        Action::Start { service } => here.start(*service)?,
        Action::Pause { service } => here.freeze(*service, true)?,
        Action::Resume { service } => here.freeze(*service, false)?,
        Action::Install => install::run()?,
        Action::Lock => {
            kafka::DOWNLOAD.lock()?;
            keycloak::DOWNLOAD.lock()?;
        }
    }
    Ok(ExitCode::SUCCESS)
}

fn chosen(services: &[Service]) -> Vec<Service> {
    if services.is_empty() { Service::ALL.to_vec() } else { services.to_vec() }
}

fn up(here: &Services, services: &[Service], with: Option<How>, json: bool) -> Result<ExitCode> {
    let mut up = Vec::new();
    for (service, outcome) in here.up_all(services, with, None) {
        match outcome {
            Ok(_) => up.push(service),
            Err(error) => note(service.name(), &format!("not up: {error:#}")),
        }
    }
    if json {
        status(here, services, true)?;
    } else {
        for service in &up {
            print!("{}", environment::shell(&here.status(*service).environment));
        }
    }
    Ok(if up.len() < services.len() { ExitCode::FAILURE } else { ExitCode::SUCCESS })
}

fn status(here: &Services, services: &[Service], json: bool) -> Result<()> {
    let all: Vec<_> = services.iter().map(|service| here.status(*service)).collect();
    if json {
        let text = serde_json::to_string_pretty(&all)?;
        println!("{text}");
        return Ok(());
    }
    for status in all {
        let state = match status.state {
            State::Given => "given",
            State::Running => "running",
            State::Silent => "silent",
            State::Stopped => "stopped",
            State::Down => "down",
        };
        let place = status.place.map(|place| format!("  ({place})")).unwrap_or_default();
        println!("{:<10}{state:<9}{}{place}", status.service.name(), status.address.unwrap_or_default());
    }
    Ok(())
}
