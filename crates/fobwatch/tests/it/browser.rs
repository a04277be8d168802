//! A browser: it keeps cookies, follows redirects, and sends the forms that it finds on the page.

use crate::page::{Form, Page, Press};
use axum::Router;
use axum::body::{Body, to_bytes};
use axum::extract::ConnectInfo;
use axum::http::{HeaderMap, Method, Request, StatusCode, header};
use std::collections::BTreeMap;
use std::net::SocketAddr;
use tower::ServiceExt as _;
use url::form_urlencoded::Serializer;

/// How the browser reaches the service.
#[derive(Debug, Clone)]
pub enum Line {
    /// The pages in this process, from an address on the network.
    Here { pages: Router, from: SocketAddr },
    /// A service in another process.
    There { client: reqwest::Client, base: String },
}

/// The service did not answer: it was killed.
#[derive(Debug)]
pub struct Gone;

#[derive(Debug, Clone)]
pub struct Browser {
    line: Line,
    /// Where people reach the service, as they type it.
    origin: String,
    pub cookies: BTreeMap<String, String>,
    /// Every cookie that was ever set, with its attributes.
    pub set_cookies: Vec<String>,
    pub page: Page,
    typed: BTreeMap<String, String>,
}

impl Browser {
    pub fn new(line: Line, origin: &str) -> Self {
        Self {
            line,
            origin: origin.to_owned(),
            cookies: BTreeMap::new(),
            set_cookies: Vec::new(),
            page: Page::default(),
            typed: BTreeMap::new(),
        }
    }

    /// The same visitor reaches another node.
    pub fn is_led_to(&mut self, line: Line) {
        self.line = line;
    }

    /// Another tab of the same browser on the same page. What it sets later the first one does not see.
    pub fn opens_a_tab(&self) -> Self {
        self.clone()
    }

    pub async fn opens(&mut self, path: &str) -> &mut Self {
        self.tries_to_open(path).await.expect("the service answers");
        self
    }

    pub async fn tries_to_open(&mut self, path: &str) -> Result<(), Gone> {
        self.typed.clear();
        self.goes(Method::GET, path.to_owned(), None).await
    }

    /// Loads the page again with a GET, as after the address was entered once more.
    pub async fn reloads(&mut self) -> &mut Self {
        let url = self.page.url.clone();
        self.opens(&url).await
    }

    /// Types into the field with this label.
    pub fn fills(&mut self, label: &str, text: &str) -> &mut Self {
        let (name, choice) = self.page.field(label);
        assert!(choice.is_none(), "{label:?} is a choice, not a field");
        self.typed.insert(name, text.to_owned());
        self
    }

    /// Fills in the field, or chooses the radio, of this name, where several have the same words.
    pub fn fills_field(&mut self, name: &str, text: &str) -> &mut Self {
        self.typed.insert(name.to_owned(), text.to_owned());
        self
    }

    /// Chooses the radio with this label.
    pub fn chooses(&mut self, label: &str) -> &mut Self {
        let (name, choice) = self.page.field(label);
        let value = choice.unwrap_or_else(|| panic!("{label:?} is a field, not a choice"));
        self.typed.insert(name, value);
        self
    }

    /// Ticks the box of this name, where several have the same words.
    pub fn ticks(&mut self, name: &str) -> &mut Self {
        self.typed.insert(name.to_owned(), "yes".to_owned());
        self
    }

    /// Presses the button with these words: what was typed must belong to its form.
    pub async fn presses(&mut self, label: &str) -> &mut Self {
        self.tries_to_press(label).await.expect("the service answers");
        self
    }

    pub async fn tries_to_press(&mut self, label: &str) -> Result<(), Gone> {
        match self.page.button(label) {
            Press::Link(href) => self.tries_to_open(&href).await,
            Press::Form(form) => {
                let (method, url, body) = self.fill_in(&form);
                self.typed.clear();
                self.goes(method, url, body).await
            }
        }
    }

    /// Presses a button without waiting for the page: what is sent, to be sent again by [`Browser::posts`].
    pub fn would_send(&mut self, label: &str) -> (String, String) {
        match self.page.button(label) {
            Press::Form(form) if form.post => {
                let (_, url, body) = self.fill_in(&form);
                self.typed.clear();
                (url, body.unwrap_or_default())
            }
            other => panic!("{label:?} posts nothing: {other:?}"),
        }
    }

    /// Sends a form that was filled in before: a reload of a posted page.
    pub async fn posts(&mut self, (url, body): (String, String)) -> &mut Self {
        self.goes(Method::POST, url, Some(body)).await.expect("the service answers");
        self
    }

    pub async fn follows(&mut self, label: &str) -> &mut Self {
        let href = self.page.link(label);
        self.opens(&href).await
    }

    fn fill_in(&self, form: &Form) -> (Method, String, Option<String>) {
        let mut fields = Serializer::new(String::new());
        let mut left: Vec<&String> = self.typed.keys().collect();
        for input in &form.inputs {
            let typed = self.typed.get(&input.name);
            left.retain(|name| **name != input.name);
            match typed {
                Some(typed) if input.choice && *typed != input.value => {}
                None if input.choice && !input.chosen => {}
                Some(typed) if !input.choice => {
                    fields.append_pair(&input.name, typed);
                }
                _ => {
                    fields.append_pair(&input.name, &input.value);
                }
            }
        }
        assert!(left.is_empty(), "{left:?} are not in the form in {}", self.page.shown());
        let fields = fields.finish();
        if form.post {
            return (Method::POST, form.action.clone(), Some(fields));
        }
        // A form that is sent by GET replaces the query of its action.
        let path = form.action.split('?').next().unwrap_or_default();
        (Method::GET, format!("{path}?{fields}"), None)
    }

    /// One request, then the redirects that a browser would follow.
    async fn goes(&mut self, method: Method, url: String, body: Option<String>) -> Result<(), Gone> {
        let (mut method, mut url, mut body) = (method, url, body);
        for _ in 0..10 {
            let (status, headers, html) = self.sends(&method, &url, body.take(), &[]).await?;
            if status == StatusCode::SEE_OTHER {
                method = Method::GET;
                headers[header::LOCATION].to_str().unwrap().clone_into(&mut url);
                continue;
            }
            self.page = Page { url, status, headers, html };
            return Ok(());
        }
        panic!("{url} goes round in circles");
    }

    /// One request as a browser sends it, with `extra` headers in the place of its own.
    pub async fn sends(
        &mut self,
        method: &Method,
        url: &str,
        body: Option<String>,
        extra: &[(&str, &str)],
    ) -> Result<(StatusCode, HeaderMap, String), Gone> {
        self.sends_bytes(method, url, body.map(String::into_bytes), extra).await
    }

    /// A form with a file in it.
    pub async fn uploads(&mut self, url: &str, fields: &[(&str, &str)], file: &[u8]) -> &mut Self {
        let mut body = Vec::new();
        for (name, value) in fields {
            let part = format!("--XyZ\r\nContent-Disposition: form-data; name=\"{name}\"\r\n\r\n{value}\r\n");
            body.extend(part.into_bytes());
        }
        body.extend(b"--XyZ\r\nContent-Disposition: form-data; name=\"file\"; filename=\"a file\"\r\n\r\n");
        body.extend(file);
        body.extend(b"\r\n--XyZ--\r\n");
        let extra = [("content-type", "multipart/form-data; boundary=XyZ")];
        let (mut status, mut headers, mut html) =
            self.sends_bytes(&Method::POST, url, Some(body), &extra).await.unwrap();
        let mut shown = url.to_owned();
        if status == StatusCode::SEE_OTHER {
            headers[header::LOCATION].to_str().unwrap().clone_into(&mut shown);
            (status, headers, html) = self.sends(&Method::GET, &shown, None, &[]).await.unwrap();
        }
        self.page = Page { url: shown, status, headers, html };
        self
    }

    async fn sends_bytes(
        &mut self,
        method: &Method,
        url: &str,
        body: Option<Vec<u8>>,
        extra: &[(&str, &str)],
    ) -> Result<(StatusCode, HeaderMap, String), Gone> {
        assert!(url.starts_with('/'), "{url} leads away from here");
        let mut headers = vec![("host", self.origin.split("//").nth(1).unwrap().to_owned())];
        if *method == Method::POST {
            headers.push(("content-type", "application/x-www-form-urlencoded".to_owned()));
            headers.push(("origin", self.origin.clone()));
            headers.push(("sec-fetch-site", "same-origin".to_owned()));
        }
        if !self.cookies.is_empty() {
            let cookies: Vec<String> =
                self.cookies.iter().map(|(name, value)| format!("{name}={value}")).collect();
            headers.push(("cookie", cookies.join("; ")));
        }
        headers.retain(|(name, _)| !extra.iter().any(|(other, _)| other == name));
        headers.extend(
            extra
                .iter()
                .filter(|(_, value)| !value.is_empty())
                .map(|(name, value)| (*name, (*value).to_owned())),
        );
        let (status, headers, html) = match &self.line {
            Line::Here { pages, from } => here(pages.clone(), *from, method, url, headers, body).await,
            Line::There { client, base } => there(client, base, method, url, headers, body).await?,
        };
        self.keep_cookies(&headers);
        Ok((status, headers, html))
    }

    fn keep_cookies(&mut self, headers: &HeaderMap) {
        for set in headers.get_all(header::SET_COOKIE) {
            let set = set.to_str().unwrap();
            self.set_cookies.push(set.to_owned());
            let (name, rest) = set.split_once('=').unwrap();
            let value = rest.split(';').next().unwrap_or_default();
            if value.is_empty() || rest.contains("Max-Age=0") {
                self.cookies.remove(name);
            } else {
                self.cookies.insert(name.to_owned(), value.to_owned());
            }
        }
    }

    /// The page has this heading and nothing is wrong.
    #[track_caller]
    pub fn reads(&self, heading: &str) -> &Self {
        assert_eq!(self.page.heading(), heading, "{}", self.page.shown());
        assert!(self.page.status.is_success(), "{}", self.page.shown());
        self
    }

    /// The page says this somewhere.
    #[track_caller]
    pub fn says(&self, words: &str) -> &Self {
        assert!(self.page.text().contains(words), "{words:?} is not said in {}", self.page.shown());
        self
    }

    /// The form comes back with this in its error summary.
    #[track_caller]
    pub fn is_told(&self, words: &str) -> &Self {
        assert!(self.page.errors().contains(words), "{words:?} is no error in {}", self.page.shown());
        assert!(self.page.title().starts_with("Error: "), "{}", self.page.shown());
        assert!(self.page.status.is_client_error(), "{}", self.page.shown());
        self
    }

    /// A page of its own that says why it does not go on, with this code.
    #[track_caller]
    pub fn is_refused(&self, code: &str) -> &Self {
        assert!(self.page.status.is_client_error(), "{}", self.page.shown());
        self.says(&format!("give the code {code}"))
    }
}

async fn here(
    pages: Router,
    from: SocketAddr,
    method: &Method,
    url: &str,
    headers: Vec<(&str, String)>,
    body: Option<Vec<u8>>,
) -> (StatusCode, HeaderMap, String) {
    let mut request = Request::builder().method(method).uri(url);
    for (name, value) in headers {
        request = request.header(name, value);
    }
    let mut request = request.body(Body::from(body.unwrap_or_default())).unwrap();
    request.extensions_mut().insert(ConnectInfo(from));
    let response = pages.oneshot(request).await.unwrap();
    let (parts, body) = response.into_parts();
    let bytes = to_bytes(body, usize::MAX).await.unwrap();
    (parts.status, parts.headers, String::from_utf8_lossy(&bytes).into_owned())
}

async fn there(
    client: &reqwest::Client,
    base: &str,
    method: &Method,
    url: &str,
    headers: Vec<(&str, String)>,
    body: Option<Vec<u8>>,
) -> Result<(StatusCode, HeaderMap, String), Gone> {
    let mut request = client.request(method.clone(), format!("{base}{url}"));
    for (name, value) in headers {
        request = request.header(name, value);
    }
    let response = request.body(body.unwrap_or_default()).send().await.map_err(|_| Gone)?;
    let (status, headers) = (response.status(), response.headers().clone());
    let html = response.text().await.map_err(|_| Gone)?;
    Ok((status, headers, html))
}
