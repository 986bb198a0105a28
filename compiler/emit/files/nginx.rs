//! Directives of nginx, which are to KDL what they are to nginx: a name, parameters, perhaps a block.
//!
//! Every text arrives as the parameter that it is, whatever is in it; a `$` begins a variable of nginx, as intended.

use crate::{
    emit::quote::nginx_with_variables,
    syntax::{Apart, Node},
};

/// A whole file.
pub fn document(header: &str, nodes: &[Node]) -> String {
    let mut out = String::new();
    for line in header.lines() {
        out.push_str("# ");
        out.push_str(line);
        out.push('\n');
    }
    out.push('\n');
    block(&mut out, nodes, 0);
    out
}

fn block(out: &mut String, nodes: &[Node], depth: usize) {
    for node in nodes {
        out.push_str(&"    ".repeat(depth));
        out.push_str(&directive(node));
        if node.has_block {
            out.push_str(" {\n");
            block(out, &node.children, depth + 1);
            out.push_str(&"    ".repeat(depth));
            out.push_str("}\n");
        } else {
            out.push_str(";\n");
        }
    }
}

/// The name and the parameters. A property is a parameter of the form `levels=1:2`, unless blanks say that it is several;
/// the condition of an `if` stands in parentheses.
fn directive(node: &Node) -> String {
    let is_if = node.name.value == "if";
    let mut parameters: Vec<String> = node
        .entries
        .iter()
        .flat_map(|entry| match &entry.name {
            Some(name) => property(&name.value, entry.apart, &entry.scalar.text(), is_if),
            None => vec![entry.scalar.text().into_owned()],
        })
        .collect();
    if is_if {
        if let [condition] = parameters.as_slice() {
            parameters = operands(condition);
        }
        if let Some(first) = parameters.first_mut() {
            first.insert(0, '(');
        }
        if let Some(last) = parameters.last_mut() {
            last.push(')');
        }
    }
    let words = std::iter::once(&node.name.value).chain(&parameters);
    words.map(|word| nginx_with_variables(word)).collect::<Vec<_>>().join(" ")
}

/// The parameters that KDL reads as a property: `try_files $uri =404` has two, and the comparison of an `if` three.
fn property(name: &str, apart: Apart, value: &str, is_if: bool) -> Vec<String> {
    let (before, behind) = match (is_if, name) {
        // The sign is `!=`.
        (true, "!") => (false, true),
        (true, _) => (true, true),
        _ => (apart.before, apart.behind),
    };
    match (before, behind) {
        (false, false) => vec![format!("{name}={value}")],
        (true, false) => vec![name.to_owned(), format!("={value}")],
        (false, true) => vec![format!("{name}="), value.to_owned()],
        (true, true) => vec![name.to_owned(), "=".to_owned(), value.to_owned()],
    }
}

/// The parts of a condition that is said as one text: a variable, how it is compared, and with what. Or a test of a file
/// and its path.
fn operands(condition: &str) -> Vec<String> {
    let inside = condition.trim();
    let inside = inside.strip_prefix('(').and_then(|text| text.strip_suffix(')')).unwrap_or(inside).trim();
    let most = if inside.starts_with('$') { 3 } else { 2 };
    let mut rest = inside;
    let mut parts = Vec::new();
    while let Some((part, behind)) = rest.split_once(char::is_whitespace).filter(|_| parts.len() + 1 < most) {
        parts.push(part.to_owned());
        rest = behind.trim_start();
    }
    let quoted = |quote: char| rest.strip_prefix(quote).and_then(|text| text.strip_suffix(quote));
    parts.push(quoted('"').or_else(|| quoted('\'')).unwrap_or(rest).to_owned());
    parts
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::{diagnostic::Diagnostics, source::Sources, syntax::parse};

    #[test]
    fn a_condition_in_one_text() {
        for (condition, parts) in [
            ("$request_method = POST", vec!["$request_method", "=", "POST"]),
            ("($http_cookie  ~* \"a b\")", vec!["$http_cookie", "~*", "a b"]),
            ("!-f $request_filename", vec!["!-f", "$request_filename"]),
            ("$slow", vec!["$slow"]),
        ] {
            assert_eq!(operands(condition), parts);
        }
    }

    #[test]
    fn blanks_part_what_kdl_takes_for_one() {
        let kdl = "try_files $uri =404\nerror_page \"404\" = \"/x\"\nif $a = \"POST\" { return 405; }\nif $scheme != https { return 301 x; }\nif $a=b { return 1; }\nif $b !=c { return 1; }\nlisten 80 backlog=10\nlocation \"=\" \"/x\" {}\n";
        let (mut sources, mut diagnostics) = (Sources::default(), Diagnostics::default());
        let nodes = parse(sources.add("test.kdl", kdl), kdl, &mut diagnostics);
        assert!(!diagnostics.has_errors());
        let lines: Vec<String> = nodes.iter().map(directive).collect();
        assert_eq!(
            lines,
            [
                "try_files $uri =404",
                "error_page 404 = /x",
                "if ($a = POST)",
                "if ($scheme != https)",
                "if ($a = b)",
                "if ($b != c)",
                "listen 80 backlog=10",
                "location = /x"
            ]
        );
    }

    #[test]
    fn kdl_becomes_directives() {
        let kdl = r##"
            proxy_cache_path "/var/cache/nginx" levels="1:2" keys_zone="app:10m"
            map $http_upgrade $connection_upgrade { default upgrade; "" close; }
            server {
                listen 80 default_server
                location "~*" #"\.(?:css|js)$"# { expires "1d" }
                if $request_method "=" "OPTIONS" { return 204 }
                if "$request_method = POST" { return 405 }
                location "/" {}
            }
        "##;
        let (mut sources, mut diagnostics) = (Sources::default(), Diagnostics::default());
        let nodes = parse(sources.add("test.kdl", kdl), kdl, &mut diagnostics);
        assert!(!diagnostics.has_errors());
        assert_eq!(
            document("made", &nodes),
            "# made\n\nproxy_cache_path /var/cache/nginx levels=1:2 keys_zone=app:10m;\nmap $http_upgrade $connection_upgrade {\n    default upgrade;\n    \"\" close;\n}\nserver {\n    listen 80 default_server;\n    location ~* \\.(?:css|js)$ {\n        expires 1d;\n    }\n    if ($request_method = OPTIONS) {\n        return 204;\n    }\n    if ($request_method = POST) {\n        return 405;\n    }\n    location / {\n    }\n}\n"
        );
    }
}
