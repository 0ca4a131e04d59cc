//! `PostgreSQL`. It refuses to run as root, so root runs it as the user `postgres`, who owns its folder.

use std::path::{Path, PathBuf};
use std::process::Command;

use anyhow::{Context, Result, bail};
use rustix::process::Signal;

use super::daemon::Launch;
use super::identity::Identity;
use super::tools::{self, Missing};

/// Its fast shutdown: clients are sent away, all is written. SIGTERM would wait for them to leave.
pub(super) const STOP: Signal = Signal::INT;

/// One port.
pub(super) const PORTS: usize = 1;

/// Makes the cluster of databases, with the one that tests connect to, where it is not there.
pub(super) fn prepare(folder: &Path, ports: &[u16]) -> Result<Launch> {
    let programs = tools::postgres()?;
    let program = |name: &str| programs.join(name).display().to_string();
    let path = |name: &str| folder.join(name).display().to_string();
    let (data, new) = (path("data"), path("data.new"));
    remove_stale_lock(Path::new(&data));

    let initdb = [
        &program("initdb"),
        "--auth=trust",
        "--username=valkyrie",
        "--encoding=UTF8",
        "--locale=C",
        "--no-sync",
        "-D",
        &new,
    ];
    let single = [&program("postgres"), "--single", "-D", &new, "postgres"];
    // It is made under another name, so that what is there under the right one is whole.
    let preparation = format!(
        "[ -e {data} ] || {{ rm -rf {new}; {}; echo 'CREATE DATABASE valkyrie' | {}; mv {new} {data}; }}",
        tools::shell(&as_server(&initdb)?),
        tools::shell(&as_server(&single)?),
        data = tools::quoted(&data),
        new = tools::quoted(&new),
    );
    let port = ports[0].to_string();
    let command = [
        &program("postgres"),
        "-D",
        &data,
        "-h",
        "127.0.0.1",
        "-p",
        &port,
        "-c",
        "unix_socket_directories=", // a path may be too long for a socket
        "-c",
        "wal_level=logical", // change data capture is tested against it
        "-c",
        "max_connections=300",
    ];
    Ok(Launch { preparation, command: as_server(&command)?, environment: vec![] })
}

/// A server that was killed leaves its process id behind, and refuses to start while that id is taken, even by a
/// zombie.
fn remove_stale_lock(data: &Path) {
    let file = data.join("postmaster.pid");
    let pid = std::fs::read_to_string(&file).ok().and_then(|text| text.lines().next()?.trim().parse().ok());
    if pid.is_some_and(|pid| Identity::of(pid).is_none()) {
        std::fs::remove_file(&file).ok();
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
        std::fs::create_dir_all(folder).with_context(|| format!("{} can't be made", folder.display()))?;
        let path = folder.display().to_string();
        run(Path::new("/"), &["chown".into(), "postgres".into(), path.clone()])?;
        if run(Path::new("/"), &as_server(&["test", "-w", &path])?).is_ok() {
            return Ok(folder.to_owned());
        }
        std::fs::remove_dir(folder).ok();
    }
    bail!("the user postgres can enter neither {} nor {}", wanted.display(), spare.display())
}

fn is_root() -> bool {
    rustix::process::geteuid().is_root()
}

/// The command, as the user `postgres` where we are root. `setpriv` becomes the command: the process id stays.
fn as_server(command: &[&str]) -> Result<Vec<String>, Missing> {
    let switch: &[&str] = match is_root() {
        true if tools::on_path("setpriv").is_none() => {
            return Err(Missing::new(
                "no `setpriv` on the PATH, which runs PostgreSQL as its own user",
                &["util-linux"],
            ));
        }
        true => &["setpriv", "--reuid=postgres", "--regid=postgres", "--init-groups", "--"],
        false => &[],
    };
    Ok([switch, command].concat().into_iter().map(str::to_owned).collect())
}

fn run(folder: &Path, command: &[String]) -> Result<()> {
    let output = Command::new(&command[0])
        .args(&command[1..])
        .current_dir(folder)
        .output()
        .with_context(|| format!("{} can't be run", command[0]))?;
    if !output.status.success() {
        bail!("`{}` failed: {}", command.join(" "), String::from_utf8_lossy(&output.stderr).trim());
    }
    Ok(())
}
