//! What a reader asks for, as data: the source of the reference page.

use super::node::Node;

/// One kind of node with everything that may stand in it.
#[derive(Clone, Debug)]
pub struct Table {
    /// The node's name.
    pub name: &'static str,
    /// What it says.
    pub about: &'static str,
    /// Whether its first argument is a name of its own, by which overlays address it.
    pub keyed: bool,
    /// Whether there may be several.
    pub many: bool,
    /// What tells those of one name apart; nothing where no two have one.
    pub apart: fn(&Node) -> String,
    /// Single values, in the order in which they are asked for.
    pub asks: Vec<Ask>,
    /// Blocks within it.
    pub blocks: Vec<Table>,
    /// Those of its values of which one is meant: an overlay that states one takes back the others.
    pub alternatives: &'static [&'static str],
    /// Complete examples.
    pub examples: Vec<&'static str>,
}

/// One value that a node may hold.
#[derive(Clone, Debug)]
pub struct Ask {
    /// Its name.
    pub name: &'static str,
    /// What it means.
    pub about: &'static str,
    /// Where it stands.
    pub place: Place,
    /// Its type.
    pub what: String,
    /// Correct values, as they are typed.
    pub examples: Vec<String>,
    /// Whether these are all that there are.
    pub few: bool,
    /// What holds when it is absent.
    pub default: Default,
}

/// Where a value stands in its node.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Place {
    /// An argument by position.
    Argument,
    /// All arguments that are left.
    Arguments,
    /// A property, or a child with one argument.
    Property,
    /// Children with any number of arguments, or a property.
    List,
    /// A block of names of the user's own.
    Map,
    /// A block that is passed on as it is.
    Raw,
}

/// What holds when a value is absent.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Default {
    /// It is an error.
    Required,
    /// Nothing.
    Optional,
    /// This value.
    Value(&'static str),
}

impl Table {
    /// Whether two nodes of one name are told apart by more than that.
    pub fn tells_apart(&self, one: &Node, other: &Node) -> bool {
        let (one, other) = ((self.apart)(one), (self.apart)(other));
        !one.is_empty() && !other.is_empty() && one != other
    }

    /// An empty table.
    pub fn new(name: &'static str, about: &'static str) -> Table {
        Table {
            name,
            about,
            keyed: false,
            many: false,
            apart: |_| String::new(),
            asks: Vec::new(),
            blocks: Vec::new(),
            alternatives: &[],
            examples: Vec::new(),
        }
    }
}
