//! YAML as one writes it by hand: a tree of values, with comments.
//!
//! No crate writes comments, which reviewers need, and none is careful about every reader at once. So any tree that
//! can be built here is written such that readers of YAML 1.1 and of 1.2 see the same values, and every string
//! arrives as it is. It refuses to read YAML, and to know what any file means.

use std::borrow::Cow;

mod scalar;
mod write;

#[cfg(test)]
mod tests;

/// A YAML value.
#[derive(Clone, Debug, PartialEq)]
pub enum Yaml {
    /// `null`.
    Null,
    /// `true` or `false`.
    Bool(bool),
    /// A whole number.
    Int(i64),
    /// A number as it is written: `0.5`.
    Number(String),
    /// A string.
    Str(String),
    /// A string that stands in double quotes even where it could stand bare.
    Quoted(String),
    /// A list, one item a line.
    Seq(Vec<Item>),
    /// A short list of scalars on one line: `["CMD", "true"]`. With a list or a map in it, it is written as a `Seq`.
    Flow(Vec<Yaml>),
    /// A map, in the order given. Its keys differ; nothing here checks that.
    Map(Vec<Pair>),
    /// `*name`.
    Alias(&'static str),
}

/// An item of a list.
#[derive(Clone, Debug, PartialEq)]
pub struct Item {
    /// A comment above it; may have several lines.
    pub comment: Option<String>,
    /// The item.
    pub value: Yaml,
}

/// A key: nearly every one is a word of the program that reads the file.
pub type Key = Cow<'static, str>;

/// A key with its value.
#[derive(Clone, Debug, PartialEq)]
pub struct Pair {
    /// A comment above it; may have several lines.
    pub comment: Option<String>,
    /// Whether a blank line parts it from the key before.
    pub apart: bool,
    /// The key.
    pub key: Key,
    /// An anchor on the value: `&name`.
    pub anchor: Option<&'static str>,
    /// The value.
    pub value: Yaml,
}

impl Pair {
    /// A key with its value and nothing else.
    pub fn new(key: impl Into<Key>, value: impl Into<Yaml>) -> Pair {
        Pair { comment: None, apart: false, key: key.into(), anchor: None, value: value.into() }
    }
}

impl From<&str> for Yaml {
    fn from(text: &str) -> Yaml {
        Yaml::Str(text.to_owned())
    }
}

impl From<String> for Yaml {
    fn from(text: String) -> Yaml {
        Yaml::Str(text)
    }
}

impl From<bool> for Yaml {
    fn from(value: bool) -> Yaml {
        Yaml::Bool(value)
    }
}

impl From<i64> for Yaml {
    fn from(number: i64) -> Yaml {
        Yaml::Int(number)
    }
}

impl From<u32> for Yaml {
    fn from(number: u32) -> Yaml {
        Yaml::Int(number.into())
    }
}

impl From<Map> for Yaml {
    fn from(map: Map) -> Yaml {
        Yaml::Map(map.pairs)
    }
}

/// A map in the making.
#[derive(Clone, Debug, Default)]
pub struct Map {
    pairs: Vec<Pair>,
    comment: Option<String>,
}

impl Map {
    /// An empty map.
    pub fn new() -> Map {
        Map::default()
    }

    /// Puts a comment above the next key; no comment when the text is empty.
    pub fn comment(mut self, text: impl Into<String>) -> Map {
        let text = text.into();
        self.comment = (!text.is_empty()).then_some(text);
        self
    }

    /// Adds a key.
    pub fn set(mut self, key: impl Into<Key>, value: impl Into<Yaml>) -> Map {
        let comment = self.comment.take();
        self.pairs.push(Pair { comment, ..Pair::new(key, value) });
        self
    }

    /// Adds a key whose value others refer to by [`Yaml::Alias`].
    pub fn anchored(mut self, key: impl Into<Key>, anchor: &'static str, value: impl Into<Yaml>) -> Map {
        let comment = self.comment.take();
        self.pairs.push(Pair { comment, anchor: Some(anchor), ..Pair::new(key, value) });
        self
    }

    /// Adds a key when there is a value.
    pub fn maybe<V: Into<Yaml>>(self, key: impl Into<Key>, value: Option<V>) -> Map {
        match value {
            Some(value) => self.set(key, value),
            None => Map { comment: None, ..self },
        }
    }

    /// Adds a key when its list or map is not empty.
    pub fn filled(self, key: impl Into<Key>, value: impl Into<Yaml>) -> Map {
        let value = value.into();
        if value.is_empty() { Map { comment: None, ..self } } else { self.set(key, value) }
    }

    /// The map with blank lines between its keys.
    pub fn spaced(mut self) -> Yaml {
        for pair in self.pairs.iter_mut().skip(1) {
            pair.apart = true;
        }
        self.into()
    }
}

/// A list, one item a line.
pub fn seq<V: Into<Yaml>>(items: impl IntoIterator<Item = V>) -> Yaml {
    Yaml::Seq(items.into_iter().map(|value| Item { comment: None, value: value.into() }).collect())
}

/// A short list on one line.
pub fn flow<V: Into<Yaml>>(items: impl IntoIterator<Item = V>) -> Yaml {
    Yaml::Flow(items.into_iter().map(Into::into).collect())
}

impl Yaml {
    /// Whether it is a list or a map without anything in it.
    pub fn is_empty(&self) -> bool {
        match self {
            Yaml::Seq(items) => items.is_empty(),
            Yaml::Flow(items) => items.is_empty(),
            Yaml::Map(pairs) => pairs.is_empty(),
            _ => false,
        }
    }

    /// What stands at a key of this map.
    pub fn get(&self, key: &str) -> Option<&Yaml> {
        match self {
            Yaml::Map(pairs) => pairs.iter().find(|pair| pair.key == key).map(|pair| &pair.value),
            _ => None,
        }
    }

    /// What stands at a key of this map, to be changed.
    pub fn get_mut(&mut self, key: &str) -> Option<&mut Yaml> {
        match self {
            Yaml::Map(pairs) => pairs.iter_mut().find(|pair| pair.key == key).map(|pair| &mut pair.value),
            _ => None,
        }
    }

    /// The document, with `header` as comment at its top; ends in a newline.
    pub fn document(&self, header: &str) -> String {
        write::document(self, header)
    }
}
