//! The crates that are really built: `cargo tree`, which unlike `cargo metadata` leaves out what no feature asks for.

use std::collections::BTreeSet;

use anyhow::{Context, Result, bail};

use crate::workspace;

/// A crate of somebody else's that we build on this platform.
#[derive(Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(super) struct Stranger {
    pub(super) name: String,
    pub(super) version: String,
    /// Empty when it names none.
    pub(super) licence: String,
}

/// All that the workspace and its tests are built from.
pub(super) fn read() -> Result<BTreeSet<Stranger>> {
    let arguments = ["tree", "--workspace", "--locked", "--edges=all", "--prefix=none", "--format={p}|{l}|"];
    let output = workspace::cargo(&arguments)?.output().context("cargo can't be run")?;
    if !output.status.success() {
        bail!("cargo tree failed: {}", String::from_utf8_lossy(&output.stderr).trim());
    }
    Ok(parse(&String::from_utf8_lossy(&output.stdout)))
}

/// Lines like `serde v1.0.229 (proc-macro)|MIT OR Apache-2.0| (*)`; ours say in which folder they are.
fn parse(tree: &str) -> BTreeSet<Stranger> {
    let stranger = |line: &str| {
        let mut fields = line.split('|');
        let mut package = fields.next()?.splitn(3, ' ');
        let (name, version) = (package.next()?, package.next()?.strip_prefix('v')?);
        let ours = package.next().is_some_and(|rest| rest.contains('/'));
        let licence = fields.next()?.to_owned();
        (!ours).then(|| Stranger { name: name.to_owned(), version: version.to_owned(), licence })
    };
    tree.lines().filter_map(stranger).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn ours_are_left_out_and_doubles_are_one() {
        let tree = "domain v0.1.0 (/clone/crates/domain)|Apache-2.0|\nserde v1.0.1|MIT|\nserde v1.0.1|MIT| (*)\n\n\
            a-macro v2.0.0 (proc-macro)||\n";
        let stranger = |name: &str, version: &str, licence: &str| Stranger {
            name: name.into(),
            version: version.into(),
            licence: licence.into(),
        };
        assert_eq!(parse(tree), BTreeSet::from([stranger("a-macro", "2.0.0", ""), stranger("serde", "1.0.1", "MIT")]));
    }
}
