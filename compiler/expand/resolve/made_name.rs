//! Names that are made of others: each may be right, and what is made of it too long.

use crate::{
    diagnostic::Diagnostic,
    source::Span,
    syntax::Sink,
    values::{Name, Value as _},
};

/// The name `text` of something that follows from what stands at `from`; one that cannot be is reported.
pub fn made_name(text: &str, from: Span, sink: &Sink) -> Option<Name> {
    let report = |error: String| {
        sink.report(
            Diagnostic::error(
                "invalid-value",
                format!("nothing can have the name `{text}`, which follows from this"),
            )
            .at(from, error)
            .help("choose a shorter name: what follows from it is named after it"),
        );
    };
    Name::parse(text).map_err(report).ok()
}

#[cfg(test)]
mod tests {
    use crate::check::testing::codes;

    #[test]
    fn what_follows_from_a_long_name_is_not_lost() {
        let errors = |letters: usize| {
            let name = "a".repeat(letters);
            let words = format!(
                "secret \"P\"
                 service \"{name}\" kind=\"redis\" {{ password secret=\"P\" }}
                 backup \"{name}\" {{ every \"day\" at=\"02:00\"; offsite rclone=\"s3:a/b\" }}
                 monitor"
            );
            codes(&format!("system \"shop\" {{\n{words}\n}}"))
        };
        let refused = |codes: &[&str]| codes.iter().filter(|code| **code == "invalid-value").count();
        assert_eq!(refused(&errors(54)), 0);
        // `-exporter`, then `backup-` and `verify-` too.
        assert_eq!(refused(&errors(55)), 1);
        assert_eq!(refused(&errors(57)), 3);
    }
}
