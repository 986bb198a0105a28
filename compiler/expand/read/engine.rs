//! `volume`, `network`, `secret-file` of the system: what its containers share.

use super::from::{LocatedSource, Or, Source, switch};
use crate::{
    source::{Located, Span},
    syntax::Reader,
    values::{BindPath, Cidr, EngineName, EnvName, Ip, Line},
};

/// A stated `volume` of the system.
#[derive(Clone, Debug)]
pub struct SharedVolumeSpec {
    /// Its name in the system.
    pub name: Located<EngineName>,
    /// What the engine calls it, and how it is made.
    pub made: MadeSpec,
    /// Where it is stated.
    pub span: Span,
}

/// A stated `network` of the system.
#[derive(Clone, Debug)]
pub struct NetworkSpec {
    /// Its name in the system.
    pub name: Located<EngineName>,
    /// What the engine calls it, and how it is made.
    pub made: MadeSpec,
    /// Whether it leads nowhere else.
    pub internal: Option<Located<Or<bool>>>,
    /// Whether containers from elsewhere may join.
    pub attachable: Option<Located<Or<bool>>>,
    /// Whether it has IPv6.
    pub ipv6: Option<Located<Or<bool>>>,
    /// Its addresses.
    pub subnets: Vec<Located<Or<Cidr>>>,
    /// The addresses that lead out of them.
    pub gateways: Vec<Located<Or<Ip>>>,
    /// From where addresses are given.
    pub ip_range: Option<Located<Or<Cidr>>>,
    /// Where it is stated.
    pub span: Span,
}

/// How the engine makes a volume or a network.
#[derive(Clone, Debug)]
pub struct MadeSpec {
    /// Its name on the host.
    pub name: Option<Located<Or<EngineName>>>,
    /// Whether it is there already.
    pub external: bool,
    /// The driver.
    pub driver: Option<Located<Or<EngineName>>>,
    /// Options of the driver.
    pub options: Vec<(Located<Line>, LocatedSource)>,
    /// Labels.
    pub labels: Vec<(Located<Line>, LocatedSource)>,
}

/// A stated `secret-file` of the system.
#[derive(Clone, Debug)]
pub struct SecretFileSpec {
    /// Its name in the system.
    pub name: Located<EngineName>,
    /// The file that holds it.
    pub path: Option<Located<Or<BindPath>>>,
    /// The variable that holds it.
    pub variable: Option<Located<EnvName>>,
    /// Where it is stated.
    pub span: Span,
}

/// Reads a `volume` of the system.
pub fn shared_volume(r: &mut Reader) -> Option<SharedVolumeSpec> {
    r.example("volume \"media\" called=\"shop-media\"");
    let name = r
        .arg::<EngineName>("name", "its name here: services that mount a volume of this name share it")
        .required();
    let made = made(r, "the driver that keeps it");
    Some(SharedVolumeSpec { name: name?, made, span: r.span()? })
}

/// Reads a `network` of the system.
pub fn network(r: &mut Reader) -> Option<NetworkSpec> {
    r.example("network \"backend\" internal=#true subnet=\"172.28.0.0/24\"");
    let name = r
        .arg::<EngineName>("name", "its name here; `default` is the one of services that state none")
        .required();
    let made = made(r, "the driver that makes it");
    let internal = switch(r, "internal", "whether it leads nowhere else, not even to the internet");
    let attachable = switch(r, "attachable", "whether containers from elsewhere may join it");
    let ipv6 = switch(r, "ipv6", "whether it has IPv6");
    let subnets = r.list::<Or<Cidr>>("subnet", "its addresses; the engine chooses when absent");
    let gateways = r.list::<Or<Ip>>(
        "gateway",
        "the address that leads out of it; where there are several subnets, one of each that is not to have its first address for that",
    );
    let ip_range =
        r.prop::<Or<Cidr>>("ip-range", "the part of `subnet` from which addresses are given").optional();
    Some(NetworkSpec {
        name: name?,
        made,
        internal,
        attachable,
        ipv6,
        subnets,
        gateways,
        ip_range,
        span: r.span()?,
    })
}

fn made(r: &mut Reader, driver: &'static str) -> MadeSpec {
    MadeSpec {
        name: r
            .prop("called", "what it is called on the host; the system and its name here when absent")
            .optional(),
        external: r.switch("external", "whether it is there already and stays when the system goes"),
        driver: r.prop("driver", driver).optional(),
        options: r.map::<Line, Source>("options", "options of the driver"),
        labels: r.map::<Line, Source>("labels", "its labels"),
    }
}

/// Reads a `secret-file` of the system.
pub fn secret_file(r: &mut Reader) -> Option<SecretFileSpec> {
    r.example("secret-file \"db-password\" path=\"./db/password.txt\"");
    let name = r.arg::<EngineName>("name", "its name: services name it to be given it").required();
    let path = r
        .prop::<Or<BindPath>>(
            "path",
            "the file of the host that holds it, from the folder of compose.yaml on",
        )
        .optional();
    let variable =
        r.prop::<EnvName>("secret", "the `secret` of the environment file that holds it").optional();
    Some(SecretFileSpec { name: name?, path, variable, span: r.span()? })
}
