//! The organisation's rules: previewed with how many people they concern, and saved by whoever has just proved who they are.

use crate::database::{Kind, PostgreSql, Sqlite};
use crate::guide::{Factor, Visitor};
use crate::people::{BEN, SINEAD, YU};
use crate::ward::Ward;
use futures::future::join_all;
use jiff::SignedDuration;
use rstest::rstest;
use rules::days::before;
use rules::policy::Policy;
use rules::smartcard::{Preset, SmartcardRules};
use store::method::{MethodKind, MethodSecret};
use store::role::Role;
use store::smartcard_life::NewSmartcard;
use uuid::Uuid;

impl Visitor<'_> {
    /// What a rule would do with another value.
    async fn previews(&mut self, key: &str, value: &str) -> &mut Self {
        let value = value.replace(' ', "+");
        self.opens(&format!("/console/settings/{key}/preview?value={value}")).await;
        self
    }
}

#[rstest]
#[tokio::test]
async fn every_rule_is_explained_with_its_default(#[values(Sqlite, PostgreSql)] kind: Kind) {
    let ward = Ward::new(kind).await;
    let mut ben = ward.staff(BEN, Role::Administrator).await;
    ben.opens("/console/settings").await.reads("Organisation settings");
    for key in Policy::KEYS {
        let name = ben.page.find(&format!("#{key} dt")).unwrap_or_default();
        let meaning = ben.page.find(&format!("#{key} dd")).unwrap_or_default();
        assert!(!name.is_empty() && name != key, "{key} has no name");
        assert!(meaning.contains("the default") && meaning.len() > 40, "{key} has no meaning: {meaning}");
    }
    for key in Policy::KEYS {
        ben.opens(&format!("/console/settings/{key}")).await.says("The default is");
    }
    ben.opens("/console/settings/nothing").await;
    assert_eq!(ben.page.heading(), "Page not found");
}

#[rstest]
#[tokio::test]
async fn a_stricter_rule_is_previewed_saved_and_in_the_audit(#[values(Sqlite, PostgreSql)] kind: Kind) {
    let ward = Ward::new(kind).await;
    let mut ben = ward.staff(BEN, Role::Administrator).await;
    ben.opens("/console/settings/session-idle").await.reads("Sign out after this long without use");
    for (typed, problem) in [
        ("", "Enter a value"),
        ("soon", "Enter a length of time, like 10 min, 30 s or 2 h"),
        ("31 min", "This must be as strict as the default, 30 min, or stricter"),
        ("1 s", "This cannot be stricter than 2 min, or nobody could work with it"),
    ] {
        ben.fills("New value", typed).presses("Show what it would do").await.is_told(problem);
        assert_eq!(ben.page.value("New value"), typed, "what was typed is still there");
    }
    ben.previews("reset-gates", "x").await.is_told("Enter a whole number");
    ben.previews("two-administrators", "maybe").await.is_told("Select yes or no");
    assert_eq!(ward.db.count("audit", "event LIKE '%rule_changed%'").await, 0);

    ben.opens("/console/settings/session-idle").await;
    ben.fills("New value", "10 min").presses("Show what it would do").await;
    ben.reads("What this would do: Sign out after this long without use").says("0 sessions of 0 people");
    ben.presses("Confirm and save").await.reads("Organisation settings");
    ben.says("Saved: Sign out after this long without use");
    let row = ben.page.find("#session-idle dd").unwrap();
    assert!(row.contains("10 min, stricter than the default of 30 min"), "{row}");
    let expected = r#"event LIKE '%"key":"session-idle","from":"30 min","to":"10 min"%'"#;
    assert_eq!(ward.db.count("audit", expected).await, 1);
    ward.audit_is_whole().await;

    // It holds, and can be taken back as far as the installation's own rule.
    ben.previews("session-idle", "30 min").await.says("This is less strict than what applies now");
    ben.previews("session-idle", "10 min").await.says("Nothing would change");
    assert!(!ben.page.text().contains("Confirm and save"));
    ward.waits(601);
    assert!(!ben.is_signed_in().await, "the session was idle for more than ten minutes");
}

#[rstest]
#[tokio::test]
async fn saving_takes_a_fresh_proof(#[values(Sqlite, PostgreSql)] kind: Kind) {
    let ward = Ward::new(kind).await;
    let mut ben = ward.staff(BEN, Role::Administrator).await;
    ward.waits(601);
    ben.previews("reset-gates", "2").await.presses("Confirm and save").await;
    assert!(ben.page.url.starts_with("/confirm?next=%2Fconsole%2Fsettings"), "{}", ben.page.url);
    let organisation = ward.store().organisation_by_code("NTH").await.unwrap().unwrap();
    assert_eq!(organisation.policy, "{}");
}

#[rstest]
#[tokio::test]
async fn of_two_administrators_who_change_a_rule_at_once_one_is_told(
    #[values(Sqlite, PostgreSql)] kind: Kind,
) {
    let ward = Ward::new(kind).await;
    let mut ben = ward.staff(BEN, Role::Administrator).await;
    let mut yu = ward.staff(YU, Role::Administrator).await;
    ben.previews("reset-gates", "2").await;
    yu.previews("reset-gates", "2").await;
    ben.presses("Confirm and save").await.says("Saved");
    yu.presses("Confirm and save").await.is_refused("FW-1520");

    // Other rules are not concerned, and of many clicks at once one counts.
    yu.previews("put-offs", "1").await;
    let sent = yu.would_send("Confirm and save");
    let answers = join_all((0..10).map(|_| {
        let (mut tab, sent) = (yu.opens_a_tab(), sent.clone());
        async move { tab.posts(sent).await.page.status.is_success() }
    }))
    .await;
    assert_eq!(answers.into_iter().filter(|saved| *saved).count(), 1);
    assert_eq!(ward.db.count("audit", "event LIKE '%rule_changed%'").await, 2);
    let organisation = ward.store().organisation_by_code("NTH").await.unwrap().unwrap();
    assert_eq!(organisation.policy, r#"{"put-offs":"1","reset-gates":"2"}"#);
    ward.audit_is_whole().await;
}

#[rstest]
#[tokio::test]
async fn a_preview_says_how_many_people_a_stricter_rule_concerns(#[values(Sqlite, PostgreSql)] kind: Kind) {
    let ward = Ward::new(kind).await;
    let mut sinead = ward.person(SINEAD);
    sinead.joins(Factor::TextMessage).await;
    let mut yu = ward.person(YU);
    yu.joins(Factor::Email).await;
    let mut ben = ward.staff(BEN, Role::Administrator).await;

    ben.previews("reset-gates", "2").await.says("3 people have fewer than 2 methods that serve for resets");
    ben.says("2 people have one of them").says("1 person has none");

    ward.db.tell(&format!("UPDATE account SET put_off = 2 WHERE email = '{}'", YU.email)).await;
    ward.db.tell(&format!("UPDATE account SET put_off = 2 WHERE email = '{}'", SINEAD.email)).await;
    ben.previews("put-offs", "2").await.says("1 person without a method for resets");
    ben.previews("put-offs", "0").await.says("1 person without a method for resets");

    let ago = (ward.clock.now() - SignedDuration::from_hours(10 * 24)).as_millisecond();
    ward.db.tell(&format!("UPDATE device SET remembered_at = {ago}")).await;
    ben.previews("remember-device-days", "20").await.says("0 remembered browsers of 0 people");
    ben.previews("remember-device-days", "10").await.says("1 remembered browser of 1 person");

    ben.previews("two-administrators", "yes").await.says("1 administrator can sign in now").says("One alone");
    ben.previews("password-min", "15").await.says("Nobody can know how many people this concerns");
    ben.previews("code-lifetime", "10 min").await.says("It holds for what is done from now on");
    ben.previews("registration-lifetime", "1 h").await.says("0 people in the middle of creating an account");

    // A number of France, and one of Jersey.
    let now = ward.clock.now();
    let mut tx = ward.store().begin().await.unwrap();
    for (number, who, phone) in [(1, SINEAD, "+33612345678"), (2, YU, "+447797712345")] {
        let account = ward.account_of(who).await;
        let (id, phone) = (Uuid::from_u128(number), MethodSecret::address(phone));
        tx.add_sign_in_method(id, account, MethodKind::AlternativePhone, &phone, 0, now).await.unwrap();
    }
    tx.commit().await.unwrap();
    ben.previews("non-uk-number-disables", "yes")
        .await
        .says("1 account would be disabled because of a number");
    ben.previews("crown-dependencies", "no")
        .await
        .says("1 person has a number that would get no codes any more");
}

#[rstest]
#[tokio::test]
async fn a_preview_counts_the_sessions_that_would_end_now(#[values(Sqlite, PostgreSql)] kind: Kind) {
    let ward = Ward::new(kind).await;
    let mut sinead = ward.colleague(SINEAD).await;
    sinead.signs_in(Factor::AuthenticatorApp).await;
    let mut ben = ward.staff(BEN, Role::Administrator).await;
    ward.waits(20 * 60);
    ben.previews("session-idle", "20 min").await.says("1 session of 1 person would end at once");
    ben.previews("session-idle", "29 min").await.says("0 sessions of 0 people would end at once");
    ben.presses("Confirm and save").await;
    assert!(sinead.is_signed_in().await, "nobody's session ends by a preview");
}

#[rstest]
#[tokio::test]
async fn the_rules_for_smartcards_begin_with_a_preset_and_are_then_made_stricter(
    #[values(Sqlite, PostgreSql)] kind: Kind,
) {
    let ward = Ward::new(kind).await;
    let mut ben = ward.staff(BEN, Role::Administrator).await;
    let rules = async || {
        let organisation = ward.store().organisation_by_code("NTH").await.unwrap().unwrap();
        (ward.node.service.smartcard_rules(&organisation).unwrap(), organisation.policy)
    };
    assert_eq!(rules().await.0, SmartcardRules::preset(Preset::Guide));
    ben.opens("/console/settings").await;
    assert!(ben.page.find("#smartcard-preset dd").unwrap().contains("The guide’s, the default"));

    // Stricter than the guide, before today's numbers are chosen: what is strict enough stays, the rest goes.
    for (key, value) in [("renewal-reminder-days", "60"), ("server-passcode-min", "12")] {
        ben.previews(key, value).await.presses("Confirm and save").await.says("Saved");
    }
    ben.previews("self-service-renewals", "unlimited").await.is_told("as strict as the default, 2, or");
    ben.opens("/console/settings/smartcard-preset").await.chooses("Today’s");
    ben.presses("Show what it would do").await.says("a Smartcard Passcode is 6 to 8 digits");
    ben.presses("Confirm and save").await.says("Saved: Rules for smartcards");
    let (smartcards, kept) = rules().await;
    assert_eq!(kept, r#"{"server-passcode-min":"12","smartcard-preset":"current"}"#);
    assert_eq!(smartcards.preset, Preset::Current);
    assert_eq!((smartcards.renewal.reminds_from_days, smartcards.passcode.server.min), (90, 12));
    let row = ben.page.find("#smartcard-preset dd").unwrap();
    assert!(row.contains("Today’s, chosen in place of the default"), "{row}");
    let row = ben.page.find("#renewal-reminder-days dd").unwrap();
    assert!(row.contains("90, the default"), "the preset is what a rule is measured by: {row}");
    ben.previews("renewal-reminder-days", "60").await.is_told("as strict as the default, 90, or");
    ben.previews("self-service-renewals", "5").await.says("0 smartcards could still be renewed");
    ben.presses("Confirm and save").await.says("Saved: Renewals without a visit");
    assert_eq!(rules().await.0.renewal.self_service_limit, Some(5));
    ben.previews("smartcard-preset", "tomorrow").await.is_told("Select one of these");
    ben.previews("smartcard-unlock", "recovery-passcode").await.says("have no Account Recovery Passcode");
    ben.previews("card-passcode-min", "7").await.says("Nobody can know how many people");
    ben.previews("card-passcode-min", "9").await.is_told("This cannot be stricter than 8, or");
    ben.previews("ra-second-approver", "yes")
        .await
        .says("0 people of the Registration Authority can approve");
    ward.audit_is_whole().await;
}

#[rstest]
#[tokio::test]
async fn a_preview_says_how_many_smartcards_a_stricter_rule_concerns(
    #[values(Sqlite, PostgreSql)] kind: Kind,
) {
    let ward = Ward::new(kind).await;
    let mut ben = ward.staff(BEN, Role::Administrator).await;
    let sinead = ward.colleague(SINEAD).await.account().await;
    let organisation = ward.store().organisation_by_code("NTH").await.unwrap().unwrap().id;
    let now = ward.now();
    let mut tx = ward.store().begin().await.unwrap();
    // Passcodes of half a year, of almost a year, and of today; certificates for 40, 25 and 400 days.
    let cards = [("A", 1_u8, 190, 40, 1), ("B", 2, 360, 25, 2), ("C", 3, 0, 400, 0)];
    for (label, number, age, ..) in cards {
        let id = Uuid::from_u128(u128::from(number));
        let (guid, profile) = ([number; 16], "piv-6-8-digits");
        let card = NewSmartcard { id, organisation_id: organisation, guid, profile, label };
        tx.add_smartcard(card, now).await.unwrap();
        assert!(tx.bind_smartcard(id, sinead, now).await.unwrap());
        tx.card_passcode_set(id, before(ward.today(), age)).await.unwrap();
    }
    tx.commit().await.unwrap();
    for (label, _, _, days, used) in cards {
        let ends = (now + SignedDuration::from_hours(24 * days)).as_millisecond();
        let facts = format!("expires_at = {ends}, renewals_used = {used}");
        ward.db.tell(&format!("UPDATE smartcard SET {facts} WHERE label = '{label}'")).await;
    }
    ben.previews("passcode-lifetime-days", "180")
        .await
        .says("2 smartcards have passcodes that would be too old");
    ben.says("for 1 smartcard they must be set at the next sign-in")
        .says("1 smartcard would be locked at once");
    ben.previews("passcode-lock-days", "7").await.says("0 smartcards have passcodes that would be too old");
    ben.previews("renewal-reminder-days", "60").await.says("1 smartcard more would have an alert");
    ben.previews("renewal-forced-days", "25").await.says("1 smartcard more must be renewed");
    ben.previews("renewal-forced-days", "24").await.says("0 smartcards more must be renewed");
    ben.previews("self-service-renewals", "1")
        .await
        .says("1 smartcard could still be renewed without a visit");
    ben.previews("self-service-renewals", "0")
        .await
        .says("2 smartcards could still be renewed without a visit");
    ben.previews("smartcard-unlock", "one-time-code")
        .await
        .says("opens a locked smartcard with a one-time code");
    ward.gives_role(SINEAD, Role::RaAgent).await;
    ben.previews("ra-second-approver", "yes")
        .await
        .says("1 person of the Registration Authority can approve");
}

#[rstest]
#[tokio::test]
async fn nobody_takes_away_alone_what_two_must_agree_on(#[values(Sqlite, PostgreSql)] kind: Kind) {
    let ward = Ward::new(kind).await;
    let mut ben = ward.staff(BEN, Role::Administrator).await;
    for rule in ["two-administrators", "ra-second-approver"] {
        ben.previews(rule, "yes").await.presses("Confirm and save").await.says("Saved");
        ben.previews(rule, "no")
            .await
            .is_told(&format!("fobwatch organisation set --code NTH --strict {rule}=no"));
        // Nor past the preview.
        let sent = (format!("/console/settings/{rule}"), "value=no&expected=yes".to_owned());
        ben.posts(sent).await.is_told("One person cannot take away what two people must agree on");
    }
    // By another preset for smartcards it stays.
    ben.previews("smartcard-preset", "current").await.presses("Confirm and save").await.says("Saved");
    let organisation = ward.store().organisation_by_code("NTH").await.unwrap().unwrap();
    let policy = ward.node.service.policy(&organisation).unwrap();
    assert!(policy.two_administrators && policy.smartcard.ra_second_approver, "{}", organisation.policy);
    assert_eq!(ward.db.count("audit", "event LIKE '%rule_changed%'").await, 3);
}
