//! Credentials issued and presentations verified, beside bare signatures of the same kind and beside a library that is not ours; and
//! what a million credentials cost on lists of which are revoked.

use crate::certificates::fill;
use crate::{ROUNDS, median, mega, people, per_second};
use anyhow::{Context as _, Result};
use jiff::{SignedDuration, Timestamp};
use openid4vc::claim_path::ClaimPath;
use openid4vc::dcql::{CredentialQuery, Query};
use openid4vc::jose::{CertificateChain, Es256Key, Signer as _, TrustAnchors, Unverified, sign};
use openid4vc::sd_jwt::{Binding, SdJwt};
use openid4vc::sd_jwt_vc::Draft;
use openid4vc::status_list::{Bits, Status, StatusList, StatusListToken};
use openid4vc::verifier::{ClientId, Request, Response, Trust};
use pki::credential_signer;
use serde_json::{Map, Value, json};
use std::collections::BTreeMap;
use std::path::Path;
use std::time::Instant;
use url::Url;

/// Signatures, credentials or presentations in a round.
const COUNT: usize = 5_000;
/// The same for the library of others, which is slower.
const THEIR_COUNT: usize = 1_000;
/// Places of a list.
const PLACES: usize = 1 << 17;
/// Credentials on lists.
const CREDENTIALS: usize = 1_000_000;
/// One of so many is revoked.
const REVOKED_ONE_OF: usize = 50;

const KIND: &str = "https://northfield.example/vc/types/core-skill";
/// What a credential says.
const NAMES: [&str; 8] =
    ["subject", "level", "attainment", "renewal", "proficiency", "awarded", "provider", "outcome"];

/// Measures it, on one thread.
pub(crate) fn measure() -> Result<()> {
    let bed = Bed::new()?;
    let Presentation { request, shown, form } = bed.presentation()?;
    let audience = request.client_id.to_string();
    let trust = Trust::none().with(KIND, TrustAnchors::new([bed.root.as_slice()])?);
    let token = sign(&Map::new(), &json!({ "iat": 1 }), &bed.issuer)?;
    let public = bed.issuer.public_key();

    let [mut signed, mut issued, mut checked, mut verified, mut alike] = [const { Vec::new() }; 5];
    let (mut theirs_issued, mut theirs_verified) = (Vec::new(), Vec::new());
    for _ in 0..ROUNDS {
        signed.push(rate(|| Ok(bed.issuer.sign(b"a message as long as any").map(drop)?))?);
        issued.push(rate(|| bed.credential().map(drop))?);
        checked.push(rate(|| Ok(Unverified::parse(&token)?.verify(public).map(drop)?))?);
        verified.push(rate(|| {
            let Response::Presented(token) = Response::read(&form, &request)? else {
                anyhow::bail!("declined")
            };
            Ok(request.verify(&token, &trust, bed.now).map(drop)?)
        })?);
        alike.push(rate(|| {
            let binding = Binding { audience: &audience, nonce: &request.nonce };
            Ok(SdJwt::parse(&shown)?.verify(public)?.bound_to(binding, bed.now).map(drop)?)
        })?);
        let (issued, verified) = theirs()?;
        theirs_issued.push(issued);
        theirs_verified.push(verified);
    }
    let [signed, issued, checked, verified, alike] = [signed, issued, checked, verified, alike].map(median);
    let (theirs_issued, theirs_verified) = (median(theirs_issued), median(theirs_verified));
    println!("bare ES256 signatures: {signed:.0} per second; bare checks of one: {checked:.0}");
    println!(
        "credentials issued: {issued:.0} per second, ratio {:.2}; beside a library of others {:.1} times ({theirs_issued:.0})",
        issued / signed,
        issued / theirs_issued
    );
    // The credential's, the holder's, and that of the certificate.
    println!(
        "presentations verified: {verified:.0} per second, ratio to three checks {:.2}; beside a library of others, which looks at no certificate, {:.1} times ({theirs_verified:.0})",
        3.0 * verified / checked,
        verified / theirs_verified
    );
    println!(
        "the same work as theirs, with the issuer's key at hand and no certificate: {alike:.0} per second, ratio to two checks {:.2}; {:.1} times",
        2.0 * alike / checked,
        alike / theirs_verified
    );
    lists(&bed)
}

/// A question, what a wallet shows, and the form by which it answers, not encrypted.
struct Presentation {
    request: Request,
    shown: String,
    form: BTreeMap<String, String>,
}

/// An issuer and a holder.
struct Bed {
    now: Timestamp,
    issuer: Es256Key,
    holder: Es256Key,
    chain: CertificateChain,
    root: Vec<u8>,
}

impl Bed {
    fn new() -> Result<Self> {
        let now = people::now();
        let today = now.to_zoned(jiff::tz::TimeZone::UTC).date();
        let until = today.checked_add(jiff::Span::new().years(10))?;
        let root = credential_signer::new_root("Northfield Hospitals", today, until)?;
        let signer =
            credential_signer::new_signer(&root, "Northfield Hospitals", "northfield.example", today, until)?;
        Ok(Self {
            now,
            issuer: Es256Key::from_pkcs8(&signer.key)?,
            holder: Es256Key::generate()?,
            chain: CertificateChain::from_der(vec![signer.certificate])?,
            root: root.certificate,
        })
    }

    fn credential(&self) -> Result<SdJwt> {
        let mut header = Map::new();
        header.insert("x5c".to_owned(), self.chain.to_header());
        let said = NAMES.map(|name| (name.to_owned(), Value::from(format!("{name} of this person"))));
        let draft = Draft {
            kind: KIND.to_owned(),
            issuer: None,
            issued_at: self.now,
            not_before: None,
            expires_at: Some(self.now.checked_add(SignedDuration::from_hours(24))?),
            holder: Some(self.holder.public_key().clone()),
            status: None,
            claims: said.into_iter().collect(),
            concealed: NAMES.iter().map(|name| ClaimPath::names([*name])).collect(),
            decoys: 0,
        };
        Ok(draft.issue(header, &self.issuer, &|bytes: &mut [u8]| fill(bytes))?)
    }

    fn presentation(&self) -> Result<Presentation> {
        let credential = NAMES[..4].iter().fold(CredentialQuery::of_kind("skill", KIND), |query, name| {
            query.with_claim(ClaimPath::names([*name]))
        });
        let request = Request {
            client_id: ClientId::by_certificate(&self.chain),
            query: Query { credentials: vec![credential], credential_sets: Vec::new() },
            nonce: "nonce-of-this-question".to_owned(),
            state: "state".to_owned(),
            response_uri: Url::parse("https://northfield.example/vc/NTH/answer")?,
            encrypt_for: None,
            client_name: None,
        };
        let shown: Vec<_> = NAMES[..4].iter().map(|name| ClaimPath::names([*name])).collect();
        let audience = request.client_id.to_string();
        let binding = Binding { audience: &audience, nonce: &request.nonce };
        let shown = self.credential()?.present(&shown)?.bind(binding, &self.holder, self.now)?.to_string();
        let token = json!({ "skill": [shown] }).to_string();
        let form = [("state", "state".to_owned()), ("vp_token", token)]
            .map(|(name, value)| (name.to_owned(), value))
            .into();
        Ok(Presentation { request, shown, form })
    }
}

/// A million credentials on lists: how long they are, and how long it takes until a verifier that has fetched nothing yet sees that
/// one is revoked.
fn lists(bed: &Bed) -> Result<()> {
    let mut bytes = 0;
    let mut one = StatusList::new(Bits::One, PLACES)?;
    for first in (0..CREDENTIALS).step_by(PLACES) {
        let mut list = StatusList::new(Bits::One, PLACES)?;
        for credential in
            (first..CREDENTIALS.min(first + PLACES)).filter(|number| number % REVOKED_ONE_OF == 0)
        {
            // Spread as places that are drawn at random are.
            list.set((credential * 48_271) % PLACES, Status::Invalid)?;
        }
        bytes += token(bed, &list)?.len();
        one = list;
    }
    let count = CREDENTIALS.div_ceil(PLACES);
    let size = mega(bytes as u64);
    println!(
        "{CREDENTIALS} credentials, one of {REVOKED_ONE_OF} revoked: {count} lists, {size:.2} MB as they are fetched"
    );
    let (mut seen, place) = (Vec::new(), 17);
    for _ in 0..ROUNDS {
        let mut list = one.clone();
        let began = Instant::now();
        list.set(place, Status::Invalid)?;
        let token = token(bed, &list)?;
        let read = Unverified::parse(&token)?.verify(bed.issuer.public_key())?;
        let text = read.claims()["status_list"]["lst"].as_str().context("a list")?.to_owned();
        let list = StatusList::from_compressed(Bits::One, &text)?;
        anyhow::ensure!(list.get(place)? == Status::Invalid, "a revoked credential is seen as one");
        seen.push(began.elapsed().as_secs_f64() * 1e3);
    }
    println!("one revoked, the list signed, verified and read: {:.1} ms", median(seen));
    Ok(())
}

fn token(bed: &Bed, list: &StatusList) -> Result<String> {
    let address = "https://northfield.example/vc/status/1".to_owned();
    let until = bed.now.checked_add(SignedDuration::from_hours(24))?;
    let token = StatusListToken::new(address, list.clone(), bed.now, until, SignedDuration::from_mins(5));
    let mut header = Map::new();
    header.insert("x5c".to_owned(), bed.chain.to_header());
    Ok(token.sign(header, &bed.issuer)?)
}

fn rate(mut work: impl FnMut() -> Result<()>) -> Result<f64> {
    let began = Instant::now();
    for _ in 0..COUNT {
        work()?;
    }
    Ok(per_second(COUNT, began))
}

/// Credentials issued and presentations verified by the library of others, per second.
fn theirs() -> Result<(f64, f64)> {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("../testkit/wallet");
    let out = std::process::Command::new("node")
        .arg(folder.join("measure.js"))
        .arg(THEIR_COUNT.to_string())
        .output()
        .context("node is missing: run ./test tools")?;
    anyhow::ensure!(out.status.success(), "{}", String::from_utf8_lossy(&out.stderr));
    let told: Value = serde_json::from_slice(&out.stdout)?;
    let figure = |name: &str| told[name].as_f64().with_context(|| format!("no figure for {name}"));
    Ok((figure("issued")?, figure("verified")?))
}
