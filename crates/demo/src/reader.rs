//! The card reader on the screen, with the program that works what is in it: the same code as on a workstation, with these
//! readers and this window in the place of the machine's.

use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use card_agent::{
    HttpsPortal, InProcessReaders, JobLink, Machine, PAUSES, Person as _, Trouble, Workstation,
};
use card_jobs::Verdict;
use rand_core::OsRng;
use url::Url;
use vcard::Pull;

use crate::card_window::{AtWindow, Shown, Window};
use crate::cards::DemoCard;

/// As the program calls it.
const NAME: &str = "Card reader on the screen";

/// The reader, what is in it, and the program's window.
#[derive(Clone)]
pub(crate) struct Reader(Arc<Parts>);

struct Parts {
    cards: Vec<DemoCard>,
    readers: InProcessReaders,
    state: Mutex<State>,
}

#[derive(Default)]
struct State {
    /// The number of the card that was put in.
    inserted: Option<usize>,
    window: Option<Arc<Window>>,
}

/// When a card is pulled out by itself: the next time the program does this.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum HalfWay {
    /// A new key was made, and nobody heard.
    Key,
    /// A certificate is half written.
    Certificate,
    /// A passcode was changed, and nobody heard.
    Passcode,
}

impl HalfWay {
    fn command(self) -> (u8, Pull) {
        match self {
            Self::Key => (0x47, Pull::After),
            Self::Certificate => (0xDB, Pull::After),
            Self::Passcode => (0x24, Pull::After),
        }
    }
}

impl Reader {
    pub(crate) fn new(cards: Vec<DemoCard>) -> Self {
        let readers = InProcessReaders::new();
        readers.connect(NAME);
        Self(Arc::new(Parts { cards, readers, state: Mutex::default() }))
    }

    pub(crate) fn cards(&self) -> &[DemoCard] {
        &self.0.cards
    }

    /// The card that is in; none where it was taken out, or pulled out by itself.
    pub(crate) fn inserted(&self) -> Option<&DemoCard> {
        let number = self.hold().inserted?;
        self.0.cards.get(number).filter(|card| !card.look().0.is_out())
    }

    /// Puts in the card with this label, in the place of the one that is in.
    pub(crate) fn insert(&self, label: &str) {
        let Some(number) = self.0.cards.iter().position(|card| card.label == label) else { return };
        self.remove();
        if let Some(card) = self.0.cards.get(number) {
            card.look().0.put_in();
            let shared = Arc::clone(&card.card);
            self.0.readers.insert(NAME, &vcard::ATR, shared);
            self.hold().inserted = Some(number);
        }
        if let Some(window) = self.window() {
            window.card_is_in();
        }
    }

    /// Takes the card out.
    pub(crate) fn remove(&self) {
        self.0.readers.pull(NAME);
        let number = self.hold().inserted.take();
        if let Some(card) = number.and_then(|number| self.0.cards.get(number)) {
            card.look().0.pull_out();
        }
    }

    /// The card that is in will be pulled out by itself.
    pub(crate) fn pull_half_way(&self, when: HalfWay) {
        if let Some(card) = self.inserted() {
            let (instruction, pull) = when.command();
            card.look().0.pull_at(instruction, pull);
        }
    }

    pub(crate) fn window(&self) -> Option<Arc<Window>> {
        self.hold().window.clone()
    }

    pub(crate) fn shown(&self) -> Option<Shown> {
        self.window().map(|window| window.shown())
    }

    pub(crate) fn close(&self) {
        if let Some(window) = self.hold().window.take() {
            window.close();
        }
    }

    /// Starts the program for a link, in a thread of its own, since it waits for the person. A window that is still open closes.
    pub(crate) fn start(&self, link: &str, portal: &Url) {
        let window = Arc::new(Window::open());
        if let Some(before) = self.hold().window.replace(Arc::clone(&window)) {
            before.close();
        }
        let (link, machine, mut readers) =
            (JobLink::parse(link), Machine::allowing([portal.clone()]), self.0.readers.clone());
        let runtime = tokio::runtime::Handle::current();
        std::thread::spawn(move || {
            let mut person = AtWindow { window: &window, sentence: String::new() };
            let opened = link.map_err(|_| Trouble::NotALink).and_then(|link| {
                let portal = HttpsPortal::new(&link.portal, &machine)?;
                Ok((link, portal))
            });
            let (link, mut portal) = match opened {
                Ok(opened) => opened,
                Err(trouble) => return person.hears(Verdict::Refused, &trouble.words()),
            };
            let at = Workstation {
                readers: &mut readers,
                person: &mut person,
                randomness: &mut OsRng,
                pauses: &PAUSES,
            };
            let shown = link.portal.as_str().trim_end_matches('/').to_owned();
            // What went wrong stands in the window.
            let _ = runtime.block_on(card_agent::run(&mut portal, at, &link.ticket, &shown));
        });
    }

    fn hold(&self) -> MutexGuard<'_, State> {
        self.0.state.lock().unwrap_or_else(PoisonError::into_inner)
    }
}
