//! An alert that nobody is told is a line in a database.

use crate::{
    check::Rule,
    diagnostic::{Diagnostic, Diagnostics},
    model::{Model, Severity},
};

/// The rule.
pub const RULE: Rule = Rule { code: "alerts-unheard", check, together: None };

fn check(model: &Model, diagnostics: &mut Diagnostics) {
    let Some(monitoring) = &model.monitoring else { return };
    // Receivers of the user's own are out of sight.
    if !model.notify.raw_alertmanager.is_empty() {
        return;
    }
    let Some(least) = model.notify.receivers.iter().map(|receiver| receiver.least).min() else {
        if !monitoring.alerts.is_empty() {
            diagnostics.add(
                Diagnostic::warning(
                    "alerts-unheard",
                    format!("{} alerts are evaluated and nobody is told", monitoring.alerts.len()),
                )
                .at(monitoring.origin.span(), "monitored here")
                .help("say whom they reach: `notify { slack \"#alerts\" webhook=(secret)\"SLACK_WEBHOOK_URL\" }`; `mail` and `webhook` are known too"),
            );
        }
        return;
    };
    let quiet = monitoring.alerts.iter().filter(|alert| alert.severity < least);
    if let (true, Some(receiver)) = (least > Severity::Warning, model.notify.receivers.first())
        && let unheard @ 1.. = quiet.count()
    {
        diagnostics.add(
            Diagnostic::warning(
                "alerts-unheard",
                format!("{unheard} alerts below `{}` reach nobody", least.as_str()),
            )
            .at(receiver.origin.span(), format!("told from `{}` on, like every receiver", least.as_str()))
            .help(format!("let one receiver hear all: `severity=\"{}\"`", Severity::Warning.as_str())),
        );
    }
}

#[cfg(test)]
mod tests {
    use crate::check::testing::raised;

    const WEB: &str = "secret \"URL\"\nservice \"web\" kind=\"static-site\" { build \".\" }\nmonitor\n";

    #[test]
    fn nobody_is_told() {
        assert_eq!(raised("alerts-unheard", WEB).len(), 1);
        assert!(
            raised("alerts-unheard", &format!("{WEB} notify {{ webhook url=(secret)\"URL\" }}")).is_empty()
        );
    }

    #[test]
    fn a_severity_that_no_receiver_wants() {
        let urgent = "webhook url=(secret)\"URL\" severity=\"critical\"";
        let found = raised("alerts-unheard", &format!("{WEB} notify {{ {urgent} }}"));
        assert!(found.len() == 1 && found[0].contains("below `critical`"), "{found:?}");
        let both = format!("{WEB} notify {{ {urgent}; slack \"#ops\" webhook=(secret)\"URL\" }}");
        assert!(raised("alerts-unheard", &both).is_empty());
    }
}
