//! A host that is described must be one on which the system may be installed.

use std::fmt::Display;

use crate::{
    check::Rule,
    diagnostic::{Diagnostic, Diagnostics},
    model::Model,
};

/// The rule.
pub const RULE: Rule = Rule { code: "host-too-small", check, together: None };

fn check(model: &Model, diagnostics: &mut Diagnostics) {
    let (host, require) = (&model.host, &model.host.require);
    let lacking = [
        less(host.cpus, require.cpus).map(|(has, wanted)| ("processors", has, wanted)),
        less(host.memory, require.memory).map(|(has, wanted)| ("memory", has, wanted)),
        less(host.disk, require.disk).map(|(has, wanted)| ("disk", has, wanted)),
    ];
    for (what, has, wanted) in lacking.into_iter().flatten() {
        diagnostics.add(
            Diagnostic::error(
                "host-too-small",
                format!("`{}` is too small for what it must have", host.name),
            )
            .at(host.origin.span(), format!("{what}: has {has}, and its `require` demands {wanted}"))
            .help("take a larger host, or demand less: the preflight check would refuse this one"),
        );
    }
}

/// What there is and what is demanded, when both are known and there is less.
fn less<T: PartialOrd + Display>(has: Option<T>, wanted: Option<T>) -> Option<(String, String)> {
    let (has, wanted) = (has?, wanted?);
    (has < wanted).then(|| (has.to_string(), wanted.to_string()))
}

#[cfg(test)]
mod tests {
    use crate::check::testing::raised;

    #[test]
    fn what_is_demanded_and_what_is_there() {
        let messages = |has: &str, require: &str| {
            let web = "service \"web\" kind=\"static-site\" { build \".\" }";
            let host = format!("host \"app-1\" {{ {has}; require {{ {require} }} }}");
            raised("host-too-small", &format!("{host}\n{web}"))
        };
        assert_eq!(
            messages("memory \"2GiB\"", "memory \"4GiB\""),
            ["`app-1` is too small for what it must have"]
        );
        assert_eq!(messages("cpus 1", "cpus 2"), ["`app-1` is too small for what it must have"]);
        assert!(messages("memory \"4GiB\"", "memory \"4GiB\"; disk \"20GiB\"").is_empty());
    }
}
