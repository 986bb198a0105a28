//! What a description accepts: `allow "code" because="…"`.

use crate::{
    check,
    diagnostic::{Diagnostic, Severity, nearest},
    model::Allow,
};

/// The code for what is allowed in vain.
pub const UNNEEDED: &str = "unneeded-allow";

/// Whether the allowance is for this warning. An error cannot be allowed.
pub fn silences(allow: &Allow, diagnostic: &Diagnostic) -> bool {
    diagnostic.severity == Severity::Warning
        && allow.code.as_str() == diagnostic.code
        && diagnostic.labels.iter().any(|label| allow.covers(label.span))
}

/// The warning about an allowance that silences nothing.
pub fn unneeded(allow: &Allow) -> Diagnostic {
    let code = allow.code.as_str();
    let codes = check::codes();
    let known = codes.contains(&code);
    let (message, label) = if known {
        (format!("`{code}` is allowed in vain"), "no such warning is raised here; an error cannot be allowed")
    } else {
        (format!("there is no warning `{code}`"), "not known")
    };
    let diagnostic = Diagnostic::warning(UNNEEDED, message).at(allow.origin.span(), label);
    match nearest(code, codes.iter().copied()) {
        Some(near) if !known => diagnostic.help(format!("did you mean `{near}`?")),
        _ => diagnostic.help("remove it, so that it cannot silence what comes later"),
    }
}
