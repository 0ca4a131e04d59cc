use chrono::{DateTime, Utc};

use crate::Item;

/// The largest sum: what every database and every reader of JSON keeps exactly.
const MAX: u64 = 1 << 53;

/// How much of an item has come in so far.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Tally {
    item: Item,
    quantity: u64,
    changed_at: DateTime<Utc>,
}

/// A quantity that can't be added.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum TallyError {
    /// Nothing came in.
    #[error("a quantity must be more than 0")]
    Nothing,
    /// The sum would be beyond what can be counted.
    #[error("the tally of `{0}` would be too large")]
    TooLarge(Item),
}

impl Tally {
    /// The tally of an item of which nothing has come in yet.
    pub fn of(item: Item, now: DateTime<Utc>) -> Self {
        Self { item, quantity: 0, changed_at: now }
    }

    /// A tally as it was stored.
    pub fn restore(item: Item, quantity: u64, changed_at: DateTime<Utc>) -> Self {
        Self { item, quantity, changed_at }
    }

    /// Adds what came in.
    pub fn add(&mut self, quantity: u64, now: DateTime<Utc>) -> Result<(), TallyError> {
        if quantity == 0 {
            return Err(TallyError::Nothing);
        }
        let sum = self.quantity.checked_add(quantity).filter(|sum| *sum <= MAX);
        self.quantity = sum.ok_or_else(|| TallyError::TooLarge(self.item.clone()))?;
        self.changed_at = now;
        Ok(())
    }

    /// What is counted.
    pub fn item(&self) -> &Item {
        &self.item
    }

    /// How much has come in.
    pub fn quantity(&self) -> u64 {
        self.quantity
    }

    /// When something came in last.
    pub fn changed_at(&self) -> DateTime<Utc> {
        self.changed_at
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn quantities_add_up() {
        let (then, now) = (DateTime::UNIX_EPOCH, DateTime::from_timestamp_nanos(1));
        let mut tally = Tally::of(Item::parse("bolt").unwrap(), then);
        tally.add(2, now).unwrap();
        tally.add(3, now).unwrap();
        assert_eq!((tally.quantity(), tally.changed_at()), (5, now));
    }

    #[test]
    fn nothing_and_too_much_are_refused_and_change_nothing() {
        let mut tally = Tally::restore(Item::parse("bolt").unwrap(), MAX, DateTime::UNIX_EPOCH);
        let before = tally.clone();
        assert_eq!(tally.add(0, DateTime::UNIX_EPOCH), Err(TallyError::Nothing));
        assert_eq!(tally.add(1, DateTime::UNIX_EPOCH), Err(TallyError::TooLarge(tally.item().clone())));
        assert_eq!(tally.add(u64::MAX, DateTime::UNIX_EPOCH), Err(TallyError::TooLarge(tally.item().clone())));
        assert_eq!(tally, before);
    }
}
