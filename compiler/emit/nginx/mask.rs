//! Regular expressions that keep secrets out of the access log.
//!
//! nginx has no "replace all", so masking and proving are two things. [`stage`] masks one parameter; a chain of maps
//! runs it a few times. [`clean`] then lets a query through only if every parameter of it is either masked or plainly
//! harmless; all others are left out whole. So what no stage has thought of costs a query in the log, never a secret.
//! Whatever is repeated ends where its own characters do, and a parameter reads in one way only, so no expression
//! backtracks beyond one parameter: a long query costs time in proportion to its length.

use crate::values::Line;

/// How many parameters are masked before a query is left out whole.
pub const STAGES: usize = 4;

/// A parameter with one of these in its name carries a secret.
const WITHIN: &str = "token|secret|passw|passphrase|passcode|pwd|credential|signature|session|jwt|bearer|\
                      api[-_.]?key|assertion|private|oauth|authori[sz]ation|saml|cookie";

/// So does one whose name, or the last part of it, ends in one of these.
const AT_END: &str = "key|code|sig|auth|pass|pin|otp|sid|state|ticket|verifier|nonce|hmac";

/// A name as programmers write them; brackets may be encoded.
const NAME: &str = r"(?:[\w.\[\]-]|%5[BD]){1,32}";

/// What a harmless value does not hold: structure of its own, in which secrets could hide (a nested query, JSON,
/// double encoding), or a run of characters as long and dense as a key.
const SUSPICIOUS: &str = r"=|%(?:2[2356]|3[BDF]|7B)|[\x22{]|eyJ|[\w-]{40}";

/// The end of a path as people see it, encoded or not: behind it the same secrets may stand as in a query.
const PATH_END: &str = "3F|3B|26|23|25";

/// What matches at the beginning of a parameter whose name is that of a secret.
fn sensitive(extra: &[Line]) -> String {
    // Other characters arrive encoded, and such names are never harmless anyway.
    let plain = |name: &&Line| name.as_str().chars().all(|c| c.is_ascii_alphanumeric() || "_.-".contains(c));
    let own: Vec<String> = extra.iter().filter(plain).map(|name| name.as_str().replace('.', r"\.")).collect();
    let own = match own.as_slice() {
        [] => String::new(),
        names => format!(r"|(?<![\w.-])(?:{})(?![\w.-])", names.join("|")),
    };
    format!(r"[^=&;]*(?:{WITHIN}|(?:{AT_END})(?![\w.-]){own})")
}

/// Matches a query with a secret that is not masked yet; what stands before it, its name, what stands behind it.
pub fn stage(extra: &[Line]) -> String {
    let sensitive = sensitive(extra);
    format!(r"~*^((?:[^&;]*[&;])*?)(?={sensitive})([^=&;]*)=(?!\*\*\*(?:[&;]|$))[^&;]*(.*)$")
}

/// Matches a query in which nothing needs to be masked any more.
pub fn clean(extra: &[Line]) -> String {
    let sensitive = sensitive(extra);
    let masked = format!(r"(?={sensitive}){NAME}=\*\*\*");
    let harmless = format!("(?!{sensitive}){NAME}=(?:(?!{SUSPICIOUS})[^&;])*");
    let bare = r"[\w.-]{1,20}";
    format!(r"~*^(?:(?:{masked}|{harmless}|{bare})?(?:[&;]|$))+$")
}

/// Matches a request's path, or the part of it in front of something that reads like a query.
pub fn path() -> String {
    format!("~*^((?:[^?;&#%]|%(?!{PATH_END}))*)")
}

/// Matches the address in a `Referer` without its query; not at all when it names an account.
pub fn referer() -> String {
    format!("~*^(https?://[^/?#@;&%]*(?=[/?#]|$)(?:[^?;&#%]|%(?!{PATH_END}))*)")
}
