//! Patterns over topic names.

use std::fmt;
use std::str::FromStr;

use thiserror::Error;

/// Kafka's limit on the length of a topic's name.
const LONGEST_TOPIC: usize = 249;

/// Which topics a subscription reads: a topic's name, in which `*` stands for exactly one
/// segment (what lies between two dots).
///
/// `backstage.catalog.*` matches `backstage.catalog.component`, but neither `backstage.catalog`
/// nor `backstage.catalog.component.valkyrie-catalog.retry`: as groups have names without
/// dots, no pattern that means a topic also catches that topic's retries and dead letters.
///
/// ```
/// use heimdall::messaging::pattern::TopicPattern;
/// let pattern: TopicPattern = "backstage.catalog.*".parse()?;
/// assert!(pattern.matches("backstage.catalog.component"));
/// assert!(!pattern.matches("backstage.catalog.component.valkyrie-catalog.retry"));
/// # Ok::<(), heimdall::messaging::pattern::PatternError>(())
/// ```
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct TopicPattern(String);

/// What is wrong with a topic's name or a pattern.
#[derive(Clone, Debug, PartialEq, Eq, Error)]
pub enum PatternError {
    /// The text is empty or too long.
    #[error("`{0}` is no topic name: it must have 1 to {LONGEST_TOPIC} characters")]
    Length(String),
    /// A character that no topic's name may have.
    #[error("`{text}` is no topic name: `{character}` is not allowed, only letters, digits, `.`, `_` and `-`")]
    Character {
        /// What was given.
        text: String,
        /// The first character that is wrong.
        character: char,
    },
    /// `*` beside other characters of a segment.
    #[error("`{0}` is no topic pattern: `*` stands for a whole segment between dots, as in `orders.*`")]
    PartialWildcard(String),
    /// `.` and `..` are refused by Kafka.
    #[error("`{0}` is no topic name")]
    Dots(String),
}

impl TopicPattern {
    /// The pattern as it was written.
    pub fn as_str(&self) -> &str {
        &self.0
    }

    /// Whether the pattern means just the one topic of that name.
    pub fn is_literal(&self) -> bool {
        !self.0.contains('*')
    }

    /// Whether `topic` is one of those that the pattern means.
    pub fn matches(&self, topic: &str) -> bool {
        let mut segments = topic.split('.');
        for wanted in self.0.split('.') {
            match segments.next() {
                Some(segment) if wanted == "*" => {
                    if segment.is_empty() {
                        return false;
                    }
                }
                Some(segment) if wanted == segment => {}
                _ => return false,
            }
        }
        segments.next().is_none()
    }

    /// The same pattern as an anchored regular expression (POSIX extended), as Kafka's clients take it.
    pub fn to_regex(&self) -> String {
        let segments: Vec<_> = self.0.split('.').map(|s| if s == "*" { "[^.]+" } else { s }).collect();
        format!("^{}$", segments.join("\\."))
    }
}

impl FromStr for TopicPattern {
    type Err = PatternError;

    fn from_str(text: &str) -> Result<Self, PatternError> {
        if text.split('.').any(|segment| segment.contains('*') && segment != "*") {
            return Err(PatternError::PartialWildcard(text.to_owned()));
        }
        check_topic(&text.replace('*', "x")).map_err(|error| match error {
            PatternError::Length(_) => PatternError::Length(text.to_owned()),
            PatternError::Character { character, .. } => PatternError::Character { text: text.to_owned(), character },
            other => other,
        })?;
        Ok(Self(text.to_owned()))
    }
}

impl fmt::Display for TopicPattern {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

/// Checks that `name` can be a topic's name.
pub fn check_topic(name: &str) -> Result<(), PatternError> {
    if name.is_empty() || name.chars().count() > LONGEST_TOPIC {
        return Err(PatternError::Length(name.to_owned()));
    }
    if name == "." || name == ".." {
        return Err(PatternError::Dots(name.to_owned()));
    }
    let allowed = |c: &char| c.is_ascii_alphanumeric() || matches!(c, '.' | '_' | '-');
    match name.chars().find(|c| !allowed(c)) {
        Some(character) => Err(PatternError::Character { text: name.to_owned(), character }),
        None => Ok(()),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn pattern(text: &str) -> TopicPattern {
        text.parse().unwrap()
    }

    #[test]
    fn a_star_is_one_segment() {
        let catalog = pattern("backstage.catalog.*");
        assert!(catalog.matches("backstage.catalog.component"));
        assert!(!catalog.matches("backstage.catalog"));
        assert!(!catalog.matches("backstage.catalog."));
        assert!(!catalog.matches("backstageXcatalog.component"));
        assert!(!catalog.matches("backstage.catalog.component.group.retry"));
        assert!(pattern("*.created").matches("order.created"));
        assert!(pattern("midgard.scaffold-task").matches("midgard.scaffold-task"));
    }

    #[test]
    fn the_regex_means_the_same() {
        for text in ["backstage.catalog.*", "*.created", "a.*.b", "midgard.scaffold-task"] {
            let pattern = pattern(text);
            let regex = regex::Regex::new(&pattern.to_regex()).unwrap();
            for topic in [
                "backstage.catalog.x",
                "backstage.catalog.x.y",
                "a.created",
                "a.b",
                "a.x.b",
                "a..b",
                "midgard.scaffold-task",
                "midgardXscaffold-task",
                "",
            ] {
                assert_eq!(pattern.matches(topic), regex.is_match(topic), "{text} and {topic}");
            }
        }
    }

    #[test]
    fn what_cannot_be_a_topic_is_refused_with_the_reason() {
        let error = |text: &str| text.parse::<TopicPattern>().unwrap_err().to_string();
        assert!(error("").contains("1 to 249"));
        assert!(error(&"x".repeat(250)).contains("1 to 249"));
        assert!(error("orders/new").contains("`/` is not allowed"));
        assert!(error("orders.new*").contains("whole segment"));
        assert!(error("..").contains("no topic name"));
    }
}
