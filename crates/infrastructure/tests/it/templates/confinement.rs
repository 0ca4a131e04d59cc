use proptest::prelude::*;
use serde_json::json;

use super::folder::{Folder, accept, make, manifest};

/// A template that writes one file wherever its parameters say.
fn anywhere() -> Folder {
    Folder::with(&manifest(
        "parameters:\n  properties:\n    at: {type: string}\n    file: {type: string}\nsteps:\n  - action: fetch:template\n    input:\n      url: ./skeleton\n      targetPath: ${{ parameters.at }}\n      values: {file: '${{ parameters.file }}'}",
    ))
    .file("skeleton/${{ values.file }}", "hello")
}

#[test]
fn names_that_leave_the_root_fail_the_step() {
    let library = anywhere().load();
    for (at, file) in [
        (".", "../x"),
        (".", "/etc/cron.d/x"),
        ("..", "x"),
        ("/", "x"),
        ("a/../..", "x"),
        (".", "C:\\x"),
        (".", "c:x"),
        ("a", "..\\x"),
        (".", ".git/hooks/pre-commit"),
        (".", ".GIT/config"),
        (".git", "config"),
        (".", "a\nb"),
        (".", "NUL"),
        ("./", "//x"),
        (".", "../../../../../../tmp/x"),
        ("a/", "./../../x"),
        (".", ".valkyrie/scaffold.yaml"),
        (".Valkyrie", "mine.yaml"),
        (".", ".Valkyrie/Scaffold.yaml"),
    ] {
        let error = make(&library, json!({ "at": at, "file": file })).expect_err(&format!("{at} {file}"));
        assert!(!error.retryable);
        assert!(error.message.len() < 400, "{error}");
    }
}

#[test]
fn names_within_the_root_are_written_there() {
    let library = anywhere().load();
    for (at, file, path) in [
        (".", "x", "x"),
        ("./a/", "b/c.txt", "a/b/c.txt"),
        ("a/./b", "./c", "a/b/c"),
        (".", ".github/workflows/ci.yml", ".github/workflows/ci.yml"),
        (".", "ünïcode", "ünïcode"),
    ] {
        let (_, outcome) = make(&library, json!({ "at": at, "file": file })).unwrap();
        assert_eq!(outcome.files.iter().filter(|file| file.path == path).count(), 1, "{at} {file}");
    }
}

#[test]
fn deep_folders_and_clashing_names_fail_the_step() {
    let library = anywhere().load();
    let deep = vec!["d"; 40].join("/");
    assert!(make(&library, json!({ "at": deep, "file": "x" })).unwrap_err().message.contains("deeper than 32"));
    let clash = Folder::with(&manifest(
        "steps:\n  - action: fetch:plain\n    input: {url: ./a}\n  - action: fetch:plain\n    input: {url: ./b}",
    ))
    .file("a/x", "file")
    .file("b/x/y", "below a file");
    assert!(make(&clash.load(), json!({})).unwrap_err().message.contains("can't be a folder"));
    for (one, other) in [("a/Readme", "a/README"), ("a/docs/x", "a/Docs/y"), ("a/docs", "a/Docs/y")] {
        let case = Folder::with(&manifest("steps:\n  - action: fetch:plain\n    input: {url: ./a}"));
        let case = case.file(one, "1").file(other, "2");
        assert!(make(&case.load(), json!({})).unwrap_err().message.contains("upper and lower case"), "{one} {other}");
    }
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(64))]

    /// Whatever the parameters say, a path in the outcome and in the archive is relative and climbs nowhere.
    #[test]
    fn nothing_leaves_the_root(at in "[./\\\\a-cC:~ ]{1,12}", file in "[./\\\\a-cC:~ é]{1,16}") {
        let library = anywhere().load();
        let parameters = json!({ "at": at, "file": file });
        prop_assert!(accept(&library, parameters.clone()).is_ok());
        if let Ok((_, outcome)) = make(&library, parameters) {
            let mut archive = tar::Archive::new(flate2::read::GzDecoder::new(outcome.archive.as_slice()));
            let packed: Vec<_> = archive.entries().unwrap().map(|entry| entry.unwrap().path().unwrap().into_owned()).collect();
            prop_assert_eq!(packed.len(), outcome.files.len());
            for path in packed {
                prop_assert!(path.components().all(|part| matches!(part, std::path::Component::Normal(_))), "{:?}", path);
            }
        }
    }
}
