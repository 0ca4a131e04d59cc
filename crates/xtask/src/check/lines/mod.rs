//! How much a service costs its author: lines of Rust, with limits.
//!
//! Counted are physical lines that are neither blank nor comments or documentation, nor inside of `#[cfg(test)]`; of
//! templates (`.rs.njk`), what they render. The figures are printed whether they keep to their limits or not.

mod count;

use std::collections::{BTreeMap, BTreeSet};
use std::path::Path;

use anyhow::{Context, Result};

use self::count::{NoRust, code_lines, item_lines};
use super::violation::Violation;
use crate::workspace;

/// The model of a service, without its tests.
const SKELETON: &str = "templates/event-service/skeleton/";
const SKELETON_LIMIT: usize = 240;

/// The first consumer of the model, with its event: files in [`SKELETON`], and the items there that belong to it (all, if
/// none is named). A file may be a template (`….njk`).
const CONSUMER: &[Part] = &[Part { file: "crates/infrastructure/src/received.rs", items: &[] }];
const CONSUMER_LIMIT: usize = 30;

/// The page with a useful service: its first block of Rust that has a `main`.
const PROGRAM: &str = "docs/heimdall.md";
const PROGRAM_LIMIT: usize = 40;

struct Part {
    file: &'static str,
    items: &'static [&'static str],
}

/// Texts by their paths from the root of the workspace.
type Texts = BTreeMap<String, String>;

/// What was counted: its name, its limit, and the lines or why there are none.
struct Counted {
    what: &'static str,
    place: String,
    limit: usize,
    lines: Result<usize, Violation>,
}

/// Prints the figures.
pub(super) fn check() -> Result<Vec<Violation>> {
    let root = workspace::root()?;
    let mut texts = Texts::new();
    for path in workspace::files()? {
        let name = path.to_string_lossy().replace('\\', "/");
        if is_model(&name) || name == PROGRAM {
            let text = std::fs::read_to_string(root.join(&path)).with_context(|| format!("{name} can't be read"))?;
            texts.insert(name, text);
        }
    }
    let counted = count(&texts, CONSUMER);
    for counted in &counted {
        println!("{}", counted.line());
    }
    Ok(counted.into_iter().filter_map(Counted::violation).collect())
}

/// Rust of the model that is no test.
fn is_model(path: &str) -> bool {
    let Some(inside) = path.strip_prefix(SKELETON) else { return false };
    // What the template renders has the ending that it renders to before its own.
    let rendered = Path::new(inside.strip_suffix(".njk").unwrap_or(inside));
    rendered.extension().is_some_and(|ending| ending == "rs") && !inside.split('/').any(|folder| folder == "tests")
}

fn count(texts: &Texts, consumer: &[Part]) -> [Counted; 3] {
    [
        Counted {
            what: "event-service, Rust without tests",
            place: SKELETON.to_owned(),
            limit: SKELETON_LIMIT,
            lines: skeleton(texts),
        },
        Counted {
            what: "its first consumer with its event",
            place: consumer.first().map(|part| format!("{SKELETON}{}", part.file)).unwrap_or_default(),
            limit: CONSUMER_LIMIT,
            lines: consumer.iter().map(|part| part_lines(texts, part)).sum(),
        },
        Counted {
            what: "the program in docs/heimdall.md",
            place: PROGRAM.to_owned(),
            limit: PROGRAM_LIMIT,
            lines: program(texts),
        },
    ]
}

fn skeleton(texts: &Texts) -> Result<usize, Violation> {
    let files = texts.iter().filter(|(path, _)| is_model(path));
    let counts: Vec<usize> = files.map(|(path, text)| number(path, code_lines(text))).collect::<Result<_, _>>()?;
    if counts.is_empty() {
        return Err(Violation::new(SKELETON, "there is no Rust", "the model of a service"));
    }
    Ok(counts.into_iter().sum())
}

fn part_lines(texts: &Texts, part: &Part) -> Result<usize, Violation> {
    const RIGHT: &str = "the first consumer and its event, or another CONSUMER in crates/xtask/src/check/lines/mod.rs";
    let path = format!("{SKELETON}{}", part.file);
    let file = texts.get_key_value(&path).or_else(|| texts.get_key_value(&format!("{path}.njk")));
    let Some((path, text)) = file else {
        return Err(Violation::new(path, "there is no such file (nor one that ends with .njk)", RIGHT));
    };
    match item_lines(text, part.items) {
        Ok(Err(name)) => Err(Violation::new(path, format!("it defines no `{name}`"), RIGHT)),
        Ok(Ok(lines)) => Ok(lines.len()),
        Err(error) => number(path, Err(error)),
    }
}

fn program(texts: &Texts) -> Result<usize, Violation> {
    let right = format!("a block of Rust with a whole, useful service of at most {PROGRAM_LIMIT} lines");
    let Some(text) = texts.get(PROGRAM) else {
        return Err(Violation::new(PROGRAM, "there is no such file", right));
    };
    let Some((line, block)) = block_with_main(text) else {
        return Err(Violation::new(PROGRAM, "there is no block of Rust with a `fn main`", right));
    };
    let place = |error: NoRust| NoRust { line: line + error.line, ..error };
    number(PROGRAM, code_lines(&block).map_err(place))
}

/// The first fenced block of Rust that has a `main`, and the line of its fence.
fn block_with_main(text: &str) -> Option<(usize, String)> {
    let mut lines = text.lines().enumerate();
    while let Some((fence, line)) = lines.next() {
        let Some(info) = line.trim_start().strip_prefix("```") else { continue };
        let block: Vec<&str> =
            lines.by_ref().map(|(_, line)| line).take_while(|line| !line.trim_start().starts_with("```")).collect();
        let is_rust = info.split([',', ' ']).next() == Some("rust");
        if is_rust && block.iter().any(|line| line.contains("fn main")) {
            return Some((fence + 1, block.join("\n")));
        }
    }
    None
}

fn number(path: &str, lines: Result<BTreeSet<usize>, NoRust>) -> Result<usize, Violation> {
    let violation = |error: NoRust| {
        Violation::new(format!("{path}:{}", error.line), error.to_string(), "Rust, or a template of it")
    };
    lines.map(|lines| lines.len()).map_err(violation)
}

impl Counted {
    /// For people.
    fn line(&self) -> String {
        let Self { what, limit, lines, .. } = self;
        match lines {
            Ok(lines) => format!("{what:<36}{lines:>5} lines, at most {limit}"),
            Err(_) => format!("{what:<36}    ? lines, at most {limit}"),
        }
    }

    fn violation(self) -> Option<Violation> {
        let Self { what, place, limit, lines } = self;
        match lines {
            Err(violation) => Some(violation),
            Ok(lines) if lines > limit => {
                Some(Violation::new(place, format!("{what}: {lines} lines"), format!("at most {limit} lines of code")))
            }
            Ok(_) => None,
        }
    }
}

#[cfg(test)]
mod tests;
