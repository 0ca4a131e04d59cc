use std::process::{Child, Command, Stdio};
use std::time::{Duration, Instant};

/// The processes under test.
pub(crate) struct Processes {
    make: Vec<Box<dyn Fn() -> Command + Send>>,
    running: Vec<Child>,
}

impl Processes {
    pub(crate) fn new(make: Vec<Box<dyn Fn() -> Command + Send>>) -> Self {
        Self { make, running: Vec::new() }
    }

    /// Starts all of them.
    pub(crate) fn start(&mut self) {
        assert!(self.running.is_empty());
        self.running = self.make.iter().map(|make| make().spawn().unwrap()).collect();
    }

    /// Ends all of them between two lines.
    pub(crate) fn kill(&mut self) {
        for mut child in self.running.drain(..) {
            assert!(child.try_wait().unwrap().is_none(), "a process ended by itself");
            child.kill().unwrap();
            child.wait().unwrap();
        }
    }

    /// Whether every process is the one that was started.
    pub(crate) fn all_alive(&mut self) -> bool {
        self.running.iter_mut().all(|child| child.try_wait().unwrap().is_none())
    }

    /// Asks all of them to stop, which they must do with 0.
    pub(crate) fn stop(&mut self) {
        for child in &self.running {
            assert!(Command::new("kill").arg(child.id().to_string()).status().unwrap().success());
        }
        let deadline = Instant::now() + Duration::from_secs(35);
        for mut child in self.running.drain(..) {
            while child.try_wait().unwrap().is_none() {
                assert!(Instant::now() < deadline, "a process does not stop");
                std::thread::sleep(Duration::from_millis(20));
            }
            assert_eq!(child.wait().unwrap().code(), Some(0));
        }
    }
}

impl Drop for Processes {
    fn drop(&mut self) {
        for child in &mut self.running {
            let _ = child.kill();
            let _ = child.wait();
        }
    }
}

/// The binary, with settings that make up for lost time soon: what a dead process held is free after three seconds.
pub(crate) fn valkyrie(arguments: &[&str]) -> Command {
    let mut command = Command::new(env!("CARGO_BIN_EXE_valkyrie"));
    command.args(arguments).stdin(Stdio::null()).stdout(Stdio::null());
    // An audit line for each request says little here; what goes wrong is worth a look when a test fails.
    if std::env::var_os("VALKYRIE_FAULT_LOGS").is_none() {
        command.stderr(Stdio::null());
    }
    command.env_remove("DATABASE_URL");
    // A template that is made in no time: it is not the templates that are tested here.
    let templates = concat!(env!("CARGO_MANIFEST_DIR"), "/tests/templates");
    command.env("VALKYRIE__TEMPLATES__SOURCES", format!("[\"{templates}\"]"));
    command
        .env("RUST_LOG", "error")
        .env("VALKYRIE__WORKER__LEASE_SECONDS", "3")
        .env("VALKYRIE__OUTBOX__LEASE_MS", "3000");
    command
}
