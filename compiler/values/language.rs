//! The language that people of a system read: of its runbook, its alert texts and its checklists.
//!
//! It refuses to translate; each text says itself in each language.

use super::choice;

/// A language that artifacts can be written in.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Language {
    /// English.
    English,
    /// Korean.
    Korean,
}

impl Language {
    /// Picks the text of this language.
    pub fn pick<T>(self, english: T, korean: T) -> T {
        match self {
            Language::English => english,
            Language::Korean => korean,
        }
    }
}

choice! { Language, "a language", { "en" => English, "ko" => Korean } }

impl std::fmt::Display for Language {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.pad(self.as_str())
    }
}

#[cfg(test)]
mod tests {
    use super::Language;
    use crate::values::Value;

    #[test]
    fn knows_two() {
        assert_eq!(Language::parse("ko").unwrap().to_string(), "ko");
        assert_eq!(Language::parse("en").unwrap().pick(1, 2), 1);
        assert!(Language::parse("EN").is_err());
        assert!(Language::parse("").is_err());
    }
}
