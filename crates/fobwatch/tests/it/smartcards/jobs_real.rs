//! A renewal by the program that people install, with a card behind the real PC/SC service: nothing in between is ours to look away
//! from. It is killed, and the card is pulled out, at any command.

use super::cut::every;
use super::installed::Desk;
use jiff::SignedDuration;
use journeys::smartcard::job::{JobState, Trouble};
use rstest::rstest;
use std::os::unix::process::ExitStatusExt as _;
use testkit::Reader;
use vcard::{Firmware, Pull};

const SIGKILL: i32 = 9;

/// How the program is cut off at a command of the card.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Cut {
    Killed,
    Pulled,
}

/// Renews with one cut. Answers whether the renewal has so many commands.
async fn renews(desk: &mut Desk, cut: Cut, command: u32, when: Pull) -> bool {
    let before = desk.ward.pair(&desk.held).await;
    let id = desk.ward.asks_to_renew(&desk.held).await;
    let killed = (cut == Cut::Killed).then_some((command, when));
    if cut == Cut::Pulled {
        desk.held.plastic.with(|card| card.pull_after(command, when));
    }
    let (status, said) = desk.works(id, killed).await;
    let reached = match cut {
        Cut::Killed => !desk.held.plastic.with(vcard::Card::acts_no_more),
        Cut::Pulled => desk.held.plastic.with(|card| card.is_out()),
    };
    let mut view = desk.ward.view(&desk.held, id).await;
    if view.state != JobState::Ended {
        assert!(reached, "{command} {view:?} {said}");
        assert_eq!(desk.ward.pair(&desk.held).await, before, "{command}: the old pair counts");
        match cut {
            Cut::Killed => assert_eq!(status.signal(), Some(SIGKILL), "{command} {said}"),
            Cut::Pulled => {
                assert_eq!(view.state, JobState::Stopped, "{command} {view:?} {said}");
                let gone = matches!(view.trouble, Some(Trouble::NoCard | Trouble::CardGone));
                assert!(gone, "{command} {view:?} {said}");
            }
        }
        is_back(desk, cut);
        desk.ward.goes_on(&desk.held, id).await;
        let (_, said) = desk.works(id, None).await;
        view = desk.ward.view(&desk.held, id).await;
        assert_eq!((view.state, view.trouble), (JobState::Ended, None), "{command} {said}");
    } else if reached {
        is_back(desk, cut);
    }
    assert_eq!(view.trouble, None, "{command} {said}");
    desk.ward.card_holds_its_pair(&desk.held).await;
    // Limits are for people, not for a test that renews all day.
    desk.ward.clock.advance(SignedDuration::from_hours(1));
    reached
}

/// The card that was pulled out is put in again.
fn is_back(desk: &mut Desk, cut: Cut) {
    desk.held.plastic.is_back();
    if cut == Cut::Pulled {
        desk.bed.is_empty(Reader::First);
        desk.bed.insert(Reader::First, &desk.held.plastic.0);
    }
}

#[rstest]
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn the_installed_program_goes_on_wherever_it_was_killed_or_the_card_pulled_out(
    #[values(Firmware::Moves, Firmware::Plain)] firmware: Firmware,
    #[values(Cut::Killed, Cut::Pulled)] cut: Cut,
    #[values(Pull::Before, Pull::After)] when: Pull,
) {
    let mut desk = Desk::new(firmware).await;
    let began = std::time::Instant::now();
    let mut commands = 0;
    // In ./test at some of its commands, with FOBWATCH_TEST_EVERY=1 at each.
    let every = u32::try_from(every()).unwrap();
    while renews(&mut desk, cut, commands, when).await {
        commands += every;
    }
    println!("{firmware:?} {cut:?} {when:?}: {commands} commands in {:?}", began.elapsed());
    // Fewer would mean that the cuts did not happen.
    assert!(commands >= 25, "{commands}");
    desk.ward.nothing_is_left_over().await;
    desk.ward.audit_is_whole().await;
    // A tool that we did not write reads the certificate that signs in.
    let read = desk.bed.says("pkcs15-tool", &["--read-certificate", "01"]);
    let read = pki::Certificate::all_from_pem(&read).unwrap();
    let pair = desk.ward.pair(&desk.held).await;
    assert_eq!(read[0].der(), pair[0].der);
}
