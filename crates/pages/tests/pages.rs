//! What is true of every page, whatever it says.
#![expect(clippy::unwrap_used, reason = "a test that cannot go on fails")]

use std::collections::HashSet;

use pages::{
    Brand, Code, Colour, Discover, Email, ErrorPage, FactorApp, FactorEmail, FactorPhone, FactorVerified,
    FieldErrors, GalleryPage, Home, JoinComplete, Page, Shell, SignIn, StaffGroup, gallery, render,
};
use scraper::{ElementRef, Html, Selector};

/// Everything on a page that a selector finds.
fn all<'a>(page: &'a Html, selector: &str) -> Vec<ElementRef<'a>> {
    let selector = Selector::parse(selector).unwrap();
    page.select(&selector).collect()
}

fn text(element: ElementRef<'_>) -> String {
    element.text().collect::<String>().split_whitespace().collect::<Vec<_>>().join(" ")
}

/// Every page with every sample, parsed.
fn every_page() -> Vec<(GalleryPage, Html)> {
    gallery().unwrap().into_iter().map(|page| (page.clone(), Html::parse_document(&page.html))).collect()
}

#[test]
fn every_page_has_a_language_one_main_heading_and_a_title_that_repeats_it() {
    for (page, html) in every_page() {
        assert_eq!(all(&html, "html[lang]").len(), 1, "{}", page.name);
        let headings = all(&html, "h1");
        assert_eq!(headings.len(), 1, "{}", page.name);
        let heading = text(headings[0]);
        let title = text(all(&html, "title")[0]);
        let titled = title.trim_start_matches("Error: ").split(" – ").next().unwrap();
        assert!(!titled.is_empty() && heading.ends_with(titled), "{}: {title:?} and {heading:?}", page.name);
    }
}

#[test]
fn no_page_has_inline_script_or_style_or_anything_from_elsewhere() {
    for (page, html) in every_page() {
        for script in all(&html, "script") {
            assert!(script.attr("src").is_some() && text(script).is_empty(), "{}", page.name);
        }
        for element in all(&html, "*") {
            for (name, value) in element.value().attrs() {
                assert!(!name.starts_with("on") && name != "style", "{}: {name}={value}", page.name);
                if name == "src" || (name == "href" && element.value().name() == "link") {
                    assert!(value.starts_with('/') && !value.starts_with("//"), "{}: {value}", page.name);
                }
            }
        }
        assert!(all(&html, "style").is_empty(), "{}", page.name);
        assert!(!page.html.to_lowercase().contains("nhs logo"), "{}", page.name);
    }
}

#[test]
fn every_asset_that_a_page_names_is_there() {
    for (page, html) in every_page() {
        for element in all(&html, "[src^='/assets/'], [href^='/assets/']") {
            let path = element.attr("src").or_else(|| element.attr("href")).unwrap();
            assert!(pages::assets::get(path).is_some(), "{}: {path}", page.name);
        }
    }
}

#[test]
fn every_field_that_is_wrong_is_named_in_the_summary_and_says_so_itself() {
    for (page, html) in every_page() {
        let summaries = all(&html, ".nhsuk-error-summary");
        assert_eq!(summaries.len(), usize::from(!page.wrong.is_empty()), "{}", page.name);
        assert_eq!(
            text(all(&html, "title")[0]).starts_with("Error: "),
            !page.wrong.is_empty(),
            "{}",
            page.name
        );
        let links = all(&html, ".nhsuk-error-summary a");
        assert_eq!(links.len(), page.wrong.len(), "{}", page.name);
        for link in links {
            let target = link.attr("href").unwrap();
            assert_eq!(all(&html, &format!("main {target}")).len(), 1, "{}: {target}", page.name);
        }
        if !page.wrong.is_empty() {
            assert!(!all(&html, ".nhsuk-error-message").is_empty(), "{}", page.name);
        }
    }
}

#[test]
fn every_field_has_a_label_and_no_id_stands_twice() {
    for (page, html) in every_page() {
        for field in all(&html, "input:not([type=hidden])") {
            let id = field.attr("id").unwrap();
            assert_eq!(all(&html, &format!("label[for='{id}']")).len(), 1, "{}: {id}", page.name);
        }
        let ids: Vec<_> =
            all(&html, "[id]").iter().map(|element| element.attr("id").unwrap().to_owned()).collect();
        assert_eq!(ids.iter().collect::<HashSet<_>>().len(), ids.len(), "{}: {ids:?}", page.name);
    }
}

#[test]
fn a_button_that_changes_something_can_be_pressed_twice_without_harm() {
    for (page, html) in every_page() {
        for button in all(&html, "form[method=post] button[type=submit]") {
            assert_eq!(button.attr("data-prevent-double-click"), Some("true"), "{}", page.name);
        }
    }
}

#[test]
fn what_a_person_types_is_shown_as_text_whatever_it_is() {
    let page = Email {
        action: "/join/email".into(),
        email: "\"><script>alert(1)</script>'&".into(),
        first_time: false,
        back: None,
    };
    let errors = FieldErrors::one("email", "<b>{{ shell }}</b>");
    let shown = render(&Shell::new("<i>Service</i>"), &page, &errors).unwrap();
    let html = Html::parse_document(&shown);
    assert_eq!(all(&html, "#email")[0].attr("value"), Some("\"><script>alert(1)</script>'&"));
    assert_eq!(text(all(&html, ".nhsuk-error-summary a")[0]), "<b>{{ shell }}</b>");
    assert!(all(&html, "i, b").is_empty());
    assert_eq!(all(&html, "script").len(), 1);
}

#[test]
fn a_code_can_be_pasted_with_spaces_and_filled_in_by_the_phone() {
    for page in Code::samples() {
        let html = render(&Shell::new("Fobwatch"), &page, &FieldErrors::none()).unwrap();
        let html = Html::parse_document(&html);
        let code = all(&html, "input[name=code]")[0];
        assert_eq!(text(all(&html, "label[for=code]")[0]), "Verification code");
        assert_eq!(code.attr("inputmode"), Some("numeric"));
        assert_eq!(code.attr("autocomplete"), Some("one-time-code"));
        assert_eq!((code.attr("maxlength"), code.attr("pattern")), (None, None));
        let buttons: Vec<_> = all(&html, "main button").into_iter().map(text).collect();
        assert_eq!(buttons, ["Verify Code", "Send New Code"]);
    }
}

/// What a person can press on the first sample of a page, in its order; the header and the footer aside.
fn pressed<P: Page>() -> Vec<String> {
    let html = render(&Shell::new("Fobwatch"), &P::samples()[0], &FieldErrors::none()).unwrap();
    let html = Html::parse_document(&html);
    all(&html, "main button:not([hidden]), main a[role=button]").into_iter().map(text).collect()
}

#[test]
fn every_button_has_the_name_that_guide_003_gives_it() {
    assert_eq!(pressed::<StaffGroup>(), ["Discover More"]);
    assert_eq!(pressed::<Discover>(), ["Join Now"]);
    assert_eq!(pressed::<Email>(), ["Send Code"]);
    assert_eq!(pressed::<Code>(), ["Verify Code", "Send New Code"]);
    assert_eq!(pressed::<FactorEmail>(), ["Send Code"]);
    assert_eq!(pressed::<FactorPhone>(), ["Send Code"]);
    assert_eq!(pressed::<FactorApp>(), ["Verify Code"]);
    assert_eq!(pressed::<FactorVerified>(), ["Continue"]);
    assert_eq!(pressed::<JoinComplete>(), ["Continue"]);
    let html = render(&Shell::new("Fobwatch"), &JoinComplete::samples()[0], &FieldErrors::none()).unwrap();
    assert_eq!(text(all(&Html::parse_document(&html), "label[for=next]")[0]), "Login to Northfield Staff");
}

#[test]
fn an_authenticator_app_can_be_set_up_without_scanning() {
    let page = &FactorApp::samples()[0];
    let html = render(&Shell::new("Fobwatch"), page, &FieldErrors::none()).unwrap();
    let html = Html::parse_document(&html);
    assert_eq!(all(&html, "[role=img][aria-label] svg").len(), 1);
    assert_eq!(text(all(&html, "code")[0]), page.secret_text);
    assert_eq!(all(&html, "a[href^='otpauth://']")[0].attr("href"), Some(page.otpauth_uri.as_str()));
}

#[test]
fn a_password_never_comes_back() {
    for (page, html) in every_page() {
        for password in all(&html, "input[type=password]") {
            assert_eq!(password.attr("value"), None, "{}", page.name);
            assert_eq!(password.attr("maxlength"), None, "{}", page.name);
        }
    }
}

#[test]
fn whoever_is_signed_in_sees_it_and_can_sign_out_by_a_post() {
    let page = &Home::samples()[0];
    let html = render(&Shell::new("Fobwatch").for_person("Amina Khan"), page, &FieldErrors::none()).unwrap();
    let html = Html::parse_document(&html);
    assert_eq!(text(all(&html, "header form[method=post][action='/sign-out'] button")[0]), "Sign out");
    let html = render(&Shell::new("Fobwatch"), &SignIn::samples()[0], &FieldErrors::none()).unwrap();
    assert!(!html.contains("Sign out"));
}

#[test]
fn an_error_of_the_page_as_a_whole_needs_no_field() {
    let errors = FieldErrors::one("", "Those details do not match. You have 2 tries left.");
    let html = render(&Shell::new("Fobwatch"), &SignIn::samples()[0], &errors).unwrap();
    let html = Html::parse_document(&html);
    assert_eq!(
        text(all(&html, ".nhsuk-error-summary li")[0]),
        "Those details do not match. You have 2 tries left."
    );
    assert!(all(&html, ".nhsuk-error-summary a").is_empty());
}

#[test]
fn an_organisation_shows_its_colour_by_a_stylesheet_of_its_own() {
    let brand = Brand { colour: Colour::parse("#7a1f5c").ok(), ..Brand::new("N?H", "Northfield Hospitals") };
    let shown = |brand: Brand| {
        let html =
            render(&Shell::new("Fobwatch").of(brand), &Email::samples()[0], &FieldErrors::none()).unwrap();
        let html = Html::parse_document(&html);
        all(&html, "link[rel=stylesheet]")
            .iter()
            .map(|link| link.attr("href").unwrap().to_owned())
            .collect::<Vec<_>>()
    };
    assert_eq!(shown(brand)[1..], ["/brand/N%3FH.css?7a1f5c"]);
    assert_eq!(shown(Brand::new("NTH", "Northfield Hospitals")).len(), 1);
}

#[test]
fn every_error_page_gives_its_reference_and_each_cause_has_words_of_its_own() {
    let mut titles = HashSet::new();
    for page in ErrorPage::samples().iter().filter(|page| page.retry_after.is_none()) {
        let html = render(&Shell::new("Fobwatch"), page, &FieldErrors::none()).unwrap();
        assert!(html.contains(&page.reference));
        titles.insert(text(all(&Html::parse_document(&html), "h1")[0]));
    }
    assert_eq!(titles.len(), 11, "{titles:?}");
}
