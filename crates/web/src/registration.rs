//! What the pages of a registration share, whichever step they are of.

use crate::cookies::Kind;
use crate::errors::Trouble;
use crate::render::{Answer, page, see_other};
use crate::{Web, urls};
use axum::response::{IntoResponse, Response};
use axum_extra::extract::CookieJar;
use journeys::join::{self, Joining, Journey, Start, Step};
use journeys::join_factor::MethodKind;
use journeys::{Network, Refusal};
use pages::{ChooseOrganisation, Link, Method};
use rules::roster::StaffGroup as Group;
use serde::Deserialize;
use store::organisation::Organisation;

/// Whether a code was just sent again.
#[derive(Deserialize, Default)]
#[serde(default)]
pub(crate) struct Sent {
    sent: String,
}

impl Sent {
    /// Appended to the address of a code page.
    pub(crate) const AGAIN: &str = "?sent=again";
    /// The same where no code could be sent just now.
    pub(crate) const NOT: &str = "?sent=not";

    pub(crate) fn again(&self) -> bool {
        self.sent == "again"
    }

    pub(crate) fn not(&self) -> bool {
        self.sent == "not"
    }
}

/// The registration of this browser.
pub(crate) async fn joining(web: &Web, jar: &CookieJar) -> Result<Joining, Trouble> {
    Ok(join::current(web, web.cookies().read(jar, Kind::Join).as_ref()).await?)
}

/// The page of what comes next.
pub(crate) fn next_page(joining: &Joining) -> &'static str {
    match joining.step() {
        Step::VerifyEmail => urls::JOIN_CODE,
        Step::Details => urls::JOIN_DETAILS,
        Step::ChooseFactor => urls::JOIN_FACTOR,
        Step::EnterFactor | Step::ProveFactor => set_up_page(joining),
        Step::Done => urls::JOIN_VERIFIED,
    }
}

/// The page on which the chosen second factor is set up.
fn set_up_page(joining: &Joining) -> &'static str {
    let entered = joining.step() == Step::ProveFactor;
    match joining.registration.method.as_ref().map(|method| method.kind) {
        None => urls::JOIN_FACTOR,
        Some(MethodKind::App) => urls::JOIN_FACTOR_APP,
        Some(_) if entered => urls::JOIN_FACTOR_CODE,
        Some(kind) => page_of(kind),
    }
}

/// The page on which a kind of second factor is set up.
pub(crate) fn page_of(kind: MethodKind) -> &'static str {
    match kind {
        MethodKind::Email => urls::JOIN_FACTOR_EMAIL,
        MethodKind::Text => urls::JOIN_FACTOR_TEXT,
        MethodKind::App => urls::JOIN_FACTOR_APP,
        MethodKind::Approval | MethodKind::AlternativePhone | MethodKind::OfficePhone => urls::JOIN_FACTOR,
    }
}

/// The same, as the pages name it.
pub(crate) fn method(kind: MethodKind) -> Method {
    match kind {
        MethodKind::Email => Method::Email,
        MethodKind::Text => Method::Text,
        MethodKind::App => Method::App,
        MethodKind::Approval => Method::Approval,
        MethodKind::AlternativePhone => Method::AlternativePhone,
        MethodKind::OfficePhone => Method::OfficePhone,
    }
}

/// The page on which one of several organisations is chosen; `href` is where each leads.
pub(crate) async fn choose(web: &Web, href: impl Fn(&str) -> String) -> Answer {
    let organisations = web.store.organisations().await.map_err(Refusal::from)?;
    if let [only] = organisations.as_slice() {
        return Ok(see_other(&href(&only.code)));
    }
    let organisations = organisations
        .into_iter()
        .map(|organisation| Link::new(organisation.name, href(&organisation.code)))
        .collect();
    page(&web.shell(), &ChooseOrganisation { organisations })
}

/// Sends the first code of a registration; the cookie goes to the browser.
pub(crate) async fn begin(
    web: &Web,
    organisation: &Organisation,
    journey: Journey,
    staff_group: Option<Group>,
    email: &str,
    jar: &CookieJar,
    network: &Network,
) -> Result<Response, Refusal> {
    let cookie = web.cookies().read(jar, Kind::Join);
    let start = Start { organisation, journey, staff_group, email, cookie: cookie.as_ref(), network };
    let token = join::send_code(web, start).await?;
    let jar = jar.clone().add(web.cookies().make(Kind::Join, &token));
    // A registration whose address is proved goes on where it was.
    let next = match join::current(web, Some(&token)).await {
        Ok(joining) => next_page(&joining),
        Err(_) => urls::JOIN_CODE,
    };
    Ok((jar, see_other(next)).into_response())
}
