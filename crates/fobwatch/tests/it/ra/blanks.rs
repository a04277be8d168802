//! Blank cards: registered one by one and as a file, all of it or nothing.

use super::CARDS;
use crate::database::{Kind, PostgreSql, Sqlite};
use crate::guide::Visitor;
use crate::people::BEN;
use crate::ward::Ward;
use axum::http::{Method, StatusCode};
use rstest::rstest;
use std::fmt::Write as _;
use store::role::Role;

const GUID: &str = "5f0c1e2a9b3d4c578e1120a4b6c8d0f2";

/// Sends a file as a browser does. Answers the status and the page.
async fn sends_file(staff: &mut Visitor<'_>, csv: &str) -> (StatusCode, String) {
    let body = format!(
        "--XyZ\r\nContent-Disposition: form-data; name=\"file\"; filename=\"cards.csv\"\r\n\
         Content-Type: text/csv\r\n\r\n{csv}\r\n--XyZ--\r\n"
    );
    let extra = [("content-type", "multipart/form-data; boundary=XyZ")];
    let path = format!("{CARDS}/blank/file");
    let (status, _, html) = staff.sends(&Method::POST, &path, Some(body), &extra).await.unwrap();
    (status, html)
}

#[rstest]
#[tokio::test]
async fn a_blank_card_is_registered_once(#[values(Sqlite, PostgreSql)] kind: Kind) {
    let ward = Ward::new(kind).await;
    let mut agent = ward.staff(BEN, Role::RaAgent).await;
    agent.opens(&format!("{CARDS}/blank")).await.says("There are 0 blank cards to issue.");
    for (guid, told) in [
        ("", "A GUID is 32 hexadecimal digits"),
        (&GUID[1..], "A GUID is 32"),
        ("g".repeat(32).as_str(), "A GUID is"),
    ] {
        agent
            .fills("GUID", guid)
            .chooses("Passcode of 6 to 8 digits")
            .presses("Register")
            .await
            .is_told(told);
    }
    agent.opens(&format!("{CARDS}/blank")).await;
    agent.fills("GUID", GUID).presses("Register").await.is_told("Select the kind of card");
    let long = "x".repeat(61);
    agent.fills("GUID", GUID).chooses("Passcode of 6 to 8 digits").fills("What is printed on it", &long);
    agent.presses("Register").await.is_told("must be 60 characters or fewer");
    let hyphens = "5F0C1E2A-9B3D-4C57-8E11-20A4B6C8D0F2";
    agent.fills("GUID", hyphens).chooses("Passcode of 6 to 8 digits").fills("What is printed on it", "NTH 1");
    agent
        .presses("Register")
        .await
        .says("1 blank card is registered.")
        .says("There is 1 blank card to issue.");
    agent.fills("GUID", GUID).chooses("Passcode of 6 to 8 digits").presses("Register").await;
    agent.is_told("A card with this GUID is registered already");
    assert_eq!(ward.db.count("smartcard", "label = 'NTH 1' AND profile = 'piv-6-8-digits'").await, 1);
    assert_eq!(ward.audited("smartcard_added").await, 1);
}

#[rstest]
#[tokio::test]
async fn a_file_with_a_bad_row_registers_nothing_and_names_it(#[values(Sqlite, PostgreSql)] kind: Kind) {
    let ward = Ward::new(kind).await;
    let mut agent = ward.staff(BEN, Role::RaAgent).await;
    let good = "guid,profile,label\r\n00000000000000000000000000000001,piv-6-8-digits,NTH 1\r\n";
    for (row, why) in [
        ("0000,piv-6-8-digits,NTH 2", "Row 3: the GUID is not 32 hexadecimal digits"),
        ("00000000000000000000000000000001,piv-6-8-digits,NTH 2", "Row 3: the GUID stands in the file twice"),
        ("00000000000000000000000000000002,series-9,NTH 2", "Row 3: there is no such kind of card"),
        ("00000000000000000000000000000002,piv-6-8-digits", "Row 3: the row does not have three fields"),
    ] {
        let (status, html) = sends_file(&mut agent, &format!("{good}{row}\r\n")).await;
        assert_eq!(status, StatusCode::UNPROCESSABLE_ENTITY, "{row}");
        assert!(html.contains(why) && html.contains("1 row cannot be taken"), "{row}: {html}");
        assert_eq!(ward.db.count("smartcard", "1 = 1").await, 0);
    }
    for (file, told) in [
        ("", "Choose a file with cards in it"),
        ("guid,profile,label\n", "Choose a file with cards in it"),
        ("name,surname\n1,2\n", "The first line of the file must be guid,profile,label"),
    ] {
        let (_, html) = sends_file(&mut agent, file).await;
        assert!(html.contains(told), "{file:?}: {html}");
    }
    let (status, _) = sends_file(&mut agent, &format!("\u{feff}{good}")).await;
    assert_eq!(status, StatusCode::SEE_OTHER);
    let next = "00000000000000000000000000000002,legacy-4-8-alphanumeric,\r\n";
    let (status, html) = sends_file(&mut agent, &format!("{good}{next}")).await;
    assert_eq!(status, StatusCode::UNPROCESSABLE_ENTITY);
    assert!(html.contains("Row 2: a card with this GUID is registered already"), "{html}");
    assert_eq!(ward.db.count("smartcard", "1 = 1").await, 1);
}

#[rstest]
#[tokio::test]
async fn five_thousand_cards_are_registered_at_once(#[values(Sqlite, PostgreSql)] kind: Kind) {
    let ward = Ward::new(kind).await;
    let mut agent = ward.staff(BEN, Role::RaManager).await;
    let mut csv = "guid,profile,label\n".to_owned();
    for number in 0..5_000 {
        writeln!(csv, "{number:032x},piv-6-8-digits,NTH {number:06} of the delivery of the first of June")
            .unwrap();
    }
    let (status, html) = sends_file(&mut agent, &csv).await;
    assert_eq!(status, StatusCode::SEE_OTHER, "{html}");
    agent.opens(&format!("{CARDS}/blank")).await.says("There are 5000 blank cards to issue.");
    ward.audit_is_whole().await;
}

#[rstest]
#[tokio::test]
async fn other_forms_stay_short_and_a_file_does_not_grow_for_ever(#[values(Sqlite)] kind: Kind) {
    let ward = Ward::new(kind).await;
    let mut agent = ward.staff(BEN, Role::RaAgent).await;
    let (status, _) = sends_file(&mut agent, &"x".repeat(4 * 1_024 * 1_024)).await;
    assert_eq!(status, StatusCode::PAYLOAD_TOO_LARGE);
    let long = format!("guid={}", "0".repeat(70_000));
    agent.posts((format!("{CARDS}/blank"), long)).await;
    assert_eq!(agent.page.status, StatusCode::PAYLOAD_TOO_LARGE);
}
