//! What may be reached on a machine, what is refused, what passes through it, and what may go out.

use std::net::IpAddr;

use super::Origin;
use crate::{
    source::Located,
    values::{ChainRule, Cidr, Interface, Ports, UfwRule},
};

/// What may be reached. Everything else that comes in is denied, ports that Docker publishes included.
#[derive(Clone, Debug, Default)]
pub struct Firewall {
    /// The openings, ssh first.
    pub openings: Vec<Opening>,
    /// What is refused although it would be let in, passed on or let out: it stands ahead of what allows.
    pub refusals: Vec<Passage>,
    /// What passes through the host.
    pub forwards: Vec<Passage>,
    /// What may go out, where not everything may.
    pub leaving: Vec<Passage>,
    /// Where it is stated that nothing goes out but that.
    pub closed: Option<Origin>,
    /// How much is logged, in the word of ufw; left as it is when absent.
    pub logging: Option<&'static str>,
    /// Rules in the words of ufw.
    pub rules: Vec<Located<UfwRule>>,
    /// Rules for chains of `after.rules` and `after6.rules`.
    pub chains: Vec<Located<ChainRule>>,
}

impl Firewall {
    /// What the facts of its openings are said of.
    pub fn stated_as(&self) -> impl Iterator<Item = String> {
        let openings = self.openings.iter().filter(|opening| !opening.stated_as.is_empty());
        openings.map(|opening| opening.stated_as.clone())
    }
}

/// Ports that may be reached.
#[derive(Clone, Debug)]
pub struct Opening {
    /// The ports on the host, without a protocol.
    pub ports: Ports,
    /// `tcp` or `udp`.
    pub protocol: &'static str,
    /// From where; empty means from everywhere.
    pub from: Vec<Cidr>,
    /// Whether Docker publishes them: such packets are routed, not delivered, and pass only the forward rules.
    pub published: bool,
    /// Whether only containers of this host may reach it; `from` is empty then.
    pub containers_only: bool,
    /// The address of the host at which it may be reached; all of its addresses when absent.
    pub at: Option<IpAddr>,
    /// The interface by which it may be reached; all when absent.
    pub interface: Option<Interface>,
    /// Whether whoever connects again and again is refused for a while.
    pub limit: bool,
    /// What it is for, in a few words.
    pub purpose: String,
    /// What its facts are said of: `open/443`.
    pub stated_as: String,
    /// Why it is open.
    pub origin: Origin,
}

/// Which way packets go.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Course {
    /// To the host or its containers.
    In,
    /// From the host or its containers.
    Out,
    /// Through the host.
    Through,
}

/// Packets of which something is said.
#[derive(Clone, Debug)]
pub struct Passage {
    /// `allow`, `deny` or `reject`.
    pub verb: &'static str,
    /// Which way they go.
    pub course: Course,
    /// Where they go to, and by which protocol; all when absent.
    pub ports: Option<(Ports, &'static str)>,
    /// From where; empty means from everywhere.
    pub from: Vec<Cidr>,
    /// Where to; empty means everywhere.
    pub to: Vec<Cidr>,
    /// The interface by which they come.
    pub into: Option<Interface>,
    /// The interface by which they go.
    pub out: Option<Interface>,
    /// What it is for, in a few words.
    pub purpose: String,
    /// Where it is stated.
    pub origin: Origin,
}

impl Passage {
    /// The networks from which and to which they go, in pairs of one version of IP; none stands for everywhere.
    pub fn ways(&self) -> Vec<(Option<Cidr>, Option<Cidr>)> {
        let each = |networks: &[Cidr]| -> Vec<Option<Cidr>> {
            if networks.is_empty() { vec![None] } else { networks.iter().copied().map(Some).collect() }
        };
        let to = each(&self.to);
        let pairs = each(&self.from).into_iter().flat_map(|from| to.iter().map(move |to| (from, *to)));
        pairs
            .filter(|(from, to)| !matches!((from, to), (Some(a), Some(b)) if a.is_v4() != b.is_v4()))
            .collect()
    }

    /// Whether it takes away all that the opening lets in.
    pub fn undoes(&self, opening: &Opening) -> bool {
        self.verb != "allow"
            && self.course == Course::In
            && !opening.containers_only
            && self.touches(opening.ports, opening.protocol, Ports::covers)
            && self.into.as_ref().is_none_or(|into| opening.interface.as_ref() == Some(into))
            && (self.to.is_empty() || opening.at.is_some_and(|at| self.to.iter().any(|to| to.contains(at))))
            && (self.from.is_empty()
                || !opening.from.is_empty()
                    && opening.from.iter().all(|from| self.from.iter().any(|network| network.covers(*from))))
    }

    /// Whether it is about these ports, as `compare` says of its own and them.
    pub fn touches(&self, ports: Ports, protocol: &str, compare: fn(Ports, Ports) -> bool) -> bool {
        self.ports.is_none_or(|(own, spoken)| spoken == protocol && compare(own, ports))
    }
}
