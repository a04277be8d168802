//! Cards that people hold, as the Registration Authority has issued them.

use crate::guide::{Factor, Visitor};
use crate::people::AMINA;
use crate::ward::Ward;
use jiff::{SignedDuration, Timestamp, ToSpan as _};
use store::smartcard_certificate::{CertificateSlot, NewCardCertificate, RenewalCount};
use store::smartcard_life::NewSmartcard;
use testkit::SeededRandom;
use uuid::Uuid;

/// Cards that take letters.
pub const LETTERS: &str = "legacy-4-8-alphanumeric";
/// Cards that take digits alone.
pub const DIGITS: &str = "piv-6-8-digits";

pub const APP: Factor = Factor::AuthenticatorApp;

impl Ward {
    /// Amina with an account, an authenticator app and a card, signed in.
    pub async fn amina_with_card(&self, profile: &str) -> (Visitor<'_>, Uuid) {
        let mut amina = self.person(AMINA);
        amina.joins(APP).await;
        let card = amina.gets_card(profile).await;
        amina.signs_in(APP).await;
        (amina, card)
    }

    /// The passcode of a card was set so many days ago.
    pub async fn passcode_is_old(&self, card: Uuid, days: i64) {
        let set_on = self.local_today().saturating_sub(days.days());
        self.tell_card(card, &format!("passcode_set_on = '{set_on}'")).await;
    }

    /// The certificates of a card have so many days to their last one, which may be past.
    pub async fn certificates_end_in(&self, card: Uuid, days: i64) {
        let last = self.local_today().saturating_add(days.days()).at(23, 30, 0, 0);
        let last = last.in_tz("Europe/London").unwrap().timestamp();
        self.tell_card(card, &format!("expires_at = {}", last.as_millisecond())).await;
    }

    pub async fn tell_card(&self, card: Uuid, set: &str) {
        let id = match self.setup.kind {
            crate::database::Sqlite => format!("x'{}'", card.simple()),
            crate::database::PostgreSql => format!("'{card}'"),
        };
        self.db.tell(&format!("UPDATE smartcard SET {set} WHERE id = {id}")).await;
    }

    pub fn local_today(&self) -> jiff::civil::Date {
        self.node.service.today()
    }

    /// A day passes.
    pub fn a_day_passes(&self) {
        self.waits(24 * 60 * 60);
    }

    /// What holds for smartcards at Northfield.
    pub async fn rules_are(&self, policy: &str) {
        self.db.tell(&format!("UPDATE organisation SET policy = '{policy}'")).await;
    }
}

impl Visitor<'_> {
    /// The Registration Authority issues them a card today: with certificates for three years, of which nothing is due.
    pub async fn gets_card(&self, profile: &str) -> Uuid {
        let (service, now) = (&self.ward.node.service, self.ward.clock.now());
        let random = SeededRandom::unique();
        let new_id = || vault::new_id(now, &random);
        let account = self.account().await;
        let organisation = service.store.account(account).await.unwrap().unwrap().organisation_id;
        let (card, job) = (new_id(), new_id());
        let guid = *new_id().as_bytes();
        let mut tx = service.store.begin().await.unwrap();
        let label = format!("NTH-{}", &card.simple().to_string()[28..]);
        let new = NewSmartcard { id: card, organisation_id: organisation, guid, profile, label: &label };
        assert!(tx.add_smartcard(new, now).await.unwrap());
        assert!(tx.bind_smartcard(card, account, now).await.unwrap());
        let mut pair = [new_id(), new_id()];
        for (id, slot) in pair.iter_mut().zip([CertificateSlot::Authentication, CertificateSlot::Signature]) {
            let serial = new_id();
            let new = NewCardCertificate {
                id: *id,
                smartcard_id: card,
                account_id: account,
                slot,
                serial: serial.as_bytes(),
                der: b"a certificate",
                not_before: now,
                not_after: three_years_after(now),
                job_id: job,
            };
            tx.add_card_certificate(new, now).await.unwrap();
        }
        let count = RenewalCount::StartsAgain;
        assert!(tx.certificates_proved(card, job, pair, count, "renewed", now).await.unwrap().is_some());
        assert!(tx.smartcard_issued(card, false, now).await.unwrap());
        assert!(tx.card_passcode_set(card, service.today()).await.unwrap());
        tx.commit().await.unwrap();
        card
    }
}

fn three_years_after(now: Timestamp) -> Timestamp {
    now + SignedDuration::from_hours(3 * 365 * 24)
}
