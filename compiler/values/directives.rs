//! Directives of nginx, read as nginx reads them.
//!
//! It refuses what would not stay where it is put: a block or a quotation that is not closed, a `}` too many, a directive
//! that does not end. What directives mean is nginx's own affair.

use std::{fmt, ops::Range, sync::Arc};

use super::{Prose, Value};

/// Directives of nginx, whole ones: each ends with `;` or with the block that it opens.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Directives {
    text: Arc<str>,
    stated: Arc<[Directive]>,
}

/// One directive.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Directive {
    /// Its name and its parameters, as nginx understands them.
    pub words: Vec<String>,
    /// Where in the text it stands, with its `;` or its block.
    pub place: Range<usize>,
    /// What is in its block, when it has one.
    pub block: Option<Vec<Directive>>,
}

impl Directives {
    /// The text, exactly as it was checked.
    pub fn as_str(&self) -> &str {
        &self.text
    }

    /// The directives of the outermost level.
    pub fn stated(&self) -> &[Directive] {
        &self.stated
    }

    /// The directives of that name on the outermost level, each as it is written.
    pub fn named<'a>(&'a self, name: &'a str) -> impl Iterator<Item = &'a str> {
        self.stated.iter().filter(move |one| one.name() == name).map(|one| &self.text[one.place.clone()])
    }
}

impl Directive {
    /// Its name.
    pub fn name(&self) -> &str {
        self.words.first().map_or("", String::as_str)
    }
}

impl fmt::Display for Directives {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.pad(&self.text)
    }
}

impl Value for Directives {
    const WHAT: &'static str = "a text of nginx directives";
    const EXAMPLES: &'static [&'static str] = &["proxy_buffering off;", "location = /ping { return 204; }"];

    fn parse(text: &str) -> Result<Self, String> {
        let text = Prose::parse(text)?;
        Ok(Directives { stated: read(text.as_str())?.into(), text: text.as_str().into() })
    }
}

/// Deepest nesting of blocks that is read; nginx's own are at most five deep.
const DEEPEST: usize = 16;

/// All directives of a text; the error says what is wrong with it.
pub fn read(text: &str) -> Result<Vec<Directive>, String> {
    Reading { text, at: 0 }.block(0)
}

struct Reading<'a> {
    text: &'a str,
    at: usize,
}

enum Token {
    Word(String),
    Semicolon,
    Open,
    Close,
    End,
}

impl Reading<'_> {
    /// The directives up to the end of the block, or of the text.
    fn block(&mut self, depth: usize) -> Result<Vec<Directive>, String> {
        let mut found = Vec::new();
        let mut words: Vec<String> = Vec::new();
        let mut start = self.at;
        loop {
            let begin = self.skipped();
            if words.is_empty() {
                start = begin;
            }
            match (self.token()?, words.as_slice()) {
                (Token::Word(word), _) => words.push(word),
                (Token::End, []) if depth == 0 => return Ok(found),
                (Token::Close, []) if depth > 0 => return Ok(found),
                (Token::Close, []) => {
                    return Err(format!("{} closes a block that was not opened", self.place("}", begin)));
                }
                (Token::End, []) => return Err("a block is not closed by `}`".into()),
                (Token::End | Token::Close, [name, ..]) => {
                    return Err(format!("{} does not end with `;`", self.place(name, start)));
                }
                (Token::Semicolon, []) => {
                    return Err(format!("{} ends nothing", self.place(";", begin)));
                }
                (Token::Open, []) => {
                    return Err(format!("{} has no name before it", self.place("{", begin)));
                }
                (Token::Semicolon, _) => {
                    let place = start..self.at;
                    found.push(Directive { words: std::mem::take(&mut words), place, block: None });
                }
                (Token::Open, [name, ..]) => {
                    let inside = if name.ends_with("_by_lua_block") {
                        self.program(name, start)?;
                        Vec::new()
                    } else if depth == DEEPEST {
                        return Err(format!("blocks are nested more than {DEEPEST} deep"));
                    } else {
                        let opened = self.place(name, start);
                        self.block(depth + 1).map_err(|wrong| {
                            match wrong.ends_with("a block is not closed by `}`") {
                                true => format!("the block of {opened} is not closed by `}}`"),
                                false => wrong,
                            }
                        })?
                    };
                    let place = start..self.at;
                    found.push(Directive { words: std::mem::take(&mut words), place, block: Some(inside) });
                }
            }
        }
    }

    /// Passes over blanks and comments; the offset behind them.
    fn skipped(&mut self) -> usize {
        let rest = &self.text[self.at..];
        let mut comment = false;
        let length = rest.find(|c: char| {
            comment = (comment || c == '#') && c != '\n';
            !comment && !is_blank(c)
        });
        self.at += length.unwrap_or(rest.len());
        self.at
    }

    fn token(&mut self) -> Result<Token, String> {
        let start = self.at;
        let Some(first) = self.next() else { return Ok(Token::End) };
        match first {
            ';' => Ok(Token::Semicolon),
            '{' => Ok(Token::Open),
            '}' => Ok(Token::Close),
            '"' | '\'' => self.quoted(first, start).map(Token::Word),
            _ => {
                self.at = start;
                Ok(Token::Word(self.bare()))
            }
        }
    }

    fn quoted(&mut self, quote: char, start: usize) -> Result<String, String> {
        let mut word = String::new();
        loop {
            match self.next() {
                None => {
                    let opened = self.place(&quote.to_string(), start);
                    return Err(format!("the quotation that begins with {opened} is not closed"));
                }
                Some('\\') => self.escaped(&mut word),
                Some(c) if c == quote => break,
                Some(c) => word.push(c),
            }
        }
        match self.text[self.at..].chars().next() {
            Some(c) if !is_blank(c) && !matches!(c, ';' | '{' | ')') => Err(format!(
                "behind the quotation that begins with {} stands no blank and no `;`",
                self.place(&quote.to_string(), start)
            )),
            _ => Ok(word),
        }
    }

    /// Within a word, quotes and `}` are characters like others, and so is the `{` of a `${variable}`.
    fn bare(&mut self) -> String {
        let (mut word, mut variable) = (String::new(), false);
        while let Some(c) = self.text[self.at..].chars().next() {
            if is_blank(c) || c == ';' || (c == '{' && !variable) {
                break;
            }
            self.at += c.len_utf8();
            variable = c == '$' || (variable && c == '{');
            if c == '\\' { self.escaped(&mut word) } else { word.push(c) }
        }
        word
    }

    fn escaped(&mut self, word: &mut String) {
        match self.next() {
            Some('t') => word.push('\t'),
            Some('r') => word.push('\r'),
            Some('n') => word.push('\n'),
            Some(c @ ('"' | '\'' | '\\')) => word.push(c),
            Some(c) => word.extend(['\\', c]),
            None => word.push('\\'),
        }
    }

    /// Passes over a program in Lua, of which only quotations, comments and braces matter here.
    fn program(&mut self, name: &str, start: usize) -> Result<(), String> {
        let (mut depth, mut quote) = (1, None);
        while let Some(c) = self.next() {
            match (quote, c) {
                (Some(_), '\\') => drop(self.next()),
                (Some(open), c) if c == open => quote = None,
                (Some(_), _) => {}
                (None, '"' | '\'') => quote = Some(c),
                (None, '-') if self.text[self.at..].starts_with('-') => {
                    self.at += 1;
                    if !(self.text[self.at..].starts_with('[') && self.long_bracket(self.at + 1)) {
                        self.at += self.text[self.at..].find('\n').unwrap_or(self.text.len() - self.at);
                    }
                }
                (None, '[') => drop(self.long_bracket(self.at)),
                (None, '{') => depth += 1,
                (None, '}') => depth -= 1,
                (None, _) => {}
            }
            if depth == 0 {
                return Ok(());
            }
        }
        Err(format!("the program of {} is not closed by `}}`", self.place(name, start)))
    }

    /// Passes over `[[ … ]]` and `[==[ … ]==]`, whose first bracket ends at `at`; whether there is one.
    fn long_bracket(&mut self, at: usize) -> bool {
        let behind = self.text[at..].trim_start_matches('=');
        let signs = &self.text[at..self.text.len() - behind.len()];
        let Some(inside) = behind.strip_prefix('[') else { return false };
        let end = format!("]{signs}]");
        let length = inside.find(&end).map_or(inside.len(), |length| length + end.len());
        self.at = self.text.len() - inside.len() + length;
        true
    }

    fn next(&mut self) -> Option<char> {
        let c = self.text[self.at..].chars().next()?;
        self.at += c.len_utf8();
        Some(c)
    }

    /// What stands at an offset, with its line when there are several.
    fn place(&self, what: &str, at: usize) -> String {
        let shown: String = what.chars().filter(char::is_ascii_graphic).take(40).collect();
        match self.text[..at].matches('\n').count() {
            0 if !self.text.trim_end().contains('\n') => format!("`{shown}`"),
            line => format!("`{shown}` in line {}", line + 1),
        }
    }
}

/// What stands between words.
fn is_blank(c: char) -> bool {
    matches!(c, ' ' | '\t' | '\r' | '\n')
}

#[cfg(test)]
mod tests {
    use super::{Directives, Value};

    fn words(text: &str) -> Vec<Vec<String>> {
        Directives::parse(text).unwrap().stated().iter().map(|one| one.words.clone()).collect()
    }

    #[test]
    fn reads_as_nginx_does() {
        assert_eq!(
            words("proxy_set_header   Host\n  \"a \\\"b\\\"\"; # it's }\nset $x ${y}z}';add_header A 'b;{';"),
            [
                vec!["proxy_set_header", "Host", "a \"b\""],
                vec!["set", "$x", "${y}z}'"],
                vec!["add_header", "A", "b;{"]
            ]
        );
        let nested = Directives::parse("location ~ \\.php$ { if ($a = \"b\") { return 204; } }").unwrap();
        assert_eq!(nested.stated()[0].words, ["location", "~", "\\.php$"]);
        assert_eq!(nested.stated()[0].block.as_ref().unwrap()[0].words, ["if", "($a", "=", "b", ")"]);
        assert_eq!(words("content_by_lua_block { -- }'\n ngx.say(\"}\", {1}) } gzip on;").len(), 2);
        let long = "content_by_lua_block { local s = [==[ }]] \" ]==] --[[ }\n}]] t[1] = {[[}]]} } gzip on;";
        assert_eq!(words(long).len(), 2);
        assert!(words(" # nothing but a comment").is_empty());
        assert_eq!(
            Directives::parse("gzip on; gzip  off;").unwrap().named("gzip").last(),
            Some("gzip  off;")
        );
    }

    #[test]
    fn refuses_what_would_not_stay_where_it_is() {
        for (text, reason) in [
            ("proxy_read_timeout 300s", "`proxy_read_timeout` does not end with `;`"),
            ("a 1;\nb { c 2 }", "`c` in line 2 does not end with `;`"),
            ("} location /evil { return 200; ", "`}` closes a block"),
            ("location /x { return 200;", "the block of `location` is not closed"),
            ("return 200 \"a;", "`\"` is not closed"),
            ("return 200 'a'b;", "no blank"),
            ("gzip on;;", "`;` ends nothing"),
            ("{ }", "no name"),
            ("a {".repeat(40).as_str(), "nested"),
            ("content_by_lua_block { \"}\" ", "the program of `content_by_lua_block` is not closed"),
            (
                "content_by_lua_block { s = [[ } gzip on;",
                "the program of `content_by_lua_block` is not closed",
            ),
            ("a\u{1};", "U+0001"),
        ] {
            let wrong = Directives::parse(text).unwrap_err();
            assert!(wrong.contains(reason), "{text}: {wrong}");
        }
    }
}
