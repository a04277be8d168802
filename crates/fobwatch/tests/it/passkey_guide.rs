//! What a person does with a passkey, in front of a browser that has an authenticator.

use crate::browser::Browser;
use crate::guide::{Factor, Visitor};
use crate::people::Person;
use crate::ward::Ward;
use axum::http::{Method, StatusCode};
use scraper::{Html, Selector};
use serde_json::Value;
use testkit::SoftAuthenticator;
use url::form_urlencoded::Serializer;

/// A form that waits for the script, as the page has it.
pub struct PasskeyForm {
    pub action: String,
    pub question: String,
}

impl Ward {
    /// A new phone or computer with an authenticator, in front of this service.
    pub fn device(&self) -> SoftAuthenticator {
        SoftAuthenticator::new(self.setup.public_url)
    }

    /// This person, with an account, signed in, and a passkey on a new device.
    pub async fn person_with_a_passkey(
        &self,
        who: Person,
        factor: Factor,
    ) -> (Visitor<'_>, SoftAuthenticator) {
        let mut person = self.person(who);
        person.joins(factor).await.signs_in(factor).await;
        let mut device = self.device();
        person.adds_a_passkey(&mut device).await;
        (person, device)
    }

    /// The person has been told this by e-mail and by text message.
    pub async fn has_told(&self, who: Person, words: &str) {
        self.delivers().await;
        let mails = self.mailbox.messages_to(who.email);
        assert!(mails.iter().any(|mail| mail.text.contains(words)), "no e-mail says {words:?}");
        let texts = self.phone.texts_to(who.mobile);
        assert!(texts.iter().any(|text| text.body.contains(words)), "no text message says {words:?}");
    }

    /// How many tries with a passkey were refused for this reason, as its owner is shown them.
    pub async fn refused_for(&self, why: &str) -> i64 {
        self.db.count("activity", &format!("kind = 'passkey-refused' AND detail = '{why}'")).await
    }
}

impl Browser {
    /// The form for a passkey on this page.
    pub fn passkey_form(&self) -> PasskeyForm {
        let document = Html::parse_document(&self.page.html);
        let form = document
            .select(&Selector::parse("form[data-passkey]").unwrap())
            .next()
            .unwrap_or_else(|| panic!("no passkey is asked for in {}", self.page.shown()));
        PasskeyForm {
            action: form.attr("action").unwrap().to_owned(),
            question: form.attr("data-passkey-question").unwrap().to_owned(),
        }
    }

    /// What the script fetches.
    pub async fn fetches_the_question(&mut self, form: &PasskeyForm) -> Value {
        let (status, _, body) =
            self.sends(&Method::POST, &form.question, Some(String::new()), &[]).await.unwrap();
        assert_eq!(status, StatusCode::OK, "{body}");
        serde_json::from_str(&body).unwrap()
    }

    /// The form as the script sends it.
    pub fn filled(form: &PasskeyForm, answer: &str) -> (String, String) {
        let body = Serializer::new(String::new()).append_pair("credential", answer).finish();
        (form.action.clone(), body)
    }

    pub async fn answers(&mut self, form: &PasskeyForm, answer: &str) -> &mut Self {
        self.posts(Self::filled(form, answer)).await
    }

    /// Presses the button of this page and unlocks the device.
    pub async fn uses_a_passkey(&mut self, device: &mut SoftAuthenticator) -> &mut Self {
        let form = self.passkey_form();
        let question = self.fetches_the_question(&form).await;
        let answer = device.uses_a_passkey(&question);
        self.answers(&form, &answer).await
    }

    /// *Sign in with a passkey*.
    pub async fn signs_in_with_a_passkey(&mut self, device: &mut SoftAuthenticator) -> &mut Self {
        self.opens("/sign-in").await.reads("Sign in");
        self.uses_a_passkey(device).await
    }

    /// *Create a passkey*, up to its name.
    pub async fn makes_a_passkey(&mut self, device: &mut SoftAuthenticator) -> &mut Self {
        self.opens("/security-info/passkeys/add").await.reads("Create a passkey");
        let form = self.passkey_form();
        let question = self.fetches_the_question(&form).await;
        let answer = device.makes_a_passkey(&question);
        self.answers(&form, &answer).await
    }

    /// The whole way to another passkey.
    pub async fn adds_a_passkey(&mut self, device: &mut SoftAuthenticator) -> &mut Self {
        self.makes_a_passkey(device).await.reads("Name your passkey");
        self.presses("Save").await.reads("Your passkeys").says("Your passkey has been saved");
        self
    }
}
