//! Many people are invited by a file: it is read as a whole, everything that is wrong is named, and nothing is done before somebody has
//! confirmed how many there are.
//!
//! The invitations are written a stretch at a time. How far they have come and the invitations themselves are one transaction for each
//! stretch: whichever node takes the next one, and whatever falls over, nobody is invited twice.

use super::{Staff, may_send, refused, write, wrong};
use crate::repeat::Rounds;
use crate::roster_file::{self, FileProblem, MistakeKind};
use crate::{FieldProblem, Refusal, Service, session};
use rules::passport::{LARGEST_INVITATIONS, MOST_INVITED};
use rules::role::Act;
use rules::roster::{PersonKind, RosterRow};
use std::time::Duration;
use store::audit::Event;
use store::invitation::{Invited, NewInvitation};
use store::invitation_batch::InvitationBatch;
use tokio_util::sync::CancellationToken;
use uuid::Uuid;

/// How often a node looks for files whose people are to be invited.
const LOOK_EVERY: Duration = Duration::from_secs(2);
/// So many people are invited in one transaction.
const STRETCH: usize = 100;
/// So many mistakes are shown at once.
const MISTAKES_SHOWN: usize = 100;

/// What is wrong with a row of a file.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct BadRow {
    /// The line on which it begins, counted from 1.
    pub line: u64,
    /// The column, as it is called in the template; none where the row as a whole is wrong.
    pub column: Option<&'static str>,
    /// What is wrong.
    pub problem: FieldProblem,
}

/// What became of a file.
#[derive(Debug)]
pub enum Uploaded {
    /// Everything in it is right: it waits for somebody to confirm it.
    Kept(Uuid),
    /// Nothing of it is kept.
    Wrong {
        /// The first mistakes, in the order of the file.
        rows: Vec<BadRow>,
        /// How many mistakes there are.
        count: usize,
    },
}

/// A file to fill in.
///
/// # Errors
/// [`Refusal::RoleMissing`].
pub fn template(staff: &Staff) -> Result<String, Refusal> {
    staff.demand(Act::InvitePeople)?;
    Ok(roster_file::template())
}

/// Reads a file, and keeps it where everything in it is right.
///
/// # Errors
/// [`Refusal::RoleMissing`], [`Refusal::ProofNeeded`], [`Refusal::Fields`] where it cannot be read at all.
pub async fn upload(service: &Service, staff: &Staff, bytes: Vec<u8>) -> Result<Uploaded, Refusal> {
    staff.demand(Act::InvitePeople)?;
    session::fresh(service, &staff.person)?;
    if bytes.len() > LARGEST_INVITATIONS {
        return Err(Refusal::field("file", "invite-file-too-large"));
    }
    let (rows, mut bad) = rows(service, staff, bytes.clone()).await?;
    if rows.len() + bad.len() > MOST_INVITED {
        return Err(too_many());
    }
    let (organisation, now) = (staff.organisation(), service.clock.now());
    // Before the transaction: nobody else writes while one of SQLite's is open, and whoever is invited meanwhile is passed over.
    let people: Vec<_> = rows.iter().map(|(_, row)| row).collect();
    let invited = service.store.can_be_invited(organisation, &people).await?;
    for ((line, _), invited) in rows.iter().zip(invited) {
        if let Some((field, key)) = refused(invited) {
            let column = match field {
                "phone" => "phone",
                "esr_number" => "esr number",
                _ => "email",
            };
            bad.push(BadRow { line: *line, column: Some(column), problem: FieldProblem::new("file", key) });
        }
    }
    bad.extend(same_phone(&rows));
    if !bad.is_empty() {
        bad.sort_by_key(|row| row.line);
        let count = bad.len();
        bad.truncate(MISTAKES_SHOWN);
        return Ok(Uploaded::Wrong { rows: bad, count });
    }
    let id = vault::new_id(now, service.random.as_ref());
    let people = u32::try_from(rows.len()).unwrap_or(u32::MAX);
    let mut tx = service.store.begin().await?;
    tx.add_invitation_batch(id, (organisation, staff.id()), &bytes, people, now).await?;
    tx.audit(Event::InvitationsUploaded { organisation, batch: id, people, by: staff.id() }, now);
    tx.commit().await?;
    Ok(Uploaded::Kept(id))
}

fn too_many() -> Refusal {
    Refusal::Fields(vec![FieldProblem::new("file", "invite-file-too-many").with("most", &MOST_INVITED)])
}

/// Good rows with their lines, and what is wrong with the others. Reading takes a while, so it is done apart.
async fn rows(
    service: &Service,
    staff: &Staff,
    bytes: Vec<u8>,
) -> Result<(Vec<(u64, RosterRow)>, Vec<BadRow>), Refusal> {
    let (today, phones) = (service.today(), staff.person.policy.phones);
    let read = tokio::task::spawn_blocking(move || roster_file::read(&bytes, today, phones)).await;
    let file = read.map_err(|_| Refusal::Fault("a file cannot be read"))?.map_err(|problem| {
        let problem = match problem {
            FileProblem::Empty => FieldProblem::new("file", "invite-file-empty"),
            FileProblem::NotUtf8 { line } => {
                FieldProblem::new("file", "invite-file-not-utf8").with("line", &line)
            }
            FileProblem::Headings(_) => FieldProblem::new("file", "invite-file-headings"),
        };
        Refusal::Fields(vec![problem])
    })?;
    if file.rows.is_empty() && file.mistakes.is_empty() {
        return Err(Refusal::field("file", "invite-file-empty"));
    }
    let bad = file.mistakes.iter().map(|mistake| {
        let problem = match mistake.kind {
            MistakeKind::Cell => FieldProblem::new("file", wrong(mistake.column.unwrap_or_default()).1),
            MistakeKind::Row => FieldProblem::new("file", "row-whole"),
            MistakeKind::Twice { first } => FieldProblem::new("file", "row-twice").with("line", &first),
        };
        BadRow { line: mistake.line, column: mistake.column, problem }
    });
    let mut bad: Vec<BadRow> = bad.collect();
    // The column is there for lists of employers. What a trust invites is checked like everybody else.
    let is_staff = |(_, row): &(u64, RosterRow)| row.kind == PersonKind::Staff;
    let (staff, others): (Vec<_>, Vec<_>) = file.lines.into_iter().zip(file.rows).partition(is_staff);
    bad.extend(others.iter().map(|(line, _)| BadRow {
        line: *line,
        column: Some("user type"),
        problem: FieldProblem::new("file", "invite-not-staff"),
    }));
    Ok((staff, bad))
}

/// Rows with the mobile number of a row before.
fn same_phone(rows: &[(u64, RosterRow)]) -> Vec<BadRow> {
    let mut first_lines = std::collections::HashMap::new();
    let mut bad = Vec::new();
    for (line, row) in rows {
        let Some(phone) = &row.phone else { continue };
        let first = *first_lines.entry(phone.e164()).or_insert(*line);
        if first != *line {
            let problem = FieldProblem::new("file", "row-twice").with("line", &first);
            bad.push(BadRow { line: *line, column: Some("phone"), problem });
        }
    }
    bad
}

/// How a file stands.
///
/// # Errors
/// [`Refusal::RoleMissing`], [`Refusal::NotFound`].
pub async fn see(service: &Service, staff: &Staff, id: Uuid) -> Result<InvitationBatch, Refusal> {
    staff.demand(Act::InvitePeople)?;
    let batch = service.store.invitation_batch(id).await?;
    batch.filter(|batch| batch.organisation_id == staff.organisation()).ok_or(Refusal::NotFound)
}

/// *Invite them*: from now on the people of a file are invited. Said twice it counts once.
///
/// # Errors
/// Those of [`see`], [`Refusal::ProofNeeded`], [`Refusal::Fields`] where the file is no longer kept.
pub async fn confirm(service: &Service, staff: &Staff, id: Uuid) -> Result<(), Refusal> {
    let batch = see(service, staff, id).await?;
    session::fresh(service, &staff.person)?;
    if batch.confirmed_at.is_some() {
        return Ok(());
    }
    let now = service.clock.now();
    let mut tx = service.store.begin().await?;
    if !tx.confirm_invitation_batch(id, now).await? {
        drop(tx);
        let batch = see(service, staff, id).await?;
        return match batch.confirmed_at {
            Some(_) => Ok(()),
            None => Err(Refusal::field("", "invite-file-gone")),
        };
    }
    let event = Event::InvitationsConfirmed {
        organisation: staff.organisation(),
        batch: id,
        people: batch.people,
        by: staff.id(),
    };
    tx.audit(event, now);
    Ok(tx.commit().await?)
}

/// Invites whoever is to be invited now. A file with which that fails keeps none of the others waiting: it stands in the log, and the next
/// round tries it again.
///
/// # Errors
/// Where the database fails; the next round goes on from there.
pub async fn work(service: &Service, stop: &CancellationToken) -> Result<(), Refusal> {
    for batch in service.store.invitation_batches_under_way().await? {
        if let Err(error) = invite_all(service, &batch, stop).await {
            tracing::error!(%error, batch = %batch.id, "the people of a file cannot be invited");
        }
    }
    Ok(())
}

async fn invite_all(
    service: &Service,
    batch: &InvitationBatch,
    stop: &CancellationToken,
) -> Result<(), Refusal> {
    let organisation = service.store.organisation(batch.organisation_id).await?;
    let organisation = organisation.ok_or(Refusal::Fault("a file of no organisation"))?;
    let Some(bytes) = service.store.invitation_file(batch.id).await? else { return Ok(()) };
    let (day, phones) = (service.local(batch.uploaded_at).date(), service.policy(&organisation)?.phones);
    // By the day on which it was uploaded: what was right then is right. Which numbers are taken can have changed since, so people are
    // counted by their places in the file, and whose row is wrong by now is passed over.
    let read = tokio::task::spawn_blocking(move || roster_file::read(&bytes, day, phones)).await;
    let file = read.ok().and_then(Result::ok).ok_or(Refusal::Fault("a file that was kept cannot be read"))?;
    let mut from = batch.done as usize;
    let mut good = file.places.iter().zip(&file.rows).peekable();
    while !stop.is_cancelled() {
        while good.next_if(|(place, _)| **place < from).is_some() {}
        let to = (from + STRETCH).min(file.all_rows()).max(from);
        let people: Vec<_> = std::iter::from_fn(|| good.next_if(|(place, _)| **place < to)).collect();
        let is_last = to >= file.all_rows();
        let now = service.clock.now();
        let number = |count: usize| u32::try_from(count).unwrap_or(u32::MAX);
        let mut tx = service.store.begin().await?;
        if !tx.move_invitation_batch(batch.id, number(from), number(to)).await? {
            return Ok(());
        }
        let mut passed_over = number(to - from - people.len());
        let (by, organisation_id) = (batch.account_id, organisation.id);
        // Before the limits of addresses, in which order whoever invites one person takes both.
        tx.lock_roster(organisation_id).await?;
        for (_, row) in people {
            if !may_send(service, &mut tx, organisation_id, row.email.as_str(), now).await? {
                passed_over += 1;
                continue;
            }
            let id = vault::new_id(now, service.random.as_ref());
            let new = NewInvitation { id, organisation: organisation_id, row, batch: Some(batch.id), by };
            if tx.invite(new, now).await? != Invited::Done {
                // Somebody has invited them since the file was read.
                passed_over += 1;
                continue;
            }
            tx.audit(Event::PersonInvited { organisation: organisation_id, invitation: id, by }, now);
            write(service, &mut tx, &organisation, row.email.as_str(), now).await?;
        }
        if passed_over > 0 {
            tx.pass_over_invitations(batch.id, passed_over).await?;
        }
        if is_last {
            tx.finish_invitation_batch(batch.id, now).await?;
        }
        tx.commit().await?;
        service.written.notify_one();
        if is_last {
            return Ok(());
        }
        from = to;
    }
    Ok(())
}

/// Looks every two seconds for files whose people are to be invited, until `stop`.
pub async fn run(service: Service, stop: CancellationToken) {
    let mut rounds = Rounds::every(LOOK_EVERY, stop.clone());
    while rounds.next().await {
        if let Err(error) = work(&service, &stop).await {
            tracing::error!(%error, "invitations cannot be written");
        }
    }
}
