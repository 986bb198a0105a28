//! Diagnostics as commands of a GitHub workflow.

use std::fmt::Write as _;

use super::{first, seen, word};
use crate::{diagnostic::Diagnostic, source::Sources};

/// Commands that show them beside the lines of a pull request.
pub fn github(diagnostics: &[Diagnostic], sources: &Sources) -> String {
    // The runner decodes these escapes; anything else would end the command early.
    let escaped = |text: &str| seen(text).replace('%', "%25").replace('\r', "%0D").replace('\n', "%0A");
    let property = |text: &str| escaped(text).replace(':', "%3A").replace(',', "%2C");
    let mut out = String::new();
    let (shown, more) = first(diagnostics, sources);
    for diagnostic in shown {
        let place = diagnostic.labels.first().map(|label| sources.place(label.span));
        let at = place
            .map(|p| format!("file={},line={},col={},", property(p.file), p.line, p.column))
            .unwrap_or_default();
        let help = diagnostic.help.as_ref().map(|help| format!("\nhelp: {help}")).unwrap_or_default();
        let _ = writeln!(
            out,
            "::{} {at}title={}::{}",
            word(diagnostic.severity),
            property(diagnostic.code),
            escaped(&format!("{}{help}", diagnostic.message))
        );
    }
    for more in more {
        let _ = writeln!(out, "::notice::{}", escaped(&more));
    }
    out
}
