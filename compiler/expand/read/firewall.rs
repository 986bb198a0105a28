//! `open`, `firewall`: what may be reached on the host, what is refused, forwarded, and what may go out.

use crate::{
    diagnostic::Diagnostic,
    source::{Located, Span},
    syntax::{Node, Reader},
    values::{ChainRule, Cidr, Door, Interface, Ip, Line, Name, UfwRule, choice},
};

/// A stated `open`: ports of the host itself.
#[derive(Clone, Debug)]
pub struct OpenSpec {
    /// The ports.
    pub ports: Located<Door>,
    /// Their protocol, where it does not stand behind them.
    pub protocol: Option<Located<Transport>>,
    /// From where; empty for everywhere.
    pub from: Vec<Located<Cidr>>,
    /// The one address of the host.
    pub to: Option<Located<Ip>>,
    /// The one interface by which it is reached.
    pub interface: Option<Located<Interface>>,
    /// Whether whoever connects again and again is refused for a while.
    pub limit: bool,
    /// The hosts on which it is opened; all when empty.
    pub on: Vec<Located<Name>>,
    /// What it is for.
    pub purpose: Option<Located<Line>>,
    /// What its facts are said of: `open/443`.
    pub address: String,
    /// Where it is stated.
    pub span: Span,
}

/// Transport protocols of a rule.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Transport {
    /// TCP.
    Tcp,
    /// UDP.
    Udp,
    /// Each of them.
    Both,
}

choice! { Transport, "a transport protocol, or both", { "tcp" => Tcp, "udp" => Udp, "both" => Both, } }

impl Transport {
    /// The protocols that are meant.
    pub fn each(self) -> &'static [&'static str] {
        match self {
            Transport::Tcp => &["tcp"],
            Transport::Udp => &["udp"],
            Transport::Both => &["tcp", "udp"],
        }
    }
}

/// What becomes of what goes out.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Policy {
    /// It goes out unless denied.
    Allow,
    /// It does not unless opened.
    Deny,
}

choice! { Policy, "a policy", { "allow" => Allow, "deny" => Deny, } }

/// How much the firewall writes into the log of the kernel.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Logging {
    /// Nothing.
    Off,
    /// What is refused.
    Low,
    /// What is invalid and all new connections as well.
    Medium,
    /// All packets, within limits.
    High,
    /// All packets.
    Full,
}

choice! { Logging, "a level of logging", { "off" => Off, "low" => Low, "medium" => Medium, "high" => High, "full" => Full, } }

/// A stated `firewall`.
#[derive(Clone, Debug, Default)]
pub struct FirewallSpec {
    /// What is refused without a word.
    pub denied: Vec<RuleSpec>,
    /// What is refused, and told so.
    pub rejected: Vec<RuleSpec>,
    /// What passes through the host.
    pub forwarded: Vec<RuleSpec>,
    /// What may go out.
    pub outgoing: Option<OutgoingSpec>,
    /// How much is logged.
    pub logging: Option<Located<Logging>>,
    /// Rules in the words of ufw.
    pub rules: Vec<Located<UfwRule>>,
    /// Rules of chains.
    pub chains: Vec<Located<ChainRule>>,
}

impl FirewallSpec {
    /// Every rule.
    pub fn rules(&self) -> impl Iterator<Item = &RuleSpec> {
        let outgoing = self.outgoing.iter().flat_map(|out| out.opened.iter().chain(&out.denied));
        self.denied.iter().chain(&self.rejected).chain(&self.forwarded).chain(outgoing)
    }
}

/// A stated `outgoing`.
#[derive(Clone, Debug)]
pub struct OutgoingSpec {
    /// What becomes of what nothing is said of.
    pub policy: Located<Policy>,
    /// What may go out all the same.
    pub opened: Vec<RuleSpec>,
    /// What may not.
    pub denied: Vec<RuleSpec>,
    /// Where it is stated.
    pub span: Span,
}

/// A stated rule.
#[derive(Clone, Debug)]
pub struct RuleSpec {
    /// The ports; all when absent.
    pub ports: Option<Located<Door>>,
    /// Their protocol, where it does not stand behind them.
    pub protocol: Option<Located<Transport>>,
    /// From where; empty for everywhere.
    pub from: Vec<Located<Cidr>>,
    /// Where to; empty for everywhere.
    pub to: Vec<Located<Cidr>>,
    /// The interface by which it comes in.
    pub into: Option<Located<Interface>>,
    /// The interface by which it goes out.
    pub out: Option<Located<Interface>>,
    /// The hosts on which it holds; all when empty.
    pub on: Vec<Located<Name>>,
    /// What it is for.
    pub purpose: Option<Located<Line>>,
    /// Where it is stated.
    pub span: Span,
}

const PROTOCOL: &str = "`tcp`, `udp` or `both`; `tcp` when none is stated and none stands behind the ports";

/// For whom an `open` is, and at what: lines that differ in it each open something of their own, whatever their ports.
pub fn sources(node: &Node) -> String {
    let stated = |name: &'static str| {
        let children = node.children.iter().filter(move |child| child.name.value == name);
        let entries = node.prop(name).into_iter().chain(children.flat_map(|child| child.args()));
        let mut texts: Vec<String> = entries.map(|entry| entry.scalar.text().into_owned()).collect();
        texts.sort_unstable();
        (!texts.is_empty()).then(|| format!("{name}={}", texts.join(",")))
    };
    ["from", "to", "interface", "protocol", "on"].into_iter().filter_map(stated).collect::<Vec<_>>().join(" ")
}

/// Reads an `open`.
pub fn open(r: &mut Reader) -> Option<OpenSpec> {
    r.example("open 51820 protocol=\"udp\" purpose=\"WireGuard\"");
    r.example("open \"6000-6007/tcp\" from=\"10.0.0.0/8\" interface=\"eth1\" limit=#true");
    r.example("open \"OpenSSH\" from=\"10.0.0.0/8\"");
    let ports = r
        .arg::<Door>(
            "ports",
            "ports of the host itself, or the name by which ufw or `/etc/services` knows them",
        )
        .required();
    let protocol = r.prop::<Transport>("protocol", PROTOCOL).optional();
    let from = r.list::<Cidr>("from", "networks from which it may be reached; everywhere when absent");
    let to = r.prop::<Ip>("to", "the one address of the host at which it may be reached").optional();
    let interface =
        r.prop::<Interface>("interface", "the one interface by which it may be reached").optional();
    let limit = r.switch(
        "limit",
        "whether an address that connects six times within 30 seconds is refused until it has been quiet that long",
    );
    let on = r.list::<Name>("on", "the hosts on which it is opened, when there are several; all when absent");
    let purpose = r.prop::<Line>("purpose", "what it is for").optional();
    Some(OpenSpec {
        ports: ports?,
        protocol,
        from,
        to,
        interface,
        limit,
        on,
        purpose,
        address: r.address().to_owned(),
        span: r.span()?,
    })
}

/// Reads a `firewall`.
pub fn firewall(r: &mut Reader) -> Option<FirewallSpec> {
    r.example("firewall {\n    deny from=\"203.0.113.0/24\" purpose=\"scanners\"\n    outgoing \"deny\" { open \"DNS\"; open \"80,443/tcp\" }\n}");
    Some(FirewallSpec {
        denied: r.blocks("deny", "what is refused although it would be let in: ahead of all that is open, ports of containers included", |r| {
            r.example("deny \"8000-8100/tcp\" from=\"203.0.113.0/24\"");
            incoming(r)
        }),
        rejected: r.blocks("reject", "the same, and whoever tries is told at once", |r| {
            r.example("reject 113");
            incoming(r)
        }),
        forwarded: r.blocks("forward", "what the host passes on from one network to another; nothing else passes, but to and from containers", forward),
        outgoing: r.block("outgoing", "what may go out, of the host and of its containers; all of it when absent", outgoing),
        logging: r.prop::<Logging>("logging", "how much is logged; left as it is when absent").optional(),
        rules: r.list::<UfwRule>("ufw", "rules in the words of ufw, for what the language has no word for"),
        chains: r.list::<ChainRule>("iptables", "rules for chains of `after.rules` and `after6.rules`, ahead of those made here, for what ufw has no word for"),
    })
}

fn incoming(r: &mut Reader) -> Option<RuleSpec> {
    let ports = r.arg::<Door>("ports", "ports of the host, or their name; all when absent").optional();
    let protocol = r.prop::<Transport>("protocol", PROTOCOL).optional();
    let from = r.list::<Cidr>("from", "networks from which it comes; everywhere when absent");
    let to = r.list::<Cidr>("to", "addresses of the host; all when absent");
    let into =
        r.prop::<Interface>("interface", "the interface by which it comes; all when absent").optional();
    let rule = rule(r, ports, protocol, from, to)?;
    something(r, RuleSpec { into, ..rule }, "`from=\"203.0.113.0/24\"`")
}

fn forward(r: &mut Reader) -> Option<RuleSpec> {
    r.example("forward from=\"10.8.0.0/24\" in=\"wg0\" out=\"eth0\"");
    let ports = r.arg::<Door>("ports", "ports behind the host, or their name; all when absent").optional();
    let protocol = r.prop::<Transport>("protocol", PROTOCOL).optional();
    let from = r.list::<Cidr>("from", "networks from which it comes; everywhere when absent");
    let to = r.list::<Cidr>("to", "networks to which it goes; everywhere when absent");
    let into = r.prop::<Interface>("in", "the interface by which it comes; all when absent").optional();
    let out = r.prop::<Interface>("out", "the interface by which it goes; all when absent").optional();
    let rule = rule(r, ports, protocol, from, to)?;
    something(r, RuleSpec { into, out, ..rule }, "`in=\"wg0\" out=\"eth0\"`")
}

fn outgoing(r: &mut Reader) -> Option<OutgoingSpec> {
    r.example("outgoing \"deny\" {\n    open \"DNS\"\n    open \"80,443/tcp\"\n}");
    let policy =
        r.arg::<Policy>("policy", "what becomes of what nothing is said of: `allow` or `deny`").required();
    let opened = r.blocks("open", "what may go out all the same", |r| {
        r.example("open 443 to=\"198.51.100.0/24\"");
        leaving(r)
    });
    let denied = r.blocks("deny", "what may not go out, ahead of all that may", |r| {
        r.example("deny 25");
        leaving(r)
    });
    Some(OutgoingSpec { policy: policy?, opened, denied, span: r.span()? })
}

fn leaving(r: &mut Reader) -> Option<RuleSpec> {
    let ports = r.arg::<Door>("ports", "ports of the others, or their name; all when absent").optional();
    let protocol = r.prop::<Transport>("protocol", PROTOCOL).optional();
    let to = r.list::<Cidr>("to", "networks to which it goes; everywhere when absent");
    let out = r.prop::<Interface>("interface", "the interface by which it goes; all when absent").optional();
    let rule = rule(r, ports, protocol, Vec::new(), to)?;
    something(r, RuleSpec { out, ..rule }, "`443` or `to=\"10.0.0.0/8\"`")
}

fn rule(
    r: &mut Reader,
    ports: Option<Located<Door>>,
    protocol: Option<Located<Transport>>,
    from: Vec<Located<Cidr>>,
    to: Vec<Located<Cidr>>,
) -> Option<RuleSpec> {
    let on = r.list::<Name>("on", "the hosts on which it holds, when there are several; all when absent");
    let purpose = r.prop::<Line>("purpose", "what it is for").optional();
    let span = r.span();
    Some(RuleSpec { ports, protocol, from, to, into: None, out: None, on, purpose, span: span? })
}

/// The rule, unless it says nothing: that would be all or nothing, which no line should say in passing.
fn something(r: &Reader, rule: RuleSpec, example: &str) -> Option<RuleSpec> {
    let RuleSpec { ports, from, to, into, out, .. } = &rule;
    let stated = ["from", "to", "interface", "in", "out"].iter().any(|name| r.stated(name));
    let wrong = stated || r.node().is_some_and(|node| node.args().next().is_some());
    if ports.is_none() && from.is_empty() && to.is_empty() && into.is_none() && out.is_none() {
        if !wrong {
            r.sink().report(
                Diagnostic::error("missing-argument", "the rule says nothing of what it is for")
                    .at(rule.span, "for all there is")
                    .help(format!("say what it is about: ports, or {example}")),
            );
        }
        return None;
    }
    Some(rule)
}
