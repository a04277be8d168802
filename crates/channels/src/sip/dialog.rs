//! One call from its first packet to its last (RFC 3261).

use std::net::SocketAddr;
use std::sync::Arc;
use std::time::Duration;

use aws_lc_rs::hmac;
use tokio::net::UdpSocket;
use tokio::sync::mpsc::UnboundedSender;
use tokio::time::{Instant, MissedTickBehavior, interval, timeout_at};

use super::Settings;
use super::digest::{self, hex};
use super::line::{Inbox, Line};
use super::message::{Message, host_and_port, uri};
use super::sdp;
use super::sound::{PACKET, Sound};
use crate::{Call, CallEnd, CallNews, Prompt, SendError};

/// After this a request is sent again, then after twice as long, and so on (T1 of RFC 3261).
const FIRST_AGAIN: Duration = Duration::from_millis(500);
/// How long the trunk may say nothing at all.
const SILENT: Duration = Duration::from_secs(8);
/// How long we wait to be understood when we take leave.
const LEAVE: Duration = Duration::from_secs(4);
/// # in RFC 4733.
const HASH: u8 = 11;

/// Places the call and goes with it to its end.
pub(super) async fn call(
    line: Arc<Line>,
    settings: &Settings,
    call: &Call,
    prompt: Arc<Prompt>,
    news: &UnboundedSender<CallNews>,
) -> Result<(), SendError> {
    let sound = UdpSocket::bind(SocketAddr::new(settings.listen.ip(), 0))
        .await
        .map_err(|_| SendError::Transient("this machine has no port left for the sound of a call".into()))?;
    let sound_at = SocketAddr::new(line.own.ip(), sound.local_addr().map_or(0, |at| at.port()));
    let chance = Chance(hmac::Key::new(hmac::HMAC_SHA256, &call.seed));
    let number = settings.form.write(&call.to);
    let id = chance.word("call");
    let mut dialog = Dialog {
        inbox: line.inbox(&id),
        to_send: line.trunk,
        target: format!("sip:{number}@{}", settings.trunk),
        from: format!("<sip:{}@{}>;tag={}", settings.from, line.own, chance.word("tag")),
        to: format!("<sip:{number}@{}>", settings.trunk),
        contact: format!("<sip:{}@{}>", settings.from, line.own),
        offer: sdp::offer(sound_at, chance.number()),
        routes: Vec::new(),
        sequence: 1,
        id,
        chance,
        line,
    };
    let end = match dialog.ring(settings, news).await? {
        Rung::Ended(end) => end,
        Rung::Answered(answer) => match sdp::read(&answer.body) {
            None => {
                dialog.leave().await;
                return Err(SendError::Misconfigured(
                    "the telephone trunk offers no sound in G.711 (PCMA or PCMU): permit it there".into(),
                ));
            }
            Some(media) => {
                let _ = news.send(CallNews::Answered);
                let chance = dialog.chance.bytes("sound");
                let peers = vec![dialog.line.trunk.ip(), dialog.to_send.ip()];
                let mut sound = Sound::new(sound, media, peers, prompt, settings.pace.sequence(), chance);
                let (end, by_them) = dialog.talk(&mut sound).await;
                // Whoever waits is told at once; taking leave may take a moment.
                let _ = news.send(CallNews::Ended(end));
                if !by_them {
                    dialog.leave().await;
                }
                return Ok(());
            }
        },
    };
    let _ = news.send(CallNews::Ended(end));
    Ok(())
}

/// What became of the ringing.
enum Rung {
    Answered(Message),
    Ended(CallEnd),
}

/// What nobody can foresee about a call, by name.
struct Chance(hmac::Key);

impl Chance {
    fn bytes<const N: usize>(&self, name: &str) -> [u8; N] {
        let tag = hmac::sign(&self.0, name.as_bytes());
        let mut bytes = [0; N];
        bytes.iter_mut().zip(tag.as_ref()).for_each(|(place, byte)| *place = *byte);
        bytes
    }

    fn word(&self, name: &str) -> String {
        hex(&self.bytes::<12>(name))
    }

    fn number(&self) -> u32 {
        u32::from_be_bytes(self.bytes("session")) >> 1
    }
}

struct Dialog {
    line: Arc<Line>,
    inbox: Inbox,
    chance: Chance,
    id: String,
    /// Where requests go.
    to_send: SocketAddr,
    /// The address that they are for.
    target: String,
    from: String,
    to: String,
    contact: String,
    offer: String,
    routes: Vec<String>,
    sequence: u32,
}

impl Dialog {
    fn branch(&self, method: &str) -> String {
        // An ACK for a refusal and a CANCEL belong to the transaction of their INVITE.
        format!("z9hG4bK{}", self.chance.word(&format!("{method} {}", self.sequence)))
    }

    fn request(&self, method: &str, branch: &str, extra: &str, body: &str) -> String {
        let Self { target, from, to, contact, id, sequence, .. } = self;
        let own = self.line.own;
        let routes =
            self.routes.iter().fold(String::new(), |lines, route| lines + "Route: " + route + "\r\n");
        let length = body.len();
        format!(
            "{method} {target} SIP/2.0\r\nVia: SIP/2.0/UDP {own};rport;branch={branch}\r\nMax-Forwards: 70\r\n{routes}From: {from}\r\n\
             To: {to}\r\nCall-ID: {id}\r\nCSeq: {sequence} {method}\r\nContact: {contact}\r\nUser-Agent: Fobwatch\r\n{extra}\
             Content-Length: {length}\r\n\r\n{body}"
        )
    }

    /// Sends the INVITE until it is answered, refused, or has rung for long enough.
    async fn ring(
        &mut self,
        settings: &Settings,
        news: &UnboundedSender<CallNews>,
    ) -> Result<Rung, SendError> {
        let begun = Instant::now();
        let until = begun + settings.pace.ring;
        let mut login = String::new();
        let mut rings = false;
        'invite: loop {
            let branch = self.branch("INVITE");
            let extra = format!(
                "Allow: INVITE, ACK, BYE, CANCEL, OPTIONS\r\n{login}Content-Type: application/sdp\r\n"
            );
            let invite = self.request("INVITE", &branch, &extra, &self.offer);
            let mut again = Again::new();
            let mut heard = false;
            self.line.send(&invite, self.to_send).await;
            loop {
                let patience = if heard { until } else { until.min(begun + SILENT) };
                let wake = if heard { patience } else { patience.min(again.at) };
                let Ok(message) = timeout_at(wake, self.inbox.messages.recv()).await else {
                    if Instant::now() < patience {
                        again.next();
                        self.line.send(&invite, self.to_send).await;
                        continue;
                    }
                    if !heard {
                        return Err(SendError::Transient("the telephone trunk does not answer".into()));
                    }
                    self.give_up(&branch).await;
                    return Ok(Rung::Ended(CallEnd::NoAnswer));
                };
                let Some((message, from)) = message else { return Ok(Rung::Ended(CallEnd::Failed)) };
                let Some(code) = message.code() else {
                    self.answer(&message, from).await;
                    continue;
                };
                if message.sequence() != Some((self.sequence, "INVITE")) || message.branch() != Some(&branch)
                {
                    continue;
                }
                match code {
                    100..=199 => {
                        heard = true;
                        if matches!(code, 180 | 183) && !rings {
                            rings = true;
                            let _ = news.send(CallNews::Ringing);
                        }
                    }
                    200..=299 => {
                        self.connect(&message).await;
                        return Ok(Rung::Answered(message));
                    }
                    _ => {
                        self.acknowledge_refusal(&message, &branch).await;
                        if login.is_empty()
                            && let Some(answer) = self.login(settings, &message, code)
                        {
                            login = answer;
                            self.sequence += 1;
                            continue 'invite;
                        }
                        return refused(code).map(Rung::Ended);
                    }
                }
            }
        }
    }

    /// The header that answers a trunk that asks who we are.
    fn login(&self, settings: &Settings, message: &Message, code: u16) -> Option<String> {
        let (asks, answers) = match code {
            401 => ("www-authenticate", "Authorization"),
            407 => ("proxy-authenticate", "Proxy-Authorization"),
            _ => return None,
        };
        let login = settings.login.as_ref()?;
        let own_nonce = self.chance.word("nonce");
        let value = message
            .all(asks)
            .find_map(|challenge| digest::answer(challenge, login, "INVITE", &self.target, &own_nonce))?;
        Some(format!("{answers}: {value}\r\n"))
    }

    /// An answer makes the dialog: from here requests go to whom it names.
    async fn connect(&mut self, answer: &Message) {
        if let Some(to) = answer.header("to") {
            to.clone_into(&mut self.to);
        }
        if let Some(contact) = answer.header("contact") {
            uri(contact).clone_into(&mut self.target);
        }
        self.routes = answer.route();
        let next = self.routes.first().map_or(self.target.as_str(), |route| uri(route));
        if let Some((host, port)) = host_and_port(next) {
            let found = tokio::net::lookup_host((host.as_str(), port)).await.ok();
            let same = |address: &SocketAddr| address.is_ipv4() == self.to_send.is_ipv4();
            if let Some(address) = found.and_then(|mut found| found.find(same)) {
                self.to_send = address;
            }
        }
        self.acknowledge().await;
    }

    async fn acknowledge(&self) {
        let ack = self.request("ACK", &self.branch("ACK"), "", "");
        self.line.send(&ack, self.to_send).await;
    }

    /// The ACK of a refusal belongs to the INVITE's transaction, and carries the tag of who refused.
    async fn acknowledge_refusal(&mut self, refusal: &Message, branch: &str) {
        let untagged = self.to.clone();
        if let Some(to) = refusal.header("to") {
            to.clone_into(&mut self.to);
        }
        let ack = self.request("ACK", branch, "", "");
        self.to = untagged;
        self.line.send(&ack, self.to_send).await;
    }

    /// Nobody answered: the phone must stop ringing. Somebody who answers at this very moment hears it end.
    async fn give_up(&mut self, branch: &str) {
        let cancel = self.request("CANCEL", branch, "", "");
        let until = Instant::now() + LEAVE;
        let mut again = Again::new();
        self.line.send(&cancel, self.to_send).await;
        loop {
            let Ok(message) = timeout_at(until.min(again.at), self.inbox.messages.recv()).await else {
                if Instant::now() >= until {
                    return;
                }
                again.next();
                self.line.send(&cancel, self.to_send).await;
                continue;
            };
            let Some((message, _)) = message else { return };
            match (message.code(), message.sequence()) {
                (Some(200..=299), Some((_, "INVITE"))) => {
                    self.connect(&message).await;
                    self.leave().await;
                    return;
                }
                (Some(300..), Some((_, "INVITE"))) => {
                    self.acknowledge_refusal(&message, branch).await;
                    return;
                }
                _ => {}
            }
        }
    }

    /// Speaks, and waits for a key, for the other side to hang up, or for all to be said. Whether the other side ended it
    /// stands beside.
    async fn talk(&mut self, sound: &mut Sound) -> (CallEnd, bool) {
        let mut tick = interval(PACKET);
        tick.set_missed_tick_behavior(MissedTickBehavior::Burst);
        loop {
            tokio::select! {
                biased;
                key = sound.key() => return (pressed(key), false),
                message = self.inbox.messages.recv() => {
                    let Some((message, from)) = message else { return (CallEnd::Failed, true) };
                    if message.method() == Some("BYE") {
                        self.answer(&message, from).await;
                        // Who presses # and hangs up at once has pressed #.
                        return (sound.key_so_far().map_or(CallEnd::HungUp, pressed), true);
                    }
                    if message.method() == Some("INVITE")
                        && let Some(media) = sdp::read(&message.body)
                    {
                        sound.media = media;
                    }
                    self.answer(&message, from).await;
                }
                _ = tick.tick() => {
                    if !sound.next().await {
                        return (sound.key_so_far().map_or(CallEnd::Voicemail, pressed), false);
                    }
                }
            }
        }
    }

    /// What else the other side may say in a call.
    async fn answer(&self, message: &Message, from: SocketAddr) {
        let contact = format!("Contact: {}\r\n", self.contact);
        let reply = match message.method() {
            // Our ACK got lost.
            None if message.sequence() == Some((self.sequence, "INVITE")) && message.code() == Some(200) => {
                return self.acknowledge().await;
            }
            None | Some("ACK") => return,
            Some("INVITE") => {
                let extra = format!("{contact}Content-Type: application/sdp\r\n");
                message.answered(200, "OK", &extra, &self.offer)
            }
            Some("BYE" | "OPTIONS" | "UPDATE" | "INFO") => message.answered(200, "OK", &contact, ""),
            Some(_) => message.answered(501, "Not Implemented", "", ""),
        };
        self.line.send(&reply, from).await;
    }

    /// Hangs up, and waits a little to be understood.
    async fn leave(&mut self) {
        self.sequence += 1;
        let branch = self.branch("BYE");
        let bye = self.request("BYE", &branch, "", "");
        let until = Instant::now() + LEAVE;
        let mut again = Again::new();
        self.line.send(&bye, self.to_send).await;
        loop {
            match timeout_at(until.min(again.at), self.inbox.messages.recv()).await {
                Ok(None) => return,
                Ok(Some((message, _))) if message.code().is_some() => {
                    if message.sequence() == Some((self.sequence, "BYE")) && message.code() >= Some(200) {
                        return;
                    }
                }
                Ok(Some((message, from))) => self.answer(&message, from).await,
                Err(_) if Instant::now() >= until => return,
                Err(_) => {
                    again.next();
                    self.line.send(&bye, self.to_send).await;
                }
            }
        }
    }
}

/// When a request is sent once more.
struct Again {
    at: Instant,
    pause: Duration,
}

impl Again {
    fn new() -> Self {
        Self { at: Instant::now() + FIRST_AGAIN, pause: FIRST_AGAIN }
    }

    fn next(&mut self) {
        self.pause *= 2;
        self.at += self.pause;
    }
}

fn pressed(key: u8) -> CallEnd {
    if key == HASH { CallEnd::Pressed } else { CallEnd::WrongKey }
}

/// What a refusal means: for the person where it is about the phone, for the administrator where it is about the trunk.
fn refused(code: u16) -> Result<CallEnd, SendError> {
    match code {
        486 | 600 | 603 => Ok(CallEnd::Engaged),
        408 | 480 | 487 => Ok(CallEnd::NoAnswer),
        404 | 410 | 484 | 485 | 604 => {
            Err(SendError::Permanent(format!("the telephone trunk does not know this number ({code})")))
        }
        401 | 407 => Err(SendError::Misconfigured(format!(
            "the telephone trunk does not accept user and password ({code}): check them"
        ))),
        403 => Err(SendError::Misconfigured(format!(
            "the telephone trunk does not let us call ({code}): check from, and that it trusts this machine's address"
        ))),
        415 | 488 | 606 => Err(SendError::Misconfigured(format!(
            "the telephone trunk offers no sound in G.711 ({code}): permit PCMA or PCMU there"
        ))),
        _ => Err(SendError::Transient(format!("the telephone trunk answered {code}"))),
    }
}
