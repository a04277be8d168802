//! A job on a card: the link that starts the program on the workstation, and how far it has come.

use serde::Serialize;

use crate::smartcard::{PortalFrame, PortalTab};
use crate::{Page, Place};

/// What is done to the card.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
#[serde(rename_all = "kebab-case")]
#[expect(missing_docs, reason = "each is what its name says; its words are in smartcard-job.html")]
pub enum CardJobKind {
    Read,
    SetPasscodes,
    Unblock,
    Renew,
    Wipe,
    Issue,
}

/// Whether somebody works on it.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
#[serde(rename_all = "kebab-case")]
pub enum CardJobState {
    /// The program has not been started yet.
    Waiting,
    /// It works.
    Running,
    /// It stopped and can go on.
    Stopped,
    /// All is done.
    Done,
    /// It is over and was not done.
    Refused,
}

/// How far it is, in the words of the guide.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
#[serde(rename_all = "kebab-case")]
#[expect(missing_docs, reason = "each is what its name says; its words are in smartcard-job.html")]
pub enum CardJobProgress {
    ReadingCard,
    CheckingPasscode,
    CreatingCard,
    WritingCertificates,
    Proving,
    SettingPasscode,
    Wiping,
    Ended,
}

/// The page of a job.
#[derive(Clone, Serialize)]
pub struct SmartcardJob {
    /// The tabs.
    pub frame: PortalFrame,
    /// What is done.
    pub kind: CardJobKind,
    /// Whether somebody works on it.
    pub state: CardJobState,
    /// How far it is.
    pub progress: CardJobProgress,
    /// One or two sentences on how it stands.
    pub words: String,
    /// How many wrong passcodes the card still takes, where one was wrong just now.
    pub tries_left: Option<u8>,
    /// What starts the program; none where it was used, or is older than a minute.
    pub link: Option<String>,
    /// Where *Go on* posts to: it makes a new link.
    pub again_action: String,
    /// Where *Stop* posts to; none once there is nothing to stop.
    pub cancel_action: Option<String>,
    /// Where a script asks how it stands.
    pub state_href: String,
    /// Where *Continue* leads at the end.
    pub continue_href: String,
}

impl std::fmt::Debug for SmartcardJob {
    /// Leaves out the link, which holds a ticket.
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("SmartcardJob")
            .field("kind", &self.kind)
            .field("state", &self.state)
            .finish_non_exhaustive()
    }
}

impl Page for SmartcardJob {
    const TEMPLATE: &'static str = "smartcard-job.html";
    const PLACE: Option<Place> = Some(Place::Smartcard);

    fn samples() -> Vec<Self> {
        let waiting = Self {
            frame: PortalFrame::sample(Some(PortalTab::RenewCertificates)),
            kind: CardJobKind::Renew,
            state: CardJobState::Waiting,
            progress: CardJobProgress::ReadingCard,
            words: "Put your smartcard in the reader, then open the card program.".into(),
            tries_left: None,
            link: Some("fobwatch-card:job?portal=https%3A%2F%2Fid.northfield.example&ticket=k7mq2f".into()),
            again_action: "/smartcard/jobs/0193a0f0/again".into(),
            cancel_action: Some("/smartcard/jobs/0193a0f0/cancel".into()),
            state_href: "/smartcard/jobs/0193a0f0/state".into(),
            continue_href: "/smartcard?done=renewed".into(),
        };
        let running = |kind, progress| Self {
            kind,
            state: CardJobState::Running,
            progress,
            words: "The card program works. Leave the card in the reader.".into(),
            link: None,
            ..waiting.clone()
        };
        let certifying = running(CardJobKind::Renew, CardJobProgress::WritingCertificates);
        let setting = running(CardJobKind::SetPasscodes, CardJobProgress::SettingPasscode);
        let unblocking = running(CardJobKind::Unblock, CardJobProgress::ReadingCard);
        let issuing = running(CardJobKind::Issue, CardJobProgress::CreatingCard);
        let wiping = running(CardJobKind::Wipe, CardJobProgress::Wiping);
        let stopped = Self {
            state: CardJobState::Stopped,
            progress: CardJobProgress::CheckingPasscode,
            words: "The passcode was not the one of the card.".into(),
            tries_left: Some(1),
            link: None,
            ..waiting.clone()
        };
        let old_link = Self { link: None, ..waiting.clone() };
        let done = Self {
            state: CardJobState::Done,
            progress: CardJobProgress::Ended,
            words: "Your certificates have been renewed and your smartcard has been updated successfully. Sign in again with your smartcard."
                .into(),
            link: None,
            cancel_action: None,
            ..waiting.clone()
        };
        let refused = Self {
            state: CardJobState::Refused,
            kind: CardJobKind::Read,
            words: "The card in the reader is not yours. Nothing was changed.".into(),
            ..done.clone()
        };
        vec![waiting, certifying, setting, unblocking, issuing, wiping, stopped, old_link, done, refused]
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_ticket_is_not_in_what_is_logged() {
        for page in SmartcardJob::samples() {
            assert!(!format!("{page:?}").contains("ticket"), "{page:?}");
        }
    }
}
