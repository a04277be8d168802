//! What a person does, in the words of guide 003.

use crate::browser::Browser;
use crate::people::Person;
use crate::ward::{ELSEWHERE, Ward};
use std::ops::{Deref, DerefMut};
use store::method::{MethodKind, MethodSecret};
use uuid::Uuid;
use vault::Secret;

/// The second factor that a person chooses, by the words of the page.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Factor {
    Email,
    TextMessage,
    AuthenticatorApp,
}

impl Factor {
    pub fn words(self) -> &'static str {
        match self {
            Self::Email => "Email",
            Self::TextMessage => "Text message",
            Self::AuthenticatorApp => "Authenticator app",
        }
    }
}

/// A person in front of a browser.
pub struct Visitor<'w> {
    pub ward: &'w Ward,
    pub who: Person,
    pub browser: Browser,
    /// What their authenticator app was set up with.
    pub seed: Option<Secret<Vec<u8>>>,
}

impl Deref for Visitor<'_> {
    type Target = Browser;

    fn deref(&self) -> &Browser {
        &self.browser
    }
}

impl DerefMut for Visitor<'_> {
    fn deref_mut(&mut self) -> &mut Browser {
        &mut self.browser
    }
}

impl Ward {
    /// This person, at a browser of the hospital.
    pub fn person(&self, who: Person) -> Visitor<'_> {
        Visitor { ward: self, who, browser: self.browser(), seed: None }
    }

    /// This person, at a browser elsewhere.
    pub fn person_elsewhere(&self, who: Person) -> Visitor<'_> {
        Visitor { browser: self.browser_from(ELSEWHERE), ..self.person(who) }
    }
}

impl Visitor<'_> {
    /// Steps 1 and 2: *Staff Group*, *Discover More*, *Join Now*.
    pub async fn comes_to_join(&mut self) -> &mut Self {
        self.opens("/join").await.reads("Staff Group");
        self.chooses("Nursing and Midwifery Registered")
            .presses("Discover More")
            .await
            .says("permanent contract");
        self.presses("Join Now").await.reads("What is your email address?");
        self
    }

    /// Steps 1 to 3, up to *Send Code*.
    pub async fn asks_for_a_code(&mut self) -> &mut Self {
        let email = self.who.email;
        self.asks_for_a_code_at(email).await
    }

    pub async fn asks_for_a_code_at(&mut self, email: &str) -> &mut Self {
        self.comes_to_join().await;
        self.fills("Email address", email).presses("Send Code").await;
        self
    }

    /// Steps 4 and 5: reads the e-mail.
    pub async fn reads_the_mail(&mut self) -> String {
        self.ward.mailed_code(self.who.email).await
    }

    /// *Verification code*, *Verify Code*.
    pub async fn types(&mut self, code: &str) -> &mut Self {
        self.fills("Verification code", code).presses("Verify Code").await;
        self
    }

    /// Steps 1 to 5.
    pub async fn proves_the_address(&mut self) -> &mut Self {
        self.asks_for_a_code().await.reads("Check your email");
        self.types_the_mailed_code().await
    }

    /// Steps 4 and 5.
    pub async fn types_the_mailed_code(&mut self) -> &mut Self {
        let code = self.reads_the_mail().await;
        self.types(&code).await.reads("Choose a password and give your details");
        self
    }

    /// Fills in step 6.
    pub fn fills_in_details(&mut self) -> &mut Self {
        let Person { first_name, last_name, born: (year, month, day), password, .. } = self.who;
        self.fills("Password", password)
            .fills("First name", first_name)
            .fills("Last name", last_name)
            .fills("Day", &day.to_string())
            .fills("Month", &month.to_string())
            .fills("Year", &year.to_string());
        self
    }

    /// Step 6.
    pub async fn gives_details(&mut self) -> &mut Self {
        self.fills_in_details().presses("Continue").await;
        self
    }

    /// Steps 1 to 6.
    pub async fn comes_to_the_second_factor(&mut self) -> &mut Self {
        self.proves_the_address().await.gives_details().await;
        self.reads("Choose your second step for signing in");
        self
    }

    /// Steps 7 and 8.
    pub async fn sets_up(&mut self, factor: Factor) -> &mut Self {
        self.ward.waits(60);
        self.chooses(factor.words()).presses("Continue").await;
        match factor {
            Factor::Email => {
                let email = self.who.email;
                self.reads("Verify your email");
                self.fills("Email address", email).presses("Send Code").await;
                self.reads("Check your email");
            }
            Factor::TextMessage => {
                let mobile = self.who.mobile;
                self.reads("Verify your mobile phone");
                self.fills("Mobile phone number", mobile).presses("Send Code").await;
                self.reads("Check your phone");
            }
            Factor::AuthenticatorApp => {
                self.reads("Set up your authenticator app");
                self.seed = Some(seed_on(&self.browser));
            }
        }
        self
    }

    /// The code that the second factor gives now.
    pub async fn factor_code(&self, factor: Factor) -> String {
        match factor {
            Factor::Email => self.ward.mailed_code(self.who.email).await,
            Factor::TextMessage => self.ward.texted_code(self.who.mobile).await,
            Factor::AuthenticatorApp => {
                let seed = self.seed.as_ref().expect("the app was set up");
                vault::totp::code_at(seed, self.ward.clock.now()).expose().clone()
            }
        }
    }

    /// Steps 1 to 9: there is an account.
    pub async fn joins(&mut self, factor: Factor) -> &mut Self {
        self.comes_to_the_second_factor().await.sets_up(factor).await;
        let code = self.factor_code(factor).await;
        self.types(&code).await.says("Your second step for signing in is set up.");
        self
    }

    /// User name and password.
    pub async fn gives_password(&mut self, password: &str) -> &mut Self {
        let email = self.who.email;
        self.opens("/sign-in").await.reads("Sign in");
        self.fills("Email address or staff number", email)
            .fills("Password", password)
            .presses("Sign in")
            .await;
        self
    }

    /// The whole sign-in, to the home page.
    pub async fn signs_in(&mut self, factor: Factor) -> &mut Self {
        self.ward.waits(60);
        let password = self.who.password;
        self.gives_password(password).await;
        let code = self.factor_code(factor).await;
        self.types(&code).await.is_asked_another_time().await;
        assert_eq!(self.page.url, "/home", "{}", self.page.shown());
        self
    }

    /// The id of their account.
    pub async fn account(&self) -> Uuid {
        self.ward.store().credentials(self.who.email).await.unwrap().expect("there is an account").account_id
    }

    /// Their account gets a further method, as *Security info* would add it. An app's seed is kept.
    pub async fn also_has(&mut self, factor: Factor) -> Uuid {
        let account = self.account().await;
        // Methods are offered in the order in which they were added.
        self.ward.waits(1);
        let now = self.ward.clock.now();
        let id = vault::new_id(now, &testkit::SeededRandom::unique());
        let (kind, secret) = match factor {
            Factor::Email => (MethodKind::Email, MethodSecret::address(self.who.email)),
            Factor::TextMessage => {
                let number = format!("+44{}", self.who.mobile.trim_start_matches('0').replace(' ', ""));
                (MethodKind::Text, MethodSecret::address(&number))
            }
            Factor::AuthenticatorApp => {
                let seed = || Secret::new(b"a seed of twenty byte".to_vec());
                self.seed = Some(seed());
                (MethodKind::App, MethodSecret::seed(seed()))
            }
        };
        let mut tx = self.ward.store().begin().await.unwrap();
        tx.add_sign_in_method(id, account, kind, &secret, 0, now).await.unwrap();
        tx.commit().await.unwrap();
        id
    }

    /// Who has no method for resets is asked after signing in, and says: not now.
    pub async fn is_asked_another_time(&mut self) -> &mut Self {
        if self.page.heading() == "Set up a way to reset your password" {
            self.presses("Not now, ask me again next time").await;
        }
        self
    }

    /// *Confirm that it is you*: password, then the app's code.
    pub async fn confirms(&mut self) -> &mut Self {
        let password = self.who.password;
        self.reads("Confirm that it is you");
        self.fills("Password", password).presses("Continue").await.reads("Open your authenticator app");
        let code = self.factor_code(Factor::AuthenticatorApp).await;
        self.types(&code).await;
        self
    }

    /// Whether this browser is signed in.
    pub async fn is_signed_in(&mut self) -> bool {
        self.opens("/home").await;
        self.page.url == "/home" && self.page.status.is_success()
    }
}

/// Reads the setup key from the page, as somebody types it into an app.
pub fn seed_on(browser: &Browser) -> Secret<Vec<u8>> {
    let key = browser.page.find("code.fw-secret").expect("the setup key is shown");
    let mut bits = 0_u64;
    let mut count = 0;
    let mut seed = Vec::new();
    for letter in key.chars().filter(|letter| *letter != ' ') {
        let value = "ABCDEFGHIJKLMNOPQRSTUVWXYZ234567".find(letter).expect("base32");
        bits = (bits << 5) | u64::try_from(value).unwrap();
        count += 5;
        if count >= 8 {
            count -= 8;
            seed.push(u8::try_from((bits >> count) & 0xff).unwrap());
        }
    }
    Secret::new(seed)
}
