//! Where values stand in templates: an escape makes a value one unit of its format, which it is only where such a unit
//! can stand. Every template is read for that, with its tags as tera sees them and its text as the format does.

use std::{fs, path::Path};

/// What the text before a value makes of its place.
#[derive(Clone, Copy, Debug, PartialEq)]
enum Place {
    /// Code.
    Bare,
    /// Behind this quote.
    Within(char),
    /// A comment.
    Comment,
}

/// A piece of a template.
enum Piece<'a> {
    Text(&'a str),
    /// The inside of `{{ … }}`.
    Value(&'a str),
}

/// The pieces of a template, without those that write nothing.
fn pieces(template: &str) -> Vec<Piece<'_>> {
    let (mut pieces, mut rest) = (Vec::new(), template);
    while let Some(at) = ["{{", "{%", "<#"].iter().filter_map(|tag| rest.find(tag)).min() {
        let (text, tag) = rest.split_at(at);
        pieces.push(Piece::Text(text));
        // Between `raw` and `endraw` nothing is a tag.
        if tag[2..].trim_start_matches(['-', ' ']).starts_with("raw") {
            let (inside, behind) =
                tag.split_once("%}").and_then(|(_, rest)| rest.split_once("{%")).unwrap_or(("", ""));
            let (end, after) = behind.split_once("%}").unwrap_or(("", ""));
            assert_eq!(
                end.trim_matches(['-', ' ']),
                "endraw",
                "text that is left as it is holds a tag: {inside}"
            );
            pieces.push(Piece::Text(inside));
            rest = after;
            continue;
        }
        let end = match &tag[..2] {
            "{{" => "}}",
            "{%" => "%}",
            _ => "#>",
        };
        // A literal of a template may have braces in it: `{{ "{{.Image}}" }}`.
        let quoted = if end == "}}" && tag[2..].trim_start().starts_with('"') { "\" }}" } else { end };
        let close = tag.find(quoted).unwrap_or_else(|| panic!("an open tag: {tag}")) + quoted.len();
        if end == "}}" {
            pieces.push(Piece::Value(tag[2..close - 2].trim_matches(['-', ' '])));
        }
        rest = &tag[close..];
    }
    pieces.push(Piece::Text(rest));
    pieces
}

/// The place behind `text`, when it begins in `place`; `before` is the character before it.
fn behind(mut place: Place, text: &str, mut before: char) -> Place {
    let mut escaped = false;
    for c in text.chars() {
        place = match (place, c) {
            _ if escaped => place,
            (Place::Comment, '\n') => Place::Bare,
            (Place::Bare, '"' | '\'') => Place::Within(c),
            (Place::Within(quote), c) if c == quote => Place::Bare,
            (Place::Bare, '#') if before.is_whitespace() => Place::Comment,
            (place, _) => place,
        };
        escaped = !escaped && c == '\\' && !matches!(place, Place::Within('\'') | Place::Comment);
        before = c;
    }
    place
}

/// The values of a template that stand where their filter does not hold.
fn misplaced(template: &str, whole_tokens: bool) -> Vec<String> {
    let pieces = pieces(template);
    let (mut place, mut before, mut found) = (Place::Bare, '\n', Vec::new());
    for (index, piece) in pieces.iter().enumerate() {
        match piece {
            Piece::Text(text) => {
                place = behind(place, text, before);
                before = text.chars().last().unwrap_or(before);
            }
            Piece::Value(value) => {
                let filter = value.rsplit_once('|').map_or("", |(_, filter)| filter.trim());
                let after = pieces[index + 1..].iter().find_map(|piece| match piece {
                    Piece::Text("") => None,
                    Piece::Text(text) => text.chars().next(),
                    Piece::Value(_) => Some('x'),
                });
                let alone = before.is_whitespace() && after.is_none_or(|c| c.is_whitespace() || c == ';');
                let holds = match (place, filter) {
                    (_, "raw" | "safe") => true,
                    _ if *value == "loop.index" => true,
                    (Place::Comment, filter) => filter == "comment",
                    (_, "comment") => false,
                    (Place::Within(_), _) => false,
                    (Place::Bare, _) => !whole_tokens || alone,
                };
                if !holds {
                    found.push(format!("{{{{ {value} }}}} ({place:?})"));
                }
                before = 'x';
            }
        }
    }
    found
}

#[test]
fn values_stand_where_their_filter_holds() {
    let mut folders = vec![Path::new(env!("CARGO_MANIFEST_DIR")).join("compiler/emit")];
    let (mut read, mut wrong) = (0, Vec::new());
    while let Some(folder) = folders.pop() {
        for entry in fs::read_dir(folder).unwrap() {
            let path = entry.unwrap().path();
            let name = path.to_string_lossy().into_owned();
            if path.is_dir() {
                folders.push(path);
            } else if name.ends_with(".sh.tera") || name.ends_with(".conf.tera") {
                let found = misplaced(&fs::read_to_string(&path).unwrap(), name.ends_with(".conf.tera"));
                wrong.extend(found.iter().map(|value| format!("{name}: {value}")));
                read += 1;
            }
        }
    }
    assert!(read > 0);
    assert!(wrong.is_empty(), "{wrong:#?}");
}

#[test]
fn misplaced_values_are_found() {
    let shell = |template| misplaced(template, false).len();
    assert_eq!(shell("x={{ a }}\ny=\"${x}\" # it's {{ a | comment }}\nz='{{ a | safe }}'{{ a }}\n"), 0);
    for template in [
        "x=\"{{ a }}\"",
        "x='{{ a }}'",
        "# {{ a }}",
        "x={{ a | comment }}",
        "\"\\\"{{ a }}\"",
        "# don't\nx=\"{{ a }}\"",
    ] {
        assert_eq!(shell(template), 1, "{template}");
    }
    let nginx = |template| misplaced(template, true).len();
    assert_eq!(
        nginx("listen {{ a }};\nserver_name{% for d in e %} {{ d }}{% endfor %};\nz={{ a | safe }}:1m;"),
        0
    );
    for template in
        ["zone={{ a }};", "{{ a }}{{ b | safe }};", "x \"{{ a }}\";", "http://{{ a }};", "# {{ a }}\n"]
    {
        assert_eq!(nginx(template), 1, "{template}");
    }
}
