//! How a secret of a running service is changed that its environment states for its first start only.

use crate::{
    source::Located,
    syntax::Reader,
    values::{Name, Prose},
};

/// What tells a running service a new secret.
#[derive(Clone, Debug)]
pub struct KindRotate {
    /// The setting that has the secret.
    pub setting: Located<Name>,
    /// Shell text in the container, with the new value coming in; it fails unless the service then takes that.
    pub run: Located<Prose>,
}

pub(super) fn rotate(r: &mut Reader) -> Option<KindRotate> {
    r.example("rotate \"password\" { run \"app-cli set-password --from-stdin\" }");
    let setting = r.arg::<Name>("setting", "the setting that has the secret").required();
    let run = r
        .prop::<Prose>(
            "run",
            "shell text in the running container: reads the new value from standard input, and fails unless the service takes it from then on",
        )
        .required();
    Some(KindRotate { setting: setting?, run: run? })
}
