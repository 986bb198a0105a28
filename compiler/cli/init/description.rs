//! The description that `init` writes: small, and it compiles. What it knows of kinds, the standard library says.

use std::fmt::Write as _;

use crate::{
    expand::{
        kind::{Kind, Role},
        kinds::Kinds,
        setting::SettingType,
    },
    stdlib,
    values::{Email, Hostname, Language, Name},
};

/// A kind that can be chosen.
#[derive(Clone, Debug)]
pub struct Choice {
    /// Its name.
    pub name: String,
    /// What it is, in a few words.
    pub about: String,
    /// Whether a service of it must say where it tells its health.
    needs_health: bool,
    /// How much it can be told.
    settings: usize,
    /// Whether others reach it by a URL.
    has_url: bool,
    /// Secrets that a service of it needs: setting, name.
    secrets: Vec<(String, String)>,
}

/// What is written.
pub struct Description {
    /// Name of the system.
    pub name: Name,
    /// Its first service.
    pub kind: Choice,
    /// Its datastores.
    pub data: Vec<Choice>,
    /// Where users reach it.
    pub domain: Hostname,
    /// Where the authority for certificates writes to; none when the domain is not public.
    pub email: Option<Email>,
}

impl Choice {
    /// Kinds of programs of one's own that serve: built from source, with a port. What needs least comes first.
    pub fn served() -> Vec<Choice> {
        let mut kinds =
            Self::all(|kind| kind.role == Role::Application && kind.image.is_none() && kind.port.is_some());
        kinds.sort_by_key(|choice| (choice.needs_health, choice.settings));
        kinds
    }

    /// Kinds that keep data.
    pub fn datastores() -> Vec<Choice> {
        Self::all(|kind| kind.role == Role::Datastore && kind.backup.is_some())
    }

    fn all(fits: impl Fn(&Kind) -> bool) -> Vec<Choice> {
        let kinds = Kinds::default();
        let known = stdlib::ALL.iter().filter_map(|embedded| Some(&kinds.get(embedded.kind)?.kind));
        let mut choices: Vec<Choice> = known.filter(|kind| fits(kind)).filter_map(Self::of).collect();
        choices.sort_by(|a, b| a.name.cmp(&b.name));
        choices
    }

    /// None when a service of this kind must be told something that only people know.
    fn of(kind: &Kind) -> Option<Choice> {
        let name = kind.name.value.to_string();
        let needed = kind.settings.iter().filter(|setting| setting.required);
        let secrets = needed.map(|setting| {
            let secret = variable(&[&name, setting.name.value.as_str()]);
            (setting.kind == SettingType::Secret).then(|| (setting.name.value.to_string(), secret))
        });
        Some(Choice {
            about: kind.about.get(Language::English).to_owned(),
            needs_health: kind.health.is_some() && kind.health_path.is_none(),
            settings: kind.settings.len(),
            has_url: !kind.urls.is_empty(),
            secrets: secrets.collect::<Option<_>>()?,
            name,
        })
    }
}

/// The name of a variable that is made of names: `REDIS_CACHE_PASSWORD`.
fn variable(names: &[&str]) -> String {
    names.join("_").to_uppercase().replace('-', "_")
}

impl Description {
    /// The text.
    pub fn text(&self) -> String {
        let mut out = String::from(
            "// What runs, who may reach it, what is watched, what is kept: everything else follows from this file.\n\n",
        );
        let _ = writeln!(out, "system \"{}\" {{\n    domain \"{}\"\n", self.name, self.domain);
        let secrets: Vec<&str> =
            self.data.iter().flat_map(|data| &data.secrets).map(|(_, secret)| secret.as_str()).collect();
        for secret in &secrets {
            let _ = writeln!(out, "    secret \"{secret}\" min-length=24");
        }
        if !secrets.is_empty() {
            out.push('\n');
        }
        self.services(&mut out);
        let tls = match &self.email {
            Some(email) => format!("tls \"letsencrypt\" email=\"{email}\""),
            None => "tls \"self-signed\"".to_owned(),
        };
        let _ = writeln!(out, "    ingress {{\n        {tls}\n        route \"/\" to=\"web\"\n    }}");
        for (index, data) in self.data.iter().enumerate() {
            // One after the other from 02:00, so that no two load the disk together.
            let (hour, minute) = ((2 + index / 2) % 24, index % 2 * 30);
            let _ = write!(
                out,
                "\n    backup \"{}\" {{\n        every \"day\" at=\"{hour:02}:{minute:02}\"\n        keep \"30d\"\n    }}\n",
                data.name
            );
        }
        out.push_str("}\n");
        out
    }

    fn services(&self, out: &mut String) {
        let _ = writeln!(out, "    service \"web\" kind=\"{}\" {{", self.kind.name);
        out.push_str("        build \"./web\" // the folder with its Dockerfile\n");
        if self.kind.needs_health {
            out.push_str("        health \"/health\" // answers 200 when it works\n");
        }
        let reached: Vec<&Choice> = self.data.iter().filter(|data| data.has_url).collect();
        if !reached.is_empty() {
            out.push_str("        env {\n");
            for data in reached {
                let _ =
                    writeln!(out, "            {} url-of=\"{}\"", variable(&[&data.name, "url"]), data.name);
            }
            out.push_str("        }\n");
        }
        out.push_str("    }\n\n");
        for data in &self.data {
            let _ = writeln!(out, "    service \"{0}\" kind=\"{0}\" {{", data.name);
            for (setting, secret) in &data.secrets {
                let _ = writeln!(out, "        {setting} secret=\"{secret}\"");
            }
            out.push_str("    }\n\n");
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::{diagnostic::Diagnostics, expand, source::Sources, syntax, values::Value as _};

    /// What only people know: where else a copy goes, and whom an alert reaches.
    const ASKED: [&str; 2] = ["backup-same-disk", "jobs-unwatched"];

    #[test]
    fn whatever_is_chosen_compiles_and_only_what_people_know_is_missing() {
        let data = Choice::datastores();
        assert!(data.len() >= 2 && Choice::served().len() >= 4);
        for kind in Choice::served() {
            for domain in ["localhost", "shop.example.com"] {
                let domain = Hostname::parse(domain).expect("a host name");
                let email =
                    domain.can_be_public().then(|| Email::parse("a@example.com").expect("an address"));
                let name = Name::parse("shop").expect("a name");
                let text = Description { name, kind: kind.clone(), data: data.clone(), domain, email }.text();
                let (mut sources, mut found) = (Sources::default(), Diagnostics::default());
                let source = sources.add("system.kdl", text.as_str());
                let nodes = syntax::parse(source, &text, &mut found);
                assert_eq!(syntax::format(source, &text, &mut found).as_deref(), Some(text.as_str()));
                let expanded = expand::expand(&nodes, &[], &|_, _| Err(String::new()), &mut found);
                let models = expanded.iter().flat_map(|one| &one.models);
                crate::check::check(models, true, &mut found);
                let found: Vec<&str> = found.iter().map(|one| one.code).collect();
                assert!(found.iter().all(|code| ASKED.contains(code)), "{text}\n{found:?}");
            }
        }
    }
}
