//! Password and personal details: rules, section 1, step 6.

use crate::database::{Kind, PostgreSql, Sqlite};
use crate::guide::{Factor, Visitor};
use crate::people::{AMINA, BEN, Person, ROSTER};
use crate::ward::Ward;
use rstest::rstest;

const NEXT: &str = "Choose your second step for signing in";

#[tokio::test]
async fn every_mistake_is_named_at_once_and_nothing_typed_is_lost_but_the_password() {
    let ward = Ward::new(Sqlite).await;
    let mut amina = ward.person(AMINA);
    amina.proves_the_address().await;
    amina.presses("Continue").await;
    for told in
        ["Enter your first name", "Enter your last name", "Enter your date of birth", "Enter a password"]
    {
        amina.is_told(told);
    }
    amina
        .fills("Password", "short")
        .fills("First name", "Amina")
        .fills("Last name", "12345")
        .fills("Day", "31")
        .fills("Month", "2")
        .fills("Year", "1990")
        .presses("Continue")
        .await;
    amina
        .is_told("The password must be 12 characters or more")
        .is_told("Enter your last name in letters")
        .is_told("Date of birth must be a real date");
    for (field, typed) in
        [("First name", "Amina"), ("Last name", "12345"), ("Day", "31"), ("Month", "2"), ("Year", "1990")]
    {
        assert_eq!(amina.page.value(field), typed);
    }
    assert_eq!(amina.page.value("Password"), "");
    assert!(!amina.page.html.contains("short"));
    amina.gives_details().await.reads(NEXT);
}

#[rstest]
#[case("elevenchars", "The password must be 12 characters or more")]
#[case("123456789012", "too easy to guess")]
#[case("passwordpassword", "too easy to guess")]
#[case("Amina over quiet harbours", "must not contain your name")]
#[case("amina.khan in quiet harbours", "must not contain your name")]
#[tokio::test]
async fn a_weak_password_is_refused_with_the_reason(#[case] password: &'static str, #[case] told: &str) {
    let ward = Ward::new(Sqlite).await;
    let mut amina = ward.person(Person { password, ..AMINA });
    amina.proves_the_address().await.gives_details().await;
    amina.is_told(told);
}

async fn fails(visitor: &mut Visitor<'_>) {
    visitor.fills_in_details();
    visitor.fills("Last name", "Somebody").presses("Continue").await;
}

#[rstest]
#[tokio::test]
async fn after_three_mismatches_the_organisation_helps_also_when_started_again(
    #[values(Sqlite, PostgreSql)] kind: Kind,
) {
    let ward = Ward::new(kind).await;
    let mut amina = ward.person(AMINA);
    amina.proves_the_address().await;
    for left in ["2 more times", "1 more time"] {
        fails(&mut amina).await;
        amina.is_told(left).is_told("are not the ones your organisation holds");
    }
    fails(&mut amina).await;
    amina.is_refused("FW-1108").says("Contact");
    // The right details come too late,
    amina.opens("/join/details").await;
    amina.gives_details().await.is_refused("FW-1108");
    // in another browser,
    ward.waits(60);
    let mut again = ward.person_elsewhere(AMINA);
    again.proves_the_address().await.gives_details().await;
    again.is_refused("FW-1108");
    // and in the same one after starting again.
    ward.waits(60);
    amina.opens("/join").await.reads("Your registration is not finished");
    amina.presses("Start again").await;
    amina.proves_the_address().await.gives_details().await;
    amina.is_refused("FW-1108");
    assert_eq!(ward.db.count("account", "1 = 1").await, 0);
    // A colleague is not kept out by that, and the next day she can try again herself.
    ward.person(BEN).comes_to_the_second_factor().await;
    ward.waits(25 * 3600);
    let mut tomorrow = ward.person(AMINA);
    tomorrow.comes_to_the_second_factor().await;
}

#[rstest]
#[case::last_name(Person { last_name: "Kahn", ..AMINA })]
#[case::date_of_birth(Person { born: (1990, 3, 15), ..AMINA })]
#[case::day_and_month_swapped(Person { born: (1990, 4, 3), ..AMINA })]
#[tokio::test]
async fn last_name_and_date_of_birth_must_be_those_of_the_roster(#[case] who: Person) {
    let ward = Ward::new(Sqlite).await;
    let mut person = ward.person(who);
    person.proves_the_address().await.gives_details().await;
    person.is_told("The last name and date of birth you entered are not the ones");
    person.who = AMINA;
    person.gives_details().await.reads(NEXT);
}

#[rstest]
#[tokio::test]
async fn who_leaves_meanwhile_gets_no_account(#[values(Sqlite, PostgreSql)] kind: Kind) {
    let ward = Ward::new(kind).await;
    let mut early = ward.person(BEN);
    early.proves_the_address().await;
    let mut late = ward.person(AMINA);
    late.comes_to_the_second_factor().await;
    late.sets_up(Factor::TextMessage).await;
    let code = late.factor_code(Factor::TextMessage).await;
    let others: Vec<Person> =
        ROSTER.into_iter().filter(|person| ![AMINA.email, BEN.email].contains(&person.email)).collect();
    ward.roster_becomes(&others).await;
    early.gives_details().await.is_refused("FW-1113");
    late.types(&code).await.is_refused("FW-1113");
    assert_eq!(ward.db.count("account", "1 = 1").await, 0);
}

#[rstest]
#[case("", "Enter your mobile phone number")]
#[case("020 7946 0000", "The number must be a mobile phone")]
#[case("070 1234 5678", "Numbers that start with 070")]
#[case("0909 879 0000", "Premium rate numbers cannot be used")]
#[case("+33 6 12 34 56 78", "must be a UK number")]
#[case("call me", "in the correct format")]
#[tokio::test]
async fn only_uk_mobiles_get_text_messages(#[case] typed: &str, #[case] told: &str) {
    let ward = Ward::new(Sqlite).await;
    let mut amina = ward.person(AMINA);
    amina.comes_to_the_second_factor().await;
    amina.presses("Continue").await.is_told("Select how you want to receive your security code");
    amina.chooses("Text message").presses("Continue").await;
    amina.fills("Mobile phone number", typed).presses("Send Code").await;
    amina.is_told(told);
    assert_eq!(amina.page.value("Mobile phone number"), typed);
    ward.delivers().await;
    assert_eq!(ward.phone.sends_asked(), 0);
}
