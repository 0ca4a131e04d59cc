//! What developers and CI run, through the alias `cargo xtask`: real servers to test against, the suites, the
//! checks of the workspace's rules, and the benchmarks.

pub mod backstage;
pub mod bench;
pub mod check;
pub mod interrupt;
pub mod output;
pub mod services;
pub mod test;
pub mod workspace;
