//! *Sign in with my smartcard's certificate*: mutual TLS on a host of its own, whose word reaches this host as a code.
//!
//! The code names the certificate's serial number, the moment, and the browser that was sent there (by its cookie), under a keyed
//! hash: nothing is written before somebody comes back with it. It is good once, for a minute, in that browser.

use jiff::Timestamp;
use pki::Serial;
use rules::card_sign_in::code_is_good;
use vault::Token;

use crate::session::SignedIn;
use crate::smartcard::presented::{CardSignInRefusal, Why, by_der, by_serial, refuse};
use crate::{Refusal, Service, Visitor};

/// What a browser is sent to the host for certificates with.
#[derive(Debug)]
pub struct SentThere {
    /// Stands in the address: names the browser to nobody but us.
    pub browser: String,
    /// The cookie of the browser that may come back.
    pub cookie: Token,
}

/// Sends a browser to the host for certificates. `cookie` is that of a sign-in under way.
pub fn send(service: &Service, cookie: Option<&Token>) -> SentThere {
    let cookie = cookie.cloned().unwrap_or_else(|| Token::new(service.random.as_ref()));
    SentThere { browser: browser_of(service, &cookie), cookie }
}

/// At the host for certificates: the code for the browser that showed this certificate, of which TLS has seen that it was issued by an
/// authority of ours and that the browser has the key. Our own record decides.
///
/// # Errors
/// [`Refusal::CardSignIn`].
pub async fn code_for(
    service: &Service,
    der: Option<&[u8]>,
    browser: &str,
    visitor: &Visitor,
) -> Result<String, Refusal> {
    let now = service.clock.now();
    let der = der.ok_or(CardSignInRefusal::NoCertificate)?;
    let (presented, why) = match by_der(service, der).await? {
        Ok((presented, _)) => match presented.counts(now) {
            Ok(()) => {
                let serial = Serial::from_bytes(&presented.certificate.serial);
                let serial = serial.ok_or(Refusal::Fault("a certificate without a number"))?;
                return Ok(code(service, &serial, now.as_millisecond(), browser));
            }
            Err(why) => (presented, why),
        },
        // Whoever has a certificate of no authority of ours makes us write nothing.
        Err(why) => return Err(why.refusal().into()),
    };
    let tx = service.store.begin().await?;
    Err(refuse(service, tx, Some(&presented), why, visitor, now).await?)
}

/// Back here: signs in by the code.
///
/// # Errors
/// [`Refusal::CardSignIn`], [`Refusal::AccountDisabled`].
pub async fn sign_in(
    service: &Service,
    cookie: Option<&Token>,
    typed: &str,
    device: Option<&Token>,
    visitor: &Visitor,
) -> Result<SignedIn, Refusal> {
    let now = service.clock.now();
    let over = Refusal::from(CardSignInRefusal::Over);
    let (Some(cookie), Some((serial, made))) = (cookie, read(typed)) else { return Err(over) };
    let expected = code(service, &serial, made, &browser_of(service, cookie));
    let hash = |code: &str| service.keys.keyed_hash("card-code-used", &[code.as_bytes()]);
    // Compared by their keyed hashes: how long that takes tells nothing of what would have been right.
    let is_good = Timestamp::from_millisecond(made).is_ok_and(|made| code_is_good(made, now));
    if hash(&expected) != hash(typed) || !is_good {
        return Err(over);
    }
    let presented = by_serial(service, serial.as_bytes()).await?;
    let mut tx = service.store.begin().await?;
    if !tx.use_card_code(&hash(typed), now).await? {
        return Err(over);
    }
    match presented {
        Some(presented) => presented.signs_in(service, tx, device, visitor, now).await,
        None => Err(refuse(service, tx, None, Why::Unknown, visitor, now).await?),
    }
}

/// The serial number, the moment in milliseconds, and the keyed hash over both and the browser.
fn code(service: &Service, serial: &Serial, made: i64, browser: &str) -> String {
    let parts = [serial.as_bytes(), &made.to_be_bytes(), browser.as_bytes()];
    format!("{}.{made}.{}", digits(serial.as_bytes()), digits(&service.keys.keyed_hash("card-code", &parts)))
}

fn read(code: &str) -> Option<(Serial, i64)> {
    let (serial, rest) = code.split_once('.')?;
    let (made, _) = rest.split_once('.')?;
    Some((Serial::from_hex(serial)?, made.parse().ok()?))
}

fn browser_of(service: &Service, cookie: &Token) -> String {
    digits(&service.keys.keyed_hash("card-browser", &[cookie.as_str().as_bytes()]))
}

fn digits(bytes: &[u8]) -> String {
    card_jobs::Hex(bytes.to_vec()).digits()
}
