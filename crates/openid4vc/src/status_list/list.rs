use crate::Random;
use crate::jose::{base64url, from_base64url};
use crate::random::below;
use flate2::Compression;
use flate2::read::ZlibDecoder;
use flate2::write::ZlibEncoder;
use serde::{Deserialize, Serialize};
use std::io::{Read as _, Write as _};
use std::num::NonZeroU32;

/// How many bits each status takes.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(try_from = "u8", into = "u8")]
pub enum Bits {
    /// Two states: it holds, or it does not.
    One,
    /// Four: it may be suspended, too.
    Two,
    /// Sixteen.
    Four,
    /// Two hundred and fifty-six.
    Eight,
}

/// How a credential stands (section 7).
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Status {
    /// It holds.
    Valid,
    /// It was revoked, for good.
    Invalid,
    /// It does not hold for now.
    Suspended,
    /// Something that applications agree on among themselves. Whoever does not know it takes the credential for one that does not hold.
    Other(u8),
}

/// A list of statuses, all [`Status::Valid`] until they are set.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct StatusList {
    bits: Bits,
    /// The first status is in the lowest bits of the first byte (section 4.1).
    bytes: Vec<u8>,
}

/// Why a list is not taken.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum ListProblem {
    /// Not base64url of ZLIB.
    #[error("the status list cannot be read")]
    Format,
    /// It unpacks to more than any list that is meant well.
    #[error("the status list is too long")]
    Length,
    /// A place that the list does not have (section 8.3).
    #[error("the status list has no such place")]
    NoSuchPlace,
    /// The status does not fit into the list's bits.
    #[error("the status takes more bits than the list has for each")]
    TooLarge,
}

/// A place of a list of `entries`, for one more credential. A place that tells when its credential was issued, or who got the one beside
/// it, would make the list a way to follow people (section 12.2; HAIP 1.0 wants them unpredictable).
///
/// The caller keeps which places were given: none is given twice, not even after its credential has expired, and when half are
/// gone a new list is begun, so that few draws are in vain.
pub fn draw_place(entries: NonZeroU32, random: &dyn Random) -> u32 {
    below(entries.get(), random)
}

impl Bits {
    /// 1, 2, 4 or 8.
    pub fn count(self) -> u8 {
        match self {
            Self::One => 1,
            Self::Two => 2,
            Self::Four => 4,
            Self::Eight => 8,
        }
    }
}

impl TryFrom<u8> for Bits {
    type Error = &'static str;

    fn try_from(count: u8) -> Result<Self, Self::Error> {
        match count {
            1 => Ok(Self::One),
            2 => Ok(Self::Two),
            4 => Ok(Self::Four),
            8 => Ok(Self::Eight),
            _ => Err("a status takes 1, 2, 4 or 8 bits"),
        }
    }
}

impl From<Bits> for u8 {
    fn from(bits: Bits) -> Self {
        bits.count()
    }
}

impl From<u8> for Status {
    fn from(value: u8) -> Self {
        match value {
            0 => Self::Valid,
            1 => Self::Invalid,
            2 => Self::Suspended,
            other => Self::Other(other),
        }
    }
}

impl From<Status> for u8 {
    fn from(status: Status) -> Self {
        match status {
            Status::Valid => 0,
            Status::Invalid => 1,
            Status::Suspended => 2,
            Status::Other(value) => value,
        }
    }
}

impl StatusList {
    /// Bytes that a list unpacks to at most: 2^27 statuses of one bit.
    const LONGEST: usize = 16 << 20;

    /// A list of `entries` statuses, rounded up to whole bytes.
    ///
    /// # Errors
    ///
    /// When it would be longer than any list that is read.
    pub fn new(bits: Bits, entries: usize) -> Result<Self, ListProblem> {
        let length = entries.div_ceil(usize::from(8 / bits.count()));
        if length > Self::LONGEST {
            Err(ListProblem::Length)
        } else {
            Ok(Self { bits, bytes: vec![0; length] })
        }
    }

    /// How many bits each status takes.
    pub fn bits(&self) -> Bits {
        self.bits
    }

    /// How many statuses there are, counted in whole bytes.
    pub fn entries(&self) -> usize {
        self.bytes.len() * usize::from(8 / self.bits.count())
    }

    /// The status at this place, from 0.
    ///
    /// # Errors
    ///
    /// When there is no such place.
    pub fn get(&self, place: usize) -> Result<Status, ListProblem> {
        let (byte, shift, mask) = self.find(place);
        self.bytes.get(byte).map(|byte| Status::from((byte >> shift) & mask)).ok_or(ListProblem::NoSuchPlace)
    }

    /// Sets the status at this place.
    ///
    /// # Errors
    ///
    /// When there is no such place, or the status takes more bits.
    pub fn set(&mut self, place: usize, status: Status) -> Result<(), ListProblem> {
        let (byte, shift, mask) = self.find(place);
        let value = u8::from(status);
        if value > mask {
            return Err(ListProblem::TooLarge);
        }
        let byte = self.bytes.get_mut(byte).ok_or(ListProblem::NoSuchPlace)?;
        *byte = *byte & !(mask << shift) | value << shift;
        Ok(())
    }

    /// The byte of a place, how far to shift it, and which bits are then the status.
    fn find(&self, place: usize) -> (usize, usize, u8) {
        let bits = usize::from(self.bits.count());
        let each = 8 / bits;
        (place / each, place % each * bits, u8::MAX >> (8 - bits))
    }

    /// The list compressed (ZLIB at its best) and as base64url: `lst`.
    ///
    /// # Errors
    ///
    /// Never in memory; the library's interface can say so.
    pub fn compressed(&self) -> Result<String, ListProblem> {
        let mut zlib = ZlibEncoder::new(Vec::new(), Compression::best());
        zlib.write_all(&self.bytes).map_err(|_| ListProblem::Format)?;
        Ok(base64url(&zlib.finish().map_err(|_| ListProblem::Format)?))
    }

    /// Reads `lst`. What unpacks to more than any list that is meant well is not unpacked.
    ///
    /// # Errors
    ///
    /// When it is no list.
    pub fn from_compressed(bits: Bits, lst: &str) -> Result<Self, ListProblem> {
        let packed = from_base64url(lst).ok_or(ListProblem::Format)?;
        let mut bytes = Vec::new();
        let most = u64::try_from(Self::LONGEST + 1).unwrap_or(u64::MAX);
        ZlibDecoder::new(packed.as_slice())
            .take(most)
            .read_to_end(&mut bytes)
            .map_err(|_| ListProblem::Format)?;
        if bytes.len() > Self::LONGEST { Err(ListProblem::Length) } else { Ok(Self { bits, bytes }) }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;
    use serde_json::Value;

    fn vectors() -> Value {
        serde_json::from_str(include_str!("../../tests/vectors/status-lists.json")).unwrap()
    }

    #[test]
    fn the_lists_of_the_standard_are_read() {
        let vectors = vectors();
        let entries = usize::try_from(vectors["entries"].as_u64().unwrap()).unwrap();
        for vector in vectors["lists"].as_array().unwrap() {
            let bits = serde_json::from_value(vector["bits"].clone()).unwrap();
            let read = StatusList::from_compressed(bits, vector["lst"].as_str().unwrap()).unwrap();
            assert_eq!(read.entries(), entries);
            let mut built = StatusList::new(bits, entries).unwrap();
            for status in vector["statuses"].as_array().unwrap() {
                let (place, value) = (status[0].as_u64().unwrap(), status[1].as_u64().unwrap());
                let place = usize::try_from(place).unwrap();
                let status = Status::from(u8::try_from(value).unwrap());
                assert_eq!(read.get(place).unwrap(), status);
                built.set(place, status).unwrap();
            }
            assert_eq!(built, read);
            assert_eq!(StatusList::from_compressed(bits, &built.compressed().unwrap()).unwrap(), read);
        }
    }

    #[test]
    fn the_first_status_is_in_the_lowest_bits() {
        // Section 4.1, the example of sixteen statuses of one bit.
        let mut list = StatusList::new(Bits::One, 16).unwrap();
        for place in [0, 3, 4, 5, 7, 8, 9, 13, 15] {
            list.set(place, Status::Invalid).unwrap();
        }
        assert_eq!(list.bytes, [0xb9, 0xa3]);
        assert_eq!(StatusList::from_compressed(Bits::One, "eNrbuRgAAhcBXQ").unwrap(), list);
    }

    #[test]
    fn a_place_that_a_list_does_not_have_is_refused() {
        let mut list = StatusList::new(Bits::Two, 5).unwrap();
        assert_eq!(list.entries(), 8);
        assert_eq!(list.get(8), Err(ListProblem::NoSuchPlace));
        assert_eq!(list.set(8, Status::Invalid), Err(ListProblem::NoSuchPlace));
        assert_eq!(list.set(0, Status::Other(4)), Err(ListProblem::TooLarge));
        assert_eq!(list.get(usize::MAX), Err(ListProblem::NoSuchPlace));
    }

    #[test]
    fn a_list_that_unpacks_without_an_end_is_not_unpacked() {
        let mut zlib = ZlibEncoder::new(Vec::new(), Compression::best());
        for _ in 0..17 {
            zlib.write_all(&vec![0; 1 << 20]).unwrap();
        }
        let bomb = base64url(&zlib.finish().unwrap());
        assert_eq!(StatusList::from_compressed(Bits::One, &bomb), Err(ListProblem::Length));
    }

    proptest! {
        #[test]
        fn what_is_set_is_found_and_nothing_else_changes(
            bits in prop::sample::select(vec![Bits::One, Bits::Two, Bits::Four, Bits::Eight]),
            set in prop::collection::btree_map(0usize..4096, 0u8..=255, 0..50),
        ) {
            let mut list = StatusList::new(bits, 4096).unwrap();
            let most = u8::MAX >> (8 - bits.count());
            for (place, value) in &set {
                list.set(*place, Status::from(value & most)).unwrap();
            }
            let read = StatusList::from_compressed(bits, &list.compressed().unwrap()).unwrap();
            for place in 0..4096 {
                let expected = set.get(&place).map_or(0, |value| value & most);
                prop_assert_eq!(u8::from(read.get(place).unwrap()), expected);
            }
        }

        #[test]
        fn nothing_that_is_no_list_brings_the_reader_down(text in "[A-Za-z0-9_-]{0,200}") {
            let _ = StatusList::from_compressed(Bits::One, &text);
        }
    }
}
