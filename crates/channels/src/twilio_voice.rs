//! Telephone calls through Twilio.

use std::fmt;
use std::fmt::Write as _;

use async_trait::async_trait;
use reqwest::{Client, Method};
use serde::Deserialize;
use tokio::sync::mpsc::UnboundedSender;
use url::{Url, form_urlencoded};
use zeroize::Zeroizing;

use crate::twilio::{is_sid, is_signed};
use crate::web_client::{Answer, ask, base_url, client, common_failure, under};
use crate::{
    BadReport, Call, CallEnd, CallNews, Hook, HookReply, ReportRequest, SendError, SetupError, VoiceChannel,
};

/// How long it may ring, in seconds.
const RING: &str = "30";
/// How often the words are said.
const TIMES: usize = 3;

/// Twilio's Calls API of 2010-04-01 (<https://www.twilio.com/docs/voice/api/call-resource>). It asks us over HTTP what to say
/// (`TwiML`) once somebody has answered, and tells which key was pressed.
pub struct TwilioVoice {
    client: Client,
    base: Url,
    account: String,
    token: Zeroizing<String>,
    from: String,
    hooks: Url,
    machines: bool,
}

impl fmt::Debug for TwilioVoice {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("TwilioVoice").field("base", &self.base.as_str()).finish_non_exhaustive()
    }
}

impl TwilioVoice {
    /// `base_url` is `https://api.twilio.com` in life; `account` the account's SID (`AC…`), `token` its auth token; `from` a
    /// number of the account's in E.164; `hooks` the address at which Twilio asks us. With `machines` Twilio listens for
    /// answering machines, which it charges for.
    ///
    /// # Errors
    /// [`SetupError`] when one of them is not of its form; it says what to write and never holds the token.
    pub fn new(
        base_url_: &str,
        account: &str,
        token: &str,
        from: &str,
        hooks: &Url,
        machines: bool,
    ) -> Result<Self, SetupError> {
        let base = base_url(base_url_)?;
        let (account, token, from) = (account.trim(), token.trim(), from.trim());
        if !is_sid(account, "AC") {
            return Err(SetupError::new(
                "calls through Twilio need the account's SID as user: AC and 32 digits and letters, from the first page of its \
                 console",
            ));
        }
        if token.is_empty() || !token.bytes().all(|byte| byte.is_ascii_alphanumeric()) {
            return Err(SetupError::new(
                "Twilio's auth token is not whole: copy it again from the first page of its console",
            ));
        }
        let is_number = from
            .strip_prefix('+')
            .is_some_and(|digits| digits.len() > 6 && digits.bytes().all(|byte| byte.is_ascii_digit()));
        if !is_number {
            return Err(SetupError::new(
                "calls through Twilio need a number of yours as sender (from), such as +441632960123: a name cannot call",
            ));
        }
        Ok(Self {
            client: client(&base)?,
            base,
            account: account.to_owned(),
            token: Zeroizing::new(token.to_owned()),
            from: from.to_owned(),
            hooks: hooks.clone(),
            machines,
        })
    }

    fn request(&self, method: Method, path: &[&str]) -> reqwest::RequestBuilder {
        let mut segments = vec!["2010-04-01", "Accounts", &self.account];
        segments.extend(path);
        self.client
            .request(method, under(&self.base, &segments))
            .basic_auth(&self.account, Some(self.token.as_str()))
    }

    /// The address at which Twilio asks about `step` of the call.
    fn hook(&self, reference: &str, step: Step) -> String {
        let mut url = self.hooks.clone();
        url.query_pairs_mut().append_pair("call", reference).append_pair("step", step.name());
        url.into()
    }
}

/// What Twilio asks or tells at an address of ours.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Step {
    /// Somebody answered: what shall be said?
    Script,
    /// A key was pressed, or none.
    Key,
    /// How the call stands.
    Status,
    /// Whether a machine answered.
    Machine,
}

impl Step {
    const ALL: [Self; 4] = [Self::Script, Self::Key, Self::Status, Self::Machine];

    fn name(self) -> &'static str {
        match self {
            Self::Script => "script",
            Self::Key => "key",
            Self::Status => "status",
            Self::Machine => "machine",
        }
    }
}

#[derive(Deserialize)]
struct Placed {
    sid: String,
}

#[derive(Deserialize, Default)]
struct Refused {
    #[serde(default)]
    code: u32,
}

#[async_trait]
impl VoiceChannel for TwilioVoice {
    fn name(&self) -> &'static str {
        "twilio"
    }

    async fn call(
        &self,
        call: &Call,
        _news: &UnboundedSender<CallNews>,
    ) -> Result<Option<String>, SendError> {
        let mut form = vec![
            ("To", call.to.clone()),
            ("From", self.from.clone()),
            ("Timeout", RING.to_owned()),
            ("Url", self.hook(&call.reference, Step::Script)),
            ("StatusCallback", self.hook(&call.reference, Step::Status)),
        ];
        form.extend(
            ["ringing", "answered", "completed"].map(|event| ("StatusCallbackEvent", event.to_owned())),
        );
        if self.machines {
            form.push(("MachineDetection", "Enable".to_owned()));
            // Without it people would hear nothing until Twilio is sure about them.
            form.push(("AsyncAmd", "true".to_owned()));
            form.push(("AsyncAmdStatusCallback", self.hook(&call.reference, Step::Machine)));
        }
        let answer = ask(self.request(Method::POST, &["Calls.json"]).form(&form)).await?;
        if answer.status.is_success() {
            let sid = serde_json::from_slice::<Placed>(&answer.body).ok().map(|placed| placed.sid);
            return Ok(sid.filter(|sid| is_sid(sid, "CA")));
        }
        Err(refused(&answer))
    }

    fn read_hook(&self, provider: &str, request: &ReportRequest<'_>) -> Result<Hook, BadReport> {
        if provider != self.name() {
            return Err(BadReport::NotExpected);
        }
        if !is_signed(&self.token, request) {
            return Err(BadReport::Forged);
        }
        let url = Url::parse(request.url).map_err(|_| BadReport::Unreadable)?;
        let asked =
            |name: &str| url.query_pairs().find(|(key, _)| key == name).map(|(_, value)| value.into_owned());
        let told = |name: &str| {
            form_urlencoded::parse(request.body)
                .find(|(key, _)| key == name)
                .map(|(_, value)| value.into_owned())
        };
        let step = asked("step").and_then(|name| Step::ALL.into_iter().find(|step| step.name() == name));
        let (Some(reference), Some(step)) = (asked("call"), step) else { return Err(BadReport::Unreadable) };
        let (news, reply) = match step {
            Step::Script => (Some(CallNews::Answered), HookReply::Script),
            Step::Key => {
                let end = match told("Digits").unwrap_or_default().as_str() {
                    "#" => CallEnd::Pressed,
                    "" => CallEnd::Voicemail,
                    _ => CallEnd::WrongKey,
                };
                (Some(CallNews::Ended(end)), HookReply::Farewell)
            }
            Step::Status => (news(&told("CallStatus").ok_or(BadReport::Unreadable)?), HookReply::Nothing),
            Step::Machine => {
                let by = told("AnsweredBy").unwrap_or_default();
                let machine = by.starts_with("machine") || by == "fax";
                (machine.then_some(CallNews::Ended(CallEnd::Voicemail)), HookReply::Nothing)
            }
        };
        Ok(Hook { reference, news, reply })
    }

    /// `finishOnKey` is empty, for its default is #, which would end the waiting without being told.
    fn script(&self, reference: &str, words: &str) -> String {
        let action = escaped(&self.hook(reference, Step::Key));
        // How voices read the sign itself differs.
        let words = escaped(&words.replace('#', "hash"));
        let mut said = String::new();
        for _ in 0..TIMES {
            let _ = write!(said, "<Say language=\"en-GB\">{words}</Say><Pause length=\"1\"/>");
        }
        format!(
            "<?xml version=\"1.0\" encoding=\"UTF-8\"?><Response><Gather input=\"dtmf\" numDigits=\"1\" finishOnKey=\"\" timeout=\"3\" \
             actionOnEmptyResult=\"true\" method=\"POST\" action=\"{action}\"><Pause length=\"1\"/>{said}</Gather></Response>"
        )
    }

    fn farewell(&self) -> String {
        "<?xml version=\"1.0\" encoding=\"UTF-8\"?><Response><Hangup/></Response>".to_owned()
    }

    async fn check(&self) -> Result<(), SendError> {
        let file = format!("{}.json", self.account);
        let url = under(&self.base, &["2010-04-01", "Accounts", &file]);
        let request = self.client.get(url).basic_auth(&self.account, Some(self.token.as_str()));
        let answer = ask(request).await?;
        if answer.status.is_success() { Ok(()) } else { Err(refused(&answer)) }
    }
}

/// The states of a call (<https://www.twilio.com/docs/voice/api/call-resource#call-status-values>). Whoever has pressed a key or
/// let all be said has ended the call before it is `completed`.
fn news(status: &str) -> Option<CallNews> {
    match status {
        "ringing" => Some(CallNews::Ringing),
        "in-progress" | "answered" => Some(CallNews::Answered),
        "completed" => Some(CallNews::Ended(CallEnd::HungUp)),
        "busy" => Some(CallNews::Ended(CallEnd::Engaged)),
        "no-answer" => Some(CallNews::Ended(CallEnd::NoAnswer)),
        "failed" | "canceled" => Some(CallNews::Ended(CallEnd::Failed)),
        _ => None,
    }
}

/// Twilio's codes (<https://www.twilio.com/docs/api/errors>). Its words may hold the number.
fn refused(answer: &Answer) -> SendError {
    if let Some(common) = common_failure(answer.status) {
        return common;
    }
    let status = answer.status.as_u16();
    let code = serde_json::from_slice::<Refused>(&answer.body).unwrap_or_default().code;
    match code {
        13_223 | 13_224 | 13_225 | 21_211 | 21_214 | 21_217 => {
            SendError::Permanent(format!("Twilio does not call this number ({code})"))
        }
        21_215 | 21_216 | 13_227 => SendError::Misconfigured(format!(
            "Twilio may not call this country or number ({code}): permit it under Voice, Geographic permissions"
        )),
        21_210 | 21_212 | 21_213 => SendError::Misconfigured(format!(
            "Twilio does not accept the number that calls ({code}): check from in [voice]"
        )),
        21_219 => SendError::Misconfigured(format!(
            "Twilio calls only numbers that you verified ({code}): upgrade the trial account"
        )),
        21_205 | 21_218 => SendError::Misconfigured(format!(
            "Twilio cannot reach our address ({code}): check public_url, and that the internet reaches /callbacks/"
        )),
        10_004 | 20_429 => {
            SendError::Transient(format!("Twilio places no more calls at the moment ({code})"))
        }
        _ => SendError::Misconfigured(format!(
            "Twilio answered {status} with code {code}: look it up at Twilio"
        )),
    }
}

/// Text inside XML.
fn escaped(text: &str) -> String {
    text.replace('&', "&amp;").replace('<', "&lt;").replace('>', "&gt;").replace('"', "&quot;")
}
