//! *Security info*: a method is changed in place, named, deleted, put first; and the old address hears of it.

use crate::database::{Kind, PostgreSql, Sqlite};
use crate::guide::Factor;
use crate::people::{AMINA, BEN};
use crate::security_info::NEW_NUMBER;
use crate::ward::Ward;
use rstest::rstest;

const TOLD: &str = "A change to your account with Fobwatch";

#[rstest]
#[tokio::test]
async fn a_new_number_takes_the_place_of_the_old_which_hears_of_its_end(
    #[values(Sqlite, PostgreSql)] kind: Kind,
) {
    let ward = Ward::new(kind).await;
    let mut amina = ward.person(AMINA);
    amina.joins(Factor::TextMessage).await.signs_in(Factor::TextMessage).await;
    // Somebody has the old phone in their hand and a sign-in under way.
    ward.waits(31);
    let mut thief = ward.person(AMINA);
    thief.gives_password(AMINA.password).await.reads("Check your phone");
    let stolen = ward.texted_code(AMINA.mobile).await;

    amina.opens("/security-info").await.follows("Change Phone ending in 23").await.reads("Change phone");
    amina.presses("Next").await.reads("Phone");
    let code = amina.enters_number(NEW_NUMBER).await;
    ward.delivers().await;
    let before = ward.phone.texts_to(AMINA.mobile).len();
    amina.enters_code(&code).await.reads("SMS verified");
    amina.presses("Done").await.says("Phone ending in 99");
    assert!(!amina.page.text().contains("ending in 23"));
    assert_eq!(ward.db.count("sign_in_method", "1 = 1").await, 1);

    ward.delivers().await;
    let old = ward.phone.texts_to(AMINA.mobile);
    assert_eq!(old.len(), before + 1, "the old number hears of it");
    assert!(old.last().unwrap().body.contains("Text message was changed"));
    assert!(ward.phone.texts_to(NEW_NUMBER).last().unwrap().body.contains("Text message was changed"));
    assert!(ward.subjects_to(AMINA.email).await.contains(&TOLD.to_owned()));
    assert_eq!(ward.db.count("audit", "event LIKE '%method_changed%'").await, 1);
    assert_eq!(ward.db.count("activity", "kind = 'method-changed'").await, 1);

    thief.types(&stolen).await.is_refused("FW-1203");
    assert_eq!(ward.db.count("session", "1 = 1").await, 1);
}

#[rstest]
#[tokio::test]
async fn a_method_has_the_name_that_its_owner_gives_it(#[values(Sqlite, PostgreSql)] kind: Kind) {
    let ward = Ward::new(kind).await;
    let mut amina = ward.person(AMINA);
    amina.joins(Factor::TextMessage).await.signs_in(Factor::TextMessage).await;
    amina.opens("/security-info").await.follows("Rename Phone ending in 23").await.reads("Rename phone");
    let long = "w".repeat(41);
    amina.fills("Name", &long).presses("Save").await.is_told("40 characters or fewer");
    assert_eq!(amina.page.value("Name"), long, "what was typed is not lost");
    amina.fills("Name", " <b>Work</b>\u{202e} phone ").presses("Save").await.reads("Security info");
    amina.says("The name has been changed").says("Phone (<b>Work</b> phone) ending in 23");
    amina.follows("Rename Phone (<b>Work</b> phone) ending in 23").await;
    amina.fills("Name", "").presses("Save").await.says("Phone ending in 23");
}

#[rstest]
#[tokio::test]
async fn the_last_method_goes_only_where_the_person_says_that_they_know(
    #[values(Sqlite, PostgreSql)] kind: Kind,
) {
    let ward = Ward::new(kind).await;
    let mut amina = ward.person(AMINA);
    amina.joins(Factor::TextMessage).await.signs_in(Factor::TextMessage).await;
    amina.opens("/security-info").await.follows("Delete Phone ending in 23").await.reads("Delete phone?");
    amina
        .says("you cannot reset your password yourself")
        .says("we will send a code to a•••@northfield.example");
    amina.presses("Delete").await.is_told("Tick the box");
    assert_eq!(ward.db.count("sign_in_method", "1 = 1").await, 1);
    amina.chooses("I know what I can no longer do, and want to delete it").presses("Delete").await;
    amina
        .reads("Security info")
        .says("The sign-in method has been deleted")
        .says("You have no sign-in method");
    ward.delivers().await;
    assert!(ward.phone.texts_to(AMINA.mobile).last().unwrap().body.contains("Text message was removed"));
    assert!(ward.subjects_to(AMINA.email).await.contains(&TOLD.to_owned()));
    assert_eq!(ward.db.count("audit", "event LIKE '%method_removed%'").await, 1);

    // A code to the address of record takes its place, and the next sign-in asks for a method.
    ward.waits(60);
    let mut later = ward.person(AMINA);
    later.gives_password(AMINA.password).await.reads("Check your email");
    let code = later.factor_code(Factor::Email).await;
    later.types(&code).await.reads("Set up a way to reset your password");
    ward.audit_is_whole().await;
}

#[rstest]
#[tokio::test]
async fn a_second_method_goes_without_a_warning_and_the_back_up_takes_the_defaults_place(
    #[values(Sqlite, PostgreSql)] kind: Kind,
) {
    let ward = Ward::new(kind).await;
    let mut amina = ward.person(AMINA);
    amina.joins(Factor::TextMessage).await.signs_in(Factor::TextMessage).await;
    amina.has_added_phone(NEW_NUMBER).await.has_added_phone("07700 900198").await;
    amina.follows("Change your default and back-up").await.reads("Default and back-up");
    let form = amina.page.forms().into_iter().find(|form| form.action.ends_with("/default")).unwrap();
    let value = |nth: usize| form.inputs[nth].value.clone();
    let (second, third) = (value(1), value(2));
    let choose = |default: &str, backup: &str| {
        ("/security-info/default".to_owned(), format!("default={default}&backup={backup}"))
    };
    amina.posts(choose(&third, &third)).await.is_told("Select another method than the default");
    amina.posts(choose("", &third)).await.is_told("Select the method that we offer first");
    amina.posts(choose(&third, "nonsense")).await.is_told("Select one of the methods in the list");
    amina
        .posts(choose(&third, &second))
        .await
        .reads("Security info")
        .says("default and back-up have been changed");
    let ranks = |page: &str| (page.find("Default: we ask").unwrap(), page.find("Back-up: we offer").unwrap());
    let (default, backup) = ranks(&amina.page.text());
    assert!(default > backup, "the third is the default, the second the back-up: {}", amina.page.shown());

    // They are offered in this order.
    ward.waits(31);
    let mut elsewhere = ward.person(AMINA);
    elsewhere.gives_password(AMINA.password).await.reads("Check your phone").says("ending in 98");
    elsewhere.follows("Use another way to sign in").await;
    let text = elsewhere.page.text();
    let at = |hint: &str| text.find(hint).unwrap();
    assert!(at("ending in 98") < at("ending in 99") && at("ending in 99") < at("ending in 23"), "{text}");

    let code = ward.texted_code("07700 900198").await;
    amina.follows("Delete Phone ending in 98").await.reads("Delete phone?");
    assert!(amina.page.find("input[type=checkbox]").is_none(), "no warning");
    amina.presses("Delete").await.says("The sign-in method has been deleted");
    // Whoever was signing in with it starts again, with what was the back-up.
    elsewhere.opens("/sign-in/code").await.is_refused("FW-1203");
    elsewhere.posts(("/sign-in/code".into(), format!("code={code}"))).await.is_refused("FW-1203");
    ward.waits(31);
    elsewhere.gives_password(AMINA.password).await.reads("Check your phone").says("ending in 99");
    // And with the default and the back-up gone, the first one is.
    amina.follows("Delete Phone ending in 99").await.presses("Delete").await;
    assert_eq!(ward.db.count("account", "default_method_id IS NULL AND backup_method_id IS NULL").await, 1);
}

#[rstest]
#[tokio::test]
async fn somebody_elses_method_is_nobody_elses_business(#[values(Sqlite, PostgreSql)] kind: Kind) {
    let ward = Ward::new(kind).await;
    let mut amina = ward.person(AMINA);
    amina.joins(Factor::TextMessage).await.signs_in(Factor::TextMessage).await;
    amina.opens("/security-info").await;
    let method = amina.page.link("Delete Phone ending in 23").replace("/delete", "");
    let id = method.rsplit('/').next().unwrap().to_owned();
    let mut ben = ward.person(BEN);
    ben.joins(Factor::TextMessage).await.signs_in(Factor::TextMessage).await;
    for act in ["change", "name", "delete"] {
        ben.opens(&format!("{method}/{act}")).await.is_refused("FW-1232");
        let body = "name=Mine&confirm=yes".to_owned();
        ben.posts((format!("{method}/{act}"), body)).await.is_refused("FW-1232");
    }
    ben.posts(("/security-info/default".into(), format!("default={id}")))
        .await
        .is_told("that we offer first");
    ben.opens("/security-info/method/nonsense/delete").await.is_refused("FW-1232");
    amina.reloads().await.says("Phone ending in 23");
    // Deleted in one tab, it is gone in the other.
    amina.follows("Delete Phone ending in 23").await;
    let mut tab = amina.opens_a_tab();
    amina.chooses("I know what I can no longer do, and want to delete it").presses("Delete").await;
    tab.chooses("I know what I can no longer do, and want to delete it").presses("Delete").await;
    tab.is_refused("FW-1232").says("no longer there");
}
