//! A trust invites people to a staff passport, and says who they are.

use crate::browser::Browser;
use crate::database::{Kind, PostgreSql, Sqlite};
use crate::guide::{Factor, Visitor};
use crate::passport::issuer::credential_kind;
use crate::people::{AMINA, BEN, Person, ROSTER, SINEAD};
use crate::ward::Ward;
use axum::http::{Method, StatusCode};
use journeys::console::invitations::many;
use rstest::rstest;
use std::fmt::Write as _;
use std::panic::AssertUnwindSafe;
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};
use store::CommitPoint;
use store::invitation::{Invited, NewInvitation};
use store::role::Role;
use tokio_util::sync::CancellationToken;
use uuid::Uuid;

const INVITATIONS: &str = "/console/passports/invitations";

/// Somebody whom no list of Northfield's has.
pub const ZOE: Person = Person {
    first_name: "Zoë",
    last_name: "Hartley",
    born: (1991, 5, 7),
    email: "zoe.hartley@elsewhere.example",
    mobile: "07700 900177",
    password: "violins beside the frozen canal",
    ..AMINA
};

pub const HEADINGS: &str = "first name,last name,date of birth,email,phone,staff group,job role,employment type,employment status,\
     esr number,user type\n";

/// So many people, none of whom is invited.
pub fn file_of(count: usize) -> String {
    let mut csv = HEADINGS.to_owned();
    for number in 0..count {
        writeln!(
            csv,
            "Alex,Newcomer,1990-03-14,alex.{number}@elsewhere.example,,Nursing and Midwifery Registered,,permanent or fixed term,\
             new starter,,"
        )
        .unwrap();
    }
    csv
}

impl Ward {
    /// An invitation, and a file that waits to be confirmed.
    pub async fn has_invited(&self, who: Person, by: Person) -> (Uuid, Uuid) {
        let organisation = self.store().organisation_by_code("NTH").await.unwrap().unwrap().id;
        let (by, now) = (self.account_of(by).await, self.now());
        let (id, batch) = (self.new_id(), self.new_id());
        let mut tx = self.store().begin().await.unwrap();
        let row = &who.on_the_roster(self.node.service.today());
        let new = NewInvitation { id, organisation, row, batch: None, by };
        assert_eq!(tx.invite(new, now).await.unwrap(), Invited::Done);
        let file = file_of(1);
        tx.add_invitation_batch(batch, (organisation, by), file.as_bytes(), 1, now).await.unwrap();
        tx.commit().await.unwrap();
        (id, batch)
    }

    pub async fn invites_whoever_is_due(&self) {
        many::work(&self.node.service, &CancellationToken::new()).await.unwrap();
    }

    /// The invitations that were written to addresses of this kind.
    pub async fn written_invitations(&self, like: &str) -> i64 {
        self.db.count("outbox", &format!("key LIKE 'passport-invitation:%' AND '{like}' <> ''")).await
    }
}

impl Visitor<'_> {
    async fn fills_in_an_invitation(&mut self, who: Person) -> &mut Self {
        let (year, month, day) = who.born;
        self.opens(&format!("{INVITATIONS}/new")).await.reads("Invite one person");
        self.fills("First name", who.first_name).fills("Last name", who.last_name);
        self.fills("Day", &day.to_string())
            .fills("Month", &month.to_string())
            .fills("Year", &year.to_string());
        self.fills("Email address", who.email).fills("Mobile number (optional)", who.mobile);
        self.chooses("Nursing and Midwifery Registered")
            .chooses("Permanent or fixed term")
            .chooses("New starter");
        self
    }

    pub async fn invites(&mut self, who: Person) -> &mut Self {
        self.fills_in_an_invitation(who).await.presses("Invite").await;
        self
    }

    pub async fn uploads_people(&mut self, csv: &str) -> (StatusCode, String, String) {
        let body = format!(
            "--XyZ\r\nContent-Disposition: form-data; name=\"file\"; filename=\"people.csv\"\r\n\
             Content-Type: text/csv\r\n\r\n{csv}\r\n--XyZ--\r\n"
        );
        let extra = [("content-type", "multipart/form-data; boundary=XyZ")];
        let path = format!("{INVITATIONS}/file");
        let (status, headers, html) = self.sends(&Method::POST, &path, Some(body), &extra).await.unwrap();
        let to = headers.get("location").map(|to| to.to_str().unwrap().to_owned()).unwrap_or_default();
        (status, to, html)
    }
}

#[rstest]
#[case(Role::PassportManager)]
#[case(Role::PassportOfficer)]
#[tokio::test]
async fn somebody_is_invited_registers_and_is_confirmed_in_person_by_a_named_colleague(
    #[values(Sqlite, PostgreSql)] kind: Kind,
    #[case] role: Role,
) {
    let ward = Ward::new(kind).await;
    let mut ben = ward.staff(BEN, role).await;
    ben.invites(ZOE).await.reads("Invitation of Zoë Hartley").says("Invitation sent").says("7 May 1991");
    ward.delivers().await;
    let mail = ward.mailbox.messages_to(ZOE.email).pop().unwrap();
    assert_eq!(mail.subject, "Northfield Hospitals invites you to a staff passport");
    let page = ben.page.url.clone();
    ben.sends_form(&format!("{page}/confirm"), "how=remote").await.is_told("stands otherwise by now");

    ward.person(ZOE).joins(Factor::AuthenticatorApp).await;
    ben.opens("/console/passports").await.says("1 person who was invited has registered.");
    ben.follows("Check who that person is").await.says("Identity to be checked");
    ben.follows("Zoë Hartley")
        .await
        .presses("Confirm the identity")
        .await
        .is_told("Choose how you have checked");
    ben.presses("Appointment needed").await.says("Appointment needed");
    assert!(!ben.page.html.contains("It cannot be done remotely"));
    ben.chooses("In person").presses("Confirm the identity").await.says("Identity confirmed");
    ben.says("By Ben Adeyemi on").says("In person");
    assert_eq!(ward.newest_record("person_seen").await["account"], ward.account_of(ZOE).await.to_string());
    let record = ward.newest_record("invitation_judged").await;
    let by = ward.account_of(BEN).await.to_string();
    assert_eq!(
        (&record["state"], &record["how"], &record["by"]),
        (&"confirmed".into(), &"in-person".into(), &by.into())
    );
    ben.presses("Provide the identity credential").await.reads("Identity");
    assert_eq!(
        (ben.page.value("First name"), ben.page.value("Last name")),
        ("Zoë".to_owned(), "Hartley".to_owned())
    );
    // It is offered until one waits for the person, and again once they have none.
    let identity = format!("/console/passports/people/{}/provide/identity", ward.account_of(ZOE).await);
    let offered = |browser: &Browser| browser.page.links().contains(&identity);
    assert!(offered(ben.opens(&page).await));
    let said = "given_name=Zoe&family_name=Hartley&birthdate=7&birthdate_month=5&birthdate_year=1991&origin=x&policy=x\
                &outcome=x&provider=x&verifier=x&method=x&pedigree=Sourced&last_refresh=1&last_refresh_month=1\
                &last_refresh_year=2026";
    ben.sends_form(&identity, said).await.says("Waits for the person’s review");
    assert!(!offered(ben.opens(&page).await), "{}", ben.page.shown());
    ward.db.tell("UPDATE credential SET accepted_at = 1").await;
    assert!(!offered(ben.opens(&page).await));
    ward.db.tell("UPDATE credential SET revoked_at = 1, revoke_reason = 'no-longer-valid'").await;
    assert!(offered(ben.opens(&page).await));

    ben.sends_form(&format!("{page}/decline"), "reason=other").await.is_told("stands otherwise by now");
    ben.opens("/console/passports").await.says("Nobody who was invited waits for a check.");
    ben.opens(INVITATIONS).await.says("There are none.");
    ben.follows("All").await.says("Identity confirmed");
    ward.audit_is_whole().await;
}

#[rstest]
#[tokio::test]
async fn somebody_who_is_declined_gets_no_passport_for_a_reason(#[values(Sqlite, PostgreSql)] kind: Kind) {
    let ward = Ward::new(kind).await;
    let mut ben = ward.staff(BEN, Role::PassportManager).await;
    // Amina is on the employer's list, and has an account.
    ward.colleague(AMINA).await;
    ben.invites(AMINA).await.says("Identity to be checked");
    ben.presses("Decline").await.is_told("Choose why the person gets no staff passport");
    ben.chooses("Who they are could not be confirmed").presses("Decline").await.says("Declined");
    ben.says("Who they are could not be confirmed").says("By Ben Adeyemi on");
    assert!(!ben.page.html.contains("Provide the identity credential"));
    assert_eq!(ward.newest_record("invitation_judged").await["how"], "unconfirmed");
}

#[rstest]
#[tokio::test]
async fn nobody_is_invited_twice_or_as_somebody_else(#[values(Sqlite, PostgreSql)] kind: Kind) {
    let ward = Ward::new(kind).await;
    let mut ben = ward.staff(BEN, Role::PassportManager).await;
    ben.opens(&format!("{INVITATIONS}/new")).await.presses("Invite").await;
    assert_eq!(ben.page.status, StatusCode::UNPROCESSABLE_ENTITY);
    for told in [
        "Enter the first name",
        "Enter the last name",
        "Enter a real date of birth",
        "Enter an email address in the correct format",
        "Choose one of the staff groups",
        "Choose whether the person is permanent",
        "Choose whether the person is a current employee",
    ] {
        ben.is_told(told);
    }
    ben.fills_in_an_invitation(ZOE).await.fills("Month", "feb").fills("Day", "30").presses("Invite").await;
    ben.is_told("Enter a real date of birth");
    assert_eq!(ben.page.value("Email address"), ZOE.email, "what was typed stays");
    ben.fills_in_an_invitation(ZOE)
        .await
        .fills("Mobile number (optional)", "020 7946 0000")
        .presses("Invite")
        .await;
    ben.is_told("Enter a UK mobile number");

    ben.invites(ZOE).await.reads("Invitation of Zoë Hartley");
    let shouting = Person { email: "ZOE.Hartley@Elsewhere.example", mobile: "", ..ZOE };
    ben.invites(shouting).await.is_told("Somebody has been invited with this email address already");
    let same_phone = Person { email: "z.h@elsewhere.example", mobile: "+44 7700 900177", ..ZOE };
    ben.invites(same_phone).await.is_told("Somebody has been invited with this mobile number already");
    let as_amina = Person { email: AMINA.email, mobile: "", ..ZOE };
    ben.invites(as_amina).await.is_told("Your staff list has somebody else with this email address");
    ward.db.tell("UPDATE roster_entry SET left_at = 1 WHERE email LIKE 'amina%'").await;
    ben.invites(Person { mobile: "", ..AMINA }).await.is_told("This person has left");
    assert_eq!(ward.db.count("invitation", "1 = 1").await, 1);
    assert_eq!(ward.db.count("roster_entry", "by_invitation = 1").await, 1);
    assert_eq!(ward.written_invitations("all").await, 1);
    // The number is nowhere to be read.
    assert_eq!(ward.db.count("invitation", "CAST(phone_hash AS TEXT) LIKE '%7700%'").await, 0);
}

#[rstest]
#[tokio::test]
async fn an_invitation_is_sent_three_times_a_day_and_deleted_with_what_it_opened(
    #[values(Sqlite, PostgreSql)] kind: Kind,
) {
    let ward = Ward::new(kind).await;
    let mut ben = ward.staff(BEN, Role::PassportManager).await;
    ben.invites(ZOE).await;
    let page = ben.page.url.clone();
    for _ in 0..2 {
        ben.opens(&page)
            .await
            .presses("Send it again")
            .await
            .reads("Invitation of Zoë Hartley")
            .says("Last sent on");
    }
    ben.presses("Send it again").await.is_told("Invitations were sent to this address 3 times in 24 hours");
    assert_eq!(ward.written_invitations("all").await, 3);
    ward.waits(24 * 60 * 60);
    ben.signs_in(Factor::AuthenticatorApp).await;
    ben.opens(&page).await.presses("Send it again").await.says("Last sent on");

    ben.follows("Delete this invitation").await.says("they can register no longer");
    ben.presses("Delete").await.reads("Invitations").says("There are none.");
    assert_eq!(ward.db.count("roster_entry", "email LIKE 'zoe%'").await, 0);
    ben.opens(&page).await;
    assert_eq!(ben.page.status, StatusCode::NOT_FOUND);
    // Whoever has an account keeps it.
    ben.invites(ZOE).await;
    let page = ben.page.url.clone();
    ward.person(ZOE).joins(Factor::AuthenticatorApp).await;
    ben.opens(&page).await;
    assert!(!ben.page.html.contains("Send it again"));
    ben.follows("Delete this invitation").await.says("Their account and their staff passport stay.");
    ben.presses("Delete").await.reads("Invitations");
    assert_eq!(ward.db.count("account", "email LIKE 'zoe%'").await, 1);
    assert_eq!(ward.db.count("invitation", "1 = 1").await, 0);
    ben.sends_form(&format!("{page}/delete"), "").await;
    assert_eq!(ben.page.status, StatusCode::NOT_FOUND);
    ward.audit_is_whole().await;
}

#[rstest]
#[tokio::test]
async fn whoever_has_an_account_elsewhere_is_asked_to_share_and_nobody_hears_of_it_before_they_do(
    #[values(Sqlite, PostgreSql)] kind: Kind,
) {
    const ELSEWHERE: &str = "Has an account with another organisation";
    let ward = Ward::new(kind).await;
    let mut ben = ward.staff(BEN, Role::PassportManager).await;
    ward.colleague(SINEAD).await;
    ward.another_trust(&[]).await;
    for table in ["account", "roster_entry"] {
        let southmere = "(SELECT id FROM organisation WHERE code = 'STH')";
        let move_her = format!("UPDATE {table} SET organisation_id = {southmere} WHERE email LIKE 'sinead%'");
        ward.db.tell(&move_her).await;
    }
    ben.invites(SINEAD).await.says("Invitation sent").says("The person has not registered yet");
    let page = ben.page.url.clone();
    assert!(!ben.page.html.contains("another organisation"), "{}", ben.page.shown());
    let subject = "Northfield Hospitals invites you to a staff passport";
    let mail = ward.mail_about(SINEAD.email, subject).await;
    assert!(mail.contains("share what you have with Northfield Hospitals"), "{mail}");
    assert!(mail.contains("/passport"), "{mail}");

    // What she shares with another trust is nothing for Northfield.
    let content = r#"{"claims":{"subject":"Fire safety"},"assurance":{}}"#;
    let fire = ward.issuer_provides(SINEAD, credential_kind("core-skill"), "fire-safety", content).await;
    let (share, _) = ward.has_shared(SINEAD, &[fire]).await;
    ward.db.tell("UPDATE share SET organisation_id = (SELECT id FROM organisation WHERE code = 'STH')").await;
    assert!(!ben.opens(&page).await.page.html.contains("another organisation"));
    ward.db.tell("UPDATE share SET organisation_id = (SELECT id FROM organisation WHERE code = 'NTH')").await;
    ben.opens(INVITATIONS).await.says(ELSEWHERE);
    ben.opens(&page).await.says(ELSEWHERE).says("They cannot have a second account");
    assert!(!ben.page.html.contains("Send it again"), "{}", ben.page.shown());
    ben.sends_form(&format!("{page}/send"), "").await.is_told("stands otherwise by now");
    ben.opens(&page).await.follows("Go to what they shared").await.says("Fire safety");
    assert_eq!(ben.page.url, format!("/console/passports/shares/{share}"));
}

#[rstest]
#[tokio::test]
async fn a_list_of_the_employer_marks_nobody_as_left_whom_it_has_never_named(
    #[values(Sqlite, PostgreSql)] kind: Kind,
) {
    let ward = Ward::new(kind).await;
    let mut ben = ward.staff(BEN, Role::PassportManager).await;
    ben.invites(ZOE).await;
    ward.roster_becomes(&ROSTER).await;
    assert_eq!(ward.db.count("roster_entry", "email LIKE 'zoe%' AND left_at IS NULL").await, 1);
    let with_zoe: Vec<Person> = ROSTER.iter().copied().chain([ZOE]).collect();
    ward.roster_becomes(&with_zoe).await;
    assert_eq!(ward.db.count("roster_entry", "email LIKE 'zoe%' AND by_invitation = 0").await, 1);
    ward.roster_becomes(&ROSTER).await;
    assert_eq!(ward.db.count("roster_entry", "email LIKE 'zoe%' AND left_at IS NOT NULL").await, 1);
}

#[rstest]
#[tokio::test]
async fn a_file_with_mistakes_invites_nobody_and_names_each(#[values(Sqlite, PostgreSql)] kind: Kind) {
    let ward = Ward::new(kind).await;
    let mut ben = ward.staff(BEN, Role::PassportManager).await;
    ben.invites(ZOE).await;
    let (status, headers, template) =
        ben.sends(&Method::GET, &format!("{INVITATIONS}/template.csv"), None, &[]).await.unwrap();
    assert_eq!((status, template.trim_end()), (StatusCode::OK, HEADINGS.trim_end()));
    assert!(headers["content-disposition"].to_str().unwrap().contains("invitations.csv"));
    let good = "Alex,Newcomer,1990-03-14,alex@elsewhere.example,07700 900188,Nursing and Midwifery Registered,,permanent or fixed \
         term,new starter,,\n";
    let mut csv = format!("{HEADINGS}{good}");
    // Line 3: the same address and number as line 2. Line 4: invited. Line 5: cells are missing. Line 6: much is wrong.
    csv.push_str(good);
    csv.push_str("Zoë,Hartley,1991-05-07,zoe.hartley@elsewhere.example,,Nursing and Midwifery Registered,,permanent or fixed term,new starter,,\n");
    csv.push_str("Alex\n");
    csv.push_str("Al3x,Newcomer,30/02/1990,nobody,1,Juggling,,permanent or fixed term,new starter,123,\n");
    csv.push_str("Kim,Newcomer,1990-03-14,kim@elsewhere.example,,Nursing and Midwifery Registered,,permanent or fixed term,leaver,,\n");
    csv.push_str("Sam,Newcomer,1990-03-14,sam@elsewhere.example,07700 900188,Nursing and Midwifery Registered,,permanent or fixed term,new starter,,\n");
    let (status, _, html) = ben.uploads_people(&csv).await;
    assert_eq!(status, StatusCode::UNPROCESSABLE_ENTITY);
    for told in [
        "Line 3, email: The same stands in line 2 already",
        "Line 4, email: Somebody has been invited with this email address already",
        "Line 5: The row does not have as many cells as there are headings",
        "Line 6, date of birth: Enter a real date of birth",
        "Line 6, email: Enter an email address",
        "Line 6, phone: Enter a UK mobile number",
        "Line 6, staff group: Choose one of the staff groups",
        "Line 6, esr number: Enter the first 8 digits",
        "Line 7, email: This person has left",
        "Line 8, phone: The same stands in line 2 already",
    ] {
        assert!(html.contains(told), "{told}: {html}");
    }
    for (csv, told) in [
        ("", "Choose a file with at least one person in it"),
        (HEADINGS, "Choose a file with at least one person in it"),
        ("name;e-mail\na;b\n", "The first line must be the headings of the template"),
    ] {
        let (status, _, html) = ben.uploads_people(csv).await;
        assert_eq!(status, StatusCode::UNPROCESSABLE_ENTITY);
        assert!(html.contains(told), "{csv:?}: {html}");
    }
    let (status, _, html) = ben.uploads_people(&file_of(5_001)).await;
    assert_eq!(status, StatusCode::UNPROCESSABLE_ENTITY);
    assert!(html.contains("more than 5000 people"), "{html}");
    let huge = format!("{HEADINGS}{}", "x".repeat(2 * 1_024 * 1_024));
    let (status, _, html) = ben.uploads_people(&huge).await;
    assert_eq!(status, StatusCode::UNPROCESSABLE_ENTITY);
    assert!(html.contains("larger than 2 MB"), "{html}");
    assert_eq!(ward.db.count("invitation_batch", "1 = 1").await, 0);
    assert_eq!(ward.db.count("invitation", "1 = 1").await, 1);
}

#[rstest]
#[tokio::test]
async fn five_thousand_people_are_invited_once_it_is_confirmed(#[values(Sqlite, PostgreSql)] kind: Kind) {
    let ward = Ward::new(kind).await;
    let mut ben = ward.staff(BEN, Role::PassportManager).await;
    let (status, page, html) = ben.uploads_people(&file_of(5_000)).await;
    assert_eq!(status, StatusCode::SEE_OTHER, "{html}");
    ward.invites_whoever_is_due().await;
    assert_eq!(ward.db.count("invitation", "1 = 1").await, 0, "nobody before it is confirmed");
    assert_eq!(
        ward.db.count("invitation_batch", "CAST(file AS TEXT) LIKE '%Newcomer%'").await,
        0,
        "it is sealed"
    );
    ben.opens(&page).await.reads("Invite 5000 people?");
    ben.presses("Invite them").await;
    ben.reads("Invitations are being sent").says("0 of 5000 so far");
    ben.sends_form(&format!("{page}/confirm"), "").await.reads("Invitations are being sent");
    // One of them is invited otherwise meanwhile.
    let other = Person {
        first_name: "Alex",
        last_name: "Newcomer",
        email: "alex.7@elsewhere.example",
        born: AMINA.born,
        ..ZOE
    };
    ben.invites(other).await;
    ward.invites_whoever_is_due().await;
    ben.opens(&page)
        .await
        .reads("Everybody in the file is invited")
        .says("4999 of 5000 were invited by this file");
    let (_, _, state) = ben.sends(&Method::GET, &format!("{page}/state"), None, &[]).await.unwrap();
    assert_eq!(state, r#"{"done":5000,"finished":true}"#);
    assert_eq!(ward.db.count("invitation", "1 = 1").await, 5_000);
    assert_eq!(ward.written_invitations("all").await, 5_000);
    assert_eq!(ward.db.count("invitation_batch", "file IS NOT NULL").await, 0, "the file is kept no longer");
    ben.opens(INVITATIONS).await.follows("Next page").await.reads("Invitations");
    assert_eq!(ben.page.text().matches("Invitation sent").count(), 50);
}

#[rstest]
#[tokio::test]
async fn a_code_that_somebody_waits_for_goes_out_before_all_invitations(
    #[values(Sqlite, PostgreSql)] kind: Kind,
) {
    let ward = Ward::new(kind).await;
    let mut ben = ward.staff(BEN, Role::PassportManager).await;
    ward.delivers().await;
    let (_, page, _) = ben.uploads_people(&file_of(300)).await;
    ben.opens(&page).await.presses("Invite them").await;
    ward.invites_whoever_is_due().await;
    ward.waits(60);
    let mut amina = ward.person(AMINA);
    amina.asks_for_a_code().await;
    let round = journeys::deliver::deliver_due(&ward.node.service).await.unwrap();
    assert!(round.total() < 300, "one round is not all: {round:?}");
    assert!(ward.mailbox.messages_to(AMINA.email).iter().any(|mail| mail.code().is_some()));
}

#[rstest]
#[tokio::test(flavor = "multi_thread", worker_threads = 4)]
async fn two_nodes_at_once_invite_nobody_twice(#[values(Sqlite, PostgreSql)] kind: Kind) {
    let ward = Ward::new(kind).await;
    let mut ben = ward.staff(BEN, Role::PassportManager).await;
    let (_, page, _) = ben.uploads_people(&file_of(730)).await;
    ben.opens(&page).await.presses("Invite them").await;
    let other = ward.another_node().await;
    let stop = CancellationToken::new();
    let done = [&ward.node, &other, &ward.node, &other].map(|node| many::work(&node.service, &stop));
    for done in futures::future::join_all(done).await {
        done.unwrap();
    }
    // Whoever was overtaken left the rest to the other.
    ward.invites_whoever_is_due().await;
    assert_eq!(ward.db.count("invitation", "1 = 1").await, 730);
    assert_eq!(ward.written_invitations("all").await, 730);
    ben.opens(&page).await.says("730 of 730 were invited by this file");
    ward.audit_is_whole().await;
}

#[rstest]
#[tokio::test]
async fn after_a_crash_at_any_commit_it_goes_on_and_nobody_is_invited_twice(
    #[values(Sqlite, PostgreSql)] kind: Kind,
    #[values(1, 2, 3)] at: u64,
    #[values(CommitPoint::Before, CommitPoint::After)] point: CommitPoint,
) {
    let ward = Ward::new(kind).await;
    let mut ben = ward.staff(BEN, Role::PassportManager).await;
    let (_, page, _) = ben.uploads_people(&file_of(250)).await;
    ben.opens(&page).await.presses("Invite them").await;
    let commits = AtomicU64::new(0);
    let hook = move |reached: CommitPoint| {
        let crashes = reached == point && commits.fetch_add(1, Ordering::SeqCst) + 1 == at;
        assert!(!crashes, "this is the crash");
    };
    let store = ward.db.node(2).await.with_commit_hook(Arc::new(hook));
    let node = ward.node_on(store);
    let crashed = AssertUnwindSafe(async move {
        many::work(&node.service, &CancellationToken::new()).await.unwrap();
    });
    assert!(tokio::spawn(crashed.0).await.unwrap_err().is_panic());
    let kept = ward.db.count("invitation", "1 = 1").await;
    let whole = i64::try_from(if point == CommitPoint::Before { at - 1 } else { at }).unwrap() * 100;
    assert_eq!(kept, whole.min(250), "a stretch is kept as a whole or not at all");
    ward.invites_whoever_is_due().await;
    assert_eq!(ward.db.count("invitation", "1 = 1").await, 250);
    assert_eq!(ward.written_invitations("all").await, 250);
    ben.opens(&page).await.says("250 of 250 were invited by this file");
}

#[rstest]
#[tokio::test]
async fn what_another_trust_invites_is_not_there(#[values(Sqlite, PostgreSql)] kind: Kind) {
    let ward = Ward::new(kind).await;
    let mut ben = ward.staff(BEN, Role::PassportManager).await;
    let (invitation, batch) = ward.has_invited(ZOE, BEN).await;
    ward.another_trust(&[]).await;
    for table in ["invitation", "invitation_batch"] {
        let there = "(SELECT id FROM organisation WHERE code = 'STH')";
        ward.db.tell(&format!("UPDATE {table} SET organisation_id = {there}")).await;
    }
    for path in [
        format!("{invitation}"),
        format!("{invitation}/delete"),
        format!("files/{batch}"),
        format!("files/{batch}/state"),
    ] {
        assert_eq!(
            ben.opens(&format!("{INVITATIONS}/{path}")).await.page.status,
            StatusCode::NOT_FOUND,
            "{path}"
        );
    }
    for path in [
        format!("{invitation}/send"),
        format!("{invitation}/delete"),
        format!("{invitation}/appointment"),
        format!("{invitation}/confirm"),
        format!("{invitation}/decline"),
        format!("files/{batch}/confirm"),
    ] {
        ben.sends_form(&format!("{INVITATIONS}/{path}"), "how=remote&reason=other").await;
        assert_eq!(ben.page.status, StatusCode::NOT_FOUND, "{path}");
    }
    ben.opens(&format!("{INVITATIONS}?show=all")).await.says("There are none.");
    assert_eq!(ward.db.count("invitation_batch", "confirmed_at IS NULL").await, 1);
}

#[tokio::test]
async fn nobody_says_who_they_are_themselves_and_what_was_not_confirmed_is_forgotten() {
    let ward = Ward::new(Sqlite).await;
    let mut ben = ward.staff(BEN, Role::PassportManager).await;
    let (invitation, batch) = ward.has_invited(BEN, BEN).await;
    let page = format!("{INVITATIONS}/{invitation}");
    ben.opens(&page).await.says("Identity to be checked");
    assert!(
        !ben.page.html.contains("Confirm the identity") && !ben.page.html.contains("Delete this invitation")
    );
    for act in ["confirm", "decline", "appointment", "send", "delete"] {
        ben.sends_form(&format!("{page}/{act}"), "how=remote&reason=other").await.is_refused("FW-1502");
    }
    ward.waits(25 * 60 * 60);
    ward.housekeeping().await;
    ben.signs_in(crate::guide::Factor::AuthenticatorApp).await;
    ben.sends_form(&format!("{INVITATIONS}/files/{batch}/confirm"), "")
        .await
        .is_told("The file is no longer kept");
    assert_eq!(ward.db.count("invitation_batch", "file IS NOT NULL OR confirmed_at IS NOT NULL").await, 0);
}

#[rstest]
#[tokio::test]
async fn nobody_is_invited_with_the_staff_number_of_a_colleague(#[values(Sqlite, PostgreSql)] kind: Kind) {
    let ward = Ward::new(kind).await;
    let mut ben = ward.staff(BEN, Role::PassportOfficer).await;
    ward.db.tell("UPDATE roster_entry SET esr_number = '20417733' WHERE email LIKE 'y.o@%'").await;
    let number = "ESR assignment number (optional)";
    ben.fills_in_an_invitation(ZOE).await.fills(number, "20417733").presses("Invite").await;
    ben.is_told("Somebody else on your list has this staff number");
    let line = |email: &str| {
        format!(
            "Alex,Newcomer,1990-03-14,{email},,Nursing and Midwifery Registered,,permanent or fixed term,new starter,20417733,\n"
        )
    };
    let csv = format!("{HEADINGS}{}{}", line("alex@elsewhere.example"), line("kim@elsewhere.example"));
    let (status, _, html) = ben.uploads_people(&csv).await;
    assert_eq!(status, StatusCode::UNPROCESSABLE_ENTITY);
    for told in [
        "Line 2, esr number: Somebody else on your list has this staff number",
        "Line 3, esr number: The same stands in line 2 already",
    ] {
        assert!(html.contains(told), "{told}: {html}");
    }
    // Whoever has left needs theirs no more.
    ward.db.tell("UPDATE roster_entry SET left_at = 1 WHERE email LIKE 'y.o@%'").await;
    ben.fills_in_an_invitation(ZOE).await.fills(number, "20417733").presses("Invite").await;
    ben.reads("Invitation of Zoë Hartley");
    // And the list of the employer brings no second one in.
    let northfield = ward.the_trust().await.id;
    let invited = ward.store().numbers_of_invited(northfield).await.unwrap();
    assert_eq!(invited.get("20417733").map(String::as_str), Some(ZOE.email));
}
