//! The console: what people with a role see and do, and what they do not. Told by story in the files beside this one.

mod archive;
mod audit;
mod caller;
mod doors;
mod finding;
mod help;
mod invitations;
mod invitations_bounds;
mod job_roles;
mod number;
mod passports;
mod provide;
mod reminders;
mod reports;
mod roles;
mod sent_before;
mod shares;
mod teams;

use crate::guide::{Factor, Visitor};
use crate::people::Person;
use crate::ward::Ward;
use rules::roster::RosterRow;
use store::organisation::OrganisationChange;
use store::role::Role;
use store::roster::Missing;
use testkit::SeededRandom;
use uuid::Uuid;

/// A reason that is long enough.
pub const REASON: &str = "The person called from ward 7 about this.";

impl Ward {
    /// The account of this person.
    pub async fn account_of(&self, who: Person) -> Uuid {
        let found = self.store().account_by_email(who.email).await.unwrap();
        found.unwrap_or_else(|| panic!("{} has no account", who.email))
    }

    /// Gives a role as the command line does.
    pub async fn gives_role(&self, who: Person, role: Role) {
        let account = self.account_of(who).await;
        let mut tx = self.store().begin().await.unwrap();
        tx.give_role(account, role, None, self.clock.now()).await.unwrap();
        tx.commit().await.unwrap();
    }

    /// Somebody with an account, by an authenticator app.
    pub async fn colleague(&self, who: Person) -> Visitor<'_> {
        let mut visitor = self.person(who);
        visitor.joins(Factor::AuthenticatorApp).await;
        visitor
    }

    /// Somebody with this role, who is signed in.
    pub async fn staff(&self, who: Person, role: Role) -> Visitor<'_> {
        let mut visitor = self.colleague(who).await;
        self.gives_role(who, role).await;
        visitor.signs_in(Factor::AuthenticatorApp).await;
        visitor
    }

    /// The organisation makes a rule stricter.
    pub async fn rules(&self, policy: &str) {
        let organisation = self.store().organisation_by_code("NTH").await.unwrap().unwrap().id;
        let mut tx = self.store().begin().await.unwrap();
        let change = OrganisationChange { policy: Some(policy.to_owned()), ..OrganisationChange::default() };
        tx.change_organisation(organisation, &change).await.unwrap();
        tx.commit().await.unwrap();
    }

    /// Another trust, with these people on its roster.
    pub async fn another_trust(&self, rows: &[RosterRow]) {
        let now = self.clock.now();
        let id = vault::new_id(now, &SeededRandom::unique());
        let mut tx = self.store().begin().await.unwrap();
        tx.add_organisation(id, "STH", "Southmere Community Trust", now).await.unwrap();
        tx.import_roster(id, rows, now, &|_, _| Missing::MarkAsLeft, &|_| {}).await.unwrap();
        tx.commit().await.unwrap();
    }

    /// The newest record of the audit that says this.
    pub async fn newest_record(&self, event: &str) -> serde_json::Value {
        let records = self.store().audit_page(0).await.unwrap();
        let newest = records.iter().rev().find(|record| record.event["event"] == event);
        newest.unwrap_or_else(|| panic!("no {event} in the audit")).event.clone()
    }
}

impl Visitor<'_> {
    /// The person's page in the console, as somebody with a role opens it.
    pub async fn looks_at(&mut self, who: Person) -> &mut Self {
        let id = self.ward.account_of(who).await;
        self.opens(&format!("/console/people/{id}")).await;
        self
    }

    /// *Find a person*.
    pub async fn looks_for(&mut self, text: &str) -> &mut Self {
        self.opens("/console/people").await.reads("Find a person");
        self.fills("Name, email address or staff number", text).presses("Find").await;
        self
    }

    /// The proof has become old, and is made anew.
    pub async fn proves_again(&mut self) -> &mut Self {
        self.opens("/confirm?next=/console/people").await;
        self.confirms().await.reads("Find a person");
        self
    }

    /// *Documents seen*, which makes it sure who stands at the counter.
    pub async fn sees_documents_of(&mut self, who: Person) -> &mut Self {
        self.looks_at(who).await.follows("Make sure who is calling").await;
        self.chooses("Passport").presses("I have seen these documents").await;
        self.says("You are sure who this is. You can act for 10 minutes.");
        self
    }

    /// Sends a form that is not on the page: what an insider with a tool would try.
    pub async fn sends_form(&mut self, path: &str, body: &str) -> &mut Self {
        self.posts((path.to_owned(), body.to_owned())).await;
        self
    }
}

impl Visitor<'_> {
    /// As [`Visitor::proves_again`], signing in anew where the session is over.
    pub async fn proves_again_if_asked(&mut self) -> &mut Self {
        self.ward.waits(60);
        self.opens("/confirm?next=/console/people").await;
        if self.page.heading() == "Confirm that it is you" {
            self.confirms().await;
        }
        if self.page.heading() != "Find a person" {
            self.signs_in(Factor::AuthenticatorApp).await;
        }
        self
    }
}
