//! What a description passes on to logrotate, taken apart as logrotate reads it: words with their values, and scripts
//! of several lines that end with `endscript`.

use crate::{
    source::{Located, Span},
    values::Prose,
};

/// A part of what is passed on, in the order of the description.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Directive {
    /// Its word: `compress`, `postrotate`.
    pub word: String,
    /// The whole line: `dateformat -%Y%m%d`.
    pub line: String,
    /// The lines of the script that it begins.
    pub script: Option<Vec<String>>,
    /// Whether that script ends.
    pub ended: bool,
    /// Where it is stated.
    pub span: Span,
}

/// Words that begin a script.
const SCRIPTS: [&str; 5] = ["prerotate", "postrotate", "firstaction", "lastaction", "preremove"];

/// The parts of these texts, of which each may have several lines and a script may go through several.
pub fn directives(texts: &[Located<Prose>]) -> Vec<Directive> {
    let mut found: Vec<Directive> = Vec::new();
    for text in texts {
        for line in text.value.lines() {
            let word = line.split_whitespace().next().unwrap_or_default();
            let open = found.last_mut().filter(|last| !last.ended);
            match (open, word) {
                (Some(script), "endscript") => script.ended = true,
                (Some(script), _) => script.script.get_or_insert_default().push(line.to_owned()),
                (None, word) if word.is_empty() || word.starts_with('#') => {}
                (None, word) => {
                    let script = SCRIPTS.contains(&word);
                    found.push(Directive {
                        word: word.to_owned(),
                        line: line.trim().to_owned(),
                        script: script.then(Vec::new),
                        ended: !script,
                        span: text.span,
                    });
                }
            }
        }
    }
    found
}

#[cfg(test)]
mod tests {
    use super::directives;
    use crate::{
        source::{Located, Sources, Span},
        values::{Prose, Value},
    };

    fn read(texts: &[&str]) -> Vec<(String, Option<Vec<String>>, bool)> {
        let span = Span::start_of(Sources::default().add("x", "x"));
        let texts: Vec<Located<Prose>> =
            texts.iter().map(|text| Located::new(Prose::parse(text).unwrap(), span)).collect();
        directives(&texts).into_iter().map(|one| (one.line, one.script, one.ended)).collect()
    }

    #[test]
    fn words_and_scripts() {
        let script = Some(vec!["  docker kill \\".to_owned(), "    -s USR1 web".to_owned()]);
        let parts = ["postrotate", "  docker kill \\", "    -s USR1 web", "endscript", "dateext"];
        let expected = [("postrotate".to_owned(), script, true), ("dateext".to_owned(), None, true)];
        assert_eq!(read(&parts), expected);
        assert_eq!(read(&[&parts.join("\n")]), expected);
        assert_eq!(read(&["postrotate\n}"]), [("postrotate".to_owned(), Some(vec!["}".to_owned()]), false)]);
    }
}
