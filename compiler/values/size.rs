//! An amount of memory or disk, such as a limit or the size of a buffer.
//!
//! It refuses units whose meaning differs between programs: `M` is 1024² to nginx and 1000² to others.

use super::{Value, character};

/// An amount of bytes, less than 8 EiB.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Size {
    bytes: u64,
}

type Unit = (&'static str, u64);

const KI: u64 = 1 << 10;
const MI: u64 = 1 << 20;
const GI: u64 = 1 << 30;
const TI: u64 = 1 << 40;
const BINARY: [Unit; 5] = [("TiB", TI), ("GiB", GI), ("MiB", MI), ("KiB", KI), ("B", 1)];
const DECIMAL: [Unit; 6] = [
    ("TB", 1_000_000_000_000),
    ("GB", 1_000_000_000),
    ("MB", 1_000_000),
    ("kB", 1_000),
    ("KB", 1_000),
    ("B", 1),
];
/// Programs keep sizes in a signed word.
const LARGEST: u64 = i64::MAX as u64;

impl Size {
    /// `n` bytes, at most the largest size.
    pub const fn from_bytes(n: u64) -> Size {
        Size { bytes: if n > LARGEST { LARGEST } else { n } }
    }

    /// This many bytes.
    pub const fn bytes(self) -> u64 {
        self.bytes
    }

    /// Whether it is nothing.
    pub const fn is_zero(self) -> bool {
        self.bytes == 0
    }

    /// In MiB, rounded down, for programs that are given a limit as a bare number of them.
    pub const fn whole_mebibytes(self) -> u64 {
        self.bytes / MI
    }

    /// The largest binary unit that divides it exactly, and how many of them it is: `(256, "MiB")`.
    pub fn exact(self) -> (u64, &'static str) {
        let (n, unit) = self.largest(&BINARY);
        (n, unit.unwrap_or("B"))
    }

    /// As redis reads it, where `mb` is 1024²: `256mb`.
    pub fn redis(self) -> String {
        self.printed(&[("gb", GI), ("mb", MI), ("kb", KI)], "")
    }

    /// As PostgreSQL reads it, where `MB` is 1024²: `256MB`.
    pub fn postgres(self) -> String {
        self.printed(&[("TB", TI), ("GB", GI), ("MB", MI), ("kB", KI)], "B")
    }

    /// As compose reads memory limits, where `m` is 1024²: `256m`.
    pub fn compose(self) -> String {
        // `2GB` is easier to read as 2000000000b than as 1953125k.
        let decimal = self.bytes.is_multiple_of(1_000_000) && !self.bytes.is_multiple_of(MI);
        if decimal && !self.is_zero() {
            return format!("{}b", self.bytes);
        }
        self.printed(&[("g", GI), ("m", MI), ("k", KI)], "b")
    }

    /// As nginx reads it, where `m` is 1024² and the largest unit that all directives know: `1m`.
    pub fn nginx(self) -> String {
        self.printed(&[("m", MI), ("k", KI)], "")
    }

    /// As systemd reads it, where `M` is 1024²: `256M`.
    pub fn systemd(self) -> String {
        self.printed(&[("T", TI), ("G", GI), ("M", MI), ("K", KI)], "")
    }

    /// As logrotate reads it, where `M` is 1024²: `100M`.
    pub fn logrotate(self) -> String {
        self.printed(&[("G", GI), ("M", MI), ("k", KI)], "")
    }

    /// As the storage flags of Prometheus read it, where `MB` is 1024²: `512MB`.
    pub fn prometheus(self) -> String {
        self.printed(&[("TB", TI), ("GB", GI), ("MB", MI), ("KB", KI)], "B")
    }

    fn printed(self, units: &[Unit], bytes: &str) -> String {
        let (n, unit) = self.largest(units);
        format!("{n}{}", unit.unwrap_or(bytes))
    }

    fn largest(self, units: &[Unit]) -> (u64, Option<&'static str>) {
        let exact = |unit: &&Unit| self.bytes >= unit.1 && self.bytes.is_multiple_of(unit.1);
        units.iter().find(exact).map_or((self.bytes, None), |(unit, scale)| (self.bytes / scale, Some(unit)))
    }
}

impl Value for Size {
    const WHAT: &'static str = "a size";
    const EXAMPLES: &'static [&'static str] = &["256MiB", "512KiB", "2GiB", "10GB"];

    fn parse(text: &str) -> Result<Self, String> {
        let end = text.find(|c: char| !c.is_ascii_digit() && c != '.').unwrap_or(text.len());
        let (number, unit) = text.split_at(end);
        if number.is_empty() {
            return Err(match text.chars().next() {
                None => "a size cannot be empty".into(),
                Some('-') => "a size cannot be negative".into(),
                Some(c) => {
                    format!("a size is a number with its unit, as in `256MiB`, not {}", character::named(c))
                }
            });
        }
        if unit.is_empty() {
            return Err("a size needs a unit: write `256MiB`, or `256B` for bytes".into());
        }
        let scale = BINARY.iter().chain(&DECIMAL).find(|(name, _)| *name == unit).map(|(_, scale)| *scale);
        let scale = scale.ok_or_else(|| wrong_unit(number, unit))?;
        bytes(number, scale)
    }
}

/// `1.5` of a unit of `scale` bytes.
fn bytes(number: &str, scale: u64) -> Result<Size, String> {
    let (whole, part) = number.split_once('.').unwrap_or((number, "0"));
    let digits = |text: &str| !text.is_empty() && text.bytes().all(|byte| byte.is_ascii_digit());
    if !digits(whole) || !digits(part) {
        return Err("a size has digits before and behind its decimal point, as in `1.5GiB`".into());
    }
    let too_large = || "a size is less than 8388608TiB".to_owned();
    let of = |digits: &str| digits.parse().ok().and_then(|n: u64| n.checked_mul(scale)).ok_or_else(too_large);
    let places = part.trim_end_matches('0');
    let tenths = if places.is_empty() { 0 } else { of(places)? };
    let power = u32::try_from(places.len()).ok().and_then(|n| 10_u64.checked_pow(n)).ok_or_else(too_large)?;
    if !tenths.is_multiple_of(power) {
        return Err("a size is a whole number of bytes: write it in a smaller unit, as in `100MiB`".into());
    }
    let sum = of(whole)?.checked_add(tenths / power).filter(|sum| *sum <= LARGEST);
    sum.map(|bytes| Size { bytes }).ok_or_else(too_large)
}

/// Why `unit` is none, with the two things that it may have meant.
fn wrong_unit(number: &str, unit: &str) -> String {
    let letter = match unit.to_ascii_lowercase().as_str() {
        "k" | "kb" | "kib" => 'K',
        "m" | "mb" | "mib" => 'M',
        "g" | "gb" | "gib" => 'G',
        "t" | "tb" | "tib" => 'T',
        "b" => return format!("bytes are written with a capital: `{number}B`"),
        _ => return "the units of a size are `B`, `KiB`, `MiB`, `GiB`, `TiB`, and in powers of 1000 `kB`, `MB`, `GB`, \
                     `TB`"
            .into(),
    };
    if unit.len() == 3 {
        return format!("write the unit as `{letter}iB`: `{number}{letter}iB`");
    }
    let power = match letter {
        'K' => "",
        'M' => "²",
        'G' => "³",
        _ => "⁴",
    };
    let compose =
        if unit.len() == 1 { format!(", as compose means `{number}{unit}`") } else { String::new() };
    format!(
        "`{unit}` means different things to different programs: write `{number}{letter}iB` (×1024{power}{compose}) or \
         `{number}{letter}B` (×1000{power})"
    )
}

impl std::fmt::Display for Size {
    /// In the unit that makes the number smallest: `256MiB`, `10GB`.
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        let (binary, decimal) = (self.largest(&BINARY), self.largest(&DECIMAL));
        let (n, unit) = if decimal.0 < binary.0 { decimal } else { binary };
        f.pad(&format!("{n}{}", unit.unwrap_or("B")))
    }
}

#[cfg(test)]
mod tests {
    use super::{Size, Value};

    fn size(text: &str) -> Size {
        Size::parse(text).unwrap()
    }

    #[test]
    fn reads_and_prints() {
        for (text, bytes, shown) in [
            ("256MiB", 268_435_456, "256MiB"),
            ("10GB", 10_000_000_000, "10GB"),
            ("512KB", 512_000, "500KiB"),
            ("64kB", 64_000, "64kB"),
            ("1024KiB", 1_048_576, "1MiB"),
            ("0B", 0, "0B"),
            ("1500B", 1500, "1500B"),
            ("1.5GiB", 1_610_612_736, "1536MiB"),
            ("0.50kB", 500, "500B"),
            ("2.0B", 2, "2B"),
            ("9223372036854775807B", 9_223_372_036_854_775_807, "9223372036854775807B"),
        ] {
            assert_eq!((size(text).bytes(), size(text).to_string().as_str()), (bytes, shown));
            assert_eq!(size(shown), size(text), "the canonical form reads back");
        }
    }

    #[test]
    fn prints_for_each_program() {
        let s = size("256MiB");
        assert_eq!([s.redis(), s.postgres(), s.compose(), s.nginx()], ["256mb", "256MB", "256m", "256m"]);
        assert_eq!([s.systemd(), s.logrotate(), s.prometheus()], ["256M", "256M", "256MB"]);
        let s = size("10GB");
        assert_eq!(
            [s.redis(), s.postgres(), s.compose(), s.nginx()],
            ["9765625kb", "9765625kB", "10000000000b", "9765625k"]
        );
        let s = size("1500B");
        assert_eq!([s.redis(), s.postgres(), s.compose(), s.nginx()], ["1500", "1500B", "1500b", "1500"]);
        assert_eq!(size("2GiB").nginx(), "2048m");
        assert_eq!((size("2GiB").exact(), size("2GiB").whole_mebibytes()), ((2, "GiB"), 2048));
    }

    #[test]
    fn refuses_with_what_to_write() {
        for (text, reason) in [
            ("", "empty"),
            ("256", "needs a unit"),
            ("256M", "write `256MiB` (×1024², as compose means `256M`) or `256MB` (×1000²)"),
            ("256mb", "write `256MiB`"),
            ("2g", "write `2GiB`"),
            ("2gib", "`2GiB`"),
            ("5b", "`5B`"),
            ("0.1GiB", "whole number of bytes"),
            ("0.5B", "whole number of bytes"),
            (".5GiB", "digits before"),
            ("1.GiB", "digits before"),
            ("1.5.5GiB", "digits before"),
            ("0.00000000000000000000001GiB", "less than"),
            ("-1B", "negative"),
            ("MiB", "`M`"),
            ("1 GiB", "the units"),
            ("1메가", "the units"),
            ("99999999999999999999TiB", "less than"),
            ("9223372036854775808B", "less than"),
            ("1B\0", "the units"),
        ] {
            assert!(Size::parse(text).unwrap_err().contains(reason), "{text:?}");
        }
    }
}
