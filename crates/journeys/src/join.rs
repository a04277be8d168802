//! Guide 003, steps 3 to 5: the e-mail address that the employer holds, and the code that proves it.
//!
//! The same rooms serve the first-time sign-in of training users and authorisers, who come in by another door. Password
//! and details are in [`crate::join_details`], the second factor in [`crate::join_factor`].

use crate::codes::{Destination, Sending, typed_code};
use crate::refusal::email_problem;
use crate::{Network, Refusal, Service};
use jiff::Timestamp;
use rules::email::EmailAddress;
use rules::policy::Policy;
use rules::roster::{PersonKind, StaffGroup};
use store::Tx;
use store::audit::Event;
use store::code::CodeFor;
use store::limits::Allowance;
use store::method::MethodKind;
use store::organisation::Organisation;
use store::outbox::{Channel, Delivery};
pub use store::registration::Journey;
use store::registration::{NewRegistration, Registration};
use uuid::Uuid;
use vault::Token;
use wording::Message;

/// A registration under way, with what holds for its organisation.
#[derive(Debug, Clone)]
pub struct Joining {
    /// The registration as it stands.
    pub registration: Registration,
    /// The employer.
    pub organisation: Organisation,
    /// The numbers that hold there.
    pub policy: Policy,
}

/// What comes next in a registration.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Step {
    /// Type the code from the e-mail.
    VerifyEmail,
    /// Choose a password, enter personal details.
    Details,
    /// Choose the second factor.
    ChooseFactor,
    /// Enter its address or number.
    EnterFactor,
    /// Type the code that proves it.
    ProveFactor,
    /// The account is made: sign in.
    Done,
}

impl Joining {
    /// What comes next.
    pub fn step(&self) -> Step {
        let registration = &self.registration;
        if registration.account_id.is_some() {
            Step::Done
        } else if registration.email_verified_at.is_none() {
            Step::VerifyEmail
        } else if registration.details_at.is_none() {
            Step::Details
        } else {
            match &registration.method {
                None => Step::ChooseFactor,
                Some(method) if method.secret.is_none() => Step::EnterFactor,
                Some(_) => Step::ProveFactor,
            }
        }
    }

    /// When it ends, UTC.
    pub fn ends_at(&self) -> Timestamp {
        self.policy.registration_expires_at(self.registration.started_at)
    }

    /// Refuses to go on where this step comes later or is over.
    pub(crate) fn at(&self, steps: &[Step]) -> Result<(), Refusal> {
        if steps.contains(&self.step()) { Ok(()) } else { Err(Refusal::WrongStep) }
    }
}

/// The organisation that a page's address names.
///
/// # Errors
/// [`Refusal::NoSuchOrganisation`].
pub async fn organisation(service: &Service, code: &str) -> Result<Organisation, Refusal> {
    service.store.organisation_by_code(&code.to_uppercase()).await?.ok_or(Refusal::NoSuchOrganisation)
}

/// Step 1: the staff group that a form names.
///
/// # Errors
/// [`Refusal::Fields`] where it names none.
pub fn staff_group(typed: &str) -> Result<StaffGroup, Refusal> {
    if typed.is_empty() {
        return Err(Refusal::field("group", "staff-group-empty"));
    }
    StaffGroup::from_code(typed).ok_or_else(|| Refusal::field("group", "staff-group-unknown"))
}

/// The registration that the browser with this cookie is in.
///
/// # Errors
/// [`Refusal::RegistrationOver`] where there is none, or it began more than 24 hours ago.
pub async fn current(service: &Service, token: Option<&Token>) -> Result<Joining, Refusal> {
    let token = token.ok_or(Refusal::RegistrationOver)?;
    let registration =
        service.store.registration(&cookie_hash(service, token)).await?.ok_or(Refusal::RegistrationOver)?;
    let organisation = service
        .store
        .organisation(registration.organisation_id)
        .await?
        .ok_or(Refusal::Fault("a registration of no organisation"))?;
    let policy = service.policy(&organisation)?;
    let joining = Joining { registration, organisation, policy };
    if service.clock.now() >= joining.ends_at() {
        return Err(Refusal::RegistrationOver);
    }
    Ok(joining)
}

/// What a person begins with.
#[derive(Debug)]
pub struct Start<'a> {
    /// The employer.
    pub organisation: &'a Organisation,
    /// The door they came in by.
    pub journey: Journey,
    /// The group chosen in step 1.
    pub staff_group: Option<StaffGroup>,
    /// What was typed as e-mail address.
    pub email: &'a str,
    /// The cookie of a registration in this browser, if there is one.
    pub cookie: Option<&'a Token>,
    /// Where the request came from.
    pub network: &'a Network,
}

/// Step 3: *Send Code*. The answer is the same whether the roster has the address or not, and takes the same work: one
/// registration, one code, one message. Answers the cookie for this browser.
///
/// A registration of this browser that has not proved an address yet goes on with the new one: an earlier code to the
/// same address stays good, and the button pressed twice sends one code.
///
/// # Errors
/// [`Refusal::Fields`], [`Refusal::NetworkBusy`], [`Refusal::CodeTooSoon`], [`Refusal::TooManyCodes`].
pub async fn send_code(service: &Service, start: Start<'_>) -> Result<Token, Refusal> {
    let email = EmailAddress::parse(start.email)
        .map_err(|problem| Refusal::Fields(vec![email_problem("email", problem)]))?;
    if let (Some(cookie), Ok(joining)) = (start.cookie, current(service, start.cookie).await) {
        let same_door = joining.registration.organisation_id == start.organisation.id
            && joining.registration.journey == start.journey;
        if same_door && joining.step() == Step::VerifyEmail {
            return match change_email(service, &joining, start.email, start.network).await {
                // Pressed twice: the code is on its way already.
                Err(Refusal::CodeTooSoon { .. }) if joining.registration.email == email.as_str() => {
                    Ok(cookie.clone())
                }
                other => other.map(|()| cookie.clone()),
            };
        }
        if same_door && joining.step() != Step::Done && joining.registration.email == email.as_str() {
            return Ok(cookie.clone());
        }
    }
    let now = service.clock.now();
    let policy = service.policy(start.organisation)?;
    let token = Token::new(service.random.as_ref());
    let id = vault::new_id(now, service.random.as_ref());
    let network = service.keys.keyed_hash("network", &[start.network.bytes()]);

    let mut tx = service.store.begin().await?;
    if tx.take(&policy.registrations_per_network, &network, now).await? != Allowance::Granted {
        return Err(Refusal::NetworkBusy);
    }
    let destination = Destination { channel: Channel::Email, to: email.as_str() };
    service
        .allow_code(&mut tx, &policy, CodeFor::RegistrationEmail(id), destination, start.network, now)
        .await?;
    let known = look_up(&mut tx, start.organisation.id, start.journey, &email).await?;
    tx.add_registration(
        &NewRegistration {
            id,
            token: &cookie_hash(service, &token),
            organisation_id: start.organisation.id,
            journey: start.journey,
            staff_group: start.staff_group.map(StaffGroup::code),
            email: email.as_str(),
            roster_entry_id: known.may_register(),
        },
        now,
    )
    .await?;
    let message = first_message(service, start.organisation, start.journey, &known);
    let sending = Sending {
        code_for: CodeFor::RegistrationEmail(id),
        to: destination,
        account: None,
        organisation: Some(start.organisation.id),
    };
    service.write_code(&mut tx, &policy, sending, now, message).await?;
    tx.audit(
        Event::RegistrationStarted {
            organisation: start.organisation.id,
            registration: id,
            on_roster: known.may_register().is_some(),
        },
        now,
    );
    tx.commit().await?;
    service.written.notify_one();
    Ok(token)
}

/// Corrects a mistyped address, or sends another code to the same one.
///
/// # Errors
/// [`Refusal::Fields`], [`Refusal::WrongStep`], [`Refusal::CodeTooSoon`], [`Refusal::TooManyCodes`].
pub async fn change_email(
    service: &Service,
    joining: &Joining,
    typed: &str,
    network: &Network,
) -> Result<(), Refusal> {
    let email = EmailAddress::parse(typed)
        .map_err(|problem| Refusal::Fields(vec![email_problem("email", problem)]))?;
    joining.at(&[Step::VerifyEmail])?;
    let now = service.clock.now();
    let registration = &joining.registration;
    let code_for = CodeFor::RegistrationEmail(registration.id);

    let mut tx = service.store.begin().await?;
    let destination = Destination { channel: Channel::Email, to: email.as_str() };
    service.allow_code(&mut tx, &joining.policy, code_for, destination, network, now).await?;
    let known = look_up(&mut tx, joining.organisation.id, registration.journey, &email).await?;
    if !tx.change_registration_email(registration.id, email.as_str(), known.may_register()).await? {
        return Err(Refusal::WrongStep);
    }
    let message = first_message(service, &joining.organisation, registration.journey, &known);
    let organisation = Some(joining.organisation.id);
    let sending = Sending { code_for, to: destination, account: None, organisation };
    service.write_code(&mut tx, &joining.policy, sending, now, message).await?;
    if registration.email != email.as_str() {
        let on_roster = known.may_register().is_some();
        tx.audit(Event::RegistrationAddressChanged { registration: registration.id, on_roster }, now);
    }
    tx.commit().await?;
    service.written.notify_one();
    Ok(())
}

/// Step 5: *Send New Code*. Codes sent before stay good for their own 15 minutes: mails cross.
///
/// # Errors
/// [`Refusal::WrongStep`], [`Refusal::CodeTooSoon`], [`Refusal::TooManyCodes`].
pub async fn send_new_code(service: &Service, joining: &Joining, network: &Network) -> Result<(), Refusal> {
    change_email(service, joining, &joining.registration.email, network).await
}

/// Step 5: *Verify Code*.
///
/// # Errors
/// [`Refusal::Fields`], [`Refusal::CodeWrong`], [`Refusal::CodeExpired`], [`Refusal::CodesEnded`].
pub async fn verify_code(service: &Service, joining: &Joining, typed: &str) -> Result<(), Refusal> {
    if joining.registration.email_verified_at.is_some() {
        // A reload of the posted page, or a second tab: it is proved already.
        return Ok(());
    }
    let typed = typed_code(MethodKind::Email, typed)?;
    let now = service.clock.now();
    let id = joining.registration.id;
    let (mut tx, proof) =
        service.prove_code(&joining.policy, CodeFor::RegistrationEmail(id), &typed, now).await?;
    if !tx.mark_email_verified(&proof, now).await? {
        return Err(Refusal::WrongStep);
    }
    tx.audit(Event::EmailVerified { registration: id }, now);
    tx.commit().await?;
    Ok(())
}

/// Gives a registration up and erases it.
///
/// # Errors
/// Where the database fails.
pub async fn start_again(service: &Service, joining: &Joining) -> Result<(), Refusal> {
    let mut tx = service.store.begin().await?;
    if tx.abandon_registration(joining.registration.id).await? {
        let event = Event::RegistrationAbandoned { registration: joining.registration.id };
        tx.audit(event, service.clock.now());
    }
    tx.commit().await?;
    Ok(())
}

/// What the page that waits for a code says of the newest message to a registration or sign-in.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct CodeDelivery {
    /// It could not be delivered, or not for a while: another way is quicker.
    pub undelivered: bool,
    /// The phone has it.
    pub delivered: bool,
}

/// What became of the newest message of a registration or sign-in.
///
/// # Errors
/// Where the database fails.
pub async fn code_delivery(service: &Service, subject: Uuid) -> Result<CodeDelivery, Refusal> {
    let delivery = service.store.delivery(subject).await?;
    Ok(CodeDelivery {
        undelivered: matches!(
            delivery,
            Some(Delivery::GivenUp | Delivery::Failed | Delivery::Waiting { tries: 2.. })
        ),
        delivered: delivery == Some(Delivery::Delivered),
    })
}

/// Whether the newest message of a registration could not be delivered.
///
/// # Errors
/// Where the database fails.
pub async fn undelivered(service: &Service, subject: Uuid) -> Result<bool, Refusal> {
    Ok(code_delivery(service, subject).await?.undelivered)
}

/// What the roster says of an address.
enum Known {
    /// It is on the roster, by this door, and has no account.
    MayRegister(Uuid),
    /// It has an account.
    HasAccount,
    /// It is on the roster, but comes in by the other door.
    OtherDoor,
    /// It is not on the roster, or the person has left.
    No,
}

impl Known {
    fn may_register(&self) -> Option<Uuid> {
        match self {
            Self::MayRegister(entry) => Some(*entry),
            Self::HasAccount | Self::OtherDoor | Self::No => None,
        }
    }
}

/// Two questions to the database whatever the answers: an unknown address costs what a known one does.
async fn look_up(
    tx: &mut Tx,
    organisation: Uuid,
    journey: Journey,
    email: &EmailAddress,
) -> Result<Known, Refusal> {
    let entry = tx.roster_entry_by_email(organisation, email.as_str()).await?;
    let has_account = tx.has_account(email.as_str(), entry.as_ref().map(|entry| entry.id)).await?;
    Ok(match entry {
        _ if has_account => Known::HasAccount,
        Some(entry) if entry.left => Known::No,
        Some(entry) if (entry.kind == PersonKind::Staff) == (journey == Journey::Join) => {
            Known::MayRegister(entry.id)
        }
        Some(_) => Known::OtherDoor,
        None => Known::No,
    })
}

/// What the address is told: a code where it may register, else why not. The page says the same to all of them.
fn first_message<'a>(
    service: &'a Service,
    organisation: &'a Organisation,
    journey: Journey,
    known: &'a Known,
) -> impl FnOnce(String, u32) -> Message + 'a {
    let name = organisation.name.clone();
    let service_name = service.settings.service_name.clone();
    move |code, minutes| match (known, journey) {
        (Known::MayRegister(_), Journey::Join) => {
            Message::JoinCode { organisation: name, service: service_name, code, minutes }
        }
        (Known::MayRegister(_), Journey::FirstSignIn) => {
            Message::FirstSignInCode { organisation: name, service: service_name, code, minutes }
        }
        (Known::HasAccount, _) => Message::JoinAlreadyRegistered {
            organisation: name,
            service: service_name,
            sign_in_url: service.address("/sign-in"),
        },
        (Known::OtherDoor, Journey::Join) => Message::JoinElsewhere {
            organisation: name,
            service: service_name,
            first_sign_in_url: service.address(&format!("/first-time/{}", organisation.code)),
        },
        (Known::OtherDoor, Journey::FirstSignIn) => Message::FirstSignInElsewhere {
            organisation: name,
            service: service_name,
            join_url: service.address(&format!("/join/{}", organisation.code)),
        },
        (Known::No, _) => Message::JoinUnknownAddress {
            organisation: name,
            service: service_name,
            support: service.support(organisation),
        },
    }
}

fn cookie_hash(service: &Service, token: &Token) -> [u8; 32] {
    service.keys.keyed_hash("registration-cookie", &[token.as_str().as_bytes()])
}
