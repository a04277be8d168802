//! Before anything is written: whose record it is, whether it can be provided, and whether it says anything new.

use super::Pull;
use super::pulled::{Count, Pulled};
use super::write::{Change, Changed};
use crate::Refusal;
use crate::password_check::user_name;
use rules::passport::{Provided, ProvidedProblem, sent_by_row};
use staff_records::{Person, Place, Record, Said, Told};
use std::collections::HashSet;
use store::account::Account;
use uuid::Uuid;

/// So many of those that were provided before are looked up at once.
const LISTED_AT_ONCE: u32 = 5_000;

/// Looks at records, and remembers which there were.
pub(super) struct Preparing<'a> {
    pull: &'a Pull<'a>,
    pub(super) count: Count,
    /// Whose records of which type there are.
    seen: HashSet<(Uuid, &'static str, &'static str)>,
    /// People of whom something is there of which nobody can tell the type, or nobody wants to.
    unclear: HashSet<Uuid>,
}

impl<'a> Preparing<'a> {
    pub(super) fn new(pull: &'a Pull<'a>) -> Self {
        Self { pull, count: Count::default(), seen: HashSet::new(), unclear: HashSet::new() }
    }

    /// What has changed for the next people.
    pub(super) async fn stretch(
        &mut self,
        told: impl Iterator<Item = Told>,
    ) -> Result<Vec<Changed>, Refusal> {
        let mut changed = Vec::new();
        for each in told {
            match each {
                Told::Wrong(wrong) => self.wrong(|| format!("{}: {}", wrong.place, wrong.what)),
                Told::Person(person) => changed.extend(self.person(person).await?),
            }
        }
        Ok(changed)
    }

    fn wrong(&mut self, what: impl FnOnce() -> String) {
        self.count.note_wrong(&self.pull.organisation.code, what);
    }

    async fn person(&mut self, person: Person) -> Result<Option<Changed>, Refusal> {
        let (store, organisation) = (&self.pull.service.store, self.pull.organisation.id);
        let found = match store.account_in_records(organisation, &user_name(&person.name)).await? {
            Some(id) => store.account(id).await?,
            None => None,
        };
        let is_disabled = found.as_ref().is_some_and(|account| account.disabled_at.is_some());
        self.unclear.extend(found.iter().filter(|_| is_disabled).map(|account| account.id));
        let provided: Vec<_> =
            person.records.iter().filter_map(|record| self.read(record, found.as_ref())).collect();
        let Some(account) = found.filter(|_| !is_disabled) else {
            self.count.without_account += provided.len() as u64;
            return Ok(None);
        };
        let kept = store.kept_records(organisation, account.id).await?;
        let mut changes = Vec::new();
        for (place, provided) in provided {
            if !self.seen.insert((account.id, provided.kind.as_str(), provided.variant)) {
                self.wrong(|| format!("{place}: another record of this person is of the same type"));
                continue;
            }
            // It was provided while it held, or never will be.
            if provided.is_over(self.pull.today) {
                self.count.run_out += 1;
                continue;
            }
            let said = self.pull.hash(account.id, &provided.says());
            let is_it = |one: &&store::staff_record::KeptRecord| {
                one.kind == provided.kind.as_str() && one.variant == provided.variant && one.said == said
            };
            match kept.iter().find(is_it) {
                // This very pull did, before it was cut off.
                Some(before) if before.pull == self.pull.puller.pull => self.count.provided += 1,
                Some(_) => self.count.unchanged += 1,
                None => changes.push(Change { provided, said }),
            }
        }
        Ok((!changes.is_empty()).then_some(Changed { account, changes }))
    }

    /// Reads a record. What is wrong is named whether or not its person has an account.
    fn read<'r>(&mut self, record: &'r Record, account: Option<&Account>) -> Option<(&'r Place, Provided)> {
        let read = match &record.said {
            Said::Json(json) => Provided::read_one(json, self.pull.today),
            Said::Cells(cells) => {
                let cells = cells.iter().map(|(column, cell)| (&**column, cell.as_str()));
                Provided::read_one(&sent_by_row(cells), self.pull.today)
            }
        };
        match read {
            Ok(provided) => Some((&record.place, provided)),
            Err(problems) => {
                self.unclear.extend(account.map(|account| account.id));
                let one = |problem: &ProvidedProblem| {
                    format!("{}: {}", record.place.within(&problem.pointer), problem.what)
                };
                self.wrong(|| problems.iter().map(one).collect::<Vec<_>>().join("; "));
                None
            }
        }
    }

    /// All was read: what was provided once and was not among it has vanished.
    pub(super) async fn ended(mut self) -> Result<Pulled, Refusal> {
        let (store, organisation) = (&self.pull.service.store, self.pull.organisation.id);
        let mut last = None;
        loop {
            let mut listed = store.records_listed(organisation, last.as_ref(), LISTED_AT_ONCE).await?;
            for one in &listed {
                let is_there = self.seen.contains(&(one.account, one.kind.as_str(), one.variant.as_str()));
                if !is_there && !self.unclear.contains(&one.account) {
                    self.count.note_vanished(one.credential);
                }
            }
            last = listed.pop();
            if last.is_none() {
                return Ok(self.count);
            }
        }
    }
}
