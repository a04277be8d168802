//! Web Push: a short encrypted message to the browser of a phone, by the push service that the browser chose (RFC 8030). It is
//! encrypted for the browser alone (RFC 8291), and signed so that the push service knows who sends it (RFC 8292).

use std::time::Duration;

use base64::{Engine, engine::general_purpose::URL_SAFE_NO_PAD};
use jiff::{SignedDuration, Timestamp};
use jsonwebtoken::{Algorithm, EncodingKey, Header, encode};
use reqwest::{Client, StatusCode, redirect};
use serde::Serialize;
use url::Url;
use web_push_native::{Auth, encrypt, p256::PublicKey};

use crate::SetupError;

/// How long the service's own word to a push service is good.
const VOUCHED_FOR: SignedDuration = SignedDuration::from_hours(1);

/// Where a browser takes pushes, and what they are encrypted with.
#[derive(Clone)]
pub struct PushSubscription {
    /// The address that the push service gave.
    pub endpoint: Url,
    /// The browser's public key: a point on P-256 (SEC 1).
    pub p256dh: Vec<u8>,
    /// 16 bytes that the browser shares with us.
    pub auth: Vec<u8>,
}

impl std::fmt::Debug for PushSubscription {
    /// The address is what somebody could send pushes to.
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("PushSubscription").finish_non_exhaustive()
    }
}

/// What is sent.
#[derive(Debug, Clone, Copy)]
pub struct Push<'a> {
    /// What the browser reads.
    pub content: &'a [u8],
    /// One that waits under the same name is replaced: at most 32 signs of base64url.
    pub topic: &'a str,
    /// How long the push service keeps it for a phone that is off.
    pub keep: Duration,
}

/// What became of a push.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Pushed {
    /// The push service took it.
    Taken,
    /// There is no such browser any more: forget it.
    Gone,
    /// It was not taken, for this reason; the app hears of it when it is opened.
    Failed(String),
}

/// The way out for pushes.
pub struct WebPush {
    client: Client,
    key: EncodingKey,
    public: String,
    contact: String,
}

impl std::fmt::Debug for WebPush {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("WebPush").finish_non_exhaustive()
    }
}

#[derive(Serialize)]
struct Vouching<'a> {
    aud: String,
    exp: i64,
    sub: &'a str,
}

impl WebPush {
    /// Pushes signed by this key pair (PKCS#8) with this public point. `contact` is an address (`mailto:` or `https:`) at which
    /// a push service reaches whoever runs this.
    ///
    /// # Errors
    /// Where this machine cannot set up TLS.
    pub fn new(pkcs8: &[u8], public: &[u8], contact: String) -> Result<Self, SetupError> {
        let client = Client::builder()
            .connect_timeout(Duration::from_secs(5))
            .timeout(Duration::from_secs(10))
            .redirect(redirect::Policy::none())
            .user_agent(concat!("fobwatch/", env!("CARGO_PKG_VERSION")))
            .build()
            .map_err(|_| SetupError::new("this machine cannot set up TLS: check its certificates"))?;
        let key = EncodingKey::from_ec_der(pkcs8);
        Ok(Self { client, key, public: URL_SAFE_NO_PAD.encode(public), contact })
    }

    /// What a browser subscribes with, in base64url: it then takes pushes from nobody else.
    pub fn public_key(&self) -> &str {
        &self.public
    }

    /// Sends one push.
    pub async fn send(&self, to: &PushSubscription, push: Push<'_>, now: Timestamp) -> Pushed {
        let Some(body) = sealed_for(to, push.content) else { return Pushed::Gone };
        let Some(voucher) = self.voucher(&to.endpoint, now) else {
            return Pushed::Failed("the push cannot be signed".to_owned());
        };
        let sent = self
            .client
            .post(to.endpoint.clone())
            .header("Authorization", format!("vapid t={voucher}, k={}", self.public))
            .header("Content-Encoding", "aes128gcm")
            .header("Content-Type", "application/octet-stream")
            .header("TTL", push.keep.as_secs())
            .header("Urgency", "high")
            .header("Topic", push.topic)
            .body(body)
            .send()
            .await;
        match sent.map(|response| response.status()) {
            Ok(status) if status.is_success() => Pushed::Taken,
            Ok(StatusCode::NOT_FOUND | StatusCode::GONE) => Pushed::Gone,
            Ok(status) => Pushed::Failed(format!("the push service answered {}", status.as_u16())),
            Err(error) if error.is_timeout() => {
                Pushed::Failed("the push service did not answer in time".into())
            }
            Err(_) => Pushed::Failed("the push service cannot be reached".into()),
        }
    }

    /// Our word to the push service (RFC 8292, section 2): for its origin, with the port where it is not the usual one.
    fn voucher(&self, endpoint: &Url, now: Timestamp) -> Option<String> {
        let exp = now.checked_add(VOUCHED_FOR).ok()?.as_second();
        let vouching = Vouching { aud: endpoint.origin().ascii_serialization(), exp, sub: &self.contact };
        encode(&Header::new(Algorithm::ES256), &vouching, &self.key).ok()
    }
}

/// Encrypts for the browser; none where its key is no key.
fn sealed_for(to: &PushSubscription, content: &[u8]) -> Option<Vec<u8>> {
    let key = PublicKey::from_sec1_bytes(&to.p256dh).ok()?;
    let auth: [u8; 16] = to.auth.as_slice().try_into().ok()?;
    encrypt(content.to_vec(), &key, &Auth::from(auth)).ok()
}
