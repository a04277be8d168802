//! Who comes in by which door, and what the others are told: by e-mail, never on the page.

use crate::database::{Kind, PostgreSql, Sqlite};
use crate::guide::Factor;
use crate::page::Page;
use crate::people::{AMINA, ARTHUR, BEN, LEO, Person, STRANGER, TESS};
use crate::ward::Ward;
use rstest::rstest;
use testkit::SeededRandom;

const UNKNOWN: &str = "We could not find your email address";
const HAS_ONE: &str = "You already have an account with Fobwatch";
const NEEDS_NONE: &str = "You do not need to create an account with Fobwatch";
const CODE: &str = "Your code to create an account with Fobwatch";
const CREATES: &str = "Create your own account with Fobwatch";
const FIRST: &str = "Your code for your first sign-in to Fobwatch";

/// What a page is apart from the address that was typed.
fn without_address(page: &Page, address: &str) -> String {
    page.html.replace(address, "ADDRESS")
}

#[rstest]
#[tokio::test]
async fn each_address_gets_its_own_message_and_every_visitor_the_same_page(
    #[values(Sqlite, PostgreSql)] kind: Kind,
) {
    let ward = Ward::new(kind).await;
    ward.person(BEN).joins(Factor::TextMessage).await;
    let mut pages = Vec::new();
    for (who, subject) in [
        (AMINA, CODE),
        (STRANGER, UNKNOWN),
        (LEO, UNKNOWN),
        (BEN, HAS_ONE),
        (TESS, NEEDS_NONE),
        (ARTHUR, NEEDS_NONE),
    ] {
        ward.waits(60);
        let mut person = ward.person(who);
        person.asks_for_a_code().await.reads("Check your email");
        pages.push((person.page.status, without_address(&person.page, who.email)));
        let subjects = ward.subjects_to(who.email).await;
        assert_eq!(subjects.last().unwrap(), subject, "for {}", who.email);
        let mail = ward.mailbox.messages_to(who.email).pop().unwrap();
        assert_eq!(mail.code().is_some(), subject == CODE, "only who may join gets a code");
    }
    assert!(pages.windows(2).all(|two| two[0] == two[1]), "the pages tell them apart");
}

#[tokio::test]
async fn at_the_door_for_the_first_sign_in_the_page_is_the_same_for_everybody_too() {
    let ward = Ward::new(Sqlite).await;
    let mut pages = Vec::new();
    for (who, subject) in
        [(TESS, FIRST), (ARTHUR, FIRST), (AMINA, CREATES), (STRANGER, UNKNOWN), (LEO, UNKNOWN)]
    {
        ward.waits(60);
        let mut person = ward.person(who);
        comes_for_the_first_time(&mut person.browser, who).await;
        person.reads("Check your email");
        pages.push(without_address(&person.page, who.email));
        ward.delivers().await;
        let mail = ward.mailbox.messages_to(who.email).pop().unwrap();
        assert_eq!(mail.subject, subject, "for {}", who.email);
        assert_eq!(mail.code().is_some(), subject == FIRST);
    }
    assert!(pages.windows(2).all(|two| two[0] == two[1]), "the pages tell them apart");
}

async fn comes_for_the_first_time(browser: &mut crate::browser::Browser, who: Person) {
    browser.opens("/join").await;
    browser
        .chooses("Nursing and Midwifery Registered")
        .presses("Discover More")
        .await
        .says("only want to use your online training")
        .says("are an authoriser for Northfield Hospitals");
    browser.follows("Sign in for the first time").await;
    browser.fills("Email address", who.email).presses("Send Code").await;
}

#[rstest]
#[tokio::test]
async fn training_users_and_authorisers_sign_in_for_the_first_time(
    #[values(Sqlite, PostgreSql)] kind: Kind,
    #[values(TESS, ARTHUR)] who: Person,
) {
    let ward = Ward::new(kind).await;
    let mut person = ward.person(who);
    comes_for_the_first_time(&mut person.browser, who).await;
    let code = person.reads_the_mail().await;
    person.types(&code).await.reads("Choose a password and give your details");
    person.gives_details().await;
    person.sets_up(Factor::AuthenticatorApp).await;
    let code = person.factor_code(Factor::AuthenticatorApp).await;
    person.types(&code).await;
    person.presses("Continue").await.reads("Your account is ready");
    person.signs_in(Factor::AuthenticatorApp).await.reads(&format!("Good morning, {}", who.first_name));
}

#[tokio::test]
async fn who_does_not_work_there_yet_reads_how_to_apply() {
    let ward = Ward::new(Sqlite).await;
    let mut browser = ward.browser();
    browser.opens("/join").await;
    browser.chooses("Estates and Ancillary").presses("Discover More").await.says("Estates and Ancillary");
    browser.follows("how to apply").await.reads("How to apply");
    browser.follows("Back").await.reads("Estates and Ancillary Create an account");
    browser.follows("Back").await.reads("Staff Group");
}

#[tokio::test]
async fn nobody_goes_on_without_choosing_a_staff_group() {
    let ward = Ward::new(Sqlite).await;
    let mut browser = ward.browser();
    browser.opens("/join").await;
    browser.presses("Discover More").await.is_told("Select your staff group");
    browser.opens("/join/NTH/email").await.reads("Staff Group");
    browser.opens("/join/NTH/discover?group=astronauts").await;
    browser.is_told("Select one of the staff groups in the list");
}

#[tokio::test]
async fn with_several_organisations_a_person_chooses_theirs_first() {
    let ward = Ward::new(Sqlite).await;
    let now = ward.clock.now();
    let mut tx = ward.store().begin().await.unwrap();
    let id = vault::new_id(now, &SeededRandom::unique());
    tx.add_organisation(id, "STH", "Southmere Community Trust", now).await.unwrap();
    tx.commit().await.unwrap();
    let mut browser = ward.browser();
    for (door, first_page) in [("/join", "Staff Group"), ("/first-time", "Sign in for the first time")] {
        browser.opens(door).await.reads("Who do you work for?");
        browser.follows("Southmere Community Trust").await.reads(first_page);
        assert_eq!(browser.page.url, format!("{door}/STH"));
    }
    // Amina is on the roster of the other organisation, which this one does not learn.
    let mut amina = ward.person(AMINA);
    amina.opens("/join/STH").await;
    amina.chooses("Nursing and Midwifery Registered").presses("Discover More").await;
    amina.presses("Join Now").await;
    amina.fills("Email address", AMINA.email).presses("Send Code").await;
    amina.reads("Check your email");
    assert_eq!(ward.subjects_to(AMINA.email).await, [UNKNOWN]);
    // An address in small letters leads to the same organisation.
    browser.opens("/join/nth").await.reads("Staff Group");
    browser.opens("/join/XYZ").await;
    assert_eq!(browser.page.heading(), "Page not found");
}

#[rstest]
#[case("", "Enter your email address")]
#[case("amina.khan", "Enter an email address in the correct format")]
#[case("amina khan@northfield.example", "Enter an email address in the correct format")]
#[tokio::test]
async fn what_is_no_address_comes_back_with_what_to_do(#[case] typed: &str, #[case] told: &str) {
    let ward = Ward::new(Sqlite).await;
    let mut amina = ward.person(AMINA);
    amina.asks_for_a_code_at(typed).await.is_told(told);
    assert_eq!(amina.page.value("Email address"), typed, "what was typed is not lost");
    assert_eq!(ward.db.count("registration", "1 = 1").await, 0);
}
