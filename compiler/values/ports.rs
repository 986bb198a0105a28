//! Ports of a container as one states them: one or a range, perhaps with the protocol.
//!
//! It refuses a range that runs backwards.

use super::{Port, Value};

/// One port or a range, such as `8000`, `8000-8010` or `53/udp`.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Ports {
    first: Port,
    last: Port,
    protocol: Option<&'static str>,
}

impl Ports {
    /// Exactly this port, of whatever protocol is stated elsewhere.
    pub const fn one(port: Port) -> Ports {
        Ports { first: port, last: port, protocol: None }
    }

    /// All from the first to the last, however many; `first` is not behind `last`.
    pub const fn range(first: Port, last: Port) -> Ports {
        Ports { first, last, protocol: None }
    }

    /// The same ports of this protocol.
    pub const fn of(self, protocol: &'static str) -> Ports {
        Ports { protocol: Some(protocol), ..self }
    }

    /// The first.
    pub const fn first(self) -> Port {
        self.first
    }

    /// The last.
    pub const fn last(self) -> Port {
        self.last
    }

    /// Whether it is one of them.
    pub fn contains(self, port: Port) -> bool {
        self.first <= port && port <= self.last
    }

    /// Whether all of `other` are among them, whatever the protocols.
    pub fn covers(self, other: Ports) -> bool {
        self.first <= other.first && other.last <= self.last
    }

    /// Whether a port is of both, whatever the protocols.
    pub fn overlaps(self, other: Ports) -> bool {
        self.first <= other.last && other.first <= self.last
    }

    /// The protocol behind the number: `tcp` or `udp`.
    pub const fn protocol(self) -> Option<&'static str> {
        self.protocol
    }

    /// How many there are.
    pub const fn count(self) -> u16 {
        self.last.get() - self.first.get() + 1
    }

    /// The one of `others` that stands where `port` stands here, when each leads to one of these in order.
    pub fn across(self, port: Port, others: Ports) -> Option<Port> {
        let behind = port.get().checked_sub(self.first.get())?;
        let across = Port::new(others.first.get().checked_add(behind)?)?;
        (self.contains(port) && others.contains(across)).then_some(across)
    }

    /// The same without the protocol.
    pub const fn plain(self) -> Ports {
        Ports { protocol: None, ..self }
    }
}

impl Value for Ports {
    const WHAT: &'static str = "a port or a range of ports";
    const EXAMPLES: &'static [&'static str] = &["8000", "8000-8010", "53/udp"];

    fn parse(text: &str) -> Result<Self, String> {
        let (numbers, protocol) = match text.split_once('/') {
            None => (text, None),
            Some((numbers, "tcp")) => (numbers, Some("tcp")),
            Some((numbers, "udp")) => (numbers, Some("udp")),
            Some(_) => return Err("the protocol of a port is `tcp` or `udp`".into()),
        };
        let (first, last) = numbers.split_once('-').unwrap_or((numbers, numbers));
        let (first, last) = (Port::parse(first)?, Port::parse(last)?);
        if last < first {
            return Err("a range of ports begins with the smaller one".into());
        }
        Ok(Ports { first, last, protocol })
    }
}

impl std::fmt::Display for Ports {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "{}", self.first)?;
        if self.last != self.first {
            write!(f, "-{}", self.last)?;
        }
        self.protocol.map_or(Ok(()), |protocol| write!(f, "/{protocol}"))
    }
}

#[cfg(test)]
mod tests {
    use super::{Port, Ports, Value};

    #[test]
    fn has_one_form() {
        for text in ["53", "53/udp", "8000-8010", "8000-8010/tcp"] {
            assert_eq!(Ports::parse(text).unwrap().to_string(), text);
        }
        assert_eq!(Ports::parse("8000-8010").unwrap().count(), 11);
        assert_eq!(Ports::parse("1-65535").unwrap().count(), 65535);
        assert_eq!(Ports::parse("80").unwrap().protocol(), None);
    }

    #[test]
    fn a_port_of_a_range_leads_to_one_of_another() {
        let range = |text| Ports::parse(text).unwrap();
        let across = |port: u16| range("8000-8010").across(Port::new(port).unwrap(), range("9000-9010"));
        assert_eq!(across(8000).map(Port::get), Some(9000));
        assert_eq!(across(8010).map(Port::get), Some(9010));
        assert_eq!(across(7999), None);
        assert_eq!(across(8011), None);
    }

    #[test]
    fn refuses_with_a_reason() {
        for (text, reason) in
            [("", "a port is"), ("0", "1 to 65535"), ("9-8", "smaller"), ("53/sctp", "`tcp`")]
        {
            let found = Ports::parse(text);
            assert!(found.clone().is_err_and(|e| e.contains(reason)), "{text:?}: {found:?}");
        }
    }
}
