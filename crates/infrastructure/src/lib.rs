//! Filled in by the first landing.
