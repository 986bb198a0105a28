//! What the description passes on to a unit: lines at the end of their section. systemd takes the last value of a key that
//! has one, so a generated line that would only be passed over goes; to a list, more is added.

/// Keys whose values are a list to systemd: each line adds to it, and an empty one empties it.
const LISTS: [&str; 25] = [
    "After",
    "AmbientCapabilities",
    "Before",
    "BindsTo",
    "CapabilityBoundingSet",
    "Conflicts",
    "DeviceAllow",
    "Documentation",
    "Environment",
    "EnvironmentFile",
    "ExecReload",
    "ExecStartPost",
    "ExecStartPre",
    "ExecStop",
    "ExecStopPost",
    "LoadCredential",
    "PartOf",
    "ReadOnlyPaths",
    "ReadWritePaths",
    "Requires",
    "RestrictAddressFamilies",
    "SupplementaryGroups",
    "SystemCallFilter",
    "WantedBy",
    "Wants",
];

/// The unit with these lines: section, key and value of each.
pub fn with(unit: &str, passed: &[(String, String, String)]) -> String {
    if passed.is_empty() {
        return unit.to_owned();
    }
    let mut sections: Vec<Vec<&str>> = vec![Vec::new()];
    for line in unit.lines() {
        if line.starts_with('[') {
            sections.push(Vec::new());
        }
        if let Some(section) = sections.last_mut() {
            section.push(line);
        }
    }
    let mut out = String::with_capacity(unit.len() + 200);
    for (index, section) in sections.iter().enumerate() {
        let name = section.first().map_or("", |line| line.trim_matches(['[', ']']));
        let own: Vec<(&str, &str)> = passed
            .iter()
            .filter(|(of, ..)| of == name)
            .map(|(_, key, value)| (key.as_str(), value.as_str()))
            .collect();
        let replaced = |line: &str| {
            let key = line.split_once('=').map_or("", |(key, _)| key);
            !LISTS.contains(&key) && own.iter().any(|(own, _)| *own == key)
        };
        let mut lines: Vec<String> =
            section.iter().filter(|line| !replaced(line)).map(|line| (*line).to_owned()).collect();
        while lines.last().is_some_and(String::is_empty) {
            lines.pop();
        }
        if !own.is_empty() {
            lines.push(String::new());
            lines.push("# From the description, as it is.".to_owned());
            lines.extend(own.iter().map(|(key, value)| format!("{key}={value}")));
        }
        if index + 1 < sections.len() && index > 0 {
            lines.push(String::new());
        }
        out.push_str(&lines.join("\n"));
        out.push('\n');
    }
    out
}

#[cfg(test)]
mod tests {
    use super::with;

    #[test]
    fn a_value_is_replaced_and_a_list_grows() {
        let unit = "# made\n[Unit]\nAfter=docker.service\n\n[Service]\nUMask=0027\nExecStart=/x\n\n[Install]\nWantedBy=multi-user.target\n";
        let line =
            |section: &str, key: &str, value: &str| (section.to_owned(), key.to_owned(), value.to_owned());
        assert_eq!(with(unit, &[]), unit);
        assert_eq!(
            with(unit, &[line("Service", "UMask", "0022"), line("Unit", "After", "a.service")]),
            "# made\n[Unit]\nAfter=docker.service\n\n# From the description, as it is.\nAfter=a.service\n\n[Service]\nExecStart=/x\n\n# From the description, as it is.\nUMask=0022\n\n[Install]\nWantedBy=multi-user.target\n"
        );
    }
}
