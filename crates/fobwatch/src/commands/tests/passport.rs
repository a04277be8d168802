//! `fobwatch passport`, as the people of HR type it.

use super::*;
use testkit::SeededRandom;
use testkit::crowd;

const FIRE: &str = r#"{"kind": "core-skill", "claims": {"subject": "Fire safety", "attained_on": "ATTAINED"},
    "assurance": {"origin": "ESR", "policy": "CSTF", "outcome": "Passed", "provider": "Northfield",
        "verifier": "Northfield", "method": "E-learning", "pedigree": "Authoritative", "last_refresh": "ATTAINED"}}"#;

/// A desk with somebody who has an account. Answers their address.
pub(super) async fn with_somebody() -> (Desk, String) {
    let desk = Desk::with_northfield().await;
    let house = House::open(&Config::load(None, desk.environment.clone()).unwrap()).await.unwrap();
    let now = SystemClock.now();
    let rows = crowd::roster_of(1, now);
    let organisation = house.store.organisation_by_code("NTH").await.unwrap().unwrap().id;
    let mut tx = house.store.begin().await.unwrap();
    tx.import_roster(organisation, &rows, now, &|_, _| store::roster::Missing::MarkAsLeft, &|_| {})
        .await
        .unwrap();
    let random = SeededRandom::unique();
    let people = crowd::settle(&mut tx, organisation, &rows, "no hash", &random, now).await.unwrap();
    tx.commit().await.unwrap();
    house.store.close().await;
    (desk, people[0].email.clone())
}

impl Desk {
    /// Its owner rejects a credential, for another reason.
    async fn rejects(&self, id: &str, details: &str) {
        let house = House::open(&Config::load(None, self.environment.clone()).unwrap()).await.unwrap();
        let id = id.parse().unwrap();
        let account = house.store.credential(id).await.unwrap().unwrap().account_id;
        let mut tx = house.store.begin().await.unwrap();
        let reason = rules::passport::RejectReason::Other;
        assert!(tx.reject_credential(id, account, reason, Some(details), SystemClock.now()).await.unwrap());
        tx.commit().await.unwrap();
        house.store.close().await;
    }

    /// A file with this many credentials, which were attained a week ago.
    fn credentials(&self, count: usize) -> String {
        let today = SystemClock.now().to_zoned(jiff::tz::TimeZone::UTC).date();
        let attained = today.saturating_sub(jiff::ToSpan::days(7_i64)).to_string();
        let all = vec![FIRE.replace("ATTAINED", &attained); count].join(",");
        self.file("credentials.json", format!("[{all}]")).display().to_string()
    }
}

#[tokio::test]
async fn credentials_are_provided_listed_and_taken_back() {
    let (desk, email) = with_somebody().await;
    let file = desk.credentials(2);
    let provide = format!("passport provide --organisation nth --person {email} {file}");
    let said = desk.types(&provide).await.well().out;
    let ids: Vec<&str> = said.lines().filter_map(|line| line.strip_suffix(" Fire safety")).collect();
    assert_eq!(ids.len(), 2, "{said}");
    let list = desk.types("passport list --organisation NTH --state to-review").await.well().out;
    assert_eq!(list.lines().count(), 2, "{list}");
    assert!(list.starts_with(&format!("{} to-review", ids[0])) && list.contains(&email), "{list}");

    let withdraw = format!("passport withdraw --organisation NTH --reason updated {}", ids[0]);
    assert_eq!(desk.types(&withdraw).await.well().out, format!("{} is withdrawn.\n", ids[0]));
    assert!(desk.types(&withdraw).await.refused().contains("already"));
    let revoke = format!("passport revoke --organisation NTH --reason leaving {}", ids[1]);
    assert!(desk.types(&revoke).await.refused().contains("was not accepted"));
    let list = desk.types(&format!("passport list --organisation NTH --person {email}")).await.well().out;
    assert!(list.contains("withdrawn") && list.contains("Fire safety (updated)"), "{list}");
    let none = desk.types("passport list --organisation NTH --state accepted").await.well();
    assert!(none.out.is_empty() && none.err.contains("There is no such credential."), "{}", none.err);
}

#[tokio::test]
async fn all_of_a_file_is_provided_or_nothing_and_what_is_wrong_is_named_by_its_place() {
    let (desk, email) = with_somebody().await;
    let file = desk.credentials(3);
    let text = std::fs::read_to_string(&file).unwrap().replacen("\"CSTF\"", "7", 1).replacen(
        "Fire safety",
        "Juggling",
        2,
    );
    std::fs::write(&file, text).unwrap();
    let said = desk.types(&format!("passport provide --organisation NTH --person {email} {file}")).await;
    assert_eq!(said.end, Ok(Outcome::Unwell));
    for place in ["/0/assurance/policy: write text", "/0/claims/subject: write one of", "/1/claims/subject: "]
    {
        assert!(said.out.contains(&format!("{file}: {place}")), "{place}: {}", said.out);
    }
    assert!(said.err.contains("Nothing was provided."), "{}", said.err);
    assert!(desk.types("passport list --organisation NTH").await.well().out.is_empty());
    for (line, why) in [
        (
            format!("passport provide --organisation NTH --person nobody@x.example {}", desk.credentials(1)),
            "creates an account first",
        ),
        (format!("passport provide --organisation XYZ --person {email} {file}"), "there is no organisation"),
        (format!("passport provide --organisation NTH --person {email} {file}.not"), "cannot be read"),
        ("passport list --organisation NTH --state gone".to_owned(), "write one of to-review, accepted"),
        (
            format!("passport revoke --organisation NTH --reason x {}", uuid::Uuid::nil()),
            "write one of training-expired",
        ),
        (
            format!("passport withdraw --organisation NTH --reason updated {}", uuid::Uuid::nil()),
            "has issued no credential",
        ),
    ] {
        let said = desk.types(&line).await;
        let refused = format!("{:?}{}", said.end, said.out);
        assert!(refused.contains(why), "{line}: {refused}");
    }
}

#[tokio::test]
async fn a_system_gets_a_key_that_is_shown_once_and_ends() {
    let desk = Desk::with_northfield().await;
    let key = desk.types("passport client add --organisation NTH Records").await.well().out;
    assert_eq!(key.trim().len(), 43, "{key}");
    let again = desk.types("passport client add --organisation NTH Records").await.refused();
    assert!(again.contains("already"), "{again}");
    let list = desk.types("passport client list").await.well().out;
    assert_eq!(list, "may provide Records (credentials of NTH)\n");
    desk.types("passport client end --organisation NTH Records").await.well();
    assert!(
        desk.types("passport client end --organisation NTH Records").await.refused().contains("no system")
    );
    assert!(desk.types("passport client list").await.well().out.starts_with("ended"));
}

#[tokio::test]
async fn rejections_are_listed_with_advice_resolved_and_opened_again() {
    let (desk, email) = with_somebody().await;
    let none = desk.types("passport rejections --organisation NTH").await.well();
    assert!(none.out.is_empty() && none.err.contains("No rejection is open."), "{}", none.err);
    let file = desk.credentials(1);
    let said =
        desk.types(&format!("passport provide --organisation NTH --person {email} {file}")).await.well().out;
    let id = said.strip_suffix(" Fire safety\n").unwrap().to_owned();
    let resolve = format!("passport resolve --organisation NTH {id}");
    assert!(desk.types(&resolve).await.refused().contains("was not rejected"));
    desk.rejects(&id, "the date\u{1b}[31m is wrong").await;

    let list = desk.types("passport rejections --organisation nth").await.well().out;
    let lines: Vec<&str> = list.lines().collect();
    assert!(
        lines[0].starts_with(&id) && lines[0].ends_with(&format!("{email} Fire safety (other)")),
        "{list}"
    );
    assert_eq!(lines[1], "    The person wrote: the date [31m is wrong");
    assert!(lines[2].starts_with("    Read what the person wrote"), "{list}");

    assert_eq!(desk.types(&resolve).await.well().out, format!("The rejection of {id} is resolved.\n"));
    assert!(desk.types(&resolve).await.refused().contains("is resolved already"));
    assert!(desk.types("passport rejections --organisation NTH").await.well().out.is_empty());
    let all = desk.types("passport rejections --organisation NTH --all").await.well().out;
    assert!(all.contains("Resolved on "), "{all}");
    let undo = format!("passport resolve --organisation NTH --undo {id}");
    assert_eq!(desk.types(&undo).await.well().out, format!("The rejection of {id} is open again.\n"));
    assert!(desk.types(&undo).await.refused().contains("is open already"));

    // A corrected credential resolves it by itself.
    let said =
        desk.types(&format!("passport provide --organisation NTH --person {email} {file}")).await.well().out;
    let newer = said.strip_suffix(" Fire safety\n").unwrap();
    let all = desk.types("passport rejections --organisation NTH --all").await.well().out;
    assert!(all.contains(&format!("by the credential {newer}.")), "{all}");
    let unknown = format!("passport resolve --organisation NTH {}", uuid::Uuid::nil());
    assert!(desk.types(&unknown).await.refused().contains("has issued no credential"));
}

#[tokio::test]
async fn keys_are_listed_and_rotated() {
    let desk = Desk::with_northfield().await;
    let none = desk.types("passport keys list").await.well();
    assert!(none.out.is_empty() && none.err.contains("No key was made yet"), "{}", none.err);
    let said = desk.types("passport keys rotate --organisation nth").await.well().out;
    assert!(said.starts_with("NTH signs by the key "), "{said}");
    // Whoever presses twice means once.
    let again = desk.types("passport keys rotate").await.well();
    assert!(again.out.is_empty() && again.err.contains("a moment ago"), "{}", again.err);
    let again = desk.types("passport keys rotate --root").await.well();
    assert!(again.out.is_empty() && again.err.contains("a moment ago"), "{}", again.err);
    let list = desk.types("passport keys list --organisation NTH").await.well().out;
    assert_eq!(list.lines().count(), 2, "{list}");
    assert!(list.contains("is trusted") && list.contains(" signs "), "{list}");
    let pem = desk.types("passport keys list --pem").await.well().out;
    assert!(pem.starts_with("-----BEGIN CERTIFICATE-----"), "{pem}");
    let refused = desk.types("passport keys rotate --organisation XYZ").await.refused();
    assert!(refused.contains("there is no organisation"), "{refused}");
}

#[tokio::test]
async fn issuers_elsewhere_are_trusted_listed_and_removed() {
    let desk = Desk::with_northfield().await;
    let none = desk.types("passport trust list").await.well();
    assert!(none.out.is_empty() && none.err.contains("and no others"), "{}", none.err);
    let day = |year| jiff::civil::date(year, 1, 1);
    let root = ::pki::credential_signer::new_root("Riverside", day(2026), day(2036)).unwrap();
    let leaf =
        ::pki::credential_signer::new_signer(&root, "Riverside", "x.example", day(2026), day(2036)).unwrap();
    let pem = |der: &[u8]| ::pki::Certificate::from_der(der).unwrap().pem();
    let file = desk.file("root.pem", pem(&root.certificate)).display().to_string();
    let not_a_root = desk.file("leaf.pem", pem(&leaf.certificate)).display().to_string();
    let both = desk.file("both.pem", pem(&root.certificate).repeat(2)).display().to_string();
    let add = "passport trust add --organisation NTH --kind core-skill";
    let said = desk.types(&format!("{add} --root {file} Riverside")).await.well().out;
    let id = said.split(' ').next().unwrap().to_owned();
    assert!(said.contains("NTH takes Core skill from Riverside from now on"), "{said}");
    let list = desk.types("passport trust list --organisation nth").await.well().out;
    assert!(list.starts_with(&id) && list.contains("known by its root, as http"), "{list}");
    for (line, why) in [
        (format!("{add} --root {file} Riverside"), "trusted for this kind already"),
        (format!("{add} Westvale"), "say by what the issuer is known"),
        (format!("{add} --issuer http://w.example Westvale"), "begins with https://"),
        (format!("{add} --issuer https://w.example/?a=b Westvale"), "begins with https://"),
        (format!("{add} --root {not_a_root} Westvale"), "none of an authority"),
        (format!("{add} --root {both} Westvale"), "more than one certificate"),
        (format!("{add} --root {file}.not Westvale"), "cannot be read"),
        (
            format!("passport trust add --organisation NTH --kind access-key --root {file} Westvale"),
            "access keys are taken from this organisation alone",
        ),
        (
            format!("passport trust add --organisation NTH --kind x --root {file} Westvale"),
            "write one of identity",
        ),
        (format!("passport trust remove --organisation NTH {}", uuid::Uuid::nil()), "takes nothing by"),
    ] {
        let said = desk.types(&line).await;
        let refused = format!("{:?}{}", said.end, said.out);
        assert!(refused.contains(why), "{line}: {refused}");
    }
    desk.types(&format!("passport trust remove --organisation NTH {id}")).await.well();
    assert!(desk.types("passport trust list").await.well().out.is_empty());
    // The name is free again.
    desk.types(&format!("{add} --issuer https://w.example/vc --type urn:fire Riverside")).await.well();
    let list = desk.types("passport trust list").await.well().out;
    assert!(list.contains("known by https://w.example/vc, as urn:fire"), "{list}");
}

#[tokio::test]
async fn a_credential_type_that_cannot_be_used_stops_every_command_that_needs_it() {
    let mut desk = Desk::new();
    let folder = desk.folder.path().join("types");
    desk.environment.push(("FOBWATCH_PASSPORT__CREDENTIAL_TYPES".into(), folder.display().to_string()));
    let refused = desk.types("config check").await.refused();
    assert!(refused.contains("passport.credential_types") && refused.contains("cannot be read"), "{refused}");
    std::fs::create_dir_all(folder.join("core-skill")).unwrap();
    std::fs::write(folder.join("notes.txt"), "no type").unwrap();
    std::fs::write(folder.join("core-skill/dementia.toml"), "place = 1\ntitle.en = \"Dementia\"").unwrap();
    for line in ["config check", "serve", "passport list --organisation NTH"] {
        let refused = desk.types(line).await.refused();
        assert!(refused.contains("core-skill/dementia.toml: "), "{line}: {refused}");
        assert!(refused.contains("missing field `claims`"), "{line}: {refused}");
    }
}
