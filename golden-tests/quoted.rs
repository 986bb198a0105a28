//! Files in which every hostile text stands, quoted as the emitters quote, for the real readers of each format.
//!
//! It refuses to say what a reader should find: that is `texts.json`, and `real/quoted.py` compares.

use std::{fs, io, path::Path};

use ondol::emit::{
    quote,
    yaml::{Map, Yaml, flow, seq},
};

/// Bytes of a token that nginx reads; of a command, cron.
const LONGEST_TOKEN: usize = 4000;
const LONGEST_COMMAND: usize = 900;
/// Of so many texts one is the description of a unit.
const DESCRIBED: usize = 20;

/// Writes the files into a folder.
pub fn write(folder: &Path, texts: &[String]) -> io::Result<()> {
    let put = |name: &str, contents: String| fs::write(folder.join(name), contents);
    put("texts.json", serde_json::to_string(texts)?)?;
    put("values.yaml", values(texts))?;
    put("compose.yaml", compose(texts))?;
    put(".env", numbered(texts, |number, text| format!("V{number}={}\n", quote::dotenv(text))).collect())?;
    put("rules.yml", rules(texts))?;
    put("rules_test.yml", rule_tests(texts))?;
    put("nginx.conf", nginx(texts))?;
    put("cron", cron(texts))?;
    put("page.html", page(texts))?;
    put("words.service", words(texts))?;
    for (number, text) in texts.iter().enumerate().step_by(DESCRIBED).filter(|(_, text)| is_text(text)) {
        put(&format!("text-{number}.service"), described(text))?;
    }
    Ok(())
}

fn numbered<'a, T>(
    texts: &'a [String],
    make: impl Fn(usize, &'a str) -> T + 'a,
) -> impl Iterator<Item = T> + 'a {
    texts.iter().enumerate().map(move |(number, text)| make(number, text))
}

/// Each text as a value, as a key, in lists of both styles, and as a comment.
fn values(texts: &[String]) -> String {
    let all = texts.iter().fold(Map::new(), |map, text| {
        map.comment(text.as_str()).set(text.clone(), seq([flow([text.as_str()]), text.as_str().into()]))
    });
    Yaml::from(all).document(&texts.concat())
}

/// Each text as a literal, as the value of a variable, and as its default.
fn compose(texts: &[String]) -> String {
    let environment = texts.iter().enumerate().fold(Map::new(), |map, (number, text)| {
        let one_line = !text.contains(|c: char| c.is_control()) && !text.is_empty();
        let default = quote::compose_default(text).filter(|_| one_line);
        map.set(format!("L{number}"), quote::compose(text))
            .set(format!("V{number}"), format!("${{V{number}}}"))
            .maybe(format!("D{number}"), default.map(|default| format!("${{UNSET{number}:-{default}}}")))
    });
    let service = Map::new().set("image", "none").set("environment", environment);
    Yaml::from(Map::new().set("services", Map::new().set("all", service))).document("")
}

/// Each text as a string in an expression, where it becomes a label, and in an annotation, with an action behind it.
fn rules(texts: &[String]) -> String {
    let rules = numbered(texts, |number, text| {
        let annotation = format!("{}{{{{ $value }}}}", quote::go_template(text));
        Map::new()
            .set("alert", format!("A{number}"))
            .set("expr", format!("label_join(vector(1), \"text\", {}, \"a\", \"b\")", quote::promql(text)))
            .set("annotations", Map::new().set("text", annotation))
    });
    let group = Map::new().set("name", "all").set("rules", seq(rules));
    Yaml::from(Map::new().set("groups", seq([group]))).document("")
}

fn rule_tests(texts: &[String]) -> String {
    let tests = numbered(texts, |number, text| {
        // An empty label is none.
        let label = Some(text).filter(|text| !text.is_empty());
        let expected = Map::new()
            .set("exp_labels", Map::new().maybe("text", label))
            .set("exp_annotations", Map::new().set("text", format!("{text}1")));
        Map::new()
            .set("eval_time", "1m")
            .set("alertname", format!("A{number}"))
            .set("exp_alerts", seq([expected]))
    });
    let test = Map::new().set("interval", "1m").set("alert_rule_test", seq(tests));
    Yaml::from(Map::new().set("rule_files", seq(["rules.yml"])).set("tests", seq([test]))).document("")
}

/// Each text that nginx can hold as an answer, at the address of its number.
fn nginx(texts: &[String]) -> String {
    let locations: String = numbered(texts, |number, text| {
        let token = quote::nginx(text).filter(|token| token.len() < LONGEST_TOKEN)?;
        Some(format!("location = /{number} {{ return 200 {token}; }}\n"))
    })
    .flatten()
    .collect();
    format!(
        "events {{}}\nhttp {{\naccess_log off;\nserver {{\nlisten 127.0.0.1:8080;\nkeepalive_requests 100000;\n{locations}}}\n}}\n"
    )
}

/// Every tenth text as an argument that a job writes to the file of its number.
fn cron(texts: &[String]) -> String {
    let jobs = numbered(texts, |number, text| {
        let command = format!("printf '%s' {} >/run/quoted/{number}", quote::cron_word(text));
        (number % 10 == 0 && command.len() < LONGEST_COMMAND)
            .then(|| format!("* * * * * root {}\n", quote::cron(&command)))
    });
    format!("SHELL=/bin/bash\n{}", jobs.flatten().collect::<String>())
}

/// Each text in an element, and in an attribute of it.
fn page(texts: &[String]) -> String {
    let all: String =
        numbered(texts, |_, text| format!("<i title=\"{0}\">{0}</i>", quote::html(text))).collect();
    format!("<!doctype html><meta charset=utf-8><title>all</title><body>{all}</body>\n")
}

/// Whether systemd takes the text for one: it passes over lines with what is no character, which no description holds.
fn is_text(text: &str) -> bool {
    !text.chars().any(|c| u32::from(c) & 0xfffe == 0xfffe)
}

/// Each text as an argument, behind its number.
fn words(texts: &[String]) -> String {
    let commands = numbered(texts, |number, text| {
        is_text(text).then(|| format!("ExecStart=/bin/echo {number} {}\n", quote::systemd(text)))
    });
    format!("[Service]\nType=oneshot\n{}", commands.flatten().collect::<String>())
}

fn described(text: &str) -> String {
    format!("[Unit]\nDescription={}\n[Service]\nExecStart=/bin/true\n", quote::systemd_text(text))
}
