//! Prometheus refuses a configuration in which two jobs have one name.

use std::collections::BTreeMap;

use crate::{
    check::Rule,
    diagnostic::{Diagnostic, Diagnostics},
    model::Model,
    source::Span,
    syntax::Node,
};

/// The rule.
pub const RULE: Rule = Rule { code: "duplicate-scrape-job", check, together: None };

fn check(model: &Model, diagnostics: &mut Diagnostics) {
    let Some(monitoring) = &model.monitoring else { return };
    let mut own = Vec::new();
    let configs = monitoring.raw_prometheus.iter().filter(|node| node.name.value == "scrape_configs");
    // What `(override)` and `(reset)` leave of the derived ones is nothing.
    let replaced = configs.clone().any(|node| node.annotation.is_some());
    configs.for_each(|node| jobs(node, &mut own));
    let derived = monitoring.scrapes.iter().filter(|_| !replaced);
    let mut taken: BTreeMap<String, (Span, &str)> = derived
        .map(|scrape| (scrape.job.to_string(), (scrape.origin.span(), "scraped already, under this name")))
        .collect();
    for (name, span) in own {
        if let Some((other, what)) = taken.get(&name) {
            diagnostics.add(
                Diagnostic::error("duplicate-scrape-job", format!("two scrape jobs are called `{name}`"))
                    .at(span, "named here")
                    .at(*other, *what)
                    .help("give yours another `job_name`; what the description knows is scraped by itself"),
            );
        }
        taken.entry(name).or_insert((span, "named here first"));
    }
}

/// The names of jobs below a node, however its list is written.
fn jobs(node: &Node, found: &mut Vec<(String, Span)>) {
    if let Some(name) = node.prop("job_name") {
        found.push((name.scalar.text().into_owned(), name.span));
    }
    for child in &node.children {
        match child.args().next() {
            Some(name) if child.name.value == "job_name" => {
                found.push((name.scalar.text().into_owned(), child.span));
            }
            _ => jobs(child, found),
        }
    }
}

#[cfg(test)]
mod tests {
    use crate::check::testing::raised;

    fn raises(configs: &str) -> usize {
        let web = "service \"web\" kind=\"go-http\" { build \".\"; metrics \"/metrics\" }";
        raised("duplicate-scrape-job", &format!("{web}\nmonitor {{ prometheus {{ {configs} }} }}")).len()
    }

    #[test]
    fn the_name_of_a_service() {
        assert_eq!(raises("scrape_configs { - job_name=\"web\" }"), 1);
        assert_eq!(raises("scrape_configs { - { job_name \"web\" } }"), 1);
        assert_eq!(raises("(override)scrape_configs { - job_name=\"web\" }"), 0);
        assert_eq!(raises("scrape_configs { - job_name=\"legacy\" }"), 0);
    }

    #[test]
    fn the_same_name_twice() {
        assert_eq!(raises("scrape_configs { - job_name=\"a\"; - job_name=\"a\" }"), 1);
    }
}
