//! What a person does who has forgotten the password, or is locked out, in the words of the pages.

use crate::guide::{Factor, Visitor};
use crate::ward::Ward;
use rules::role::Role;
use store::organisation::OrganisationChange;
use uuid::Uuid;
use vault::Secret;

pub const RESET: &str = "Reset my password";
pub const UNLOCK: &str = "Unlock my account";
pub const HOW: &str = "How do you want to prove that it is you?";
pub const AGAIN: &str = "How do you want to prove it a second time?";
pub const CHOOSE: &str = "Choose a new password";
pub const NEW_PASSWORD: &str = "velvet compass under seven rivers";

/// What a method is called where it proves whose account it is.
pub fn way(factor: Factor) -> &'static str {
    match factor {
        Factor::Email => "Email",
        Factor::TextMessage => "Mobile phone",
        Factor::AuthenticatorApp => "Authenticator app",
    }
}

impl Visitor<'_> {
    /// From the page for signing in to the ways, with their own address.
    pub async fn asks_to(&mut self, what: &str) -> &mut Self {
        let email = self.who.email;
        self.asks_to_as(what, email).await
    }

    /// The same with any user name.
    pub async fn asks_to_as(&mut self, what: &str, user_name: &str) -> &mut Self {
        self.fills_in_user_name(what, user_name).await.presses("Continue").await;
        self
    }

    /// The same without the last *Continue*.
    pub async fn fills_in_user_name(&mut self, what: &str, user_name: &str) -> &mut Self {
        self.cookies.remove("fobwatch-session");
        self.opens("/sign-in").await.reads("Sign in");
        self.follows("I have forgotten my password, or my account is locked").await;
        self.reads("What do you want to do?");
        self.chooses(what).presses("Continue").await.reads(what);
        self.fills("Email address or staff number", user_name);
        self
    }

    /// Chooses a way to prove it.
    pub async fn goes_by(&mut self, factor: Factor) -> &mut Self {
        self.chooses(way(factor)).presses("Continue").await;
        self
    }

    /// Chooses a way to prove it, and proves it.
    pub async fn proves_by(&mut self, factor: Factor) -> &mut Self {
        self.ward.waits(60);
        self.ward.delivers().await;
        self.goes_by(factor).await;
        let code = self.factor_code(factor).await;
        self.types(&code).await
    }

    /// The last page of a reset.
    pub async fn sets(&mut self, password: &str) -> &mut Self {
        self.reads(CHOOSE);
        self.fills("New password", password).presses("Set new password").await;
        self
    }

    /// A reset that fails: as many wrong codes of an app as there may be.
    pub async fn fails_a_reset(&mut self) -> &mut Self {
        self.asks_to(RESET).await.reads(HOW);
        self.goes_by(Factor::AuthenticatorApp).await;
        for _ in 0..5 {
            let wrong = crate::codes::another_than(&self.factor_code(Factor::AuthenticatorApp).await);
            self.types(&wrong).await;
        }
        self
    }

    /// Signs in with another password than the one that they joined with.
    pub async fn signs_in_with(&mut self, password: &str, factor: Factor) -> &mut Self {
        self.ward.waits(60);
        self.ward.delivers().await;
        self.gives_password(password).await;
        let code = self.factor_code(factor).await;
        self.types(&code).await;
        assert_eq!(self.page.url, "/home", "{}", self.page.shown());
        self
    }

    /// Gets a role in the console.
    pub async fn is_at_the_service_desk(&mut self) -> &mut Self {
        let account = self.account().await;
        let mut tx = self.ward.store().begin().await.unwrap();
        tx.give_role(account, Role::ServiceDesk, None, self.ward.now()).await.unwrap();
        tx.commit().await.unwrap();
        self
    }

    /// Has printed this recovery code.
    pub async fn has_a_recovery_code(&mut self, code: &str) -> &mut Self {
        let account = self.account().await;
        let signs = code.replace('-', "");
        let parts = [account.as_bytes().as_slice(), signs.as_bytes()];
        let hash = self.ward.node.service.keys.keyed_hash("recovery-code", &parts);
        let id = self.ward.new_id();
        let mut tx = self.ward.store().begin().await.unwrap();
        tx.replace_recovery_codes(account, &[(id, hash)], self.ward.now()).await.unwrap();
        tx.commit().await.unwrap();
        self
    }

    /// The account may not be used.
    pub async fn is_disabled(&mut self) -> &mut Self {
        let account = self.account().await;
        let mut tx = self.ward.store().begin().await.unwrap();
        assert!(tx.disable_account(account, "number-not-allowed", self.ward.now()).await.unwrap());
        tx.commit().await.unwrap();
        self
    }

    /// Whether the password is this one.
    pub async fn has_password(&self, password: &str) -> bool {
        let known = self.ward.store().credentials(self.who.email).await.unwrap().unwrap();
        let password = Secret::new(password.to_owned());
        let verdict = self.ward.node.service.hasher.verify(&password, &known.password).await;
        matches!(verdict, Ok(vault::Verdict::Right { .. }))
    }
}

impl Ward {
    pub fn now(&self) -> jiff::Timestamp {
        self.node.service.clock.now()
    }

    pub fn new_id(&self) -> Uuid {
        vault::new_id(self.now(), self.node.service.random.as_ref())
    }

    /// Northfield Hospitals make a rule stricter.
    pub async fn rules_become(&self, policy: &str) {
        let organisation = self.store().organisation_by_code("NTH").await.unwrap().unwrap();
        let change = OrganisationChange { policy: Some(policy.to_owned()), ..OrganisationChange::default() };
        let mut tx = self.store().begin().await.unwrap();
        tx.change_organisation(organisation.id, &change).await.unwrap();
        tx.commit().await.unwrap();
    }

    /// How many of these happened.
    pub async fn audited(&self, event: &str) -> i64 {
        self.db.count("audit", &format!("event LIKE '%\"{event}\"%'")).await
    }
}
