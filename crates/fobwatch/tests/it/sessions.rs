//! Sessions and what their owner sees of them: recent activity, devices, signing out everywhere, the warning before the end.

use crate::browser::Browser;
use crate::database::{Kind, PostgreSql, Sqlite};
use crate::guide::{Factor, Visitor};
use crate::people::{AMINA, SINEAD};
use crate::ward::Ward;
use rstest::rstest;

const APP: Factor = Factor::AuthenticatorApp;
const REMEMBER: &str = "Do not ask for a code in this browser for 30 days";

/// Amina has an account and is signed in.
async fn amina_signed_in(ward: &Ward) -> Visitor<'_> {
    let mut amina = ward.person(AMINA);
    amina.joins(APP).await.signs_in(APP).await;
    amina
}

/// The same person at another browser, signed in.
async fn signed_in_elsewhere<'w>(ward: &'w Ward, amina: &Visitor<'w>) -> Visitor<'w> {
    let mut other = Visitor { seed: amina.seed.clone(), ..ward.person_elsewhere(AMINA) };
    other.signs_in(APP).await;
    other
}

/// Where the newest thing that happened is reported.
fn report_link(visitor: &Visitor<'_>) -> String {
    visitor
        .page
        .links()
        .into_iter()
        .find(|href| href.ends_with("/report"))
        .expect("something can be reported")
}

/// Where the sessions that are shown are ended.
fn session_ends(visitor: &Visitor<'_>) -> Vec<String> {
    visitor.page.forms().into_iter().map(|form| form.action).filter(|url| url.ends_with("/end")).collect()
}

/// How many seconds the session lasts, as the script of the warning asks.
async fn left(browser: &mut Browser) -> u64 {
    browser.opens("/session").await;
    browser.page.find("body").unwrap().trim().parse().unwrap()
}

#[rstest]
#[tokio::test]
async fn recent_activity_tells_of_sign_ins_and_attempts_with_browser_and_network(
    #[values(Sqlite, PostgreSql)] kind: Kind,
) {
    let ward = Ward::new(kind).await;
    let mut amina = amina_signed_in(&ward).await;
    ward.waits(60);
    let mut stranger = ward.person_elsewhere(AMINA);
    stranger.gives_password("a wrong password").await;
    ward.waits(60);
    stranger.gives_password(AMINA.password).await;
    let wrong = crate::codes::another_than(&amina.factor_code(APP).await);
    stranger.types(&wrong).await;
    amina.opens("/activity").await.reads("Recent activity");
    let text = amina.page.text();
    let order: Vec<_> = ["Wrong code", "Wrong password", "Signed in (authenticator app)"]
        .into_iter()
        .map(|words| text.find(words).unwrap_or_else(|| panic!("{words}: {text}")))
        .collect();
    assert!(order.is_sorted(), "the newest first: {text}");
    amina.says("Network 198.51.100.0/24").says("This session");
    for secret in [AMINA.password, "a wrong password", wrong.as_str()] {
        assert!(!text.contains(secret));
    }
}

#[rstest]
#[tokio::test]
async fn what_was_not_me_is_reported_ends_the_other_sessions_and_gives_a_number(
    #[values(Sqlite, PostgreSql)] kind: Kind,
) {
    let ward = Ward::new(kind).await;
    let mut amina = amina_signed_in(&ward).await;
    let mut thief = signed_in_elsewhere(&ward, &amina).await;
    let mut copied = amina.opens_a_tab();
    amina.opens("/activity").await;
    let report = report_link(&amina);
    amina.opens(&report).await.reads("Report this activity").says("Signed in");
    assert!(thief.is_signed_in().await, "to look changes nothing");
    let form = amina.would_send("Report this activity");
    amina.posts(form.clone()).await.reads("You have reported this activity");
    let number = amina.page.find(".nhsuk-panel strong").expect("a number is shown");
    assert_eq!(number.len(), 9, "{number}");
    thief.opens("/home").await.is_refused("FW-1204");
    copied.opens("/home").await.is_refused("FW-1204");
    assert!(amina.is_signed_in().await, "this browser got another cookie");
    // Sent again it keeps its number.
    amina.posts(form).await.says(&number);
    amina.opens("/activity").await.says(&format!("You reported this: {number}"));
    assert!(ward.subjects_to(AMINA.email).await.iter().any(|subject| subject.contains(&number)));
    assert_eq!(ward.db.count("activity", "report_number IS NOT NULL").await, 1);
    ward.audit_is_whole().await;
}

#[rstest]
#[tokio::test]
async fn nobody_reads_or_reports_what_happened_to_somebody_else(#[values(Sqlite, PostgreSql)] kind: Kind) {
    let ward = Ward::new(kind).await;
    let mut amina = amina_signed_in(&ward).await;
    amina.opens("/activity").await;
    let report = report_link(&amina);
    let mut sinead = ward.person(SINEAD);
    sinead.joins(APP).await.signs_in(APP).await;
    sinead.opens(&report).await;
    assert_eq!(sinead.page.status.as_u16(), 404);
    sinead.posts((report.clone(), String::new())).await;
    assert_eq!(sinead.page.status.as_u16(), 404);
    for id in ["nonsense", "00000000-0000-0000-0000-000000000000", "%00"] {
        sinead.opens(&format!("/activity/{id}/report")).await;
        assert_eq!(sinead.page.status.as_u16(), 404, "{id}");
        sinead.opens(&format!("/activity?before={id}")).await;
        assert_eq!(sinead.page.status.as_u16(), 404, "{id}");
    }
    assert!(amina.is_signed_in().await);
    ward.browser().opens("/activity").await.reads("Sign in");
}

#[tokio::test]
async fn activity_is_shown_in_pages_and_kept_for_ninety_days() {
    let ward = Ward::new(Sqlite).await;
    let mut amina = amina_signed_in(&ward).await;
    let mut stranger = ward.person_elsewhere(AMINA);
    for _ in 0..30 {
        stranger.gives_password("a wrong password").await;
        ward.waits(4 * 3_600);
    }
    amina.signs_in(APP).await;
    amina.opens("/activity").await;
    let first = amina.page.text().matches("Report this: Wrong password").count();
    amina.follows("Show what happened before").await;
    let second = amina.page.text().matches("Report this: Wrong password").count();
    assert_eq!(first + second, 30);
    amina.follows("Back to the newest").await.reads("Recent activity");
    let day = 24 * 3_600;
    ward.waits(90 * day - 1);
    ward.housekeeping().await;
    amina.signs_in(APP).await;
    amina.opens("/activity").await.says("Signed in");
    assert!(ward.db.count("activity", "kind = 'signed-in'").await > 1);
    ward.waits(90 * day);
    ward.housekeeping().await;
    assert_eq!(ward.db.count("activity", "1 = 1").await, 0);
}

#[rstest]
#[tokio::test]
async fn a_session_on_another_device_is_ended_from_here(#[values(Sqlite, PostgreSql)] kind: Kind) {
    let ward = Ward::new(kind).await;
    let mut amina = amina_signed_in(&ward).await;
    let mut other = signed_in_elsewhere(&ward, &amina).await;
    let mut sinead = ward.person(SINEAD);
    sinead.joins(APP).await.signs_in(APP).await;
    amina.opens("/devices").await.reads("Devices and sessions").says("Network 198.51.100.0/24");
    let form = session_ends(&amina);
    assert_eq!(form.len(), 1, "this session is ended by Sign out: {form:?}");
    sinead.posts((form[0].clone(), String::new())).await;
    assert!(other.is_signed_in().await, "somebody else ends nothing");
    amina.posts((form[0].clone(), String::new())).await.says("Done");
    other.opens("/home").await.is_refused("FW-1204");
    assert!(amina.is_signed_in().await);
    amina.opens("/activity").await.says("Another device was signed out");
}

#[rstest]
#[tokio::test]
async fn sign_out_everywhere_ends_all_sessions_forgets_browsers_and_tells_everybody(
    #[values(Sqlite, PostgreSql)] kind: Kind,
) {
    let ward = Ward::new(kind).await;
    let mut amina = ward.person(AMINA);
    amina.joins(APP).await;
    ward.waits(60);
    amina.gives_password(AMINA.password).await;
    let code = amina.factor_code(APP).await;
    amina.chooses(REMEMBER);
    amina.types(&code).await.reads("Good morning, Amina");
    let mut other = signed_in_elsewhere(&ward, &amina).await;
    amina.opens("/devices").await.says("Until ");
    amina.presses("Sign out everywhere").await.reads("Sign in").says("You have signed out everywhere");
    other.opens("/home").await.is_refused("FW-1204");
    amina.gives_password(AMINA.password).await.reads("Open your authenticator app");
    ward.delivers().await;
    let told = ward.mailbox.messages_to(AMINA.email);
    assert_eq!(told.iter().filter(|mail| mail.text.contains("signed out on all devices")).count(), 1);
}

#[tokio::test]
async fn the_warning_asks_without_using_the_session_and_staying_uses_it() {
    let ward = Ward::new(Sqlite).await;
    let mut amina = amina_signed_in(&ward).await;
    let mut asking = amina.opens_a_tab();
    ward.waits(29 * 60);
    assert_eq!(left(&mut asking).await, 60);
    assert_eq!(left(&mut asking).await, 60);
    ward.waits(30);
    assert_eq!(left(&mut asking).await, 30);
    asking.posts(("/session/stay".into(), String::new())).await.reads("Good morning, Amina");
    assert_eq!(left(&mut asking).await, 30 * 60);
    amina.opens("/home").await;
    assert!(amina.page.find("noscript").unwrap().contains("You will be signed out at"));
    ward.waits(30 * 60);
    assert_eq!(left(&mut asking).await, 0);
    asking.posts(("/session/stay".into(), String::new())).await.is_refused("FW-1204");
}

#[tokio::test]
async fn staying_does_not_outlast_twelve_hours() {
    let ward = Ward::new(Sqlite).await;
    let mut amina = amina_signed_in(&ward).await;
    for _ in 0..47 {
        ward.waits(15 * 60);
        amina.posts(("/session/stay".into(), String::new())).await;
    }
    assert_eq!(left(&mut amina).await, 900, "a quarter of an hour is left and no more");
    ward.waits(15 * 60);
    amina.posts(("/session/stay".into(), String::new())).await.is_refused("FW-1204");
}

#[tokio::test]
async fn two_nodes_share_sessions_and_their_end() {
    let ward = Ward::new(PostgreSql).await;
    let mut amina = amina_signed_in(&ward).await;
    let second = ward.another_node().await;
    let mut there = amina.opens_a_tab();
    there.is_led_to(second.line(crate::ward::WARD_NETWORK));
    there.opens("/home").await.reads("Good morning, Amina");
    there.opens("/devices").await;
    there.presses("Sign out everywhere").await.reads("Sign in");
    amina.opens("/home").await.is_refused("FW-1204");
}

#[tokio::test]
async fn the_home_page_says_how_often_somebody_tried_since_the_last_sign_in() {
    let ward = Ward::new(Sqlite).await;
    let mut amina = amina_signed_in(&ward).await;
    let mut stranger = ward.person_elsewhere(AMINA);
    for _ in 0..2 {
        stranger.gives_password("a wrong password").await;
    }
    amina.presses("Sign out").await;
    amina.signs_in(APP).await;
    amina.says("What needs doing").says("2 wrong passwords or codes were entered");
    amina.follows("Look at your recent activity").await.reads("Recent activity");
    for _ in 0..2 {
        amina.presses("Sign out").await;
        amina.signs_in(APP).await;
    }
    assert!(!amina.page.text().contains("wrong passwords or codes"), "{}", amina.page.shown());
}
