//! Fetches servers with Maven, and lets nothing through whose checksum is not the one in the repository.

use std::collections::BTreeMap;
use std::fs::{self, File};
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};

use anyhow::{Context, Result, bail};
use sha2::{Digest, Sha256};

use super::tools;
use crate::output::{Wait, note};
use crate::workspace;

/// Names and SHA-256 checksums of the files of one download, as `sha256sum` writes them.
pub(super) type Checksums = BTreeMap<String, String>;

/// Something that Maven fetches: `crates/xtask/services/<name>/pom.xml` and the checksums beside it.
pub(super) struct Download {
    pub(super) name: &'static str,
    pub(super) version: &'static str,
}

impl Download {
    fn source(&self) -> Result<PathBuf> {
        Ok(workspace::root()?.join("crates/xtask/services").join(self.name))
    }

    fn checksum_file(&self) -> Result<PathBuf> {
        Ok(self.source()?.join(format!("{}.sha256", self.name)))
    }

    fn checksums(&self) -> Result<(PathBuf, String)> {
        let file = self.checksum_file()?;
        let text = fs::read_to_string(&file)
            .with_context(|| format!("{} is missing: `cargo xtask services lock` writes it", file.display()))?;
        Ok((file, text))
    }

    /// Its place in the cache: the name holds the checksum of the checksums, so another version is another folder.
    fn folder(&self) -> Result<PathBuf> {
        let digest = hex::encode(Sha256::digest(self.checksums()?.1));
        Ok(tools::cache()?.join(format!("{}-{}-{}", self.name, self.version, &digest[..12])))
    }

    /// Whether nothing has to be fetched.
    pub(super) fn is_cached(&self) -> bool {
        self.folder().is_ok_and(|folder| folder.exists())
    }

    /// Fetches what the pom names and writes its checksums into the repository.
    pub(super) fn lock(&self) -> Result<()> {
        let staging = tempfile::tempdir()?;
        self.fetch(staging.path())?;
        let checksums = sum(staging.path())?;
        let lines: Vec<String> = checksums.iter().map(|(name, sum)| format!("{sum}  {name}\n")).collect();
        let file = self.checksum_file()?;
        fs::write(&file, lines.concat()).with_context(|| format!("{} can't be written", file.display()))?;
        note(self.name, &format!("{} checksums in {}", checksums.len(), file.display()));
        Ok(())
    }

    /// The verified files, from the cache or fetched now, turned by `unpack` into what is kept in the cache.
    pub(super) fn cached(&self, unpack: impl FnOnce(&Path) -> Result<()>) -> Result<PathBuf> {
        let (file, text) = self.checksums()?;
        let cache = tools::cache()?;
        fs::create_dir_all(&cache).with_context(|| format!("{} can't be made", cache.display()))?;
        let folder = self.folder()?;

        // Clones share the cache: the first one fetches, the others wait for it.
        let _lock = self.lock_cache(&cache, self.name)?;
        if !folder.exists() {
            let staging = tempfile::Builder::new().prefix(".incoming-").tempdir_in(&cache)?;
            {
                // Maven's own store does not like company.
                let _maven = self.lock_cache(&cache, "maven")?;
                self.fetch(staging.path())?;
            }
            verify(&parse(&text)?, &sum(staging.path())?, &file)?;
            unpack(staging.path())?;
            fs::rename(staging.path(), &folder).with_context(|| format!("{} can't be made", folder.display()))?;
        }
        Ok(folder)
    }

    fn lock_cache(&self, cache: &Path, name: &str) -> Result<File> {
        let file = File::create(cache.join(format!("{name}.lock")))?;
        let mut wait = Wait::begin(self.name, "another task is fetching");
        while file.try_lock().is_err() {
            wait.tick();
        }
        Ok(file)
    }

    /// Checks files in the cache that are used as they came.
    pub(super) fn verify(&self, folder: &Path) -> Result<()> {
        let file = self.checksum_file()?;
        let check = || verify(&parse(&fs::read_to_string(&file)?)?, &sum(folder)?, &file);
        check().with_context(|| format!("remove {} to fetch it again", folder.display()))
    }

    fn fetch(&self, into: &Path) -> Result<()> {
        let mut maven = Command::new(tools::maven()?);
        maven.args(["--batch-mode", "--quiet", "--file"]).arg(self.source()?.join("pom.xml"));
        maven.args(["dependency:copy-dependencies", "-DincludeScope=runtime"]);
        maven.arg(format!("-DoutputDirectory={}", into.display()));
        let output = tempfile::tempfile()?;
        maven.stdin(Stdio::null()).stdout(output.try_clone()?).stderr(output.try_clone()?);
        let mut child = maven.spawn().context("mvn can't be run")?;
        note(self.name, &format!("fetching version {}, once", self.version));
        let mut wait = Wait::begin(self.name, "fetching");
        let status = loop {
            if let Some(status) = child.try_wait()? {
                break status;
            }
            wait.tick();
        };
        if !status.success() {
            use std::io::{Read, Seek};
            let (mut output, mut text) = (output, String::new());
            output.rewind()?;
            output.read_to_string(&mut text)?;
            let lines: Vec<&str> = text.lines().filter(|line| line.contains("ERROR")).take(5).collect();
            bail!("Maven could not fetch {} {}:\n{}", self.name, self.version, lines.join("\n"));
        }
        Ok(())
    }
}

fn parse(text: &str) -> Result<Checksums> {
    let entry = |line: &str| line.split_once("  ").map(|(sum, name)| (name.to_owned(), sum.to_owned()));
    text.lines().map(|line| entry(line).with_context(|| format!("`{line}` is not `<sha256>  <file>`"))).collect()
}

fn sum(folder: &Path) -> Result<Checksums> {
    let mut checksums = Checksums::new();
    for entry in fs::read_dir(folder).with_context(|| format!("{} can't be read", folder.display()))? {
        let path = entry?.path();
        let mut digest = Sha256::new();
        let mut file = File::open(&path)?;
        std::io::copy(&mut file, &mut Hashing(&mut digest))
            .with_context(|| format!("{} can't be read", path.display()))?;
        let name = path.file_name().unwrap_or_default().to_string_lossy().into_owned();
        checksums.insert(name, hex::encode(digest.finalize()));
    }
    Ok(checksums)
}

/// Both ways: a file that differs, one that is missing, and one that nobody asked for.
fn verify(expected: &Checksums, found: &Checksums, file: &Path) -> Result<()> {
    let mut wrong = Vec::new();
    for (name, sum) in expected {
        match found.get(name) {
            None => wrong.push(format!("{name}: missing")),
            Some(other) if other != sum => {
                wrong.push(format!("{name}: has SHA-256 {other}, should have {sum}"));
            }
            Some(_) => {}
        }
    }
    wrong.extend(found.keys().filter(|name| !expected.contains_key(*name)).map(|name| format!("{name}: not expected")));
    if wrong.is_empty() {
        return Ok(());
    }
    bail!("what was fetched is not what {} says, so it is not used:\n  {}", file.display(), wrong.join("\n  "))
}

struct Hashing<'a>(&'a mut Sha256);

impl std::io::Write for Hashing<'_> {
    fn write(&mut self, bytes: &[u8]) -> std::io::Result<usize> {
        self.0.update(bytes);
        Ok(bytes.len())
    }

    fn flush(&mut self) -> std::io::Result<()> {
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_difference_is_named() {
        let expected = parse("aa  same.jar\nbb  changed.jar\ncc  gone.jar\n").unwrap();
        let found = parse("aa  same.jar\nb0  changed.jar\ndd  new.jar\n").unwrap();
        let error = verify(&expected, &found, Path::new("x.sha256")).unwrap_err().to_string();
        assert!(error.contains("changed.jar: has SHA-256 b0, should have bb"), "{error}");
        assert!(error.contains("gone.jar: missing"), "{error}");
        assert!(error.contains("new.jar: not expected"), "{error}");
        assert!(!error.contains("same.jar"), "{error}");
    }

    #[test]
    fn files_that_are_as_expected_pass() {
        let folder = tempfile::tempdir().unwrap();
        fs::write(folder.path().join("a"), "a").unwrap();
        let sums = sum(folder.path()).unwrap();
        assert_eq!(sums["a"], "ca978112ca1bbdcafac231b39a23dc4da786eff8147c4e72b9807785afee48bb");
        verify(&sums, &sums, Path::new("x.sha256")).unwrap();
    }
}
