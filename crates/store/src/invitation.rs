//! Invitations to a staff passport: who was invited, and what became of the check of their identity.

use crate::db::{execute, in_tx, reading};
use crate::moment::{maybe_moment, millis, moment};
use crate::statement::statements;
use crate::{Store, StoreError, Tx};
use jiff::Timestamp;
use jiff::civil::Date;
use rules::passport::{DeclineReason, IdentityCheck, InvitationFilter, InvitationMoments, InvitationState};
use rules::roster::{EmploymentStatus, PersonKind, RosterRow};
use std::collections::HashMap;
use uuid::Uuid;

/// An invitation, with what the employer's list says of the person.
#[derive(Clone)]
pub struct Invitation {
    /// Never changes. Ids are in the order of time.
    pub id: Uuid,
    /// Who invites.
    pub organisation_id: Uuid,
    /// The person on the employer's list.
    pub roster_entry_id: Uuid,
    /// Their account, once they have one.
    pub account: Option<Uuid>,
    /// What they shared last with who invites, where somebody with this address has an account with another organisation. That there is
    /// such an account is nobody's business before they share something.
    pub shared: Option<Uuid>,
    /// First name on the list.
    pub first_name: String,
    /// Last name on the list.
    pub last_name: String,
    /// Date of birth on the list.
    pub date_of_birth: Date,
    /// The address that the invitation goes to.
    pub email: String,
    /// Code of the staff group on the list.
    pub staff_group: String,
    /// Job role on the list.
    pub job_role: Option<String>,
    /// ESR assignment number on the list.
    pub esr_number: Option<String>,
    /// UTC.
    pub invited_at: Timestamp,
    /// When it was last sent, UTC.
    pub sent_at: Timestamp,
    /// How many times it was sent.
    pub times_sent: u32,
    /// What has happened to it.
    pub moments: InvitationMoments,
    /// How their identity was confirmed.
    pub confirmed_how: Option<IdentityCheck>,
    /// Why they get no passport.
    pub decline_reason: Option<DeclineReason>,
    /// Who confirmed or declined.
    pub judged_by: Option<Uuid>,
}

impl Invitation {
    /// How it stands.
    pub const fn state(&self) -> InvitationState {
        self.moments.state()
    }

    /// What they shared, where they have an account with another organisation and none with who invites.
    pub fn shared_from_elsewhere(&self) -> Option<Uuid> {
        self.shared.filter(|_| self.state() == InvitationState::Sent)
    }

    /// Whether it is of use to send it again.
    pub fn can_be_sent_again(&self) -> bool {
        self.state().can_be_sent_again() && self.shared_from_elsewhere().is_none()
    }
}

impl std::fmt::Debug for Invitation {
    /// Says nothing of who it is.
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Invitation").field("id", &self.id).finish_non_exhaustive()
    }
}

/// Who is to be invited.
#[derive(Debug, Clone, Copy)]
pub struct NewInvitation<'a> {
    /// The id of the invitation.
    pub id: Uuid,
    /// Who invites.
    pub organisation: Uuid,
    /// The person.
    pub row: &'a RosterRow,
    /// The file in which they stand.
    pub batch: Option<Uuid>,
    /// The member of staff who invites.
    pub by: Uuid,
}

/// What became of it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Invited {
    /// The person is invited.
    Done,
    /// There is an invitation to this address.
    EmailInvited,
    /// There is an invitation with this mobile number.
    PhoneInvited,
    /// The employer's list has somebody else with this address.
    AnotherPerson,
    /// The employer's list has somebody else with this staff number, who has not left.
    NumberTaken,
    /// The employer's list, or what is asked itself, says that they have left.
    Left,
    /// What is asked would make them another kind of user than a member of staff. Such users join by other checks, and their employer's
    /// list alone says who is one.
    NotStaff,
}

/// What the trust says of an invitation.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Judgement {
    /// The person has to come in.
    AppointmentNeeded,
    /// They are who they say.
    Confirmed(IdentityCheck),
    /// They get no passport.
    Declined(DeclineReason),
}

statements! {
    ON_ROSTER = "SELECT id, last_name, date_of_birth, left_at IS NOT NULL,
            EXISTS (SELECT 1 FROM invitation i WHERE i.roster_entry_id = roster_entry.id)
        FROM roster_entry WHERE organisation_id = $1 AND email = $2";
    ON_ROSTER_OF_MANY = "SELECT email, id, last_name, date_of_birth, left_at IS NOT NULL,
            EXISTS (SELECT 1 FROM invitation i WHERE i.roster_entry_id = roster_entry.id)
        FROM roster_entry WHERE organisation_id = $1
            AND email IN ($2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14, $15, $16, $17, $18, $19, $20, $21)";
    OF_PHONE_OF_MANY = "SELECT phone_hash FROM invitation WHERE organisation_id = $1
        AND phone_hash IN ($2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14, $15, $16, $17, $18, $19, $20, $21)";
    OF_PHONE = "SELECT CAST(1 AS BIGINT) FROM invitation WHERE organisation_id = $1 AND phone_hash = $2";
    OF_NUMBER = "SELECT CAST(1 AS BIGINT) FROM roster_entry WHERE esr_number = $2 AND organisation_id = $1 AND left_at IS NULL LIMIT 1";
    OF_NUMBER_OF_MANY = "SELECT esr_number FROM roster_entry WHERE organisation_id = $1 AND left_at IS NULL
        AND esr_number IN ($2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14, $15, $16, $17, $18, $19, $20, $21)";
    NUMBERS_OF_INVITED = "SELECT esr_number, email FROM roster_entry
        WHERE organisation_id = $1 AND by_invitation = 1 AND left_at IS NULL AND esr_number IS NOT NULL";
    ADD = "INSERT INTO invitation (id, organisation_id, roster_entry_id, batch_id, invited_by, invited_at, phone_hash, sent_at,
            times_sent) VALUES ($1, $2, $3, $4, $5, $6, $7, $6, 1)";
    BY_INVITATION = "UPDATE roster_entry SET by_invitation = 1 WHERE id = $1";
    LIST = "SELECT i.id, i.organisation_id, i.roster_entry_id, a.id AS account, r.first_name, r.last_name, r.date_of_birth, r.email,
            r.staff_group, r.job_role, r.esr_number, i.invited_at, i.sent_at, i.times_sent, i.appointment_at, i.confirmed_at,
            i.confirmed_how, i.declined_at, i.decline_reason, i.judged_by,
            (SELECT s.id FROM account e JOIN share s ON s.account_id = e.id WHERE e.email = r.email AND e.organisation_id <> $1
                AND s.organisation_id = $1 ORDER BY s.shared_at DESC, s.id LIMIT 1) AS shared
        FROM invitation i JOIN roster_entry r ON r.id = i.roster_entry_id LEFT JOIN account a ON a.roster_entry_id = r.id
        WHERE i.organisation_id = $1 AND i.id < $2
        ORDER BY i.id DESC LIMIT $3";
    LIST_OPEN = "SELECT i.id, i.organisation_id, i.roster_entry_id, a.id AS account, r.first_name, r.last_name, r.date_of_birth, r.email,
            r.staff_group, r.job_role, r.esr_number, i.invited_at, i.sent_at, i.times_sent, i.appointment_at, i.confirmed_at,
            i.confirmed_how, i.declined_at, i.decline_reason, i.judged_by,
            (SELECT s.id FROM account e JOIN share s ON s.account_id = e.id WHERE e.email = r.email AND e.organisation_id <> $1
                AND s.organisation_id = $1 ORDER BY s.shared_at DESC, s.id LIMIT 1) AS shared
        FROM invitation i JOIN roster_entry r ON r.id = i.roster_entry_id LEFT JOIN account a ON a.roster_entry_id = r.id
        WHERE i.organisation_id = $1 AND i.id < $2
            AND i.confirmed_at IS NULL AND i.declined_at IS NULL AND (CAST($4 AS BIGINT) = 0 OR a.id IS NOT NULL)
        ORDER BY i.id DESC LIMIT $3";
    ONE = "SELECT i.id, i.organisation_id, i.roster_entry_id, a.id AS account, r.first_name, r.last_name, r.date_of_birth, r.email,
            r.staff_group, r.job_role, r.esr_number, i.invited_at, i.sent_at, i.times_sent, i.appointment_at, i.confirmed_at,
            i.confirmed_how, i.declined_at, i.decline_reason, i.judged_by,
            (SELECT s.id FROM account e JOIN share s ON s.account_id = e.id WHERE e.email = r.email AND e.organisation_id <> $2
                AND s.organisation_id = $2 ORDER BY s.shared_at DESC, s.id LIMIT 1) AS shared
        FROM invitation i JOIN roster_entry r ON r.id = i.roster_entry_id LEFT JOIN account a ON a.roster_entry_id = r.id
        WHERE i.id = $1 AND i.organisation_id = $2";
    TO_JUDGE = "SELECT COUNT(*) FROM invitation i JOIN account a ON a.roster_entry_id = i.roster_entry_id
        WHERE i.organisation_id = $1 AND i.confirmed_at IS NULL AND i.declined_at IS NULL";
    SENT = "UPDATE invitation SET sent_at = $2, times_sent = times_sent + 1 WHERE id = $1";
    // Whoever comes second changes nothing.
    APPOINTMENT = "UPDATE invitation SET appointment_at = $2, judged_by = $3
        WHERE id = $1 AND appointment_at IS NULL AND confirmed_at IS NULL AND declined_at IS NULL";
    CONFIRM = "UPDATE invitation SET confirmed_at = $2, judged_by = $3, confirmed_how = $4
        WHERE id = $1 AND confirmed_at IS NULL AND declined_at IS NULL";
    DECLINE = "UPDATE invitation SET declined_at = $2, judged_by = $3, decline_reason = $4
        WHERE id = $1 AND confirmed_at IS NULL AND declined_at IS NULL";
    REMOVE = "DELETE FROM invitation WHERE id = $1";
    // Whoever is on the employer's list by the invitation alone, and has begun nothing.
    FORGET = "DELETE FROM roster_entry WHERE id = $1 AND by_invitation = 1
        AND NOT EXISTS (SELECT 1 FROM account WHERE roster_entry_id = roster_entry.id)";
    DETACH = "UPDATE registration SET roster_entry_id = NULL WHERE roster_entry_id = $1
        AND EXISTS (SELECT 1 FROM roster_entry WHERE id = $1 AND by_invitation = 1)";
}

#[derive(sqlx::FromRow)]
struct Row {
    id: Uuid,
    organisation_id: Uuid,
    roster_entry_id: Uuid,
    account: Option<Uuid>,
    first_name: String,
    last_name: String,
    date_of_birth: String,
    email: String,
    staff_group: String,
    job_role: Option<String>,
    esr_number: Option<String>,
    invited_at: i64,
    sent_at: i64,
    times_sent: i64,
    appointment_at: Option<i64>,
    confirmed_at: Option<i64>,
    confirmed_how: Option<String>,
    declined_at: Option<i64>,
    decline_reason: Option<String>,
    judged_by: Option<Uuid>,
    shared: Option<Uuid>,
}

impl TryFrom<Row> for Invitation {
    type Error = StoreError;

    fn try_from(row: Row) -> Result<Self, StoreError> {
        let unknown = || StoreError::Corrupt("a word about an invitation that nobody knows");
        let how = row.confirmed_how.map(|how| IdentityCheck::parse(&how).ok_or_else(unknown));
        let reason = row.decline_reason.map(|reason| DeclineReason::parse(&reason).ok_or_else(unknown));
        Ok(Self {
            id: row.id,
            organisation_id: row.organisation_id,
            roster_entry_id: row.roster_entry_id,
            account: row.account,
            shared: row.shared,
            first_name: row.first_name,
            last_name: row.last_name,
            date_of_birth: row
                .date_of_birth
                .parse()
                .map_err(|_| StoreError::Corrupt("a date of birth on the roster is not a date"))?,
            email: row.email,
            staff_group: row.staff_group,
            job_role: row.job_role,
            esr_number: row.esr_number,
            invited_at: moment(row.invited_at)?,
            sent_at: moment(row.sent_at)?,
            times_sent: u32::try_from(row.times_sent).unwrap_or(u32::MAX),
            moments: InvitationMoments {
                joined: row.account.is_some(),
                appointment_at: maybe_moment(row.appointment_at)?,
                confirmed_at: maybe_moment(row.confirmed_at)?,
                declined_at: maybe_moment(row.declined_at)?,
            },
            confirmed_how: how.transpose()?,
            decline_reason: reason.transpose()?,
            judged_by: row.judged_by,
        })
    }
}

/// So many people are looked up by one statement.
const LOOKED_UP_AT_ONCE: usize = 20;

/// Somebody on the employer's list: entry, last name, date of birth, whether they have left and whether they are invited.
type Listed = (Uuid, String, String, bool, bool);

/// The entry of somebody who is to be invited, where the employer's list has one at their address; or why they cannot be.
fn entry_of(row: &RosterRow, listed: Option<Listed>) -> Result<Option<Uuid>, Invited> {
    if row.kind != PersonKind::Staff {
        return Err(Invited::NotStaff);
    }
    if row.employment_status == EmploymentStatus::Leaver {
        return Err(Invited::Left);
    }
    let Some((entry, last_name, born, left, invited)) = listed else { return Ok(None) };
    let same = rules::name::PersonName::parse(&last_name).is_ok_and(|name| name.matches(&row.last_name))
        && born == row.date_of_birth.to_string();
    match (invited, same, left) {
        (true, ..) => Err(Invited::EmailInvited),
        (false, false, _) => Err(Invited::AnotherPerson),
        (false, true, true) => Err(Invited::Left),
        (false, true, false) => Ok(Some(entry)),
    }
}

impl Store {
    /// Whether each of these people could be invited now, in their order.
    ///
    /// # Errors
    /// Where the database cannot be read.
    pub async fn can_be_invited(
        &self,
        organisation: Uuid,
        rows: &[&RosterRow],
    ) -> Result<Vec<Invited>, StoreError> {
        let mut all = Vec::with_capacity(rows.len());
        for some in rows.chunks(LOOKED_UP_AT_ONCE) {
            all.extend(self.can_these_be_invited(organisation, some).await?);
        }
        Ok(all)
    }

    /// The addresses of the people who are on an employer's list by an invitation alone, by their staff numbers.
    ///
    /// # Errors
    /// Where the database cannot be read.
    pub async fn numbers_of_invited(
        &self,
        organisation: Uuid,
    ) -> Result<HashMap<String, String>, StoreError> {
        let rows: Vec<(String, String)> =
            reading!(self, NUMBERS_OF_INVITED, sqlx::query_as, |q, c| q.bind(organisation).fetch_all(c))?;
        Ok(rows.into_iter().collect())
    }

    async fn can_these_be_invited(
        &self,
        organisation: Uuid,
        rows: &[&RosterRow],
    ) -> Result<Vec<Invited>, StoreError> {
        let hashes: Vec<_> = rows.iter().map(|row| self.phone_hash(row)).collect();
        let listed: Vec<(String, Uuid, String, String, bool, bool)> =
            reading!(self, ON_ROSTER_OF_MANY, sqlx::query_as, |q, c| (0..LOOKED_UP_AT_ONCE)
                .fold(q.bind(organisation), |q, at| q.bind(rows.get(at).map(|row| row.email.as_str())))
                .fetch_all(c))?;
        let phones: Vec<(Vec<u8>,)> = reading!(self, OF_PHONE_OF_MANY, sqlx::query_as, |q, c| (0
            ..LOOKED_UP_AT_ONCE)
            .fold(q.bind(organisation), |q, at| q.bind(hashes.get(at).cloned().flatten()))
            .fetch_all(c))?;
        let numbers: Vec<(String,)> = reading!(self, OF_NUMBER_OF_MANY, sqlx::query_as, |q, c| (0
            ..LOOKED_UP_AT_ONCE)
            .fold(q.bind(organisation), |q, at| q
                .bind(rows.get(at).and_then(|row| row.esr_number.as_deref())))
            .fetch_all(c))?;
        let mut listed: HashMap<_, Listed> = listed
            .into_iter()
            .map(|(email, entry, name, born, left, invited)| (email, (entry, name, born, left, invited)))
            .collect();
        let has_phone = |hash: &Vec<u8>| phones.iter().any(|(known,)| known == hash);
        let has_number = |number: &String| numbers.iter().any(|(known,)| known == number);
        let each = rows.iter().zip(&hashes).map(|(row, hash)| {
            match entry_of(row, listed.remove(row.email.as_str())) {
                Err(refused) => refused,
                Ok(None) if row.esr_number.as_ref().is_some_and(has_number) => Invited::NumberTaken,
                Ok(_) if hash.as_ref().is_some_and(has_phone) => Invited::PhoneInvited,
                Ok(_) => Invited::Done,
            }
        });
        Ok(each.collect())
    }

    fn phone_hash(&self, row: &RosterRow) -> Option<Vec<u8>> {
        let phone = row.phone.as_ref()?;
        Some(self.keys.keyed_hash("invitation-phone", &[phone.e164().as_bytes()]).to_vec())
    }

    /// At most so many of these invitations of an organisation before the one `before`, the newest first.
    ///
    /// # Errors
    /// Where the database cannot be read.
    pub async fn invitations(
        &self,
        organisation: Uuid,
        which: InvitationFilter,
        before: Uuid,
        at_most: u32,
    ) -> Result<Vec<Invitation>, StoreError> {
        let rows: Vec<Row> = if which == InvitationFilter::All {
            reading!(self, LIST, sqlx::query_as, |q, c| q
                .bind(organisation)
                .bind(before)
                .bind(i64::from(at_most))
                .fetch_all(c))?
        } else {
            reading!(self, LIST_OPEN, sqlx::query_as, |q, c| q
                .bind(organisation)
                .bind(before)
                .bind(i64::from(at_most))
                .bind(i64::from(which == InvitationFilter::Registered))
                .fetch_all(c))?
        };
        rows.into_iter().map(Invitation::try_from).collect()
    }

    /// The invitation with this id, where it is one of this organisation.
    ///
    /// # Errors
    /// Where the database cannot be read.
    pub async fn invitation(&self, organisation: Uuid, id: Uuid) -> Result<Option<Invitation>, StoreError> {
        let row: Option<Row> =
            reading!(self, ONE, sqlx::query_as, |q, c| q.bind(id).bind(organisation).fetch_optional(c))?;
        row.map(Invitation::try_from).transpose()
    }

    /// Of how many people who were invited the identity is to be checked.
    ///
    /// # Errors
    /// Where the database cannot be read.
    pub async fn invitations_to_judge(&self, organisation: Uuid) -> Result<u64, StoreError> {
        let (count,): (i64,) =
            reading!(self, TO_JUDGE, sqlx::query_as, |q, c| q.bind(organisation).fetch_one(c))?;
        Ok(u64::try_from(count).unwrap_or(0))
    }
}

impl Tx {
    /// The entry of the employer's list that somebody is who can be invited, where there is one. Changes nothing.
    async fn entry_to_invite(
        &mut self,
        organisation: Uuid,
        row: &RosterRow,
    ) -> Result<Result<Option<Uuid>, Invited>, StoreError> {
        let listed: Option<Listed> = in_tx!(self, ON_ROSTER, sqlx::query_as, |q, c| q
            .bind(organisation)
            .bind(row.email.as_str())
            .fetch_optional(c))?;
        let entry = match entry_of(row, listed) {
            Ok(entry) => entry,
            refused => return Ok(refused),
        };
        if let (None, Some(number)) = (entry, &row.esr_number) {
            let found: Option<(i64,)> = in_tx!(self, OF_NUMBER, sqlx::query_as, |q, c| q
                .bind(organisation)
                .bind(number)
                .fetch_optional(c))?;
            if found.is_some() {
                return Ok(Err(Invited::NumberTaken));
            }
        }
        let Some(hash) = self.store.phone_hash(row) else { return Ok(Ok(entry)) };
        let found: Option<(i64,)> =
            in_tx!(self, OF_PHONE, sqlx::query_as, |q, c| q.bind(organisation).bind(hash).fetch_optional(c))?;
        Ok(if found.is_some() { Err(Invited::PhoneInvited) } else { Ok(entry) })
    }

    /// Invites somebody: puts them on the employer's list where they are not there, so that they can register. Those who invite for one
    /// organisation take turns.
    ///
    /// # Errors
    /// Where the database refuses.
    pub async fn invite(&mut self, new: NewInvitation<'_>, now: Timestamp) -> Result<Invited, StoreError> {
        let NewInvitation { id, organisation, row, batch, by } = new;
        self.lock_roster(organisation).await?;
        let entry = match self.entry_to_invite(organisation, row).await? {
            Ok(Some(entry)) => entry,
            Ok(None) => {
                let entry = self.add_to_roster(organisation, row, now).await?;
                execute!(self, BY_INVITATION, entry)?;
                entry
            }
            Err(refused) => return Ok(refused),
        };
        let phone = self.store.phone_hash(row);
        execute!(self, ADD, id, organisation, entry, batch, by, millis(now), phone)?;
        Ok(Invited::Done)
    }

    /// It is sent again.
    ///
    /// # Errors
    /// Where the database refuses.
    pub async fn invitation_sent_again(&mut self, id: Uuid, now: Timestamp) -> Result<(), StoreError> {
        execute!(self, SENT, id, millis(now)).map(|_| ())
    }

    /// Keeps what a member of staff says of somebody's identity. Answers false where somebody has said something before.
    ///
    /// # Errors
    /// Where the database refuses.
    pub async fn judge_invitation(
        &mut self,
        id: Uuid,
        judgement: Judgement,
        by: Uuid,
        now: Timestamp,
    ) -> Result<bool, StoreError> {
        let changed = match judgement {
            Judgement::AppointmentNeeded => execute!(self, APPOINTMENT, id, millis(now), by)?,
            Judgement::Confirmed(how) => execute!(self, CONFIRM, id, millis(now), by, how.as_str())?,
            Judgement::Declined(why) => execute!(self, DECLINE, id, millis(now), by, why.as_str())?,
        };
        Ok(changed == 1)
    }

    /// Deletes an invitation, and takes the person off the employer's list where they are there by it alone and have no account: they
    /// can register no more. Answers false where it is gone.
    ///
    /// # Errors
    /// Where the database refuses.
    pub async fn delete_invitation(&mut self, invitation: &Invitation) -> Result<bool, StoreError> {
        self.lock_roster(invitation.organisation_id).await?;
        if execute!(self, REMOVE, invitation.id)? == 0 {
            return Ok(false);
        }
        if invitation.account.is_none() {
            execute!(self, DETACH, invitation.roster_entry_id)?;
            execute!(self, FORGET, invitation.roster_entry_id)?;
        }
        Ok(true)
    }
}
