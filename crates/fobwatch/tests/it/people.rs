//! Invented people of Northfield Hospitals, as its roster has them.

use jiff::civil::Date;
use rules::phone::PhonePolicy;
use rules::roster::{RosterFields, RosterRow};

/// A person, with what they choose and own themselves.
#[derive(Debug, Clone, Copy)]
pub struct Person {
    pub first_name: &'static str,
    pub last_name: &'static str,
    /// Year, month, day.
    pub born: (i16, i8, i8),
    pub email: &'static str,
    pub mobile: &'static str,
    pub password: &'static str,
    pub user_type: &'static str,
    pub employment_status: &'static str,
    pub staff_number: &'static str,
}

pub const AMINA: Person = Person {
    first_name: "Amina",
    last_name: "Khan",
    born: (1990, 3, 14),
    email: "amina.khan@northfield.example",
    mobile: "07700 900123",
    password: "lanterns over quiet harbours",
    user_type: "",
    employment_status: "current employee",
    staff_number: "",
};

pub const SINEAD: Person = Person {
    first_name: "Sinéad",
    last_name: "O'Brien-Żółkowska",
    born: (1984, 12, 1),
    email: "sinead.obrien@northfield.example",
    mobile: "07700 900124",
    password: "seven copper kettles whistling",
    ..AMINA
};

pub const YU: Person = Person {
    first_name: "Y",
    last_name: "O",
    born: (2000, 2, 29),
    email: "y.o@northfield.example",
    mobile: "07700 900125",
    password: "marble staircase without tigers",
    ..AMINA
};

pub const BEN: Person = Person {
    first_name: "Ben",
    last_name: "Adeyemi",
    born: (1979, 7, 30),
    email: "ben.adeyemi@northfield.example",
    mobile: "07700 900126",
    password: "orchard of purple telephones",
    ..AMINA
};

/// Has left.
pub const LEO: Person = Person {
    first_name: "Leo",
    last_name: "Leaver",
    email: "leo.leaver@northfield.example",
    employment_status: "leaver",
    ..AMINA
};

/// Only uses online training.
pub const TESS: Person = Person {
    first_name: "Tess",
    last_name: "Trainee",
    born: (1999, 5, 5),
    email: "tess.trainee@northfield.example",
    mobile: "07700 900127",
    password: "twelve lazy submarines humming",
    user_type: "training user",
    ..AMINA
};

/// Authorises for the organisation.
pub const ARTHUR: Person = Person {
    first_name: "Arthur",
    last_name: "Okoro",
    born: (1965, 1, 31),
    email: "arthur.okoro@northfield.example",
    mobile: "07700 900128",
    password: "granite umbrella festival night",
    user_type: "authoriser",
    ..AMINA
};

/// On no roster.
pub const STRANGER: Person =
    Person { first_name: "Sam", last_name: "Stranger", email: "sam.stranger@elsewhere.example", ..AMINA };

pub const ROSTER: [Person; 7] = [AMINA, SINEAD, YU, BEN, LEO, TESS, ARTHUR];

/// Drama numbers are nobody's, so tests may use them.
pub const PHONES: PhonePolicy = PhonePolicy { crown_dependencies: true, drama_numbers: true };

impl Person {
    pub fn on_the_roster(&self, today: Date) -> RosterRow {
        let (year, month, day) = self.born;
        let fields = RosterFields {
            first_name: self.first_name,
            last_name: self.last_name,
            date_of_birth: &format!("{year:04}-{month:02}-{day:02}"),
            email: self.email,
            phone: self.mobile,
            staff_group: "Nursing and Midwifery Registered",
            job_role: "Staff nurse",
            employment_type: "permanent",
            employment_status: self.employment_status,
            esr_number: self.staff_number,
            user_type: self.user_type,
        };
        RosterRow::parse(&fields, today, PHONES).unwrap_or_else(|problems| panic!("{problems:?}"))
    }
}

/// One of many colleagues.
pub fn colleague(number: usize, today: Date) -> RosterRow {
    let mut row = AMINA.on_the_roster(today);
    row.email = rules::email::EmailAddress::parse(&format!("colleague.{number}@northfield.example")).unwrap();
    row
}
