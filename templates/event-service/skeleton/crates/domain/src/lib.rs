//! What this service is about, without a word of how it is stored, sent or shown.

use chrono::{DateTime, Utc};

/// The largest sum: what every database and every reader of JSON keeps exactly.
const MAX: u64 = 1 << 53;

/// The name of something that is counted: 1 to 200 printable characters.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Item(String);

/// How much of an item has come in so far.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Tally {
    /// What is counted.
    pub item: Item,
    /// How much of it has come in.
    pub quantity: u64,
    /// When something came in last.
    pub changed_at: DateTime<Utc>,
}

/// What can't be counted.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum TallyError {
    /// The text names no item.
    #[error("an item's name must have 1 to 200 printable characters")]
    Item,
    /// Nothing came in.
    #[error("a quantity must be more than 0")]
    Nothing,
    /// The sum would be beyond what can be counted.
    #[error("the tally would be more than {MAX}")]
    TooLarge,
}

impl Item {
    /// Checks a name.
    pub fn parse(name: &str) -> Result<Self, TallyError> {
        let legal = (1..=200).contains(&name.chars().count()) && !name.chars().any(char::is_control);
        if legal { Ok(Self(name.to_owned())) } else { Err(TallyError::Item) }
    }

    pub fn as_str(&self) -> &str {
        &self.0
    }
}

impl Tally {
    /// Adds what came in.
    pub fn add(&mut self, quantity: u64, now: DateTime<Utc>) -> Result<(), TallyError> {
        if quantity == 0 {
            return Err(TallyError::Nothing);
        }
        let sum = self.quantity.checked_add(quantity).filter(|sum| *sum <= MAX);
        (self.quantity, self.changed_at) = (sum.ok_or(TallyError::TooLarge)?, now);
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn tally(quantity: u64) -> Tally {
        Tally { item: Item::parse("bolt M6").unwrap(), quantity, changed_at: DateTime::UNIX_EPOCH }
    }

    #[test]
    fn quantities_add_up() {
        let (mut tally, now) = (tally(2), DateTime::from_timestamp_nanos(1));
        tally.add(3, now).unwrap();
        assert_eq!((tally.item.as_str(), tally.quantity, tally.changed_at), ("bolt M6", 5, now));
    }

    #[test]
    fn nothing_and_too_much_are_refused_and_change_nothing() {
        let mut full = tally(MAX);
        for (quantity, error) in [(0, TallyError::Nothing), (1, TallyError::TooLarge)] {
            assert_eq!(full.add(quantity, DateTime::from_timestamp_nanos(1)), Err(error));
            assert_eq!(full, tally(MAX));
        }
    }

    #[test]
    fn blank_and_unprintable_names_are_refused() {
        for name in ["", "a\u{0}b", &"x".repeat(201)] {
            assert_eq!(Item::parse(name), Err(TallyError::Item));
        }
    }
}
