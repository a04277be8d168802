//! The links in messages lead to their pages, by way of the sign-in (guide 000: "The login link … will take you to the login page").

use super::portal::fire;
use super::verifier::{APP, path_of};
use crate::database::{Kind, PostgreSql, Sqlite};
use crate::guide::{Factor, Visitor};
use crate::people::AMINA;
use crate::ward::Ward;
use axum::http::{Method, StatusCode, header};
use rstest::rstest;
use serde_json::json;

/// Remembers the page that was asked for.
const WANTED: &str = "fobwatch-wanted";

impl Ward {
    /// The links in the message that tells Amina of a new credential.
    async fn mailed_links(&self) -> Vec<String> {
        self.the_trust_provides(AMINA, json!([fire()])).await;
        let mail = self.mail_about(AMINA.email, "You have new credentials to review").await;
        mail.lines().filter(|line| line.starts_with("http")).map(path_of).collect()
    }
}

impl Visitor<'_> {
    /// Password and app's code on the page that is open.
    async fn signs_in_here(&mut self) -> &mut Self {
        self.ward.waits(60);
        let (email, password) = (self.who.email, self.who.password);
        self.reads("Sign in");
        self.fills("Email address or staff number", email).fills("Password", password);
        self.presses("Sign in").await;
        let code = self.factor_code(APP).await;
        self.types(&code).await
    }
}

#[rstest]
#[tokio::test]
async fn both_links_of_the_mail_lead_through_the_sign_in_to_their_pages(
    #[values(Sqlite, PostgreSql)] kind: Kind,
) {
    let ward = Ward::new(kind).await;
    let mut amina = ward.colleague(AMINA).await;
    let links = ward.mailed_links().await;
    // "The login link in the email will take you to the login page."
    amina.opens(&links[0]).await.reads("Sign in with your staff passport");
    amina.follows("Sign in another way").await;
    amina.signs_in_here().await.is_asked_another_time().await.reads("Your staff passport");
    amina.says("Fire safety");
    assert!(!amina.cookies.contains_key(WANTED), "after use it is gone");
    amina.presses("Sign out").await;
    // "If you have not previously downloaded your access key … you can select the second link in the email."
    amina.opens(&links[1]).await;
    amina.signs_in_here().await.is_asked_another_time().await.reads("Collect your access key");
    amina.presses("Sign out").await;
    amina.signs_in(APP).await.reads("Good morning, Amina");
}

#[rstest]
#[tokio::test]
async fn the_link_of_the_mail_leads_through_the_qr_code_to_the_passport(
    #[values(Sqlite, PostgreSql)] kind: Kind,
) {
    let ward = Ward::new(kind).await;
    let (_amina, wallet) = ward.amina_with_a_passport().await;
    let link = ward.mailed_links().await.swap_remove(0);
    let (mut desk, mut phone) = (ward.person(AMINA), ward.phone_browser());
    desk.opens(&link).await.presses("Continue").await.reads("Sign in with your staff passport");
    let back = phone.shares(&wallet, &desk.qr_link(), &ward).await;
    desk.opens(&back).await.presses("Continue").await;
    desk.is_asked_another_time().await.reads("Your staff passport").says("Fire safety");
    assert!(!desk.cookies.contains_key(WANTED));
}

#[tokio::test]
async fn a_passkey_leads_to_the_wanted_page_too() {
    let ward = Ward::new(Sqlite).await;
    let (mut amina, mut device) = ward.person_with_a_passkey(AMINA, Factor::TextMessage).await;
    amina.presses("Sign out").await;
    amina.opens("/passport").await.reads("Sign in with your staff passport");
    amina.signs_in_with_a_passkey(&mut device).await.reads("Your staff passport");
    assert!(!amina.cookies.contains_key(WANTED));
}

#[tokio::test]
async fn whoever_was_signed_out_meanwhile_comes_to_the_wanted_page() {
    let ward = Ward::new(Sqlite).await;
    let mut amina = ward.colleague(AMINA).await;
    amina.signs_in(APP).await;
    ward.waits(30 * 60);
    amina.opens("/passport").await.is_refused("FW-1204");
    amina.follows("Sign in").await;
    amina.signs_in_here().await.is_asked_another_time().await.reads("Your staff passport");
}

#[tokio::test]
async fn the_cookie_holds_the_name_of_a_page_and_leads_nowhere_else() {
    let ward = Ward::new(Sqlite).await;
    let mut amina = ward.colleague(AMINA).await;
    for other in ["https://evil.example/", "//evil.example/", "/passport", "console", "passport-share"] {
        amina.cookies.insert(WANTED.to_owned(), other.to_owned());
        amina.signs_in(APP).await.reads("Good morning, Amina");
        assert!(!amina.cookies.contains_key(WANTED), "{other}");
        amina.presses("Sign out").await;
    }
}

#[tokio::test]
async fn only_pages_that_our_messages_link_to_are_remembered() {
    let ward = Ward::new(Sqlite).await;
    let mut nobody = ward.browser();
    for page in ["/home", "/passport/share", "/security-info", "/sign-in"] {
        nobody.opens(page).await.reads("Sign in");
        assert!(!nobody.cookies.contains_key(WANTED), "{page}");
    }
    let (status, headers, _) = nobody.sends(&Method::GET, "/smartcard", None, &[]).await.unwrap();
    assert_eq!((status, &headers[header::LOCATION]), (StatusCode::SEE_OTHER, &"/sign-in".parse().unwrap()));
    assert_eq!(nobody.cookies[WANTED], "smartcard");
    let set = nobody.set_cookies.last().unwrap();
    assert!(
        set.contains("Max-Age=1800") && set.contains("HttpOnly") && set.contains("SameSite=Lax"),
        "{set}"
    );
    // A form that is sent without a session asks for no page.
    let mut nobody = ward.browser();
    nobody.posts(("/passport/access-key".to_owned(), String::new())).await.reads("Sign in");
    assert!(!nobody.cookies.contains_key(WANTED));
}
