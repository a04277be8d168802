mod ceremony;
mod entra;
mod passport;
mod staff_records;

use std::io::{self, Write};
use std::path::PathBuf;
use std::sync::{Arc, Mutex, PoisonError};

use clap::{CommandFactory as _, Parser as _};
use journeys::Clock as _;
use tempfile::TempDir;

use super::*;
use crate::house::{House, SystemClock};

const HEADINGS: &str =
    "first name,last name,date of birth,email,staff group,employment type,employment status";

/// A stream that keeps what is written to it.
#[derive(Clone, Default)]
struct Kept(Arc<Mutex<Vec<u8>>>);

impl Write for Kept {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner).write(bytes)
    }

    fn flush(&mut self) -> io::Result<()> {
        Ok(())
    }
}

impl Kept {
    fn text(&self) -> String {
        String::from_utf8(self.0.lock().unwrap().clone()).unwrap()
    }
}

/// What a command said in the end.
struct Said {
    out: String,
    err: String,
    /// The outcome, or the error as it is printed.
    end: Result<Outcome, String>,
}

impl Said {
    #[track_caller]
    fn well(self) -> Self {
        assert_eq!(self.end, Ok(Outcome::Well), "{}{}", self.out, self.err);
        self
    }

    #[track_caller]
    fn refused(self) -> String {
        match self.end {
            Err(why) => why,
            Ok(_) => panic!("it was not refused: {}{}", self.out, self.err),
        }
    }
}

/// An administrator at a console, with an installation of their own.
struct Desk {
    folder: TempDir,
    environment: Vec<(String, String)>,
}

impl Desk {
    fn new() -> Self {
        let folder = tempfile::tempdir().unwrap();
        let inside = |name: &str| folder.path().join(name).display().to_string();
        let environment = [
            ("FOBWATCH_SERVER__PUBLIC_URL", "http://localhost:8400".to_owned()),
            ("FOBWATCH_DATABASE__URL", format!("sqlite://{}", inside("fobwatch.db"))),
            ("FOBWATCH_KEYS__FILE", inside("fobwatch.keys")),
            ("FOBWATCH_EMAIL__URL", "smtp://127.0.0.1:9".to_owned()),
            ("FOBWATCH_EMAIL__FROM", "no-reply@northfield.example".to_owned()),
        ];
        Self { environment: environment.map(|(name, value)| (name.to_owned(), value)).to_vec(), folder }
    }

    async fn with_northfield() -> Self {
        let desk = Self::new();
        desk.types("organisation add --code NTH --name Northfield").await.well();
        desk
    }

    async fn types(&self, line: &str) -> Said {
        self.types_with(line, "").await
    }

    /// Types a line, with this on the standard input.
    async fn types_with(&self, line: &str, input: &'static str) -> Said {
        let (out, err) = (Kept::default(), Kept::default());
        let mut console = Console::of(out.clone(), err.clone()).given(input.as_bytes());
        let words = std::iter::once("fobwatch").chain(line.split_whitespace());
        let end = match Cli::try_parse_from(words) {
            Ok(cli) => {
                let run = Box::pin(cli.run(self.environment.clone(), &mut console));
                run.await.map_err(|error| format!("{error:#}"))
            }
            Err(error) => Err(error.to_string()),
        };
        Said { out: out.text(), err: err.text(), end }
    }

    fn file(&self, name: &str, content: impl AsRef<[u8]>) -> PathBuf {
        let path = self.folder.path().join(name);
        std::fs::write(&path, content).unwrap();
        path
    }

    async fn imports(&self, rows: &[String], options: &str) -> Said {
        let file = self.file("roster.csv", format!("{HEADINGS}\n{}\n", rows.join("\n")));
        self.types(&format!("roster import --organisation nth {} {options}", file.display())).await
    }
}

fn person(number: usize) -> String {
    person_named("Khan", number)
}

fn person_named(last_name: &str, number: usize) -> String {
    format!(
        "Amina,{last_name},1988-04-17,person{number}@northfield.example,Medical and Dental,permanent,current employee"
    )
}

fn people(numbers: std::ops::Range<usize>) -> Vec<String> {
    numbers.map(person).collect()
}

#[test]
fn the_command_line_contradicts_itself_nowhere() {
    Cli::command().debug_assert();
}

/// `WRITE_DOCS=1 cargo test -p fobwatch` writes the pages anew.
#[test]
fn the_pages_of_commands_and_configuration_are_current() {
    let pages = [("commands.md", reference::reference()), ("configuration.md", crate::config::reference())];
    for (name, printed) in pages {
        let path = format!("{}/../../docs/src/reference/{name}", env!("CARGO_MANIFEST_DIR"));
        if std::env::var_os("WRITE_DOCS").is_some() {
            std::fs::write(&path, &printed).unwrap();
        }
        let kept = std::fs::read_to_string(&path).unwrap_or_default();
        assert!(
            kept == printed,
            "docs/src/reference/{name} is old: run `WRITE_DOCS=1 cargo test -p fobwatch`"
        );
    }
}

#[tokio::test]
async fn the_first_command_makes_database_and_keys() {
    let desk = Desk::new();
    assert_eq!(desk.types("migrate").await.well().out, "The tables in SQLite are up to date.\n");
    assert!(desk.folder.path().join("fobwatch.keys").exists());
    desk.types("migrate").await.well();
}

#[cfg(unix)]
#[tokio::test]
async fn nobody_but_their_owner_may_read_keys_and_database() {
    use std::os::unix::fs::PermissionsExt as _;
    let desk = Desk::new();
    desk.types("migrate").await.well();
    for name in ["fobwatch.keys", "fobwatch.db"] {
        let mode = std::fs::metadata(desk.folder.path().join(name)).unwrap().permissions().mode();
        assert_eq!(mode & 0o777, 0o600, "{name}");
    }
}

#[tokio::test]
async fn a_database_that_was_written_with_other_keys_never_gets_new_ones() {
    let desk = Desk::with_northfield().await;
    let keys = desk.folder.path().join("fobwatch.keys");
    std::fs::remove_file(&keys).unwrap();
    assert!(desk.types("migrate").await.refused().contains("Put the right key file in its place"));
    assert!(!keys.exists());
}

#[tokio::test]
async fn a_wrong_configuration_stops_every_command_with_its_remedy() {
    let mut desk = Desk::new();
    desk.environment.push(("FOBWATCH_SERVER__LISTN".into(), "x".into()));
    for line in
        ["serve", "migrate", "doctor", "organisation list", "audit verify", "keys rotate", "config check"]
    {
        assert!(desk.types(line).await.refused().contains("Did you mean FOBWATCH_SERVER__LISTEN?"), "{line}");
    }
    desk.types("config example").await.well();
    desk.types("roster import --template").await.well();
}

#[tokio::test]
async fn an_organisation_is_added_changed_and_listed() {
    let desk = Desk::with_northfield().await;
    desk.types(
        "organisation set --code nth --colour #1D4851 --support-phone 01632960000 --strict code-lifetime=10m",
    )
    .await
    .well();
    desk.types("organisation set --code NTH --strict session-idle=15m").await.well();
    // What takes two people is taken back here alone.
    desk.types("organisation set --code NTH --strict two-administrators=yes").await.well();
    desk.types("organisation set --code NTH --strict two-administrators=no").await.well();
    let listed = desk.types("organisation list").await.well().out;
    for words in
        ["NTH         Northfield", "#1d4851", "01632960000", "code-lifetime: 10m", "session-idle: 15m"]
    {
        assert!(listed.contains(words), "{words} is not in {listed}");
    }
}

#[tokio::test]
async fn what_an_organisation_may_not_be_is_refused_with_a_reason() {
    let desk = Desk::with_northfield().await;
    let svg = desk.file("logo.svg", "<svg/>");
    let table = [
        ("organisation add --code NTH --name Other".to_owned(), "there is an organisation NTH already"),
        ("organisation add --code N/H --name Other".to_owned(), "write 2 to 10 letters and digits"),
        ("organisation set --code XYZ --name Other".to_owned(), "there is no organisation XYZ"),
        ("organisation set --code NTH --colour red".to_owned(), "a colour is written as #"),
        ("organisation set --code NTH --support-email nobody".to_owned(), "is not an e-mail address"),
        ("organisation set --code NTH --apply-url javascript:alert(1)".to_owned(), "is not a web address"),
        ("organisation set --code NTH --strict code-lifetime=20m".to_owned(), "can only be made stricter"),
        ("organisation set --code NTH --strict code-liftime=10m".to_owned(), "there is no setting"),
        (format!("organisation set --code NTH --logo {}", svg.display()), "it is not a PNG picture"),
    ];
    for (line, reason) in table {
        let said = desk.types(&line).await.refused();
        assert!(said.contains(reason), "{line}: {said}");
    }
}

#[tokio::test]
async fn importing_twice_changes_nothing() {
    let desk = Desk::with_northfield().await;
    let first = desk.imports(&people(0..30), "").await.well().out;
    assert_eq!(first, "Northfield: 30 added, 0 changed, 0 unchanged, 0 left, 0 skipped.\n");
    let again = desk.imports(&people(0..30), "").await.well().out;
    assert_eq!(again, "Northfield: 0 added, 0 changed, 30 unchanged, 0 left, 0 skipped.\n");
}

#[tokio::test]
async fn whoever_is_no_longer_in_the_file_is_marked_as_left_and_can_come_back() {
    let desk = Desk::with_northfield().await;
    desk.imports(&people(0..30), "").await.well();
    let mut rows = people(0..28);
    rows[3] = person_named("O'Neil", 3);
    let said = desk.imports(&rows, "").await.well().out;
    assert_eq!(said, "Northfield: 0 added, 1 changed, 27 unchanged, 2 left, 0 skipped.\n");
    let said = desk.imports(&people(0..30), "").await.well().out;
    assert_eq!(said, "Northfield: 0 added, 3 changed, 27 unchanged, 0 left, 0 skipped.\n");
}

#[tokio::test]
async fn a_file_that_would_mark_more_than_a_fifth_as_left_is_refused_unless_accepted() {
    let desk = Desk::with_northfield().await;
    desk.imports(&people(0..50), "").await.well();
    assert!(desk.imports(&people(0..39), "").await.refused().contains("--accept-leavers"));
    let said = desk.imports(&people(0..50), "").await.well().out;
    assert!(said.contains("50 unchanged"), "nothing was changed by the refused file: {said}");
    let said = desk.imports(&people(0..39), "--accept-leavers").await.well().out;
    assert!(said.contains("11 left"), "{said}");
}

#[tokio::test]
async fn one_bad_row_stops_the_import_unless_it_is_skipped_and_then_nobody_leaves() {
    let desk = Desk::with_northfield().await;
    desk.imports(&people(0..30), "").await.well();
    let mut rows = people(0..31);
    rows[4] = rows[4].replace("1988-04-17", "17 of April");
    let said = desk.imports(&rows, "").await;
    assert!(said.err.starts_with("line 6, column date of birth: "), "{}", said.err);
    assert!(said.refused().contains("nothing was imported: 1 of 31 rows are bad"));
    let said = desk.imports(&rows, "--skip-bad").await.well();
    assert_eq!(said.out, "Northfield: 1 added, 0 changed, 29 unchanged, 0 left, 1 skipped.\n");
    assert!(said.err.contains("nobody was marked as left"), "{}", said.err);
}

#[tokio::test]
async fn a_role_goes_to_somebody_with_an_account_and_to_nobody_else() {
    let desk = Desk::with_northfield().await;
    let give =
        |email: &str, role: &str| format!("role give --organisation nth --email {email} --role {role}");
    let why = desk.types(&give("nobody@northfield.example", "administrator")).await.refused();
    assert!(why.contains("the person creates an account first"), "{why}");
    let why = desk.types(&give("nobody@northfield.example", "root")).await.refused();
    assert!(why.contains("there are: service-desk, administrator, auditor, ra-manager"), "{why}");
    let why = desk.types("role list --organisation XYZ").await.refused();
    assert!(why.contains("there is no organisation XYZ"), "{why}");
    let said = desk.types("role list --organisation NTH").await.well();
    assert!(said.out.is_empty() && said.err.contains("Nobody at Northfield has a role."), "{}", said.err);
}

#[tokio::test]
async fn the_audit_is_whole_and_exported_a_line_each() {
    let desk = Desk::with_northfield().await;
    desk.imports(&people(0..3), "").await.well();
    let said = desk.types("audit verify").await.well().out;
    assert!(said.starts_with("The audit is whole: 2 records"), "{said}");
    let lines = desk.types("audit export").await.well().out;
    let events: Vec<serde_json::Value> =
        lines.lines().map(|line| serde_json::from_str(line).unwrap()).collect();
    assert_eq!(events[0]["event"]["event"], "organisation_added");
    assert_eq!(events[1]["event"]["event"], "roster_imported");
    assert_eq!(desk.types("audit export --after 1").await.well().out.lines().count(), 1);
    assert!(!lines.contains("person1@"), "{lines}");
}

#[tokio::test]
async fn rotated_keys_still_open_what_is_there_and_seal_it_again() {
    let desk = Desk::with_northfield().await;
    desk.imports(&people(0..3), "").await.well();
    let said = desk.types("keys rotate").await.well().out;
    assert!(said.contains("has a new key"), "{said}");
    desk.types("audit verify").await.well();
    let said = desk.imports(&people(0..3), "").await.well().out;
    assert!(said.contains("3 unchanged"), "{said}");
}

#[tokio::test]
async fn the_doctor_says_what_to_mend() {
    let desk = Desk::with_northfield().await;
    let said = desk.types("doctor").await;
    assert_eq!(said.end, Ok(Outcome::Unwell));
    let lines: Vec<&str> = said.out.lines().collect();
    for (line, start) in lines.iter().zip([
        "OK    keys",
        "OK    database",
        "MEND  e-mail",
        "OK    text messages",
        "OK    calls",
        "OK    new passwords",
        "OK    certificates",
        "OK    clock",
    ]) {
        assert!(line.starts_with(start), "{}", said.out);
    }
}

#[tokio::test]
async fn a_link_that_was_kept_elsewhere_proves_that_the_end_of_the_audit_is_there() {
    let desk = Desk::with_northfield().await;
    let said = desk.types("audit verify").await.well().out;
    let link = said.trim_end().trim_end_matches('.').rsplit(' ').next().unwrap().to_owned();
    desk.types(&format!("audit verify --head {link}")).await.well();
    for cut_off in ["00", "no link", &link.replace(char::is_numeric, "f")] {
        let said = desk.types(&format!("audit verify --head {}", cut_off.replace(' ', ""))).await;
        assert_eq!(said.end, Ok(Outcome::Unwell), "{cut_off}");
    }
}

#[tokio::test]
async fn a_message_that_is_not_delivered_is_listed_with_the_reason() {
    let desk = Desk::new();
    assert!(desk.types("messages").await.well().out.contains("Every message is delivered."));
    let house = House::open(&Config::load(None, desk.environment.clone()).unwrap()).await.unwrap();
    let now = SystemClock.now();
    let id = vault::new_id(now, &vault::SystemRandom::new());
    let message = store::outbox::NewMessage {
        id,
        key: "join-code:1",
        channel: store::outbox::Channel::Email,
        subject: None,
        account: None,
        organisation: None,
        payload: b"x",
        give_up_at: now,
    };
    let mut tx = house.store.begin().await.unwrap();
    tx.add_message(&message, now).await.unwrap();
    let claimed = tx.claim_messages(id, now, now, 1).await.unwrap();
    tx.give_up_message(&claimed[0], "no such mailbox", now).await.unwrap();
    tx.commit().await.unwrap();
    let said = desk.types("messages").await;
    assert_eq!(said.end, Ok(Outcome::Unwell));
    assert!(said.out.starts_with("GIVEN UP") && said.out.contains("no such mailbox"), "{}", said.out);
}

/// The SHA-1 of "abc", from FIPS 180-4.
const ABC: &str = "A9993E364706816ABA3E25717850C26C9CD0D89D";

#[tokio::test]
async fn a_list_of_breached_passwords_is_made_and_asked() {
    let mut desk = Desk::new();
    let source = desk.file("hashes.txt", format!("{ABC}:17\n")).display().to_string();
    let list = source.replace("hashes.txt", "breached.list");
    let made = desk.types(&format!("passwords build-list {source} {list}")).await.well();
    assert!(made.out.starts_with(&format!("{list}: 1 hashes in ")), "{}", made.out);
    assert!(made.err.contains("passwords.breached_list"), "{}", made.err);

    desk.environment.push(("FOBWATCH_PASSWORDS__BREACHED_LIST".into(), list.clone()));
    for line in ["passwords check".to_owned(), format!("passwords check --list {list}")] {
        let listed = desk.types_with(&line, "abc\n").await;
        assert_eq!(listed.out, "Listed: attackers have this password. The service refuses it.\n");
        assert_eq!(listed.end, Ok(Outcome::Unwell));
        assert_eq!(desk.types_with(&line, "abd\r\n").await.well().out, "Not listed.\n");
        assert!(desk.types_with(&line, "").await.refused().contains("no password was given"));
    }
    let looked = desk.types("doctor").await;
    assert!(looked.out.contains("breached.list holds 1 hashes, made at "), "{}", looked.out);
}

#[tokio::test]
async fn a_list_that_cannot_be_used_is_named_with_its_key_and_the_remedy() {
    let mut desk = Desk::new();
    let refused = desk.types_with("passwords check", "abc").await.refused();
    assert!(refused.contains("set passwords.breached_list or passwords.range_service"), "{refused}");
    let list = desk.file("breached.list", "something else").display().to_string();
    desk.environment.push(("FOBWATCH_PASSWORDS__BREACHED_LIST".into(), list.clone()));
    let said = format!(
        "passwords.breached_list: {list} is not a list of breached passwords. Make it with `fobwatch passwords build-list`, \
         or leave the key out"
    );
    assert_eq!(desk.types_with("passwords check", "abc").await.refused(), said);
    let config = Config::load(None, desk.environment.clone()).unwrap();
    let error = crate::start(config, crate::Hooks::default()).await.unwrap_err();
    assert_eq!(format!("{error:#}"), said, "the service does not start");
    let looked = desk.types("doctor").await;
    assert!(looked.out.contains(&format!("MEND  new passwords    {said}")), "{}", looked.out);
}

#[tokio::test]
async fn a_password_never_stands_on_the_command_line() {
    let desk = Desk::new();
    assert!(desk.types("passwords check abc").await.refused().contains("unexpected argument"));
}

#[tokio::test]
async fn a_text_that_a_provider_took_and_could_not_deliver_is_listed_too() {
    let desk = Desk::new();
    let house = House::open(&Config::load(None, desk.environment.clone()).unwrap()).await.unwrap();
    let now = SystemClock.now();
    let id = vault::new_id(now, &vault::SystemRandom::new());
    let message = store::outbox::NewMessage {
        id,
        key: "sign-in-code:1",
        channel: store::outbox::Channel::Text,
        subject: None,
        account: None,
        organisation: None,
        payload: b"x",
        give_up_at: now,
    };
    let mut tx = house.store.begin().await.unwrap();
    tx.add_message(&message, now).await.unwrap();
    let claimed = tx.claim_messages(id, now, now, 1).await.unwrap();
    tx.message_taken(&claimed[0], "twilio", Some("SM1"), now).await.unwrap();
    let about = store::report::ReportAbout::Message(id);
    tx.report_delivery(about, store::report::Reported::Permanent, now).await.unwrap();
    tx.commit().await.unwrap();
    let said = desk.types("messages").await;
    assert_eq!(said.end, Ok(Outcome::Unwell));
    assert!(
        said.out.starts_with("FAILED") && said.out.contains("twilio took it: permanent failure"),
        "{}",
        said.out
    );
}
