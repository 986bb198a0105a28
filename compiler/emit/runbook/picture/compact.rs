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
    let count: usize = columns.iter().map(|column| column.items.len()).sum();
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
    for (_, part) in parts {
        // What stands above an item and belongs to another part is in its way, wherever that part begins.
        let within = |place: (usize, usize)| part.contains(&place);
        let free = part.iter().filter_map(|&(at, item)| match item.checked_sub(1) {
            None => Some(edge(columns, (at, item), -1.0) - top),
            Some(above) if within((at, above)) => None,
            Some(above) => Some(edge(columns, (at, item), -1.0) - edge(columns, (at, above), 1.0)),
        });
        let up = free.fold(f32::INFINITY, f32::min).max(0.0);
        for &(at, item) in &part {
            columns[at].middles[item] -= up;
        }
    }
}

#[cfg(test)]
mod tests {
    use super::{super::layout::Item, *};
    use crate::emit::runbook::picture::Zone;

    #[test]
    fn a_part_stays_below_what_is_above_it_in_any_column() {
        // The part of two boxes begins above the single one, and has its second box below it.
        let column = |items: Vec<Item>, middles: Vec<f32>| Column { zone: Zone::Services, items, middles };
        let mut columns = [
            column(vec![Item::Box(0)], vec![40.0]),
            column(vec![Item::Box(1), Item::Box(2)], vec![50.0, 90.0]),
            column(vec![Item::Box(3)], vec![0.0]),
        ];
        let sizes = [(10.0, 20.0); 4];
        compact(&mut columns, &[vec![(0, 1)], Vec::new(), Vec::new()], &sizes);
        let [single, tall] = columns[1].middles[..] else { panic!("two boxes") };
        assert!(tall - single >= room(Item::Box(1), &sizes), "{single} {tall}");
    }
}
