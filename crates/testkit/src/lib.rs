//! What tests and measurements share: a clock to turn, randomness that repeats, a PostgreSQL to throw away, a mailbox, a phone
//! and a crowd.
//!
//! Nothing here is part of the product. The servers are real ones from Debian's packages (PostgreSQL, aiosmtpd, Kannel,
//! the PC/SC service) and npm (an SMPP centre) and
//! belong to the test process: they start at the first use and are gone when it ends, even if it is killed. Only the
//! [`Phone`] and [`Entra`] are stand-ins, because the services they stand for (GOV.UK Notify, Microsoft Entra Verified ID) have no
//! edition to run at home.
#![expect(
    clippy::panic,
    clippy::expect_used,
    reason = "this crate is only for tests: what is missing on the machine should stop the test with words that help"
)]

mod authenticator;
mod card_bed;
mod centre;
mod clock;
pub mod crowd;
mod digits;
mod entra;
mod kannel;
mod mailbox;
mod phone;
mod postgres;
mod push_service;
mod random;
mod server;
mod soft_app;

pub use authenticator::{KeyKind, SaysHandle, SoftAuthenticator};
pub use card_bed::{CardBed, Reader, SharedCard, card};
pub use centre::{CentreText, SmppCentre};
pub use clock::TurnableClock;
pub use entra::{Entra, EntraCall, EntraRequest, EntraTrouble};
pub use kannel::KannelGateway;
pub use mailbox::{Mail, Mailbox};
pub use phone::{Phone, PhoneText, Trouble};
pub use postgres::Postgres;
pub use push_service::{PushService, Pushed};
pub use random::SeededRandom;
pub use soft_app::SoftApp;
