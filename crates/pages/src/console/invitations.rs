//! People are invited to a staff passport, and the trust says who they are.

use serde::Serialize;

use crate::console::{ConsoleFrame, ConsolePart};
use crate::{Choice, Page, Place};

/// How an invitation stands.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
#[serde(rename_all = "kebab-case")]
pub enum InvitationStanding {
    /// Nobody has followed it yet.
    Sent,
    /// They have an account with another organisation, and shared something with this one.
    Elsewhere,
    /// The trust has to check who the person is.
    IdentityShared,
    /// The person has to come in for that.
    AppointmentNeeded,
    /// The trust knows who they are.
    Confirmed,
    /// They get no passport.
    Declined,
}

/// An invitation in a list.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct InvitationLine {
    /// First and last name.
    pub name: String,
    /// Where the invitation goes.
    pub email: String,
    /// How it stands.
    pub standing: InvitationStanding,
    /// When it was last sent, in words.
    pub sent: String,
    /// Its page.
    pub href: String,
}

/// Which invitations are shown.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct InvitationChoice {
    /// What it is called.
    pub label: String,
    /// The list.
    pub href: String,
    /// Whether it is this one.
    pub current: bool,
}

/// *Invitations*.
#[derive(Debug, Clone, Serialize)]
pub struct ConsoleInvitations {
    /// The console's navigation.
    pub frame: ConsoleFrame,
    /// The newest first.
    pub lines: Vec<InvitationLine>,
    /// Which invitations can be shown.
    pub filters: Vec<InvitationChoice>,
    /// *Invite one person*, for whoever may.
    pub one: Option<String>,
    /// *Invite many people*, for whoever may.
    pub many: Option<String>,
    /// The next page.
    pub next_href: Option<String>,
    /// Back to the search.
    pub back: Option<String>,
}

const LONG_NAME: &str = "Gwenllïan Angharad Llewelyn-Fychan d’Aubigné de la Tour";
const LONG_ADDRESS: &str = "gwenllian.llewelyn-fychan-o-lanfihangel-y-creuddyn@ysbyty.northfield.example";

impl Page for ConsoleInvitations {
    const TEMPLATE: &'static str = "console-invitations.html";
    const PLACE: Option<Place> = Some(Place::Console);

    fn samples() -> Vec<Self> {
        let line = |name: &str, standing| InvitationLine {
            name: name.into(),
            email: LONG_ADDRESS.into(),
            standing,
            sent: "22 November 2026 at 9:58am".into(),
            href: "/console/passports/invitations/0193a0f0".into(),
        };
        let some = Self {
            frame: ConsoleFrame::sample(ConsolePart::Passports),
            lines: vec![
                line(LONG_NAME, InvitationStanding::IdentityShared),
                line("Amina Khan", InvitationStanding::Sent),
                line("Gwen Llewelyn", InvitationStanding::Elsewhere),
                line("Ben Adeyemi", InvitationStanding::AppointmentNeeded),
                line("Yu Chen", InvitationStanding::Confirmed),
                line("Sinéad O’Brien", InvitationStanding::Declined),
            ],
            filters: [("Not decided", false), ("Registered, to be checked", true), ("All", false)]
                .map(|(label, current)| InvitationChoice {
                    label: label.into(),
                    href: "/console/passports/invitations?show=registered".into(),
                    current,
                })
                .into(),
            one: Some("/console/passports/invitations/new".into()),
            many: Some("/console/passports/invitations/file".into()),
            next_href: Some("/console/passports/invitations?before=0193a0f0".into()),
            back: Some("/console/passports".into()),
        };
        let none = Self { lines: Vec::new(), one: None, many: None, next_href: None, ..some.clone() };
        vec![some, none]
    }
}

/// *Invite one person*.
#[derive(Debug, Clone, Default, Serialize)]
#[expect(missing_docs, reason = "what was typed into the fields of their names")]
pub struct InviteFields {
    pub first_name: String,
    pub last_name: String,
    pub day: String,
    pub month: String,
    pub year: String,
    pub email: String,
    pub phone: String,
    pub staff_group: String,
    pub job_role: String,
    pub employment_type: String,
    pub employment_status: String,
    pub esr_number: String,
}

/// *Invite one person*.
#[derive(Debug, Clone, Serialize)]
pub struct ConsoleInvite {
    /// The console's navigation.
    pub frame: ConsoleFrame,
    /// Where the form posts to.
    pub action: String,
    /// What was typed.
    pub typed: InviteFields,
    /// The staff groups.
    pub staff_groups: Vec<Choice>,
    /// The kinds of employment.
    pub employment_types: Vec<Choice>,
    /// Whether they work here already.
    pub employment_statuses: Vec<Choice>,
    /// Back to the list.
    pub back: Option<String>,
}

impl Page for ConsoleInvite {
    const TEMPLATE: &'static str = "console-invite.html";
    const PLACE: Option<Place> = Some(Place::Console);
    const FIELDS: &'static [&'static str] = &[
        "first_name",
        "last_name",
        "birth",
        "email",
        "phone",
        "staff_group",
        "job_role",
        "employment_type",
        "employment_status",
        "esr_number",
    ];

    fn samples() -> Vec<Self> {
        let choices =
            |each: &[(&str, &str)]| each.iter().map(|(value, label)| Choice::new(*value, *label)).collect();
        let empty = Self {
            frame: ConsoleFrame::sample(ConsolePart::Passports),
            action: "/console/passports/invitations/new".into(),
            typed: InviteFields::default(),
            staff_groups: choices(&[
                ("additional-professional", "Additional Professional Scientific and Technical"),
                ("nursing", "Nursing and Midwifery Registered"),
            ]),
            employment_types: choices(&[
                ("permanent", "Permanent or fixed term"),
                ("mover", "Temporary mover"),
            ]),
            employment_statuses: choices(&[("current", "Current employee"), ("new", "New starter")]),
            back: Some("/console/passports/invitations".into()),
        };
        let typed = InviteFields {
            first_name: "Gwenllïan Angharad".into(),
            last_name: "Llewelyn-Fychan d’Aubigné de la Tour".into(),
            day: "31".into(),
            month: "feb".into(),
            year: "1985".into(),
            email: LONG_ADDRESS.into(),
            phone: "07700 900123".into(),
            staff_group: "nursing".into(),
            job_role: "Staff nurse".into(),
            employment_type: "mover".into(),
            employment_status: "new".into(),
            esr_number: "12345678".into(),
        };
        vec![empty.clone(), Self { typed, ..empty }]
    }
}

/// A row of a file that cannot be taken.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct InviteBadRow {
    /// The line on which it begins, counted from 1.
    pub line: u64,
    /// The column, as it is called in the template.
    pub column: Option<String>,
    /// What is wrong, in words.
    pub why: String,
}

/// *Invite many people*.
#[derive(Debug, Clone, Serialize)]
pub struct ConsoleInviteMany {
    /// The console's navigation.
    pub frame: ConsoleFrame,
    /// Where the file goes.
    pub action: String,
    /// The file to fill in.
    pub template: String,
    /// At most so many people.
    pub most: usize,
    /// The first rows that cannot be taken.
    pub bad_rows: Vec<InviteBadRow>,
    /// How many mistakes there are.
    pub bad_count: usize,
    /// Back to the list.
    pub back: Option<String>,
}

impl Page for ConsoleInviteMany {
    const TEMPLATE: &'static str = "console-invite-many.html";
    const PLACE: Option<Place> = Some(Place::Console);
    const FIELDS: &'static [&'static str] = &["file"];

    fn samples() -> Vec<Self> {
        let bad = |line, column: Option<&str>, why: &str| InviteBadRow {
            line,
            column: column.map(str::to_owned),
            why: why.into(),
        };
        let plain = Self {
            frame: ConsoleFrame::sample(ConsolePart::Passports),
            action: "/console/passports/invitations/file".into(),
            template: "/console/passports/invitations/template.csv".into(),
            most: 5_000,
            bad_rows: Vec::new(),
            bad_count: 0,
            back: Some("/console/passports/invitations".into()),
        };
        let bad = Self {
            bad_rows: vec![
                bad(2, Some("email"), "Enter an email address in the correct format, like name@example.com"),
                bad(17, None, "The row does not have as many cells as there are headings"),
                bad(4_711, Some("date of birth"), "Enter a real date of birth, like 29 3 1985"),
            ],
            bad_count: 412,
            ..plain.clone()
        };
        let one = Self { bad_rows: bad.bad_rows[..1].to_vec(), bad_count: 1, ..plain.clone() };
        vec![plain, bad, one]
    }
}

/// A file of people to be invited.
#[derive(Debug, Clone, Serialize)]
pub struct ConsoleInviteBatch {
    /// The console's navigation.
    pub frame: ConsoleFrame,
    /// How many people stand in it.
    pub people: u32,
    /// Where *Invite them* posts to; none where that was said.
    pub confirm: Option<String>,
    /// So many were dealt with.
    pub done: u32,
    /// So many of those had been invited otherwise.
    pub passed_over: u32,
    /// Whether all were dealt with.
    pub finished: bool,
    /// How far it has come, for a script.
    pub state_href: String,
    /// The list.
    pub list_href: String,
    /// Back to the file.
    pub back: Option<String>,
}

impl Page for ConsoleInviteBatch {
    const TEMPLATE: &'static str = "console-invite-batch.html";
    const PLACE: Option<Place> = Some(Place::Console);

    fn samples() -> Vec<Self> {
        let asked = Self {
            frame: ConsoleFrame::sample(ConsolePart::Passports),
            people: 4_998,
            confirm: Some("/console/passports/invitations/files/0193a0f0/confirm".into()),
            done: 0,
            passed_over: 0,
            finished: false,
            state_href: "/console/passports/invitations/files/0193a0f0/state".into(),
            list_href: "/console/passports/invitations".into(),
            back: Some("/console/passports/invitations/file".into()),
        };
        let one = Self { people: 1, ..asked.clone() };
        let works = Self { confirm: None, done: 1_200, ..asked.clone() };
        let done = Self { confirm: None, done: 4_998, finished: true, passed_over: 2, ..asked.clone() };
        let all = Self { passed_over: 0, ..done.clone() };
        let one_done = Self { people: 1, done: 1, passed_over: 1, ..done.clone() };
        vec![asked, one, works, done, all, one_done]
    }
}

/// What can be said of somebody's identity.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct JudgeInvitation {
    /// Where *Appointment needed* posts to; none where that was said.
    pub appointment: Option<String>,
    /// Where *Confirm the identity* posts to.
    pub confirm: String,
    /// How it can be checked.
    pub hows: Vec<Choice>,
    /// The chosen way.
    pub how: String,
    /// Where *Decline* posts to.
    pub decline: String,
    /// The reasons.
    pub reasons: Vec<Choice>,
    /// The chosen one.
    pub reason: String,
}

/// One invitation.
#[derive(Debug, Clone, Serialize)]
pub struct ConsoleInvitation {
    /// The console's navigation.
    pub frame: ConsoleFrame,
    /// First and last name.
    pub name: String,
    /// How it stands.
    pub standing: InvitationStanding,
    /// What is known of the person: each by what it is.
    pub facts: Vec<(String, String)>,
    /// When it was first sent, in words.
    pub invited: String,
    /// When it was last sent, in words.
    pub sent: String,
    /// How many times.
    pub times_sent: u32,
    /// When the identity was confirmed, or the person declined, in words.
    pub judged: Option<String>,
    /// By whom.
    pub judge: Option<String>,
    /// How it was checked, or why they were declined, in words.
    pub why: Option<String>,
    /// Where *Send it again* posts to, for whoever may.
    pub send: Option<String>,
    /// *Delete*, for whoever may.
    pub delete: Option<String>,
    /// What can be said of their identity now, for whoever may.
    pub judgement: Option<JudgeInvitation>,
    /// *Provide the identity credential*, once it is confirmed.
    pub provide: Option<String>,
    /// What they shared, where they have an account with another organisation.
    pub shared: Option<String>,
    /// Their passport, once they have an account.
    pub passport: Option<String>,
    /// Back to the list.
    pub back: Option<String>,
}

impl Page for ConsoleInvitation {
    const TEMPLATE: &'static str = "console-invitation.html";
    const PLACE: Option<Place> = Some(Place::Console);
    const FIELDS: &'static [&'static str] = &["how", "reason"];

    fn samples() -> Vec<Self> {
        let at = |act: &str| format!("/console/passports/invitations/0193a0f0/{act}");
        let judgement = JudgeInvitation {
            appointment: Some(at("appointment")),
            confirm: at("confirm"),
            hows: vec![Choice::new("remote", "Remotely"), Choice::new("in-person", "In person")],
            how: String::new(),
            decline: at("decline"),
            reasons: vec![
                Choice::new("not-a-starter", "They do not start here, as far as we know"),
                Choice::new("other", "Another reason"),
            ],
            reason: "other".into(),
        };
        let shared = Self {
            frame: ConsoleFrame::sample(ConsolePart::Passports),
            name: "Amina Khan".into(),
            standing: InvitationStanding::IdentityShared,
            facts: vec![
                ("Email address".into(), LONG_ADDRESS.into()),
                ("Date of birth".into(), "29 March 1985".into()),
                ("Staff group".into(), "Nursing and Midwifery Registered".into()),
            ],
            invited: "20 November 2026 at 4:30pm".into(),
            sent: "22 November 2026 at 9:58am".into(),
            times_sent: 2,
            judged: None,
            judge: None,
            why: None,
            send: None,
            delete: Some(at("delete")),
            judgement: Some(judgement.clone()),
            provide: None,
            shared: None,
            passport: Some("/console/passports/people/0193a0f0".into()),
            back: Some("/console/passports/invitations".into()),
        };
        let sent = Self {
            name: LONG_NAME.into(),
            standing: InvitationStanding::Sent,
            times_sent: 1,
            send: Some(at("send")),
            judgement: None,
            passport: None,
            ..shared.clone()
        };
        let elsewhere = Self {
            standing: InvitationStanding::Elsewhere,
            send: None,
            shared: Some("/console/passports/shares/0193a0f0".into()),
            ..sent.clone()
        };
        let coming = Self {
            standing: InvitationStanding::AppointmentNeeded,
            judgement: Some(JudgeInvitation { appointment: None, how: "in-person".into(), ..judgement }),
            ..shared.clone()
        };
        let confirmed = Self {
            standing: InvitationStanding::Confirmed,
            judged: Some("23 November 2026 at 8:05am".into()),
            judge: Some("Ben Adeyemi".into()),
            why: Some("In person".into()),
            judgement: None,
            provide: Some("/console/passports/people/0193a0f0/provide/identity".into()),
            ..shared.clone()
        };
        let declined = Self {
            standing: InvitationStanding::Declined,
            why: Some("They do not start here, as far as we know".into()),
            judge: None,
            provide: None,
            delete: None,
            ..confirmed.clone()
        };
        vec![shared, coming, sent, elsewhere, confirmed, declined]
    }
}

/// *Delete*: what is lost.
#[derive(Debug, Clone, Serialize)]
pub struct ConsoleInvitationDelete {
    /// The console's navigation.
    pub frame: ConsoleFrame,
    /// Whose invitation.
    pub name: String,
    /// Whether they have an account, which stays.
    pub joined: bool,
    /// Where the form posts to.
    pub action: String,
    /// Back to the invitation.
    pub back: Option<String>,
}

impl Page for ConsoleInvitationDelete {
    const TEMPLATE: &'static str = "console-invitation-delete.html";
    const PLACE: Option<Place> = Some(Place::Console);

    fn samples() -> Vec<Self> {
        let sent = Self {
            frame: ConsoleFrame::sample(ConsolePart::Passports),
            name: LONG_NAME.into(),
            joined: false,
            action: "/console/passports/invitations/0193a0f0/delete".into(),
            back: Some("/console/passports/invitations/0193a0f0".into()),
        };
        let joined = Self { joined: true, ..sent.clone() };
        vec![sent, joined]
    }
}
