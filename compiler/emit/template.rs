//! Templates of line formats. The only file that knows `tera`.
//!
//! Every format has an escape of its own, which each `{{ value }}` passes: a value is one unit of the format whatever
//! its text holds. Filters are for the other places, and none of them lets text out either:
//!
//! | filter | the value stands |
//! | --- | --- |
//! | – | alone: a word of the shell, a token of nginx, text in Markdown, a line |
//! | `safe` | within a longer word or within quotes; it has nothing in it that acts, else the template is at fault |
//! | `comment` | in a comment: on one line |
//! | `code`, `code_cell`, `cell` | in Markdown: a code span, one in a table, text in a table |
//! | `aligned` | around commands, each with two blanks before its comment: `{% filter aligned %}…{% endfilter %}` |
//! | `raw` | as it is: text that is of this very format, because the user wrote it for it or the view made it |
//!
//! Templates loop and test presence; views compute. A name that a view does not have is an error, not an empty text.

use std::{
    borrow::Cow,
    io::{Error, Write},
    sync::OnceLock,
};

use serde::Serialize;
use tera::{Context, Delimiters, Kwargs, State, Tera, Value};

use super::{aligned::aligned, quote};

/// The format that a template writes.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Format {
    /// A shell script: values are single words.
    Shell,
    /// An nginx configuration: values are single tokens.
    Nginx,
    /// Markdown: values show as themselves.
    Markdown,
    /// A format in which a value must merely stay on its line.
    Line,
}

/// A template that is compiled when first used.
pub struct Template {
    format: Format,
    text: &'static str,
    parts: Parts,
    compiled: OnceLock<Result<Tera, String>>,
}

/// Texts that several templates have in common, by the names under which these have them: `{% include "name" %}`. They
/// see what the template sees.
pub type Parts = &'static [(&'static str, &'static str)];

/// What tera calls the one template of an instance.
const NAME: &str = "template";

/// The first template of this process that did not fit its view.
static FAULT: OnceLock<String> = OnceLock::new();

/// The fault of a template, if there was one: then no artifact may be used.
///
/// A template that does not fit its view is a mistake of ondol's, which no text of a user can make or mend, and every
/// rendering of it shows. So emitting cannot fail, and instead of a panic there is one place that asks.
pub fn fault() -> Option<&'static str> {
    FAULT.get().map(String::as_str)
}

impl Template {
    /// The template `text`, which writes `format`.
    pub const fn new(format: Format, text: &'static str) -> Template {
        Template::with_parts(format, text, &[])
    }

    /// The template `text`, of which some parts stand elsewhere.
    pub const fn with_parts(format: Format, text: &'static str, parts: Parts) -> Template {
        Template { format, text, parts, compiled: OnceLock::new() }
    }

    /// Compiles it, if that has not been done.
    pub fn prepare(&self) {
        let _ = self.compiled();
    }

    fn compiled(&self) -> Result<&Tera, &String> {
        self.compiled.get_or_init(|| compile(self.format, self.text, self.parts)).as_ref()
    }

    /// The text for `view`; empty, with a [`fault`], when the template does not fit it.
    pub fn render(&self, view: &impl Serialize) -> String {
        self.try_render(view).unwrap_or_else(|fault| {
            // Of several faults any one will do.
            let _ = FAULT.set(fault);
            String::new()
        })
    }

    fn try_render(&self, view: &impl Serialize) -> Result<String, String> {
        let tera = self.compiled()?;
        let context = Context::from_serialize(view).map_err(|error| error.to_string())?;
        tera.render(NAME, &context).map_err(|error| error.to_string())
    }
}

fn compile(format: Format, text: &str, parts: Parts) -> Result<Tera, String> {
    let mut tera = Tera::default();
    // `${#name}` is a length in a shell: comments of templates look otherwise.
    let delimiters =
        Delimiters { comment_start: "<#".into(), comment_end: "#>".into(), ..Delimiters::default() };
    tera.set_delimiters(delimiters).map_err(|error| error.to_string())?;
    tera.set_escape_fn(match format {
        Format::Shell => |text: &str, out: &mut dyn Write| out.write_all(quote::shell(text).as_bytes()),
        Format::Nginx => |text: &str, out: &mut dyn Write| match quote::nginx(text) {
            Some(token) => out.write_all(token.as_bytes()),
            None => Err(Error::other(format!("no token of nginx can be `{text}`"))),
        },
        Format::Markdown => |text: &str, out: &mut dyn Write| out.write_all(quote::markdown(text).as_bytes()),
        Format::Line => |text: &str, out: &mut dyn Write| out.write_all(quote::line(text).as_bytes()),
    });
    tera.autoescape_on(std::iter::once(NAME).chain(parts.iter().map(|(name, _)| *name)));
    for (name, filter) in [
        ("aligned", aligned as fn(&str) -> String),
        ("comment", quote::line),
        ("code", quote::markdown_code),
        ("code_cell", quote::markdown_code_cell),
        ("cell", quote::markdown_cell),
        ("raw", str::to_owned),
    ] {
        tera.register_filter(name, move |text: Cow<'_, str>, _: Kwargs, _: &State| {
            Value::safe_string(&filter(&text))
        });
    }
    // In place of tera's own, which believes every text.
    tera.register_filter("safe", move |value: Value, _: Kwargs, _: &State| match value.as_str() {
        Some(text) if !value.is_safe() && !is_safe(format, text) => {
            Err(tera::Error::message(format!("`{text}` is not safe here")))
        }
        _ => Ok(value.mark_safe()),
    });
    // The last line of a part ends where the template goes on.
    let parts = parts.iter().map(|(name, part)| (*name, part.trim_end()));
    tera.add_raw_templates(parts.chain([(NAME, text)])).map_err(|error| error.to_string())?;
    Ok(tera)
}

/// Whether a text means nothing but itself within a longer word or a quoted text.
fn is_safe(format: Format, text: &str) -> bool {
    let more = match format {
        Format::Shell | Format::Nginx | Format::Line => "",
        // Commands in code, and URLs.
        Format::Markdown => " ?&#%~",
    };
    text.chars().all(|c| c.is_alphanumeric() || "_-./:@+,=".contains(c) || more.contains(c))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::emit::hostile;

    #[derive(Serialize)]
    struct View<'a> {
        text: &'a str,
        number: u32,
        none: Option<&'a str>,
    }

    fn view(text: &str) -> View<'_> {
        View { text, number: 7, none: None }
    }

    #[test]
    fn a_value_is_one_unit_of_its_format() {
        static SHELL: Template = Template::new(Format::Shell, "x={{ text }} {{ number }}");
        static NGINX: Template = Template::new(Format::Nginx, "set {{ text }} {{ number }};");
        static MARKDOWN: Template = Template::new(Format::Markdown, "{{ text }} {{ number }}{{ none }}");
        for text in hostile::texts() {
            let seen = SHELL.try_render(&view(&text)).unwrap();
            assert_eq!(seen, format!("x={} 7", quote::shell(&text)));
            let seen = NGINX.try_render(&view(&text)).ok();
            assert_eq!(seen, quote::nginx(&text).map(|token| format!("set {token} 7;")));
            let seen = MARKDOWN.try_render(&view(&text)).unwrap();
            assert_eq!(seen, format!("{} 7", quote::markdown(&text)));
        }
    }

    #[test]
    fn filters_need_no_further_escape() {
        static LINE: Template = Template::new(Format::Shell, "# {{ text | comment }}");
        assert_eq!(LINE.try_render(&view("it's\n$x")).unwrap(), "# it's $x");
        static CODE: Template = Template::new(Format::Markdown, "{{ text | code }}{{ text | code | safe }}");
        assert_eq!(CODE.try_render(&view("a*b")).unwrap(), "`a*b``a*b`");
        static RAW: Template = Template::new(Format::Nginx, "{{ text | raw }}");
        assert_eq!(RAW.try_render(&view("return 200 \"$host\";")).unwrap(), "return 200 \"$host\";");
    }

    #[test]
    fn what_is_called_safe_is_safe() {
        static SHELL: Template =
            Template::new(Format::Shell, "echo \"{{ text | safe }} {{ number | safe }}\"");
        assert_eq!(SHELL.try_render(&view("shop-1.example")).unwrap(), "echo \"shop-1.example 7\"");
        for text in ["$(id)", "`id`", "a\"b", "a b", "a\nb", "a\\", "a'b", "a;b", "%s", "a*"] {
            assert!(SHELL.try_render(&view(text)).is_err(), "{text}");
        }
        static NGINX: Template = Template::new(Format::Nginx, "zone={{ text | safe }}:10m");
        for text in ["a;b", "a{b", "a b", "$a", "a\"b"] {
            assert!(NGINX.try_render(&view(text)).is_err(), "{text}");
        }
    }

    #[test]
    fn what_a_view_does_not_have_is_a_fault() {
        for text in
            ["{{ missing }}", "{% for a in missing %}{% endfor %}", "{{ text | code", "{{ text | unknown }}"]
        {
            let template = Template::new(Format::Shell, text);
            assert!(template.try_render(&view("a")).is_err(), "{text}");
        }
    }
}
