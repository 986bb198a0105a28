//! What a firewall opens or closes: ports as they are typed, or the name of the program that listens on them.
//!
//! A name is read as its ports, so that a rule means the same on every host: also where no package has brought the
//! profile of that name. It refuses names of which the ports are not known.

use super::{Ports, Value};

/// Ports, ranges of them, or a name: `443`, `80,443/tcp`, `6000-6007`, `OpenSSH`.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Door {
    ports: Vec<Ports>,
    name: Option<&'static str>,
}

/// Names and ports, one of each a line: profiles that packages of Debian and Ubuntu bring for ufw, and names of
/// `/etc/services`.
const NAMES: &str = include_str!("door_names.txt");

/// What `iptables` takes in one rule.
const MOST: usize = 15;

impl Door {
    /// The ports, in the order in which they are typed; those of no protocol are of the one stated elsewhere.
    pub fn ports(&self) -> &[Ports] {
        &self.ports
    }

    /// The name by which they are stated.
    pub fn name(&self) -> Option<&'static str> {
        self.name
    }

    /// The ports of a name. What has no protocol there is of both.
    fn named(text: &str) -> Option<Door> {
        let mut lines = NAMES.lines().filter_map(|line| line.split_once(" = "));
        let (name, ports) = lines.find(|(name, _)| *name == text)?;
        let groups = ports.split('|').map(numbers).collect::<Result<Vec<_>, _>>().ok()?;
        let both = |ports: Ports| match ports.protocol() {
            Some(_) => vec![ports],
            None => vec![ports.of("tcp"), ports.of("udp")],
        };
        Some(Door { ports: groups.into_iter().flatten().flat_map(both).collect(), name: Some(name) })
    }
}

/// Numbers and ranges with commas between them, and the protocol of all of them behind the last.
fn numbers(text: &str) -> Result<Vec<Ports>, String> {
    let (numbers, protocol) = match text.split_once('/') {
        Some((numbers, protocol)) => (numbers, format!("/{protocol}")),
        None => (text, String::new()),
    };
    let parts: Vec<&str> = numbers.split(',').collect();
    if parts.len() > MOST {
        return Err(format!("at most {MOST} ports stand in one place: write another line"));
    }
    parts.iter().map(|part| Ports::parse(&format!("{}{protocol}", part.replace(':', "-")))).collect()
}

impl Value for Door {
    const WHAT: &'static str = "a port, a range of ports, or the name of what listens there";
    const EXAMPLES: &'static [&'static str] = &["443", "80,443/tcp", "6000-6007", "OpenSSH"];

    fn parse(text: &str) -> Result<Self, String> {
        if text.starts_with(|c: char| c.is_ascii_digit()) {
            return Ok(Door { ports: numbers(text)?, name: None });
        }
        Door::named(text).ok_or_else(|| {
            let lower = text.to_ascii_lowercase();
            let mut names = NAMES.lines().filter_map(|line| Some(line.split_once(" = ")?.0));
            match names.find(|name| name.to_ascii_lowercase() == lower) {
                Some(near) => format!("no ports are known by this name; did you mean `{near}`?"),
                None => "no ports are known by this name: write them, as in `8080/tcp` or `6000-6007`".into(),
            }
        })
    }
}

impl std::fmt::Display for Door {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        if let Some(name) = self.name {
            return f.write_str(name);
        }
        let range = |ports: &Ports| Ports::range(ports.first(), ports.last()).to_string();
        f.write_str(&self.ports.iter().map(range).collect::<Vec<_>>().join(","))?;
        let protocol = self.ports.first().and_then(|ports| ports.protocol());
        protocol.map_or(Ok(()), |protocol| write!(f, "/{protocol}"))
    }
}

#[cfg(test)]
mod tests {
    use super::{Door, NAMES, Value};

    fn shown(text: &str) -> Vec<String> {
        Door::parse(text).unwrap().ports().iter().map(ToString::to_string).collect()
    }

    #[test]
    fn reads_ports_ranges_and_names() {
        assert_eq!(shown("443"), ["443"]);
        assert_eq!(shown("80,443,8000:8010/tcp"), ["80/tcp", "443/tcp", "8000-8010/tcp"]);
        assert_eq!(shown("10000-20000/udp"), ["10000-20000/udp"]);
        assert_eq!(shown("OpenSSH"), ["22/tcp"]);
        assert_eq!(shown("Nginx Full"), ["80/tcp", "443/tcp"]);
        assert_eq!(shown("DNS"), ["53/tcp", "53/udp"]);
    }

    #[test]
    fn knows_the_ports_of_every_name_once() {
        let names: Vec<&str> = NAMES.lines().filter_map(|line| Some(line.split_once(" = ")?.0)).collect();
        assert_eq!(names.len(), NAMES.lines().count());
        let mut once = names.clone();
        once.sort_unstable();
        once.dedup();
        assert_eq!(once.len(), names.len());
        for name in names {
            assert!(Door::parse(name).is_ok(), "{name}");
        }
    }

    #[test]
    fn refuses_the_rest() {
        for (text, reason) in [
            ("", "no ports"),
            ("openssh", "`OpenSSH`"),
            ("Nobody Knows", "write them"),
            ("80,", "a port is"),
            ("9-8", "smaller"),
            ("53/sctp", "`tcp`"),
            ("1,2,3,4,5,6,7,8,9,10,11,12,13,14,15,16", "at most 15"),
        ] {
            let found = Door::parse(text);
            assert!(found.clone().is_err_and(|e| e.contains(reason)), "{text:?}: {found:?}");
        }
    }
}
