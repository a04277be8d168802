//! What a wallet does with a QR code, as events for the script of the page that shows it (server-sent events, HTML, section 9.2).

use crate::Web;
use axum::response::sse::{Event, KeepAlive, Sse};
use axum::response::{IntoResponse as _, Response};
use futures::{Stream, stream};
use journeys::Refusal;
use pages::WalletState;
use std::convert::Infallible;
use std::time::Duration;
use tokio::time::{MissedTickBehavior, interval};

/// How often it is looked how a request stands.
const LOOK_EVERY: Duration = Duration::from_secs(1);
/// After so many looks the connection ends; a browser that still shows the page connects again.
const LOOKS: u32 = 300;

/// Tells how something stands now and whenever that changes, until it is over. `look` reads it and changes nothing.
pub(crate) fn follow<F, Looked>(web: Web, look: F) -> Response
where
    F: Fn(Web) -> Looked + Send + 'static,
    Looked: Future<Output = Result<WalletState, Refusal>> + Send + 'static,
{
    Sse::new(states(web, look)).keep_alive(KeepAlive::default()).into_response()
}

fn states<F, Looked>(web: Web, look: F) -> impl Stream<Item = Result<Event, Infallible>> + Send
where
    F: Fn(Web) -> Looked + Send + 'static,
    Looked: Future<Output = Result<WalletState, Refusal>> + Send + 'static,
{
    let mut every = interval(LOOK_EVERY);
    every.set_missed_tick_behavior(MissedTickBehavior::Delay);
    stream::unfold(Some((look, None, 0, every)), move |so_far| {
        let web = web.clone();
        async move {
            let (look, before, mut looks, mut every) = so_far?;
            loop {
                every.tick().await;
                // What cannot be read is looked at again by the page that the script loads then.
                let state = look(web.clone()).await.unwrap_or(WalletState::Failed);
                if before != Some(state) {
                    let event = Event::default().event("state").data(name(state));
                    let goes_on = matches!(state, WalletState::Waiting | WalletState::Scanned);
                    return Some((Ok(event), goes_on.then_some((look, Some(state), looks, every))));
                }
                looks += 1;
                if looks >= LOOKS {
                    return None;
                }
            }
        }
    })
}

fn name(state: WalletState) -> &'static str {
    match state {
        WalletState::Waiting => "waiting",
        WalletState::Scanned => "scanned",
        WalletState::Code => "code",
        WalletState::Done => "done",
        WalletState::Over => "over",
        WalletState::Declined => "declined",
        WalletState::Refused => "refused",
        WalletState::Unchecked => "unchecked",
        WalletState::Failed => "failed",
    }
}
