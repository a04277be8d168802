//! What must never be written down: codes, passwords, addresses, numbers, seeds, cookies.

use crate::database::Sqlite;
use crate::guide::{Factor, Visitor};
use crate::mail_route::MailServer;
use crate::people::{AMINA, BEN, SINEAD, STRANGER};
use crate::ward::Ward;
use journeys::console::invitations::{Page, Person as Typed};
use journeys::console::provide::Filled;
use rules::passport::InvitationFilter;
use std::collections::BTreeSet;
use std::io;
use std::process::Command;
use std::sync::{Arc, Mutex};
use store::role::Role;
use testkit::Trouble;
use tracing_subscriber::filter::{LevelFilter, Targets};
use tracing_subscriber::fmt::MakeWriter;
use tracing_subscriber::fmt::format::FmtSpan;
use tracing_subscriber::prelude::*;

/// Set in the process of its own in which the journey is traced, because a log is one for the whole process.
const TRACED: &str = "FOBWATCH_TEST_TRACED";

#[test]
fn no_log_at_any_level_holds_a_code_a_password_an_address_a_number_a_seed_or_a_cookie() {
    if std::env::var_os(TRACED).is_some() {
        return tokio::runtime::Builder::new_current_thread()
            .enable_all()
            .build()
            .unwrap()
            .block_on(traced());
    }
    let name = "secrets::no_log_at_any_level_holds_a_code_a_password_an_address_a_number_a_seed_or_a_cookie";
    let traced = Command::new(std::env::current_exe().unwrap())
        .args([name, "--exact", "--nocapture"])
        .env(TRACED, "yes")
        .output()
        .unwrap();
    assert!(traced.status.success(), "{}", String::from_utf8_lossy(&traced.stderr));
}

/// What a line of a log would hold if somebody wrote one of these into it.
#[tokio::test]
async fn whoever_is_invited_shares_or_is_provided_with_something_is_not_printed() {
    let ward = Ward::new(Sqlite).await;
    let (_amina, _ben, ..) = ward.shared_by_amina(1, Role::PassportManager).await;
    ward.has_invited(SINEAD, BEN).await;
    let (northfield, first) = (ward.northfield().await, uuid::Uuid::nil());
    let shares = ward.store().shares_listed(northfield, true, first, 10).await.unwrap();
    let every = InvitationFilter::All;
    let invitations = ward.store().invitations(northfield, every, uuid::Uuid::max(), 10).await.unwrap();
    let page = Page { invitations, next: None };
    assert_eq!((shares.len(), page.invitations.len()), (1, 1));
    let typed = Typed { first_name: "Amina", email: AMINA.email, ..Typed::default() };
    let filled = Filled::new([("given_name".to_owned(), "Amina".to_owned())].into());
    let printed = format!("{shares:?} {page:?} {typed:?} {filled:?}");
    for who in [AMINA, SINEAD] {
        for word in [who.first_name, who.last_name, who.email, "1990-03-14", "1984-12-01"] {
            assert!(!printed.contains(word), "{word} is in {printed}");
        }
    }
    assert!(printed.contains(&shares[0].id.to_string()), "{printed}");
    assert!(printed.contains(&page.invitations[0].id.to_string()), "{printed}");
}

#[derive(Clone, Default)]
struct Log(Arc<Mutex<Vec<u8>>>);

impl io::Write for Log {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        self.0.lock().unwrap().extend_from_slice(bytes);
        Ok(bytes.len())
    }

    fn flush(&mut self) -> io::Result<()> {
        Ok(())
    }
}

impl<'a> MakeWriter<'a> for Log {
    type Writer = Self;

    fn make_writer(&'a self) -> Self {
        self.clone()
    }
}

async fn traced() {
    let log = Log::default();
    // The browser of these tests reads pages with libraries that say what they read; the product does not have them.
    let browser = ["html5ever", "selectors", "markup5ever", "scraper"];
    let all_but_the_browser = Targets::new()
        .with_default(LevelFilter::TRACE)
        .with_targets(browser.map(|library| (library, LevelFilter::OFF)));
    let layer = tracing_subscriber::fmt::layer()
        .with_span_events(FmtSpan::FULL)
        .with_ansi(false)
        .without_time()
        .with_writer(log.clone());
    tracing_subscriber::registry().with(layer).with(all_but_the_browser).init();

    let mut secrets: BTreeSet<String> = BTreeSet::new();
    let ward = Ward::new(Sqlite).await;
    for (who, factor) in
        [(AMINA, Factor::TextMessage), (BEN, Factor::AuthenticatorApp), (SINEAD, Factor::Email)]
    {
        let mut person = ward.person(who);
        mistakes(&mut person).await;
        ward.waits(3600);
        person.comes_to_the_second_factor().await;
        if factor == Factor::TextMessage {
            ward.phone.next_meets(Trouble::OwnError);
        }
        person.sets_up(factor).await;
        ward.delivers().await;
        ward.waits(20);
        let code = person.factor_code(factor).await;
        person.types(&code).await;
        person.gives_password("wrong but secret as well").await;
        let strength = format!("password={}&names={}", who.password, who.last_name);
        person.posts(("/password/strength".to_owned(), strength)).await;
        person.signs_in(factor).await;
        person.presses("Sign out").await;
        for private in [who.email, who.password, who.last_name] {
            secrets.insert(private.to_owned());
        }
        let digits = who.mobile.replace(' ', "");
        secrets.insert(digits[1..].to_owned());
        for set in &person.set_cookies {
            let value = set.split(['=', ';']).nth(1).unwrap_or_default();
            secrets.insert(value.to_owned());
        }
        if let Some(key) = &person.seed {
            secrets.insert(format!("{:?}", key.expose()));
            secrets.insert(vault::totp::seed_as_text(key).expose().clone());
            secrets.insert(vault::totp::seed_as_text(key).expose().replace(' ', ""));
        }
    }
    secrets.insert("wrong but secret as well".to_owned());
    secrets.insert(STRANGER.email.to_owned());
    secrets.extend(ward.mailbox.messages().iter().filter_map(|mail| mail.code()));
    secrets.extend(ward.phone.texts().iter().map(|text| text.body[..6].to_owned()));
    secrets.remove("");
    assert!(secrets.len() > 20, "{}", secrets.len());

    let log = String::from_utf8_lossy(&log.0.lock().unwrap()).into_owned();
    assert!(log.contains("message sent") && log.lines().count() > 500, "the log is not seen");
    for line in log.lines() {
        for secret in &secrets {
            assert!(!stands_in(line, secret), "{secret} in {line}");
        }
    }
}

/// Short digits and words must stand by themselves: a longer number that happens to contain them is another number. Whatever is
/// longer than a code is found wherever it stands: a number is written with and without its country.
fn stands_in(line: &str, secret: &str) -> bool {
    const CODE: usize = 6;
    let alone = |end: Option<char>| end.is_none_or(|c| !c.is_ascii_alphanumeric());
    line.match_indices(secret).any(|(at, _)| {
        secret.len() > CODE
            || (alone(line[..at].chars().next_back()) && alone(line[at + secret.len()..].chars().next()))
    })
}

#[test]
fn a_number_is_found_in_whichever_form_it_is_written() {
    for line in ["to=+447700900123 sent", "to=07700900123", "to=447700900123", "7700900123"] {
        assert!(stands_in(line, "7700900123"), "{line}");
    }
    assert!(stands_in("code=012345.", "012345"));
    assert!(!stands_in("id=9012345", "012345"));
}

/// Things that go wrong are written down, so they have to go wrong here.
async fn mistakes(person: &mut Visitor<'_>) {
    let ward = person.ward;
    ward.mail_server(MailServer::Refusing);
    person.asks_for_a_code_at(STRANGER.email).await;
    ward.delivers().await;
    ward.mail_server(MailServer::Down);
    person.follows("Change the email address").await;
    let email = person.who.email;
    person.fills("Email address", email).presses("Send Code").await;
    ward.delivers().await;
    ward.mail_server(MailServer::Up);
    person.types("000000").await;
    person.opens("/nowhere/to/be/found").await;
    person.opens("/join").await;
    person.presses("Start again").await;
}
