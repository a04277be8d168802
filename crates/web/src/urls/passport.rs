//! Addresses of the staff passport: its owner’s pages, and what wallets and systems ask.

/// The staff passport: the list of credentials.
pub const PASSPORT: &str = "/passport";
/// The full details of a credential.
pub const PASSPORT_CREDENTIAL: &str = "/passport/credentials/{id}";
/// The picture in it.
pub const PASSPORT_PICTURE: &str = "/passport/credentials/{id}/picture";
/// *Reject this credential*.
pub const PASSPORT_REJECT: &str = "/passport/credentials/{id}/reject";
/// *Archive*.
pub const PASSPORT_ARCHIVE: &str = "/passport/credentials/{id}/archive";
/// *Restore*.
pub const PASSPORT_RESTORE: &str = "/passport/credentials/{id}/restore";
/// *Ask for a credential*.
pub const PASSPORT_REQUEST: &str = "/passport/request";
/// *History of your passport*.
pub const PASSPORT_HISTORY: &str = "/passport/history";
/// *Choose how you are told*.
pub const PASSPORT_NOTIFICATIONS: &str = "/passport/notifications";
/// Systems of a trust provide credentials.
pub const VC_API_CREDENTIALS: &str = "/vc-api/v1/credentials";
/// They take back what was not accepted yet.
pub const VC_API_WITHDRAW: &str = "/vc-api/v1/credentials/{id}/withdraw";
/// They revoke what was.
pub const VC_API_REVOKE: &str = "/vc-api/v1/credentials/{id}/revoke";
/// They read what was rejected.
pub const VC_API_REJECTIONS: &str = "/vc-api/v1/rejections";
/// They mark a rejection as resolved.
pub const VC_API_RESOLVE: &str = "/vc-api/v1/rejections/{id}/resolve";
/// They open it again.
pub const VC_API_REOPEN: &str = "/vc-api/v1/rejections/{id}/reopen";

/// *Ask for a credential*, with this type chosen.
pub fn passport_request(code: &str) -> String {
    format!("{PASSPORT_REQUEST}?type={code}")
}

/// What is done with a credential (`add`, `reject`, …), or, where nothing is named, its full details.
pub fn passport_credential(id: uuid::Uuid, act: &str) -> String {
    let details = PASSPORT_CREDENTIAL.replace("{id}", &id.to_string());
    if act.is_empty() { details } else { format!("{details}/{act}") }
}

/// The list with what was just done: `added` or `rejected`, and with which credential.
pub fn passport_answered(answer: &str, id: uuid::Uuid) -> String {
    format!("{PASSPORT}?{answer}={id}")
}

/// *Sign in with your staff passport*: the QR code.
pub const SIGN_IN_PASSPORT: &str = "/sign-in/passport";
/// What a wallet does with it.
pub const SIGN_IN_PASSPORT_EVENTS: &str = "/sign-in/passport/events";
/// *Continue*.
pub const SIGN_IN_PASSPORT_GO: &str = "/sign-in/passport/go";
/// *Get a new QR code*.
pub const SIGN_IN_PASSPORT_AGAIN: &str = "/sign-in/passport/again";
/// *Cancel and return to QR code*.
pub const SIGN_IN_PASSPORT_CANCEL: &str = "/sign-in/passport/cancel";
/// Where a wallet leads its owner.
pub const SIGN_IN_PASSPORT_BACK: &str = "/sign-in/passport/back";
/// *I did not start this*.
pub const SIGN_IN_PASSPORT_NOT_ME: &str = "/sign-in/passport/not-me";
/// Credentials are chosen to be shared with a trust.
pub const SHARE: &str = "/passport/share";
/// *Show the QR code*.
pub const SHARE_BEGIN: &str = "/passport/share/begin";
/// The QR code.
pub const SHARE_QR: &str = "/passport/share/qr";
/// What a wallet does with it.
pub const SHARE_EVENTS: &str = "/passport/share/events";
/// *Continue*.
pub const SHARE_GO: &str = "/passport/share/go";
/// *Get a new QR code*.
pub const SHARE_AGAIN: &str = "/passport/share/again";
/// Where a wallet leads its owner.
pub const SHARE_BACK: &str = "/passport/share/back";
/// What an organisation asks of wallets is fetched here.
pub const WALLET_REQUEST: &str = "/vc/{code}/request/{reference}";
/// What wallets answer comes here.
pub const WALLET_ANSWER: &str = "/vc/{code}/answer/{state}";
/// *Confirm that it is you* by a wallet, after the password: the page with the QR code.
pub const CONFIRM_PASSPORT: &str = "/confirm/passport";
/// What the wallet does with it.
pub const CONFIRM_PASSPORT_EVENTS: &str = "/confirm/passport/events";
/// *Continue*, with the digits from the phone.
pub const CONFIRM_PASSPORT_GO: &str = "/confirm/passport/go";
/// *Get a new QR code*.
pub const CONFIRM_PASSPORT_AGAIN: &str = "/confirm/passport/again";
/// Where the wallet leads its owner.
pub const CONFIRM_PASSPORT_BACK: &str = "/confirm/passport/back";
/// *I did not start this*.
pub const CONFIRM_PASSPORT_NOT_ME: &str = "/confirm/passport/not-me";
/// *Accept credential and add it to my wallet*: begins an offer by POST, and shows its QR code.
pub const PASSPORT_ADD: &str = "/passport/credentials/{id}/add";
/// What the wallet does with it, as events.
pub const PASSPORT_ADD_EVENTS: &str = "/passport/credentials/{id}/add/events";
/// *Continue*.
pub const PASSPORT_ADD_GO: &str = "/passport/credentials/{id}/add/go";
/// *Get a new QR code*.
pub const PASSPORT_ADD_AGAIN: &str = "/passport/credentials/{id}/add/again";
/// *Cancel and return to QR code*.
pub const PASSPORT_ADD_CANCEL: &str = "/passport/credentials/{id}/add/cancel";
/// *Collect your access key*.
pub const ACCESS_KEY: &str = "/passport/access-key";
/// The code that proves the mobile number.
pub const ACCESS_KEY_CODE: &str = "/passport/access-key/code";
/// *Send New Code*.
pub const ACCESS_KEY_NEW_CODE: &str = "/passport/access-key/code/new";
/// *Access key added*.
pub const ACCESS_KEY_ADDED: &str = "/passport/access-key/added";
/// An offer, which a wallet fetches.
pub const VC_OFFER: &str = "/vc/{organisation}/offers/{reference}";
/// Where a wallet trades a code in.
pub const VC_TOKEN: &str = "/vc/{organisation}/token";
/// Where it pushes what it asks its person for (RFC 9126).
pub const VC_PUSH: &str = "/vc/{organisation}/par";
/// Where it then leads its person's browser.
pub const VC_AUTHORIZE: &str = "/vc/{organisation}/authorize";
/// *A wallet asks for your credentials*.
pub const PASSPORT_WALLET: &str = "/passport/wallet";
/// *Cancel* there.
pub const PASSPORT_WALLET_CANCEL: &str = "/passport/wallet/cancel";
/// Where it fetches a number for the proof that its maker vouches for it.
pub const VC_CHALLENGE: &str = "/vc/{organisation}/challenge";
/// Where a wallet fetches a number to sign.
pub const VC_NONCE: &str = "/vc/{organisation}/nonce";
/// Where it fetches a credential.
pub const VC_CREDENTIAL: &str = "/vc/{organisation}/credential";
/// Where it asks again for one that could not be signed at once.
pub const VC_DEFERRED: &str = "/vc/{organisation}/deferred";
/// Where it tells what became of it.
pub const VC_NOTIFICATION: &str = "/vc/{organisation}/notification";
/// Where the service of a wallet's maker tells what became of what it was asked.
pub const VC_CALLBACK: &str = "/vc/{organisation}/{service}/callback";
/// What the issuer says of itself: the standard's address, and the one of drafts.
pub const VC_ISSUER: [&str; 2] = [
    "/.well-known/openid-credential-issuer/vc/{organisation}",
    "/vc/{organisation}/.well-known/openid-credential-issuer",
];
/// What the authorisation server says of itself, at both addresses.
pub const VC_SERVER: [&str; 2] = [
    "/.well-known/oauth-authorization-server/vc/{organisation}",
    "/vc/{organisation}/.well-known/oauth-authorization-server",
];
/// A list of which credentials are revoked.
pub const VC_STATUS: &str = "/vc/status/{id}";
/// What a kind of credential is.
pub const VC_TYPE: &str = "/vc/types/{kind}";

/// A page about this credential.
pub fn passport_add(page: &str, id: &str) -> String {
    page.replace("{id}", id)
}
