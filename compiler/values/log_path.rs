//! Where a program writes its log: one file, or all files of a folder whose names fit.
//!
//! It refuses what [`AbsPath`] refuses, and a `*` anywhere but in the name of the files.

use super::{AbsPath, Value};
use std::sync::Arc;

/// An absolute path whose last part may hold `*`.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct LogPath(Arc<str>);

checked_text!(LogPath);

impl LogPath {
    /// The folder that the files are in.
    pub fn folder(&self) -> &str {
        self.0.rsplit_once('/').map_or("/", |(folder, _)| if folder.is_empty() { "/" } else { folder })
    }

    /// The name of the file, or the pattern of names.
    pub fn file_name(&self) -> &str {
        self.0.rsplit('/').next().unwrap_or_default()
    }
}

impl Value for LogPath {
    const WHAT: &'static str = "a path of logs";
    const EXAMPLES: &'static [&'static str] = &["/var/log/app/app.log", "/srv/shop/log/*.log"];

    fn parse(text: &str) -> Result<Self, String> {
        let (folder, file) = text.rsplit_once('/').ok_or("a path of logs begins with `/`")?;
        if file.is_empty() || file == "*" || file.contains("**") {
            return Err("a path of logs names files, as in `*.log`: what is rotated would match again".into());
        }
        AbsPath::parse(&format!("{folder}/{}", file.replace('*', "x")))?;
        Ok(LogPath(text.into()))
    }
}

#[cfg(test)]
mod tests {
    use super::{LogPath, Value};

    #[test]
    fn takes_paths_apart() {
        let log = LogPath::parse("/srv/shop/log/*.log").unwrap();
        assert_eq!((log.folder(), log.file_name()), ("/srv/shop/log", "*.log"));
        assert_eq!(LogPath::parse("/app.log").unwrap().folder(), "/");
    }

    #[test]
    fn refuses() {
        for text in
            ["", "app.log", "/", "/var/log/*", "/var/*/app.log", "/var/log/**", "/var/log/a b", "/a/../b.log"]
        {
            assert!(LogPath::parse(text).is_err(), "{text:?}");
        }
    }
}
