//! An authority outside that speaks EST (RFC 7030), asked by us as a registration authority: we make sure who the person is, and it
//! issues.

use std::time::Duration;

use async_trait::async_trait;
use aws_lc_rs::digest::{SHA256, digest};
use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use const_oid::db::rfc5280::{ID_KP_CLIENT_AUTH, ID_KP_EMAIL_PROTECTION};
use der::{Decode, Header, Reader, SliceReader, Tag};
use jiff::Timestamp;
use reqwest::header::{CONTENT_TYPE, RETRY_AFTER};
use reqwest::{Client, Identity, RequestBuilder, Response, StatusCode};
use zeroize::Zeroizing;

use crate::{
    AuthorityProblem, Certificate, CertificateAuthority, Issuance, IssueRequest, PendingId, Purpose, Random,
    RevocationReason, Serial, hex,
};

/// An answer may be so long at most, in bytes.
const MOST_BYTES: usize = 128 * 1024;
/// An answer takes so long at most.
const PATIENCE: Duration = Duration::from_secs(30);
/// When the authority does not say how long to wait, or says something that makes no sense, in seconds.
const RETRY_AFTER_USUAL: u32 = 60;

/// How an authority is reached.
pub struct EstSettings {
    /// Its address with `/.well-known/est` and its label, if it has one; without a slash at the end.
    pub url: String,
    /// Name and password, if it asks for them.
    pub login: Option<(String, Zeroizing<String>)>,
    /// Our certificate and its key (PEM), if it asks for one.
    pub client: Option<Zeroizing<Vec<u8>>>,
    /// Certificates (PEM) that alone its TLS is trusted by; without them, what the machine trusts.
    pub roots: Option<Vec<u8>>,
    /// The certificates that it issues by: the issuing authority's first, the root's last.
    pub chain: Vec<Certificate>,
}

/// An authority outside.
pub struct EstAuthority {
    client: Client,
    url: String,
    login: Option<(String, Zeroizing<String>)>,
    chain: Vec<Certificate>,
}

impl std::fmt::Debug for EstAuthority {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("EstAuthority").field("url", &self.url).finish_non_exhaustive()
    }
}

impl EstAuthority {
    /// An authority at an address. Nothing is asked yet.
    ///
    /// # Errors
    ///
    /// When a certificate or key cannot be used, or this machine cannot set up TLS.
    pub fn new(settings: EstSettings) -> Result<Self, AuthorityProblem> {
        let mut builder = Client::builder().timeout(PATIENCE).redirect(reqwest::redirect::Policy::none());
        if let Some(pem) = &settings.client {
            builder = builder.identity(Identity::from_pem(pem).map_err(unavailable)?);
        }
        if let Some(pem) = &settings.roots {
            builder =
                builder.tls_certs_only(reqwest::Certificate::from_pem_bundle(pem).map_err(unavailable)?);
        }
        if settings.chain.is_empty() {
            return Err(AuthorityProblem::Wrong("the authority has no certificate"));
        }
        Ok(Self {
            client: builder.build().map_err(unavailable)?,
            url: settings.url.trim_end_matches('/').to_owned(),
            login: settings.login,
            chain: settings.chain,
        })
    }

    /// Asks for the authority's certificates, and looks whether the one that we know is among them.
    ///
    /// # Errors
    ///
    /// When it does not answer, or issues by another one.
    pub async fn check(&self) -> Result<(), AuthorityProblem> {
        let response = self.ask(self.client.get(format!("{}/cacerts", self.url))).await?;
        if response.status() != StatusCode::OK {
            return Err(refused(response.status()));
        }
        let known = certificates(response).await?;
        if known.iter().any(|one| self.chain.first() == Some(one)) {
            Ok(())
        } else {
            Err(AuthorityProblem::Wrong(
                "the authority issues by another certificate than the one that is configured",
            ))
        }
    }

    async fn enrol(&self, request: &IssueRequest, now: Timestamp) -> Result<Issuance, AuthorityProblem> {
        let operation = if request.replaces.is_some() { "simplereenroll" } else { "simpleenroll" };
        let ask = self
            .client
            .post(format!("{}/{operation}", self.url))
            .header(CONTENT_TYPE, "application/pkcs10")
            .header("Content-Transfer-Encoding", "base64")
            .body(STANDARD.encode(request.proof.der()));
        let response = self.ask(ask).await?;
        match response.status() {
            StatusCode::OK => {
                let all = certificates(response).await?;
                let ours = all.into_iter().find(|one| one.public_key() == *request.proof.public_key());
                let issued = ours.ok_or(AuthorityProblem::Wrong("it is of another key"))?;
                self.look_at(&issued, request, now)?;
                Ok(Issuance::Issued(Box::new(issued)))
            }
            StatusCode::ACCEPTED => {
                let wait =
                    response.headers().get(RETRY_AFTER).and_then(|value| value.to_str().ok()?.parse().ok());
                let id = hex::lower(digest(&SHA256, request.proof.der()).as_ref());
                Ok(Issuance::Pending {
                    id: PendingId(id),
                    retry_after: wait.unwrap_or(RETRY_AFTER_USUAL).clamp(1, 86_400),
                })
            }
            other => Err(refused(other)),
        }
    }

    async fn ask(&self, request: RequestBuilder) -> Result<Response, AuthorityProblem> {
        let request = match &self.login {
            Some((user, password)) => request.basic_auth(user, Some(password.as_str())),
            None => request,
        };
        request.send().await.map_err(unavailable)
    }

    /// What an authority outside sends is believed no more than what we would have made ourselves.
    fn look_at(
        &self,
        issued: &Certificate,
        request: &IssueRequest,
        now: Timestamp,
    ) -> Result<(), AuthorityProblem> {
        let wrong = |why| Err(AuthorityProblem::Wrong(why));
        if !self.chain.first().is_some_and(|authority| authority.signed(issued)) {
            return wrong("the authority that is configured did not issue it");
        }
        if issued.is_authority() {
            return wrong("it is one of an authority");
        }
        if !issued.holds_at(now) {
            return wrong("it does not hold now");
        }
        let subject = &request.subject;
        let (usage, person) = match request.purpose {
            Purpose::Authentication => {
                (ID_KP_CLIENT_AUTH, subject.user_principal_name == issued.user_principal_name())
            }
            Purpose::Signature => (ID_KP_EMAIL_PROTECTION, true),
        };
        if !issued.is_for(usage) || !issued.key_usage().is_some_and(|usage| usage.digital_signature()) {
            return wrong("it is for another purpose");
        }
        if !person || issued.common_name().as_ref() != Some(&subject.common_name) {
            return wrong("it names another person");
        }
        Ok(())
    }
}

#[async_trait]
impl CertificateAuthority for EstAuthority {
    async fn issue(
        &self,
        request: &IssueRequest,
        now: Timestamp,
        _: &dyn Random,
    ) -> Result<Issuance, AuthorityProblem> {
        self.enrol(request, now).await
    }

    async fn poll(
        &self,
        _: &PendingId,
        request: &IssueRequest,
        now: Timestamp,
        _: &dyn Random,
    ) -> Result<Issuance, AuthorityProblem> {
        // RFC 7030, section 4.2.3: the same request is sent again.
        self.enrol(request, now).await
    }

    async fn revoke(&self, _: &Serial, _: RevocationReason, _: Timestamp) -> Result<(), AuthorityProblem> {
        Err(AuthorityProblem::RevokeThere)
    }

    fn chain(&self) -> &[Certificate] {
        &self.chain
    }
}

fn refused(status: StatusCode) -> AuthorityProblem {
    if status.is_server_error() {
        AuthorityProblem::Unavailable(format!("it answers {status}"))
    } else {
        AuthorityProblem::Refused(format!("it answers {status}"))
    }
}

fn unavailable(problem: reqwest::Error) -> AuthorityProblem {
    let problem = problem.without_url();
    let mut words = problem.to_string();
    // The causes say what the first line does not: that a certificate is not trusted, that nobody listens.
    let mut cause = std::error::Error::source(&problem);
    while let Some(inner) = cause {
        words = format!("{words}: {inner}");
        cause = inner.source();
    }
    AuthorityProblem::Unavailable(words)
}

async fn certificates(mut response: Response) -> Result<Vec<Certificate>, AuthorityProblem> {
    let mut body = Vec::new();
    while let Some(chunk) = response.chunk().await.map_err(unavailable)? {
        if body.len() + chunk.len() > MOST_BYTES {
            return Err(AuthorityProblem::Unavailable("its answer is too long".to_owned()));
        }
        body.extend_from_slice(&chunk);
    }
    certificates_only(&body)
        .ok_or_else(|| AuthorityProblem::Unavailable("its answer is no PKCS#7 of certificates".to_owned()))
}

/// The certificates in a CMS *certs-only* message (RFC 5272, section 4.1), as base64 with whatever white space, or DER. `None` where
/// it is none, or holds something that is no certificate.
pub fn certificates_only(body: &[u8]) -> Option<Vec<Certificate>> {
    if body.len() > MOST_BYTES {
        return None;
    }
    let text: Vec<u8> = body.iter().copied().filter(|byte| !byte.is_ascii_whitespace()).collect();
    let der = STANDARD.decode(text).unwrap_or_else(|_| body.to_vec());
    let signed_data = inside(&der, Tag::Sequence).and_then(|content| {
        let [kind, data] = elements(content)?.try_into().ok()?;
        let kind = der::asn1::ObjectIdentifier::from_der(kind).ok()?;
        (kind == const_oid::db::rfc5911::ID_SIGNED_DATA).then_some(data)
    })?;
    let signed_data = inside(context_specific(signed_data, 0)?, Tag::Sequence)?;
    let certificates = elements(signed_data)?.into_iter().find_map(|part| context_specific(part, 0))?;
    let all: Vec<Certificate> = elements(certificates)?
        .into_iter()
        .map(|one| Certificate::from_der(one).ok())
        .collect::<Option<_>>()?;
    (!all.is_empty()).then_some(all)
}

/// What is in an element with this tag, and nothing after it.
fn inside(der: &[u8], tag: Tag) -> Option<&[u8]> {
    let mut reader = SliceReader::new(der).ok()?;
    let header = Header::decode(&mut reader).ok()?;
    let content = reader.read_slice(header.length).ok()?;
    (header.tag == tag && reader.is_finished()).then_some(content)
}

fn context_specific(der: &[u8], number: u8) -> Option<&[u8]> {
    let number = der::TagNumber::new(number);
    inside(der, Tag::ContextSpecific { constructed: true, number })
}

/// The elements one after the other.
fn elements(der: &[u8]) -> Option<Vec<&[u8]>> {
    let mut reader = SliceReader::new(der).ok()?;
    let mut all = Vec::new();
    while !reader.is_finished() {
        all.push(reader.tlv_bytes().ok()?);
    }
    Some(all)
}
