//! Sharing credentials with a trust: its owner chooses which, the wallet shows them, and they are kept for that trust, with who issued
//! each and how it stood.
//!
//! Only what somebody holds can be asked for, so that nobody is asked for what they do not have. What is shown must be theirs: a wallet
//! that holds somebody else's credentials shares nothing in this session.

use crate::passport::answer::{Answering, Shown, Why, copy_of, kind_address};
use crate::passport::asking::{Asking, Kept, Standing, ask, bound_to, of_browser, standing_of};
use crate::session::{self, Person};
use crate::{FieldProblem, Refusal, Service, Visitor};
use openid4vc::claim_path::ClaimPath;
use openid4vc::dcql::{CredentialQuery, Query};
use openid4vc::jose::TrustAnchors;
use openid4vc::verifier::{Presented, Trust};
use rules::passport::{CredentialKind, CredentialState, PresentationPurpose, PresentationState};
use serde::{Deserialize, Serialize};
use serde_json::{Map, Value};
use std::collections::{BTreeMap, BTreeSet};
use store::audit::Event;
use store::credential::Credential;
use store::organisation::Organisation;
use store::presentation::Presentation;
use store::share::NewSharedCredential;
use uuid::Uuid;
use vault::Token;

/// One credential that was shown, until it is kept for the trust.
#[derive(Serialize, Deserialize)]
struct ShownCredential {
    kind: String,
    issuer: Uuid,
    credential: Uuid,
    status_uri: String,
    status_place: u32,
    claims: Map<String, Value>,
}

/// With whom somebody can share: the organisations of this installation but their own.
///
/// # Errors
/// Where the database fails.
pub async fn trusts(service: &Service, person: &Person) -> Result<Vec<Organisation>, Refusal> {
    let mut all = service.store.organisations().await?;
    all.retain(|organisation| organisation.id != person.organisation.id);
    Ok(all)
}

/// What somebody can share: the credentials that are in their wallet today, without the access key.
///
/// # Errors
/// Where the database fails.
pub async fn held(service: &Service, person: &Person) -> Result<Vec<Credential>, Refusal> {
    let today = service.today();
    let mut all = service.store.credentials_of(person.account.id).await?;
    all.retain(|each| each.kind.is_reviewed() && each.state(today) == CredentialState::Accepted);
    Ok(all)
}

/// What somebody chose.
#[derive(Debug)]
pub struct Chosen {
    /// With whom.
    pub trust: Organisation,
    /// What.
    pub credentials: Vec<Credential>,
}

/// Reads what was chosen: the code of a trust, and ids of credentials.
///
/// # Errors
/// [`Refusal::Fields`] where nothing was chosen, or something that cannot be.
pub async fn choose(
    service: &Service,
    person: &Person,
    trust: &str,
    credentials: &[String],
) -> Result<Chosen, Refusal> {
    let mut problems = Vec::new();
    let trust = trusts(service, person).await?.into_iter().find(|each| each.code == trust);
    if trust.is_none() {
        problems.push(FieldProblem::new("trust", "share-trust-empty"));
    }
    let wanted: BTreeSet<Uuid> = credentials.iter().filter_map(|id| id.parse().ok()).collect();
    let mut credentials = held(service, person).await?;
    credentials.retain(|each| wanted.contains(&each.id));
    if credentials.is_empty() || credentials.len() != wanted.len() {
        problems.push(FieldProblem::new("credentials", "share-credentials-empty"));
    }
    match trust {
        Some(trust) if problems.is_empty() => Ok(Chosen { trust, credentials }),
        _ => Err(Refusal::Fields(problems)),
    }
}

/// Asks the wallet for what was chosen. Answers the cookie of the browser in which it was asked.
///
/// # Errors
/// [`Refusal::ProofNeeded`] where no second factor was proved in the last minutes, [`Refusal::Fields`], [`Refusal::NetworkBusy`].
pub async fn begin(
    service: &Service,
    person: &Person,
    trust: &str,
    credentials: &[String],
    visitor: &Visitor,
) -> Result<Token, Refusal> {
    session::fresh(service, person)?;
    let Chosen { trust, credentials } = choose(service, person, trust, credentials).await?;
    let asking = Asking {
        purpose: PresentationPurpose::Share,
        organisation: &trust,
        session: Some(person.session.id),
        query: query(service, &credentials),
        chosen: credentials.iter().map(|each| each.id).collect(),
    };
    ask(service, asking, visitor, service.clock.now()).await
}

/// One question for each kind: with several of it where several were chosen, and for the claims that all of them have.
fn query(service: &Service, chosen: &[Credential]) -> Query {
    let mut by_kind: BTreeMap<CredentialKind, Vec<BTreeSet<String>>> = BTreeMap::new();
    for each in chosen {
        by_kind.entry(each.kind).or_default().push(claims_of(&each.content));
    }
    let ask = |(kind, claims): (&CredentialKind, &Vec<BTreeSet<String>>)| {
        let mut asked = CredentialQuery::of_kind(kind.as_str(), &kind_address(service, *kind));
        asked.multiple = claims.len() > 1;
        let common = claims.iter().cloned().reduce(|one, other| &one & &other).unwrap_or_default();
        common.iter().fold(asked, |asked, name| asked.with_claim(ClaimPath::names([name.as_str()])))
    };
    Query { credentials: by_kind.iter().map(ask).collect(), credential_sets: Vec::new() }
}

/// The names of the claims in a credential's content.
fn claims_of(content: &str) -> BTreeSet<String> {
    let content: Value = serde_json::from_str(content).unwrap_or_default();
    content["claims"].as_object().map(|claims| claims.keys().cloned().collect()).unwrap_or_default()
}

/// Whose credentials a trust believes, kind by kind: those of the organisations of this installation, and of the issuers on its list.
pub(crate) async fn trust(service: &Service, organisation: &Organisation) -> Result<Trust, Refusal> {
    let roots = service.store.passport_roots().await?;
    let others = service.store.trusted_issuers(organisation.id).await?;
    let mut trust = Trust::none();
    for kind in CredentialKind::ALL.iter().copied() {
        let own = roots.iter().map(|(_, root)| root.as_slice());
        let theirs = others.iter().filter(|issuer| issuer.kind.is_none_or(|only| only == kind));
        let anchors = TrustAnchors::new(own.chain(theirs.map(|issuer| issuer.root.as_slice())))
            .map_err(|_| Refusal::Fault("a root that somebody trusts cannot be read"))?;
        trust = trust.with(&kind_address(service, kind), anchors);
    }
    Ok(trust)
}

/// What was shown is what was chosen, theirs, in their wallet, and holds.
pub(crate) async fn look_at(
    answering: &Answering<'_>,
    presented: &Presented,
) -> Result<Result<Shown, Why>, Refusal> {
    let service = answering.service;
    let mut chosen = Kept::read(answering.presentation)?.chosen;
    let mut shown = Vec::new();
    for (_, credential) in presented.all() {
        let (Some(copy), Some(status)) = (copy_of(service, credential).await?, credential.status()) else {
            return Ok(Err(Why::NotOurs));
        };
        if !chosen.remove(&copy.credential_id) {
            return Ok(Err(Why::NotTheirs));
        }
        if credential.holder().is_none_or(|holder| holder.thumbprint() != copy.thumbprint) {
            return Ok(Err(Why::AnotherKey));
        }
        if !copy.counts(service.today()) {
            return Ok(Err(Why::NotValid));
        }
        shown.push(ShownCredential {
            kind: copy.kind.as_str().to_owned(),
            issuer: copy.organisation_id,
            credential: copy.credential_id,
            status_uri: status.uri.clone(),
            status_place: status.idx,
            claims: credential.claims().clone(),
        });
    }
    if !chosen.is_empty() {
        return Ok(Err(Why::Missing));
    }
    let presented =
        serde_json::to_string(&shown).map_err(|_| Refusal::Fault("what was shared cannot be written"))?;
    Ok(Ok(Shown { access_key: None, presented: Some(presented) }))
}

/// The request that this person's page shows.
async fn own(
    service: &Service,
    person: &Person,
    cookie: Option<&Token>,
) -> Result<Option<Presentation>, Refusal> {
    let found = of_browser(service, cookie, PresentationPurpose::Share).await?;
    Ok(found.filter(|presentation| presentation.session_id == Some(person.session.id)))
}

/// How it stands; none where this browser shares nothing in this session.
///
/// # Errors
/// Where the database fails.
pub async fn standing(
    service: &Service,
    person: &Person,
    cookie: Option<&Token>,
) -> Result<Option<Standing>, Refusal> {
    match own(service, person, cookie).await? {
        // Whoever is signed in here has nothing to type: what was shown is theirs.
        Some(presentation) => standing_of(service, &presentation, true).await.map(Some),
        None => Ok(None),
    }
}

/// *Cancel and return to QR code*.
///
/// # Errors
/// Where the database fails.
pub async fn cancel(service: &Service, person: &Person, cookie: Option<&Token>) -> Result<(), Refusal> {
    if let Some(presentation) = own(service, person, cookie).await? {
        let mut tx = service.store.begin().await?;
        tx.cancel_presentation(presentation.id, service.clock.now()).await?;
        tx.commit().await?;
    }
    Ok(())
}

/// What is asked in this browser, to be asked again: the code of the trust, and ids of credentials.
///
/// # Errors
/// Where the database fails.
pub async fn asked(
    service: &Service,
    person: &Person,
    cookie: Option<&Token>,
) -> Result<Option<(String, Vec<String>)>, Refusal> {
    let Some(presentation) = own(service, person, cookie).await? else { return Ok(None) };
    let trust = service.store.organisation(presentation.organisation_id).await?;
    let trust = trust.ok_or(Refusal::Fault("a request to a wallet of no organisation"))?;
    let chosen = Kept::read(&presentation)?.chosen;
    Ok(Some((trust.code, chosen.iter().map(Uuid::to_string).collect())))
}

/// Credentials went to a trust.
#[derive(Debug)]
pub struct Shared {
    /// With whom.
    pub trust: Organisation,
    /// How many.
    pub count: u32,
}

/// *Continue*: keeps what was shown for the trust. None where there is nothing to go on with yet, or any more.
///
/// # Errors
/// Where the database fails.
pub async fn go_on(
    service: &Service,
    person: &Person,
    cookie: Option<&Token>,
) -> Result<Option<Shared>, Refusal> {
    let now = service.clock.now();
    let (Some(cookie), Some(presentation)) = (cookie, own(service, person, cookie).await?) else {
        return Ok(None);
    };
    let (PresentationState::Answered, Some(presented)) = (presentation.state(now), &presentation.presented)
    else {
        return Ok(None);
    };
    let shown: Vec<ShownCredential> =
        serde_json::from_str(presented).map_err(|_| Refusal::Fault("what was shared cannot be read"))?;
    let new_id = || vault::new_id(now, service.random.as_ref());
    let (share, account) = (new_id(), person.account.id);
    let mut tx = service.store.begin().await?;
    let trust = tx
        .organisation(presentation.organisation_id)
        .await?
        .ok_or(Refusal::Fault("a request to a wallet of no organisation"))?;
    if !tx.use_presentation(presentation.id, &bound_to(service, cookie), now).await? {
        return Ok(None);
    }
    tx.add_share(share, account, trust.id, presentation.id, now).await?;
    for each in &shown {
        let kind =
            CredentialKind::parse(&each.kind).ok_or(Refusal::Fault("a credential of an unknown kind"))?;
        let content = serde_json::to_string(&each.claims)
            .map_err(|_| Refusal::Fault("what was shared cannot be written"))?;
        let new = NewSharedCredential {
            id: new_id(),
            share_id: share,
            kind,
            issuer_organisation_id: Some(each.issuer),
            trusted_issuer_id: None,
            credential_id: Some(each.credential),
            content: &content,
            status: Some((&each.status_uri, each.status_place)),
            held_at: Some(now),
        };
        tx.add_shared_credential(new).await?;
    }
    tx.forget_presented(presentation.id).await?;
    let count = u32::try_from(shown.len()).unwrap_or(u32::MAX);
    tx.audit(Event::CredentialsShared { account, organisation: trust.id, share, count }, now);
    tx.commit().await?;
    Ok(Some(Shared { trust, count }))
}
