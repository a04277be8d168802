//! What the doctor says of wallets, and of Entra Verified ID.

use jiff::civil::date;
use testkit::{Entra, TurnableClock};

use super::*;

impl Desk {
    fn uses(&mut self, entra: &Entra) {
        let credential = format!("core-skill | CoreSkill | {}", Entra::manifest("CoreSkill"));
        for (key, value) in [
            ("TENANT", Entra::TENANT),
            ("CLIENT_ID", Entra::CLIENT_ID),
            ("CLIENT_SECRET", Entra::CLIENT_SECRET),
            ("AUTHORITY", Entra::AUTHORITY),
            ("AUTHORITY_ID", Entra::AUTHORITY_ID),
            ("CREDENTIALS", &credential),
            ("BASE_URL", entra.base_url()),
            ("LOGIN_URL", entra.base_url()),
        ] {
            self.says(key, value);
        }
    }

    fn says(&mut self, key: &str, value: &str) {
        self.says_of_passport(&format!("ENTRA_{key}"), value);
    }

    fn says_of_passport(&mut self, key: &str, value: &str) {
        let name = format!("FOBWATCH_PASSPORT__{key}");
        self.environment.retain(|(known, _)| *known != name);
        self.environment.push((name, value.to_owned()));
    }

    async fn doctor_says(&mut self) -> String {
        self.types("doctor").await.out
    }
}

#[tokio::test]
async fn the_doctor_asks_the_tenant() {
    let mut desk = Desk::with_northfield().await;
    assert!(!desk.doctor_says().await.contains("entra"));
    let entra = Entra::start(TurnableClock::new()).await;
    desk.uses(&entra);
    let said = desk.doctor_says().await;
    assert!(
        said.contains("OK    entra            the tenant takes us, for handing out and for revoking"),
        "{said}"
    );
    assert!(entra.requests().is_empty());

    desk.says("CLIENT_SECRET", "run-out-last-week");
    let said = desk.doctor_says().await;
    assert!(
        said.contains(
            "MEND  entra            set up wrongly: the tenant gives no token (401 invalid_client)"
        ),
        "{said}"
    );
    assert!(said.contains("that the secret has not expired. See [passport]"), "{said}");
    assert!(!said.contains("run-out-last-week"), "{said}");
}

#[tokio::test]
async fn the_doctor_looks_at_the_makers_of_wallets_and_at_the_token_of_keys() {
    let mut desk = Desk::with_northfield().await;
    assert!(!desk.doctor_says().await.contains("wallets"));
    let root =
        ::pki::credential_signer::new_root("Ward Wallets", date(2026, 11, 22), date(2036, 11, 22)).unwrap();
    let root = ::pki::Certificate::from_der(&root.certificate).unwrap();
    let makers = desk.file("makers.pem", root.pem());
    desk.says_of_passport("KEY_MAKERS", &makers.display().to_string());
    let said = desk.doctor_says().await;
    assert!(said.contains("OK    wallets          their makers are known"), "{said}");
    desk.says_of_passport("KEY_MAKERS", "/nowhere/makers.pem");
    let said = desk.doctor_says().await;
    assert!(said.contains("MEND  wallets          passport.key_makers"), "{said}");
    desk.says_of_passport("KEY_MAKERS", &makers.display().to_string());
    for (key, value) in
        [("HSM_DRIVER", "/nowhere/driver.so"), ("HSM_TOKEN", "northfield"), ("HSM_PIN", "1234")]
    {
        desk.says_of_passport(key, value);
    }
    let said = desk.doctor_says().await;
    assert!(said.contains("MEND  wallets          passport.hsm_driver, hsm_token and hsm_pin"), "{said}");
}
