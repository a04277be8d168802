//! Pictures in credentials, read by how their files are laid out.
//!
//! A picture of a few kilobytes can say that it has billions of pixels, for which whoever shows it sets memory aside. It can also hold what
//! a camera wrote beside it, such as where it was. Both can be told without unpacking a pixel, and at once: so it is done wherever a
//! picture comes from.

/// A picture takes at most so many bytes of base64.
pub const LARGEST_PICTURE: usize = 64 * 1_024;
/// No side of a picture that is provided has more pixels.
pub const MOST_PROVIDED: u32 = 2_000;
/// No side of a picture that is shown has more pixels. Issuers elsewhere go by rules of their own, and so did those before.
pub const MOST_SHOWN: u32 = 4_000;

/// What is wrong with a picture.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum PictureMistake {
    /// It is none, or it is too long.
    None,
    /// It has too many pixels.
    TooLarge,
    /// There is something beside the picture.
    TellsMore,
}

/// Looks at the address of a picture that is provided.
pub(super) fn look_at(address: &str) -> Result<(), PictureMistake> {
    if address.len() > LARGEST_PICTURE {
        return Err(PictureMistake::None);
    }
    let (kind, digits) = address.split_once(";base64,").ok_or(PictureMistake::None)?;
    let file = bytes(digits).ok_or(PictureMistake::None)?;
    let layout = match kind {
        "data:image/jpeg" => jpeg(&file),
        "data:image/png" => png(&file),
        _ => None,
    };
    let layout = layout.ok_or(PictureMistake::None)?;
    if !layout.is_within(MOST_PROVIDED) {
        Err(PictureMistake::TooLarge)
    } else if layout.tells_more {
        Err(PictureMistake::TellsMore)
    } else {
        Ok(())
    }
}

/// Whether a file is a JPEG or PNG that may be shown.
pub fn can_be_shown(file: &[u8]) -> bool {
    jpeg(file).or_else(|| png(file)).is_some_and(|layout| layout.is_within(MOST_SHOWN))
}

/// What a file says of itself.
struct Layout {
    width: u32,
    height: u32,
    /// There is something beside the picture: what a camera or a program wrote of it, or what comes after its end.
    tells_more: bool,
}

impl Layout {
    fn is_within(&self, most: u32) -> bool {
        (1..=most).contains(&self.width) && (1..=most).contains(&self.height)
    }
}

/// Base64 (RFC 4648) in its one form: filled up to four digits, and no bits left over.
fn bytes(digits: &str) -> Option<Vec<u8>> {
    let value = |digit: u8| match digit {
        b'A'..=b'Z' => Some(digit - b'A'),
        b'a'..=b'z' => Some(digit - b'a' + 26),
        b'0'..=b'9' => Some(digit - b'0' + 52),
        b'+' => Some(62),
        b'/' => Some(63),
        _ => None,
    };
    let significant = digits.trim_end_matches('=');
    if !digits.len().is_multiple_of(4) || digits.len() - significant.len() > 2 {
        return None;
    }
    let mut file = Vec::with_capacity(digits.len() / 4 * 3);
    for four in significant.as_bytes().chunks(4) {
        let values: Vec<u8> = four.iter().map(|digit| value(*digit)).collect::<Option<_>>()?;
        let bits = (0..4).fold(0_u32, |bits, at| (bits << 6) | values.get(at).copied().map_or(0, u32::from));
        let [_, all @ ..] = bits.to_be_bytes();
        let (kept, left_over) = all.split_at(values.len().saturating_sub(1));
        if left_over.iter().any(|byte| *byte != 0) {
            return None;
        }
        file.extend_from_slice(kept);
    }
    Some(file)
}

/// Two bytes of a file, where they are there.
fn short(file: &[u8], at: usize) -> Option<u16> {
    Some(u16::from_be_bytes(*file.get(at..)?.first_chunk()?))
}

/// Four bytes of a file, where they are there.
fn long(file: &[u8], at: usize) -> Option<u32> {
    Some(u32::from_be_bytes(*file.get(at..)?.first_chunk()?))
}

/// A JPEG up to its end (ITU-T T.81, annex B): one segment after the other, each with a marker, and what was scanned between some.
fn jpeg(file: &[u8]) -> Option<Layout> {
    let mut rest = file.strip_prefix(b"\xff\xd8")?;
    let mut size: Option<(u32, u32)> = None;
    let mut tells_more = false;
    loop {
        // Within a scan 0xff is followed by zero, or by the mark of an interval.
        let is_marker = |two: &[u8]| matches!(two, [0xff, 0x01..=0xcf | 0xd8..=0xfe]);
        let at = rest.windows(2).position(is_marker)?;
        let marker = *rest.get(at + 1)?;
        rest = rest.get(at + 2..)?;
        match marker {
            // The end.
            0xd9 => {
                let (width, height) = size?;
                return Some(Layout { width, height, tells_more: tells_more || !rest.is_empty() });
            }
            // Neither is there within a picture.
            0x01 | 0xd8 => return None,
            _ => {}
        }
        let segment = rest.get(..usize::from(short(rest, 0)?))?;
        match marker {
            // The frame, of whichever process. There is one.
            0xc0..=0xc3 | 0xc5..=0xc7 | 0xc9..=0xcb | 0xcd..=0xcf => {
                let (height, width) = (short(segment, 3)?, short(segment, 5)?);
                if size.replace((width.into(), height.into())).is_some() {
                    return None;
                }
            }
            // Exif and XMP; what picture editors write.
            0xe1 | 0xed => tells_more = true,
            _ => {}
        }
        // A segment counts the bytes of its length.
        rest = rest.get(segment.len().max(2)..)?;
    }
}

/// A PNG up to its end (ISO/IEC 15948): one chunk after the other, of which the first says how large it is.
fn png(file: &[u8]) -> Option<Layout> {
    let mut rest = file.strip_prefix(b"\x89PNG\r\n\x1a\n")?;
    let mut size: Option<(u32, u32)> = None;
    let mut tells_more = false;
    loop {
        let length = usize::try_from(long(rest, 0)?).ok()?;
        let name = rest.get(4..8)?;
        let held = rest.get(8..length.checked_add(8)?)?;
        // A sum comes after it.
        rest = rest.get(length.checked_add(12)?..)?;
        match (name, size) {
            (b"IHDR", None) => size = Some((long(held, 0)?, long(held, 4)?)),
            (b"IHDR", Some(_)) | (_, None) => return None,
            (b"IEND", Some((width, height))) => {
                return Some(Layout { width, height, tells_more: tells_more || !rest.is_empty() });
            }
            (b"eXIf", _) => tells_more = true,
            // The same by programs that knew of no other place. That a picture names its program does no harm.
            (b"tEXt" | b"zTXt" | b"iTXt", _) => {
                let names = [b"Raw profile type ".as_slice(), b"XML:com.adobe.xmp"];
                tells_more |= names.iter().any(|name| held.starts_with(name));
            }
            _ => {}
        }
    }
}

#[cfg(test)]
pub(super) mod tests {
    use super::*;
    use proptest::prelude::*;

    /// The address of a file, as credentials hold it.
    pub(in crate::passport) fn address(kind: &str, file: &[u8]) -> String {
        const DIGITS: &[u8; 64] = b"ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";
        let mut text = format!("data:image/{kind};base64,");
        for three in file.chunks(3) {
            let bits =
                (0..3).fold(0_u32, |bits, at| (bits << 8) | three.get(at).copied().map_or(0, u32::from));
            for at in 0..4_usize {
                let digit = DIGITS[((bits >> (18 - 6 * at)) & 63) as usize];
                text.push(if at <= three.len() { char::from(digit) } else { '=' });
            }
        }
        text
    }

    fn chunk(name: &[u8; 4], held: &[u8]) -> Vec<u8> {
        let length = u32::try_from(held.len()).unwrap().to_be_bytes();
        [length.as_slice(), name, held, &[0; 4]].concat()
    }

    /// A PNG of this size with these chunks in it. Its pixels and its sums are no good, which nobody looks at here.
    pub(in crate::passport) fn png_of(width: u32, height: u32, more: &[(&[u8; 4], &[u8])]) -> Vec<u8> {
        let head = [width.to_be_bytes(), height.to_be_bytes()].concat();
        let more: Vec<_> = more.iter().flat_map(|(name, held)| chunk(name, held)).collect();
        let parts = [
            b"\x89PNG\r\n\x1a\n".to_vec(),
            chunk(b"IHDR", &[&head[..], &[8, 2, 0, 0, 0]].concat()),
            more,
            chunk(b"IDAT", b"pixels"),
            chunk(b"IEND", b""),
        ];
        parts.concat()
    }

    fn segment(marker: u8, held: &[u8]) -> Vec<u8> {
        let length = u16::try_from(held.len() + 2).unwrap().to_be_bytes();
        [&[0xff, marker], length.as_slice(), held].concat()
    }

    /// A JPEG whose frame is of this process and size, with these segments before it.
    fn jpeg_of(process: u8, width: u16, height: u16, more: &[(u8, &[u8])]) -> Vec<u8> {
        let [height, width] = [height.to_be_bytes(), width.to_be_bytes()];
        let more: Vec<_> = more.iter().flat_map(|(marker, held)| segment(*marker, held)).collect();
        let parts = [
            b"\xff\xd8".to_vec(),
            segment(0xe0, b"JFIF\0"),
            more,
            segment(process, &[&[8], &height[..], &width[..], &[1, 1, 0x11, 0]].concat()),
            segment(0xda, &[1, 1, 0, 0, 63, 0]),
            // A byte of 0xff, an interval, and another scan.
            b"\x12\xff\x00\x34\xff\xd0\x56".to_vec(),
            segment(0xda, &[1, 1, 0, 0, 63, 0]),
            b"\x78\xff\xd9".to_vec(),
        ];
        parts.concat()
    }

    #[test]
    fn a_picture_has_at_most_two_thousand_pixels_each_way() {
        for (width, height, verdict) in [
            (413, 531, Ok(())),
            (2_000, 2_000, Ok(())),
            (2_001, 1, Err(PictureMistake::TooLarge)),
            (1, 2_001, Err(PictureMistake::TooLarge)),
            (20_000, 20_000, Err(PictureMistake::TooLarge)),
            (0, 20, Err(PictureMistake::TooLarge)),
        ] {
            let png = png_of(width, height, &[]);
            assert_eq!(look_at(&address("png", &png)), verdict, "{width} x {height}");
            for process in [0xc0, 0xc1, 0xc2, 0xc9, 0xcf] {
                let [width, height] = [width, height].map(|side| u16::try_from(side).unwrap());
                let jpeg = jpeg_of(process, width, height, &[]);
                assert_eq!(look_at(&address("jpeg", &jpeg)), verdict, "{width} x {height}");
            }
        }
    }

    #[test]
    fn nothing_stands_beside_a_picture() {
        let more = Err(PictureMistake::TellsMore);
        for marker in [0xe1, 0xed] {
            let jpeg = jpeg_of(0xc0, 200, 200, &[(marker, b"Exif\0\0Ward 7, Northfield")]);
            assert_eq!(look_at(&address("jpeg", &jpeg)), more);
        }
        for (name, held) in [
            (b"eXIf", b"Ward 7".as_slice()),
            (b"zTXt", b"Raw profile type exif\0\0x"),
            (b"iTXt", b"XML:com.adobe.xmp\0\0\0\0\0x"),
        ] {
            assert_eq!(look_at(&address("png", &png_of(200, 200, &[(name, held)]))), more);
        }
        for (kind, mut file) in [("png", png_of(200, 200, &[])), ("jpeg", jpeg_of(0xc0, 200, 200, &[]))] {
            file.extend(b"Exif");
            assert_eq!(look_at(&address(kind, &file)), more, "after the end of a {kind}");
        }
        let harmless = png_of(200, 200, &[(b"tEXt", b"Software\0A program"), (b"iCCP", b"colours")]);
        assert_eq!(look_at(&address("png", &harmless)), Ok(()));
        let harmless = jpeg_of(0xc2, 200, 200, &[(0xe2, b"colours"), (0xfe, b"a program")]);
        assert_eq!(look_at(&address("jpeg", &harmless)), Ok(()));
    }

    #[test]
    fn what_is_no_picture_or_has_no_end_is_none() {
        let (jpeg, png) = (jpeg_of(0xc0, 200, 200, &[]), png_of(200, 200, &[]));
        let good = address("png", &png);
        for none in [
            String::new(),
            "data:image/png;base64,".to_owned(),
            "data:image/png;base64,iVBORw0KGgo=".to_owned(),
            address("svg+xml", b"<svg>"),
            address("jpeg", &png),
            address("png", &jpeg),
            address("jpeg", &jpeg_of(0xc0, 200, 200, &[(0xc2, &[8, 0, 9, 0, 9, 1, 1, 0x11, 0])])),
            format!("{good}\"><script>"),
            good.replace("png;", "png;charset=x;"),
            address("png", &png_of(200, 200, &[(b"idat", &[0; LARGEST_PICTURE])])),
        ] {
            assert_eq!(look_at(&none), Err(PictureMistake::None), "{none:.60}");
        }
        for left in 0..jpeg.len() {
            assert_eq!(look_at(&address("jpeg", &jpeg[..left])), Err(PictureMistake::None));
        }
        for left in 0..png.len() {
            assert_eq!(look_at(&address("png", &png[..left])), Err(PictureMistake::None));
        }
    }

    #[test]
    fn what_an_issuer_elsewhere_signed_is_shown_while_it_is_not_huge() {
        assert!(can_be_shown(&png_of(4_000, 4_000, &[(b"eXIf", b"Ward 7")])));
        assert!(can_be_shown(&jpeg_of(0xc2, 4_000, 3_000, &[(0xe1, b"Exif")])));
        assert!(!can_be_shown(&png_of(4_001, 1, &[])));
        assert!(!can_be_shown(&jpeg_of(0xc0, 1, 4_001, &[])));
        assert!(!can_be_shown(b"GIF89a"));
    }

    #[test]
    fn base64_has_one_form() {
        assert_eq!(bytes("").as_deref(), Some(b"".as_slice()));
        assert_eq!(bytes("Zm9v").as_deref(), Some(b"foo".as_slice()));
        assert_eq!(bytes("Zm8=").as_deref(), Some(b"fo".as_slice()));
        assert_eq!(bytes("Zg==").as_deref(), Some(b"f".as_slice()));
        for wrong in ["Zg", "Zg=", "Z===", "Zh==", "Zm9=", "Z g=", "Zg==Zg==", "-_-_", "===="] {
            assert_eq!(bytes(wrong), None, "{wrong}");
        }
    }

    proptest! {
        #[test]
        fn any_bytes_survive_as_an_address(file: Vec<u8>) {
            let text = address("png", &file);
            prop_assert_eq!(bytes(text.split_once(',').unwrap().1), Some(file));
        }

        #[test]
        fn nothing_stops_the_reader(file: Vec<u8>, at in 0_usize..200, with: u8) {
            can_be_shown(&file);
            for mut file in [jpeg_of(0xc0, 20, 20, &[(0xe1, b"Exif")]), png_of(20, 20, &[(b"eXIf", b"Exif")])] {
                let length = file.len();
                file[at % length] ^= with;
                can_be_shown(&file);
            }
        }
    }
}
