//! Compiles texts in unit tests of rules.

use crate::{
    check, diagnostic::Diagnostics, expand, model::Model, render, source::Sources, stdlib, syntax::parse,
};

/// Every diagnostic of a description, as people read it.
pub fn compiled(text: &str) -> (Diagnostics, Sources) {
    let mut sources = Sources::default();
    for (_, source) in stdlib::sources().iter() {
        sources.add(source.name.clone(), source.text.clone());
    }
    let id = sources.add("system.kdl", text);
    let mut diagnostics = Diagnostics::default();
    let nodes = parse(id, text, &mut diagnostics);
    let expanded = expand::expand(&nodes, &[], &|_, _| Ok("text".into()), &mut diagnostics);
    let models: Vec<&Model> = expanded.iter().flat_map(|one| &one.models).collect();
    check::check(models.into_iter(), true, &mut diagnostics);
    (diagnostics, sources)
}

/// The model of a system of this content, in its only environment.
pub fn model(content: &str) -> Model {
    let text = format!("system \"shop\" {{\n{content}\n}}");
    let (mut sources, mut diagnostics) = (Sources::default(), Diagnostics::default());
    for (_, source) in stdlib::sources().iter() {
        sources.add(source.name.clone(), source.text.clone());
    }
    let id = sources.add("system.kdl", text.as_str());
    let nodes = parse(id, &text, &mut diagnostics);
    let expanded = expand::expand(&nodes, &[], &|_, _| Ok("text".into()), &mut diagnostics);
    expanded.into_iter().find_map(|one| one.models.into_iter().next()).expect("a right description")
}

/// The codes that a description raises, in the order of their places.
pub fn codes(text: &str) -> Vec<&'static str> {
    compiled(text).0.into_sorted().iter().map(|one| one.code).collect()
}

/// The messages with which a system of this content raises `code`. What cannot be read is a mistake of the test.
pub fn raised(code: &str, content: &str) -> Vec<String> {
    let text = format!("system \"shop\" {{\n{content}\n}}");
    let (diagnostics, sources) = compiled(&text);
    let foreign = |known: &str| {
        known != check::allow::UNNEEDED && !check::rules::ALL.iter().any(|rule| rule.code == known)
    };
    let all = diagnostics.into_sorted();
    if all.iter().any(|one| foreign(one.code)) {
        panic!("{}", render::text(&all, &sources, render::Style { color: false, width: 100 }));
    }
    all.into_iter().filter(|one| one.code == code).map(|one| one.message).collect()
}

/// How often so many containers of one service, with these words in its braces, raise `code`.
pub fn raised_of_containers(code: &str, replicas: u32, words: &str) -> usize {
    let web = format!("service \"web\" kind=\"static-site\" replicas={replicas} {{ build \".\"; {words} }}");
    raised(code, &web).len()
}
