//! What a wallet answers (OpenID4VP 1.0, section 8): everything is checked, one answer is taken, and the wallet learns no more than that
//! it was, or was not.

use crate::passport::asking::{Kept, asked_by, state_hash};
use crate::passport::{PresentationRefusal, anchors, share};
use crate::{Network, Refusal, Service};
use jiff::Timestamp;
use openid4vc::claim_path::ClaimPath;
use openid4vc::dcql::{CredentialQuery, Query};
use openid4vc::sd_jwt_vc::Credential;
use openid4vc::verifier::{Presented, Response, Trust, VerifyProblem};
use rules::passport::{ANSWERS_PER_NETWORK, CredentialKind, PresentationAnswer, PresentationPurpose};
use std::collections::BTreeMap;
use store::access_key::ShownCopy;
use store::audit::Event;
use store::limits::Allowance;
use store::organisation::Organisation;
use store::presentation::{NewAnswer, Presentation};
use uuid::Uuid;
use vault::{Secret, Token};

/// What the access key is called in the request.
pub(crate) const ACCESS_KEY: &str = "access_key";
/// The claim of an access key that says which passport it opens.
pub(crate) const PASSPORT: &str = "passport";

/// An answer was taken.
#[derive(Debug)]
pub struct Answered {
    /// Where the wallet leads its owner next, with a code that is good once; nowhere after a no.
    pub redirect_uri: Option<String>,
}

/// Why what was shown is not taken, in the audit's words. Neither the wallet nor the person is told.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Why {
    NotAsked,
    Missing,
    NobodyTrusted,
    Chain,
    Signature,
    Credential,
    Mismatch,
    /// No status of ours, or a place that no copy has.
    NotOurs,
    AnotherKind,
    AnotherOrganisation,
    /// It was bound to another key when it was issued.
    AnotherKey,
    /// It says what our own record does not say.
    NotAsRecorded,
    /// Revoked, expired, put away.
    NotValid,
    /// Somebody else's.
    NotTheirs,
    /// Of another issuer elsewhere than was asked for, or one that is trusted no more.
    AnotherIssuer,
    /// It cannot be found out whether it holds: it names no list, or none that can be fetched and believed.
    StatusUnknown,
}

impl Why {
    pub fn as_str(self) -> &'static str {
        match self {
            Self::NotAsked => "not-asked",
            Self::Missing => "missing",
            Self::NobodyTrusted => "nobody-trusted",
            Self::Chain => "chain",
            Self::Signature => "signature",
            Self::Credential => "credential",
            Self::Mismatch => "mismatch",
            Self::NotOurs => "not-ours",
            Self::AnotherKind => "another-kind",
            Self::AnotherOrganisation => "another-organisation",
            Self::AnotherKey => "another-key",
            Self::NotAsRecorded => "not-as-recorded",
            Self::NotValid => "not-valid",
            Self::NotTheirs => "not-theirs",
            Self::AnotherIssuer => "another-issuer",
            Self::StatusUnknown => "status-unknown",
        }
    }
}

impl From<VerifyProblem> for Why {
    fn from(problem: VerifyProblem) -> Self {
        match problem {
            VerifyProblem::NotAsked => Self::NotAsked,
            VerifyProblem::Missing => Self::Missing,
            VerifyProblem::NobodyTrusted(_) => Self::NobodyTrusted,
            VerifyProblem::Chain(_) => Self::Chain,
            VerifyProblem::SdJwt(_) => Self::Signature,
            VerifyProblem::Credential(_) => Self::Credential,
            VerifyProblem::Mismatch(_) => Self::Mismatch,
        }
    }
}

/// What is kept of what was shown.
#[derive(Debug, Default)]
pub(crate) struct Shown {
    /// Whose access key, and which copy.
    pub access_key: Option<(Uuid, Uuid)>,
    /// What is kept until it is used, JSON.
    pub presented: Option<String>,
}

/// Takes what a wallet posted to the address `state`: `fields` of a form.
///
/// # Errors
/// [`Refusal::NotFound`] where no answer is waited for there, [`PresentationRefusal::Refused`] where this is none that is taken,
/// [`Refusal::NetworkBusy`].
pub async fn answer(
    service: &Service,
    code: &str,
    state: &str,
    fields: &BTreeMap<String, String>,
    network: &Network,
) -> Result<Answered, Refusal> {
    let now = service.clock.now();
    let state = Token::parse(state).ok_or(Refusal::NotFound)?;
    let found = service.store.presentation_answered_at(&state_hash(service, &state)).await?;
    let presentation = found.ok_or(Refusal::NotFound)?;
    let organisation = asked_by(service, &presentation, code).await?;
    let counted = service.keys.keyed_hash("network", &[network.bytes()]);
    let mut tx = service.store.begin().await?;
    if tx.take(&ANSWERS_PER_NETWORK, &counted, now).await? != Allowance::Granted {
        return Err(Refusal::NetworkBusy);
    }
    tx.commit().await?;
    if !presentation.state(now).is_open() {
        return Err(Refusal::NotFound);
    }
    let request = Kept::read(&presentation)?.request(presentation.id)?;
    let answering =
        Answering { service, organisation: &organisation, presentation: &presentation, network, now };
    // What does not decrypt, or belongs to another request, is no answer to this one: it may have come from anybody.
    let response = Response::read(fields, &request).map_err(|problem| {
        tracing::info!(presentation = %presentation.id, %problem, "what was posted is no answer");
        PresentationRefusal::Refused
    })?;
    let token = match response {
        Response::Declined(_) => return answering.declined().await,
        Response::Presented(token) => token,
    };
    let trust = answering.trust().await?;
    let shown = match request.verify(&token, &trust, now) {
        Ok(presented) => answering.look_at(&presented).await?,
        Err(problem) => Err(problem.into()),
    };
    match shown {
        Ok(shown) => answering.presented(shown).await,
        Err(why) => answering.refused(why).await,
    }
}

/// One answer under way.
pub(crate) struct Answering<'a> {
    pub service: &'a Service,
    pub organisation: &'a Organisation,
    pub presentation: &'a Presentation,
    pub network: &'a Network,
    pub now: Timestamp,
}

impl Answering<'_> {
    /// Whose credentials are taken.
    async fn trust(&self) -> Result<Trust, Refusal> {
        match self.presentation.purpose {
            PresentationPurpose::SignIn | PresentationPurpose::Confirm => {
                let anchors = anchors(self.service, Some(self.organisation.id)).await?;
                Ok(Trust::none().with(&kind_address(self.service, CredentialKind::access_key()), anchors))
            }
            PresentationPurpose::Share => share::trust(self).await,
        }
    }

    async fn look_at(&self, presented: &Presented) -> Result<Result<Shown, Why>, Refusal> {
        match self.presentation.purpose {
            PresentationPurpose::SignIn | PresentationPurpose::Confirm => self.access_key(presented).await,
            PresentationPurpose::Share => share::look_at(self, presented).await,
        }
    }

    /// The access key counts: one that this organisation issued, to this wallet, and that holds now by our own record.
    async fn access_key(&self, presented: &Presented) -> Result<Result<Shown, Why>, Refusal> {
        let Some(credential) = presented.one(ACCESS_KEY) else { return Ok(Err(Why::Missing)) };
        let Some(copy) = copy_of(self.service, credential).await? else { return Ok(Err(Why::NotOurs)) };
        if let Err(why) = counts(self.service, &copy, self.organisation.id) {
            return Ok(Err(why));
        }
        if credential.holder().is_none_or(|holder| holder.thumbprint() != copy.thumbprint) {
            return Ok(Err(Why::AnotherKey));
        }
        Ok(Ok(Shown { access_key: Some((copy.account_id, copy.copy_id)), presented: None }))
    }

    async fn presented(&self, shown: Shown) -> Result<Answered, Refusal> {
        let Self { service, presentation, now, .. } = self;
        let code = Token::new(service.random.as_ref());
        let response_code = response_hash(service, &code);
        let confirm_code = confirm_hash(service, presentation.id, confirm_code(service, &code).expose());
        let new = NewAnswer {
            answer: PresentationAnswer::Presented,
            network: &self.network.range(),
            presented: shown.presented.as_deref(),
            access_key: shown.access_key,
            response_code: Some(&response_code),
            confirm_code: Some(&confirm_code),
        };
        let mut tx = service.store.begin().await?;
        if !tx.answer_presentation(presentation.id, new, *now).await? {
            return Err(Refusal::NotFound);
        }
        tx.audit(self.event(PresentationAnswer::Presented, shown.access_key, None), *now);
        tx.commit().await?;
        let back = match presentation.purpose {
            PresentationPurpose::SignIn => "/sign-in/passport/back",
            PresentationPurpose::Confirm => "/confirm/passport/back",
            PresentationPurpose::Share => "/passport/share/back",
        };
        let redirect_uri = service.address(&format!("{back}?response_code={}", code.as_str()));
        Ok(Answered { redirect_uri: Some(redirect_uri) })
    }

    async fn declined(&self) -> Result<Answered, Refusal> {
        if self.settle(PresentationAnswer::Declined, None).await? {
            Ok(Answered { redirect_uri: None })
        } else {
            Err(Refusal::NotFound)
        }
    }

    async fn refused(&self, why: Why) -> Result<Answered, Refusal> {
        let answer = match why {
            Why::StatusUnknown => PresentationAnswer::Unchecked,
            _ => PresentationAnswer::Refused,
        };
        self.settle(answer, Some(why)).await?;
        Err(PresentationRefusal::Refused.into())
    }

    /// An answer of which nothing is used.
    async fn settle(&self, answer: PresentationAnswer, why: Option<Why>) -> Result<bool, Refusal> {
        let new = NewAnswer {
            answer,
            network: &self.network.range(),
            presented: None,
            access_key: None,
            response_code: None,
            confirm_code: None,
        };
        let mut tx = self.service.store.begin().await?;
        let taken = tx.answer_presentation(self.presentation.id, new, self.now).await?;
        if taken {
            tx.audit(self.event(answer, None, why), self.now);
            tx.commit().await?;
        }
        Ok(taken)
    }

    fn event(&self, answer: PresentationAnswer, access_key: Option<(Uuid, Uuid)>, why: Option<Why>) -> Event {
        Event::WalletAnswered {
            organisation: self.organisation.id,
            presentation: self.presentation.id,
            purpose: self.presentation.purpose.as_str().to_owned(),
            account: access_key.map(|(account, _)| account),
            answer: answer.as_str().to_owned(),
            why: why.map(|why| why.as_str().to_owned()),
            page_network: self.presentation.network.clone(),
            wallet_network: self.network.range(),
            elsewhere: self.presentation.fetched_elsewhere,
        }
    }
}

/// The address that names a kind of credential (`vct`).
pub(crate) fn kind_address(service: &Service, kind: CredentialKind) -> String {
    service.address(&format!("/vc/types/{}", kind.as_str()))
}

/// Which copy of ours a credential is, by where its status stands.
pub(crate) async fn copy_of(
    service: &Service,
    credential: &Credential,
) -> Result<Option<ShownCopy>, Refusal> {
    let Some(status) = credential.status() else { return Ok(None) };
    let lists = service.address("/vc/status/");
    let list = status.uri.strip_prefix(&lists).and_then(|list| list.parse::<Uuid>().ok());
    match list {
        Some(list) => Ok(service.store.shown_copy_at(list, status.idx).await?),
        None => Ok(None),
    }
}

/// Whether a copy opens the door of an organisation today.
pub(crate) fn counts(service: &Service, copy: &ShownCopy, organisation: Uuid) -> Result<(), Why> {
    if !copy.kind.is_access_key() {
        return Err(Why::AnotherKind);
    }
    if copy.organisation_id != organisation {
        return Err(Why::AnotherOrganisation);
    }
    if copy.counts(service.today()) { Ok(()) } else { Err(Why::NotValid) }
}

/// The code of six digits that goes with a response code. It is made of that one, so that the page on the phone can show it again and
/// nothing but keyed hashes is kept.
pub(crate) fn confirm_code(service: &Service, response_code: &Token) -> Secret<String> {
    let [a, b, c, d, ..] =
        service.keys.keyed_hash("presentation-confirm-code", &[response_code.as_str().as_bytes()]);
    Secret::new(format!("{:06}", u32::from_be_bytes([a, b, c, d]) % 1_000_000))
}

pub(crate) fn confirm_hash(service: &Service, presentation: Uuid, digits: &str) -> [u8; 32] {
    service.keys.keyed_hash("presentation-confirm", &[presentation.as_bytes(), digits.as_bytes()])
}

pub(crate) fn response_hash(service: &Service, code: &Token) -> [u8; 32] {
    service.keys.keyed_hash("presentation-response", &[code.as_str().as_bytes()])
}

/// Asks for an access key and for the claim that names its passport.
pub(crate) fn asks_for_access_key(service: &Service) -> Query {
    let kind = kind_address(service, CredentialKind::access_key());
    let credential = CredentialQuery::of_kind(ACCESS_KEY, &kind).with_claim(ClaimPath::names([PASSPORT]));
    Query { credentials: vec![credential], credential_sets: Vec::new() }
}
