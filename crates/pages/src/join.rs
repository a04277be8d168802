//! Guide 003, steps 3 to 6 and 10: the e-mail address, its code, password and personal details, and the end.

use serde::Serialize;

use crate::{NewPassword, Page};

/// Step 3: the e-mail address that the employer holds, *Send Code*.
#[derive(Debug, Clone, Serialize)]
pub struct Email {
    /// Where the form posts to.
    pub action: String,
    /// What was typed before.
    pub email: String,
    /// Whether this is first-time sign-in (training users, authorisers) rather than joining.
    pub first_time: bool,
    /// The page before.
    pub back: Option<String>,
}

impl Page for Email {
    const TEMPLATE: &'static str = "email.html";
    const FIELDS: &'static [&'static str] = &["email"];

    fn samples() -> Vec<Self> {
        let plain = Self {
            action: "/join/email".into(),
            email: String::new(),
            first_time: false,
            back: Some("/join/discover?group=nursing".into()),
        };
        let typed = Self { email: "seán.o’brien-fitzgerald+northfield.example".into(), ..plain.clone() };
        let first_time = Self { first_time: true, back: None, ..plain.clone() };
        vec![plain, typed, first_time]
    }
}

/// How a code travels to a person.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
#[serde(rename_all = "kebab-case")]
pub enum Channel {
    /// By e-mail.
    Email,
    /// By text message.
    Text,
}

/// What a code is for.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
#[serde(rename_all = "kebab-case")]
pub enum CodePurpose {
    /// Joining, step 5: the address belongs to the person.
    Join,
    /// The same for a person who has been set up beforehand.
    FirstTime,
    /// Joining, step 9: the second factor works.
    SecondFactor,
}

/// Steps 5 and 9: *Verification code*, *Verify Code*, *Send New Code*.
#[derive(Debug, Clone, Serialize)]
pub struct Code {
    /// Where the form with the code posts to.
    pub action: String,
    /// Where *Send New Code* posts to.
    pub resend_action: String,
    /// Where a mistyped address or number can be changed.
    pub change_href: Option<String>,
    /// The address or number, or a hint of it.
    pub sent_to: String,
    /// How the code travels.
    pub channel: Channel,
    /// What the code is for.
    pub purpose: CodePurpose,
    /// Whether the message could not be delivered.
    pub undelivered: bool,
    /// Whether the provider says that the phone has it.
    pub delivered: bool,
    /// Where another way is chosen, where there is one.
    pub other_ways_href: Option<String>,
    /// Whether *Send New Code* was pressed just now.
    pub just_resent: bool,
    /// What was typed before, when it may be shown again: as a rule nothing.
    pub code: String,
}

impl Page for Code {
    const TEMPLATE: &'static str = "code.html";
    const FIELDS: &'static [&'static str] = &["code"];

    fn samples() -> Vec<Self> {
        let plain = Self {
            action: "/join/code".into(),
            resend_action: "/join/code/new".into(),
            change_href: Some("/join/email".into()),
            sent_to: "amina.khan@northfield.example".into(),
            channel: Channel::Email,
            purpose: CodePurpose::Join,
            undelivered: false,
            delivered: false,
            other_ways_href: None,
            just_resent: false,
            code: String::new(),
        };
        let resent = Self { just_resent: true, code: "12 34".into(), ..plain.clone() };
        let undelivered = Self { undelivered: true, ..plain.clone() };
        let long = Self {
            sent_to: "gwenllian.llewelyn-fychan-o-lanfihangel-y-creuddyn@ysbyty-cymunedol.northfield.example"
                .into(),
            ..plain.clone()
        };
        let first_time = Self { purpose: CodePurpose::FirstTime, ..plain.clone() };
        let text = Self {
            sent_to: "07700 900123".into(),
            channel: Channel::Text,
            purpose: CodePurpose::SecondFactor,
            change_href: Some("/join/factor/phone".into()),
            other_ways_href: Some("/join/second-factor".into()),
            ..plain.clone()
        };
        let text_delivered = Self { delivered: true, ..text.clone() };
        let text_undelivered = Self { undelivered: true, ..text.clone() };
        let factor_email = Self { purpose: CodePurpose::SecondFactor, ..plain.clone() };
        vec![
            plain,
            resent,
            undelivered,
            long,
            first_time,
            text,
            text_delivered,
            text_undelivered,
            factor_email,
        ]
    }
}

/// Step 6: a new password and the personal details. A password that was typed never comes back.
#[derive(Debug, Clone, Serialize)]
pub struct Details {
    /// Where the form posts to.
    pub action: String,
    /// The address that was proved; it is the user name.
    pub email: String,
    /// First name, as typed before.
    pub first_name: String,
    /// Last name, as typed before.
    pub last_name: String,
    /// Day of birth, as typed before.
    pub day: String,
    /// Month of birth, as typed before: a number or a name.
    pub month: String,
    /// Year of birth, as typed before.
    pub year: String,
    /// Whether this is first-time sign-in rather than joining.
    pub first_time: bool,
    /// What the password must be.
    pub new_password: NewPassword,
}

impl Page for Details {
    const TEMPLATE: &'static str = "details.html";
    /// `birth` is the date as a whole; `day`, `month` and `year` are its parts.
    const FIELDS: &'static [&'static str] =
        &["password", "first_name", "last_name", "birth", "day", "month", "year"];

    fn samples() -> Vec<Self> {
        let plain = Self {
            action: "/join/details".into(),
            email: "amina.khan@northfield.example".into(),
            first_name: String::new(),
            last_name: String::new(),
            day: String::new(),
            month: String::new(),
            year: String::new(),
            first_time: false,
            new_password: NewPassword::sample(),
        };
        let typed = Self {
            first_name: "Gwenllïan Angharad Ó".into(),
            last_name: "Llewelyn-Fychan d’Aubigné de la Tour".into(),
            day: "29".into(),
            month: "February".into(),
            year: "1987".into(),
            ..plain.clone()
        };
        let first_time = Self { first_time: true, ..plain.clone() };
        vec![plain, typed, first_time]
    }
}

/// Step 10: *Login to …*, *Continue*.
#[derive(Debug, Clone, Serialize)]
pub struct JoinComplete {
    /// Where the form posts to, with `next` = `sign-in`.
    pub action: String,
    /// The name of the service, as in *Login to …*.
    pub service: String,
}

impl Page for JoinComplete {
    const TEMPLATE: &'static str = "join-complete.html";
    const FIELDS: &'static [&'static str] = &["next"];

    fn samples() -> Vec<Self> {
        vec![
            Self { action: "/join/complete".into(), service: "Northfield Staff".into() },
            Self {
                action: "/join/complete".into(),
                service: "Gwasanaeth Hunaniaeth Ddigidol Staff Iechyd a Gofal Cymunedol".into(),
            },
        ]
    }
}

/// For a person who comes back to a registration that isn't finished.
#[derive(Debug, Clone, Serialize)]
pub struct Resume {
    /// Where the next step is.
    pub continue_href: String,
    /// Where *Start again* posts to, which erases what was given so far.
    pub start_again_action: String,
    /// The address or a hint of it.
    pub email: String,
    /// Until when it can be resumed, in words: "9:58am on Monday 23 November".
    pub until: String,
}

impl Page for Resume {
    const TEMPLATE: &'static str = "resume.html";

    fn samples() -> Vec<Self> {
        vec![Self {
            continue_href: "/join/details".into(),
            start_again_action: "/join/start-again".into(),
            email: "a•••@northfield.example".into(),
            until: "9:58am on Monday 23 November".into(),
        }]
    }
}
