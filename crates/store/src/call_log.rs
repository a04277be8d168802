//! Telephone calls in the delivery log. A call is a message that waits for nobody: it is placed at once or not at all, and
//! what it says is not kept.

use crate::db::execute;
use crate::moment::millis;
use crate::outbox::Channel;
use crate::statement::statements;
use crate::{StoreError, Tx};
use jiff::Timestamp;
use rules::asked::{Answer, WhatFor};
use uuid::Uuid;

/// A call that is about to be placed.
#[derive(Debug, Clone, Copy)]
pub struct NewCall {
    /// The question that is asked by it.
    pub asked: Uuid,
    /// What a pressed key allows.
    pub what_for: WhatFor,
    /// Whom it is about; none where there is no account.
    pub account: Option<Uuid>,
    /// Whose delivery log lists it; none where no phone rings.
    pub organisation: Option<Uuid>,
    /// Who places it: `sip`, `twilio`.
    pub provider: &'static str,
}

statements! {
    PLACED = "INSERT INTO outbox (id, key, channel, subject, payload, written_at, next_try_at, give_up_at, tries,
            claimed_until, sent_at, account_id, organisation_id, provider)
        VALUES ($1, $2, $3, NULL, NULL, $4, $4, $4, 1, 0, $4, $5, $6, $7)";
    CONFIRMED = "UPDATE outbox SET delivered_at = $2 WHERE id = $1 AND delivered_at IS NULL AND failed_at IS NULL";
    NOT_CONFIRMED = "UPDATE outbox SET failed_at = $2, failure = $3
        WHERE id = $1 AND delivered_at IS NULL AND failed_at IS NULL";
}

impl Tx {
    /// Enters a call in the delivery log. It has no subject: how it stands is told by its question.
    ///
    /// # Errors
    /// Where the database refuses.
    pub async fn call_placed(&mut self, call: NewCall, now: Timestamp) -> Result<(), StoreError> {
        let key = format!("call-{}:{}", call.what_for.as_str(), call.asked);
        execute!(
            self,
            PLACED,
            call.asked,
            key,
            Channel::Call.as_str(),
            millis(now),
            call.account,
            call.organisation,
            call.provider
        )
        .map(|_| ())
    }

    /// Enters how a call ended: delivered where # was pressed, and otherwise failed, with the answer as its failure.
    ///
    /// # Errors
    /// Where the database refuses.
    pub async fn call_ended(
        &mut self,
        asked: Uuid,
        answer: Answer,
        now: Timestamp,
    ) -> Result<(), StoreError> {
        if answer.is_yes() {
            execute!(self, CONFIRMED, asked, millis(now)).map(|_| ())
        } else {
            execute!(self, NOT_CONFIRMED, asked, millis(now), answer.as_str()).map(|_| ())
        }
    }
}
