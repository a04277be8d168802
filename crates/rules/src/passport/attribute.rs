//! What a credential of each kind says: its attributes, which of them it must have, and what each may hold.
//!
//! The names are those of the JSON by which a credential is provided and of the claims in a wallet: where a name is registered for
//! that (RFC 7519, OpenID Connect) it is this one. No name may be one that SD-JWT VC needs for itself, such as `status`.

use super::CredentialKind;

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
    /// What it holds.
    pub form: AttributeForm,
    /// Whether it must be there.
    pub required: bool,
}

const fn must(name: &'static str, form: AttributeForm) -> Attribute {
    Attribute { name, form, required: true }
}

const fn may(name: &'static str, form: AttributeForm) -> Attribute {
    Attribute { name, form, required: false }
}

use AttributeForm::{Day, OneOf, PastDay, Picture, Text, YesNo};

/// The staff groups of the field.
const STAFF_GROUPS: &[&str] = &[
    "Additional Clinical Services",
    "Additional Professional Scientific and Technical",
    "Administrative and Clerical",
    "Allied Health Professionals",
    "Estates and Ancillary",
    "Healthcare Scientists",
    "Medical and Dental",
    "Nursing and Midwifery Registered",
    "Students (non-medical)",
    "Students (medical undergraduate)",
];

const IDENTITY: &[Attribute] = &[
    must("given_name", Text),
    must("family_name", Text),
    may("middle_name", Text),
    must("birthdate", PastDay),
    may("legal_gender", OneOf(&["Female", "Male"])),
    may("nationality", Text),
    may("address", Text),
    may("picture", Picture),
];

const NEW_STARTER: &[Attribute] = &[
    may("preferred_name", Text),
    must("email", Text),
    must("phone_number", Text),
    may("emergency_contact_name", Text),
    may("emergency_contact_phone", Text),
    may("national_insurance_number", Text),
];

const RIGHT_TO_WORK: &[Attribute] = &[
    must(
        "basis",
        OneOf(&["British or Irish citizen", "Settled status", "Pre-settled status", "Visa", "Other"]),
    ),
    may("document_type", Text),
    may("share_code", Text),
    must("checked_on", PastDay),
    may("restrictions", Text),
    may("leave_until", Day),
];

const DBS: &[Attribute] = &[
    must("dbs_level", OneOf(&["Basic", "Standard", "Enhanced", "Enhanced with barred lists"])),
    must("certificate_number", Text),
    must("issued_on", PastDay),
    must("dbs_outcome", OneOf(&["Clear", "Information disclosed"])),
    must("update_service", YesNo),
    may("adults_barred_list_checked", YesNo),
    may("children_barred_list_checked", YesNo),
];

const DBS_SUPPORTING: &[Attribute] = &[
    must("certificate_number", Text),
    must("update_service_checked_on", PastDay),
    may("workforce", OneOf(&["Adult", "Child", "Adult and child", "Other"])),
    may("update_service_consent", YesNo),
];

const OCCUPATIONAL_HEALTH: &[Attribute] = &[
    must("fitness", OneOf(&["Fit for role", "Fit for role with adjustments", "Temporarily unfit for role"])),
    must("assessed_on", PastDay),
    may("exposure_prone_procedures", YesNo),
    may("adjustments", Text),
];

const PROFESSIONAL_REGISTRATION: &[Attribute] = &[
    must("body", Text),
    must("registration_number", Text),
    must("registration_status", OneOf(&["Registered", "Registered with conditions", "Suspended", "Lapsed"])),
    must("registered_on", PastDay),
    may("expires_on", Day),
    may("profession", Text),
];

const TUBERCULOSIS: &[Attribute] = &[
    must(
        "tuberculosis_status",
        OneOf(&["Immune", "Not immune", "BCG scar seen", "Further assessment needed"]),
    ),
    must("assessed_on", PastDay),
    may("test_type", Text),
];

const VARICELLA: &[Attribute] = &[
    must("varicella_status", OneOf(&["Immune", "Not immune", "Further assessment needed"])),
    must("assessed_on", PastDay),
    may("evidence", OneOf(&["History of disease", "Blood test", "Two vaccinations"])),
];

const EMPLOYMENT_ASSIGNMENT: &[Attribute] = &[
    must("employer", Text),
    must("ods_code", Text),
    may("department", Text),
    may("area_of_work", Text),
    must("staff_group", OneOf(STAFF_GROUPS)),
    must("job_role", Text),
    must("job_title", Text),
    must("assignment_category", OneOf(&["Permanent", "Fixed term", "Bank", "Honorary"])),
    must("assignment_status", OneOf(&["Active", "Suspended", "Ended"])),
    must("starts_on", Day),
    may("fixed_term_ends_on", Day),
    may("occupation_code", Text),
    may("pay_band", Text),
    may("esr_number", Text),
];

const TEMPORARY_PLACEMENT: &[Attribute] = &[
    must("position", Text),
    may("working_pattern", Text),
    must("starts_on", Day),
    must("ends_on", Day),
    must("permanent_employer", Text),
    must("host", Text),
    may("department_contact", Text),
    must("approved_by", Text),
    must("licence_to_attend", YesNo),
];

/// Subject and level are checked against each other, too (see [`CoreSkill`](super::CoreSkill)).
const CORE_SKILL: &[Attribute] = &[
    must("subject", Text),
    may("level", Text),
    must("attained_on", PastDay),
    may("last_awarded_on", PastDay),
    may("proficiency", OneOf(&["Competent", "Not yet competent"])),
];

impl CredentialKind {
    /// What a credential of this kind says, in the order in which it is shown. An access key says nothing about its owner.
    pub const fn attributes(self) -> &'static [Attribute] {
        match self {
            Self::AccessKey => &[],
            Self::Identity => IDENTITY,
            Self::NewStarter => NEW_STARTER,
            Self::RightToWork => RIGHT_TO_WORK,
            Self::Dbs => DBS,
            Self::DbsSupporting => DBS_SUPPORTING,
            Self::OccupationalHealth => OCCUPATIONAL_HEALTH,
            Self::ProfessionalRegistration => PROFESSIONAL_REGISTRATION,
            Self::Tuberculosis => TUBERCULOSIS,
            Self::Varicella => VARICELLA,
            Self::EmploymentAssignment => EMPLOYMENT_ASSIGNMENT,
            Self::TemporaryPlacement => TEMPORARY_PLACEMENT,
            Self::CoreSkill => CORE_SKILL,
        }
    }
}

/// How what a credential says was assured, in the order in which it is shown.
pub const ASSURANCE: &[Attribute] = &[
    must("origin", Text),
    must("policy", Text),
    must("outcome", Text),
    must("provider", Text),
    must("verifier", Text),
    must("method", Text),
    must("pedigree", OneOf(&["Sourced", "Authoritative"])),
    must("last_refresh", PastDay),
];

#[cfg(test)]
mod tests {
    use super::*;
    use std::collections::BTreeSet;

    /// SD-JWT VC, section 3.2.2.2, and RFC 7519, section 4.1: these say something about the credential itself.
    const RESERVED: [&str; 12] =
        ["iss", "sub", "aud", "exp", "nbf", "iat", "jti", "cnf", "vct", "status", "_sd", "_sd_alg"];

    #[test]
    fn no_attribute_has_a_name_twice_or_one_that_the_credential_itself_needs() {
        for kind in CredentialKind::ALL {
            // In a form they stand beside those of its assurance.
            let mut seen = BTreeSet::from(RESERVED);
            seen.extend(ASSURANCE.iter().map(|attribute| attribute.name));
            for taken in ["assurance", "valid_until", "form"] {
                assert!(seen.insert(taken));
            }
            for attribute in kind.attributes() {
                assert!(seen.insert(attribute.name), "{kind:?}: {}", attribute.name);
                assert!(
                    attribute.name.chars().all(|c| c.is_ascii_lowercase() || c == '_'),
                    "{}",
                    attribute.name
                );
            }
            assert_eq!(kind.attributes().is_empty(), !kind.is_reviewed(), "{kind:?}");
        }
    }

    #[test]
    fn every_staff_group_of_a_roster_is_one_of_an_assignment() {
        for group in crate::roster::StaffGroup::ALL {
            assert!(STAFF_GROUPS.contains(&group.label()), "{}", group.label());
        }
    }
}
