//! A firewall that is switched on before ssh is allowed shuts out whoever switches it on.

use crate::{
    check::{
        Rule,
        commands::{program, sequences},
    },
    diagnostic::{Diagnostic, Diagnostics},
    model::Model,
};

/// The rule.
pub const RULE: Rule = Rule { code: "firewall-by-hand", check, together: None };

fn check(model: &Model, diagnostics: &mut Diagnostics) {
    for sequence in sequences(model) {
        let mut safe = false;
        for (words, span) in sequence {
            let Some(("ufw", told)) = program(&words) else { continue };
            match told.iter().find(|word| !word.starts_with('-')) {
                Some(&"enable") if !safe => diagnostics.add(
                    Diagnostic::warning("firewall-by-hand", "`ufw enable` refuses ssh where no rule lets it in")
                        .at(span, "may shut out whoever runs it")
                        .help("run `sudo ufw/apply.sh` of the tree: it lets ssh in first, and switches the firewall off again when ssh would not get through"),
                ),
                // Its rules stay while it is off.
                Some(&"disable") => safe = true,
                Some(&("allow" | "limit")) => safe |= told.iter().any(|word| is_ssh(word)),
                _ => {}
            }
        }
    }
}

fn is_ssh(word: &str) -> bool {
    matches!(word.to_ascii_lowercase().as_str(), "22" | "22/tcp" | "ssh" | "openssh")
}

#[cfg(test)]
mod tests {
    use crate::check::testing::raised;

    #[test]
    fn only_where_ssh_was_not_let_in() {
        let job = |run: &str| {
            raised("firewall-by-hand", &format!("job \"wall\" {{ every \"day\"; run \"{run}\" }}")).len()
        };
        assert_eq!(job("ufw enable"), 1);
        assert_eq!(job("ufw default deny incoming && ufw allow 443/tcp && sudo ufw --force enable"), 1);
        for run in [
            "ufw allow OpenSSH && ufw enable",
            "ufw limit 22/tcp; ufw --force enable",
            "ufw disable; run-tests; ufw enable",
            "ufw status verbose",
            "systemctl enable ufw",
        ] {
            assert_eq!(job(run), 0, "{run}");
        }
        let steps = |first: &str| {
            let steps = format!("step \"a\" run=\"{first}\"; step \"b\" run=\"ufw enable\"");
            raised("firewall-by-hand", &format!("runbook {{ trouble \"t\" {{ {steps} }} }}")).len()
        };
        assert_eq!(steps("ufw allow ssh"), 0);
        assert_eq!(steps("ufw allow 80"), 1);
    }
}
