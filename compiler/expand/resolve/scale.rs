//! The plan by which a service grows: how far it is, and what it takes of others.

use super::context::Context;
use crate::{
    diagnostic::{Diagnostic, nearest},
    expand::{
        read::service::{ScaleSpec, ServiceSpec, TakesSpec},
        setting::Typed,
    },
    model::scale::{REPLICAS, Scale, Takes},
    source::Located,
    values::Name,
};

/// The plan of a service; none when nothing is said of it, or something wrong.
pub fn scale(context: &Context, spec: &ServiceSpec) -> Option<Scale> {
    let stated = spec.scale.as_ref()?;
    let now = if stated.what.value.as_str() == REPLICAS {
        spec.replicas.value.get()
    } else {
        u32::try_from(number(context, spec, &stated.what)?).ok()?
    };
    ascending(context, stated).then_some(())?;
    Some(Scale {
        what: stated.what.value.clone(),
        now,
        steps: stated.steps.clone(),
        when: stated.when.as_ref().map(|when| (when.measure.clone(), when.bound, when.hold.value)),
        memory: stated.memory,
        takes: stated.takes.iter().filter_map(|one| takes(context, one)).collect(),
        span: stated.span,
    })
}

/// Whether there are steps, each larger than the one before it.
fn ascending(context: &Context, stated: &ScaleSpec) -> bool {
    let wrong = stated.steps.windows(2).find(|pair| pair[0].value >= pair[1].value);
    let span = match (wrong, stated.steps.first()) {
        (Some(pair), _) => pair[1].span,
        (None, Some(first)) if stated.steps.len() < 2 || first.value.is_zero() => first.span,
        (None, Some(_)) => return true,
        (None, None) => stated.span,
    };
    context.sink.report(
        Diagnostic::error("scale-steps", "a service grows in at least two steps from 1, in their order")
            .at(span, "not a step beyond the one before")
            .help("write for example `steps 4 8 16`: the usual number first"),
    );
    false
}

/// What each takes of another service.
fn takes(context: &Context, stated: &TakesSpec) -> Option<Takes> {
    let other = context.reference(&stated.of.value, stated.of.span)?;
    Some(Takes {
        each: stated.count.value.get(),
        of: stated.of.value.clone(),
        setting: stated.setting.value.clone(),
        most: number(context, other, &stated.setting)?,
        span: stated.span,
    })
}

/// The number that a setting of a service has; one that has none is reported.
fn number(context: &Context, spec: &ServiceSpec, name: &Located<Name>) -> Option<u64> {
    let value = |values: &[Typed]| match values {
        [Typed::Text(text)] => text.parse::<u64>().ok(),
        _ => None,
    };
    let numbers: Vec<(&str, u64)> =
        spec.settings.iter().filter_map(|(name, values, ..)| Some((name.as_str(), value(values)?))).collect();
    if let Some((_, number)) = numbers.iter().find(|(known, _)| *known == name.value.as_str()) {
        return Some(*number);
    }
    let known = numbers.iter().map(|(name, _)| *name).chain([REPLICAS]);
    let help = match nearest(name.value.as_str(), known) {
        Some(near) => format!("did you mean `{near}`?"),
        None if numbers.is_empty() => "its kind has no setting that is a number".to_owned(),
        None => {
            let all: Vec<&str> = numbers.iter().map(|(name, _)| *name).collect();
            format!("settings of it that are numbers: {}", all.join(", "))
        }
    };
    context.sink.report(
        Diagnostic::error(
            "unknown-property",
            format!("`{}` has no number as its setting `{}`", spec.name.value, name.value),
        )
        .at(name.span, "nothing is counted so")
        .help(help),
    );
    None
}
