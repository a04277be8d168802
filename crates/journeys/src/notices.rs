//! Telling a person by every channel that something about their security was changed.

use crate::codes::Destination;
use crate::deliver::GIVE_UP_AFTER;
use crate::session::Person;
use crate::{Refusal, Service};
use jiff::Timestamp;
use rules::method::MethodKind;
use rules::phone::{PhonePolicy, UkMobile};
use store::Tx;
use store::account::Account;
use store::method::SignInMethod;
use store::organisation::Organisation;
use store::outbox::Channel;
use uuid::Uuid;
use wording::{Message, SecurityChange};

/// Whom a message is about, for the delivery log.
#[derive(Debug, Clone, Copy, Default)]
pub(crate) struct Concerning {
    /// The registration, sign-in or other journey that waits for it.
    pub subject: Option<Uuid>,
    /// Whose it is.
    pub account: Option<Uuid>,
    /// The employer.
    pub organisation: Option<Uuid>,
}

impl Concerning {
    /// An account of an organisation.
    pub fn account(account: &Account) -> Self {
        Self {
            subject: Some(account.id),
            account: Some(account.id),
            organisation: Some(account.organisation_id),
        }
    }
}

/// How a message other than a code reaches this method.
fn channel(kind: MethodKind) -> Option<Channel> {
    match kind {
        MethodKind::Email => Some(Channel::Email),
        MethodKind::Text => Some(Channel::Text),
        MethodKind::App | MethodKind::Approval | MethodKind::AlternativePhone | MethodKind::OfficePhone => {
            None
        }
    }
}

/// Whether a text may be sent there at all: a number that arrived otherwise than by our pages may be anywhere in the world.
pub(crate) fn is_uk(number: &str) -> bool {
    UkMobile::parse(number, PhonePolicy { crown_dependencies: true, drama_numbers: true }).is_ok()
}

impl Service {
    /// Tells the owner of an account of a change by every channel: the address of record, every address and mobile number
    /// among the methods that the account has as this transaction sees them, and those of `before`, so that the old address
    /// hears of its end.
    pub(crate) async fn tell_everywhere(
        &self,
        tx: &mut Tx,
        account: &Account,
        organisation: &Organisation,
        change: SecurityChange,
        before: &[SignInMethod],
        now: Timestamp,
    ) -> Result<(), Refusal> {
        let methods = tx.sign_in_methods(account.id).await?;
        let mut told: Vec<(Channel, &str)> = vec![(Channel::Email, account.email.as_str())];
        for method in methods.iter().chain(before) {
            if let Some(channel) = channel(method.kind) {
                let to = (channel, method.secret.as_address());
                let reachable = channel != Channel::Text || (self.text.is_some() && is_uk(to.1));
                if !told.contains(&to) && reachable {
                    told.push(to);
                }
            }
        }
        for (channel, to) in told {
            // Where the day's texts are used up the e-mail is enough.
            if channel == Channel::Text
                && !self.take_text(tx, &self.policy(organisation)?, Some(organisation.id), now).await?
            {
                continue;
            }
            self.write_notice(tx, account, organisation, change, Destination { channel, to }, now).await?;
        }
        Ok(())
    }

    /// Tells the owner of an account of something by e-mail to the address of record alone.
    pub(crate) async fn tell_by_email(
        &self,
        tx: &mut Tx,
        account: &Account,
        organisation: &Organisation,
        change: SecurityChange,
        now: Timestamp,
    ) -> Result<(), Refusal> {
        let to = Destination { channel: Channel::Email, to: account.email.as_str() };
        self.write_notice(tx, account, organisation, change, to, now).await
    }

    async fn write_notice(
        &self,
        tx: &mut Tx,
        account: &Account,
        organisation: &Organisation,
        change: SecurityChange,
        to: Destination<'_>,
        now: Timestamp,
    ) -> Result<(), Refusal> {
        let message = Message::SecurityNotice {
            service: self.settings.service_name.clone(),
            change,
            when: wording::date_and_time(wording::Language::En, self.local(now).datetime()),
            support: self.support(organisation),
        };
        let id = vault::new_id(now, self.random.as_ref());
        let give_up_at = now.checked_add(GIVE_UP_AFTER).unwrap_or(Timestamp::MAX);
        // Nobody waits for it on a page.
        let concerning = Concerning { subject: None, ..Concerning::account(account) };
        self.write_message(tx, concerning, id, to, message, give_up_at, now).await?;
        Ok(())
    }
}

impl Service {
    /// Reminds the owner of an account by e-mail at the address of record and, where `texts`, by text to every mobile number among
    /// their methods, as far as the day's texts go.
    pub(crate) async fn remind(
        &self,
        tx: &mut Tx,
        account: &Account,
        organisation: &Organisation,
        message: Message,
        texts: bool,
        now: Timestamp,
    ) -> Result<(), Refusal> {
        let mut told = vec![(Channel::Email, account.email.clone())];
        if texts && self.text.is_some() {
            for method in tx.sign_in_methods(account.id).await? {
                let number = method.secret.as_address();
                if method.kind == MethodKind::Text
                    && is_uk(number)
                    && self.take_text(tx, &self.policy(organisation)?, Some(organisation.id), now).await?
                {
                    told.push((Channel::Text, number.to_owned()));
                }
            }
        }
        // Nobody waits for it on a page.
        let concerning = Concerning { subject: None, ..Concerning::account(account) };
        let give_up_at = now.checked_add(GIVE_UP_AFTER).unwrap_or(Timestamp::MAX);
        for (channel, to) in &told {
            let id = vault::new_id(now, self.random.as_ref());
            let to = Destination { channel: *channel, to };
            self.write_message(tx, concerning, id, to, message.clone(), give_up_at, now).await?;
        }
        Ok(())
    }
}

/// Tells the person who is signed in and changed something everywhere, with none of their methods before.
pub(crate) async fn told(
    service: &Service,
    tx: &mut Tx,
    person: &Person,
    change: SecurityChange,
    now: Timestamp,
) -> Result<(), Refusal> {
    service.tell_everywhere(tx, &person.account, &person.organisation, change, &[], now).await
}

/// The kind of a method, as messages name it.
pub(crate) fn named(kind: MethodKind) -> wording::SignInMethod {
    match kind {
        MethodKind::Email => wording::SignInMethod::Email,
        MethodKind::Text => wording::SignInMethod::TextMessage,
        MethodKind::App | MethodKind::Approval => wording::SignInMethod::AuthenticatorApp,
        MethodKind::AlternativePhone => wording::SignInMethod::AlternativePhone,
        MethodKind::OfficePhone => wording::SignInMethod::OfficePhone,
    }
}
