//! Typed configuration in layers, where every value knows where it came from.
