//! How a wallet shows a kind of credential: its name and what it is, the colours and the logo of who issues it, and a label for everything
//! that it says (OpenID4VCI 1.0, section 12.2.4, `credential_metadata`, and type metadata); in each language that there is.

use super::made::{ASSURANCE_CLAIM, SUBJECT_CLAIM};
use super::naming::title;
use crate::Service;
use openid4vc::claim_path::ClaimPath;
use openid4vc::sd_jwt_vc::{ClaimDisplay, ClaimMetadata, TypeDisplay, TypeMetadata, Withheld};
use rules::passport::{CredentialKind, Words, assurance};
use serde_json::{Value, json};
use store::organisation::Organisation;
use wording::{Language, text};

/// `credential_metadata` of a kind of credential.
pub(super) fn credential_metadata(
    service: &Service,
    organisation: &Organisation,
    kind: CredentialKind,
) -> Value {
    let display: Vec<Value> =
        Language::ALL.iter().map(|language| display(service, organisation, kind, *language)).collect();
    json!({ "display": display, "claims": claims(kind) })
}

/// The language as wallets name it: names are in British English.
pub(super) fn locale(language: Language) -> &'static str {
    match language {
        Language::En => "en-GB",
        other => other.tag(),
    }
}

fn display(
    service: &Service,
    organisation: &Organisation,
    kind: CredentialKind,
    language: Language,
) -> Value {
    let (name, about) = (kind.title().get(language.tag()), kind.about().get(language.tag()));
    let mut display = json!({ "name": name, "locale": locale(language), "description": about });
    if let Some(colour) = &organisation.colour {
        display["background_color"] = colour.clone().into();
        if let Some(readable) = readable_on(colour) {
            display["text_color"] = readable.into();
        }
    }
    if organisation.has_logo {
        display["logo"] = json!({
            "uri": service.address(&format!("/brand/{}/logo.png", organisation.code)),
            "alt_text": organisation.name,
        });
    }
    display
}

/// What type metadata tell of a kind of credential, for every organisation alike.
pub(super) fn type_metadata(address: String, kind: CredentialKind) -> TypeMetadata {
    let display = Language::ALL.iter().map(|language| TypeDisplay {
        locale: locale(*language).to_owned(),
        name: kind.title().get(language.tag()).to_owned(),
        description: Some(kind.about().get(language.tag()).to_owned()),
    });
    let whole = (!kind.is_access_key()).then(|| ClaimMetadata {
        path: ClaimPath::names([ASSURANCE_CLAIM]),
        display: Vec::new(),
        mandatory: false,
        withheld: Withheld::Always,
    });
    let claims = said(kind).into_iter().map(|said| ClaimMetadata {
        display: Language::ALL
            .iter()
            .map(|language| ClaimDisplay {
                locale: locale(*language).to_owned(),
                label: (said.name)(*language),
            })
            .collect(),
        mandatory: said.mandatory,
        // An access key says one thing, and how things were assured is shown as a whole or not at all.
        withheld: if kind.is_access_key() || said.path.len() > 1 {
            Withheld::Never
        } else {
            Withheld::Always
        },
        path: ClaimPath::names(said.path),
    });
    TypeMetadata {
        kind: address,
        name: title(kind, ""),
        description: None,
        display: display.collect(),
        claims: claims.chain(whole).collect(),
    }
}

/// The same for `credential_metadata`.
fn claims(kind: CredentialKind) -> Vec<Value> {
    let claim = |said: Said| {
        let names: Vec<Value> = Language::ALL
            .iter()
            .map(|language| json!({ "name": (said.name)(*language), "locale": locale(*language) }))
            .collect();
        json!({ "path": said.path, "mandatory": said.mandatory, "display": names })
    };
    said(kind).into_iter().map(claim).collect()
}

/// Something that a credential says.
struct Said {
    path: Vec<&'static str>,
    mandatory: bool,
    name: Box<dyn Fn(Language) -> String>,
}

/// Everything that a credential of this kind says, in the order in which it is shown.
fn said(kind: CredentialKind) -> Vec<Said> {
    if kind.is_access_key() {
        let name = |language| text(language, "claim-passport", &[]);
        return vec![Said { path: vec![SUBJECT_CLAIM], mandatory: true, name: Box::new(name) }];
    }
    let in_words = |words: Words| move |language: Language| words.get(language.tag()).to_owned();
    let said = kind.attributes().iter().map(|attribute| Said {
        path: vec![attribute.name],
        mandatory: attribute.required,
        name: Box::new(in_words(attribute.label)),
    });
    let assured = assurance().iter().map(|attribute| Said {
        path: vec![ASSURANCE_CLAIM, attribute.name],
        mandatory: attribute.required,
        name: Box::new(in_words(attribute.label)),
    });
    said.chain(assured).collect()
}

/// Black or white, whichever is easier to read on this colour; nothing where it is none. (WCAG 2.2: the two contrasts are equal where the
/// relative luminance is the root of 0.05 times 1.05, less 0.05.)
fn readable_on(colour: &str) -> Option<&'static str> {
    const AS_EASY: f64 = 0.179_128_8;
    let digits = colour.strip_prefix('#').filter(|digits| digits.len() == 6 && digits.is_ascii())?;
    let part = |at: usize| {
        let part = u8::from_str_radix(digits.get(at..at + 2)?, 16).ok()?;
        let part = f64::from(part) / 255.0;
        Some(if part <= 0.04045 { part / 12.92 } else { ((part + 0.055) / 1.055).powf(2.4) })
    };
    let luminance = 0.2126 * part(0)? + 0.7152 * part(2)? + 0.0722 * part(4)?;
    Some(if luminance <= AS_EASY { "#ffffff" } else { "#000000" })
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::collections::BTreeSet;

    #[test]
    fn everything_that_a_kind_says_has_words_of_its_own() {
        for kind in CredentialKind::all() {
            let mut paths = BTreeSet::new();
            for claim in claims(kind) {
                assert!(paths.insert(claim["path"].to_string()), "{claim}");
                let name = claim["display"][0]["name"].as_str().unwrap();
                assert!(!name.is_empty() && !name.contains("claim-"), "{claim}");
            }
            assert!(!paths.is_empty(), "{kind:?}");
        }
    }

    #[test]
    fn type_metadata_say_of_each_claim_whether_it_may_be_withheld() {
        for kind in CredentialKind::all() {
            let told = type_metadata("urn:kind".to_owned(), kind);
            assert_eq!(told.display.len(), Language::ALL.len());
            let withheld: BTreeSet<_> = told
                .claims
                .iter()
                .map(|claim| (claim.path.steps().len(), claim.withheld == Withheld::Always))
                .collect();
            let expected: &[_] = if kind.is_access_key() { &[(1, false)] } else { &[(1, true), (2, false)] };
            assert_eq!(withheld, expected.iter().copied().collect(), "{kind:?}");
        }
    }

    #[test]
    fn words_on_a_colour_can_be_read() {
        assert_eq!(readable_on("#000000"), Some("#ffffff"));
        assert_eq!(readable_on("#ffffff"), Some("#000000"));
        assert_eq!(readable_on("#1d4851"), Some("#ffffff"));
        assert_eq!(readable_on("#f2d16b"), Some("#000000"));
        // The grey at which the two change places.
        assert_eq!(readable_on("#757575"), Some("#ffffff"));
        assert_eq!(readable_on("#767676"), Some("#000000"));
        for none in ["", "red", "#fff", "#12345g", "#éé123"] {
            assert_eq!(readable_on(none), None, "{none}");
        }
    }
}
