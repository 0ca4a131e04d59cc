//! The subjects of commits: `area: what`, short enough for one line of a log.

use anyhow::Result;

use super::violation::Violation;
use crate::output::note;
use crate::workspace;

/// The letters that a subject may have.
const LONGEST: usize = 72;

/// A line for each commit, as [`violation`] reads it.
const FORMAT: &str = "--format=%h %s";

/// This file: the rule holds from the commit that added it.
const OWN: &str = "crates/xtask/src/check/commits.rs";

/// The commit that added this rule and all that came after it, but for merges. Of a shallow clone, those that it has;
/// how many were looked at is said.
pub(super) fn check() -> Result<Vec<Violation>> {
    let added = git(&["log", "--diff-filter=A", "--format=%H", "--", OWN])?;
    // In a shallow clone this is where it was cut off, which is not older than the rule either, for it has this file.
    let Some(first) = added.lines().last() else {
        note("check", "commits: the one that adds this rule is not made yet, so there are none to look at");
        return Ok(Vec::new());
    };
    let own = git(&["log", "--no-walk", "--no-merges", FORMAT, first])?;
    let after = git(&["log", "--ancestry-path", "--no-merges", FORMAT, &format!("{first}..HEAD")])?;
    let commits: Vec<&str> = after.lines().chain(own.lines()).collect();
    let shallow = git(&["rev-parse", "--is-shallow-repository"])?.trim() == "true";
    let cut = if shallow { "; this clone is shallow and has no older ones" } else { "" };
    note("check", &format!("commits: {}, from {} to HEAD{cut}", commits.len(), &first[..first.len().min(12)]));
    Ok(commits.into_iter().filter_map(violation).collect())
}

fn git(arguments: &[&str]) -> Result<String> {
    Ok(String::from_utf8_lossy(&workspace::git(arguments)?).into_owned())
}

/// Of a line `commit subject`.
fn violation(line: &str) -> Option<Violation> {
    let (commit, subject) = line.split_once(' ').unwrap_or((line, ""));
    let place = format!("commit {commit}");
    let letters = subject.chars().count();
    if !has_area(subject) {
        let right = "`area: what`, such as `heimdall/http: refuse bodies without a length`; `git rebase -i` rewords it";
        return Some(Violation::new(place, format!("its subject is `{subject}`"), right));
    }
    let wrong = || format!("its subject has {letters} letters: `{subject}`");
    (letters > LONGEST)
        .then(|| Violation::new(place, wrong(), format!("at most {LONGEST} letters; the rest is its body's")))
}

/// An area is a word, or several that are separated by `/`, `,` or `-`: a crate, a folder, a topic.
fn has_area(subject: &str) -> bool {
    let Some((area, what)) = subject.split_once(": ") else { return false };
    let allowed =
        |character: char| character.is_ascii_lowercase() || character.is_ascii_digit() || "/,-_.".contains(character);
    let is_word =
        area.starts_with(|first: char| first.is_ascii_lowercase() || first == '.') && area.chars().all(allowed);
    is_word && what.trim() == what && !what.is_empty()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_subject_is_an_area_and_what_was_done() {
        for good in ["xtask: refuse circles", "heimdall/http: a", "docs,bench: a", ".ci: a", "host-api: say: why"] {
            assert_eq!(violation(&format!("abc1234 {good}")), None, "{good}");
        }
        for bad in ["Refuse circles", "Xtask: refuse", "xtask:refuse", "xtask: ", ": refuse", "fixup! xtask: a", ""] {
            let violation = violation(&format!("abc1234 {bad}")).unwrap();
            assert_eq!(
                (violation.place.as_str(), violation.wrong),
                ("commit abc1234", format!("its subject is `{bad}`"))
            );
        }
    }

    #[test]
    fn a_subject_fits_in_a_line() {
        let subject = format!("xtask: {}", "é".repeat(65));
        assert_eq!(violation(&format!("abc1234 {subject}")), None);
        let violation = violation(&format!("abc1234 {subject}x")).unwrap();
        assert!(violation.wrong.starts_with("its subject has 73 letters"), "{}", violation.wrong);
    }
}
