//! A value that the description writes out, under the name that it has there.

use super::literal_text::{self, is_elsewhere};
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
    /// Who reads its text.
    pub read_by: ReadBy,
}

/// Who reads the text of a literal.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum ReadBy {
    /// Somebody who may know variables: a shell, compose, another program.
    Another,
    /// A container, exactly as it is.
    Container,
    /// A container that takes it for the name of a program: there is no other word in its command.
    Start,
}

/// What the last words of a name are when its value opens something.
const SECRETS: &[&[&str]] = &[
    &["access", "key"],
    &["api", "key"],
    &["credential"],
    &["credentials"],
    &["encryption", "key"],
    &["jwt"],
    &["key", "base"],
    &["masterauth"],
    &["pass"],
    &["private", "key"],
    &["pw"],
    &["pwd"],
    &["requirepass"],
    &["secret", "key"],
    &["signing", "key"],
];

/// What the last word of a name ends with likewise: `PGPASSWORD`, `NGROK_AUTHTOKEN`.
const ENDS: &[&str] = &["apikey", "passphrase", "passwd", "password", "secret", "token"];

/// What the last word ends with when even a number is a secret.
const PASSWORDS: &[&str] = &["pass", "passphrase", "passwd", "password", "pw", "pwd"];

impl Literal {
    /// What about it is a secret, completing "it is …"; none when nothing seems to be.
    ///
    /// Silent where a name only speaks of a secret (`TOKEN_LIFETIME`, `PASSWORD_FILE`) or the value cannot be one. Of
    /// a reference, what stands in when there is no value is judged: `${DB_PASSWORD:-postgres}`.
    pub fn secret(&self) -> Option<&'static str> {
        let value = literal_text::filled(&self.value);
        if literal_text::address(&value) {
            return Some("an address with a password in it");
        }
        if header_with_credentials(&value) {
            return Some("a header with credentials in it");
        }
        if names_a_secret(&self.name, &value) {
            return may_be_a_secret(&value).then_some("a secret by its name");
        }
        if literal_text::assignment(&value) {
            return Some("a text with a password in it");
        }
        let words: Vec<&str> = value.split_whitespace().collect();
        literal_text::option(&words).map(|_| "an option of a command with a password behind it")
    }
}

/// Whether the name ends with a word for what opens something: `DB_PASSWORD`, `jwt.secret`, `apiKey`, `TOKEN_2`. Only
/// passwords are numbers: `LLM_MAX_TOKEN 4096` counts.
pub(super) fn names_a_secret(name: &str, value: &str) -> bool {
    let words = words(name);
    let Some(last) = words.last() else { return false };
    if words.len() == 1 && last == "pwd" {
        // The working directory of every shell.
        return false;
    }
    let ends = |ends: &&str| last.ends_with(ends);
    let named = ENDS.iter().any(ends)
        || SECRETS.iter().any(|secret| {
            words.len() >= secret.len() && words[words.len() - secret.len()..].iter().eq(secret.iter())
        });
    named && (value.parse::<f64>().is_err() || PASSWORDS.iter().any(ends))
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

/// What switches something on or off, or says that there is nothing.
const SWITCHES: &[&str] =
    &["0", "1", "true", "false", "yes", "no", "on", "off", "none", "null", "enabled", "disabled"];

/// Whether a value can be a secret: not empty, no switch, no path, no address, no reference that a program resolves.
pub(super) fn may_be_a_secret(value: &str) -> bool {
    let value = value.trim();
    let reference = value.starts_with(['$', '<']) || value.starts_with("{{") || is_elsewhere(value);
    let path = value.starts_with('/') || value.starts_with("./") || value.starts_with("~/");
    !(value.is_empty()
        || SWITCHES.iter().any(|switch| switch.eq_ignore_ascii_case(value))
        || reference
        || path
        || value.contains("://"))
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
    use super::{Literal, ReadBy};
    use crate::source::{Sources, Span};

    fn secret(name: &str, value: &str) -> bool {
        let span = Span::start_of(Sources::default().add("", ""));
        Literal { name: name.into(), value: value.into(), span, read_by: ReadBy::Another }.secret().is_some()
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
            "WEBPASSWORD",
            "PGPASSWORD",
            "PIHOLE_PW",
            "JWT",
            "NGROK_AUTHTOKEN",
            "splunk-token",
        ] {
            assert!(secret(name, "hunter22"), "{name}");
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
            assert!(!secret(name, "hunter22"), "{name}");
        }
    }

    #[test]
    fn a_value_that_cannot_be_one_is_none() {
        for value in [
            "",
            "true",
            "Yes",
            "off",
            "1",
            "/run/secrets/db",
            "${DB_PASSWORD}",
            "${DB_PASSWORD:?say it}",
            "Bearer ${TOKEN}",
            "https://vault.example.com/db",
        ] {
            assert!(!secret("DB_PASSWORD", value), "{value}");
        }
        assert!(!secret("LLM_MAX_TOKEN", "4096"));
        for value in ["changeme", "20240131", "${DB_PASSWORD:-postgres}", "replace-me${SALT:-}"] {
            assert!(secret("DB_PASSWORD", value), "{value}");
        }
    }

    #[test]
    fn a_password_in_a_text_is_one() {
        assert!(secret("REDIS_ARGS", "--requirepass hunter22"));
        assert!(secret("DSN", "host=db user=shop password=hunter22"));
        assert!(!secret("REDIS_ARGS", "--requirepass ${REDIS_PASSWORD}"));
        assert!(!secret("JAVA_OPTS", "-Xmx1g -Ddb.password=${DB_PASSWORD}"));
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
        assert!(secret("DATABASE_URL", "postgres://shop:${PASSWORD:-s3cret}@db/shop?x=${Q:-1}"));
        for value in [
            "postgres://shop@db:5432/shop",
            "http://example.com:8080/@user:name",
            "redis://:${PASSWORD}@redis:6379/0",
            "postgres://${USER:-shop}@db/shop",
            "postgres://${USER:-shop}:${PASSWORD:?say it}@db/shop",
            "https://example.com/a:b@c",
        ] {
            assert!(!secret("DATABASE_URL", value), "{value}");
        }
    }
}
