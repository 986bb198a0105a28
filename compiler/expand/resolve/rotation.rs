//! What is told a new value of a secret while it runs: services that keep it themselves.

use super::context::Context;
use crate::{
    diagnostic::Diagnostic,
    expand::kind::KindRotate,
    model::{Rotation, Service, Text},
    values::{EnvName, Line, Value as _},
};

/// The services among these that keep the value of that variable.
pub fn rotations(context: &Context, services: &[Service], variable: &EnvName) -> Vec<Rotation> {
    let mut found = Vec::new();
    for service in services.iter().filter(|service| service.unit().is_none()) {
        let kind = context.service(&service.name).and_then(|spec| context.kind(spec));
        for stated in kind.iter().flat_map(|kind| &kind.rotations) {
            found.extend(rotation(context, service, stated, variable));
        }
    }
    found
}

/// None when the service has another secret there, or none.
fn rotation(
    context: &Context,
    service: &Service,
    stated: &KindRotate,
    variable: &EnvName,
) -> Option<Rotation> {
    let scope = context.scope(&service.name)?;
    let setting = Line::parse(&format!("{{{}}}", stated.setting.value)).ok()?;
    let secret = context.filled(scope.fill(setting.as_str(), 0), stated.setting.span)?;
    if secret != Text::variable(variable.clone()) {
        return None;
    }
    let value = value(service, variable);
    if value.is_none() {
        context.sink.report(
            Diagnostic::error(
                "invalid-kind",
                format!("`{}` has no environment from which the new value could be read", service.name),
            )
            .at(stated.setting.span, "this secret is changed while it runs")
            .help(format!(
                "give the kind a variable that is nothing but the secret: `env {{ PASSWORD \"{{{}}}\" }}`",
                stated.setting.value
            )),
        );
    }
    Some(Rotation {
        service: service.name.clone(),
        value: value?,
        run: context.filled(scope.fill_shell(stated.run.value.as_str()), stated.run.span)?,
    })
}

/// What prints the value in a fresh container of the service.
fn value(service: &Service, variable: &EnvName) -> Option<String> {
    let wanted = Text::variable(variable.clone());
    let named = service.environment.iter().find(|(_, text)| *text == wanted);
    let file = || service.secret_files.iter().find(|(name, _)| name == variable);
    match named {
        Some((name, _)) => Some(format!("printf %s \"${name}\"")),
        None => file().map(|(_, path)| format!("cat \"{path}\"")),
    }
}
