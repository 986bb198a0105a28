//! Values that are one word of a few.

/// Makes an enum of unit variants a [`super::Value`]: one word of those listed.
macro_rules! choice {
    ($type:ident, $what:literal, { $($word:literal => $variant:ident),+ $(,)? }) => {
        impl $crate::values::Value for $type {
            const WHAT: &'static str = $what;
            const EXAMPLES: &'static [&'static str] = &[$($word),+];

            fn parse(text: &str) -> Result<Self, String> {
                match text {
                    $($word => Ok($type::$variant),)+
                    _ => Err(format!("one of {} is right here", [$($word),+].join(", "))),
                }
            }
        }
    };
}

pub(crate) use choice;
