//! The closed lists of a roster: staff groups, kinds of employment, kinds of people.

use serde::{Deserialize, Serialize};

use super::heading;

/// Makes an enum whose every kind has a stable code (for the database and addresses) and a label (for people).
macro_rules! closed_list {
    ($(#[$about:meta])* $name:ident, $wanted:literal, $default:expr, { $($(#[$doc:meta])* $kind:ident = $code:literal, $label:literal $(or $also:literal)*;)* }) => {
        $(#[$about])*
        #[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
        #[serde(try_from = "String", into = "String")]
        pub enum $name {
            $($(#[$doc])* $kind,)*
        }

        impl $name {
            /// All of them, in the order in which they are shown.
            pub const ALL: &'static [Self] = &[$(Self::$kind),*];

            /// Stable code: lower case, with hyphens.
            pub const fn code(self) -> &'static str {
                match self { $(Self::$kind => $code,)* }
            }

            /// The words of the guide.
            pub const fn label(self) -> &'static str {
                match self { $(Self::$kind => $label,)* }
            }

            /// The one with this code, if any.
            pub fn from_code(code: &str) -> Option<Self> {
                match code { $($code => Some(Self::$kind),)* _ => None }
            }

            /// Reads a code or a label, in any case and with any spaces and hyphens.
            ///
            /// # Errors
            /// What would be right, in plain words.
            pub fn parse(text: &str) -> Result<Self, &'static str> {
                let default: Option<Self> = $default;
                let typed = heading(text);
                if typed.is_empty() {
                    return default.ok_or($wanted);
                }
                let found = Self::ALL.iter().find(|kind| typed == heading(kind.code()) || typed == heading(kind.label()));
                match (found, typed.as_str()) {
                    (Some(kind), _) => Ok(*kind),
                    $($((_, $also) => Ok(Self::$kind),)*)*
                    _ => Err($wanted),
                }
            }
        }

        impl TryFrom<String> for $name {
            type Error = &'static str;

            fn try_from(code: String) -> Result<Self, &'static str> {
                Self::from_code(&code).ok_or($wanted)
            }
        }

        impl From<$name> for String {
            fn from(kind: $name) -> Self {
                kind.code().to_owned()
            }
        }
    };
}

closed_list! {
    /// The staff groups from which a person chooses at the start.
    StaffGroup, "the staff group is none of those in the template", None, {
        /// Additional Clinical Services.
        AdditionalClinicalServices = "additional-clinical-services", "Additional Clinical Services";
        /// Additional Professional Scientific and Technical.
        AdditionalProfessional = "additional-professional-scientific-and-technical", "Additional Professional Scientific and Technical" or "add prof scientific and technic";
        /// Administrative and Clerical.
        AdministrativeAndClerical = "administrative-and-clerical", "Administrative and Clerical";
        /// Allied Health Professionals.
        AlliedHealthProfessionals = "allied-health-professionals", "Allied Health Professionals";
        /// Estates and Ancillary.
        EstatesAndAncillary = "estates-and-ancillary", "Estates and Ancillary";
        /// Healthcare Scientists.
        HealthcareScientists = "healthcare-scientists", "Healthcare Scientists";
        /// Medical and Dental.
        MedicalAndDental = "medical-and-dental", "Medical and Dental";
        /// Nursing and Midwifery Registered.
        NursingAndMidwifery = "nursing-and-midwifery-registered", "Nursing and Midwifery Registered" or "nursing and midwifery";
        /// Students who will not be doctors.
        Students = "students-non-medical", "Students (non-medical)" or "students" or "students non medical";
        /// Students who will be doctors.
        MedicalStudents = "students-medical-undergraduate", "Students (medical undergraduate)" or "students medical undergraduate";
    }
}

closed_list! {
    /// On what terms a person works here.
    EmploymentType, "the employment type is neither \"permanent or fixed term\" nor \"temporary mover\"", None, {
        /// A contract of this employer.
        PermanentOrFixedTerm = "permanent-or-fixed-term", "permanent or fixed term" or "permanent" or "fixed term";
        /// On loan from another employer.
        TemporaryMover = "temporary-mover", "temporary mover";
    }
}

closed_list! {
    /// Whether a person works here.
    EmploymentStatus, "the employment status is none of \"current employee\", \"new starter\" and \"leaver\"", None, {
        /// Works here.
        CurrentEmployee = "current-employee", "current employee" or "current employee or leaver";
        /// Will work here.
        NewStarter = "new-starter", "new starter";
        /// No longer works here: may not register.
        Leaver = "leaver", "leaver";
    }
}

closed_list! {
    /// How a person gets an account.
    PersonKind, "the user type is none of \"staff\", \"training user\" and \"authoriser\"", Some(Self::Staff), {
        /// Registers by the journey of guide 003.
        Staff = "staff", "staff";
        /// Needs no registration: signs in for the first time by a code to their address.
        TrainingUser = "training-user", "training user";
        /// The same, for those who authorise shifts and the like.
        Authoriser = "authoriser", "authoriser" or "authorizer";
    }
}

impl EmploymentStatus {
    /// Whether a person of this status may register and sign in.
    pub const fn may_join(self) -> bool {
        !matches!(self, Self::Leaver)
    }
}
