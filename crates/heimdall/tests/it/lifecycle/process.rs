//! The process around a service: signals and exit codes.

use std::io::{BufRead, BufReader};

use crate::child::{Said, request, signal, spawn, wait_until_ready};

#[test]
fn sigterm_and_sigint_drain_and_end_with_0() {
    for name in ["-TERM", "-INT"] {
        let mut child = spawn(&[]);
        let address = Said::by(&mut child).after("listens at http://");
        wait_until_ready(&address);
        signal(&child, name);
        assert_eq!(child.wait().unwrap().code(), Some(0), "{name}");
    }
}

#[test]
fn a_second_signal_ends_it_at_once() {
    let mut child = spawn(&[("SHOP__TELEMETRY__LOG_FORMAT", "json")]);
    let mut said = Said::by(&mut child);
    let address = said.after("listens at http://");
    wait_until_ready(&address);
    let _hanging = request(&address, "/hang");
    said.after("hangs");
    let mut lines = BufReader::new(child.stderr.take().unwrap()).lines().map(Result::unwrap);
    signal(&child, "-TERM");
    assert!(lines.any(|line| line.contains("\"signal\":\"SIGTERM\"")));
    assert_eq!(child.try_wait().unwrap(), None, "the request still runs");
    signal(&child, "-TERM");
    assert_eq!(child.wait().unwrap().code(), Some(143));
}

#[test]
fn a_wrong_configuration_is_explained_on_standard_error() {
    let child = spawn(&[("SHOP__HTTP__PRT", "1"), ("SHOP__HTTP__LIMITS__BODY_BYTES", "many")]);
    let output = child.wait_with_output().unwrap();
    let error = String::from_utf8(output.stderr).unwrap();
    assert_eq!(output.status.code(), Some(3));
    assert!(error.starts_with("error: the configuration of shop has 2 errors\n"), "{error}");
    assert!(error.contains("http.prt (SHOP__HTTP__PRT): there is no such key; did you mean `http.port`?"), "{error}");
}
