//! Headings: the names by which links find them, and the list of them.

use std::{collections::BTreeMap, fmt::Write as _};

use crate::emit::quote::html;

/// The headings so far.
#[derive(Default)]
pub struct Contents {
    headings: Vec<Heading>,
    /// How often each name was asked for.
    names: BTreeMap<String, usize>,
}

struct Heading {
    level: usize,
    name: String,
    text: String,
}

impl Contents {
    /// Adds a heading and gives its name, made as GitHub makes it: links of the Markdown lead to the same places.
    pub fn add(&mut self, level: usize, text: &str) -> String {
        let lower = text.trim().to_lowercase();
        let name: String = lower
            .chars()
            .filter_map(|c| match c {
                ' ' => Some('-'),
                c if c.is_alphanumeric() || matches!(c, '-' | '_') => Some(c),
                _ => None,
            })
            .collect();
        let before = self.names.entry(name.clone()).or_default();
        let name = match *before {
            0 => name,
            before => format!("{name}-{before}"),
        };
        *before += 1;
        self.headings.push(Heading { level, name: name.clone(), text: text.to_owned() });
        name
    }

    /// The list of sections with what is in them, as HTML.
    pub fn list(&self) -> String {
        let mut out = String::from("<ul>\n");
        let mut inner = false;
        let all: Vec<&Heading> =
            self.headings.iter().filter(|heading| matches!(heading.level, 2 | 3)).collect();
        for (index, heading) in all.iter().enumerate() {
            let Heading { level, name, text } = heading;
            if *level == 3 && !inner {
                out.push_str("<ul>\n");
                inner = true;
            }
            let _ = write!(out, "<li><a href=\"#{}\">{}</a>", html(name), html(text));
            let next = all.get(index + 1).map_or(2, |next| next.level);
            if inner && next == 2 {
                out.push_str("</li>\n</ul>\n");
                inner = false;
            }
            if next <= *level || *level == 3 && next == 2 {
                out.push_str("</li>\n");
            }
        }
        out + "</ul>\n"
    }
}
