//! *Recovery codes*: ten, shown once, each good once.

use crate::database::{Kind, PostgreSql, Sqlite};
use crate::guide::{Factor, Visitor};
use crate::people::AMINA;
use crate::ward::Ward;
use rstest::rstest;
use scraper::{Html, Selector};

impl Visitor<'_> {
    fn shown_codes(&self) -> Vec<String> {
        let page = Html::parse_document(&self.page.html);
        let codes = Selector::parse(".fw-codes code").unwrap();
        page.select(&codes).map(|code| code.text().collect()).collect()
    }

    async fn uses_recovery_code(&mut self, code: &str) -> &mut Self {
        let password = self.who.password;
        self.gives_password(password).await.follows("Use another way to sign in").await;
        self.follows("Use a recovery code").await;
        self.fills("Recovery code", code).presses("Continue").await;
        self
    }
}

#[rstest]
#[tokio::test]
async fn ten_codes_are_shown_once_and_each_signs_in_once(#[values(Sqlite, PostgreSql)] kind: Kind) {
    let ward = Ward::new(kind).await;
    let mut amina = ward.person(AMINA);
    amina.joins(Factor::TextMessage).await.signs_in(Factor::TextMessage).await;
    amina.opens("/security-info").await.says("let you sign in on the day when your phone is lost");
    amina.follows("Make recovery codes").await.reads("Recovery codes");
    let form = amina.would_send("Make recovery codes");
    amina.posts(form.clone()).await.reads("Your recovery codes").says("Each works once");
    let codes = amina.shown_codes();
    assert_eq!(codes.len(), 10);
    assert_eq!(amina.page.headers["cache-control"], "no-store");
    let kept = ward.db.dump(&[]).await;
    for code in &codes {
        assert!(!kept.contains(code) && !kept.contains(&code.replace('-', "")), "only a hash is kept");
    }
    // The posted page loaded again makes no others.
    amina.posts(form).await.reads("Recovery codes").says("10 of 10 left, made on 22 November 2026");
    amina.opens("/security-info").await.says("10 of 10 left");

    ward.delivers().await;
    let told = ward.phone.texts_to(AMINA.mobile);
    assert!(told.last().unwrap().body.contains("New recovery codes were made"));
    assert_eq!(ward.db.count("audit", "event LIKE '%recovery_codes_made%'").await, 1);
    assert_eq!(ward.db.count("activity", "kind = 'recovery-codes-made'").await, 1);

    ward.waits(60);
    let mut at_home = ward.person(AMINA);
    at_home.uses_recovery_code(&codes[3].to_uppercase()).await.reads("Good morning, Amina");
    ward.waits(60);
    let mut again = ward.person(AMINA);
    again.uses_recovery_code(&codes[3]).await.is_told("or it has been used before");
    amina.opens("/security-info").await.says("9 of 10 left");
    ward.audit_is_whole().await;
}

#[rstest]
#[tokio::test]
async fn new_codes_end_all_old_ones_which_must_be_confirmed(#[values(Sqlite, PostgreSql)] kind: Kind) {
    let ward = Ward::new(kind).await;
    let mut amina = ward.person(AMINA);
    amina.joins(Factor::TextMessage).await.signs_in(Factor::TextMessage).await;
    amina.opens("/security-info/recovery-codes").await.presses("Make recovery codes").await;
    let old = amina.shown_codes();
    ward.waits(1);
    amina.presses("Done").await.follows("Replace recovery codes").await;
    let mut tab = amina.opens_a_tab();
    amina.presses("Make new recovery codes").await.is_told("Tick the box");
    amina.chooses("I know that my old codes stop working").presses("Make new recovery codes").await;
    let new = amina.reads("Your recovery codes").page.html.clone();
    assert!(old.iter().all(|code| !new.contains(code)));
    let new = amina.shown_codes();
    // A second tab that shows the old state makes none.
    tab.chooses("I know that my old codes stop working").presses("Make new recovery codes").await;
    tab.reads("Recovery codes");
    assert_eq!(ward.db.count("recovery_code", "1 = 1").await, 10);

    ward.waits(60);
    let mut at_home = ward.person(AMINA);
    at_home.uses_recovery_code(&old[0]).await.is_told("This is not one of your recovery codes");
    ward.waits(60);
    at_home.uses_recovery_code(&new[0]).await.reads("Good morning, Amina");
}
