//! What is expected must fit into what there is, until the plan ends.

use crate::{
    check::Rule,
    diagnostic::{Diagnostic, Diagnostics},
    model::Model,
};

/// The rule.
pub const RULE: Rule = Rule { code: "capacity-exceeded", check, together: None };

fn check(model: &Model, diagnostics: &mut Diagnostics) {
    let Some(capacity) = &model.capacity else { return };
    for figure in &capacity.figures {
        for limit in &figure.limits {
            let Some(month) = capacity.runs_out(limit) else { continue };
            let date = capacity.start.after(month);
            diagnostics.add(
                Diagnostic::warning(
                    "capacity-exceeded",
                    format!("{} is used up in {date}, {month} months after the start of the plan", limit.what),
                )
                .at(figure.origin.span(), "grows to this")
                .at(limit.origin.span(), "and this is what there is")
                .help("provide more before that month, or accept it: `allow \"capacity-exceeded\" because=\"…\"`"),
            );
        }
    }
}

#[cfg(test)]
mod tests {
    use crate::check::testing::raised;

    fn messages(figure: &str) -> Vec<String> {
        let system = "secret \"PASSWORD\"\nhost \"app-1\" { disk \"100GiB\"; memory \"4GiB\" }\n\
            service \"db\" kind=\"postgres\" { password secret=\"PASSWORD\"; max-connections 100; reserve memory=\"1GiB\" }\n\
            backup \"db\" { every \"day\" at=\"02:00\"; keep \"7d\"; to \"/backup\"; offsite rclone=\"s3:backup\" }\n";
        raised(
            "capacity-exceeded",
            &format!("{system}capacity start=\"2026-11\" {{ months 0 12; {figure} }}"),
        )
    }

    #[test]
    fn the_month_in_which_it_ends() {
        // The data and eight backups of it: 9 GiB at first, 117 GiB in the end; 100 GiB are passed in the eleventh month.
        assert_eq!(
            messages("figure \"data\" of=\"db\" { size \"1GiB\" \"13GiB\" }"),
            ["disk of app-1, backups included is used up in 2027-10, 11 months after the start of the plan"]
        );
        assert!(messages("figure \"data\" of=\"db\" { size \"1GiB\" \"11GiB\" }").is_empty());
        assert_eq!(messages("figure \"c\" of=\"db\" setting=\"max-connections\" { count 10 101 }").len(), 1);
        assert!(messages("figure \"c\" of=\"db\" setting=\"max-connections\" { count 10 100 }").is_empty());
        assert_eq!(messages("figure \"n\" of=\"db\" { replicas; count 1 5 }").len(), 1);
        assert!(messages("figure \"n\" of=\"db\" { replicas; count 1 4 }").is_empty());
    }
}
