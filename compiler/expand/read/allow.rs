//! `allow`: a warning that is accepted, and why.

use crate::{
    model::{Allow, Origin},
    source::Span,
    syntax::{Node, Reader},
    values::{Line, Name},
};

/// Reads what a part of the system accepts.
pub fn allows(r: &mut Reader) -> Vec<Allow> {
    let mut within = Vec::new();
    if let Some(node) = r.node() {
        places(node, &mut within);
    }
    read(r, &within)
}

/// Reads what the system accepts as a whole.
pub fn allows_everywhere(r: &mut Reader) -> Vec<Allow> {
    read(r, &[])
}

fn read(r: &mut Reader, within: &[Span]) -> Vec<Allow> {
    r.keyed("allow", "a warning that is known and accepted", |r| {
        r.example("allow \"backup-same-disk\" because=\"the disk is mirrored to another site\"");
        let code = r.arg::<Name>("code", "the code of the warning").required();
        let because = r.prop::<Line>("because", "why it is accepted").required();
        Some(Allow {
            code: code?.value,
            because: because?.value,
            within: within.to_vec(),
            origin: Origin::Stated(r.span()?),
        })
    })
}

/// The places of a node and of everything in it.
fn places(node: &Node, found: &mut Vec<Span>) {
    found.push(node.span);
    node.children.iter().for_each(|child| places(child, found));
}
