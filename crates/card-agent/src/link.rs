//! The link that starts the agent: `fobwatch-card:job?portal=https://…&ticket=…`.

use card_jobs::SCHEME;
use url::Url;

/// Longest link that is looked at, in bytes.
const LONGEST_LINK: usize = 2048;

/// Longest ticket, in characters.
const LONGEST_TICKET: usize = 200;

/// What a link says, before anybody has looked whether this machine's agent works for that portal.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct JobLink {
    /// The portal's public address.
    pub portal: Url,
    /// Good for one claim, within a minute.
    pub ticket: String,
}

/// Not a link that the agent knows.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("this is not a link that starts a smartcard job")]
pub struct NotALink;

impl JobLink {
    /// Reads a link. Anything may stand in one: a web page makes it, and the desktop hands it on as it is.
    ///
    /// # Errors
    /// [`NotALink`] where scheme, path, the two values or their form are others, or one stands there twice.
    pub fn parse(link: &str) -> Result<Self, NotALink> {
        if link.len() > LONGEST_LINK {
            return Err(NotALink);
        }
        let url = Url::parse(link.trim()).map_err(|_| NotALink)?;
        let path = url.path().trim_matches('/');
        let named = path == "job" && url.host().is_none();
        // Some desktops turn `scheme:job` into `scheme://job`.
        let as_host = path.is_empty() && url.host_str() == Some("job");
        if url.scheme() != SCHEME || !(named || as_host) || url.fragment().is_some() {
            return Err(NotALink);
        }
        let (mut portal, mut ticket) = (None, None);
        for (name, value) in url.query_pairs() {
            let place = match &*name {
                "portal" => &mut portal,
                "ticket" => &mut ticket,
                _ => return Err(NotALink),
            };
            if place.replace(value.into_owned()).is_some() {
                return Err(NotALink);
            }
        }
        let ticket = ticket.filter(|ticket| is_ticket(ticket)).ok_or(NotALink)?;
        let portal = portal.and_then(|portal| portal_address(&portal)).ok_or(NotALink)?;
        Ok(Self { portal, ticket })
    }

    /// The link, as the portal's page writes it.
    pub fn href(&self) -> String {
        let mut query = url::form_urlencoded::Serializer::new(String::new());
        query
            .append_pair("portal", self.portal.as_str().trim_end_matches('/'))
            .append_pair("ticket", &self.ticket);
        format!("{SCHEME}:job?{}", query.finish())
    }
}

/// Letters, digits, `-`, `_` and `.`: nothing that a shell or a log could take for something else.
fn is_ticket(ticket: &str) -> bool {
    (1..=LONGEST_TICKET).contains(&ticket.len())
        && ticket.bytes().all(|byte| byte.is_ascii_alphanumeric() || b"-_.".contains(&byte))
}

/// A portal's address: `https:`, or `http:` on this machine itself; no user, no query; without the slash at its end where there is
/// a path.
pub(crate) fn portal_address(text: &str) -> Option<Url> {
    let mut url = Url::parse(text.trim()).ok()?;
    let safe = match url.scheme() {
        "https" => url.host().is_some(),
        "http" => is_loopback(&url),
        _ => false,
    };
    let bare = url.username().is_empty()
        && url.password().is_none()
        && url.query().is_none()
        && url.fragment().is_none();
    if !(safe && bare) {
        return None;
    }
    let path = url.path().trim_end_matches('/').to_owned();
    url.set_path(&path);
    Some(url)
}

/// Whether an address leads to this machine itself, whatever a name server says.
pub(crate) fn is_loopback(url: &Url) -> bool {
    match url.host() {
        Some(url::Host::Ipv4(address)) => address.is_loopback(),
        Some(url::Host::Ipv6(address)) => address.is_loopback(),
        Some(url::Host::Domain(name)) => name == "localhost",
        None => false,
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    #[test]
    fn a_link_names_portal_and_ticket() {
        let link =
            JobLink::parse("fobwatch-card:job?portal=https%3A%2F%2Faccess.northfield.example&ticket=T-1_2.x")
                .unwrap();
        assert_eq!(link.portal.as_str(), "https://access.northfield.example/");
        assert_eq!(link.ticket, "T-1_2.x");
    }

    #[test]
    fn desktops_may_write_it_their_way() {
        for link in [
            "fobwatch-card:job?portal=https://access.northfield.example&ticket=T1",
            "fobwatch-card:job/?portal=https://access.northfield.example/&ticket=T1",
            "fobwatch-card://job?ticket=T1&portal=https://access.northfield.example",
            "fobwatch-card:/job?ticket=T1&portal=https://access.northfield.example",
            "FOBWATCH-CARD:job?ticket=T1&portal=https://access.northfield.example\n",
        ] {
            assert_eq!(JobLink::parse(link).unwrap().ticket, "T1", "{link}");
        }
    }

    #[test]
    fn whatever_else_is_no_link() {
        let long = format!("fobwatch-card:job?portal=https://a.example&ticket={}", "x".repeat(201));
        for link in [
            "",
            "https://access.northfield.example",
            "fobwatch-card:",
            "fobwatch-card:job",
            "fobwatch-card:install?portal=https://a.example&ticket=T",
            "fobwatch-card://job/more?portal=https://a.example&ticket=T",
            "fobwatch-card://evil.example/job?portal=https://a.example&ticket=T",
            "fobwatch-card:job?portal=https://a.example",
            "fobwatch-card:job?ticket=T",
            "fobwatch-card:job?portal=https://a.example&ticket=",
            "fobwatch-card:job?portal=https://a.example&ticket=a%20b",
            "fobwatch-card:job?portal=https://a.example&ticket=%24(reboot)",
            "fobwatch-card:job?portal=https://a.example&portal=https://b.example&ticket=T",
            "fobwatch-card:job?portal=https://a.example&ticket=T&ticket=U",
            "fobwatch-card:job?portal=https://a.example&ticket=T&pinentry=/bin/sh",
            "fobwatch-card:job?portal=http://access.northfield.example&ticket=T",
            "fobwatch-card:job?portal=http://127.0.0.1.evil.example&ticket=T",
            "fobwatch-card:job?portal=https://a:b@access.northfield.example&ticket=T",
            "fobwatch-card:job?portal=https://a.example%3Fx%3D1&ticket=T",
            "fobwatch-card:job?portal=file:///etc/passwd&ticket=T",
            "fobwatch-card:job?portal=https://a.example&ticket=T#more",
            &long,
        ] {
            assert_eq!(JobLink::parse(link), Err(NotALink), "{link}");
        }
    }

    #[test]
    fn http_is_for_this_machine_alone() {
        for good in ["http://127.0.0.1:8080", "http://localhost:8080/", "http://[::1]:1"] {
            assert!(portal_address(good).is_some(), "{good}");
        }
        for bad in ["http://10.0.0.1", "http://localhost.evil.example", "http://[::2]"] {
            assert!(portal_address(bad).is_none(), "{bad}");
        }
    }

    proptest! {
        #[test]
        fn a_link_that_was_written_is_read_back(host in "[a-z]{1,20}\\.example", port in 1u16.., ticket in "[A-Za-z0-9._-]{1,200}") {
            let portal = Url::parse(&format!("https://{host}:{port}")).unwrap();
            let link = JobLink { portal, ticket };
            prop_assert_eq!(JobLink::parse(&link.href()), Ok(link));
        }

        #[test]
        fn no_text_makes_the_parser_fall(text in any::<String>(), query in "[a-z=&%0-9:/#?]{0,80}") {
            let _ = JobLink::parse(&text);
            let _ = JobLink::parse(&format!("fobwatch-card:job?{query}"));
            if let Ok(link) = JobLink::parse(&format!("fobwatch-card:job?portal=https://a.example&{query}")) {
                prop_assert!(is_ticket(&link.ticket));
            }
        }
    }
}
