//! Staff passports, as the trust looks after them.

use serde::Serialize;

use crate::console::{ConsoleFound, ConsoleFrame, ConsolePart, ConsolePeople, RequirementShown};
use crate::{ArchivedLine, Choice, CredentialFact, Page, PassportHappening, PassportState, Place};

/// That everybody was reminded today.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct RemindedLine {
    /// Who asked for it.
    pub by: String,
    /// The time of the day, in words.
    pub at: String,
    /// Whether all reminders are on their way.
    pub finished: bool,
}

/// *Staff passports*: whose passport is looked for, and what there is to do.
#[derive(Debug, Clone, Serialize)]
pub struct ConsolePassports {
    /// The console's navigation.
    pub frame: ConsoleFrame,
    /// Where the search posts to, with what is looked for as `search` and the page as `page`.
    pub action: String,
    /// What was typed before.
    pub search: String,
    /// What was found; none before anybody looked.
    pub found: Option<ConsoleFound>,
    /// How many people rejected something that nobody has looked into.
    pub rejecters: u64,
    /// What was rejected.
    pub rejections_href: String,
    /// Of how many people who were invited the identity is to be checked.
    pub to_judge: u64,
    /// Who was invited.
    pub invitations_href: String,
    /// Those of them who have registered.
    pub registered_href: String,
    /// In how many shares something waits for the trust's review.
    pub shares: u64,
    /// What was shared.
    pub shares_href: String,
    /// How many people have something to review.
    pub to_review: u64,
    /// Whether there are more than these.
    pub more_to_review: bool,
    /// Where *Remind everybody* posts to, for whoever may; none where that was done today.
    pub remind_action: Option<String>,
    /// Who had everybody reminded today, and when.
    pub reminded: Option<RemindedLine>,
    /// What job roles require.
    pub job_roles_href: String,
    /// Who looks after what.
    pub teams_href: String,
    /// What was read from the HR system.
    pub staff_records_href: String,
    /// What all of it amounts to.
    pub reports_href: String,
}

impl Page for ConsolePassports {
    const TEMPLATE: &'static str = "console-passports.html";
    const PLACE: Option<Place> = Some(Place::Console);
    const FIELDS: &'static [&'static str] = &["search"];

    fn samples() -> Vec<Self> {
        let plain = Self {
            frame: ConsoleFrame::sample(ConsolePart::Passports),
            action: "/console/passports".into(),
            search: String::new(),
            found: None,
            rejecters: 0,
            rejections_href: "/console/passports/rejections".into(),
            to_judge: 0,
            invitations_href: "/console/passports/invitations".into(),
            registered_href: "/console/passports/invitations?show=registered".into(),
            shares: 0,
            shares_href: "/console/passports/shares".into(),
            to_review: 0,
            more_to_review: false,
            remind_action: None,
            reminded: None,
            job_roles_href: "/console/passports/job-roles".into(),
            teams_href: "/console/passports/teams".into(),
            staff_records_href: "/console/passports/staff-records".into(),
            reports_href: "/console/passports/reports".into(),
        };
        let remind = Some("/console/passports/remind".to_owned());
        let one = Self {
            rejecters: 1,
            shares: 1,
            to_judge: 1,
            to_review: 1,
            remind_action: remind.clone(),
            ..plain.clone()
        };
        let reminded = Self {
            to_review: 1_000,
            more_to_review: true,
            reminded: Some(RemindedLine {
                by: "Gwenllïan Angharad Llewelyn-Fychan d’Aubigné de la Tour".into(),
                at: "9:58am".into(),
                finished: true,
            }),
            ..plain.clone()
        };
        let found = Self {
            search: "kha".into(),
            found: Some(ConsolePeople::found()),
            rejecters: 12,
            shares: 3,
            to_judge: 27,
            to_review: 340,
            remind_action: remind,
            ..plain.clone()
        };
        let nobody = ConsoleFound { people: Vec::new(), page: 1, more: false, too_many: false };
        let nobody = Self { search: "nobody".into(), found: Some(nobody), ..plain.clone() };
        vec![plain, one, found, nobody, reminded]
    }
}

/// A credential in somebody's passport.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct ProvidedRow {
    /// What it is called.
    pub title: String,
    /// How it stands.
    pub state: PassportState,
    /// The day on which it was provided, in words.
    pub provided: String,
    /// Its last day, in words.
    pub valid_until: Option<String>,
    /// Its page.
    pub href: String,
}

impl ProvidedRow {
    fn sample(title: &str, state: PassportState) -> Self {
        Self {
            title: title.into(),
            state,
            provided: "22 November 2026".into(),
            valid_until: Some("21 November 2028".into()),
            href: "/console/passports/credentials/0193a0f0".into(),
        }
    }

    /// One that waits, and one in the wallet.
    pub(crate) fn samples() -> Vec<Self> {
        vec![
            Self::sample("Resuscitation, Paediatric immediate life support", PassportState::ToReview),
            Self::sample("Fire safety", PassportState::Accepted),
        ]
    }
}

/// Somebody's passport.
#[derive(Debug, Clone, Serialize)]
pub struct ConsolePassport {
    /// The console's navigation.
    pub frame: ConsoleFrame,
    /// First and last name.
    pub name: String,
    /// The address that the person signs in with.
    pub email: String,
    /// How many of the credentials are in the wallet.
    pub accepted: usize,
    /// What the trust provided, the newest first.
    pub credentials: Vec<ProvidedRow>,
    /// What of it lies in the archive.
    pub archived: Vec<ProvidedRow>,
    /// What the job role requires.
    pub requirement: RequirementShown,
    /// What happened, the newest first.
    pub happenings: Vec<PassportHappening>,
    /// *Provide a credential*, for whoever may.
    pub provide: Option<String>,
    /// Where *Remind the person* posts to, for whoever may, where something waits for their review.
    pub remind_action: Option<String>,
    /// Back to the search.
    pub back: Option<String>,
}

impl Page for ConsolePassport {
    const TEMPLATE: &'static str = "console-passport.html";
    const PLACE: Option<Place> = Some(Place::Console);

    fn samples() -> Vec<Self> {
        let row = ProvidedRow::sample;
        let [pending, active, bypassed] = RequirementShown::samples();
        let some = Self {
            frame: ConsoleFrame::sample(ConsolePart::Passports),
            name: "Gwenllïan Angharad Llewelyn-Fychan d’Aubigné de la Tour".into(),
            email: "gwenllian.llewelyn-fychan-o-lanfihangel-y-creuddyn@ysbyty.northfield.example".into(),
            accepted: 1,
            credentials: vec![
                row("Resuscitation, Paediatric immediate life support", PassportState::ToReview),
                row("Fire safety", PassportState::Accepted),
                row("Conflict resolution", PassportState::Rejected),
                row("Moving and handling, Level 1", PassportState::Withdrawn),
                row("Disclosure and Barring Service (DBS)", PassportState::Revoked),
                row("Right to work", PassportState::Expired),
                ProvidedRow { valid_until: None, ..row("Access key", PassportState::Accepted) },
            ],
            archived: vec![
                row("Fire safety", PassportState::Archived),
                row("Safeguarding adults, Level 2", PassportState::Expired),
            ],
            requirement: pending,
            happenings: PassportHappening::samples(),
            provide: Some("/console/passports/people/0193a0f0/provide".into()),
            remind_action: Some("/console/passports/people/0193a0f0/remind".into()),
            back: Some("/console/passports".into()),
        };
        let none = Self {
            name: "Amina Khan".into(),
            email: "amina.khan@northfield.example".into(),
            accepted: 0,
            credentials: Vec::new(),
            archived: Vec::new(),
            requirement: RequirementShown::none(None),
            happenings: Vec::new(),
            provide: None,
            remind_action: None,
            ..some.clone()
        };
        let all_there = Self { requirement: active, ..some.clone() };
        let bypassed = Self { requirement: bypassed, ..some.clone() };
        vec![some, none, all_there, bypassed]
    }
}

/// How a credential can be ended.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct EndCredential {
    /// Whether it is revoked; else it is withdrawn.
    pub revokes: bool,
    /// Where the form posts to.
    pub action: String,
    /// The reasons.
    pub reasons: Vec<Choice>,
    /// The chosen one.
    pub reason: String,
}

/// Why a credential was rejected, and what can be done about it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct RejectionLine {
    /// The credential.
    pub title: String,
    /// The page of the credential.
    pub href: String,
    /// The address of whoever rejected it.
    pub email: String,
    /// When, in words.
    pub when: String,
    /// Why, in words.
    pub reason: String,
    /// What they wrote.
    pub details: Option<String>,
    /// What to do about it.
    pub advice: String,
    /// When it was resolved, in words.
    pub resolved: Option<String>,
    /// Where *Mark as resolved*, or *Open it again*, posts to.
    pub action: Option<String>,
}

/// A credential, as whoever provided it sees it.
#[derive(Debug, Clone, Serialize)]
pub struct ConsoleCredential {
    /// The console's navigation.
    pub frame: ConsoleFrame,
    /// What it is called.
    pub title: String,
    /// Whose it is.
    pub name: String,
    /// How it stands.
    pub state: PassportState,
    /// The day on which it was provided, in words.
    pub provided: String,
    /// Its last day, in words.
    pub valid_until: Option<String>,
    /// What it says.
    pub facts: Vec<CredentialFact>,
    /// How that was assured.
    pub assurance: Vec<CredentialFact>,
    /// Why it was withdrawn or revoked, in words.
    pub reason: Option<String>,
    /// Why it was rejected.
    pub rejection: Option<RejectionLine>,
    /// How it can be ended.
    pub end: Option<EndCredential>,
    /// That it lies in the archive, and who has put it there.
    pub archived: Option<ArchivedLine>,
    /// Where *Archive* posts to, for whoever may, where it can be archived.
    pub archive_action: Option<String>,
    /// Where *Restore* posts to, for whoever may, where it lies in the archive.
    pub restore_action: Option<String>,
    /// Back to the passport.
    pub back: Option<String>,
}

impl Page for ConsoleCredential {
    const TEMPLATE: &'static str = "console-credential.html";
    const PLACE: Option<Place> = Some(Place::Console);
    const FIELDS: &'static [&'static str] = &["reason"];

    fn samples() -> Vec<Self> {
        let plain = Self {
            frame: ConsoleFrame::sample(ConsolePart::Passports),
            title: "Fire safety".into(),
            name: "Amina Khan".into(),
            state: PassportState::ToReview,
            provided: "22 November 2026".into(),
            valid_until: Some("21 November 2028".into()),
            facts: vec![CredentialFact::text("Subject", "Fire safety")],
            assurance: vec![CredentialFact::text("Origin", "Electronic Staff Record")],
            reason: None,
            rejection: None,
            end: Some(EndCredential {
                revokes: false,
                action: "/console/passports/credentials/0193a0f0/end".into(),
                reasons: vec![
                    Choice::new("issued-in-error", "It was issued in error"),
                    Choice::new("updated", "A corrected one follows"),
                ],
                reason: String::new(),
            }),
            archived: None,
            archive_action: None,
            restore_action: None,
            back: Some("/console/passports/people/0193a0f0".into()),
        };
        let held = Self {
            state: PassportState::Accepted,
            end: Some(EndCredential {
                revokes: true,
                action: "/console/passports/credentials/0193a0f0/end".into(),
                reasons: vec![
                    Choice::new("training-expired", "The training has expired"),
                    Choice::new("lost-phone", "The phone that held it was lost"),
                ],
                reason: "lost-phone".into(),
            }),
            archive_action: Some("/console/passports/credentials/0193a0f0/archive".into()),
            ..plain.clone()
        };
        let [by_owner, by_newer, by_staff] = ArchivedLine::samples();
        let archived = |state, line| Self {
            state,
            archived: Some(line),
            archive_action: None,
            restore_action: Some("/console/passports/credentials/0193a0f0/restore".into()),
            ..held.clone()
        };
        let put_away = [
            archived(PassportState::Archived, by_owner),
            archived(PassportState::Expired, by_newer),
            Self { restore_action: None, ..archived(PassportState::Archived, by_staff) },
        ];
        let rejected = Self {
            state: PassportState::Rejected,
            rejection: Some(RejectionLine::sample()),
            end: None,
            ..plain.clone()
        };
        let ended = Self {
            state: PassportState::Revoked,
            reason: Some("The training has expired".into()),
            end: None,
            facts: Vec::new(),
            assurance: Vec::new(),
            ..plain.clone()
        };
        [vec![plain, held, rejected, ended], put_away.to_vec()].concat()
    }
}

impl RejectionLine {
    fn sample() -> Self {
        Self {
            title: "Fire safety".into(),
            href: "/console/passports/credentials/0193a0f0".into(),
            email: "gwenllian.llewelyn-fychan-o-lanfihangel-y-creuddyn@ysbyty.northfield.example".into(),
            when: "22 November 2026 at 9:58am".into(),
            reason: "Other reason".into(),
            details: Some("The date is that of the course before, which I took elsewhere.".into()),
            advice: "Read what they wrote, and ask them if it is not clear.".into(),
            resolved: None,
            action: Some("/console/passports/credentials/0193a0f0/resolve".into()),
        }
    }
}

/// What people rejected.
#[derive(Debug, Clone, Serialize)]
pub struct ConsoleRejections {
    /// The console's navigation.
    pub frame: ConsoleFrame,
    /// In the order in which the credentials were provided.
    pub lines: Vec<RejectionLine>,
    /// Whether those that are resolved are among them.
    pub resolved: bool,
    /// The same list with, or without, those that are resolved.
    pub other_href: String,
    /// The next page.
    pub next_href: Option<String>,
    /// Back to the search.
    pub back: Option<String>,
}

impl Page for ConsoleRejections {
    const TEMPLATE: &'static str = "console-rejections.html";
    const PLACE: Option<Place> = Some(Place::Console);

    fn samples() -> Vec<Self> {
        let resolved = RejectionLine {
            reason: "Duplicate of a credential that I have".into(),
            details: None,
            resolved: Some("23 November 2026 at 8:05am".into()),
            action: Some("/console/passports/credentials/0193a0f0/reopen".into()),
            ..RejectionLine::sample()
        };
        let only_seen = RejectionLine { action: None, ..RejectionLine::sample() };
        let some = Self {
            frame: ConsoleFrame::sample(ConsolePart::Passports),
            lines: vec![RejectionLine::sample(), resolved, only_seen],
            resolved: true,
            other_href: "/console/passports/rejections".into(),
            next_href: Some("/console/passports/rejections?after=0193a0f0".into()),
            back: Some("/console/passports".into()),
        };
        let none = Self { lines: Vec::new(), resolved: false, next_href: None, ..some.clone() };
        vec![some, none]
    }
}
