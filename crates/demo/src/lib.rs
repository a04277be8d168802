//! The demonstration: two invented hospitals, a phone and a card reader on the screen, and a clock to turn.
//!
//! It stands above `web`, which knows nothing of it: `fobwatch demo` puts it [around](Demo::around) the pages of the
//! service, and nothing else does. Everything here answers to this machine only (`protect`).
//!
//! The phone receives by [`PhoneEmail`], [`PhoneText`] and [`PhoneCalls`], which take the place of the mail server and of the
//! providers of text messages and calls. What it holds and how far the clock is turned is kept in one file beside the database, so that a
//! demonstration goes on where it was left. The card reader is worked by the agent's own code, in this process, and by virtual
//! cards ([`DemoCard`]) that each keep a folder of their own.

mod at_work;
mod authenticator;
mod calls;
mod card_window;
mod cards;
mod clock;
mod front;
mod kept;
mod passport;
mod people;
mod phone;
mod phone_pages;
mod protect;
mod reader;
mod reader_pages;
mod render;
#[cfg(test)]
mod tests;

pub use at_work::{AT_WORK, AtWork, DUE_IN_DAYS, PASSCODE, PASSWORD, RECOVERY, Stands, settle};
pub use calls::PhoneCalls;
pub use cards::{CARD_PROFILE, DemoCard};
pub use clock::TurnedClock;
pub use kept::KeptProblem;
pub use people::{HOSPITALS, Hospital, Staff};
pub use phone::{PhoneEmail, PhoneText};
pub use protect::is_here;

use std::path::Path;
use std::sync::Arc;

use axum::Router;
use jiff::tz::TimeZone;
use journeys::Clock;
use url::Url;

use kept::Kept;

/// The path that the demonstration is found at.
pub const PATH: &str = "/demo";

/// The phone and the clock of one demonstration. Cheap to clone.
#[derive(Clone)]
pub struct Demo {
    kept: Arc<Kept>,
    clock: Arc<TurnedClock>,
    calls: PhoneCalls,
}

impl std::fmt::Debug for Demo {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Demo").finish_non_exhaustive()
    }
}

impl Demo {
    /// Goes on where `file` says that it was left, or begins anew where there is no such file. `clock` is the one that is
    /// turned.
    ///
    /// # Errors
    /// Where the file is there and cannot be read.
    pub fn open(file: &Path, clock: Arc<dyn Clock>) -> Result<Self, KeptProblem> {
        let kept = Arc::new(Kept::open(file)?);
        let clock = Arc::new(TurnedClock::new(clock, Arc::clone(&kept)));
        Ok(Self { kept, clock, calls: PhoneCalls::default() })
    }

    /// The clock to turn.
    pub fn clock(&self) -> Arc<TurnedClock> {
        Arc::clone(&self.clock)
    }

    /// What brings e-mails to the phone.
    pub fn email(&self) -> PhoneEmail {
        PhoneEmail::new(Arc::clone(&self.kept), self.clock())
    }

    /// What brings text messages to the phone.
    pub fn text(&self) -> PhoneText {
        PhoneText::new(Arc::clone(&self.kept), self.clock())
    }

    /// What brings telephone calls to the phone.
    pub fn calls(&self) -> PhoneCalls {
        self.calls.clone()
    }

    /// The pages of the service with those of the demonstration beside them, all of them for this machine only.
    pub fn around(&self, service: Router, settings: Settings) -> Router {
        let reader = reader::Reader::new(settings.cards.clone());
        let room = Room(Arc::new(RoomParts { demo: self.clone(), reader, settings }));
        let routes = front::routes().merge(phone_pages::routes()).merge(reader_pages::routes());
        let pages = protect::pages(routes).with_state(room);
        protect::everything(service.merge(pages))
    }
}

/// What the pages of the demonstration show beside the phone.
#[derive(Debug, Clone)]
pub struct Settings {
    /// Who can be played.
    pub staff: Vec<Staff>,
    /// Which cards can be put into the reader, hospital by hospital.
    pub cards: Vec<DemoCard>,
    /// Where the service is reached.
    pub public_url: Url,
    /// What the service calls itself.
    pub service_name: String,
    /// Whose time the clock shows.
    pub time_zone: TimeZone,
}

/// What every handler is given.
#[derive(Clone)]
pub(crate) struct Room(Arc<RoomParts>);

pub(crate) struct RoomParts {
    demo: Demo,
    reader: reader::Reader,
    settings: Settings,
}

impl std::ops::Deref for Room {
    type Target = RoomParts;

    fn deref(&self) -> &RoomParts {
        &self.0
    }
}

impl RoomParts {
    /// Now, as the turned clock shows it on the wall.
    pub(crate) fn local_now(&self) -> jiff::Zoned {
        self.local(self.demo.clock.now())
    }

    pub(crate) fn local(&self, moment: jiff::Timestamp) -> jiff::Zoned {
        moment.to_zoned(self.settings.time_zone.clone())
    }
}
