//! Where the servers are that `cargo xtask services` or a person has started.
#![allow(
    clippy::panic,
    clippy::missing_panics_doc,
    reason = "a test that must have its server and has none has failed"
)]

/// Set by `cargo xtask test`: a test that asks for a server that is not there fails, instead of passing unrun.
const STRICT: &str = "VALKYRIE_TEST_STRICT";

/// The value of a variable that names a server, such as `VALKYRIE_TEST_KAFKA_BROKERS`.
///
/// Without it there is none: the test should end, and this has said that it was not run. A test that needs a server
/// stands in a module of the server's name (`mod kafka`), by which `cargo xtask test` knows what to start for it.
pub fn server(variable: &str) -> Option<String> {
    let address = std::env::var(variable).ok().filter(|address| !address.is_empty());
    if address.is_none() {
        let strict = std::env::var_os(STRICT).is_some();
        assert!(!strict, "{variable} is not set: this test belongs into a module named for the server that it needs");
        eprintln!("NOT RUN: {variable} is not set; use `cargo xtask test`, or `cargo xtask services up`");
    }
    address
}
