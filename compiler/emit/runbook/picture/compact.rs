//! Takes the room out between parts of the picture that no line joins: they have no reason to stand apart.

use std::collections::BTreeMap;

use petgraph::unionfind::UnionFind;

use super::layout::{Column, room};

/// Moves each part up as far as nothing is in its way; the parts stay in their order, and each keeps its shape.
pub fn compact(columns: &mut [Column], links: &[Vec<(usize, usize)>], sizes: &[(f32, f32)]) {
    let starts: Vec<usize> = columns
        .iter()
        .scan(0, |next, column| {
            let start = *next;
            *next += column.items.len();
            Some(start)
        })
        .collect();
    let count = columns.iter().map(|column| column.items.len()).sum();
    let mut joined = UnionFind::<usize>::new(count);
    for (at, links) in links.iter().enumerate() {
        for (from, to) in links {
            joined.union(starts[at] + from, starts[at + 1] + to);
        }
    }
    // The items of each part, by column and place.
    let mut parts: BTreeMap<usize, Vec<(usize, usize)>> = BTreeMap::new();
    for (at, column) in columns.iter().enumerate() {
        for item in 0..column.items.len() {
            parts.entry(joined.find(starts[at] + item)).or_default().push((at, item));
        }
    }
    let edge = |columns: &[Column], (at, item): (usize, usize), side: f32| {
        columns[at].middles[item] + side * room(columns[at].items[item], sizes) / 2.0
    };
    let mut parts: Vec<(f32, Vec<(usize, usize)>)> = parts
        .into_values()
        .map(|part| {
            (part.iter().map(|place| edge(columns, *place, -1.0)).fold(f32::INFINITY, f32::min), part)
        })
        .collect();
    parts.sort_by(|one, other| one.0.total_cmp(&other.0).then(one.1.cmp(&other.1)));
    let top = parts.first().map_or(0.0, |part| part.0);
    let mut taken = vec![top; columns.len()];
    for (_, part) in parts {
        let free = part.iter().map(|place| edge(columns, *place, -1.0) - taken[place.0]);
        let up = free.fold(f32::INFINITY, f32::min).max(0.0);
        for (at, item) in part {
            columns[at].middles[item] -= up;
            taken[at] = taken[at].max(edge(columns, (at, item), 1.0));
        }
    }
}
