//! `valkyrie dev`: from start to ready, its memory while idle, and the size of the binary.

use std::io::{Read, Write};
use std::net::{TcpListener, TcpStream};
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};
use std::time::{Duration, Instant};

use anyhow::{Context, Result, bail};

use crate::figure::{Figure, median};

const STARTS: usize = 11;
const PATIENCE: Duration = Duration::from_secs(30);
/// After this time what a start needed once has been given back.
const SETTLED: Duration = Duration::from_secs(5);
const MIB: f64 = 1024.0 * 1024.0;

/// Starts it on one folder again and again, as a person does: the first start, which makes the folder, is not counted.
pub(crate) fn measure() -> Result<Vec<Figure>> {
    let binary = binary()?;
    let folder = tempfile::tempdir()?;
    let mut milliseconds = Vec::new();
    for _ in 0..=STARTS {
        let (_server, elapsed) = Server::start(&binary, folder.path())?;
        milliseconds.push(elapsed.as_secs_f64() * 1000.0);
    }
    milliseconds.remove(0);

    let (server, _) = Server::start(&binary, folder.path())?;
    std::thread::sleep(SETTLED);
    let memory = server.resident_memory()?;
    #[expect(clippy::cast_precision_loss, reason = "sizes are far below 2^52")]
    let size = binary.metadata()?.len() as f64;

    let figure = |name: &str, value, unit, baseline_value| Figure {
        name: name.to_owned(),
        value,
        unit,
        baseline: "allowed",
        baseline_value,
    };
    Ok(vec![
        figure("dev, start to ready, warm", median(milliseconds), "ms", 300.0),
        figure("dev, idle memory", memory / MIB, "MiB", 40.0),
        figure("binary", size / MIB, "MiB", 40.0),
    ])
}

/// The binary that was built beside this one.
fn binary() -> Result<PathBuf> {
    let binary = std::env::current_exe()?.with_file_name("valkyrie");
    if !binary.is_file() {
        bail!("{} is missing: `cargo xtask bench` builds it", binary.display());
    }
    Ok(binary)
}

/// A running `valkyrie dev`; it is stopped when this is dropped.
struct Server(Child);

impl Server {
    /// Starts it and asks until it says that it is ready; how long that took.
    fn start(binary: &Path, folder: &Path) -> Result<(Self, Duration)> {
        let port = TcpListener::bind(("127.0.0.1", 0))?.local_addr()?.port();
        let begun = Instant::now();
        let mut command = Command::new(binary);
        command.args(["dev", "--port", &port.to_string(), "--data-dir"]).arg(folder);
        let child = command.stdin(Stdio::null()).stdout(Stdio::null()).stderr(Stdio::null()).spawn();
        let mut server = Self(child.with_context(|| format!("{} can't be run", binary.display()))?);
        while !is_ready(port) {
            if let Some(status) = server.0.try_wait()? {
                bail!("`valkyrie dev` ended with {status} before it was ready");
            }
            if begun.elapsed() > PATIENCE {
                bail!("`valkyrie dev` was not ready within {} s", PATIENCE.as_secs());
            }
            std::thread::sleep(Duration::from_millis(1));
        }
        Ok((server, begun.elapsed()))
    }

    /// In bytes.
    fn resident_memory(&self) -> Result<f64> {
        let output = Command::new("ps").args(["-o", "rss=", "-p", &self.0.id().to_string()]).output();
        let output = output.context("ps can't be run: install procps")?;
        let kibibytes: f64 =
            String::from_utf8_lossy(&output.stdout).trim().parse().context("ps does not say the memory")?;
        Ok(kibibytes * 1024.0)
    }
}

impl Drop for Server {
    fn drop(&mut self) {
        // Asked, so that the folder is free for the next one.
        Command::new("kill").arg(self.0.id().to_string()).status().ok();
        self.0.wait().ok();
    }
}

fn is_ready(port: u16) -> bool {
    let ask = || -> std::io::Result<String> {
        let mut stream = TcpStream::connect(("127.0.0.1", port))?;
        stream.set_read_timeout(Some(Duration::from_secs(1)))?;
        stream.write_all(b"GET /healthz/readiness HTTP/1.1\r\nhost: 127.0.0.1\r\nconnection: close\r\n\r\n")?;
        let mut answer = String::new();
        stream.read_to_string(&mut answer)?;
        Ok(answer)
    };
    ask().is_ok_and(|answer| answer.starts_with("HTTP/1.1 200"))
}
