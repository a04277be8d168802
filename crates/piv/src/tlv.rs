//! Tag, length, value (ISO 7816-4, section 5.2.2): what data objects and answers are made of.

use zeroize::Zeroizing;

/// A tag of one to three bytes, as a number: 0x7F49, 0x53.
pub type Tag = u32;

/// One tag with its value.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Tlv<'a> {
    /// Its tag.
    pub tag: Tag,
    /// What stands in it.
    pub value: &'a [u8],
}

/// The bytes are not tags, lengths and values.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("these bytes are not tags with their lengths and values")]
pub struct NotTlv;

/// Reads one after the other, and nothing more after the first that is not one.
#[derive(Debug, Clone)]
pub struct Reader<'a> {
    rest: &'a [u8],
}

impl<'a> Reader<'a> {
    /// Reads these bytes.
    pub fn new(bytes: &'a [u8]) -> Self {
        Self { rest: bytes }
    }

    /// What was not read yet.
    pub fn rest(&self) -> &'a [u8] {
        self.rest
    }

    fn byte(&mut self) -> Option<u8> {
        let (first, rest) = self.rest.split_first()?;
        self.rest = rest;
        Some(*first)
    }

    fn tag(&mut self) -> Option<Tag> {
        let first = self.byte()?;
        let mut tag = Tag::from(first);
        if first & 0x1F != 0x1F {
            return Some(tag);
        }
        for _ in 0..2 {
            let next = self.byte()?;
            tag = (tag << 8) | Tag::from(next);
            if next & 0x80 == 0 {
                return Some(tag);
            }
        }
        None
    }

    fn length(&mut self) -> Option<usize> {
        let first = self.byte()?;
        let bytes = match first {
            0..=0x7F => return Some(usize::from(first)),
            0x81..=0x83 => first & 0x7F,
            _ => return None,
        };
        let mut length = 0;
        for _ in 0..bytes {
            length = (length << 8) | usize::from(self.byte()?);
        }
        Some(length)
    }

    fn one(&mut self) -> Option<Tlv<'a>> {
        let tag = self.tag()?;
        let length = self.length()?;
        let (value, rest) = self.rest.split_at_checked(length)?;
        self.rest = rest;
        Some(Tlv { tag, value })
    }
}

impl<'a> Iterator for Reader<'a> {
    type Item = Result<Tlv<'a>, NotTlv>;

    fn next(&mut self) -> Option<Self::Item> {
        if self.rest.is_empty() {
            return None;
        }
        let one = self.one().ok_or(NotTlv);
        if one.is_err() {
            self.rest = &[];
        }
        Some(one)
    }
}

/// The value of the first such tag; none where it is missing.
///
/// # Errors
/// Where what stands before it is not tags, lengths and values.
pub fn find(bytes: &[u8], tag: Tag) -> Result<Option<&[u8]>, NotTlv> {
    for one in Reader::new(bytes) {
        let one = one?;
        if one.tag == tag {
            return Ok(Some(one.value));
        }
    }
    Ok(None)
}

/// The value of one tag that is all there is.
///
/// # Errors
/// Where it is another tag, or something stands behind it.
pub fn only(bytes: &[u8], tag: Tag) -> Result<&[u8], NotTlv> {
    let mut reader = Reader::new(bytes);
    match reader.next() {
        Some(Ok(one)) if one.tag == tag && reader.rest().is_empty() => Ok(one.value),
        _ => Err(NotTlv),
    }
}

/// Writes one behind what is there. Values are shorter than 16 MiB, and tags are written in as many bytes as they have.
pub fn write(to: &mut Vec<u8>, tag: Tag, value: &[u8]) {
    let bytes = tag.to_be_bytes();
    let used = 4 - usize::try_from(tag.leading_zeros() / 8).unwrap_or(0).min(3);
    to.extend(bytes.iter().skip(4 - used));
    let [_, high, middle, low] = u32::try_from(value.len()).unwrap_or(u32::MAX).to_be_bytes();
    match value.len() {
        0..=0x7F => to.push(low),
        0x80..=0xFF => to.extend([0x81, low]),
        0x100..=0xFFFF => to.extend([0x82, middle, low]),
        _ => to.extend([0x83, high, middle, low]),
    }
    to.extend(value);
}

/// One tag with its value, wiped when it is dropped.
pub fn wrapped(tag: Tag, value: &[u8]) -> Zeroizing<Vec<u8>> {
    let mut bytes = Zeroizing::new(Vec::with_capacity(value.len() + 8));
    write(&mut bytes, tag, value);
    bytes
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn tags() -> impl Strategy<Value = Tag> {
        prop_oneof![
            Just(0x53),
            Just(0x70),
            Just(0xFE),
            Just(0x5F2F),
            Just(0x7F49),
            Just(0x5F_C1_02),
            Just(0x80)
        ]
    }

    proptest! {
        #[test]
        fn what_was_written_is_read(things in proptest::collection::vec((tags(), proptest::collection::vec(any::<u8>(), 0..400)), 0..6)) {
            let mut bytes = Vec::new();
            for (tag, value) in &things {
                write(&mut bytes, *tag, value);
            }
            let read: Result<Vec<_>, _> = Reader::new(&bytes).map(|one| one.map(|one| (one.tag, one.value.to_vec()))).collect();
            prop_assert_eq!(read, Ok(things));
        }

        #[test]
        fn any_bytes_can_be_read(bytes in proptest::collection::vec(any::<u8>(), 0..200)) {
            let values: usize = Reader::new(&bytes).filter_map(Result::ok).map(|one| one.value.len()).sum();
            prop_assert!(values <= bytes.len());
            let _ = find(&bytes, 0x53);
            let _ = only(&bytes, 0x53);
        }
    }

    #[test]
    fn a_length_that_is_longer_than_what_is_there_is_no_value() {
        for wrong in
            [&[0x53][..], &[0x53, 5, 0], &[0x53, 0x82, 1], &[0x53, 0x84, 0, 0, 0, 0], &[0x53, 0x80], &[0x5F]]
        {
            assert_eq!(Reader::new(wrong).next(), Some(Err(NotTlv)), "{wrong:02X?}");
            assert_eq!(Reader::new(wrong).count(), 1, "nothing is read after it");
        }
    }

    #[test]
    fn long_values_have_long_lengths() {
        for (length, start) in [
            (0x7F, vec![0x53, 0x7F]),
            (0x80, vec![0x53, 0x81, 0x80]),
            (0x100, vec![0x53, 0x82, 1, 0]),
            (0x1_0000, vec![0x53, 0x83, 1, 0, 0]),
        ] {
            let bytes = wrapped(0x53, &vec![7; length]);
            assert!(bytes.starts_with(&start), "{length}");
            assert_eq!(only(&bytes, 0x53).map(<[u8]>::len), Ok(length));
        }
    }
}
