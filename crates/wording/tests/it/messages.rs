use std::collections::BTreeSet;

use proptest::prelude::*;
use wording::{AlarmCause, Language, Message, SecurityChange, SignInMethod, SmartcardDue, SmartcardVisit};

const EN: Language = Language::En;
const CODE: &str = "012345";

/// Names that have broken systems before.
const NAMES: [&str; 6] = [
    "O'Brien",
    "Zoë",
    "<script>alert(1)</script>",
    "*Ward* [4](https://evil.example) _A_ `x` {code}",
    "A & B \"C\"",
    "Line\r\nBcc: everyone@northfield.example",
];

/// Every message with `name` wherever a name can stand.
fn named(name: &str) -> Vec<Message> {
    let name = name.to_owned();
    let mut all = Message::samples();
    for message in &mut all {
        match message {
            Message::JoinCode { organisation, service, .. }
            | Message::JoinAlreadyRegistered { organisation, service, .. }
            | Message::JoinElsewhere { organisation, service, .. }
            | Message::FirstSignInElsewhere { organisation, service, .. }
            | Message::FirstSignInCode { organisation, service, .. } => {
                organisation.clone_from(&name);
                service.clone_from(&name);
            }
            Message::JoinUnknownAddress { organisation, service, support }
            | Message::PassportProvided { organisation, service, support, .. }
            | Message::PassportShareReviewed { organisation, service, support, .. }
            | Message::PassportInvitation { organisation, service, support, .. }
            | Message::AccountCreated { organisation, service, support, .. } => {
                organisation.clone_from(&name);
                service.clone_from(&name);
                support.clone_from(&name);
            }
            Message::CallerCode { organisation, service, asker, .. } => {
                organisation.clone_from(&name);
                service.clone_from(&name);
                asker.clone_from(&name);
            }
            Message::FactorCode { service, .. }
            | Message::SignInCode { service, .. }
            | Message::CardUnlockCode { service, .. }
            | Message::AccessKeyCode { service, .. }
            | Message::ResetCode { service, .. } => {
                service.clone_from(&name);
            }
            Message::SmartcardRevoked { organisation, service, person, card, .. } => {
                organisation.clone_from(&name);
                service.clone_from(&name);
                person.clone_from(&name);
                card.clone_from(&name);
            }
            Message::WalletCode { service, host, .. } => {
                service.clone_from(&name);
                host.clone_from(&name);
            }
            Message::ResetNotPossible { service, support }
            | Message::SecurityNotice { service, support, .. }
            | Message::SmartcardDue { service, support, .. }
            | Message::SmartcardVisit { service, support, .. }
            | Message::PassportReminder { service, support, .. }
            | Message::ActivityReported { service, support, .. } => {
                service.clone_from(&name);
                support.clone_from(&name);
            }
            Message::PassportWithdrawn { organisation, service, credential, support, .. }
            | Message::PassportRevoked { organisation, service, credential, support, .. }
            | Message::PassportArchived { organisation, service, credential, support, .. } => {
                organisation.clone_from(&name);
                service.clone_from(&name);
                credential.clone_from(&name);
                support.clone_from(&name);
            }
            Message::PassportSummary { organisation, service, team, .. } => {
                organisation.clone_from(&name);
                service.clone_from(&name);
                team.clone_from(&name);
            }
            Message::PassportRejected {
                organisation, service, person, credential, details: words, ..
            }
            | Message::PassportRequested { organisation, service, person, credential, note: words, .. } => {
                organisation.clone_from(&name);
                service.clone_from(&name);
                person.clone_from(&name);
                credential.clone_from(&name);
                words.clone_from(&name);
            }
            Message::Alarm { service, what } => {
                service.clone_from(&name);
                if let AlarmCause::TextBudget { organisation, .. } = what {
                    *organisation = Some(name.clone());
                }
            }
        }
    }
    all
}

fn holds_code(message: &Message) -> bool {
    matches!(
        message,
        Message::JoinCode { .. }
            | Message::FirstSignInCode { .. }
            | Message::FactorCode { .. }
            | Message::SignInCode { .. }
            | Message::CallerCode { .. }
            | Message::ResetCode { .. }
            | Message::CardUnlockCode { .. }
            | Message::AccessKeyCode { .. }
            | Message::WalletCode { .. }
    )
}

/// What an HTML reader would see: tags removed, entities read.
fn visible(html: &str) -> String {
    let body = html.split_once("<body>").unwrap().1;
    let mut out = String::new();
    let mut in_tag = false;
    for c in body.chars() {
        match c {
            '<' => in_tag = true,
            '>' => in_tag = false,
            c if !in_tag => out.push(c),
            _ => {}
        }
    }
    for (entity, sign) in [("&lt;", "<"), ("&gt;", ">"), ("&quot;", "\""), ("&#39;", "'"), ("&amp;", "&")] {
        out = out.replace(entity, sign);
    }
    out
}

#[test]
fn there_is_a_sample_of_every_kind_of_message() {
    let kinds: BTreeSet<_> = Message::samples().iter().map(|message| message.kind().to_owned()).collect();
    assert_eq!(kinds.len(), Message::samples().len());
    let folder = concat!(env!("CARGO_MANIFEST_DIR"), "/messages/en/mail");
    let written: BTreeSet<_> = std::fs::read_dir(folder)
        .unwrap()
        .map(|file| file.unwrap().path().file_stem().unwrap().to_str().unwrap().to_owned())
        .collect();
    assert_eq!(kinds, written);
}

#[test]
fn a_subject_is_one_line_whatever_the_names_are() {
    for name in NAMES {
        for message in named(name) {
            let subject = message.email(EN).subject;
            assert!(!subject.contains(char::is_control), "{}: {subject:?}", message.kind());
            assert!(!subject.is_empty() && !subject.starts_with('#'), "{}: {subject:?}", message.kind());
        }
    }
}

#[test]
fn names_arrive_unharmed_in_the_text_part_and_harmless_in_the_html_part() {
    for name in NAMES {
        for message in named(name) {
            let parts = message.email_to(EN, name);
            let kind = message.kind();
            assert!(parts.text.contains(name), "{kind}: {name:?} is not in {}", parts.text);
            assert!(visible(&parts.html).contains(name), "{kind}: {name:?} is not in {}", parts.html);
            for live in ["<script", "evil.example\"", "<em>", "<code>"] {
                assert!(!parts.html.contains(live), "{kind}: {live} in {}", parts.html);
            }
            assert!(parts.text.starts_with("Dear "), "{kind}");
        }
    }
}

#[test]
fn no_placeholder_is_left_in_any_message() {
    for message in Message::samples() {
        let parts = message.email(EN);
        let text = message.text_message(EN);
        for words in [&parts.subject, &parts.text, &visible(&parts.html), &text] {
            assert!(!words.contains(['{', '}', '$']), "{}: {words}", message.kind());
        }
        assert!(
            !parts.text.contains("**") && !parts.text.contains("> "),
            "{}: {}",
            message.kind(),
            parts.text
        );
    }
}

#[test]
fn both_parts_say_the_same() {
    let words = |text: &str| text.split_whitespace().map(str::to_owned).collect::<Vec<_>>().join(" ");
    for message in Message::samples() {
        let parts = message.email(EN);
        let html = words(&visible(&parts.html));
        for line in
            parts.text.lines().map(|line| line.trim_start_matches("- ")).filter(|line| line.trim() != "--")
        {
            assert!(html.contains(&words(line)), "{}: {line:?} is not in {html}", message.kind());
        }
    }
}

#[test]
fn a_message_with_a_code_has_no_link_and_a_message_with_a_link_has_no_code() {
    for message in Message::samples() {
        let parts = message.email(EN);
        let text = message.text_message(EN);
        let has_code = [&parts.text, &parts.html, &text].map(|words| words.contains(CODE));
        assert_eq!(has_code, [holds_code(&message); 3], "{}", message.kind());
        if holds_code(&message) {
            for words in [&parts.subject, &parts.text, &parts.html, &text] {
                assert!(!words.contains("http") && !words.contains("href"), "{}: {words}", message.kind());
            }
            assert!(!parts.subject.contains(CODE), "a locked screen shows the subject");
        }
        assert!(!text.contains("http"), "{}: {text}", message.kind());
    }
}

#[test]
fn an_email_fetches_nothing_and_runs_nothing() {
    for message in Message::samples() {
        let html = message.email(EN).html;
        for bad in [
            "<img",
            "src=",
            "url(",
            "<script",
            "<link",
            "@import",
            "<form",
            "<table",
            "<iframe",
            "javascript:",
        ] {
            assert!(!html.contains(bad), "{}: {bad}", message.kind());
        }
        assert!(html.contains("<html lang=\"en\">") && html.contains("<title>"), "{}", message.kind());
    }
}

#[test]
fn only_web_addresses_become_links() {
    let message = |url: &str| Message::JoinAlreadyRegistered {
        organisation: "Northfield Hospitals".into(),
        service: "Northfield Staff".into(),
        sign_in_url: url.into(),
    };
    let good = message("https://staff.northfield.example/sign-in?a=1&b=2").email(EN);
    assert!(
        good.html.contains("<a href=\"https://staff.northfield.example/sign-in?a=1&amp;b=2\">"),
        "{}",
        good.html
    );
    assert!(good.text.contains("\nhttps://staff.northfield.example/sign-in?a=1&b=2\n"), "{}", good.text);
    let bad = message("javascript:alert(1)").email(EN);
    assert!(!bad.html.contains("<a "), "{}", bad.html);
}

#[test]
fn a_text_message_starts_with_the_code() {
    for message in Message::samples().into_iter().filter(holds_code) {
        let text = message.text_message(EN);
        let starts = match message {
            Message::CallerCode { .. } => "012345 is your code for Rosalind",
            Message::WalletCode { .. } => {
                "012345 adds a credential to your wallet. Only type it in your wallet, for staff."
            }
            _ => "012345 is your Northfield Staff security code",
        };
        assert!(text.starts_with(starts), "{text}");
    }
}

#[test]
fn a_text_message_is_one_message_of_gsm_characters_whatever_the_names_are() {
    let long = "The Royal Northfield and Southmere University Hospitals and Community Services NHS Foundation Trust, \
                Department of Occupational Health, Zoë O\u{2019}Brien [Wing] €";
    for name in [long, "愛".repeat(300).as_str(), "^".repeat(200).as_str()].into_iter().chain(NAMES) {
        for message in named(name) {
            let text = message.text_message(EN);
            let length: usize = text.chars().map(|c| if "^{}\\[~]|€".contains(c) { 2 } else { 1 }).sum();
            assert!(length <= 160, "{}: {length}: {text}", message.kind());
            assert!(!text.contains(['ë', '\u{2019}', '愛', '\n']), "{}: {text}", message.kind());
            assert!(!text.contains(char::is_control), "{}: {text}", message.kind());
            if matches!(message, Message::CallerCode { .. }) {
                assert!(
                    text.contains("If they called you, do not read it out.") && text.ends_with("10 minutes."),
                    "{text}"
                );
            } else if matches!(message, Message::WalletCode { .. }) {
                assert!(text.contains("5 minutes") && text.ends_with("Do not give it to anyone."), "{text}");
            } else if holds_code(&message) {
                assert!(text.contains("15 minutes") && text.contains("Do not give it to anyone."), "{text}");
            } else if !text.contains('^') {
                assert!(text.ends_with('.') && !text.ends_with("..."), "cut at its end: {text}");
            }
        }
    }
}

#[test]
fn one_minute_is_singular() {
    let message = Message::SignInCode { service: "Northfield Staff".into(), code: CODE.into(), minutes: 1 };
    assert!(message.email(EN).text.contains("It works for 1 minute and"), "{}", message.email(EN).text);
}

#[test]
fn a_queued_message_comes_back_as_it_was() {
    for message in Message::samples() {
        let json = serde_json::to_value(&message).unwrap();
        assert_eq!(json["message"], message.kind());
        assert_eq!(serde_json::from_value::<Message>(json).unwrap(), message);
    }
}

#[test]
fn a_message_in_a_log_shows_neither_code_nor_name() {
    for message in Message::samples() {
        let shown = format!("{message:?} {:?}", message.email(EN));
        assert!(
            !shown.contains(CODE) && !shown.contains("Northfield") && !shown.contains("service desk"),
            "{shown}"
        );
    }
}

#[test]
fn every_sign_in_method_has_a_name() {
    for (method, name) in [
        (SignInMethod::Email, "Email"),
        (SignInMethod::TextMessage, "Text message"),
        (SignInMethod::AuthenticatorApp, "Authenticator app"),
    ] {
        assert_eq!(method.label(EN), name);
    }
}

#[test]
fn every_change_is_told_whole_in_one_text_message() {
    for change in SecurityChange::ALL {
        let message = Message::SecurityNotice {
            service: "Northfield Staff".into(),
            change,
            when: "22 November 2026 at 10:58am".into(),
            support: String::new(),
        };
        let text = message.text_message(EN);
        assert!(
            text.contains(&change.words(EN)) && text.ends_with("contact your service desk now."),
            "{text}"
        );
        assert!(message.email(EN).text.contains(&change.words(EN)));
    }
}

#[test]
fn whatever_falls_due_on_a_smartcard_is_told_whole_in_one_text_message() {
    let service = || "Northfield Staff".to_owned();
    let due = SmartcardDue::ALL.map(|due| {
        let portal_url = "https://staff.northfield.example/smartcard".to_owned();
        let message = Message::SmartcardDue { service: service(), due, portal_url, support: String::new() };
        (message, due.headline(EN), due.detail(EN), "Sign in to the Self Service Portal")
    });
    let visits = SmartcardVisit::ALL.map(|visit| {
        let message = Message::SmartcardVisit { service: service(), visit, support: String::new() };
        (message, visit.headline(EN), visit.detail(EN), "Visit your Registration Authority")
    });
    for (message, headline, detail, then) in due.into_iter().chain(visits) {
        let text = message.text_message(EN);
        assert!(text.contains(&headline) && text.contains(then) && text.ends_with('.'), "{text}");
        let mail = message.email(EN);
        assert!(mail.subject.starts_with(&headline), "{}", mail.subject);
        assert!(mail.text.contains(&detail), "{}", mail.text);
    }
    assert!(SmartcardDue::Passcodes { days_left: 1 }.headline(EN).ends_with("expire in 1 day"));
    assert!(SmartcardVisit::Certificates { days_left: 0 }.headline(EN).ends_with("expire today"));
}

proptest! {
    #[test]
    fn no_name_whatever_it_holds_harms_a_message(name in "[\\PC<>&\"'{}*_\\[\\]`$#]{1,60}") {
        for message in named(&name) {
            let parts = message.email(EN);
            prop_assert!(!parts.subject.contains(char::is_control));
            prop_assert!(parts.text.contains(&name), "{}", message.kind());
            prop_assert!(visible(&parts.html).contains(&name), "{}", message.kind());
            let text = message.text_message(EN);
            let length: usize = text.chars().map(|c| if "^{}\\[~]|€".contains(c) { 2 } else { 1 }).sum();
            prop_assert!(length <= 160, "{}: {}", message.kind(), length);
        }
    }
}
