//! What must hold for whatever comes from outside. Each function takes any bytes, reads them as one kind of input, and
//! panics if a promise of that kind is broken; the property tests of this crate and the fuzz targets call them.
//!
//! Nothing in the product does.

#![expect(clippy::missing_panics_doc, reason = "to panic on a broken promise is what they are for")]

use jiff::civil::{Date, date};

use crate::{
    birth,
    code::{DIGITS, TypedCode},
    desk::{Reason, Search},
    email::{self, EmailAddress},
    name::{self, PersonName},
    passport::{MOST_AT_ONCE, Provided, sent_by_row},
    password::{self, PasswordPolicy, PasswordProblem},
    phone::{PhonePolicy, UkMobile},
    policy::Policy,
    recovery::TypedRecoveryCode,
    roster::{COLUMNS, RosterFields, RosterRow, heading},
};

/// The name of a fuzz target, and the promise that what it finds is given to.
pub type Promise = (&'static str, fn(&[u8]));

/// Every promise with the name of its fuzz target.
pub const ALL: [Promise; 11] = [
    ("typed_code", typed_code),
    ("email_address", email_address),
    ("uk_mobile", uk_mobile),
    ("person_name", person_name),
    ("date_of_birth", date_of_birth),
    ("roster_row", roster_row),
    ("password", password),
    ("policy_setting", policy_setting),
    ("desk_words", desk_words),
    ("provided_credential", provided_credential),
    ("staff_row", staff_row),
];

const TODAY: Date = date(2026, 11, 22);

const POLICIES: [PhonePolicy; 4] = [
    PhonePolicy { crown_dependencies: false, drama_numbers: false },
    PhonePolicy { crown_dependencies: false, drama_numbers: true },
    PhonePolicy { crown_dependencies: true, drama_numbers: false },
    PhonePolicy { crown_dependencies: true, drama_numbers: true },
];

/// A typed code is six ASCII digits, reads back as itself, and is not printed.
pub fn typed_code(bytes: &[u8]) {
    if let Ok(code) = TypedCode::parse(&text(bytes)) {
        assert!(code.digits().len() == DIGITS && code.digits().bytes().all(|b| b.is_ascii_digit()));
        assert_eq!(TypedCode::parse(code.digits()).as_ref(), Ok(&code));
        assert!(!format!("{code:?}").contains(code.digits()));
    }
}

/// An address has one form; its hint shows one letter at most of what stands before the `@`; it can't break out of the
/// head of a message.
pub fn email_address(bytes: &[u8]) {
    if let Ok(address) = EmailAddress::parse(&text(bytes)) {
        let kept = address.as_str();
        assert_eq!(EmailAddress::parse(kept).as_ref(), Ok(&address), "not one form");
        assert!(kept.len() <= email::LONGEST && !kept.chars().any(|c| c.is_control() || c.is_whitespace()));
        assert_eq!(format!("{}@{}", address.local_part(), address.domain()), kept);
        let hint = address.hint();
        let (shown, domain) = hint.split_once("•••@").unwrap_or_default();
        assert!(shown.chars().count() <= 1 && address.local_part().starts_with(shown));
        assert!(shown.len() < address.local_part().len() && domain == address.domain());
    }
}

/// A number is `+447` and nine digits, none of them personal or premium; it reads back as itself under the same policy;
/// a laxer policy takes it too; its hint is two digits.
pub fn uk_mobile(bytes: &[u8]) {
    let text = text(bytes);
    for policy in POLICIES {
        if let Ok(number) = UkMobile::parse(&text, policy) {
            let e164 = number.e164();
            assert!(e164.len() == 13 && e164.starts_with("+447") && !e164.starts_with("+4470"));
            assert!(e164.bytes().skip(1).all(|b| b.is_ascii_digit()));
            assert!(policy.drama_numbers || !e164.starts_with("+447700900"));
            assert_eq!(UkMobile::parse(e164, policy).as_ref(), Ok(&number), "not one form");
            let lax = PhonePolicy { crown_dependencies: true, drama_numbers: true };
            assert_eq!(UkMobile::parse(&text, lax).as_ref(), Ok(&number));
            assert!(number.hint().len() == 2 && e164.ends_with(number.hint()));
            assert!(!text.chars().any(|c| c.is_alphabetic() && !"tel".contains(c)));
        }
    }
}

/// A name has one form, matches itself in any case, and can't have markup or control characters in it.
pub fn person_name(bytes: &[u8]) {
    if let Ok(person) = PersonName::parse(&text(bytes)) {
        let kept = person.as_str();
        assert_eq!(PersonName::parse(kept).as_ref(), Ok(&person), "not one form");
        assert!(!kept.chars().any(|c| c.is_control() || "<>&\"@/:".contains(c)));
        assert!(kept.chars().count() <= name::LONGEST && kept.trim() == kept);
        assert!(person.matches(&person) && !person.folded().is_empty());
        assert_eq!(name::folded(&person.folded()), person.folded(), "folding twice differs");
    }
}

/// A date of birth is of a living person old enough to work, however it was written; written again it is the same.
pub fn date_of_birth(bytes: &[u8]) {
    let text = text(bytes);
    let mut fields = text.splitn(3, '\n');
    let mut next = || fields.next().unwrap_or_default();
    let in_fields = birth::parse(next(), next(), next(), TODAY);
    for born in [in_fields, birth::parse_written(&text, TODAY)].into_iter().flatten() {
        assert!(born <= TODAY && (1905..=2012).contains(&born.year()));
        assert_eq!(birth::parse_written(&born.to_string(), TODAY), Ok(born));
        let [day, month, year] = [born.day().to_string(), born.month().to_string(), born.year().to_string()];
        assert_eq!(birth::parse(&day, &month, &year, TODAY), Ok(born));
    }
}

/// A row is read, or every problem is named once, by a column that there is and without what stood there; a row that was
/// read and printed is read again as the same.
pub fn roster_row(bytes: &[u8]) {
    let text = text(bytes);
    let mut fields = text.split('\n');
    let fields = COLUMNS.map(|_| fields.next().unwrap_or_default());
    for policy in POLICIES {
        match RosterRow::parse(&RosterFields::in_order(fields), TODAY, policy) {
            Ok(row) => {
                let printed = row.print();
                let again = RosterFields::in_order(printed.each_ref().map(String::as_str));
                assert_eq!(RosterRow::parse(&again, TODAY, policy).as_ref(), Ok(&row), "not one form");
            }
            Err(problems) => {
                assert!(!problems.is_empty());
                for problem in &problems {
                    assert!(COLUMNS.contains(&problem.column) && !problem.reason.is_empty());
                    assert_eq!(problems.iter().filter(|other| other.column == problem.column).count(), 1);
                }
            }
        }
    }
    let once = heading(&text);
    assert_eq!(heading(&once), once);
}

/// A password is judged the same in its canonical form, and one that is taken is as long as it must be and without the
/// names of its owner. The first line is the password, the second a name.
pub fn password(bytes: &[u8]) {
    let text = text(bytes);
    let (password, name) = text.split_once('\n').unwrap_or((&text, ""));
    let names = password::Names { person: &[name], house: &[name] };
    let judged = |password: &str| password::judge(password, names, &PasswordPolicy::default());
    let plain = password::canonical(password);
    assert_eq!(*password::canonical(&plain), *plain, "not one form");
    let verdict = judged(password);
    assert!(*plain == password || judged(&plain) == verdict);
    let length = plain.chars().count();
    match verdict {
        Ok(()) => assert!((12..=256).contains(&length)),
        Err(PasswordProblem::TooShort { .. }) => assert!((1..12).contains(&length)),
        Err(PasswordProblem::TooLong { .. }) => assert!(length > 256),
        Err(PasswordProblem::Empty) => assert_eq!(length, 0),
        Err(PasswordProblem::HoldsName | PasswordProblem::HoldsHouse) => assert!(!name.is_empty()),
        Err(_) => {}
    }
}

/// A setting makes the policy stricter, or leaves it as it was. The first line is the key, the second the value.
pub fn policy_setting(bytes: &[u8]) {
    let text = text(bytes);
    let (key, value) = text.split_once('\n').unwrap_or((&text, ""));
    let mut policy = Policy::default();
    match policy.stricter(key, value) {
        Ok(()) => assert_eq!(policy.clone().stricter(key, value), Ok(()), "the same again is not looser"),
        Err(_) => assert_eq!(policy, Policy::default()),
    }
    let guide = Policy::default();
    assert!(policy.code_lifetime <= guide.code_lifetime && policy.code_lifetime.is_positive());
    assert!(policy.session_idle <= guide.session_idle && policy.session_idle.is_positive());
    assert!(policy.code_wrong_tries <= guide.code_wrong_tries && policy.code_wrong_tries > 0);
    assert!(policy.password.min >= guide.password.min && policy.code_pause.within >= guide.code_pause.within);
}

/// A recovery code, a reason and what is looked for: each has one form, on one line and not too long.
pub fn desk_words(bytes: &[u8]) {
    let text = text(bytes);
    if let Ok(code) = TypedRecoveryCode::parse(&text) {
        assert_eq!(TypedRecoveryCode::parse(code.as_str()).as_ref(), Ok(&code));
        assert!(!format!("{code:?}").contains(code.as_str()));
    }
    if let Ok(reason) = Reason::parse(&text) {
        assert_eq!(Reason::parse(reason.as_str()).as_ref(), Ok(&reason), "not one form");
        assert!((Reason::SHORTEST..=Reason::LONGEST).contains(&reason.as_str().chars().count()));
        assert!(!reason.as_str().chars().any(char::is_control));
    }
    if let Ok(search) = Search::parse(&text) {
        assert!(search.name.chars().filter(|c| c.is_alphanumeric()).count() >= Search::SHORTEST);
        assert_eq!(name::folded(&search.name), search.name, "folding twice differs");
        assert!(!search.identifier.is_empty());
    }
}

/// What a system provides is read, or all that is wrong with it is named by its place and without what stood there; what was read is
/// read again as the same.
pub fn provided_credential(bytes: &[u8]) {
    let Ok(json) = serde_json::from_slice::<serde_json::Value>(bytes) else { return };
    match Provided::read_all(&json, TODAY) {
        Ok(all) => {
            assert!((1..=MOST_AT_ONCE).contains(&all.len()));
            for one in all {
                assert!(!one.is_over(TODAY));
                let mut again: serde_json::Value = serde_json::from_str(&one.content).unwrap_or_default();
                if let Some(members) = again.as_object_mut() {
                    members.insert("kind".to_owned(), one.kind.as_str().into());
                    members
                        .insert("valid_until".to_owned(), one.valid_until.map(|day| day.to_string()).into());
                }
                assert_eq!(Provided::read_one(&again, TODAY).as_ref(), Ok(&one), "not one form");
                assert!(!one.content.chars().any(char::is_control));
            }
        }
        Err(problems) => {
            assert!(!problems.is_empty());
            for problem in problems {
                let told = problem.to_string();
                assert!(
                    !told.chars().any(char::is_control) && told.len() < 4_000,
                    "a line of a log: {told:?}"
                );
            }
        }
    }
}

/// A row of a table, each cell a line `COLUMN=CELL`: what it says is an object of JSON that is read as what a system sends is.
pub fn staff_row(bytes: &[u8]) {
    let text = text(bytes);
    let sent = sent_by_row(text.lines().filter_map(|line| line.split_once('=')));
    assert!(sent["claims"].is_object() && sent["assurance"].is_object());
    provided_credential(sent.to_string().as_bytes());
}

fn text(bytes: &[u8]) -> std::borrow::Cow<'_, str> {
    String::from_utf8_lossy(bytes)
}
