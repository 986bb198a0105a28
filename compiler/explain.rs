//! The whole story of each diagnostic: the pages of `docs/diagnostics/`, embedded.

static PAGES: &[(&str, &str)] = &include!(concat!(env!("OUT_DIR"), "/explain.rs"));

/// The page of a code.
pub fn page(code: &str) -> Option<&'static str> {
    PAGES.iter().find(|(known, _)| *known == code).map(|(_, page)| *page)
}

/// Every code that has a page, sorted.
pub fn codes() -> impl Iterator<Item = &'static str> {
    PAGES.iter().map(|(code, _)| *code)
}
