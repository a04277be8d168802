//! What the audit can say: every event, with the ids that it is about.

use serde::{Deserialize, Serialize};
use uuid::Uuid;

/// What happened. Ids and kinds only: never an address, a name, a number or a secret.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "event", rename_all = "snake_case")]
#[expect(missing_docs, reason = "a field is the id that its name says")]
pub enum Event {
    /// An administrator added an organisation by the command line.
    OrganisationAdded { organisation: Uuid },
    /// An administrator changed an organisation's settings.
    OrganisationChanged { organisation: Uuid },
    /// A roster was imported; the numbers are of people.
    RosterImported { organisation: Uuid, added: u64, changed: u64, unchanged: u64, left: u64 },
    /// Guide 003, step 3: somebody gave an e-mail address.
    RegistrationStarted { organisation: Uuid, registration: Uuid, on_roster: bool },
    /// The person corrected the e-mail address.
    RegistrationAddressChanged { registration: Uuid, on_roster: bool },
    /// The person gave the registration up.
    RegistrationAbandoned { registration: Uuid },
    /// A one-time code was written to the outbox.
    CodeSent { subject: Uuid, purpose: String },
    /// Somebody was asked in the authenticator, or called; `purpose` is what for.
    Asked { subject: Uuid, how: String, purpose: String },
    /// A call is over; `answer` is how it ended.
    CallEnded { subject: Uuid, answer: String },
    /// A wrong, expired or used code was typed.
    CodeRefused { subject: Uuid, purpose: String },
    /// Guide 003, step 5: the address was proved.
    EmailVerified { registration: Uuid },
    /// The details did not match the roster.
    DetailsMismatched { registration: Uuid, mismatches: u32 },
    /// Guide 003, step 6: password and details were accepted.
    DetailsAccepted { registration: Uuid },
    /// Guide 003, step 7: a second factor was chosen, not yet proved.
    SecondFactorChosen { registration: Uuid, kind: String },
    /// Guide 003, step 9: the second factor was proved and the account made.
    AccountCreated { account: Uuid, registration: Uuid, organisation: Uuid, roster_entry: Uuid, kind: String },
    /// A password was wrong. No account: the user name is not known.
    PasswordRefused { account: Option<Uuid> },
    /// A password was right; the second factor is asked for.
    PasswordAccepted { account: Uuid },
    /// A second factor was wrong.
    SecondFactorRefused { account: Uuid },
    /// Both were right.
    SignedIn { account: Uuid, session: Uuid, kind: String },
    /// The person signed out.
    SignedOut { account: Uuid, session: Uuid },
    /// The right password was given on a browser that is spared the second factor.
    SignedInRemembered { account: Uuid, session: Uuid, device: Uuid },
    /// A second factor was proved anew in a session.
    ProvedAgain { account: Uuid, session: Uuid, kind: String },
    /// A sign-in went on by another method.
    SignInMethodChosen { account: Uuid, sign_in: Uuid, kind: String },
    /// A recovery code was used up.
    RecoveryCodeUsed { account: Uuid, left: u32 },
    /// A sign-in method was set up and proved.
    MethodAdded { account: Uuid, method: Uuid, kind: String },
    /// Another address, number or app was proved and put in a method's place.
    MethodChanged { account: Uuid, method: Uuid, kind: String },
    /// A sign-in method was removed by its owner.
    MethodRemoved { account: Uuid, method: Uuid, kind: String },
    /// A sign-in method was given another name.
    MethodRenamed { account: Uuid, method: Uuid },
    /// Its owner chose which method is offered first and second.
    MethodsPreferred { account: Uuid, default: Option<Uuid>, backup: Option<Uuid> },
    /// New recovery codes took the place of all before.
    RecoveryCodesMade { account: Uuid },
    /// Setting up a method for resets was put off.
    SetUpPutOff { account: Uuid, session: Uuid },
    /// A number that the organisation does not take disabled the account.
    NumberNotAllowed { account: Uuid },
    /// A passkey was added.
    PasskeyAdded { account: Uuid, passkey: Uuid },
    /// A passkey was given another name.
    PasskeyRenamed { account: Uuid, passkey: Uuid },
    /// A passkey was removed.
    PasskeyRemoved { account: Uuid, passkey: Uuid },
    /// What a browser sent of a passkey was not taken. No account: nobody has that passkey.
    PasskeyRefused { account: Option<Uuid>, why: String },
    /// A right sign-in was refused, for the account is disabled.
    DisabledSignInRefused { account: Uuid },
    /// Its owner ended one of their sessions from another.
    SessionEnded { account: Uuid, session: Uuid },
    /// Its owner ended all sessions of an account.
    SignedOutEverywhere { account: Uuid, sessions: u64 },
    /// A browser is asked for the second factor again.
    DeviceForgotten { account: Uuid, device: Uuid },
    /// The owner said of something that happened that it was not them. All other sessions ended.
    ActivityReported { account: Uuid, activity: Uuid, number: String },
    /// A role in the console was given; by nobody: at the command line.
    RoleGiven { account: Uuid, role: String, by: Option<Uuid>, reason: String },
    /// A role in the console was taken away; by nobody: at the command line.
    RoleTaken { account: Uuid, role: String, by: Option<Uuid>, reason: String },
    /// An administrator proposed to give a role; a second one must confirm.
    RoleGiftProposed { account: Uuid, role: String, by: Uuid, reason: String },
    /// An administrator proposed to take a role away; a second one must confirm.
    RoleRemovalProposed { account: Uuid, role: String, by: Uuid, reason: String },
    /// A proposal was declined, or withdrawn by the administrator who made it.
    RoleProposalDeclined { account: Uuid, role: String, by: Uuid },
    /// Somebody looked for people in the console; how many were found.
    PeopleSearched { organisation: Uuid, by: Uuid, found: u32 },
    /// Somebody looked at the list of accounts that are disabled for a number.
    DisabledPeopleListed { organisation: Uuid, by: Uuid, found: u32 },
    /// Somebody looked at a person in the console.
    PersonSeen { account: Uuid, by: Uuid },
    /// Somebody looked at, or for, more people in an hour than calls come in.
    LookingStopped { organisation: Uuid, by: Uuid, limit: String },
    /// Somebody looked at the audit of the organisation.
    AuditSeen { organisation: Uuid, by: Uuid },
    /// A code was sent to somebody who calls the service desk.
    CallerCodeSent { account: Uuid, by: Uuid, kind: String },
    /// A caller read out a wrong, expired or used code.
    CallerCodeRefused { account: Uuid, by: Uuid },
    /// The service desk is sure who is calling, by a code or by documents.
    CallerChecked { account: Uuid, by: Uuid, how: String, documents: Vec<String> },
    /// The service desk unlocked an account.
    UnlockedByStaff { account: Uuid, by: Uuid, reason: String },
    /// The service desk ended all sessions of a person.
    SessionsEndedByStaff { account: Uuid, by: Uuid, count: u64, reason: String },
    /// The service desk removed a sign-in method that was lost.
    MethodRemovedByStaff { account: Uuid, by: Uuid, kind: String, reason: String },
    /// The service desk sent a code to the UK number that is to replace one that may not be used.
    NumberRepairStarted { account: Uuid, by: Uuid, reason: String },
    /// The service desk put a number right, and the account can be used again.
    NumberRepaired { account: Uuid, by: Uuid, reason: String },
    /// An administrator changed one of the organisation's rules in the console.
    RuleChanged { organisation: Uuid, by: Uuid, key: String, from: String, to: String },
    /// A phone scanned the QR code of an authenticator that is being set up.
    DeviceEnrolled { account: Uuid, device: Uuid },
    /// A device answered what it was asked: approved, refused or with a wrong number.
    ApprovalAnswered { account: Uuid, device: Uuid, answer: String },
    /// Too much was refused or left unanswered: nobody is asked for a while. No account: the user name is not known.
    ApprovalsPaused { account: Option<Uuid> },
    /// So many codes of an authenticator app were wrong that none is taken for a day from browsers that are not known.
    CodesGuessed { account: Uuid },
    /// Somebody begins a reset. No account: the user name is not known.
    ResetStarted { reset: Uuid, account: Option<Uuid>, purpose: String },
    /// What is proved in a reset was chosen.
    ResetMethodChosen { reset: Uuid, kind: String },
    /// A gate of a reset was passed.
    ResetGatePassed { reset: Uuid, account: Uuid, gate: String },
    /// A reset was ended by wrong proofs; `closed` tells that self-service is closed for a while by that.
    ResetFailed { reset: Uuid, account: Option<Uuid>, closed: bool },
    /// A reset set another password, and ended so many sessions.
    PasswordReset { account: Uuid, reset: Uuid, sessions: u64 },
    /// The lock of an account was taken away by its owner.
    AccountUnlocked { account: Uuid, reset: Uuid },
    /// The person set another password, and so many other sessions ended.
    PasswordChanged { account: Uuid, session: Uuid, sessions: u64 },
    /// The service desk was given a start code for somebody.
    StartCodeMade { account: Uuid, by: Uuid, reason: String },
    /// A blank smartcard was added to what an organisation has.
    SmartcardAdded { organisation: Uuid, card: Uuid, by: Option<Uuid> },
    /// The Registration Authority issued a card; `locked` tells that nobody knows its passcode.
    SmartcardIssued { account: Uuid, card: Uuid, by: Uuid, locked: bool, reason: String },
    /// Its owner renewed the certificates of a card, for the time `used` since the Registration Authority did.
    SmartcardRenewed { account: Uuid, card: Uuid, used: u32 },
    /// The Registration Authority renewed them.
    SmartcardRenewedByStaff { account: Uuid, card: Uuid, by: Uuid, reason: String },
    /// A certificate was issued for a card; which by its serial number in hexadecimal digits.
    CertificateIssued { account: Uuid, card: Uuid, slot: String, serial: String },
    /// The owner set passcodes of these kinds, and blanked those.
    PasscodesSet { account: Uuid, card: Uuid, kinds: Vec<String>, blanked: Vec<String> },
    /// The Registration Authority asks for new passcodes before anything else.
    PasscodesForced { account: Uuid, card: Uuid, by: Uuid, reason: String },
    /// A passcode of this kind was wrong.
    PasscodeRefused { account: Uuid, card: Option<Uuid>, kind: String },
    /// A card was found blocked: too many wrong passcodes.
    SmartcardBlocked { account: Uuid, card: Uuid },
    /// Its owner unblocked a card; `how` is by which proof.
    SmartcardUnblocked { account: Uuid, card: Uuid, how: String },
    /// The Registration Authority unblocked it.
    SmartcardUnblockedByStaff { account: Uuid, card: Uuid, by: Uuid, reason: String },
    /// The Registration Authority opened an account that was locked for old passcodes.
    SmartcardUnlockedByStaff { account: Uuid, card: Uuid, by: Uuid, reason: String },
    /// The owner revoked a card's certificates, and so many sessions ended.
    CertificatesRevoked { account: Uuid, card: Uuid, revocation: String, sessions: u64 },
    /// The Registration Authority revoked them.
    CertificatesRevokedByStaff { account: Uuid, card: Uuid, by: Uuid, revocation: String, reason: String },
    /// Somebody has told the authority outside that a certificate was revoked.
    OutsideAuthorityTold { account: Uuid, card: Uuid, by: Uuid, serial: String },
    /// Certificates that were issued and that no card proved to have were revoked.
    UnprovedCertificatesRevoked { account: Uuid, card: Uuid, job: Uuid, count: u64 },
    /// A card was cancelled.
    SmartcardCancelled { account: Option<Uuid>, card: Uuid, by: Uuid, revocation: String, reason: String },
    /// A card was made blank, to be issued again; the account is whose it was.
    SmartcardCleared { account: Uuid, card: Uuid, by: Uuid, reason: String },
    /// The certificates were taken off a card.
    SmartcardWiped { account: Uuid, card: Uuid, by: Option<Uuid> },
    /// Something is done to a card at a workstation; by nobody: by its owner.
    CardJobStarted { account: Uuid, card: Option<Uuid>, job: Uuid, kind: String, by: Option<Uuid> },
    /// It has ended.
    CardJobEnded { account: Uuid, card: Option<Uuid>, job: Uuid, kind: String, verdict: String },
    /// The workstation sent what this job cannot take.
    CardJobRefused { account: Uuid, job: Uuid, why: String },
    /// The owner answered an alert that something falls due.
    SmartcardAlertAnswered { account: Uuid, kind: String, answer: String },
    /// What the browser sent of a card was not taken. No account: nobody has that card.
    CardSignInRefused { account: Option<Uuid>, card: Option<Uuid>, why: String },
    /// A wallet answered a request of an organisation: presented, declined, or refused and why. The networks are ranges: of the
    /// page that showed the request, and of the wallet; `elsewhere` is how often it was fetched from a third one.
    WalletAnswered {
        organisation: Uuid,
        presentation: Uuid,
        purpose: String,
        account: Option<Uuid>,
        answer: String,
        why: Option<String>,
        page_network: Option<String>,
        wallet_network: String,
        elsewhere: u32,
    },
    /// A wallet's answer that was taken signed nobody in: it, or the account, does not count any more.
    PassportSignInRefused { account: Option<Uuid>, presentation: Uuid, why: String },
    /// Whoever got a wallet's answer said that they did not ask for it.
    WalletAnswerDisowned { account: Option<Uuid>, presentation: Uuid },
    /// An administrator ended the sessions that staff passports had begun since a moment.
    PassportSessionsEnded {
        organisation: Uuid,
        by: Option<Uuid>,
        since: String,
        count: u64,
        reason: Option<String>,
    },
    /// Somebody shared so many credentials with an organisation.
    CredentialsShared { account: Uuid, organisation: Uuid, share: Uuid, count: u32 },
    /// Somebody was invited to a staff passport.
    PersonInvited { organisation: Uuid, invitation: Uuid, by: Uuid },
    /// The invitation was sent again.
    InvitationSentAgain { organisation: Uuid, invitation: Uuid, by: Uuid },
    /// The invitation was deleted.
    InvitationDeleted { organisation: Uuid, invitation: Uuid, by: Uuid },
    /// The identity of somebody who was invited stands like this now; `how` it was checked, or why they were declined.
    InvitationJudged {
        organisation: Uuid,
        invitation: Uuid,
        account: Uuid,
        state: String,
        how: Option<String>,
        by: Uuid,
    },
    /// A file with so many people to be invited was uploaded.
    InvitationsUploaded { organisation: Uuid, batch: Uuid, people: u32, by: Uuid },
    /// The people in it are to be invited.
    InvitationsConfirmed { organisation: Uuid, batch: Uuid, people: u32, by: Uuid },
    /// The trust took a credential that was shared with it, or rejected it for a reason.
    SharedCredentialReviewed {
        account: Uuid,
        share: Uuid,
        shared: Uuid,
        organisation: Uuid,
        rejected: Option<String>,
        by: Uuid,
    },
    /// Somebody was reminded of what they have not reviewed.
    PersonReminded { account: Uuid, organisation: Uuid, by: Uuid },
    /// All people of an organisation are reminded who have something to review.
    PeopleReminded { organisation: Uuid, day: String, by: Uuid },
    /// A team that looks after credentials was added or changed.
    PassportTeamSaved { organisation: Uuid, team: Uuid, by: Uuid },
    /// It was deleted.
    PassportTeamDeleted { organisation: Uuid, team: Uuid, by: Uuid },
    /// A job role requires so many types of credentials from now on.
    JobRoleSaved { organisation: Uuid, job_role: Uuid, required: u32, by: Uuid },
    /// A job role that nobody has was deleted.
    JobRoleDeleted { organisation: Uuid, job_role: Uuid, by: Uuid },
    /// Somebody has a job role in an organisation, or none any more; by nobody: the employer's list names it for whoever registered.
    JobRoleGiven { account: Uuid, organisation: Uuid, job_role: Option<Uuid>, by: Option<Uuid> },
    /// So many people more have a job role, which the employer's list names for them.
    JobRoleGivenToNamed { organisation: Uuid, job_role: Uuid, people: u64, by: Uuid },
    /// So many types of credentials that somebody's job role requires need not be there; none: they must be, again.
    RequirementsBypassed { account: Uuid, organisation: Uuid, missing: Option<u32>, by: Uuid },
    /// The Registration Authority is sure who is there.
    CardHolderChecked { account: Uuid, by: Uuid, how: String, documents: Vec<String> },
    /// The Account Recovery Passcode that was said to the Registration Authority is not the person's.
    CardHolderRefused { account: Uuid, by: Uuid },
    /// A telephone service compared a Verification Passcode; by nobody: over the interface, with the key of that service. No
    /// account: nobody whom it may ask about has that user name.
    VerificationChecked { account: Option<Uuid>, by: Option<Uuid>, service: Option<String>, right: bool },
    /// A telephone service was registered, to ask about people of one organisation or of all.
    VerificationClientAdded { client: Uuid, service: String, organisation: Option<Uuid> },
    /// Its key stopped to work.
    VerificationClientEnded { client: Uuid, service: String, organisation: Option<Uuid> },
    /// Somebody of the Registration Authority looked at a person's cards.
    SmartcardsSeen { account: Uuid, by: Uuid },
    /// Somebody of the Registration Authority looked for cards or at a list of them.
    SmartcardsListed { organisation: Uuid, by: Uuid, found: u32 },
    /// Somebody looked at, or took away, what falls due in the coming months.
    SmartcardForecastSeen { organisation: Uuid, by: Uuid },
    /// An act of the Registration Authority waits for a second approver.
    RaActProposed { account: Uuid, by: Uuid, act: String, reason: String },
    /// A second one approved it.
    RaActApproved { account: Uuid, by: Uuid, act: String },
    /// It was declined, or withdrawn by who proposed it.
    RaActDeclined { account: Uuid, by: Uuid, act: String },
    /// The round of a local day through all cards has ended, and so many messages were written.
    SmartcardRoundEnded { day: String, cards: u64, messages: u64 },
    /// A trust provided a credential; by the system `client`, by the member of staff `by`, or (neither) at the command line or from the
    /// records of its HR system.
    CredentialProvided {
        account: Uuid,
        credential: Uuid,
        organisation: Uuid,
        kind: String,
        client: Option<Uuid>,
        by: Option<Uuid>,
    },
    /// Its owner rejected a credential before taking it.
    CredentialRejected { account: Uuid, credential: Uuid, organisation: Uuid, reason: String },
    /// The trust resolved a rejection: by the system `client`, or (none) at the command line; or by providing a corrected credential.
    CredentialRejectionResolved {
        account: Uuid,
        credential: Uuid,
        organisation: Uuid,
        client: Option<Uuid>,
        by: Option<Uuid>,
        corrected_by: Option<Uuid>,
    },
    /// It is open again.
    CredentialRejectionReopened {
        account: Uuid,
        credential: Uuid,
        organisation: Uuid,
        client: Option<Uuid>,
        by: Option<Uuid>,
    },
    /// The trust took back a credential that was not accepted yet; by the system `client`, by the member of staff `by`, or (neither) at
    /// the command line, or because the records of its HR system say something else now.
    CredentialWithdrawn {
        account: Uuid,
        credential: Uuid,
        organisation: Uuid,
        reason: String,
        client: Option<Uuid>,
        by: Option<Uuid>,
    },
    /// The trust revoked a credential, by the system `client`, by the member of staff `by`, or (neither) at the command line: so many
    /// copies in wallets are good no more, and so many sessions ended.
    CredentialRevoked {
        account: Uuid,
        credential: Uuid,
        organisation: Uuid,
        reason: String,
        client: Option<Uuid>,
        by: Option<Uuid>,
        copies: u64,
        sessions: u64,
    },
    /// Its owner put a credential away.
    CredentialArchived { account: Uuid, credential: Uuid },
    /// Its owner took it out again.
    CredentialRestored { account: Uuid, credential: Uuid },
    /// A member of staff of the trust that provided it put a credential away.
    CredentialArchivedByTrust { account: Uuid, credential: Uuid, organisation: Uuid, by: Uuid },
    /// One of them took it out again, whoever had put it away.
    CredentialRestoredByTrust { account: Uuid, credential: Uuid, organisation: Uuid, by: Uuid },
    /// A trust put away a credential that was shared with it and that it had accepted.
    SharedCredentialArchived { account: Uuid, share: Uuid, shared: Uuid, organisation: Uuid, by: Uuid },
    /// It took it out again.
    SharedCredentialRestored { account: Uuid, share: Uuid, shared: Uuid, organisation: Uuid, by: Uuid },
    /// Somebody asked the trust for a credential of this kind.
    CredentialRequested { account: Uuid, organisation: Uuid, kind: String },
    /// Somebody chose by which channels they are told of credentials: those are switched off.
    PassportNotificationsSet { account: Uuid, off: Vec<String> },
    /// A system that provides credentials was registered.
    PassportClientAdded { client: Uuid, service: String, organisation: Uuid },
    /// Its key stopped to work.
    PassportClientEnded { client: Uuid, service: String, organisation: Uuid },
    /// A key that signs credentials was made below a root: the first one, the yearly one, or because somebody asked for another.
    PassportKeyMade { organisation: Uuid, root: Uuid, key: Uuid, why: String },
    /// A root that vouches for such keys was made; others have to trust it from now on.
    PassportRootMade { organisation: Uuid, root: Uuid, why: String },
    /// From now on an organisation believes an issuer outside this installation, for a kind of credential.
    TrustedIssuerAdded { organisation: Uuid, issuer: Uuid, kind: String },
    /// It believes it no more.
    TrustedIssuerRemoved { organisation: Uuid, issuer: Uuid },
    /// The reminders of a Monday are written.
    PassportRemindersWritten { day: String },
    /// The staff records of an organisation were pulled: those of a local day, or (none) because somebody asked for it at the command
    /// line. So many records were provided, said what they said before, were wrong, had run out, and were of people without an account;
    /// so many of those provided before are there no more.
    StaffRecordsPulled {
        organisation: Uuid,
        pull: Uuid,
        day: Option<String>,
        provided: u64,
        unchanged: u64,
        wrong: u64,
        run_out: u64,
        without_account: u64,
        vanished: u64,
    },
    /// A message was given up; `channel` is e-mail or text.
    MessageGivenUp { message: Uuid, channel: String },
    /// So much of the day's texts was used: of an organisation's, or (none) of the installation's.
    TextBudgetUsed { organisation: Option<Uuid>, percent: u32, budget: u32 },
    /// Codes sent by text to one range of numbers were hardly used: no more go there for a while.
    TextRangePaused { sent: u32, used: u32 },
    /// Half-done registrations were erased.
    RegistrationsErased { count: u64 },
    /// The keys were rotated and what they sealed was sealed again.
    KeysRotated { resealed: u64 },
    /// A credential was offered to whichever wallet scans it, from the page of its owner.
    CredentialOffered { account: Uuid, credential: Uuid, offer: Uuid, reissue: bool },
    /// The page ended an offer.
    CredentialOfferEnded { account: Uuid, offer: Uuid },
    /// The service of a wallet's maker handed out nothing, for a reason in a word of its own.
    WalletServiceFailed { account: Uuid, credential: Uuid, offer: Uuid, why: String },
    /// It handed a credential out after its offer had ended: that is revoked there.
    WalletServiceTooLate { account: Uuid, credential: Uuid, offer: Uuid },
    /// It has revoked a copy of a credential.
    WalletServiceRevoked { copy: Uuid, kind: String },
    /// It has not, for a week: somebody has to do it there by hand.
    WalletServiceNotRevoked { copy: Uuid, kind: String },
    /// A wallet traded the code of an offer in.
    CredentialOfferRedeemed { account: Uuid, credential: Uuid, offer: Uuid },
    /// A credential went to a wallet, in so many copies.
    CredentialIssued {
        account: Uuid,
        organisation: Uuid,
        credential: Uuid,
        offer: Uuid,
        count: u32,
        reissue: bool,
    },
    /// A wallet was told to ask for a credential again: its issuer could not sign.
    CredentialDeferred { account: Uuid, credential: Uuid, offer: Uuid },
    /// Somebody let the wallet `client` have so many credentials, after signing in for it.
    WalletAuthorised { account: Uuid, organisation: Uuid, authorisation: Uuid, client: String, count: u32 },
    /// They did not want that.
    WalletNotAuthorised { account: Uuid, organisation: Uuid, authorisation: Uuid, client: String },
    /// The code that a wallet had been given came a second time: its token works no more.
    WalletCodeRepeated { account: Option<Uuid>, authorisation: Uuid, client: String },
    /// A wallet told what became of a credential.
    WalletTold { account: Uuid, credential: Uuid, offer: Uuid, answer: String },
    /// The mobile number was proved, and an access key made for its owner to collect.
    AccessKeyMade { account: Uuid, credential: Uuid },
    /// An access key was revoked, because another one took its place.
    AccessKeyReplaced { account: Uuid, credential: Uuid, by_credential: Uuid },
}
