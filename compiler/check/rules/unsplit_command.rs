//! A command is words. One string with blanks in it is the name of a program that is not there.

use crate::{
    check::Rule,
    diagnostic::{Diagnostic, Diagnostics},
    model::{Model, ReadBy},
};

/// The rule.
pub const RULE: Rule = Rule { code: "unsplit-command", check, together: None };

/// What only a shell understands.
const OF_A_SHELL: &[char] = &['|', '&', ';', '<', '>', '$', '`', '*', '\n'];

fn check(model: &Model, diagnostics: &mut Diagnostics) {
    for literal in model.literals.iter().filter(|literal| literal.read_by == ReadBy::Start) {
        let Some(words) = words(literal.value.trim()).filter(|words| words.len() > 1) else { continue };
        // In a health check the words stand in `command`.
        let health = literal.name == "health";
        let word = if health { "command" } else { literal.name.as_str() };
        let shell = literal.value.contains(OF_A_SHELL);
        let split = match shell {
            true if health => format!("shell {:?}", literal.value),
            true => format!("{word} \"sh\" \"-c\" {:?}", literal.value),
            false => [word.to_owned()]
                .into_iter()
                .chain(words.iter().map(|one| format!("{one:?}")))
                .collect::<Vec<_>>()
                .join(" "),
        };
        diagnostics.add(
            Diagnostic::warning("unsplit-command", format!("`{word}` is one word with blanks in it"))
                .at(literal.span, "taken whole, for the name of a program or for one argument")
                .help(if shell {
                    format!("give the line to a shell: `{split}`")
                } else {
                    format!("write each word by itself: `{split}`")
                }),
        );
    }
}

/// The words of a line as a shell and compose part them; none when a quote is not closed.
fn words(line: &str) -> Option<Vec<String>> {
    let mut words = Vec::new();
    let (mut word, mut begun, mut quote) = (String::new(), false, None);
    for c in line.chars() {
        match quote {
            Some(open) if c == open => quote = None,
            Some(_) => word.push(c),
            None if c == '"' || c == '\'' => (quote, begun) = (Some(c), true),
            None if c.is_whitespace() => {
                if std::mem::take(&mut begun) {
                    words.push(std::mem::take(&mut word));
                }
            }
            None => {
                word.push(c);
                begun = true;
            }
        }
    }
    if begun {
        words.push(word);
    }
    quote.is_none().then_some(words)
}

#[cfg(test)]
mod tests {
    use super::words;
    use crate::check::testing::raised;

    fn times(words: &str) -> usize {
        let service = format!("service \"app\" kind=\"container\" image=\"node:22\" {{ {words} }}");
        raised("unsplit-command", &service).len()
    }

    #[test]
    fn one_string_where_words_are_meant() {
        assert_eq!(times("command \"npm run start\""), 1);
        assert_eq!(times("entrypoint \"/bin/sh -c\"; command \"a b\""), 2);
        assert_eq!(times("command \"--isolation=READ --format=ROW\""), 1);
        assert_eq!(times("health { command \"curl -f http://localhost/\" }"), 1);
        assert_eq!(times("command \"npm\" \"run\" \"start it\""), 0);
        assert_eq!(times("entrypoint \"sh\" \"-c\"; command \"npm run start\""), 0);
        assert_eq!(times("command \"serve\"; health { shell \"curl -f http://localhost/\" }"), 0);
    }

    #[test]
    fn as_a_shell_parts_them() {
        assert_eq!(words("a  'b c' --d=\"e f\" ''").unwrap(), ["a", "b c", "--d=e f", ""]);
        assert_eq!(words("it's"), None);
    }
}
