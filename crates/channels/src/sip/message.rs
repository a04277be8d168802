//! What goes over the wire: requests and answers of RFC 3261, as far as placing a call needs them.

use std::fmt::Write as _;

/// A request or an answer.
#[derive(Clone)]
pub(super) struct Message {
    start: Start,
    headers: Vec<(String, String)>,
    pub(super) body: Vec<u8>,
}

#[derive(Clone)]
enum Start {
    Request { method: String },
    Response { code: u16 },
}

impl Message {
    /// None where it is no SIP.
    pub(super) fn parse(packet: &[u8]) -> Option<Self> {
        let end = packet.windows(4).position(|four| four == b"\r\n\r\n")?;
        let head = std::str::from_utf8(&packet[..end]).ok()?;
        // Parts of the head are repeated in messages of ours, where each would be a line of its own.
        if head.split("\r\n").any(|line| line.contains(['\r', '\n', '\0'])) {
            return None;
        }
        let body = packet[end + 4..].to_vec();
        let mut lines = head.split("\r\n");
        let first = lines.next()?;
        let start = match first.strip_prefix("SIP/2.0 ") {
            Some(rest) => Start::Response { code: rest.get(..3)?.parse().ok()? },
            None => {
                let method = first.strip_suffix(" SIP/2.0")?.split_once(' ')?.0.to_owned();
                Start::Request { method }
            }
        };
        let mut headers: Vec<(String, String)> = Vec::new();
        for line in lines {
            if line.starts_with([' ', '\t']) {
                let (_, value) = headers.last_mut()?;
                value.push(' ');
                value.push_str(line.trim());
            } else {
                let (name, value) = line.split_once(':')?;
                headers.push((full_name(name.trim()), value.trim().to_owned()));
            }
        }
        Some(Self { start, headers, body })
    }

    /// The method, of a request.
    pub(super) fn method(&self) -> Option<&str> {
        match &self.start {
            Start::Request { method } => Some(method),
            Start::Response { .. } => None,
        }
    }

    /// The status, of an answer.
    pub(super) fn code(&self) -> Option<u16> {
        match self.start {
            Start::Response { code } => Some(code),
            Start::Request { .. } => None,
        }
    }

    /// The first value of a header, by its full name in small letters.
    pub(super) fn header(&self, name: &str) -> Option<&str> {
        self.all(name).next()
    }

    /// All values of a header, in order.
    pub(super) fn all(&self, name: &str) -> impl Iterator<Item = &str> {
        self.headers.iter().filter(move |(header, _)| header == name).map(|(_, value)| value.as_str())
    }

    /// Number and method of `CSeq`.
    pub(super) fn sequence(&self) -> Option<(u32, &str)> {
        let (number, method) = self.header("cseq")?.split_once(' ')?;
        Some((number.parse().ok()?, method.trim()))
    }

    /// The branch that the transaction is known by.
    pub(super) fn branch(&self) -> Option<&str> {
        parameter(self.header("via")?, "branch")
    }

    /// The addresses that requests inside the dialog pass, for the side that called: the last recorded comes first.
    pub(super) fn route(&self) -> Vec<String> {
        let mut route: Vec<String> = self.all("record-route").flat_map(split_list).collect();
        route.reverse();
        route
    }

    /// The answer to this request. `extra` are whole header lines, each with its end.
    pub(super) fn answered(&self, code: u16, reason: &str, extra: &str, body: &str) -> String {
        let mut text = format!("SIP/2.0 {code} {reason}\r\n");
        for name in ["via", "record-route", "from", "to", "call-id", "cseq"] {
            for value in self.all(name) {
                let _ = write!(text, "{name}: {value}\r\n");
            }
        }
        text.push_str(extra);
        let _ = write!(text, "content-length: {}\r\n\r\n{body}", body.len());
        text
    }
}

/// Some headers have names of one letter.
fn full_name(name: &str) -> String {
    match name {
        "v" => "via".to_owned(),
        "f" => "from".to_owned(),
        "t" => "to".to_owned(),
        "i" => "call-id".to_owned(),
        "m" => "contact".to_owned(),
        "l" => "content-length".to_owned(),
        "c" => "content-type".to_owned(),
        other => other.to_ascii_lowercase(),
    }
}

/// The parts of a list, at the commas that are not inside `<…>` or quotes.
fn split_list(value: &str) -> Vec<String> {
    let (mut parts, mut part) = (Vec::new(), String::new());
    let (mut quoted, mut bracketed) = (false, false);
    for sign in value.chars() {
        match sign {
            '"' => quoted = !quoted,
            '<' if !quoted => bracketed = true,
            '>' if !quoted => bracketed = false,
            ',' if !quoted && !bracketed => {
                parts.push(std::mem::take(&mut part).trim().to_owned());
                continue;
            }
            _ => {}
        }
        part.push(sign);
    }
    parts.push(part.trim().to_owned());
    parts.retain(|part| !part.is_empty());
    parts
}

/// The address of `"Name" <sip:…>;tag=…` or of `sip:…;tag=…`.
pub(super) fn uri(value: &str) -> &str {
    match value.split_once('<') {
        Some((_, rest)) => rest.split('>').next().unwrap_or_default(),
        None => value.split(';').next().unwrap_or_default().trim(),
    }
}

/// A parameter of a header's value; those inside `<…>` belong to the address and are not looked at.
pub(super) fn parameter<'a>(value: &'a str, name: &str) -> Option<&'a str> {
    let after = value.rsplit_once('>').map_or(value, |(_, after)| after);
    after.split(';').skip(1).find_map(|parameter| {
        let (key, value) = parameter.split_once('=')?;
        key.trim().eq_ignore_ascii_case(name).then(|| value.trim())
    })
}

/// The host and port of a `sip:` address, which may have no user before its host.
pub(super) fn host_and_port(uri: &str) -> Option<(String, u16)> {
    let (scheme, rest) = uri.split_once(':')?;
    if !scheme.eq_ignore_ascii_case("sip") {
        return None;
    }
    let rest = rest.split([';', '?']).next()?;
    let place = rest.rsplit_once('@').map_or(rest, |(_, place)| place);
    let (host, port) = if let Some(v6) = place.strip_prefix('[') {
        let (host, after) = v6.split_once(']')?;
        (host, after.strip_prefix(':'))
    } else {
        match place.split_once(':') {
            Some((host, port)) => (host, Some(port)),
            None => (place, None),
        }
    };
    let port = match port {
        Some(port) => port.parse().ok()?,
        None => 5060,
    };
    (!host.is_empty()).then(|| (host.to_owned(), port))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_answer_is_read_with_short_names_folded_lines_and_lists() {
        let text = b"SIP/2.0 200 OK\r\nv: SIP/2.0/UDP 192.0.2.1:5060;branch=z9hG4bKabc\r\nt: <sip:1@a>;tag=77\r\n\
            Record-Route: <sip:p2.example;lr>, <sip:p1.example;lr>\r\nRecord-Route: <sip:p0.example;lr>\r\nCSeq: 2 INVITE\r\n\
            Subject: one\r\n two\r\n\r\nbody";
        let message = Message::parse(text).unwrap();
        assert_eq!(message.code(), Some(200));
        assert_eq!(message.branch(), Some("z9hG4bKabc"));
        assert_eq!(parameter(message.header("to").unwrap(), "tag"), Some("77"));
        assert_eq!(message.sequence(), Some((2, "INVITE")));
        assert_eq!(message.route(), ["<sip:p0.example;lr>", "<sip:p1.example;lr>", "<sip:p2.example;lr>"]);
        assert_eq!(message.header("subject"), Some("one two"));
        assert_eq!(message.body, b"body");
        for bad in [
            &b"GET / HTTP/1.1\r\n\r\n"[..],
            b"",
            b"SIP/2.0 2\r\n\r\n",
            b"\xff\r\n\r\n",
            b"SIP/2.0 200 OK\r\nno colon\r\n\r\n",
        ] {
            assert!(Message::parse(bad).is_none());
        }
    }

    #[test]
    fn a_contact_without_a_user_is_called_at_its_own_port() {
        for (uri, host, port) in [
            ("sip:127.0.0.1:25070;transport=UDP", "127.0.0.1", 25_070),
            ("sip:444@pbx.example", "pbx.example", 5_060),
            ("SIP:a@[2001:db8::1]:5062", "2001:db8::1", 5_062),
        ] {
            assert_eq!(host_and_port(uri), Some((host.to_owned(), port)), "{uri}");
        }
        for bad in ["tel:+447700900123", "sips:a@b", "sip:", "sip:a@b:x", ""] {
            assert_eq!(host_and_port(bad), None, "{bad}");
        }
        assert_eq!(uri("\"A\" <sip:1@b;x=y>;tag=1"), "sip:1@b;x=y");
        assert_eq!(uri("sip:1@b;tag=1"), "sip:1@b");
        assert_eq!(parameter("<sip:1@b;tag=no>;tag=yes", "tag"), Some("yes"));
    }
}
