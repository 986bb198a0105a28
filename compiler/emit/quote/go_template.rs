//! Literals in Go templates: annotations of alerts, texts of Alertmanager.

/// A literal in a template of Go, which would act on `{{`. The brace at the end is written so that none that follows
/// in the template can join it.
pub fn go_template(text: &str) -> String {
    let text = text.replace("{{", "{{ \"{{\" }}");
    match text.strip_suffix('{') {
        Some(rest) => format!("{rest}{{{{ \"{{\" }}}}"),
        None => text,
    }
}

#[cfg(test)]
mod tests {
    use super::go_template;
    use crate::emit::hostile;

    /// What a template yields whose only actions are string literals; any other action is a failure.
    fn executed(template: &str) -> String {
        let (mut out, mut rest) = (String::new(), template);
        while let Some((before, action)) = rest.split_once("{{") {
            out.push_str(before);
            let literal = [" \"{{\" }}", " \"{\" }}"].into_iter().find(|known| action.starts_with(known));
            let literal = literal.unwrap_or_else(|| panic!("an action: {template}"));
            out.push_str(literal.trim_start_matches(" \"").trim_end_matches("\" }}"));
            rest = &action[literal.len()..];
        }
        out + rest
    }

    #[test]
    fn texts_show_as_they_are_and_never_act() {
        for text in hostile::texts() {
            // A template goes on behind the text with an action of its own.
            let template = format!("{}{}", go_template(&text), "{{ \"{\" }}");
            assert_eq!(executed(&template), format!("{text}{{"), "{template}");
        }
    }

    #[test]
    fn braces_become_literals() {
        assert_eq!(go_template("{{ x }}"), "{{ \"{{\" }} x }}");
        assert_eq!(go_template("a{"), "a{{ \"{\" }}");
        assert_eq!(go_template("{a}"), "{a}");
    }
}
