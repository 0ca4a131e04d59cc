//! The recipes of CONTRIBUTING.md, carried out in a copy of the workspace, all of them together.

use std::time::Instant;

use serde_json::Value;

use crate::contributing::Guide;
use crate::copy::{Copy, originals};
use crate::examples::{EXAMPLES, is_generated};

/// What is told, and needs servers, is one, or is about the repository.
const NOT_HERE: [&str; 4] = [
    "cargo run -- dev",
    "cargo xtask test --only postgres",
    "cargo xtask check --only links",
    "cargo test -p xtask --test it -- --ignored",
];

/// What the recipes tell to run, in their order, once each.
fn commands(guide: &Guide) -> Vec<String> {
    let recipes = EXAMPLES.iter().flat_map(|example| guide.recipe(example.recipe).commands());
    let mut commands: Vec<String> = Vec::new();
    for command in guide.introduction().commands().into_iter().chain(recipes) {
        if !NOT_HERE.contains(&command.as_str()) && !commands.contains(&command) {
            commands.push(command);
        }
    }
    commands
}

#[test]
#[ignore = "it builds the workspace once more: `cargo test -p xtask --test it -- --ignored`"]
fn carried_out_together_they_do_what_they_say() {
    let guide = Guide::read();
    let mut files = originals();
    for example in EXAMPLES {
        example.apply(&mut files);
    }
    let copy = Copy::of(&files);

    let mut said = String::new();
    for command in commands(&guide) {
        let began = Instant::now();
        said.push_str(&copy.run(&command));
        println!("{command}: {} s", began.elapsed().as_secs());
    }

    let after = copy.files();
    for example in EXAMPLES {
        for test in example.tests {
            assert!(said.contains(&format!("test {test} ... ok\n")), "“{}”: {test} was not run", example.recipe);
        }
        for words in example.prints {
            assert!(said.contains(words), "“{}”: no command prints {words}", example.recipe);
        }
        for (file, pointer) in example.documents {
            let document: Value = serde_json::from_slice(&after[*file]).unwrap();
            assert!(document.pointer(pointer).is_some(), "“{}”: {file} has no {pointer}", example.recipe);
        }
    }
    let changed = after.iter().filter(|(name, bytes)| files.get(*name) != Some(*bytes)).map(|(name, _)| name.as_str());
    let by_hand: Vec<&str> = changed.filter(|name| !is_generated(name)).collect();
    assert_eq!(by_hand, [""; 0], "the commands write what is no generated file");
}
