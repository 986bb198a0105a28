//! Data without a backup is data until the disk fails.

use crate::{
    check::Rule,
    diagnostic::{Diagnostic, Diagnostics},
    model::{Model, Service},
};

/// The rule.
pub const RULE: Rule = Rule { code: "backup-missing", check, together: None };

fn check(model: &Model, diagnostics: &mut Diagnostics) {
    let backed_up = model.backed_up();
    let bare = |service: &&Service| service.datastore && !backed_up.contains(&service.name);
    for service in model.services.iter().filter(bare) {
        diagnostics.add(
            Diagnostic::warning("backup-missing", format!("the data of `{}` is in no backup", service.name))
                .at(service.origin.span(), "keeps data")
                .help(format!(
                    "write `backup \"{}\" {{ every \"day\" at=\"02:00\" }}`; if the data may be lost, say so inside the service: `allow \"backup-missing\" because=\"…\"`",
                    service.name
                )),
        );
    }
}

#[cfg(test)]
mod tests {
    use crate::check::testing::raised;

    fn messages(rest: &str) -> Vec<String> {
        let redis = "secret \"P\"\nservice \"redis\" kind=\"redis\" { password secret=\"P\"";
        raised("backup-missing", &format!("{redis}{rest}"))
    }

    #[test]
    fn a_datastore_without_one() {
        assert_eq!(messages(" }"), ["the data of `redis` is in no backup"]);
        assert!(messages(" }\nbackup \"redis\" { every \"day\" }").is_empty());
    }

    #[test]
    fn one_that_may_be_lost() {
        assert!(messages("; allow \"backup-missing\" because=\"a cache\" }").is_empty());
        assert!(messages(" }\nallow \"backup-missing\" because=\"all of it is a cache\"").is_empty());
        let other = " }\nservice \"b\" kind=\"redis\" { password secret=\"P\"; allow \"backup-missing\" because=\"a cache\" }";
        assert_eq!(messages(other), ["the data of `redis` is in no backup"]);
    }
}
