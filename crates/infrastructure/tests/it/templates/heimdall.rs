//! `heimdall:vendor`, and the ways that `event-service` has to heimdall.

use std::collections::{BTreeMap, BTreeSet};
use std::fs;
use std::path::{Path, PathBuf};

use application::ports::{Outcome, Templates};
use infrastructure::templates::{Limits, TemplateLibrary, TemplatesConfig};
use serde_json::{Value, json};
use sha2::{Digest, Sha256};
use walkdir::WalkDir;

use super::event_service::{self, made};
use super::folder::{Folder, file, make, manifest};

fn checkout() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("../..").canonicalize().unwrap()
}

fn toml(text: &str) -> toml::Table {
    text.parse().unwrap()
}

/// What stands below `vendor/`.
fn vendored(outcome: &Outcome) -> BTreeMap<&str, &[u8]> {
    let files = outcome.files.iter();
    files.filter_map(|file| Some((file.path.strip_prefix("vendor/")?, file.bytes.as_slice()))).collect()
}

#[test]
fn a_copy_has_the_files_of_heimdall_and_no_tests() {
    let crate_folder = checkout().join("crates/heimdall");
    let mut expected = BTreeMap::new();
    for entry in WalkDir::new(&crate_folder) {
        let entry = entry.unwrap();
        let path = entry.path().strip_prefix(&crate_folder).unwrap().to_str().unwrap().to_owned();
        let test = ["tests/", "benches/", "examples/"].iter().any(|folder| path.starts_with(folder));
        if entry.file_type().is_file() && !test && !path.contains("/snapshots/") && path != "Cargo.toml" {
            expected.insert(format!("heimdall/{path}"), fs::read(entry.path()).unwrap());
        }
    }
    assert!(expected.contains_key("heimdall/src/lib.rs"), "{:?}", expected.keys());
    assert!(expected.keys().any(|path| path.starts_with("heimdall/migrations/")), "{:?}", expected.keys());
    for (name, origin) in
        [("heimdall/LICENSE", "LICENSE"), ("rustfmt.toml", "rustfmt.toml"), ("clippy.toml", "clippy.toml")]
    {
        expected.insert(name.to_owned(), fs::read(checkout().join(origin)).unwrap());
    }
    let outcome = made(json!({ "name": "a", "owner": "o" }));
    let mut found = vendored(&outcome);
    for generated in ["Cargo.toml", "heimdall/Cargo.toml"] {
        assert!(found.remove(generated).is_some(), "no {generated}");
    }
    assert_eq!(found.keys().copied().collect::<BTreeSet<_>>(), expected.keys().map(String::as_str).collect());
    for (path, bytes) in found {
        assert_eq!(expected[path], bytes, "{path}");
    }
}

#[test]
fn its_manifests_are_those_of_the_checkout() {
    let read = |path: &str| toml(&fs::read_to_string(checkout().join(path)).unwrap());
    let (root, own) = (read("Cargo.toml"), read("crates/heimdall/Cargo.toml"));
    let outcome = made(json!({ "name": "a", "owner": "o" }));
    let (workspace, member) =
        (toml(&file(&outcome, "vendor/Cargo.toml")), toml(&file(&outcome, "vendor/heimdall/Cargo.toml")));
    for section in ["package", "lints", "lib", "features", "dependencies", "build-dependencies", "target"] {
        assert_eq!(member.get(section), own.get(section), "{section}");
    }
    assert!(!member.contains_key("dev-dependencies"), "they would be for tests that are not there");
    let (root, workspace) = (root["workspace"].as_table().unwrap(), workspace["workspace"].as_table().unwrap());
    for section in ["resolver", "package", "lints"] {
        assert_eq!(workspace[section], root[section], "{section}");
    }
    let table = workspace["dependencies"].as_table().unwrap();
    let inherited = own["dependencies"].as_table().unwrap().iter();
    let inherited = inherited.filter(|(_, dependency)| dependency.get("workspace").is_some()).map(|(name, _)| name);
    assert_eq!(table.keys().collect::<BTreeSet<_>>(), inherited.collect());
    for (name, dependency) in table.iter().filter(|(_, dependency)| dependency.get("path").is_none()) {
        assert_eq!(dependency, &root["dependencies"][name], "{name}");
    }
    for member in workspace["members"].as_array().unwrap() {
        file(&outcome, &format!("vendor/{}/Cargo.toml", member.as_str().unwrap()));
    }
}

#[test]
fn each_way_to_heimdall_is_what_it_says() {
    let of = |more: Value| {
        let mut given = json!({ "name": "a", "owner": "o" });
        given.as_object_mut().unwrap().extend(more.as_object().unwrap().clone());
        let outcome = made(given);
        let dependency = toml(&file(&outcome, "Cargo.toml"))["workspace"]["dependencies"]["heimdall"].clone();
        (serde_json::to_value(dependency).unwrap(), !vendored(&outcome).is_empty())
    };
    let package = "valkyrie-heimdall";
    let copy = (json!({ "package": package, "path": "vendor/heimdall" }), true);
    let git = |tag: &str| (json!({ "package": package, "git": "ssh://git@example.org/v.git", "tag": tag }), false);
    let registry = |version: &str| (json!({ "package": package, "registry": "acme", "version": version }), false);
    let path = (json!({ "package": package, "path": "../x" }), false);
    for (said, expected) in [
        (json!({}), copy.clone()),
        (json!({ "heimdallSource": "vendored" }), copy.clone()),
        (json!({ "heimdallSource": "vendored", "heimdallGit": "ssh://git@example.org/v.git" }), copy),
        (json!({ "heimdallGit": "ssh://git@example.org/v.git" }), git("v0.1.0")),
        (
            json!({ "heimdallSource": "git", "heimdallGit": "ssh://git@example.org/v.git", "heimdallTag": "v9" }),
            git("v9"),
        ),
        (json!({ "heimdallRegistry": "acme" }), registry("0.1.0")),
        (
            json!({ "heimdallSource": "registry", "heimdallRegistry": "acme", "heimdallVersion": "1.2.3" }),
            registry("1.2.3"),
        ),
        (json!({ "heimdallPath": "../x" }), path.clone()),
        (json!({ "heimdallSource": "path", "heimdallPath": "../x", "heimdallRegistry": "acme" }), path),
    ] {
        assert_eq!(of(said.clone()), expected, "{said}");
    }
}

#[test]
fn a_way_without_its_address_is_refused_and_says_what_it_lacks() {
    let library = event_service::library();
    let template = library.find("event-service").unwrap();
    let git = "The repository that holds heimdall, such as https://git.acme.example/platform/valkyrie.git";
    let registry = "The registry that holds valkyrie-heimdall, by its name in Cargo's configuration";
    for (said, pointer, expected) in [
        (json!({ "heimdallSource": "git" }), "/heimdallGit", git),
        (json!({ "heimdallSource": "git", "heimdallTag": "v1" }), "/heimdallGit", git),
        (json!({ "heimdallSource": "git", "heimdallPath": "../x" }), "/heimdallGit", git),
        (json!({ "heimdallTag": "v1" }), "/heimdallGit", git),
        (json!({ "heimdallSource": "registry" }), "/heimdallRegistry", registry),
        (json!({ "heimdallVersion": "1.2.3" }), "/heimdallRegistry", registry),
        (
            json!({ "heimdallSource": "path" }),
            "/heimdallPath",
            "The folder of the crate, such as ../valkyrie/crates/heimdall",
        ),
        (
            json!({ "heimdallGit": "https://example.org/v.git", "heimdallPath": "../x" }),
            "/heimdallSource",
            "Where the foundation crate comes from: vendored (a copy in the service, the default), git",
        ),
    ] {
        let mut given = json!({ "name": "a", "owner": "o" });
        given.as_object_mut().unwrap().extend(said.as_object().unwrap().clone());
        let violations = library.accept(&template, serde_json::from_value(given).unwrap()).unwrap_err();
        let [violation] = violations.as_slice() else { panic!("{said}: {violations:?}") };
        assert_eq!((violation.pointer.as_str(), violation.detail.as_str()), (pointer, "is missing"), "{said}");
        assert!(violation.expected.starts_with(expected), "{said}: {violation:?}");
    }
    let given = json!({ "name": "a", "owner": "o", "heimdallSource": "crates.io" });
    let violations = library.accept(&template, serde_json::from_value(given).unwrap()).unwrap_err();
    let expected = r#"one of "vendored", "git", "registry", "path""#;
    assert_eq!((violations[0].pointer.as_str(), violations[0].expected.as_str()), ("/heimdallSource", expected));
}

#[test]
fn a_server_has_a_way_of_its_own_and_a_request_another() {
    let given = |defaults: Value, said: Value| {
        let defaults = serde_json::from_value(json!({ "event-service": defaults })).unwrap();
        let library =
            TemplateLibrary::load(&TemplatesConfig { defaults, ..TemplatesConfig::default() }, Limits::default());
        assert_eq!(library.problems(), []);
        let mut given = json!({ "name": "a", "owner": "o" });
        given.as_object_mut().unwrap().extend(said.as_object().unwrap().clone());
        let outcome = event_service::made_by(&library, given);
        toml(&file(&outcome, "Cargo.toml"))["workspace"]["dependencies"]["heimdall"].clone()
    };
    let git = json!({ "heimdallGit": "https://git.acme.example/v.git", "heimdallTag": "v2" });
    assert_eq!(given(git.clone(), json!({}))["tag"].as_str(), Some("v2"));
    assert_eq!(given(git, json!({ "heimdallSource": "vendored" }))["path"].as_str(), Some("vendor/heimdall"));
    let source = json!({ "heimdallSource": "git", "heimdallGit": "https://git.acme.example/v.git" });
    let path = json!({ "heimdallSource": "path", "heimdallPath": "../x" });
    assert_eq!(given(source, path)["path"].as_str(), Some("../x"));
}

#[test]
fn any_template_may_take_a_copy_into_a_folder_and_nothing_is_replaced() {
    let template = |before: &str, target: &str| {
        let spec = format!(
            "parameters: {{properties: {{folder: {{type: string}}}}}}\nsteps: [{before}{{action: 'heimdall:vendor', input: {{targetPath: '{target}'}}}}]"
        );
        Folder::with(&manifest(&spec)).file("a/libs/Cargo.toml", "[workspace]")
    };
    let (reports, outcome) =
        make(&template("", "${{ parameters.folder }}").load(), json!({ "folder": "./libs" })).unwrap();
    assert!(reports[0].lines[0].ends_with("of heimdall to `libs`"), "{reports:?}");
    assert!(file(&outcome, "libs/heimdall/src/lib.rs").contains("//!"));
    for (target, message) in [("./", "the service's own folder"), ("../up", "climbs out")] {
        let error = make(&template("", "${{ parameters.folder }}").load(), json!({ "folder": target })).unwrap_err();
        assert!(error.message.starts_with("input/targetPath: ") && error.message.contains(message), "{error}");
    }
    let copied = template("{action: 'fetch:plain', input: {url: ./a}}, ", "libs");
    let error = make(&copied.load(), json!({})).unwrap_err();
    assert_eq!(error.message, "libs/Cargo.toml: is there already");
}

#[test]
fn the_copy_is_part_of_a_templates_digest() {
    // What `SourceTree::digest` says, over the template's files alone.
    let of_files = |folder: &Folder| {
        let mut hash = Sha256::new();
        for path in ["a/x", "template.yaml"] {
            let bytes = fs::read(folder.path().join(path)).unwrap();
            hash.update((path.len() as u64).to_be_bytes());
            hash.update(path.as_bytes());
            hash.update([0]);
            hash.update((bytes.len() as u64).to_be_bytes());
            hash.update(&bytes);
        }
        hex::encode(hash.finalize())
    };
    let template = |step: &str| Folder::with(&manifest(&format!("steps: [{step}]"))).file("a/x", "x");
    let digest = |folder: &Folder| folder.load().find("tried").unwrap().version.digest.clone();
    let plain = template("{action: 'fetch:plain', input: {url: ./a}}");
    assert_eq!(digest(&plain), of_files(&plain));
    let vendoring = template("{action: 'heimdall:vendor', input: {targetPath: v}}");
    assert_ne!(digest(&vendoring), of_files(&vendoring), "the same task would make other files with another Valkyrie");
}
