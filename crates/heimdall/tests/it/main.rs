//! Tests of the foundation through its public doors.

#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic, reason = "a test that cannot go on fails")]

mod child;
mod config;

mod database;
mod lifecycle;
mod messaging;
mod program;
mod tally;
mod telemetry;
mod web;
