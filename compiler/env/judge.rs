//! What is wrong with an environment file for a system, all at once. `scripts/check-env.sh` says the same on a host.

use std::{
    collections::{BTreeMap, BTreeSet},
    ops::Range,
};

use super::file::{Assignment, File, What};
use crate::{
    diagnostic::{Severity, nearest},
    model::{Model, Variable},
    source::Span,
    values::{Form, Language},
};

/// What nobody has filled in, in lower case: an expression that shells read, too.
pub const PLACEHOLDER: &str = r"change.?me|changeit|placeholder|todo|x{3,}|.*\.{3}|your[-_ ].*|<.*>";
/// The same of a secret, which these words would not keep.
pub const PLACEHOLDER_OF_SECRET: &str = "example|password|secret|default";

/// Names that Docker Compose itself reads.
const OF_COMPOSE: [&str; 3] = ["COMPOSE_", "DOCKER_", "BUILDKIT_"];
/// Names that the scripts of a tree with images of its own read.
const OF_DEPLOYMENT: [&str; 2] = ["RELEASE", "SOURCE_DIR"];

/// One thing that is wrong.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Finding {
    /// Whether the file cannot be used.
    pub severity: Severity,
    /// Its code, for `ondol explain`.
    pub code: &'static str,
    /// The variable, where it can be named.
    pub variable: Option<String>,
    /// What is wrong with it.
    pub message: String,
    /// What to do about it.
    pub help: Option<String>,
    /// Where in the file.
    pub place: Option<Range<usize>>,
    /// Where the description declares the variable.
    pub declared: Option<Span>,
}

/// Judges a file.
pub fn judge(model: &Model, file: &File) -> Vec<Finding> {
    let mut findings: Vec<Finding> = file.unreadable.iter().map(unreadable).collect();
    let mut last: BTreeMap<&str, &Assignment> = BTreeMap::new();
    let mut told = BTreeSet::new();
    for one in &file.assignments {
        let again = last.insert(&one.name, one).is_some();
        if again && told.insert(&one.name) {
            let help = "keep one line: the last one would hold";
            findings.push(report("env-syntax", one, "set twice").help(help));
        }
        if one.expands {
            let help = "put the value in single quotes";
            findings.push(report("env-syntax", one, "compose would expand the $ in it").help(help));
        }
        if !one.quoted && one.value.starts_with('#') {
            let help = "put the comment on a line of its own";
            findings.push(report("env-syntax", one, "compose takes this comment for its value").help(help));
        }
    }
    let in_urls = model.in_urls();
    for variable in &model.variables {
        let found = last.get(variable.name.as_str()).copied();
        let wrong = wrong(variable, found.map_or("", |one| &one.value), in_urls.contains(&variable.name));
        findings.extend(wrong.into_iter().map(|Wrong { code, message, help }| Finding {
            severity: Severity::Error,
            code,
            variable: Some(variable.name.to_string()),
            message,
            help,
            place: found.map(|one| one.place.clone()),
            declared: Some(variable.origin.span()),
        }));
    }
    for one in last.values() {
        findings.extend(unknown(model, one, &last));
    }
    findings.sort_by_key(|finding| finding.place.as_ref().map_or(usize::MAX, |place| place.start));
    findings
}

/// What is wrong with a value.
struct Wrong {
    code: &'static str,
    message: String,
    help: Option<String>,
}

impl Wrong {
    fn value(message: impl Into<String>, help: Option<String>) -> Wrong {
        Wrong { code: "env-value", message: message.into(), help }
    }
}

/// What is wrong with the value of a variable, empty when it is not set.
fn wrong(variable: &Variable, value: &str, in_url: bool) -> Vec<Wrong> {
    if value.is_empty() {
        let help = variable.about.as_ref().map(|about| format!("it is for: {about}"));
        let missing = Wrong { code: "env-missing", message: "not set".to_owned(), help };
        return if variable.default.is_none() { vec![missing] } else { Vec::new() };
    }
    let mut found: Vec<Wrong> = Vec::new();
    let least = variable.min_length.max(1);
    if value.chars().count() < least as usize {
        let help =
            variable.secret.then(|| format!("make one: openssl rand -hex {}", least.div_ceil(2).max(24)));
        found.push(Wrong::value(format!("shorter than {least} characters"), help));
    }
    if is_placeholder(variable, value) {
        found.push(Wrong::value("still a placeholder", None));
        return found;
    }
    let words = variable.constraint.words(Language::English).join(", ");
    let help = (!words.is_empty()).then(|| format!("its value is {words}"));
    let constraint = variable.constraint.wrong(value);
    found.extend(constraint.into_iter().map(|wrong| Wrong::value(wrong, help.clone())));
    let plain = |c: char| c.is_ascii_alphanumeric() || "._~-".contains(c);
    if in_url && !value.chars().all(plain) {
        found.push(Wrong::value("it stands in a URL: only letters, digits and - . _ ~", None));
    }
    found
}

fn is_placeholder(variable: &Variable, value: &str) -> bool {
    let lower = value.to_lowercase();
    let is = |expression| Form::whole(expression, &lower);
    if variable.secret {
        let name = variable.name.as_str().to_ascii_lowercase();
        return is(PLACEHOLDER) || is(PLACEHOLDER_OF_SECRET) || lower == name;
    }
    !takes_placeholders(variable) && is(PLACEHOLDER)
}

/// Whether the description itself gives the variable a value that looks like a placeholder.
pub fn takes_placeholders(variable: &Variable) -> bool {
    let stated = variable.default.iter().chain(&variable.constraint.choices);
    stated.into_iter().any(|text| Form::whole(PLACEHOLDER, &text.as_str().to_lowercase()))
}

fn report(code: &'static str, one: &Assignment, message: &str) -> Finding {
    Finding {
        severity: Severity::Error,
        code,
        variable: shown(&one.name),
        message: message.to_owned(),
        help: None,
        place: Some(one.place.clone()),
        declared: None,
    }
}

impl Finding {
    fn help(mut self, text: impl Into<String>) -> Finding {
        self.help = Some(text.into());
        self
    }
}

/// A name, when it looks like one: a line of a key that was pasted without quotes looks like a name as well, and must
/// not be shown.
fn shown(name: &str) -> Option<String> {
    is_conventional(name).then(|| name.to_owned())
}

/// Whether it is a name as variables have them.
pub fn is_conventional(name: &str) -> bool {
    name.chars().all(|c| c.is_ascii_uppercase() || c.is_ascii_digit() || c == '_')
        && (name.contains('_') || name.len() <= 12)
}

fn unreadable(one: &super::file::Unreadable) -> Finding {
    let (variable, message, help) = match &one.what {
        What::NoAssignment => {
            (None, "not NAME=value", "a value of several lines stands in quotes, and a comment begins with #")
        }
        What::NeverClosed(name) => (
            shown(name),
            "its quote is never closed",
            "close it, or put the value in the other sort of quotes",
        ),
    };
    Finding {
        severity: Severity::Error,
        code: "env-syntax",
        variable,
        message: message.to_owned(),
        help: Some(help.to_owned()),
        place: Some(one.place.clone()),
        declared: None,
    }
}

/// A name that nothing reads. One that is nearly the name of a variable which is not set is meant to be that.
fn unknown(model: &Model, one: &Assignment, set: &BTreeMap<&str, &Assignment>) -> Option<Finding> {
    let name = one.name.as_str();
    let known = model.variables.iter().any(|variable| variable.name.as_str() == name)
        || OF_DEPLOYMENT.contains(&name)
        || OF_COMPOSE.iter().any(|prefix| name.starts_with(prefix))
        || model.services.iter().flat_map(|service| service.variables()).any(|known| known.as_str() == name)
        || model.mentions(name);
    if known {
        return None;
    }
    let unset =
        model.variables.iter().map(|variable| variable.name.as_str()).filter(|name| !set.contains_key(name));
    let near = nearest(name, unset);
    let mut finding = report("env-unknown", one, "nothing of this system reads it");
    finding.severity = if near.is_some() { Severity::Error } else { Severity::Warning };
    if near.is_some() {
        finding.variable = Some(name.to_owned());
    }
    Some(finding.help(match near {
        Some(near) => format!("did you mean `{near}`?"),
        None => "remove it, or declare it in the system: `variable \"NAME\"`".to_owned(),
    }))
}

#[cfg(test)]
mod tests {
    use super::judge;
    use crate::{check::testing::model, env::read};

    const SYSTEM: &str = "secret \"JWT_SECRET\" min-length=32\nsecret \"API_KEY\" form=\"sk-[a-z0-9]+\"\nvariable \"STAGE\" default=\"dev\" { one-of \"dev\" \"prod\"; }\nvariable \"LIFE\" type=\"integer\" default=3600 min=60\nvariable \"ORIGINS\" type=\"url\" separator=\",\" default=\"\"\nservice \"app\" kind=\"worker\" { build \".\"; env { JWT_SECRET secret=\"JWT_SECRET\"; API_KEY secret=\"API_KEY\"; STAGE variable=\"STAGE\"; LIFE variable=\"LIFE\"; ORIGINS variable=\"ORIGINS\" }; }";

    fn found(text: &str) -> Vec<String> {
        let model = model(SYSTEM);
        let findings = judge(&model, &read(text));
        findings
            .into_iter()
            .map(|one| format!("{}: {}", one.variable.unwrap_or_else(|| "?".into()), one.message))
            .collect()
    }

    const GOOD: &str = "JWT_SECRET=0123456789012345678901234567890123456789\nAPI_KEY=sk-abc1\n";

    #[test]
    fn a_file_that_is_filled_in_is_right() {
        assert!(found(GOOD).is_empty());
        assert!(
            found(&format!(
                "{GOOD}STAGE=prod\nLIFE=60\nORIGINS=http://a,http://b\nRELEASE=v1\nCOMPOSE_PROJECT_NAME=x\n"
            ))
            .is_empty()
        );
    }

    #[test]
    fn everything_is_told_at_once() {
        assert_eq!(
            found("JWT_SECRET=short\nSTAGE=test\nLIFE=59\nORIGINS=http://a,b\nSTAGE=test\nOTHER_THING=1\n"),
            [
                "JWT_SECRET: shorter than 32 characters",
                "LIFE: below 60",
                "ORIGINS: not a URL such as https://example.com/path",
                "STAGE: set twice",
                "STAGE: none of dev, prod",
                "OTHER_THING: nothing of this system reads it",
                "API_KEY: not set",
            ]
        );
    }

    #[test]
    fn a_placeholder_is_no_value() {
        for value in ["changeme", "<api-key>", "sk-...", "your-key-here", "API_KEY", "xxxx", "secret"] {
            let said = found(&format!("{GOOD}API_KEY={value}\n").replace("API_KEY=sk-abc1\n", ""));
            assert_eq!(said, ["API_KEY: still a placeholder"], "{value}");
        }
    }

    #[test]
    fn a_name_that_may_be_a_value_is_not_shown() {
        assert_eq!(
            found(&format!("{GOOD}MIIEvQIBADANBgkqhkiG9w0BAQEFAASC==\n")),
            ["?: nothing of this system reads it"]
        );
        assert_eq!(found(&format!("{GOOD}STAG=prod\n")), ["STAG: nothing of this system reads it"]);
    }
}
