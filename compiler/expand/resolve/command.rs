//! The command of a service: its kind's, perhaps with words behind it, or another in its place.

use super::{container, context::Context};
use crate::{
    diagnostic::Diagnostic,
    expand::{
        kind::Kind,
        placeholder::{self, Scope},
        read::service::ServiceSpec,
        setting::Typed,
    },
    model::Text,
    source::Span,
    values::EnvName,
};

/// The words of it; none for the image's own.
pub fn command(context: &Context, spec: &ServiceSpec, kind: &Kind, scope: &Scope) -> Vec<Text> {
    let arguments = container::texts(context, &spec.arguments);
    if let Some(first) = spec.command.first() {
        if let Some(argument) = spec.arguments.first() {
            context.sink.report(
                Diagnostic::error(
                    "command-contradiction",
                    format!(
                        "`{}` replaces the command of its kind, and has words to follow it",
                        spec.name.value
                    ),
                )
                .at(first.span, "in place of the kind's")
                .at(argument.span, "behind the kind's")
                .help(
                    "keep one of them: all words in `command`, or only those that are added in `arguments`",
                ),
            );
        }
        nothing_lost(context, spec, kind, first.span);
        return container::texts(context, &spec.command);
    }
    let mut command = Vec::new();
    for group in &kind.command {
        let times = group.iter().map(|word| scope.repeats(word.value.as_str())).max().unwrap_or(1);
        for nth in 0..times {
            let words: Option<Vec<Text>> = group.iter().map(|word| context.fill(scope, word, nth)).collect();
            command.extend(words.unwrap_or_default());
        }
    }
    if let Some(argument) = spec.arguments.first().filter(|_| kind.command.is_empty()) {
        context.sink.report(
            Diagnostic::error(
                "command-contradiction",
                format!("the kind `{}` has no command that words could follow", spec.kind.value),
            )
            .at(argument.span, "behind what is not there")
            .help("write the whole command: `command`, and the words that the image would be started with before these"),
        );
    }
    command.extend(arguments);
    command
}

/// Reports settings that the kind hands over by its command, where another stands in its place: they would be told to
/// people, and to nobody else.
fn nothing_lost(context: &Context, spec: &ServiceSpec, kind: &Kind, stated: Span) {
    let words = kind.command.iter().flatten().map(|word| word.value.as_str());
    let by_command: Vec<&str> = words.flat_map(placeholder::names).collect();
    let is_lost = |name: &str, values: &[Typed]| by_command.contains(&name) && !is_given(spec, values);
    for (name, values, said, span) in &spec.settings {
        if !*said || !is_lost(name.as_str(), values) {
            continue;
        }
        let secret = values.iter().find_map(|value| match value {
            Typed::Secret(secret) => Some(secret),
            _ => None,
        });
        context.sink.report(
            Diagnostic::error(
                "command-contradiction",
                format!("`{name}` of `{}` has no effect beside a command of its own", spec.name.value),
            )
            .at(stated, format!("in place of the kind's command, which hands `{name}` over"))
            .at(*span, "stated here")
            .help(match secret {
                Some(secret) => format!("keep the kind's command and add words to it by `arguments`; or hand it over: `(secret)\"{secret}\"` among the words, or in `env`"),
                None => "keep the kind's command and add words to it by `arguments`; or state it in the command alone".to_owned(),
            }),
        );
    }
    for (name, _) in spec.derived.settings.iter().filter(|(name, values)| is_lost(name, values)) {
        context.sink.report(
            Diagnostic::error(
                "command-contradiction",
                format!(
                    "`{}` must be started with `{name}`, which follows from the description",
                    spec.name.value
                ),
            )
            .at(stated, format!("in place of the kind's command, which hands `{name}` over"))
            .help("keep the kind's command and add words to it by `arguments`"),
        );
    }
}

/// Whether the service hands these values over itself: secrets in its command, entrypoint or environment.
fn is_given(spec: &ServiceSpec, values: &[Typed]) -> bool {
    let words = spec.command.iter().chain(&spec.container.entrypoint);
    let own = words.chain(spec.env.iter().map(|(_, value)| value));
    let given: Vec<&EnvName> = own.flat_map(|source| source.value.variables()).collect();
    values.iter().all(|value| matches!(value, Typed::Secret(name) if given.contains(&name)))
}
