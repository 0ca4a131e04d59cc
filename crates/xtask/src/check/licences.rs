//! What we may ship, and what we don't want twice or at all.

use std::collections::{BTreeMap, BTreeSet};

use super::spdx;
use super::tree::Stranger;
use super::violation::Violation;

/// Licences that ask for no more than a notice.
const ALLOWED: &[&str] = &[
    "0BSD",
    "Apache-2.0",
    "Apache-2.0 WITH LLVM-exception",
    "BSD-2-Clause",
    "BSD-3-Clause",
    "BSL-1.0",
    "CC0-1.0",
    "CDLA-Permissive-2.0",
    "ISC",
    "MIT",
    "MIT-0",
    "OpenSSL",
    "Unicode-3.0",
    "Unlicense",
    "Zlib",
];

/// Crates that have no place here, and why.
const BANNED: &[(&str, &str)] = &[
    ("native-tls", "one crypto library does all of TLS and tokens: rustls on aws-lc-rs"),
    ("openssl", "one crypto library does all of TLS and tokens: rustls on aws-lc-rs"),
    ("openssl-sys", "one crypto library does all of TLS and tokens: rustls on aws-lc-rs"),
    ("ring", "one crypto library does all of TLS and tokens: rustls on aws-lc-rs"),
];

/// Crates whose types cross our own interfaces, or which are long to build: two versions are a mistake.
const ONCE: &[&str] = &[
    "axum",
    "chrono",
    "http",
    "hyper",
    "rdkafka",
    "reqwest",
    "rustls",
    "serde",
    "serde_json",
    "sqlx",
    "tokio",
    "uuid",
];

/// Every crate that breaks a rule.
pub(super) fn check(strangers: &BTreeSet<Stranger>) -> Vec<Violation> {
    let mut violations = Vec::new();
    let mut versions: BTreeMap<&str, Vec<&str>> = BTreeMap::new();
    for package in strangers {
        let place = format!("Cargo.lock: {} {}", package.name, package.version);
        versions.entry(&package.name).or_default().push(&package.version);
        if !spdx::allows(&package.licence, ALLOWED) {
            let wrong = match package.licence.as_str() {
                "" => "it names no licence".to_owned(),
                licence => format!("its licence is `{licence}`"),
            };
            let right = format!("one that crates/xtask/src/check/licences.rs allows: {}", ALLOWED.join(", "));
            violations.push(Violation::new(&place, wrong, right));
        }
        if let Some((name, reason)) = BANNED.iter().find(|(name, _)| *name == package.name) {
            let right = format!("{reason}; `cargo tree -i {name}` says who wants it");
            violations.push(Violation::new(&place, "it is banned", right));
        }
    }
    for (name, versions) in versions.iter().filter(|(name, versions)| ONCE.contains(name) && versions.len() > 1) {
        let wrong = format!("there are {} versions: {}", versions.len(), versions.join(", "));
        let right = format!("one version; `cargo tree -d -i {name}` says who wants which");
        violations.push(Violation::new(format!("Cargo.lock: {name}"), wrong, right));
    }
    violations
}

#[cfg(test)]
mod tests {
    use super::*;

    fn strangers(all: &[(&str, &str, &str)]) -> BTreeSet<Stranger> {
        let stranger = |(name, version, licence): &(&str, &str, &str)| Stranger {
            name: (*name).into(),
            version: (*version).into(),
            licence: (*licence).into(),
        };
        all.iter().map(stranger).collect()
    }

    #[test]
    fn a_licence_must_be_on_the_list() {
        assert_eq!(check(&strangers(&[("a", "1.0.0", "MIT OR Apache-2.0")])), []);
        let violations = check(&strangers(&[("a", "1.0.0", "AGPL-3.0"), ("b", "1.0.0", "")]));
        assert_eq!(violations.len(), 2);
        assert_eq!(violations[0].place, "Cargo.lock: a 1.0.0");
        assert_eq!(violations[1].wrong, "it names no licence");
    }

    #[test]
    fn a_second_crypto_library_is_refused() {
        assert!(check(&strangers(&[("ring", "0.17.0", "ISC")]))[0].right.contains("cargo tree -i ring"));
    }

    #[test]
    fn some_crates_come_once() {
        let violations = check(&strangers(&[("serde", "1.0.0", "MIT"), ("serde", "2.0.0", "MIT")]));
        assert_eq!(violations[0].wrong, "there are 2 versions: 1.0.0, 2.0.0");
    }
}
