//! A page as a browser understands it: words, fields by their labels, buttons by their words.

use axum::http::{HeaderMap, StatusCode};
use scraper::{ElementRef, Html, Selector};

/// What came back, after redirects.
#[derive(Debug, Clone, Default)]
pub struct Page {
    /// Path and query.
    pub url: String,
    pub status: StatusCode,
    pub headers: HeaderMap,
    pub html: String,
}

/// What a button does.
#[derive(Debug, Clone)]
pub enum Press {
    Link(String),
    Form(Form),
}

/// A form with what it holds before anybody types.
#[derive(Debug, Clone)]
pub struct Form {
    pub action: String,
    pub post: bool,
    pub inputs: Vec<Input>,
}

#[derive(Debug, Clone)]
pub struct Input {
    pub name: String,
    pub value: String,
    /// Radios and checkboxes are sent only where they are chosen.
    pub choice: bool,
    pub chosen: bool,
}

fn selector(css: &str) -> Selector {
    Selector::parse(css).unwrap()
}

/// What a field holds: a text area has it inside, a list in the option that is selected.
fn held(field: ElementRef<'_>) -> String {
    match field.value().name() {
        "textarea" => field.text().collect::<String>().trim().to_owned(),
        "select" => {
            let options: Vec<_> = field.select(&selector("option")).collect();
            let selected = options.iter().find(|option| option.attr("selected").is_some());
            let selected = selected.or(options.first()).and_then(|option| option.attr("value"));
            selected.unwrap_or_default().to_owned()
        }
        _ => field.attr("value").unwrap_or_default().to_owned(),
    }
}

fn words(element: ElementRef<'_>) -> String {
    let text: String = element.text().collect();
    text.split_whitespace().collect::<Vec<_>>().join(" ")
}

impl Page {
    fn document(&self) -> Html {
        Html::parse_document(&self.html)
    }

    fn first(&self, css: &str) -> String {
        self.document().select(&selector(css)).next().map(words).unwrap_or_default()
    }

    /// The heading of the page.
    pub fn heading(&self) -> String {
        self.first("h1")
    }

    /// What stands in the title of the window.
    pub fn title(&self) -> String {
        self.first("title")
    }

    /// All that the page says between header and footer.
    pub fn text(&self) -> String {
        self.first("main")
    }

    /// What the error summary says; empty where there is none.
    pub fn errors(&self) -> String {
        self.first(".nhsuk-error-summary__list")
    }

    /// The page in a few lines, for the message of a test that fails.
    pub fn shown(&self) -> String {
        format!("{} at {}\n{}\n{}", self.status, self.url, self.title(), self.text())
    }

    /// The words of the first element that `css` finds.
    pub fn find(&self, css: &str) -> Option<String> {
        self.document().select(&selector(css)).next().map(words)
    }

    /// The field with this label: its name, and its value where it is a choice.
    pub fn field(&self, label: &str) -> (String, Option<String>) {
        let document = self.document();
        let ids: Vec<String> = document
            .select(&selector("label"))
            .filter(|element| words(*element) == label)
            .filter_map(|element| element.attr("for").map(str::to_owned))
            .collect();
        let [id] = ids.as_slice() else {
            panic!("{} fields are labelled {label:?} in {}", ids.len(), self.shown());
        };
        let input = document
            .select(&selector("input, textarea, select"))
            .find(|input| input.attr("id") == Some(id.as_str()))
            .unwrap_or_else(|| panic!("the label {label:?} belongs to no field in {}", self.shown()));
        let choice = matches!(input.attr("type"), Some("radio" | "checkbox"));
        let value = choice.then(|| input.attr("value").unwrap_or("on").to_owned());
        (input.attr("name").unwrap().to_owned(), value)
    }

    /// What stands in the field with this label.
    pub fn value(&self, label: &str) -> String {
        let (name, _) = self.field(label);
        self.document()
            .select(&selector("input, textarea, select"))
            .find(|input| input.attr("name") == Some(name.as_str()))
            .map(held)
            .unwrap_or_default()
    }

    /// What the button with these words does.
    pub fn button(&self, label: &str) -> Press {
        let document = self.document();
        let buttons: Vec<ElementRef<'_>> = document
            .select(&selector("button, a[role=button], a.nhsuk-button"))
            .filter(|button| button.attr("type") != Some("button") && words(*button) == label)
            .collect();
        let [button] = buttons.as_slice() else {
            panic!("{} buttons say {label:?} in {}", buttons.len(), self.shown());
        };
        if let Some(href) = button.attr("href") {
            return Press::Link(href.to_owned());
        }
        let form = button
            .ancestors()
            .filter_map(ElementRef::wrap)
            .find(|parent| parent.value().name() == "form")
            .unwrap_or_else(|| panic!("the button {label:?} is in no form in {}", self.shown()));
        let mut form = self.form(form);
        // A button that has a name is sent with what its form holds.
        if let Some(name) = button.attr("name") {
            let value = button.attr("value").unwrap_or_default().to_owned();
            form.inputs.push(Input { name: name.to_owned(), value, choice: false, chosen: true });
        }
        Press::Form(form)
    }

    /// Every form of the page.
    pub fn forms(&self) -> Vec<Form> {
        let document = self.document();
        document.select(&selector("form")).map(|form| self.form(form)).collect()
    }

    fn form(&self, form: ElementRef<'_>) -> Form {
        let inputs = form
            .select(&selector("input, textarea, select"))
            .filter_map(|input| {
                Some(Input {
                    name: input.attr("name")?.to_owned(),
                    choice: matches!(input.attr("type"), Some("radio" | "checkbox")),
                    chosen: input.attr("checked").is_some(),
                    value: held(input),
                })
            })
            .collect();
        Form {
            action: form.attr("action").unwrap_or(&self.url).to_owned(),
            post: form.attr("method").is_some_and(|method| method.eq_ignore_ascii_case("post")),
            inputs,
        }
    }

    /// Where the link with these words leads.
    pub fn link(&self, label: &str) -> String {
        let document = self.document();
        document
            .select(&selector("a[href]"))
            .find(|link| words(*link) == label)
            .and_then(|link| link.attr("href"))
            .unwrap_or_else(|| panic!("no link says {label:?} in {}", self.shown()))
            .to_owned()
    }

    /// Where all links, pictures, scripts and stylesheets of the page lead.
    pub fn links(&self) -> Vec<String> {
        let document = self.document();
        document
            .select(&selector("[href], [src]"))
            .filter_map(|element| element.attr("href").or_else(|| element.attr("src")))
            .map(str::to_owned)
            .collect()
    }
}
