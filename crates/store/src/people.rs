//! People as the console finds and sees them: within one organisation, never their secrets or numbers.

use crate::db::{execute, in_tx, reading};
use crate::moment::{maybe_moment, millis, moment};
use crate::outbox::Channel;
use crate::statement::statements;
use crate::{Store, StoreError, Tx};
use jiff::Timestamp;
use rules::desk::Search;
use uuid::Uuid;

/// One of the people whom a search found.
#[derive(Debug, Clone, PartialEq, Eq, sqlx::FromRow)]
pub struct Found {
    /// Whose account.
    pub id: Uuid,
    /// As the person wrote it.
    pub first_name: String,
    /// As the person wrote it.
    pub last_name: String,
    /// The user name.
    pub email: String,
    /// A word for the staff group, as [`rules::roster::StaffGroup`] has it.
    pub staff_group: String,
    /// Whether the account is disabled.
    pub disabled: bool,
}

/// What became of one message to a person, without where it went and what it said.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct MessageTrace {
    /// How it travelled.
    pub channel: Channel,
    /// The kind of message, such as `security-notice`.
    pub kind: String,
    /// When it was written, UTC.
    pub written_at: Timestamp,
    /// When the mail server or provider took it, UTC.
    pub sent_at: Option<Timestamp>,
    /// When the provider told that it arrived, UTC.
    pub delivered_at: Option<Timestamp>,
    /// When the provider told that it did not arrive, or trying ended, UTC.
    pub failed_at: Option<Timestamp>,
}

statements! {
    // A cross join is done in this order by SQLite, which would look at all people first; PostgreSQL knows how many there are.
    FIND = "SELECT account.id, account.first_name, account.last_name, account.email, account.staff_group,
            account.disabled_at IS NOT NULL AS disabled
        FROM (SELECT account_id FROM person_key WHERE organisation_id = $1 AND key >= $2 AND key < $3
            UNION SELECT account_id FROM person_key WHERE organisation_id = $1 AND key >= $4 AND key < $5
            UNION SELECT account.id FROM roster_entry JOIN account ON account.roster_entry_id = roster_entry.id
                WHERE roster_entry.esr_number >= $6 AND roster_entry.esr_number < $7) found
            CROSS JOIN account
        WHERE account.id = found.account_id AND account.organisation_id = $1
        ORDER BY account.last_name_folded, account.first_name_folded, account.id LIMIT $8 OFFSET $9";
    DISABLED = "SELECT id, first_name, last_name, email, staff_group, disabled_at IS NOT NULL AS disabled FROM account
        WHERE organisation_id = $1 AND disabled_reason = $2
        ORDER BY last_name_folded, first_name_folded, id LIMIT $3 OFFSET $4";
    MESSAGES = "SELECT channel, key, written_at, sent_at, delivered_at, failed_at, gave_up_at FROM outbox
        WHERE account_id = $1 ORDER BY written_at DESC, id DESC LIMIT $2";
    BY_EMAIL = "SELECT id FROM account WHERE email = $1";
    NAMES = "SELECT first_name, last_name, email FROM account WHERE id = $1";
    FOLDED = "UPDATE account SET first_name_folded = $2, last_name_folded = $3 WHERE id = $1";
    FOUND_BY = "INSERT INTO person_key (account_id, organisation_id, key) SELECT id, organisation_id, $2 FROM account WHERE id = $1
        ON CONFLICT DO NOTHING";
    PAUSED = "SELECT MAX(paused_until) FROM password_guard WHERE who = $1 AND paused_until > $2";
}

type MessageRow = (String, String, i64, Option<i64>, Option<i64>, Option<i64>, Option<i64>);

/// From where to where keys stand that begin with `text`, as bytes.
fn beginning(text: &str) -> (Vec<u8>, Vec<u8>) {
    let from = text.as_bytes().to_vec();
    let mut to = from.clone();
    // No byte of UTF-8 is the largest that there is.
    if let Some(last) = to.last_mut() {
        *last += 1;
    }
    (from, to)
}

/// The same of staff numbers, which are digits: they stand in one order in every language. Of anything else there is none.
fn beginning_of_number(text: &str) -> (&str, String) {
    if text.is_empty() || !text.bytes().all(|byte| byte.is_ascii_digit()) {
        return ("", String::new());
    }
    // What follows nine begins one digit before. A letter stands after all digits.
    let mut to = text.trim_end_matches('9').to_owned();
    let next = to.pop().and_then(|digit| char::from_digit(digit.to_digit(10)? + 1, 10));
    to.push(next.unwrap_or('a'));
    (text, to)
}

impl Store {
    /// People of an organisation whose name, address or staff number begins so, by name: at most `at_most`, after leaving
    /// out `skip`.
    ///
    /// # Errors
    /// Where the database cannot be read.
    pub async fn find_people(
        &self,
        organisation: Uuid,
        search: &Search,
        at_most: u32,
        skip: u32,
    ) -> Result<Vec<Found>, StoreError> {
        let (name, identifier) = (beginning(&search.name), beginning(&search.identifier));
        let number = beginning_of_number(&search.identifier);
        Ok(reading!(self, FIND, sqlx::query_as, |q, c| q
            .bind(organisation)
            .bind(&name.0)
            .bind(&name.1)
            .bind(&identifier.0)
            .bind(&identifier.1)
            .bind(number.0)
            .bind(&number.1)
            .bind(i64::from(at_most))
            .bind(i64::from(skip))
            .fetch_all(c))?)
    }

    /// People of an organisation whose account is disabled for `reason`, by name: at most `at_most`, after leaving out
    /// `skip`.
    ///
    /// # Errors
    /// Where the database cannot be read.
    pub async fn disabled_people(
        &self,
        organisation: Uuid,
        reason: &str,
        at_most: u32,
        skip: u32,
    ) -> Result<Vec<Found>, StoreError> {
        Ok(reading!(self, DISABLED, sqlx::query_as, |q, c| q
            .bind(organisation)
            .bind(reason)
            .bind(i64::from(at_most))
            .bind(i64::from(skip))
            .fetch_all(c))?)
    }

    /// The account with this normalised address, of whichever organisation.
    ///
    /// # Errors
    /// Where the database cannot be read.
    pub async fn account_by_email(&self, email: &str) -> Result<Option<Uuid>, StoreError> {
        let row: Option<(Uuid,)> =
            reading!(self, BY_EMAIL, sqlx::query_as, |q, c| q.bind(email).fetch_optional(c))?;
        Ok(row.map(|(id,)| id))
    }

    /// What became of the newest messages to a person, at most `at_most`.
    ///
    /// # Errors
    /// Where the database cannot be read.
    pub async fn messages_to(&self, account: Uuid, at_most: u32) -> Result<Vec<MessageTrace>, StoreError> {
        let rows: Vec<MessageRow> = reading!(self, MESSAGES, sqlx::query_as, |q, c| q
            .bind(account)
            .bind(i64::from(at_most))
            .fetch_all(c))?;
        rows.into_iter()
            .map(|(channel, key, written_at, sent_at, delivered_at, failed_at, gave_up_at)| {
                Ok(MessageTrace {
                    channel: Channel::parse(&channel)?,
                    kind: key.split(':').next().unwrap_or_default().to_owned(),
                    written_at: moment(written_at)?,
                    sent_at: maybe_moment(sent_at)?,
                    delivered_at: maybe_moment(delivered_at)?,
                    failed_at: maybe_moment(failed_at.or(gave_up_at))?,
                })
            })
            .collect()
    }

    /// Until when no try at the password of this person (`who`, a keyed hash) counts anywhere from which it was guessed, UTC;
    /// none where nothing is paused.
    ///
    /// # Errors
    /// Where the database cannot be read.
    pub async fn passwords_paused_until(
        &self,
        who: &[u8],
        now: Timestamp,
    ) -> Result<Option<Timestamp>, StoreError> {
        let (until,): (Option<i64>,) =
            reading!(self, PAUSED, sqlx::query_as, |q, c| q.bind(who).bind(millis(now)).fetch_one(c))?;
        maybe_moment(until)
    }
}

impl Tx {
    /// Keeps the names and the address of a new account in the form in which they are looked for.
    pub(crate) async fn fold_names(&mut self, account: Uuid) -> Result<(), StoreError> {
        let names: Option<(String, String, String)> =
            in_tx!(self, NAMES, sqlx::query_as, |q, c| q.bind(account).fetch_optional(c))?;
        if let Some((first, last, email)) = names {
            let (first, last) = (rules::desk::searchable(&first), rules::desk::searchable(&last));
            for key in [format!("{first} {last}"), format!("{last} {first}"), email] {
                execute!(self, FOUND_BY, account, key.into_bytes())?;
            }
            execute!(self, FOLDED, account, first, last)?;
        }
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use super::{beginning, beginning_of_number};
    use proptest::prelude::*;

    #[test]
    fn what_follows_nine_begins_one_digit_before() {
        assert_eq!(beginning_of_number("129"), ("129", "13".to_owned()));
        assert_eq!(beginning_of_number("120"), ("120", "121".to_owned()));
        assert_eq!(beginning_of_number("99"), ("99", "a".to_owned()));
        for none in ["", "12a", "a", "１２"] {
            assert_eq!(beginning_of_number(none), ("", String::new()), "{none}");
        }
    }

    proptest! {
        #[test]
        fn what_begins_so_stands_between_and_nothing_else(text in "\\PC{1,8}", other in "\\PC{0,12}", rest in "\\PC{0,4}") {
            let (from, to) = beginning(&text);
            let between = |key: &str| key.as_bytes() >= from.as_slice() && key.as_bytes() < to.as_slice();
            let begins = format!("{text}{rest}");
            prop_assert!(between(&begins));
            prop_assert_eq!(between(&other), other.starts_with(&text));
        }

        #[test]
        fn numbers_that_begin_so_stand_between_and_no_others(text in "[0-9]{1,8}", other in "[0-9]{0,10}") {
            let (from, to) = beginning_of_number(&text);
            let between = |number: &str| number >= from && number < to.as_str();
            prop_assert_eq!(between(&other), other.starts_with(&text));
        }
    }
}
