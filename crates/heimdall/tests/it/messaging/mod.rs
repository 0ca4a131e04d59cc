//! Messaging through its public doors.

mod conformance;
mod delivery;
mod embedded;
mod envelope;
mod envelope_bad_input;
#[cfg(all(feature = "testing", feature = "kafka"))]
mod kafka;
mod topics;
