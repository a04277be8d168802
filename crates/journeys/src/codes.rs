//! Sending a one-time code and checking one: the same for every journey that has them.

use crate::deliver::Envelope;
use crate::notices::Concerning;
use crate::{Network, Refusal, Service};
use jiff::Timestamp;
use rules::code::TypedCode;
use rules::limits::SIGN_IN_CODES_PER_HOUR;
use rules::method::MethodKind;
use rules::policy::Policy;
use store::audit::Event;
use store::code::{CodeFor, CodeProof};
use store::limits::Allowance;
use store::outbox::{Channel, NewMessage};
use store::{StoreError, Tx};
use uuid::Uuid;
use wording::Message;

/// Where a code goes.
#[derive(Clone, Copy)]
pub(crate) struct Destination<'a> {
    /// By which channel.
    pub channel: Channel,
    /// Address, or number in E.164.
    pub to: &'a str,
}

/// A code that is being sent: what for, where to, and whom its message concerns.
#[derive(Clone, Copy)]
pub(crate) struct Sending<'a> {
    /// What it proves.
    pub code_for: CodeFor,
    /// Where it goes.
    pub to: Destination<'a>,
    /// Whose account it is about, where there is one.
    pub account: Option<Uuid>,
    /// Whose delivery log lists it.
    pub organisation: Option<Uuid>,
}

impl Service {
    /// The keyed hash under which a code is kept: bound to its purpose and subject.
    fn code_hash(&self, code_for: CodeFor, digits: &str) -> [u8; 32] {
        self.keys.keyed_hash(
            "one-time-code",
            &[code_for.purpose().as_bytes(), code_for.subject().as_bytes(), digits.as_bytes()],
        )
    }

    /// What limits count a destination by.
    pub(crate) fn destination_hash(&self, destination: Destination<'_>) -> [u8; 32] {
        self.keys
            .keyed_hash("destination", &[destination.channel.as_str().as_bytes(), destination.to.as_bytes()])
    }

    /// Takes the limits of one more code to `destination`: every 30 seconds and five an hour for one purpose from one range
    /// of the network, so that neither the next step nor a stranger elsewhere uses up anybody's codes; and a number a day
    /// from everywhere together.
    pub(crate) async fn allow_code(
        &self,
        tx: &mut Tx,
        policy: &Policy,
        code_for: CodeFor,
        destination: Destination<'_>,
        network: &Network,
        now: Timestamp,
    ) -> Result<(), Refusal> {
        let everywhere = self.destination_hash(destination);
        let purpose = code_for.purpose().as_bytes();
        let here = self.keys.keyed_hash("code-from-network", &[purpose, &everywhere, network.bytes()]);
        if let Allowance::Exhausted { until } = tx.take(&policy.code_pause, &here, now).await? {
            return Err(Refusal::too_soon(until, now));
        }
        let texts = self.keys.keyed_hash("texts-from-network", &[network.bytes()]);
        let per_hour = match code_for {
            CodeFor::RegistrationEmail(_)
            | CodeFor::RegistrationFactor(_)
            | CodeFor::MethodSetup(_)
            | CodeFor::Reset(_)
            | CodeFor::CallerCheck(_)
            | CodeFor::NumberRepair(_)
            | CodeFor::CardUnlock(_)
            | CodeFor::AccessKey(_)
            | CodeFor::Wallet(_) => &policy.codes_per_hour,
            CodeFor::SignIn(_) => &SIGN_IN_CODES_PER_HOUR,
        };
        let granted = tx.take(per_hour, &here, now).await? == Allowance::Granted
            && tx.take(&policy.messages_per_destination_day, &everywhere, now).await? == Allowance::Granted
            && (destination.channel != Channel::Text
                || tx.take(&policy.texts_per_network_day, &texts, now).await? == Allowance::Granted);
        if granted { Ok(()) } else { Err(Refusal::TooManyCodes) }
    }

    /// Writes a code and the message that carries it. `message` is given the digits and how many minutes they are good;
    /// it may leave them out, so that an address which must get none costs just the same.
    pub(crate) async fn write_code(
        &self,
        tx: &mut Tx,
        policy: &Policy,
        sending: Sending<'_>,
        now: Timestamp,
        message: impl FnOnce(String, u32) -> Message,
    ) -> Result<(), Refusal> {
        let (id, expires_at, message) = self.enter_code(tx, policy, sending, now, message).await?;
        let Sending { code_for, to, account, organisation } = sending;
        let concerning = Concerning { subject: Some(code_for.subject()), account, organisation };
        Ok(self.write_message(tx, concerning, id, to, message, expires_at, now).await?)
    }

    /// The same for a user name that nobody has: it costs the same, and nothing is sent.
    pub(crate) async fn write_code_for_nobody(
        &self,
        tx: &mut Tx,
        policy: &Policy,
        sending: Sending<'_>,
        now: Timestamp,
        message: impl FnOnce(String, u32) -> Message,
    ) -> Result<(), Refusal> {
        let (id, _, message) = self.enter_code(tx, policy, sending, now, message).await?;
        let Sending { code_for, to, .. } = sending;
        let payload = Envelope { to: to.to.to_owned(), message }.to_bytes();
        Ok(tx.add_decoy_message(id, to.channel, Some(code_for.subject()), &payload, now).await?)
    }

    /// Enters a new code. Answers the id and the end of its message, and the message.
    async fn enter_code(
        &self,
        tx: &mut Tx,
        policy: &Policy,
        sending: Sending<'_>,
        now: Timestamp,
        message: impl FnOnce(String, u32) -> Message,
    ) -> Result<(Uuid, Timestamp, Message), Refusal> {
        let Sending { code_for, to: destination, organisation, .. } = sending;
        let id = vault::new_id(now, self.random.as_ref());
        self.allow_text_code(tx, policy, organisation, (id, code_for, destination), now).await?;
        let code = vault::one_time_code(self.random.as_ref());
        let expires_at = policy.code_expires_at(now);
        tx.add_code(
            id,
            code_for,
            &self.code_hash(code_for, code.expose()),
            &self.destination_hash(destination),
            policy.code_wrong_tries,
            now,
            expires_at,
        )
        .await?;
        let minutes = u32::try_from(policy.code_lifetime.as_mins()).unwrap_or(u32::MAX);
        tx.audit(
            Event::CodeSent { subject: code_for.subject(), purpose: code_for.purpose().to_owned() },
            now,
        );
        Ok((id, expires_at, message(code.expose().clone(), minutes)))
    }

    /// Writes a message to the outbox under the key `id`.
    #[expect(clippy::too_many_arguments, reason = "each says one thing about the message")]
    pub(crate) async fn write_message(
        &self,
        tx: &mut Tx,
        concerning: Concerning,
        id: Uuid,
        destination: Destination<'_>,
        message: Message,
        give_up_at: Timestamp,
        now: Timestamp,
    ) -> Result<(), StoreError> {
        let key = format!("{}:{id}", message.kind());
        let payload = Envelope { to: destination.to.to_owned(), message }.to_bytes();
        tx.add_message(
            &NewMessage {
                id,
                key: &key,
                channel: destination.channel,
                subject: concerning.subject,
                account: concerning.account,
                organisation: concerning.organisation,
                payload: &payload,
                give_up_at,
            },
            now,
        )
        .await?;
        Ok(())
    }

    /// Turns what a person typed into a proof. A try is counted and kept even where the answer is no, so the proof
    /// comes with the transaction that it is part of, and a refusal has been committed.
    pub(crate) async fn prove_code(
        &self,
        policy: &Policy,
        code_for: CodeFor,
        typed: &TypedCode,
        now: Timestamp,
    ) -> Result<(Tx, CodeProof), Refusal> {
        let hash = self.code_hash(code_for, typed.digits());
        let mut tx = self.store.begin().await?;
        match tx.consume_code(code_for, &hash, policy.code_wrong_tries, now).await? {
            Ok(proof) => {
                tx.text_code_used(code_for.purpose(), code_for.subject(), now).await?;
                Ok((tx, proof))
            }
            Err(refused) => {
                tx.audit(
                    Event::CodeRefused {
                        subject: code_for.subject(),
                        purpose: code_for.purpose().to_owned(),
                    },
                    now,
                );
                tx.commit().await?;
                Err(refused.into())
            }
        }
    }
}

/// Reads what was typed into the field for a code of this kind of method.
pub(crate) fn typed_code(kind: MethodKind, typed: &str) -> Result<TypedCode, Refusal> {
    TypedCode::parse(typed)
        .map_err(|problem| Refusal::Fields(vec![crate::refusal::code_format("code", kind, problem)]))
}
