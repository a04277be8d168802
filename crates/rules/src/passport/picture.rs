//! Pictures in credentials, as far as their heads tell.
//!
//! A picture of a few kilobytes can say that it has billions of pixels, for which whoever shows it sets memory aside. It can also hold what
//! a camera wrote beside it, such as where it was. Both can be told without unpacking a pixel, and at once: so it is done wherever a
//! picture comes from.

use base64::Engine as _;
use base64::prelude::BASE64_STANDARD;
use image::{ImageDecoder, ImageFormat, ImageReader, ImageResult};
use std::io::Cursor;

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
    let format = match kind {
        "data:image/jpeg" => ImageFormat::Jpeg,
        "data:image/png" => ImageFormat::Png,
        _ => return Err(PictureMistake::None),
    };
    let file = BASE64_STANDARD.decode(digits).map_err(|_| PictureMistake::None)?;
    let mut decoder = head_of(&file, format).ok_or(PictureMistake::None)?;
    if !is_within(&decoder, MOST_PROVIDED) {
        Err(PictureMistake::TooLarge)
    } else if tells_more(&mut decoder).map_err(|_| PictureMistake::None)? {
        Err(PictureMistake::TellsMore)
    } else {
        Ok(())
    }
}

/// Whether a file is a JPEG or PNG that may be shown.
pub fn can_be_shown(file: &[u8]) -> bool {
    [ImageFormat::Jpeg, ImageFormat::Png]
        .into_iter()
        .any(|format| head_of(file, format).is_some_and(|decoder| is_within(&decoder, MOST_SHOWN)))
}

fn head_of(file: &[u8], format: ImageFormat) -> Option<impl ImageDecoder> {
    ImageReader::with_format(Cursor::new(file), format).into_decoder().ok()
}

fn is_within(decoder: &impl ImageDecoder, most: u32) -> bool {
    let (width, height) = decoder.dimensions();
    (1..=most).contains(&width) && (1..=most).contains(&height)
}

/// What a camera or a program wrote of a picture: Exif, XMP or IPTC.
fn tells_more(decoder: &mut impl ImageDecoder) -> ImageResult<bool> {
    Ok(decoder.exif_metadata()?.is_some()
        || decoder.xmp_metadata()?.is_some()
        || decoder.iptc_metadata()?.is_some())
}

#[cfg(test)]
pub(in crate::passport) mod tests {
    use super::*;
    use image::codecs::jpeg::JpegEncoder;
    use image::codecs::png::PngEncoder;
    use image::{GrayImage, ImageEncoder as _};
    use proptest::prelude::*;

    /// What a camera could have written.
    const EXIF: &[u8] = b"II*\0\x08\0\0\0\0\0Ward 7, Northfield";

    pub(in crate::passport) fn address(kind: &str, file: &[u8]) -> String {
        format!("data:image/{kind};base64,{}", BASE64_STANDARD.encode(file))
    }

    pub(in crate::passport) fn png_of(width: u32, height: u32, exif: bool) -> Vec<u8> {
        let mut file = Vec::new();
        let mut encoder = PngEncoder::new(&mut file);
        if exif {
            encoder.set_exif_metadata(EXIF.to_vec()).unwrap();
        }
        GrayImage::new(width, height).write_with_encoder(encoder).unwrap();
        file
    }

    /// A small JPEG whose head says that it is as large as this.
    pub(in crate::passport) fn jpeg_of(width: u16, height: u16, exif: bool) -> Vec<u8> {
        let mut file = Vec::new();
        let mut encoder = JpegEncoder::new(&mut file);
        if exif {
            encoder.set_exif_metadata(EXIF.to_vec()).unwrap();
        }
        GrayImage::new(8, 8).write_with_encoder(encoder).unwrap();
        let frame = file.windows(2).position(|two| two == [0xff, 0xc0]).unwrap();
        file[frame + 5..frame + 7].copy_from_slice(&height.to_be_bytes());
        file[frame + 7..frame + 9].copy_from_slice(&width.to_be_bytes());
        file
    }

    #[test]
    fn a_picture_has_at_most_two_thousand_pixels_each_way() {
        for (width, height, verdict) in [
            (413, 531, Ok(())),
            (2_000, 2_000, Ok(())),
            (2_001, 1, Err(PictureMistake::TooLarge)),
            (1, 2_001, Err(PictureMistake::TooLarge)),
            (20_000, 20_000, Err(PictureMistake::TooLarge)),
        ] {
            assert_eq!(
                look_at(&address("jpeg", &jpeg_of(width, height, false))),
                verdict,
                "{width} x {height}"
            );
            if width < 20_000 {
                let png = png_of(width.into(), height.into(), false);
                assert_eq!(look_at(&address("png", &png)), verdict, "{width} x {height}");
            }
        }
    }

    #[test]
    fn a_picture_holds_nothing_that_its_camera_wrote() {
        let more = Err(PictureMistake::TellsMore);
        assert_eq!(look_at(&address("jpeg", &jpeg_of(200, 200, true))), more);
        assert_eq!(look_at(&address("png", &png_of(200, 200, true))), more);
    }

    #[test]
    fn what_is_no_picture_is_none() {
        let (jpeg, png) = (jpeg_of(200, 200, false), png_of(200, 200, false));
        let good = address("png", &png);
        assert_eq!(look_at(&good), Ok(()));
        for none in [
            String::new(),
            "data:image/png;base64,".to_owned(),
            "data:image/png;base64,iVBORw0KGgo=".to_owned(),
            address("svg+xml", b"<svg>"),
            address("jpeg", &png),
            address("png", &jpeg),
            format!("{good}\"><script>"),
            good.replace("png;", "png;charset=x;"),
            address("png", &[png.clone(), vec![0; LARGEST_PICTURE]].concat()),
        ] {
            assert_eq!(look_at(&none), Err(PictureMistake::None), "{none:.60}");
        }
    }

    #[test]
    fn what_an_issuer_elsewhere_signed_is_shown_while_it_is_not_huge() {
        assert!(can_be_shown(&png_of(4_000, 2, true)));
        assert!(can_be_shown(&jpeg_of(4_000, 4_000, true)));
        assert!(!can_be_shown(&png_of(4_001, 1, false)));
        assert!(!can_be_shown(&jpeg_of(1, 4_001, false)));
        assert!(!can_be_shown(b"GIF89a"));
    }

    proptest! {
        #[test]
        fn nothing_stops_the_reader(file: Vec<u8>, at in 0_usize..200, with: u8) {
            can_be_shown(&file);
            for mut file in [jpeg_of(20, 20, true), png_of(20, 20, true)] {
                let length = file.len();
                file[at % length] ^= with;
                can_be_shown(&file);
                let _ = look_at(&address("png", &file));
                let _ = look_at(&address("jpeg", &file));
            }
        }
    }
}
