//! The firewall opens the default of a variable that says which port is published, and nothing of what Docker chooses.

use crate::{
    check::Rule,
    diagnostic::{Diagnostic, Diagnostics},
    model::{Model, Reach},
};

/// The rule.
pub const RULE: Rule = Rule { code: "port-by-variable", check, together: None };

fn check(model: &Model, diagnostics: &mut Diagnostics) {
    for service in &model.services {
        for published in service.published.iter().filter(|one| one.reach != Reach::Loopback) {
            let Some(late) = &published.late else { continue };
            let mut variables: Vec<String> = late
                .address
                .iter()
                .chain(&late.host)
                .flat_map(|text| text.variables())
                .map(ToString::to_string)
                .collect();
            variables.dedup();
            if variables.is_empty() {
                continue;
            }
            diagnostics.add(
                Diagnostic::warning(
                    "port-by-variable",
                    format!(
                        "the firewall opens {}/{} for `{}`, whatever {} says in .env",
                        published.host,
                        published.protocol,
                        service.name,
                        variables.join(", ")
                    ),
                )
                .at(published.origin.span(), "the default is opened")
                .help("write the number; or change the default with the value, and apply and deliver again"),
            );
        }
        for port in &service.container.ports {
            let inner = port.address.as_ref().is_some_and(|at| at.as_literal() == Some("127.0.0.1"));
            if inner || port.host.is_some() {
                continue;
            }
            diagnostics.add(
                Diagnostic::warning(
                    "port-by-variable",
                    format!("the firewall keeps the port of `{}` closed that Docker chooses", service.name),
                )
                .at(port.origin.span(), "any port that is free")
                .help("write the number: `publish 8080 to=80 public=#true`; or leave `public` away, when the host alone reaches it"),
            );
        }
    }
}

#[cfg(test)]
mod tests {
    use crate::check::testing::raised;

    fn raises(publish: &str) -> usize {
        raised(
            "port-by-variable",
            &format!(
                "variable \"P\" default=\"10000\"\nvariable \"AT\" default=\"127.0.0.1\"\nservice \"w\" kind=\"container\" image=\"nginx:1.28\" {{ publish {publish} }}"
            ),
        )
        .len()
    }

    #[test]
    fn a_port_that_others_reach() {
        assert_eq!(raises("(variable)\"P\" to=80 public=#true"), 1);
        assert_eq!(raises("(template)\"${P:-1}\" to=80 from=\"10.0.0.0/8\""), 1);
        assert_eq!(raises("(variable)\"P\" to=80 on=\"10.0.0.5\""), 1);
        assert_eq!(raises("to=80 public=#true"), 1);
        assert_eq!(raises("to=80"), 0);
    }

    #[test]
    fn numbers_and_the_host_itself() {
        assert_eq!(raises("(variable)\"P\" to=80"), 0);
        assert_eq!(raises("8080 to=80 on=(variable)\"AT\""), 0);
        assert_eq!(raises("8080 to=(variable)\"P\" public=#true"), 0);
    }
}
