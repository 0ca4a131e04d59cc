//! Which of our crates may know which: the table of `docs/ARCHITECTURE.md`.

use super::metadata::Metadata;
use super::violation::Violation;

/// A crate of ours, and those of ours that it may name (in dependencies and build dependencies; tests may use all).
const ALLOWED: &[(&str, &[&str])] = &[
    ("domain", &[]),
    ("valkyrie-heimdall", &[]),
    ("flows", &[]),
    ("xtask", &[]),
    ("application", &["domain"]),
    ("infrastructure", &["application", "domain", "valkyrie-heimdall"]),
    ("host-api", &["application", "infrastructure", "valkyrie-heimdall"]),
    ("host-worker", &["application", "infrastructure", "valkyrie-heimdall", "flows"]),
    ("host-gateway", &["application", "infrastructure", "valkyrie-heimdall", "flows"]),
    ("valkyrie", EVERYTHING),
    ("bench", EVERYTHING),
];

const EVERYTHING: &[&str] = &[
    "application",
    "domain",
    "flows",
    "host-api",
    "host-gateway",
    "host-worker",
    "infrastructure",
    "valkyrie",
    "valkyrie-heimdall",
];

/// Every arrow that is not in the table, and every crate of ours that a stranger could publish under its name.
pub(super) fn check(metadata: &Metadata) -> Vec<Violation> {
    let ours: Vec<&str> = metadata.members().map(|package| package.name.as_str()).collect();
    let mut violations = Vec::new();
    for package in metadata.members() {
        let manifest = package.manifest_path.strip_prefix(&metadata.workspace_root).unwrap_or(&package.manifest_path);
        let manifest = manifest.trim_start_matches('/');
        let Some((_, allowed)) = ALLOWED.iter().find(|(name, _)| *name == package.name) else {
            let wrong = format!("the crate `{}` is in no table of arrows", package.name);
            let right = "add it to ALLOWED in crates/xtask/src/check/arrows.rs, and to docs/ARCHITECTURE.md";
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

#[cfg(test)]
mod tests {
    use super::*;

    /// A workspace of `domain`, `host-api` and `flows`, with one dependency of `from`.
    fn workspace(from: &str, to: &str, kind: Option<&str>) -> Metadata {
        let package = |name: &str| {
            let dependencies =
                if name == from { serde_json::json!([{ "name": to, "kind": kind }]) } else { serde_json::json!([]) };
            serde_json::json!({
                "id": name, "name": name, "publish": [], "dependencies": dependencies,
                "manifest_path": format!("/clone/crates/{name}/Cargo.toml"),
            })
        };
        let names = ["domain", "host-api", "host-worker", "flows", "stray"];
        let packages: Vec<_> =
            names.iter().filter(|name| **name != "stray" || from == "stray").map(|name| package(name)).collect();
        let members: Vec<_> = packages.iter().map(|package| package["id"].clone()).collect();
        let metadata =
            serde_json::json!({ "packages": packages, "workspace_members": members, "workspace_root": "/clone" });
        serde_json::from_value(metadata).unwrap()
    }

    #[test]
    fn an_arrow_of_the_table_is_allowed() {
        assert_eq!(check(&workspace("host-worker", "flows", None)), []);
    }

    #[test]
    fn a_forbidden_arrow_is_named_with_what_would_be_right() {
        let violations = check(&workspace("domain", "host-api", None));
        let right = "`domain` knows none of our crates";
        assert_eq!(
            violations,
            [Violation::new("crates/domain/Cargo.toml", "`domain` must not know `host-api`", right)]
        );
        assert_eq!(check(&workspace("host-api", "flows", Some("build"))).len(), 1);
    }

    #[test]
    fn tests_may_use_anything() {
        assert_eq!(check(&workspace("domain", "host-api", Some("dev"))), []);
    }

    #[test]
    fn strangers_are_no_arrows() {
        assert_eq!(check(&workspace("domain", "serde", None)), []);
    }

    #[test]
    fn a_crate_without_a_row_is_no_loophole() {
        let violations = check(&workspace("stray", "domain", None));
        assert_eq!(violations.len(), 1);
        assert!(violations[0].wrong.contains("`stray` is in no table"), "{violations:?}");
    }
}
