//! What README.md tells a new user to type, typed in a fresh clone.

use std::fs;
use std::io::{BufRead as _, BufReader, Read as _};
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};

use crate::process::{Stopped, signal, text};

fn root() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("../..").canonicalize().unwrap()
}

/// The shell blocks of the README, in order.
fn blocks() -> Vec<String> {
    let readme = fs::read_to_string(root().join("README.md")).unwrap();
    let parts = readme.split("```sh\n").skip(1);
    parts.map(|part| part.split("```").next().unwrap().to_owned()).collect()
}

/// A clone of what is committed here. What it builds goes where builds of this checkout go, to spare half an hour.
fn clone(home: &Path) -> PathBuf {
    let clone = home.join("valkyrie");
    let status = Command::new("git").args(["clone", "--quiet", "--no-hardlinks"]).arg(root()).arg(&clone).status();
    assert!(status.unwrap().success());
    // <target>/<profile>/valkyrie
    let target = Path::new(env!("CARGO_BIN_EXE_valkyrie")).parent().unwrap().parent().unwrap();
    std::os::unix::fs::symlink(target, clone.join("target")).unwrap();
    clone
}

fn shell(folder: &Path, script: &str) -> Command {
    let mut command = Command::new("bash");
    command.args(["-e", "-o", "pipefail", "-c", script]).current_dir(folder).stdin(Stdio::null());
    for (name, _) in std::env::vars() {
        // What cargo sets for a test would change what it builds for a person.
        if name.starts_with("CARGO") || name.starts_with("VALKYRIE") || name == "DATABASE_URL" || name == "RUST_LOG" {
            command.env_remove(name);
        }
    }
    command
}

#[test]
fn its_commands_do_what_they_say() {
    let blocks = blocks();
    let [run, try_it, test] = blocks.as_slice() else { panic!("the README has other blocks now: {blocks:?}") };
    assert_eq!(test.trim(), "cargo xtask test", "this is what runs right now");
    let home = tempfile::tempdir().unwrap();
    let clone = clone(home.path());

    let mut dev = Stopped(shell(&clone, &format!("exec {run}")).stdout(Stdio::piped()).spawn().unwrap());
    let mut stdout = BufReader::new(dev.0.stdout.take().unwrap());
    let mut greeting = String::new();
    while !greeting.contains("Ctrl-C") {
        assert!(stdout.read_line(&mut greeting).unwrap() > 0, "it ended: {greeting}");
    }
    assert!(greeting.contains("http://127.0.0.1:7100/api/v1"), "{greeting}");

    let tried = shell(&clone, try_it).output().unwrap();
    let said = format!("{}{}", text(&tried.stdout), text(&tried.stderr));
    assert!(tried.status.success(), "{said}");
    assert!(said.contains("completed") && said.contains("payments"), "{said}");

    // And what the program itself proposes.
    let proposals: Vec<&str> = greeting.lines().map(str::trim).filter(|line| line.starts_with("curl ")).collect();
    assert_eq!(proposals.len(), 3, "{greeting}");
    for proposal in proposals {
        let output = shell(&clone, proposal).output().unwrap();
        assert!(output.status.success() && output.stdout.starts_with(b"{"), "{proposal}: {}", text(&output.stdout));
    }

    signal(dev.0.id(), "TERM");
    let _ = stdout.read_to_string(&mut String::new());
    assert_eq!(dev.0.wait().unwrap().code(), Some(0));
}
