//! Gathers what the file and the environment say, and hands it out key by key. Every problem is collected on the way.

use std::collections::BTreeMap;

use toml::Spanned;
use toml::de::{DeTable, DeValue};

use super::problem::{Place, Problem};
use super::schema::{Key, Shape};
use super::table::SECTIONS;
use super::value::Setting;
use rules::nearest::nearest;

/// Variables that begin like ours and mean something else: the path of the file for the command line.
const NOT_KEYS: [&str; 1] = ["FOBWATCH_CONFIG"];

/// What one key was given: the text of its value, or why there is none, and where it stands.
#[derive(Debug, Clone)]
struct Given {
    place: Place,
    value: Result<String, String>,
}

/// Hands out the given values and collects what is wrong with them.
#[derive(Debug, Default)]
pub struct Reader {
    file: Option<String>,
    given: BTreeMap<String, Given>,
    problems: Vec<Problem>,
}

impl Reader {
    /// Reads the file, then the environment over it.
    pub fn new(file: Option<(&str, &str)>, environment: impl IntoIterator<Item = (String, String)>) -> Self {
        let mut reader = Self::default();
        if let Some((name, text)) = file {
            reader.file = Some(name.to_owned());
            reader.read_file(name, text);
        }
        for (variable, value) in environment {
            reader.read_variable(&variable, value);
        }
        reader
    }

    /// The value of a key, its default, or nothing and a problem.
    pub fn take<T: Setting>(&mut self, key: &Key) -> Option<T> {
        let (place, value) = match self.given.get(&key.path()) {
            Some(given) => (given.place.clone(), given.value.clone()),
            None => match key.default {
                Some(default) => (Place::Nowhere, Ok(default.to_owned())),
                None => return T::absent().or_else(|| self.missing(key)),
            },
        };
        let read =
            value.and_then(|text| T::from_text(&text).map_err(|why| format!("{}{why}", shown(key, &text))));
        match read {
            Ok(value) => Some(value),
            Err(why) => {
                let name = name_at(&place, key);
                let what = format!("{name} {why}");
                self.problem(
                    place.clone(),
                    what,
                    &format!("Write {}, such as {}", (key.expects)(), example_at(&place, key)),
                );
                None
            }
        }
    }

    /// Where a key was given, if it was.
    pub fn place(&self, section: &str, name: &str) -> Option<Place> {
        self.given.get(&format!("{section}.{name}")).map(|given| given.place.clone())
    }

    /// Notes a problem that was found elsewhere, at `place` or where a missing key would have been looked for.
    pub fn problem(&mut self, place: Place, what: String, remedy: &str) {
        let end = if remedy.ends_with('?') { "" } else { "." };
        self.problems.push(Problem { place, what, remedy: format!("{remedy}{end}") });
    }

    /// Notes that a key is missing.
    pub fn missing<T>(&mut self, key: &Key) -> Option<T> {
        let (place, file) = match &self.file {
            Some(file) => (Place::File(file.clone()), file.as_str()),
            None => (Place::Nowhere, "the file"),
        };
        let in_environment = format!("set {}={}", key.variable(), key.example);
        let remedy = if key.environment_only {
            capitalised(&in_environment)
        } else {
            format!("Write {} under [{}] in {file}, or {in_environment}", key.line(key.example), key.section)
        };
        self.problem(place, format!("{} is missing", key.path()), &remedy);
        None
    }

    /// Everything that is wrong.
    pub fn into_problems(self) -> Vec<Problem> {
        self.problems
    }

    fn read_file(&mut self, name: &str, text: &str) {
        let line_of = |at: usize| text.as_bytes().iter().take(at).filter(|byte| **byte == b'\n').count() + 1;
        let place = |at: usize| Place::Line { file: name.to_owned(), line: line_of(at) };
        let (document, errors) = DeTable::parse_recoverable(text);
        for error in errors {
            let place = error.span().map_or(Place::File(name.to_owned()), |span| place(span.start));
            self.problem(place, format!("not TOML: {}", error.message().trim()), "Mend this line");
        }
        for (section, content) in document.get_ref() {
            let here = place(section.span().start);
            match content.get_ref() {
                DeValue::Table(keys) => self.read_section(section.get_ref(), here, keys, &place),
                _ => self.key_outside(section.get_ref(), here),
            }
        }
    }

    fn read_section(&mut self, name: &str, here: Place, keys: &DeTable<'_>, place: &dyn Fn(usize) -> Place) {
        let Some(section) = SECTIONS.iter().find(|section| section.name == name) else {
            let what = format!("[{name}] is not a section");
            let remedy = match nearest(name, SECTIONS.iter().map(|section| section.name)) {
                Some(near) => format!("Did you mean [{near}]?"),
                None => format!(
                    "The sections are {}",
                    SECTIONS.iter().map(|s| s.name).collect::<Vec<_>>().join(", ")
                ),
            };
            return self.problem(here, what, &remedy);
        };
        for (name, value) in keys {
            let here = place(name.span().start);
            let name = name.get_ref().as_ref();
            match section.keys.iter().find(|key| key.name == name) {
                Some(key) if key.environment_only => self.problem(
                    here,
                    format!("{} may not stand in a file", key.path()),
                    &format!("Set {} in the environment", key.variable()),
                ),
                Some(key) => {
                    let given = Given { place: here, value: text_of(key, value) };
                    self.given.insert(key.path(), given);
                }
                None => self.unknown_key(here, section.name, name),
            }
        }
    }

    fn unknown_key(&mut self, here: Place, section: &str, name: &str) {
        let path = format!("{section}.{name}");
        let paths: Vec<String> = all_keys().map(Key::path).collect();
        let elsewhere = all_keys().find(|key| key.name == name).map(Key::path);
        let same_section = SECTIONS.iter().find(|known| known.name == section);
        let near = same_section.and_then(|known| nearest(name, known.keys.iter().map(|key| key.name)));
        let remedy = match (
            near,
            elsewhere.or_else(|| nearest(&path, paths.iter().map(String::as_str)).map(String::from)),
        ) {
            (Some(near), _) => format!("Did you mean {section}.{near}?"),
            (None, Some(path)) => format!("Did you mean {path}?"),
            (None, None) => "`fobwatch config example` shows all keys".into(),
        };
        self.problem(here, format!("{path} is not a key"), &remedy);
    }

    fn key_outside(&mut self, name: &str, here: Place) {
        let what = format!("{name} stands outside of every section");
        let remedy = match all_keys().find(|key| key.name == name) {
            Some(key) => format!("Put it under [{}]", key.section),
            None => "Put it under the section that it belongs to, such as [server]".into(),
        };
        self.problem(here, what, &remedy);
    }

    fn read_variable(&mut self, variable: &str, value: String) {
        let Some(rest) = variable.strip_prefix("FOBWATCH_") else { return };
        if NOT_KEYS.contains(&variable) || is_of_kubernetes(rest) || value.is_empty() {
            return;
        }
        let place = Place::Variable(variable.to_owned());
        if let Some(key) = all_keys().find(|key| key.variable() == variable) {
            self.given.insert(key.path(), Given { place, value: Ok(value) });
            return;
        }
        let variables: Vec<String> = all_keys().map(Key::variable).collect();
        let remedy = match nearest(&variable.to_uppercase(), variables.iter().map(String::as_str)) {
            Some(near) => format!("Did you mean {near}?"),
            None => "`fobwatch config example` shows all keys; section and key are joined by two underscores"
                .into(),
        };
        self.problem(place, format!("{variable} is not a key"), &remedy);
    }
}

fn all_keys() -> impl Iterator<Item = &'static Key> {
    SECTIONS.iter().flat_map(|section| section.keys)
}

/// Kubernetes gives every container variables for each service; one called "fobwatch" makes `FOBWATCH_SERVICE_HOST`,
/// `FOBWATCH_SERVICE_PORT…`, `FOBWATCH_PORT` and `FOBWATCH_PORT_8400_TCP…`. They are not ours and not mistakes.
fn is_of_kubernetes(rest: &str) -> bool {
    let port = rest.strip_prefix("PORT_").and_then(|rest| rest.chars().next());
    matches!(rest, "SERVICE_HOST" | "SERVICE_PORT" | "PORT")
        || rest.starts_with("SERVICE_PORT_")
        || port.is_some_and(|first| first.is_ascii_digit())
}

/// The value of the file as text, if it has the form that the key wants.
fn text_of(key: &Key, value: &Spanned<DeValue<'_>>) -> Result<String, String> {
    let is = |what: &str| Err(format!("is {what}"));
    match (key.shape, value.get_ref()) {
        (Shape::Text, DeValue::String(text)) => Ok(text.as_ref().to_owned()),
        (Shape::Switch, DeValue::Boolean(on)) => Ok(on.to_string()),
        (Shape::Number, DeValue::Integer(number)) if number.radix() == 10 => Ok(number.as_str().to_owned()),
        (Shape::List, DeValue::Array(items)) => {
            let texts = items.iter().map(|item| item.get_ref().as_str().map(ToOwned::to_owned));
            match texts.collect::<Option<Vec<_>>>() {
                Some(texts) => Ok(texts.join(",")),
                None => is("a list of something else than texts"),
            }
        }
        (_, DeValue::String(_)) => is("a text in quotation marks"),
        (_, DeValue::Integer(_) | DeValue::Float(_)) => is("a number"),
        (_, DeValue::Boolean(_)) => is("true or false"),
        (_, DeValue::Datetime(_)) => is("a date"),
        (_, DeValue::Array(_)) => is("a list"),
        (_, DeValue::Table(_)) => is("a table"),
    }
}

/// `("8400") ` for a value that may be shown, nothing for a secret, or for an address with somebody's name in it.
fn shown(key: &Key, text: &str) -> String {
    let hidden = key.secret || text.is_empty() || text.contains('@') || text.chars().count() > 60;
    if hidden { String::new() } else { format!("({text:?}) ") }
}

fn name_at(place: &Place, key: &Key) -> String {
    match place {
        Place::Variable(variable) => variable.clone(),
        _ => key.path(),
    }
}

fn example_at(place: &Place, key: &Key) -> String {
    match place {
        Place::Variable(variable) => format!("{variable}={}", key.example),
        _ => key.line(key.example),
    }
}

/// The text with a capital at its beginning.
pub fn capitalised(text: &str) -> String {
    let mut letters = text.chars();
    letters.next().map_or_else(String::new, |first| first.to_uppercase().chain(letters).collect())
}
