//! A value that the description writes out, under the name that it has there.

use crate::source::Span;

/// `LOG_LEVEL "info"` in an environment, `password "…"` in a configuration file, a word of a command.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Literal {
    /// The name that the value has: of the variable, the key, the setting; `command` or `run` for a word of a command.
    pub name: String,
    /// The value.
    pub value: String,
    /// Where it is written.
    pub span: Span,
}

/// What the last words of a name are when its value opens something.
const SECRETS: &[&[&str]] = &[
    &["access", "key"],
    &["api", "key"],
    &["apikey"],
    &["credential"],
    &["credentials"],
    &["encryption", "key"],
    &["key", "base"],
    &["pass"],
    &["passphrase"],
    &["passwd"],
    &["password"],
    &["private", "key"],
    &["pwd"],
    &["secret"],
    &["secret", "key"],
    &["signing", "key"],
    &["token"],
];

impl Literal {
    /// What about it is a secret, completing "it is …"; none when nothing seems to be.
    ///
    /// Silent where a name only speaks of a secret (`TOKEN_LIFETIME`, `PASSWORD_FILE`) or the value cannot be one.
    pub fn secret(&self) -> Option<&'static str> {
        if password_in_url(&self.value) {
            return Some("an address with a password in it");
        }
        if header_with_credentials(&self.value) {
            return Some("a header with credentials in it");
        }
        (names_a_secret(&self.name) && may_be_a_secret(&self.value)).then_some("a secret by its name")
    }
}

/// Whether the name ends with a word for what opens something: `DB_PASSWORD`, `jwt.secret`, `apiKey`, `TOKEN_2`.
fn names_a_secret(name: &str) -> bool {
    let words = words(name);
    if words.len() == 1 && words[0] == "pwd" {
        // The working directory of every shell.
        return false;
    }
    SECRETS.iter().any(|secret| {
        words.len() >= secret.len() && words[words.len() - secret.len()..].iter().eq(secret.iter())
    })
}

/// The words of a name in lower case, without numbers at its end.
fn words(name: &str) -> Vec<String> {
    let mut words: Vec<String> = vec![String::new()];
    let mut lower = false;
    for c in name.chars() {
        let boundary = !c.is_alphanumeric() || (lower && c.is_uppercase());
        if boundary && words.last().is_some_and(|word| !word.is_empty()) {
            words.push(String::new());
        }
        if c.is_alphanumeric()
            && let Some(word) = words.last_mut()
        {
            word.extend(c.to_lowercase());
        }
        lower = c.is_lowercase();
    }
    words.iter_mut().for_each(|word| {
        let letters = word.trim_end_matches(|c: char| c.is_ascii_digit()).len();
        word.truncate(letters);
    });
    words.retain(|word| !word.is_empty());
    words
}

/// Whether a value can be a secret: not empty, no switch, no path, no address, no reference that a program resolves.
fn may_be_a_secret(value: &str) -> bool {
    let value = value.trim();
    let reference = value.starts_with('$') || value.starts_with("{{") || value.starts_with('<');
    let path = value.starts_with('/') || value.starts_with("./") || value.starts_with("~/");
    !(value.is_empty()
        || ["true", "false", "none", "null"].contains(&value)
        || reference
        || path
        || value.contains("://"))
}

/// Whether there is `scheme://user:password@` in it, the password written out.
fn password_in_url(text: &str) -> bool {
    text.match_indices("://").any(|(at, scheme)| {
        let authority = text[at + scheme.len()..]
            .split(|c: char| c == '/' || c == '?' || c == '#' || c.is_whitespace() || c == '"' || c == '\'')
            .next()
            .unwrap_or_default();
        authority
            .rsplit_once('@')
            .and_then(|(user, _)| user.split_once(':'))
            .is_some_and(|(_, password)| may_be_a_secret(password) && !password.starts_with(['{', '%']))
    })
}

/// Whether there is `Authorization: Bearer TOKEN` in it, or the like for other schemes, the token written out.
fn header_with_credentials(text: &str) -> bool {
    let lower = text.to_ascii_lowercase();
    lower.match_indices("authorization").any(|(at, word)| {
        let behind = lower[at + word.len()..].trim_start_matches([':', ' ', '"', '\'', '\\']);
        let scheme = ["bearer ", "basic ", "token "].iter().find_map(|scheme| behind.strip_prefix(scheme));
        scheme.is_some_and(|token| {
            let ends = |c: char| c.is_whitespace() || "\"'\\".contains(c);
            let token = token.trim_start().split(ends).next().unwrap_or_default();
            may_be_a_secret(token) && token.starts_with(|c: char| c.is_ascii_alphanumeric())
        })
    })
}

#[cfg(test)]
mod tests {
    use super::{Literal, names_a_secret};
    use crate::source::{Sources, Span};

    fn secret(name: &str, value: &str) -> bool {
        let span = Span::start_of(Sources::default().add("", ""));
        Literal { name: name.into(), value: value.into(), span }.secret().is_some()
    }

    #[test]
    fn a_name_that_ends_with_a_secret_is_one() {
        for name in [
            "DB_PASSWORD",
            "JWT_SECRET",
            "apiKey",
            "API_KEY_2",
            "smtp.pass",
            "SECRET_KEY_BASE",
            "DB_PWD",
            "token",
        ] {
            assert!(names_a_secret(name), "{name}");
        }
    }

    #[test]
    fn a_name_that_only_speaks_of_one_is_none() {
        for name in [
            "PASSWORD_FILE",
            "TOKEN_LIFETIME",
            "MAX_TOKENS",
            "SECRET_NAME",
            "AWS_ACCESS_KEY_ID",
            "PWD",
            "KEY",
            "access_token_duration",
            "COMPASS",
            "PASSWORD_MIN_LENGTH",
            "CACHE_KEY",
        ] {
            assert!(!names_a_secret(name), "{name}");
        }
    }

    #[test]
    fn a_value_that_cannot_be_one_is_none() {
        for value in ["", "true", "/run/secrets/db", "${DB_PASSWORD}", "https://vault.example.com/db"] {
            assert!(!secret("DB_PASSWORD", value), "{value}");
        }
        assert!(secret("DB_PASSWORD", "changeme"));
    }

    #[test]
    fn credentials_of_a_header_are_one() {
        assert!(secret("nginx", "proxy_set_header Authorization \"Bearer abc123\";"));
        assert!(secret("run", "curl -H 'authorization: basic dXNlcjpwdw==' https://example.com"));
        for value in [
            "proxy_set_header Authorization \"Bearer $token\";",
            "proxy_set_header Authorization $http_authorization;",
            "# Authorization",
        ] {
            assert!(!secret("nginx", value), "{value}");
        }
    }

    #[test]
    fn a_password_in_an_address_is_one() {
        assert!(secret("DATABASE_URL", "postgres://shop:s3cret@db:5432/shop"));
        assert!(secret("run", "curl https://bot:pa55@example.com/hook"));
        for value in [
            "postgres://shop@db:5432/shop",
            "http://example.com:8080/@user:name",
            "redis://:${PASSWORD}@redis:6379/0",
            "https://example.com/a:b@c",
        ] {
            assert!(!secret("DATABASE_URL", value), "{value}");
        }
    }
}
