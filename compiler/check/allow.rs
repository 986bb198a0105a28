//! What a description accepts: `allow "code" because="…"`.

use crate::{
    check,
    diagnostic::{Diagnostic, Severity, nearest},
    model::Allow,
};

/// The code for what is allowed in vain.
pub const UNNEEDED: &str = "unneeded-allow";

/// Errors that guess from a name or a form what somebody else may know better. Other errors cannot be allowed.
const GUESSES: &[&str] = &["literal-secret"];

/// Whether the allowance is for this finding.
pub fn silences(allow: &Allow, diagnostic: &Diagnostic) -> bool {
    (diagnostic.severity == Severity::Warning || GUESSES.contains(&diagnostic.code))
        && allow.code.as_str() == diagnostic.code
        && diagnostic.labels.iter().any(|label| allow.covers(label.span))
}

/// The warning about an allowance that silences nothing.
pub fn unneeded(allow: &Allow) -> Diagnostic {
    let code = allow.code.as_str();
    let codes = check::codes();
    let known = codes.contains(&code);
    let (message, label) = if known {
        (format!("`{code}` is allowed in vain"), "nothing of the sort that can be allowed is raised here")
    } else {
        (format!("there is no warning `{code}`"), "not known")
    };
    let diagnostic = Diagnostic::warning(UNNEEDED, message).at(allow.origin.span(), label);
    match nearest(code, codes.iter().copied()) {
        Some(near) if !known => diagnostic.help(format!("did you mean `{near}`?")),
        _ => diagnostic.help("remove it, so that it cannot silence what comes later"),
    }
}
