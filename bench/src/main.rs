//! Figures of Valkyrie beside their baselines. `cargo xtask bench` builds it for release, starts the servers that a
//! group needs, and runs `bench GROUP`, which prints a JSON array.

#![expect(clippy::disallowed_methods, reason = "a measurement takes the real clock, and ids that are new in each run")]

mod api;
mod figure;
mod http;
mod load;
mod log;
mod process;
mod start;
mod turns;

use anyhow::{Context, Result, bail};

use figure::Figure;

/// As `valkyrie` has it, so that a server that is measured and its baseline have it both.
#[global_allocator]
static ALLOCATOR: mimalloc::MiMalloc = mimalloc::MiMalloc;

/// Takes all figures of a group, its baselines in turn with them.
type Measure = fn() -> Result<Vec<Figure>>;

/// A group: its name, and what measures it. Each is a module of this name; `crates/xtask/src/bench/mod.rs` says which
/// servers it needs, and they are found through the variables that tests use, too.
const GROUPS: &[(&str, Measure)] =
    &[("start", start::measure), ("http", http::measure), ("api", api::measure), ("log", log::measure)];

/// Serves what a group measures, as a process of its own, until it is told to stop.
type Serve = fn() -> Result<()>;

/// The servers, by the word on the command line that starts them.
const SERVERS: &[(&str, Serve)] = &[(api::BASELINE, api::serve_baseline), (http::SERVER, http::serve)];

fn main() -> Result<()> {
    let names: Vec<&str> = GROUPS.iter().map(|(name, _)| *name).collect();
    let wanted = std::env::args().nth(1).with_context(|| format!("which group? There are: {}", names.join(", ")))?;
    if let Some((_, serve)) = SERVERS.iter().find(|(name, _)| *name == wanted) {
        return serve();
    }
    let Some((group, measure)) = GROUPS.iter().find(|(name, _)| *name == wanted) else {
        bail!("there is no group `{wanted}`; there are: {}", names.join(", "));
    };
    let figures: Vec<_> = measure()?.iter().map(|figure| figure.to_json(group)).collect();
    println!("{}", serde_json::to_string_pretty(&figures)?);
    Ok(())
}
