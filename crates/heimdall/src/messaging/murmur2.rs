//! Where a key's records stand: Kafka's default partitioner, exactly as Java's client computes it.

use bytes::Bytes;

const SEED: u32 = 0x9747_b28c;
const M: u32 = 0x5bd1_e995;
const R: u32 = 24;

/// The 32 bit murmur2 hash of `bytes`, as `org.apache.kafka.common.utils.Utils.murmur2` computes it.
#[expect(clippy::cast_possible_truncation, reason = "the hash wraps at 32 bits by definition")]
pub fn murmur2(bytes: &[u8]) -> u32 {
    let mut hash = SEED ^ (bytes.len() as u32);
    let (words, rest) = bytes.as_chunks::<4>();
    for word in words {
        let mut k = u32::from_le_bytes(*word).wrapping_mul(M);
        k ^= k >> R;
        hash = hash.wrapping_mul(M) ^ k.wrapping_mul(M);
    }
    if !rest.is_empty() {
        for (place, byte) in rest.iter().enumerate() {
            hash ^= u32::from(*byte) << (8 * place);
        }
        hash = hash.wrapping_mul(M);
    }
    hash ^= hash >> 13;
    hash = hash.wrapping_mul(M);
    hash ^ (hash >> 15)
}

/// The partition, of `partitions`, in which records with `key` stand. `partitions` of 0 or less
/// counts as 1.
///
/// ```
/// assert_eq!(heimdall::messaging::murmur2::partition(b"payments", 12), 8);
/// ```
#[expect(clippy::cast_possible_wrap, reason = "the mask leaves 31 bits")]
pub fn partition(key: &[u8], partitions: i32) -> i32 {
    // Java's `toPositive` clears the sign bit; `abs` would differ for half of all keys.
    ((murmur2(key) & 0x7fff_ffff) as i32) % partitions.max(1)
}

/// The partition for a record that may have no key: keyless records go where `random` says.
/// An empty key is a key.
#[expect(clippy::cast_possible_wrap, reason = "the mask leaves 31 bits")]
pub fn partition_or_random(key: Option<&Bytes>, partitions: i32, random: u32) -> i32 {
    match key {
        Some(key) => partition(key, partitions),
        None => ((random & 0x7fff_ffff) as i32) % partitions.max(1),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// The vectors of Kafka's own `UtilsTest.testMurmur2`.
    #[test]
    #[expect(clippy::cast_sign_loss, reason = "Java prints the hash as a signed number")]
    fn agrees_with_javas_client() {
        let vectors: [(&[u8], i32); 7] = [
            (b"21", -973_932_308),
            (b"foobar", -790_332_482),
            (b"a-little-bit-long-string", -985_981_536),
            (b"a-little-bit-longer-string", -1_486_304_829),
            (b"lkjh234lh9fiuh90y23oiuhsafujhadof229phr9h19h89h8", -58_897_971),
            (b"abc", 479_470_107),
            (b"", 275_646_681),
        ];
        for (bytes, hash) in vectors {
            assert_eq!(murmur2(bytes), hash as u32, "{}", String::from_utf8_lossy(bytes));
        }
    }

    #[test]
    fn a_negative_hash_has_a_partition_like_any_other() {
        // -973932308 & 0x7fffffff = 1173551340
        assert_eq!(partition(b"21", 7), 1_173_551_340 % 7);
        assert_eq!(partition(b"21", 0), 0);
    }

    #[test]
    fn records_without_a_key_follow_chance() {
        assert_eq!(partition_or_random(None, 4, 6), 2);
        assert_eq!(partition_or_random(None, 4, u32::MAX), 3);
        let empty = Bytes::new();
        assert_eq!(partition_or_random(Some(&empty), 4, 6), partition(b"", 4));
    }
}
