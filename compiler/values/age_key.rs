//! A public key of age, to which backups are encrypted.
//!
//! It refuses secret keys, and keys of ssh and of plugins, which the host may not know.

use super::{Value, character};
use std::sync::Arc;

/// A recipient of age: `age1` and 58 letters and digits, of which the last six prove that none is mistyped (Bech32).
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct AgeKey(Arc<str>);

checked_text!(AgeKey);

/// The letters of Bech32, by what they stand for.
const LETTERS: &str = "qpzry9x8gf2tvdw0s3jn54khce6mua7l";
/// `age1`, 32 bytes in letters of five bits, and the checksum.
const LENGTH: usize = 4 + 52 + 6;

impl Value for AgeKey {
    const WHAT: &'static str = "a public key of age";
    const EXAMPLES: &'static [&'static str] =
        &["age1ql3z7hjy54pw3hyww5ayyfg7zqgvc7w3j2elw8zmrj2kg5sfn9aqmcac8p"];

    fn parse(text: &str) -> Result<Self, String> {
        if text.get(..15).is_some_and(|start| start.eq_ignore_ascii_case("AGE-SECRET-KEY-")) {
            return Err("a public key of age begins with `age1`; this is the secret key, which belongs into no description: \
                        make a new one, and write what `age-keygen -y` prints of it"
                .into());
        }
        let Some(rest) = text.strip_prefix("age1") else {
            return Err("a public key of age begins with `age1`: `age-keygen -y` prints it".into());
        };
        if let Some(wrong) = character::outside(rest, |c| LETTERS.contains(c)) {
            return Err(format!(
                "a public key of age has only lower-case letters and digits, without `1`, `b`, `i` and `o`, not {wrong}"
            ));
        }
        if text.len() != LENGTH {
            return Err(format!("a public key of age has {LENGTH} characters, not {}", text.len()));
        }
        if !sums_up(rest) {
            return Err("a public key of age proves itself by its last six characters, and these do not fit: is it copied whole?".into());
        }
        Ok(AgeKey(text.into()))
    }
}

/// Whether the checksum of Bech32 over `age` and these letters is right.
fn sums_up(letters: &str) -> bool {
    const PREFIX: &[u8] = b"age";
    let five_bits = letters.bytes().filter_map(|letter| LETTERS.bytes().position(|one| one == letter));
    let high = PREFIX.iter().map(|byte| u32::from(byte >> 5));
    let low = PREFIX.iter().map(|byte| u32::from(byte & 31));
    let data = five_bits.filter_map(|value| u32::try_from(value).ok());
    high.chain([0]).chain(low).chain(data).fold(1, step) == 1
}

/// One step of the division that the checksum is the rest of.
fn step(sum: u32, value: u32) -> u32 {
    const GENERATOR: [u32; 5] = [0x3b6a_57b2, 0x2650_8e6d, 0x1ea1_19fa, 0x3d42_33dd, 0x2a14_62b3];
    let top = sum >> 25;
    let shifted = ((sum & 0x01ff_ffff) << 5) ^ value;
    GENERATOR
        .iter()
        .enumerate()
        .filter(|(bit, _)| (top >> bit) & 1 == 1)
        .fold(shifted, |sum, (_, term)| sum ^ term)
}

#[cfg(test)]
mod tests {
    use super::{AgeKey, Value};

    const KEY: &str = AgeKey::EXAMPLES[0];

    #[test]
    fn one_mistyped_letter_is_noticed() {
        for (place, letter) in KEY.char_indices().skip(4) {
            let other = if letter == 'q' { "p" } else { "q" };
            let mut mistyped = KEY.to_owned();
            mistyped.replace_range(place..=place, other);
            assert!(AgeKey::parse(&mistyped).unwrap_err().contains("last six"), "{mistyped}");
        }
    }

    #[test]
    fn refuses_with_a_reason() {
        for (text, reason) in [
            ("", "begins with `age1`"),
            ("ssh-ed25519 AAAAC3NzaC1lZDI1NTE5", "begins with `age1`"),
            ("AGE-SECRET-KEY-1QQPQYRSZYG3Q", "secret key"),
            ("age1abc", "`b`"),
            (&KEY[..61], "62 characters, not 61"),
            (&KEY.to_uppercase(), "begins with `age1`"),
        ] {
            assert!(AgeKey::parse(text).unwrap_err().contains(reason), "{text:?}");
        }
    }
}
