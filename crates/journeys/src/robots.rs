//! The check against robots, which comes only where very many resets are begun from one network: *wait ten seconds, then
//! select Continue*. It asks nobody to solve anything (WCAG 2.2, 3.3.8), needs no script and no service elsewhere. A ticket is
//! bound to the network and the user name, and good once.

use crate::{Network, Refusal, Service};
use base64::Engine as _;
use base64::prelude::BASE64_URL_SAFE_NO_PAD;
use jiff::{SignedDuration, Timestamp};
use rules::limits::Limit;
use rules::reset::{CHECK_LIFETIME, Waited};
use store::Tx;
use store::limits::Allowance;
use uuid::Uuid;
use vault::Token;

/// What is to be waited for.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Wait {
    /// The form brings it back.
    pub ticket: String,
    /// How long.
    pub left: SignedDuration,
    /// Whether *Continue* was selected too soon.
    pub early: bool,
}

/// A ticket is used once.
const ONCE: Limit = Limit { name: "reset-ticket", at_most: 1, within: SignedDuration::from_hours(24) };

/// Whether the ticket that a form brought back was waited for; otherwise one that is to be waited for.
pub(crate) async fn passed(
    service: &Service,
    tx: &mut Tx,
    typed: &str,
    name: &str,
    network: &Network,
    now: Timestamp,
) -> Result<Option<Wait>, Refusal> {
    let Some((id, since)) = read(service, typed, name, network) else {
        return Ok(Some(new(service, name, network, now)));
    };
    match Waited::at(since, now) {
        Waited::NotYet { left } => Ok(Some(Wait { ticket: typed.to_owned(), left, early: true })),
        Waited::TooLong => Ok(Some(new(service, name, network, now))),
        Waited::Enough => match tx.take(&ONCE, id.as_bytes(), now).await? {
            Allowance::Granted => Ok(None),
            Allowance::Exhausted { .. } => Ok(Some(new(service, name, network, now))),
        },
    }
}

fn new(service: &Service, name: &str, network: &Network, now: Timestamp) -> Wait {
    let id = vault::new_id(now, service.random.as_ref());
    let sealed = seal(service, now, id, name, network);
    let ticket = format!("{}.{}.{}", now.as_millisecond(), id.simple(), sealed.as_str());
    let left = match Waited::at(now, now) {
        Waited::NotYet { left } => left,
        Waited::Enough | Waited::TooLong => CHECK_LIFETIME,
    };
    Wait { ticket, left, early: false }
}

/// Its id and since when it is waited for; none where it is not one of ours, or was given for something else.
fn read(service: &Service, typed: &str, name: &str, network: &Network) -> Option<(Uuid, Timestamp)> {
    let mut parts = typed.split('.');
    let (since, id, sealed) = (parts.next()?, parts.next()?, parts.next()?);
    let since = Timestamp::from_millisecond(since.parse().ok()?).ok()?;
    let id = Uuid::try_parse(id).ok()?;
    // Two tokens are compared in constant time.
    let ours = seal(service, since, id, name, network);
    (parts.next().is_none() && Token::parse(sealed)? == ours).then_some((id, since))
}

fn seal(service: &Service, since: Timestamp, id: Uuid, name: &str, network: &Network) -> Token {
    let since = since.as_millisecond().to_be_bytes();
    let parts = [since.as_slice(), id.as_bytes(), name.as_bytes(), network.bytes()];
    let sealed = service.keys.keyed_hash("reset-ticket", &parts);
    // 32 bytes are a token by its length.
    Token::parse(&BASE64_URL_SAFE_NO_PAD.encode(sealed))
        .unwrap_or_else(|| Token::new(service.random.as_ref()))
}
