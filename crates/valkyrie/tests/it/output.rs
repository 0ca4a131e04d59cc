//! Outputs that are closed, or full.

use std::fs::{File, OpenOptions};
use std::io::{BufRead as _, BufReader, pipe};
use std::path::Path;
use std::process::{Output, Stdio};
use std::time::Instant;

use reqwest::StatusCode;

use crate::process::{NEVER, Stopped, signal, text, valkyrie};

/// Commands that say something on standard output, with nothing to ask a server for.
const TALKATIVE: [&[&str]; 6] = [
    &["config"],
    &["config", "--json"],
    &["completions", "bash"],
    &["new", "small", "-p", "name=payments", "-p", "owner=group:default/payments", "--dry-run"],
    &["migrate"],
    &["topics", "plan"],
];

fn run_into(folder: &Path, arguments: &[&str], stdout: impl Into<Stdio>) -> Output {
    valkyrie(folder).args(arguments).env("DATABASE_URL", "sqlite:x.db").stdout(stdout).output().unwrap()
}

/// A pipe that nobody reads any more.
fn closed() -> Stdio {
    let (reader, writer) = pipe().unwrap();
    drop(reader);
    writer.into()
}

/// A disk without room.
fn full() -> File {
    OpenOptions::new().write(true).open("/dev/full").unwrap()
}

#[test]
fn a_reader_that_has_seen_enough_is_no_failure() {
    for arguments in TALKATIVE {
        let folder = tempfile::tempdir().unwrap();
        let output = run_into(folder.path(), arguments, closed());
        assert_eq!(output.status.code(), Some(0), "{arguments:?}: {output:?}");
        assert!(!text(&output.stderr).contains("error"), "{arguments:?}: {output:?}");
    }
}

#[test]
fn a_full_disk_is_a_failure_that_is_told() {
    for arguments in TALKATIVE {
        let folder = tempfile::tempdir().unwrap();
        let output = run_into(folder.path(), arguments, full());
        assert_eq!(output.status.code(), Some(1), "{arguments:?}: {output:?}");
        let said = text(&output.stderr);
        assert!(said.contains("error: standard output can't be written: No space left"), "{arguments:?}: {said}");
    }
}

#[test]
fn what_is_wrong_is_wrong_without_anybody_to_tell() {
    let folder = tempfile::tempdir().unwrap();
    for stderr in [closed(), full().into()] {
        let mut command = valkyrie(folder.path());
        let status = command.args(["new", "nothing"]).stderr(stderr).status().unwrap();
        assert_eq!(status.code(), Some(2));
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn an_instance_serves_although_its_greeting_cannot_be_printed() {
    for (stdout, told) in [(closed(), false), (full().into(), true)] {
        let folder = tempfile::tempdir().unwrap();
        let mut command = valkyrie(folder.path());
        let child = command.args(["dev", "--port", "0"]).stdout(stdout).stderr(Stdio::piped()).spawn();
        let mut dev = Stopped(child.unwrap());
        if told {
            let mut stderr = BufReader::new(dev.0.stderr.take().unwrap());
            let mut said = String::new();
            while !said.contains("The greeting can't be given") {
                assert!(stderr.read_line(&mut said).unwrap() > 0, "it ended: {:?} {said}", dev.0.wait());
            }
            assert!(said.contains("No space left"), "{said}");
        }
        let instance = folder.path().join(".valkyrie/instance.json");
        let deadline = Instant::now() + NEVER;
        let url = loop {
            let said = std::fs::read(&instance).ok().and_then(|text| serde_json::from_slice(&text).ok());
            if let Some(serde_json::Value::Object(instance)) = said {
                break instance["url"].as_str().unwrap().to_owned();
            }
            assert!(Instant::now() < deadline && dev.0.try_wait().unwrap().is_none());
            tokio::time::sleep(std::time::Duration::from_millis(10)).await;
        };
        let answer = reqwest::get(format!("{url}/healthz/readiness")).await.unwrap();
        assert_eq!(answer.status(), StatusCode::OK);
        signal(dev.0.id(), "TERM");
        assert_eq!(dev.0.wait().unwrap().code(), Some(0));
    }
}
