use jiff::civil::date;
use rstest::rstest;

use super::*;

const TODAY: Date = date(2026, 11, 22);
const PHONES: PhonePolicy = PhonePolicy { crown_dependencies: true, drama_numbers: true };

const GOOD: RosterFields<'static> = RosterFields {
    first_name: "Amina",
    last_name: "O'Neill-Khan",
    date_of_birth: "29/03/1985",
    email: "Amina.Khan@northfield.example",
    phone: "07700 900123",
    staff_group: "Nursing and Midwifery Registered",
    job_role: "Staff nurse",
    employment_type: "Permanent or fixed term",
    employment_status: "current employee",
    esr_number: "12345678",
    user_type: "",
};

fn columns_at_fault(fields: &RosterFields<'_>) -> Vec<&'static str> {
    RosterRow::parse(fields, TODAY, PHONES).unwrap_err().iter().map(|problem| problem.column).collect()
}

#[test]
fn a_full_row_is_read() {
    let row = RosterRow::parse(&GOOD, TODAY, PHONES).unwrap();
    assert_eq!(row.date_of_birth, date(1985, 3, 29));
    assert_eq!(row.email.as_str(), "amina.khan@northfield.example");
    assert_eq!(row.phone.as_ref().map(UkMobile::e164), Some("+447700900123"));
    assert_eq!(row.staff_group, StaffGroup::NursingAndMidwifery);
    assert_eq!(row.kind, PersonKind::Staff);
}

#[test]
fn four_columns_may_be_empty() {
    let fields = RosterFields { phone: " ", job_role: "", esr_number: "", user_type: "", ..GOOD };
    let row = RosterRow::parse(&fields, TODAY, PHONES).unwrap();
    assert_eq!((row.phone, row.job_role, row.esr_number, row.kind), (None, None, None, PersonKind::Staff));
}

#[test]
fn everything_that_is_wrong_is_named_at_once_and_by_column() {
    let nothing = RosterFields::default();
    assert_eq!(
        columns_at_fault(&nothing),
        COLUMNS.into_iter().filter(|column| !OPTIONAL_COLUMNS.contains(column)).collect::<Vec<_>>()
    );
    let rubbish = RosterFields::in_order(["<>"; COLUMNS.len()]);
    assert_eq!(
        columns_at_fault(&rubbish),
        COLUMNS.into_iter().filter(|c| *c != "job role").collect::<Vec<_>>()
    );
}

#[test]
fn a_reason_never_repeats_what_stood_there() {
    let secret =
        RosterFields { email: "hunter2hunter2", esr_number: "hunter2hunter2", phone: "hunter2", ..GOOD };
    for problem in RosterRow::parse(&secret, TODAY, PHONES).unwrap_err() {
        assert!(!problem.reason.contains("hunter2") && !problem.reason.is_empty());
    }
}

#[rstest]
#[case("current employee", EmploymentStatus::CurrentEmployee)]
#[case("Current employee or leaver", EmploymentStatus::CurrentEmployee)]
#[case(" NEW  STARTER", EmploymentStatus::NewStarter)]
#[case("new-starter", EmploymentStatus::NewStarter)]
#[case("Leaver", EmploymentStatus::Leaver)]
fn an_employment_status_is_read_as_employers_write_it(#[case] text: &str, #[case] status: EmploymentStatus) {
    assert_eq!(EmploymentStatus::parse(text), Ok(status));
}

#[rstest]
#[case("training user", PersonKind::TrainingUser)]
#[case("Training_User", PersonKind::TrainingUser)]
#[case("authoriser", PersonKind::Authoriser)]
#[case("", PersonKind::Staff)]
fn a_user_type_is_staff_unless_it_says_otherwise(#[case] text: &str, #[case] kind: PersonKind) {
    assert_eq!(PersonKind::parse(text), Ok(kind));
}

#[test]
fn there_are_ten_staff_groups_and_each_is_found_by_its_code_and_its_label() {
    assert_eq!(StaffGroup::ALL.len(), 10);
    for group in StaffGroup::ALL {
        assert_eq!(StaffGroup::from_code(group.code()), Some(*group));
        assert_eq!(StaffGroup::parse(&group.label().to_uppercase()), Ok(*group));
        let kept = serde_json::to_string(group).unwrap();
        assert_eq!(kept, format!("\"{}\"", group.code()));
        assert_eq!(serde_json::from_str::<StaffGroup>(&kept).unwrap(), *group);
    }
    assert_eq!(StaffGroup::from_code("wizards"), None);
}

#[test]
fn a_leaver_may_not_join() {
    let may: Vec<bool> = EmploymentStatus::ALL.iter().map(|status| status.may_join()).collect();
    assert_eq!(may, [true, true, false]);
}

#[rstest]
#[case("O’NEILL KHAN", date(1985, 3, 29), true)]
#[case("Khan", date(1985, 3, 29), false)]
#[case("O'Neill-Khan", date(1985, 3, 28), false)]
fn details_match_by_last_name_and_date_of_birth(#[case] last: &str, #[case] born: Date, #[case] same: bool) {
    let row = RosterRow::parse(&GOOD, TODAY, PHONES).unwrap();
    assert_eq!(details_match(&row.facts(), &PersonName::parse(last).unwrap(), born), same);
}

#[test]
fn a_row_that_was_printed_is_read_back() {
    let row = RosterRow::parse(&GOOD, TODAY, PHONES).unwrap();
    let printed = row.print();
    let fields = RosterFields::in_order(printed.each_ref().map(String::as_str));
    assert_eq!(RosterRow::parse(&fields, TODAY, PHONES).unwrap(), row);
}

#[test]
fn headings_are_compared_without_case_and_underscores() {
    assert_eq!(heading("\u{feff}First_Name "), "first name");
    assert!(COLUMNS.iter().all(|column| heading(column) == *column));
}

#[test]
fn a_row_is_not_printed_by_debug() {
    let shown = format!("{:?}", RosterRow::parse(&GOOD, TODAY, PHONES).unwrap());
    for secret in ["Amina", "Khan", "1985", "northfield", "900123", "12345678"] {
        assert!(!shown.contains(secret), "{shown}");
    }
}
