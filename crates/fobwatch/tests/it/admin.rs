//! The administrator's part of the console: the delivery log, the organisation's rules, the dashboard.

mod dashboard;
mod deliveries;
mod settings;

use crate::database::{Kind, PostgreSql, Sqlite};
use crate::guide::Factor;
use crate::people::{AMINA, BEN, SINEAD, YU};
use crate::ward::Ward;
use axum::http::StatusCode;
use rstest::rstest;
use store::role::Role;

const DELIVERIES: &str = "/console/deliveries";
const SETTINGS: &str = "/console/settings";
const DASHBOARD: &str = "/console/dashboard";

#[rstest]
#[tokio::test]
async fn everybody_sees_the_parts_of_the_console_that_their_role_opens(
    #[values(Sqlite, PostgreSql)] kind: Kind,
) {
    let ward = Ward::new(kind).await;
    let mut desk = ward.staff(BEN, Role::ServiceDesk).await;
    desk.opens(DELIVERIES).await.reads("Delivery log");
    let navigation = desk.page.find("nav[aria-label=Console]").unwrap();
    assert!(navigation.contains("Deliveries") && !navigation.contains("Settings"), "{navigation}");
    assert!(!navigation.contains("Dashboard"), "{navigation}");
    for path in [SETTINGS, DASHBOARD, "/console/settings/reset-gates"] {
        desk.opens(path).await.is_refused("FW-1501");
    }
    let mut auditor = ward.staff(SINEAD, Role::Auditor).await;
    auditor.opens(SETTINGS).await.reads("Organisation settings");
    let navigation = auditor.page.find("nav[aria-label=Console]").unwrap();
    assert!(navigation.contains("Settings") && navigation.contains("Dashboard"), "{navigation}");
    auditor
        .opens("/console/settings/reset-gates/preview?value=2")
        .await
        .says("Only an administrator can save it");
    let body = "value=2&expected=1".to_owned();
    auditor.posts(("/console/settings/reset-gates".to_owned(), body)).await.is_refused("FW-1501");
    let mut administrator = ward.staff(YU, Role::Administrator).await;
    for (path, heading) in
        [(DELIVERIES, "Delivery log"), (SETTINGS, "Organisation settings"), (DASHBOARD, "Dashboard")]
    {
        administrator.opens(path).await.reads(heading);
    }
    let mut amina = ward.colleague(AMINA).await;
    amina.signs_in(Factor::AuthenticatorApp).await;
    for path in [DELIVERIES, SETTINGS, DASHBOARD, "/console/settings/reset-gates"] {
        amina.opens(path).await;
        assert_eq!(amina.page.status, StatusCode::NOT_FOUND, "{path}");
    }
}
