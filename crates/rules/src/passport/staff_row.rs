//! Reading a row of a table as what a system sends: each cell stands below the name of what it says.

use super::{Attribute, AttributeForm, CredentialKind, CredentialType, assurance};
use serde_json::{Map, Value, json};

/// The column of the person: an e-mail address or a staff number.
pub const PERSON_COLUMN: &str = "person";
/// The column of the type of credential.
pub const KIND_COLUMN: &str = "kind";
const VALID_UNTIL_COLUMN: &str = "valid_until";

/// Whether a table of staff records may have a column of this name: one of these three, or what credentials of some kind say.
pub fn is_column(name: &str) -> bool {
    let known = |attribute: &Attribute| attribute.name == name;
    [PERSON_COLUMN, KIND_COLUMN, VALID_UNTIL_COLUMN].contains(&name)
        || assurance().iter().any(known)
        || CredentialKind::all().any(|kind| kind.attributes().iter().any(known))
}

/// What a system would send for a row: its cells by the names of their columns, those that are empty left out. The kind is that of a
/// credential, or one of those that are told apart: *fire-safety* needs neither subject nor level.
pub fn sent_by_row<'a>(cells: impl IntoIterator<Item = (&'a str, &'a str)>) -> Value {
    let filled = cells.into_iter().map(|(column, cell)| (column, cell.trim()));
    let filled: Vec<_> = filled.filter(|(_, cell)| !cell.is_empty()).collect();
    let in_column = |name: &str| filled.iter().find(|(column, _)| *column == name).map(|(_, cell)| *cell);
    let named = in_column(KIND_COLUMN).map(str::to_lowercase);
    let what = named.as_deref().and_then(CredentialType::parse);
    let kind = what.map(|what| what.kind).or_else(|| named.as_deref().and_then(CredentialKind::parse));
    let (mut claims, mut assured) = (Map::new(), Map::new());
    for (column, cell) in &filled {
        if [PERSON_COLUMN, KIND_COLUMN, VALID_UNTIL_COLUMN].contains(column) {
            continue;
        }
        let form = |attributes: &[Attribute]| {
            attributes.iter().find(|each| each.name == *column).map(|attribute| attribute.form)
        };
        match form(assurance()) {
            Some(form) => assured.insert((*column).to_owned(), value(cell, Some(form))),
            None => claims
                .insert((*column).to_owned(), value(cell, kind.and_then(|kind| form(kind.attributes())))),
        };
    }
    if let Some(variant) = what.and_then(|what| what.variant) {
        for (name, words) in &variant.claims {
            claims.entry(*name).or_insert_with(|| Value::from(*words));
        }
    }
    let kind = kind.map(|kind| kind.as_str().to_owned()).or(named);
    let mut sent = json!({ "claims": claims, "assurance": assured });
    for (name, said) in [(KIND_COLUMN, kind.as_deref()), (VALID_UNTIL_COLUMN, in_column(VALID_UNTIL_COLUMN))]
    {
        if let Some(said) = said {
            sent[name] = Value::from(said);
        }
    }
    sent
}

fn value(cell: &str, form: Option<AttributeForm>) -> Value {
    if form != Some(AttributeForm::YesNo) {
        return Value::from(cell);
    }
    match cell.to_lowercase().as_str() {
        "yes" | "true" => Value::from(true),
        "no" | "false" => Value::from(false),
        _ => Value::from(cell),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::passport::Provided;
    use jiff::civil::date;

    const ASSURED: [(&str, &str); 8] = [
        ("origin", "HR"),
        ("policy", "CSTF"),
        ("outcome", "Passed"),
        ("provider", "Northfield"),
        ("verifier", "Northfield"),
        ("method", "Seen"),
        ("pedigree", "authoritative"),
        ("last_refresh", "2026-11-20"),
    ];

    fn row(cells: &[(&'static str, &'static str)]) -> Value {
        sent_by_row(cells.iter().chain(&ASSURED).copied())
    }

    #[test]
    fn a_row_says_what_a_system_would_send() {
        let dbs = row(&[
            ("person", "amina@northfield.example"),
            ("kind", "dbs"),
            ("dbs_level", "enhanced"),
            ("certificate_number", " 001 "),
            ("issued_on", "2026-01-02"),
            ("dbs_outcome", "Clear"),
            ("update_service", "Yes"),
            ("subject", ""),
            ("valid_until", "2027-01-01"),
        ]);
        assert_eq!(dbs["claims"]["update_service"], true);
        assert_eq!(dbs["claims"].get("subject"), None, "what is empty is not said");
        assert_eq!(dbs.get("person"), None);
        let provided = Provided::read_one(&dbs, date(2026, 11, 22)).unwrap();
        assert_eq!(provided.valid_until, Some(date(2027, 1, 1)));
    }

    #[test]
    fn a_core_skill_is_named_by_its_code_or_by_subject_and_level() {
        let today = date(2026, 11, 22);
        let attained = ("attained_on", "2026-06-01");
        let by_code = row(&[("kind", "Fire-Safety"), attained]);
        let by_words = row(&[("kind", "core-skill"), ("subject", "fire safety"), attained]);
        assert_eq!(Provided::read_one(&by_code, today), Provided::read_one(&by_words, today));
        assert_eq!(Provided::read_one(&by_code, today).unwrap().variant, "fire-safety");
        let both = row(&[("kind", "fire-safety"), ("subject", "Resuscitation"), attained]);
        assert_eq!(both["claims"]["subject"], "Resuscitation", "what stands there is not written over");
    }

    #[test]
    fn what_is_wrong_in_a_row_is_found_by_the_rules_for_what_is_sent() {
        let today = date(2026, 11, 22);
        let wrong = |cells: &[(&'static str, &'static str)]| -> Vec<String> {
            let problems = Provided::read_one(&row(cells), today).unwrap_err();
            problems.iter().map(ToString::to_string).collect()
        };
        assert!(wrong(&[("kind", "juggling")])[0].starts_with("/kind: is none of the kinds: identity, "));
        assert_eq!(wrong(&[]), ["/kind: is missing"]);
        let maybe = wrong(&[("kind", "dbs-supporting"), ("update_service_consent", "maybe"), ("basis", "x")]);
        assert!(maybe.contains(&"/claims/update_service_consent: write true or false".to_owned()));
        assert!(maybe.contains(&"/claims/basis: is not known here".to_owned()), "of another kind");
        assert_eq!(
            wrong(&[("kind", "access-key")]),
            ["/kind: an access key is collected by its owner, not provided"]
        );
    }

    #[test]
    fn columns_are_called_like_what_credentials_say() {
        for known in ["person", "kind", "valid_until", "dbs_level", "subject", "last_refresh"] {
            assert!(is_column(known), "{known}");
        }
        for unknown in ["", "Person", "claims", "dbs-level", "salary"] {
            assert!(!is_column(unknown), "{unknown}");
        }
    }
}
