//! Names in what is passed on that nothing defines: a route to a receiver that is not there, a time that nobody stated.
//! Which receivers are there is known when the file is made.

use super::merged;
use crate::{
    diagnostic::{Diagnostic, nearest},
    emit::yaml::Yaml,
    model::Model,
    source::Span,
    syntax::Node,
};

/// Keys that name something, and the lists that define it.
const NAMING: [(&str, &[&str], &str); 3] = [
    ("receiver", &["receivers"], "receiver"),
    ("mute_time_intervals", &["time_intervals", "mute_time_intervals"], "time interval"),
    ("active_time_intervals", &["time_intervals", "mute_time_intervals"], "time interval"),
];

/// Every name that the routes of the description use and nothing defines.
pub fn undefined(model: &Model) -> Vec<Diagnostic> {
    let passed = &model.notify.raw_alertmanager;
    if passed.is_empty() {
        return Vec::new();
    }
    let document = merged(model);
    let mut found = Vec::new();
    for (key, lists, what) in NAMING {
        let mut known: Vec<&str> = lists.iter().flat_map(|list| names(document.get(list))).collect();
        known.sort_unstable();
        let mut used = Vec::new();
        passed
            .iter()
            .filter(|node| node.name.value == "route")
            .for_each(|node| collect(key, node, &mut used));
        for (name, span) in used.iter().filter(|(name, _)| !known.contains(&name.as_str())) {
            let diagnostic = Diagnostic::error("unknown-receiver", format!("there is no {what} `{name}`"))
                .at(*span, "named here");
            found.push(match nearest(name, known.iter().copied()) {
                Some(near) => diagnostic.help(format!("did you mean `{near}`?")),
                None if known.is_empty() => {
                    diagnostic.help(format!("state one: `{} {{ - name=\"{name}\" {{ … }} }}`", lists[0]))
                }
                None => diagnostic.help(format!("known are {}", known.join(", "))),
            });
        }
    }
    found
}

/// The names of the items of a list.
fn names(list: Option<&Yaml>) -> Vec<&str> {
    let Some(Yaml::Seq(items)) = list else { return Vec::new() };
    items
        .iter()
        .filter_map(|item| match item.value.get("name") {
            Some(Yaml::Str(name) | Yaml::Quoted(name)) => Some(name.as_str()),
            _ => None,
        })
        .collect()
}

/// The values of a key at any depth, with their places.
fn collect(key: &str, node: &Node, used: &mut Vec<(String, Span)>) {
    for entry in &node.entries {
        let says = match &entry.name {
            Some(name) => name.value == key,
            None => node.name.value == key,
        };
        if says {
            used.push((entry.scalar.text().into_owned(), entry.span));
        }
    }
    node.children.iter().for_each(|child| collect(key, child, used));
}

#[cfg(test)]
mod tests {
    use super::undefined;
    use crate::check::testing;

    fn messages(alertmanager: &str) -> Vec<String> {
        let model = testing::model(&format!(
            "secret \"HOOK\"\nservice \"web\" kind=\"static-site\" {{ build \".\"; }}\nmonitor\nnotify {{ webhook url=(secret)\"HOOK\"; alertmanager {{ {alertmanager}; }}; }}"
        ));
        undefined(&model).into_iter().map(|one| one.message).collect()
    }

    #[test]
    fn names_are_defined() {
        let route = |inner: &str| format!("route {{ routes {{ - {inner}; }}; }}");
        assert_eq!(messages(&route("receiver=\"nosuch\"")), ["there is no receiver `nosuch`"]);
        assert!(messages(&route("receiver=\"team\"")).is_empty());
        let own = "receivers { - name=\"own\" { webhook_configs { - url=\"http://x\"; }; }; }";
        assert!(messages(&format!("{own}\n{}", route("receiver=\"own\""))).is_empty());
        assert_eq!(
            messages(&route("receiver=\"team\" { (list)mute_time_intervals \"nights\"; }")),
            ["there is no time interval `nights`"]
        );
    }
}
