//! What a container may do beyond its own files.

use crate::{
    expand::read::from::{LocatedSource, Or, Source, switch},
    source::Located,
    syntax::Reader,
    values::Line,
};

/// A stated `privileges`.
#[derive(Clone, Debug, Default)]
pub struct Privileges {
    /// Whether its files cannot be written.
    pub read_only: Option<Located<Or<bool>>>,
    /// Whether it is as good as root of the host.
    pub privileged: Option<Located<Or<bool>>>,
    /// Whether programs in it may gain privileges.
    pub gain: Option<Located<bool>>,
    /// Capabilities that it gets.
    pub cap_add: Vec<LocatedSource>,
    /// Capabilities that are taken from it.
    pub cap_drop: Vec<LocatedSource>,
    /// Other security options.
    pub options: Vec<LocatedSource>,
    /// Further groups of its user.
    pub groups: Vec<LocatedSource>,
    /// Devices of the host.
    pub devices: Vec<LocatedSource>,
    /// Namespaces that it shares.
    pub pid: Option<Located<Or<Line>>>,
    /// The same of messages between processes.
    pub ipc: Option<Located<Or<Line>>>,
    /// The same of control groups.
    pub cgroup: Option<Located<Or<Line>>>,
    /// The same of users.
    pub userns: Option<Located<Or<Line>>>,
}

impl Privileges {
    /// Whether nothing is said.
    pub fn is_silent(&self) -> bool {
        let Privileges {
            read_only,
            privileged,
            gain,
            cap_add,
            cap_drop,
            options,
            groups,
            devices,
            pid,
            ipc,
            cgroup,
            userns,
        } = self;
        [read_only, privileged].into_iter().all(Option::is_none)
            && gain.is_none()
            && [cap_add, cap_drop, options, groups, devices].into_iter().all(Vec::is_empty)
            && [pid, ipc, cgroup, userns].into_iter().all(Option::is_none)
    }
}

pub(super) fn privileges(r: &mut Reader) -> Option<Privileges> {
    r.example("privileges {\n    read-only\n    cap-drop \"ALL\"\n    cap-add \"NET_BIND_SERVICE\"\n}");
    Some(Privileges {
        read_only: switch(r, "read-only", "whether its own files cannot be written"),
        privileged: switch(r, "privileged", "whether it may do everything that root of the host may"),
        gain: r
            .prop("gain", "whether a program in it may gain privileges (setuid); no, unless `as-stated`")
            .optional(),
        cap_add: r.list::<Source>("cap-add", "a capability that it gets"),
        cap_drop: r.list::<Source>("cap-drop", "a capability that is taken from it; `ALL` for every one"),
        options: r
            .list::<Source>("security-opt", "a security option of the engine, such as `apparmor:unconfined`"),
        groups: r.list::<Source>("group", "a further group of its user"),
        devices: r.list::<Source>("device", "a device of the host: `/dev/ttyUSB0:/dev/ttyUSB0`"),
        pid: r.prop("pid", "whose processes it sees: `host`, or `service:NAME`").optional(),
        ipc: r.prop("ipc", "with whom it shares memory: `host`, `shareable`, or `service:NAME`").optional(),
        cgroup: r.prop("cgroup", "whose control group it is in: `host` or `private`").optional(),
        userns: r.prop("userns", "whose users it has: `host`").optional(),
    })
}
