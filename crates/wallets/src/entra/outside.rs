//! What must hold for whatever calls back. It takes any bytes and panics if a promise is broken; a test of this crate and the fuzz
//! target call it.
//!
//! Nothing in the product does.

#![expect(clippy::missing_panics_doc, reason = "to panic on a broken promise is what it is for")]

use std::sync::LazyLock;

use url::Url;
use uuid::Uuid;

use super::callback::{LONGEST, read};
use super::settings::{Contract, EntraSettings};
use crate::Happened;

/// The name of a fuzz target, and the promise that what it finds is given to.
pub type Promise = (&'static str, fn(&[u8]));

/// Every promise with the name of its fuzz target.
pub const ALL: [Promise; 1] = [("wallet_callback", wallet_callback)];

static SETTINGS: LazyLock<Option<EntraSettings>> = LazyLock::new(|| {
    let url = |text: &str| Url::parse(text).ok();
    Some(EntraSettings {
        tenant: "northfield.example".to_owned(),
        client_id: Uuid::nil(),
        client_secret: "secret-of-nobody".to_owned().into(),
        authority: "did:web:northfield.example".to_owned(),
        authority_id: None,
        base_url: url("https://verifiedid.did.msidentity.com")?,
        login_url: url("https://login.microsoftonline.com")?,
        contracts: vec![Contract {
            kind: "core-skill".to_owned(),
            credential_type: "CoreSkill".to_owned(),
            manifest: url("https://northfield.example/contracts/abc/manifest")?,
        }],
    })
});

/// A call of the service is read or not. Names in it are short, a reason is a word, and only kinds that have a contract are shown.
pub fn wallet_callback(bytes: &[u8]) {
    let Some(settings) = &*SETTINGS else { return };
    let Ok(callback) = read(settings, bytes) else { return };
    for name in [&callback.request_id, &callback.state] {
        assert!((1..=LONGEST).contains(&name.len()));
    }
    match callback.happened {
        Happened::NotIssued(why) | Happened::NotPresented(why) => {
            assert!(why.len() <= LONGEST && !why.is_empty());
            assert!(why.bytes().all(|sign| sign.is_ascii_graphic()), "a reason is a word: {why:?}");
        }
        Happened::Presented(shown) => assert!(shown.iter().all(|one| one.kind == "core-skill")),
        Happened::Retrieved | Happened::Issued => {}
    }
}
