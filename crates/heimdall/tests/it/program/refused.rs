//! What commands say of bad input.

use std::{fs, net::TcpListener};

use super::{Ended, run, tally};

#[test]
fn a_key_that_does_not_exist_is_named_by_every_command() {
    let folder = tempfile::tempdir().unwrap();
    for arguments in [&[] as &[&str], &["config"], &["config", "check"], &["migrate"], &["topics", "plan"], &["dev"]] {
        let mut command = tally(folder.path(), arguments);
        command.env("DATABASE_URL", "sqlite:x.db").env("TALLY__TALLY__LIMT", "7");
        let ended = Ended::of(command.env("TALLY__HTTP__PORT", "0").env("TALLY__ADMIN__PORT", "0"));
        assert_eq!(ended.code, 2, "{arguments:?}: {}", ended.stderr);
        let said = "error: the configuration of tally has an error\n  tally.limt (TALLY__TALLY__LIMT): there is no such key; \
                    did you mean `tally.limit`?";
        assert!(ended.stderr.contains(said), "{arguments:?}: {}", ended.stderr);
    }
}

#[test]
fn a_section_that_no_part_knows_is_named() {
    let folder = tempfile::tempdir().unwrap();
    fs::write(folder.path().join("tally.toml"), "[httpd]\nport = 1\n").unwrap();
    let ended = run(folder.path(), &["config", "check"]);
    assert_eq!(ended.code, 2);
    assert!(ended.stderr.contains("httpd.port (tally.toml:2)"), "{}", ended.stderr);
}

#[test]
fn a_file_that_is_not_there_is_named() {
    let folder = tempfile::tempdir().unwrap();
    for command in ["config", "migrate", "dev"] {
        let ended = run(folder.path(), &[command, "--config", "nope.toml"]);
        assert_eq!(ended.code, 2, "{command}: {}", ended.stderr);
        assert!(
            ended.stderr.contains("the configuration file nope.toml cannot be read"),
            "{command}: {}",
            ended.stderr
        );
    }
}

#[test]
fn a_database_that_is_none_is_named() {
    let folder = tempfile::tempdir().unwrap();
    for command in [&["migrate"] as &[&str], &["topics", "plan"]] {
        let ended = run(folder.path(), command);
        assert_eq!(ended.code, 2, "{command:?}: {}", ended.stderr);
        assert!(ended.stderr.contains("database.url must start with"), "{command:?}: {}", ended.stderr);
    }
}

#[test]
fn a_port_that_is_taken_is_named() {
    let folder = tempfile::tempdir().unwrap();
    let taken = TcpListener::bind("127.0.0.1:0").unwrap();
    let port = taken.local_addr().unwrap().port().to_string();
    let mut command = tally(folder.path(), &[]);
    command.env("DATABASE_URL", "sqlite:x.db").env("TALLY__HTTP__PORT", port).env("TALLY__ADMIN__PORT", "0");
    let ended = Ended::of(&mut command);
    assert_eq!(ended.code, 3, "{}", ended.stderr);
    assert!(
        ended.stderr.contains("the port is taken by another program") && ended.stderr.contains("TALLY__HTTP__PORT")
    );
}

#[test]
fn a_folder_that_cannot_be_one_is_named() {
    let folder = tempfile::tempdir().unwrap();
    fs::write(folder.path().join("notes"), "x").unwrap();
    for (path, said) in [("notes", "must be a folder, but notes is a file"), ("a?b", "without `?`")] {
        let ended = run(folder.path(), &["dev", "--data-dir", path]);
        assert!(ended.code == 2 && ended.stderr.contains(said), "{path}: {} {}", ended.code, ended.stderr);
    }
}

#[test]
fn an_issuer_that_others_can_read_is_refused() {
    use std::os::unix::fs::PermissionsExt as _;
    let folder = tempfile::tempdir().unwrap();
    let file = folder.path().join(".tally/development-issuer.json");
    fs::create_dir(folder.path().join(".tally")).unwrap();
    fs::write(&file, "{}").unwrap();
    fs::set_permissions(&file, fs::Permissions::from_mode(0o644)).unwrap();
    let ended = run(folder.path(), &["dev", "--port", "0"]);
    assert_eq!(ended.code, 1);
    assert!(ended.stderr.contains("it must have mode 600"), "{}", ended.stderr);
}

#[test]
fn a_command_that_there_is_not_is_wrong_usage() {
    let folder = tempfile::tempdir().unwrap();
    for arguments in [&["serve"] as &[&str], &["topics"], &["config", "--jsn"], &["dev", "--port", "many"]] {
        let ended = run(folder.path(), arguments);
        assert!(
            ended.code == 2 && (ended.stderr.contains("--help") || ended.stderr.contains("Usage: tally")),
            "{arguments:?}: {}",
            ended.stderr
        );
    }
}
