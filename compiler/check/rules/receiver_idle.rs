//! A receiver that no alert ever comes to looks like somebody who would be told.

use crate::{
    check::Rule,
    diagnostic::{Diagnostic, Diagnostics},
    model::{Model, Receiver},
};

/// The rule.
pub const RULE: Rule = Rule { code: "receiver-idle", check, together: None };

fn check(model: &Model, diagnostics: &mut Diagnostics) {
    let Some(monitoring) = &model.monitoring else { return };
    // Routes of the user's own are out of sight.
    if !model.notify.raw_alertmanager.is_empty() {
        return;
    }
    let same = |one: &Receiver, other: &Receiver| std::ptr::eq(one, other);
    for receiver in &model.notify.receivers {
        let told = |alert| {
            model.notify.told(alert).any(|one| same(one, receiver)) || is_escalated_to(model, alert, receiver)
        };
        if monitoring.alerts.iter().any(told) {
            continue;
        }
        let help = match &receiver.team {
            Some(team) => format!(
                "let the team own services (`team \"{team}\" owns=\"…\"`) or be a step of an escalation, or leave `team` out: then it is told of everything"
            ),
            None => "no alert has this severity or priority: leave the condition out".to_owned(),
        };
        diagnostics.add(
            Diagnostic::warning("receiver-idle", "no alert ever comes to this receiver")
                .at(receiver.origin.span(), "told of nothing")
                .help(help),
        );
    }
}

fn is_escalated_to(model: &Model, alert: &crate::model::Alert, receiver: &Receiver) -> bool {
    let steps = model.notify.escalation(alert).into_iter().flat_map(|one| one.later());
    receiver.team.as_ref().is_some_and(|team| steps.into_iter().any(|(_, step)| step.team == *team))
}

#[cfg(test)]
mod tests {
    use crate::check::testing::raised;

    const WEB: &str =
        "secret \"URL\"\nservice \"web\" kind=\"static-site\" { build \".\" }\nmonitor\nteam \"ops\"\n";

    fn found(notify: &str) -> usize {
        let all = "webhook url=(secret)\"URL\"";
        raised("receiver-idle", &format!("{WEB} notify {{ {all}; {notify} }}")).len()
    }

    #[test]
    fn a_team_that_is_told_of_nothing() {
        assert_eq!(found("slack \"#ops\" webhook=(secret)\"URL\" team=\"ops\""), 1);
        assert_eq!(
            found(
                "slack \"#ops\" webhook=(secret)\"URL\" team=\"ops\"; escalation \"e\" { step after=\"1h\" to=\"ops\" }"
            ),
            0
        );
        assert_eq!(found("slack \"#ops\" webhook=(secret)\"URL\" severity=\"critical\""), 0);
    }
}
