//! What is left behind by jobs that came to nothing, and how long traces stay.

use super::reminders::{DAY, new_id, people_with_cards};
use crate::database::{Kind, PostgreSql, Sqlite};
use crate::ward::Ward;
use jiff::SignedDuration;
use rstest::rstest;
use store::card_job_turn::NewCardJob;
use store::smartcard_certificate::{CardCertificate, CertificateSlot, NewCardCertificate};
use testkit::crowd::OneOfMany;
use uuid::Uuid;

/// A job of a card that is under way.
async fn job(ward: &Ward, (person, card): &(OneOfMany, Uuid)) -> Uuid {
    let now = ward.clock.now();
    let id = new_id(now);
    let organisation_id = ward.store().smartcard(*card).await.unwrap().unwrap().organisation_id;
    let mut tx = ward.store().begin().await.unwrap();
    let new = NewCardJob {
        id,
        organisation_id,
        smartcard_id: Some(*card),
        kind: "renew",
        started_by: person.id,
        account_id: Some(person.id),
        act_id: None,
        request: "{}",
        typed: None,
        held: None,
        facts: "{}",
        progress: "creating-card",
        ticket_expires_at: now,
    };
    assert!(tx.add_card_job(new, now).await.unwrap());
    tx.commit().await.unwrap();
    id
}

/// A certificate that was just issued in a job, and that nobody has proved.
async fn certificate(ward: &Ward, (person, card): &(OneOfMany, Uuid), job_id: Uuid) -> Uuid {
    let now = ward.clock.now();
    let id = new_id(now);
    let mut tx = ward.store().begin().await.unwrap();
    let new = NewCardCertificate {
        id,
        smartcard_id: *card,
        account_id: person.id,
        slot: CertificateSlot::Signature,
        serial: id.as_bytes(),
        der: b"a certificate",
        not_before: now,
        not_after: now + DAY * 700,
        job_id,
    };
    tx.add_card_certificate(new, now).await.unwrap();
    tx.commit().await.unwrap();
    id
}

async fn kept(ward: &Ward, card: Uuid, id: Uuid) -> CardCertificate {
    let all = ward.store().card_certificates(card).await.unwrap();
    all.into_iter().find(|kept| kept.id == id).unwrap()
}

#[rstest]
#[tokio::test]
async fn a_certificate_that_no_card_proved_is_revoked_when_its_job_is_gone(
    #[values(Sqlite, PostgreSql)] kind: Kind,
) {
    let ward = Ward::new(kind).await;
    let people = people_with_cards(&ward, 2).await;
    let gone = certificate(&ward, &people[0], new_id(ward.clock.now())).await;
    let under_way = job(&ward, &people[1]).await;
    let waits = certificate(&ward, &people[1], under_way).await;
    ward.housekeeping().await;
    assert!(kept(&ward, people[0].1, gone).await.revoked_at.is_none(), "it was issued just now");
    ward.clock.advance(SignedDuration::from_hours(2));
    ward.housekeeping().await;
    let gone = kept(&ward, people[0].1, gone).await;
    assert_eq!(gone.revoked_for.as_deref(), Some("never-proved"));
    assert!(kept(&ward, people[1].1, waits).await.revoked_at.is_none(), "its job can be gone on with");
    ward.clock.advance(DAY);
    ward.housekeeping().await;
    assert!(kept(&ward, people[1].1, waits).await.revoked_at.is_some(), "nobody went on for a day");
    for (_, card) in &people {
        assert_eq!(
            ward.store().current_certificates(*card).await.unwrap().len(),
            2,
            "what works is left alone"
        );
    }
    ward.housekeeping().await;
    assert_eq!(ward.db.count("audit", "event LIKE '%unproved_certificates_revoked%'").await, 2);
    ward.audit_is_whole().await;
}

#[rstest]
#[tokio::test]
async fn the_journal_of_a_job_is_erased_three_months_after_it_ended(
    #[values(Sqlite, PostgreSql)] kind: Kind,
) {
    let ward = Ward::new(kind).await;
    let people = people_with_cards(&ward, 1).await;
    let id = job(&ward, &people[0]).await;
    let mut tx = ward.store().begin().await.unwrap();
    assert!(tx.end_card_job(id, "done", None, false, ward.clock.now()).await.unwrap());
    tx.commit().await.unwrap();
    ward.clock.advance(DAY * 90 - SignedDuration::from_secs(1));
    ward.housekeeping().await;
    assert!(ward.store().card_job(id).await.unwrap().is_some());
    ward.waits(1);
    ward.housekeeping().await;
    assert!(ward.store().card_job(id).await.unwrap().is_none());
}
