//! `valkyrie dev`: from start to ready, its memory while idle, and the size of the binary.

use std::path::Path;
use std::process::{Command, Stdio};
use std::time::Duration;

use anyhow::Result;
use heimdall::testing::free_port;

use crate::figure::{Figure, median};
use crate::process::{Process, valkyrie};

const STARTS: usize = 11;
/// After this time what a start needed once has been given back.
const SETTLED: Duration = Duration::from_secs(5);
const MIB: f64 = 1024.0 * 1024.0;

/// Starts it on one folder again and again, as a person does: the first start, which makes the folder, is not counted.
pub(crate) fn measure() -> Result<Vec<Figure>> {
    let binary = valkyrie()?;
    let folder = tempfile::tempdir()?;
    let mut milliseconds = Vec::new();
    for _ in 0..=STARTS {
        let (_server, elapsed) = start(&binary, folder.path())?;
        milliseconds.push(elapsed.as_secs_f64() * 1000.0);
    }
    milliseconds.remove(0);

    let (server, _) = start(&binary, folder.path())?;
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
        figure("dev, start to ready, warm", median(milliseconds), "ms", 60.0),
        figure("dev, idle memory", memory / MIB, "MiB", 40.0),
        figure("binary", size / MIB, "MiB", 40.0),
    ])
}

fn start(binary: &Path, folder: &Path) -> Result<(Process, Duration)> {
    let port = free_port()?;
    let mut command = Command::new(binary);
    command.args(["dev", "--port", &port.to_string(), "--data-dir"]).arg(folder);
    command.stdin(Stdio::null()).stdout(Stdio::null()).stderr(Stdio::null());
    Process::start(&mut command, port, "/healthz/readiness")
}
