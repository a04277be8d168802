//! Text messages through an HTTP gateway of Kannel's kind.

use std::fmt;

use async_trait::async_trait;
use reqwest::header::{CONTENT_TYPE, HeaderValue};
use reqwest::{Client, RequestBuilder};
use url::Url;
use zeroize::Zeroizing;

use crate::smpp::gsm;
use crate::web_client::{ask, base_url, client};
use crate::{
    BadReport, DeliveryReport, DeliveryState, Proof, Receipt, ReportRequest, ReportedMessage, SendError,
    SetupError, Text, TextChannel,
};

/// Delivered (1), not delivered (2), refused by the centre (16): the reports that say something final.
const DLR_MASK: &str = "19";

/// Kannel's `sendsms` interface (<https://www.kannel.org/download/1.4.5/userguide-1.4.5/userguide.html>, chapter "Using the
/// HTTP interface"), by its POST method. Kannel says what became of a message by asking for an address of ours (`dlr-url`).
pub struct Kannel {
    client: Client,
    send: Url,
    user: String,
    password: Zeroizing<String>,
    from: String,
    reports_to: Url,
}

impl fmt::Debug for Kannel {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Kannel").field("send", &self.send.as_str()).finish_non_exhaustive()
    }
}

impl Kannel {
    /// `send_url` is the whole address of the gateway's send page, `…/cgi-bin/sendsms`; `from` the sender that phones show;
    /// `reports_to` the address at which we take reports.
    ///
    /// # Errors
    /// [`SetupError`] when one of them cannot be used; it says what to write and never holds the password.
    pub fn new(
        send_url: &str,
        user: &str,
        password: &str,
        from: &str,
        reports_to: &Url,
    ) -> Result<Self, SetupError> {
        let send = base_url(send_url)?;
        if matches!(send.path(), "" | "/") {
            return Err(SetupError::new(
                "the text gateway's address ends with its send page: write https://texts.northfield.example/cgi-bin/sendsms",
            ));
        }
        if user.trim().is_empty() || password.is_empty() {
            return Err(SetupError::new(
                "the text gateway needs the user and the password of its sendsms-user",
            ));
        }
        if [user.trim(), password, from.trim()].iter().any(|text| HeaderValue::from_str(text).is_err()) {
            return Err(SetupError::new(
                "user, password or sender of the text gateway holds a line end or another sign that it cannot take",
            ));
        }
        Ok(Self {
            client: client(&send)?,
            send,
            user: user.trim().to_owned(),
            password: Zeroizing::new(password.to_owned()),
            from: from.trim().to_owned(),
            reports_to: reports_to.clone(),
        })
    }

    /// A POST whose body is the text; user, password and number stand in headers, which fewer logs see than an address.
    fn request(&self, body: &str, headers: &[(&'static str, &str)]) -> Result<RequestBuilder, SendError> {
        let mut request = self
            .client
            .post(self.send.clone())
            .header(CONTENT_TYPE, "text/plain; charset=UTF-8")
            .body(body.to_owned());
        let own = [("X-Kannel-Username", self.user.as_str()), ("X-Kannel-Password", &self.password)];
        for (name, text) in own.iter().chain(headers) {
            let mut value = HeaderValue::from_str(text)
                .map_err(|_| SendError::Permanent(format!("{name} of the text gateway cannot be sent")))?;
            value.set_sensitive(true);
            request = request.header(*name, value);
        }
        Ok(request)
    }
}

#[async_trait]
impl TextChannel for Kannel {
    fn name(&self) -> &'static str {
        "http-gateway"
    }

    async fn send(&self, text: &Text) -> Result<Receipt, SendError> {
        let coding = if gsm::encode(&text.body).is_some() { "0" } else { "2" };
        let mut headers = vec![("X-Kannel-To", text.to.as_str()), ("X-Kannel-Coding", coding)];
        if !self.from.is_empty() {
            headers.push(("X-Kannel-From", &self.from));
        }
        let mut reports_to = String::new();
        if let Some(token) = &text.report_token {
            let mut address = self.reports_to.clone();
            address.query_pairs_mut().append_pair("message", &text.reference).append_pair("token", token);
            // Kannel puts the state in the place of %d; it must not be percent-encoded.
            reports_to = format!("{address}&state=%d");
        }
        if !reports_to.is_empty() {
            headers.extend([("X-Kannel-DLR-Mask", DLR_MASK), ("X-Kannel-DLR-Url", &reports_to)]);
        }
        let answer = ask(self.request(&text.body, &headers)?).await?;
        let status = answer.status.as_u16();
        match status {
            // "0: Accepted for delivery" and "3: Queued for later delivery". It gives no id: its reports carry ours.
            200..=299 => Ok(Receipt { provider_reference: None, provider: Some(self.name()) }),
            401 | 403 => Err(SendError::Misconfigured(format!(
                "the text gateway does not accept user and password ({status}): they are those of its sendsms-user, which \
                 may be bound to addresses of the network"
            ))),
            404 | 405 | 300..=399 => Err(SendError::Misconfigured(format!(
                "there is no send page at the text gateway's address ({status}): it ends with /cgi-bin/sendsms"
            ))),
            408 | 429 | 500..=599 => Err(SendError::Transient(format!("the text gateway answered {status}"))),
            // Kannel answers 400 for a sender that is missing, too, so its first words decide.
            _ if says(&answer.body, "Sender missing") => Err(SendError::Misconfigured(format!(
                "the text gateway wants a sender ({status}): write from"
            ))),
            _ => Err(SendError::Permanent(format!("the text gateway does not take this message ({status})"))),
        }
    }

    /// Kannel cannot be asked: it reports by itself.
    async fn status(&self, _provider_reference: &str) -> Result<DeliveryState, SendError> {
        Ok(DeliveryState::Unknown)
    }

    fn read_report(
        &self,
        provider: &str,
        request: &ReportRequest<'_>,
    ) -> Result<Option<DeliveryReport>, BadReport> {
        if provider != self.name() {
            return Err(BadReport::NotExpected);
        }
        let url = Url::parse(request.url).map_err(|_| BadReport::Unreadable)?;
        let (mut message, mut token, mut state) = (None, None, None);
        for (key, value) in url.query_pairs() {
            match key.as_ref() {
                "message" => message = Some(value.into_owned()),
                "token" => token = Some(value.into_owned()),
                "state" => state = Some(value.into_owned()),
                _ => {}
            }
        }
        let state = match state.as_deref().ok_or(BadReport::Unreadable)? {
            "1" => DeliveryState::Delivered,
            "2" => DeliveryState::TemporaryFailure,
            "16" => DeliveryState::PermanentFailure,
            "4" | "8" => DeliveryState::Pending,
            _ => return Err(BadReport::Unreadable),
        };
        let reference = message.ok_or(BadReport::Unreadable)?;
        let proof = Proof::Token(token.ok_or(BadReport::Forged)?);
        Ok(DeliveryReport::of(ReportedMessage::Ours { reference, proof }, state))
    }

    /// Asks for the send page with user and password but without a message, which Kannel refuses by 400 when they are right.
    async fn check(&self) -> Result<(), SendError> {
        let answer = ask(self.request("", &[])?).await?;
        match answer.status.as_u16() {
            status @ (401 | 403) => Err(SendError::Misconfigured(format!(
                "the text gateway does not accept user and password ({status})"
            ))),
            status @ (404 | 405 | 300..=399) => Err(SendError::Misconfigured(format!(
                "there is no send page at the text gateway's address ({status})"
            ))),
            status @ 500..=599 => Err(SendError::Transient(format!("the text gateway answered {status}"))),
            _ => Ok(()),
        }
    }
}

fn says(body: &[u8], words: &str) -> bool {
    String::from_utf8_lossy(body).contains(words)
}
