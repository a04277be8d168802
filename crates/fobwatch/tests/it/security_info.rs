//! Guide 002: each wizard of *Security info*, from *Add sign-in method* to *Done*.

use crate::database::{Kind, PostgreSql, Sqlite};
use crate::guide::{Factor, Visitor, seed_on};
use crate::people::{AMINA, BEN};
use crate::ward::{Setup, Ward};
use rstest::rstest;

/// A number that nobody of the ward has.
pub const NEW_NUMBER: &str = "07700 900199";

impl Visitor<'_> {
    /// *Security info*, *Add sign-in method*, a method from the list, *Add*.
    pub async fn adds(&mut self, method: &str) -> &mut Self {
        self.opens("/security-info").await.reads("Security info");
        self.presses("Add sign-in method").await.reads("Add a method");
        self.chooses(method).presses("Add").await;
        self
    }

    /// *Phone*, up to the code that was sent.
    pub async fn enters_number(&mut self, number: &str) -> String {
        self.fills("Mobile phone number", number).presses("Next").await.reads("Phone: enter the code");
        self.ward.texted_code(number).await
    }

    /// The six digits, *Next*.
    pub async fn enters_code(&mut self, code: &str) -> &mut Self {
        self.fills("Verification code", code).presses("Next").await;
        self
    }

    /// A phone from its beginning to its end.
    pub async fn has_added_phone(&mut self, number: &str) -> &mut Self {
        self.ward.waits(31);
        self.adds("Phone").await;
        let code = self.enters_number(number).await;
        self.enters_code(&code).await.reads("SMS verified");
        self.presses("Done").await.reads("Security info");
        // What tells of it has arrived before anything else is sent there.
        self.ward.delivers().await;
        self
    }

    /// What the wizard of an app shows before the code.
    pub async fn comes_to_the_code_of_the_app(&mut self) -> &mut Self {
        self.reads("Start by getting the app");
        if self.page.text().contains("I want to use a different authenticator app") {
            self.presses("I want to use a different authenticator app")
                .await
                .reads("Start by getting the app");
        }
        self.presses("Next").await.reads("Set up your account");
        self.presses("Next").await.reads("Scan the QR code");
        self.seed = Some(seed_on(&self.browser));
        self.presses("Next").await.reads("Authenticator app: enter the code");
        self
    }
}

#[rstest]
#[tokio::test]
async fn a_mobile_phone_is_set_up_as_the_guide_says(#[values(Sqlite, PostgreSql)] kind: Kind) {
    let ward = Ward::new(kind).await;
    let mut amina = ward.person(AMINA);
    amina.joins(Factor::AuthenticatorApp).await.signs_in(Factor::AuthenticatorApp).await;
    amina.adds("Phone").await.reads("Phone");
    amina.says("United Kingdom (+44)").says("Text me a code");
    assert!(!amina.page.text().contains("Call me"));
    let code = amina.enters_number(NEW_NUMBER).await;
    assert_eq!(ward.db.count("sign_in_method", "kind = 'text'").await, 0, "not before it is proved");
    amina.enters_code(&code).await.reads("SMS verified");
    amina
        .presses("Done")
        .await
        .reads("Security info")
        .says("Phone ending in 99")
        .says("Added 22 November 2026");
    assert!(!amina.page.html.contains("900199"), "two digits are all that is shown");

    // Everybody hears of it, and it is written down.
    let told = "A change to your account with Fobwatch".to_owned();
    assert!(ward.subjects_to(AMINA.email).await.contains(&told));
    assert!(ward.phone.texts_to(NEW_NUMBER).last().unwrap().body.contains("Text message was added"));
    assert_eq!(ward.db.count("audit", "event LIKE '%method_added%'").await, 1);
    assert_eq!(ward.db.count("activity", "kind = 'method-added' AND detail = 'text'").await, 1);

    // It signs in.
    ward.waits(60);
    let mut elsewhere = ward.person(AMINA);
    elsewhere.gives_password(AMINA.password).await.reads("Open your authenticator app");
    elsewhere.follows("Use another way to sign in").await;
    elsewhere.chooses("Text message").presses("Continue").await.reads("Check your phone");
    let code = ward.texted_code(NEW_NUMBER).await;
    elsewhere.types(&code).await.reads("Good morning, Amina");
    ward.audit_is_whole().await;
}

#[rstest]
#[tokio::test]
async fn a_mistyped_number_is_corrected_and_its_code_is_worth_nothing(
    #[values(Sqlite, PostgreSql)] kind: Kind,
) {
    let ward = Ward::new(kind).await;
    let mut amina = ward.person(AMINA);
    amina.joins(Factor::AuthenticatorApp).await.signs_in(Factor::AuthenticatorApp).await;
    amina.adds("Phone").await;
    let strangers = amina.enters_number("07700 900189").await;
    amina.says("+447700900189");
    amina.follows("Change the phone number").await.reads("Phone");
    assert_eq!(amina.page.value("Mobile phone number"), "+447700900189");
    let right = amina.enters_number(NEW_NUMBER).await;
    amina.enters_code(&strangers).await.is_told("The code is not correct");
    ward.waits(31);
    amina.presses("Send New Code").await.says("We have sent a new code");
    // An earlier code stays good for its own time.
    amina.enters_code(&right).await.reads("SMS verified");
    amina.presses("Done").await.says("Phone ending in 99");
}

#[rstest]
#[tokio::test]
async fn an_authenticator_app_is_set_up_and_none_of_its_codes_counts_twice(
    #[values(Sqlite, PostgreSql)] kind: Kind,
) {
    let ward = Ward::new(kind).await;
    let mut amina = ward.person(AMINA);
    amina.joins(Factor::TextMessage).await.signs_in(Factor::TextMessage).await;
    amina.adds("Authenticator app").await.comes_to_the_code_of_the_app().await;
    let wrong = crate::codes::another_than(&amina.factor_code(Factor::AuthenticatorApp).await);
    amina.enters_code(&wrong).await.is_told("The code is not correct");
    // The phone's clock is a step behind.
    let code = amina.factor_code(Factor::AuthenticatorApp).await;
    ward.waits(30);
    amina.enters_code(&code).await.reads("Your authenticator app is set up");
    amina.presses("Done").await.says("Authenticator app").says("resetting your password");

    let mut again = ward.person(AMINA);
    again.seed.clone_from(&amina.seed);
    again.gives_password(AMINA.password).await.reads("Check your phone");
    again.follows("Use another way to sign in").await;
    again.chooses("Authenticator app").presses("Continue").await.reads("Open your authenticator app");
    again.types(&code).await.is_told("The code is not correct");
    let next = again.factor_code(Factor::AuthenticatorApp).await;
    again.types(&next).await.reads("Good morning, Amina");
}

#[rstest]
#[tokio::test]
async fn the_qr_code_stays_the_same_until_it_is_used(#[values(Sqlite, PostgreSql)] kind: Kind) {
    let ward = Ward::new(kind).await;
    let mut amina = ward.person(AMINA);
    amina.joins(Factor::TextMessage).await.signs_in(Factor::TextMessage).await;
    amina.adds("Authenticator app").await.comes_to_the_code_of_the_app().await;
    let first = amina.seed.clone();
    amina.adds("Authenticator app").await.comes_to_the_code_of_the_app().await;
    assert_eq!(amina.seed, first, "what was scanned by then stays good");
    let code = amina.factor_code(Factor::AuthenticatorApp).await;
    amina.enters_code(&code).await.reads("Your authenticator app is set up");
    // A reload of the posted page, and the pages before it, lead to its end.
    let end = amina.page.url.clone();
    for page in ["code", "scan", "account", "app"] {
        amina.opens(&end.replace("done", page)).await.reads("Your authenticator app is set up");
    }
    amina.adds("Authenticator app").await.comes_to_the_code_of_the_app().await;
    assert_ne!(amina.seed, first, "a second app has a key of its own");
}

#[rstest]
#[tokio::test]
async fn another_email_address_is_set_up_for_codes(#[values(Sqlite, PostgreSql)] kind: Kind) {
    const HOME: &str = "amina@home.example";
    let ward = Ward::new(kind).await;
    let mut amina = ward.person(AMINA);
    amina.joins(Factor::TextMessage).await.signs_in(Factor::TextMessage).await;
    amina.adds("Email").await.reads("Email");
    amina.fills("Email address", "amina at home").presses("Next").await.is_told("correct format");
    assert_eq!(amina.page.value("Email address"), "amina at home", "what was typed is not lost");
    amina.fills("Email address", HOME).presses("Next").await.reads("Email: enter the code");
    let code = ward.mailed_code(HOME).await;
    amina.enters_code(&code).await.reads("Email verified");
    amina.presses("Done").await.says("Email a•••@home.example").says("It cannot reset your password");
    assert!(ward.subjects_to(HOME).await.contains(&"A change to your account with Fobwatch".to_owned()));
    amina.adds("Email").await;
    amina.fills("Email address", HOME).presses("Next").await.is_told("You have this one already");
}

#[rstest]
#[tokio::test]
async fn other_phones_are_kept_for_contact_and_prove_nothing(#[values(Sqlite, PostgreSql)] kind: Kind) {
    let ward = Ward::new(kind).await;
    let mut amina = ward.person(AMINA);
    amina.joins(Factor::TextMessage).await.signs_in(Factor::TextMessage).await;
    let texts = ward.phone.texts().len();
    amina.adds("Alternative phone").await.reads("Alternative phone");
    amina
        .fills("Mobile phone number", "020 7946 0123")
        .presses("Next")
        .await
        .is_told("must be a mobile phone");
    amina.fills("Mobile phone number", NEW_NUMBER).presses("Next").await.reads("Alternative phone saved");
    amina.presses("Done").await.says("Alternative phone ending in 99").says("Contact only");
    amina.adds("Office phone").await.reads("Office phone");
    for (number, told) in [
        ("", "Enter your office phone number"),
        ("0909 879 0000", "cost the caller extra"),
        ("070 1234 5678", "start with 070"),
        ("+33 1 42 68 53 00", "must be a UK number"),
    ] {
        amina.fills("Office phone number", number).presses("Next").await.is_told(told);
        assert_eq!(amina.page.value("Office phone number"), number, "what was typed is not lost");
    }
    amina.fills("Office phone number", "020 7946 0123").presses("Next").await.reads("Office phone saved");
    amina.presses("Done").await.says("Office phone ending in 23");

    ward.delivers().await;
    let sent: Vec<_> = ward.phone.texts().into_iter().skip(texts).map(|text| text.to).collect();
    assert!(sent.iter().all(|to| to == "+447700900123"), "only the phone of record hears: {sent:?}");
    ward.waits(60);
    let mut elsewhere = ward.person(AMINA);
    elsewhere.gives_password(AMINA.password).await.reads("Check your phone");
    elsewhere.follows("Use another way to sign in").await;
    assert!(!elsewhere.page.text().contains("ending in 99"), "{}", elsewhere.page.shown());
}

#[rstest]
#[tokio::test]
async fn a_set_up_is_its_owners_in_one_session_for_half_an_hour(#[values(Sqlite, PostgreSql)] kind: Kind) {
    let ward = Ward::new(kind).await;
    let mut amina = ward.person(AMINA);
    amina.joins(Factor::AuthenticatorApp).await.signs_in(Factor::AuthenticatorApp).await;
    let mut ben = ward.person(BEN);
    ben.joins(Factor::TextMessage).await.signs_in(Factor::TextMessage).await;
    let mut other_session = ward.person(AMINA);
    other_session.seed.clone_from(&amina.seed);
    other_session.signs_in(Factor::AuthenticatorApp).await;

    amina.adds("Phone").await;
    let wizard = amina.page.url.clone();
    amina.fills("Mobile phone number", NEW_NUMBER);
    let form = amina.would_send("Next");
    for stranger in [&mut ben.browser, &mut other_session.browser] {
        for page in ["phone", "code", "scan", "done"] {
            stranger.opens(&wizard.replace("phone", page)).await.is_refused("FW-1231");
        }
        stranger.posts(form.clone()).await.is_refused("FW-1231");
        stranger.opens("/security-info/setup/nonsense/code").await.is_refused("FW-1231");
    }
    assert_eq!(ward.phone.texts_to(NEW_NUMBER).len(), 0);

    amina.posts(form).await.reads("Phone: enter the code");
    let code = ward.texted_code(NEW_NUMBER).await;
    // Time passes, and she proves anew who she is.
    ward.waits(15 * 60);
    amina.presses("Send New Code").await.reads("Confirm that it is you");
    amina.confirms().await.reads("Phone: enter the code");
    amina.enters_code(&code).await.is_told("The code has expired");
    ward.waits(15 * 60 - 1);
    amina.confirms_and_opens(&wizard).await.reads("Phone");
    ward.waits(1);
    amina.opens(&wizard).await.is_refused("FW-1231").says("Start adding your sign-in method again");
    assert_eq!(ward.db.count("method_setup", "1 = 1").await, 1);
    ward.housekeeping().await;
    assert_eq!(ward.db.count("method_setup", "1 = 1").await, 0);
    assert_eq!(ward.db.count("code_set", "purpose = 'method-setup'").await, 0);
    amina.follows("Go to Security info").await.reads("Security info");
}

impl Visitor<'_> {
    pub async fn confirms_and_opens(&mut self, page: &str) -> &mut Self {
        self.opens(page).await;
        self.confirms().await
    }
}

#[rstest]
#[tokio::test]
async fn nothing_changes_without_a_proof_of_the_last_ten_minutes(#[values(Sqlite, PostgreSql)] kind: Kind) {
    let ward = Ward::new(kind).await;
    let mut amina = ward.person(AMINA);
    amina.joins(Factor::AuthenticatorApp).await.signs_in(Factor::AuthenticatorApp).await;
    amina.opens("/security-info").await;
    let method = amina.page.link("Delete Authenticator app").replace("/delete", "");
    let posts = [
        ("/security-info/add".to_owned(), "method=text"),
        (format!("{method}/change"), ""),
        (format!("{method}/name"), "name=Mine"),
        (format!("{method}/delete"), "confirm=yes"),
        ("/security-info/default".to_owned(), "default=x"),
        ("/security-info/recovery-codes".to_owned(), "version="),
    ];
    ward.waits(10 * 60 - 1);
    for (page, _) in &posts {
        amina.opens(page).await;
        assert_eq!(&amina.page.url, page, "still fresh");
    }
    ward.waits(1);
    let before = ward.db.dump(&["session.last_seen_at"]).await;
    for (page, body) in &posts {
        amina.opens(page).await.reads("Confirm that it is you");
        amina.posts((page.clone(), (*body).to_owned())).await.reads("Confirm that it is you");
    }
    assert_eq!(ward.db.dump(&["session.last_seen_at"]).await, before);
    amina.opens("/security-info").await.reads("Security info");
}

#[rstest]
#[tokio::test]
async fn where_no_texts_can_be_sent_no_phone_for_codes_is_offered(#[values(Sqlite, PostgreSql)] kind: Kind) {
    let ward = Ward::with(Setup { texts: false, ..Setup::on(kind) }).await;
    let mut amina = ward.person(AMINA);
    amina.joins(Factor::AuthenticatorApp).await.signs_in(Factor::AuthenticatorApp).await;
    amina.opens("/security-info/add").await.reads("Add a method").says("Authenticator app");
    assert!(!amina.page.text().contains("Your UK mobile phone"));
    amina
        .posts(("/security-info/add".into(), "method=text".into()))
        .await
        .is_told("one of the ways in the list");
    amina
        .posts(("/security-info/add".into(), String::new()))
        .await
        .is_told("Select the method you want to add");
}

#[tokio::test]
async fn codes_for_methods_have_a_limit_for_each_person_and_day() {
    let ward = Ward::new(Sqlite).await;
    let mut amina = ward.person(AMINA);
    amina.joins(Factor::AuthenticatorApp).await.signs_in(Factor::AuthenticatorApp).await;
    amina.adds("Phone").await;
    let wizard = amina.page.url.clone();
    for number in 0..20 {
        amina.enters_number(&format!("07700 9002{number:02}")).await;
        amina.opens(&wizard).await;
    }
    let texts = ward.phone.texts().len();
    amina.fills("Mobile phone number", NEW_NUMBER).presses("Next").await.is_told("as many codes as we can");
    assert_eq!(amina.page.value("Mobile phone number"), NEW_NUMBER, "what was typed is not lost");
    ward.delivers().await;
    assert_eq!(ward.phone.texts().len(), texts);
}

#[tokio::test]
async fn there_are_at_most_five_methods_of_a_kind() {
    let ward = Ward::new(Sqlite).await;
    let mut amina = ward.person(AMINA);
    amina.joins(Factor::AuthenticatorApp).await.signs_in(Factor::AuthenticatorApp).await;
    for number in 0..5 {
        amina.has_added_phone(&format!("07700 9003{number:02}")).await;
    }
    amina.adds("Phone").await.is_told("You have 5 methods of this kind");
    assert_eq!(ward.db.count("sign_in_method", "kind = 'text'").await, 5);
}
