use std::fmt;

/// The name of something that is counted: 1 to 200 printable characters.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub struct Item(String);

/// The text names no item.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("an item's name must have 1 to 200 printable characters")]
pub struct ItemError;

impl Item {
    /// Checks a name.
    pub fn parse(name: &str) -> Result<Self, ItemError> {
        let legal = (1..=200).contains(&name.chars().count()) && !name.chars().any(char::is_control);
        if legal { Ok(Self(name.to_owned())) } else { Err(ItemError) }
    }

    /// The name as text.
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

impl fmt::Display for Item {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn blank_and_unprintable_names_are_refused() {
        assert_eq!(Item::parse(""), Err(ItemError));
        assert_eq!(Item::parse("a\u{0}b"), Err(ItemError));
        assert_eq!(Item::parse("bolt M6").map(|item| item.to_string()), Ok("bolt M6".to_owned()));
    }
}
