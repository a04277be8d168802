//! Cards as the Registration Authority lists them: found by what is printed on them, by GUID or by a certificate's serial number;
//! those whose owners must come in; and what falls due when. Each is answered from an index, however many cards there are.

use crate::db::reading;
use crate::moment::millis;
use crate::smartcard::{self, Smartcard};
use crate::statement::statements;
use crate::{Store, StoreError};
use jiff::Timestamp;
use jiff::civil::Date;
use uuid::Uuid;

/// The beginning of what a card is looked for by. Bytes are in the same order in both databases, whatever their language.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct CardSearch {
    label: Vec<u8>,
    /// The smallest and the greatest bytes that begin with the digits that were typed; none where they are no digits.
    digits: Option<(Vec<u8>, Vec<u8>)>,
}

/// So many hexadecimal digits it takes to look for a GUID or serial number.
const FEWEST_DIGITS: usize = 4;
/// A GUID has 16 bytes, and no serial number has more than 20 (RFC 5280, 4.1.2.2).
const LONGEST: usize = 20;

impl CardSearch {
    /// Reads what somebody typed: capital and small letters are the same, and digits may have hyphens, colons and spaces between.
    pub fn new(typed: &str) -> Self {
        let digits: String =
            typed.chars().filter(|c| !matches!(c, '-' | ':') && !c.is_whitespace()).collect();
        Self { label: label_key(typed), digits: digits_between(&digits) }
    }

    /// Whether this is all that is printed on a card, and not its beginning.
    pub fn is_label_of(&self, card: &Smartcard) -> bool {
        self.label == label_key(&card.label)
    }
}

/// What is printed on a card, in the form in which it is looked for.
pub(crate) fn label_key(label: &str) -> Vec<u8> {
    label.split_whitespace().collect::<Vec<_>>().join(" ").to_uppercase().into_bytes()
}

fn digits_between(digits: &str) -> Option<(Vec<u8>, Vec<u8>)> {
    let long_enough = (FEWEST_DIGITS..=2 * LONGEST).contains(&digits.len());
    if !long_enough || !digits.bytes().all(|digit| digit.is_ascii_hexdigit()) {
        return None;
    }
    let filled = |with: char| {
        let digits: Vec<u8> = digits
            .chars()
            .chain(std::iter::repeat(with))
            .take(2 * LONGEST)
            .filter_map(|digit| digit.to_digit(16).and_then(|digit| u8::try_from(digit).ok()))
            .collect();
        let (pairs, _) = digits.as_chunks::<2>();
        pairs.iter().map(|[high, low]| (high << 4) | low).collect::<Vec<u8>>()
    };
    // The smallest is as short as what was typed: a shorter number comes before a longer one that begins so.
    let mut least = filled('0');
    least.truncate(digits.len().div_ceil(2));
    Some((least, filled('f')))
}

/// Who must come in, by the dates of a card and the moments that the rules make of today.
#[derive(Debug, Clone, Copy)]
pub struct MustComeIn {
    /// A passcode that was set on this local day or before is locked.
    pub locked_since: Date,
    /// Certificates that end before this moment have expired.
    pub expired_before: Timestamp,
    /// Certificates that end before this moment are due.
    pub due_before: Timestamp,
    /// Whoever renewed so often renews at the Registration Authority; none where nobody must.
    pub renewals: Option<u32>,
}

/// Cards whose certificates end within a quarter of an hour.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Ending {
    /// When that quarter of an hour begins, UTC.
    pub from: Timestamp,
    /// Whether the owner must come in for the renewal.
    pub at_the_authority: bool,
    /// How many.
    pub cards: u64,
}

/// Quarters of an hour, for no zone is off UTC by less.
const QUARTER: i64 = 900_000;

statements! {
    BY_LABEL = "SELECT id FROM smartcard WHERE organisation_id = $1 AND label_key >= $2 AND label_key < $3
        ORDER BY label_key, id LIMIT $4";
    BY_GUID = "SELECT id FROM smartcard WHERE guid >= $2 AND guid <= $3 AND organisation_id = $1
        ORDER BY guid LIMIT $4";
    BY_SERIAL = "SELECT smartcard.id FROM smartcard_certificate
        JOIN smartcard ON smartcard.id = smartcard_certificate.smartcard_id
        WHERE smartcard_certificate.serial >= $2 AND smartcard_certificate.serial <= $3 AND smartcard.organisation_id = $1
        ORDER BY smartcard_certificate.serial LIMIT $4";
    // Each cause has an index of its own.
    MUST_COME_IN = "SELECT c.id, c.organisation_id, c.account_id, guid, profile, label, added_at, bound_at, issued_at, issued_locked,
            passcode_set_on, unlocked_on, forced_on, tries_left, tries_seen_at, renewals_used, unblock_generation, expires_at,
            revoked_at, cancelled_at, cancel_reason, wiped_at, cleared_at, first_name, last_name
        FROM smartcard c JOIN account ON account.id = c.account_id
        WHERE c.id IN (SELECT id FROM smartcard WHERE organisation_id = $1
                AND account_id IS NOT NULL AND cancelled_at IS NULL AND revoked_at IS NULL AND issued_at IS NOT NULL
                AND passcode_set_on <= $2 AND unlocked_on IS NULL
            UNION SELECT id FROM smartcard WHERE organisation_id = $1
                AND account_id IS NOT NULL AND cancelled_at IS NULL AND revoked_at IS NULL AND issued_at IS NOT NULL
                AND expires_at < $3
            UNION SELECT id FROM smartcard WHERE organisation_id = $1
                AND account_id IS NOT NULL AND cancelled_at IS NULL AND revoked_at IS NULL AND issued_at IS NOT NULL
                AND tries_left = 0
            UNION SELECT id FROM smartcard WHERE organisation_id = $1
                AND account_id IS NOT NULL AND cancelled_at IS NULL AND revoked_at IS NULL AND issued_at IS NOT NULL
                AND expires_at < $4 AND renewals_used >= $5)
        ORDER BY COALESCE(expires_at, 0), c.id LIMIT $6 OFFSET $7";
    HOW_MANY_MUST = "SELECT COUNT(*) FROM (SELECT id FROM smartcard WHERE organisation_id = $1
                AND account_id IS NOT NULL AND cancelled_at IS NULL AND revoked_at IS NULL AND issued_at IS NOT NULL
                AND passcode_set_on <= $2 AND unlocked_on IS NULL
            UNION SELECT id FROM smartcard WHERE organisation_id = $1
                AND account_id IS NOT NULL AND cancelled_at IS NULL AND revoked_at IS NULL AND issued_at IS NOT NULL
                AND expires_at < $3
            UNION SELECT id FROM smartcard WHERE organisation_id = $1
                AND account_id IS NOT NULL AND cancelled_at IS NULL AND revoked_at IS NULL AND issued_at IS NOT NULL
                AND tries_left = 0
            UNION SELECT id FROM smartcard WHERE organisation_id = $1
                AND account_id IS NOT NULL AND cancelled_at IS NULL AND revoked_at IS NULL AND issued_at IS NOT NULL
                AND expires_at < $4 AND renewals_used >= $5) AS must";
    IN_USE = "SELECT COUNT(*) FROM smartcard
        WHERE organisation_id = $1 AND account_id IS NOT NULL AND cancelled_at IS NULL AND revoked_at IS NULL
            AND issued_at IS NOT NULL";
    BLANK = "SELECT COUNT(*) FROM smartcard
        WHERE organisation_id = $1 AND account_id IS NULL AND cancelled_at IS NULL";
    ENDING = "SELECT expires_at / $5 AS quarter, CAST(CASE WHEN renewals_used >= $4 THEN 1 ELSE 0 END AS BIGINT) AS there, COUNT(*)
        FROM smartcard
        WHERE organisation_id = $1 AND account_id IS NOT NULL AND cancelled_at IS NULL AND revoked_at IS NULL
            AND expires_at >= $2 AND expires_at < $3
        GROUP BY expires_at / $5, CAST(CASE WHEN renewals_used >= $4 THEN 1 ELSE 0 END AS BIGINT)";
    AGEING = "SELECT passcode_set_on, COUNT(*) FROM smartcard
        WHERE organisation_id = $1 AND account_id IS NOT NULL AND cancelled_at IS NULL AND revoked_at IS NULL
            AND issued_at IS NOT NULL AND passcode_set_on >= $2 AND passcode_set_on <= $3 AND unlocked_on IS NULL
        GROUP BY passcode_set_on";
}

#[derive(sqlx::FromRow)]
struct OwnedRow {
    #[sqlx(flatten)]
    card: smartcard::Row,
    first_name: String,
    last_name: String,
}

fn limit(renewals: Option<u32>) -> i64 {
    renewals.map_or(i64::MAX, i64::from)
}

fn number(count: i64) -> u64 {
    u64::try_from(count).unwrap_or(0)
}

impl Store {
    /// Cards of an organisation whose label, GUID or certificate begins so, at most `at_most`, each once.
    ///
    /// # Errors
    /// Where the database cannot be read.
    pub async fn search_smartcards(
        &self,
        organisation: Uuid,
        search: &CardSearch,
        at_most: u32,
    ) -> Result<Vec<Uuid>, StoreError> {
        let at_most = i64::from(at_most);
        let mut ids: Vec<(Uuid,)> = Vec::new();
        if let Some((last, rest)) = search.label.split_last() {
            // No byte of a text is 255.
            let end: Vec<u8> = rest.iter().copied().chain([last.saturating_add(1)]).collect();
            ids = reading!(self, BY_LABEL, sqlx::query_as, |q, c| q
                .bind(organisation)
                .bind(search.label.as_slice())
                .bind(end.as_slice())
                .bind(at_most)
                .fetch_all(c))?;
        }
        if let Some((least, most)) = &search.digits {
            let by_guid: Vec<(Uuid,)> = reading!(self, BY_GUID, sqlx::query_as, |q, c| q
                .bind(organisation)
                .bind(least.as_slice())
                .bind(most.as_slice())
                .bind(at_most)
                .fetch_all(c))?;
            let by_serial: Vec<(Uuid,)> = reading!(self, BY_SERIAL, sqlx::query_as, |q, c| q
                .bind(organisation)
                .bind(least.as_slice())
                .bind(most.as_slice())
                .bind(at_most)
                .fetch_all(c))?;
            ids.extend(by_guid);
            ids.extend(by_serial);
        }
        let mut found = Vec::new();
        for (id,) in ids {
            if !found.contains(&id) {
                found.push(id);
            }
        }
        found.truncate(usize::try_from(at_most).unwrap_or(usize::MAX));
        Ok(found)
    }

    /// Cards of an organisation whose owners must come in, with first and last name of each owner: at most `at_most`, after leaving out
    /// `skip`.
    ///
    /// # Errors
    /// Where the database cannot be read.
    pub async fn smartcards_that_must_come_in(
        &self,
        organisation: Uuid,
        must: MustComeIn,
        at_most: u32,
        skip: u32,
    ) -> Result<Vec<(Smartcard, [String; 2])>, StoreError> {
        let rows: Vec<OwnedRow> = reading!(self, MUST_COME_IN, sqlx::query_as, |q, c| q
            .bind(organisation)
            .bind(must.locked_since.to_string())
            .bind(millis(must.expired_before))
            .bind(millis(must.due_before))
            .bind(limit(must.renewals))
            .bind(i64::from(at_most))
            .bind(i64::from(skip))
            .fetch_all(c))?;
        rows.into_iter().map(|row| Ok((row.card.try_into()?, [row.first_name, row.last_name]))).collect()
    }

    /// How many of them there are.
    ///
    /// # Errors
    /// Where the database cannot be read.
    pub async fn how_many_must_come_in(
        &self,
        organisation: Uuid,
        must: MustComeIn,
    ) -> Result<u64, StoreError> {
        let (count,): (i64,) = reading!(self, HOW_MANY_MUST, sqlx::query_as, |q, c| q
            .bind(organisation)
            .bind(must.locked_since.to_string())
            .bind(millis(must.expired_before))
            .bind(millis(must.due_before))
            .bind(limit(must.renewals))
            .fetch_one(c))?;
        Ok(number(count))
    }

    /// How many cards of an organisation are in use, and how many are blank.
    ///
    /// # Errors
    /// Where the database cannot be read.
    pub async fn count_smartcards(&self, organisation: Uuid) -> Result<(u64, u64), StoreError> {
        let (used,): (i64,) =
            reading!(self, IN_USE, sqlx::query_as, |q, c| q.bind(organisation).fetch_one(c))?;
        let (blank,): (i64,) =
            reading!(self, BLANK, sqlx::query_as, |q, c| q.bind(organisation).fetch_one(c))?;
        Ok((number(used), number(blank)))
    }

    /// How many cards' certificates end when, from `from` and before `to`.
    ///
    /// # Errors
    /// Where the database cannot be read.
    pub async fn smartcards_ending(
        &self,
        organisation: Uuid,
        (from, to): (Timestamp, Timestamp),
        renewals: Option<u32>,
    ) -> Result<Vec<Ending>, StoreError> {
        let rows: Vec<(i64, i64, i64)> = reading!(self, ENDING, sqlx::query_as, |q, c| q
            .bind(organisation)
            .bind(millis(from))
            .bind(millis(to))
            .bind(limit(renewals))
            .bind(QUARTER)
            .fetch_all(c))?;
        rows.into_iter()
            .map(|(quarter, there, cards)| {
                let from = crate::moment::moment(quarter.saturating_mul(QUARTER))?;
                Ok(Ending { from, at_the_authority: there != 0, cards: number(cards) })
            })
            .collect()
    }

    /// How many cards' passcodes were set on which local day, from `from` to `to`.
    ///
    /// # Errors
    /// Where the database cannot be read.
    pub async fn passcodes_set_between(
        &self,
        organisation: Uuid,
        (from, to): (Date, Date),
    ) -> Result<Vec<(Date, u64)>, StoreError> {
        let rows: Vec<(String, i64)> = reading!(self, AGEING, sqlx::query_as, |q, c| q
            .bind(organisation)
            .bind(from.to_string())
            .bind(to.to_string())
            .fetch_all(c))?;
        rows.into_iter()
            .map(|(day, cards)| {
                let day = day.parse().map_err(|_| StoreError::Corrupt("a day is not one"))?;
                Ok((day, number(cards)))
            })
            .collect()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn digits_find_what_begins_with_them_and_nothing_else() {
        let (least, most) = digits_between("4f5c0").unwrap();
        assert_eq!(least, [0x4f, 0x5c, 0x00]);
        assert_eq!(most.len(), LONGEST);
        assert!(least <= vec![0x4f, 0x5c, 0x00] && most >= vec![0x4f, 0x5c, 0x0f, 0xff]);
        assert!(vec![0x4f, 0x5c, 0x10] > most && vec![0x4f, 0x5b, 0xff] < least);
        for none in ["", "4f5", "4f5g", "NTH 0047", &"a".repeat(41)] {
            assert_eq!(CardSearch::new(none).digits, None, "{none}");
        }
        assert_eq!(CardSearch::new("4F:5C-0 0").digits, CardSearch::new("4f5c00").digits);
    }

    #[test]
    fn a_label_is_found_however_it_is_typed() {
        assert_eq!(label_key(" nth  0047 "), b"NTH 0047");
    }
}
