//! Embeds into the binary what the template engine gives out: the templates of `templates/`, and heimdall's source.

mod heimdall;
mod manifest;
mod templates;

#[path = "../src/templates/source/ignored.rs"]
mod ignored;

use std::error::Error;
use std::path::{Path, PathBuf};
use std::{env, fs};

fn main() -> Result<(), Box<dyn Error>> {
    println!("cargo::rerun-if-changed=build");
    let checkout = fs::canonicalize(PathBuf::from(env::var("CARGO_MANIFEST_DIR")?).join("../.."))?;
    let out = PathBuf::from(env::var("OUT_DIR")?);
    rerun_if_changed(&checkout, &checkout.join("templates"));
    templates::embed(&checkout.join("templates"), &out)?;
    heimdall::embed(&checkout, &out)
}

/// Told relative to this crate: where two clones build in one folder, an absolute path would go on naming the first.
fn rerun_if_changed(checkout: &Path, path: &Path) {
    let path = path.strip_prefix(checkout).unwrap_or(path);
    println!("cargo::rerun-if-changed={}", Path::new("../..").join(path).display());
}
