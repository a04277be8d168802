//! How credentials come to a wallet: numbers that the service chose, for the guide names but one.

use crate::limits::Limit;
use jiff::SignedDuration;

/// So long the code in an offer works. OpenID4VCI 1.0 (section 13.6) wants it short: who sees the QR code could take it.
pub const OFFER_LIFETIME: SignedDuration = SignedDuration::from_mins(5);

/// So long an access token works. Longer ones would have to be bound to a key (OpenID4VCI 1.0, section 6.2).
pub const TOKEN_LIFETIME: SignedDuration = SignedDuration::from_mins(5);

/// After so many wrong transaction codes an offer is dead.
pub const TRANSACTION_CODE_TRIES: u32 = 5;

/// The code that proves the mobile number before the access key is handed out (guide 000): 5 minutes.
pub const ACCESS_KEY_CODE_LIFETIME: SignedDuration = SignedDuration::from_mins(5);

/// So many copies at most go to a wallet at once, each for a key of its own: shown each to another trust, they cannot be brought
/// together by their keys.
pub const BATCH: usize = 10;

/// Offers begun by one person: somebody who takes all credentials of a new passport one after the other needs as many.
pub const OFFERS_PER_HOUR: Limit =
    Limit { name: "passport-offers", at_most: 40, within: SignedDuration::from_hours(1) };

/// Requests to the service of a wallet's maker for one person's offers: it is asked before it is known whether an offer comes of it.
pub const SERVICE_REQUESTS_PER_HOUR: Limit =
    Limit { name: "passport-service-requests", at_most: 60, within: SignedDuration::from_hours(1) };

/// Codes for wallets that go to one number by text message. They are not counted with other messages, of which nobody needs so many.
pub const WALLET_CODES_PER_DAY: Limit =
    Limit { name: "wallet-codes-per-day", at_most: 60, within: SignedDuration::from_hours(24) };

/// The button pressed again within so long finds the offer that is there.
pub const SAME_OFFER: SignedDuration = SignedDuration::from_secs(30);

/// So often one offer is issued: a wallet whose answer got lost asks again.
pub const ISSUES_PER_OFFER: Limit =
    Limit { name: "passport-issues", at_most: 5, within: SignedDuration::from_hours(1) };

/// What a wallet used once is remembered for so long: longer than any number or proof is taken.
pub const USED_KEPT: SignedDuration = SignedDuration::from_mins(30);

/// Places of a status list: large enough that a place says nothing about whom it belongs to.
pub const STATUS_LIST_SIZE: u32 = 1 << 17;

/// Keys that were made within so long are not rotated again: two people who do so at once mean one rotation.
pub const ROTATION_PAUSE: SignedDuration = SignedDuration::from_mins(1);

/// A verifier fetches a status list anew after so long.
pub const STATUS_LIST_KEPT: SignedDuration = SignedDuration::from_mins(5);

/// A status list is signed anew after so long, even where nothing in it changed.
pub const STATUS_LIST_SIGNED: SignedDuration = SignedDuration::from_hours(1);

/// Nobody uses a signed status list after so long.
pub const STATUS_LIST_LIFETIME: SignedDuration = SignedDuration::from_hours(24);

/// What an issuer says of itself is asked for anew after so long.
pub const METADATA_KEPT: SignedDuration = SignedDuration::from_mins(5);

/// So long an authorisation request that a wallet pushed can be opened in a browser. RFC 9126 (section 2.2) wants it short.
pub const PUSHED_LIFETIME: SignedDuration = SignedDuration::from_secs(90);

/// So long after that its person may take to sign in and to say yes or no.
pub const AUTHORISATION_LIFETIME: SignedDuration = SignedDuration::from_mins(10);

/// So long the code works that the wallet is given for the yes. RFC 6749 (section 4.1.2) wants ten minutes at most; a wallet needs seconds.
pub const AUTHORISATION_CODE_LIFETIME: SignedDuration = SignedDuration::from_mins(1);

/// Authorisation requests pushed from one network. Phones of a whole country share few addresses.
pub const PUSHES_PER_NETWORK: Limit =
    Limit { name: "passport-pushes-per-network", at_most: 12_000, within: SignedDuration::from_mins(10) };

/// So long wallets are told a key for which they encrypt what they ask for.
pub const REQUEST_KEY_TOLD: SignedDuration = SignedDuration::from_hours(30 * 24);

/// So long what was encrypted for it is taken: a day longer, for those who keep what they were told.
pub const REQUEST_KEY_TAKEN: SignedDuration = SignedDuration::from_hours(31 * 24);

/// A wallet that was told to ask for its credential again does so after so long.
pub const DEFERRED_INTERVAL: SignedDuration = SignedDuration::from_secs(30);

/// So long a credential that was deferred waits for its wallet.
pub const DEFERRED_LIFETIME: SignedDuration = SignedDuration::from_hours(1);
