use super::{DIGEST, DIGESTS};
use crate::jose::{base64url, from_base64url, sha256};
use serde_json::Value;

/// A claim, or an element of an array, with the salt that hides it (RFC 9901, section 4.2).
///
/// It is kept as the text that came over the wire: digests are made of that, and two texts may say the same.
#[derive(Debug, Clone, PartialEq)]
pub struct Disclosure {
    encoded: String,
    name: Option<String>,
    value: Value,
}

impl Disclosure {
    /// A claim of an object. `salt` has 128 random bits.
    pub(super) fn of_claim(salt: &str, name: &str, value: Value) -> Self {
        let encoded =
            base64url(Value::from(vec![salt.into(), name.into(), value.clone()]).to_string().as_bytes());
        Self { encoded, name: Some(name.to_owned()), value }
    }

    /// An element of an array.
    pub(super) fn of_element(salt: &str, value: Value) -> Self {
        let encoded = base64url(Value::from(vec![salt.into(), value.clone()]).to_string().as_bytes());
        Self { encoded, name: None, value }
    }

    /// Reads what came over the wire; nothing where it is no disclosure.
    pub(super) fn parse(encoded: &str) -> Option<Self> {
        let content: Vec<Value> = serde_json::from_slice(&from_base64url(encoded)?).ok()?;
        let (name, value) = match <[Value; 3]>::try_from(content) {
            Ok([Value::String(_), Value::String(name), value]) if name != DIGESTS && name != DIGEST => {
                (Some(name), value)
            }
            Ok(_) => return None,
            Err(content) => match <[Value; 2]>::try_from(content) {
                Ok([Value::String(_), value]) => (None, value),
                _ => return None,
            },
        };
        Some(Self { encoded: encoded.to_owned(), name, value })
    }

    /// As it goes over the wire.
    pub fn encoded(&self) -> &str {
        &self.encoded
    }

    /// The claim's name; an element of an array has none.
    pub fn name(&self) -> Option<&str> {
        self.name.as_deref()
    }

    /// What is disclosed. There may be digests of other disclosures in it.
    pub fn value(&self) -> &Value {
        &self.value
    }

    /// What stands in the signed token in its place: the SHA-256 of the text as it goes over the wire.
    pub fn digest(&self) -> String {
        sha256(&self.encoded)
    }

    /// Name and value, for whoever puts them back.
    pub(super) fn into_parts(self) -> (Option<String>, Value) {
        (self.name, self.value)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_examples_of_the_standard_have_its_digests() {
        // RFC 9901, sections 4.2.1 to 4.2.4.2.
        let claim =
            Disclosure::parse("WyJfMjZiYzRMVC1hYzZxMktJNmNCVzVlcyIsICJmYW1pbHlfbmFtZSIsICJNw7ZiaXVzIl0")
                .unwrap();
        assert_eq!((claim.name(), claim.value()), (Some("family_name"), &Value::from("Möbius")));
        assert_eq!(claim.digest(), "X9yH0Ajrdm1Oij4tWso9UzzKJvPoDxwmuEcO3XAdRC0");
        let element = Disclosure::parse("WyJsa2x4RjVqTVlsR1RQVW92TU5JdkNBIiwgIkZSIl0").unwrap();
        assert_eq!((element.name(), element.value()), (None, &Value::from("FR")));
        assert_eq!(element.digest(), "w0I8EKcdCtUPkGCNUrfwVp2xEgNjtoIDlOxc9-PlOhs");
    }

    #[test]
    fn the_same_claim_may_be_written_in_several_ways_and_keeps_the_one_it_came_in() {
        for written in [
            "WyJfMjZiYzRMVC1hYzZxMktJNmNCVzVlcyIsICJmYW1pbHlfbmFtZSIsICJNXHUwMGY2Yml1cyJd",
            "WyJfMjZiYzRMVC1hYzZxMktJNmNCVzVlcyIsImZhbWlseV9uYW1lIiwiTcO2Yml1cyJd",
            "WwoiXzI2YmM0TFQtYWM2cTJLSTZjQlc1ZXMiLAoiZmFtaWx5X25hbWUiLAoiTcO2Yml1cyIKXQ",
        ] {
            let claim = Disclosure::parse(written).unwrap();
            assert_eq!((claim.name(), claim.value()), (Some("family_name"), &Value::from("Möbius")));
            assert_eq!(claim.encoded(), written);
            assert_ne!(claim.digest(), "X9yH0Ajrdm1Oij4tWso9UzzKJvPoDxwmuEcO3XAdRC0");
        }
    }

    #[test]
    fn what_is_no_disclosure_is_none() {
        let encoded = |json: &str| base64url(json.as_bytes());
        for nonsense in [
            r#"["s"]"#,
            r#"["s","n",1,2]"#,
            r#"[1,"n",2]"#,
            r#"["s",1,2]"#,
            r#"["s","_sd",[]]"#,
            r#"["s","...",1]"#,
            "{}",
        ] {
            assert_eq!(Disclosure::parse(&encoded(nonsense)), None, "{nonsense}");
        }
        assert_eq!(Disclosure::parse(r#"["salt", "name", 1]"#), None);
        assert_eq!(Disclosure::parse(""), None);
    }
}
