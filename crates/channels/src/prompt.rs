//! The words of a call as sound: 8,000 samples a second, one channel, coded as telephones do (ITU-T G.711).

use std::fmt;
use std::sync::Arc;

use async_trait::async_trait;

use crate::{SendError, SetupError};

/// Samples a second on a telephone line.
pub(crate) const RATE: u32 = 8_000;
/// The loudest sample of a prompt, of 32,767: loud, and far from cut off.
const PEAK: f64 = 16_000.0;
/// Half the width of the filter that takes out what a telephone cannot carry, in samples at 8,000 a second.
const HALF_WIDTH: f64 = 16.0;
/// The highest tone that is kept, as a part of the sampling rate: 3,600 Hz.
const CUT: f64 = 0.45;

/// What is said in a call.
#[derive(Clone, PartialEq, Eq)]
pub struct Prompt {
    samples: Vec<i16>,
    a_law: Vec<u8>,
    mu_law: Vec<u8>,
}

impl fmt::Debug for Prompt {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Prompt").field("samples", &self.samples.len()).finish_non_exhaustive()
    }
}

impl Prompt {
    /// Reads a WAV file: one channel of 16-bit samples, 8,000 to 48,000 a second. Anything but 8,000 is converted, and all
    /// is brought to one loudness.
    ///
    /// # Errors
    /// [`SetupError`] that says what kind of file is needed.
    pub fn from_wav(file: &[u8]) -> Result<Self, SetupError> {
        let bad = || {
            SetupError::new(
                "the recording is not of the kind that calls need: a WAV file with one channel (mono) of 16-bit samples, best \
                 8,000 a second",
            )
        };
        let (rate, samples) = read_wav(file).ok_or_else(bad)?;
        if samples.is_empty() || !(RATE..=48_000).contains(&rate) {
            return Err(bad());
        }
        Ok(Self::from_samples(&level(&resample(&samples, rate))))
    }

    /// Samples at 8,000 a second, as they are.
    pub fn from_samples(samples: &[i16]) -> Self {
        Self {
            samples: samples.to_vec(),
            a_law: samples.iter().copied().map(a_law).collect(),
            mu_law: samples.iter().copied().map(mu_law).collect(),
        }
    }

    /// The sound, 8,000 samples a second.
    pub fn samples(&self) -> &[i16] {
        &self.samples
    }

    /// As a WAV file, to listen to.
    pub fn to_wav(&self) -> Vec<u8> {
        let data = u32::try_from(self.samples.len() * 2).unwrap_or(u32::MAX - 36);
        let mut file = Vec::with_capacity(self.samples.len() * 2 + 44);
        file.extend(b"RIFF");
        file.extend((data + 36).to_le_bytes());
        file.extend(b"WAVEfmt ");
        file.extend(16_u32.to_le_bytes());
        file.extend([1_u16, 1].into_iter().flat_map(u16::to_le_bytes));
        file.extend([RATE, RATE * 2].into_iter().flat_map(u32::to_le_bytes));
        file.extend([2_u16, 16].into_iter().flat_map(u16::to_le_bytes));
        file.extend(b"data");
        file.extend(data.to_le_bytes());
        file.extend(self.samples.iter().flat_map(|sample| sample.to_le_bytes()));
        file
    }

    /// The sound in A-law, the code of European networks.
    pub(crate) fn a_law(&self) -> &[u8] {
        &self.a_law
    }

    /// The sound in µ-law.
    pub(crate) fn mu_law(&self) -> &[u8] {
        &self.mu_law
    }
}

/// Turns words into sound.
#[async_trait]
pub trait Speech: Send + Sync {
    /// How `words` sound.
    ///
    /// # Errors
    /// [`SendError::Misconfigured`] with what an administrator must mend.
    async fn speak(&self, words: &str) -> Result<Arc<Prompt>, SendError>;
}

/// One recording, whatever the words: somebody of the organisation has spoken it.
#[derive(Debug, Clone)]
pub struct Recording(Arc<Prompt>);

impl Recording {
    /// `prompt` is what every call says.
    pub fn new(prompt: Prompt) -> Self {
        Self(Arc::new(prompt))
    }
}

#[async_trait]
impl Speech for Recording {
    async fn speak(&self, _words: &str) -> Result<Arc<Prompt>, SendError> {
        Ok(self.0.clone())
    }
}

/// The rate and the samples of a WAV file of one channel with 16 bits. Programs that write while they speak don't know the
/// length of the data yet: what is there counts.
fn read_wav(file: &[u8]) -> Option<(u32, Vec<i16>)> {
    let mut rest = file.strip_prefix(b"RIFF")?.get(4..)?.strip_prefix(b"WAVE")?;
    let mut rate = None;
    loop {
        let (name, after) = rest.split_first_chunk::<4>()?;
        let (size, after) = after.split_first_chunk::<4>()?;
        let size = usize::try_from(u32::from_le_bytes(*size)).ok()?.min(after.len());
        let (chunk, after) = after.split_at(size);
        match name {
            b"fmt " => {
                let [1, 0, 1, 0, r0, r1, r2, r3, _, _, _, _, 2, 0, 16, 0, ..] = *chunk else { return None };
                rate = Some(u32::from_le_bytes([r0, r1, r2, r3]));
            }
            b"data" => {
                let samples = chunk.as_chunks::<2>().0.iter().copied().map(i16::from_le_bytes).collect();
                return Some((rate?, samples));
            }
            _ => {}
        }
        // Chunks of an odd length have a byte of padding.
        rest = after.get(size % 2..)?;
    }
}

/// `samples` at 8,000 a second: each new one is the mean of those around it, weighed by a windowed sinc.
fn resample(samples: &[i16], rate: u32) -> Vec<f64> {
    if rate == RATE {
        return samples.iter().copied().map(f64::from).collect();
    }
    let step = f64::from(rate) / f64::from(RATE);
    let reach = HALF_WIDTH * step;
    let count = samples.len() as u64 * u64::from(RATE) / u64::from(rate);
    (0..count)
        .map(|at| {
            let centre = as_float(at) * step;
            let first = as_index((centre - reach).max(0.0));
            let last = as_index(centre + reach).min(samples.len().saturating_sub(1));
            let (mut sum, mut weights) = (0.0, 0.0);
            for (offset, sample) in samples.get(first..=last).unwrap_or_default().iter().enumerate() {
                let away = (as_float((first + offset) as u64) - centre) / step;
                let weight = filter(away);
                sum += weight * f64::from(*sample);
                weights += weight;
            }
            if weights == 0.0 { 0.0 } else { sum / weights }
        })
        .collect()
}

/// A sinc under a raised cosine, `away` in samples at 8,000 a second.
fn filter(away: f64) -> f64 {
    use std::f64::consts::PI;
    if away.abs() >= HALF_WIDTH {
        return 0.0;
    }
    let window = 0.5 + 0.5 * (PI * away / HALF_WIDTH).cos();
    let x = 2.0 * CUT * away;
    let sinc = if x == 0.0 { 1.0 } else { (PI * x).sin() / (PI * x) };
    window * sinc
}

/// Brings the loudest sample to [`PEAK`].
fn level(samples: &[f64]) -> Vec<i16> {
    let loudest = samples.iter().fold(0.0_f64, |loudest, sample| loudest.max(sample.abs()));
    let factor = if loudest < 1.0 { 1.0 } else { PEAK / loudest };
    samples.iter().map(|sample| as_sample(sample * factor)).collect()
}

#[expect(clippy::cast_precision_loss, reason = "positions in a sound of some seconds")]
fn as_float(at: u64) -> f64 {
    at as f64
}

#[expect(
    clippy::cast_possible_truncation,
    clippy::cast_sign_loss,
    reason = "a place in a sound: not negative, and small"
)]
fn as_index(at: f64) -> usize {
    at as usize
}

#[expect(clippy::cast_possible_truncation, reason = "no louder than the peak")]
fn as_sample(value: f64) -> i16 {
    value.round().clamp(-PEAK, PEAK) as i16
}

/// G.711 A-law of one sample.
fn a_law(sample: i16) -> u8 {
    let sample = i32::from(sample) >> 3;
    let (size, mask) = if sample >= 0 { (sample, 0xD5) } else { (-sample - 1, 0x55) };
    let segment = segment(size, 0x1F);
    if segment >= 8 {
        return 0x7F ^ mask;
    }
    let shift = segment.max(1);
    low_byte((segment << 4) | ((size >> shift) & 0xF)) ^ mask
}

/// G.711 µ-law of one sample.
fn mu_law(sample: i16) -> u8 {
    let sample = i32::from(sample) >> 2;
    let (size, mask) = if sample < 0 { (-sample, 0x7F) } else { (sample, 0xFF) };
    let size = size.min(8_159) + 33;
    let segment = segment(size, 0x3F);
    if segment >= 8 {
        return 0x7F ^ mask;
    }
    low_byte((segment << 4) | ((size >> (segment + 1)) & 0xF)) ^ mask
}

/// How often the first segment, which ends at `end`, must be doubled to hold `size`; 8 at most.
fn segment(size: i32, end: i32) -> i32 {
    (0..8).find(|doublings| size < (end + 1) << doublings).unwrap_or(8)
}

fn low_byte(value: i32) -> u8 {
    u8::try_from(value & 0xFF).unwrap_or(0)
}

#[cfg(test)]
mod tests {
    use super::*;

    /// A tone of `hz` that lasts a second.
    fn tone(hz: f64, rate: u32) -> Vec<i16> {
        (0..rate)
            .map(|at| {
                as_sample((f64::from(at) / f64::from(rate) * hz * std::f64::consts::TAU).sin() * 9_000.0)
            })
            .collect()
    }

    /// How much of `hz` is in `samples` (Goertzel).
    fn power(samples: &[i16], hz: f64) -> f64 {
        let turn = 2.0 * (std::f64::consts::TAU * hz / f64::from(RATE)).cos();
        let (mut one, mut two) = (0.0, 0.0);
        for sample in samples {
            let next = f64::from(*sample) + turn * one - two;
            (two, one) = (one, next);
        }
        one * one + two * two - turn * one * two
    }

    #[test]
    fn the_codes_are_those_of_the_recommendation() {
        // Values of the reference tables of G.711.
        for (sample, a, mu) in
            [(0, 0xD5, 0xFF), (32_767, 0xAA, 0x80), (-32_768, 0x2A, 0x00), (1_000, 0xFA, 0xCE)]
        {
            assert_eq!((a_law(sample), mu_law(sample)), (a, mu), "{sample}");
        }
    }

    #[test]
    fn a_sound_of_another_rate_keeps_its_tones_and_loses_what_no_telephone_carries() {
        let mut wav = Prompt::from_samples(&tone(440.0, 22_050)).to_wav();
        wav[24..28].copy_from_slice(&22_050_u32.to_le_bytes());
        let prompt = Prompt::from_wav(&wav).unwrap();
        assert_eq!(prompt.samples().len(), 8_000);
        assert!(power(prompt.samples(), 440.0) > 10_000.0 * power(prompt.samples(), 700.0));
        // 6 kHz would come back as 2 kHz.
        let high = level(&resample(
            &tone(440.0, 22_050)
                .iter()
                .zip(tone(6_000.0, 22_050))
                .map(|(low, high)| low / 2 + high / 2)
                .collect::<Vec<_>>(),
            22_050,
        ));
        assert!(power(&high, 440.0) > 1_000.0 * power(&high, 2_000.0));
    }

    #[test]
    fn a_file_that_was_written_while_it_was_spoken_has_no_length_and_is_read() {
        let prompt = Prompt::from_samples(&tone(440.0, RATE));
        let mut wav = prompt.to_wav();
        wav[40..44].copy_from_slice(&u32::MAX.to_le_bytes());
        assert_eq!(Prompt::from_wav(&wav).unwrap().samples().len(), 8_000);
        for bad in [&wav[..20], b"", b"RIFF", b"ID3"] {
            assert!(Prompt::from_wav(bad).unwrap_err().to_string().contains("WAV"));
        }
        let mut stereo = prompt.to_wav();
        stereo[22] = 2;
        assert!(Prompt::from_wav(&stereo).is_err());
    }
}
