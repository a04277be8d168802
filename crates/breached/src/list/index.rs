//! The index at the end of a list: where each shard begins, and what makes its filter.

use xorf::{BinaryFuse16, Descriptor, Filter as _};

use super::header::{self, Fields, Header, sum};

/// Bytes of the index for one shard.
pub(crate) const ENTRY_LENGTH: u64 = 32;
/// No segment of a filter is longer, in fingerprints.
const LONGEST_SEGMENT: u32 = 1 << 12;
/// No filter of a shard has more segments. It bounds what one look-up reads.
const MOST_SEGMENTS: u32 = 1 << 8;
/// Segments that a filter has beyond those that its first hash falls into.
const FURTHER_SEGMENTS: u32 = 2;

/// A part of the list: the hashes from its first one up to that of the next shard.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Shard {
    /// The least key in it.
    pub(crate) first: u64,
    /// Where its fingerprints begin, in bytes from the start of the file.
    pub(crate) at: u64,
    pub(crate) seed: u64,
    pub(crate) segment_length: u32,
    pub(crate) segment_count_length: u32,
    /// The first 64 bits of the SHA-256 of its fingerprints.
    pub(crate) sum: u64,
}

impl Shard {
    /// The shard of a filter that will be written at `at`, and its bytes.
    pub(crate) fn of(first: u64, at: u64, filter: &BinaryFuse16) -> (Self, Vec<u8>) {
        let bytes: Vec<u8> = filter.fingerprints.iter().flat_map(|print| print.to_le_bytes()).collect();
        let Descriptor { seed, segment_length, segment_count_length, .. } = filter.descriptor;
        let shard = Self { first, at, seed, segment_length, segment_count_length, sum: short_sum(&bytes) };
        (shard, bytes)
    }

    fn read(fields: &mut Fields<'_>, at: u64) -> Option<Self> {
        let (first, seed) = (fields.u64()?, fields.u64()?);
        let (segment_length, segment_count_length) = (fields.u32()?, fields.u32()?);
        let shard = Self { first, at, seed, segment_length, segment_count_length, sum: fields.u64()? };
        shard.can_be().then_some(shard)
    }

    fn write(&self, out: &mut Vec<u8>) {
        out.extend(self.first.to_le_bytes());
        out.extend(self.seed.to_le_bytes());
        out.extend(self.segment_length.to_le_bytes());
        out.extend(self.segment_count_length.to_le_bytes());
        out.extend(self.sum.to_le_bytes());
    }

    /// Whether a filter can have such lengths: every place that it computes then lies within its fingerprints.
    fn can_be(&self) -> bool {
        self.segment_length.is_power_of_two()
            && self.segment_length <= LONGEST_SEGMENT
            && self.segment_count_length.is_multiple_of(self.segment_length)
            && self.segment_count_length > 0
            && self.segment_count_length / self.segment_length <= MOST_SEGMENTS
    }

    /// How many fingerprints it has.
    fn fingerprints(&self) -> usize {
        let all = u64::from(self.segment_count_length)
            + u64::from(FURTHER_SEGMENTS) * u64::from(self.segment_length);
        usize::try_from(all).unwrap_or(usize::MAX)
    }

    /// Bytes of its fingerprints.
    pub(crate) fn length(&self) -> usize {
        self.fingerprints().saturating_mul(2)
    }

    /// Whether these are the bytes that were written.
    pub(crate) fn is_whole(&self, bytes: &[u8]) -> bool {
        bytes.len() == self.length() && short_sum(bytes) == self.sum
    }

    /// Whether the filter that these bytes make holds a key; nothing where they are damaged.
    pub(crate) fn holds(&self, bytes: &[u8], key: u64) -> Option<bool> {
        self.filter(bytes).map(|filter| filter.contains(&key))
    }

    /// The filter that these bytes make; nothing where they are damaged.
    pub(crate) fn filter(&self, bytes: &[u8]) -> Option<BinaryFuse16> {
        if !self.is_whole(bytes) || !self.can_be() {
            return None;
        }
        let (prints, _) = bytes.as_chunks::<2>();
        let descriptor = Descriptor {
            seed: self.seed,
            segment_length: self.segment_length,
            segment_length_mask: self.segment_length - 1,
            segment_count_length: self.segment_count_length,
        };
        let fingerprints = prints.iter().map(|print| u16::from_le_bytes(*print)).collect();
        Some(BinaryFuse16 { descriptor, fingerprints })
    }
}

fn short_sum(bytes: &[u8]) -> u64 {
    sum(bytes).first_chunk().copied().map_or(0, u64::from_le_bytes)
}

/// All shards, in the order of their keys.
#[derive(Debug, PartialEq, Eq)]
pub(crate) struct Index(Vec<Shard>);

impl Index {
    /// The index whose bytes these are; nothing where they are not those that the header tells of, or say what cannot be.
    pub(crate) fn read(header: &Header, bytes: &[u8]) -> Option<Self> {
        if u64::try_from(bytes.len()) != Ok(header.index_length()) || sum(bytes) != header.index_sum {
            return None;
        }
        let mut fields = Fields(bytes);
        let mut at = u64::try_from(header::LENGTH).ok()?;
        let mut shards: Vec<Shard> = Vec::with_capacity(usize::try_from(header.shards).ok()?);
        for _ in 0..header.shards {
            let shard = Shard::read(&mut fields, at)?;
            if shards.last().is_some_and(|before| before.first >= shard.first) {
                return None;
            }
            at = at.checked_add(u64::try_from(shard.length()).ok()?)?;
            shards.push(shard);
        }
        (at == header.index_at).then_some(Self(shards))
    }

    /// The bytes of an index of these shards.
    pub(crate) fn write(shards: &[Shard]) -> Vec<u8> {
        let mut bytes = Vec::new();
        for shard in shards {
            shard.write(&mut bytes);
        }
        bytes
    }

    /// The one shard in which a key would be.
    pub(crate) fn shard_of(&self, key: u64) -> Option<&Shard> {
        let after = self.0.partition_point(|shard| shard.first <= key);
        self.0.get(after.checked_sub(1)?)
    }

    pub(crate) fn shards(&self) -> &[Shard] {
        &self.0
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::PasswordDigest;

    /// The key of password number `n`.
    fn key(n: u32) -> u64 {
        PasswordDigest::of(&format!("lantern number {n} over the harbour")).key()
    }

    /// 100,000 passwords in shards as a list has them, each with its filter.
    fn shards() -> Vec<(u64, BinaryFuse16)> {
        let mut keys: Vec<u64> = (0..100_000).map(key).collect();
        keys.sort_unstable();
        let shards = keys.chunks(16_384);
        shards.map(|keys| (keys[0], BinaryFuse16::try_from(keys).unwrap())).collect()
    }

    fn holds(shards: &[(u64, BinaryFuse16)], key: u64) -> bool {
        let after = shards.partition_point(|(first, _)| *first <= key);
        after.checked_sub(1).is_some_and(|at| shards[at].1.contains(&key))
    }

    #[test]
    fn of_a_hundred_thousand_all_are_found_and_at_most_one_in_sixty_thousand_others() {
        const OTHERS: u32 = 2_000_000;
        let shards = shards();
        assert!((0..100_000).all(|n| holds(&shards, key(n))));
        let wrong = (100_000..100_000 + OTHERS).filter(|n| holds(&shards, key(*n))).count();
        assert!(wrong <= usize::try_from(OTHERS / 60_000).unwrap(), "{wrong} of {OTHERS}");
    }

    #[test]
    fn a_shard_reads_as_it_was_written_and_a_changed_one_does_not() {
        let (first, filter) = shards().swap_remove(0);
        let (shard, bytes) = Shard::of(first, 104, &filter);
        assert_eq!(shard.holds(&bytes, first), Some(true));
        let mut written = Vec::new();
        shard.write(&mut written);
        assert_eq!(Shard::read(&mut Fields(&written), 104), Some(shard.clone()));
        assert_eq!(shard.holds(&bytes[1..], first), None);
        for wrong in [
            Shard { segment_length: 1_000, ..shard.clone() },
            Shard { segment_length: 1 << 13, segment_count_length: 1 << 13, ..shard.clone() },
            Shard { segment_count_length: shard.segment_count_length + 1, ..shard.clone() },
            Shard { segment_count_length: 0, ..shard.clone() },
            Shard { segment_count_length: u32::MAX, ..shard },
        ] {
            assert_eq!(wrong.holds(&bytes, first), None, "{wrong:?}");
        }
    }
}
