//! The picture as SVG, to stand within a page whose style sheet colours it.

use std::fmt::{self, Write as _};

use super::{
    Edge, Node, Text, Zone,
    layout::{LINE_HEIGHT, Layout, PADDING, Rect},
};
use crate::{emit::quote::html, model::Model};

/// The picture.
pub fn svg(model: &Model, nodes: &[Node], edges: &[Edge], layout: &Layout) -> String {
    let mut out = String::new();
    // Writing to a string cannot fail.
    let _ = write(&mut out, model, nodes, edges, layout);
    out
}

fn write(out: &mut String, model: &Model, nodes: &[Node], edges: &[Edge], layout: &Layout) -> fmt::Result {
    let (width, height) = (layout.width.ceil() + 2.0, layout.height.ceil() + 2.0);
    let pick = |english, korean| model.language.pick(english, korean);
    let title = pick("What runs, and who may reach what", "실행되는 서비스와 접근 경로");
    write!(
        out,
        "<svg class=\"picture\" xmlns=\"http://www.w3.org/2000/svg\" viewBox=\"-1 -1 {width} {height}\" width=\"{width}\" height=\"{height}\" role=\"img\" aria-label=\"{title}\">\n\
         <defs><marker id=\"arrow\" viewBox=\"0 0 8 8\" refX=\"7\" refY=\"4\" markerWidth=\"8\" markerHeight=\"8\" orient=\"auto\"><path d=\"M0 0 8 4 0 8z\"/></marker></defs>\n"
    )?;
    for (zone, rect) in &layout.zones {
        let (name, title) = match zone {
            Zone::Outside => ("outside", pick("Outside", "외부")),
            Zone::Entry => ("entry", pick("Way in", "입구")),
            Zone::Services => ("services", pick("Services", "서비스")),
            Zone::Data => ("data", pick("Data", "데이터")),
            Zone::Beyond => ("beyond", pick("Elsewhere", "다른 곳")),
            Zone::Tools => ("tools", pick("Operation", "운영 도구")),
        };
        let Rect { x, y, width, height } = rect;
        writeln!(
            out,
            "<g class=\"zone {name}\"><rect x=\"{x}\" y=\"{y}\" width=\"{width}\" height=\"{height}\" rx=\"8\"/><text x=\"{}\" y=\"{}\">{title}</text></g>",
            x + 12.0,
            y + 19.0
        )?;
    }
    for (edge, line) in edges.iter().zip(&layout.lines) {
        writeln!(out, "<path class=\"line\" d=\"{}\" marker-end=\"url(#arrow)\"/>", path(line))?;
        if let ([(x1, y1), (x2, y2), ..], false) = (line.as_slice(), edge.label.is_empty()) {
            let (x, y) = ((x1 + x2) / 2.0, (y1 + y2) / 2.0 - 4.0);
            writeln!(out, "<text class=\"label\" x=\"{x}\" y=\"{y}\">{}</text>", html(&edge.label))?;
        }
    }
    for (node, rect) in nodes.iter().zip(&layout.boxes) {
        boxed(out, model, node, *rect)?;
    }
    out.push_str("</svg>");
    Ok(())
}

/// A line through its points: curves that leave and arrive level, and straight where it passes a column.
fn path(points: &[(f32, f32)]) -> String {
    let mut out = String::new();
    let [first, rest @ ..] = points else { return out };
    let _ = write!(out, "M{} {}", first.0, first.1);
    let mut before = first;
    for point in rest {
        // Around the right side, when it does not lead to the right.
        let (bend, back) = match point.0 - before.0 {
            run if run > 0.0 => (run / 2.0, -run / 2.0),
            _ => (44.0, 44.0),
        };
        let _ = write!(
            out,
            "C{} {} {} {} {} {}",
            before.0 + bend,
            before.1,
            point.0 + back,
            point.1,
            point.0,
            point.1
        );
        before = point;
    }
    out
}

fn boxed(out: &mut String, model: &Model, node: &Node, rect: Rect) -> fmt::Result {
    let Rect { x, y, width, height } = rect;
    let class = if node.bare { "node bare" } else { "node" };
    write!(
        out,
        "<g class=\"{class}\"><rect x=\"{x}\" y=\"{y}\" width=\"{width}\" height=\"{height}\" rx=\"5\"/>"
    )?;
    write_text(out, &node.name, "name", x + PADDING, y + 20.0)?;
    for (index, line) in node.lines.iter().enumerate() {
        write_text(out, line, "about", x + PADDING, y + 20.0 + LINE_HEIGHT * (index + 1) as f32)?;
    }
    if node.measured {
        let title = model.language.pick("metrics are read", "메트릭 수집");
        let (x, y) = (x + width - 10.0, y + 10.0);
        write!(
            out,
            "<circle class=\"measured\" cx=\"{x}\" cy=\"{y}\" r=\"3.5\"><title>{title}</title></circle>"
        )?;
    }
    out.push_str("</g>\n");
    Ok(())
}

fn write_text(out: &mut String, text: &Text, class: &str, x: f32, y: f32) -> fmt::Result {
    write!(out, "<text class=\"{class}\" x=\"{x}\" y=\"{y}\">{}", html(&text.shown))?;
    if let Some(whole) = &text.whole {
        write!(out, "<title>{}</title>", html(whole))?;
    }
    out.push_str("</text>");
    Ok(())
}
