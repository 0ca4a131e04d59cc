//! heimdall's source, which travels in the binary: what a service needs that is to be built with no Valkyrie around.

use std::io::{self, Read};

use flate2::read::GzDecoder;
use tar::Archive;

/// Written by the build script: a workspace of its own, that is heimdall and what it depends on in this checkout.
const ARCHIVE: &[u8] = include_bytes!(concat!(env!("OUT_DIR"), "/heimdall.tar.gz"));

/// SHA-256 over the files, in hexadecimal.
pub(super) const DIGEST: &str = env!("VENDORED_HEIMDALL_DIGEST");

/// The files, by their paths from the workspace's root.
pub(super) fn files() -> io::Result<Vec<(String, Vec<u8>)>> {
    let mut archive = Archive::new(GzDecoder::new(ARCHIVE));
    let mut files = Vec::new();
    for entry in archive.entries()? {
        let mut entry = entry?;
        let path = String::from_utf8(entry.path_bytes().into_owned()).map_err(io::Error::other)?;
        let mut bytes = Vec::new();
        entry.read_to_end(&mut bytes)?;
        files.push((path, bytes));
    }
    Ok(files)
}
