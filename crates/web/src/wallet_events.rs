//! What a wallet does with a QR code, as events for the script of the page that shows it (server-sent events, HTML, section 9.2).

use crate::Web;
use axum::http::StatusCode;
use axum::http::header::RETRY_AFTER;
use axum::response::sse::{Event, KeepAlive, Sse};
use axum::response::{IntoResponse as _, Response};
use futures::{Stream, stream};
use journeys::Refusal;
use pages::WalletState;
use std::collections::HashMap;
use std::convert::Infallible;
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;
use tokio::time::{MissedTickBehavior, interval};
use vault::Token;

/// How often it is looked how a request stands.
const LOOK_EVERY: Duration = Duration::from_secs(1);
/// After so many looks the connection ends; a browser that still shows the page connects again.
const LOOKS: u32 = 300;

/// So many connections at most follow one thing: a page and what a browser has not closed yet.
const AT_MOST_EACH: usize = 5;
/// So many at most on one node: each asks the database every second.
const AT_MOST: usize = 2_000;

/// The connections of this node that follow something, by the cookie that it belongs to.
#[derive(Default)]
pub(crate) struct Followers(Mutex<HashMap<String, usize>>);

impl std::fmt::Debug for Followers {
    /// Says nothing of the cookies.
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Followers").finish_non_exhaustive()
    }
}

/// One of them. It ends when it is dropped, however the connection ended.
struct Follower {
    all: Arc<Followers>,
    of: String,
}

impl Followers {
    /// One more; none where there are as many as there may be.
    fn another(self: &Arc<Self>, of: &str) -> Option<Follower> {
        let mut open = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        let everybody: usize = open.values().sum();
        let each = open.entry(of.to_owned()).or_default();
        if *each >= AT_MOST_EACH || everybody >= AT_MOST {
            if *each == 0 {
                open.remove(of);
            }
            return None;
        }
        *each += 1;
        Some(Follower { all: Arc::clone(self), of: of.to_owned() })
    }
}

impl Drop for Follower {
    fn drop(&mut self) {
        let mut open = self.all.0.lock().unwrap_or_else(PoisonError::into_inner);
        let left = open.get(&self.of).map_or(0, |each| each.saturating_sub(1));
        if left == 0 {
            open.remove(&self.of);
        } else {
            open.insert(self.of.clone(), left);
        }
    }
}

/// Tells how something stands now and whenever that changes, until it is over. `look` reads it and changes nothing; `cookie` is whose it
/// is. Where too many follow already the script is told so, and the page goes on by its button.
pub(crate) fn follow<F, Looked>(web: Web, cookie: Option<&Token>, look: F) -> Response
where
    F: Fn(Web) -> Looked + Send + 'static,
    Looked: Future<Output = Result<WalletState, Refusal>> + Send + 'static,
{
    let of = cookie.map_or("", Token::as_str);
    match web.followers().another(of) {
        Some(follower) => {
            Sse::new(states(web, look, follower)).keep_alive(KeepAlive::default()).into_response()
        }
        None => (StatusCode::SERVICE_UNAVAILABLE, [(RETRY_AFTER, "5")]).into_response(),
    }
}

fn states<F, Looked>(
    web: Web,
    look: F,
    follower: Follower,
) -> impl Stream<Item = Result<Event, Infallible>> + Send
where
    F: Fn(Web) -> Looked + Send + 'static,
    Looked: Future<Output = Result<WalletState, Refusal>> + Send + 'static,
{
    let mut every = interval(LOOK_EVERY);
    every.set_missed_tick_behavior(MissedTickBehavior::Delay);
    stream::unfold(Some((look, None, 0, every, follower)), move |so_far| {
        let web = web.clone();
        async move {
            let (look, before, mut looks, mut every, follower) = so_far?;
            loop {
                every.tick().await;
                // What cannot be read is looked at again by the page that the script loads then.
                let state = look(web.clone()).await.unwrap_or(WalletState::Failed);
                if before != Some(state) {
                    let event = Event::default().event("state").data(name(state));
                    let goes_on = matches!(state, WalletState::Waiting | WalletState::Scanned);
                    return Some((Ok(event), goes_on.then_some((look, Some(state), looks, every, follower))));
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

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn five_follow_one_thing_and_two_thousand_a_node() {
        let all = Arc::new(Followers::default());
        let mut open: Vec<_> = (0..AT_MOST_EACH).map(|_| all.another("one").unwrap()).collect();
        assert!(all.another("one").is_none());
        open.pop();
        open.push(all.another("one").unwrap());
        assert!(all.another("one").is_none());
        open.extend((AT_MOST_EACH..AT_MOST).map(|number| all.another(&number.to_string()).unwrap()));
        assert!(all.another("other").is_none());
        assert!(!format!("{all:?}").contains("one"), "a cookie is a secret");
        assert_eq!(all.0.lock().unwrap().values().sum::<usize>(), AT_MOST);
        drop(open);
        assert!(all.0.lock().unwrap().is_empty(), "nothing is kept of those that are over");
        assert!(all.another("other").is_some());
    }
}
