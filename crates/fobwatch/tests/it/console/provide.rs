//! A member of staff provides credentials by a form.

use crate::browser::Browser;
use crate::database::{Kind, PostgreSql, Sqlite};
use crate::guide::Factor;
use crate::people::{AMINA, BEN};
use crate::races::a_hundred_at_once;
use crate::ward::Ward;
use axum::http::StatusCode;
use rstest::rstest;
use rules::passport::{Attribute, AttributeForm, CredentialType, assurance};
use serde_json::Value;
use store::role::Role;
use url::form_urlencoded::{self, Serializer};

/// A day that has come, and one on which everything holds: the clock of a ward stands in November 2026.
pub const DAY: [&str; 3] = ["3", "mar", "2026"];
const LAST_DAY: [&str; 3] = ["31", "3", "2028"];

impl Ward {
    pub async fn form_for_amina(&self, what: &str) -> String {
        format!("/console/passports/people/{}/provide/{what}", self.account_of(AMINA).await)
    }

    /// What Amina's newest credential says.
    pub async fn newest_content(&self) -> Value {
        let rows = self.store().credentials_of(self.account_of(AMINA).await).await.unwrap();
        let newest = rows.iter().max_by_key(|credential| credential.id).unwrap();
        serde_json::from_str(&newest.content).unwrap()
    }
}

impl Browser {
    pub fn fills_day(&mut self, name: &str, [day, month, year]: [&str; 3]) -> &mut Self {
        self.fills_field(name, day).fills_field(&format!("{name}_month"), month);
        self.fills_field(&format!("{name}_year"), year)
    }

    pub fn fills_in_how_it_was_checked(&mut self) -> &mut Self {
        for (label, text) in [
            ("Origin", "DBS certificate"),
            ("Assurance policy", "Employment checks"),
            ("Assurance outcome", "Passed"),
            ("Verification method", "Original seen"),
        ] {
            self.fills(label, text);
        }
        self.chooses("Sourced");
        self
    }
}

/// A form in which every field holds something that it may hold.
fn filled_in(what: CredentialType) -> String {
    let mut form = Serializer::new(String::new());
    let mut fill = |attribute: &Attribute| {
        let name = attribute.name;
        let text = match attribute.form {
            AttributeForm::Text => "Something that was written down",
            AttributeForm::OneOf(terms) => terms[0],
            AttributeForm::YesNo => "no",
            AttributeForm::Picture => return,
            AttributeForm::Day | AttributeForm::PastDay => {
                let [day, month, year] = if attribute.form == AttributeForm::Day { LAST_DAY } else { DAY };
                form.append_pair(&format!("{name}_month"), month).append_pair(&format!("{name}_year"), year);
                day
            }
        };
        form.append_pair(name, text);
    };
    what.asked().chain(assurance()).for_each(&mut fill);
    form.finish()
}

#[rstest]
#[case(Role::PassportManager)]
#[case(Role::PassportOfficer)]
#[tokio::test]
async fn a_credential_is_provided_by_its_form_and_its_owner_is_told(
    #[values(Sqlite, PostgreSql)] kind: Kind,
    #[case] role: Role,
) {
    let ward = Ward::new(kind).await;
    let mut amina = ward.amina_with_an_app().await;
    let mut ben = ward.staff(BEN, role).await;
    ben.opens(&format!("/console/passports/people/{}", ward.account_of(AMINA).await))
        .await
        .says("Nothing yet.");
    ben.follows("Provide a credential").await.reads("Provide a credential").says("Employment checks");
    ben.follows("Disclosure and Barring Service (DBS)").await.says("You provide it to Amina Khan");
    assert_eq!(ben.page.value("Verifier"), "Ben Adeyemi");
    assert_eq!(ben.page.value("Provider"), "Northfield Hospitals");
    ben.chooses("Enhanced with barred lists")
        .chooses("Clear")
        .fills("Certificate reference", " 001234567890 ");
    ben.fills_day("issued_on", DAY).fills_field("update_service", "yes").fills_day("valid_until", LAST_DAY);
    ben.fills_in_how_it_was_checked().presses("Provide").await;
    ben.reads("Disclosure and Barring Service (DBS)")
        .says("Waits for the person’s review")
        .says("001234567890")
        .says("Valid until 31 March 2028");
    assert_eq!(ward.told_of_passports(AMINA.email).await, ["You have new credentials to review"]);
    let content = ward.newest_content().await;
    assert_eq!(content["claims"]["issued_on"], "2026-03-03");
    assert_eq!(content["claims"]["update_service"], true);
    assert_eq!(content["claims"].get("adults_barred_list_checked"), None);
    let record = ward.newest_record("credential_provided").await;
    assert_eq!(record["by"], ward.account_of(BEN).await.to_string());
    amina.opens("/passport").await.says("Disclosure and Barring Service (DBS)");
    amina.opens("/passport/history").await.says("Issued to you, to review").says("Done by Ben");
    ward.audit_is_whole().await;
}

#[tokio::test]
async fn every_type_has_a_form_by_which_it_can_be_provided() {
    let ward = Ward::new(Sqlite).await;
    let _amina = ward.amina_with_an_app().await;
    let mut ben = ward.staff(BEN, Role::PassportManager).await;
    for what in CredentialType::all() {
        let path = ward.form_for_amina(what.code()).await;
        // The newest one is known by its time.
        ward.waits(1);
        ben.opens(&path).await;
        assert_eq!(ben.page.status, StatusCode::OK, "{path}");
        for attribute in what.asked().filter(|each| each.form != AttributeForm::Picture) {
            assert!(
                ben.page.html.contains(&format!("name=\"{}\"", attribute.name)),
                "{path} {}",
                attribute.name
            );
        }
        ben.sends_form(&path, &filled_in(what)).await.says("Waits for the person’s review");
        let content = ward.newest_content().await;
        for attribute in what.asked().filter(|each| each.form != AttributeForm::Picture) {
            assert!(!content["claims"][attribute.name].is_null(), "{path} {}", attribute.name);
        }
        if let Some(variant) = what.variant {
            assert_eq!(content["claims"]["subject"].as_str(), variant.claim("subject"));
        }
    }
    assert_eq!(
        ward.db.count("credential", "1 = 1").await,
        i64::try_from(CredentialType::all().count()).unwrap()
    );
}

#[rstest]
#[tokio::test]
async fn what_cannot_be_taken_comes_back_with_everything_that_is_wrong(
    #[values(Sqlite, PostgreSql)] kind: Kind,
) {
    let ward = Ward::new(kind).await;
    let _amina = ward.amina_with_an_app().await;
    let mut ben = ward.staff(BEN, Role::PassportManager).await;
    let path = ward.form_for_amina("dbs").await;
    ben.opens(&path).await.fills("Certificate reference", "001234567890");
    ben.fills_field("policy", "").presses("Provide").await;
    assert_eq!(ben.page.status, StatusCode::UNPROCESSABLE_ENTITY);
    ben.is_told("Choose an answer to “Level of check”")
        .is_told("Enter “Issued”")
        .is_told("Choose an answer to “Registered with the update service”")
        .is_told("Enter “Assurance policy”")
        .is_told("Choose an answer to “Pedigree”");
    assert!(!ben.page.errors().contains("barred list"), "{}", ben.page.errors());
    assert_eq!(ben.page.value("Certificate reference"), "001234567890");
    // Days that are none, that are to come, or over.
    for (issued, valid_until, told) in [
        (["31", "2", "2026"], ["", "", ""], "“Issued” must be a real day"),
        (["", "2", "2026"], ["", "", ""], "“Issued” must be a real day"),
        (["1", "1", "2099"], ["", "", ""], "“Issued” must be today or in the past"),
        (DAY, ["x", "", ""], "“Valid until” must be a real day"),
        (DAY, ["4", "3", "2026"], "“Valid until” is over already"),
    ] {
        ben.opens(&path).await.fills("Certificate reference", "1").fills_day("issued_on", issued);
        ben.fills_day("valid_until", valid_until).chooses("Basic").chooses("Clear");
        ben.fills_field("update_service", "no").fills_in_how_it_was_checked().presses("Provide").await;
        ben.is_told(told);
        assert_eq!(ben.page.value("Certificate reference"), "1");
    }
    let long = format!("certificate_number={}", "9".repeat(301));
    ben.sends_form(&path, &long).await.is_told("“Certificate reference” on one line, in 300 characters");
    assert_eq!(ward.db.count("credential", "1 = 1").await, 0);
    assert_eq!(ward.told_of_passports(AMINA.email).await, Vec::<String>::new());
    for unknown in ["access-key", "juggling"] {
        ben.opens(&ward.form_for_amina(unknown).await).await;
        assert_eq!(ben.page.status, StatusCode::NOT_FOUND);
    }
}

#[rstest]
#[tokio::test(flavor = "multi_thread", worker_threads = 4)]
async fn a_form_that_is_sent_a_hundred_times_at_once_provides_one_credential(
    #[values(Sqlite, PostgreSql)] kind: Kind,
) {
    let ward = Ward::new(kind).await;
    let _amina = ward.amina_with_an_app().await;
    let mut ben = ward.staff(BEN, Role::PassportManager).await;
    ben.opens(&ward.form_for_amina("fire-safety").await).await.fills_day("attained_on", DAY);
    ben.fills_in_how_it_was_checked();
    let form = ben.would_send("Provide");
    let mut led_to = Vec::new();
    for (status, to, _) in a_hundred_at_once(&ward, &ben.browser, &form).await {
        assert_eq!(status, StatusCode::SEE_OTHER);
        led_to.push(to);
    }
    led_to.dedup();
    assert_eq!(led_to.len(), 1, "all lead to the one that was provided: {led_to:?}");
    assert_eq!(ward.db.count("credential", "1 = 1").await, 1);
    assert_eq!(ward.told_of_passports(AMINA.email).await, ["You have new credentials to review"]);
}

#[rstest]
#[tokio::test]
async fn nobody_provides_anything_to_themselves_or_in_the_place_of_what_another_has(
    #[values(Sqlite, PostgreSql)] kind: Kind,
) {
    let ward = Ward::new(kind).await;
    let _amina = ward.amina_with_an_app().await;
    let mut ben = ward.staff(BEN, Role::PassportManager).await;
    let theirs = format!("/console/passports/people/{}", ward.account_of(BEN).await);
    assert!(!ben.opens(&theirs).await.page.html.contains("Provide a credential"));
    let what = CredentialType::parse("fire-safety").unwrap();
    ben.sends_form(&format!("{theirs}/provide/fire-safety"), &filled_in(what)).await.is_refused("FW-1502");
    assert_eq!(ward.db.count("credential", "1 = 1").await, 0);
    // The number of a form is that of something else by now.
    let fire = ward.has_fire_safety_to_accept().await;
    let ben_has = ward.sql_id(ward.account_of(BEN).await);
    ward.db.tell(&format!("UPDATE credential SET account_id = {ben_has}")).await;
    let path = ward.form_for_amina("fire-safety").await;
    ben.sends_form(&path, &format!("{}&form={fire}", filled_in(what))).await;
    assert_eq!(ben.page.status, StatusCode::NOT_FOUND);
    assert_eq!(ward.db.count("credential", "1 = 1").await, 1);
    // A proof that is too old is made anew before the form is shown.
    ward.waits(11 * 60);
    ben.opens(&path).await.reads("Confirm that it is you");
}

#[rstest]
#[tokio::test(flavor = "multi_thread", worker_threads = 4)]
async fn several_core_skills_are_provided_at_once_by_their_days(#[values(Sqlite, PostgreSql)] kind: Kind) {
    let ward = Ward::new(kind).await;
    let _amina = ward.amina_with_an_app().await;
    let mut ben = ward.staff(BEN, Role::PassportManager).await;
    ward.has_job_role(AMINA, BEN).await;
    let path = ward.form_for_amina("core-skill").await;
    ben.opens(path.trim_end_matches("/core-skill")).await.says("Needed for the job role");
    ben.follows("Core skill: several at once").await.says("You provide them to Amina Khan");
    assert_eq!(ben.page.value("Assurance policy"), "CSTF");
    ben.fills_in_how_it_was_checked().presses("Provide").await.is_told("Enter the day of at least one");
    ben.fills_day("fire-safety", DAY).fills_day("resuscitation-adult-basic", ["1", "12", "2026"]);
    ben.fills_day("conflict-resolution", ["31", "2", "2026"])
        .fills_day("safeguarding-adults-1", ["1", "1", "2020"]);
    ben.fills_field("origin", "").presses("Provide").await;
    ben.is_told("“Resuscitation, Adult basic life support” must be today or in the past")
        .is_told("“Conflict resolution” must be a real day")
        .is_told("Enter “Origin”");
    assert!(!ben.page.errors().contains("Fire safety"), "{}", ben.page.shown());
    // What ran out long ago is told once the days are days.
    ben.fills("Origin", "Electronic Staff Record").fills_day("conflict-resolution", DAY);
    ben.fills_day("resuscitation-adult-basic", ["", "", ""]).presses("Provide").await;
    ben.is_told("“Safeguarding adults, Level 1” is over already");
    assert_eq!(ward.db.count("credential", "1 = 1").await, 0, "nothing half done");
    ben.fills_day("safeguarding-adults-1", ["", "", ""]);
    let form = ben.would_send("Provide");
    for (status, led_to, _) in a_hundred_at_once(&ward, &ben.browser, &form).await {
        assert_eq!(status, StatusCode::SEE_OTHER);
        assert!(led_to.starts_with("/console/passports/people/"), "{led_to}");
    }
    assert_eq!(ward.db.count("credential", "kind = 'core-skill'").await, 2);
    assert_eq!(ward.told_of_passports(AMINA.email).await, ["You have new credentials to review"]);
    let content = ward.newest_content().await;
    assert_eq!(content["claims"]["attained_on"], "2026-03-03");
    let listed = ward.store().credentials_of(ward.account_of(AMINA).await).await.unwrap();
    let mut variants: Vec<_> = listed.iter().map(|each| each.variant.as_str()).collect();
    variants.sort_unstable();
    assert_eq!(variants, ["conflict-resolution", "fire-safety"]);
    for none in ["access-key", "dbs-x", "juggling"] {
        ben.opens(&ward.form_for_amina(none).await).await;
        assert_eq!(ben.page.status, StatusCode::NOT_FOUND, "{none}");
    }
}

#[rstest]
#[tokio::test]
async fn the_form_says_what_the_person_has_already_and_provides_another_all_the_same(
    #[values(Sqlite, PostgreSql)] kind: Kind,
) {
    const ALREADY: &str = "The person has this already.";
    let ward = Ward::new(kind).await;
    let _amina = ward.amina_with_an_app().await;
    let mut ben = ward.staff(BEN, Role::PassportManager).await;
    let path = ward.form_for_amina("fire-safety").await;
    assert!(!ben.opens(&path).await.page.text().contains("already"));
    let waits = ward.has_fire_safety_to_accept().await;
    ben.opens(&path).await.says(ALREADY).says("provided on 22 November 2026: waits for the person’s review");
    assert!(ben.page.links().contains(&format!("/console/passports/credentials/{waits}")));
    ben.opens(&ward.form_for_amina("core-skill").await).await.says("The person has some of these already.");
    // Another core skill is another credential.
    assert!(
        !ben.opens(&ward.form_for_amina("conflict-resolution").await).await.page.text().contains("already")
    );
    ward.lands_in_a_wallet(waits).await;
    ben.opens(&path).await.says(ALREADY).says("in the person’s wallet");
    let filled = filled_in(CredentialType::parse("fire-safety").unwrap());
    ben.sends_form(&path, &filled.replace("Sourced", "")).await.is_told("Choose an answer").says(ALREADY);
    ben.sends_form(&path, &filled).await.says("Waits for the person’s review");
    // What has ended is not there.
    ward.issuer_revoked(waits).await;
    ward.db
        .tell("UPDATE credential SET rejected_at = 1, reject_reason = 'duplicate' WHERE accepted_at IS NULL")
        .await;
    assert!(!ben.opens(&path).await.page.text().contains("already"));
}

/// A registration with the Nursing and Midwifery Council that expires on one day, and is said to hold until another.
fn registration(expires: [&str; 3], until: [&str; 3]) -> String {
    let what = CredentialType::parse("professional-registration").unwrap();
    let filled = filled_in(what);
    let typed = form_urlencoded::parse(filled.as_bytes()).into_owned();
    let mut form = Serializer::new(String::new());
    form.extend_pairs(typed.filter(|(name, _)| !name.starts_with("expires_on")));
    for (name, [day, month, year]) in [("expires_on", expires), ("valid_until", until)] {
        form.append_pair(name, day).append_pair(&format!("{name}_month"), month);
        form.append_pair(&format!("{name}_year"), year);
    }
    form.finish()
}

#[rstest]
#[tokio::test]
async fn a_credential_that_states_its_end_holds_no_longer_whatever_is_typed_beside_it(
    #[values(Sqlite, PostgreSql)] kind: Kind,
) {
    const NOTHING: [&str; 3] = ["", "", ""];
    let ward = Ward::new(kind).await;
    let mut amina = ward.amina_with_an_app().await;
    let mut ben = ward.staff(BEN, Role::PassportManager).await;
    let path = ward.form_for_amina("professional-registration").await;
    ben.opens(&path)
        .await
        .says("it runs out after the day in “Expires”. If that is empty, too, it holds until");
    ben.opens(&ward.form_for_amina("temporary-placement").await).await;
    ben.says("it runs out after the day in “Ends”, and a later day is not possible");
    ben.opens(&ward.form_for_amina("fire-safety").await).await;
    ben.says("it runs out 24 months later, and a later day is not possible");
    ben.opens(&ward.form_for_amina("dbs").await)
        .await
        .says("If you leave it empty, it holds until you revoke it");
    // The clock of a ward stands on 22 November 2026.
    for (expires, until, told) in [
        (LAST_DAY, ["1", "4", "2028"], "“Valid until” must be the same day as “Expires” or an earlier one"),
        (["21", "11", "2026"], NOTHING, "“Expires” is over already"),
    ] {
        ben.sends_form(&path, &registration(expires, until)).await.is_told(told);
        assert_eq!(ward.db.count("credential", "1 = 1").await, 0);
    }
    for (expires, until, shown) in [
        (LAST_DAY, NOTHING, "Valid until 31 March 2028"),
        (LAST_DAY, LAST_DAY, "Valid until 31 March 2028"),
        (LAST_DAY, ["30", "3", "2028"], "Valid until 30 March 2028"),
        (NOTHING, NOTHING, "Valid until No end date"),
        (["22", "11", "2026"], NOTHING, "Valid until 22 November 2026"),
    ] {
        ben.sends_form(&path, &registration(expires, until)).await.says(shown);
    }
    // The last of them holds today, and tomorrow no more.
    let theirs = ben.page.url.replace("/console/passports", "/passport");
    amina.opens(&theirs).await.says("Is the information correct?");
    ward.waits(24 * 3_600);
    amina.signs_in(Factor::AuthenticatorApp).await;
    amina.opens(&theirs).await.says("This credential was valid until 22 November 2026");
}

/// What every photo of this trust is made of here: a square of one colour.
fn photo(side: u32) -> Vec<u8> {
    let mut file = std::io::Cursor::new(Vec::new());
    let square = image::RgbImage::from_pixel(side, side, image::Rgb([90, 60, 30]));
    square.write_to(&mut file, image::ImageFormat::Png).unwrap();
    file.into_inner()
}

#[rstest]
#[tokio::test]
async fn an_identity_is_provided_with_a_photo_that_is_kept_while_the_rest_is_put_right(
    #[values(Sqlite, PostgreSql)] kind: Kind,
) {
    let ward = Ward::new(kind).await;
    let mut amina = ward.amina_with_an_app().await;
    let mut ben = ward.staff(BEN, Role::PassportManager).await;
    let path = ward.form_for_amina("identity").await;
    let said = filled_in(CredentialType::parse("identity").unwrap());
    let said: Vec<(String, String)> = url::form_urlencoded::parse(said.as_bytes()).into_owned().collect();
    let all: Vec<_> = said.iter().map(|(name, value)| (name.as_str(), value.as_str())).collect();
    let but_origin: Vec<_> = all.iter().copied().filter(|(name, _)| *name != "origin").collect();
    ben.opens(&path).await.says("Of their face, as a JPEG or PNG file");
    assert!(ben.page.html.contains("enctype=\"multipart/form-data\""));
    // What is wrong with the file is told with all else that is wrong, and nothing is provided.
    for (file, told) in [
        (b"%PDF-1.7".to_vec(), "“Photo” must be a photo"),
        (photo(100), "“Photo” is too small a picture: choose one of at least 120 by 120 pixels"),
        (photo(12_001)[..4_000].to_vec(), "“Photo” is too large a picture"),
    ] {
        ben.uploads(&path, &but_origin, &file).await.is_told(told).is_told("Enter “Origin”");
        assert_eq!(ben.page.status, StatusCode::UNPROCESSABLE_ENTITY);
        assert!(!ben.page.html.contains("picture_kept"));
        ben.uploads(&path, &all, &file).await.is_told(told);
    }
    ben.uploads(&path, &but_origin, &photo(200)).await.is_told("Enter “Origin”");
    assert!(!ben.page.errors().contains("Photo"));
    ben.says("You have chosen a photo.");
    let kept =
        ben.page.html.split("name=\"picture_kept\" value=\"").nth(1).unwrap().split('"').next().unwrap();
    let kept = kept.replace("&#x2f;", "/");
    assert_eq!(ward.db.count("credential", "1 = 1").await, 0);
    let mut with_kept = all.clone();
    with_kept.push(("picture_kept", &kept));
    ben.uploads(&path, &with_kept, b"").await.says("Waits for the person’s review");
    let content = ward.newest_content().await;
    assert_eq!(content["claims"]["picture"], kept);
    assert!(kept.starts_with("data:image/jpeg;base64,/9j/"));
    amina.opens("/passport").await;
    amina.follows("Review and add: Identity, issued on 22 November 2026").await.says("Photo");
    // What stands in the place of what was kept is looked at as if a system had sent it.
    with_kept.pop();
    with_kept.push(("picture_kept", "data:image/svg+xml;base64,PHN2Zz4="));
    ben.uploads(&path, &with_kept, b"").await.is_told("“Photo” must be a photo");
    // More than any form is not read to its end, and nobody whose role is another is read at all.
    ben.uploads(&path, &all, &vec![0; 14 * 1_024 * 1_024]).await;
    assert_eq!(ben.page.status, StatusCode::PAYLOAD_TOO_LARGE);
    amina.uploads(&path, &all, &photo(200)).await;
    assert_eq!(amina.page.status, StatusCode::NOT_FOUND);
    assert_eq!(ward.db.count("credential", "1 = 1").await, 1);
}

#[tokio::test]
async fn more_than_any_form_holds_is_not_read_to_its_end() {
    let ward = Ward::new(Sqlite).await;
    let _amina = ward.amina_with_an_app().await;
    let mut ben = ward.staff(BEN, Role::PassportManager).await;
    let path = ward.form_for_amina("identity").await;
    let (line, long) = ("x".repeat(200 * 1_024), "y".repeat(128 * 1_024));
    ben.sends_form(&path, &format!("origin={line}")).await;
    assert_eq!(ben.page.status, StatusCode::PAYLOAD_TOO_LARGE);
    let parts: Vec<String> = (0..256).map(|number| format!("part_{number}")).collect();
    let parts: Vec<_> = parts.iter().map(|name| (name.as_str(), "")).collect();
    // The file is the last that there may be, or one too many; what else is there is looked at as ever.
    for (fields, status) in [
        (&parts[..255], StatusCode::UNPROCESSABLE_ENTITY),
        (&parts[..], StatusCode::BAD_REQUEST),
        (&[("file", "another")], StatusCode::BAD_REQUEST),
        (&[("origin", long.as_str())], StatusCode::UNPROCESSABLE_ENTITY),
        (&[("origin", line.as_str())], StatusCode::PAYLOAD_TOO_LARGE),
    ] {
        ben.uploads(&path, fields, b"").await;
        assert_eq!(ben.page.status, status, "{} fields", fields.len());
    }
    assert_eq!(ward.db.count("credential", "1 = 1").await, 0);
}
