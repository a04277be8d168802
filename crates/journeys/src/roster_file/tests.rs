use jiff::civil::date;
use proptest::prelude::*;

use super::*;

const HEADINGS: &str = "first name,last name,date of birth,email,phone,staff group,job role,employment type,\
    employment status,esr number,user type";

fn person(email: &str) -> String {
    person_with(email, "current employee", "")
}

fn person_with(email: &str, status: &str, number: &str) -> String {
    format!("Amina,Khan,1988-04-17,{email},,Medical and Dental,Registrar,permanent,{status},{number},staff")
}

fn reading(text: &str) -> RosterFile {
    read(text.as_bytes(), date(2026, 11, 22), PhonePolicy::default()).unwrap()
}

fn refusal(text: &str) -> String {
    read(text.as_bytes(), date(2026, 11, 22), PhonePolicy::default()).unwrap_err().to_string()
}

fn mistakes(file: &RosterFile) -> Vec<String> {
    file.mistakes.iter().map(ToString::to_string).collect()
}

#[test]
fn a_good_file_is_read_whole() {
    let amina = person("amina.khan@northfield.example");
    let file = reading(&format!("{HEADINGS}\n{amina}\n{}\n", person("a.khan@northfield.example")));
    assert_eq!(mistakes(&file), Vec::<String>::new());
    assert_eq!(file.rows.len(), 2);
    assert_eq!(file.rows[0].email.as_str(), "amina.khan@northfield.example");
    assert_eq!(file.rows[0].date_of_birth, date(1988, 4, 17));
}

#[test]
fn a_byte_order_mark_windows_line_ends_and_empty_lines_do_no_harm() {
    let amina = person("amina.khan@northfield.example");
    let file = reading(&format!("\u{feff}{HEADINGS}\r\n{amina}\r\n\r\n,,,,,,,,,,\r\n"));
    assert_eq!((file.rows.len(), file.bad_rows), (1, 0));
}

#[test]
fn lines_are_counted_as_whoever_opens_the_file_does_whatever_ends_them() {
    let (good, bad) = (person("amina.khan@northfield.example"), person("nobody"));
    for end in ["\n", "\r\n"] {
        let other = person("a.khan@northfield.example");
        let lines = ["", good.as_str(), bad.as_str(), "", bad.as_str(), other.as_str()];
        let file = reading(&format!("{HEADINGS}{}{end}", lines.join(end)));
        assert_eq!(file.lines, [2, 6], "{end:?}");
        // Those that say nothing are no rows.
        assert_eq!((file.places.as_slice(), file.all_rows()), ([0, 3].as_slice(), 4), "{end:?}");
        let named: Vec<_> = file.mistakes.iter().map(|mistake| mistake.line).collect();
        assert_eq!(named, [3, 5], "{end:?}");
    }
}

#[test]
fn headings_are_matched_in_any_case_and_order_and_with_any_spaces() {
    let file = reading(
        "E-mail, LAST_NAME ,FirstName,Date_Of_Birth,STAFF  GROUP,Employment-Type,employmentstatus\n\
         amina.khan@northfield.example,Khan,Amina,17/04/1988,medical and dental,Permanent,Current Employee\n",
    );
    assert_eq!(mistakes(&file), Vec::<String>::new());
    assert_eq!(file.rows[0].last_name.as_str(), "Khan");
}

#[test]
fn missing_unknown_and_double_columns_are_all_named() {
    let said = refusal("First name,Surname,E-mail,email,staf group,employment type,employment status\n");
    assert_eq!(
        said,
        "line 1, the headings: the column \"Surname\" is not known: remove it; the column \"email\" is there twice; \
         the column \"staf group\" is not known (did you mean \"staff group\"?); the column \"last name\" is missing; \
         the column \"date of birth\" is missing; the column \"staff group\" is missing"
    );
}

#[test]
fn a_file_that_is_none_is_refused_with_a_remedy() {
    assert!(refusal("").contains("--template"));
    assert!(refusal(&HEADINGS.replace(',', ";")).contains("not separated by commas"));
    let latin = [HEADINGS.as_bytes(), b"\nZo\xEB,Smith\n"].concat();
    let refused = read(&latin, date(2026, 11, 22), PhonePolicy::default()).unwrap_err();
    assert_eq!(refused, FileProblem::NotUtf8 { line: 2 });
}

#[test]
fn every_mistake_is_named_with_line_and_column_and_never_repeats_the_cell() {
    let good = person("amina.khan@northfield.example");
    let bad = person("not-an-address").replace("1988-04-17", "1988-02-30");
    let file = reading(&format!("{HEADINGS}\n{good}\n{bad}\nAmina,Khan\n"));
    assert_eq!((file.rows.len(), file.bad_rows), (1, 2));
    let said = mistakes(&file);
    assert_eq!(said.len(), 3, "{said:?}");
    assert!(said[0].starts_with("line 3, column date of birth: "), "{said:?}");
    assert!(said[1].starts_with("line 3, column email: "), "{said:?}");
    assert_eq!(said[2], "line 4: has 2 cells where there are 11 headings");
    assert!(!said.concat().contains("not-an-address"), "{said:?}");
}

#[test]
fn the_same_address_twice_is_named_whatever_its_case() {
    let first = person("amina.khan@northfield.example");
    let again = person("Amina.Khan@NORTHFIELD.example");
    let file = reading(&format!("{HEADINGS}\n{first}\n{again}\n"));
    assert_eq!(mistakes(&file), ["line 3, column email: the address is that of line 2, too"]);
    assert_eq!(file.rows.len(), 1);
}

#[test]
fn no_two_people_who_work_there_have_one_staff_number() {
    let with = |email: &str, status: &str| person_with(email, status, "12345678");
    let left = with("left@northfield.example", "leaver");
    let first = with("amina.khan@northfield.example", "current employee");
    let second = with("a.khan@northfield.example", "new starter");
    let mut file = reading(&format!("{HEADINGS}\n{left}\n{first}\n{second}\n"));
    assert_eq!(mistakes(&file), ["line 4, column esr number: the staff number is that of line 3, too"]);
    assert_eq!((file.rows.len(), file.bad_rows), (2, 1));
    // Nor one who is on the list already by an invitation; their own row is theirs.
    let by = |email: &str| HashMap::from([("12345678".to_owned(), email.to_owned())]);
    file.leave_out_numbers(&by("amina.khan@northfield.example"));
    assert_eq!(file.rows.len(), 2);
    file.leave_out_numbers(&by("zoe.hartley@elsewhere.example"));
    let named = "line 3, column esr number: the staff number is that of somebody who was invited with another address";
    assert_eq!(mistakes(&file)[0], named);
    assert_eq!((file.rows.len(), file.bad_rows), (1, 2));
    assert_eq!((file.lines.as_slice(), file.places.as_slice()), ([2].as_slice(), [0].as_slice()));
}

#[test]
fn a_quotation_mark_that_is_not_closed_is_named() {
    let good = person("amina.khan@northfield.example");
    let file = reading(&format!("{HEADINGS}\n\"{good}\n{good}\n"));
    assert_eq!(mistakes(&file), ["line 2: a cell holds a line end; perhaps a quotation mark is not closed"]);
}

#[test]
fn the_template_has_all_headings_and_nobody_in_it() {
    assert_eq!(reading(&template()).rows.len(), 0);
}

proptest! {
    #[test]
    fn no_bytes_whatever_stop_the_reading(bytes in proptest::collection::vec(any::<u8>(), 0..400)) {
        let _ = read(&bytes, date(2026, 11, 22), PhonePolicy::default());
        let with_headings = [HEADINGS.as_bytes(), b"\n", &bytes].concat();
        let _ = read(&with_headings, date(2026, 11, 22), PhonePolicy::default());
    }

    #[test]
    fn every_row_is_either_taken_or_named(cells in proptest::collection::vec("[a-zA-Z0-9@. ,\"\n-]{0,12}", 0..60)) {
        let mut writer = csv::WriterBuilder::new().flexible(true).from_writer(Vec::new());
        writer.write_record(HEADINGS.split(',')).unwrap();
        let rows: Vec<&[String]> = cells.chunks(11).collect();
        for row in &rows {
            writer.write_record(*row).unwrap();
        }
        let file = read(&writer.into_inner().unwrap(), date(2026, 11, 22), PhonePolicy::default()).unwrap();
        let empty = rows.iter().filter(|row| row.iter().all(|cell| cell.trim().is_empty())).count();
        prop_assert_eq!(file.rows.len() + file.bad_rows + empty, rows.len());
        let lines: std::collections::BTreeSet<u64> = file.mistakes.iter().map(|mistake| mistake.line).collect();
        prop_assert_eq!(lines.len(), file.bad_rows);
    }

    #[test]
    fn good_rows_come_back_in_any_order_of_columns(order in Just((0..11).collect::<Vec<usize>>()).prop_shuffle()) {
        let amina = person("amina.khan@northfield.example");
        let shuffled = |line: &str| {
            let cells: Vec<&str> = line.split(',').collect();
            order.iter().map(|at| cells[*at]).collect::<Vec<_>>().join(",")
        };
        let file = reading(&format!("{}\n{}\n", shuffled(HEADINGS), shuffled(&amina)));
        prop_assert_eq!(&file.rows, &reading(&format!("{HEADINGS}\n{amina}\n")).rows);
        prop_assert_eq!(file.rows.len(), 1);
    }
}
