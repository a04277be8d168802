//! The employer's list of who may register: its columns, and one row of it (guide 003, step 3; staff passport).
//!
//! Reading CSV is not done here: a row comes as texts by column.

mod kinds;

use std::fmt;

use jiff::civil::Date;

use crate::{birth, email::EmailAddress, fold, name::PersonName, phone::PhonePolicy, phone::UkMobile};

pub use kinds::{EmploymentStatus, EmploymentType, PersonKind, StaffGroup};

/// The columns of a roster, in the order of the template.
pub const COLUMNS: [&str; 11] = [
    "first name",
    "last name",
    "date of birth",
    "email",
    "phone",
    "staff group",
    "job role",
    "employment type",
    "employment status",
    "esr number",
    "user type",
];

/// The columns that a roster may leave out, or leave empty.
pub const OPTIONAL_COLUMNS: [&str; 4] = ["phone", "job role", "esr number", "user type"];

/// The longest job role, in characters.
const LONGEST_ROLE: usize = 200;

/// One row of a roster as it stands in the file. What the file doesn't have is empty.
#[derive(Clone, Copy, Default)]
#[expect(missing_docs, reason = "each field is the column of its name")]
pub struct RosterFields<'a> {
    pub first_name: &'a str,
    pub last_name: &'a str,
    pub date_of_birth: &'a str,
    pub email: &'a str,
    pub phone: &'a str,
    pub staff_group: &'a str,
    pub job_role: &'a str,
    pub employment_type: &'a str,
    pub employment_status: &'a str,
    pub esr_number: &'a str,
    pub user_type: &'a str,
}

impl<'a> RosterFields<'a> {
    /// Fields from texts in the order of [`COLUMNS`].
    pub fn in_order(texts: [&'a str; COLUMNS.len()]) -> Self {
        let [
            first_name,
            last_name,
            date_of_birth,
            email,
            phone,
            staff_group,
            job_role,
            employment_type,
            employment_status,
            esr_number,
            user_type,
        ] = texts;
        Self {
            first_name,
            last_name,
            date_of_birth,
            email,
            phone,
            staff_group,
            job_role,
            employment_type,
            employment_status,
            esr_number,
            user_type,
        }
    }

    /// Fields from a file with its own order of columns: `find` gives the text of a column of [`COLUMNS`], or nothing.
    pub fn by_column(find: impl Fn(&'static str) -> Option<&'a str>) -> Self {
        Self::in_order(COLUMNS.map(|column| find(column).unwrap_or_default()))
    }
}

/// A person who may register, as the employer holds them.
#[derive(Clone, PartialEq, Eq)]
pub struct RosterRow {
    /// First name.
    pub first_name: PersonName,
    /// Last name.
    pub last_name: PersonName,
    /// Date of birth.
    pub date_of_birth: Date,
    /// The address that the employer holds, to which the first code goes.
    pub email: EmailAddress,
    /// The mobile number that the employer holds.
    pub phone: Option<UkMobile>,
    /// Staff group.
    pub staff_group: StaffGroup,
    /// Job role, as the employer words it.
    pub job_role: Option<String>,
    /// Permanent, or a temporary mover.
    pub employment_type: EmploymentType,
    /// Whether the person works here now.
    pub employment_status: EmploymentStatus,
    /// ESR assignment number: the first eight digits of the employee number.
    pub esr_number: Option<String>,
    /// Who registers by the journey, and who signs in at once.
    pub kind: PersonKind,
}

/// What is wrong with one field of a row.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct RowProblem {
    /// The column, one of [`COLUMNS`].
    pub column: &'static str,
    /// What is wrong and what would be right, in plain words. It never repeats what stood there.
    pub reason: String,
}

/// What the employer holds and the person must know before the account is made.
#[derive(Clone, Copy)]
pub struct RosterFacts<'a> {
    /// Last name on the roster.
    pub last_name: &'a PersonName,
    /// Date of birth on the roster.
    pub date_of_birth: Date,
}

/// Whether the details that a person typed are those on the roster: date of birth, and last name by
/// [`PersonName::matches`].
pub fn details_match(facts: &RosterFacts<'_>, last_name: &PersonName, date_of_birth: Date) -> bool {
    // Both are looked at in any case, so that the time taken tells nothing.
    let same_name = facts.last_name.matches(last_name);
    let same_day = facts.date_of_birth == date_of_birth;
    same_name & same_day
}

/// The form of a column's heading in which a file's headings are compared: lower case, with `_` and `-` as spaces.
pub fn heading(text: &str) -> String {
    let visible = text.chars().filter(|c| !fold::is_invisible(*c));
    let plain: String = visible.map(|c| if c == '_' || fold::is_dash(c) { ' ' } else { c }).collect();
    plain.to_lowercase().split_whitespace().collect::<Vec<_>>().join(" ")
}

impl RosterRow {
    /// Reads a row. `today` is the organisation's local day.
    ///
    /// # Errors
    /// Everything that is wrong with the row, by column.
    pub fn parse(
        fields: &RosterFields<'_>,
        today: Date,
        phones: PhonePolicy,
    ) -> Result<Self, Vec<RowProblem>> {
        let mut problems = Problems(Vec::new());
        let first_name = problems.keep("first name", PersonName::parse(fields.first_name));
        let last_name = problems.keep("last name", PersonName::parse(fields.last_name));
        let born = problems.keep("date of birth", birth::parse_written(fields.date_of_birth, today));
        let email = problems.keep("email", EmailAddress::parse(fields.email));
        let phone = problems.keep("phone", optional(fields.phone, |text| UkMobile::parse(text, phones)));
        let staff_group = problems.keep("staff group", StaffGroup::parse(fields.staff_group));
        let job_role = problems.keep("job role", optional(fields.job_role, job_role));
        let employment_type = problems.keep("employment type", EmploymentType::parse(fields.employment_type));
        let employment_status =
            problems.keep("employment status", EmploymentStatus::parse(fields.employment_status));
        let esr_number = problems.keep("esr number", optional(fields.esr_number, esr_number));
        let kind = problems.keep("user type", PersonKind::parse(fields.user_type));
        let row = || {
            Some(Self {
                first_name: first_name?,
                last_name: last_name?,
                date_of_birth: born?,
                email: email?,
                phone: phone?,
                staff_group: staff_group?,
                job_role: job_role?,
                employment_type: employment_type?,
                employment_status: employment_status?,
                esr_number: esr_number?,
                kind: kind?,
            })
        };
        row().ok_or(problems.0)
    }

    /// The row as texts in the order of [`COLUMNS`]; [`Self::parse`] takes them back.
    pub fn print(&self) -> [String; COLUMNS.len()] {
        [
            self.first_name.as_str().to_owned(),
            self.last_name.as_str().to_owned(),
            self.date_of_birth.to_string(),
            self.email.as_str().to_owned(),
            self.phone.as_ref().map(|phone| phone.e164().to_owned()).unwrap_or_default(),
            self.staff_group.label().to_owned(),
            self.job_role.clone().unwrap_or_default(),
            self.employment_type.label().to_owned(),
            self.employment_status.label().to_owned(),
            self.esr_number.clone().unwrap_or_default(),
            self.kind.label().to_owned(),
        ]
    }

    /// What the person must know.
    pub fn facts(&self) -> RosterFacts<'_> {
        RosterFacts { last_name: &self.last_name, date_of_birth: self.date_of_birth }
    }
}

impl fmt::Debug for RosterRow {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("RosterRow")
            .field("staff_group", &self.staff_group)
            .field("employment_status", &self.employment_status)
            .field("kind", &self.kind)
            .finish_non_exhaustive()
    }
}

struct Problems(Vec<RowProblem>);

impl Problems {
    fn keep<T>(&mut self, column: &'static str, read: Result<T, impl ToString>) -> Option<T> {
        read.map_err(|why| {
            self.0.push(RowProblem { column, reason: why.to_string() });
        })
        .ok()
    }
}

fn optional<T, E>(text: &str, read: impl Fn(&str) -> Result<T, E>) -> Result<Option<T>, E> {
    let text = fold::trim(text);
    if text.is_empty() { Ok(None) } else { read(text).map(Some) }
}

fn job_role(text: &str) -> Result<String, &'static str> {
    match text {
        _ if text.chars().any(|c| c.is_control() || fold::is_invisible(c)) => {
            Err("the job role has characters that can't be read")
        }
        _ if text.chars().count() > LONGEST_ROLE => Err("the job role is longer than 200 characters"),
        _ => Ok(text.to_owned()),
    }
}

fn esr_number(text: &str) -> Result<String, &'static str> {
    let digits: Option<String> = text.chars().map(fold::digit).collect();
    digits
        .filter(|digits| digits.len() == 8)
        .ok_or("the ESR number is not the first eight digits of the employee number")
}

#[cfg(test)]
mod tests;
