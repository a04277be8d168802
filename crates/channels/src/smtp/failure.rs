//! What an answer of a mail server means for the message.
//!
//! Servers put addresses, and pieces of the message, into the text of their answers. Only the numbers are kept.

use std::error::Error as StdError;

use lettre::transport::smtp::Error;

use crate::SendError;

/// `ascii` tells whether the recipient's address needs a server with SMTPUTF8.
pub(super) fn of_sending(error: &Error, ascii: bool) -> SendError {
    if let Some(status) = error.status() {
        return of_answer(&status.to_string(), enhanced(error).as_deref());
    }
    if error.is_tls() || caused_by::<rustls::Error>(error) {
        return SendError::Misconfigured(
            "the mail server's certificate is not trusted, or it does not speak TLS on this port: check host name and \
             port, use smtps: for 465 and smtp: for 587, and name your own certificate authority with ?ca="
                .into(),
        );
    }
    if error.is_client() {
        return if ascii {
            SendError::Misconfigured(
                "the mail server offers no STARTTLS, or no way of authentication that we know: use smtps:, or write \
                 tls=none for a server of your own network"
                    .into(),
            )
        } else {
            SendError::Permanent("the mail server takes no address with letters outside a-z".into())
        };
    }
    let what = if error.is_timeout() {
        "the mail server did not answer in time"
    } else if error.is_response() {
        "the mail server's answer was cut off or cannot be read"
    } else {
        "the mail server cannot be reached"
    };
    SendError::Transient(what.into())
}

/// By reply code (RFC 5321, 4.2) and enhanced status code (RFC 3463; RFC 7372 for 5.7.20 and up).
fn of_answer(code: &str, enhanced: Option<&str>) -> SendError {
    let shown = enhanced.map_or_else(|| code.to_owned(), |enhanced| format!("{code} {enhanced}"));
    if code.starts_with('4') {
        return SendError::Transient(format!("the mail server answered {shown}"));
    }
    if matches!(code, "530" | "534" | "535" | "538") || matches!(enhanced, Some("5.7.8" | "5.7.9" | "5.7.11"))
    {
        return SendError::Misconfigured(format!(
            "the mail server did not accept user and password ({shown}): check them in the address of the server"
        ));
    }
    match enhanced {
        Some("5.1.7" | "5.1.8") => SendError::Misconfigured(format!(
            "the mail server does not accept the sender ({shown}): check the sender's address"
        )),
        Some("5.7.20" | "5.7.21" | "5.7.22" | "5.7.23" | "5.7.24" | "5.7.25" | "5.7.26" | "5.7.27") => {
            SendError::Misconfigured(format!(
                "the mail server does not believe the sender's domain ({shown}): check SPF, DKIM, DMARC and reverse DNS"
            ))
        }
        _ => SendError::Permanent(format!("the mail server answered {shown}")),
    }
}

/// The first word of the server's text, where it is of the form `5.1.1`.
fn enhanced(error: &Error) -> Option<String> {
    let text = error.source()?.to_string();
    let word = text.split_whitespace().next()?;
    let parts: Vec<&str> = word.split('.').collect();
    let number = |part: &&str| (1..=3).contains(&part.len()) && part.bytes().all(|b| b.is_ascii_digit());
    (parts.len() == 3 && parts.iter().all(number)).then(|| word.to_owned())
}

fn caused_by<E: StdError + 'static>(error: &Error) -> bool {
    let mut source = error.source();
    while let Some(cause) = source {
        if cause.is::<E>() {
            return true;
        }
        // An I/O error keeps what it wraps to itself: `source()` is the source of the inner error.
        let inner = cause.downcast_ref::<std::io::Error>().and_then(std::io::Error::get_ref);
        if inner.is_some_and(<dyn StdError + Send + Sync>::is::<E>) {
            return true;
        }
        source = cause.source();
    }
    false
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_answer_says_whose_turn_it_is() {
        for (code, enhanced, kind) in [
            ("421", None, "transient"),
            ("450", Some("4.2.0"), "transient"),
            ("452", Some("4.2.2"), "transient"),
            ("454", Some("4.7.0"), "transient"),
            ("550", None, "permanent"),
            ("550", Some("5.1.1"), "permanent"),
            ("554", Some("5.7.1"), "permanent"),
            ("530", Some("5.7.0"), "misconfigured"),
            ("535", Some("5.7.8"), "misconfigured"),
            ("550", Some("5.7.26"), "misconfigured"),
            ("553", Some("5.1.8"), "misconfigured"),
        ] {
            assert_eq!(of_answer(code, enhanced).kind(), kind, "{code} {enhanced:?}");
        }
    }
}
