//! The layers around the pages: what a browser may do with them, how large and slow a request may be, and from where a
//! form may come.

use crate::errors::pages_for_errors;
use crate::{BadPublicUrl, Web};
use axum::Router;
use axum::extract::{DefaultBodyLimit, MatchedPath, Request, State};
use axum::http::header::{
    CACHE_CONTROL, CONTENT_SECURITY_POLICY, COOKIE, HeaderName, REFERRER_POLICY, SET_COOKIE,
    STRICT_TRANSPORT_SECURITY, X_CONTENT_TYPE_OPTIONS, X_FRAME_OPTIONS,
};
use axum::http::{HeaderValue, StatusCode};
use axum::middleware::{self, Next};
use axum::response::{IntoResponse as _, Response};
use journeys::photo;
use std::time::{Duration, Instant};
use tower::ServiceBuilder;
use tower_http::catch_panic::CatchPanicLayer;
use tower_http::compression::CompressionLayer;
use tower_http::csrf::CsrfLayer;
use tower_http::limit::RequestBodyLimitLayer;
use tower_http::request_id::{MakeRequestId, PropagateRequestIdLayer, RequestId, SetRequestIdLayer};
use tower_http::sensitive_headers::SetSensitiveHeadersLayer;
use tower_http::timeout::TimeoutLayer;
use tower_http::trace::TraceLayer;

/// No form of ours is longer, but for a file in it.
pub(crate) const LARGEST_BODY: usize = 64 * 1_024;
/// Ten thousand cards, each with a label of sixty letters that take several bytes each, and what surrounds a file.
const LARGEST_FILE: usize = 3 * 1_024 * 1_024;
/// A photo, and the form around it.
const LARGEST_PHOTO: usize = photo::LARGEST_FILE + 1_024 * 1_024;
/// A page that takes longer says so.
const SLOWEST: Duration = Duration::from_secs(30);

/// The header with the reference number.
const REFERENCE: &str = "x-request-id";

/// Nothing but what we serve, and no script inside a page.
const POLICY: &str = "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self'; font-src 'self'; \
    connect-src 'self'; manifest-src 'self'; form-action 'self'; base-uri 'none'; \
    require-trusted-types-for 'script'; frame-ancestors ";

/// Marks a page whose form is answered with an address elsewhere: browsers ask the page whether its forms may lead there
/// (Content Security Policy 3, `form-action`). It is an origin, or a scheme with a colon.
#[derive(Debug, Clone)]
pub(crate) struct FormsLeadTo(String);

impl FormsLeadTo {
    /// The way to `address`; nothing where it is no address.
    pub(crate) fn new(address: &str) -> Option<Self> {
        let url = url::Url::parse(address).ok()?;
        let origin = url.origin();
        Some(Self(if origin.is_tuple() {
            origin.ascii_serialization()
        } else {
            format!("{}:", url.scheme())
        }))
    }
}

/// The authenticator keeps a service worker, and looks through the camera of the phone.
const APP_POLICY: &str = "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self'; connect-src 'self'; \
    manifest-src 'self'; media-src 'self' blob:; worker-src 'self'; form-action 'none'; base-uri 'none'; \
    require-trusted-types-for 'script'; trusted-types authenticator; frame-ancestors ";

const PAGES_MAY: &str = "camera=(), geolocation=(), microphone=(), payment=(), usb=()";
const APP_MAY: &str = "camera=(self), geolocation=(), microphone=(), payment=(), usb=()";

/// Marks an answer as a file of the authenticator, for which other headers hold.
#[derive(Debug, Clone, Copy)]
pub(crate) struct OfTheApp;

/// What holds for pages: they are private, and forms come from here.
pub(crate) fn pages(router: Router<Web>, web: &Web) -> Result<Router<Web>, BadPublicUrl> {
    pages_up_to(router, web, LARGEST_BODY)
}

/// The same for pages to which a file is sent, of at most [`LARGEST_FILE`] bytes.
pub(crate) fn uploads(router: Router<Web>, web: &Web) -> Result<Router<Web>, BadPublicUrl> {
    pages_up_to(router.layer(DefaultBodyLimit::max(LARGEST_FILE)), web, LARGEST_FILE)
}

/// The same for pages to which a photo is sent, of at most [`LARGEST_PHOTO`] bytes.
pub(crate) fn photos(router: Router<Web>, web: &Web) -> Result<Router<Web>, BadPublicUrl> {
    pages_up_to(router.layer(DefaultBodyLimit::max(LARGEST_PHOTO)), web, LARGEST_PHOTO)
}

fn pages_up_to(router: Router<Web>, web: &Web, largest: usize) -> Result<Router<Web>, BadPublicUrl> {
    let origin = web.settings.public_url.origin().ascii_serialization();
    let forms = CsrfLayer::new().add_trusted_origin(origin).map_err(|_| BadPublicUrl)?;
    Ok(router.layer(
        ServiceBuilder::new()
            .layer(middleware::from_fn(private))
            .layer(middleware::from_fn_with_state(web.clone(), pages_for_errors))
            .layer(CatchPanicLayer::custom(|_| {
                tracing::error!(alarm = true, "a handler panicked");
                StatusCode::INTERNAL_SERVER_ERROR.into_response()
            }))
            .layer(TimeoutLayer::with_status_code(StatusCode::SERVICE_UNAVAILABLE, SLOWEST))
            .layer(RequestBodyLimitLayer::new(largest))
            .layer(forms),
    ))
}

/// What holds for everything that is served.
pub(crate) fn everything(router: Router<Web>, web: &Web) -> Router<Web> {
    let reference = HeaderName::from_static(REFERENCE);
    router.layer(
        ServiceBuilder::new()
            .layer(SetSensitiveHeadersLayer::new([COOKIE, SET_COOKIE]))
            .layer(middleware::from_fn(without_their_reference))
            .layer(SetRequestIdLayer::new(reference.clone(), NewReference(web.clone())))
            .layer(PropagateRequestIdLayer::new(reference))
            .layer(TraceLayer::new_for_http().make_span_with(span))
            .layer(middleware::from_fn(measure))
            .layer(middleware::from_fn_with_state(web.clone(), headers))
            .layer(CompressionLayer::new()),
    )
}

/// A number that a visitor sends would otherwise be taken for ours, on the page and in the log.
async fn without_their_reference(mut request: Request, next: Next) -> Response {
    request.headers_mut().remove(REFERENCE);
    next.run(request).await
}

/// A reference number of our own: one that a visitor sends is not taken over.
#[derive(Clone)]
struct NewReference(Web);

impl MakeRequestId for NewReference {
    fn make_request_id<B>(&mut self, _: &axum::http::Request<B>) -> Option<RequestId> {
        let id = vault::new_id(self.0.clock.now(), self.0.random.as_ref());
        HeaderValue::from_str(&id.to_string()).ok().map(RequestId::new)
    }
}

/// Ids and routes, never what was asked for or typed.
fn span<B>(request: &axum::http::Request<B>) -> tracing::Span {
    let reference = request
        .extensions()
        .get::<RequestId>()
        .and_then(|id| id.header_value().to_str().ok())
        .unwrap_or("none");
    tracing::info_span!("request", reference, method = %request.method(), route = route(request.extensions()))
}

fn route(extensions: &axum::http::Extensions) -> String {
    extensions.get::<MatchedPath>().map_or("none", MatchedPath::as_str).to_owned()
}

async fn measure(request: Request, next: Next) -> Response {
    let route = route(request.extensions());
    let method = request.method().to_string();
    let began = Instant::now();
    let response = next.run(request).await;
    let status = response.status().as_str().to_owned();
    let labels = [("route", route), ("method", method), ("status", status)];
    metrics::histogram!("fobwatch_request_seconds", &labels).record(began.elapsed().as_secs_f64());
    response
}

async fn private(request: Request, next: Next) -> Response {
    let mut response = next.run(request).await;
    response.headers_mut().insert(CACHE_CONTROL, HeaderValue::from_static("no-store"));
    response
}

async fn headers(State(web): State<Web>, request: Request, next: Next) -> Response {
    let mut response = next.run(request).await;
    // In the demonstration the pages stand in a frame beside the phone, on this same host.
    let (ancestors, frame) =
        if web.options().demonstration { ("'self'", "SAMEORIGIN") } else { ("'none'", "DENY") };
    let is_app = response.extensions().get::<OfTheApp>().is_some();
    let policy = if is_app { APP_POLICY.to_owned() } else { POLICY.to_owned() };
    let policy = match response.extensions().get::<FormsLeadTo>() {
        Some(FormsLeadTo(there)) => {
            policy.replace("form-action 'self'", &format!("form-action 'self' {there}"))
        }
        None => policy,
    };
    let headers = response.headers_mut();
    if !headers.contains_key(CONTENT_SECURITY_POLICY)
        && let Ok(policy) = HeaderValue::from_str(&format!("{policy}{ancestors}"))
    {
        headers.insert(CONTENT_SECURITY_POLICY, policy);
    }
    headers.insert(X_FRAME_OPTIONS, HeaderValue::from_static(frame));
    headers.insert(X_CONTENT_TYPE_OPTIONS, HeaderValue::from_static("nosniff"));
    headers.insert(REFERRER_POLICY, HeaderValue::from_static("same-origin"));
    headers.insert("cross-origin-opener-policy", HeaderValue::from_static("same-origin"));
    headers.insert("cross-origin-resource-policy", HeaderValue::from_static("same-origin"));
    headers.insert("permissions-policy", HeaderValue::from_static(if is_app { APP_MAY } else { PAGES_MAY }));
    if web.settings.public_url.scheme() == "https" {
        headers.insert(
            STRICT_TRANSPORT_SECURITY,
            HeaderValue::from_static("max-age=63072000; includeSubDomains"),
        );
    }
    response
}
