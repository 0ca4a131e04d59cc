//! The table of examples, and what must be true of each before it is carried out.

use std::fs;

use crate::contributing::Guide;
use crate::copy::originals;
use crate::diff::{Change, Files, parse};

/// A recipe of CONTRIBUTING.md, and a change that is made as it tells.
pub(crate) struct Example {
    /// The first words of the recipe.
    pub(crate) recipe: &'static str,
    /// Its file in `crates/xtask/tests/recipes`, without the ending.
    name: &'static str,
    /// The tests that the change adds, or changes, and that show that it works.
    pub(crate) tests: &'static [&'static str],
    /// What generated files have afterwards: the file, and a JSON pointer.
    pub(crate) documents: &'static [(&'static str, &'static str)],
    /// What the commands of the recipe print.
    pub(crate) prints: &'static [&'static str],
}

const OPENAPI: &str = "docs/api/openapi.json";
const ASYNCAPI: &str = "docs/api/asyncapi.json";

pub(crate) const EXAMPLES: &[Example] = &[
    Example {
        recipe: "An endpoint",
        name: "endpoint",
        tests: &["parameters::the_parameters_of_a_task_are_shown_alone"],
        documents: &[(OPENAPI, "/paths/~1api~1v1~1scaffold-tasks~1{id}~1parameters/get/security")],
        prints: &["/api/v1/scaffold-tasks/{id}/parameters"],
    },
    Example {
        recipe: "An integration event",
        name: "event",
        tests: &[
            "task::tests::cancelling_a_running_task_waits_for_the_worker_and_names_who_asked",
            "runs::sqlite::a_task_that_is_cancelled_stops_before_its_next_step",
        ],
        documents: &[(ASYNCAPI, "/components/messages/midgard.scaffold-task.cancelling.v1/examples/0")],
        prints: &["midgard.scaffold-task.cancelling.v1"],
    },
    Example {
        recipe: "A consumer",
        name: "consumer",
        tests: &["whole::embedded::what_comes_into_being_is_counted", "topics::tests::each_topic_has_places_to_park"],
        documents: &[(ASYNCAPI, "/operations/read.backstage.catalog.kind.valkyrie-census")],
        prints: &["backstage.catalog.component.valkyrie-census.dead-letter"],
    },
    Example {
        recipe: "A health check",
        name: "health_check",
        tests: &["whole::embedded::readiness_asks_for_templates"],
        documents: &[],
        prints: &[],
    },
    Example {
        recipe: "A column",
        name: "column",
        tests: &[
            "tasks::sqlite::a_task_knows_when_it_was_queued",
            "stored_rows::a_task_that_makes_no_sense_is_named_with_its_column",
        ],
        documents: &[
            (OPENAPI, "/components/schemas/ScaffoldTask/properties/queuedAt"),
            (ASYNCAPI, "/components/messages/midgard.scaffold-task.queued.v1/examples/0/payload/data/task/queuedAt"),
        ],
        prints: &[],
    },
    Example {
        recipe: "A problem type",
        name: "problem_type",
        tests: &["artifacts::there_is_none_before_and_none_after", "discovery::each_problem_has_a_page"],
        documents: &[(OPENAPI, "/paths/~1api~1v1~1scaffold-tasks~1{id}~1artifact/get/responses/410/content")],
        prints: &[],
    },
];

impl Example {
    fn changes(&self) -> Vec<Change> {
        parse(&fs::read_to_string(xtask::workspace::root().unwrap().join(self.file())).unwrap())
    }

    fn file(&self) -> String {
        format!("crates/xtask/tests/recipes/{}.diff", self.name)
    }

    /// Does to the files what the recipe tells.
    pub(crate) fn apply(&self, files: &mut Files) {
        for change in self.changes() {
            let applied = change.apply(files);
            applied.unwrap_or_else(|error| panic!("{} must follow the code: {error}", self.file()));
        }
    }
}

/// What a program writes, nobody writes by hand.
pub(crate) fn is_generated(file: &str) -> bool {
    file.starts_with("docs/api/") || file.starts_with("docs/configuration/") || file.contains("/snapshots/")
}

#[test]
fn all_of_them_fit_the_code() {
    let mut files = originals();
    for example in EXAMPLES {
        example.apply(&mut files);
    }
}

#[test]
fn each_changes_only_files_that_its_recipe_names() {
    let guide = Guide::read();
    for example in EXAMPLES {
        let recipe = guide.recipe(example.recipe);
        for Change { file, .. } in example.changes() {
            let named = recipe.names(&file) && !is_generated(&file);
            assert!(named, "{} changes {file}, which “{}” does not tell", example.file(), example.recipe);
        }
        let generates = recipe.commands().iter().any(|command| command == "cargo xtask generate");
        assert!(generates || example.documents.is_empty(), "“{}” does not tell to generate", example.recipe);
    }
}
