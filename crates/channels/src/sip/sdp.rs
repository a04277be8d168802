//! What both sides agree on for the sound (RFC 4566, RFC 3264): one G.711 code, and keys as events (RFC 4733).

use std::net::{IpAddr, SocketAddr};

/// The number under which we offer keys.
pub(super) const KEYS: u8 = 101;

/// How sound is coded.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Code {
    ALaw,
    MuLaw,
}

impl Code {
    /// Its number in RTP (RFC 3551).
    pub(super) fn number(self) -> u8 {
        match self {
            Self::ALaw => 8,
            Self::MuLaw => 0,
        }
    }
}

/// What the other side wants.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Media {
    pub(super) to: SocketAddr,
    pub(super) code: Code,
    /// The number that the other side gives to keys; most take over ours.
    pub(super) keys: Option<u8>,
}

/// What we offer, from `at`. `session` is a number that nobody can foresee.
pub(super) fn offer(at: SocketAddr, session: u32) -> String {
    let (ip, port) = (at.ip(), at.port());
    let family = if ip.is_ipv6() { "IP6" } else { "IP4" };
    format!(
        "v=0\r\no=- {session} {session} IN {family} {ip}\r\ns=-\r\nc=IN {family} {ip}\r\nt=0 0\r\nm=audio {port} RTP/AVP 8 0 {KEYS}\r\n\
         a=rtpmap:8 PCMA/8000\r\na=rtpmap:0 PCMU/8000\r\na=rtpmap:{KEYS} telephone-event/8000\r\na=fmtp:{KEYS} 0-15\r\na=ptime:20\r\n\
         a=sendrecv\r\n"
    )
}

/// Reads what the other side said; none where there is no sound that we know.
pub(super) fn read(body: &[u8]) -> Option<Media> {
    let text = std::str::from_utf8(body).ok()?;
    let (mut session_ip, mut media_ip) = (None, None);
    let (mut port, mut code, mut keys) = (None, None, None);
    let mut in_audio = false;
    for line in text.lines().map(str::trim) {
        if let Some(connection) = line.strip_prefix("c=IN ") {
            let ip =
                connection.split_once(' ').and_then(|(_, ip)| ip.split('/').next()?.parse::<IpAddr>().ok());
            if in_audio {
                media_ip = ip;
            } else if port.is_none() {
                session_ip = ip;
            }
        } else if let Some(media) = line.strip_prefix("m=") {
            // Only the first audio stream counts.
            in_audio = port.is_none() && media.starts_with("audio ");
            if in_audio {
                let mut words = media.split(' ').skip(1);
                port = words.next().and_then(|port| port.split('/').next()?.parse::<u16>().ok());
                code = words.skip(1).find_map(|number| match number {
                    "8" => Some(Code::ALaw),
                    "0" => Some(Code::MuLaw),
                    _ => None,
                });
            }
        } else if let Some(map) = line.strip_prefix("a=rtpmap:").filter(|_| in_audio) {
            let (number, name) = map.split_once(' ')?;
            if name.to_ascii_lowercase().starts_with("telephone-event/8000") {
                keys = number.parse().ok();
            }
        }
    }
    let to = SocketAddr::new(media_ip.or(session_ip)?, port.filter(|port| *port > 0)?);
    Some(Media { to, code: code?, keys })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_offer_can_be_read_back() {
        let at = "192.0.2.7:40000".parse().unwrap();
        let media = read(offer(at, 7).as_bytes()).unwrap();
        assert_eq!(media, Media { to: at, code: Code::ALaw, keys: Some(KEYS) });
    }

    #[test]
    fn the_first_code_that_we_know_is_taken_and_the_address_of_the_stream_counts() {
        let text = "v=0\r\nc=IN IP4 192.0.2.1\r\nm=audio 4000 RTP/AVP 18 0 8 96\r\nc=IN IP4 192.0.2.2\r\na=rtpmap:96 telephone-event/8000\r\n\
            m=video 5000 RTP/AVP 31\r\nc=IN IP4 192.0.2.3\r\n";
        let media = read(text.as_bytes()).unwrap();
        assert_eq!(media, Media { to: "192.0.2.2:4000".parse().unwrap(), code: Code::MuLaw, keys: Some(96) });
        for bad in [
            "",
            "c=IN IP4 192.0.2.1\r\nm=audio 0 RTP/AVP 8",
            "c=IN IP4 192.0.2.1\r\nm=audio 4000 RTP/AVP 18",
            "m=audio 4000 RTP/AVP 8",
            "c=IN IP4 nowhere.example\r\nm=audio 4000 RTP/AVP 8",
        ] {
            assert_eq!(read(bad.as_bytes()), None, "{bad}");
        }
    }
}
