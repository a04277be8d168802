//! What the staff passports of a trust amount to on a local day: counts alone, and nothing of any person.

use super::{
    CredentialFamily, CredentialKind, CredentialMoments, CredentialState, CredentialType, InvitationState,
    PassportStanding, Progress, RejectReason, named,
};
use crate::days;
use jiff::civil::Date;
use serde::{Deserialize, Serialize};
use std::collections::BTreeMap;

/// What runs out is counted for so many days ahead, today included.
pub const ENDING_WITHIN_DAYS: [u32; 3] = [30, 60, 90];
/// Invitations are counted that have waited up to so many days, up to so many, and longer.
pub const WAITED_DAYS: [u32; 2] = [7, 30];

named! {
    /// What a trust has said of a credential that was shared with it.
    SharedVerdict {
        /// Nothing yet.
        Waits = "waits";
        /// It has taken it.
        Accepted = "accepted";
        /// It had taken it, and put it away.
        Archived = "archived";
        /// It has not taken it.
        Rejected = "rejected";
    }
}

/// How far the people of a job role have come.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct JobRoleCounts {
    /// What people call it.
    pub name: String,
    /// How many people have it.
    pub people: u64,
    /// Of how many all is there.
    pub active: u64,
    /// Of how many the rest was bypassed.
    pub bypassed: u64,
    /// Of how many something is missing.
    pub pending: u64,
    /// How many of the required credentials are there, of all these people together.
    pub completed: u64,
    /// How many are required.
    pub required: u64,
}

/// How the credentials of a type stand.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct TypeCounts {
    /// How many stand so, by the name of the [`CredentialState`]: archived ones as such, also once they have run out.
    states: BTreeMap<String, u64>,
    /// How many people hold that run out within so many days: see [`ENDING_WITHIN_DAYS`].
    pub ending: [u64; 3],
    /// The same of the longest of these, by the first day of the month of their last one.
    months: BTreeMap<Date, u64>,
}

impl TypeCounts {
    /// How many stand so.
    pub fn in_state(&self, state: CredentialState) -> u64 {
        self.states.get(state.as_str()).copied().unwrap_or(0)
    }

    /// How many have their last day in this month, within the longest of [`ENDING_WITHIN_DAYS`].
    pub fn in_month(&self, first: Date) -> u64 {
        self.months.get(&first).copied().unwrap_or(0)
    }

    /// How many run out within the longest of [`ENDING_WITHIN_DAYS`].
    pub fn ends(&self) -> bool {
        !self.months.is_empty()
    }
}

/// How long invitations of a standing have waited.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct InvitationCounts {
    /// How many there are.
    pub count: u64,
    /// How many of them were sent up to so many days ago, up to so many, and longer: see [`WAITED_DAYS`].
    pub waited: [u64; 3],
    /// Days since the first of them was sent.
    pub longest: u32,
}

/// What became of rejections.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct RejectionCounts {
    /// How many nobody has resolved.
    pub open: u64,
    /// How many were resolved, by the days that it took.
    days: BTreeMap<u32, u64>,
}

impl RejectionCounts {
    /// How many were resolved.
    pub fn resolved(&self) -> u64 {
        self.days.values().sum()
    }

    /// The median of the days until they were resolved, in halves of a day: of an even number, between the two in the middle.
    pub fn median_in_halves(&self) -> Option<u32> {
        let resolved = self.resolved();
        let last = resolved.checked_sub(1)?;
        Some(self.at(last / 2)?.saturating_add(self.at(resolved / 2)?))
    }

    /// How many days the one at this place took, from 0, the quickest first.
    fn at(&self, place: u64) -> Option<u32> {
        let mut passed = 0;
        self.days.iter().find_map(|(days, count)| {
            passed += count;
            (place < passed).then_some(*days)
        })
    }

    fn add(&mut self, other: &Self) {
        self.open += other.open;
        for (days, count) in &other.days {
            *self.days.entry(*days).or_default() += count;
        }
    }
}

/// What a trust has said of what was shared with it.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct SharedCounts {
    /// By the name of the [`SharedVerdict`].
    verdicts: BTreeMap<String, u64>,
    /// Those that were rejected, by the name of the [`RejectReason`].
    reasons: BTreeMap<String, u64>,
}

impl SharedCounts {
    /// Of how many it has said this.
    pub fn of(&self, verdict: SharedVerdict) -> u64 {
        self.verdicts.get(verdict.as_str()).copied().unwrap_or(0)
    }

    /// How many it has rejected for this reason.
    pub fn rejected(&self, reason: RejectReason) -> u64 {
        self.reasons.get(reason.as_str()).copied().unwrap_or(0)
    }

    fn add(&mut self, other: &Self) {
        for (mine, others) in [(&mut self.verdicts, &other.verdicts), (&mut self.reasons, &other.reasons)] {
            for (name, count) in others {
                *mine.entry(name.clone()).or_default() += count;
            }
        }
    }
}

/// What the staff passports of a trust amount to.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Report {
    /// The local day.
    pub day: Date,
    /// By job role, in the order in which these are listed.
    pub job_roles: Vec<JobRoleCounts>,
    /// People to whom something was provided and who have no job role.
    pub without_job_role: u64,
    /// By the code of the type.
    types: BTreeMap<String, TypeCounts>,
    /// By the name of the [`InvitationState`].
    invitations: BTreeMap<String, InvitationCounts>,
    /// By the names of the [`CredentialFamily`] and the [`RejectReason`].
    rejections: BTreeMap<String, BTreeMap<String, RejectionCounts>>,
    /// By the name of the [`CredentialFamily`].
    shared: BTreeMap<String, SharedCounts>,
}

impl Report {
    /// Nothing is counted yet; `job_roles` are their names.
    pub fn on(day: Date, job_roles: impl IntoIterator<Item = String>) -> Self {
        let job_roles = job_roles.into_iter().map(|name| JobRoleCounts { name, ..JobRoleCounts::default() });
        Self {
            day,
            job_roles: job_roles.collect(),
            without_job_role: 0,
            types: BTreeMap::new(),
            invitations: BTreeMap::new(),
            rejections: BTreeMap::new(),
            shared: BTreeMap::new(),
        }
    }

    /// Counts somebody's passport against the job role at this place among the trust's.
    pub fn count_passport(&mut self, job_role: usize, progress: &Progress, bypassed: &[CredentialType]) {
        let Some(counts) = self.job_roles.get_mut(job_role) else { return };
        let number = |of: &[CredentialType]| u64::try_from(of.len()).unwrap_or(u64::MAX);
        counts.people += 1;
        counts.completed += number(&progress.completed);
        counts.required += number(&progress.completed) + number(&progress.missing);
        match progress.standing(bypassed) {
            PassportStanding::Active => counts.active += 1,
            PassportStanding::Bypassed => counts.bypassed += 1,
            PassportStanding::Pending | PassportStanding::NoJobRole => counts.pending += 1,
        }
    }

    /// Counts a credential that the trust provided.
    pub fn count_credential(&mut self, kind: CredentialKind, variant: &str, moments: &CredentialMoments) {
        let code = if variant.is_empty() { kind.as_str() } else { variant };
        // An entry of a map wants a text of its own, which hardly any of millions needs.
        if !self.types.contains_key(code) {
            self.types.insert(code.to_owned(), TypeCounts::default());
        }
        let Some(counts) = self.types.get_mut(code) else { return };
        let state = CredentialState::listed_on(self.day, moments);
        if let Some(count) = counts.states.get_mut(state.as_str()) {
            *count += 1;
        } else {
            counts.states.insert(state.as_str().to_owned(), 1);
        }
        let Some(last) = moments.valid_until.filter(|_| state == CredentialState::Accepted) else { return };
        let mut is_near = false;
        for (count, within) in counts.ending.iter_mut().zip(ENDING_WITHIN_DAYS) {
            if last <= days::after(self.day, within) {
                *count += 1;
                is_near = true;
            }
        }
        if is_near {
            *counts.months.entry(last.first_of_month()).or_default() += 1;
        }
    }

    /// Counts a rejection, with the local days on which it came and was resolved.
    pub fn count_rejection(
        &mut self,
        kind: CredentialKind,
        reason: RejectReason,
        (rejected, resolved): (Date, Option<Date>),
    ) {
        let reasons = self.rejections.entry(kind.family().as_str().to_owned()).or_default();
        let counts = reasons.entry(reason.as_str().to_owned()).or_default();
        match resolved {
            None => counts.open += 1,
            Some(resolved) => *counts.days.entry(days_between(rejected, resolved)).or_default() += 1,
        }
    }

    /// Counts an invitation that was first sent on this local day.
    pub fn count_invitation(&mut self, state: InvitationState, invited: Date) {
        let waited = days_between(invited, self.day);
        let counts = self.invitations.entry(state.as_str().to_owned()).or_default();
        let [short, middle, long] = &mut counts.waited;
        let [few, some] = WAITED_DAYS;
        counts.count += 1;
        counts.longest = counts.longest.max(waited);
        *match waited {
            days if days <= few => short,
            days if days <= some => middle,
            _ => long,
        } += 1;
    }

    /// Counts so many credentials of a kind that were shared with the trust; `reason` is why they were rejected.
    pub fn count_shared(
        &mut self,
        kind: CredentialKind,
        (verdict, reason): (SharedVerdict, Option<RejectReason>),
        count: u64,
    ) {
        let counts = self.shared.entry(kind.family().as_str().to_owned()).or_default();
        *counts.verdicts.entry(verdict.as_str().to_owned()).or_default() += count;
        if let Some(reason) = reason {
            *counts.reasons.entry(reason.as_str().to_owned()).or_default() += count;
        }
    }

    /// The types of these families of which there is a credential, in the order in which types are shown.
    pub fn types(&self, families: &[CredentialFamily]) -> Vec<(CredentialType, &TypeCounts)> {
        let theirs = CredentialType::all().filter(|each| families.contains(&each.kind.family()));
        theirs.filter_map(|each| Some((each, self.types.get(each.code())?))).collect()
    }

    /// The first days of the months into which the longest of [`ENDING_WITHIN_DAYS`] reaches.
    pub fn months(&self) -> Vec<Date> {
        let [.., longest] = ENDING_WITHIN_DAYS;
        let mut months: Vec<_> =
            (0..=longest).map(|ahead| days::after(self.day, ahead).first_of_month()).collect();
        months.dedup();
        months
    }

    /// Invitations that stand so.
    pub fn invitations(&self, state: InvitationState) -> InvitationCounts {
        self.invitations.get(state.as_str()).cloned().unwrap_or_default()
    }

    /// What became of rejections of these families for this reason.
    pub fn rejections(&self, families: &[CredentialFamily], reason: RejectReason) -> RejectionCounts {
        let mut all = RejectionCounts::default();
        for family in families {
            let theirs = self.rejections.get(family.as_str());
            if let Some(counts) = theirs.and_then(|reasons| reasons.get(reason.as_str())) {
                all.add(counts);
            }
        }
        all
    }

    /// What the trust has said of shared credentials of these families.
    pub fn shared(&self, families: &[CredentialFamily]) -> SharedCounts {
        let mut all = SharedCounts::default();
        for counts in families.iter().filter_map(|family| self.shared.get(family.as_str())) {
            all.add(counts);
        }
        all
    }
}

/// Whole days from one to another; none where the other is before.
fn days_between(from: Date, to: Date) -> u32 {
    u32::try_from(days::between(from, to)).unwrap_or(0)
}

#[cfg(test)]
mod tests {
    use super::*;
    use jiff::Timestamp;
    use jiff::civil::date;

    const TODAY: Date = date(2026, 11, 22);

    fn kind(name: &str) -> CredentialKind {
        CredentialKind::parse(name).unwrap()
    }

    fn held_until(last: Date) -> CredentialMoments {
        CredentialMoments {
            accepted_at: Some(Timestamp::UNIX_EPOCH),
            valid_until: Some(last),
            ..CredentialMoments::default()
        }
    }

    #[test]
    fn what_runs_out_counts_from_today_to_the_last_of_so_many_days() {
        for (ahead, expected) in [
            (-1, [0, 0, 0]),
            (0, [1, 1, 1]),
            (30, [1, 1, 1]),
            (31, [0, 1, 1]),
            (60, [0, 1, 1]),
            (61, [0, 0, 1]),
            (90, [0, 0, 1]),
            (91, [0, 0, 0]),
        ] {
            let mut report = Report::on(TODAY, []);
            let last = TODAY.checked_add(jiff::Span::new().days(ahead)).unwrap();
            report.count_credential(kind("core-skill"), "fire-safety", &held_until(last));
            let types = report.types(&[CredentialFamily::CoreSkills]);
            assert_eq!(types[0].1.ending, expected, "{ahead}");
            let in_months: u64 = report.months().into_iter().map(|month| types[0].1.in_month(month)).sum();
            assert_eq!(in_months, expected[2], "{ahead}");
            assert_eq!(types[0].1.ends(), expected[2] == 1);
        }
    }

    #[test]
    fn only_what_somebody_holds_runs_out_and_what_was_put_away_is_archived() {
        let mut report = Report::on(TODAY, []);
        let at = Some(Timestamp::UNIX_EPOCH);
        let held = held_until(TODAY);
        let waits = CredentialMoments { accepted_at: None, ..held };
        let over = held_until(date(2026, 11, 21));
        for moments in [
            held,
            waits,
            CredentialMoments { archived_at: at, ..held },
            CredentialMoments { archived_at: at, ..over },
            CredentialMoments { revoked_at: at, archived_at: at, ..over },
            over,
        ] {
            report.count_credential(kind("dbs"), "", &moments);
        }
        let types = report.types(&[CredentialFamily::EmploymentChecks]);
        let [(each, counts)] = types.as_slice() else { panic!("one type") };
        assert_eq!((each.code(), counts.ending), ("dbs", [1, 1, 1]));
        for (state, count) in [
            (CredentialState::Accepted, 1),
            (CredentialState::ToReview, 1),
            (CredentialState::Archived, 2),
            (CredentialState::Revoked, 1),
            (CredentialState::Expired, 1),
            (CredentialState::Rejected, 0),
        ] {
            assert_eq!(counts.in_state(state), count, "{state:?}");
        }
        assert!(report.types(&[CredentialFamily::CoreSkills]).is_empty());
    }

    #[test]
    fn the_months_ahead_are_all_named_once() {
        let first = |year, month| date(year, month, 1);
        let months = Report::on(TODAY, []).months();
        assert_eq!(months, [first(2026, 11), first(2026, 12), first(2027, 1), first(2027, 2)]);
        let months = Report::on(date(2026, 12, 2), []).months();
        assert_eq!(months, [first(2026, 12), first(2027, 1), first(2027, 2), first(2027, 3)]);
    }

    #[test]
    fn invitations_wait_from_the_day_on_which_they_were_sent() {
        let mut report = Report::on(TODAY, []);
        for days in [0, 7, 8, 30, 31, 400] {
            report.count_invitation(InvitationState::Sent, days::before(TODAY, days));
        }
        let counts = report.invitations(InvitationState::Sent);
        assert_eq!((counts.count, counts.waited, counts.longest), (6, [2, 2, 2], 400));
        assert_eq!(report.invitations(InvitationState::Declined), InvitationCounts::default());
    }

    #[test]
    fn the_median_is_the_one_in_the_middle_or_between_the_two() {
        let median = |took: &[u32]| {
            let mut report = Report::on(TODAY, []);
            for days in took {
                let resolved = Some(days::after(TODAY, *days));
                report.count_rejection(kind("dbs"), RejectReason::Incorrect, (TODAY, resolved));
            }
            report.count_rejection(kind("dbs"), RejectReason::Incorrect, (TODAY, None));
            let counts = report.rejections(CredentialFamily::ALL, RejectReason::Incorrect);
            assert_eq!((counts.open, counts.resolved()), (1, took.len() as u64));
            counts.median_in_halves()
        };
        assert_eq!(median(&[]), None);
        assert_eq!(median(&[0]), Some(0));
        assert_eq!(median(&[9, 1, 4]), Some(8));
        assert_eq!(median(&[1, 4, 4, 9]), Some(8));
        assert_eq!(median(&[1, 2]), Some(3));
    }

    #[test]
    fn areas_add_up_and_are_told_apart() {
        let mut report = Report::on(TODAY, []);
        let (skill, check) = (kind("core-skill"), kind("dbs"));
        let not_wanted = (SharedVerdict::Rejected, Some(RejectReason::NotWanted));
        report.count_shared(skill, (SharedVerdict::Accepted, None), 3);
        report.count_shared(check, (SharedVerdict::Accepted, None), 4);
        report.count_shared(check, not_wanted, 2);
        report.count_rejection(skill, RejectReason::Duplicate, (TODAY, None));
        report.count_rejection(check, RejectReason::Duplicate, (TODAY, None));
        let all = report.shared(CredentialFamily::ALL);
        assert_eq!(all.of(SharedVerdict::Accepted), 7);
        assert_eq!((all.of(SharedVerdict::Rejected), all.rejected(RejectReason::NotWanted)), (2, 2));
        assert_eq!(report.shared(&[CredentialFamily::CoreSkills]).of(SharedVerdict::Accepted), 3);
        assert_eq!(report.rejections(CredentialFamily::ALL, RejectReason::Duplicate).open, 2);
        let of_skills = report.rejections(&[CredentialFamily::CoreSkills], RejectReason::Duplicate);
        assert_eq!(of_skills.open, 1);
        assert_eq!(report.rejections(&[], RejectReason::Duplicate), RejectionCounts::default());
    }

    #[test]
    fn people_of_a_job_role_count_with_how_far_they_have_come() {
        let types = |codes: &[&str]| -> Vec<_> {
            codes.iter().map(|code| CredentialType::parse(code).unwrap()).collect()
        };
        let mut report = Report::on(TODAY, ["Porter".to_owned()]);
        let required = types(&["dbs", "identity"]);
        let held = [(kind("dbs"), "")];
        let some = Progress::of(required.clone(), held);
        let all = Progress::of(required, [(kind("dbs"), ""), (kind("identity"), "")]);
        report.count_passport(0, &some, &[]);
        report.count_passport(0, &some, &types(&["identity"]));
        report.count_passport(0, &all, &[]);
        report.count_passport(1, &all, &[]);
        let expected = JobRoleCounts {
            name: "Porter".to_owned(),
            people: 3,
            active: 1,
            bypassed: 1,
            pending: 1,
            completed: 4,
            required: 6,
        };
        assert_eq!(report.job_roles, [expected]);
    }

    #[test]
    fn a_report_is_read_as_it_is_written() {
        let mut report = Report::on(TODAY, ["Porter".to_owned()]);
        report.count_credential(kind("core-skill"), "fire-safety", &held_until(TODAY));
        report.count_invitation(InvitationState::Sent, TODAY);
        report.count_rejection(kind("dbs"), RejectReason::Other, (TODAY, Some(TODAY)));
        report.count_shared(kind("dbs"), (SharedVerdict::Waits, None), 1);
        let written = serde_json::to_string(&report).unwrap();
        assert_eq!(serde_json::from_str::<Report>(&written).unwrap(), report);
    }
}
