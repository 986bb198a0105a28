//! The reference of the language as Markdown, from the same asks that read a description. Nothing here knows a word
//! of the language; it cannot go stale.

use std::fmt::Write as _;

use crate::{
    expand::{kind, overlay, proof},
    stdlib,
    syntax::{Ask, Default, Place, Table, describe},
};

/// The page of all that may stand in a `system`.
pub fn language() -> String {
    let mut out = String::from(
        "# The language\n\n\
         <!-- Made by `cargo bless` from the tables that the decoder uses: edit the asks in compiler/expand/read. -->\n\n\
         A description is one KDL 2 file with one or more `system` nodes, `kind` nodes and `import`s.\n\n\
         - A *property* is written `name=value` behind a node, or as a child `name value` within its braces: the same.\n\
         - A value that comes from elsewhere says so: `(secret)\"NAME\"`, `(url-of)\"redis\"`; as a child also `password secret=\"NAME\"`.\n\
         - A *list* is a child with any number of arguments, which may be repeated.\n\
         - `import \"file.kdl\"` or `import \"folder\"` brings the nodes of other files to where it stands: at the top or within a `system`.\n\
         - `environment \"prod\" { … }` lays what stands in it over the system. It addresses things by the same names; what it addresses must exist.\n  \
         `add { … }` brings in something new, `remove { service \"x\" }` takes something away; values and lists replace, `env` is merged by name.\n\n",
    );
    table(&mut out, overlay::table(), 2, "");
    out.push_str(
        "## Proofs\n\nWhat `proved-by` in a checklist may name:\n\n| proof | what it proves |\n|---|---|\n",
    );
    for proof in proof::ALL {
        let _ = writeln!(out, "| `{}` | {} |", proof.name, proof.about);
    }
    out
}

/// The page of all that may stand in a `kind`, and of the kinds that come with ondol.
pub fn kinds() -> String {
    let mut out = String::from(
        "# Kinds of services\n\n\
         <!-- Made by `cargo bless` from the tables that the decoder uses and from stdlib/. -->\n\n\
         A kind says what all services of its sort have in common. The built-in ones are files in `stdlib/`; a team's own are written alike, in a file or folder that the description imports, and can do all that a built-in one can: [a kind of your own](own-kinds.md) makes one step by step.\n\n\
         Texts of a kind may hold placeholders: `{setting}`, `{name}`, `{port}`, `{version}`, `{health}`, `{metrics}`, `{routed}` (a boolean, there when a route leads to the service and nothing else from outside), `{domain}`, `{timezone}`, `{system}`; in an exporter `{of}` and `{of.setting}` of the service that it observes. \
         A format may follow: `{memory:mb}` (Redis), `{x:MB}` (PostgreSQL), `{x:m}` (compose), `{x:MiB}` and `{x:bytes}` (a number alone); `{x:s}`, `{x:ms}`, `{x:prometheus}` of durations; `{x:yes/no}` of booleans; `{x:ratio}`, `{x:number}` of percentages. `{{` and `}}` are braces. \
         A group of arguments, a variable or a `url` whose placeholder has no value is left out; one with a setting that may be given several times is repeated. In PromQL `$self` stands for the labels of the service.\n\n",
    );
    let described = describe("kind", "a kind of service", |r| drop(kind::kind(r)));
    table(&mut out, &described, 2, "");
    out.push_str("## Built-in kinds\n\n");
    for embedded in stdlib::ALL {
        let kinds = crate::expand::kinds::Kinds::default();
        let Some(defined) = kinds.get(embedded.kind) else { continue };
        let kind = &defined.kind;
        let _ = writeln!(
            out,
            "### `{}`\n\n{}. [{}](../{})\n",
            embedded.kind, kind.about.en, embedded.file, embedded.file
        );
        if let (Some(image), Some(version)) = (&kind.image, &kind.version) {
            let _ = writeln!(out, "Image `{}`, version {} unless stated.\n", image.value, version.value);
        }
        if !kind.settings.is_empty() {
            out.push_str("| setting | type | default | what it does |\n|---|---|---|---|\n");
            for setting in &kind.settings {
                let default = match (&setting.default, setting.required) {
                    (Some(default), _) => format!("`{}`", default.value),
                    (None, true) => "required".into(),
                    (None, false) => String::new(),
                };
                let _ = writeln!(
                    out,
                    "| `{}` | {} | {default} | {} |",
                    setting.name.value,
                    setting.expected(),
                    setting.about.en
                );
            }
            out.push('\n');
        }
        let names = |title: &str, names: Vec<String>| {
            if names.is_empty() { String::new() } else { format!("{title}: {}.\n\n", names.join(", ")) }
        };
        out.push_str(&names(
            "Measures",
            kind.measures.iter().map(|m| format!("`{}`", m.name.value)).collect(),
        ));
        out.push_str(&names("Alerts", kind.alerts.iter().map(|a| format!("`{}`", a.name.value)).collect()));
        out.push_str(&names("Metrics", kind.metrics.iter().map(|m| format!("`{}`", m.name.value)).collect()));
    }
    out
}

fn table(out: &mut String, table: &Table, level: usize, path: &str) {
    let path = if path.is_empty() { table.name.to_owned() } else { format!("{path} / {}", table.name) };
    let _ = writeln!(
        out,
        "{} `{path}`\n\n{}{}.{}\n",
        "#".repeat(level.min(4)),
        table.about[..1].to_uppercase(),
        &table.about[1..],
        how_many(table)
    );
    if !table.asks.is_empty() {
        out.push_str(
            "| name | where | type | default | what it says | example |\n|---|---|---|---|---|---|\n",
        );
        for ask in &table.asks {
            row(out, ask);
        }
        out.push('\n');
    }
    for example in &table.examples {
        let _ = writeln!(out, "```kdl\n{example}\n```\n");
    }
    for block in &table.blocks {
        self::table(out, block, level + 1, &path);
    }
}

fn how_many(table: &Table) -> &'static str {
    match (table.keyed, table.many) {
        (true, _) => " Any number, each with a name of its own.",
        (false, true) => " Any number.",
        (false, false) => " At most one.",
    }
}

fn row(out: &mut String, ask: &Ask) {
    let place = match ask.place {
        Place::Argument => "argument",
        Place::Arguments => "arguments",
        Place::Property => "property",
        Place::List => "list",
        Place::Map => "block of names",
        Place::Raw => "block, passed on",
    };
    let default = match ask.default {
        Default::Required => "required".to_owned(),
        Default::Optional => String::new(),
        Default::Value(value) => format!("`{value}`"),
    };
    let cell = |text: &str| text.replace('|', "\\|");
    let shown = if ask.few { ask.examples.len() } else { 3 };
    let examples: Vec<String> =
        ask.examples.iter().take(shown).map(|example| format!("`{}`", cell(example))).collect();
    let _ = writeln!(
        out,
        "| `{}` | {place} | {} | {default} | {} | {} |",
        ask.name,
        ask.what,
        cell(ask.about),
        examples.join(if ask.few { " or " } else { " " })
    );
}
