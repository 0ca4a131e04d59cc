//! Messaging through its public doors.

mod envelope;
mod envelope_bad_input;
mod topics;
