use super::*;
use crate::passport::CredentialKind;
use jiff::civil::Date;
use proptest::prelude::*;
use rstest::rstest;

const MASK_FIT: &str = r#"
place = 105
family = "employment-checks"
title.en = "Mask fit test"
title.cy = "Prawf ffit mwgwd"
about.en = "Which mask fits you, and how that was tested"

[validity]
from = ["tested_on"]
months = 24

[[attribute]]
name = "mask"
label.en = "Mask"
form = "one-of"
terms = ["FFP3", "Hood"]
required = true

[[attribute]]
name = "tested_on"
label.en = "Tested"
form = "past-day"
required = true
"#;

fn with(own: &[(&str, &str)]) -> Result<Vec<Kind>, String> {
    let mut files = OF_THE_FIELD.to_vec();
    files.extend(own.iter().map(|(name, text)| TypeFile { name, text }));
    read(&files).map_err(|problem| problem.to_string())
}

fn problem(name: &str, text: &str) -> String {
    with(&[(name, text)]).err().unwrap_or_default()
}

#[test]
fn all_types_of_the_field_are_read() {
    let kinds = with(&[]).unwrap();
    assert_eq!(kinds.len(), 13);
    assert_eq!(kinds.iter().map(|kind| kind.variants.len()).sum::<usize>(), 24);
    let files = OF_THE_FIELD.len();
    assert_eq!(files, 13 + 24, "each file is a type");
}

#[test]
fn a_file_more_is_a_type_more_at_its_place() {
    let kinds = with(&[("mask-fit", MASK_FIT)]).unwrap();
    let at = kinds.iter().position(|kind| kind.name == "mask-fit").unwrap();
    assert_eq!(
        (kinds[at - 1].name.as_str(), kinds[at + 1].name.as_str()),
        ("varicella", "employment-assignment")
    );
    let mask = &kinds[at];
    assert_eq!((mask.title.get("en"), mask.title.get("cy")), ("Mask fit test", "Prawf ffit mwgwd"));
    assert_eq!(mask.about.get("cy"), mask.about.get("en"), "where a language has no words, English has");
    assert_eq!(mask.attributes[0].form, AttributeForm::OneOf(&["FFP3", "Hood"]));
    assert_eq!(mask.validity.as_ref().unwrap().months, Some(24));
}

#[test]
fn a_file_more_is_a_core_skill_more() {
    let dementia = "place = 35\nvalid_months = 36\ntitle.en = \"Dementia awareness\"\n[claims]\nsubject = \"Dementia awareness\"\n";
    let kinds = with(&[("core-skill/dementia", dementia)]).unwrap();
    let skills = &kinds.iter().find(|kind| kind.name == "core-skill").unwrap().variants;
    let at = skills.iter().position(|skill| skill.code == "dementia").unwrap();
    assert_eq!((skills.len(), skills[at - 1].code), (25, "fire-safety"));
}

/// The mask with the day on which it is thrown away, and with these lines below `[validity]`.
fn thrown_away(validity: &str) -> Kind {
    let day = "[[attribute]]\nname = \"thrown_away_on\"\nlabel.en = \"Thrown away\"\nform = \"day\"\n";
    let text = changed("from = [\"tested_on\"]\nmonths = 24", validity) + day;
    let kinds = with(&[("mask-fit", &text)]).unwrap();
    kinds.into_iter().find(|kind| kind.name == "mask-fit").unwrap()
}

#[rstest]
#[case::earlier("2027-01-31", Some("2027-01-31"))]
#[case::the_same_day("2028-05-31", Some("2028-05-31"))]
#[case::later("2028-06-01", Some("2028-05-31"))]
fn of_a_period_and_a_stated_end_what_comes_first_counts(#[case] end: &str, #[case] expected: Option<&str>) {
    let both = "from = [\"tested_on\"]\nmonths = 24\nuntil = [\"thrown_away_on\"]";
    let kind = CredentialKind(Box::leak(Box::new(thrown_away(both))));
    let day = |name: &str| if name == "thrown_away_on" { end } else { "2026-06-01" }.parse().ok();
    assert_eq!(kind.valid_until(None, day), expected.map(|day| day.parse().unwrap()));
}

#[test]
fn an_end_needs_no_period_and_a_variant_counts_no_months_without_a_day_to_count_from() {
    let kind = CredentialKind(Box::leak(Box::new(thrown_away("until = [\"thrown_away_on\"]"))));
    assert_eq!(kind.ends().map(|each| each.name).collect::<Vec<_>>(), ["thrown_away_on"]);
    assert_eq!(kind.valid_until(None, |name| (name == "tested_on").then_some(Date::MIN)), None);
    let by = "place = 1\nfamily = \"identity\"\nvariants_by = [\"mask\"]\ntitle.en = \"M\"\nabout.en = \"M\"\n\
        [validity]\nuntil = [\"ends_on\"]\n\
        [[attribute]]\nname = \"mask\"\nlabel.en = \"M\"\nform = \"text\"\nrequired = true\n\
        [[attribute]]\nname = \"ends_on\"\nlabel.en = \"E\"\nform = \"day\"\n";
    let variant = "place = 1\nvalid_months = 6\ntitle.en = \"H\"\n[claims]\nmask = \"Hood\"\n";
    assert!(with(&[("m", by), ("m/hood", variant)]).is_err_and(|told| told.contains("validity.from")));
    assert!(with(&[("m", by), ("m/hood", &variant.replace("valid_months = 6\n", ""))]).is_ok());
}

/// The file with one line changed.
fn changed(line: &str, other: &str) -> String {
    assert!(MASK_FIT.contains(line), "{line}");
    MASK_FIT.replacen(line, other, 1)
}

#[rstest]
#[case::family(
    "family = \"employment-checks\"",
    "family = \"pets\"",
    "family: write one of: identity, employment-checks, assignment, core-skills"
)]
#[case::no_title("title.en = \"Mask fit test\"\n", "", "write title.en, a line of 1 to 100 characters")]
#[case::long_title(
    "Mask fit test",
    "ababababababababababababababababababababababababababababababababababababababababababababababababababa",
    "write title.en"
)]
#[case::spaces("\"Mask fit test\"", "\" Mask\"", "write title.en")]
#[case::taken("name = \"mask\"", "name = \"status\"", "attribute \"status\": the name is taken")]
#[case::assurance("name = \"mask\"", "name = \"policy\"", "attribute \"policy\": the name is taken")]
#[case::twice("name = \"mask\"", "name = \"tested_on\"", "attribute \"tested_on\": the name is taken")]
#[case::capitals("name = \"mask\"", "name = \"Mask\"", "attribute \"Mask\": write a name")]
#[case::no_terms("terms = [\"FFP3\", \"Hood\"]\n", "", "attribute \"mask\": write terms")]
#[case::same_terms("\"Hood\"", "\"ffp3\"", "attribute \"mask\": write terms")]
#[case::terms_of_a_day(
    "form = \"past-day\"",
    "form = \"past-day\"\nterms = [\"x\"]",
    "attribute \"tested_on\": write terms"
)]
#[case::picture("form = \"past-day\"", "form = \"picture\"", "attribute \"tested_on\": a picture is called")]
#[case::validity(
    "from = [\"tested_on\"]",
    "from = [\"mask\"]",
    "validity.from: write names of attributes that are days"
)]
#[case::no_months("months = 24\n", "", "validity.from")]
#[case::nothing_that_counts("from = [\"tested_on\"]\n", "", "validity.from")]
#[case::no_validity(
    "from = [\"tested_on\"]\nmonths = 24\n",
    "",
    "[validity]: write from and months, or until"
)]
#[case::until_a_term(
    "months = 24",
    "months = 24\nuntil = [\"mask\"]",
    "validity.until: write names of attributes"
)]
#[case::until_the_past("months = 24", "months = 24\nuntil = [\"tested_on\"]", "whose form is \"day\"")]
#[case::until_nothing("months = 24", "months = 24\nuntil = [\"ends\"]", "validity.until")]
#[case::months("months = 24", "months = 0", "validity.from")]
#[case::unknown_key("place = 105", "place = 105\ncolour = \"red\"", "unknown field `colour`")]
#[case::form("form = \"past-day\"", "form = \"number\"", "unknown variant `number`")]
#[case::no_toml("place = 105", "place =", "TOML parse error at line 2")]
#[case::variants_by("place = 105", "place = 105\nvariants_by = [\"tested_on\"]", "variants_by: write names")]
fn what_is_wrong_is_told_with_the_file(#[case] line: &str, #[case] other: &str, #[case] expected: &str) {
    let told = problem("mask-fit", &changed(line, other));
    assert!(told.starts_with("mask-fit.toml: ") && told.contains(expected), "{told}");
}

#[rstest]
#[case("dbs", "there is a credential type of this name already")]
#[case("fire-safety", "there is a credential type of this name already")]
#[case("Mask", "call the file by 1 to 40 letters")]
#[case("", "call the file by 1 to 40 letters")]
#[case("a/b/c", "call the file by 1 to 40 letters")]
fn names_of_files_are_names_in_addresses(#[case] name: &str, #[case] expected: &str) {
    let own = [("fire", MASK_FIT), (name, MASK_FIT)];
    let own = if name == "fire-safety" {
        [("core-skill/x", "place = 1\ntitle.en = \"X\"\n[claims]\nsubject = \"X\""), (name, MASK_FIT)]
    } else {
        own
    };
    let told = with(&own).err().unwrap_or_default();
    assert!(told.contains(expected), "{told}");
}

#[rstest]
#[case("mask-fit/x", "there is no kind \"mask-fit\" with variants_by")]
#[case("nothing/x", "there is no kind \"nothing\" with variants_by")]
#[case("core-skill/x", "[claims]: write what tells it from all others: subject, level")]
fn a_variant_belongs_to_a_kind_and_is_not_one_that_there_is(#[case] name: &str, #[case] expected: &str) {
    let fire = "place = 1\ntitle.en = \"Fire\"\n[claims]\nsubject = \"FIRE safety\"\n";
    let told = with(&[("mask-fit", MASK_FIT), (name, fire)]).err().unwrap_or_default();
    assert!(told.contains(expected), "{told}");
}

#[test]
fn a_kind_that_says_nothing_is_none() {
    let nothing = "place = 1\nfamily = \"identity\"\ntitle.en = \"X\"\nabout.en = \"X\"\n";
    assert!(problem("x", nothing).contains("write at least one [[attribute]]"));
}

proptest! {
    #[test]
    fn whatever_a_file_holds_it_is_read_or_told(text in "(?s).{0,200}", cut in 0..MASK_FIT.len(), name in "[a-z/-]{0,12}") {
        let _ = with(&[(&name, &text)]);
        let _ = with(&[(&name, &MASK_FIT[..cut])]);
        let _ = with(&[(&name, &format!("{}{text}", &MASK_FIT[..cut]))]);
    }
}
