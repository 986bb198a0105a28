//! Where everything stands: a layered drawing. Boxes of one zone share a column (services one for each depth), lines go
//! from left to right and pass other columns between the boxes there. The same picture gives the same numbers.

use std::collections::BTreeMap;

use super::{Edge, Node, Zone, compact::compact, text};

/// Space between a box and its text, to the left and right.
pub const PADDING: f32 = 11.0;
const NAME_HEIGHT: f32 = 30.0;
pub const LINE_HEIGHT: f32 = 16.0;
/// Between two columns, where the lines turn.
const GUTTER: f32 = 56.0;
/// Between two boxes, one above the other.
const GAP: f32 = 16.0;
/// What a line takes that passes a column.
const PASSAGE: f32 = 6.0;
/// Around the boxes of a zone.
const MARGIN: f32 = 14.0;
/// For the title of a zone.
const TITLE: f32 = 28.0;
/// Sweeps over the columns, back and forth, for the order and for the heights.
const SWEEPS: usize = 8;

/// A rectangle.
#[derive(Clone, Copy, Debug, Default, PartialEq)]
pub struct Rect {
    pub x: f32,
    pub y: f32,
    pub width: f32,
    pub height: f32,
}

/// Everything with its place.
#[derive(Debug, Default)]
pub struct Layout {
    pub width: f32,
    pub height: f32,
    /// Of each box.
    pub boxes: Vec<Rect>,
    /// Of each line: the points that it passes, at the left and at the right of each column.
    pub lines: Vec<Vec<(f32, f32)>>,
    /// Of each zone that is there.
    pub zones: Vec<(Zone, Rect)>,
}

/// What takes a place in a column.
#[derive(Clone, Copy)]
pub enum Item {
    Box(usize),
    /// A line that passes on its way elsewhere.
    Passage(usize),
}

/// A column, its items from top to bottom.
pub struct Column {
    pub zone: Zone,
    pub items: Vec<Item>,
    /// The middle of each item.
    pub middles: Vec<f32>,
}

/// Places everything.
pub fn layout(nodes: &[Node], edges: &[Edge]) -> Layout {
    let sizes: Vec<(f32, f32)> = nodes.iter().map(size).collect();
    let (mut columns, column_of) = columns(nodes, edges);
    let mut links = links(&columns, edges, &column_of);
    order(&mut columns, &mut links);
    heights(&mut columns, &links, &sizes);
    compact(&mut columns, &links, &sizes);
    let mut layout = Layout { boxes: vec![Rect::default(); nodes.len()], ..Layout::default() };
    let passages = place(&columns, &sizes, edges, &mut layout);
    layout.lines =
        edges.iter().enumerate().map(|(index, edge)| line(index, edge, &layout, &passages)).collect();
    tools(nodes, &sizes, &mut layout);
    layout
}

/// Width and height of a box.
fn size(node: &Node) -> (f32, f32) {
    let lines = node.lines.iter().map(|line| line.width);
    let width = lines.fold(node.name.width, f32::max) + 2.0 * PADDING;
    let dot = if node.measured { text::LINE } else { 0.0 };
    let height = NAME_HEIGHT + LINE_HEIGHT * node.lines.len() as f32;
    ((width + dot).max(90.0).ceil(), height)
}

/// The columns with their boxes, and the column of each box.
fn columns(nodes: &[Node], edges: &[Edge]) -> (Vec<Column>, Vec<usize>) {
    let mut found: BTreeMap<(Zone, usize), Vec<Item>> = BTreeMap::new();
    for (index, node) in nodes.iter().enumerate().filter(|(_, node)| node.zone != Zone::Tools) {
        found.entry((node.zone, node.depth)).or_default().push(Item::Box(index));
    }
    let mut columns: Vec<Column> = found
        .into_iter()
        .map(|((zone, _), items)| Column { zone, middles: vec![0.0; items.len()], items })
        .collect();
    let mut column_of = vec![0; nodes.len()];
    for (at, column) in columns.iter().enumerate() {
        for item in &column.items {
            if let Item::Box(index) = item {
                column_of[*index] = at;
            }
        }
    }
    for (index, edge) in edges.iter().enumerate() {
        for column in columns.iter_mut().take(column_of[edge.to]).skip(column_of[edge.from] + 1) {
            column.items.push(Item::Passage(index));
            column.middles.push(0.0);
        }
    }
    (columns, column_of)
}

/// For each column, the pairs of an item of it and one of the next that a line joins.
fn links(columns: &[Column], edges: &[Edge], column_of: &[usize]) -> Vec<Vec<(usize, usize)>> {
    let position = |column: usize, edge: usize| {
        columns[column].items.iter().position(|item| match item {
            Item::Box(index) => *index == edges[edge].from || *index == edges[edge].to,
            Item::Passage(index) => *index == edge,
        })
    };
    let mut links = vec![Vec::new(); columns.len()];
    for (index, edge) in edges.iter().enumerate() {
        let run = links.iter_mut().enumerate().take(column_of[edge.to]).skip(column_of[edge.from]);
        for (column, links) in run {
            if let (Some(from), Some(to)) = (position(column, index), position(column + 1, index)) {
                links.push((from, to));
            }
        }
    }
    links
}

/// Puts what is joined beside each other, so that few lines cross: each item where its neighbours are on average.
fn order(columns: &mut [Column], links: &mut [Vec<(usize, usize)>]) {
    for (at, forth) in sweeps(columns.len()) {
        let column = &mut columns[at];
        let means = means(links, at, forth, column.items.len(), |_, end| end as f32);
        let mut wanted: Vec<usize> = (0..column.items.len()).collect();
        wanted.sort_by(|one, other| {
            let place = |item: usize| means[item].unwrap_or(item as f32);
            place(*one).total_cmp(&place(*other)).then(one.cmp(other))
        });
        column.items = wanted.iter().map(|item| column.items[*item]).collect();
        let mut new = vec![0; wanted.len()];
        for (place, item) in wanted.iter().enumerate() {
            new[*item] = place;
        }
        links[at].iter_mut().for_each(|(from, _)| *from = new[*from]);
        if at > 0 {
            links[at - 1].iter_mut().for_each(|(_, to)| *to = new[*to]);
        }
    }
}

/// The columns one after the other, from left to right and back; true on the way forth.
fn sweeps(columns: usize) -> impl Iterator<Item = (usize, bool)> {
    let forth = (1..columns).map(|at| (at, true));
    let back = (0..columns.saturating_sub(1)).rev().map(|at| (at, false));
    std::iter::repeat_n(forth.chain(back), SWEEPS).flatten()
}

/// For each item of a column, the mean of what its neighbours have in the column before (or behind); none without any.
fn means(
    links: &[Vec<(usize, usize)>],
    at: usize,
    forth: bool,
    items: usize,
    value: impl Fn(usize, usize) -> f32,
) -> Vec<Option<f32>> {
    let mut sums = vec![(0.0, 0.0); items];
    let (beside, other) = if forth { (at - 1, at - 1) } else { (at, at + 1) };
    for (from, to) in &links[beside] {
        let (item, end) = if forth { (*to, *from) } else { (*from, *to) };
        sums[item].0 += value(other, end);
        sums[item].1 += 1.0;
    }
    sums.into_iter().map(|(sum, count)| (count > 0.0).then(|| sum / count)).collect()
}

/// Gives each item the height of its neighbours, as far as there is room.
fn heights(columns: &mut [Column], links: &[Vec<(usize, usize)>], sizes: &[(f32, f32)]) {
    for column in columns.iter_mut() {
        let wanted = vec![0.0; column.items.len()];
        column.middles = spread(&column.items, &wanted, sizes);
    }
    for (at, forth) in sweeps(columns.len()) {
        let column = &columns[at];
        let means = means(links, at, forth, column.items.len(), |other, end| columns[other].middles[end]);
        let mut wanted: Vec<f32> = Vec::new();
        for (item, mean) in means.iter().enumerate() {
            let joined = links[at].iter().any(|(from, _)| *from == item)
                || at > 0 && links[at - 1].iter().any(|(_, to)| *to == item);
            wanted.push(match (mean, wanted.last()) {
                (Some(mean), _) => *mean,
                // What is joined to nothing follows what stands above it.
                (None, Some(above)) if !joined => *above,
                (None, _) => column.middles[item],
            });
        }
        columns[at].middles = spread(&columns[at].items, &wanted, sizes);
    }
}

/// The middles nearest to the wanted ones at which nothing overlaps: between those that give way downwards and those
/// that give way upwards.
fn spread(items: &[Item], wanted: &[f32], sizes: &[(f32, f32)]) -> Vec<f32> {
    let apart = |one: usize| (room(items[one], sizes) + room(items[one + 1], sizes)) / 2.0;
    let (mut down, mut up) = (wanted.to_vec(), wanted.to_vec());
    for index in 1..items.len() {
        down[index] = down[index].max(down[index - 1] + apart(index - 1));
    }
    for index in (0..items.len().saturating_sub(1)).rev() {
        up[index] = up[index].min(up[index + 1] - apart(index));
    }
    down.iter().zip(up).map(|(down, up)| (down + up) / 2.0).collect()
}

/// The height that an item takes, with what keeps it from others.
pub fn room(item: Item, sizes: &[(f32, f32)]) -> f32 {
    match item {
        Item::Box(index) => sizes[index].1 + GAP,
        Item::Passage(_) => PASSAGE + GAP / 2.0,
    }
}

/// Where a line passes a column: its left, its right, its height.
type Passage = (f32, f32, f32);

/// Places columns, boxes and zones. Gives the passages of each line, from left to right.
fn place(
    columns: &[Column],
    sizes: &[(f32, f32)],
    edges: &[Edge],
    layout: &mut Layout,
) -> BTreeMap<usize, Vec<Passage>> {
    let extent = |sign: f32| {
        let ends = columns.iter().flat_map(|column| {
            let ends = column.items.iter().zip(&column.middles);
            ends.map(move |(item, middle)| middle * sign + room(*item, sizes) / 2.0)
        });
        ends.reduce(f32::max).unwrap_or_default()
    };
    let (above, below) = (extent(-1.0).ceil(), extent(1.0).ceil());
    let top = TITLE + above;
    layout.height = TITLE + above + below + MARGIN - GAP / 2.0;
    let labels = edges.iter().map(|edge| edge.label.len()).max().unwrap_or(0);
    let mut passages: BTreeMap<usize, Vec<Passage>> = BTreeMap::new();
    let mut x = MARGIN;
    for (at, column) in columns.iter().enumerate() {
        let boxes = column.items.iter().filter_map(|item| match item {
            Item::Box(index) => Some(sizes[*index].0),
            Item::Passage(_) => None,
        });
        let width = boxes.fold(0.0, f32::max);
        x = x.round();
        for (item, middle) in column.items.iter().zip(&column.middles) {
            let middle = (top + middle).round();
            match item {
                Item::Box(index) => {
                    let height = sizes[*index].1;
                    layout.boxes[*index] = Rect { x, y: (middle - height / 2.0).round(), width, height };
                }
                Item::Passage(edge) => passages.entry(*edge).or_default().push((x, x + width, middle)),
            }
        }
        let end = x + width + MARGIN;
        match layout.zones.last_mut().filter(|(zone, _)| *zone == column.zone) {
            Some((_, rect)) => rect.width = end - rect.x,
            None => {
                let rect = Rect { x: x - MARGIN, y: 0.0, width: width + 2.0 * MARGIN, height: layout.height };
                layout.zones.push((column.zone, rect));
            }
        }
        layout.width = end;
        let within = columns.get(at + 1).is_some_and(|next| next.zone == column.zone);
        let written = if column.zone == Zone::Outside { labels as f32 * text::LINE * 0.64 } else { 0.0 };
        x = if within { x + width + GUTTER } else { end + GUTTER.max(written + 24.0) - MARGIN };
    }
    passages
}

/// The points of a line.
fn line(
    index: usize,
    edge: &Edge,
    layout: &Layout,
    passages: &BTreeMap<usize, Vec<Passage>>,
) -> Vec<(f32, f32)> {
    let (from, to) = (layout.boxes[edge.from], layout.boxes[edge.to]);
    let middle = |rect: Rect| rect.y + rect.height / 2.0;
    // Back, or within a column: around the right side.
    let end = if from.x < to.x { to.x } else { to.x + to.width };
    let mut points = vec![(from.x + from.width, middle(from))];
    for (left, right, y) in passages.get(&index).into_iter().flatten() {
        points.extend([(*left, *y), (*right, *y)]);
    }
    points.push((end, middle(to)));
    points
}

/// Places the tools below everything, in rows.
fn tools(nodes: &[Node], sizes: &[(f32, f32)], layout: &mut Layout) {
    let tools: Vec<usize> = (0..nodes.len()).filter(|index| nodes[*index].zone == Zone::Tools).collect();
    let Some(width) = tools.iter().map(|index| sizes[*index].0).reduce(f32::max) else { return };
    layout.width = layout.width.max(4.0 * width);
    let top = layout.height + MARGIN;
    let (mut x, mut y, mut tallest) = (MARGIN, top + TITLE, 0.0_f32);
    for index in tools {
        let (width, height) = sizes[index];
        if x > MARGIN && x + width + MARGIN > layout.width {
            (x, y, tallest) = (MARGIN, y + tallest + GAP, 0.0);
        }
        layout.boxes[index] = Rect { x, y, width, height };
        x += width + GAP;
        tallest = tallest.max(height);
    }
    layout.height = y + tallest + MARGIN;
    let rect = Rect { x: 0.0, y: top, width: layout.width, height: layout.height - top };
    layout.zones.push((Zone::Tools, rect));
}

#[cfg(test)]
mod tests {
    use super::{super::Text, Edge, Layout, Node, Rect, Zone, layout};

    fn node(zone: Zone, depth: usize, name: &str) -> Node {
        let lines = vec![Text::line("무엇을 하는 서비스"), Text::line("8000")];
        Node { zone, depth, name: Text::name(name), lines, bare: false, measured: true }
    }

    /// A picture of so many services in two depths, each reaching every third one and all data.
    fn sample(services: usize) -> (Vec<Node>, Vec<Edge>) {
        let mut nodes = vec![node(Zone::Outside, 0, "everyone"), node(Zone::Entry, 0, "proxy")];
        let mut edges = vec![Edge { from: 0, to: 1, label: "80, 443".to_owned() }];
        for index in 0..services {
            nodes.push(node(Zone::Services, index % 2, &format!("service-{index}")));
            edges.push(Edge { from: 1, to: index + 2, label: String::new() });
        }
        for index in 0..3 {
            nodes.push(node(Zone::Data, 0, &format!("data-{index}")));
            nodes.push(node(Zone::Beyond, 0, &format!("external-{index}")));
            nodes.push(node(Zone::Tools, 0, &format!("tool-{index}")));
            let (data, beyond) = (nodes.len() - 3, nodes.len() - 2);
            for service in (0..services).filter(|service| service % 3 == index) {
                edges.push(Edge { from: service + 2, to: data, label: String::new() });
                edges.push(Edge { from: service + 2, to: beyond, label: String::new() });
            }
        }
        (nodes, edges)
    }

    fn overlap(one: Rect, other: Rect) -> bool {
        one.x < other.x + other.width
            && other.x < one.x + one.width
            && one.y < other.y + other.height
            && other.y < one.y + one.height
    }

    #[test]
    fn what_nothing_joins_does_not_stand_apart() {
        let zones =
            [Zone::Entry, Zone::Services, Zone::Data, Zone::Entry, Zone::Services, Zone::Data, Zone::Beyond];
        let nodes: Vec<Node> = zones.iter().map(|zone| node(*zone, 0, "x")).collect();
        let edges: Vec<Edge> = [(0, 1), (1, 2), (3, 4), (4, 5)]
            .map(|(from, to)| Edge { from, to, label: String::new() })
            .into_iter()
            .collect();
        let layout = layout(&nodes, &edges);
        let tallest = layout.boxes.iter().map(|rect| rect.height).fold(0.0, f32::max);
        let lowest = layout.boxes.iter().map(|rect| rect.y + rect.height).fold(0.0, f32::max);
        assert!(lowest < 2.0 * tallest + 100.0 && layout.height < lowest + 40.0, "{layout:?}");
    }

    fn within(inner: Rect, outer: Rect) -> bool {
        inner.x >= outer.x
            && inner.y >= outer.y
            && inner.x + inner.width <= outer.x + outer.width
            && inner.y + inner.height <= outer.y + outer.height
    }

    fn drawn(services: usize) -> (Vec<Node>, Vec<Edge>, Layout) {
        let (nodes, edges) = sample(services);
        let layout = layout(&nodes, &edges);
        (nodes, edges, layout)
    }

    #[test]
    fn boxes_stand_apart_and_within_their_zone() {
        for services in [0, 1, 5, 25, 60] {
            let (nodes, _, layout) = drawn(services);
            let page = Rect { x: 0.0, y: 0.0, width: layout.width, height: layout.height };
            for (index, rect) in layout.boxes.iter().enumerate() {
                let zone = layout.zones.iter().find(|(zone, _)| *zone == nodes[index].zone).unwrap().1;
                assert!(
                    within(*rect, zone) && within(zone, page),
                    "{:?}: {rect:?}, {zone:?}",
                    nodes[index].name
                );
                assert!(layout.boxes[..index].iter().all(|other| !overlap(*rect, *other)), "{index}");
            }
            for (index, (_, zone)) in layout.zones.iter().enumerate() {
                assert!(layout.zones[..index].iter().all(|(_, other)| !overlap(*zone, *other)));
            }
        }
    }

    #[test]
    fn lines_join_their_boxes_and_pass_between_others() {
        let (nodes, edges, layout) = drawn(25);
        for (edge, line) in edges.iter().zip(&layout.lines) {
            let (from, to) = (layout.boxes[edge.from], layout.boxes[edge.to]);
            assert_eq!(line[0], (from.x + from.width, from.y + from.height / 2.0));
            assert_eq!(line[line.len() - 1], (to.x, to.y + to.height / 2.0));
            for passage in line[1..line.len() - 1].chunks(2) {
                let [(left, y), (right, _)] = passage else { panic!("{line:?}") };
                let passed = Rect { x: *left, y: *y, width: right - left, height: 0.1 };
                let hit = layout.boxes.iter().position(|rect| overlap(passed, *rect));
                assert!(hit.is_none(), "{:?}", hit.map(|index| &nodes[index].name));
            }
        }
    }

    #[test]
    fn the_same_picture_has_the_same_numbers() {
        let once = format!("{:?}", drawn(12).2);
        assert_eq!(once, format!("{:?}", drawn(12).2));
    }
}
