//! The template engine, set up so that the NHS.UK components' Jinja templates say the same as under Jinja.

use std::collections::BTreeMap;
use std::sync::LazyLock;

use minijinja::syntax::SyntaxConfig;
use minijinja::value::{Serde, Value};
use minijinja::{AutoEscape, Environment, Error, ErrorKind, UndefinedBehavior, context};
use minijinja_contrib::pycompat::unknown_method_callback;
use thiserror::Error;

use crate::{FieldErrors, Page, Shell, assets};

/// Every template's name and text: ours end in `.html`, the components' in `.jinja`.
static TEMPLATES: &[(&str, &str)] = include!(concat!(env!("OUT_DIR"), "/templates.rs"));

static ENGINE: LazyLock<Result<Environment<'static>, Error>> = LazyLock::new(engine);

/// A page could not be rendered. The tests render every page, so this is a defect of ours and not of the request.
#[derive(Debug, Error)]
#[error("the template {template} could not be rendered")]
pub struct RenderError {
    /// The template's file name.
    pub template: &'static str,
    /// What the engine says.
    pub source: Error,
}

/// Renders a page inside its shell, with what is wrong with its form.
///
/// # Errors
/// [`RenderError`] when the template has a defect.
pub fn render<P: Page>(shell: &Shell, page: &P, errors: &FieldErrors) -> Result<String, RenderError> {
    let failed = |source: Error| RenderError { template: P::TEMPLATE, source };
    let engine = ENGINE.as_ref().map_err(|error| failed(Error::new(error.kind(), error.to_string())))?;
    let mut first: BTreeMap<String, Value> = BTreeMap::new();
    for error in errors.iter().filter(|error| !error.field.is_empty()) {
        first.entry(error.field.clone()).or_insert_with(|| Value::from(error.text.clone()));
    }
    let context = context! {
        shell => Value::from(Serde(shell)),
        page => Value::from(Serde(page)),
        place => Value::from(Serde(P::PLACE)),
        errors => Value::from(Serde(errors)),
        error => Value::from(first),
    };
    engine.get_template(P::TEMPLATE).and_then(|template| template.render(context)).map_err(failed)
}

/// The engine with the components, the layout and all pages.
fn engine() -> Result<Environment<'static>, Error> {
    let mut engine = components()?;
    engine.add_function("asset", |name: &str| {
        assets::path_of(name)
            .ok_or_else(|| Error::new(ErrorKind::InvalidOperation, format!("there is no asset {name}")))
    });
    for (name, text) in TEMPLATES.iter().filter(|(name, _)| is_ours(name)) {
        engine.add_template(name, text)?;
    }
    Ok(engine)
}

/// The engine with the components alone. What differs between this engine and Jinja, and matters to them, is made
/// up for here; `tests/conformance.rs` holds them to the components' own examples.
pub(crate) fn components() -> Result<Environment<'static>, Error> {
    let mut engine = Environment::new();
    engine.set_undefined_behavior(UndefinedBehavior::Chainable);
    engine.set_auto_escape_callback(|_| AutoEscape::Html);
    engine.set_unknown_method_callback(unknown_method_callback);
    engine.set_syntax(SyntaxConfig::builder().trim_blocks(true).lstrip_blocks(true).build()?);
    engine.add_filter("length", |value: Value| value.len().unwrap_or(0));
    engine.add_filter("truncate", truncate);
    for (name, text) in TEMPLATES.iter().filter(|(name, _)| !is_ours(name)) {
        engine.add_template(name, text)?;
    }
    Ok(engine)
}

fn is_ours(name: &str) -> bool {
    !name.starts_with("nhsuk/")
}

/// Jinja's `truncate(length, killwords, end)` by position, with Jinja's leeway of five characters.
fn truncate(text: &str, length: usize, kill_words: Option<bool>, end: Option<&str>) -> String {
    const LEEWAY: usize = 5;
    let end = end.unwrap_or("...");
    if text.chars().count() <= length + LEEWAY {
        return text.to_owned();
    }
    let cut: String = text.chars().take(length.saturating_sub(end.chars().count())).collect();
    let kept = if kill_words.unwrap_or(false) {
        cut.as_str()
    } else {
        cut.rsplit_once(' ').map_or(cut.as_str(), |(kept, _)| kept)
    };
    format!("{kept}{end}")
}
