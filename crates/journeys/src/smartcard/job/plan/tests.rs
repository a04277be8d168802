//! What is ordered of which facts; and that every plan ends well, however often it is cut off.

use super::super::facts::{Certificate, Pair, Run, Seen};
use super::model::{Asked, Cut, Model};
use super::*;
use proptest::prelude::*;
use std::collections::BTreeMap;
use uuid::Uuid;

const KINDS: [JobKind; 6] =
    [JobKind::Read, JobKind::SetPasscodes, JobKind::Unblock, JobKind::Renew, JobKind::Issue, JobKind::Wipe];

const NOW: i64 = 1_795_341_600;

const LOOK: &str = "connect read-guid ask-witness prove-card";

fn asked(kind: JobKind, moves: bool) -> Asked {
    Asked { kind, moves, typed: true, ahead: 0, leftovers: false }
}

#[test]
fn a_job_that_nothing_cuts_off_has_these_orders() {
    let history = "blind finish-history";
    let beside = "generate-signature request-signature issue prove-waiting-signature \
        generate-authentication request-authentication issue prove-waiting-authentication \
        make-room-signature put-aside-signature move-signature write-signature prove-signature \
        make-room-authentication put-aside-authentication move-authentication write-authentication prove-authentication \
        erase-old-signature erase-old-authentication";
    let in_place = "generate-signature request-signature issue write-signature prove-signature \
        generate-authentication request-authentication issue write-authentication prove-authentication";
    for (kind, moves, orders) in [
        (JobKind::Read, false, "read-tries".to_owned()),
        (JobKind::SetPasscodes, false, format!("verify {history} change")),
        (JobKind::Unblock, false, format!("{history} unblock")),
        (JobKind::Renew, true, format!("verify read-version {beside}")),
        (JobKind::Renew, false, format!("verify read-version {in_place}")),
        (JobKind::Issue, true, format!("{history} unblock verify-new read-version {beside}")),
        (JobKind::Issue, false, format!("{history} unblock verify-new read-version {in_place}")),
        (JobKind::Wipe, false, "wipe-signature wipe-authentication".to_owned()),
    ] {
        let mut model = Model::of(asked(kind, moves));
        model.follows(&BTreeMap::new(), |_| {}).unwrap();
        let expected = format!("{LOOK} {orders}");
        assert_eq!(model.ordered, expected.split_whitespace().collect::<Vec<_>>(), "{kind:?} {moves}");
    }
}

/// A card that was found, has proved to be the one, and whose owner has proved to be there.
fn found() -> Run {
    Run { connected: true, guid: Some(Hex(vec![1; 16])), proved: true, verified: true, ..Run::default() }
}

fn certified() -> Pair {
    let certificate = Some(Certificate { id: Uuid::nil(), der: Hex(vec![1]) });
    Pair {
        key: Some(Hex(vec![4; 65])),
        request_signature: Some(Hex(vec![0x30])),
        certificate,
        ..Pair::default()
    }
}

/// What comes next, in the words of the journal.
fn next(kind: JobKind, facts: &Facts, has_new: bool) -> String {
    let plain = Plain { new: true, ..Plain::default() };
    let given =
        Given { kind, plain: &plain, has_new, has_card: true, unblocking: 4, fresh: &[7; 32], now: NOW };
    match plan(facts, given) {
        Decision::Give(step) => step.name().to_owned(),
        other => format!("{other:?}"),
    }
}

#[test]
fn a_renewal_goes_on_from_what_is_true() {
    let moving = |seen: Seen| {
        let signature = Pair { has_room: true, moving: true, ..certified() };
        let authentication = certified();
        let waits = Seen { waits: true, ..Seen::default() };
        let run = Run { moves_keys: Some(true), signature: seen, authentication: waits, ..found() };
        Facts { signature, authentication, run, ..Facts::default() }
    };
    let plain = |signature: Pair, seen: Seen| {
        let run = Run { moves_keys: Some(false), signature: seen, ..found() };
        Facts { signature, run, ..Facts::default() }
    };
    let (seen, written) = (Seen::default(), Seen { written: true, ..Seen::default() });
    let proved = Seen { proved: true, ..written.clone() };
    let requested = Pair { certificate: None, ..certified() };
    let made = Pair { request_signature: None, ..requested.clone() };
    for (facts, expected) in [
        // A key that was made is not made again, a request that was signed not signed again.
        (plain(Pair::default(), seen.clone()), "generate-signature"),
        (plain(made, seen.clone()), "request-signature"),
        (plain(requested, seen.clone()), "Issue(Signature)"),
        // What another run has written is written and proved once more.
        (plain(certified(), seen.clone()), "write-signature"),
        (plain(certified(), written), "prove-signature"),
        (plain(certified(), proved), "generate-authentication"),
        // Whether a key was moved is asked of the card: first in its place, then where it waited.
        (moving(seen.clone()), "prove-signature"),
        (moving(Seen { not_in_place: true, ..seen.clone() }), "prove-waiting-signature"),
        (moving(Seen { not_in_place: true, waits: true, ..seen.clone() }), "put-aside-signature"),
        (moving(Seen { not_in_place: true, waits: true, put_aside: true, ..seen.clone() }), "move-signature"),
    ] {
        assert_eq!(next(JobKind::Renew, &facts, true), expected, "{facts:#?}");
    }
    let mut moved = moving(seen);
    moved.signature.moved = true;
    assert_eq!(next(JobKind::Renew, &moved, true), "write-signature");
}

#[test]
fn an_authority_that_takes_its_time_is_asked_again_when_it_said_to_be() {
    let waits = |again| Some(super::super::facts::Waits { about: "7".to_owned(), again });
    let waiting = |again, moves| {
        let signature = Pair { certificate: None, waits: waits(again), ..certified() };
        Facts { signature, run: Run { moves_keys: Some(moves), ..found() }, ..Facts::default() }
    };
    // Where the old keys stay, the other key is made meanwhile; where they do not, what signs in is left alone.
    assert_eq!(next(JobKind::Renew, &waiting(NOW + 1, true), true), "generate-authentication");
    assert_eq!(next(JobKind::Renew, &waiting(NOW + 1, false), true), "Stop(AuthorityDecides)");
    for moves in [true, false] {
        assert_eq!(next(JobKind::Renew, &waiting(NOW, moves), true), "Issue(Signature)");
    }
    let mut both = waiting(NOW + 1, true);
    both.authentication = Pair { certificate: None, waits: waits(NOW + 5), ..certified() };
    assert_eq!(next(JobKind::Renew, &both, true), "Stop(AuthorityDecides)");
    assert_eq!(both.asks_again(), Some(NOW + 1));
}

#[test]
fn a_change_of_which_nobody_heard_is_asked_about_before_it_is_made_again() {
    let passcode = super::super::facts::Passcode { changing: true, ..Default::default() };
    let unsure = Facts { passcode, run: Run { verified: false, ..found() }, ..Facts::default() };
    assert_eq!(next(JobKind::SetPasscodes, &unsure, true), "verify-new");
    // What was typed is erased: whichever passcode the person gives is right.
    assert_eq!(next(JobKind::SetPasscodes, &unsure, false), "verify");
    let mut tried = unsure.clone();
    tried.run.tried_new = true;
    assert_eq!(next(JobKind::SetPasscodes, &tried, true), "verify");
}

#[test]
fn a_run_stops_where_it_leads_nowhere() {
    let mut facts = Facts { run: found(), ..Facts::default() };
    facts.run.gone = GONE_AT_MOST + 1;
    assert_eq!(next(JobKind::Renew, &facts, true), "Stop(CardGone)");
    facts.run.trouble = Some(Trouble::WrongCard);
    assert_eq!(next(JobKind::Renew, &facts, true), "Stop(WrongCard)");
    let mut facts = Facts { run: found(), ..Facts::default() };
    facts.passcode.output = Some(Hex(vec![9; 32]));
    facts.run.compared = true;
    facts.unblocking.wrong = 1;
    assert_eq!(next(JobKind::Unblock, &facts, true), "unblock");
    facts.run.wrong_keys = WRONG_KEYS_AT_MOST;
    assert_eq!(next(JobKind::Unblock, &facts, true), "Stop(UnblockingKey)");
}

/// At every moment one of the two keys works with its certificate, and the one that signs in is touched last. On cards that move keys
/// the old ones stay until both new ones have signed.
fn keeps_a_way_back(model: &Model, asked: Asked) {
    if asked.kind != JobKind::Renew {
        return;
    }
    let [signature, authentication] = Which::BOTH.map(|which| model.works(which));
    let words = &model.ordered;
    assert!(signature || authentication, "{asked:?} {words:?}");
    assert!(authentication || model.is_renewed(Which::Signature), "{asked:?} {words:?}");
    let seen = |which| model.facts.seen(which);
    let both = Which::BOTH.into_iter().all(|which| seen(which).proved || seen(which).old_erased);
    let erased = words.iter().any(|word| word.starts_with("erase-old"));
    if asked.moves && !both && !erased {
        assert!(Which::BOTH.into_iter().all(|which| model.has_old(which)), "{asked:?} {words:?}");
    }
}

/// Follows a plan with these orders cut off, and looks whether it came to what was asked.
fn ends_well(asked: Asked, cuts: &BTreeMap<usize, Cut>) -> Model {
    let mut model = Model::of(asked);
    let ended = model.follows(cuts, |model| keeps_a_way_back(model, asked));
    assert_eq!(ended, Ok(()), "{asked:?} {cuts:?} {:?}", model.ordered);
    let words = || format!("{asked:?} {cuts:?} {:?} {:#?}", model.ordered, model.facts);
    match asked.kind {
        JobKind::Read => {}
        JobKind::SetPasscodes => assert!(model.has_new_passcode(), "{}", words()),
        JobKind::Unblock => assert!(model.has_new_passcode() && model.knows_unblocking_key(), "{}", words()),
        JobKind::Wipe => assert!(Which::BOTH.into_iter().all(|which| model.is_wiped(which)), "{}", words()),
        JobKind::Renew | JobKind::Issue => {
            for which in Which::BOTH {
                assert!(model.is_renewed(which) && model.facts.seen(which).proved, "{}", words());
            }
            if asked.kind == JobKind::Issue {
                assert!(model.has_new_passcode() && model.knows_unblocking_key(), "{}", words());
            }
        }
    }
    assert!(model.tries() >= 2, "{}", words());
    assert!(model.facts.orphans.is_empty(), "no certificate came to nothing: {}", words());
    model
}

#[test]
fn every_plan_that_is_cut_off_once_ends_well() {
    for kind in KINDS {
        for moves in [true, false] {
            let orders = ends_well(asked(kind, moves), &BTreeMap::new()).orders();
            for (at, cut) in (0..orders).flat_map(|at| Cut::ALL.map(|cut| (at, cut))) {
                ends_well(asked(kind, moves), &BTreeMap::from([(at, cut)]));
            }
        }
    }
}

fn any_cut() -> impl Strategy<Value = Cut> {
    proptest::sample::select(Cut::ALL.to_vec())
}

fn any_asked() -> impl Strategy<Value = Asked> {
    let kind = proptest::sample::select(KINDS.to_vec());
    (kind, any::<bool>(), any::<bool>(), 0..=1_u32, any::<bool>()).prop_map(
        |(kind, moves, typed, ahead, leftovers)| {
            // The database may be behind by an unblocking of which nobody heard.
            Asked { kind, moves, typed, ahead, leftovers }
        },
    )
}

proptest! {
    #![proptest_config(ProptestConfig { failure_persistence: None, ..ProptestConfig::default() })]
    #[test]
    fn every_plan_that_is_cut_off_again_and_again_ends_well(
        asked in any_asked(),
        cuts in proptest::collection::btree_map(0..60_usize, any_cut(), 0..6),
    ) {
        // Three wrong unblocking keys of which nobody heard would block the card: a card counts what it is asked.
        let mut cuts = cuts;
        let unblocks = matches!(asked.kind, JobKind::Unblock | JobKind::Issue);
        while unblocks && cuts.len() + asked.ahead as usize > 2 {
            cuts.pop_last();
        }
        ends_well(asked, &cuts);
    }
}
