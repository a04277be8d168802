//! Who sends a request, as far as it can be seen: the range of the network, and the browser.

use crate::{Network, Refusal, Service};
use jiff::Timestamp;
use store::Tx;
use store::activity::{ActivityKind, NewActivity};
use uuid::Uuid;

/// Whoever sends a request.
#[derive(Debug, Clone)]
pub struct Visitor {
    /// Where from.
    pub network: Network,
    /// Browser and system, where the browser tells: "Firefox, Windows 10".
    pub browser: Option<String>,
    /// Whether it is a phone, by what the browser tells: for what is shown first, and for nothing that matters.
    pub on_phone: bool,
}

/// No browser describes itself in more bytes.
const LONGEST_DESCRIPTION: usize = 512;

impl Visitor {
    /// A visitor from `network` whose browser describes itself as `user_agent` (RFC 9110, section 10.1.5).
    pub fn new(network: Network, user_agent: Option<&str>) -> Self {
        let on_phone = user_agent.is_some_and(|text| {
            text.len() <= LONGEST_DESCRIPTION
                && ["iPhone", "Android"].iter().any(|phone| text.contains(phone))
        });
        Self { network, browser: user_agent.and_then(browser), on_phone }
    }
}

/// Browser and system, as people call them.
fn browser(user_agent: &str) -> Option<String> {
    if user_agent.len() > LONGEST_DESCRIPTION {
        return None;
    }
    let seen = woothee::parser::Parser::new().parse(user_agent)?;
    let known: Vec<&str> =
        [seen.name, seen.os].into_iter().filter(|part| *part != woothee::woothee::VALUE_UNKNOWN).collect();
    (!known.is_empty()).then(|| known.join(", "))
}

impl Service {
    /// Writes down what happened around an account, for its owner. The nil account costs the same and writes nothing.
    pub(crate) async fn note(
        &self,
        tx: &mut Tx,
        account: Uuid,
        kind: ActivityKind,
        about: About<'_>,
        now: Timestamp,
    ) -> Result<(), Refusal> {
        let network = about.visitor.map(|visitor| visitor.network.range());
        let new = NewActivity {
            id: vault::new_id(now, self.random.as_ref()),
            account_id: account,
            kind,
            detail: about.detail,
            session_id: about.session,
            browser: about.visitor.and_then(|visitor| visitor.browser.as_deref()),
            network: network.as_deref(),
            by_staff: about.by_staff,
        };
        Ok(tx.add_activity(new, now).await?)
    }
}

/// What is known of a happening beside its kind.
#[derive(Debug, Clone, Copy, Default)]
pub(crate) struct About<'a> {
    /// A kind of method, a refusal's code.
    pub detail: Option<&'a str>,
    /// In which session.
    pub session: Option<Uuid>,
    /// From where.
    pub visitor: Option<&'a Visitor>,
    /// Whether the service desk or an administrator did it.
    pub by_staff: bool,
}

#[cfg(test)]
mod tests {
    use super::browser;

    #[test]
    fn a_browser_is_told_by_the_names_that_people_know() {
        let firefox = "Mozilla/5.0 (Windows NT 10.0; Win64; x64; rv:128.0) Gecko/20100101 Firefox/128.0";
        assert_eq!(browser(firefox).as_deref(), Some("Firefox, Windows 10"));
        let phone = "Mozilla/5.0 (iPhone; CPU iPhone OS 17_5 like Mac OS X) AppleWebKit/605.1.15 (KHTML, like Gecko) \
                     Version/17.5 Mobile/15E148 Safari/604.1";
        assert_eq!(browser(phone).as_deref(), Some("Safari, iPhone"));
    }

    #[test]
    fn a_description_that_says_nothing_or_too_much_is_no_browser() {
        assert_eq!(browser(""), None);
        assert_eq!(browser("x"), None);
        assert_eq!(browser(&"Firefox/128.0 ".repeat(100)), None);
        assert_eq!(browser(&"é".repeat(600)), None);
    }
}
