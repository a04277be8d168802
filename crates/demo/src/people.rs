//! The invented hospitals and their people.

use rules::roster::{EmploymentStatus, PersonKind, RosterRow};
use serde::Serialize;

/// An invented employer.
#[derive(Debug, Clone, Copy)]
pub struct Hospital {
    /// The code in its addresses.
    pub code: &'static str,
    /// Its name.
    pub name: &'static str,
    /// The colour of the band on top of its pages, `#` and six hexadecimal digits.
    pub colour: &'static str,
    /// Where its people get help.
    pub support_email: &'static str,
    /// The same, by telephone: one of the numbers that Ofcom keeps for drama.
    pub support_phone: &'static str,
    /// Its people, as an employer writes them: a roster file.
    pub roster: &'static str,
}

/// Both of them. All names, addresses and numbers are invented; the addresses end in `.example` (RFC 2606), the numbers
/// are of those that Ofcom keeps for drama.
pub const HOSPITALS: [Hospital; 2] = [
    Hospital {
        code: "NTH",
        name: "Northfield Hospitals",
        colour: "#1d4851",
        support_email: "staff.help@northfield.example",
        support_phone: "0117 496 0100",
        roster: include_str!("../people/northfield.csv"),
    },
    Hospital {
        code: "STH",
        name: "Southmere Community Trust",
        colour: "#5b2a6e",
        support_email: "help@southmere.example",
        support_phone: "0191 498 0200",
        roster: include_str!("../people/southmere.csv"),
    },
];

/// The people of one hospital, for the list.
#[derive(Debug, Clone, Serialize)]
pub struct Staff {
    /// The hospital's name.
    pub hospital: &'static str,
    /// The hospital's code.
    pub code: &'static str,
    /// Its people, in the order of the roster.
    pub people: Vec<Person>,
}

/// Somebody who can be played.
#[derive(Debug, Clone, Serialize)]
pub struct Person {
    /// As the employer writes it.
    pub first_name: String,
    /// As the employer writes it.
    pub last_name: String,
    /// In words.
    pub born: String,
    /// The address that the employer holds.
    pub email: String,
    /// `+44…`, or empty.
    pub number: String,
    /// The number as people write it, or empty.
    pub mobile: String,
    /// What is chosen in step 1 of guide 003.
    pub staff_group: &'static str,
    /// What the person does, or empty.
    pub job_role: String,
    /// Which door the person comes in by.
    pub door: Door,
}

/// How somebody gets an account.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
#[serde(rename_all = "kebab-case")]
pub enum Door {
    /// Registers.
    Joins,
    /// Signs in for the first time; made beforehand.
    TrainingUser,
    /// The same.
    Authoriser,
    /// Has left: may not.
    Left,
}

impl Staff {
    /// The people of `hospital`, whose roster has these rows.
    pub fn of(hospital: &Hospital, rows: &[RosterRow]) -> Self {
        Self { hospital: hospital.name, code: hospital.code, people: rows.iter().map(Person::of).collect() }
    }
}

impl Person {
    fn of(row: &RosterRow) -> Self {
        let number = row.phone.as_ref().map_or("", |phone| phone.e164());
        let door = match (row.employment_status, row.kind) {
            (EmploymentStatus::Leaver, _) => Door::Left,
            (_, PersonKind::Staff) => Door::Joins,
            (_, PersonKind::TrainingUser) => Door::TrainingUser,
            (_, PersonKind::Authoriser) => Door::Authoriser,
        };
        Self {
            first_name: row.first_name.as_str().to_owned(),
            last_name: row.last_name.as_str().to_owned(),
            born: wording::date(wording::Language::En, row.date_of_birth),
            email: row.email.as_str().to_owned(),
            number: number.to_owned(),
            mobile: as_written(number),
            staff_group: row.staff_group.label(),
            job_role: row.job_role.clone().unwrap_or_default(),
            door,
        }
    }

    /// Whether a message to this address or number is for this person.
    pub(crate) fn receives_at(&self, to: &str) -> bool {
        self.email.eq_ignore_ascii_case(to) || (!self.number.is_empty() && self.number == to)
    }
}

/// `07700 900123` for `+447700900123`.
pub(crate) fn as_written(e164: &str) -> String {
    match e164.strip_prefix("+44") {
        Some(rest) if rest.len() == 10 && rest.is_ascii() => {
            let (network, number) = rest.split_at(4);
            format!("0{network} {number}")
        }
        _ => e164.to_owned(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use rules::phone::PhonePolicy;
    use rules::roster::{RosterFields, RosterRow};
    use std::collections::BTreeSet;

    fn rows(hospital: &Hospital) -> Vec<RosterRow> {
        let mut lines = hospital.roster.lines();
        assert_eq!(lines.next().unwrap(), rules::roster::COLUMNS.join(","));
        let drama = PhonePolicy { drama_numbers: true, ..PhonePolicy::default() };
        let today = jiff::civil::date(2026, 11, 22);
        lines
            .map(|line| {
                let cells: Vec<&str> = line.split(',').collect();
                let fields = RosterFields::in_order(cells.try_into().unwrap());
                RosterRow::parse(&fields, today, drama)
                    .unwrap_or_else(|problems| panic!("{line}: {problems:?}"))
            })
            .collect()
    }

    #[test]
    fn two_hospitals_have_some_forty_people_of_whom_nobody_has_the_others_address_or_number() {
        let staff: Vec<Staff> =
            HOSPITALS.iter().map(|hospital| Staff::of(hospital, &rows(hospital))).collect();
        let people: Vec<&Person> = staff.iter().flat_map(|staff| &staff.people).collect();
        assert_eq!(people.len(), 40);
        let addresses: BTreeSet<&str> = people.iter().map(|person| person.email.as_str()).collect();
        let numbers: BTreeSet<&str> = people.iter().map(|person| person.number.as_str()).collect();
        assert_eq!((addresses.len(), numbers.len()), (40, 40));
    }

    #[test]
    fn all_of_them_are_invented() {
        for hospital in &HOSPITALS {
            for row in rows(hospital) {
                assert!(row.email.as_str().ends_with(".example"));
                assert!(row.phone.unwrap().e164().starts_with("+447700900"));
            }
        }
    }

    #[test]
    fn every_staff_group_and_every_door_can_be_played() {
        let staff: Vec<Staff> =
            HOSPITALS.iter().map(|hospital| Staff::of(hospital, &rows(hospital))).collect();
        let people: Vec<&Person> = staff.iter().flat_map(|staff| &staff.people).collect();
        for group in rules::roster::StaffGroup::ALL {
            assert!(people.iter().any(|person| person.staff_group == group.label()), "{group:?}");
        }
        for door in [Door::Joins, Door::TrainingUser, Door::Authoriser, Door::Left] {
            assert!(people.iter().any(|person| person.door == door), "{door:?}");
        }
    }

    #[test]
    fn a_number_is_shown_as_people_write_it() {
        assert_eq!(as_written("+447700900123"), "07700 900123");
        assert_eq!(as_written(""), "");
    }
}
