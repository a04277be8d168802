//! Signing in with a smartcard: questions, codes, and sessions that end with the card.

use crate::database::{
    Database, Kind,
    Kind::{PostgreSql, Sqlite},
    at_once, committed, minutes, ms, nine,
};
use crate::people::{account, session};
use rstest::rstest;
use store::Store;
use store::smartcard_certificate::{CertificateSlot, NewCardCertificate};
use store::smartcard_life::NewSmartcard;
use uuid::Uuid;

/// A card of the account's with one certificate, by its serial number.
async fn card(db: &Database, store: &Store, account: Uuid, serial: &[u8]) -> Uuid {
    let organisation_id = store.account(account).await.unwrap().unwrap().organisation_id;
    let (id, certificate, job_id) = (db.new_id(), db.new_id(), db.new_id());
    committed(store, async |tx| {
        let guid = *id.as_bytes();
        let new = NewSmartcard { id, organisation_id, guid, profile: "piv-6-8-digits", label: "NTH 1" };
        assert!(tx.add_smartcard(new, nine()).await?);
        assert!(tx.bind_smartcard(id, account, nine()).await?);
        let new = NewCardCertificate {
            id: certificate,
            smartcard_id: id,
            account_id: account,
            slot: CertificateSlot::Authentication,
            serial,
            der: b"der",
            not_before: nine(),
            not_after: nine() + minutes(600),
            job_id,
        };
        tx.add_card_certificate(new, nine()).await
    })
    .await
    .unwrap();
    id
}

/// A session that the certificate with this serial number began.
async fn session_of(db: &Database, store: &Store, account: Uuid, serial: &[u8]) -> Uuid {
    let id = db.new_id();
    committed(store, async |tx| {
        tx.add_session(session(id, id.as_bytes(), account), nine()).await?;
        tx.session_is_of_card(id, serial).await
    })
    .await
    .unwrap();
    id
}

#[rstest]
#[tokio::test]
async fn a_question_is_answered_once_in_time_and_where_it_was_asked(
    #[values(Sqlite, PostgreSql)] kind: Kind,
) {
    let db = Database::new(kind).await;
    let store = db.node().await;
    let answer = async |nonce: &[u8], cookie: &[u8], after, now| {
        committed(&store, async |tx| tx.answer_card_question(nonce, cookie, after, now).await).await.unwrap()
    };
    committed(&store, async |tx| tx.add_card_question(b"nonce", b"cookie", nine()).await).await.unwrap();
    let (before, now) = (nine() - ms(1), nine() + minutes(1));
    assert!(!answer(b"another", b"cookie", before, now).await);
    assert!(!answer(b"nonce", b"another", before, now).await);
    assert!(!answer(b"nonce", b"cookie", nine(), now).await, "it was asked at nine, not after");
    assert!(answer(b"nonce", b"cookie", before, now).await);
    assert!(!answer(b"nonce", b"cookie", before, now).await, "a second time");
}

#[rstest]
#[tokio::test(flavor = "multi_thread")]
async fn of_many_answers_and_of_many_codes_at_once_one_is_taken(#[values(Sqlite, PostgreSql)] kind: Kind) {
    let db = Database::new(kind).await;
    let store = db.node().await;
    committed(&store, async |tx| tx.add_card_question(b"nonce", b"cookie", nine()).await).await.unwrap();
    let nodes = db.two_nodes().await;
    let answers = at_once(&nodes, 20, |_, store| async move {
        committed(&store, async |tx| {
            Ok((
                tx.answer_card_question(b"nonce", b"cookie", nine() - ms(1), nine()).await?,
                tx.use_card_code(b"code", nine()).await?,
            ))
        })
        .await
        .unwrap()
    })
    .await;
    assert_eq!(answers.iter().filter(|(answered, _)| *answered).count(), 1);
    assert_eq!(answers.iter().filter(|(_, used)| *used).count(), 1);
}

#[rstest]
#[tokio::test]
async fn what_is_too_old_to_be_answered_is_erased(#[values(Sqlite, PostgreSql)] kind: Kind) {
    let db = Database::new(kind).await;
    let store = db.node().await;
    let again = committed(&store, async |tx| {
        tx.add_card_question(b"nonce", b"cookie", nine()).await?;
        tx.use_card_code(b"code", nine()).await?;
        tx.erase_card_questions(nine()).await?;
        Ok((
            tx.answer_card_question(b"nonce", b"cookie", nine() - ms(1), nine()).await?,
            tx.use_card_code(b"code", nine()).await?,
        ))
    });
    assert_eq!(again.await.unwrap(), (false, true));
}

#[rstest]
#[tokio::test]
async fn the_sessions_of_a_card_end_and_no_others(#[values(Sqlite, PostgreSql)] kind: Kind) {
    let db = Database::new(kind).await;
    let store = db.node().await;
    let account = account(&db, &store).await;
    let (lost, other) =
        (card(&db, &store, account, &[1, 1]).await, card(&db, &store, account, &[2, 2]).await);
    let by_lost = session_of(&db, &store, account, &[1, 1]).await;
    let by_other = session_of(&db, &store, account, &[2, 2]).await;
    let by_password = db.new_id();
    committed(&store, async |tx| tx.add_session(session(by_password, b"p", account), nine()).await)
        .await
        .unwrap();
    let found = store.session(by_lost.as_bytes()).await.unwrap().unwrap();
    assert_eq!(found.card_serial.as_deref(), Some(&[1, 1][..]));
    assert_eq!(store.session(b"p").await.unwrap().unwrap().card_serial, None);
    let end =
        async |card| committed(&store, async |tx| tx.end_sessions_of_card(card, nine()).await).await.unwrap();
    assert_eq!(end(lost).await, 1);
    assert_eq!(end(lost).await, 0);
    let mut left: Vec<Uuid> = store.sessions_of(account).await.unwrap().iter().map(|each| each.id).collect();
    left.sort_unstable();
    let mut expected = vec![by_other, by_password];
    expected.sort_unstable();
    assert_eq!(left, expected);
    assert_eq!(end(other).await, 1);
}

#[rstest]
#[tokio::test]
async fn a_session_is_doubted_once_its_certificate_is_revoked_but_not_when_it_was_renewed(
    #[values(Sqlite, PostgreSql)] kind: Kind,
) {
    let db = Database::new(kind).await;
    let store = db.node().await;
    let account = account(&db, &store).await;
    for (serial, reason, doubted) in [([1, 1], "lost", true), ([2, 2], "renewed", false)] {
        let card = card(&db, &store, account, &serial).await;
        let session = session_of(&db, &store, account, &serial).await;
        assert!(!store.session_card_is_revoked(session, "renewed").await.unwrap());
        committed(&store, async |tx| tx.revoke_card_certificates(card, reason, nine()).await.map(|_| ()))
            .await
            .unwrap();
        assert_eq!(store.session_card_is_revoked(session, "renewed").await.unwrap(), doubted, "{reason}");
    }
}
