use std::fs;
use std::io::Read;
use std::os::unix::fs::PermissionsExt;

use application::ports::{ScaffoldingError, Templates, Values};
use chrono::DateTime;
use domain::TaskId;
use serde_json::json;

use super::folder::{Folder, accept, file, make, manifest, rendering};

/// A small template that uses each action once.
fn small() -> Folder {
    let folder = Folder::with(&manifest(
        r"owner: group:default/platform
parameters:
  - title: First page
    required: [name]
    properties:
      name: {type: string}
  - title: Second page
    properties:
      docs: {type: boolean, default: true}
      token: {type: string, writeOnly: true}
steps:
  - id: fetch
    name: Render the skeleton
    action: fetch:template
    input:
      url: ./skeleton
      targetPath: ./
      copyWithoutTemplating: ['.github/workflows/*', 'verbatim']
      values:
        name: ${{ parameters.name }}
  - id: docs
    name: Add documentation
    if: ${{ parameters.docs }}
    action: fetch:plain
    input: {url: ./docs, targetPath: docs}
  - id: describe
    name: Describe it
    action: catalog:write
    input:
      entity:
        apiVersion: backstage.io/v1alpha1
        kind: Component
        metadata: {name: '${{ parameters.name }}'}
        spec: {type: service, owner: 'group:default/platform', lifecycle: experimental}",
    ))
    .file("skeleton/src/${{ values.name | snakeCase }}.rs", "// ${{ values.name | title }}\n")
    .file("skeleton/run.sh", "#!/bin/sh\necho ${{ values.name }}\n")
    .file("skeleton/.github/workflows/ci.yml", "run: ${{ github.sha }}\n")
    .file("skeleton/verbatim/deep/x.txt", "${{ untouched }}\n")
    .file("skeleton/logo.png", b"\x89PNG\0${{ not a template }}\xff")
    .file("skeleton/latin1.txt", b"caf\xe9 ${{ not a template }}")
    .file("skeleton/{% if values.name == 'x' %}only-for-x{% endif %}", "left out")
    .file("docs/index.md", "# ${{ not rendered }}\n");
    let script = folder.path().join("skeleton/run.sh");
    fs::set_permissions(script, fs::Permissions::from_mode(0o755)).unwrap();
    folder
}

#[test]
fn a_small_template_makes_what_it_says() {
    let (reports, outcome) =
        make(&small().load(), json!({ "name": "order-intake", "token": "hush-hush-hush" })).unwrap();
    let mut shown: Vec<_> = reports.iter().map(|report| report.lines.join("\n")).collect();
    for file in &outcome.files {
        let mode = if file.executable { "x" } else { "-" };
        // The digest covers the template's files; it is compared elsewhere.
        let text = String::from_utf8_lossy(&file.bytes);
        let text = text.lines().filter(|line| !line.contains("digest:")).collect::<Vec<_>>().join("\n");
        shown.push(format!("---- {mode} {}\n{}", file.path, text.escape_debug().to_string().replace("\\n", "\n")));
    }
    shown.push(format!("---- entities\n{}", serde_json::to_string(&outcome.entities).unwrap()));
    insta::assert_snapshot!(shown.join("\n"));
}

#[test]
fn the_archive_has_the_files_and_is_the_same_each_time() {
    let library = small().load();
    let (_, outcome) = make(&library, json!({ "name": "a" })).unwrap();
    let (_, again) = make(&small().load(), json!({ "name": "a" })).unwrap();
    assert_eq!(outcome.archive, again.archive);
    let mut archive = tar::Archive::new(flate2::read::GzDecoder::new(outcome.archive.as_slice()));
    for (entry, file) in archive.entries().unwrap().zip(&outcome.files) {
        let mut entry = entry.unwrap();
        assert_eq!(entry.path().unwrap().to_str().unwrap(), file.path);
        assert_eq!(entry.header().mode().unwrap(), if file.executable { 0o755 } else { 0o644 });
        assert_eq!((entry.header().uid().unwrap(), entry.header().gid().unwrap()), (0, 0));
        let mut bytes = Vec::new();
        entry.read_to_end(&mut bytes).unwrap();
        assert_eq!(bytes, file.bytes);
    }
}

#[test]
fn the_record_names_template_task_and_parameters_but_no_secret() {
    let library = small().load();
    let accepted = accept(&library, json!({ "name": "a", "token": "hush-hush-hush" })).unwrap();
    assert_eq!(serde_json::Value::from(accepted.secrets.clone()), json!({ "token": "hush-hush-hush" }));
    let template = library.find("tried").unwrap();
    let task: TaskId = "01932b5e-7a7e-7cc0-8b0c-0242ac120002".parse().unwrap();
    let requested_at = DateTime::from_timestamp(1_700_000_000, 0).unwrap();
    let values = Values { task: Some(task), parameters: accepted.parameters, secrets: accepted.secrets, requested_at };
    let mut run = library.open(&template.version, values).unwrap();
    for index in 0..run.steps().len() {
        run.run(index).unwrap();
    }
    let record = file(&run.finish().unwrap(), ".valkyrie/scaffold.yaml");
    let read: serde_json::Value = serde_saphyr::from_str(&record).unwrap();
    assert_eq!(read["template"]["name"], "tried");
    assert_eq!(read["template"]["digest"], format!("sha256:{}", template.version.digest));
    assert_eq!(read["taskId"], task.to_string());
    assert_eq!(read["parameters"], json!({ "name": "a", "docs": true }));
    assert!(!record.contains("hush"));
}

#[test]
fn a_secret_that_was_also_given_elsewhere_is_kept_out_of_the_artifact() {
    let parameters = json!({ "name": "hush-hush-hush", "token": "hush-hush-hush" });
    let error = make(&small().load(), parameters).unwrap_err();
    assert!(error.message.contains("the value of `token`, a writeOnly parameter"), "{error}");
    assert!(!error.message.contains("hush"), "{error}");
}

#[test]
fn a_step_whose_condition_does_not_hold_is_skipped() {
    let (reports, outcome) = make(&small().load(), json!({ "name": "a", "docs": false })).unwrap();
    assert_eq!(reports[1].lines, ["skipped: its condition does not hold"]);
    assert!(outcome.files.iter().all(|file| file.path != "docs/index.md"));
}

#[test]
fn files_that_are_there_are_kept_unless_replace_says_otherwise() {
    let template = |replace: bool| {
        let again = format!("{{}}\n      replace: {replace}\n  - action: fetch:plain\n    input: {{url: ./b}}\n");
        let steps = rendering(&again);
        // The plain copy comes first.
        let (head, tail) = steps.split_once("  - id: fetch\n").unwrap();
        let (fetch, plain) = tail.split_once("    - action").map_or_else(|| panic!("{tail}"), |(a, b)| (a, b));
        let manifest = format!("{head}  - action{plain}    - id: fetch\n{fetch}");
        Folder::with(&manifest).file("skeleton/out.txt", "rendered").file("b/out.txt", "plain")
    };
    let kept = template(false);
    assert_eq!(kept.text(json!({ "name": "n" })).unwrap(), "plain");
    assert_eq!(template(true).text(json!({ "name": "n" })).unwrap(), "rendered");
}

#[test]
fn only_files_with_the_template_extension_are_rendered_where_it_is_set() {
    let folder = Folder::with(&rendering("{name: '${{ parameters.name }}'}\n      templateFileExtension: true"))
        .file("skeleton/a.txt.njk", "${{ values.name }}")
        .file("skeleton/b.txt", "${{ anything }}");
    let (_, outcome) = make(&folder.load(), json!({ "name": "n" })).unwrap();
    assert_eq!(file(&outcome, "a.txt"), "n");
    assert_eq!(file(&outcome, "b.txt"), "${{ anything }}");
}

#[test]
fn values_keep_their_types_and_what_is_undefined_is_left_out() {
    let folder = Folder::with(&rendering("{other: '${{ parameters.other }}', text: 'x${{ parameters.name }}'}"))
        .file("skeleton/out.txt", "${{ values | dump }}");
    let other = json!({ "name": "n", "other": [1, { "a": true }] });
    assert_eq!(folder.text(other).unwrap(), r#"{"other":[1,{"a":true}],"text":"xn"}"#);
    assert_eq!(folder.text(json!({ "name": "n" })).unwrap(), r#"{"text":"xn"}"#);
}

#[test]
fn descriptors_are_checked() {
    let entity = |text: &str| {
        let folder = Folder::with(&manifest("steps:\n  - action: fetch:plain\n    input: {url: ./a}"));
        make(&folder.file("a/catalog-info.yaml", text).load(), json!({}))
    };
    let component = "apiVersion: v1\nkind: Component\nmetadata: {name: a}\n";
    let two = entity(&format!("{component}---\napiVersion: v1\nkind: API\nmetadata: {{name: a}}\n---\n")).unwrap().1;
    assert_eq!(two.entities.len(), 2);
    for (text, message) in [
        ("kind: Component\nmetadata: {name: a}\n", "`/apiVersion` is missing"),
        ("apiVersion: v1\nkind: Component\nmetadata: {name: 'a b'}\n", "the name must be"),
        ("apiVersion: v1\nkind: Component\n", "`/metadata/name` is missing"),
        ("apiVersion: v1\nkind: 1\nmetadata: {name: a}\n", "`/kind` is a number"),
        ("- a\n", "a list where an entity"),
        ("a: [", "document"),
        ("apiVersion: v1\nkind: C\nmetadata: {name: a}\nspec: {owner: 'no ref/'}\n", "`/spec/owner`"),
    ] {
        let error = entity(text).unwrap_err();
        assert!(error.message.starts_with("catalog-info.yaml: "), "{error}");
        assert!(error.message.contains(message) || text == "a: [", "{error}");
    }
    let twice = entity(&format!("{component}---\n{component}")).unwrap_err();
    assert!(twice.message.contains("a second time"), "{twice}");
}

#[test]
fn only_the_digest_that_is_here_can_be_opened() {
    let library = small().load();
    let mut version = library.find("tried").unwrap().version.clone();
    let values = || Values {
        task: None,
        parameters: domain::JsonObject::new(),
        secrets: domain::JsonObject::new(),
        requested_at: DateTime::UNIX_EPOCH,
    };
    version.digest = "0".repeat(64);
    let Err(error) = library.open(&version, values()) else { panic!("another digest was opened") };
    assert!(matches!(&error, ScaffoldingError::Changed { .. }), "{error}");
    version.name = "nobody".to_owned();
    assert_eq!(library.open(&version, values()).err(), Some(ScaffoldingError::Unknown("nobody".to_owned())));
}
