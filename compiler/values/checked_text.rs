//! What all values that are a checked text share: they print as that text, and are cheap to copy.
//!
//! It refuses to check anything; each noun does that in its own file.

/// Gives a one-field wrapper of `Arc<str>` its printing and its access to the text.
macro_rules! checked_text {
    ($type:ident) => {
        impl $type {
            /// The text, exactly as it was checked.
            pub fn as_str(&self) -> &str {
                &self.0
            }
        }

        impl std::fmt::Display for $type {
            fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
                f.pad(&self.0)
            }
        }

        impl AsRef<str> for $type {
            fn as_ref(&self) -> &str {
                &self.0
            }
        }
    };
}
