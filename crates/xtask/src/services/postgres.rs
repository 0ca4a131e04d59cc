//! `PostgreSQL`. It refuses to run as root, so root runs it as the user `postgres`, who owns its folder.

use std::path::{Path, PathBuf};
use std::process::Command;

use anyhow::{Context, Result, bail};
use rustix::process::Signal;

use super::daemon::Launch;
use super::tools::{self, Missing};

/// Its fast shutdown: clients are sent away, all is written. SIGTERM would wait for them to leave.
pub(super) const STOP: Signal = Signal::INT;

/// One port.
pub(super) const PORTS: usize = 1;

/// Makes the database cluster in an empty folder.
pub(super) fn prepare(folder: &Path, ports: &[u16]) -> Result<Launch> {
    let programs = tools::postgres()?;
    let data = folder.join("data");
    if !data.join("PG_VERSION").exists() {
        let initdb = programs.join("initdb").display().to_string();
        let arguments = [
            "--auth=trust",
            "--username=valkyrie",
            "--encoding=UTF8",
            "--locale=C",
            "--no-sync",
            "-D",
        ];
        let mut command = vec![initdb];
        command.extend(arguments.map(str::to_owned));
        command.push(data.display().to_string());
        run(folder, &as_server(command)?)?;
    }
    let port = ports[0].to_string();
    let mut command = vec![
        programs.join("postgres").display().to_string(),
        "-D".into(),
        data.display().to_string(),
    ];
    command.extend(["-h", "127.0.0.1", "-p", &port].map(str::to_owned));
    for setting in [
        "unix_socket_directories=", // a path may be too long for a socket
        "wal_level=logical",        // change data capture is tested against it
        "max_connections=300",
    ] {
        command.extend(["-c".to_owned(), setting.to_owned()]);
    }
    Ok(Launch {
        command: as_server(command)?,
        environment: vec![],
    })
}

/// The database that tests connect to, made once the server answers.
pub(super) fn create_database(folder: &Path, ports: &[u16]) -> Result<()> {
    let marker = folder.join("database");
    if marker.exists() {
        return Ok(());
    }
    let program = tools::postgres()?.join("createdb").display().to_string();
    let port = ports[0].to_string();
    let arguments = [
        "-h",
        "127.0.0.1",
        "-p",
        &port,
        "-U",
        "valkyrie",
        "--maintenance-db=postgres",
        "valkyrie",
    ];
    let mut command = vec![program];
    command.extend(arguments.map(str::to_owned));
    match run(folder, &command) {
        Err(error) if !error.to_string().contains("already exists") => Err(error),
        _ => {
            std::fs::write(&marker, "valkyrie\n").context("the folder of postgres can't be written")
        }
    }
}

/// The folder for the server's files: `wanted`, or where that lies under a folder that only root may enter, one of
/// the same name in the folder for temporary files.
pub(super) fn place(wanted: &Path, unique: &str) -> Result<PathBuf> {
    if !is_root() {
        return Ok(wanted.to_owned());
    }
    let spare = std::env::temp_dir().join(format!("valkyrie-{unique}-postgres"));
    for folder in [wanted, &spare] {
        std::fs::create_dir_all(folder)
            .with_context(|| format!("{} can't be made", folder.display()))?;
        let path = folder.display().to_string();
        run(
            Path::new("/"),
            &["chown".into(), "postgres".into(), path.clone()],
        )?;
        if run(
            Path::new("/"),
            &as_server(vec!["test".into(), "-w".into(), path])?,
        )
        .is_ok()
        {
            return Ok(folder.to_owned());
        }
        std::fs::remove_dir(folder).ok();
    }
    bail!(
        "the user postgres can enter neither {} nor {}",
        wanted.display(),
        spare.display()
    )
}

fn is_root() -> bool {
    rustix::process::geteuid().is_root()
}

/// The command, as the user `postgres` where we are root. `setpriv` becomes the command: the process id stays.
fn as_server(command: Vec<String>) -> Result<Vec<String>, Missing> {
    if !is_root() {
        return Ok(command);
    }
    if tools::on_path("setpriv").is_none() {
        return Err(Missing::new(
            "no `setpriv` on the PATH, which runs PostgreSQL as its own user",
            &["util-linux"],
        ));
    }
    let switch = [
        "setpriv",
        "--reuid=postgres",
        "--regid=postgres",
        "--init-groups",
        "--",
    ];
    Ok(switch
        .map(str::to_owned)
        .into_iter()
        .chain(command)
        .collect())
}

fn run(folder: &Path, command: &[String]) -> Result<()> {
    let output = Command::new(&command[0])
        .args(&command[1..])
        .current_dir(folder)
        .output()
        .with_context(|| format!("{} can't be run", command[0]))?;
    if !output.status.success() {
        bail!(
            "`{}` failed: {}",
            command.join(" "),
            String::from_utf8_lossy(&output.stderr).trim()
        );
    }
    Ok(())
}
