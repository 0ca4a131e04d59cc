//! `cargo xtask check`: the rules of the workspace, as code.

mod arrows;
mod commits;
mod generated;
mod licences;
mod lines;
mod links;
mod metadata;
mod modules;
mod sources;
mod spdx;
mod tree;
mod violation;

use std::process::ExitCode;

use anyhow::{Context, Result};
use clap::ValueEnum;

pub use generated::generate;

use self::metadata::Metadata;
use self::violation::Violation;
use crate::output::note;
use crate::workspace;

/// Check formatting, lints, arrows between and inside crates, licences, generated files, the text of all files, what
/// documents point to, how many lines a service takes, and the subjects of commits
#[derive(clap::Args)]
pub struct Arguments {
    /// Check this only; may be given several times
    #[arg(long, value_enum)]
    only: Vec<Rule>,
}

/// The quick ones first.
#[derive(Clone, Copy, PartialEq, Eq, ValueEnum)]
enum Rule {
    /// `cargo fmt`
    Fmt,
    /// Which of our crates may know which
    Arrows,
    /// Which file may name which inside of a crate
    Modules,
    /// Licences of all dependencies, banned and doubled ones
    Licences,
    /// Long files, machine paths, adapters named outside compose.rs
    Sources,
    /// What documents point to: files, headings, items
    Links,
    /// How many lines a service takes: printed, and kept to limits
    Lines,
    /// Subjects of commits
    Commits,
    /// `cargo clippy`, with warnings denied
    Clippy,
    /// Files that a program writes
    Generated,
}

/// Runs the command: all rules, also after one is broken.
pub fn run(arguments: &Arguments) -> Result<ExitCode> {
    let mut lines = Vec::new();
    let mut good = true;
    let wanted = |rule: &&Rule| arguments.only.is_empty() || arguments.only.contains(rule);
    for rule in Rule::value_variants().iter().filter(wanted) {
        let name = rule.to_possible_value().map(|value| value.get_name().to_owned()).unwrap_or_default();
        note("check", &name);
        let violations = apply(*rule).with_context(|| format!("`{name}` could not be checked"))?;
        for violation in &violations {
            println!("{violation}");
        }
        good &= violations.is_empty();
        lines.push(match violations.len() {
            0 => format!("{name:<12}good"),
            count => format!("{name:<12}BROKEN   {count}"),
        });
    }
    println!("\n{}", lines.join("\n"));
    Ok(if good { ExitCode::SUCCESS } else { ExitCode::FAILURE })
}

fn apply(rule: Rule) -> Result<Vec<Violation>> {
    match rule {
        Rule::Fmt => cargo(&["fmt", "--all", "--check"], "what `cargo fmt --all` writes"),
        Rule::Arrows => Ok(arrows::check(&Metadata::read()?)),
        Rule::Modules => modules::check(&Metadata::read()?),
        Rule::Licences => Ok(licences::check(&tree::read()?)),
        Rule::Sources => sources::check(),
        Rule::Links => links::check(),
        Rule::Lines => lines::check(),
        Rule::Commits => commits::check(),
        Rule::Clippy => cargo(
            &[
                "clippy",
                workspace::ALL_CODE[0],
                workspace::ALL_CODE[1],
                "--all-targets",
                "--locked",
                "--",
                "-D",
                "warnings",
            ],
            "no warnings; an exception has `#[expect(…, reason = …)]` beside it",
        ),
        Rule::Generated => generated::check(),
    }
}

/// A command that says itself, and better than we could, where it is wrong.
fn cargo(arguments: &[&str], right: &str) -> Result<Vec<Violation>> {
    let status = workspace::cargo(arguments)?.status().context("cargo can't be run")?;
    let violation = || Violation::new("see above", format!("`cargo {}` is not content", arguments.join(" ")), right);
    Ok(if status.success() { vec![] } else { vec![violation()] })
}
