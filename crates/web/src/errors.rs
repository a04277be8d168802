//! What went wrong, as a page in plain words with a reference number. The cause is in the log, never on the page.

use crate::render::{explain, see_other};
use crate::{Web, urls};
use axum::extract::{Request, State};
use axum::http::{HeaderValue, Method, StatusCode, header};
use axum::middleware::Next;
use axum::response::{IntoResponse, Response};
use journeys::Refusal;
use journeys::passport::PassportRefusal;
use journeys::smartcard::ra::RaRefusal;
use pages::{ErrorPage, FieldErrors, Link, NoQrCode, Refused, RenderError};
use store::StoreError;
use store::organisation::Organisation;
use tower_http::request_id::RequestId;

/// Why a handler has no page of its own to answer. The outermost layer makes the page: it knows the reference number.
#[derive(Debug, Clone)]
pub(crate) enum Trouble {
    /// A journey refused, for a reason that the person can do something about.
    Refused(Box<RefusedPage>),
    /// Anything else, by its status.
    Status(StatusCode),
    /// A QR code could not be made, by a fault of ours: the page says so, and sends the form again.
    NoQrCode(StatusCode, Box<Again>),
    /// Another page comes first.
    Elsewhere(String),
    /// Another page comes first, from which the person goes on to the one that they asked for.
    First(&'static str),
}

/// A form that is sent again.
#[derive(Debug, Clone)]
pub(crate) struct Again {
    /// Where it goes.
    pub action: String,
    /// What it sends, by name.
    pub fields: Vec<(String, String)>,
    /// The page before.
    pub back: &'static str,
}

impl Again {
    /// One that sends nothing.
    pub(crate) fn at(action: impl Into<String>, back: &'static str) -> Self {
        Self { action: action.into(), fields: Vec::new(), back }
    }
}

#[derive(Debug, Clone)]
pub(crate) struct RefusedPage {
    refusal: std::sync::Arc<Refusal>,
    organisation: Option<Organisation>,
}

impl Trouble {
    /// Whether the session of this browser is over.
    pub(crate) fn is_not_signed_in(&self) -> bool {
        matches!(self, Self::Refused(page) if matches!(*page.refusal, Refusal::NotSignedIn))
    }

    /// The same where what failed by a fault of ours was to make a QR code.
    pub(crate) fn without_qr_code(self, again: Again) -> Self {
        match self {
            Self::Status(status) if status.is_server_error() => Self::NoQrCode(status, Box::new(again)),
            other => other,
        }
    }

    pub(crate) fn refused(refusal: Refusal, organisation: Option<&Organisation>) -> Self {
        match refusal {
            Refusal::Store(StoreError::Unavailable(cause)) => {
                tracing::error!(%cause, "the database is not available");
                Self::Status(StatusCode::SERVICE_UNAVAILABLE)
            }
            Refusal::Busy => Self::Status(StatusCode::SERVICE_UNAVAILABLE),
            Refusal::Store(_) | Refusal::Fault(_) => {
                tracing::error!(error = %refusal, code = refusal.code(), "a journey failed");
                Self::Status(StatusCode::INTERNAL_SERVER_ERROR)
            }
            // Whoever has no role, and whoever asks for another organisation's people, learns nothing.
            Refusal::NoSuchOrganisation | Refusal::NotFound => Self::Status(StatusCode::NOT_FOUND),
            refusal => Self::Refused(Box::new(RefusedPage {
                refusal: std::sync::Arc::new(refusal),
                organisation: organisation.cloned(),
            })),
        }
    }
}

impl From<Refusal> for Trouble {
    fn from(refusal: Refusal) -> Self {
        Self::refused(refusal, None)
    }
}

impl From<RenderError> for Trouble {
    fn from(error: RenderError) -> Self {
        tracing::error!(template = error.template, cause = %error.source, "a page cannot be rendered");
        Self::Status(StatusCode::INTERNAL_SERVER_ERROR)
    }
}

impl IntoResponse for Trouble {
    fn into_response(self) -> Response {
        let mut response = match &self {
            Self::Refused(page) => status_of(&page.refusal).into_response(),
            Self::Status(status) | Self::NoQrCode(status, _) => status.into_response(),
            Self::Elsewhere(url) => return see_other(url),
            Self::First(url) => see_other(url),
        };
        response.extensions_mut().insert(self);
        response
    }
}

fn status_of(refusal: &Refusal) -> StatusCode {
    match refusal {
        Refusal::MethodGone => StatusCode::NOT_FOUND,
        Refusal::Smartcard(refusal) => crate::smartcard::status_of(*refusal),
        Refusal::RegistrationOver
        | Refusal::SignInOver
        | Refusal::SetUpOver
        | Refusal::ResetOver
        | Refusal::CardJobOver
        | Refusal::Passport(PassportRefusal::WalletRequestOver) => StatusCode::GONE,
        Refusal::NotSignedIn | Refusal::CardSignIn(_) | Refusal::Presentation(_) => StatusCode::UNAUTHORIZED,
        Refusal::NetworkBusy
        | Refusal::ResetsBusy
        | Refusal::ResetClosed
        | Refusal::TooManyCodes
        | Refusal::NoTextsNow
        | Refusal::ApprovalsPaused
        | Refusal::CodeTooSoon { .. }
        | Refusal::CallTooSoon { .. }
        | Refusal::TooManyCalls
        | Refusal::TooManyLookups
        | Refusal::TooManyCardJobs
        | Refusal::Passport(PassportRefusal::TooManyOffers)
        | Refusal::SignInPaused { .. } => StatusCode::TOO_MANY_REQUESTS,
        Refusal::Passport(PassportRefusal::WalletServiceAway) => StatusCode::SERVICE_UNAVAILABLE,
        Refusal::Passport(PassportRefusal::WalletServiceRefuses) => StatusCode::BAD_GATEWAY,
        Refusal::SentToOrganisation
        | Refusal::NoLongerOnRoster
        | Refusal::AccountDisabled
        | Refusal::RoleMissing
        | Refusal::OwnAccount
        | Refusal::RoleHolder
        | Refusal::CallerNotChecked { .. }
        | Refusal::OwnProposal
        | Refusal::ProofNeeded
        | Refusal::Ra(
            RaRefusal::OwnCard
            | RaRefusal::ManagerOnly
            | RaRefusal::IdentityNotChecked { .. }
            | RaRefusal::OwnRequest,
        ) => StatusCode::FORBIDDEN,
        Refusal::AccountExists
        | Refusal::Ra(RaRefusal::RequestOver | RaRefusal::CardNotSo)
        | Refusal::WrongStep
        | Refusal::NotApproved
        | Refusal::LastAdministrator
        | Refusal::NumberNotStarted
        | Refusal::RuleChanged
        | Refusal::CardBusy
        | Refusal::Passport(
            PassportRefusal::NotToAdd | PassportRefusal::NotInWallet | PassportRefusal::NotWaiting,
        )
        | Refusal::ProposalOver => StatusCode::CONFLICT,
        _ => StatusCode::UNPROCESSABLE_ENTITY,
    }
}

pub(crate) async fn not_found() -> Trouble {
    Trouble::Status(StatusCode::NOT_FOUND)
}

pub(crate) async fn method_not_allowed() -> Trouble {
    Trouble::Status(StatusCode::METHOD_NOT_ALLOWED)
}

/// Gives every error a page: ours, those of extractors and layers, and panics.
pub(crate) async fn pages_for_errors(State(web): State<Web>, request: Request, next: Next) -> Response {
    let reference = request
        .extensions()
        .get::<RequestId>()
        .and_then(|id| id.header_value().to_str().ok())
        .unwrap_or("none")
        .to_owned();
    let head = request.method() == Method::HEAD;
    let response = next.run(request).await;
    let is_page = response
        .headers()
        .get(header::CONTENT_TYPE)
        .is_some_and(|kind| kind.as_bytes().starts_with(b"text/html"));
    let status = response.status();
    if is_page || head || !(status.is_client_error() || status.is_server_error()) {
        return response;
    }
    let html = match response.extensions().get::<Trouble>() {
        Some(Trouble::Refused(page)) => refused_page(&web, page),
        Some(Trouble::NoQrCode(_, again)) => {
            let Again { action, fields, back } = again.as_ref().clone();
            let page = NoQrCode { action, fields, reference, back: Some(back.into()) };
            pages::render(&web.shell(), &page, &FieldErrors::none())
        }
        _ => {
            let retry_after = response
                .headers()
                .get(header::RETRY_AFTER)
                .and_then(|value| value.to_str().ok()?.parse().ok());
            let page = ErrorPage {
                status: status.as_u16(),
                reference,
                retry_after,
                next: Some(Link::new(web.word("link-start", &[]), "/")),
            };
            pages::render(&web.shell(), &page, &FieldErrors::none())
        }
    };
    let (mut parts, _) = response.into_parts();
    parts.headers.remove(header::CONTENT_LENGTH);
    parts.headers.insert(header::CONTENT_TYPE, HeaderValue::from_static("text/html; charset=utf-8"));
    Response::from_parts(parts, html.unwrap_or_default().into())
}

fn refused_page(web: &Web, page: &RefusedPage) -> Result<String, RenderError> {
    let RefusedPage { refusal, organisation } = page;
    let text = explain(web, organisation.as_ref(), refusal);
    let next = match **refusal {
        Refusal::RegistrationOver => Some(("link-start-again", urls::JOIN.into())),
        Refusal::ResetOver => Some(("link-start-again", urls::RESET.into())),
        Refusal::WrongStep => Some(("link-continue", urls::JOIN_RESUME.into())),
        Refusal::AccountExists | Refusal::SignInOver | Refusal::NotSignedIn => {
            Some(("link-sign-in", urls::SIGN_IN.into()))
        }
        Refusal::SetUpOver | Refusal::MethodGone => Some(("link-security-info", urls::SECURITY_INFO.into())),
        Refusal::Passport(PassportRefusal::NoMobile) => {
            Some(("link-security-info", urls::SECURITY_INFO.into()))
        }
        Refusal::Passport(_) => Some(("link-passport", urls::PASSPORT.into())),
        Refusal::CallerNotChecked { account } => {
            Some(("link-caller", urls::console_caller(&account.to_string())))
        }
        Refusal::Ra(RaRefusal::IdentityNotChecked { account }) => {
            Some(("link-identity", urls::console_cards_identity(&account.to_string(), "")))
        }
        _ => None,
    };
    let shell = organisation.as_ref().map_or_else(|| web.shell(), |organisation| web.shell_of(organisation));
    let page = Refused {
        code: refusal.code().to_owned(),
        title: text.title,
        text: text.text,
        next: next.map(|(key, href)| Link::new(web.word(key, &[]), href)),
        show_contact: matches!(
            **refusal,
            Refusal::SentToOrganisation
                | Refusal::NoLongerOnRoster
                | Refusal::AccountExists
                | Refusal::AccountDisabled
                | Refusal::ResetClosed
        ),
    };
    pages::render(&shell, &page, &FieldErrors::none())
}
