//! A path on the host: an absolute one, or one within the system's directory.
//!
//! It refuses what [`AbsPath`] and [`RelPath`] refuse, and the root: nobody means all of a host.

use super::{AbsPath, RelPath, Value};

/// `/etc/shop`, or `.env` for the file of that name in the system's directory.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum HostPath {
    /// From the root on.
    Absolute(AbsPath),
    /// From the system's directory on.
    InDirectory(RelPath),
}

impl HostPath {
    /// The absolute path, in a system that lies in `directory`.
    pub fn within(&self, directory: &AbsPath) -> AbsPath {
        match self {
            HostPath::Absolute(path) => path.clone(),
            HostPath::InDirectory(path) => directory.join(path),
        }
    }
}

impl std::fmt::Display for HostPath {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        match self {
            HostPath::Absolute(path) => path.fmt(f),
            HostPath::InDirectory(path) => f.write_str(path.bare()),
        }
    }
}

impl Value for HostPath {
    const WHAT: &'static str = "a path of the host";
    const EXAMPLES: &'static [&'static str] = &["/etc/shop", ".env", "nginx"];

    fn parse(text: &str) -> Result<Self, String> {
        if !text.starts_with('/') {
            return RelPath::parse(text).map(HostPath::InDirectory);
        }
        match AbsPath::parse(text)? {
            path if path.is_root() => {
                Err("a path of the host is not `/`: write the folder that is meant".into())
            }
            path => Ok(HostPath::Absolute(path)),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn lies_within_the_directory_or_stands_alone() {
        let directory = AbsPath::parse("/opt/shop").unwrap();
        let path = |text| HostPath::parse(text).map(|path| path.within(&directory).to_string());
        assert_eq!(path(".env"), Ok("/opt/shop/.env".into()));
        assert_eq!(path("./tls"), Ok("/opt/shop/tls".into()));
        assert_eq!(path("."), Ok("/opt/shop".into()));
        assert_eq!(path("/etc/shop"), Ok("/etc/shop".into()));
        assert!(path("/").is_err());
        assert!(path("../other").is_err());
        assert!(path("").is_err());
    }
}
