//! Credentials that go to wallets over HTTP, from the code of an offer to the credential, beside bare signatures of the same kind and
//! beside an issuer made of libraries that are not ours.

use crate::load::{Connection, sign_in};
use crate::people::{self, Person};
use crate::server::{Server, worked};
use crate::{ROUNDS, median, per_second};
use anyhow::{Context as _, Result, ensure};
use openid4vc::jose::{Es256Key, Signer as _, sign};
use rules::passport::CredentialKind;
use serde_json::{Value, json};
use std::collections::VecDeque;
use std::net::{Ipv4Addr, SocketAddr};
use std::path::Path;
use std::process::Stdio;
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Instant;
use store::Store;
use store::credential::NewCredential;
use tokio::io::{AsyncBufReadExt as _, BufReader};
use tokio::process::{Child, Command};
use tokio::task::JoinSet;
use url::Url;
use url::form_urlencoded::Serializer;
use vault::{SystemRandom, new_id};

/// Wallets at once.
const WALLETS: usize = 8;
/// People whose credentials wait; each has one for every core skill.
const PEOPLE: usize = 60;
/// Bare signatures in a round.
const SIGNATURES: usize = 5_000;
const PRE_AUTHORIZED: &str = "urn:ietf:params:oauth:grant-type:pre-authorized_code";

/// Measures it with the real binary.
pub(crate) async fn measure(binary: &Path) -> Result<()> {
    let folder = tempfile::tempdir()?;
    let people = people_with_credentials(folder.path()).await?;
    let server = Server::start(binary, folder.path()).await?;
    let ours = Issuer { address: server.address, root: format!("http://{}/vc/NTH", server.address) };
    let mut codes = VecDeque::new();
    for (person, credentials) in &people {
        codes.extend(offers(server.address, person, credentials).await?);
    }
    let other = Others::start().await?;
    // The first one makes the keys of the organisation.
    ours.issue(codes.pop_front().into_iter().collect()).await?;

    let round = codes.len() / ROUNDS;
    let mut other_codes = (0..).map(|number| format!("code {number}"));
    let [mut issued, mut theirs, mut signed] = [const { Vec::new() }; 3];
    let [mut we_worked, mut they_worked] = [0.0; 2];
    let key = Es256Key::generate()?;
    for _ in 0..ROUNDS {
        let began = worked(server.process()?)?;
        issued.push(ours.issue(codes.drain(..round).collect()).await?);
        we_worked += worked(server.process()?)? - began;
        let began = worked(other.process()?)?;
        theirs.push(other.issuer.issue(other_codes.by_ref().take(round).collect()).await?);
        they_worked += worked(other.process()?)? - began;
        let began = Instant::now();
        for _ in 0..SIGNATURES {
            key.sign(b"a message as long as any")?;
        }
        signed.push(per_second(SIGNATURES, began));
    }
    let [issued, theirs, signed] = [issued, theirs, signed].map(median);
    println!(
        "credentials that went to wallets over HTTP (token, nonce, credential), {WALLETS} wallets at once: {issued:.0} per second; an \
         issuer of others' libraries, which keeps nothing, {theirs:.0}: {:.1} times; bare ES256 signatures {signed:.0}, ratio {:.3}",
        issued / theirs,
        issued / signed
    );
    // What a busy machine, and a client on the same cores, change least.
    let per_issuance = |seconds: f64| seconds * 1e3 / count(round * ROUNDS);
    println!(
        "of the cores that took {:.2} ms each; of the other issuer's {:.2} ms: {:.1} times",
        per_issuance(we_worked),
        per_issuance(they_worked),
        they_worked / we_worked
    );
    drop(other);
    server.stop().await
}

#[expect(clippy::cast_precision_loss, reason = "a few thousand")]
fn count(issuances: usize) -> f64 {
    issuances as f64
}

/// People with an account, and the ids of their credentials.
async fn people_with_credentials(folder: &Path) -> Result<Vec<(Person, Vec<uuid::Uuid>)>> {
    let (people, keys) = people::settle(folder, PEOPLE).await?;
    let random = Arc::new(SystemRandom::new());
    let url = format!("sqlite://{}", folder.join("fobwatch.db").display());
    let store = Store::open(&url, 2, keys, random.clone()).await?;
    let now = people::now();
    let mut all = Vec::with_capacity(people.len());
    let kind = CredentialKind::parse("core-skill").context("core skills")?;
    let mut tx = store.begin().await?;
    for person in people {
        let account = store.account(person.id).await?.context("an account")?;
        let mut credentials = Vec::new();
        for skill in kind.variants() {
            let content = json!({ "claims": { "subject": skill.claim("subject"), "level": "1" }, "assurance": { "origin": "NTH" } });
            let id = new_id(now, random.as_ref());
            let new = NewCredential {
                id,
                account_id: person.id,
                organisation_id: account.organisation_id,
                kind,
                variant: skill.code,
                content: &content.to_string(),
                valid_until: None,
            };
            tx.add_credential(new, now).await?;
            credentials.push(id);
        }
        all.push((person, credentials));
    }
    tx.commit().await?;
    store.close().await;
    Ok(all)
}

/// The codes of offers of all credentials of a person, who signs in and asks for each. They come from a network of their own: networks
/// have limits.
async fn offers(address: SocketAddr, person: &Person, credentials: &[uuid::Uuid]) -> Result<Vec<String>> {
    let mut browser = Connection::open(address).await?;
    let session = sign_in(&mut browser, person).await?;
    let mut codes = Vec::with_capacity(credentials.len());
    for credential in credentials {
        let path = format!("/passport/credentials/{credential}/add");
        let answer = browser.post(&path, &session, String::new()).await?;
        ensure!(answer.status == 303, "an offer is answered with {}", answer.status);
        let page = browser.get(&path, &session).await?;
        // As it stands in HTML.
        let page = std::str::from_utf8(&page.body)?.replace("&#x2f;", "/");
        let link = page.split("openid-credential-offer:").nth(1).and_then(|rest| rest.split('"').next());
        let link = Url::parse(&format!("openid-credential-offer:{}", link.context("no offer on the page")?))?;
        let (_, offer) = link.query_pairs().next().context("an offer of nothing")?;
        let offer = browser.get(Url::parse(&offer)?.path(), "").await?;
        let offer: Value = serde_json::from_slice(&offer.body)?;
        let code = offer["grants"][PRE_AUTHORIZED]["pre-authorized_code"].as_str();
        codes.push(code.context("an offer without a code")?.to_owned());
    }
    Ok(codes)
}

/// Where wallets fetch credentials.
#[derive(Clone)]
struct Issuer {
    address: SocketAddr,
    root: String,
}

impl Issuer {
    /// Wallets trade these codes in, each for a credential: how many in a second.
    async fn issue(&self, codes: Vec<String>) -> Result<f64> {
        let count = codes.len();
        let codes = Arc::new(Mutex::new(codes));
        let mut wallets = JoinSet::new();
        let began = Instant::now();
        for _ in 0..WALLETS {
            let (issuer, codes) = (self.clone(), Arc::clone(&codes));
            wallets.spawn(async move {
                let mut wallet = Connection::open(issuer.address).await?;
                loop {
                    let code = codes.lock().unwrap_or_else(PoisonError::into_inner).pop();
                    let Some(code) = code else { return anyhow::Ok(()) };
                    issuer.give(&mut wallet, &code).await?;
                }
            });
        }
        while let Some(wallet) = wallets.join_next().await {
            wallet??;
        }
        Ok(per_second(count, began))
    }

    async fn give(&self, wallet: &mut Connection, code: &str) -> Result<()> {
        let path = |name: &str| -> Result<String> {
            Ok(Url::parse(&format!("{}/{name}", self.root))?.path().to_owned())
        };
        let form = Serializer::new(String::new())
            .append_pair("grant_type", PRE_AUTHORIZED)
            .append_pair("pre-authorized_code", code)
            .finish();
        let token = wallet.post(&path("token")?, "", form).await?;
        ensure!(token.status == 200, "a code is answered with {}", String::from_utf8_lossy(&token.body));
        let token: Value = serde_json::from_slice(&token.body)?;
        let token = token["access_token"].as_str().context("no token")?;
        let nonce = wallet.post(&path("nonce")?, "", String::new()).await?;
        let nonce: Value = serde_json::from_slice(&nonce.body)?;

        let key = Es256Key::generate()?;
        let header = json!({ "typ": "openid4vci-proof+jwt", "jwk": key.public_key().to_jwk() });
        let claims = json!({ "aud": self.root, "iat": people::now().as_second(), "nonce": nonce["c_nonce"] });
        let proof = sign(&header, &claims, &key)?;
        let asked = json!({ "credential_configuration_id": "core-skill", "proofs": { "jwt": [proof] } });
        let (status, given) = wallet.post_json(&path("credential")?, Some(token), asked.to_string()).await?;
        ensure!(status == 200, "a token is answered with {}", String::from_utf8_lossy(&given));
        let given: Value = serde_json::from_slice(&given)?;
        ensure!(given["credentials"][0]["credential"].is_string(), "no credential was given");
        Ok(())
    }
}

/// An issuer made of libraries that are not ours. Ends when it is dropped.
struct Others {
    issuer: Issuer,
    process: Child,
}

impl Others {
    async fn start() -> Result<Self> {
        let script = Path::new(env!("CARGO_MANIFEST_DIR")).join("../testkit/wallet/issuer.js");
        let mut process = Command::new("node")
            .arg(script)
            .stdin(Stdio::piped())
            .stdout(Stdio::piped())
            .kill_on_drop(true)
            .spawn()
            .context("node is missing: run ./test tools")?;
        let told = BufReader::new(process.stdout.take().context("its output")?).lines().next_line().await?;
        let told: Value = serde_json::from_str(&told.context("the issuer of others ended")?)?;
        let port = told["port"].as_u64().and_then(|port| u16::try_from(port).ok()).context("no port")?;
        let address = SocketAddr::from((Ipv4Addr::LOCALHOST, port));
        Ok(Self { issuer: Issuer { address, root: format!("http://{address}") }, process })
    }

    fn process(&self) -> Result<u32> {
        self.process.id().context("the issuer of others has ended")
    }
}
