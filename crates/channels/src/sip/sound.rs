//! The sound of a call: a packet every 20 milliseconds (RFC 3550), and the keys that come back (RFC 4733).

use std::net::{IpAddr, SocketAddr};
use std::sync::Arc;
use std::time::Duration;

use tokio::net::UdpSocket;

use super::sdp::{Code, KEYS, Media};
use crate::Prompt;

/// How much sound is in a packet.
pub(super) const PACKET: Duration = Duration::from_millis(20);
/// Samples in a packet, and octets, since each is one.
const SAMPLES: usize = 160;
const SAMPLES_U32: u32 = 160;
const HEADER: usize = 12;

/// What is heard, packet by packet: silence, the prompt as often as it is said, and silence while the last key may come.
#[derive(Debug, Clone, Copy)]
pub(super) struct Sequence {
    pub(super) before: Duration,
    pub(super) between: Duration,
    pub(super) after: Duration,
    pub(super) times: u32,
}

/// What one packet holds.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Place {
    Silence,
    /// The prompt from this sample on.
    Words(usize),
    /// All was said.
    End,
}

/// One call's sound.
pub(super) struct Sound {
    socket: UdpSocket,
    pub(super) media: Media,
    /// Machines of the other side besides the one that it named: many telephone systems have several addresses.
    peers: Vec<IpAddr>,
    prompt: Arc<Prompt>,
    order: Sequence,
    sent: u32,
    number: u16,
    source: [u8; 4],
    start: u32,
    /// The time stamp of the last key: all packets of one key carry the same.
    last_key: Option<u32>,
}

impl Sound {
    /// Keys are taken from where `media` says and from `peers`; `chance` are bytes that nobody can foresee.
    pub(super) fn new(
        socket: UdpSocket,
        media: Media,
        peers: Vec<IpAddr>,
        prompt: Arc<Prompt>,
        order: Sequence,
        chance: [u8; 10],
    ) -> Self {
        let Chances { number, source, start } = Chances::of(chance);
        Self { socket, media, peers, prompt, order, sent: 0, number, source, start, last_key: None }
    }

    /// Sends the next packet; false when all was said.
    pub(super) async fn next(&mut self) -> bool {
        let place = self.place();
        if place == Place::End {
            return false;
        }
        let (code, silence) = match self.media.code {
            Code::ALaw => (self.prompt.a_law(), 0xD5),
            Code::MuLaw => (self.prompt.mu_law(), 0xFF),
        };
        let mut packet = [silence; HEADER + SAMPLES];
        // The first packet is marked: sound begins.
        let kind = self.media.code.number() | if self.sent == 0 { 0x80 } else { 0 };
        let stamp = self.start.wrapping_add(self.sent.wrapping_mul(SAMPLES_U32));
        let (header, payload) = packet.split_at_mut(HEADER);
        let fields = [0x80, kind]
            .into_iter()
            .chain(self.number.to_be_bytes())
            .chain(stamp.to_be_bytes())
            .chain(self.source);
        header.iter_mut().zip(fields).for_each(|(place, byte)| *place = byte);
        let spoken = match place {
            Place::Words(from) => code.get(from..).unwrap_or_default(),
            Place::Silence | Place::End => &[],
        };
        payload.iter_mut().zip(spoken).for_each(|(place, byte)| *place = *byte);
        // A packet that the network does not take is lost, as any other may be.
        let _ = self.socket.send_to(&packet, self.media.to).await;
        self.sent += 1;
        self.number = self.number.wrapping_add(1);
        true
    }

    /// What the next packet holds.
    fn place(&self) -> Place {
        let length = packets(&self.order.between) + self.prompt_packets();
        let before = packets(&self.order.before);
        let spoken = length * self.order.times;
        if self.sent >= before + spoken + packets(&self.order.after) {
            return Place::End;
        }
        let inside = self.sent.checked_sub(before).filter(|at| *at < spoken).map(|at| at % length);
        let spoken = inside.filter(|at| *at < self.prompt_packets()).and_then(|at| usize::try_from(at).ok());
        spoken.map_or(Place::Silence, |at| Place::Words(at * SAMPLES))
    }

    fn prompt_packets(&self) -> u32 {
        u32::try_from(self.prompt.samples().len().div_ceil(SAMPLES)).unwrap_or(u32::MAX / 1_000)
    }

    /// Waits for the next key: its number in RFC 4733, 11 for #.
    pub(super) async fn key(&mut self) -> u8 {
        let mut packet = [0; 1_500];
        loop {
            match self.socket.recv_from(&mut packet).await {
                Ok((length, from)) => {
                    if let Some(key) = self.read(packet.get(..length).unwrap_or_default(), from) {
                        return key;
                    }
                }
                Err(_) => tokio::task::yield_now().await,
            }
        }
    }

    /// A key that has arrived already.
    pub(super) fn key_so_far(&mut self) -> Option<u8> {
        let mut packet = [0; 1_500];
        while let Ok((length, from)) = self.socket.try_recv_from(&mut packet) {
            let key = self.read(packet.get(..length).unwrap_or_default(), from);
            if key.is_some() {
                return key;
            }
        }
        None
    }

    fn read(&mut self, packet: &[u8], from: SocketAddr) -> Option<u8> {
        if from.ip() != self.media.to.ip() && !self.peers.contains(&from.ip()) {
            return None;
        }
        let (stamp, key) = key_of(packet, self.media.keys)?;
        let is_new = self.last_key != Some(stamp);
        self.last_key = Some(stamp);
        is_new.then_some(key)
    }
}

/// Where the counting begins.
struct Chances {
    number: u16,
    source: [u8; 4],
    start: u32,
}

impl Chances {
    fn of([n0, n1, source @ .., t0, t1, t2, t3]: [u8; 10]) -> Self {
        Self { number: u16::from_be_bytes([n0, n1]), source, start: u32::from_be_bytes([t0, t1, t2, t3]) }
    }
}

fn packets(time: &Duration) -> u32 {
    u32::try_from(time.as_millis() / PACKET.as_millis()).unwrap_or(u32::MAX / 1_000)
}

/// The time stamp and the key of a packet that holds one.
fn key_of(packet: &[u8], theirs: Option<u8>) -> Option<(u32, u8)> {
    let [first, kind, _, _, t0, t1, t2, t3, ..] = *packet else { return None };
    let kind = kind & 0x7F;
    if first >> 6 != 2 || !(kind == KEYS || Some(kind) == theirs) {
        return None;
    }
    let sources = usize::from(first & 0x0F) * 4;
    let mut payload = packet.get(HEADER + sources..)?;
    if first & 0x10 != 0 {
        let [_, _, h, l, ..] = *payload else { return None };
        payload = payload.get(4 + usize::from(u16::from_be_bytes([h, l])) * 4..)?;
    }
    let [key, _, _, _, ..] = *payload else { return None };
    // 0 to 15 are keys; beyond are the sounds of lines and machines.
    (key <= 15).then(|| (u32::from_be_bytes([t0, t1, t2, t3]), key))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_key_is_read_from_its_packet_and_nothing_else_is_one() {
        let hash = [0x80, 0x80 | 0x65, 0, 1, 0, 0, 0, 9, 1, 2, 3, 4, 11, 0x0A, 0, 160];
        assert_eq!(key_of(&hash, None), Some((9, 11)));
        let mut other_number = hash;
        other_number[1] = 96;
        assert_eq!(key_of(&other_number, None), None);
        assert_eq!(key_of(&other_number, Some(96)), Some((9, 11)));
        let mut fax = hash;
        fax[12] = 32;
        assert_eq!(key_of(&fax, None), None);
        let extended =
            [0x90, 101, 0, 1, 0, 0, 0, 9, 1, 2, 3, 4, 0xBE, 0xDE, 0, 1, 9, 9, 9, 9, 11, 0x8A, 0, 160];
        assert_eq!(key_of(&extended, None), Some((9, 11)));
        for length in 0..hash.len() {
            assert_eq!(key_of(&hash[..length], None), None);
        }
        assert_eq!(key_of(&[0x80, 8, 0, 1, 0, 0, 0, 9, 1, 2, 3, 4, 11, 0, 0, 0], None), None);
    }
}
