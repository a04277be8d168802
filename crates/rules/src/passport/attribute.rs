//! What a credential says: its attributes, which of them it must have, and what each may hold.
//!
//! The names are those of the JSON by which a credential is provided and of the claims in a wallet: where a name is registered for
//! that (RFC 7519, OpenID Connect) it is this one. No name may be one that SD-JWT VC needs for itself, such as `status`.

use super::Words;
use super::type_file::assurance_attributes;
use std::sync::LazyLock;

/// What an attribute holds.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum AttributeForm {
    /// One line of text.
    Text,
    /// A day.
    Day,
    /// A day that has come.
    PastDay,
    /// One of these terms.
    OneOf(&'static [&'static str]),
    /// Yes or no: `true` or `false`.
    YesNo,
    /// A picture: the `data:` address of a JPEG or PNG, in base64.
    Picture,
}

/// One thing that a credential says.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Attribute {
    /// Its name: lower case, with underscores.
    pub name: &'static str,
    /// What people call it.
    pub label: Words,
    /// What it holds.
    pub form: AttributeForm,
    /// Whether it must be there.
    pub required: bool,
}

/// How what a credential says was assured, in the order in which it is shown: the same for credentials of every kind.
pub fn assurance() -> &'static [Attribute] {
    static ASSURANCE: LazyLock<&[Attribute]> = LazyLock::new(assurance_attributes);
    *ASSURANCE
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::passport::CredentialKind;

    #[test]
    fn assurance_is_what_the_field_wants_to_know() {
        let names: Vec<_> = assurance().iter().map(|attribute| attribute.name).collect();
        let expected =
            ["origin", "policy", "outcome", "provider", "verifier", "method", "pedigree", "last_refresh"];
        assert_eq!(names, expected);
        assert!(assurance().iter().all(|attribute| attribute.required));
        assert_eq!(assurance()[7].form, AttributeForm::PastDay);
    }

    #[test]
    fn every_staff_group_of_a_roster_is_one_of_an_assignment() {
        let assignment = CredentialKind::parse("employment-assignment").unwrap();
        let group = assignment.attributes().iter().find(|each| each.name == "staff_group").unwrap();
        let AttributeForm::OneOf(groups) = group.form else { panic!("{group:?}") };
        for group in crate::roster::StaffGroup::ALL {
            assert!(groups.contains(&group.label()), "{}", group.label());
        }
    }
}
