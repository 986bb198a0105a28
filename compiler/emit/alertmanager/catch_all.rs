//! The last route, which brings to everybody what only passed the routes before it.
//!
//! An alert that a route with `continue` has taken no longer falls to the receiver at the root: without a last route,
//! what one more is told of nobody else would hear. It is added when the routes of the description are in the list, so
//! that these are tried, too.

use crate::{
    emit::yaml::{Item, Map, Yaml},
    syntax::Node,
};

/// Adds the last route, where one is needed. Who replaces the routes (`passed`) says them all.
pub fn add(document: &mut Yaml, passed: &[Node]) {
    let says_all = |node: &Node| node.annotation.as_deref().is_some_and(|word| word != "list");
    let routes = |node: &Node| node.children.iter().any(|one| one.name.value == "routes" && says_all(one));
    if passed.iter().any(|node| node.name.value == "route" && (says_all(node) || routes(node))) {
        return;
    }
    let Some(route) = document.get_mut("route") else { return };
    let Some(Yaml::Str(everybody)) = route.get("receiver").cloned() else { return };
    let Some(Yaml::Seq(routes)) = route.get_mut("routes") else { return };
    let goes_on = |one: &Item| one.value.get("continue") == Some(&Yaml::Bool(true));
    if routes.iter().any(goes_on) {
        routes.push(Item { comment: None, value: Map::new().set("receiver", everybody).into() });
    }
}
