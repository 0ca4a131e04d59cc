//! Ctrl-C and SIGTERM, noticed instead of obeyed: what a task brought up has to be taken down first.

use std::os::unix::process::CommandExt;
use std::process::{Child, Command, ExitStatus};
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::{Duration, Instant};

use anyhow::{Context, Result};
use rustix::process::{Pid, Signal, kill_process_group};
use signal_hook::consts::{SIGINT, SIGTERM};

/// How long a command may take to end after it was interrupted.
const INTERRUPT_TIMEOUT: Duration = Duration::from_secs(20);

/// Whether somebody wants us to stop.
#[derive(Clone)]
pub struct Interrupt(Arc<AtomicBool>);

impl Interrupt {
    /// From now on the first signal only raises a flag; the second one ends us where we are.
    pub fn listen() -> Result<Self> {
        let flag = Arc::new(AtomicBool::new(false));
        for signal in [SIGINT, SIGTERM] {
            signal_hook::flag::register_conditional_shutdown(signal, 130, Arc::clone(&flag))
                .context("signals can't be handled")?;
            signal_hook::flag::register(signal, Arc::clone(&flag)).context("signals can't be handled")?;
        }
        Ok(Self(flag))
    }

    /// Whether a signal came.
    pub fn came(&self) -> bool {
        self.0.load(Ordering::Relaxed)
    }

    /// Starts a command in a process group of its own, so that all it starts can be ended with it.
    pub fn spawn(command: &mut Command) -> Result<Child> {
        let program = command.get_program().to_string_lossy().into_owned();
        command.process_group(0).spawn().with_context(|| format!("{program} can't be run"))
    }

    /// Waits for a command of [`Self::spawn`]; when a signal comes, the command and all it started are told.
    pub fn wait(&self, child: &mut Child) -> Result<ExitStatus> {
        let mut told: Option<Instant> = None;
        loop {
            if let Some(status) = child.try_wait()? {
                return Ok(status);
            }
            let signal = match told {
                None if self.came() => Some(Signal::INT),
                Some(since) if since.elapsed() > INTERRUPT_TIMEOUT => Some(Signal::KILL),
                _ => None,
            };
            if let (Some(signal), Some(group)) = (signal, i32::try_from(child.id()).ok().and_then(Pid::from_raw)) {
                told = Some(Instant::now());
                kill_process_group(group, signal).ok();
            }
            std::thread::sleep(Duration::from_millis(50));
        }
    }
}
