//! What the compiler writes gives way to what the description states itself.
//!
//! nginx refuses a directive that stands twice at one level, and sends a header twice. So of directives of one sort at
//! one level those of the highest rank stay: what a route, a site or the description as a whole says goes before what
//! the compiler would say. It refuses to touch blocks, and directives that add up.

use std::ops::Range;

use crate::values::{Directive, read_directives};

/// Who states directives; later ones go before earlier ones, and all before the compiler.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum By {
    /// The ingress as a whole.
    Ingress,
    /// A site, or the ingress for its own site.
    Site,
    /// A route.
    Route,
}

/// No text of a description has these.
const MARKS: [char; 3] = ['\u{1}', '\u{2}', '\u{3}'];
const END: char = '\u{4}';

/// A text that is stated, so that [`settled`] knows it.
pub fn stated(by: By, text: &str) -> String {
    format!("{}{text}{END}", MARKS[by as usize])
}

/// A configuration without the directives that give way, and without marks.
pub fn settled(text: String) -> String {
    if !text.contains(MARKS) {
        return text;
    }
    // The marks are no blanks of nginx.
    let unmarked: String = text.chars().map(|c| if c <= END && c != '\0' { ' ' } else { c }).collect();
    let gone = read_directives(&unmarked).map(|found| losers(&text, &found)).unwrap_or_default();
    without(&text, gone)
}

/// The places of what gives way, in their order.
fn losers(text: &str, level: &[Directive]) -> Vec<Range<usize>> {
    let ranked: Vec<_> = level.iter().map(|one| (one, sort(one), rank(text, one.place.start))).collect();
    let mut gone = Vec::new();
    for (one, its, own) in &ranked {
        match &one.block {
            Some(block) => gone.extend(losers(text, block)),
            None => {
                if its.is_some() && ranked.iter().any(|(_, other, rank)| other == its && rank > own) {
                    gone.push(one.place.clone());
                }
            }
        }
    }
    gone
}

/// The rank of what stands at an offset: none for the compiler.
fn rank(text: &str, at: usize) -> Option<usize> {
    let open = text[..at].rfind(|c: char| MARKS.contains(&c) || c == END)?;
    MARKS.iter().position(|mark| text[open..].starts_with(*mark))
}

/// What a directive settles, so that another one that settles the same cannot stand beside it; none for what adds up.
fn sort(directive: &Directive) -> Option<Vec<String>> {
    let named = || directive.words.iter().take(2).map(|word| word.to_ascii_lowercase()).collect();
    let zone = |word: &&String| word.starts_with("zone=");
    match (directive.name(), &directive.block) {
        (_, Some(_)) => None,
        (
            "allow" | "auth_request_set" | "deny" | "env" | "include" | "load_module" | "proxy_cache_valid"
            | "return" | "rewrite" | "server" | "server_name" | "set" | "sub_filter",
            None,
        ) => None,
        (
            "add_header" | "add_trailer" | "listen" | "log_format" | "proxy_hide_header"
            | "proxy_pass_header",
            None,
        ) => Some(named()),
        ("proxy_cookie_flags" | "proxy_set_header" | "set_real_ip_from", None) => Some(named()),
        // For the same answers; what is shown for them comes last.
        ("error_page", None) => Some(directive.words.split_last()?.1.to_vec()),
        ("fastcgi_param" | "grpc_set_header" | "limit_conn" | "scgi_param" | "uwsgi_param", None) => {
            Some(named())
        }
        (name @ ("limit_req" | "limit_req_zone" | "limit_conn_zone" | "proxy_cache_path"), None) => {
            // `zone=name:10m` where it is made, `zone=name` where it is used.
            let zone = directive.words.iter().find(zone)?.split(':').next()?;
            Some(vec![name.to_owned(), zone.to_owned()])
        }
        // Whoever answers a location: nginx takes one.
        (
            "fastcgi_pass" | "grpc_pass" | "memcached_pass" | "proxy_pass" | "scgi_pass" | "uwsgi_pass",
            None,
        ) => Some(vec!["pass".to_owned()]),
        (name, None) => Some(vec![name.to_owned()]),
    }
}

/// The text without these places: with their lines, and with the comment above them when it tells of nothing else.
fn without(text: &str, gone: Vec<Range<usize>>) -> String {
    let mut kept = text.to_owned();
    for place in lines(text, gone).into_iter().rev() {
        kept.replace_range(place, "");
    }
    kept.retain(|c| !MARKS.contains(&c) && c != END);
    kept
}

/// Places that are all of their lines, as these lines; neighbours together, with the comment that tells of them only.
fn lines(text: &str, gone: Vec<Range<usize>>) -> Vec<Range<usize>> {
    let blank = |part: &str| part.chars().all(|c| c == ' ' || c == '\t' || c == END || MARKS.contains(&c));
    let mut whole: Vec<Range<usize>> = Vec::new();
    for place in gone {
        let start = text[..place.start].rfind('\n').map_or(0, |at| at + 1);
        let end = text[place.end..].find('\n').map_or(text.len(), |at| place.end + at + 1);
        let alone = blank(&text[start..place.start]) && blank(text[place.end..end].trim_end_matches('\n'));
        let place = if alone { start..end } else { place };
        match whole.last_mut() {
            Some(last) if alone && last.end == place.start => last.end = place.end,
            _ => whole.push(place),
        }
    }
    for place in &mut whole {
        let line_begins = place.start == 0 || text[..place.start].ends_with('\n');
        let next = text[place.end..].lines().next().unwrap_or_default().trim();
        let last_of_its = next.is_empty() || next.starts_with(['#', '}']);
        if line_begins && last_of_its {
            place.start = without_comment(text, place.start);
        }
        // One blank line is enough.
        let above = text[..place.start].trim_end_matches(' ');
        if line_begins && next.is_empty() && above.ends_with("\n\n") && text[place.end..].starts_with('\n') {
            place.end += 1;
        }
    }
    whole
}

/// Where the comment begins that stands directly above a line; the line itself, when there is none.
fn without_comment(text: &str, mut start: usize) -> usize {
    loop {
        let above = text[..start].trim_end_matches('\n').rfind('\n').map_or(0, |at| at + 1);
        if above == start || !text[above..start].trim_start().starts_with("# ") {
            return start;
        }
        start = above;
    }
}

#[cfg(test)]
mod tests {
    use super::{By, settled, stated};

    #[test]
    fn the_compiler_gives_way() {
        let own = stated(By::Ingress, "gzip off; keepalive_timeout\n 15s;\nadd_header  x-a 2;");
        assert_eq!(
            settled(format!(
                "# Told of gzip.\ngzip on;\n\nsend_timeout 1s;\n# Told of time.\nkeepalive_timeout 65s;\nadd_header X-A 1;\nadd_header X-B 1;\nserver {{\n    gzip on;\n}}\n{own}\n"
            )),
            "\nsend_timeout 1s;\n# Told of time.\nadd_header X-B 1;\nserver {\n    gzip on;\n}\ngzip off; keepalive_timeout\n 15s;\nadd_header  x-a 2;\n"
        );
    }

    #[test]
    fn the_nearer_one_goes_before() {
        let (ingress, site) = (stated(By::Ingress, "gzip on; expires 1d;"), stated(By::Site, "gzip off;"));
        assert_eq!(settled(format!("{ingress}\n{site}\n")), " expires 1d;\ngzip off;\n");
        assert_eq!(settled("gzip on;\n".into()), "gzip on;\n");
    }

    #[test]
    fn one_answers_a_location() {
        let own = stated(By::Route, "grpc_pass grpc://rpc;");
        assert_eq!(
            settled(format!("location / {{\n    proxy_pass http://rpc;\n    expires 1d;\n    {own}\n}}\n")),
            "location / {\n    expires 1d;\n    grpc_pass grpc://rpc;\n}\n"
        );
    }

    #[test]
    fn what_adds_up_stays() {
        let own = stated(By::Route, "limit_req zone=own burst=5; allow 10.0.0.0/8;");
        let text = "limit_req zone=per_client burst=5;\nallow 10.0.0.1;\n";
        assert_eq!(
            settled(format!("{text}{own}\n")),
            format!("{text}limit_req zone=own burst=5; allow 10.0.0.0/8;\n")
        );
        let zone = stated(By::Route, "limit_req_zone $host zone=a:1m rate=1r/s;");
        assert_eq!(
            settled(format!("limit_req_zone $uri zone=a:10m rate=1r/s;\n{zone}\n")),
            "limit_req_zone $host zone=a:1m rate=1r/s;\n"
        );
    }
}
