//! The authority asks one host for the proof of a name, and a balancer sends it to any of them.

use crate::{
    check::Rule,
    diagnostic::{Diagnostic, Diagnostics},
    model::{Model, Tls},
};

/// The rule.
pub const RULE: Rule = Rule { code: "letsencrypt-several-hosts", check, together: None };

fn check(model: &Model, diagnostics: &mut Diagnostics) {
    let Some(ingress) =
        model.ingress.as_ref().filter(|ingress| matches!(ingress.tls, Tls::LetsEncrypt { .. }))
    else {
        return;
    };
    let Some(proxy) = model.service(&ingress.service).filter(|proxy| proxy.hosts.len() > 1) else { return };
    let hosts: Vec<String> = proxy.hosts.iter().map(|host| format!("`{host}`")).collect();
    diagnostics.add(
        Diagnostic::error(
            "letsencrypt-several-hosts",
            format!("the challenge of one host may be asked of another: {}", hosts.join(", ")),
        )
        .at(ingress.origin.span(), "several hosts answer to the same names")
        .help("let the balancer in front end TLS (`tls \"none\"` with `behind \"10.0.0.0/8\"`), or bring one certificate to all hosts (`tls \"given\" certificate=\"…\" key=\"…\"`)"),
    );
}

#[cfg(test)]
mod tests {
    use crate::check::testing::raised;

    #[test]
    fn only_one_host_has_the_answer() {
        let raises = |on: &str, tls: &str| {
            let hosts = "host \"a\" address=\"10.0.0.1\"\nhost \"b\" address=\"10.0.0.2\"";
            let web = "service \"web\" kind=\"static-site\" { build \".\"; on \"a\" \"b\" }";
            let text = format!(
                "domain \"shop.example.com\"\n{hosts}\n{web}\ningress {{ on {on}; tls {tls}; route \"/\" to=\"web\" }}"
            );
            raised("letsencrypt-several-hosts", &text).len()
        };
        let letsencrypt = "\"letsencrypt\" email=\"infra@example.com\"";
        assert_eq!(raises("\"a\"", letsencrypt), 0);
        assert_ne!(raises("\"a\" \"b\"", letsencrypt), 0);
        assert_eq!(raises("\"a\" \"b\"", "\"none\""), 0);
    }
}
