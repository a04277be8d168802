//! A scanner of mails, or a browser that loads ahead, follows every link: nothing changes by it.

use crate::browser::Browser;
use crate::database::{Kind, PostgreSql, Sqlite};
use crate::guide::Factor;
use crate::people::{AMINA, STRANGER, TESS};
use crate::ward::Ward;
use axum::http::Method;
use rstest::rstest;
use std::collections::BTreeSet;

/// That a person was here may be noted.
const LAST_SEEN: [&str; 1] = ["session.last_seen_at"];

/// Every address of ours in a text.
fn addresses_in(text: &str) -> Vec<String> {
    text.split("http://fobwatch.example")
        .skip(1)
        .map(|rest| rest.split([' ', '"', '<', '\r', '\n', ')', '\'']).next().unwrap_or_default().to_owned())
        .collect()
}

/// Follows each link of the page, of the pages behind them, and of every mail: with the person's cookies and without.
async fn scans(ward: &Ward, visitor: &Browser) -> usize {
    let before = ward.db.dump(&LAST_SEEN).await;
    let mut found: BTreeSet<String> = visitor.page.links().into_iter().collect();
    found.insert(visitor.page.url.clone());
    for mail in ward.mailbox.messages() {
        found.extend(addresses_in(&mail.text));
        found.extend(addresses_in(&mail.html));
    }
    for form in visitor.page.forms() {
        found.insert(form.action);
    }
    let mut seen = BTreeSet::new();
    for _ in 0..3 {
        let ahead: Vec<String> = found.iter().filter(|url| url.starts_with('/')).cloned().collect();
        for url in ahead {
            if !seen.insert(url.clone()) {
                continue;
            }
            for mut browser in [visitor.clone(), ward.browser_from("203.0.113.50")] {
                for method in [Method::GET, Method::HEAD] {
                    let (status, headers, html) = browser.sends(&method, &url, None, &[]).await.unwrap();
                    assert!(!status.is_server_error(), "{method} {url}: {status}");
                    if let Some(to) = headers.get("location") {
                        found.insert(to.to_str().unwrap().to_owned());
                    }
                    let page = crate::page::Page { html, ..Default::default() };
                    found.extend(page.links());
                }
            }
        }
    }
    let after = ward.db.dump(&LAST_SEEN).await;
    for (one, other) in before.lines().zip(after.lines()) {
        assert_eq!(one, other, "a link changed a row");
    }
    assert_eq!(before.len(), after.len(), "a link added a row");
    seen.len()
}

#[rstest]
#[tokio::test]
async fn following_every_link_of_every_page_and_mail_changes_nothing(
    #[values(Sqlite, PostgreSql)] kind: Kind,
) {
    let ward = Ward::new(kind).await;
    // Mails with links in them.
    for who in [STRANGER, TESS] {
        ward.person(who).asks_for_a_code().await;
    }
    ward.delivers().await;
    let mut seen = 0;
    let mut amina = ward.person(AMINA);
    amina.asks_for_a_code().await;
    ward.delivers().await;
    seen += scans(&ward, &amina).await;
    let code = amina.reads_the_mail().await;
    amina.types(&code).await;
    seen += scans(&ward, &amina).await;
    amina.gives_details().await;
    seen += scans(&ward, &amina).await;
    amina.sets_up(Factor::AuthenticatorApp).await;
    seen += scans(&ward, &amina).await;
    let code = amina.factor_code(Factor::AuthenticatorApp).await;
    amina.types(&code).await.reads("Your authenticator app is verified");
    ward.delivers().await;
    seen += scans(&ward, &amina).await;
    ward.waits(60);
    amina.gives_password(AMINA.password).await;
    seen += scans(&ward, &amina).await;
    let code = amina.factor_code(Factor::AuthenticatorApp).await;
    amina.types(&code).await.reads("Good morning, Amina");
    ward.waits(120);
    seen += scans(&ward, &amina).await;
    assert!(seen > 100, "{seen} links are too few");
    amina.reloads().await.reads("Good morning, Amina");
}
