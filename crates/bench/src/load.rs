//! Requests over connections that stay open, as a browser's do.

use crate::people::{NEW_PASSWORD, PASSWORD, Person, now};
use anyhow::{Context as _, Result, ensure};
use http_body_util::{BodyExt as _, Full};
use hyper::Request;
use hyper::body::Bytes;
use hyper::client::conn::http1::{SendRequest, handshake};
use hyper::header::{AUTHORIZATION, CONTENT_TYPE, COOKIE, HOST, LOCATION, SET_COOKIE};
use hyper_util::rt::TokioIo;
use std::net::{Ipv4Addr, SocketAddr};
use std::time::{Duration, Instant};
use tokio::io::{AsyncRead, AsyncWrite};
use tokio::net::TcpSocket;
use tokio::task::JoinSet;

/// Connections that ask for pages at once.
const VISITORS: usize = 8;

/// An open connection.
pub struct Connection {
    sender: SendRequest<Full<Bytes>>,
    host: String,
}

/// What the service answered.
pub struct Answer {
    /// The status.
    pub status: u16,
    /// The cookies that it set, as a browser sends them back.
    pub cookies: Vec<String>,
    /// Where it leads.
    pub location: Option<String>,
    /// The page.
    pub body: Bytes,
}

impl Connection {
    /// Connects.
    pub async fn open(address: SocketAddr) -> Result<Self> {
        Self::open_from(Ipv4Addr::LOCALHOST, address).await
    }

    /// Connects from an address of this machine's own loopback network, which are many: as many people come from many
    /// networks, and those have limits.
    pub async fn open_from(source: Ipv4Addr, address: SocketAddr) -> Result<Self> {
        let socket = TcpSocket::new_v4()?;
        socket.bind(SocketAddr::from((source, 0)))?;
        let stream = socket.connect(address).await?;
        stream.set_nodelay(true)?;
        Self::over(stream, address.to_string()).await
    }

    /// Takes over a stream that is connected to `host`.
    pub async fn over(
        stream: impl AsyncRead + AsyncWrite + Unpin + Send + 'static,
        host: String,
    ) -> Result<Self> {
        let (sender, connection) = handshake(TokioIo::new(stream)).await?;
        tokio::spawn(connection);
        Ok(Self { sender, host })
    }

    /// Asks for a page.
    pub async fn get(&mut self, path: &str, cookie: &str) -> Result<Answer> {
        self.send(Request::get(path), cookie, String::new()).await
    }

    /// Sends a form.
    pub async fn post(&mut self, path: &str, cookie: &str, form: String) -> Result<Answer> {
        let request = Request::post(path).header(CONTENT_TYPE, "application/x-www-form-urlencoded");
        self.send(request, cookie, form).await
    }

    /// Sends JSON, in the name of whoever has the token; answers the status and what came back.
    pub async fn post_json(&mut self, path: &str, token: Option<&str>, body: String) -> Result<(u16, Bytes)> {
        let mut request =
            Request::post(path).header(CONTENT_TYPE, "application/json").header(HOST, &self.host);
        if let Some(token) = token {
            request = request.header(AUTHORIZATION, format!("Bearer {token}"));
        }
        self.sender.ready().await?;
        let response = self.sender.send_request(request.body(Full::new(Bytes::from(body)))?).await?;
        let status = response.status().as_u16();
        Ok((status, response.into_body().collect().await?.to_bytes()))
    }

    async fn send(
        &mut self,
        request: hyper::http::request::Builder,
        cookie: &str,
        body: String,
    ) -> Result<Answer> {
        let request =
            request.header(HOST, &self.host).header(COOKIE, cookie).body(Full::new(Bytes::from(body)))?;
        self.sender.ready().await?;
        let response = self.sender.send_request(request).await?;
        let status = response.status().as_u16();
        let cookies = response
            .headers()
            .get_all(SET_COOKIE)
            .iter()
            .filter_map(|cookie| cookie.to_str().ok()?.split(';').next().map(str::to_owned))
            .collect();
        let location = response.headers().get(LOCATION).and_then(|at| at.to_str().ok()).map(str::to_owned);
        let body = response.into_body().collect().await?.to_bytes();
        Ok(Answer { status, cookies, location, body })
    }
}

/// How often a page is served in a second, asked for again and again on several connections.
pub async fn pages_per_second(address: SocketAddr, path: &str, cookie: &str, time: Duration) -> Result<f64> {
    let began = Instant::now();
    let mut visitors = JoinSet::new();
    for _ in 0..VISITORS {
        let (path, cookie) = (path.to_owned(), cookie.to_owned());
        visitors.spawn(async move {
            let mut connection = Connection::open(address).await?;
            let mut count = 0_u32;
            while began.elapsed() < time {
                let answer = connection.get(&path, &cookie).await?;
                ensure!(answer.status == 200, "{path} answers {}", answer.status);
                count += 1;
            }
            anyhow::Ok(count)
        });
    }
    let mut count = 0;
    while let Some(visitor) = visitors.join_next().await {
        count += visitor??;
    }
    Ok(f64::from(count) / began.elapsed().as_secs_f64())
}

/// Signs a person in with password and authenticator app; answers the session's cookie.
pub async fn sign_in(connection: &mut Connection, person: &Person) -> Result<String> {
    let form =
        format!("user_name={}&password={}", person.email.replace('@', "%40"), PASSWORD.replace(' ', "+"));
    let answer = connection.post("/sign-in", "", form).await?;
    ensure!(answer.status == 303, "the password is answered with {}", answer.status);
    let cookie = answer.cookies.join("; ");
    let answer = connection.post("/sign-in/code", &cookie, format!("code={}", person.code(now()))).await?;
    ensure!(answer.status == 303, "the code is answered with {}", answer.status);
    session(answer)
}

/// The cookie of the session that begins with this answer.
pub fn session(answer: Answer) -> Result<String> {
    answer
        .cookies
        .into_iter()
        .find(|cookie| cookie.contains("session=") && !cookie.ends_with('='))
        .context("no session begins")
}

/// Resets a person's forgotten password by their authenticator app, from the first page to the last.
pub async fn reset(connection: &mut Connection, person: &Person) -> Result<()> {
    let form = format!("purpose=password&user_name={}", person.email.replace('@', "%40"));
    let cookie = led_on(connection.post("/reset/user-name", "", form).await?)?;
    let ways = connection.get("/reset/methods", &cookie).await?;
    let page = std::str::from_utf8(&ways.body)?;
    let way = page
        .split("name=\"method\"")
        .nth(1)
        .and_then(|radio| radio.split("value=\"").nth(1)?.split('"').next())
        .context("no way to reset is offered")?;
    ensure_led_on(&connection.post("/reset/methods", &cookie, format!("method={way}")).await?)?;
    let code = format!("code={}", person.code(now()));
    let cookie = led_on(connection.post("/reset/code", &cookie, code).await?)?;
    let password = format!("password={}", NEW_PASSWORD.replace(' ', "+"));
    ensure_led_on(&connection.post("/reset/password", &cookie, password).await?)
}

fn ensure_led_on(answer: &Answer) -> Result<()> {
    ensure!(answer.status == 303, "a step of a reset is answered with {}", answer.status);
    Ok(())
}

/// The cookie of the reset, as it is after this step.
fn led_on(answer: Answer) -> Result<String> {
    ensure_led_on(&answer)?;
    answer.cookies.into_iter().find(|cookie| cookie.contains("reset=")).context("no reset is under way")
}
