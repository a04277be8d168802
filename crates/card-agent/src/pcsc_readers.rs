//! Readers and cards behind PC/SC: the service that Linux, Windows and macOS have for smartcards.

use std::ffi::CString;
use std::sync::mpsc::{Receiver, Sender, channel};
use std::thread::JoinHandle;
use std::time::Duration;

use pcsc::{
    Card, Context, Disposition, Error, MAX_BUFFER_SIZE_EXTENDED, PNP_NOTIFICATION, Protocols, ReaderState,
    Scope, ShareMode, State,
};
use zeroize::Zeroizing;

use crate::readers::{CardProblem, Readers, ReadersProblem, Seat, Transport};

/// How long another program may keep the card before the person is asked to close it.
const OTHERS_FINISH: Duration = Duration::from_secs(10);

/// The readers of this machine.
#[derive(Default)]
pub struct PcscReaders {
    context: Option<Context>,
    /// As they were seen last; the first stands for readers that come and go.
    seen: Vec<ReaderState>,
}

impl PcscReaders {
    /// Nothing is asked yet.
    pub fn new() -> Self {
        Self::default()
    }

    /// The service ends when the last reader leaves (Windows), or was started again: each look may begin anew.
    fn context(&mut self) -> Result<Context, ReadersProblem> {
        if let Some(context) = self.context.as_ref().filter(|context| context.is_valid().is_ok()) {
            return Ok(context.clone());
        }
        let context = Context::establish(Scope::User).map_err(|_| ReadersProblem::NoService)?;
        self.context = Some(context.clone());
        Ok(context)
    }

    fn states(context: &Context) -> Result<Vec<ReaderState>, Error> {
        let names = context.list_readers_owned()?;
        let mut states = vec![ReaderState::new(PNP_NOTIFICATION(), State::UNAWARE)];
        states.extend(names.into_iter().map(|name| ReaderState::new(name, State::UNAWARE)));
        match context.get_status_change(Duration::ZERO, &mut states) {
            Ok(()) | Err(Error::Timeout) => {}
            // A reader left between the two questions: the next look knows.
            Err(Error::UnknownReader) => states.truncate(1),
            Err(error) => return Err(error),
        }
        for state in &mut states {
            state.sync_current_state();
        }
        Ok(states)
    }
}

impl Readers for PcscReaders {
    fn look(&mut self) -> Result<Vec<Seat>, ReadersProblem> {
        let context = self.context()?;
        self.seen = Self::states(&context).map_err(|error| {
            tracing::info!(%error, "the service for smartcards does not tell its readers");
            self.context = None;
            ReadersProblem::NoService
        })?;
        let readers = self.seen.get(1..).unwrap_or_default();
        if readers.is_empty() {
            return Err(ReadersProblem::NoReader);
        }
        let answers = |state: &&ReaderState| {
            let is = state.event_state();
            is.contains(State::PRESENT) && !is.contains(State::MUTE)
        };
        let seat = |state: &ReaderState| Seat {
            reader: state.name().to_string_lossy().into_owned(),
            atr: state.atr().to_vec(),
        };
        Ok(readers.iter().filter(answers).map(seat).collect())
    }

    fn open(&mut self, seat: &Seat) -> Result<Box<dyn Transport>, CardProblem> {
        let context = self.context().map_err(|_| CardProblem::Gone)?;
        let reader = CString::new(seat.reader.as_str()).map_err(|_| CardProblem::Gone)?;
        let (ask, asked) = channel::<Zeroizing<Vec<u8>>>();
        let (answer, answered) = channel();
        let keeper = std::thread::Builder::new().name("card".to_owned()).spawn(move || {
            keep(&context, &reader, &asked, &answer);
        });
        let keeper = Some(keeper.map_err(|_| CardProblem::Gone)?);
        let held = PcscCard { ask: Some(ask), answered, keeper };
        match held.answered.recv_timeout(OTHERS_FINISH) {
            Ok(Ok(_)) => Ok(Box::new(held)),
            Ok(Err(problem)) => Err(problem),
            Err(_) => {
                // The thread waits for the other program; it finds nobody to hand the card to and lets it go.
                held.abandon();
                Err(CardProblem::Busy)
            }
        }
    }

    fn wait(&mut self, at_most: Duration) -> bool {
        if self.seen.is_empty() {
            self.seen.push(ReaderState::new(PNP_NOTIFICATION(), State::UNAWARE));
        }
        let Ok(context) = self.context() else { return false };
        context.get_status_change(at_most, &mut self.seen).is_ok()
    }
}

type Answered = Result<Zeroizing<Vec<u8>>, CardProblem>;

/// A card that a thread keeps: a transaction lives as long as the call that began it.
struct PcscCard {
    ask: Option<Sender<Zeroizing<Vec<u8>>>>,
    answered: Receiver<Answered>,
    keeper: Option<JoinHandle<()>>,
}

impl PcscCard {
    fn abandon(mut self) {
        self.keeper = None;
    }
}

impl Transport for PcscCard {
    fn transmit(&mut self, command: &[u8]) -> Answered {
        let ask = self.ask.as_ref().ok_or(CardProblem::Gone)?;
        ask.send(Zeroizing::new(command.to_vec())).map_err(|_| CardProblem::Gone)?;
        self.answered.recv().map_err(|_| CardProblem::Gone)?
    }
}

impl Drop for PcscCard {
    fn drop(&mut self) {
        self.ask = None;
        if let Some(keeper) = self.keeper.take() {
            // The card is reset when this returns.
            let _ = keeper.join();
        }
    }
}

/// Keeps the card until nobody asks any more, and resets it then.
///
/// Connected exclusively where no other program has a connection. A browser that signed in with the card keeps one open for
/// hours; then a transaction keeps it away as long as this lasts. (Windows ends a transaction in which nothing happens for five
/// seconds, and resets the card: the job then goes on by connecting again.)
fn keep(
    context: &Context,
    reader: &CString,
    asked: &Receiver<Zeroizing<Vec<u8>>>,
    answer: &Sender<Answered>,
) {
    match context.connect(reader, ShareMode::Exclusive, Protocols::ANY) {
        Ok(card) => {
            if answer.send(Ok(Zeroizing::default())).is_ok() {
                serve(&card, asked, answer);
            }
            let _ = card.disconnect(Disposition::ResetCard);
        }
        Err(Error::SharingViolation) => keep_among_others(context, reader, asked, answer),
        Err(error) => refuse(error, answer),
    }
}

fn keep_among_others(
    context: &Context,
    reader: &CString,
    asked: &Receiver<Zeroizing<Vec<u8>>>,
    answer: &Sender<Answered>,
) {
    let mut card = match context.connect(reader, ShareMode::Shared, Protocols::ANY) {
        Ok(card) => card,
        Err(error) => return refuse(error, answer),
    };
    match card.transaction() {
        Ok(transaction) => {
            if answer.send(Ok(Zeroizing::default())).is_ok() {
                serve(&transaction, asked, answer);
            }
            let _ = transaction.end(Disposition::ResetCard);
        }
        Err(error) => refuse(error, answer),
    }
}

fn refuse(error: Error, answer: &Sender<Answered>) {
    tracing::info!(%error, "the card cannot be held");
    let problem = if error == Error::SharingViolation { CardProblem::Busy } else { CardProblem::Gone };
    let _ = answer.send(Err(problem));
}

fn serve(card: &Card, asked: &Receiver<Zeroizing<Vec<u8>>>, answer: &Sender<Answered>) {
    let mut buffer = Zeroizing::new(vec![0; MAX_BUFFER_SIZE_EXTENDED]);
    while let Ok(command) = asked.recv() {
        let answered = match card.transmit(&command, &mut buffer) {
            Ok(bytes) => Ok(Zeroizing::new(bytes.to_vec())),
            Err(error) => {
                tracing::info!(%error, "the card does not answer");
                Err(CardProblem::Gone)
            }
        };
        if answer.send(answered).is_err() {
            return;
        }
    }
}
