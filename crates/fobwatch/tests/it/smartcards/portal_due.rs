//! What falls due, day by day: alerts that can be put off, what comes before anything else, and the way to the Registration Authority.

use super::portal_held::{APP, LETTERS};
use crate::database::{Kind, PostgreSql, Sqlite};
use crate::guide::Visitor;
use crate::people::AMINA;
use crate::ward::Ward;
use rstest::rstest;

const HOME: &str = "Good morning, Amina";
const ALERT: &str = "Your smartcard needs your attention";
const PASSCODES: &str = "Manage Passcodes";
const RENEW: &str = "Renew Certificates";
const LOCKED: &str = "Your account is locked";
const EXPIRED: &str = "Your certificates have expired";
const VISIT: &str = "Your certificates must be renewed by the Registration Authority";

/// What is usual today instead of the guide's numbers.
const CURRENT: &str = r#"{"smartcard-preset": "current"}"#;

impl Visitor<'_> {
    /// Where somebody gets who wants to go home; the page is right whatever it is called.
    async fn is_led_to(&mut self, heading: &str) -> &mut Self {
        self.opens("/home").await;
        if heading == HOME {
            assert_eq!(self.page.url, "/home", "{}", self.page.shown());
        } else {
            self.reads(heading);
        }
        self
    }
}

#[rstest]
#[tokio::test]
async fn every_day_of_a_passcode_leads_where_the_guide_says(#[values(Sqlite, PostgreSql)] kind: Kind) {
    let ward = Ward::new(kind).await;
    let (mut amina, card) = ward.amina_with_card(LETTERS).await;
    for (days, heading, words) in [
        (0, HOME, "nothing to do now"),
        (350, HOME, "The next thing falls due on"),
        (351, ALERT, "That is in 14 days."),
        (364, ALERT, "That is in 1 day."),
        (365, PASSCODES, "Your account will be locked in 21 days"),
        (385, PASSCODES, "Your account will be locked in 1 day"),
        (386, LOCKED, "Visit the Registration Authority in your organisation."),
        (3_000, LOCKED, "give the code FW-2003"),
    ] {
        ward.passcode_is_old(card, days).await;
        amina.is_led_to(heading).await.says(words);
    }
    ward.audit_is_whole().await;
}

#[rstest]
#[case::guide("{}", &[
    (31, HOME, "nothing to do now"),
    (30, ALERT, "That is in 30 days. Do you want to renew them now?"),
    (21, ALERT, "That is in 21 days."),
    (20, RENEW, "Renew them before you go on."),
    (1, RENEW, "That is in 1 day."),
    (0, RENEW, "which is today"),
    (-1, EXPIRED, "give the code FW-2004"),
])]
#[case::current(CURRENT, &[
    (91, HOME, "nothing to do now"),
    (90, ALERT, "That is in 90 days."),
    (21, ALERT, "That is in 21 days."),
    (20, RENEW, "Renew them before you go on."),
    (0, RENEW, "which is today"),
    (-1, EXPIRED, "Only the Registration Authority in your organisation can renew them."),
])]
#[tokio::test]
async fn every_day_of_a_certificate_leads_where_the_rules_say(
    #[case] policy: &str,
    #[case] days: &[(i64, &str, &str)],
    #[values(Sqlite, PostgreSql)] kind: Kind,
) {
    let ward = Ward::new(kind).await;
    let (mut amina, card) = ward.amina_with_card(LETTERS).await;
    ward.rules_are(policy).await;
    for (days, heading, words) in days {
        ward.certificates_end_in(card, *days).await;
        amina.is_led_to(heading).await.says(words);
    }
}

#[rstest]
#[tokio::test]
async fn an_alert_is_put_off_until_tomorrow(#[values(Sqlite, PostgreSql)] kind: Kind) {
    let ward = Ward::new(kind).await;
    let (mut amina, card) = ward.amina_with_card(LETTERS).await;
    ward.passcode_is_old(card, 355).await;
    ward.certificates_end_in(card, 25).await;
    amina
        .is_led_to(ALERT)
        .await
        .says("Your passcodes must be changed by")
        .says("Do you want to renew them now?");
    // Going elsewhere first is no way around it.
    for page in ["/activity", "/devices", "/smartcard"] {
        amina.opens(page).await.reads(ALERT);
    }
    let form = amina.would_send("Later");
    // On to the page that they had asked for: a message links to it.
    amina.posts(form.clone()).await.reads("Self Service Portal");
    // Pressed twice it counts once, and nobody is asked twice on a day.
    amina.posts(form).await.says(HOME);
    amina.opens("/activity").await.reads("Recent activity");
    assert_eq!(ward.db.count("smartcard_alert", "answer = 'later'").await, 2);
    assert_eq!(ward.db.count("audit", "event LIKE '%smartcard_alert_answered%'").await, 2);
}

#[rstest]
#[tokio::test]
async fn who_is_overdue_or_locked_is_told_before_they_choose_what_to_share(
    #[values(Sqlite, PostgreSql)] kind: Kind,
) {
    let ward = Ward::new(kind).await;
    let (mut amina, card) = ward.amina_with_card(LETTERS).await;
    amina.opens("/passport/share").await.reads("Share your credentials");
    for (days, heading) in [(355, ALERT), (365, PASSCODES), (386, LOCKED)] {
        ward.passcode_is_old(card, days).await;
        amina.opens("/passport/share").await.reads(heading);
        for form in ["/passport/share", "/passport/share/begin", "/passport/share/again"] {
            amina.posts((form.to_owned(), "trust=NTH".to_owned())).await.reads(heading);
        }
    }
    assert_eq!(ward.db.count("presentation", "1 = 1").await, 0);
}

#[rstest]
#[tokio::test]
async fn an_alert_comes_again_each_day_until_something_is_done(#[values(Sqlite, PostgreSql)] kind: Kind) {
    let ward = Ward::new(kind).await;
    let (mut amina, card) = ward.amina_with_card(LETTERS).await;
    ward.passcode_is_old(card, 362).await;
    amina.is_led_to(ALERT).await.says("That is in 3 days.");
    amina.presses("Later").await.says(HOME);
    for (left, words) in [(2, "That is in 2 days."), (1, "That is in 1 day.")] {
        ward.a_day_passes();
        amina.comes_back().await.reads(ALERT).says(words);
        amina.presses("Later").await.says(HOME);
        assert_eq!(ward.db.count("smartcard_alert", "answer = 'later'").await, 4 - left);
    }
    ward.a_day_passes();
    amina.comes_back().await.reads(PASSCODES).says("Your Smartcard Passcode is older than it may be");
    for page in ["/home", "/activity", "/devices", "/smartcard", "/smartcard/renew"] {
        amina.opens(page).await.reads(PASSCODES);
    }
    for _ in 0..21 {
        ward.a_day_passes();
    }
    amina.comes_back().await.reads(LOCKED);
}

impl Visitor<'_> {
    /// Signs in on another day; where they are led then is left open.
    async fn comes_back(&mut self) -> &mut Self {
        let password = self.who.password;
        self.gives_password(password).await;
        let code = self.factor_code(APP).await;
        self.types(&code).await;
        self
    }
}

#[rstest]
#[tokio::test]
async fn renew_now_leads_to_the_tab_and_asks_again_where_nothing_comes_of_it(
    #[values(Sqlite, PostgreSql)] kind: Kind,
) {
    let ward = Ward::new(kind).await;
    let (mut amina, card) = ward.amina_with_card(LETTERS).await;
    ward.passcode_is_old(card, 351).await;
    ward.certificates_end_in(card, 30).await;
    amina.is_led_to(ALERT).await.presses("Renew now").await.reads(PASSCODES);
    amina.says("Change within 14 days");
    amina.is_led_to(ALERT).await.presses("Yes").await.reads(RENEW).says("Update My Card");
    amina.is_led_to(ALERT).await.presses("Later").await.says(HOME);
}

#[rstest]
#[tokio::test]
async fn the_third_renewal_is_at_the_registration_authority(#[values(Sqlite, PostgreSql)] kind: Kind) {
    let ward = Ward::new(kind).await;
    let (mut amina, card) = ward.amina_with_card(LETTERS).await;
    for (used, words) in [
        (0, "You can renew them twice by yourself"),
        (1, "This is the last time that you can renew them by yourself."),
        (2, "as often as you can by yourself. Visit the Registration Authority"),
    ] {
        ward.tell_card(card, &format!("renewals_used = {used}")).await;
        ward.certificates_end_in(card, 25).await;
        amina.opens("/smartcard/renew").await.reads(RENEW).says(words);
        ward.certificates_end_in(card, 20).await;
        let heading = if used < 2 { RENEW } else { VISIT };
        amina.is_led_to(heading).await;
    }
    amina.says("give the code FW-2005");
    // Where nobody counts nobody must come.
    ward.rules_are(CURRENT).await;
    amina.is_led_to(RENEW).await;
}

#[rstest]
#[tokio::test]
async fn whoever_is_stopped_reads_where_the_registration_authority_is(
    #[values(Sqlite, PostgreSql)] kind: Kind,
) {
    let ward = Ward::new(kind).await;
    ward.db.tell("UPDATE organisation SET support_phone = '01632 960123'").await;
    let (mut amina, card) = ward.amina_with_card(LETTERS).await;
    ward.passcode_is_old(card, 386).await;
    ward.db.tell("UPDATE organisation SET ra_place = 'Room 2.14, Education Centre'").await;
    amina.opens("/home").await.reads(LOCKED).says("Room 2.14, Education Centre").says("01632 960123");
    ward.db.tell("UPDATE organisation SET ra_email = 'ra@northfield.example'").await;
    amina.opens("/home").await.reads(LOCKED).says("Room 2.14").says("ra@northfield.example");
    assert!(!amina.page.text().contains("01632 960123"), "the Registration Authority has its own");
}

#[rstest]
#[tokio::test]
async fn whoever_got_a_locked_card_is_led_to_unlock_it(#[values(Sqlite, PostgreSql)] kind: Kind) {
    let ward = Ward::new(kind).await;
    let (mut amina, card) = ward.amina_with_card(LETTERS).await;
    ward.tell_card(card, "issued_locked = 1, passcode_set_on = NULL").await;
    for page in ["/home", "/smartcard/passcodes", "/smartcard/renew"] {
        amina.opens(page).await.reads("Unlock your smartcard").says("Your smartcard was handed over locked");
        assert_eq!(amina.page.url, "/smartcard/unlock");
    }
    amina.says("You have no Account Recovery Passcode");
    amina.has_passcode(store::server_passcode::ServerPasscodeKind::Recovery, "lantern-9").await;
    amina.opens("/home").await.says("Your Account Recovery Passcode unlocks it.");
    ward.rules_are(CURRENT).await;
    amina.opens("/home").await.reads("Unlock your smartcard").says("Where do you want the code?");
    amina.says("Your smartcard was handed over locked");
}

#[rstest]
#[tokio::test]
async fn whoever_has_no_card_pays_nothing_at_sign_in_but_the_look_for_one(
    #[values(Sqlite, PostgreSql)] kind: Kind,
) {
    let ward = Ward::new(kind).await;
    let mut amina = ward.person(AMINA);
    amina.joins(APP).await.signs_in(APP).await;
    let cookie = vault::Token::parse(&amina.cookies["fobwatch-session"]).unwrap();
    let person = journeys::session::peek(&ward.node.service, Some(&cookie)).await.unwrap();
    let statements = ward.store().statements_run();
    let gate = journeys::smartcard::due::gate(&ward.node.service, &person).await.unwrap();
    assert_eq!((gate, ward.store().statements_run() - statements), (rules::smartcard::Gate::Open, 0));
    // The look for a card is a statement of everybody's: a card on which nothing is due adds none.
    let before = ward.store().statements_run();
    amina.opens("/home").await;
    let without = ward.store().statements_run() - before;
    amina.gets_card(LETTERS).await;
    let before = ward.store().statements_run();
    amina.opens("/home").await;
    assert_eq!(ward.store().statements_run() - before, without);
}

#[rstest]
#[tokio::test]
async fn whoever_is_stopped_still_keeps_their_account_safe(#[values(Sqlite, PostgreSql)] kind: Kind) {
    let ward = Ward::new(kind).await;
    ward.db.tell("UPDATE organisation SET support_phone = '01632 960123'").await;
    let (mut amina, card) = ward.amina_with_card(LETTERS).await;
    ward.passcode_is_old(card, 386).await;
    for page in ["/home", "/activity", "/devices", "/smartcard", "/smartcard/passcodes", "/smartcard/renew"] {
        amina.opens(page).await.reads(LOCKED).says("01632 960123");
    }
    amina.opens("/smartcard/unlock").await.reads(LOCKED);
    amina.opens("/smartcard/stopped").await.follows("See and change your security info").await;
    amina.reads("Security info");
    amina.opens("/smartcard/stopped").await;
    amina.follows("Revoke the certificates of a lost or stolen card").await.reads("Revoke Certificates");
    amina.follows("Help and contact").await.says("Help");
    amina.opens("/home").await.presses("Sign out").await.reads("Sign in");
}

#[rstest]
#[tokio::test]
async fn an_unlock_by_the_registration_authority_opens_the_way_to_new_passcodes(
    #[values(Sqlite, PostgreSql)] kind: Kind,
) {
    let ward = Ward::new(kind).await;
    let (mut amina, card) = ward.amina_with_card(LETTERS).await;
    ward.passcode_is_old(card, 400).await;
    amina.is_led_to(LOCKED).await;
    let mut tx = ward.store().begin().await.unwrap();
    assert!(tx.unlock_smartcard(card, ward.local_today()).await.unwrap());
    tx.commit().await.unwrap();
    amina
        .is_led_to(PASSCODES)
        .await
        .says("The Registration Authority asks you to set a new Smartcard Passcode");
    amina.opens("/activity").await.reads(PASSCODES);
    // As the job does that sets them.
    let mut tx = ward.store().begin().await.unwrap();
    assert!(tx.card_passcode_set(card, ward.local_today()).await.unwrap());
    tx.commit().await.unwrap();
    amina.is_led_to(HOME).await;
}

#[rstest]
#[tokio::test]
async fn nobody_without_a_card_is_asked_about_one(#[values(Sqlite, PostgreSql)] kind: Kind) {
    let ward = Ward::new(kind).await;
    let mut amina = ward.person(AMINA);
    amina.joins(APP).await.signs_in(APP).await;
    assert!(!amina.page.text().contains("Smartcard"), "{}", amina.page.shown());
    amina.opens("/smartcard").await.reads("Self Service Portal").says("You have no smartcard.");
    amina.opens("/smartcard/alert").await.says(HOME);
    amina.opens("/smartcard/stopped").await.says(HOME);
    amina.opens("/smartcard/passcodes").await.is_refused("FW-2001");
    amina.opens("/smartcard/unlock").await.is_refused("FW-2001");
    amina.opens("/smartcard/revoke").await.reads("Revoke Certificates").says("You have no smartcard");
    amina.opens("/smartcard/renew").await.reads(RENEW).says("You have no smartcard");
}
