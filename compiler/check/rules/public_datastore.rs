//! A datastore that everyone can reach is found by scanners within minutes.

use crate::{
    check::Rule,
    diagnostic::{Diagnostic, Diagnostics},
    model::{Model, Published, Reach, Service},
    values::Port,
};

/// The rule.
pub const RULE: Rule = Rule { code: "public-datastore", check, together: None };

/// Ports that IANA or custom gives to datastores, for images of which no kind says that they keep data.
const PORTS: &[u16] = &[1433, 1521, 2379, 3306, 5432, 5984, 6379, 9042, 9200, 11211, 27017];

fn check(model: &Model, diagnostics: &mut Diagnostics) {
    for service in &model.services {
        for published in service.published.iter().filter(|one| everyone(&one.reach) && is_store(service, one))
        {
            // What is said to be exactly so can be meant so; it has to be allowed by its name then.
            let raise = if service.container.as_stated { Diagnostic::warning } else { Diagnostic::error };
            diagnostics.add(
                raise(
                    "public-datastore",
                    format!("the data of `{}` can be reached from everywhere", service.name),
                )
                .at(published.origin.span(), "published to everyone")
                .at(service.origin.span(), "keeps data")
                .help(format!(
                    "say from where: `publish {} from=\"10.0.0.0/8\"`, or leave `from` away for the host itself only",
                    published.host
                )),
            );
        }
    }
}

/// Whether the data is reached through this port.
fn is_store(service: &Service, published: &Published) -> bool {
    // A long range is for media or passive transfers; that it runs over such a port says nothing.
    let few = published.container.count() < 100;
    service.datastore
        || few
            && PORTS.iter().filter_map(|port| Port::new(*port)).any(|port| published.container.contains(port))
}

/// Whether as good as every address may come: a network of so few fixed bits is no place.
fn everyone(reach: &Reach) -> bool {
    match reach {
        Reach::Public => true,
        Reach::Loopback | Reach::Address(..) => false,
        Reach::Networks(networks) => {
            networks.iter().any(|network| network.prefix() < 8 && !network.is_private())
        }
    }
}

#[cfg(test)]
mod tests {
    use crate::check::testing::raised;

    fn raises(publish: &str) -> bool {
        let redis =
            format!("secret \"P\"\nservice \"redis\" kind=\"redis\" {{ password secret=\"P\"; {publish} }}");
        !raised("public-datastore", &redis).is_empty()
    }

    #[test]
    fn a_kind_that_keeps_data() {
        assert!(raises("publish 6379 public=#true"));
        assert!(raises("publish 6379 from=\"0.0.0.0/0\""));
        assert!(raises("publish 6379 { from \"0.0.0.0/1\" \"128.0.0.0/1\" }"));
        assert!(!raises("publish 6379 from=\"10.0.0.0/8\""));
        assert!(!raises("publish 6379 from=\"fd00::/8\""));
        assert!(!raises("publish 6379"));
        assert!(!raises(""));
    }

    #[test]
    fn an_image_on_the_port_of_a_datastore() {
        let image = |port: u16| {
            let content = format!(
                "service \"db\" kind=\"container\" {{ image \"mysql:8.4\"; publish 13306 to={port} public=#true }}"
            );
            raised("public-datastore", &content).len()
        };
        assert_eq!(image(3306), 1);
        assert_eq!(image(8080), 0);
    }
}
