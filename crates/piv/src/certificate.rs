//! The data object that holds a certificate (part 1, table 10).

use crate::tlv;

/// A certificate as it lies on the card.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct CertificateObject {
    /// DER.
    pub certificate: Vec<u8>,
}

impl CertificateObject {
    /// Reads the content of the object (what stands in its tag 53); none where it is not one, or is compressed: nothing that
    /// we wrote is.
    pub fn read(content: &[u8]) -> Option<Self> {
        let certificate = tlv::find(content, 0x70).ok()??;
        let info = tlv::find(content, 0x71).ok()??;
        (!certificate.is_empty() && info == [0]).then(|| Self { certificate: certificate.to_vec() })
    }

    /// The content of the object, to be written with `commands::put_data`.
    pub fn content(&self) -> Vec<u8> {
        let mut content = Vec::with_capacity(self.certificate.len() + 10);
        tlv::write(&mut content, 0x70, &self.certificate);
        tlv::write(&mut content, 0x71, &[0]);
        tlv::write(&mut content, 0xFE, &[]);
        content
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    proptest! {
        #[test]
        fn a_certificate_comes_back_from_its_object(certificate in proptest::collection::vec(any::<u8>(), 1..1500)) {
            let object = CertificateObject { certificate };
            prop_assert_eq!(CertificateObject::read(&object.content()), Some(object));
        }

        #[test]
        fn any_bytes_can_be_read(bytes in proptest::collection::vec(any::<u8>(), 0..100)) {
            let _ = CertificateObject::read(&bytes);
        }
    }

    #[test]
    fn a_compressed_certificate_is_none_of_ours() {
        assert_eq!(CertificateObject::read(&[0x70, 1, 9, 0x71, 1, 1, 0xFE, 0]), None);
        assert_eq!(CertificateObject::read(&[0x70, 0, 0x71, 1, 0, 0xFE, 0]), None);
    }
}
