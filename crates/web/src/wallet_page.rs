//! The page with the QR code of a question to a wallet, the same where somebody signs in, confirms that it is them, or shares.

use crate::render::see_other;
use axum::response::Response;
use journeys::Visitor;
use journeys::passport::asking::Standing;
use pages::{QrSvg, WalletPurpose, WalletQr, WalletState};
use rules::passport::PresentationState;
use serde::Deserialize;

/// How the page is looked at.
#[derive(Debug, Clone, Deserialize, Default)]
#[serde(default)]
pub(crate) struct Looking {
    /// *Continue* was pressed before there was an answer.
    looked: String,
    /// On a phone, too, the code is wanted.
    qr: String,
}

impl Looking {
    /// Whether the code is shown: on a phone the button comes first.
    fn with_code(&self, visitor: &Visitor) -> bool {
        !visitor.on_phone || !self.qr.is_empty()
    }
}

/// Where the page stands: what it is for, and its forms and links.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Place {
    pub purpose: WalletPurpose,
    /// How an answer of the wallet stands here: what is done, or a code to type.
    pub answered: WalletState,
    pub events_href: &'static str,
    pub continue_action: &'static str,
    pub again_action: &'static str,
    pub cancel_action: &'static str,
    pub back: &'static str,
}

/// The page, as a question stands.
pub(crate) fn wallet_page(
    standing: &Standing,
    place: Place,
    looking: &Looking,
    visitor: &Visitor,
) -> WalletQr {
    let link = standing.link.clone();
    let with_code = looking.with_code(visitor);
    WalletQr {
        purpose: place.purpose,
        about: standing.organisation.name.clone(),
        state: state(standing.state, place.answered),
        qr: link.as_deref().filter(|_| with_code).and_then(|link| QrSvg::of(link).ok()),
        link,
        code_sent_to: None,
        events_href: place.events_href.into(),
        continue_action: place.continue_action.into(),
        again_action: place.again_action.into(),
        cancel_action: place.cancel_action.into(),
        looked: !looking.looked.is_empty(),
        back: Some(place.back.into()),
    }
}

/// How a question stands, for the page and for its script.
pub(crate) fn state(state: PresentationState, answered: WalletState) -> WalletState {
    match state {
        PresentationState::Waiting => WalletState::Waiting,
        PresentationState::Scanned => WalletState::Scanned,
        PresentationState::Answered => answered,
        PresentationState::Declined => WalletState::Declined,
        PresentationState::Refused => WalletState::Refused,
        PresentationState::Unchecked => WalletState::Unchecked,
        // It was gone on with in another tab.
        PresentationState::Used => WalletState::Done,
        PresentationState::Over => WalletState::Over,
    }
}

/// After *Continue* that led no further: the page again, which says so where nothing had come yet.
pub(crate) fn look_again(page: &str, before: Option<&Standing>) -> Response {
    let waits = before.is_some_and(|standing| standing.state.is_open());
    let looked = if waits { "?looked=yes" } else { "" };
    see_other(&format!("{page}{looked}"))
}
