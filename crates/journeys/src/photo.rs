//! Photos of people, as a form sends them: brought to the size that a credential carries, upright, and without what a camera writes
//! beside them, such as where it was.

use crate::Refusal;
use base64::Engine as _;
use base64::prelude::BASE64_STANDARD;
use image::codecs::jpeg::JpegEncoder;
use image::imageops::{self, FilterType};
use image::{DynamicImage, ImageDecoder as _, ImageError, ImageFormat, ImageReader, Limits, Rgba, RgbaImage};
use rules::passport::LARGEST_PICTURE;
use std::io::Cursor;
use tokio::sync::Semaphore;

/// Bytes of the largest file that is read.
pub const LARGEST_FILE: usize = 12 * 1_024 * 1_024;
/// The shorter side must have so many pixels, or nobody is known by it.
pub const FEWEST_PIXELS: u32 = 120;
/// No side of a camera's photo has more pixels.
const MOST_PIXELS: u32 = 12_000;
/// No photo that is unpacked has more pixels in all. A progressive JPEG takes nine bytes for each while it is read: what is read of it so
/// far, two bytes for each of three colours, and the photo itself.
const MOST_IN_ALL: u64 = 25_000_000;
/// Bytes that a photo may take when it is unpacked: a PNG can have eight for each pixel.
const MOST_MEMORY: u64 = 192 * 1_024 * 1_024;
/// What is kept fits into so many pixels, which is what passports have.
const LARGEST_KEPT: (u32, u32) = (413, 531);
/// The same, and less where it is not small enough.
const KEPT: [(u32, u32); 3] = [LARGEST_KEPT, (310, 398), (207, 266)];
/// How good the copy is, of 100.
const QUALITIES: [u8; 4] = [85, 75, 65, 50];

/// So many may wait for their turn. Whoever comes then is told at once that the service is busy.
const WAITING: usize = 8;

static QUEUE: Queue = Queue::of(WAITING);

/// One at a time is unpacked, for the memory that it takes.
struct Queue {
    /// One for each that is worked on or waits.
    places: Semaphore,
    /// For the one that is worked on.
    turn: Semaphore,
}

impl Queue {
    const fn of(waiting: usize) -> Self {
        Self { places: Semaphore::const_new(waiting + 1), turn: Semaphore::const_new(1) }
    }

    /// Does the work when its turn comes, away from what must answer at once. Turn and place are given back when it is done, also if
    /// nobody waits for it any more: work that has begun cannot be stopped.
    async fn in_turn<T: Send + 'static>(
        &'static self,
        work: impl FnOnce() -> T + Send + 'static,
    ) -> Result<T, Refusal> {
        let place = self.places.try_acquire().map_err(|_| Refusal::Busy)?;
        let turn = self.turn.acquire().await.map_err(|_| Refusal::Busy)?;
        let working = tokio::task::spawn_blocking(move || {
            let done = work();
            drop((place, turn));
            done
        });
        working.await.map_err(|_| Refusal::Fault("a photo was not read to its end"))
    }
}

/// What is wrong with a file.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub(crate) enum PhotoMistake {
    /// It is none, or cannot be read to its end.
    #[error("it is no JPEG or PNG")]
    NotAPhoto,
    /// It has too many pixels.
    #[error("it has too many pixels")]
    TooLarge,
    /// It has too few pixels.
    #[error("it has too few pixels")]
    TooSmall,
}

/// A photo as a `data:` address that a credential takes, or what is wrong with the file.
///
/// # Errors
/// [`Refusal::Busy`] at once where too many wait.
pub(crate) async fn prepared(file: Vec<u8>) -> Result<Result<String, PhotoMistake>, Refusal> {
    QUEUE.in_turn(move || prepare(&file)).await
}

/// A photo that fits into so many pixels.
fn within(photo: DynamicImage, (width, height): (u32, u32)) -> DynamicImage {
    let fits = photo.width() <= width && photo.height() <= height;
    if fits { photo } else { photo.resize(width, height, FilterType::CatmullRom) }
}

/// What is seen through is white: a JPEG has no other way.
fn on_white(photo: &DynamicImage) -> DynamicImage {
    let mut paper = RgbaImage::from_pixel(photo.width(), photo.height(), Rgba([255; 4]));
    imageops::overlay(&mut paper, &photo.to_rgba8(), 0, 0);
    DynamicImage::ImageRgb8(DynamicImage::ImageRgba8(paper).into_rgb8())
}

fn prepare(file: &[u8]) -> Result<String, PhotoMistake> {
    let photo = upright(file)?;
    if photo.width().min(photo.height()) < FEWEST_PIXELS {
        return Err(PhotoMistake::TooSmall);
    }
    // Before anything else is made of it: a copy of a camera's photo takes much memory.
    let photo = on_white(&within(photo, LARGEST_KEPT));
    // The first that is small enough is the best one.
    KEPT.iter().find_map(|size| small_enough(&photo, *size)).ok_or(PhotoMistake::TooLarge)
}

/// A photo within a size, as good as there is room for it; none where there is none.
fn small_enough(photo: &DynamicImage, size: (u32, u32)) -> Option<String> {
    let photo = within(photo.clone(), size);
    QUALITIES.iter().find_map(|quality| {
        let mut jpeg = Vec::new();
        photo.write_with_encoder(JpegEncoder::new_with_quality(&mut jpeg, *quality)).ok()?;
        let address = format!("data:image/jpeg;base64,{}", BASE64_STANDARD.encode(&jpeg));
        (address.len() <= LARGEST_PICTURE).then_some(address)
    })
}

/// Reads it, and turns it as whoever took it held the camera.
fn upright(file: &[u8]) -> Result<DynamicImage, PhotoMistake> {
    let none = |_| PhotoMistake::NotAPhoto;
    let mut limits = Limits::default();
    limits.max_image_width = Some(MOST_PIXELS);
    limits.max_image_height = Some(MOST_PIXELS);
    limits.max_alloc = Some(MOST_MEMORY);
    let mut reader =
        ImageReader::new(Cursor::new(file)).with_guessed_format().map_err(|_| PhotoMistake::NotAPhoto)?;
    if !matches!(reader.format(), Some(ImageFormat::Jpeg | ImageFormat::Png)) {
        return Err(PhotoMistake::NotAPhoto);
    }
    reader.limits(limits);
    let large = |error| match error {
        ImageError::Limits(_) => PhotoMistake::TooLarge,
        _ => PhotoMistake::NotAPhoto,
    };
    let mut decoder = reader.into_decoder().map_err(large)?;
    let (width, height) = decoder.dimensions();
    if decoder.total_bytes() > MOST_MEMORY || u64::from(width) * u64::from(height) > MOST_IN_ALL {
        return Err(PhotoMistake::TooLarge);
    }
    let orientation = decoder.orientation().map_err(none)?;
    let mut photo = DynamicImage::from_decoder(decoder).map_err(large)?;
    photo.apply_orientation(orientation);
    Ok(photo)
}

#[cfg(test)]
mod tests {
    use super::*;
    use image::{ImageEncoder as _, Rgb, RgbImage};
    use proptest::prelude::*;

    /// The left half is red and the right one is blue.
    fn halves(width: u32, height: u32) -> DynamicImage {
        let colour = |x, _| if x < width / 2 { Rgb([220, 20, 20]) } else { Rgb([20, 20, 220]) };
        DynamicImage::ImageRgb8(RgbImage::from_fn(width, height, colour))
    }

    fn written(photo: &DynamicImage, format: ImageFormat) -> Vec<u8> {
        let mut file = Cursor::new(Vec::new());
        photo.write_to(&mut file, format).unwrap();
        file.into_inner()
    }

    fn bytes(address: &str) -> Vec<u8> {
        BASE64_STANDARD.decode(address.strip_prefix("data:image/jpeg;base64,").unwrap()).unwrap()
    }

    fn read(address: &str) -> RgbImage {
        image::load_from_memory_with_format(&bytes(address), ImageFormat::Jpeg).unwrap().to_rgb8()
    }

    /// What a camera writes that was held upright, and its place.
    fn exif() -> Vec<u8> {
        let mut exif = b"II*\0\x08\0\0\0\x01\0".to_vec();
        // Orientation: turn it by a quarter, clockwise.
        exif.extend(b"\x12\x01\x03\0\x01\0\0\0\x06\0\0\0\0\0\0\0");
        exif.extend(b"Ward 7, Northfield");
        exif
    }

    #[test]
    fn a_photo_of_a_camera_stands_upright_is_made_smaller_and_does_not_say_where_it_was_taken() {
        let mut file = Vec::new();
        let mut encoder = JpegEncoder::new(&mut file);
        encoder.set_exif_metadata(exif()).unwrap();
        halves(1_600, 1_200).write_with_encoder(encoder).unwrap();
        assert!(file.windows(6).any(|six| six == b"Ward 7"));
        let kept = prepare(&file).unwrap();
        assert!(!bytes(&kept).windows(4).any(|four| four == b"Exif" || four == b"Ward"));
        let kept = read(&kept);
        assert_eq!(kept.dimensions(), (398, 531));
        let (top, bottom) = (kept.get_pixel(199, 20), kept.get_pixel(199, 510));
        assert!(top[0] > 180 && top[2] < 60, "red is above: {top:?}");
        assert!(bottom[2] > 180 && bottom[0] < 60, "blue is below: {bottom:?}");
    }

    #[test]
    fn what_can_be_seen_through_is_white() {
        let clear = DynamicImage::ImageRgba8(RgbaImage::from_pixel(200, 200, Rgba([0, 0, 0, 0])));
        let kept = read(&prepare(&written(&clear, ImageFormat::Png)).unwrap());
        assert_eq!((kept.dimensions(), kept.get_pixel(100, 100)), ((200, 200), &Rgb([255; 3])));
    }

    #[test]
    fn a_photo_that_is_all_detail_is_still_small_enough() {
        let mut state = 1_u32;
        let mut next = || {
            state = state.wrapping_mul(1_664_525).wrapping_add(1_013_904_223);
            state.to_be_bytes()[0]
        };
        let noise = RgbImage::from_fn(413, 531, |_, _| Rgb([next(), next(), next()]));
        let kept = prepare(&written(&DynamicImage::ImageRgb8(noise), ImageFormat::Png)).unwrap();
        assert!(kept.len() <= LARGEST_PICTURE && read(&kept).width() >= 207);
    }

    #[test]
    fn what_is_too_small_too_large_or_no_photo_is_told_apart() {
        let png = |width, height| written(&halves(width, height), ImageFormat::Png);
        assert_eq!(prepare(&png(FEWEST_PIXELS - 1, 500)), Err(PhotoMistake::TooSmall));
        assert!(prepare(&png(FEWEST_PIXELS, 500)).is_ok());
        assert_eq!(prepare(&png(MOST_PIXELS + 1, 120)), Err(PhotoMistake::TooLarge));
        for none in [b"".as_slice(), b"GIF89a", b"%PDF-1.7", b"\xff\xd8\xff\xe0", &png(200, 200)[..200]] {
            assert_eq!(prepare(none), Err(PhotoMistake::NotAPhoto));
        }
    }

    /// A few bytes that say they are a billion pixels.
    #[test]
    fn a_file_that_would_fill_the_memory_is_refused_by_its_head() {
        let mut bomb = written(&halves(200, 200), ImageFormat::Png);
        bomb[16..24].copy_from_slice(&[0, 0, 0x2e, 0xe0, 0, 0, 0x2e, 0xe0]);
        let mut sum = flate2::Crc::new();
        sum.update(&bomb[12..29]);
        bomb[29..33].copy_from_slice(&sum.sum().to_be_bytes());
        assert_eq!(prepare(&bomb), Err(PhotoMistake::TooLarge));
    }

    /// No encoder at hand writes a progressive JPEG, so the head of a plain one is made to say that it is one, and how large: the first
    /// scan holds the first coefficients alone.
    fn progressive(width: u16, height: u16) -> Vec<u8> {
        let mut file = written(&halves(200, 200), ImageFormat::Jpeg);
        let find = |file: &[u8], marker: [u8; 2]| file.windows(2).position(|two| two == marker).unwrap();
        let frame = find(&file, [0xff, 0xc0]);
        file[frame + 1] = 0xc2;
        file[frame + 5..frame + 7].copy_from_slice(&height.to_be_bytes());
        file[frame + 7..frame + 9].copy_from_slice(&width.to_be_bytes());
        let scan = find(&file, [0xff, 0xda]);
        let end_of_band = scan + 2 + usize::from(file[scan + 3]) - 2;
        file[end_of_band] = 0;
        file
    }

    #[test]
    fn what_takes_more_memory_than_its_pixels_is_refused_by_its_head() {
        let decoder = |file: &[u8]| {
            ImageReader::with_format(Cursor::new(file.to_vec()), ImageFormat::Jpeg).into_decoder().unwrap()
        };
        let large = progressive(8_000, 6_000);
        assert!(decoder(&large).total_bytes() < MOST_MEMORY, "as a photo it would have room");
        assert_eq!(prepare(&large), Err(PhotoMistake::TooLarge));
        assert_eq!(prepare(&progressive(5_001, 5_000)), Err(PhotoMistake::TooLarge));
        // Those of usual telephones and cameras are not that large.
        assert_eq!(decoder(&progressive(5_712, 4_284)).dimensions(), (5_712, 4_284));
        const { assert!(5_712 * 4_284 <= MOST_IN_ALL && 6_000 * 4_000 <= MOST_IN_ALL) };
    }

    #[tokio::test]
    async fn whoever_hangs_up_leaves_no_turn_to_others_before_the_work_is_done() {
        static QUEUE: Queue = Queue::of(1);
        let (begins, begun) = tokio::sync::oneshot::channel();
        let (end, ends) = std::sync::mpsc::channel::<()>();
        let first = tokio::spawn(QUEUE.in_turn(move || {
            begins.send(()).unwrap();
            ends.recv().unwrap();
        }));
        begun.await.unwrap();
        first.abort();
        assert!(first.await.unwrap_err().is_cancelled());
        assert_eq!(QUEUE.turn.available_permits(), 0, "it is worked on still");
        // One may wait, and nobody else.
        let second = QUEUE.in_turn(|| 2);
        let mut second = Box::pin(second);
        assert!(futures::poll!(&mut second).is_pending());
        assert!(matches!(QUEUE.in_turn(|| 3).await, Err(Refusal::Busy)));
        end.send(()).unwrap();
        assert_eq!(second.await.unwrap(), 2);
        assert_eq!((QUEUE.turn.available_permits(), QUEUE.places.available_permits()), (1, 2));
    }

    proptest! {
        #[test]
        fn nothing_that_is_sent_stops_the_service(at in 0_usize..4_000, with: u8, left in 0_usize..4_000) {
            for format in [ImageFormat::Jpeg, ImageFormat::Png] {
                let mut file = written(&halves(160, 130), format);
                let length = file.len();
                file[at % length] ^= with;
                file.truncate(length - left % length);
                if let Ok(kept) = prepare(&file) {
                    prop_assert!(kept.len() <= LARGEST_PICTURE);
                    read(&kept);
                }
            }
        }
    }
}
