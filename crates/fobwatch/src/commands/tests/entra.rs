//! What the doctor says of Entra Verified ID.

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
        let name = format!("FOBWATCH_PASSPORT__ENTRA_{key}");
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
