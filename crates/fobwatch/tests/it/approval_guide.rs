//! The person with a phone: our authenticator beside the browser.

use crate::guide::Visitor;
use crate::ward::Ward;
use axum::body::Body;
use axum::extract::ConnectInfo;
use axum::http::{Request, StatusCode};
use serde_json::{Value, json};
use std::net::SocketAddr;
use testkit::SoftApp;
use tower::ServiceExt as _;

/// Our authenticator on a phone, in a ward.
pub struct AppPhone<'a> {
    pub ward: &'a Ward,
    pub app: SoftApp,
}

impl Ward {
    /// A phone that has the app, with no account in it.
    pub fn app_phone(&self) -> AppPhone<'_> {
        AppPhone { ward: self, app: SoftApp::new(self.setup.public_url) }
    }

    /// What is posted to the app's API.
    pub async fn hears(&self, act: &str, jws: &str) -> (StatusCode, Value) {
        let from: SocketAddr = ([192, 0, 2, 77], 40_000).into();
        let request = Request::post(format!("/authenticator/api/1/{act}"))
            .header("content-type", "application/json")
            .extension(ConnectInfo(from))
            .body(Body::from(json!({ "jws": jws }).to_string()))
            .unwrap();
        let response = self.node.pages.clone().oneshot(request).await.unwrap();
        let status = response.status();
        let bytes = axum::body::to_bytes(response.into_body(), 1 << 20).await.unwrap();
        (status, serde_json::from_slice(&bytes).unwrap_or(Value::Null))
    }
}

impl AppPhone<'_> {
    /// Says something, properly signed.
    pub async fn says(&self, act: &str, body: Value) -> (StatusCode, Value) {
        let jws = self.app.says(act, &body, self.ward.clock.now());
        self.ward.hears(act, &jws).await
    }

    /// Scans what the QR code on the page says.
    pub async fn scans(&mut self, browser: &crate::browser::Browser) -> (StatusCode, Value) {
        let link = browser.page.link("I am on this phone (opens in a new tab)");
        let fragment = link.split_once('#').unwrap().1;
        let token = fragment.split('&').find_map(|part| part.strip_prefix("enrol=")).unwrap().to_owned();
        self.enrols(&token).await
    }

    /// Enrols by the text of a QR code.
    pub async fn enrols(&mut self, token: &str) -> (StatusCode, Value) {
        self.app.device = None;
        let (status, answer) = self.says("enrol", json!({ "token": token, "name": "Pixel 8, Chrome" })).await;
        self.app.device = answer["device"].as_str().map(str::to_owned);
        (status, answer)
    }

    /// What it is asked now.
    pub async fn requests(&self) -> Vec<Value> {
        let (status, answer) = self.says("requests", json!({ "wait": 0 })).await;
        assert_eq!(status, StatusCode::OK, "{answer}");
        answer["requests"].as_array().unwrap().clone()
    }

    /// The one thing that it is asked now.
    pub async fn request(&self) -> Value {
        let requests = self.requests().await;
        assert_eq!(requests.len(), 1, "{requests:?}");
        requests[0].clone()
    }

    /// *Yes*, with this number.
    pub async fn approves(&self, request: &Value, number: &str) -> (StatusCode, Value) {
        let answer = json!({
            "request": request["id"], "challenge": request["challenge"], "answer": "approve", "number": number,
        });
        self.says("answer", answer).await
    }

    /// *No, it's not me*.
    pub async fn refuses(&self, request: &Value) -> (StatusCode, Value) {
        let answer =
            json!({ "request": request["id"], "challenge": request["challenge"], "answer": "refuse" });
        self.says("answer", answer).await
    }

    /// *Yes*, with the number that the page shows.
    pub async fn approves_as_shown(&self, browser: &crate::browser::Browser) {
        let request = self.request().await;
        let (status, answer) = self.approves(&request, &number_on(browser)).await;
        assert_eq!((status, &answer["result"]), (StatusCode::OK, &json!("approved")), "{answer}");
    }
}

/// The number that the page shows.
pub fn number_on(browser: &crate::browser::Browser) -> String {
    let shown = browser.page.find(".fw-number").unwrap_or_else(|| panic!("{}", browser.page.shown()));
    shown.chars().filter(char::is_ascii_digit).collect()
}

/// Another number than this.
pub fn another_number(number: &str) -> String {
    format!("{:02}", (number.parse::<u32>().unwrap() + 1) % 100)
}

impl Visitor<'_> {
    /// The wizard of our app, from *Add* until it is listed.
    pub async fn has_added_app(&mut self, phone: &mut AppPhone<'_>) -> &mut Self {
        self.adds("Authenticator app").await.sets_up_app(phone).await
    }

    /// The wizard from its first page until the method is listed.
    pub async fn sets_up_app(&mut self, phone: &mut AppPhone<'_>) -> &mut Self {
        self.reads("Start by getting the app");
        self.presses("Next").await.reads("Set up your account");
        self.presses("Next").await.reads("Scan the QR code");
        let (status, answer) = phone.scans(&self.browser).await;
        assert_eq!(status, StatusCode::OK, "{answer}");
        self.presses("Next").await.reads("Let’s try it out");
        phone.approves_as_shown(&self.browser).await;
        self.presses("Next").await.reads("Notification approved");
        self.presses("Next").await.reads("Security info").says("Authenticator app");
        self.ward.delivers().await;
        self
    }

    /// The password, and then the request in the app.
    pub async fn is_asked_in_the_app(&mut self) -> &mut Self {
        self.gives_password(self.who.password).await.reads("Approve the request in your app");
        self
    }
}
