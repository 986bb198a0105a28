//! `secret` and `variable`: what the environment file supplies.

use super::allow::allows;
use crate::{
    diagnostic::Diagnostic,
    model::{Allow, Constraint},
    source::{Located, Span},
    syntax::Reader,
    values::{Count, Duration, EnvName, Form, Line, VariableType, choice},
};

/// A stated `secret` or `variable`.
#[derive(Clone, Debug)]
pub struct VariableSpec {
    /// Its name.
    pub name: Located<EnvName>,
    /// Whether it is a secret.
    pub secret: bool,
    /// What it is for.
    pub about: Option<Line>,
    /// Least number of characters.
    pub min_length: Option<Located<Count>>,
    /// What its value must be beside that.
    pub constraint: Constraint,
    /// How often it should be replaced.
    pub rotate_every: Option<Duration>,
    /// The value when none is given.
    pub default: Option<Line>,
    /// Warnings that are accepted for it.
    pub allows: Vec<Allow>,
    /// Where it is stated.
    pub span: Span,
}

/// Signs between the values of a list.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Separator {
    Comma,
    Semicolon,
    Colon,
    Bar,
    Blank,
}

choice! { Separator, "a sign between values", {
    "," => Comma, ";" => Semicolon, ":" => Colon, "|" => Bar, " " => Blank,
} }

impl Separator {
    const fn sign(self) -> char {
        match self {
            Separator::Comma => ',',
            Separator::Semicolon => ';',
            Separator::Colon => ':',
            Separator::Bar => '|',
            Separator::Blank => ' ',
        }
    }
}

/// Reads a `secret`.
pub(super) fn secret(r: &mut Reader) -> Option<VariableSpec> {
    r.example("secret \"JWT_SECRET\" min-length=32 rotate-every=\"90d\"");
    read(r, true)
}

/// Reads a `variable`.
pub(super) fn variable(r: &mut Reader) -> Option<VariableSpec> {
    r.example("variable \"GOOGLE_CLIENT_ID\" about=\"OAuth client of Google\"");
    r.example("variable \"LOG_LEVEL\" default=\"info\" { one-of \"debug\" \"info\" \"error\"; }");
    r.example("variable \"TOKEN_LIFE\" type=\"duration\" default=\"1h\" min=\"5m\" max=\"24h\"");
    r.example("variable \"CORS_ORIGINS\" type=\"url\" separator=\",\" default=\"http://localhost:3000\"");
    read(r, false)
}

fn read(r: &mut Reader, secret: bool) -> Option<VariableSpec> {
    let name = r.arg::<EnvName>("name", "its name in the environment").required();
    let about = r.prop::<Line>("about", "what it is for").optional();
    let min_length = r.prop::<Count>("min-length", "least number of characters that is accepted").optional();
    let constraint = constraint(r);
    let rotate_every =
        r.prop::<Duration>("rotate-every", "how often it should be replaced").above_zero().optional();
    let default = match secret {
        true => None,
        false => r
            .prop::<Line>("default", "the value when none is given; empty for one that may be left out")
            .optional(),
    };
    if let Some(default) = &default {
        fits(r, default, &constraint);
    }
    let allows = allows(r);
    Some(VariableSpec {
        name: name?,
        secret,
        about: about.map(|v| v.value),
        min_length,
        constraint,
        rotate_every: rotate_every.map(|v| v.value),
        default: default.map(|v| v.value),
        allows,
        span: r.span()?,
    })
}

fn constraint(r: &mut Reader) -> Constraint {
    let kind = r
        .prop::<VariableType>(
            "type",
            "what its value is, `text` when absent; `scripts/check-env.sh` and `ondol env check` see to it",
        )
        .optional();
    let choices = r.list::<Line>("one-of", "the only values that are accepted");
    let min =
        r.prop::<Line>("min", "the least value, of an integer, a number, a port or a duration").optional();
    let max = r.prop::<Line>("max", "the greatest value").optional();
    let form =
        r.prop::<Form>("form", "what the whole value matches: an extended expression of POSIX").optional();
    let separator = r
        .prop::<Separator>(
            "separator",
            "the sign between values, where there can be several; each is of the type",
        )
        .optional();
    let kind = kind.map_or(VariableType::Text, |kind| kind.value);
    let bound = |bound: Option<Located<Line>>| {
        let bound = bound?;
        if kind.is_bound(bound.value.as_str()) {
            return Some(bound);
        }
        let reason = if kind.is_ordered() {
            format!("this is not {}", kind.what())
        } else {
            format!("of two values of type `{}`, none is less", kind.as_str())
        };
        r.sink().report(
            Diagnostic::error("invalid-value", "the bound has no meaning for the type")
                .at(bound.span, reason)
                .help("ordered are the types \"integer\", \"number\", \"port\" and \"duration\": `type=\"integer\" min=1`"),
        );
        None
    };
    let (min, max) = (bound(min), bound(max));
    if let (Some(min), Some(max)) = (&min, &max)
        && kind.magnitude(min.value.as_str()) > kind.magnitude(max.value.as_str())
    {
        r.sink().report(
            Diagnostic::error("invalid-value", "no value is as the bounds want it")
                .at(min.span, "the least value")
                .at(max.span, "the greatest value is less")
                .help("exchange them"),
        );
    }
    let typed = Constraint { kind, ..Constraint::ANYTHING };
    for choice in choices.iter().filter(|choice| !typed.wrong(choice.value.as_str()).is_empty()) {
        r.sink().report(
            Diagnostic::error("invalid-value", "a value of `one-of` is not of the type")
                .at(choice.span, format!("this is not {}", kind.what()))
                .help("leave out `type` where the values say it already"),
        );
    }
    Constraint {
        kind,
        choices: choices.into_iter().map(|choice| choice.value).collect(),
        min: min.map(|v| v.value),
        max: max.map(|v| v.value),
        form: form.map(|v| v.value),
        separator: separator.map(|v| v.value.sign()),
    }
}

/// Reports a default that would not be accepted from a person. An empty one says that there need be no value.
fn fits(r: &Reader, default: &Located<Line>, constraint: &Constraint) {
    if default.value.is_empty() {
        return;
    }
    let wrong = constraint.wrong(default.value.as_str());
    if !wrong.is_empty() {
        r.sink().report(
            Diagnostic::error("invalid-value", "the default is not accepted as a value")
                .at(default.span, wrong.join("; "))
                .help("change the default, or what the variable accepts"),
        );
    }
}
