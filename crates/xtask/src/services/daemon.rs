//! A server as a plain process that outlives us, and whose process id is never lost.

use std::fs::{self, File};
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};
use std::time::Duration;

use anyhow::{Context, Result, bail};
use rustix::process::{Pid, Signal, kill_process, kill_process_group};

use super::identity::Identity;
use crate::output::{Wait, note};

/// The shell writes its own process id and start, makes the server's files, and becomes the server. So killing us at
/// any moment loses nothing, and no second task can make the same files at the same time.
const LAUNCHER: &str = r#"pid=$1; shift
{ echo $$; cat /proc/$$/stat 2>/dev/null || ps -o lstart= -p $$; } > "$pid.new" && mv "$pid.new" "$pid" || exit 1
"#;

/// How long a server may take to end when asked.
const STOP_TIMEOUT: Duration = Duration::from_secs(45);

/// How long a dead process may wait for its parent to take note; in some containers nobody ever does.
const REAPING: Duration = Duration::from_secs(5);

/// How to start a server.
pub(super) struct Launch {
    /// Shell commands that make the server's files; they may find them made, or half made.
    pub(super) preparation: String,
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
        Self { name, pid_file: folder.join(format!("{name}.pid")), log: folder.join(format!("{name}.log")) }
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

        let log = File::create(&self.log).with_context(|| format!("{} can't be written", self.log.display()))?;
        fs::remove_file(&self.pid_file).or_else(|error| match error.kind() {
            std::io::ErrorKind::NotFound => Ok(()),
            _ => Err(error),
        })?;
        let mut child = Command::new("sh")
            .args(["-c", &format!("{LAUNCHER}set -e\n{}\nexec \"$@\"", launch.preparation), "sh"])
            .arg(&self.pid_file)
            .args(&launch.command)
            .envs(launch.environment.iter().cloned())
            .stdin(Stdio::null())
            .stdout(log.try_clone()?)
            .stderr(log)
            .process_group(0)
            .spawn()
            .with_context(|| format!("{} can't be started", self.name))?;
        // If it ends while we still run, it is for us to take note.
        std::thread::spawn(move || child.wait());
        Ok(())
    }

    /// Waits until it answers, or says what its log ended with.
    pub(super) fn until_ready(&self, patience: Duration, ready: impl Fn() -> bool) -> Result<()> {
        let mut wait = Wait::begin(self.name, "waiting until it answers");
        while !ready() {
            if wait.elapsed() > Duration::from_secs(2) && self.running().is_none() {
                bail!("{} ended while it started; the end of {}:\n{}", self.name, self.log.display(), self.tail());
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
        send_group(&process, signal)?;
        // A frozen process sees no signal before it goes on.
        self.freeze(false)?;
        if !self.until_ended(&[process]) {
            note(self.name, "does not stop when asked: killing it");
            self.kill()?;
        }
        Ok(())
    }

    /// SIGKILL: what a crash looks like to it. Its children, if they follow it, are waited for.
    pub(super) fn kill(&self) -> Result<()> {
        let Some(process) = self.running() else {
            return Ok(());
        };
        self.freeze(false)?;
        let mut family = process.children();
        send_group(&process, Signal::KILL)?;
        family.insert(0, process);
        if !self.until_ended(&family) {
            bail!("{} (process {}) survives SIGKILL", self.name, family[0].pid);
        }
        Ok(())
    }

    /// Waits until these processes have ended; false when they take too long.
    fn until_ended(&self, processes: &[Identity]) -> bool {
        let mut wait = Wait::begin(self.name, "waiting until it has stopped");
        while !processes.iter().all(Identity::is_gone) {
            let dead = !processes.iter().any(Identity::is_alive);
            if dead && wait.elapsed() > REAPING {
                break;
            }
            if wait.elapsed() > STOP_TIMEOUT {
                return false;
            }
            wait.tick();
        }
        true
    }

    /// Freezes it and its children (or lets them go on): it is there and does not answer.
    pub(super) fn freeze(&self, frozen: bool) -> Result<()> {
        let Some(process) = self.running() else { bail!("{} does not run", self.name) };
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
    deliver(process, signal, kill_process)
}

/// Sends a signal to a process that [`Daemon::spawn`] started and to what it runs to make its files.
fn send_group(process: &Identity, signal: Signal) -> Result<()> {
    deliver(process, signal, kill_process_group)
}

fn deliver(process: &Identity, signal: Signal, send: fn(Pid, Signal) -> rustix::io::Result<()>) -> Result<()> {
    if !process.is_alive() {
        return Ok(());
    }
    let pid = Pid::from_raw(process.pid).context("process 0 is nobody's")?;
    match send(pid, signal) {
        Err(rustix::io::Errno::SRCH) | Ok(()) => Ok(()),
        Err(error) => Err(error).with_context(|| format!("process {} can't be signalled", process.pid)),
    }
}
