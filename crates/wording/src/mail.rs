//! From one Markdown source to the two parts of an e-mail.
//!
//! The Markdown is parsed first and the values are put into the text of what came out, so that a name can
//! neither become markup in the HTML part nor lose a character in the text part.

use std::collections::BTreeMap;

use pulldown_cmark::{Event, Parser, Tag, TagEnd, TextMergeStream};

use crate::message::EmailParts;
use crate::{Language, phrase::text};

const LAYOUT: &str = include_str!("../messages/layout.html");

/// The values of a message by placeholder.
pub(crate) type Values = BTreeMap<&'static str, String>;

/// `source` with `values` in it. The first line of `source` is the subject; `> …` is what a person copies (the
/// code); the value of a placeholder that ends in `_url` stands as a link in the HTML part.
pub(crate) fn render(language: Language, source: &str, values: &Values, name: Option<&str>) -> EmailParts {
    let (first, body) = source.split_once('\n').unwrap_or((source, ""));
    let subject = one_line(&fill(first.trim_start_matches(['#', ' ']), |name| values.get(name).cloned()));
    let greeting = name.map(|name| text(language, "mail-greeting", &[("name", &one_line(name))]));
    let service = values.get("service").map_or("", String::as_str);
    let footer = text(language, "mail-footer", &[("service", service)]);

    let mut plain = String::new();
    let mut html = String::new();
    if let Some(greeting) = &greeting {
        plain.extend([greeting, ",\n\n"]);
        html.extend(["<p>", &escape(greeting), ",</p>\n"]);
    }
    let mut in_code = false;
    for event in TextMergeStream::new(Parser::new(body)) {
        add_plain(&event, values, &mut plain);
        add_html(&event, values, &mut in_code, &mut html);
    }
    plain.extend(["--\u{20}\n", &footer, "\n"]);

    let html = fill(LAYOUT, |name| match name {
        "lang" => Some(language.tag().to_owned()),
        "subject" => Some(escape(&subject)),
        "body" => Some(std::mem::take(&mut html)),
        "footer" => Some(escape(&footer)),
        _ => None,
    });
    EmailParts { subject, text: plain, html }
}

fn add_plain(event: &Event<'_>, values: &Values, out: &mut String) {
    match event {
        Event::Start(Tag::Item) => out.push_str("- "),
        Event::End(TagEnd::Item | TagEnd::List(_)) | Event::SoftBreak | Event::HardBreak => out.push('\n'),
        Event::End(TagEnd::Paragraph) => out.push_str("\n\n"),
        Event::Text(text) => out.push_str(&fill(text, |name| values.get(name).cloned())),
        _ => {}
    }
}

/// `in_code` is kept from one event to the next.
fn add_html(event: &Event<'_>, values: &Values, in_code: &mut bool, out: &mut String) {
    match event {
        Event::Start(Tag::BlockQuote(_)) => *in_code = true,
        Event::End(TagEnd::BlockQuote(_)) => *in_code = false,
        Event::Start(Tag::Paragraph) => out.push_str(if *in_code { "<p class=\"code\">" } else { "<p>" }),
        Event::End(TagEnd::Paragraph) => out.push_str("</p>\n"),
        Event::Start(Tag::List(_)) => out.push_str("<ul>\n"),
        Event::End(TagEnd::List(_)) => out.push_str("</ul>\n"),
        Event::Start(Tag::Item) => out.push_str("<li>"),
        Event::End(TagEnd::Item) => out.push_str("</li>\n"),
        Event::Start(Tag::Strong) => out.push_str("<strong>"),
        Event::End(TagEnd::Strong) => out.push_str("</strong>"),
        Event::SoftBreak => out.push('\n'),
        Event::HardBreak => out.push_str("<br>\n"),
        Event::Text(text) => {
            out.push_str(&fill(&escape(text), |name| values.get(name).map(|value| html_value(name, value))));
        }
        _ => {}
    }
}

fn html_value(name: &str, value: &str) -> String {
    let escaped = escape(value);
    if name.ends_with("_url") && (value.starts_with("https://") || value.starts_with("http://")) {
        format!("<a href=\"{escaped}\">{escaped}</a>")
    } else {
        escaped
    }
}

/// `template` with `{name}` replaced where `value` knows the name, in one pass: what a value holds is not
/// looked at again.
pub(crate) fn fill(template: &str, mut value: impl FnMut(&str) -> Option<String>) -> String {
    let mut out = String::with_capacity(template.len());
    let mut rest = template;
    while let Some((before, after)) = rest.split_once('{') {
        out.push_str(before);
        let known = after.split_once('}').and_then(|(name, tail)| Some((value(name)?, tail)));
        if let Some((replacement, tail)) = known {
            out.push_str(&replacement);
            rest = tail;
        } else {
            out.push('{');
            rest = after;
        }
    }
    out.push_str(rest);
    out
}

/// Safe between tags and in a double-quoted attribute.
fn escape(text: &str) -> String {
    let mut escaped = String::with_capacity(text.len());
    for c in text.chars() {
        match c {
            '&' => escaped.push_str("&amp;"),
            '<' => escaped.push_str("&lt;"),
            '>' => escaped.push_str("&gt;"),
            '"' => escaped.push_str("&quot;"),
            '\'' => escaped.push_str("&#39;"),
            c => escaped.push(c),
        }
    }
    escaped
}

/// A subject is a header: control characters and line separators in a value become spaces.
fn one_line(text: &str) -> String {
    let spaced: String = text
        .chars()
        .map(|c| if c.is_control() || matches!(c, '\u{2028}' | '\u{2029}') { ' ' } else { c })
        .collect();
    spaced.trim().to_owned()
}
