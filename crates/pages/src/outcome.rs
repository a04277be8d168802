//! Pages that tell of an end: the service refuses, or something went wrong.

use serde::Serialize;

use crate::{Link, Page};

/// A refusal, with its code for the service desk and the way on.
#[derive(Debug, Clone, Serialize)]
pub struct Refused {
    /// The stable public code: "FW-1103".
    pub code: String,
    /// What happened, in a few plain words.
    pub title: String,
    /// Why, and what to do. An empty line separates paragraphs. It comes from the message files.
    pub text: String,
    /// The one thing to do next, if there is one.
    pub next: Option<Link>,
    /// Whether to say how to reach the organisation.
    pub show_contact: bool,
}

impl Page for Refused {
    const TEMPLATE: &'static str = "refused.html";

    fn samples() -> Vec<Self> {
        let plain = Self {
            code: "FW-1107".into(),
            title: "Your details do not match our records".into(),
            text: "The details that you gave are not the ones that your employer holds for this email address.\n\n\
                   Ask your local organisation to check your date of birth and last name. Then start again."
                .into(),
            next: None,
            show_contact: true,
        };
        let next = Self {
            code: "FW-1105".into(),
            title: "This registration has ended".into(),
            text: "A registration can be finished within 24 hours. What you gave has been erased.".into(),
            next: Some(Link::new("Start again", "/join")),
            show_contact: false,
        };
        vec![plain, next]
    }
}

/// A QR code could not be made, by no fault of the person's.
#[derive(Debug, Clone, Serialize)]
pub struct NoQrCode {
    /// Where the form goes that tries again.
    pub action: String,
    /// What it sends, by name.
    pub fields: Vec<(String, String)>,
    /// The request's reference number.
    pub reference: String,
    /// The page before.
    pub back: Option<String>,
}

impl Page for NoQrCode {
    const TEMPLATE: &'static str = "no-qr-code.html";

    fn samples() -> Vec<Self> {
        let plain = Self {
            action: "/passport/credentials/0193f2c1-0000-7000-8000-000000000001/add/again".into(),
            fields: Vec::new(),
            reference: "01939f2e-7c4a-7b1e-9d55-2f6f0c1b8a10".into(),
            back: Some("/passport".into()),
        };
        let share = Self {
            action: "/passport/share/begin".into(),
            fields: vec![
                ("trust".into(), "STH".into()),
                ("credentials".into(), "0193f2c1-0000-7000-8000-000000000001".into()),
            ],
            ..plain.clone()
        };
        vec![plain, share]
    }
}

/// Something went wrong that is nobody's refusal: a page that isn't there, too many requests, a defect.
#[derive(Debug, Clone, Serialize)]
pub struct ErrorPage {
    /// The HTTP status. Words exist for 400, 403, 404, 405, 408, 413, 415, 422, 429, 500 and 503; others have those of
    /// 400 or 500.
    pub status: u16,
    /// The request's reference number.
    pub reference: String,
    /// In how many seconds it is worth trying again, if that is known.
    pub retry_after: Option<u32>,
    /// Where the person can go on, as a rule the start page.
    pub next: Option<Link>,
}

impl Page for ErrorPage {
    const TEMPLATE: &'static str = "error.html";

    fn samples() -> Vec<Self> {
        let page = |status, retry_after| Self {
            status,
            reference: "01939f2e-7c4a-7b1e-9d55-2f6f0c1b8a10".into(),
            retry_after,
            next: Some(Link::new("Go to the start page", "/")),
        };
        let mut pages: Vec<_> = [400, 403, 404, 405, 408, 413, 415, 418, 422, 429, 500, 502, 503]
            .map(|status| page(status, None))
            .to_vec();
        pages.extend([page(429, Some(1)), page(429, Some(40)), page(429, Some(900)), page(503, Some(30))]);
        pages
    }
}
