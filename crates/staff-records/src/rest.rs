//! Pages of JSON over HTTPS: `GET ADDRESS` with a bearer token is answered with
//! `{"people": [{"person": "…", "credentials": [{…}]}], "next": "…"}`, and `next` is the address of the page after it, or missing.

pub mod outside;

use std::collections::HashSet;
use std::fmt;
use std::time::Duration;

use async_trait::async_trait;
use reqwest::header::{ACCEPT, AUTHORIZATION, HeaderValue};
use reqwest::{Client, StatusCode, redirect};
use serde_json::Value;
use url::{Host, Url};
use zeroize::Zeroizing;

use crate::{
    AddressProblem, Glimpse, MOST_OF_ONE_PERSON, MOST_RECORDS, Person, Place, Reading, Record, Said,
    SourceProblem, StaffRecords, Told, Wrong, WrongRecord,
};

/// How long a page may take.
const PATIENCE: Duration = Duration::from_mins(1);
/// No page is longer, in bytes.
pub(crate) const LARGEST_PAGE: usize = 8 << 20;
/// At most so many pages.
pub(crate) const MOST_PAGES: u32 = 20_000;

/// A source that is asked over HTTPS.
#[derive(Clone)]
pub struct Rest {
    client: Client,
    address: Url,
    authorization: HeaderValue,
}

impl fmt::Debug for Rest {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        out.debug_struct("Rest").field("host", &self.address.host_str()).finish_non_exhaustive()
    }
}

impl Rest {
    /// The source at `address`, which knows us by `token`.
    ///
    /// # Errors
    /// [`AddressProblem`].
    pub fn new(address: &Url, token: &str) -> Result<Self, AddressProblem> {
        let local = is_this_machine(address);
        if address.scheme() != "https" && !(address.scheme() == "http" && local) {
            return Err(AddressProblem::Unencrypted);
        }
        if !address.username().is_empty() || address.password().is_some() || address.fragment().is_some() {
            return Err(AddressProblem::Secret);
        }
        let token = token.trim();
        if token.is_empty() || token.contains(char::is_whitespace) {
            return Err(AddressProblem::Token);
        }
        let bearer = Zeroizing::new(format!("Bearer {token}"));
        let mut authorization = HeaderValue::from_str(&bearer).map_err(|_| AddressProblem::Token)?;
        authorization.set_sensitive(true);
        // A redirect would carry the token elsewhere.
        let mut builder = Client::builder()
            .connect_timeout(Duration::from_secs(5))
            .timeout(PATIENCE)
            .redirect(redirect::Policy::none())
            .user_agent(concat!("fobwatch/", env!("CARGO_PKG_VERSION")));
        if local {
            builder = builder.no_proxy();
        }
        let client = builder.build().map_err(|_| AddressProblem::NoTls)?;
        Ok(Self { client, address: address.clone(), authorization })
    }

    fn reading(&self) -> RestReading {
        let (next, seen) = (Some(self.address.clone()), HashSet::from([self.address.clone()]));
        RestReading { source: self.clone(), next, seen, page: 0, records: 0 }
    }

    async fn page(&self, address: Url, page: u32) -> Result<Value, SourceProblem> {
        let request = self
            .client
            .get(address)
            .header(AUTHORIZATION, self.authorization.clone())
            .header(ACCEPT, "application/json");
        let mut answer = request.send().await.map_err(|error| failure(&error))?;
        match answer.status() {
            StatusCode::OK => {}
            status @ (StatusCode::UNAUTHORIZED | StatusCode::FORBIDDEN) => {
                return Err(SourceProblem::NotWelcome(status.as_u16()));
            }
            status if status.is_redirection() => return Err(SourceProblem::Elsewhere(status.as_u16())),
            status => return Err(SourceProblem::Status(status.as_u16())),
        }
        let mut body = Vec::new();
        while let Some(piece) = answer.chunk().await.map_err(|error| failure(&error))? {
            if body.len() + piece.len() > LARGEST_PAGE {
                return Err(SourceProblem::LargePage { page });
            }
            body.extend_from_slice(&piece);
        }
        serde_json::from_slice(&body).map_err(|_| SourceProblem::NotAPage(page))
    }
}

#[async_trait]
impl StaffRecords for Rest {
    async fn open(&self) -> Result<Box<dyn Reading>, SourceProblem> {
        Ok(Box::new(self.reading()))
    }

    async fn check(&self) -> Result<Glimpse, SourceProblem> {
        let mut reading = self.reading();
        let told = reading.next().await?.unwrap_or_default();
        let people = told.iter().filter(|each| matches!(each, Told::Person(_))).count();
        Ok(Glimpse { people, records: reading.records, all: reading.next.is_none() })
    }
}

/// The error's own text holds the address that was asked, so it is not used.
fn failure(error: &reqwest::Error) -> SourceProblem {
    if error.is_timeout() {
        SourceProblem::TooSlow
    } else if error.is_connect() {
        SourceProblem::Unreachable
    } else {
        SourceProblem::BrokeOff
    }
}

fn is_this_machine(url: &Url) -> bool {
    match url.host() {
        Some(Host::Domain(name)) => name.eq_ignore_ascii_case("localhost"),
        Some(Host::Ipv4(address)) => address.is_loopback(),
        Some(Host::Ipv6(address)) => address.is_loopback(),
        None => false,
    }
}

struct RestReading {
    source: Rest,
    next: Option<Url>,
    seen: HashSet<Url>,
    page: u32,
    records: usize,
}

#[async_trait]
impl Reading for RestReading {
    async fn next(&mut self) -> Result<Option<Vec<Told>>, SourceProblem> {
        let Some(address) = self.next.take() else { return Ok(None) };
        self.page += 1;
        if self.page > MOST_PAGES {
            return Err(SourceProblem::TooManyPages);
        }
        let body = self.source.page(address.clone(), self.page).await?;
        self.take(&address, body).map(Some)
    }
}

impl RestReading {
    /// What stands in the page at `address`.
    fn take(&mut self, address: &Url, body: Value) -> Result<Vec<Told>, SourceProblem> {
        let page = self.page;
        let Value::Object(mut body) = body else { return Err(SourceProblem::NotAPage(page)) };
        let Some(Value::Array(people)) = body.remove("people") else {
            return Err(SourceProblem::NotAPage(page));
        };
        self.next = match body.remove("next") {
            None | Some(Value::Null) => None,
            Some(Value::String(next)) => Some(self.following(address, &next)?),
            Some(_) => return Err(SourceProblem::NotAPage(page)),
        };
        let mut told = Vec::with_capacity(people.len());
        for (number, each) in people.into_iter().enumerate() {
            self.person(each, format!("/people/{number}"), &mut told)?;
        }
        Ok(told)
    }

    /// The token goes to nobody but the host that it is for.
    fn following(&mut self, from: &Url, next: &str) -> Result<Url, SourceProblem> {
        let page = self.page;
        let next = from.join(next).map_err(|_| SourceProblem::NotAPage(page))?;
        let plain = next.username().is_empty() && next.password().is_none();
        if next.origin() != self.source.address.origin() || !plain {
            return Err(SourceProblem::NextElsewhere(page));
        }
        if self.seen.insert(next.clone()) { Ok(next) } else { Err(SourceProblem::Circle(page)) }
    }

    fn counted(&mut self) -> Result<(), SourceProblem> {
        self.records += 1;
        if self.records > MOST_RECORDS { Err(SourceProblem::TooManyRecords) } else { Ok(()) }
    }

    fn person(&mut self, each: Value, pointer: String, told: &mut Vec<Told>) -> Result<(), SourceProblem> {
        let page = self.page;
        let at = |pointer: String| Place::Page { page, pointer };
        let wrong = |pointer, what| Told::Wrong(WrongRecord { place: at(pointer), what });
        let Value::Object(mut each) = each else {
            self.counted()?;
            told.push(wrong(pointer, Wrong::NotAPerson));
            return Ok(());
        };
        let name = each.remove("person").and_then(|name| Some(name.as_str()?.trim().to_owned()));
        let Some(name) = name.filter(|name| !name.is_empty()) else {
            self.counted()?;
            told.push(wrong(format!("{pointer}/person"), Wrong::Nobody));
            return Ok(());
        };
        let Some(Value::Array(credentials)) = each.remove("credentials") else {
            self.counted()?;
            told.push(wrong(format!("{pointer}/credentials"), Wrong::NoList));
            return Ok(());
        };
        let mut person =
            Person { name, records: Vec::with_capacity(credentials.len().min(MOST_OF_ONE_PERSON)) };
        for (number, said) in credentials.into_iter().enumerate() {
            self.counted()?;
            let pointer = format!("{pointer}/credentials/{number}");
            if number < MOST_OF_ONE_PERSON {
                person.records.push(Record { place: at(pointer), said: Said::Json(said) });
            } else {
                told.push(wrong(pointer, Wrong::TooMany));
            }
        }
        told.push(Told::Person(person));
        Ok(())
    }
}

#[cfg(test)]
mod tests;
