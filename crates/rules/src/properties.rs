//! The promises of [`crate::outside`], tried with arbitrary bytes, arbitrary text and text that is almost right.

use proptest::{collection::vec, prelude::*, sample::select};

use crate::{
    birth, code, email::EmailAddress, limits, name::PersonName, outside, password, phone, roster, session,
    sign_in,
};

/// Bytes of no kind, text of no kind, or pieces that make almost right input of every kind.
fn anything() -> impl Strategy<Value = Vec<u8>> {
    let pieces = [
        "0",
        "+",
        "44",
        "7700900",
        "7400 123456",
        "07",
        " ",
        "-",
        "–",
        "\u{200b}",
        "\u{a0}",
        "１",
        "٣",
        "@",
        ".",
        "a",
        "İ",
        "ß",
        "Σ",
        "e\u{301}",
        "'",
        "’",
        "ʼ",
        "\u{300}",
        "\n",
        "\r\n",
        "northfield.example",
        "29",
        "3",
        "mar",
        "1985",
        "/",
        "1985-03-29",
        "leaver",
        "new starter",
        "staff",
        "Nursing and Midwifery Registered",
        "<b>",
        "\0",
        "\u{202e}",
        "ﬁ",
        "Ǆ",
        "ά",
        "क\u{93f}",
        "12345678",
        "code-lifetime",
        "10 min",
        "9999999999999999999",
        "\"",
    ];
    prop_oneof![
        vec(any::<u8>(), 0..200),
        any::<String>().prop_map(String::into_bytes),
        vec(select(pieces.to_vec()), 0..24).prop_map(|pieces| pieces.concat().into_bytes()),
    ]
}

fn row() -> impl Strategy<Value = Vec<u8>> {
    let column = |good: &'static str| prop_oneof![9 => Just(good.to_owned()), 1 => any::<String>()];
    (
        column("Amina"),
        column("O'Neill-Khan"),
        column("29/03/1985"),
        column("amina.khan@northfield.example"),
        column("07400 123456"),
        column("students"),
        column("Staff nurse"),
        column("permanent"),
        column("current employee or leaver"),
        (column("12345678"), column("authoriser")),
    )
        .prop_map(|(a, b, c, d, e, f, g, h, i, (j, k))| {
            [a, b, c, d, e, f, g, h, i, j, k].join("\n").into_bytes()
        })
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 1000, failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn any_input_is_a_code_or_a_reason(bytes in anything()) {
        outside::typed_code(&bytes);
    }

    #[test]
    fn any_input_is_an_address_or_a_reason(bytes in anything()) {
        outside::email_address(&bytes);
    }

    #[test]
    fn any_input_is_a_name_or_a_reason(bytes in anything()) {
        outside::person_name(&bytes);
    }

    #[test]
    fn any_input_is_a_date_of_birth_or_a_reason(bytes in anything()) {
        outside::date_of_birth(&bytes);
    }

    #[test]
    fn any_input_is_a_setting_or_a_reason(bytes in anything()) {
        outside::policy_setting(&bytes);
    }

    #[test]
    fn six_digits_are_a_code_with_blanks_and_dashes_anywhere(digits in "[0-9]{6}", blanks in vec(select(vec!["", " ", "-", "–", "\u{a0}"]), 7)) {
        let typed: String = blanks.iter().zip(digits.chars().map(Some).chain([None]))
            .flat_map(|(blank, digit)| blank.chars().chain(digit)).collect();
        let code = code::TypedCode::parse(&typed).unwrap();
        prop_assert_eq!(code.digits(), digits);
    }

    #[test]
    fn a_printable_address_is_taken_in_any_case(local in "[a-z0-9][a-z0-9+_-]{0,20}", host in "[a-z][a-z0-9]{0,10}") {
        let address = format!("{local}@{host}.example");
        let kept = EmailAddress::parse(&address).unwrap();
        prop_assert_eq!(&EmailAddress::parse(&format!(" {} ", address.to_uppercase())).unwrap(), &kept);
        prop_assert_eq!(kept.as_str(), &address);
    }

    #[test]
    fn a_name_matches_itself_in_capitals(name in "[a-zà-öø-ÿ][a-zà-öø-ÿ '-]{0,20}") {
        let kept = PersonName::parse(&name).unwrap();
        prop_assert!(kept.matches(&PersonName::parse(&name.to_uppercase()).unwrap()));
        prop_assert!(kept.matches(&PersonName::parse(&name.replace('\'', "’").replace(' ', "  ")).unwrap()));
    }

    #[test]
    fn every_day_of_a_working_life_is_a_date_of_birth(day in 1_i8..=28, month in 1_i8..=12, year in 1907_i16..=2011) {
        let today = jiff::civil::date(2026, 11, 22);
        let born = jiff::civil::date(year, month, day);
        prop_assert_eq!(birth::parse(&day.to_string(), &month.to_string(), &year.to_string(), today), Ok(born));
        prop_assert_eq!(birth::parse_written(&format!("{day:02}/{month:02}/{year}"), today), Ok(born));
    }

    #[test]
    fn a_session_that_is_over_stays_over(started in 0_i64..1_000_000, seen in 0_i64..1_000_000, now in 0_i64..1_000_000, later in 0_i64..1_000_000) {
        let at = |second| jiff::Timestamp::from_second(second).unwrap();
        let age = |now| session::SessionAge::at(at(started), at(seen), at(now));
        if age(now) == session::SessionAge::Over {
            prop_assert_eq!(age(now + later), session::SessionAge::Over);
        }
        if age(now) != session::SessionAge::Live {
            prop_assert_ne!(age(now + later), session::SessionAge::Live);
        }
    }

    #[test]
    fn no_count_of_failures_and_no_time_is_a_panic(failures: u32, lock_after: u32, last: i64, now: i64) {
        let at = |second: i64| jiff::Timestamp::from_second(second % 200_000_000_000).unwrap();
        let lockout = sign_in::Lockout { failures, last_failure: at(last) };
        let may = lockout.with(lock_after, sign_in::FIRST_LOCK, at(now));
        prop_assert!(may == sign_in::MayTry::Now || failures > sign_in::FREE_TRIES || failures >= lock_after.max(1));
        limits::CODE_PAUSE.counts_after(at(now));
    }
}

proptest! {
    // These cost more each: strength, and the number plans of the world.
    #![proptest_config(ProptestConfig { cases: 200, failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn any_input_is_a_number_or_a_reason(bytes in anything()) {
        outside::uk_mobile(&bytes);
    }

    #[test]
    fn every_uk_mobile_is_one_number_however_it_is_written(
        subscriber in "74[0-9]{8}",
        prefix in select(vec!["0", "+44", "+44 0", "+44 (0)", "0044", "44", "", "0+44", "+0"]),
        gap in select(vec!["", " ", "-", "\u{a0}", "."]),
    ) {
        let (area, rest) = subscriber.split_at(4);
        let typed = format!("{prefix}{area}{gap}{rest}");
        let strict = phone::PhonePolicy { crown_dependencies: true, drama_numbers: false };
        // Not every range is in use; those that are must all read the same.
        let plain = phone::UkMobile::parse(&format!("+44{subscriber}"), strict);
        prop_assert_eq!(phone::UkMobile::parse(&typed, strict), plain);
    }

    #[test]
    fn any_input_is_a_password_or_a_reason(bytes in anything()) {
        outside::password(&bytes);
    }

    #[test]
    fn any_input_is_a_row_or_all_its_reasons(bytes in prop_oneof![anything(), row()]) {
        outside::roster_row(&bytes);
    }

    #[test]
    fn no_password_with_the_name_in_it_is_taken(before in "[ -~]{0,12}", after in "[ -~]{6,12}") {
        let password = format!("{before}aMiNa{after}");
        let names = password::Names { person: &["Amina"], house: &[] };
        let judged = password::judge(&password, names, &password::PasswordPolicy::default());
        prop_assert!(judged.is_err());
    }

    #[test]
    fn details_match_only_with_both(born_on in 1_i8..=28, typed_on in 1_i8..=28, last in "[A-Z][a-z]{1,8}", typed in "[A-Z][a-z]{1,8}") {
        let (last, typed) = (PersonName::parse(&last).unwrap(), PersonName::parse(&typed).unwrap());
        let day = |day| jiff::civil::date(1985, 3, day);
        let facts = roster::RosterFacts { last_name: &last, date_of_birth: day(born_on) };
        let same = roster::details_match(&facts, &typed, day(typed_on));
        prop_assert_eq!(same, last == typed && born_on == typed_on);
    }
}
