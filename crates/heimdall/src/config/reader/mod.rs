//! Reads a type from the merged layers, without stopping at the first error.

mod access;
mod attempt;
mod context;
mod deserializer;
mod entries;
mod find;
mod read_error;

pub(super) use self::{attempt::read, context::Place, find::find};
