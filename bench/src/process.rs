//! Processes that are measured from outside.

use std::io::{Read, Write};
use std::net::TcpStream;
use std::path::PathBuf;
use std::process::{Child, Command};
use std::time::{Duration, Instant};

use anyhow::{Context, Result, bail};

const START_TIMEOUT: Duration = Duration::from_secs(30);

/// The binary of Valkyrie, built beside this one.
pub(crate) fn valkyrie() -> Result<PathBuf> {
    let binary = std::env::current_exe()?.with_file_name("valkyrie");
    if !binary.is_file() {
        bail!("{} is missing: `cargo xtask bench` builds it", binary.display());
    }
    Ok(binary)
}

/// A process that serves HTTP; it is stopped when this is dropped.
pub(crate) struct Process(Child);

impl Process {
    /// Starts it and asks `path` on `port` until the answer is 200; how long that took.
    pub(crate) fn start(command: &mut Command, port: u16, path: &str) -> Result<(Self, Duration)> {
        let name = command.get_program().display().to_string();
        let begun = Instant::now();
        let mut process = Self(command.spawn().with_context(|| format!("{name} can't be run"))?);
        while !is_ready(port, path) {
            if let Some(status) = process.0.try_wait()? {
                bail!("{name} ended with {status} before it was ready");
            }
            if begun.elapsed() > START_TIMEOUT {
                bail!("{name} was not ready within {} s", START_TIMEOUT.as_secs());
            }
            std::thread::sleep(Duration::from_millis(1));
        }
        Ok((process, begun.elapsed()))
    }

    /// In bytes.
    pub(crate) fn resident_memory(&self) -> Result<f64> {
        let output = Command::new("ps").args(["-o", "rss=", "-p", &self.0.id().to_string()]).output();
        let output = output.context("ps can't be run: install procps")?;
        let kibibytes: f64 =
            String::from_utf8_lossy(&output.stdout).trim().parse().context("ps does not say the memory")?;
        Ok(kibibytes * 1024.0)
    }
}

impl Drop for Process {
    fn drop(&mut self) {
        // Asked, so that what it holds is free for the next one.
        Command::new("kill").arg(self.0.id().to_string()).status().ok();
        self.0.wait().ok();
    }
}

fn is_ready(port: u16, path: &str) -> bool {
    let ask = || -> std::io::Result<String> {
        let mut stream = TcpStream::connect(("127.0.0.1", port))?;
        stream.set_read_timeout(Some(Duration::from_secs(1)))?;
        let request = format!("GET {path} HTTP/1.1\r\nhost: 127.0.0.1\r\nconnection: close\r\n\r\n");
        stream.write_all(request.as_bytes())?;
        let mut answer = String::new();
        stream.read_to_string(&mut answer)?;
        Ok(answer)
    };
    ask().is_ok_and(|answer| answer.starts_with("HTTP/1.1 200"))
}
