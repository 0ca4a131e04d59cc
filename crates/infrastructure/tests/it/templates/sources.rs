use std::os::unix::fs::{PermissionsExt, symlink};
use std::{fs, process};

use application::ports::Templates;
use infrastructure::templates::{Limits, TemplateLibrary, TemplatesConfig};

use super::folder::{Folder, manifest};

const STEPS: &str = "steps: [{action: 'fetch:plain', input: {url: ./a}}]";

fn template() -> Folder {
    Folder::with(&manifest(STEPS)).file("a/x", "x")
}

#[test]
fn links_and_other_strange_files_are_refused() {
    let folder = template();
    symlink("/etc/passwd", folder.path().join("a/link")).unwrap();
    assert!(folder.faults().contains("`a/link` is a link"));
    let folder = template();
    symlink("/etc", folder.path().join("a/dir")).unwrap();
    assert!(folder.faults().contains("`a/dir` is a link"));
    let folder = template();
    let made = process::Command::new("mkfifo").arg(folder.path().join("a/pipe")).status().unwrap();
    assert!(made.success());
    assert!(folder.faults().contains("`a/pipe` is no file"));
}

#[test]
fn a_broken_template_takes_no_other_down() {
    let root = tempfile::tempdir().unwrap();
    for (name, text) in [("good", manifest(STEPS)), ("bad", "kind: Nothing".to_owned())] {
        fs::create_dir_all(root.path().join(name).join("a")).unwrap();
        fs::write(root.path().join(name).join("a/x"), "x").unwrap();
        fs::write(root.path().join(name).join("template.yaml"), text).unwrap();
    }
    let sources = vec![root.path().display().to_string(), "/nowhere/at/all".to_owned()];
    let config = TemplatesConfig { sources, ..TemplatesConfig::default() };
    let library = TemplateLibrary::load(&config, Limits::default());
    assert_eq!(library.list().len(), 1);
    let sources: Vec<_> = library.problems().iter().map(|problem| problem.source.clone()).collect();
    assert_eq!(sources, [root.path().join("bad").display().to_string(), "/nowhere/at/all".to_owned()]);
}

#[test]
fn the_first_of_two_with_one_name_is_served() {
    let (first, second) = (template(), template());
    let sources = [&first, &second].map(|folder| folder.path().display().to_string()).to_vec();
    let config = TemplatesConfig { sources, ..TemplatesConfig::default() };
    let library = TemplateLibrary::load(&config, Limits::default());
    assert_eq!(library.list().len(), 1);
    assert!(library.problems()[0].to_string().contains("`tried`, which an earlier source has"));
}

#[test]
fn the_digest_follows_names_contents_and_modes_and_nothing_else() {
    let digest = |folder: &Folder| folder.load().find("tried").unwrap().version.digest.clone();
    let folder = template();
    let before = digest(&folder);
    assert_eq!(before.len(), 64);
    assert_eq!(before, digest(&template()), "another folder with the same files");
    let left_over = template().file("a/target/debug/x", "built").file(".git/HEAD", "ref");
    assert_eq!(before, digest(&left_over), "what tools leave behind does not count");
    assert_ne!(before, digest(&template().file("a/x", "y")));
    assert_ne!(before, digest(&template().file("a/y", "")));
    fs::set_permissions(folder.path().join("a/x"), fs::Permissions::from_mode(0o755)).unwrap();
    assert_ne!(before, digest(&folder));
}

#[test]
fn the_templates_that_ship_are_sound() {
    let library = TemplateLibrary::load(&TemplatesConfig::default(), Limits::default());
    assert_eq!(library.problems(), []);
}
