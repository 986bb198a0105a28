//! Tests of all rules together.

use std::{collections::BTreeSet, fs, path::Path};

use super::{codes, rules::ALL, testing};
use crate::explain;

#[test]
fn rules_are_sorted() {
    assert!(ALL.is_sorted_by_key(|rule| rule.code));
}

#[test]
fn every_file_is_a_rule() {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("compiler/check/rules");
    let files: BTreeSet<String> = fs::read_dir(folder)
        .expect("the folder of rules")
        .flatten()
        .map(|entry| entry.file_name().to_string_lossy().replace('_', "-"))
        .filter(|name| name != "mod.rs")
        .map(|name| name.trim_end_matches(".rs").to_owned())
        .collect();
    let listed: BTreeSet<String> = ALL.iter().map(|rule| rule.code.to_owned()).collect();
    assert_eq!(files, listed, "list every file of check/rules in its mod.rs, under its code");
}

/// The text of the fence with that word on a page.
fn fence<'a>(page: &'a str, word: &str) -> Option<&'a str> {
    page.split_once(&format!("```kdl {word}\n"))?.1.split_once("\n```").map(|(text, _)| text)
}

#[test]
fn every_rule_has_a_page_that_holds() {
    for code in codes() {
        let page = explain::page(code).unwrap_or_else(|| panic!("write docs/diagnostics/{code}.md"));
        let fails = fence(page, "fails").unwrap_or_else(|| {
            panic!("docs/diagnostics/{code}.md: show a description that raises it, in a fence `kdl fails`")
        });
        let passes = fence(page, "passes").unwrap_or_else(|| {
            panic!("docs/diagnostics/{code}.md: show a mended description, in a fence `kdl passes`")
        });
        let raised: BTreeSet<&str> = testing::codes(fails).into_iter().collect();
        assert_eq!(raised, BTreeSet::from([code]), "what {code} shows as failing");
        assert_eq!(testing::codes(passes), Vec::<&str>::new(), "what {code} shows as passing");
    }
}

const ALONE: &str = "host \"app-1\" { memory \"1GiB\" }";

#[test]
fn what_is_allowed_in_vain_is_told() {
    let unneeded = |content: &str| testing::raised("unneeded-allow", content);
    assert_eq!(
        unneeded(&format!("{ALONE}\nallow \"unneeded-allwo\" because=\"x\"")),
        ["there is no warning `unneeded-allwo`"]
    );
    assert_eq!(
        unneeded(&format!("{ALONE}\nallow \"port-clash\" because=\"x\"")),
        ["`port-clash` is allowed in vain"]
    );
}

#[test]
fn environments_that_share_a_place_share_the_finding() {
    let staged = |environment: &str| {
        testing::raised(
            "memory-overcommitted",
            &format!(
                "host \"app-1\" {{ memory \"1GiB\" }}\nservice \"web\" kind=\"static-site\" {{ build \".\"; limits memory=\"2GiB\" }}\nenvironment \"test\" {{ }}\nenvironment \"prod\" {{ service \"web\" {environment} {{ }} }}"
            ),
        )
    };
    assert_eq!(staged("replicas=1"), ["services may use 2GiB together, and the host has 1GiB"]);
    assert_eq!(staged("replicas=3").len(), 1);
}
