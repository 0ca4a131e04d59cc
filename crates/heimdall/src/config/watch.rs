//! Sections whose secrets may change while the service runs.

use std::path::Path;

use aws_lc_rs::digest::{Context, SHA256};
use tokio::sync::watch;

use super::{
    claim,
    error::SettingError,
    key,
    node::{Kind, Node},
    origin::Origin,
    secrets_folder::contents,
    section::Section,
};

/// Reads the section anew and hands it on, or says why not.
type TakeOver = Box<dyn Fn(&Node, &Path) -> Vec<SettingError> + Send + Sync>;

/// Who wants to know about a section.
pub(super) struct Watcher {
    path: &'static str,
    /// The digest of the secrets that were taken over; `None` while those that are there could not be.
    seen: Option<Vec<u8>>,
    /// Problems that were said already.
    said: Vec<SettingError>,
    take_over: TakeOver,
    is_closed: Box<dyn Fn() -> bool + Send + Sync>,
}

impl Watcher {
    /// Watches the section, which was read when its secrets had the digest `seen`, or later.
    pub(super) fn new<T: Section + Send + Sync>(section: T, seen: Vec<u8>) -> (Self, watch::Receiver<T>) {
        let (sender, receiver) = watch::channel(section);
        let closed = sender.clone();
        let watcher = Self {
            path: T::PATH,
            seen: Some(seen),
            said: Vec::new(),
            take_over: Box::new(move |root, folder| {
                let (section, problems) = claim::read::<T>(root, folder);
                if let Some(section) = section.filter(|_| problems.is_empty()) {
                    sender.send_replace(section);
                }
                problems
            }),
            is_closed: Box::new(move || closed.is_closed()),
        };
        (watcher, receiver)
    }

    /// Whether nobody listens any more.
    pub(super) fn is_closed(&self) -> bool {
        (self.is_closed)()
    }

    /// Takes the section over if its secrets have changed; `problems` are those of the layers as a whole.
    pub(super) fn look(&mut self, root: &Node, folder: &Path, problems: &[SettingError]) {
        if !problems.is_empty() {
            self.warn(problems.to_vec());
            return;
        }
        let secrets = Secrets::of(root, self.path, folder);
        let digest = secrets.digest();
        if self.seen.as_ref() == Some(&digest) {
            self.said.clear();
            return;
        }
        let problems = match secrets.empty() {
            empty if empty.is_empty() => (self.take_over)(root, folder),
            empty => empty,
        };
        if problems.is_empty() {
            self.seen = Some(digest);
            self.said.clear();
            tracing::info!(section = self.path, "Took over changed secrets");
        } else {
            // It is tried again: what failed may have been the reading.
            self.seen = None;
            self.warn(problems);
        }
    }

    /// Says each list of problems once, however often it is met.
    fn warn(&mut self, problems: Vec<SettingError>) {
        if self.said == problems {
            return;
        }
        for SettingError { key, origin, message } in &problems {
            let origin = origin.as_ref().map(tracing::field::display);
            tracing::warn!(key, origin, error = message, "A changed secret was not taken over; what was before stays");
        }
        self.said = problems;
    }
}

/// What the section of type `T` has from files that hold secrets, as a digest.
pub(super) fn secrets_digest<T: Section>(root: &Node, folder: &Path) -> Vec<u8> {
    Secrets::of(root, T::PATH, folder).digest()
}

/// What a section has from files that hold secrets.
struct Secrets(Vec<FromFile>);

struct FromFile {
    key: String,
    origin: Origin,
    /// The text, or why there is none.
    text: Result<zeroize::Zeroizing<String>, String>,
}

impl Secrets {
    fn of(root: &Node, section: &str, folder: &Path) -> Self {
        let mut found = Vec::new();
        if let Some(node) = root.at(section.split('.')) {
            gather(node, &mut key::split(section), folder, &mut found);
        }
        Self(found)
    }

    fn digest(&self) -> Vec<u8> {
        let mut digest = Context::new(&SHA256);
        for FromFile { key, text, .. } in &self.0 {
            let (tag, text) = match text {
                Ok(text) => ("is", text.as_str()),
                Err(error) => ("fails", error.as_str()),
            };
            for part in [key, tag, text] {
                digest.update(&part.len().to_be_bytes());
                digest.update(part.as_bytes());
            }
        }
        digest.finish().as_ref().to_vec()
    }

    /// A secret that is empty was hardly meant: who writes the file has just begun.
    fn empty(&self) -> Vec<SettingError> {
        let empty = self.0.iter().filter(|file| file.text.as_ref().is_ok_and(|text| text.trim().is_empty()));
        empty.map(|file| SettingError::new(&file.key, &file.origin, "the file is empty")).collect()
    }
}

fn gather(node: &Node, path: &mut Vec<String>, folder: &Path, found: &mut Vec<FromFile>) {
    match &node.kind {
        Kind::Table(table) => {
            for (key, node) in table {
                path.push(key.clone());
                gather(node, path, folder, found);
                path.pop();
            }
        }
        Kind::String(text) | Kind::Untyped(text) => {
            let key = || key::join(path.iter().map(String::as_str));
            if matches!(node.origin, Origin::SecretsFolder(_)) {
                found.push(FromFile { key: key(), origin: node.origin.clone(), text: Ok(text.clone()) });
            } else if path.last().is_some_and(|key| key.ends_with("_file")) {
                let text = contents(&folder.join(text.as_str())).map_err(|error| error.to_string());
                found.push(FromFile { key: key(), origin: node.origin.clone(), text });
            }
        }
        Kind::Null | Kind::Boolean(_) | Kind::Integer(_) | Kind::Float(_) | Kind::Array(_) => {}
    }
}
