//! Words of which one is right: makes a value of an enum whose variants are words of the language.
//!
//! It refuses aliases; each meaning has one word.

/// `choice! { Balance, "a way to spread requests", { "least-conn" => LeastConn, } }` reads a `Balance` from its word,
/// and gives the word again.
macro_rules! choice {
    ($type:ident, $what:literal, { $($word:literal => $variant:ident),+ $(,)? }) => {
        impl $type {
            /// The word for it.
            #[allow(dead_code, reason = "not everything that is read is written again by its word")]
            pub const fn as_str(self) -> &'static str {
                match self {
                    $($type::$variant => $word,)+
                }
            }
        }

        impl $crate::values::Value for $type {
            const WHAT: &'static str = $what;
            const EXAMPLES: &'static [&'static str] = &[$($word),+];
            const FEW: bool = true;

            fn parse(text: &str) -> Result<Self, String> {
                match text {
                    $($word => Ok($type::$variant),)+
                    _ => Err($crate::values::one_of($what, Self::EXAMPLES)),
                }
            }
        }
    };
}

pub(crate) use choice;

/// The error of a word that is none of `words`.
pub(crate) fn one_of(what: &str, words: &[&str]) -> String {
    let quoted: Vec<String> = words.iter().map(|word| format!("`{word}`")).collect();
    match quoted.as_slice() {
        [] => format!("{what} has no words"),
        [only] => format!("{what} is {only}"),
        [most @ .., last] => format!("{what} is {} or {last}", most.join(", ")),
    }
}

#[cfg(test)]
mod tests {
    use crate::values::Value;

    #[derive(Clone, Copy, Debug, PartialEq)]
    enum Direction {
        Up,
        Down,
    }

    choice! { Direction, "a direction", { "up" => Up, "down" => Down, } }

    #[test]
    fn reads_its_words_only() {
        assert_eq!(Direction::parse("up"), Ok(Direction::Up));
        assert_eq!(Direction::parse("down"), Ok(Direction::Down));
        assert_eq!(Direction::Down.as_str(), "down");
        assert_eq!(Direction::parse("Up"), Err("a direction is `up` or `down`".into()));
        assert!(Direction::parse("").is_err());
    }
}
