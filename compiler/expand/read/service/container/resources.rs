//! Bounds of the kernel for one container, beside processors and memory.

use crate::{
    expand::read::from::{LocatedSource, Or, Source},
    source::{Located, Span},
    syntax::Reader,
    values::{Count, Line, Name, Size, Value},
};

/// What `limits` says beside processors and memory.
#[derive(Clone, Debug, Default)]
pub struct Kernel {
    /// Processes.
    pub pids: Option<Located<Or<Count>>>,
    /// Shared memory.
    pub shm: Option<Located<Or<Size>>>,
    /// Bounds of its processes.
    pub ulimits: Vec<Ulimit>,
    /// Parameters of the kernel.
    pub sysctls: Vec<(Located<Line>, LocatedSource)>,
}

impl Kernel {
    /// Where the first of them is stated; none when nothing is said.
    pub fn span(&self) -> Option<Span> {
        let Kernel { pids, shm, ulimits, sysctls } = self;
        let scalars = pids.as_ref().map(|pids| pids.span).or(shm.as_ref().map(|shm| shm.span));
        let ulimit = || ulimits.first().map(|ulimit| ulimit.name.span);
        scalars.or_else(ulimit).or_else(|| sysctls.first().map(|(name, _)| name.span))
    }
}

/// A bound of each process.
#[derive(Clone, Debug)]
pub struct Ulimit {
    /// Of what.
    pub name: Located<Name>,
    /// What the process starts with.
    pub soft: Located<Limit>,
    /// How far it may raise it.
    pub hard: Option<Located<Limit>>,
}

/// A number, or -1 for no limit.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Limit(pub i64);

impl Value for Limit {
    const WHAT: &'static str = "a number, or -1 for no limit";
    const EXAMPLES: &'static [&'static str] = &["65536", "-1"];

    fn parse(text: &str) -> Result<Self, String> {
        match text.parse::<i64>() {
            Ok(number) if number >= -1 => Ok(Limit(number)),
            _ => Err("write a whole number, or -1 for no limit".into()),
        }
    }
}

/// Asks for them.
pub fn kernel(r: &mut Reader) -> Kernel {
    Kernel {
        pids: r.prop("pids", "processes and threads").optional(),
        shm: r.prop("shm", "shared memory at `/dev/shm`; 64MiB when absent").optional(),
        ulimits: r.keyed("ulimit", "a bound of each of its processes", |r| {
            r.example("ulimit \"nofile\" soft=65536 hard=65536");
            let name = r.arg::<Name>("name", "of what: `nofile`, `memlock`, `nproc`").required();
            let soft = r.prop::<Limit>("soft", "what a process starts with; -1 for no limit").required();
            let hard = r.prop::<Limit>("hard", "how far it may raise it; as `soft` when absent").optional();
            Some(Ulimit { name: name?, soft: soft?, hard })
        }),
        sysctls: r.map::<Line, Source>("sysctl", "parameters of the kernel, such as `net.core.somaxconn`"),
    }
}
