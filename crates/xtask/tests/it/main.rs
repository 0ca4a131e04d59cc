//! What CONTRIBUTING.md tells about adding something, carried out with the examples in `crates/xtask/tests/recipes`.
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic, reason = "a test that can't go on has failed")]

mod contributing;
mod copy;
mod diff;
mod examples;
mod recipes;
