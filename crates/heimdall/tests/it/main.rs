//! Tests of the foundation through its public doors.

mod config;
