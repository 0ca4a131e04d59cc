//! heimdall's source, as the workspace of its own that `heimdall:vendor` puts into a service.

use std::collections::{BTreeMap, BTreeSet};
use std::error::Error;
use std::fs;
use std::path::Path;

use flate2::{Compression, GzBuilder};
use sha2::{Digest, Sha256};
use tar::{Builder, Header};
use walkdir::WalkDir;

use crate::{ignored, manifest, rerun_if_changed};

/// Targets of a crate that those who depend on it don't build; their entries in the manifest go, too.
const OWN_TARGETS: &[&str] = &["tests", "benches", "examples"];
/// What unit tests compare with, wherever it lies.
const SNAPSHOTS: &str = "snapshots";
/// Files beside the workspace's manifest that its tools look for.
const SETTINGS: &[&str] = &["rustfmt.toml", "clippy.toml"];

/// Writes `heimdall.tar.gz`, and tells the crate its digest: reading the templates must not take it apart.
pub(crate) fn embed(checkout: &Path, out: &Path) -> Result<(), Box<dyn Error>> {
    let archive = archive(&files(checkout)?)?;
    let digest = hex::encode(Sha256::digest(&archive));
    println!("cargo::rustc-env=VENDORED_HEIMDALL_DIGEST={digest}");
    // Compressed it takes a quarter of the room: the binary has a limit.
    let mut compressed = GzBuilder::new().mtime(0).write(Vec::new(), Compression::best());
    std::io::Write::write_all(&mut compressed, &archive)?;
    fs::write(out.join("heimdall.tar.gz"), compressed.finish()?)?;
    Ok(())
}

/// heimdall and the crates of the checkout that it depends on, each in a folder, with the workspace that holds them.
fn files(checkout: &Path) -> Result<BTreeMap<String, Vec<u8>>, Box<dyn Error>> {
    let read = |name: &str| -> Result<Vec<u8>, Box<dyn Error>> {
        let path = checkout.join(name);
        rerun_if_changed(checkout, &path);
        fs::read(&path).map_err(|error| format!("{}: {error}", path.display()).into())
    };
    let text = |name: &str| -> Result<String, Box<dyn Error>> { Ok(String::from_utf8(read(name)?)?) };
    let root = text("Cargo.toml")?;
    let mut files = BTreeMap::new();
    let (mut members, mut inherited) = (BTreeSet::new(), BTreeSet::new());
    let mut waiting = vec!["heimdall".to_owned()];
    while let Some(name) = waiting.pop() {
        if !members.insert(name.clone()) {
            continue;
        }
        collect(checkout, &name, &mut files)?;
        let member = manifest::member(&text(&format!("crates/{name}/Cargo.toml"))?, &root)
            .map_err(|error| format!("crates/{name}/Cargo.toml: {error}"))?;
        files.insert(format!("{name}/Cargo.toml"), member.text.into_bytes());
        files.insert(format!("{name}/LICENSE"), read("LICENSE")?);
        inherited.extend(member.inherited);
        waiting.extend(member.neighbours);
    }
    files.insert("Cargo.toml".to_owned(), manifest::workspace(&root, &members, &inherited)?.into_bytes());
    for name in SETTINGS {
        files.insert((*name).to_owned(), read(name)?);
    }
    Ok(files)
}

/// Reads a crate's files, but for those that only its own tests need.
fn collect(checkout: &Path, name: &str, files: &mut BTreeMap<String, Vec<u8>>) -> Result<(), Box<dyn Error>> {
    let folder = checkout.join("crates").join(name);
    let walk = WalkDir::new(&folder).into_iter().filter_entry(|entry| {
        let name = entry.file_name().to_string_lossy();
        let own_target = entry.depth() == 1 && OWN_TARGETS.contains(&name.as_ref());
        entry.depth() == 0 || !(own_target || name == SNAPSHOTS || ignored::is_ignored(&name))
    });
    for entry in walk {
        let entry = entry?;
        // Not the crate's folder: what it has beside these is no reason to build anything again.
        if entry.depth() == 1 {
            rerun_if_changed(checkout, entry.path());
        }
        if entry.file_type().is_dir() {
            continue;
        }
        if !entry.file_type().is_file() {
            return Err(format!("{} is a link; a copy would have to follow it", entry.path().display()).into());
        }
        let path =
            entry.path().strip_prefix(&folder)?.to_str().ok_or("a file of heimdall has a name that is no UTF-8")?;
        files.insert(format!("{name}/{}", path.replace('\\', "/")), fs::read(entry.path())?);
    }
    Ok(())
}

fn archive(files: &BTreeMap<String, Vec<u8>>) -> Result<Vec<u8>, Box<dyn Error>> {
    let mut archive = Builder::new(Vec::new());
    for (path, bytes) in files {
        let mut header = Header::new_gnu();
        header.set_mode(0o644);
        header.set_size(bytes.len().try_into()?);
        archive.append_data(&mut header, path, bytes.as_slice())?;
    }
    Ok(archive.into_inner()?)
}
