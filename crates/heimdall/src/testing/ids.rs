use std::sync::{
    Arc,
    atomic::{AtomicU64, Ordering},
};

use uuid::{Builder, Uuid};

use crate::ids::Ids;

/// The same ids in the same order for the same seed: valid UUIDs version 7 that grow, one millisecond apart.
/// Clones continue one sequence.
#[derive(Debug, Clone)]
pub struct SeededIds {
    seed: u64,
    count: Arc<AtomicU64>,
}

impl SeededIds {
    /// The sequence of `seed`. Sequences of different seeds share no id.
    pub fn new(seed: u64) -> Self {
        Self { seed, count: Arc::default() }
    }
}

impl Default for SeededIds {
    fn default() -> Self {
        Self::new(0)
    }
}

impl Ids for SeededIds {
    fn next(&self) -> Uuid {
        let count = self.count.fetch_add(1, Ordering::Relaxed);
        let mut random = [0; 10];
        random[2..].copy_from_slice(&self.seed.to_be_bytes());
        // The seed's highest two bits give way to the variant; no one counts seeds that far.
        Builder::from_unix_timestamp_millis(1_767_268_800_000 + count, &random).into_uuid()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_seed_repeats_itself_and_grows() {
        let (first, second) = (SeededIds::new(7), SeededIds::new(7));
        let ids: Vec<Uuid> = (0..10).map(|_| first.next()).collect();
        assert!(ids.iter().all(|id| *id == second.next() && id.get_version_num() == 7));
        assert!(ids.windows(2).all(|pair| pair[0] < pair[1]));
        assert_ne!(SeededIds::new(8).next(), ids[0]);
    }
}
