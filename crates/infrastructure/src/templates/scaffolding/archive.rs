use std::io;

use chrono::{DateTime, Utc};
use flate2::{Compression, GzBuilder};
use tar::{Builder, EntryType, Header};

use super::tree::OutputTree;

/// Packs a tree as `.tar.gz`; equal trees of one time make equal bytes.
pub(super) fn pack(tree: &OutputTree, time: DateTime<Utc>) -> io::Result<Vec<u8>> {
    let compressed = GzBuilder::new().mtime(0).write(Vec::new(), Compression::default());
    let mut archive = Builder::new(compressed);
    for (path, file) in tree.files() {
        let mut header = Header::new_gnu();
        header.set_entry_type(EntryType::Regular);
        header.set_mode(if file.executable { 0o755 } else { 0o644 });
        header.set_uid(0);
        header.set_gid(0);
        header.set_mtime(u64::try_from(time.timestamp()).unwrap_or(0));
        header.set_size(file.bytes.len() as u64);
        archive.append_data(&mut header, path, file.bytes.as_slice())?;
    }
    archive.into_inner()?.finish()
}
