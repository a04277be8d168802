//! What becomes of a smartcard: added blank, bound to a person, issued, unlocked, cancelled, and made blank again.

use crate::db::execute;
use crate::moment::millis;
use crate::smartcard::CardGuid;
use crate::statement::statements;
use crate::{StoreError, Tx};
use jiff::Timestamp;
use jiff::civil::Date;
use uuid::Uuid;

/// A blank card.
#[derive(Debug, Clone, Copy)]
pub struct NewSmartcard<'a> {
    /// New.
    pub id: Uuid,
    /// The employer that it belongs to.
    pub organisation_id: Uuid,
    /// The GUID in its CHUID.
    pub guid: CardGuid,
    /// The name of the card's own rules for passcodes.
    pub profile: &'a str,
    /// What is printed on it.
    pub label: &'a str,
}

statements! {
    ADD = "INSERT INTO smartcard (id, organisation_id, guid, profile, label, added_at, label_key)
        VALUES ($1, $2, $3, $4, $5, $6, $7)
        ON CONFLICT (guid) DO NOTHING";
    // Only a person of the same employer.
    BIND = "UPDATE smartcard SET account_id = $2, bound_at = $3
        WHERE id = $1 AND account_id IS NULL AND cancelled_at IS NULL
            AND organisation_id = (SELECT organisation_id FROM account WHERE account.id = $2)";
    RELEASE = "UPDATE smartcard SET account_id = NULL, bound_at = NULL
        WHERE id = $1 AND account_id = $2 AND issued_at IS NULL AND NOT EXISTS (SELECT 1 FROM smartcard_certificate
            WHERE smartcard_id = $1 AND revoked_at IS NULL)";
    ISSUED = "UPDATE smartcard SET issued_at = $2, issued_locked = $3
        WHERE id = $1 AND account_id IS NOT NULL AND issued_at IS NULL AND cancelled_at IS NULL";
    PASSCODE_SET = "UPDATE smartcard SET passcode_set_on = $2, unlocked_on = NULL, forced_on = NULL, issued_locked = 0
        WHERE id = $1 AND account_id IS NOT NULL AND cancelled_at IS NULL";
    TRIES = "UPDATE smartcard SET tries_left = $2, tries_seen_at = $3
        WHERE id = $1 AND (tries_seen_at IS NULL OR tries_seen_at <= $3)";
    UNLOCK = "UPDATE smartcard SET unlocked_on = $2 WHERE id = $1 AND account_id IS NOT NULL AND cancelled_at IS NULL";
    FORCE = "UPDATE smartcard SET forced_on = $2
        WHERE id = $1 AND account_id IS NOT NULL AND cancelled_at IS NULL AND forced_on IS NULL";
    NEXT_KEY = "UPDATE smartcard SET unblock_generation = unblock_generation + 1
        WHERE id = $1 AND unblock_generation = $2";
    CANCEL = "UPDATE smartcard SET cancelled_at = $2, cancel_reason = $3 WHERE id = $1 AND cancelled_at IS NULL";
    WIPED = "UPDATE smartcard SET wiped_at = $2 WHERE id = $1";
    CLEAR = "UPDATE smartcard SET account_id = NULL, bound_at = NULL, issued_at = NULL, issued_locked = 0,
            passcode_set_on = NULL, unlocked_on = NULL, forced_on = NULL, tries_left = NULL, tries_seen_at = NULL,
            renewals_used = 0, expires_at = NULL, revoked_at = NULL, cancelled_at = NULL, cancel_reason = NULL, cleared_at = $2
        WHERE id = $1 AND account_id IS NOT NULL AND NOT EXISTS (SELECT 1 FROM smartcard_certificate
            WHERE smartcard_id = $1 AND revoked_at IS NULL)";
    FORGET_PASSCODES = "DELETE FROM passcode_history WHERE smartcard_id = $1";
}

impl Tx {
    /// Adds a blank card. Answers false where there is one with this GUID already.
    ///
    /// # Errors
    /// Where the database refuses.
    pub async fn add_smartcard(&mut self, new: NewSmartcard<'_>, now: Timestamp) -> Result<bool, StoreError> {
        let NewSmartcard { id, organisation_id, guid, profile, label } = new;
        let (guid, key) = (guid.as_slice(), crate::smartcard_lists::label_key(label));
        Ok(execute!(self, ADD, id, organisation_id, guid, profile, label, millis(now), key)? == 1)
    }

    /// Binds a blank card to a person of the same employer, before anything is written on it: of many who try at once, one
    /// does. Answers false where it is not blank, or cancelled.
    ///
    /// # Errors
    /// Where the database refuses.
    pub async fn bind_smartcard(
        &mut self,
        card: Uuid,
        account: Uuid,
        now: Timestamp,
    ) -> Result<bool, StoreError> {
        Ok(execute!(self, BIND, card, account, millis(now))? == 1)
    }

    /// Gives up binding a card that was never issued, so that it is blank again. Answers false where it was issued, or has a
    /// certificate that is not revoked.
    ///
    /// # Errors
    /// Where the database refuses.
    pub async fn release_smartcard(&mut self, card: Uuid, account: Uuid) -> Result<bool, StoreError> {
        Ok(execute!(self, RELEASE, card, account)? == 1)
    }

    /// The person has the card with working certificates; `locked` tells that nobody knows its passcode. Answers false where
    /// it was issued before, is nobody's, or cancelled.
    ///
    /// # Errors
    /// Where the database refuses.
    pub async fn smartcard_issued(
        &mut self,
        card: Uuid,
        locked: bool,
        now: Timestamp,
    ) -> Result<bool, StoreError> {
        Ok(execute!(self, ISSUED, card, millis(now), i64::from(locked))? == 1)
    }

    /// A passcode of the card's own was set on local day `day`: its age begins anew, and nothing is forced any longer.
    /// Answers false where the card is nobody's, or cancelled.
    ///
    /// # Errors
    /// Where the database refuses.
    pub async fn card_passcode_set(&mut self, card: Uuid, day: Date) -> Result<bool, StoreError> {
        Ok(execute!(self, PASSCODE_SET, card, day.to_string())? == 1)
    }

    /// So many tries the card had left at `now`; what was seen later stays.
    ///
    /// # Errors
    /// Where the database refuses.
    pub async fn card_tries_seen(&mut self, card: Uuid, left: u8, now: Timestamp) -> Result<(), StoreError> {
        execute!(self, TRIES, card, i64::from(left), millis(now)).map(|_| ())
    }

    /// The Registration Authority opens a locked card on local day `day`, for new passcodes at the next sign-in. Answers false
    /// where the card is nobody's, or cancelled.
    ///
    /// # Errors
    /// Where the database refuses.
    pub async fn unlock_smartcard(&mut self, card: Uuid, day: Date) -> Result<bool, StoreError> {
        Ok(execute!(self, UNLOCK, card, day.to_string())? == 1)
    }

    /// From local day `day` on new passcodes come before anything else. Answers false where that is so already, or the card is
    /// nobody's, or cancelled.
    ///
    /// # Errors
    /// Where the database refuses.
    pub async fn force_passcodes(&mut self, card: Uuid, day: Date) -> Result<bool, StoreError> {
        Ok(execute!(self, FORCE, card, day.to_string())? == 1)
    }

    /// The card has the next unblocking key in the place of number `from`. Answers false where that was noted already.
    ///
    /// # Errors
    /// Where the database refuses.
    pub async fn unblocking_key_replaced(&mut self, card: Uuid, from: u32) -> Result<bool, StoreError> {
        Ok(execute!(self, NEXT_KEY, card, i64::from(from))? == 1)
    }

    /// Cancels a card: it is never used again, unless it is made blank. Its certificates are revoked apart, by
    /// [`Tx::revoke_card_certificates`]. Answers false where it was cancelled before.
    ///
    /// # Errors
    /// Where the database refuses.
    pub async fn cancel_smartcard(
        &mut self,
        card: Uuid,
        reason: &str,
        now: Timestamp,
    ) -> Result<bool, StoreError> {
        Ok(execute!(self, CANCEL, card, millis(now), reason)? == 1)
    }

    /// The certificates were taken off the card.
    ///
    /// # Errors
    /// Where the database refuses.
    pub async fn smartcard_wiped(&mut self, card: Uuid, now: Timestamp) -> Result<(), StoreError> {
        execute!(self, WIPED, card, millis(now)).map(|_| ())
    }

    /// Makes a card blank, so that it can be issued again; it keeps its unblocking key, and its certificates stay in the
    /// record. Answers false where it is blank, or has a certificate that is not revoked.
    ///
    /// # Errors
    /// Where the database refuses.
    pub async fn clear_smartcard(&mut self, card: Uuid, now: Timestamp) -> Result<bool, StoreError> {
        let cleared = execute!(self, CLEAR, card, millis(now))? == 1;
        if cleared {
            execute!(self, FORGET_PASSCODES, card)?;
        }
        Ok(cleared)
    }
}
