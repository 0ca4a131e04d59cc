//! Which of our crates may know which: the table of `docs/ARCHITECTURE.md`.

use std::collections::BTreeSet;

use super::metadata::Metadata;
use super::violation::Violation;

/// A crate of ours, and those of ours that it may name (in dependencies and build dependencies; tests may use all).
type Row = (&'static str, &'static [&'static str]);

const ALLOWED: &[Row] = &[
    ("domain", &[]),
    ("valkyrie-heimdall", &[]),
    ("xtask", &[]),
    ("application", &["domain"]),
    ("infrastructure", &["application", "domain", "valkyrie-heimdall"]),
    ("host-api", &["application", "infrastructure", "valkyrie-heimdall"]),
    ("host-worker", &["application", "infrastructure", "valkyrie-heimdall"]),
    ("valkyrie", EVERYTHING),
    ("bench", EVERYTHING),
];

const EVERYTHING: &[&str] =
    &["application", "domain", "host-api", "host-worker", "infrastructure", "valkyrie", "valkyrie-heimdall"];

/// Where the table stands.
const TABLE: &str = "crates/xtask/src/check/arrows.rs";

/// Every arrow that is not in the table, every crate that the table names and that does not exist, and every crate of
/// ours that could be published under a stranger's name.
pub(super) fn check(metadata: &Metadata) -> Vec<Violation> {
    check_against(ALLOWED, metadata)
}

fn check_against(table: &[Row], metadata: &Metadata) -> Vec<Violation> {
    let ours: Vec<&str> = metadata.members().map(|package| package.name.as_str()).collect();
    let mut violations = missing_crates(table, &ours);
    for package in metadata.members() {
        let manifest = package.manifest_path.strip_prefix(&metadata.workspace_root).unwrap_or(&package.manifest_path);
        let manifest = manifest.trim_start_matches('/');
        let Some((_, allowed)) = table.iter().find(|(name, _)| *name == package.name) else {
            let wrong = format!("the crate `{}` is in no table of arrows", package.name);
            let right = format!("add it to ALLOWED in {TABLE}, and to docs/ARCHITECTURE.md");
            violations.push(Violation::new(manifest, wrong, right));
            continue;
        };
        if package.name != "valkyrie-heimdall"
            && package.publish.as_ref().is_none_or(|registries| !registries.is_empty())
        {
            let wrong = format!("`{}` could be published", package.name);
            violations.push(Violation::new(manifest, wrong, "`publish.workspace = true`, which says false"));
        }
        for dependency in &package.dependencies {
            let name = dependency.name.as_str();
            if dependency.kind.as_deref() == Some("dev") || !ours.contains(&name) || allowed.contains(&name) {
                continue;
            }
            let wrong = format!("`{}` must not know `{name}`", package.name);
            let right = match allowed {
                [] => format!("`{}` knows none of our crates", package.name),
                _ => format!("`{}` may know {} only", package.name, allowed.join(", ")),
            };
            violations.push(Violation::new(metadata.place(package, dependency), wrong, right));
        }
    }
    violations
}

/// What the table names, as a row or in one, without there being such a crate.
fn missing_crates(table: &[Row], ours: &[&str]) -> Vec<Violation> {
    let named = table.iter().flat_map(|(name, allowed)| std::iter::once(name).chain(*allowed));
    let missing: BTreeSet<&str> = named.copied().filter(|name| !ours.contains(name)).collect();
    let violation = |name: &str| {
        let wrong = format!("the table of arrows names `{name}`, and there is no such crate");
        Violation::new(TABLE, wrong, format!("the crates of this workspace only: {}", ours.join(", ")))
    };
    missing.into_iter().map(violation).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    const ROWS: &[Row] = &[("domain", &[]), ("application", &["domain"]), ("host-api", &["application"])];

    /// A workspace of the crates in [`ROWS`] (and `from`), with one dependency of `from`.
    fn workspace(from: &str, to: &str, kind: Option<&str>) -> Metadata {
        let package = |name: &str| {
            let dependencies =
                if name == from { serde_json::json!([{ "name": to, "kind": kind }]) } else { serde_json::json!([]) };
            serde_json::json!({
                "id": name, "name": name, "publish": [], "dependencies": dependencies,
                "manifest_path": format!("/clone/crates/{name}/Cargo.toml"),
            })
        };
        let names: BTreeSet<&str> = ROWS.iter().map(|(name, _)| *name).chain([from]).collect();
        let packages: Vec<_> = names.into_iter().map(package).collect();
        let members: Vec<_> = packages.iter().map(|package| package["id"].clone()).collect();
        let metadata =
            serde_json::json!({ "packages": packages, "workspace_members": members, "workspace_root": "/clone" });
        serde_json::from_value(metadata).unwrap()
    }

    fn violations(from: &str, to: &str, kind: Option<&str>) -> Vec<Violation> {
        check_against(ROWS, &workspace(from, to, kind))
    }

    #[test]
    fn an_arrow_of_the_table_is_allowed() {
        assert_eq!(violations("application", "domain", None), []);
    }

    #[test]
    fn a_forbidden_arrow_is_named_with_what_would_be_right() {
        let right = "`domain` knows none of our crates";
        assert_eq!(
            violations("domain", "host-api", None),
            [Violation::new("crates/domain/Cargo.toml", "`domain` must not know `host-api`", right)]
        );
        assert_eq!(violations("host-api", "domain", Some("build"))[0].right, "`host-api` may know application only");
    }

    #[test]
    fn tests_may_use_anything() {
        assert_eq!(violations("domain", "host-api", Some("dev")), []);
    }

    #[test]
    fn strangers_are_no_arrows() {
        assert_eq!(violations("domain", "serde", None), []);
    }

    #[test]
    fn a_crate_without_a_row_is_no_loophole() {
        let violations = violations("stray", "domain", None);
        assert_eq!(violations.len(), 1);
        assert!(violations[0].wrong.contains("`stray` is in no table"), "{violations:?}");
    }

    #[test]
    fn the_table_names_no_crate_that_is_not_there() {
        let table: &[Row] =
            &[("domain", &[]), ("application", &["domain", "gone"]), ("host-api", &["gone"]), ("left", &[])];
        let violations = check_against(table, &workspace("application", "domain", None));
        let wrong: Vec<&str> = violations.iter().map(|violation| violation.wrong.as_str()).collect();
        let expected =
            ["gone", "left"].map(|name| format!("the table of arrows names `{name}`, and there is no such crate"));
        assert_eq!(wrong, expected);
        assert!(violations[0].right.contains("application, domain, host-api"), "{violations:?}");
    }
}
