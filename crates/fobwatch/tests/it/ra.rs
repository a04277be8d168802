//! The Registration Authority in the console: what each role sees and does, and what nobody does. Told by story in the files beside
//! this one.

mod acts;
mod blanks;
mod doors;
mod identity;
mod lists;
mod outside;
mod second;

use crate::console::REASON;
use crate::guide::{Factor, Visitor};
use crate::people::Person;
use crate::ward::Ward;
use jiff::civil::Date;
use jiff::tz::TimeZone;
use jiff::{Timestamp, ToSpan as _};
use store::role::Role;
use store::server_passcode::ServerPasscodeKind;
use store::smartcard::Smartcard;
use store::smartcard_certificate::{CertificateSlot, NewCardCertificate, RenewalCount};
use store::smartcard_life::NewSmartcard;
use testkit::SeededRandom;
use uuid::Uuid;
use vault::Secret;

/// What the pages of the Registration Authority begin with.
const CARDS: &str = "/console/smartcards";

/// How a card stands when a test begins.
#[derive(Debug, Clone, Copy)]
struct Stands {
    /// So many days ago its passcode was set.
    passcode_days: i64,
    /// In so many days its certificates end.
    ends_in_days: i64,
    /// Renewals without a visit.
    renewals: u32,
    /// Tries left.
    tries: u8,
}

const FINE: Stands = Stands { passcode_days: 10, ends_in_days: 400, renewals: 0, tries: 3 };

impl Ward {
    /// A local day, so many days from today.
    fn day(&self, days: i64) -> Date {
        let zone = TimeZone::get("Europe/London").unwrap();
        self.clock.now().to_zoned(zone).date().saturating_add(days.days())
    }

    /// Noon of a local day.
    fn noon(&self, days: i64) -> Timestamp {
        let zone = TimeZone::get("Europe/London").unwrap();
        self.day(days).at(12, 0, 0, 0).to_zoned(zone).unwrap().timestamp()
    }

    async fn blank(&self, label: &str) -> Uuid {
        let (now, random) = (self.clock.now(), SeededRandom::unique());
        let organisation_id = self.store().organisation_by_code("NTH").await.unwrap().unwrap().id;
        let id = vault::new_id(now, &random);
        let guid = *vault::new_id(now, &random).as_bytes();
        let new = NewSmartcard { id, organisation_id, guid, profile: "piv-6-8-digits", label };
        let mut tx = self.store().begin().await.unwrap();
        assert!(tx.add_smartcard(new, now).await.unwrap());
        tx.commit().await.unwrap();
        id
    }

    /// A card that this person has, with working certificates.
    async fn has_card(&self, who: Person, label: &str, stands: Stands) -> Uuid {
        let (now, random) = (self.clock.now(), SeededRandom::unique());
        let (card, account) = (self.blank(label).await, self.account_of(who).await);
        let job_id = vault::new_id(now, &random);
        let mut tx = self.store().begin().await.unwrap();
        assert!(tx.bind_smartcard(card, account, now).await.unwrap());
        let pair = [CertificateSlot::Authentication, CertificateSlot::Signature].map(|slot| {
            let id = vault::new_id(now, &random);
            (id, slot)
        });
        for (id, slot) in pair {
            let new = NewCardCertificate {
                id,
                smartcard_id: card,
                account_id: account,
                slot,
                serial: id.as_bytes(),
                der: b"no certificate is read here",
                not_before: now,
                not_after: self.noon(stands.ends_in_days),
                job_id,
            };
            tx.add_card_certificate(new, now).await.unwrap();
        }
        let proved = tx
            .certificates_proved(
                card,
                job_id,
                pair.map(|(id, _)| id),
                RenewalCount::StartsAgain,
                "renewed",
                now,
            )
            .await
            .unwrap();
        assert!(proved.is_some());
        assert!(tx.smartcard_issued(card, false, now).await.unwrap());
        assert!(tx.card_passcode_set(card, self.day(-stands.passcode_days)).await.unwrap());
        tx.card_tries_seen(card, stands.tries, now).await.unwrap();
        tx.commit().await.unwrap();
        if stands.renewals > 0 {
            let sql =
                format!("UPDATE smartcard SET renewals_used = {} WHERE label = '{label}'", stands.renewals);
            self.db.tell(&sql).await;
        }
        card
    }

    async fn card(&self, id: Uuid) -> Smartcard {
        self.store().smartcard(id).await.unwrap().unwrap()
    }

    /// The person has this Account Recovery Passcode.
    async fn has_recovery_passcode(&self, who: Person, passcode: &str) {
        let (account, now) = (self.account_of(who).await, self.clock.now());
        let random = SeededRandom::unique();
        let hash = self.node.service.hasher.hash(&Secret::new(passcode.to_owned()), &random).await.unwrap();
        let mut tx = self.store().begin().await.unwrap();
        let id = vault::new_id(now, &random);
        let kind = ServerPasscodeKind::Recovery;
        assert!(tx.set_server_passcode(id, account, kind, &hash, None, now).await.unwrap());
        tx.commit().await.unwrap();
    }

    /// An e-mail to this address says so.
    async fn has_mailed(&self, address: &str, words: &str) {
        self.delivers().await;
        let mails = self.mailbox.messages_to(address);
        assert!(mails.iter().any(|mail| mail.text.contains(words)), "no e-mail says {words:?}");
    }

    /// Two members of the Registration Authority agree here.
    async fn wants_a_second_approver(&self) {
        self.rules(r#"{"ra-second-approver": "yes"}"#).await;
    }
}

impl Visitor<'_> {
    async fn opens_card(&mut self, card: Uuid) -> &mut Self {
        self.opens(&format!("{CARDS}/cards/{card}")).await;
        self
    }

    /// *Check identity* by a passport.
    async fn checks_identity_of(&mut self, who: Person) -> &mut Self {
        let id = self.ward.account_of(who).await;
        self.opens(&format!("{CARDS}/people/{id}/identity")).await.reads("Check identity");
        self.chooses("Passport").presses("I have seen these documents").await;
        self.says("You are sure who this is. You can act for 10 minutes.");
        self
    }

    /// An act on a card, with a reason that is long enough.
    async fn does(&mut self, card: Uuid, act: &str, button: &str) -> &mut Self {
        self.opens(&format!("{CARDS}/cards/{card}/{act}")).await;
        self.fills("Reason", REASON).presses(button).await;
        self
    }

    /// The proof has become old, and is made anew.
    async fn proves_again_for_cards(&mut self) -> &mut Self {
        self.ward.waits(60);
        self.opens("/confirm?next=/console/smartcards").await;
        if self.page.heading() == "Confirm that it is you" {
            self.confirms().await;
        }
        if self.page.heading() != "Smartcards" {
            self.signs_in(Factor::AuthenticatorApp).await;
        }
        self
    }
}

/// The roles of the Registration Authority.
const AUTHORITY: [Role; 4] = [Role::RaManager, Role::RaAgent, Role::Sponsor, Role::Unlocker];
