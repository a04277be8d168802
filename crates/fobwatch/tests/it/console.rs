//! The console: what people with a role see and do, and what they do not. Told by story in the files beside this one.

mod finding;

use crate::guide::{Factor, Visitor};
use crate::people::Person;
use crate::ward::Ward;
use store::role::Role;
use uuid::Uuid;

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
        tx.give_role(account, role, None, journeys::Clock::now(&self.clock)).await.unwrap();
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
}
