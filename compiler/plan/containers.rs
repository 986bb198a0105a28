//! What `docker compose up` does to containers when one compose file takes the place of another.
//!
//! It reads the layout that our own writer gives a file: a top-level key at the margin, a service two columns in. Of a
//! file in another layout it says that containers which differ are made anew, which is always true.

use std::collections::{BTreeMap, BTreeSet};

use super::consequence::Consequence;

/// How all of it is done.
const UP: &str = "docker compose up -d";

/// What happens to the containers, each class once.
pub fn consequences(before: &str, after: &str) -> Vec<Consequence> {
    let (Some(old), Some(new)) = (File::read(before), File::read(after)) else {
        return vec![Consequence::Recreate(format!("the containers that differ ({UP})"))];
    };
    let mut started = Vec::new();
    let mut fewer = Vec::new();
    let mut anew = Vec::new();
    for (name, service) in &new.services {
        match old.services.get(name) {
            None => started.push((*name).to_owned()),
            Some(was) if (&was.body, &was.unordered) != (&service.body, &service.unordered) => {
                anew.push((*name).to_owned())
            }
            Some(was) if was.scale < service.scale => {
                started.push(format!("{} more of {name}", service.scale - was.scale));
            }
            Some(was) if was.scale > service.scale => {
                fewer.push(format!("{} of {name}", was.scale - service.scale));
            }
            Some(_) => {}
        }
    }
    let gone: Vec<String> = old
        .services
        .keys()
        .filter(|name| !new.services.contains_key(*name))
        .map(|n| (*n).to_owned())
        .collect();
    let mut all = Vec::new();
    let mut say = |names: &[String], how: &str, consequence: fn(String) -> Consequence| {
        if !names.is_empty() {
            all.push(consequence(format!("{} ({how})", listed(names))));
        }
    };
    say(&started, UP, Consequence::Start);
    say(&anew, UP, Consequence::Recreate);
    say(&fewer, UP, Consequence::Remove);
    say(&gone, &format!("{UP} --remove-orphans"), Consequence::Remove);
    if all.is_empty() { vec![Consequence::Nothing] } else { all }
}

/// Names for one line; of many the first.
fn listed(names: &[String]) -> String {
    const MOST: usize = 6;
    match names.len().checked_sub(MOST) {
        Some(more @ 1..) => format!("{} and {more} more", names[..MOST].join(", ")),
        _ => names.join(", "),
    }
}

/// A compose file by its services.
struct File<'a> {
    services: BTreeMap<&'a str, Service<'a>>,
}

/// What of a service makes compose replace its containers.
struct Service<'a> {
    body: Vec<&'a str>,
    /// Maps whose order means nothing.
    unordered: BTreeSet<&'a str>,
    scale: u32,
}

impl<'a> File<'a> {
    fn read(text: &'a str) -> Option<File<'a>> {
        let mut shared: BTreeMap<&str, Vec<&str>> = BTreeMap::new();
        let mut bodies: Vec<(&str, Vec<&str>)> = Vec::new();
        let mut top = "";
        for line in text.lines().filter(|line| !line.trim().is_empty() && !line.trim_start().starts_with('#'))
        {
            match line.len() - line.trim_start().len() {
                0 => top = line.split(':').next().unwrap_or_default(),
                2 if top == "services" => bodies.push((line.trim().strip_suffix(':')?, Vec::new())),
                4.. if top == "services" => bodies.last_mut()?.1.push(line),
                _ => shared.entry(top).or_default().push(line),
            }
        }
        let services = bodies.into_iter().map(|(name, body)| (name, Service::new(body, &shared))).collect();
        Some(File { services })
    }
}

impl<'a> Service<'a> {
    fn new(lines: Vec<&'a str>, shared: &BTreeMap<&'a str, Vec<&'a str>>) -> Self {
        let mut body: Vec<&str> = Vec::new();
        let mut unordered = BTreeSet::new();
        let mut scale = 1;
        let mut key = "";
        for line in lines {
            if line.len() - line.trim_start().len() == 4 {
                key = line.trim().split(':').next().unwrap_or_default();
            }
            let stated = line.strip_prefix("    scale: ").or_else(|| line.strip_prefix("      replicas: "));
            if let Some(number) = stated.filter(|_| ["scale", "deploy"].contains(&key)) {
                scale = number.parse().unwrap_or(1);
                continue;
            }
            // Compose leaves these out of the digest by which it tells containers apart: how an image is built, what
            // starts before, how many there are.
            if ["build", "depends_on", "scale", "pull_policy", "profiles"].contains(&key) {
                continue;
            }
            if ["environment", "labels"].contains(&key) {
                unordered.insert(line);
                continue;
            }
            body.push(line);
            let anchor = line.split_once(": *").map(|(_, anchor)| format!("x-{anchor}"));
            body.extend(anchor.and_then(|anchor| shared.get(anchor.as_str())).into_iter().flatten());
        }
        Service { body, unordered, scale }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const BEFORE: &str = "name: shop\n\nx-logging: &logging\n  driver: local\n\nservices:\n  web:\n    image: web:1\n    depends_on: [db]\n    logging: *logging\n\n  # It keeps data.\n  db:\n    image: db:1\n    logging: *logging\n\nvolumes:\n  db-data: {}\n";

    fn changed(before: &str, after: &str) -> Vec<String> {
        let words = |c: &Consequence| format!("{} {}", c.class(), c.subject().unwrap_or_default());
        consequences(before, after).iter().map(words).collect()
    }

    fn said(after: &str) -> Vec<String> {
        changed(BEFORE, after)
    }

    #[test]
    fn what_compose_does_is_told() {
        assert_eq!(said(&BEFORE.replace("web:1", "web:2")), ["recreate web (docker compose up -d)"]);
        assert_eq!(
            said(&BEFORE.replace("driver: local", "driver: json-file")),
            ["recreate db, web (docker compose up -d)"]
        );
        let three = BEFORE.replace("    image: web:1\n", "    image: web:1\n    scale: 3\n");
        assert_eq!(said(&three), ["start 2 more of web (docker compose up -d)"]);
        let limited = |number: &str| {
            BEFORE.replace(
                "    image: web:1\n",
                &format!("    image: web:1\n    deploy:\n      replicas: {number}\n      resources: {{}}\n"),
            )
        };
        assert_eq!(changed(&limited("1"), &limited("3")), ["start 2 more of web (docker compose up -d)"]);
        assert_eq!(
            said(&BEFORE.replace("  web:\n", "  site:\n")),
            ["start site (docker compose up -d)", "remove web (docker compose up -d --remove-orphans)"]
        );
    }

    #[test]
    fn what_compose_leaves_out_is_nothing() {
        assert_eq!(said(&BEFORE.replace("    depends_on: [db]\n", "")), ["nothing "]);
        assert_eq!(said(&BEFORE.replace("# It keeps data.", "# It keeps much data.")), ["nothing "]);
    }

    #[test]
    fn another_layout_is_taken_for_the_worst() {
        let other = "services: {web: {image: web:1}}\n  x\n";
        assert_eq!(said(other), ["recreate the containers that differ (docker compose up -d)"]);
    }
}
