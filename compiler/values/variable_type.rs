//! The type of an environment variable: what its value has to look like.
//!
//! It refuses to know what reads the value: each type is an expression that means the same to the scripts on a host
//! (POSIX extended, in bash) and to this program, so that both judge alike.

use super::{Decimal, Duration, Form, Language, Value as _, choice};

/// What the value of an environment variable is.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum VariableType {
    /// Anything.
    Text,
    /// A whole number.
    Integer,
    /// A number, with a fraction or without.
    Number,
    /// A TCP or UDP port.
    Port,
    /// `true` or `false`.
    Boolean,
    /// A URL with its scheme.
    Url,
    /// The name of a host, or a domain.
    Host,
    /// A mail address.
    Email,
    /// A length of time with its unit: `15m`.
    Duration,
}

choice! { VariableType, "a type of variable", {
    "text" => Text, "integer" => Integer, "number" => Number, "port" => Port, "boolean" => Boolean, "url" => Url,
    "host" => Host, "email" => Email, "duration" => Duration,
} }

impl VariableType {
    /// Every type but `text`, which needs no expression.
    pub const SHAPED: [VariableType; 8] = [
        VariableType::Integer,
        VariableType::Number,
        VariableType::Port,
        VariableType::Boolean,
        VariableType::Url,
        VariableType::Host,
        VariableType::Email,
        VariableType::Duration,
    ];

    /// What it is for people, with its article.
    pub const fn what(self) -> &'static str {
        match self {
            VariableType::Text => "a text",
            VariableType::Integer => "a whole number",
            VariableType::Number => "a number",
            VariableType::Port => "a port (1 to 65535)",
            VariableType::Boolean => "true or false",
            VariableType::Url => "a URL such as https://example.com/path",
            VariableType::Host => "a host name",
            VariableType::Email => "a mail address",
            VariableType::Duration => "a duration such as 30s, 15m or 24h",
        }
    }

    /// The same in a language.
    pub const fn words(self, language: Language) -> &'static str {
        match (language, self) {
            (Language::English, _) => self.what(),
            (Language::Korean, VariableType::Text) => "문자열",
            (Language::Korean, VariableType::Integer) => "정수",
            (Language::Korean, VariableType::Number) => "수",
            (Language::Korean, VariableType::Port) => "포트(1~65535)",
            (Language::Korean, VariableType::Boolean) => "true 또는 false",
            (Language::Korean, VariableType::Url) => "URL",
            (Language::Korean, VariableType::Host) => "호스트 이름",
            (Language::Korean, VariableType::Email) => "메일 주소",
            (Language::Korean, VariableType::Duration) => "시간 길이(30s, 15m, 24h)",
        }
    }

    /// The expression that matches the whole of a value; none for what may be anything. No number is so long that
    /// it could not be compared exactly.
    pub const fn expression(self) -> Option<&'static str> {
        match self {
            VariableType::Text => None,
            VariableType::Integer => Some("-?[0-9]{1,15}"),
            VariableType::Number => Some(r"-?[0-9]{1,12}(\.[0-9]{1,12})?"),
            VariableType::Port => {
                Some("[1-9][0-9]{0,3}|[1-5][0-9]{4}|6[0-4][0-9]{3}|65[0-4][0-9]{2}|655[0-2][0-9]|6553[0-5]")
            }
            VariableType::Boolean => Some("true|false"),
            VariableType::Url => Some("[A-Za-z][A-Za-z0-9+.-]*://[!-~]+"),
            VariableType::Host => {
                Some(r"[A-Za-z0-9]([A-Za-z0-9-]*[A-Za-z0-9])?(\.[A-Za-z0-9]([A-Za-z0-9-]*[A-Za-z0-9])?)*")
            }
            VariableType::Email => Some(
                r"[A-Za-z0-9._%+-]+@[A-Za-z0-9]([A-Za-z0-9-]*[A-Za-z0-9])?(\.[A-Za-z0-9]([A-Za-z0-9-]*[A-Za-z0-9])?)*",
            ),
            VariableType::Duration => Some("([0-9]{1,9}(ms|s|m|h|d|w))+"),
        }
    }

    /// Whether one value can be less than another.
    pub const fn is_ordered(self) -> bool {
        matches!(
            self,
            VariableType::Integer | VariableType::Number | VariableType::Port | VariableType::Duration
        )
    }

    /// Whether the text is a value of the type.
    pub fn matches(self, text: &str) -> bool {
        self.expression().is_none_or(|expression| Form::whole(expression, text))
    }

    /// What a value is compared by: a number itself, of a duration its milliseconds. None for a text that is no value
    /// of the type, and for types without an order.
    pub fn magnitude(self, text: &str) -> Option<f64> {
        if !self.is_ordered() || !self.matches(text) {
            return None;
        }
        match self {
            VariableType::Duration => Some(millis(text)),
            _ => text.parse().ok(),
        }
    }

    /// Whether a bound can be compared with values of the type.
    pub fn is_bound(self, text: &str) -> bool {
        match self {
            VariableType::Integer | VariableType::Port => self.matches(text),
            VariableType::Number => self.matches(text) && Decimal::parse(text).is_ok(),
            VariableType::Duration => self.matches(text) && Duration::parse(text).is_ok(),
            _ => false,
        }
    }
}

/// The milliseconds of `1h30m`, in any order of the units: programs that read durations differ in that.
fn millis(text: &str) -> f64 {
    let (mut sum, mut rest) = (0.0, text);
    while let Some(digits) = rest.find(|c: char| !c.is_ascii_digit()) {
        let number: f64 = rest[..digits].parse().unwrap_or(0.0);
        let unit = rest[digits..].find(|c: char| c.is_ascii_digit()).map_or(rest.len(), |end| digits + end);
        sum += number
            * match &rest[digits..unit] {
                "ms" => 1.0,
                "s" => 1e3,
                "m" => 6e4,
                "h" => 3.6e6,
                "d" => 8.64e7,
                _ => 6.048e8,
            };
        rest = &rest[unit..];
    }
    sum
}

#[cfg(test)]
mod tests {
    use super::{VariableType, millis};
    use crate::values::Value as _;

    #[test]
    fn each_type_accepts_its_own() {
        for (word, good, bad) in [
            (
                "integer",
                &["0", "-5", "3600"][..],
                &["", "1.5", "x", "1 ", "0x10", "1e3", "9999999999999999"][..],
            ),
            ("number", &["0.7", "-1", "42"], &["", ".5", "1.", "NaN", "1,5"]),
            ("port", &["1", "443", "65535"], &["0", "65536", "080", "http", "99999", "123456"]),
            ("boolean", &["true", "false"], &["True", "yes", "1", ""]),
            (
                "url",
                &["https://api.example.com/v1", "sqlite:///data/users.db", "redis://h:6379/0"],
                &["example.com", "https://", "http://a b", "//x"],
            ),
            ("host", &["example.com", "localhost", "10.0.0.1"], &["", "-a", "a..b", "a_b", "http://a"]),
            ("email", &["ops+x@example.com"], &["ops", "@x", "a@", "a@b@c", "a b@c"]),
            ("duration", &["30s", "1h30m", "250ms", "7d"], &["", "30", "s", "1.5h", "30 s", "1y"]),
            ("text", &["", "anything"], &[]),
        ] {
            let kind = VariableType::parse(word).unwrap();
            assert_eq!(kind.as_str(), word);
            good.iter().for_each(|text| assert!(kind.matches(text), "{word} {text:?}"));
            bad.iter().for_each(|text| assert!(!kind.matches(text), "{word} {text:?}"));
        }
    }

    #[test]
    fn durations_have_an_order() {
        assert_eq!(millis("1h30m"), 5_400_000.0);
        assert_eq!(millis("250ms"), 250.0);
        assert_eq!(VariableType::Duration.magnitude("1w"), Some(604_800_000.0));
        assert_eq!(VariableType::Duration.magnitude("1"), None);
        assert_eq!(VariableType::Boolean.magnitude("true"), None);
    }
}
