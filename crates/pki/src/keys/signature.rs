//! The two ways to write a signature of an elliptic curve.

use der::asn1::Uint;
use der::{Decode, Encode, Sequence};

use super::Curve;

/// An ECDSA signature as certificates hold it (RFC 3279, section 2.2.3).
#[derive(Sequence)]
struct EcdsaSignature {
    r: Uint,
    s: Uint,
}

/// The two numbers that a device gives side by side, as DER.
pub(super) fn as_der(raw: &[u8]) -> Option<Vec<u8>> {
    if raw.is_empty() || !raw.len().is_multiple_of(2) {
        return None;
    }
    let (r, s) = raw.split_at(raw.len() / 2);
    EcdsaSignature { r: Uint::new(r).ok()?, s: Uint::new(s).ok()? }.to_der().ok()
}

/// A signature in DER as its two numbers side by side, each as long as the curve's, which is how tokens hold it (RFC 7518, section 3.4).
/// None where it is no signature, or its numbers are too large.
pub fn side_by_side(der: &[u8], curve: Curve) -> Option<Vec<u8>> {
    let EcdsaSignature { r, s } = EcdsaSignature::from_der(der).ok()?;
    let length = curve.coordinate_bytes();
    let mut raw = Vec::with_capacity(2 * length);
    for number in [r.as_bytes(), s.as_bytes()] {
        raw.resize(raw.len() + length.checked_sub(number.len())?, 0);
        raw.extend_from_slice(number);
    }
    Some(raw)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn numbers_keep_their_length_whatever_they_begin_with() {
        for (r, s) in [(1, 2), (0x7f, 0x80), (0xff, 0)] {
            let mut raw = [0; 64];
            (raw[31], raw[63]) = (r, s);
            (raw[0], raw[33]) = (s, r);
            let der = as_der(&raw).unwrap();
            assert_eq!(side_by_side(&der, Curve::P256).as_deref(), Some(&raw[..]));
        }
        let large = as_der(&[0xff; 96]).unwrap();
        assert_eq!(side_by_side(&large, Curve::P256), None);
        assert_eq!(side_by_side(&large, Curve::P384).map(|raw| raw.len()), Some(96));
        assert_eq!(side_by_side(b"no signature", Curve::P256), None);
    }
}
