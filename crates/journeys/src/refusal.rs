//! Why a journey does not go on: a stable public code, and what the page needs to say it in plain words.

use crate::smartcard::CardSignInRefusal;
use jiff::{SignedDuration, Timestamp};
use rules::birth::BirthProblem;
use rules::code::CodeFormat;
use rules::email::EmailProblem;
use rules::name::NameProblem;
use rules::password::PasswordProblem;
use rules::phone::PhoneProblem;
use store::StoreError;
use store::code::CodeRefused;
use store::method::MethodKind;
use uuid::Uuid;

/// Something wrong with one field of a form.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct FieldProblem {
    /// The id of the field on the page.
    pub field: &'static str,
    /// The key of its text in the message files.
    pub key: &'static str,
    /// What the text shows.
    pub values: Vec<(&'static str, String)>,
}

impl FieldProblem {
    /// A problem whose text shows no values.
    pub fn new(field: &'static str, key: &'static str) -> Self {
        Self { field, key, values: Vec::new() }
    }

    pub(crate) fn with(mut self, name: &'static str, value: &impl ToString) -> Self {
        self.values.push((name, value.to_string()));
        self
    }
}

/// Why a journey does not go on. None of them holds a secret or an address.
#[derive(Debug, thiserror::Error)]
pub enum Refusal {
    /// What was typed cannot be taken: the page comes back with it, every problem named at once.
    #[error("fields are wrong")]
    Fields(Vec<FieldProblem>),
    /// The code is none of those sent.
    #[error("the code is wrong")]
    CodeWrong {
        /// Tries left for the codes alive; unknown for an authenticator app.
        left: Option<u32>,
    },
    /// The code was sent more than 15 minutes ago.
    #[error("the code is expired")]
    CodeExpired,
    /// The codes have ended: used, or guessed too often.
    #[error("the codes have ended")]
    CodesEnded,
    /// A new code may be sent only every 30 seconds.
    #[error("a code was just sent")]
    CodeTooSoon {
        /// How long until then.
        wait: SignedDuration,
    },
    /// Too many codes this hour, or too many messages to this destination today.
    #[error("too many codes")]
    TooManyCodes,
    /// A call to the person is under way, or may still be.
    #[error("the person is being called")]
    CallTooSoon {
        /// How long until the next may begin at the latest.
        wait: SignedDuration,
    },
    /// Too many calls this hour, or too many calls and messages to this number today.
    #[error("too many calls")]
    TooManyCalls,
    /// No more texts today, or none to this range of numbers just now: another way works.
    #[error("no texts can be sent just now")]
    NoTextsNow,
    /// Somebody who is not the provider reports what became of a text, or in words that nobody understands.
    #[error(transparent)]
    ReportRefused(#[from] channels::BadReport),
    /// The registration is unknown here, or began more than 24 hours ago.
    #[error("the registration is over")]
    RegistrationOver,
    /// The details do not match the roster.
    #[error("the details do not match")]
    DetailsMismatch {
        /// How many more tries there are.
        left: u32,
    },
    /// The details did not match too often: the local organisation helps.
    #[error("the details did not match too often")]
    SentToOrganisation,
    /// Somebody has this roster entry or address already.
    #[error("there is an account already")]
    AccountExists,
    /// This step comes later, or is over.
    #[error("another step comes first")]
    WrongStep,
    /// Too many tries from this range of the network.
    #[error("too many tries from this network")]
    NetworkBusy,
    /// The person has left the organisation meanwhile.
    #[error("no longer on the roster")]
    NoLongerOnRoster,
    /// User name or password is wrong; which of them is not said.
    #[error("user name or password is wrong")]
    SignInWrong,
    /// Too many wrong passwords: no try counts for a while.
    #[error("sign-in is paused")]
    SignInPaused {
        /// How long until then.
        wait: SignedDuration,
    },
    /// The sign-in under way is unknown here or too old.
    #[error("the sign-in is over")]
    SignInOver,
    /// Nobody is signed in, or the session has ended.
    #[error("not signed in")]
    NotSignedIn,
    /// The page needs a second factor of the last minutes.
    #[error("a fresh proof is needed")]
    ProofNeeded,
    /// The set-up of a method is unknown here, somebody else's, or began more than 30 minutes ago.
    #[error("the set-up is over")]
    SetUpOver,
    /// The person has no such sign-in method.
    #[error("no such sign-in method")]
    MethodGone,
    /// The account may not be used for now.
    #[error("the account is disabled")]
    AccountDisabled,
    /// There is nothing of this id that the person may see.
    #[error("there is no such thing")]
    NotFound,
    /// The question to the browser was answered before, or more than five minutes ago.
    #[error("the passkey's answer came too late")]
    PasskeyOver,
    /// What the browser sent of a passkey is not taken.
    #[error("the passkey is refused")]
    PasskeyRefused,
    /// The smartcard signs nobody in.
    #[error(transparent)]
    CardSignIn(CardSignInRefusal),
    /// A wallet's answer opens nothing.
    #[error(transparent)]
    Presentation(crate::passport::PresentationRefusal),
    /// The other device has not said yes, or not in time: the page says how it stands.
    #[error("nobody has approved it")]
    NotApproved,
    /// Questions to the authenticator were refused or left unanswered too often: other ways go on.
    #[error("requests to the app are paused")]
    ApprovalsPaused,
    /// Too many resets of this account failed: the service desk helps, or time does.
    #[error("self-service reset is closed")]
    ResetClosed,
    /// The reset under way is unknown here, too old, or was ended by wrong proofs.
    #[error("the reset is over")]
    ResetOver,
    /// Too many resets from this range of the network.
    #[error("too many resets from this network")]
    ResetsBusy,
    /// No organisation has this code.
    #[error("there is no such organisation")]
    NoSuchOrganisation,
    /// None of the person's roles may do it.
    #[error("no role for this")]
    RoleMissing,
    /// Nobody acts on their own account.
    #[error("nobody acts on their own account")]
    OwnAccount,
    /// Only administrators act on the account of somebody with a role.
    #[error("only an administrator helps somebody with a role")]
    RoleHolder,
    /// Being sure who is calling comes first.
    #[error("it is not sure who is calling")]
    CallerNotChecked {
        /// The account that it was about.
        account: Uuid,
    },
    /// More people looked for, or at, than calls come in.
    #[error("too many people looked at")]
    TooManyLookups,
    /// An organisation keeps one administrator.
    #[error("the last administrator stays")]
    LastAdministrator,
    /// No code was sent to the number that is to be put right, or longer than ten minutes ago.
    #[error("no code was sent to the new number")]
    NumberNotStarted,
    /// The proposal is older than seven days, or was decided.
    #[error("the proposal is over")]
    ProposalOver,
    /// A second administrator confirms, not the first one.
    #[error("the proposal is one's own")]
    OwnProposal,
    /// Somebody else has changed the rule meanwhile.
    #[error("the rule has been changed meanwhile")]
    RuleChanged,
    /// The card is worked on just now, or another job was faster.
    #[error("the card is worked on")]
    CardBusy,
    /// The job on the card has ended.
    #[error("the job is over")]
    CardJobOver,
    /// Too many jobs on this card, or too many tries at one, within the hour.
    #[error("too many jobs on this card")]
    TooManyCardJobs,
    /// The new passcode is one of the card's last five.
    #[error("the passcode was used before")]
    CardPasscodeUsed,
    /// The Self Service Portal for smartcards does not go on.
    #[error(transparent)]
    Smartcard(#[from] crate::smartcard::SmartcardRefusal),
    /// The Registration Authority does not go on.
    #[error(transparent)]
    Ra(#[from] crate::smartcard::ra::RaRefusal),
    /// The staff passport does not go on.
    #[error(transparent)]
    Passport(#[from] crate::passport::PassportRefusal),
    /// More passwords are waiting to be checked than can be in good time.
    #[error("too busy")]
    Busy,
    /// A fault that is ours.
    #[error(transparent)]
    Store(#[from] StoreError),
    /// A fault that is ours, in words for the log.
    #[error("{0}")]
    Fault(&'static str),
}

impl Refusal {
    /// The public code: stable, explained in the docs for the service desk.
    pub fn code(&self) -> &'static str {
        match self {
            Self::Fields(_) => "FW-1903",
            Self::CodeWrong { .. } => "FW-1101",
            Self::CodeExpired => "FW-1102",
            Self::CodesEnded => "FW-1103",
            Self::CodeTooSoon { .. } => "FW-1104",
            Self::TooManyCodes => "FW-1105",
            Self::NoTextsNow => "FW-1114",
            Self::RegistrationOver => "FW-1106",
            Self::DetailsMismatch { .. } => "FW-1107",
            Self::SentToOrganisation => "FW-1108",
            Self::AccountExists => "FW-1109",
            Self::WrongStep => "FW-1110",
            Self::NetworkBusy => "FW-1112",
            Self::NoLongerOnRoster => "FW-1113",
            Self::SignInWrong => "FW-1201",
            Self::SignInPaused { .. } => "FW-1202",
            Self::SignInOver => "FW-1203",
            Self::NotSignedIn => "FW-1204",
            Self::ProofNeeded => "FW-1205",
            Self::AccountDisabled => "FW-1206",
            Self::PasskeyOver => "FW-1221",
            Self::PasskeyRefused => "FW-1222",
            Self::CardSignIn(refusal) => refusal.code(),
            Self::Presentation(refusal) => refusal.code(),
            Self::SetUpOver => "FW-1231",
            Self::MethodGone => "FW-1232",
            Self::NotApproved => "FW-1241",
            Self::ApprovalsPaused => "FW-1242",
            Self::CallTooSoon { .. } => "FW-1243",
            Self::TooManyCalls => "FW-1244",
            Self::RoleMissing => "FW-1501",
            Self::OwnAccount => "FW-1502",
            Self::RoleHolder => "FW-1503",
            Self::CallerNotChecked { .. } => "FW-1504",
            Self::TooManyLookups => "FW-1505",
            Self::LastAdministrator => "FW-1506",
            Self::ProposalOver => "FW-1507",
            Self::OwnProposal => "FW-1508",
            Self::NumberNotStarted => "FW-1509",
            Self::RuleChanged => "FW-1520",
            Self::CardBusy => "FW-2106",
            Self::CardJobOver => "FW-2107",
            Self::TooManyCardJobs => "FW-2108",
            Self::CardPasscodeUsed => "FW-2109",
            Self::Ra(refusal) => refusal.code(),
            Self::ResetClosed => "FW-1301",
            Self::ResetOver => "FW-1302",
            Self::ResetsBusy => "FW-1303",
            Self::Smartcard(refusal) => refusal.code(),
            Self::Passport(refusal) => refusal.code(),
            Self::Busy | Self::Store(StoreError::Unavailable(_)) => "FW-1900",
            Self::Store(_) | Self::Fault(_) | Self::ReportRefused(_) => "FW-1901",
            Self::NoSuchOrganisation | Self::NotFound => "FW-1902",
        }
    }

    /// One field's problem.
    pub(crate) fn field(field: &'static str, key: &'static str) -> Self {
        Self::Fields(vec![FieldProblem::new(field, key)])
    }

    /// A code may be sent again at `until`.
    pub(crate) fn too_soon(until: Timestamp, now: Timestamp) -> Self {
        Self::CodeTooSoon { wait: until.duration_since(now) }
    }
}

impl From<vault::Busy> for Refusal {
    fn from(_: vault::Busy) -> Self {
        Self::Busy
    }
}

impl From<CodeRefused> for Refusal {
    fn from(refused: CodeRefused) -> Self {
        match refused {
            CodeRefused::Wrong { left } => Self::CodeWrong { left: Some(left) },
            CodeRefused::Expired => Self::CodeExpired,
            CodeRefused::Ended => Self::CodesEnded,
        }
    }
}

pub(crate) fn email_problem(field: &'static str, problem: EmailProblem) -> FieldProblem {
    FieldProblem::new(
        field,
        match problem {
            EmailProblem::Empty => "email-empty",
            EmailProblem::Malformed => "email-malformed",
            EmailProblem::TooLong => "email-too-long",
        },
    )
}

/// A code that was sent, or one that an authenticator app shows.
pub(crate) fn code_format(field: &'static str, kind: MethodKind, problem: CodeFormat) -> FieldProblem {
    FieldProblem::new(
        field,
        match (kind, problem) {
            (MethodKind::App | MethodKind::Approval, CodeFormat::Empty) => "totp-empty",
            (MethodKind::App | MethodKind::Approval, CodeFormat::TooShort) => "totp-too-short",
            (MethodKind::App | MethodKind::Approval, CodeFormat::TooLong) => "totp-too-long",
            (MethodKind::App | MethodKind::Approval, CodeFormat::NotDigits) => "totp-not-digits",
            (_, CodeFormat::Empty) => "code-empty",
            (_, CodeFormat::TooShort) => "code-too-short",
            (_, CodeFormat::TooLong) => "code-too-long",
            (_, CodeFormat::NotDigits) => "code-not-digits",
        },
    )
}

pub(crate) fn first_name_problem(field: &'static str, problem: NameProblem) -> FieldProblem {
    FieldProblem::new(
        field,
        match problem {
            NameProblem::Empty => "first-name-empty",
            NameProblem::TooLong => "first-name-too-long",
            NameProblem::Unreadable => "first-name-unreadable",
        },
    )
}

pub(crate) fn last_name_problem(field: &'static str, problem: NameProblem) -> FieldProblem {
    FieldProblem::new(
        field,
        match problem {
            NameProblem::Empty => "last-name-empty",
            NameProblem::TooLong => "last-name-too-long",
            NameProblem::Unreadable => "last-name-unreadable",
        },
    )
}

pub(crate) fn birth_problem(field: &'static str, problem: BirthProblem) -> FieldProblem {
    FieldProblem::new(
        field,
        match problem {
            BirthProblem::Empty => "birth-empty",
            BirthProblem::MissingDay => "birth-missing-day",
            BirthProblem::MissingMonth => "birth-missing-month",
            BirthProblem::MissingYear => "birth-missing-year",
            BirthProblem::NotADate => "birth-not-a-date",
            BirthProblem::InFuture => "birth-in-future",
            BirthProblem::TooLongAgo => "birth-too-long-ago",
            BirthProblem::TooYoung => "birth-too-young",
        },
    )
}

pub(crate) fn password_problem(field: &'static str, problem: PasswordProblem) -> FieldProblem {
    match problem {
        PasswordProblem::Empty => FieldProblem::new(field, "password-empty"),
        PasswordProblem::TooShort { min } => FieldProblem::new(field, "password-too-short").with("min", &min),
        PasswordProblem::TooLong { max } => FieldProblem::new(field, "password-too-long").with("max", &max),
        PasswordProblem::HoldsName => FieldProblem::new(field, "password-holds-name"),
        PasswordProblem::HoldsHouse => FieldProblem::new(field, "password-holds-house"),
        PasswordProblem::Breached => FieldProblem::new(field, "password-breached"),
        PasswordProblem::TooGuessable => FieldProblem::new(field, "password-too-guessable"),
    }
}

pub(crate) fn phone_problem(field: &'static str, problem: PhoneProblem) -> FieldProblem {
    FieldProblem::new(
        field,
        match problem {
            PhoneProblem::Empty => "phone-empty",
            PhoneProblem::NotANumber => "phone-not-a-number",
            PhoneProblem::NotUk => "phone-not-uk",
            PhoneProblem::NotMobile => "phone-not-mobile",
            PhoneProblem::Personal => "phone-personal",
            PhoneProblem::Premium => "phone-premium",
        },
    )
}

/// A number that is kept for contact and may be a landline.
pub(crate) fn office_phone_problem(field: &'static str, problem: PhoneProblem) -> FieldProblem {
    FieldProblem::new(
        field,
        match problem {
            PhoneProblem::Empty => "office-phone-empty",
            PhoneProblem::NotANumber => "office-phone-not-a-number",
            PhoneProblem::NotUk => "office-phone-not-uk",
            PhoneProblem::NotMobile => "office-phone-not-reached",
            PhoneProblem::Personal => "office-phone-personal",
            PhoneProblem::Premium => "office-phone-premium",
        },
    )
}
