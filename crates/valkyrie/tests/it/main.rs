//! The binary, from outside: everything here is done to `valkyrie` as a person or a script would do it.
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic, reason = "a test that can't go on has failed")]

mod commands;
mod dev;
mod output;
#[cfg(feature = "kafka")]
mod platform;
mod process;
mod readme;
mod task;
