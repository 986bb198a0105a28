//! What holds for every noun, tried on its examples and on text that nobody would write.

use super::*;

/// Pieces that text is put together from: what the nouns are made of, and what breaks programs.
const PIECES: &[&str] = &[
    "",
    "0",
    "1",
    "9",
    "00",
    "99999999999999999999",
    "340282366920938463463374607431768211456",
    "a",
    "Z",
    "day",
    "week",
    "month",
    "first",
    "last",
    "tuesday",
    "s",
    "ms",
    "h",
    "d",
    "w",
    "MiB",
    "GB",
    "m",
    "%",
    ".",
    "..",
    "-",
    "--",
    "_",
    ":",
    "::",
    "/",
    "//",
    "\\",
    "@",
    "#",
    "?",
    "&",
    "=",
    "+",
    ",",
    ";",
    "$",
    "`",
    "'",
    "\"",
    "{",
    "{{",
    "}",
    "(",
    "[",
    "]",
    "*",
    "~",
    ">",
    "<",
    ">=",
    "≥",
    " ",
    "\t",
    "\n",
    "\r",
    "\0",
    "\u{7f}",
    "\u{85}",
    "\u{202e}",
    "\u{feff}",
    "\u{ffff}",
    "한",
    "👩‍💻",
    "é\u{301}",
    "٣",
    "０",
    "²",
    "10.0.0.0",
    "fe80::1",
    "sha256:",
    "https://",
    "Asia/",
    "Seoul",
    "xn--",
    "true",
];

/// Numbers that are the same in each run (a linear congruence of Knuth's).
fn numbers(seed: u64) -> impl Iterator<Item = usize> {
    let mut state = seed;
    std::iter::repeat_with(move || {
        state = state.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
        (state >> 33) as usize
    })
}

/// Up to seven pieces, or an example with a piece put somewhere into it.
fn texts<T: Value>() -> impl Iterator<Item = String> {
    let mut numbers = numbers(T::WHAT.len() as u64 + 7);
    let mut next = move |below: usize| numbers.next().unwrap() % below;
    (0..1_000).map(move |round| {
        if round % 2 == 0 {
            return (0..next(8)).map(|_| PIECES[next(PIECES.len())]).collect();
        }
        let mut text: Vec<char> = T::EXAMPLES[next(T::EXAMPLES.len())].chars().collect();
        let place = next(text.len() + 1);
        text.splice(place..place, PIECES[next(PIECES.len())].chars());
        text.into_iter().collect()
    })
}

/// Whatever the text is: a value that prints as text which reads as the same value, or an error that can be shown.
fn obeys<T: Value + std::fmt::Display + PartialEq + std::fmt::Debug>() {
    assert!(T::WHAT.starts_with("a ") || T::WHAT.starts_with("an "), "{}", T::WHAT);
    assert!(!T::EXAMPLES.is_empty(), "{}", T::WHAT);
    for example in T::EXAMPLES {
        assert!(T::parse(example).is_ok(), "`{example}` is no example of {}", T::WHAT);
    }
    let long = ["9", "a", "/a", "a.", "한", "1s", ":", " ", "%"].map(|piece| piece.repeat(70_000));
    for text in texts::<T>().chain(long) {
        match T::parse(&text) {
            Ok(value) => {
                let shown = value.to_string();
                assert_eq!(T::parse(&shown).as_ref(), Ok(&value), "{text:?} prints as {shown:?}");
                assert!(!shown.chars().any(|c| c.is_control() && c != '\n' && c != '\t'), "{text:?}");
            }
            Err(error) => {
                let first = error.chars().next().unwrap();
                assert!(!first.is_uppercase() && !error.ends_with('.') && error.len() < 400, "{error}");
                assert!(!error.chars().any(|c| c.is_control() || character::is_invisible(c)), "{error:?}");
            }
        }
    }
}

#[test]
fn every_noun_obeys() {
    obeys::<bool>();
    obeys::<AbsPath>();
    obeys::<HostPath>();
    obeys::<Address>();
    obeys::<AgeKey>();
    obeys::<AlertName>();
    obeys::<BindPath>();
    obeys::<Bound>();
    obeys::<ChainRule>();
    obeys::<Cidr>();
    obeys::<Count>();
    obeys::<ChatId>();
    obeys::<Replicas>();
    obeys::<Decimal>();
    obeys::<Directives>();
    obeys::<Domain>();
    obeys::<Door>();
    obeys::<Duration>();
    obeys::<Email>();
    obeys::<MacAddress>();
    obeys::<Mailbox>();
    obeys::<LabelName>();
    obeys::<Account>();
    obeys::<RunAs>();
    obeys::<UnitName>();
    obeys::<EngineName>();
    obeys::<EnvKey>();
    obeys::<EnvName>();
    obeys::<HeaderName>();
    obeys::<HeaderValue>();
    obeys::<HostPort>();
    obeys::<PriorityName>();
    obeys::<Hostname>();
    obeys::<Image>();
    obeys::<Language>();
    obeys::<Line>();
    obeys::<MetricName>();
    obeys::<GitUrl>();
    obeys::<Interface>();
    obeys::<Ip>();
    obeys::<LogPath>();
    obeys::<Mode>();
    obeys::<Month>();
    obeys::<MonthDay>();
    obeys::<Name>();
    obeys::<PartOfDay>();
    obeys::<Pattern>();
    obeys::<Percent>();
    obeys::<Phone>();
    obeys::<Port>();
    obeys::<Ports>();
    obeys::<Promql>();
    obeys::<Prose>();
    obeys::<Rate>();
    obeys::<RelPath>();
    obeys::<Samples>();
    obeys::<Selector>();
    obeys::<Size>();
    obeys::<Time>();
    obeys::<Timezone>();
    obeys::<UfwRule>();
    obeys::<Url>();
    obeys::<UrlPath>();
    obeys::<UserName>();
    obeys::<Version>();
    obeys::<Weekday>();
    obeys::<YearDay>();
}

#[test]
fn schedules_are_read_from_any_text() {
    for text in texts::<Schedule>() {
        for on in [None, Some(text.as_str()), Some("1")] {
            if let Ok(schedule) = Schedule::new(&text, None, on) {
                assert!(!schedule.cron().fields.is_empty() && !schedule.period().is_zero(), "{text:?}");
            }
        }
    }
    for every in ["week", "month", "quarter", "year"] {
        for on in texts::<MonthDay>().chain(texts::<YearDay>()) {
            if let Ok(schedule) = Schedule::new(every, None, Some(&on)) {
                let said = schedule.to_string();
                assert!(
                    said.ends_with(&format!("on=\"{on}\"")) || said == format!("every \"{on}\""),
                    "{said}"
                );
            }
        }
    }
}
