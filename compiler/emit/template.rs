//! Templates of line formats. The only file that knows `tera`.
//!
//! Every format has an escape of its own, which each `{{ value }}` passes unless the template says `| safe`: text
//! that forgets its filter is still one word of the format. Templates may loop and test presence, never compute.

use std::{io::Write, sync::OnceLock};

use serde::Serialize;
use tera::{Context, Delimiters, Tera};

use super::quote;

/// The format that a template writes.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Format {
    /// A shell script: values are single words.
    Shell,
    /// An nginx configuration: values are single tokens.
    Nginx,
    /// Markdown: values show as themselves.
    Markdown,
    /// A line format in which a value must merely stay on its line.
    Line,
}

/// A template that is compiled when first used.
pub struct Template {
    format: Format,
    text: &'static str,
    compiled: OnceLock<Result<Tera, String>>,
}

const NAME: &str = "t";

impl Template {
    /// The template `text`, which writes `format`.
    pub const fn new(format: Format, text: &'static str) -> Template {
        Template { format, text, compiled: OnceLock::new() }
    }

    /// The text for `view`.
    ///
    /// # Panics
    /// Never for what a user writes: a template that does not fit its view is a fault of ondol's that every
    /// rendering of it shows, so that no test of its emitter could pass.
    pub fn render(&self, view: &impl Serialize) -> String {
        match self.try_render(view) {
            Ok(text) => text,
            #[expect(
                clippy::panic,
                reason = "a fault of ondol's own template; silence would write a broken artifact"
            )]
            Err(error) => panic!("a template does not fit its view: {error}"),
        }
    }

    fn try_render(&self, view: &impl Serialize) -> Result<String, String> {
        let tera = self.compiled.get_or_init(|| compile(self.format, self.text)).as_ref()?;
        let context = Context::from_serialize(view).map_err(|error| error.to_string())?;
        tera.render(NAME, &context).map_err(|error| format!("{error:?}"))
    }
}

fn compile(format: Format, text: &str) -> Result<Tera, String> {
    let mut tera = Tera::default();
    // `${#name}` is a length in a shell: comments of templates look otherwise.
    tera.set_delimiters(Delimiters {
        comment_start: "<#".into(),
        comment_end: "#>".into(),
        ..Delimiters::default()
    })
    .map_err(|error| format!("{error:?}"))?;
    tera.set_escape_fn(match format {
        Format::Shell => |text: &str, out: &mut dyn Write| out.write_all(quote::shell(text).as_bytes()),
        Format::Nginx => |text: &str, out: &mut dyn Write| out.write_all(quote::nginx(text).as_bytes()),
        Format::Markdown => |text: &str, out: &mut dyn Write| out.write_all(quote::markdown(text).as_bytes()),
        Format::Line => |text: &str, out: &mut dyn Write| out.write_all(quote::line(text).as_bytes()),
    });
    tera.autoescape_on([NAME]);
    tera.register_filter("comment", |text: &str, _: tera::Kwargs, _: &tera::State| quote::line(text));
    tera.register_filter("code", |text: &str, _: tera::Kwargs, _: &tera::State| quote::markdown_code(text));
    tera.register_filter("cell", |text: &str, _: tera::Kwargs, _: &tera::State| quote::markdown_cell(text));
    tera.add_raw_template(NAME, text).map_err(|error| format!("{error:?}"))?;
    Ok(tera)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[derive(Serialize)]
    struct View {
        text: &'static str,
        number: u32,
        list: Vec<&'static str>,
    }

    const VIEW: View = View { text: "a'; rm -rf \"$HOME\" `x`\n|*", number: 7, list: Vec::new() };

    #[test]
    fn values_cannot_leave_their_word() {
        static SHELL: Template =
            Template::new(Format::Shell, "x={{ text }} {{ number }}{% for a in list %}{{ a }}{% endfor %}");
        assert_eq!(SHELL.render(&VIEW), "x='a'\\''; rm -rf \"$HOME\" `x`\n|*' 7");
        static LINE: Template = Template::new(Format::Line, "# {{ text }}");
        assert!(!LINE.render(&VIEW).contains('\n'));
        static MARKDOWN: Template = Template::new(Format::Markdown, "{{ text | code | safe }}");
        assert_eq!(MARKDOWN.render(&VIEW), "``a'; rm -rf \"$HOME\" `x` |*``");
    }
}
