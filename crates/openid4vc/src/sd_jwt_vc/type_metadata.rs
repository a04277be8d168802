use crate::claim_path::ClaimPath;
use serde::{Deserialize, Serialize};

/// What a kind of credential is and says, published at the address that is its `vct` (draft-ietf-oauth-sd-jwt-vc, section 6). What others
/// publish is never fetched here: who relies on a kind knows it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct TypeMetadata {
    /// The kind (`vct`).
    #[serde(rename = "vct")]
    pub kind: String,
    /// A name for people who build systems.
    pub name: String,
    /// What it is, for the same.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub description: Option<String>,
    /// How it is called in each language.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub display: Vec<TypeDisplay>,
    /// What it says.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub claims: Vec<ClaimMetadata>,
}

/// How a kind of credential is called in one language.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct TypeDisplay {
    /// A BCP 47 tag.
    pub locale: String,
    /// Its name.
    pub name: String,
    /// What it is.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub description: Option<String>,
}

/// Something that credentials of a kind say.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct ClaimMetadata {
    /// Where it stands.
    pub path: ClaimPath,
    /// How it is called in each language.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub display: Vec<ClaimDisplay>,
    /// Whether every credential of the kind says it.
    #[serde(default)]
    pub mandatory: bool,
    /// Whether its holder may withhold it.
    #[serde(default, rename = "sd")]
    pub withheld: Withheld,
}

/// How a claim is called in one language.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct ClaimDisplay {
    /// A BCP 47 tag.
    pub locale: String,
    /// Its name.
    pub label: String,
}

/// Whether the holder of a credential may withhold a claim.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Withheld {
    /// In every credential of the kind they may.
    Always,
    /// In some.
    #[default]
    Allowed,
    /// In none.
    Never,
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    #[test]
    fn it_is_written_and_read_with_the_names_of_the_draft() {
        let written = json!({
            "vct": "https://northfield.example/vc/types/dbs",
            "name": "DBS check",
            "display": [{ "locale": "en-GB", "name": "DBS check", "description": "A check" }],
            "claims": [
                { "path": ["level"], "display": [{ "locale": "en-GB", "label": "Level" }], "mandatory": true, "sd": "always" },
                { "path": ["assurance", "origin"], "mandatory": false, "sd": "never" },
            ],
        });
        let read: TypeMetadata = serde_json::from_value(written.clone()).unwrap();
        assert_eq!(read.claims[0].withheld, Withheld::Always);
        assert_eq!(serde_json::to_value(&read).unwrap(), written);
    }

    #[test]
    fn what_is_left_out_has_the_meaning_of_the_draft() {
        let read = json!({ "vct": "urn:dbs", "name": "DBS", "claims": [{ "path": ["level"] }] });
        let read: TypeMetadata = serde_json::from_value(read).unwrap();
        assert_eq!((read.claims[0].mandatory, read.claims[0].withheld), (false, Withheld::Allowed));
    }
}
