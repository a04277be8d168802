//! The promises of [`crate::outside`], tried with arbitrary bytes and with bytes that are almost right.

use proptest::{collection::vec, prelude::*, sample::select};

use crate::outside;

/// Lines that are almost right.
fn lines() -> impl Strategy<Value = Vec<u8>> {
    let pieces = vec![
        "A9993",
        "E364706816ABA3E25717850C26C9CD0D89D",
        ":",
        "17",
        "0",
        "\n",
        "\r\n",
        "\u{feff}",
        " ",
        "g",
        "é",
    ];
    vec(select(pieces), 0..40).prop_map(|pieces| pieces.concat().into_bytes())
}

/// A header of a kind, and entries of an index whose lengths are often possible.
fn file() -> impl Strategy<Value = Vec<u8>> {
    let length = prop_oneof![(0_u32..=12).prop_map(|bits| 1 << bits), any::<u32>()];
    let entry = (any::<u64>(), any::<u64>(), length, 0_u32..4, any::<u64>());
    let entries = vec(entry, 0..4).prop_map(|mut entries| {
        entries.sort_unstable();
        let bytes = entries.into_iter().flat_map(|(first, seed, length, segments, sum)| {
            let counted = length.wrapping_mul(segments);
            let numbers = [first.to_le_bytes(), seed.to_le_bytes()].concat();
            let lengths = [length.to_le_bytes(), counted.to_le_bytes()].concat();
            [numbers, lengths, sum.to_le_bytes().to_vec()].concat()
        });
        bytes.collect::<Vec<_>>()
    });
    (vec(any::<u8>(), 104), entries).prop_map(|(header, entries)| [header, entries].concat())
}

proptest! {
    #[test]
    fn any_lines_are_read_or_refused(bytes in prop_oneof![lines(), vec(any::<u8>(), 0..300)]) {
        outside::range_lines(&bytes);
    }

    #[test]
    fn any_bytes_are_a_list_or_the_reason_why_not(bytes in prop_oneof![file(), vec(any::<u8>(), 0..400)]) {
        outside::list_file(&bytes);
    }
}
