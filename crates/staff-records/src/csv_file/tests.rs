use super::*;
use crate::{MOST_OF_ONE_PERSON, MOST_RECORDS};
use proptest::prelude::*;
use rstest::rstest;
use std::collections::BTreeMap;
use std::fmt::Write as _;
use std::io::Write as _;
use tempfile::TempDir;

const HEADINGS: Headings = Headings {
    person: "person",
    needed: &["kind"],
    known: |name| ["person", "kind", "issued_on", "subject"].contains(&name),
};

struct Folder(TempDir);

impl Folder {
    fn new() -> Self {
        Self(tempfile::tempdir().unwrap())
    }

    fn file(&self, name: &str, content: impl AsRef<[u8]>) -> PathBuf {
        let path = self.0.path().join(name);
        fs::write(&path, content).unwrap();
        path
    }
}

async fn all(path: &Path) -> Result<Vec<Told>, SourceProblem> {
    let mut reading = CsvFile::new(path, HEADINGS).open().await?;
    let mut all = Vec::new();
    while let Some(told) = reading.next().await? {
        all.extend(told);
    }
    Ok(all)
}

async fn read(content: impl AsRef<[u8]>) -> Result<Vec<Told>, SourceProblem> {
    let folder = Folder::new();
    all(&folder.file("staff.csv", content)).await
}

/// Each person with the lines of their rows, and what is wrong.
fn told(all: &[Told]) -> Vec<String> {
    let line = |place: &Place| place.to_string().replace("line ", "");
    let one = |each: &Told| match each {
        Told::Person(person) => {
            let lines: Vec<_> = person.records.iter().map(|record| line(&record.place)).collect();
            format!("{} {}", person.name, lines.join(","))
        }
        Told::Wrong(wrong) => format!("{}: {}", wrong.place, wrong.what),
    };
    all.iter().map(one).collect()
}

#[tokio::test]
async fn rows_of_one_person_come_together_wherever_they_stand() {
    let file = "\u{feff}Kind, PERSON ,issued_on\r\ndbs,amina@x.example,2026-01-02\r\nfire,ben@x.example,\r\n,,\r\n\
                \"dbs\",AMINA@x.example,2026-01-03\r\nfire, ben@x.example ,2026-01-04\r\n";
    let all = read(file).await.unwrap();
    assert_eq!(told(&all), ["amina@x.example 2,5", "ben@x.example 3,6"]);
    let Told::Person(ben) = &all[1] else { panic!("{all:?}") };
    let Said::Cells(cells) = &ben.records[1].said else { panic!("{ben:?}") };
    let cells: Vec<_> = cells.iter().map(|(name, cell)| (&**name, cell.as_str())).collect();
    assert_eq!(cells, [("kind", "fire"), ("person", "ben@x.example"), ("issued_on", "2026-01-04")]);
    assert!(!format!("{all:?}").contains("ben@"), "who it is is not logged");
}

#[tokio::test]
async fn lines_are_those_of_whoever_opens_the_file_also_where_they_end_in_several_ways() {
    let file = "person,kind\r\na@x.example,dbs\nb@x.example,dbs\r\n\r\n\n\n,dbs\r\nc@x.example,dbs";
    let nobody = "line 7: names nobody: write the e-mail address or the staff number of the person";
    assert_eq!(told(&read(file).await.unwrap()), [nobody, "a@x.example 2", "b@x.example 3", "c@x.example 8"]);
    // Minimised by a fuzzer: the last row stood on a line that the file does not have.
    let file = "person,kind\r\n,\n,a";
    assert_eq!(
        told(&read(file).await.unwrap()),
        ["line 3: names nobody: write the e-mail address or the staff number of the person"]
    );
}

#[tokio::test]
async fn a_row_that_cannot_be_read_is_named_by_its_line_and_the_rest_is_told() {
    let file = b"person,kind\na@x.example,dbs\n,dbs\nb@x.example\nc@x.example,dbs,more\n\xff@x.example,dbs\n\
                 d@x.example,\"a\nb\"\ne@x.example,dbs,\n"
        .as_slice();
    assert_eq!(
        told(&read(file).await.unwrap()),
        [
            "line 3: names nobody: write the e-mail address or the staff number of the person",
            "line 4: has 1 cells where there are 2 headings",
            "line 5: has 3 cells where there are 2 headings",
            "line 6: is not UTF-8: let the HR system write its file in UTF-8",
            "line 7: holds a line end in a cell; perhaps a quotation mark is not closed",
            "a@x.example 2",
            "e@x.example 9",
        ]
    );
}

#[rstest]
#[case::empty("", "is empty: its first line holds the headings")]
#[case::no_person("kind,subject\n", "there is no person")]
#[case::no_kind("person,subject\n", "there is no kind")]
#[case::unknown("person,kind,salary\n", "column 3 is called like nothing that a credential says")]
#[case::twice("person,kind,Kind\n", "column 3 is a second kind")]
#[case::a_row("amina@x.example,dbs\n", "column 1 is called like nothing")]
#[tokio::test]
async fn headings_that_say_nothing_are_refused_as_a_whole(#[case] file: &str, #[case] why: &str) {
    let problem = read(file).await.unwrap_err().to_string();
    assert!(problem.contains(why) && !problem.contains("amina"), "{problem}");
}

#[tokio::test]
async fn headings_alone_tell_of_nobody() {
    assert!(read("person,kind\n").await.unwrap().is_empty());
    assert!(read("person,kind").await.unwrap().is_empty());
}

#[tokio::test]
async fn of_a_folder_the_last_file_by_name_counts() {
    let folder = Folder::new();
    let problem = all(folder.0.path()).await.unwrap_err();
    assert!(matches!(problem, SourceProblem::NoFile(_)), "{problem}");
    folder.file("staff-2026-11-21.csv", "person,kind\nold@x.example,dbs\n");
    folder.file("staff-2026-11-22.CSV", "person,kind\nnew@x.example,dbs\n");
    folder.file("staff-2026-11-23.csv.part", "nothing yet");
    assert_eq!(told(&all(folder.0.path()).await.unwrap()), ["new@x.example 2"]);
    let missing = all(&folder.0.path().join("not.csv")).await.unwrap_err();
    assert!(missing.to_string().contains("cannot be read"), "{missing}");
}

#[tokio::test]
async fn a_quotation_mark_that_is_not_closed_swallows_no_more_than_a_row_may_have() {
    let file =
        format!("person,kind\na@x.example,dbs\nb@x.example,\"dbs\n{}", "c@x.example,dbs\n".repeat(60_000));
    let problem = read(file).await.unwrap_err();
    assert!(matches!(problem, SourceProblem::LongRow { line: 3, .. }), "{problem}");
}

#[tokio::test]
async fn there_is_an_end_to_records_and_to_those_of_one_person() {
    let rows = "a@x.example,dbs\n".repeat(MOST_OF_ONE_PERSON + 2);
    let lines = told(&read(format!("person,kind\n{rows}")).await.unwrap());
    assert_eq!(lines[0], "line 52: is one of more than 50 of this person");
    assert_eq!(lines.len(), 3);
    let many = a_row_each(MOST_RECORDS + 1);
    let problem = read(format!("person,kind\n{many}")).await.unwrap_err();
    assert!(matches!(problem, SourceProblem::TooManyRecords), "{problem}");
}

#[tokio::test]
async fn a_file_that_is_written_to_while_it_is_read_is_not_believed() {
    let folder = Folder::new();
    let rows = a_row_each(250);
    let path = folder.file("staff.csv", format!("person,kind\n{rows}"));
    let mut reading = CsvFile::new(&path, HEADINGS).open().await.unwrap();
    assert_eq!(reading.next().await.unwrap().unwrap().len(), 100);
    // One that takes its place by its name is another file.
    fs::rename(&path, folder.0.path().join("old.csv")).unwrap();
    folder.file("staff.csv", "person,kind\n");
    assert_eq!(reading.next().await.unwrap().unwrap().len(), 100);
    let mut old = fs::OpenOptions::new().append(true).open(folder.0.path().join("old.csv")).unwrap();
    old.write_all(b"late@x.example,dbs\n").unwrap();
    let problem = reading.next().await.unwrap_err();
    assert!(matches!(problem, SourceProblem::Changed(_)), "{problem}");
}

#[tokio::test]
async fn a_look_counts_people_and_records() {
    let folder = Folder::new();
    let path =
        folder.file("staff.csv", "person,kind\na@x.example,dbs\nb@x.example,dbs\na@x.example,fire\n,x\n");
    let glimpse = CsvFile::new(path, HEADINGS).check().await.unwrap();
    assert_eq!(glimpse, Glimpse { people: 2, records: 4, all: true });
}

/// Rows of so many people.
fn a_row_each(people: usize) -> String {
    (0..people).fold(String::new(), |mut rows, number| {
        let _ = writeln!(rows, "{number}@x.example,dbs");
        rows
    })
}

/// A cell as spreadsheets write it.
fn quoted(cell: &str) -> String {
    format!("\"{}\"", cell.replace('"', "\"\""))
}

proptest! {
    /// Whatever stands in the cells, every row is told once, below the person it names.
    #[test]
    fn every_row_is_told_once_below_its_person(
        rows in proptest::collection::vec(("[a-c]", "[^\\x00-\\x1f]{0,12}", any::<bool>()), 0..60),
    ) {
        let mut file = "person,kind,subject\n".to_owned();
        let mut expected: BTreeMap<String, Vec<(u64, String)>> = BTreeMap::new();
        for (line, (person, subject, quotes)) in (2_u64..).zip(&rows) {
            let plain = !quotes && !subject.contains(['"', ',']);
            let cell = if plain { subject.clone() } else { quoted(subject) };
            let _ = writeln!(file, "{person}@x.example,dbs,{cell}");
            expected.entry(format!("{person}@x.example")).or_default().push((line, subject.trim().to_owned()));
        }
        let run = tokio::runtime::Builder::new_current_thread().enable_all().build().unwrap();
        let all = run.block_on(read(file)).unwrap();
        let mut told = BTreeMap::new();
        for each in all {
            let Told::Person(person) = each else { panic!("{each:?}") };
            let rows: Vec<_> = person.records.into_iter().map(|record| {
                let (Place::Line(line), Said::Cells(cells)) = (record.place, record.said) else { panic!() };
                let subject = cells.into_iter().find(|(name, _)| &**name == "subject");
                (line, subject.map(|(_, cell)| cell).unwrap_or_default())
            }).collect();
            prop_assert!(told.insert(person.name, rows).is_none(), "a person is told of once");
        }
        prop_assert_eq!(told, expected);
    }

    /// Any bytes are a table or the reason why not.
    #[test]
    fn any_bytes_are_read_or_refused(bytes in proptest::collection::vec(any::<u8>(), 0..400), headed in any::<bool>()) {
        let mut file = if headed { b"person,kind\n".to_vec() } else { Vec::new() };
        file.extend(&bytes);
        let run = tokio::runtime::Builder::new_current_thread().enable_all().build().unwrap();
        let _ = run.block_on(read(file));
    }
}
