//! Finding people, and seeing how their accounts stand.

use crate::database::{Kind, PostgreSql, Sqlite};
use crate::guide::Factor;
use crate::people::{AMINA, BEN, SINEAD, YU};
use crate::ward::Ward;
use rstest::rstest;
use rules::limits::{PEOPLE_SEEN_PER_HOUR, SEARCHES_PER_HOUR};
use store::role::Role;

#[rstest]
#[tokio::test]
async fn a_person_is_found_by_the_beginning_of_a_name_an_address_or_however_it_is_spelt(
    #[values(Sqlite, PostgreSql)] kind: Kind,
) {
    let ward = Ward::new(kind).await;
    ward.colleague(SINEAD).await;
    ward.colleague(YU).await;
    ward.db.tell("UPDATE roster_entry SET esr_number = '20004711' WHERE email LIKE 'y.o@%'").await;
    let mut desk = ward.staff(BEN, Role::ServiceDesk).await;
    let spelt = ["sinead", "SINÉAD", "obrien", "O’Brien-Z", "Sinead O'Brien", "obrien zolk", "sinead.ob"];
    for text in spelt.into_iter().chain([SINEAD.email]) {
        desk.looks_for(text).await.says(SINEAD.email);
        assert!(!desk.page.text().contains(YU.email), "{text}");
    }
    desk.looks_for("200047").await.says(YU.email);
    for text in ["%%", "a", "_", "%s"] {
        desk.looks_for(text).await.is_told("Enter at least 2 letters or numbers");
    }
    desk.looks_for("").await.is_told("Enter a name, an email address or a staff number");
    for text in ["nobody", "i%ead", "s_nead"] {
        desk.looks_for(text).await.says("Nobody found");
    }
    desk.looks_for("sinead").await.follows("Sinéad O'Brien-Żółkowska").await;
    desk.reads("Sinéad O'Brien-Żółkowska").says("Active");
    // Each search is in the audit by what it found, without what was looked for.
    assert_eq!(ward.newest_record("people_searched").await["found"], 1);
    let records = serde_json::to_string(&ward.store().audit_page(0).await.unwrap()).unwrap();
    assert!(!records.contains("sinead"));
    ward.audit_is_whole().await;
}

#[rstest]
#[tokio::test]
async fn a_persons_page_says_how_they_stand_and_shows_neither_number_nor_secret(
    #[values(Sqlite, PostgreSql)] kind: Kind,
) {
    let ward = Ward::new(kind).await;
    let mut amina = ward.person(AMINA);
    amina.joins(Factor::TextMessage).await.signs_in(Factor::TextMessage).await;
    ward.delivers().await;
    let mut desk = ward.staff(BEN, Role::ServiceDesk).await;
    desk.looks_at(AMINA).await.reads("Amina Khan");
    for words in ["Active", AMINA.email, "In 1 browser", "Text message", "Signed in", "Sent", "None made"] {
        desk.says(words);
    }
    for secret in ["900123", "7700", "ending in", "192.0.2", AMINA.password] {
        assert!(!desk.page.html.contains(secret), "{secret}");
    }
    let mut guesser = ward.person_elsewhere(AMINA);
    for _ in 0..5 {
        guesser.gives_password("a wrong password").await;
    }
    desk.looks_at(AMINA).await.says("Locked until").says("Wrong password");
}

#[rstest]
#[tokio::test]
async fn many_people_are_listed_page_by_page_and_never_all_of_them(#[values(Sqlite, PostgreSql)] kind: Kind) {
    let ward = Ward::new(kind).await;
    let mut desk = ward.staff(BEN, Role::ServiceDesk).await;
    // Colleagues by the hundred: copies of Ben under other names.
    for number in 0..105 {
        let id = format!("{:032x}", 0x1000 + number);
        let (bytes, uuid) = (format!("x'{id}'"), format!("'{id}'::uuid"));
        let (id, key) = if kind == Sqlite {
            (bytes, format!("CAST('zora zeta{number:03}' AS BLOB)"))
        } else {
            (uuid, format!("convert_to('zora zeta{number:03}', 'UTF8')"))
        };
        ward.db
            .tell(&format!(
                "INSERT INTO roster_entry (id, organisation_id, email, first_name, last_name, date_of_birth, staff_group,
                    employment_type, employment_status, kind, fingerprint, added_at, changed_at)
                SELECT {id}, organisation_id, 'zora.{number}@northfield.example', 'Zora', 'Zeta{number:03}', date_of_birth,
                    staff_group, employment_type, employment_status, kind, fingerprint, added_at, changed_at
                FROM roster_entry WHERE email LIKE 'ben.%';
                INSERT INTO account (id, organisation_id, roster_entry_id, email, first_name, last_name, staff_group, kind,
                    password, password_set_at, created_at, first_name_folded, last_name_folded)
                SELECT {id}, organisation_id, {id}, 'zora.{number}@northfield.example', 'Zora', 'Zeta{number:03}',
                    staff_group, kind, password, password_set_at, created_at, 'zora', 'zeta{number:03}'
                FROM account WHERE email LIKE 'ben.%';
                INSERT INTO person_key (account_id, organisation_id, key)
                SELECT {id}, organisation_id, {key} FROM account WHERE email LIKE 'ben.%'"
            ))
            .await;
    }
    desk.looks_for("zo").await.says("Zora Zeta000").says("Zora Zeta019");
    assert!(!desk.page.text().contains("Zeta020"));
    for page in 2..=5 {
        desk.presses("Next page").await.says(&format!("People found, page {page}"));
    }
    desk.says("Zora Zeta099").says("There are more people than are listed");
    assert!(!desk.page.html.contains("Next page") && !desk.page.text().contains("Zeta100"));
    desk.presses("Previous page").await.says("People found, page 4");
    // A page beyond the last one, as an insider with a tool would ask for it, is the last one.
    desk.sends_form("/console/people", "search=zo&page=6").await.says("People found, page 5");
    desk.sends_form("/console/people", "search=zo&page=0").await.says("Zora Zeta000");
}

#[rstest]
#[tokio::test]
async fn whoever_looks_at_more_people_than_calls_come_in_is_stopped_and_it_is_recorded(
    #[values(Sqlite, PostgreSql)] kind: Kind,
) {
    let ward = Ward::new(kind).await;
    ward.colleague(AMINA).await;
    ward.colleague(SINEAD).await;
    let mut desk = ward.staff(BEN, Role::ServiceDesk).await;
    desk.looks_at(AMINA).await.reads("Amina Khan");
    let ben = ward.account_of(BEN).await;
    let who = ward.node.service.keys.keyed_hash("console-staff", &[ben.as_bytes()]);
    let mut tx = ward.store().begin().await.unwrap();
    for _ in 1..120 {
        tx.take(&PEOPLE_SEEN_PER_HOUR, &who, ward.clock.now()).await.unwrap();
    }
    for _ in 0..119 {
        tx.take(&SEARCHES_PER_HOUR, &who, ward.clock.now()).await.unwrap();
    }
    tx.commit().await.unwrap();
    // The 121st person is one too many; whoever was seen within the hour counts no more.
    desk.looks_at(SINEAD).await.is_refused("FW-1505");
    assert_eq!(desk.page.status.as_u16(), 429);
    desk.looks_at(AMINA).await.reads("Amina Khan");
    desk.looks_for("sinead").await.says(SINEAD.email);
    desk.looks_for("sinead").await.is_refused("FW-1505");
    let stopped = ward.newest_record("looking_stopped").await;
    assert_eq!(
        (stopped["limit"].as_str(), stopped["by"].as_str()),
        (Some("searches-per-hour"), Some(ben.to_string().as_str()))
    );
    assert_eq!(ward.audited("looking_stopped").await, 2);
    ward.waits(3600);
    desk.signs_in(Factor::AuthenticatorApp).await;
    desk.looks_at(SINEAD).await.reads("Sinéad O'Brien-Żółkowska");
}
