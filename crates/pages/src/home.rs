//! The page that greets a person who is signed in.

use serde::Serialize;

use crate::{Method, Page, PanelState, Place, SmartcardPanel};

/// Which greeting the hour calls for.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
#[serde(rename_all = "kebab-case")]
pub enum PartOfDay {
    /// From 5 o'clock.
    Morning,
    /// From 12 o'clock.
    Afternoon,
    /// From 17 o'clock until 5: on a night shift, too, one says "Good evening".
    Evening,
}

impl PartOfDay {
    /// The part of the day at an hour (0 to 23) of the organisation's local time.
    pub fn at_hour(hour: i8) -> Self {
        match hour {
            5..12 => Self::Morning,
            12..17 => Self::Afternoon,
            _ => Self::Evening,
        }
    }
}

/// A sign-in method, as its owner sees it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct SignInMethod {
    /// Which kind.
    pub method: Method,
    /// A hint of the address or number: "a•••@northfield.example", "ending in 23". Empty for an app.
    pub hint: String,
    /// When it was added, in words: "22 November 2026".
    pub added: String,
}

/// Something that needs doing. Its words are in the template.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
#[serde(tag = "task", rename_all = "kebab-case")]
pub enum HomeTask {
    /// After a report: choose another password.
    ChangePassword {
        /// Where.
        href: String,
    },
    /// Wrong passwords or codes were typed since the last sign-in.
    LookAtTries {
        /// How many.
        tries: u32,
        /// Where they are listed.
        href: String,
    },
    /// A forgotten password could not be reset.
    AddResetMethod {
        /// Where a method is added.
        href: String,
    },
    /// All hangs on one method.
    AddSecondMethod {
        /// Where a method is added.
        href: String,
    },
    /// The recovery codes are nearly used up.
    RenewRecoveryCodes {
        /// How many are left.
        left: u32,
        /// Where new ones are made.
        href: String,
    },
    /// There are none.
    MakeRecoveryCodes {
        /// Where they are made.
        href: String,
    },
}

/// The home page.
#[derive(Debug, Clone, Serialize)]
pub struct Home {
    /// The person's first name.
    pub name: String,
    /// The person's user name: the e-mail address.
    pub user_name: String,
    /// For the greeting.
    pub part_of_day: PartOfDay,
    /// When the person last signed in before, in words: "8:02pm on Saturday 21 November 2026". `None` the first time.
    pub last_sign_in: Option<String>,
    /// What needs doing, the most urgent first.
    pub tasks: Vec<HomeTask>,
    /// The person's smartcard, where there is one.
    pub smartcard: Option<SmartcardPanel>,
    /// *Recent activity*.
    pub activity_href: String,
    /// The ways in which the person proves who they are.
    pub methods: Vec<SignInMethod>,
}

impl Page for Home {
    const TEMPLATE: &'static str = "home.html";
    const PLACE: Option<Place> = Some(Place::Home);

    fn samples() -> Vec<Self> {
        let plain = Self {
            name: "Amina".into(),
            user_name: "amina.khan@northfield.example".into(),
            part_of_day: PartOfDay::Evening,
            last_sign_in: Some("8:02pm on Saturday 21 November 2026".into()),
            tasks: vec![HomeTask::AddSecondMethod { href: "/security-info/add".into() }],
            smartcard: Some(SmartcardPanel {
                href: "/smartcard".into(),
                label: "Smartcard ending 4F2A".into(),
                state: PanelState::Good { next: Some("22 November 2027".into()) },
            }),
            activity_href: "/activity".into(),
            methods: vec![SignInMethod {
                method: Method::Text,
                hint: "ending in 23".into(),
                added: "22 November 2026".into(),
            }],
        };
        let first = Self {
            part_of_day: PartOfDay::Morning,
            last_sign_in: None,
            tasks: Vec::new(),
            smartcard: None,
            ..plain.clone()
        };
        let long = Self {
            name: "Gwenllïan Angharad Myfanwy".into(),
            user_name: "gwenllian.llewelyn-fychan-o-lanfihangel-y-creuddyn@ysbyty.northfield.example".into(),
            part_of_day: PartOfDay::Afternoon,
            smartcard: Some(SmartcardPanel {
                href: "/smartcard".into(),
                label: "Smartcard ending 4F2A".into(),
                state: PanelState::DueSoon { by: "6 December 2026".into() },
            }),
            tasks: vec![
                HomeTask::ChangePassword { href: "/security-info/password".into() },
                HomeTask::LookAtTries { tries: 1, href: "/activity".into() },
                HomeTask::LookAtTries { tries: 14, href: "/activity".into() },
                HomeTask::AddResetMethod { href: "/security-info/add".into() },
                HomeTask::RenewRecoveryCodes { left: 1, href: "/security-info/recovery-codes".into() },
                HomeTask::RenewRecoveryCodes { left: 0, href: "/security-info/recovery-codes".into() },
                HomeTask::MakeRecoveryCodes { href: "/security-info/recovery-codes".into() },
            ],
            methods: vec![
                SignInMethod {
                    method: Method::Email,
                    hint: "g•••@ysbyty-cymunedol-llanfihangel-y-creuddyn.northfield.example".into(),
                    added: "22 November 2026".into(),
                },
                SignInMethod {
                    method: Method::Approval,
                    hint: String::new(),
                    added: "1 September 2026".into(),
                },
            ],
            ..plain.clone()
        };
        vec![plain, first, long]
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_greeting_follows_the_hour() {
        let hours = [
            (0, PartOfDay::Evening),
            (4, PartOfDay::Evening),
            (5, PartOfDay::Morning),
            (11, PartOfDay::Morning),
        ];
        for (hour, part) in hours.into_iter().chain([
            (12, PartOfDay::Afternoon),
            (16, PartOfDay::Afternoon),
            (17, PartOfDay::Evening),
            (23, PartOfDay::Evening),
        ]) {
            assert_eq!(PartOfDay::at_hour(hour), part, "{hour}");
        }
    }
}
