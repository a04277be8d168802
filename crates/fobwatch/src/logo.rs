//! The one kind of picture that the service takes from outside: an organisation's logo, as PNG. Only PNG, because it
//! cannot hold a script, and only of a reasonable size.

/// The largest file, in bytes.
const MOST_BYTES: usize = 200 * 1024;
/// The largest picture, in points.
const MOST_WIDTH: u32 = 1200;
/// The largest picture, in points.
const MOST_HEIGHT: u32 = 600;

/// What every PNG file begins with (PNG specification, 5.2).
const SIGNATURE: &[u8] = b"\x89PNG\r\n\x1a\n";
/// What every PNG file ends with: the empty chunk IEND with its checksum.
const END: &[u8] = b"\0\0\0\0IEND\xAE\x42\x60\x82";

/// Why a logo is not taken.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum LogoProblem {
    /// It is not a PNG picture, whatever its name says.
    #[error("it is not a PNG picture: save it as PNG")]
    NotPng,
    /// It is cut off, or something follows the picture.
    #[error("the PNG picture is damaged: its chunks do not end where the file does")]
    Damaged,
    /// The file is too large.
    #[error("the file is larger than {} KB: make the picture smaller", MOST_BYTES / 1024)]
    TooLarge,
    /// The picture is too large, or empty.
    #[error("the picture is {0} by {1} points; it may have at most {MOST_WIDTH} by {MOST_HEIGHT}")]
    Size(u32, u32),
}

/// Checks that `bytes` are one whole PNG picture of a reasonable size, and nothing else.
///
/// # Errors
/// What is wrong with it.
pub fn checked_logo(bytes: &[u8]) -> Result<(), LogoProblem> {
    let chunks = bytes.strip_prefix(SIGNATURE).ok_or(LogoProblem::NotPng)?;
    if bytes.len() > MOST_BYTES {
        return Err(LogoProblem::TooLarge);
    }
    let header = chunks.strip_prefix(b"\0\0\0\x0dIHDR").ok_or(LogoProblem::NotPng)?;
    let (Some(width), Some(height)) = (number_at(header, 0), number_at(header, 4)) else {
        return Err(LogoProblem::Damaged);
    };
    if !(1..=MOST_WIDTH).contains(&width) || !(1..=MOST_HEIGHT).contains(&height) {
        return Err(LogoProblem::Size(width, height));
    }
    if ends_with_the_file(chunks) { Ok(()) } else { Err(LogoProblem::Damaged) }
}

/// Follows the chunks, each `length, kind, data, checksum`, to the last one.
fn ends_with_the_file(mut chunks: &[u8]) -> bool {
    while chunks != END {
        let Some(length) = number_at(chunks, 0).and_then(|length| usize::try_from(length).ok()) else {
            return false;
        };
        match length.checked_add(12).and_then(|length| chunks.get(length..)) {
            Some(rest) => chunks = rest,
            None => return false,
        }
    }
    true
}

fn number_at(bytes: &[u8], at: usize) -> Option<u32> {
    let bytes = bytes.get(at..at.checked_add(4)?)?;
    Some(u32::from_be_bytes(bytes.try_into().ok()?))
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn picture(width: u32, height: u32) -> Vec<u8> {
        let mut bytes = SIGNATURE.to_vec();
        bytes.extend(b"\0\0\0\x0dIHDR");
        bytes.extend(width.to_be_bytes());
        bytes.extend(height.to_be_bytes());
        bytes.extend(b"\x08\x02\0\0\0CRC!");
        bytes.extend(b"\0\0\0\x03IDATabcCRC!");
        bytes.extend(END);
        bytes
    }

    #[test]
    fn a_whole_png_picture_is_taken() {
        assert_eq!(checked_logo(&picture(300, 100)), Ok(()));
    }

    #[test]
    fn anything_else_is_refused() {
        assert_eq!(checked_logo(b"<svg onload=\"alert(1)\"/>"), Err(LogoProblem::NotPng));
        assert_eq!(checked_logo(b""), Err(LogoProblem::NotPng));
        assert_eq!(checked_logo(&picture(3000, 100)), Err(LogoProblem::Size(3000, 100)));
        assert_eq!(checked_logo(&picture(300, 0)), Err(LogoProblem::Size(300, 0)));
        let whole = picture(300, 100);
        assert_eq!(checked_logo(&whole[..whole.len() - 1]), Err(LogoProblem::Damaged));
        let with_a_tail = [whole.as_slice(), b"<script>"].concat();
        assert_eq!(checked_logo(&with_a_tail), Err(LogoProblem::Damaged));
        let huge = [whole.as_slice(), &vec![0; MOST_BYTES]].concat();
        assert_eq!(checked_logo(&huge), Err(LogoProblem::TooLarge));
    }

    proptest! {
        #[test]
        fn no_bytes_whatever_stop_the_check(bytes in proptest::collection::vec(any::<u8>(), 0..200)) {
            let _ = checked_logo(&bytes);
            let _ = checked_logo(&[SIGNATURE, b"\0\0\0\x0dIHDR", &bytes].concat());
        }
    }
}
