//! Text messages through Twilio.

use std::collections::BTreeSet;
use std::fmt;

use async_trait::async_trait;
use aws_lc_rs::hmac;
use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use reqwest::{Client, Method};
use serde::Deserialize;
use url::{Url, form_urlencoded};
use zeroize::Zeroizing;

use crate::web_client::{Answer, ask, base_url, client, common_failure, under};
use crate::{
    BadReport, DeliveryReport, DeliveryState, Proof, Receipt, ReportRequest, ReportedMessage, SendError,
    SetupError, Text, TextChannel,
};

/// Twilio's Messages API of 2010-04-01 (<https://www.twilio.com/docs/messaging/api/message-resource>).
pub struct Twilio {
    client: Client,
    base: Url,
    account: String,
    token: Zeroizing<String>,
    from: String,
    reports_to: Url,
}

impl fmt::Debug for Twilio {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Twilio").field("base", &self.base.as_str()).finish_non_exhaustive()
    }
}

impl Twilio {
    /// `base_url` is `https://api.twilio.com` in life; `account` the account's SID (`AC…`), `token` its auth token; `from` a
    /// number in E.164, a name of up to 11 letters, or the SID of a messaging service (`MG…`); `reports_to` the address at
    /// which we take reports.
    ///
    /// # Errors
    /// [`SetupError`] when one of them is not of its form; it says what to write and never holds the token.
    pub fn new(
        base_url_: &str,
        account: &str,
        token: &str,
        from: &str,
        reports_to: &Url,
    ) -> Result<Self, SetupError> {
        let base = base_url(base_url_)?;
        let account = account.trim();
        if !is_sid(account, "AC") {
            return Err(SetupError::new(
                "Twilio needs the account's SID as user: AC and 32 digits and letters, from the first page of its console",
            ));
        }
        let token = token.trim();
        if token.is_empty() || !token.bytes().all(|byte| byte.is_ascii_alphanumeric()) {
            return Err(SetupError::new(
                "Twilio's auth token is not whole: copy it again from the first page of its console",
            ));
        }
        if from.trim().is_empty() {
            return Err(SetupError::new(
                "Twilio needs a sender (from): a number of yours, a name, or a messaging service (MG…)",
            ));
        }
        Ok(Self {
            client: client(&base)?,
            base,
            account: account.to_owned(),
            token: Zeroizing::new(token.to_owned()),
            from: from.trim().to_owned(),
            reports_to: reports_to.clone(),
        })
    }

    fn request(&self, method: Method, path: &[&str]) -> reqwest::RequestBuilder {
        let mut segments = vec!["2010-04-01", "Accounts", &self.account];
        segments.extend(path);
        self.client
            .request(method, under(&self.base, &segments))
            .basic_auth(&self.account, Some(self.token.as_str()))
    }
}

#[derive(Deserialize)]
struct Message {
    sid: String,
    #[serde(default)]
    status: String,
    error_code: Option<u32>,
}

#[derive(Deserialize, Default)]
struct Refused {
    #[serde(default)]
    code: u32,
}

#[async_trait]
impl TextChannel for Twilio {
    fn name(&self) -> &'static str {
        "twilio"
    }

    async fn send(&self, text: &Text) -> Result<Receipt, SendError> {
        let sender = if is_sid(&self.from, "MG") { "MessagingServiceSid" } else { "From" };
        let mut form =
            vec![("To", text.to.clone()), (sender, self.from.clone()), ("Body", text.body.clone())];
        if self.reports_to.scheme() == "https" {
            let mut address = self.reports_to.clone();
            address.query_pairs_mut().append_pair("message", &text.reference);
            form.push(("StatusCallback", address.into()));
        }
        let answer = ask(self.request(Method::POST, &["Messages.json"]).form(&form)).await?;
        if answer.status.is_success() {
            let sid = serde_json::from_slice::<Message>(&answer.body).ok().map(|message| message.sid);
            let provider_reference = sid.filter(|sid| is_message(sid));
            return Ok(Receipt { provider_reference, provider: Some(self.name()) });
        }
        Err(refused(&answer))
    }

    async fn status(&self, provider_reference: &str) -> Result<DeliveryState, SendError> {
        if !is_message(provider_reference) {
            return Err(SendError::Permanent("this is not a reference of Twilio".into()));
        }
        let file = format!("{provider_reference}.json");
        let answer = ask(self.request(Method::GET, &["Messages", &file])).await?;
        match answer.status.as_u16() {
            200 => Ok(serde_json::from_slice::<Message>(&answer.body)
                .map_or(DeliveryState::Unknown, |message| state(&message.status, message.error_code))),
            404 => Ok(DeliveryState::Unknown),
            _ => Err(refused(&answer)),
        }
    }

    fn read_report(
        &self,
        provider: &str,
        request: &ReportRequest<'_>,
    ) -> Result<Option<DeliveryReport>, BadReport> {
        if provider != self.name() {
            return Err(BadReport::NotExpected);
        }
        if !is_signed(&self.token, request) {
            return Err(BadReport::Forged);
        }
        let (mut sid, mut status, mut error) = (None, None, None);
        for (name, value) in form_urlencoded::parse(request.body) {
            match name.as_ref() {
                "MessageSid" => sid = Some(value.into_owned()),
                "MessageStatus" => status = Some(value.into_owned()),
                "ErrorCode" => error = value.parse().ok(),
                _ => {}
            }
        }
        let (Some(sid), Some(status)) = (sid, status) else { return Err(BadReport::Unreadable) };
        let ours = Url::parse(request.url).ok().and_then(|url| {
            url.query_pairs().find(|(name, _)| name == "message").map(|(_, value)| value.into_owned())
        });
        let about = match ours {
            Some(reference) => ReportedMessage::Ours { reference, proof: Proof::ByProvider },
            None => ReportedMessage::Theirs { provider: self.name(), reference: sid },
        };
        Ok(DeliveryReport::of(about, state(&status, error)))
    }

    async fn check(&self) -> Result<(), SendError> {
        let mut url = self.base.clone();
        url.set_path(&format!(
            "{}/2010-04-01/Accounts/{}.json",
            url.path().trim_end_matches('/'),
            self.account
        ));
        let request = self.client.get(url).basic_auth(&self.account, Some(self.token.as_str()));
        let answer = ask(request).await?;
        if answer.status.is_success() { Ok(()) } else { Err(refused(&answer)) }
    }
}

/// Twilio's codes say more than its statuses (<https://www.twilio.com/docs/api/errors>). Its words may hold the number.
fn refused(answer: &Answer) -> SendError {
    if let Some(common) = common_failure(answer.status) {
        return common;
    }
    let status = answer.status.as_u16();
    let code = serde_json::from_slice::<Refused>(&answer.body).unwrap_or_default().code;
    match code {
        // Not a valid number, not a mobile, opted out, not reachable by this sender.
        21_211 | 21_214 | 21_217 | 21_610 | 21_614 => {
            SendError::Permanent(format!("Twilio does not send to this number ({code})"))
        }
        21_408 => SendError::Misconfigured(format!(
            "Twilio may not send to this country ({code}): permit it under Messaging, Geo permissions"
        )),
        21_606 | 21_603 | 21_212 | 21_659 | 21_703 => {
            SendError::Misconfigured(format!("Twilio does not accept the sender ({code}): check from"))
        }
        21_608 => SendError::Misconfigured(format!(
            "Twilio sends only to numbers that you verified ({code}): upgrade the trial account"
        )),
        21_611 | 14_107 | 20_429 => {
            SendError::Transient(format!("Twilio takes no more at the moment ({code})"))
        }
        _ => SendError::Misconfigured(format!(
            "Twilio answered {status} with code {code}: look it up at Twilio"
        )),
    }
}

/// An undelivered message with one of these codes never will be: unknown, blocked, or a landline.
fn state(status: &str, error: Option<u32>) -> DeliveryState {
    match (status, error) {
        ("accepted" | "scheduled" | "queued" | "sending" | "sent", _) => DeliveryState::Pending,
        ("delivered" | "read", _) => DeliveryState::Delivered,
        ("undelivered" | "failed", Some(30_004..=30_006)) => DeliveryState::PermanentFailure,
        ("undelivered", _) => DeliveryState::TemporaryFailure,
        ("failed" | "canceled", _) => DeliveryState::TechnicalFailure,
        _ => DeliveryState::Unknown,
    }
}

/// HMAC-SHA1 under the auth token of the address and, in order, every name and value of the form
/// (<https://www.twilio.com/docs/usage/security>). Repeated pairs are signed once.
pub(crate) fn is_signed(token: &str, request: &ReportRequest<'_>) -> bool {
    let Some(signature) = request.signature.and_then(|text| STANDARD.decode(text).ok()) else {
        return false;
    };
    let pairs: BTreeSet<_> = form_urlencoded::parse(request.body).collect();
    let mut signed = request.url.to_owned();
    for (name, value) in &pairs {
        signed.push_str(name);
        signed.push_str(value);
    }
    let key = hmac::Key::new(hmac::HMAC_SHA1_FOR_LEGACY_USE_ONLY, token.as_bytes());
    hmac::verify(&key, signed.as_bytes(), &signature).is_ok()
}

pub(crate) fn is_sid(text: &str, kind: &str) -> bool {
    text.len() == 34
        && text.strip_prefix(kind).is_some_and(|rest| rest.bytes().all(|byte| byte.is_ascii_alphanumeric()))
}

fn is_message(text: &str) -> bool {
    is_sid(text, "SM") || is_sid(text, "MM")
}
