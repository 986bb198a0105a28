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
    let notify = &model.notify;
    let unheard = monitoring.alerts.iter().filter(|alert| notify.told(alert).next().is_none());
    let (unheard, urgent) = unheard.fold((0, 0), |(all, urgent), alert| {
        (all + 1, urgent + usize::from(alert.severity > Severity::Warning))
    });
    if unheard == 0 {
        return;
    }
    let Some(receiver) = notify.receivers.first() else {
        diagnostics.add(
            Diagnostic::warning("alerts-unheard", format!("{unheard} alerts are evaluated and nobody is told"))
                .at(monitoring.origin.span(), "monitored here")
                .help("say whom they reach: `notify { slack \"#alerts\" webhook=(secret)\"SLACK_WEBHOOK_URL\" }`; `mail`, `pagerduty`, `telegram` and `webhook` are known too"),
        );
        return;
    };
    let diagnostic = if urgent == 0 && notify.receivers.iter().all(|one| one.least > Severity::Warning) {
        let least = receiver.least.as_str();
        Diagnostic::warning("alerts-unheard", format!("{unheard} alerts below `{least}` reach nobody"))
            .at(receiver.origin.span(), format!("told from `{least}` on, like every receiver"))
    } else {
        Diagnostic::warning("alerts-unheard", format!("{unheard} alerts reach nobody"))
            .at(receiver.origin.span(), "neither this receiver nor any other is told of them")
    };
    diagnostics.add(diagnostic.help(format!(
        "let one receiver hear all: `severity=\"{}\"`, without `team` and `priority`",
        Severity::Warning.as_str()
    )));
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
        let teams =
            format!("team \"dba\" owns=\"web\"\n{WEB} notify {{ webhook url=(secret)\"URL\" team=\"dba\" }}");
        let found = raised("alerts-unheard", &teams);
        assert!(found.len() == 1 && found[0].contains("alerts reach nobody"), "{found:?}");
        let both = format!("{WEB} notify {{ {urgent}; slack \"#ops\" webhook=(secret)\"URL\" }}");
        assert!(raised("alerts-unheard", &both).is_empty());
    }
}
