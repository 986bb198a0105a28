//! What containers keep, read from compose files before and after: which volume, whose it is, where it is mounted, and the
//! image that reads it.
//!
//! What a kind, the monitoring or a service brings along, on whichever host, shows here and nowhere else. As in `containers`,
//! the layout is the one of our own writer; of a file in another layout nothing is said.

use std::collections::BTreeMap;

use super::manifest::Manifest;

/// A change of what a container keeps, which may lose it.
#[derive(Debug, PartialEq, Eq)]
pub struct Lost {
    /// The container.
    pub service: String,
    /// The volume, or the folder of the host.
    pub volume: String,
    /// Why it may be lost.
    pub reason: String,
}

/// What one container keeps.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
struct Keeper<'a> {
    image: &'a str,
    /// Volumes and folders of the host by where they are mounted.
    mounts: BTreeMap<&'a str, &'a str>,
}

/// The containers of a host by name.
type Keepers<'a> = BTreeMap<&'a str, Keeper<'a>>;

/// What is lost from sight between the compose files of `old` and those of `new`, each by the path of its folder (which is
/// that of a host where there are several). `facts` tell which mounts hold data.
pub fn lost(old: &BTreeMap<String, &str>, new: &BTreeMap<String, &str>, facts: &Manifest) -> Vec<Lost> {
    let was: BTreeMap<&str, Keepers> =
        old.iter().map(|(host, text)| (host.as_str(), keepers(text))).collect();
    let is: BTreeMap<&str, Keepers> = new.iter().map(|(host, text)| (host.as_str(), keepers(text))).collect();
    let mut all = Vec::new();
    for (host, containers) in &was {
        for (service, keeper) in containers {
            let now = is.get(host).and_then(|containers| containers.get(service));
            for (at, volume) in keeper.mounts.iter().filter(|(at, _)| holds_data(facts, service, at)) {
                let mut tell = |reason: String| {
                    all.push(Lost { service: (*service).to_owned(), volume: (*volume).to_owned(), reason });
                };
                match now {
                    None => {
                        let elsewhere = is.iter().find(|(_, containers)| containers.contains_key(service));
                        if is.get(host).is_some_and(|containers| used(containers, volume)) {
                            continue;
                        }
                        tell(match elsewhere {
                            Some((other, _)) => format!(
                                "`{volume}` of `{service}` stays on {}: on {} it starts empty; dump it before, and restore it there",
                                named(host),
                                named(other)
                            ),
                            None => left(volume, service),
                        });
                    }
                    Some(now) => match now.mounts.iter().find(|(_, other)| *other == volume) {
                        None if is.get(host).is_some_and(|containers| used(containers, volume)) => {}
                        None => tell(left(volume, service)),
                        Some((now_at, _))
                            if now_at != at && now.mounts.get(at).is_none_or(|v| v != volume) =>
                        {
                            tell(format!(
                                "`{volume}` of `{service}` is mounted at `{now_at}` in place of `{at}`: what still reads and writes `{at}` finds it empty, and its container forgets what it writes there"
                            ));
                        }
                        Some(_) if another_major(keeper.image, now.image) => tell(format!(
                            "`{volume}` of `{service}` was written by `{}`, and `{}` may not read it: copy it before",
                            keeper.image, now.image
                        )),
                        Some(_) => {}
                    },
                }
            }
        }
    }
    all
}

fn left(volume: &str, service: &str) -> String {
    let place = if volume.starts_with('/') { "on the host" } else { "in Docker" };
    format!(
        "the volume `{volume}` of `{service}` is no longer used: what it holds stays behind {place}, unseen and without backup"
    )
}

/// A folder of the output as the host that it is for.
fn named(host: &str) -> String {
    if host.is_empty() { "the one host".to_owned() } else { format!("`{host}`") }
}

fn used(containers: &Keepers, volume: &str) -> bool {
    containers.values().any(|keeper| keeper.mounts.values().any(|mounted| *mounted == volume))
}

/// Whether a mount holds data: a service states it, or a kind says so of its own.
fn holds_data(facts: &Manifest, service: &str, at: &str) -> bool {
    let stated = facts.facts.get(&format!("service/{service}")).is_some_and(|said| {
        said.iter()
            .any(|(field, value)| field.starts_with("volume[") && field.ends_with("].at") && value == at)
    });
    let of_a_kind = || {
        facts.facts.iter().any(|(address, said)| {
            address.starts_with("kind/")
                && address.contains("/volume/")
                && said.get("at").is_some_and(|its| its == at)
        })
    };
    stated || of_a_kind()
}

/// Whether an image is another program than before, or another major version of it.
fn another_major(old: &str, new: &str) -> bool {
    let parts = |image: &str| {
        let image = image.split('@').next().unwrap_or(image).to_owned();
        match image.rsplit_once(':') {
            Some((name, tag)) if !tag.contains('/') => (name.to_owned(), tag.to_owned()),
            _ => (image, String::new()),
        }
    };
    let major = |tag: &str| {
        let version = tag.trim_start_matches(|c: char| !c.is_ascii_digit());
        version.split(|c: char| !c.is_ascii_digit()).next().unwrap_or_default().to_owned()
    };
    let ((old_name, old_tag), (new_name, new_tag)) = (parts(old), parts(new));
    old_name != new_name || major(&old_tag) != major(&new_tag)
}

fn keepers(text: &str) -> Keepers<'_> {
    let mut all: Keepers = BTreeMap::new();
    let (mut top, mut service, mut key) = ("", "", "");
    for line in text.lines() {
        let content = line.trim();
        if content.is_empty() || content.starts_with('#') {
            continue;
        }
        match line.len() - line.trim_start().len() {
            0 => top = content.split(':').next().unwrap_or_default(),
            2 if top == "services" => {
                service = content.trim_end_matches(':');
                all.entry(service).or_default();
            }
            4 if top == "services" => {
                key = content.split(':').next().unwrap_or_default();
                if let (Some(keeper), Some(image)) = (all.get_mut(service), content.strip_prefix("image: ")) {
                    keeper.image = image.trim_matches('"');
                }
            }
            6 if top == "services" && key == "volumes" => {
                let Some(mount) = content.strip_prefix("- ").map(|mount| mount.trim_matches('"')) else {
                    continue;
                };
                let mut parts = mount.split(':');
                if let (Some(source), Some(at), None | Some("rw")) =
                    (parts.next(), parts.next(), parts.next())
                    && !source.starts_with('.')
                    && let Some(keeper) = all.get_mut(service)
                {
                    keeper.mounts.insert(at, source);
                }
            }
            _ => {}
        }
    }
    all
}

#[cfg(test)]
mod tests {
    use super::*;

    fn said(before: &[(&str, &str)], after: &[(&str, &str)]) -> Vec<String> {
        let mut facts = Manifest::default();
        let stated = [("volume[0].at".to_owned(), "/data".to_owned())];
        facts.facts.insert("service/db".to_owned(), stated.into());
        fn texts<'a>(hosts: &[(&str, &'a str)]) -> BTreeMap<String, &'a str> {
            hosts.iter().map(|(host, text)| ((*host).to_owned(), *text)).collect()
        }
        let (before, after) = (texts(before), texts(after));
        lost(&before, &after, &facts).into_iter().map(|one| one.reason).collect()
    }

    const DB: &str = "services:\n  web:\n    image: web\n\n  # It keeps data.\n  db:\n    image: db:1.4\n    volumes:\n      - db-data:/data\n      - ./db.conf:/etc/db.conf:ro\n\nvolumes:\n  db-data: {}\n";

    #[test]
    fn what_stays_behind_is_told() {
        assert_eq!(said(&[("", DB)], &[("", DB)]), [""; 0]);
        assert_eq!(said(&[("", DB)], &[("", &DB.replace("1.4", "1.5"))]), [""; 0]);
        let one = |after: &[(&str, &str)]| said(&[("a", DB)], after).join("|");
        assert!(one(&[]).contains("no longer used"));
        assert!(one(&[("b", DB)]).contains("stays on `a`: on `b` it starts empty"));
        assert!(one(&[("a", &DB.replace("1.4", "2.0"))]).contains("was written by `db:1.4`"));
        assert!(one(&[("a", &DB.replace(":/data", ":/var"))]).contains("in place of `/data`"));
    }
}
