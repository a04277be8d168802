//! Roles in the console.

use crate::activity::{ActivityKind, NewActivity};
use crate::audit::Event;
use crate::db::{execute, in_tx, reading};
use crate::moment::{millis, moment};
use crate::statement::statements;
use crate::{Store, StoreError, Tx};
use jiff::Timestamp;
pub use rules::role::Role;
use rules::role::{Act, may};
use uuid::Uuid;

/// Somebody's role, for the list of an organisation's role holders.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct RoleHolder {
    /// Whose account.
    pub account_id: Uuid,
    /// As the person wrote it.
    pub first_name: String,
    /// As the person wrote it.
    pub last_name: String,
    /// The user name.
    pub email: String,
    /// The role.
    pub role: Role,
    /// Since when, UTC.
    pub given_at: Timestamp,
}

/// A role that one administrator wants to give or take.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct RoleProposal {
    /// Never changes.
    pub id: Uuid,
    /// The employer.
    pub organisation_id: Uuid,
    /// Whose role.
    pub account_id: Uuid,
    /// Which role.
    pub role: Role,
    /// Whether it is given; otherwise it is taken.
    pub gives: bool,
    /// Why.
    pub reason: String,
    /// The first administrator.
    pub proposed_by: Uuid,
    /// UTC.
    pub proposed_at: Timestamp,
    /// When a second one confirmed or declined it, UTC.
    pub decided_at: Option<Timestamp>,
}

/// What became of the roles of people who have left.
#[derive(Debug, Clone, Copy, Default)]
pub(crate) struct RolesOfLeavers {
    /// So many were taken.
    pub taken: u64,
    /// The last administrator is among them, and stays it.
    pub last_administrator: bool,
}

/// Why the audit says that a leaver's role was taken.
const BY_THE_LIST: &str = "employer's list";

statements! {
    OF_ACCOUNT = "SELECT role FROM console_role WHERE account_id = $1 ORDER BY role";
    GIVE = "INSERT INTO console_role (account_id, role, given_at, given_by) VALUES ($1, $2, $3, $4)
        ON CONFLICT (account_id, role) DO NOTHING";
    TAKE = "DELETE FROM console_role WHERE account_id = $1 AND role = $2";
    HOLDERS = "SELECT account.id, account.first_name, account.last_name, account.email, console_role.role,
            console_role.given_at
        FROM console_role JOIN account ON account.id = console_role.account_id
        WHERE account.organisation_id = $1
        ORDER BY account.last_name_folded, account.first_name_folded, account.id, console_role.role";
    // Those who change roles of one organisation take turns, so that two who take each other's leave one administrator.
    LOCK = "UPDATE organisation SET code = code WHERE id = $1";
    // Whoever is disabled cannot give anybody a role.
    OTHERS_WITH = "SELECT COUNT(*) FROM console_role JOIN account ON account.id = console_role.account_id
        WHERE account.organisation_id = $1 AND console_role.role = $2 AND account.id <> $3
            AND account.disabled_at IS NULL";
    ADD_PROPOSAL = "INSERT INTO role_proposal (id, organisation_id, account_id, role, gives, reason, proposed_by, proposed_at)
        SELECT $1, $2, $3, CAST($4 AS TEXT), CAST($5 AS BIGINT), CAST($6 AS TEXT), $7, CAST($8 AS BIGINT)
        WHERE NOT EXISTS (SELECT 1 FROM role_proposal WHERE account_id = $3 AND role = $4 AND gives = $5
            AND decided_at IS NULL AND proposed_at > $9)";
    PROPOSALS = "SELECT id, organisation_id, account_id, role, gives, reason, proposed_by, proposed_at, decided_at
        FROM role_proposal WHERE organisation_id = $1 AND decided_at IS NULL AND proposed_at > $2
        ORDER BY proposed_at, id";
    PROPOSAL = "SELECT id, organisation_id, account_id, role, gives, reason, proposed_by, proposed_at, decided_at
        FROM role_proposal WHERE id = $1";
    DECIDE = "UPDATE role_proposal SET decided_by = $2, decided_at = $3, confirmed = $4
        WHERE id = $1 AND decided_at IS NULL";
    END_PROPOSALS_BY = "UPDATE role_proposal SET decided_at = $2, confirmed = 0
        WHERE proposed_by = $1 AND decided_at IS NULL";
    OF_LEAVERS = "SELECT account.id, console_role.role FROM console_role
            JOIN account ON account.id = console_role.account_id
            JOIN roster_entry ON roster_entry.id = account.roster_entry_id
        WHERE account.organisation_id = $1 AND roster_entry.left_at IS NOT NULL
        ORDER BY account.id, console_role.role";
}

type HolderRow = (Uuid, String, String, String, String, i64);

#[derive(sqlx::FromRow)]
struct ProposalRow {
    id: Uuid,
    organisation_id: Uuid,
    account_id: Uuid,
    role: String,
    gives: i64,
    reason: String,
    proposed_by: Uuid,
    proposed_at: i64,
    decided_at: Option<i64>,
}

impl TryFrom<ProposalRow> for RoleProposal {
    type Error = StoreError;

    fn try_from(row: ProposalRow) -> Result<Self, StoreError> {
        Ok(Self {
            id: row.id,
            organisation_id: row.organisation_id,
            account_id: row.account_id,
            role: known(&row.role)?,
            gives: row.gives != 0,
            reason: row.reason,
            proposed_by: row.proposed_by,
            proposed_at: moment(row.proposed_at)?,
            decided_at: crate::moment::maybe_moment(row.decided_at)?,
        })
    }
}

fn known(role: &str) -> Result<Role, StoreError> {
    Role::parse(role).map_err(|_| StoreError::Corrupt("an unknown role"))
}

impl Store {
    /// The roles that an account has in its organisation's console.
    ///
    /// # Errors
    /// Where the database cannot be read.
    pub async fn roles_of(&self, account: Uuid) -> Result<Vec<Role>, StoreError> {
        let rows: Vec<(String,)> =
            reading!(self, OF_ACCOUNT, sqlx::query_as, |q, c| q.bind(account).fetch_all(c))?;
        rows.iter().map(|(role,)| known(role)).collect()
    }

    /// Who has which role in an organisation, by name.
    ///
    /// # Errors
    /// Where the database cannot be read.
    pub async fn role_holders(&self, organisation: Uuid) -> Result<Vec<RoleHolder>, StoreError> {
        let rows: Vec<HolderRow> =
            reading!(self, HOLDERS, sqlx::query_as, |q, c| q.bind(organisation).fetch_all(c))?;
        rows.into_iter()
            .map(|(account_id, first_name, last_name, email, role, given_at)| {
                let (role, given_at) = (known(&role)?, moment(given_at)?);
                Ok(RoleHolder { account_id, first_name, last_name, email, role, given_at })
            })
            .collect()
    }

    /// The proposals of an organisation that nobody has decided and that were made after `after`, the oldest first.
    ///
    /// # Errors
    /// Where the database cannot be read.
    pub async fn role_proposals(
        &self,
        organisation: Uuid,
        after: Timestamp,
    ) -> Result<Vec<RoleProposal>, StoreError> {
        let rows: Vec<ProposalRow> = reading!(self, PROPOSALS, sqlx::query_as, |q, c| q
            .bind(organisation)
            .bind(millis(after))
            .fetch_all(c))?;
        rows.into_iter().map(RoleProposal::try_from).collect()
    }

    /// One proposal.
    ///
    /// # Errors
    /// Where the database cannot be read.
    pub async fn role_proposal(&self, id: Uuid) -> Result<Option<RoleProposal>, StoreError> {
        let row: Option<ProposalRow> =
            reading!(self, PROPOSAL, sqlx::query_as, |q, c| q.bind(id).fetch_optional(c))?;
        row.map(RoleProposal::try_from).transpose()
    }
}

impl Tx {
    /// The roles that an account has in its organisation's console.
    ///
    /// # Errors
    /// Where the database cannot be read.
    pub async fn roles_of(&mut self, account: Uuid) -> Result<Vec<Role>, StoreError> {
        let rows: Vec<(String,)> =
            in_tx!(self, OF_ACCOUNT, sqlx::query_as, |q, c| q.bind(account).fetch_all(c))?;
        rows.iter().map(|(role,)| known(role)).collect()
    }

    /// Lets nobody else change roles of this organisation until this transaction ends.
    ///
    /// # Errors
    /// Where the database refuses.
    pub async fn lock_roles(&mut self, organisation: Uuid) -> Result<(), StoreError> {
        execute!(self, LOCK, organisation).map(|_| ())
    }

    /// How many others of the organisation than `account` have this role and can use it.
    ///
    /// # Errors
    /// Where the database cannot be read.
    async fn others_with_role(
        &mut self,
        organisation: Uuid,
        role: Role,
        account: Uuid,
    ) -> Result<u64, StoreError> {
        let (count,): (i64,) = in_tx!(self, OTHERS_WITH, sqlx::query_as, |q, c| q
            .bind(organisation)
            .bind(role.as_str())
            .bind(account)
            .fetch_one(c))?;
        Ok(u64::try_from(count).unwrap_or(0))
    }

    /// Gives a role; `by` is the account of the administrator, none at the command line. Answers whether it is new.
    ///
    /// # Errors
    /// Where the database refuses.
    pub async fn give_role(
        &mut self,
        account: Uuid,
        role: Role,
        by: Option<Uuid>,
        now: Timestamp,
    ) -> Result<bool, StoreError> {
        Ok(execute!(self, GIVE, account, role.as_str(), millis(now), by)? == 1)
    }

    /// Takes a role away. Answers whether the account had it. Whoever may change no roles any more has proposed nothing either.
    ///
    /// # Errors
    /// Where the database refuses.
    pub async fn take_role(&mut self, account: Uuid, role: Role, now: Timestamp) -> Result<bool, StoreError> {
        let taken = execute!(self, TAKE, account, role.as_str())? == 1;
        if taken && !may(&self.roles_of(account).await?, Act::ChangeRoles) {
            execute!(self, END_PROPOSALS_BY, account, millis(now))?;
        }
        Ok(taken)
    }

    /// Whether `role` is one that the organisation would have nobody for without `account`: somebody has to give roles.
    ///
    /// # Errors
    /// Where the database cannot be read.
    pub async fn is_last_administrator(
        &mut self,
        organisation: Uuid,
        account: Uuid,
        role: Role,
    ) -> Result<bool, StoreError> {
        Ok(role == Role::Administrator
            && self.roles_of(account).await?.contains(&role)
            && self.others_with_role(organisation, role, account).await? == 0)
    }

    /// Takes the roles of everybody who has left by the list of their employer, and ends their sessions. The last administrator
    /// stays, which is in the log: nobody else could give roles.
    ///
    /// # Errors
    /// Where the database refuses.
    pub(crate) async fn take_roles_of_leavers(
        &mut self,
        organisation: Uuid,
        now: Timestamp,
    ) -> Result<RolesOfLeavers, StoreError> {
        let rows: Vec<(Uuid, String)> =
            in_tx!(self, OF_LEAVERS, sqlx::query_as, |q, c| q.bind(organisation).fetch_all(c))?;
        let mut done = RolesOfLeavers::default();
        for (account, role) in rows {
            let role = known(&role)?;
            if self.is_last_administrator(organisation, account, role).await? {
                tracing::error!(alarm = true, %organisation, "the last administrator has left: give the role to somebody else");
                done.last_administrator = true;
                continue;
            }
            self.take_role(account, role, now).await?;
            self.end_sessions(account, now).await?;
            let taken = NewActivity {
                id: vault::new_id(now, self.store.random.as_ref()),
                account_id: account,
                kind: ActivityKind::RoleTaken,
                detail: Some(role.as_str()),
                session_id: None,
                browser: None,
                network: None,
                by_staff: true,
            };
            self.add_activity(taken, now).await?;
            let (role, reason) = (role.as_str().to_owned(), BY_THE_LIST.to_owned());
            self.audit(Event::RoleTaken { account, role, by: None, reason }, now);
            done.taken += 1;
        }
        Ok(done)
    }

    /// Keeps a proposal. Answers false where the same one, made after `after`, waits already.
    ///
    /// # Errors
    /// Where the database refuses.
    pub async fn propose_role(&mut self, new: &RoleProposal, after: Timestamp) -> Result<bool, StoreError> {
        let added = execute!(
            self,
            ADD_PROPOSAL,
            new.id,
            new.organisation_id,
            new.account_id,
            new.role.as_str(),
            i64::from(new.gives),
            &new.reason,
            new.proposed_by,
            millis(new.proposed_at),
            millis(after)
        )?;
        Ok(added == 1)
    }

    /// A second administrator has decided. Answers false where somebody was faster.
    ///
    /// # Errors
    /// Where the database refuses.
    pub async fn decide_role_proposal(
        &mut self,
        id: Uuid,
        by: Uuid,
        confirmed: bool,
        now: Timestamp,
    ) -> Result<bool, StoreError> {
        Ok(execute!(self, DECIDE, id, by, millis(now), i64::from(confirmed))? == 1)
    }
}
