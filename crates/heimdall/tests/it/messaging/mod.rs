//! Messaging through its public doors.

#[cfg(all(feature = "testing", feature = "kafka"))]
mod conformance;
mod envelope;
mod envelope_bad_input;
#[cfg(all(feature = "testing", feature = "kafka"))]
mod kafka;
mod topics;
