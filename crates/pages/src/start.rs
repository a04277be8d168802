//! Guide 003, steps 1 and 2: choosing the staff group, and who registers here at all.

use serde::Serialize;

use crate::{Link, Page};

/// One of several things to choose from.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Choice {
    /// What the form sends.
    pub value: String,
    /// What the person reads.
    pub label: String,
}

impl Choice {
    /// A choice from what the form sends and what the person reads.
    pub fn new(value: impl Into<String>, label: impl Into<String>) -> Self {
        Self { value: value.into(), label: label.into() }
    }
}

/// Before step 1, when the service serves several organisations: whose member of staff is it?
#[derive(Debug, Clone, Serialize)]
pub struct ChooseOrganisation {
    /// The organisations, by name, each with the address of its own start page.
    pub organisations: Vec<Link>,
}

impl Page for ChooseOrganisation {
    const TEMPLATE: &'static str = "choose-organisation.html";

    fn samples() -> Vec<Self> {
        vec![
            Self {
                organisations: vec![
                    Link::new("Northfield Hospitals", "/NTH/join"),
                    Link::new("Southmere Community Trust", "/STH/join"),
                ],
            },
            Self {
                organisations: vec![Link::new(
                    "Bwrdd Iechyd Cymunedol a Gwasanaethau Iechyd Meddwl Llanfihangel-y-Creuddyn a’r Cylch",
                    "/LLN/join",
                )],
            },
            Self { organisations: Vec::new() },
        ]
    }
}

/// Step 1: *Staff Group*, then *Discover More*. The form is a GET: choosing changes nothing.
#[derive(Debug, Clone, Serialize)]
pub struct StaffGroup {
    /// Where the form goes, by GET, with the chosen value as `group`.
    pub action: String,
    /// The organisation's staff groups.
    pub groups: Vec<Choice>,
    /// The value that is chosen already.
    pub chosen: Option<String>,
    /// For those who have an account already.
    pub sign_in_href: String,
}

impl Page for StaffGroup {
    const TEMPLATE: &'static str = "staff-group.html";
    const FIELDS: &'static [&'static str] = &["group"];

    fn samples() -> Vec<Self> {
        let groups = [
            ("additional-professional", "Additional Professional Scientific and Technical"),
            ("additional-clinical", "Additional Clinical Services"),
            ("administrative", "Administrative and Clerical"),
            ("allied-health", "Allied Health Professionals"),
            ("estates", "Estates and Ancillary"),
            ("healthcare-scientists", "Healthcare Scientists"),
            ("medical", "Medical and Dental"),
            ("nursing", "Nursing and Midwifery Registered"),
            ("students", "Students"),
            ("ambulance", "Registered Ambulance Professions"),
        ];
        let plain = Self {
            action: "/join/discover".into(),
            groups: groups.map(|(value, label)| Choice::new(value, label)).to_vec(),
            chosen: None,
            sign_in_href: "/sign-in".into(),
        };
        let chosen = Self {
            groups: vec![
                Choice::new(
                    "nursing",
                    "Nyrsio a Bydwreigiaeth Gofrestredig, gan gynnwys ymwelwyr iechyd cymunedol",
                ),
                Choice::new("medical", "Meddygol a Deintyddol"),
            ],
            chosen: Some("nursing".into()),
            ..plain.clone()
        };
        vec![plain, chosen]
    }
}

/// Step 2: *Join Now* for those who already work here on a permanent contract, and the ways for everyone else.
#[derive(Debug, Clone, Serialize)]
pub struct Discover {
    /// The staff group that was chosen, in words.
    pub staff_group: String,
    /// The organisation's name.
    pub organisation: String,
    /// Where *Join Now* leads.
    pub join_href: String,
    /// Where those learn more who don't work here yet.
    pub how_to_apply_href: String,
    /// First-time sign-in, for online training users and authorisers.
    pub first_time_href: String,
    /// The page before.
    pub back: Option<String>,
}

impl Page for Discover {
    const TEMPLATE: &'static str = "discover.html";

    fn samples() -> Vec<Self> {
        let plain = Self {
            staff_group: "Nursing and Midwifery Registered".into(),
            organisation: "Northfield Hospitals".into(),
            join_href: "/join/email".into(),
            how_to_apply_href: "/join/how-to-apply".into(),
            first_time_href: "/first-time".into(),
            back: Some("/join".into()),
        };
        let long = Self {
            staff_group: "Nyrsio a Bydwreigiaeth Gofrestredig, gan gynnwys ymwelwyr iechyd cymunedol".into(),
            organisation: "Bwrdd Iechyd Cymunedol a Gwasanaethau Iechyd Meddwl Llanfihangel-y-Creuddyn"
                .into(),
            back: None,
            ..plain.clone()
        };
        vec![plain, long]
    }
}

/// For those who don't work for the organisation on a permanent contract: how one does.
#[derive(Debug, Clone, Serialize)]
pub struct HowToApply {
    /// The organisation's name.
    pub organisation: String,
    /// Where the organisation lists its vacancies, when it told us.
    pub vacancies_href: Option<String>,
    /// The page before.
    pub back: Option<String>,
}

impl Page for HowToApply {
    const TEMPLATE: &'static str = "how-to-apply.html";

    fn samples() -> Vec<Self> {
        vec![
            Self {
                organisation: "Northfield Hospitals".into(),
                vacancies_href: None,
                back: Some("/join".into()),
            },
            Self {
                organisation: "Southmere Community Trust".into(),
                vacancies_href: Some("https://southmere.example/vacancies".into()),
                back: Some("/join".into()),
            },
        ]
    }
}
