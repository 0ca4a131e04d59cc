//! Filled in by the first landing.
fn main() {}
