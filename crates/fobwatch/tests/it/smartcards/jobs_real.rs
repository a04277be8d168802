//! A renewal by the program that people install, with a card behind the real PC/SC service: nothing in between is ours to look away
//! from. It is killed at any command.

use super::cut::every;
use super::installed::Desk;
use jiff::SignedDuration;
use journeys::smartcard::job::JobState;
use rstest::rstest;
use std::os::unix::process::ExitStatusExt as _;
use vcard::{Firmware, Pull};

const SIGKILL: i32 = 9;

/// Renews while the program is killed at one command of the card. Answers whether the renewal has so many commands.
async fn renews(desk: &mut Desk, command: u32, when: Pull) -> bool {
    let before = desk.ward.pair(&desk.held).await;
    let id = desk.ward.asks_to_renew(&desk.held).await;
    let (status, said) = desk.works(id, Some((command, when))).await;
    let reached = !desk.held.plastic.with(vcard::Card::acts_no_more);
    let mut view = desk.ward.view(&desk.held, id).await;
    if reached {
        desk.held.plastic.is_back();
    }
    if view.state != JobState::Ended {
        assert!(reached, "{command} {view:?} {said}");
        assert_eq!(desk.ward.pair(&desk.held).await, before, "{command}: the old pair counts");
        assert_eq!(status.signal(), Some(SIGKILL), "{command} {said}");
        desk.ward.goes_on(&desk.held, id).await;
        let (_, said) = desk.works(id, None).await;
        view = desk.ward.view(&desk.held, id).await;
        assert_eq!(view.state, JobState::Ended, "{command} {said}");
    }
    assert_eq!(view.trouble, None, "{command} {said}");
    desk.ward.card_holds_its_pair(&desk.held).await;
    // Limits are for people, not for a test that renews all day.
    desk.ward.clock.advance(SignedDuration::from_hours(1));
    reached
}

#[rstest]
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn the_installed_program_goes_on_wherever_it_was_killed(
    #[values(Firmware::Moves, Firmware::Plain)] firmware: Firmware,
    #[values(Pull::Before, Pull::After)] when: Pull,
) {
    let mut desk = Desk::new(firmware).await;
    let mut commands = 0;
    // In ./test at some of its commands, with FOBWATCH_TEST_EVERY=1 at each.
    let every = u32::try_from(every()).unwrap();
    while renews(&mut desk, commands, when).await {
        commands += every;
    }
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
