//! The door of the console, finding people, and seeing how their accounts stand.

use crate::database::{Kind, PostgreSql, Sqlite};
use crate::guide::Factor;
use crate::people::{AMINA, BEN, SINEAD, YU};
use crate::ward::Ward;
use axum::http::StatusCode;
use rstest::rstest;
use store::role::Role;

#[rstest]
#[tokio::test]
async fn a_person_is_found_by_the_beginning_of_a_name_an_address_or_however_it_is_spelt(
    #[values(Sqlite, PostgreSql)] kind: Kind,
) {
    let ward = Ward::new(kind).await;
    ward.colleague(SINEAD).await;
    ward.colleague(YU).await;
    let mut desk = ward.staff(BEN, Role::ServiceDesk).await;
    for text in ["sinead", "SINÉAD", "obrien", "O’Brien-Z", "Sinead O'Brien", "obrien zolk", "sinead.ob", SINEAD.email] {
        desk.looks_for(text).await.says(SINEAD.email);
        assert!(!desk.page.text().contains(YU.email), "{text}");
    }
    for text in ["%%", "a", "_", "%s"] {
        desk.looks_for(text).await.is_told("Enter at least 2 letters or numbers");
    }
    desk.looks_for("nobody").await.says("Nobody found");
    desk.looks_for("i%ead").await.says("Nobody found");
    desk.looks_for("sinead").await.follows("Sinéad O'Brien-Żółkowska").await;
    desk.reads("Sinéad O'Brien-Żółkowska").says("Active");
    ward.audit_is_whole().await;
}

#[rstest]
#[tokio::test]
async fn without_a_role_there_is_no_console(#[values(Sqlite, PostgreSql)] kind: Kind) {
    let ward = Ward::new(kind).await;
    let mut amina = ward.colleague(AMINA).await;
    amina.signs_in(Factor::AuthenticatorApp).await;
    let id = ward.account_of(AMINA).await;
    for path in ["/console", "/console/people", "/console/disabled", &format!("/console/people/{id}")] {
        amina.opens(path).await;
        assert_eq!(amina.page.status, StatusCode::NOT_FOUND, "{path}");
        assert_eq!(amina.page.heading(), "Page not found");
    }
    assert!(!amina.page.html.contains("Console"));
}
