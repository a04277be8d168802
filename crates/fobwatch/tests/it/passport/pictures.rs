//! Pictures in credentials, whichever way they come: none is huge, and none says where it was taken.

use super::portal::{PICTURE, identity};
use super::portal_api::asks;
use super::staff_records::{counts, pulls_as};
use crate::database::{Kind, PostgreSql, Sqlite};
use crate::people::{AMINA, BEN};
use crate::ward::Ward;
use axum::http::StatusCode;
use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use image::codecs::jpeg::JpegEncoder;
use image::{ImageEncoder as _, Rgb, RgbImage};
use journeys::passport::staff_records::{HEADINGS, Source};
use rstest::rstest;
use rules::passport::{CredentialKind, Provided};
use serde_json::{Value, json};
use staff_records::CsvFile;
use std::sync::Arc;
use store::role::Role;

/// A few bytes that say they are so many points each way.
fn says_it_is(side: u16) -> String {
    let mut file = Vec::new();
    RgbImage::new(8, 8).write_with_encoder(JpegEncoder::new(&mut file)).unwrap();
    let frame = file.windows(2).position(|two| two == [0xff, 0xc0]).unwrap();
    for place in [frame + 5, frame + 7] {
        file[place..place + 2].copy_from_slice(&side.to_be_bytes());
    }
    format!("data:image/jpeg;base64,{}", STANDARD.encode(file))
}

/// A photo in which the camera wrote where it was.
fn says_where_it_was() -> String {
    let mut file = Vec::new();
    let mut encoder = JpegEncoder::new(&mut file);
    encoder.set_exif_metadata(b"II*\0\x08\0\0\0\0\0Ward 7, Northfield".to_vec()).unwrap();
    RgbImage::from_pixel(200, 200, Rgb([90, 60, 30])).write_with_encoder(encoder).unwrap();
    format!("data:image/jpeg;base64,{}", STANDARD.encode(file))
}

fn identity_with(picture: &str) -> Value {
    let mut identity = identity();
    identity["claims"]["picture"] = json!(picture);
    identity
}

#[rstest]
#[tokio::test]
async fn a_system_provides_no_picture_that_is_huge_or_says_where_it_was(
    #[values(Sqlite, PostgreSql)] kind: Kind,
) {
    let ward = Ward::new(kind).await;
    ward.colleague(AMINA).await;
    let key = ward.system_with_key("NTH", "Staff record").await;
    for (run, picture, told) in [
        ("huge", says_it_is(20_000), "1 to 2000 pixels each way"),
        ("telling", says_where_it_was(), "Exif"),
        ("none", "data:image/png;base64,iVBORw0KGgo=".to_owned(), "write a JPEG or PNG"),
    ] {
        let body = asks(AMINA.email, &identity_with(&picture));
        // Said again it is refused again, in the same words.
        let mut answers = Vec::new();
        for _ in 0..2 {
            let (status, _, answer) = ward.posts_credentials(key.as_str(), Some(run), body.clone()).await;
            assert_eq!(status, StatusCode::UNPROCESSABLE_ENTITY, "{run}");
            assert_eq!(answer["errors"][0]["pointer"], "/credentials/claims/picture");
            assert!(answer["errors"][0].to_string().contains(told), "{answer}");
            answers.push(answer);
        }
        assert_eq!(answers[0], answers[1]);
    }
    assert_eq!(ward.db.count("credential", "1 = 1").await, 0);
    let body = asks(AMINA.email, &identity_with(PICTURE));
    let (status, _, first) = ward.posts_credentials(key.as_str(), Some("good"), body.clone()).await;
    assert_eq!(status, StatusCode::CREATED, "{first}");
    let (status, _, again) = ward.posts_credentials(key.as_str(), Some("good"), body).await;
    assert_eq!((status, again), (StatusCode::OK, first));
    assert_eq!(ward.db.count("credential", "1 = 1").await, 1);
}

#[rstest]
#[tokio::test]
async fn what_stands_in_the_place_of_a_prepared_photo_is_looked_at_like_any_other(
    #[values(Sqlite, PostgreSql)] kind: Kind,
) {
    let ward = Ward::new(kind).await;
    ward.colleague(AMINA).await;
    let mut ben = ward.staff(BEN, Role::PassportManager).await;
    let account = ward.account_of(AMINA).await;
    let path = format!("/console/passports/people/{account}/provide/identity");
    ben.opens(&path).await;
    for (label, text) in [
        ("Origin", "Passport"),
        ("Assurance policy", "Identity checks"),
        ("Assurance outcome", "Passed"),
        ("Verification method", "Original seen"),
    ] {
        ben.fills(label, text);
    }
    ben.fills_field("birthdate", "14").fills_field("birthdate_month", "3");
    ben.fills_field("birthdate_year", "1990").chooses("Sourced");
    let (_, form) = ben.would_send("Provide");
    let said = url::form_urlencoded::parse(form.as_bytes()).into_owned();
    let said: Vec<(String, String)> = said.filter(|(name, _)| name != "file").collect();
    for (picture, told) in [
        (says_it_is(20_000), "“Photo” is too large a picture"),
        (says_where_it_was(), "“Photo” must be a photo"),
        ("data:image/png;base64,iVBORw0KGgo=".to_owned(), "“Photo” must be a photo"),
    ] {
        let mut all: Vec<_> = said.iter().map(|(name, value)| (name.as_str(), value.as_str())).collect();
        all.retain(|(name, _)| *name != "picture_kept");
        all.push(("picture_kept", &picture));
        ben.uploads(&path, &all, b"").await.is_told(told);
        assert_eq!(ben.page.status, StatusCode::UNPROCESSABLE_ENTITY);
    }
    assert_eq!(ward.db.count("credential", "1 = 1").await, 0);
}

#[tokio::test]
async fn a_staff_record_with_such_a_picture_is_wrong_and_all_others_are_provided() {
    let ward = Ward::new(Sqlite).await;
    for who in [AMINA, BEN] {
        ward.colleague(who).await;
    }
    let folder = tempfile::tempdir().unwrap();
    let row = |email: &str, picture: &str| {
        format!(
            "{email},identity,Amina,Khan,1990-03-14,\"{picture}\",\
             ESR,CSTF,Passed,Northfield,Northfield,Seen,Authoritative,2026-11-20\n"
        )
    };
    let columns = "person,kind,given_name,family_name,birthdate,picture,\
                   origin,policy,outcome,provider,verifier,method,pedigree,last_refresh\n";
    let file = [columns, &row(AMINA.email, &says_where_it_was()), &row(BEN.email, PICTURE)].concat();
    std::fs::write(folder.path().join("staff.csv"), file).unwrap();
    let records = Arc::new(CsvFile::new(folder.path(), HEADINGS));
    let source = Source { organisation: "NTH".to_owned(), records };
    let pulled = pulls_as(&ward.node, &source, &ward.the_trust().await).await;
    assert_eq!(counts(&pulled), [1, 0, 1, 0, 0, 0]);
}

#[tokio::test]
async fn a_picture_that_was_taken_before_it_was_looked_at_is_not_shown_where_it_is_huge() {
    let ward = Ward::new(Sqlite).await;
    let mut amina = ward.amina_with_an_app().await;
    let account = ward.store().account(ward.account_of(AMINA).await).await.unwrap().unwrap();
    for (picture, status) in [
        (says_it_is(4_001), StatusCode::NOT_FOUND),
        (says_it_is(4_000), StatusCode::OK),
        (says_where_it_was(), StatusCode::OK),
    ] {
        let taken = Provided {
            kind: CredentialKind::parse("identity").unwrap(),
            variant: "",
            content: json!({ "claims": identity_with(&picture)["claims"], "assurance": {} }).to_string(),
            valid_until: None,
        };
        let service = &ward.node.service;
        let provide = journeys::passport::provide::provide;
        let [id] = provide(service, &ward.the_trust().await, &account, &[taken]).await.unwrap()[..] else {
            panic!("one is provided");
        };
        amina.opens(&format!("/passport/credentials/{id}/picture")).await;
        assert_eq!(amina.page.status, status);
    }
}
