use super::*;
use rstest::rstest;
use serde_json::json;
use wiremock::matchers::{header, method, path, query_param};
use wiremock::{Mock, MockServer, ResponseTemplate};

fn source(address: &str) -> Result<Rest, AddressProblem> {
    let _ = rustls::crypto::aws_lc_rs::default_provider().install_default();
    Rest::new(&Url::parse(address).unwrap(), "a-token")
}

/// An HR system that answers one page.
async fn answering(answer: ResponseTemplate) -> (MockServer, Rest) {
    let server = MockServer::start().await;
    Mock::given(method("GET"))
        .and(path("/staff"))
        .and(header("authorization", "Bearer a-token"))
        .and(header("accept", "application/json"))
        .respond_with(answer)
        .mount(&server)
        .await;
    let source = source(&format!("{}/staff", server.uri())).unwrap();
    (server, source)
}

async fn all(source: &Rest) -> Result<Vec<Told>, SourceProblem> {
    let mut reading = source.open().await?;
    let mut all = Vec::new();
    while let Some(told) = reading.next().await? {
        all.extend(told);
    }
    Ok(all)
}

fn places(all: &[Told]) -> Vec<String> {
    let one = |each: &Told| match each {
        Told::Person(person) => {
            let places: Vec<_> = person.records.iter().map(|record| record.place.to_string()).collect();
            format!("{} {}", person.name, places.join(" "))
        }
        Told::Wrong(wrong) => format!("{}: {}", wrong.place, wrong.what),
    };
    all.iter().map(one).collect()
}

#[tokio::test]
async fn pages_are_followed_to_the_last() {
    let server = MockServer::start().await;
    let page = |people: Value, next: Value| {
        ResponseTemplate::new(200).set_body_json(json!({ "people": people, "next": next }))
    };
    let first = json!([{"person": " a@x.example ", "credentials": [{"kind": "dbs"}, 7]}]);
    let second = json!([{"person": "200", "credentials": []}]);
    for (number, answer) in [
        ("1", page(first, json!(format!("{}/staff?page=2", server.uri())))),
        ("2", page(second, json!("/staff?page=3"))),
        ("3", page(json!([]), Value::Null)),
    ] {
        Mock::given(query_param("page", number)).respond_with(answer).expect(1).mount(&server).await;
    }
    let source = source(&format!("{}/staff?page=1", server.uri())).unwrap();
    let all = all(&source).await.unwrap();
    let expected = ["a@x.example page 1, /people/0/credentials/0 page 1, /people/0/credentials/1", "200 "];
    assert_eq!(places(&all), expected);
    let Told::Person(first) = &all[0] else { panic!() };
    assert_eq!(first.records[0].place.within("/claims/x"), "page 1, /people/0/credentials/0/claims/x");
    assert!(!format!("{all:?} {source:?}").contains("a@x"), "who it is is not logged");
    assert!(!format!("{source:?}").contains("a-token"));
}

#[tokio::test]
async fn what_is_no_person_is_named_by_its_place_and_the_rest_is_told() {
    let many = vec![json!({}); MOST_OF_ONE_PERSON + 1];
    let people = json!([
        7, {"credentials": []}, {"person": 7, "credentials": []}, {"person": "b"},
        {"person": "c", "credentials": many}, {"person": "d", "credentials": [{}]},
    ]);
    let (_server, source) =
        answering(ResponseTemplate::new(200).set_body_json(json!({ "people": people }))).await;
    let told = places(&all(&source).await.unwrap());
    assert_eq!(told[0], "page 1, /people/0: write an object with person and credentials");
    for (line, place) in [(1, "/people/1/person: names nobody"), (2, "/people/2/person: names nobody")] {
        assert!(told[line].contains(place), "{}", told[line]);
    }
    assert_eq!(told[3], "page 1, /people/3/credentials: write a list of credentials");
    assert_eq!(told[4], "page 1, /people/4/credentials/50: is one of more than 50 of this person");
    assert!(told[5].starts_with("c ") && told[6] == "d page 1, /people/5/credentials/0", "{}", told[6]);
    let glimpse = source.check().await.unwrap();
    assert_eq!((glimpse.people, glimpse.records, glimpse.all), (2, 4 + 51 + 1, true));
}

#[rstest]
#[case::token(ResponseTemplate::new(401), "did not accept the token (401): check the token")]
#[case::forbidden(ResponseTemplate::new(403), "did not accept the token (403)")]
#[case::gone(ResponseTemplate::new(404), "it answered 404")]
#[case::down(ResponseTemplate::new(503), "it answered 503")]
#[case::elsewhere(
    ResponseTemplate::new(302).insert_header("location", "https://elsewhere.example/"),
    "its address leads elsewhere (302)"
)]
#[case::html(ResponseTemplate::new(200).set_body_string("<html>"), "page 1 is not JSON of the form")]
#[case::list(ResponseTemplate::new(200).set_body_json(json!([])), "page 1 is not JSON of the form")]
#[case::no_people(ResponseTemplate::new(200).set_body_json(json!({"staff": []})), "page 1 is not JSON of the form")]
#[case::next_number(ResponseTemplate::new(200).set_body_json(json!({"people": [], "next": 2})), "page 1 is not JSON")]
#[case::next_elsewhere(
    ResponseTemplate::new(200).set_body_json(json!({"people": [], "next": "https://elsewhere.example/staff"})),
    "not below the same scheme, host and port"
)]
#[case::next_other_port(
    ResponseTemplate::new(200).set_body_json(json!({"people": [], "next": "http://127.0.0.1:9/staff"})),
    "not below the same scheme, host and port"
)]
#[case::circle(ResponseTemplate::new(200).set_body_json(json!({"people": [], "next": "/staff"})), "was read before")]
#[case::large(ResponseTemplate::new(200).set_body_bytes(vec![b' '; LARGEST_PAGE + 1]), "page 1 is larger than 8 MB")]
#[tokio::test]
async fn an_answer_that_is_no_page_is_told_in_words(#[case] answer: ResponseTemplate, #[case] why: &str) {
    let (_server, source) = answering(answer).await;
    let problem = all(&source).await.unwrap_err().to_string();
    assert!(problem.contains(why), "{problem}");
}

#[tokio::test]
async fn there_is_an_end_to_records() {
    let people = vec![json!({"person": "a", "credentials": vec![json!(1); 50]}); MOST_RECORDS / 50];
    let (_server, source) =
        answering(ResponseTemplate::new(200).set_body_json(json!({ "people": people }))).await;
    assert_eq!(all(&source).await.unwrap().len(), MOST_RECORDS / 50);
    let mut people = people;
    people.push(json!({"person": "b", "credentials": [1]}));
    let (_server, source) =
        answering(ResponseTemplate::new(200).set_body_json(json!({ "people": people }))).await;
    assert!(matches!(all(&source).await, Err(SourceProblem::TooManyRecords)));
}

#[tokio::test]
async fn a_host_that_is_not_there_is_unreachable() {
    let problem = all(&source("http://127.0.0.1:9/staff").unwrap()).await.unwrap_err();
    assert!(matches!(problem, SourceProblem::Unreachable), "{problem}");
}

#[test]
fn a_token_crosses_no_network_unencrypted() {
    let problem = |address: &str| source(address).err();
    for good in
        ["https://hr.northfield.example/staff?active=true", "http://127.0.0.1:9/", "http://localhost:9/x"]
    {
        assert_eq!(problem(good), None, "{good}");
    }
    assert_eq!(problem("http://hr.northfield.example/"), Some(AddressProblem::Unencrypted));
    assert_eq!(problem("ftp://127.0.0.1/"), Some(AddressProblem::Unencrypted));
    for bad in ["https://u:p@hr.example/", "https://hr.example/#x"] {
        assert_eq!(problem(bad), Some(AddressProblem::Secret), "{bad}");
    }
    for token in ["", " ", "a b", "a\u{7f}"] {
        let problem = Rest::new(&Url::parse("https://hr.example/").unwrap(), token).err();
        assert_eq!(problem, Some(AddressProblem::Token), "{token:?}");
    }
}
