//! The delivery log.

use serde::Serialize;

use crate::console::{ConsoleFrame, ConsolePart};
use crate::{Page, Place};

/// One message.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct DeliveryLine {
    /// When it was written, in words.
    pub when: String,
    /// The kind of message, such as `sign-in-code`; its words are in the template.
    pub kind: String,
    /// `email`, `text` or `call`.
    pub channel: String,
    /// Who carried it, such as `govuk-notify`; none for the mail server and while it waits.
    pub provider: Option<String>,
    /// `waiting`, `sent`, `delivered`, `failed` or `given-up`.
    pub state: String,
    /// How it failed: `permanent`, `temporary` or `technical`; of a call, what happened instead of #.
    pub failure: Option<String>,
    /// How often it was tried.
    pub tries: u32,
    /// Whose it is; none where there is no account.
    pub name: Option<String>,
    /// The person's page.
    pub href: Option<String>,
    /// The log of this person's messages alone.
    pub only_href: Option<String>,
}

/// What became of the organisation's messages.
#[derive(Debug, Clone, Serialize)]
pub struct ConsoleDeliveries {
    /// The console's navigation.
    pub frame: ConsoleFrame,
    /// Where the filter leads, by GET: `channel`, `state`, `person`, `from`, `to`.
    pub action: String,
    /// The channel that is looked for, or nothing.
    pub channel: String,
    /// The state that is looked for, or nothing.
    pub state: String,
    /// The id of the account whose messages are looked for, or nothing.
    pub person: String,
    /// The first day, as typed.
    pub from: String,
    /// The last day, as typed.
    pub to: String,
    /// The name of the person whose messages alone are listed.
    pub only: Option<String>,
    /// The same list of everybody's messages.
    pub everybody_href: String,
    /// The messages, the newest first.
    pub lines: Vec<DeliveryLine>,
    /// The page with newer ones.
    pub newer_href: Option<String>,
    /// The page with older ones.
    pub older_href: Option<String>,
}

impl Page for ConsoleDeliveries {
    const TEMPLATE: &'static str = "console-deliveries.html";
    const PLACE: Option<Place> = Some(Place::Console);
    const FIELDS: &'static [&'static str] = &["from", "to"];

    fn samples() -> Vec<Self> {
        let line = |kind: &str, channel: &str, provider: Option<&str>, state: &str| DeliveryLine {
            when: "22 November 2026 at 9:58am".into(),
            kind: kind.into(),
            channel: channel.into(),
            provider: provider.map(Into::into),
            state: state.into(),
            failure: (state == "failed").then(|| "permanent".into()),
            tries: 1,
            name: Some("Gwenllïan Angharad Llewelyn-Fychan d’Aubigné de la Tour".into()),
            href: Some("/console/people/0193a0f0".into()),
            only_href: Some("/console/deliveries?person=0193a0f0".into()),
        };
        let nobody = |line: DeliveryLine| DeliveryLine { name: None, href: None, only_href: None, ..line };
        let some = Self {
            frame: ConsoleFrame::sample(ConsolePart::Deliveries),
            action: "/console/deliveries".into(),
            channel: String::new(),
            state: String::new(),
            person: String::new(),
            from: String::new(),
            to: String::new(),
            only: None,
            everybody_href: "/console/deliveries".into(),
            lines: vec![
                line("sign-in-code", "text", None, "waiting"),
                line("factor-code", "text", Some("govuk-notify"), "delivered"),
                nobody(line("join-code", "email", None, "sent")),
                line("sign-in-code", "text", Some("another-provider"), "failed"),
                line("call-sign-in", "call", Some("sip"), "sent"),
                line("call-reset", "call", Some("twilio"), "delivered"),
                DeliveryLine {
                    failure: Some("no-answer".into()),
                    ..line("call-set-up", "call", Some("sip"), "failed")
                },
                DeliveryLine { tries: 9, ..line("something-new", "email", None, "given-up") },
            ],
            newer_href: Some("/console/deliveries?page=1".into()),
            older_href: Some("/console/deliveries?page=3".into()),
        };
        let one = Self {
            channel: "text".into(),
            state: "failed".into(),
            person: "0193a0f0".into(),
            from: "2026-11-01".into(),
            to: "2026-11-22".into(),
            only: Some("Amina Khan".into()),
            lines: Vec::new(),
            newer_href: None,
            older_href: None,
            ..some.clone()
        };
        vec![some, one]
    }
}
