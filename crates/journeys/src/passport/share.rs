//! Sharing credentials with a trust: its owner chooses which, the wallet shows them, and they are kept for that trust, with who issued
//! each and how it stood.
//!
//! Of this installation, only what somebody holds can be asked for, so that nobody is asked for what they do not have. What is shown must
//! be theirs: a wallet that holds somebody else's credentials shares nothing in this session. What comes from issuers elsewhere is
//! asked for where the trust believes them; whose it is, the trust sees when it reviews it.

use crate::passport::answer::{Answering, Shown, Why, copy_of, kind_address};
use crate::passport::asking::{Asking, Kept, Standing, ask, bound_to, of_browser, standing_of};
use crate::passport::{elsewhere, issuer, made};
use crate::session::{self, Person};
use crate::{FieldProblem, Refusal, Service, Visitor};
use openid4vc::claim_path::ClaimPath;
use openid4vc::dcql::{CredentialQuery, CredentialSet, Query};
use openid4vc::jose::{CertificateChain, TrustAnchors};
use openid4vc::sd_jwt_vc;
use openid4vc::verifier::{Presented, Trust};
use rules::passport::{CredentialKind, CredentialState, PresentationPurpose, PresentationState};
use serde::{Deserialize, Serialize};
use serde_json::{Map, Value};
use std::collections::{BTreeMap, BTreeSet};
use store::audit::Event;
use store::credential::Credential;
use store::organisation::Organisation;
use store::passport_event::{About, NewPassportEvent};
use store::presentation::Presentation;
use store::share::NewSharedCredential;
use store::trusted_issuer::TrustedIssuer;
use uuid::Uuid;
use vault::Token;

/// One credential that was shown, until it is kept for the trust.
#[derive(Serialize, Deserialize)]
struct ShownCredential {
    kind: String,
    /// The organisation of this installation that issued it, and the credential; of one from elsewhere, the issuer on the trust list.
    issuer: Option<Uuid>,
    credential: Option<Uuid>,
    #[serde(default)]
    trusted_issuer: Option<Uuid>,
    status_uri: String,
    status_place: u32,
    claims: Map<String, Value>,
}

/// With whom somebody can share: the organisations of this installation, and their own where it takes credentials from elsewhere.
///
/// # Errors
/// Where the database fails.
pub async fn trusts(service: &Service, person: &Person) -> Result<Vec<Organisation>, Refusal> {
    let own = person.organisation.id;
    let takes_others = !service.store.trusted_issuers(own).await?.is_empty();
    let mut all = service.store.organisations().await?;
    all.retain(|organisation| organisation.id != own || takes_others);
    Ok(all)
}

/// Credentials that somebody may have from an issuer outside this installation. What is in their wallet is not known here.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub struct FromElsewhere {
    /// Of which kind.
    pub kind: CredentialKind,
    /// What the issuer is called.
    pub issuer: String,
}

/// What a form calls something from elsewhere begins with this.
const ELSEWHERE: &str = "elsewhere/";

impl FromElsewhere {
    /// What a form calls it.
    pub fn value(&self) -> String {
        format!("{ELSEWHERE}{}/{}", self.kind.as_str(), self.issuer)
    }

    fn of(issuer: &TrustedIssuer) -> Self {
        Self { kind: issuer.kind, issuer: issuer.name.clone() }
    }
}

/// What can be shared from elsewhere with one of these trusts, each once.
///
/// # Errors
/// Where the database fails.
pub async fn from_elsewhere(
    service: &Service,
    trusts: &[Organisation],
) -> Result<BTreeSet<FromElsewhere>, Refusal> {
    let mut found = BTreeSet::new();
    for trust in trusts {
        found.extend(service.store.trusted_issuers(trust.id).await?.iter().map(FromElsewhere::of));
    }
    Ok(found)
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
    /// What of this installation.
    pub credentials: Vec<Credential>,
    /// Whose credentials from elsewhere.
    pub elsewhere: Vec<TrustedIssuer>,
}

impl Chosen {
    /// What was chosen from elsewhere, as people call it.
    pub fn from_elsewhere(&self) -> impl Iterator<Item = FromElsewhere> {
        self.elsewhere.iter().map(FromElsewhere::of)
    }
}

/// Reads what was chosen: the code of a trust, and ids of credentials, or what [`FromElsewhere::value`] calls those from elsewhere.
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
    let outside: BTreeSet<&str> =
        credentials.iter().map(String::as_str).filter(|value| value.starts_with(ELSEWHERE)).collect();
    let wanted: BTreeSet<Uuid> = credentials.iter().filter_map(|id| id.parse().ok()).collect();
    let mut credentials = held(service, person).await?;
    credentials.retain(|each| wanted.contains(&each.id));
    let mut elsewhere = match &trust {
        Some(trust) => service.store.trusted_issuers(trust.id).await?,
        None => Vec::new(),
    };
    elsewhere.retain(|issuer| outside.contains(FromElsewhere::of(issuer).value().as_str()));
    if credentials.len() != wanted.len() || wanted.is_empty() && outside.is_empty() {
        problems.push(FieldProblem::new("credentials", "share-credentials-empty"));
    } else if trust.is_some() && elsewhere.len() != outside.len() {
        problems.push(FieldProblem::new("credentials", "share-elsewhere-not-taken"));
    }
    match trust {
        Some(trust) if problems.is_empty() => Ok(Chosen { trust, credentials, elsewhere }),
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
    let Chosen { trust, credentials, elsewhere } = choose(service, person, trust, credentials).await?;
    let mut query = query(service, &credentials);
    query.credentials.extend(elsewhere.iter().map(elsewhere::query));
    query.credential_sets = sets(&query.credentials);
    let asking = Asking {
        purpose: PresentationPurpose::Share,
        organisation: &trust,
        session: Some(person.session.id),
        query,
        chosen: credentials.iter().map(|each| each.id).collect(),
        elsewhere: elsewhere.iter().map(|issuer| issuer.id).collect(),
    };
    ask(service, asking, visitor, service.clock.now()).await
}

/// One question for each credential. Where a wallet may hold several of a kind, it is told which one is meant: else its owner would have to
/// know that one from the others by heart.
fn query(service: &Service, chosen: &[Credential]) -> Query {
    let mut of_kind: BTreeMap<CredentialKind, usize> = BTreeMap::new();
    let mut ask = |each: &Credential| {
        let kind = each.kind.as_str();
        let number = of_kind.entry(each.kind).and_modify(|count| *count += 1).or_insert(1);
        let id = if *number == 1 { kind.to_owned() } else { format!("{kind}-{number}") };
        let asked = CredentialQuery::of_kind(&id, &kind_address(service, each.kind));
        claims_of(&each.content).into_iter().fold(asked, |asked, (name, value)| {
            let path = ClaimPath::names([name.as_str()]);
            if tells_apart(each.kind, &name) {
                asked.with_claim_that_is(path, value)
            } else {
                asked.with_claim(path)
            }
        })
    };
    Query { credentials: chosen.iter().map(&mut ask).collect(), credential_sets: Vec::new() }
}

/// What is in our own record must be shown. What an issuer elsewhere may have issued need not: a wallet that lacks it shares the rest.
/// Where nothing of ours is asked for, one from elsewhere is enough.
fn sets(asked: &[CredentialQuery]) -> Vec<CredentialSet> {
    let ids = asked.iter().map(|each| each.id.clone());
    let (outside, own): (Vec<_>, Vec<_>) = ids.partition(|id| elsewhere::issuer_asked(id).is_some());
    if outside.len() <= usize::from(own.is_empty()) {
        return Vec::new();
    }
    let each: Vec<_> = outside.into_iter().map(|id| vec![id]).collect();
    let needed = if own.is_empty() { each.clone() } else { vec![own] };
    let optional = each.into_iter().map(|one| CredentialSet { options: vec![one], required: false });
    std::iter::once(CredentialSet { options: needed, required: true }).chain(optional).collect()
}

/// Whether a claim tells two credentials of a kind apart that somebody may hold side by side.
fn tells_apart(kind: CredentialKind, claim: &str) -> bool {
    kind.variants_by().contains(&claim)
}

/// The claims in a credential's content.
fn claims_of(content: &str) -> Map<String, Value> {
    let mut content: Value = serde_json::from_str(content).unwrap_or_default();
    let claims = content.get_mut("claims").and_then(Value::as_object_mut);
    claims.map(std::mem::take).unwrap_or_default()
}

/// Whose credentials are taken in a share: those of the organisations of this installation, and of the issuers elsewhere that were asked
/// for. Which of them signed what is looked at again, question by question.
pub(crate) async fn trust(answering: &Answering<'_>) -> Result<Trust, Refusal> {
    let service = answering.service;
    let own = own_anchors(answering).await?;
    let mut trust = Trust::none();
    for kind in CredentialKind::all().filter(|kind| kind.is_reviewed()) {
        trust = trust.with(&kind_address(service, kind), own.clone());
    }
    for issuer in issuers_asked(answering).await? {
        trust = trust.with(&issuer.credential_type, elsewhere::anchors(service, &issuer)?);
    }
    Ok(trust)
}

/// The roots of the organisations of this installation.
async fn own_anchors(answering: &Answering<'_>) -> Result<TrustAnchors, Refusal> {
    super::anchors(answering.service, None).await
}

/// The issuers elsewhere that were asked for and are still believed.
async fn issuers_asked(answering: &Answering<'_>) -> Result<Vec<TrustedIssuer>, Refusal> {
    let asked = Kept::read(answering.presentation)?.elsewhere;
    if asked.is_empty() {
        return Ok(Vec::new());
    }
    let mut issuers = answering.service.store.trusted_issuers(answering.organisation.id).await?;
    issuers.retain(|issuer| asked.contains(&issuer.id));
    Ok(issuers)
}

/// What was shown is what was chosen, theirs, in their wallet, and holds. Of what comes from elsewhere, its issuer's list says whether it
/// holds; it is fetched last, so that nobody is asked about something that is refused anyway.
pub(crate) async fn look_at(
    answering: &Answering<'_>,
    presented: &Presented,
) -> Result<Result<Shown, Why>, Refusal> {
    let mut chosen = Kept::read(answering.presentation)?.chosen;
    let own_anchors = own_anchors(answering).await?;
    let issuers = issuers_asked(answering).await?;
    let (mut shown, mut outside) = (Vec::new(), Vec::new());
    for (question, credential) in presented.all() {
        if let Some(issuer) = elsewhere::issuer_asked(question) {
            match issuers.iter().find(|one| one.id == issuer) {
                Some(issuer) => outside.push((issuer, credential)),
                None => return Ok(Err(Why::AnotherIssuer)),
            }
            continue;
        }
        // An issuer elsewhere that is believed for the same kind does not speak for one of ours.
        let chain = CertificateChain::of(credential.header());
        if chain.and_then(|chain| chain.verify(&own_anchors, answering.now)).is_err() {
            return Ok(Err(Why::Chain));
        }
        match own_credential(answering, credential, &mut chosen).await? {
            Ok(one) => shown.push(one),
            Err(why) => return Ok(Err(why)),
        }
    }
    if !chosen.is_empty() {
        return Ok(Err(Why::Missing));
    }
    for (issuer, credential) in outside {
        match credential_from_elsewhere(answering, issuer, credential).await? {
            Ok(one) => shown.push(one),
            Err(why) => return Ok(Err(why)),
        }
    }
    let presented =
        serde_json::to_string(&shown).map_err(|_| Refusal::Fault("what was shared cannot be written"))?;
    Ok(Ok(Shown { access_key: None, presented: Some(presented) }))
}

/// One that an organisation of this installation issued, as our own record knows it. It is taken out of `chosen`. What is kept of it is what
/// the record says: whoever has a key that signs can write anything below it.
async fn own_credential(
    answering: &Answering<'_>,
    credential: &sd_jwt_vc::Credential,
    chosen: &mut BTreeSet<Uuid>,
) -> Result<Result<ShownCredential, Why>, Refusal> {
    let service = answering.service;
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
    // One organisation of this installation does not speak for another.
    let organisation = service.store.organisation(copy.organisation_id).await?;
    let organisation = organisation.ok_or(Refusal::Fault("a credential of no organisation"))?;
    let anchors = super::anchors(service, Some(organisation.id)).await?;
    let chain = CertificateChain::of(credential.header());
    if chain.and_then(|chain| chain.verify(&anchors, answering.now)).is_err() {
        return Ok(Err(Why::Chain));
    }
    let says = credential.claims().get("iss").and_then(Value::as_str);
    if says != Some(issuer(service, &organisation).as_str()) {
        return Ok(Err(Why::AnotherIssuer));
    }
    let recorded = service.store.credential(copy.credential_id).await?;
    let recorded = recorded.ok_or(Refusal::Fault("a copy of no credential"))?;
    let Some(claims) = as_recorded(credential, made::claims_of(&recorded)?) else {
        return Ok(Err(Why::NotAsRecorded));
    };
    Ok(Ok(ShownCredential {
        kind: copy.kind.as_str().to_owned(),
        issuer: Some(copy.organisation_id),
        credential: Some(copy.credential_id),
        trusted_issuer: None,
        status_uri: status.uri.clone(),
        status_place: status.idx,
        claims,
    }))
}

/// Those of the claims in our record that were shown; none where one was shown otherwise than it was recorded, or is not in the record.
fn as_recorded(
    credential: &sd_jwt_vc::Credential,
    mut recorded: Map<String, Value>,
) -> Option<Map<String, Value>> {
    let shown = credential.claims();
    let of_the_record = |name: &str| !ABOUT_THE_TOKEN.contains(&name);
    let agrees = |(name, value): (&String, &Value)| !of_the_record(name) || recorded.get(name) == Some(value);
    if !shown.iter().all(agrees) {
        return None;
    }
    recorded.retain(|name, _| shown.contains_key(name));
    Some(recorded)
}

/// Claims that every copy has of its own: they are not what the credential says.
const ABOUT_THE_TOKEN: [&str; 7] = ["vct", "iss", "iat", "nbf", "exp", "cnf", "status"];

/// One of an issuer elsewhere.
async fn credential_from_elsewhere(
    answering: &Answering<'_>,
    issuer: &TrustedIssuer,
    credential: &sd_jwt_vc::Credential,
) -> Result<Result<ShownCredential, Why>, Refusal> {
    if let Err(why) = elsewhere::look_at(answering.service, issuer, credential, answering.now).await? {
        return Ok(Err(why));
    }
    let Some(status) = credential.status() else { return Ok(Err(Why::StatusUnknown)) };
    Ok(Ok(ShownCredential {
        kind: issuer.kind.as_str().to_owned(),
        issuer: None,
        credential: None,
        trusted_issuer: Some(issuer.id),
        status_uri: status.uri.clone(),
        status_place: status.idx,
        claims: credential.claims().clone(),
    }))
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
    let Kept { chosen, elsewhere, .. } = Kept::read(&presentation)?;
    let issuers = service.store.trusted_issuers(trust.id).await?;
    let outside = issuers.iter().filter(|issuer| elsewhere.contains(&issuer.id));
    let outside = outside.map(|issuer| FromElsewhere::of(issuer).value());
    Ok(Some((trust.code, chosen.iter().map(Uuid::to_string).chain(outside).collect())))
}

/// Credentials went to a trust.
#[derive(Debug)]
pub struct Shared {
    /// With whom.
    pub trust: Organisation,
    /// How many.
    pub count: u32,
    /// What was chosen from elsewhere and the wallet did not show.
    pub missing: BTreeSet<FromElsewhere>,
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
    let missing = missing(service, &presentation, &shown).await?;
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
        let said = |name: &str| each.claims.get(name).and_then(Value::as_str);
        let variant = kind.variant_that_says(said).map_or("", |variant| variant.code);
        let content = serde_json::to_string(&each.claims)
            .map_err(|_| Refusal::Fault("what was shared cannot be written"))?;
        let new = NewSharedCredential {
            id: new_id(),
            share_id: share,
            kind,
            issuer_organisation_id: each.issuer,
            trusted_issuer_id: each.trusted_issuer,
            credential_id: each.credential,
            content: &content,
            status: Some((&each.status_uri, each.status_place)),
            held_at: Some(now),
        };
        tx.add_shared_credential(new).await?;
        let event = NewPassportEvent {
            id: new_id(),
            account,
            what: "shared",
            about: each.credential.map_or(About::Kind(kind, variant), About::Credential),
            organisation: Some(trust.id),
            by: None,
            detail: None,
        };
        tx.add_passport_event(event, now).await?;
    }
    tx.forget_presented(presentation.id).await?;
    let count = u32::try_from(shown.len()).unwrap_or(u32::MAX);
    tx.audit(Event::CredentialsShared { account, organisation: trust.id, share, count }, now);
    tx.commit().await?;
    Ok(Some(Shared { trust, count, missing }))
}

/// What was asked for of issuers elsewhere, of which nothing was shown.
async fn missing(
    service: &Service,
    presentation: &Presentation,
    shown: &[ShownCredential],
) -> Result<BTreeSet<FromElsewhere>, Refusal> {
    let asked = Kept::read(presentation)?.elsewhere;
    if asked.is_empty() {
        return Ok(BTreeSet::new());
    }
    let issuers = service.store.trusted_issuers(presentation.organisation_id).await?;
    let of_asked = |shown_is: bool| {
        let was_shown = |id: Uuid| shown.iter().any(|each| each.trusted_issuer == Some(id));
        issuers
            .iter()
            .filter(|issuer| asked.contains(&issuer.id) && was_shown(issuer.id) == shown_is)
            .map(FromElsewhere::of)
            .collect::<BTreeSet<_>>()
    };
    Ok(of_asked(false).difference(&of_asked(true)).cloned().collect())
}

#[cfg(test)]
mod tests {
    use super::*;

    fn asked(own: &[&str], outside: u128) -> Vec<CredentialQuery> {
        let outside = (0..outside).map(|nth| format!("elsewhere-{}", Uuid::from_u128(nth).simple()));
        let ids = own.iter().map(|&id| id.to_owned()).chain(outside);
        ids.map(|id| CredentialQuery::of_kind(&id, "https://northfield.example/fire")).collect()
    }

    /// Whether a wallet may show these questions' credentials alone, by their places.
    fn is_enough(own: &[&str], outside: u128, shown: &[usize]) -> bool {
        let credentials = asked(own, outside);
        let query = Query { credential_sets: sets(&credentials), credentials };
        query.check().unwrap();
        query.is_answered_by(&shown.iter().map(|place| query.credentials[*place].id.as_str()).collect())
    }

    #[test]
    fn what_is_ours_is_needed_and_what_others_may_have_issued_is_not() {
        assert!(sets(&asked(&["dbs", "identity"], 0)).is_empty(), "all of it is needed");
        assert!(is_enough(&["dbs", "identity"], 2, &[0, 1]));
        assert!(is_enough(&["dbs", "identity"], 2, &[0, 1, 3]));
        assert!(!is_enough(&["dbs", "identity"], 2, &[0, 2, 3]));
        assert!(!is_enough(&["dbs"], 1, &[1]));
    }

    #[test]
    fn where_nothing_of_ours_is_asked_for_one_from_elsewhere_is_enough() {
        assert!(sets(&asked(&[], 1)).is_empty(), "there is but one");
        assert!(is_enough(&[], 3, &[1]) && is_enough(&[], 3, &[0, 2]));
        assert!(!is_enough(&[], 3, &[]) && !is_enough(&[], 1, &[]));
    }
}
