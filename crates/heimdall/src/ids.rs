//! Identity as a parameter: who needs a new id takes [`Ids`].

use uuid::Uuid;

/// Gives ids that were never given before and that sort by the time they were made (UUID version 7).
pub trait Ids: Send + Sync {
    /// A new id.
    fn next(&self) -> Uuid;
}

/// UUIDs version 7 of the machine's clock and randomness. Within one process they only grow, also within a millisecond.
#[derive(Debug, Clone, Copy, Default)]
pub struct TimeOrderedIds;

impl Ids for TimeOrderedIds {
    #[expect(clippy::disallowed_methods, reason = "the one place that makes ids of the ambient clock and randomness")]
    fn next(&self) -> Uuid {
        Uuid::now_v7()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn ids_grow() {
        let ids: Vec<Uuid> = (0..1000).map(|_| TimeOrderedIds.next()).collect();
        assert!(ids.windows(2).all(|pair| pair[0] < pair[1]));
        assert!(ids.iter().all(|id| id.get_version_num() == 7));
    }
}
