//! Known and unknown names cannot be told apart: by pages, hashes, statements, messages or time.

use crate::browser::Browser;
use crate::database::{Kind, PostgreSql, Sqlite};
use crate::guide::Factor;
use crate::people::{AMINA, BEN, LEO, SINEAD, STRANGER, TESS, colleague};
use crate::ward::{Setup, Ward};
use axum::http::Method;
use rstest::rstest;
use std::time::{Duration, Instant};

/// What a request cost.
#[derive(Debug, PartialEq, Eq)]
pub struct Cost {
    pub hashes: u64,
    pub statements: u64,
    pub messages: i64,
    pub audit: i64,
}

async fn spent(ward: &Ward) -> Cost {
    Cost {
        hashes: ward.node.service.hasher.hashes_done(),
        statements: ward.store().statements_run(),
        messages: ward.db.count("outbox", "1 = 1").await,
        audit: ward.db.count("audit", "1 = 1").await,
    }
}

/// What pressing this button costs.
pub async fn cost(ward: &Ward, browser: &mut Browser, button: &str) -> Cost {
    let before = spent(ward).await;
    browser.presses(button).await;
    let after = spent(ward).await;
    Cost {
        hashes: after.hashes - before.hashes,
        statements: after.statements - before.statements,
        messages: after.messages - before.messages,
        audit: after.audit - before.audit,
    }
}

#[rstest]
#[tokio::test]
async fn send_code_costs_the_same_for_every_address(#[values(Sqlite, PostgreSql)] kind: Kind) {
    let ward = Ward::new(kind).await;
    ward.person(BEN).joins(Factor::TextMessage).await;
    for door in ["/join/NTH/email?group=nursing-and-midwifery-registered", "/first-time/NTH"] {
        let mut costs = Vec::new();
        for who in [AMINA, STRANGER, LEO, BEN, TESS] {
            ward.waits(3600);
            let mut person = ward.person(who);
            if door == "/first-time/NTH" {
                person.opens(door).await;
            } else {
                person.comes_to_join().await;
            }
            person.fills("Email address", who.email);
            costs.push(cost(&ward, &mut person.browser, "Send Code").await);
            person.reads("Check your email");
        }
        assert!(costs.iter().all(|cost| *cost == costs[0]), "{door}: {costs:#?}");
        assert_eq!((costs[0].hashes, costs[0].messages), (0, 1));
    }
}

#[rstest]
#[tokio::test]
async fn a_wrong_password_costs_the_same_for_every_user_name(
    #[values(Sqlite, PostgreSql)] kind: Kind,
    #[values(false, true)] in_a_known_browser: bool,
) {
    let ward = Ward::new(kind).await;
    ward.person(AMINA).joins(Factor::TextMessage).await;
    // A colleague's browser, which is known for her and for nobody else.
    let mut sinead = ward.person(SINEAD);
    if in_a_known_browser {
        sinead.joins(Factor::TextMessage).await.signs_in(Factor::TextMessage).await;
        sinead.presses("Sign out").await;
    }
    let mut answers = Vec::new();
    // On the roster without an account, unknown, no address at all, in capitals.
    for user_name in
        [AMINA.email, BEN.email, STRANGER.email, "not.an.address", "AMINA.KHAN@northfield.example"]
    {
        let mut browser = sinead.opens_a_tab();
        browser.opens("/sign-in").await;
        browser.fills("Email address or staff number", user_name).fills("Password", "a wrong password");
        let cost = cost(&ward, &mut browser, "Sign in").await;
        browser.is_told("The email address, staff number or password is not correct");
        answers.push((cost, browser.page.html.replace(user_name, "USER")));
        ward.waits(3600);
    }
    assert!(
        answers.iter().all(|(cost, _)| *cost == answers[0].0),
        "{:#?}",
        answers.iter().map(|(cost, _)| cost).collect::<Vec<_>>()
    );
    assert!(answers.iter().all(|(_, page)| *page == answers[0].1), "the pages tell them apart");
    assert_eq!((answers[0].0.hashes, answers[0].0.messages), (1, 0));
}

#[tokio::test]
async fn an_unknown_user_name_is_paused_like_a_known_one() {
    let ward = Ward::new(Sqlite).await;
    ward.person(AMINA).joins(Factor::TextMessage).await;
    let mut pages = Vec::new();
    for user_name in [AMINA.email, STRANGER.email] {
        let mut browser = ward.browser();
        for _ in 0..5 {
            browser.opens("/sign-in").await;
            browser
                .fills("Email address or staff number", user_name)
                .fills("Password", "a wrong password")
                .presses("Sign in")
                .await;
        }
        browser.is_told("you can try again in");
        pages.push(browser.page.html.replace(user_name, "USER"));
    }
    assert_eq!(pages[0], pages[1]);
}

/// Sends forms of two kinds by turns and compares how long the middle one of each kind took.
async fn medians(
    browser: &mut Browser,
    tries: usize,
    form: impl Fn(usize, bool) -> (String, String),
) -> [Duration; 2] {
    let mut times = [Vec::with_capacity(tries), Vec::with_capacity(tries)];
    for number in 0..tries {
        for turn in 0..2 {
            // Which of the two comes first changes, too.
            let known = (turn + number) % 2 == 0;
            let (url, body) = form(number, known);
            let began = Instant::now();
            let (status, ..) = browser.sends(&Method::POST, &url, Some(body), &[]).await.unwrap();
            times[usize::from(known)].push(began.elapsed());
            assert!(status.is_redirection() || status.as_u16() == 422, "{status}");
            browser.cookies.clear();
        }
    }
    times.map(|mut times| {
        times.sort();
        times[tries / 2]
    })
}

/// A machine that does other things can make one round differ; a leak makes all of them differ.
fn are_alike([unknown, known]: [Duration; 2], what: &str) -> bool {
    let difference = unknown.abs_diff(known);
    let most = unknown.max(known).mul_f64(0.1);
    println!("{what}: unknown {unknown:?}, known {known:?}, difference {difference:?}, at most {most:?}");
    difference <= most
}

#[tokio::test]
async fn five_hundred_known_and_unknown_addresses_take_as_long_to_send_a_code_to() {
    let ward = Ward::new(Sqlite).await;
    let rounds = 3;
    let people: Vec<_> = (0..500 * rounds).map(|number| colleague(number, ward.today())).collect();
    ward.roster_gains(&people).await;
    let mut browser = ward.browser();
    let alike = async |round: usize| {
        let url = "/join/NTH/email?group=nursing-and-midwifery-registered";
        ward.waits(2 * 3600);
        let form = |number: usize, known: bool| {
            let number = round * 500 + number;
            let domain = if known { "northfield" } else { "somewhere" };
            (url.to_owned(), format!("email=colleague.{number}%40{domain}.example"))
        };
        let medians = medians(&mut browser, 500, form).await;
        are_alike(medians, "join, Send Code, 500 of each")
    };
    assert!(any_round(rounds, alike).await, "the medians differ in every round");
    let (known, unknown) = ("email LIKE '%northfield%'", "email LIKE '%somewhere%'");
    assert_eq!(ward.db.count("registration", known).await, ward.db.count("registration", unknown).await);
}

#[tokio::test]
async fn known_and_unknown_user_names_take_as_long_to_refuse() {
    let ward = Ward::with(Setup { memory_kib: 1_024, ..Setup::on(Sqlite) }).await;
    ward.person(AMINA).joins(Factor::AuthenticatorApp).await;
    let mut browser = ward.browser();
    let alike = async |_| {
        let form = |_, known: bool| {
            // Long enough for every pause to be over.
            ward.waits(5 * 3600);
            let name = if known { "amina.khan" } else { "nobody.here" };
            (
                "/sign-in".to_owned(),
                format!("user_name={name}%40northfield.example&password=a+wrong+password"),
            )
        };
        let medians = medians(&mut browser, 200, form).await;
        are_alike(medians, "sign-in, wrong password, 200 of each")
    };
    assert!(any_round(3, alike).await, "the medians differ in every round");
}

async fn any_round(rounds: usize, mut alike: impl AsyncFnMut(usize) -> bool) -> bool {
    for round in 0..rounds {
        if alike(round).await {
            return true;
        }
    }
    false
}
