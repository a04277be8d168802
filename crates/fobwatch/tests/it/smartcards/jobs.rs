//! What can be asked of a card, done by the agent's own code with a virtual card against the real router.

use super::workstation::{Held, PASSCODE, Typist};
use crate::database::Kind::{self, PostgreSql, Sqlite};
use crate::ward::Ward;
use card_jobs::Verdict;
use jiff::SignedDuration;
use journeys::Refusal;
use journeys::smartcard::job::{
    Issue, JobState, NewPasscode, Renew, Request, ServerPasscode, SetPasscodes, Trouble, Unblock, Wipe,
    cancel,
};
use rstest::rstest;
use store::server_passcode::ServerPasscodeKind;
use vcard::Firmware;

const NEW: &str = "739158";

async fn amina(ward: &Ward, firmware: Firmware) -> Held {
    let people = ward.has_people(1).await;
    ward.card_of(people[0], firmware).await
}

fn typed(passcode: &str) -> NewPasscode {
    NewPasscode::Typed(passcode.to_owned().into())
}

fn sets(new: &str) -> Request {
    Request::SetPasscodes(SetPasscodes {
        current: Some(PASSCODE.to_owned().into()),
        new: Some(typed(new)),
        ..SetPasscodes::default()
    })
}

#[rstest]
#[tokio::test]
async fn a_card_that_is_issued_holds_a_pair_that_it_has_the_keys_of(
    #[values(Sqlite, PostgreSql)] kind: Kind,
    #[values(Firmware::Moves, Firmware::Tells, Firmware::Plain)] firmware: Firmware,
) {
    let ward = Ward::new(kind).await;
    let held = amina(&ward, firmware).await;
    ward.card_holds_its_pair(&held).await;
    let card = ward.smartcard(&held).await;
    assert!(card.is_live() && !card.issued_locked);
    assert_eq!(card.passcode_set_on, Some(ward.today()));
    assert_eq!(card.unblock_generation, 1, "the unblocking key of the bureau was replaced");
    ward.audit_is_whole().await;
}

#[rstest]
#[tokio::test]
async fn certificates_name_the_country_that_the_installation_is_in(#[values(Sqlite, PostgreSql)] kind: Kind) {
    let ward = Ward::reporting(kind, |settings| settings.certificate_country = "IE".to_owned()).await;
    let held = amina(&ward, Firmware::Plain).await;
    for one in ward.pair(&held).await {
        let subject = pki::Certificate::from_der(&one.der).unwrap().subject();
        assert!(subject.contains("C=IE"), "{subject}");
    }
}

#[rstest]
#[tokio::test]
async fn a_renewal_puts_a_new_pair_on_the_card_and_revokes_the_old_one(
    #[values(Sqlite, PostgreSql)] kind: Kind,
    #[values(Firmware::Moves, Firmware::Plain)] firmware: Firmware,
) {
    let ward = Ward::new(kind).await;
    let held = amina(&ward, firmware).await;
    let before = ward.pair(&held).await;
    let id = ward.asks_to_renew(&held).await;
    assert_eq!(ward.view(&held, id).await.state, JobState::Waiting);
    let mut typist = Typist::types("nothing is asked");
    assert_eq!(ward.works(&held, id, &mut typist).await, Some(Verdict::Done));
    assert!(typist.asked.is_empty(), "the page had the passcode");
    let told = typist.told.unwrap().1;
    assert!(told.contains("certificates have been renewed and your smartcard has been updated successfully"));
    ward.card_holds_its_pair(&held).await;
    let after = ward.pair(&held).await;
    assert!(before.iter().all(|old| after.iter().all(|new| new.serial != old.serial)));
    for old in before {
        let old = ward.store().certificate_by_serial(&old.serial).await.unwrap().unwrap();
        assert_eq!(old.revoked_for.as_deref(), Some("renewed"));
    }
    assert_eq!(ward.smartcard(&held).await.renewals_used, 1);
    let view = ward.view(&held, id).await;
    assert_eq!((view.state, view.verdict, view.link), (JobState::Ended, Some(Verdict::Done), None));
    ward.audit_is_whole().await;
}

#[rstest]
#[tokio::test]
async fn a_renewal_by_the_registration_authority_starts_the_count_again(
    #[values(Sqlite, PostgreSql)] kind: Kind,
) {
    let ward = Ward::new(kind).await;
    let held = amina(&ward, Firmware::Plain).await;
    for (by_ra, used) in [(false, 1), (false, 2), (true, 0)] {
        let renew = Renew { current: None, by_ra };
        let id = ward.asks(&held, Request::Renew(renew)).await.unwrap();
        assert_eq!(ward.works(&held, id, &mut Typist::types(PASSCODE)).await, Some(Verdict::Done));
        assert_eq!(ward.smartcard(&held).await.renewals_used, used);
    }
}

#[rstest]
#[tokio::test]
async fn all_passcodes_are_set_together_or_none_is(#[values(Sqlite, PostgreSql)] kind: Kind) {
    let ward = Ward::new(kind).await;
    let held = amina(&ward, Firmware::Plain).await;
    let all = |current: &str| {
        Request::SetPasscodes(SetPasscodes {
            current: Some(current.to_owned().into()),
            new: Some(typed(NEW)),
            recovery: ServerPasscode::Set("$argon2id$recovery".to_owned().into()),
            verification: ServerPasscode::Set("$argon2id$verification".to_owned().into()),
        })
    };
    let id = ward.asks(&held, all("000000")).await.unwrap();
    let mut typist = Typist::types("111111");
    assert_eq!(ward.works(&held, id, &mut typist).await, Some(Verdict::CanResume));
    let view = ward.view(&held, id).await;
    assert_eq!((view.trouble, view.tries_left), (Some(Trouble::PasscodeWrong), Some(2)));
    for kind in ServerPasscodeKind::ALL {
        assert!(ward.store().server_passcode(held.owner, kind).await.unwrap().is_none());
    }
    let id = ward.asks(&held, all(PASSCODE)).await.unwrap();
    assert_eq!(ward.works(&held, id, &mut typist).await, Some(Verdict::Done));
    for kind in ServerPasscodeKind::ALL {
        assert!(ward.store().server_passcode(held.owner, kind).await.unwrap().is_some());
    }
    let renew = ward.asks(&held, Request::Renew(Renew::default())).await.unwrap();
    assert_eq!(ward.works(&held, renew, &mut Typist::types(NEW)).await, Some(Verdict::Done));
    let blank = SetPasscodes {
        current: Some(NEW.to_owned().into()),
        recovery: ServerPasscode::Blank,
        ..SetPasscodes::default()
    };
    let id = ward.asks(&held, Request::SetPasscodes(blank)).await.unwrap();
    assert_eq!(ward.works(&held, id, &mut typist).await, Some(Verdict::Done));
    let kept = async |kind| ward.store().server_passcode(held.owner, kind).await.unwrap().is_some();
    assert!(!kept(ServerPasscodeKind::Recovery).await && kept(ServerPasscodeKind::Verification).await);
}

#[rstest]
#[tokio::test]
async fn none_of_the_last_five_passcodes_is_taken_whether_page_or_agent_asks(
    #[values(Sqlite, PostgreSql)] kind: Kind,
) {
    let ward = Ward::new(kind).await;
    let held = amina(&ward, Firmware::Plain).await;
    let passcodes = [PASSCODE, "100001", "100002", "100003", "100004", "100005"];
    for pair in passcodes.windows(2) {
        ward.waits(3600);
        let ask = |new| {
            let current = Some(pair[0].to_owned().into());
            Request::SetPasscodes(SetPasscodes { current, new: Some(new), ..SetPasscodes::default() })
        };
        let refused = ward.asks(&held, ask(typed(PASSCODE))).await;
        assert!(matches!(refused, Err(Refusal::CardPasscodeUsed)), "{refused:?}");
        let asked = ward.asks(&held, ask(NewPasscode::Agent)).await.unwrap();
        let mut typist = Typist::types("none").and_new(PASSCODE);
        assert_eq!(ward.works(&held, asked, &mut typist).await, Some(Verdict::Refused));
        assert_eq!(ward.view(&held, asked).await.trouble, Some(Trouble::PasscodeUsed));
        let id = ward.asks(&held, ask(NewPasscode::Agent)).await.unwrap();
        let mut typist = Typist::types("none").and_new(pair[1]);
        assert_eq!(ward.works(&held, id, &mut typist).await, Some(Verdict::Done));
    }
    // The sixth before this one is forgotten.
    ward.waits(3600);
    let ask = SetPasscodes {
        current: Some("100005".to_owned().into()),
        new: Some(typed(PASSCODE)),
        ..SetPasscodes::default()
    };
    let id = ward.asks(&held, Request::SetPasscodes(ask)).await.unwrap();
    assert_eq!(ward.works(&held, id, &mut Typist::types("none")).await, Some(Verdict::Done));
}

#[rstest]
#[tokio::test]
async fn wrong_passcodes_block_the_card_which_a_new_one_opens(#[values(Sqlite, PostgreSql)] kind: Kind) {
    let ward = Ward::new(kind).await;
    let held = amina(&ward, Firmware::Plain).await;
    for left in [2, 1] {
        let id = ward
            .asks(&held, Request::Renew(Renew { current: Some("000000".to_owned().into()), by_ra: false }));
        let id = id.await.unwrap();
        assert_eq!(ward.works(&held, id, &mut Typist::types("none")).await, Some(Verdict::CanResume));
        assert_eq!(ward.smartcard(&held).await.tries_left, Some(left));
    }
    let wrong = Renew { current: Some("000000".to_owned().into()), by_ra: false };
    let id = ward.asks(&held, Request::Renew(wrong)).await.unwrap();
    let mut careful = Typist::types("none");
    assert_eq!(ward.works(&held, id, &mut careful).await, Some(Verdict::CanResume));
    assert_eq!(ward.view(&held, id).await.trouble, Some(Trouble::LastTryKept));
    ward.goes_on(&held, id).await;
    let mut careless = Typist { risks: true, ..Typist::types("000000") };
    ward.works(&held, id, &mut careless).await;
    ward.goes_on(&held, id).await;
    ward.works(&held, id, &mut careless).await;
    assert_eq!(ward.view(&held, id).await.trouble, Some(Trouble::Blocked));
    assert_eq!(ward.smartcard(&held).await.tries_left, Some(0));

    let unblock = Request::Unblock(Unblock { new: typed(NEW), how: "recovery-passcode" });
    let id = ward.asks(&held, unblock).await.unwrap();
    assert_eq!(ward.works(&held, id, &mut Typist::types("none")).await, Some(Verdict::Done));
    let card = ward.smartcard(&held).await;
    assert_eq!((card.tries_left, card.unblock_generation), (Some(3), 2));
    let id = ward.asks(&held, Request::Renew(Renew::default())).await.unwrap();
    assert_eq!(ward.works(&held, id, &mut Typist::types(NEW)).await, Some(Verdict::Done));
    ward.card_holds_its_pair(&held).await;
}

#[rstest]
#[tokio::test]
async fn the_agent_asks_for_what_was_typed_too_long_ago(#[values(Sqlite, PostgreSql)] kind: Kind) {
    let ward = Ward::new(kind).await;
    let held = amina(&ward, Firmware::Plain).await;
    let id = ward.asks(&held, sets(NEW)).await.unwrap();
    assert_eq!(ward.db.count("card_job", "typed IS NOT NULL").await, 1);
    ward.waits(601);
    ward.housekeeping().await;
    assert_eq!(ward.db.count("card_job", "typed IS NOT NULL").await, 0);
    ward.goes_on(&held, id).await;
    let mut typist = Typist::types(PASSCODE).and_new("555555");
    assert_eq!(ward.works(&held, id, &mut typist).await, Some(Verdict::Done));
    assert_eq!(typist.asked, ["current", "new"]);
}

#[rstest]
#[tokio::test]
async fn a_card_that_is_handed_over_locked_is_opened_by_its_owner(#[values(Sqlite, PostgreSql)] kind: Kind) {
    let ward = Ward::new(kind).await;
    let owner = ward.has_people(1).await[0];
    let (card, plastic) = ward.blank_card(Firmware::Moves).await;
    let held = Held { card, owner, plastic };
    let issue = Request::Issue(Issue { owner, new: None });
    let id = ward.asks(&held, issue).await.unwrap();
    assert_eq!(ward.works(&held, id, &mut Typist::types("none")).await, Some(Verdict::Done));
    let card = ward.smartcard(&held).await;
    assert!(card.issued_locked && card.passcode_set_on.is_none());
    ward.card_holds_its_pair(&held).await;
    let unblock = Request::Unblock(Unblock { new: typed(NEW), how: "registration-authority" });
    let id = ward.asks(&held, unblock).await.unwrap();
    assert_eq!(ward.works(&held, id, &mut Typist::types("none")).await, Some(Verdict::Done));
    assert!(!ward.smartcard(&held).await.issued_locked);
}

#[rstest]
#[tokio::test]
async fn a_wiped_card_has_neither_certificates_nor_the_keys_to_them_and_can_be_issued_again(
    #[values(Sqlite, PostgreSql)] kind: Kind,
) {
    let ward = Ward::new(kind).await;
    let held = amina(&ward, Firmware::Plain).await;
    let key = held.plastic.with(|card| card.public_key(piv::Slot::Authentication));
    let now = ward.clock.now();
    let mut tx = ward.store().begin().await.unwrap();
    tx.revoke_card_certificates(held.card, "other", now).await.unwrap();
    tx.commit().await.unwrap();
    let id = ward.asks(&held, Request::Wipe(Wipe { for_reuse: true })).await.unwrap();
    assert_eq!(ward.works(&held, id, &mut Typist::types("none")).await, Some(Verdict::Done));
    assert_eq!(held.plastic.certificate(piv::Slot::Authentication), None);
    assert_ne!(held.plastic.with(|card| card.public_key(piv::Slot::Authentication)), key);
    assert!(ward.smartcard(&held).await.is_blank());
    let issue = Request::Issue(Issue { owner: held.owner, new: Some(typed(NEW)) });
    let id = ward.asks(&held, issue).await.unwrap();
    assert_eq!(ward.works(&held, id, &mut Typist::types("none")).await, Some(Verdict::Done));
    ward.card_holds_its_pair(&held).await;
}

#[rstest]
#[tokio::test]
async fn reading_a_card_tells_its_tries(#[values(Sqlite, PostgreSql)] kind: Kind) {
    let ward = Ward::new(kind).await;
    let held = amina(&ward, Firmware::Tells).await;
    let id = ward.asks(&held, Request::Read).await.unwrap();
    assert_eq!(ward.works(&held, id, &mut Typist::types("none")).await, Some(Verdict::Done));
    assert_eq!(ward.smartcard(&held).await.tries_left, Some(3));
}

#[rstest]
#[tokio::test]
async fn a_job_that_nobody_goes_on_with_is_given_up_after_a_day_and_its_certificates_revoked(
    #[values(Sqlite, PostgreSql)] kind: Kind,
) {
    let ward = Ward::new(kind).await;
    let held = amina(&ward, Firmware::Plain).await;
    let before = ward.pair(&held).await;
    let id = ward.asks_to_renew(&held).await;
    let mut wire = super::workstation::Wire::to(std::slice::from_ref(&ward.node));
    // After the first certificate was issued and before it was written.
    wire.dies_at = Some(9);
    assert_eq!(ward.works_over(&mut wire, &held, id, &mut Typist::types("none")).await, None);
    assert_eq!(ward.db.count("smartcard_certificate", "proved_at IS NULL AND revoked_at IS NULL").await, 1);
    ward.clock.advance(SignedDuration::from_hours(24));
    ward.housekeeping().await;
    assert_eq!(ward.db.count("smartcard_certificate", "proved_at IS NULL AND revoked_at IS NULL").await, 0);
    assert_eq!(ward.pair(&held).await, before, "the old pair counts");
    let view = ward.view(&held, id).await;
    assert_eq!((view.state, view.trouble), (JobState::Ended, Some(Trouble::Abandoned)));
    let id = ward.asks_to_renew(&held).await;
    assert_eq!(ward.works(&held, id, &mut Typist::types("none")).await, Some(Verdict::Done));
    ward.card_holds_its_pair(&held).await;
}

#[rstest]
#[tokio::test]
async fn what_was_typed_does_not_outlive_the_job(#[values(Sqlite, PostgreSql)] kind: Kind) {
    let ward = Ward::new(kind).await;
    let held = amina(&ward, Firmware::Plain).await;
    let id = ward.asks(&held, sets(NEW)).await.unwrap();
    cancel(&ward.node.service, held.owner, id).await.unwrap();
    let id = ward.asks(&held, sets(NEW)).await.unwrap();
    assert_eq!(ward.works(&held, id, &mut Typist::types("none")).await, Some(Verdict::Done));
    assert_eq!(ward.db.count("card_job", "typed IS NOT NULL OR held IS NOT NULL").await, 0);
    assert_eq!(ward.db.count("card_job", "verdict = 'refused' AND last_order IS NOT NULL").await, 0);
}
