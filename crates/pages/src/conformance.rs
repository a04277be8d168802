//! Holds the component templates, under our engine, to the examples that NHS.UK publishes with the components:
//! the same elements, attributes and words, whatever the order of attributes and the white space between elements.

use std::fmt::Write as _;
use std::fs;
use std::path::Path;

use minijinja::value::{Serde, Value};
use minijinja::{Environment, context};
use scraper::{Html, Node, Selector};
use serde::Deserialize;

use crate::engine::components;
use crate::{FieldErrors, Page, Shell, StaffGroup, render};

/// How many examples version 10.6.1 has. When it changes, the version did: look at the list below again.
const EXAMPLES: usize = 983;

/// The examples that come out otherwise: a list in an attribute is written with spaces between its items, which JSON
/// allows. (Two more, of `character-count` and `file-upload`, have their attributes in another order.)
const KNOWN: [&str; 1] = ["file-upload: button"];

#[derive(Deserialize)]
struct Examples {
    component: String,
    fixtures: Vec<Example>,
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct Example {
    name: String,
    context: serde_json::Value,
    call_block: Option<String>,
    html: String,
}

#[test]
fn the_components_say_what_nhs_uk_says_they_say() {
    let engine = components().unwrap();
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("frontend/dist/nhsuk/components");
    let mut seen = 0;
    let mut different = Vec::new();
    for entry in fs::read_dir(folder).unwrap() {
        let Ok(text) = fs::read_to_string(entry.unwrap().path().join("fixtures.json")) else {
            continue;
        };
        let examples: Examples = serde_json::from_str(&text).unwrap();
        for example in examples.fixtures {
            seen += 1;
            let ours = rendered(&engine, &examples.component, &example);
            if canonical(&ours) != canonical(&example.html) {
                if std::env::var_os("FOBWATCH_SHOW_DIFFERENCES").is_some() {
                    println!(
                        "{}: {}\n--- ours\n{ours}\n--- theirs\n{}\n",
                        examples.component, example.name, example.html
                    );
                }
                different.push(format!("{}: {}", examples.component, example.name));
            }
        }
    }
    different.sort();
    assert_eq!((seen, different), (EXAMPLES, KNOWN.map(String::from).to_vec()));
}

fn rendered(engine: &Environment<'_>, component: &str, example: &Example) -> String {
    let file = format!("nhsuk/components/{component}/macro.jinja");
    let source = engine.get_template(&file).unwrap().source().to_owned();
    let name = source.split("macro ").nth(1).and_then(|rest| rest.split('(').next()).unwrap();
    let call = match example.call_block {
        Some(_) => format!("{{% call {name}(params) %}}{{{{ block | safe }}}}{{% endcall %}}"),
        None => format!("{{{{ {name}(params) }}}}"),
    };
    let template = format!("{{% from {file:?} import {name} %}}{call}");
    engine
        .render_str(
            &template,
            context! { params => Value::from(Serde(&example.context)), block => example.call_block.as_deref() },
        )
        .unwrap_or_else(|error| format!("{error:#}"))
}

#[test]
fn the_staff_groups_are_written_out_as_the_component_would_write_them() {
    const TEMPLATE: &str = r#"
        {%- from "nhsuk/components/radios/macro.jinja" import radios %}{{ radios({
            "name": "group", "idPrefix": "group", "value": page.chosen, "errorMessage": error, "items": items,
            "fieldset": {"legend": {"text": "Staff Group", "isPageHeading": true, "size": "l"}},
            "hint": "Choose the group that your job belongs to. This is the first step to create an account."
        }) }}"#;
    let engine = components().unwrap();
    for page in StaffGroup::samples() {
        for error in [None, Some("Choose your <b>staff group</b>")] {
            let items: Vec<Value> = page
                .groups
                .iter()
                .map(|group| context! { value => &group.value, text => &group.label })
                .collect();
            let component = engine
                .render_str(TEMPLATE, context! { page => Value::from(Serde(&page)), error, items })
                .unwrap();
            let errors = error.map_or_else(FieldErrors::none, |error| FieldErrors::one("group", error));
            let shown = Html::parse_document(&render(&Shell::new("Fobwatch"), &page, &errors).unwrap());
            let written = shown.select(&Selector::parse("form > .nhsuk-form-group").unwrap()).next().unwrap();
            assert_eq!(canonical(&written.html()), canonical(&component));
        }
    }
}

/// The tree of a piece of HTML, one node a line, attributes in the order of the alphabet.
fn canonical(html: &str) -> String {
    let tree = Html::parse_fragment(html);
    let mut out = String::new();
    for node in tree.tree.root().descendants() {
        let depth = node.ancestors().count();
        match node.value() {
            Node::Element(element) => {
                let mut attributes: Vec<_> = element.attrs().collect();
                attributes.sort_unstable();
                let _ = writeln!(out, "{depth} {} {attributes:?}", element.name());
            }
            Node::Text(text) => {
                let words: Vec<_> = text.split_ascii_whitespace().collect();
                if !words.is_empty() {
                    let _ = writeln!(out, "{depth} {:?}", words.join(" "));
                }
            }
            _ => {}
        }
    }
    out
}
