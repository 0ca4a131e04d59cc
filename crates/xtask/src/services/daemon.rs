//! A server as a plain process that outlives us, and whose process id is never lost.

use std::fs::{self, File};
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};
use std::time::Duration;

use anyhow::{Context, Result, bail};
use rustix::process::{Pid, Signal, kill_process};

use super::identity::Identity;
use crate::output::Wait;

/// The process writes its own id and start, then becomes the server. Killing us at any moment can't lose it.
const LAUNCHER: &str = r#"{ echo $$; cat /proc/$$/stat 2>/dev/null || ps -o lstart= -p $$; } > "$1.new" \
  && mv "$1.new" "$1" && shift && exec "$@""#;

/// How long a server may take to end when asked.
const PATIENCE: Duration = Duration::from_secs(45);

/// How to start a server.
pub(super) struct Launch {
    pub(super) command: Vec<String>,
    pub(super) environment: Vec<(String, String)>,
}

/// The process of one service, known by the file it wrote.
pub(super) struct Daemon<'a> {
    name: &'a str,
    pid_file: PathBuf,
    log: PathBuf,
}

impl<'a> Daemon<'a> {
    pub(super) fn new(name: &'a str, folder: &Path) -> Self {
        Self {
            name,
            pid_file: folder.join(format!("{name}.pid")),
            log: folder.join(format!("{name}.log")),
        }
    }

    pub(super) fn log(&self) -> &Path {
        &self.log
    }

    /// The process, if it runs.
    pub(super) fn running(&self) -> Option<Identity> {
        let identity = Identity::from_file(&fs::read_to_string(&self.pid_file).ok()?)?;
        identity.is_alive().then_some(identity)
    }

    /// Starts it in a process group of its own, so that Ctrl-C at our terminal does not reach it.
    pub(super) fn spawn(&self, launch: &Launch) -> Result<()> {
        use std::os::unix::process::CommandExt;

        let log = File::create(&self.log)
            .with_context(|| format!("{} can't be written", self.log.display()))?;
        fs::remove_file(&self.pid_file).or_else(|error| match error.kind() {
            std::io::ErrorKind::NotFound => Ok(()),
            _ => Err(error),
        })?;
        Command::new("sh")
            .args(["-c", LAUNCHER, "sh"])
            .arg(&self.pid_file)
            .args(&launch.command)
            .envs(launch.environment.iter().cloned())
            .stdin(Stdio::null())
            .stdout(log.try_clone()?)
            .stderr(log)
            .process_group(0)
            .spawn()
            .with_context(|| format!("{} can't be started", self.name))?;
        Ok(())
    }

    /// Waits until it answers, or says what its log ended with.
    pub(super) fn until_ready(&self, patience: Duration, ready: impl Fn() -> bool) -> Result<()> {
        let mut wait = Wait::begin(self.name, "waiting until it answers");
        while !ready() {
            if wait.elapsed() > Duration::from_secs(2) && self.running().is_none() {
                bail!(
                    "{} ended while it started; the end of {}:\n{}",
                    self.name,
                    self.log.display(),
                    self.tail()
                );
            }
            if wait.elapsed() > patience {
                let seconds = patience.as_secs();
                bail!(
                    "{} did not answer within {seconds} s; the end of {}:\n{}",
                    self.name,
                    self.log.display(),
                    self.tail()
                );
            }
            wait.tick();
        }
        Ok(())
    }

    /// Ends it in good order, and by force when it takes too long. Does nothing when it does not run.
    pub(super) fn stop(&self, signal: Signal) -> Result<()> {
        let Some(process) = self.running() else {
            return Ok(());
        };
        send(&process, signal)?;
        send(&process, Signal::CONT)?; // a paused process sees no signal before it goes on
        let mut wait = Wait::begin(self.name, "waiting until it has stopped");
        while process.is_alive() {
            if wait.elapsed() > PATIENCE {
                crate::output::note(self.name, "does not stop when asked: killing it");
                return self.kill();
            }
            wait.tick();
        }
        Ok(())
    }

    /// SIGKILL: what a crash or a power cut looks like to it.
    pub(super) fn kill(&self) -> Result<()> {
        let Some(process) = self.running() else {
            return Ok(());
        };
        send(&process, Signal::KILL)?;
        let mut wait = Wait::begin(self.name, "waiting until it is dead");
        while process.is_alive() {
            if wait.elapsed() > PATIENCE {
                bail!("{} (process {}) survives SIGKILL", self.name, process.pid);
            }
            wait.tick();
        }
        Ok(())
    }

    /// Freezes it and its children (or lets them go on): it is there and does not answer.
    pub(super) fn freeze(&self, frozen: bool) -> Result<()> {
        let Some(process) = self.running() else {
            bail!("{} does not run", self.name)
        };
        let signal = if frozen { Signal::STOP } else { Signal::CONT };
        send(&process, signal)?;
        for child in process.children() {
            send(&child, signal)?;
        }
        Ok(())
    }

    fn tail(&self) -> String {
        let log = fs::read(&self.log).unwrap_or_default();
        let log = String::from_utf8_lossy(&log);
        let lines: Vec<&str> = log.lines().collect();
        lines[lines.len().saturating_sub(15)..].join("\n")
    }
}

/// Sends a signal to exactly that process; one that has just ended needs none.
fn send(process: &Identity, signal: Signal) -> Result<()> {
    if !process.is_alive() {
        return Ok(());
    }
    let pid = Pid::from_raw(process.pid).context("process 0 is nobody's")?;
    match kill_process(pid, signal) {
        Err(rustix::io::Errno::SRCH) | Ok(()) => Ok(()),
        Err(error) => {
            Err(error).with_context(|| format!("process {} can't be signalled", process.pid))
        }
    }
}
