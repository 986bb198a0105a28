//! One description read by all cores: the block of its system is cut between the nodes in it, and the pieces are parsed
//! side by side.
//!
//! That is sound where a cut is made: behind a `}` that ends a block of the node, and the line. There nothing is open,
//! whatever stands before and behind. What cannot be cut so, or holds a mistake, is parsed as a whole, which also
//! tells the mistake.
//!
//! The parser is shown it [in brief](super::brief).

use std::ops::{ControlFlow, Range};

use rayon::prelude::*;

use super::{
    brief::Brief,
    comments,
    node::Node,
    parse::{self, Mark, outline, part, readable},
    strings, suspect,
};
use crate::{
    diagnostic::{Diagnostic, Diagnostics},
    source::{SourceId, Span},
};

/// Shortest piece that is worth to be handed to another core, in bytes: about a quarter of a millisecond of parsing.
const LEAST: usize = 512;

/// Reads one source. What cannot be parsed is reported, and then there are no nodes.
pub fn parse(source: SourceId, text: &str, diagnostics: &mut Diagnostics) -> Vec<Node> {
    if let Err(problem) = readable(source, text) {
        diagnostics.add(problem);
        return Vec::new();
    }
    if let Some(at) = suspect::chained(text) {
        diagnostics.add(
            Diagnostic::error("syntax", "`/-` comments out what comes next, which is another `/-`")
                .at(Span::new(source, at, at + 2), "one too many")
                .help("keep one `/-` in front of the node, argument or block that it comments out"),
        );
        return Vec::new();
    }
    // Behind a string that is not closed, what looks like a word may stand in one.
    let cut = comments::within_words(source, text);
    if !cut.is_empty() && strings::wrong(source, text).is_none() {
        cut.into_iter().for_each(|problem| diagnostics.add(problem));
        return Vec::new();
    }
    let (mut few, mut before) = (suspect::FEW, 0);
    while let Some(end) = suspect::reach(text, few).filter(|end| *end > before) {
        // Blocks are open where the text is cut off.
        if let Err(found) = parse::read(source, &text[..end])
            && !found.causes.is_empty()
        {
            let last = found.causes.len() - 1;
            for (index, mut problem) in found.causes.into_iter().enumerate() {
                if index == last
                    && end < text.len()
                    && suspect::reach(&text[end..], 1).is_some()
                    && let Some(help) = &mut problem.help
                {
                    help.push_str("\nwhat stands behind was not read: correct this first");
                }
                diagnostics.add(problem);
            }
            return Vec::new();
        }
        (few, before) = (few * 4, end);
    }
    let brief = Brief::new(source, text);
    let least = pieces_for(brief.text().len());
    quickly(&brief, least).unwrap_or_else(|| parse::parse(source, text, diagnostics))
}

/// The nodes, read in pieces of at least `least` bytes if there are as many.
fn quickly(brief: &Brief, least: usize) -> Option<Vec<Node>> {
    in_pieces(brief, least).or_else(|| part(brief))
}

/// How long pieces should be: several for each core, since some take longer than others.
fn pieces_for(length: usize) -> usize {
    match rayon::current_num_threads() {
        1 => usize::MAX,
        threads => LEAST.max(length / (8 * threads)),
    }
}

/// The nodes, read in pieces of at least `least` bytes; none when they must be read as a whole.
fn in_pieces(brief: &Brief, least: usize) -> Option<Vec<Node>> {
    let text = brief.text();
    if text.len() / 2 < least || text.contains('\u{feff}') {
        return None;
    }
    let block = Block::largest(text, least)?;
    let inside = || -> Option<Vec<Vec<Node>>> {
        block.pieces().into_par_iter().map(|range| part(&brief.piece(range))).collect()
    };
    let (nodes, pieces) = rayon::join(|| part(&brief.without(block.within.clone())), inside);
    let mut nodes = nodes?;
    let open = brief.place(block.within.start);
    let before = |node: &&mut Node| (node.span.start as usize) < open;
    let owner = nodes.iter_mut().rfind(before)?;
    // Else the block belongs to a node that is commented out, or is itself.
    let header = brief.between(owner.span.end as usize, open).trim() == "{";
    if !header || !owner.has_block || !owner.children.is_empty() {
        return None;
    }
    owner.children = pieces?.into_iter().flatten().collect();
    Some(nodes)
}

/// A block at the top of a text.
struct Block {
    /// What is within its braces.
    within: Range<usize>,
    /// Where it may be cut.
    cuts: Vec<usize>,
}

impl Block {
    /// The first that is long enough to be cut into pieces of at least `least` bytes.
    fn largest(text: &str, least: usize) -> Option<Block> {
        let (mut depth, mut open, mut last, mut cuts) = (0usize, 0, 0, Vec::new());
        let walked = outline(text, |at, mark| {
            match mark {
                Mark::Open => {
                    depth += 1;
                    if depth == 1 {
                        (open, last) = (at + 1, at + 1);
                        cuts.clear();
                    }
                }
                Mark::Close if depth == 1 && !cuts.is_empty() => return ControlFlow::Break(at),
                Mark::Close => {
                    if depth == 2
                        && at - last >= least
                        && let Some(end) = line_end(text, at + 1)
                    {
                        cuts.push(end);
                        last = end;
                    }
                    depth = depth.saturating_sub(1);
                }
                Mark::Comment(_) | Mark::Block | Mark::Text(_) | Mark::Out => {}
            }
            ControlFlow::Continue(())
        });
        walked.break_value().map(|close| Block { within: open..close, cuts })
    }

    fn pieces(&self) -> Vec<Range<usize>> {
        let starts = std::iter::once(self.within.start).chain(self.cuts.iter().copied());
        let ends = self.cuts.iter().copied().chain([self.within.end]);
        starts.zip(ends).map(|(start, end)| start..end).collect()
    }
}

/// Where the next line begins, when nothing but blanks stands before it.
fn line_end(text: &str, from: usize) -> Option<usize> {
    let blanks = text[from..].bytes().take_while(|byte| matches!(byte, b' ' | b'\t' | b'\r')).count();
    text[from + blanks..].starts_with('\n').then_some(from + blanks + 1)
}

#[cfg(test)]
mod tests {
    use std::{fs, path::Path};

    use super::*;
    use crate::source::Sources;

    /// What is read as a whole, and what is read in the shortest pieces.
    fn both(text: &str) -> (Vec<Node>, Option<Vec<Node>>) {
        let source = Sources::default().add("x.kdl", text);
        let whole = parse::parse(source, text, &mut Diagnostics::default());
        (whole, in_pieces(&Brief::new(source, text), 1))
    }

    #[test]
    fn every_description_of_the_house_reads_the_same_in_pieces() {
        let root = Path::new(env!("CARGO_MANIFEST_DIR"));
        let (mut files, mut cut) = (0, 0);
        for folder in ["examples", "stdlib", "golden-tests", "benches"] {
            for entry in walkdir::WalkDir::new(root.join(folder)).into_iter().flatten() {
                let path = entry.path();
                let Some(text) =
                    fs::read_to_string(path).ok().filter(|_| path.extension() == Some("kdl".as_ref()))
                else {
                    continue;
                };
                let (whole, pieces) = both(&text);
                files += 1;
                if let Some(pieces) = pieces {
                    cut += 1;
                    assert!(pieces == whole, "{}", path.display());
                }
            }
        }
        assert!(files > 100 && cut * 2 > files, "{cut} of {files} could be cut");
    }

    #[test]
    fn cuts_lie_between_nodes_only() {
        for text in [
            "// {\na \"x{\" {\n b {\n}\n /* } */ c #\"}\"# {\n d {\n}\n}\n e \"\"\"\n }\n {\n \"\"\"\n f {}\n}\ng {\n h { }\n}\n",
            "a {\n b { }; c {\n}\r\n d { } // }\n e 1\n}\n",
            "a 1 {\n b {\n c\n} /-{\n}\n d {\n}\n}",
            "a {\n /-b {\n}\n /-\n c {\n}\n d /-{\n} {\n e\n}\n (f)g {\n}\n}\n",
            "x {\n}\na {\n b {\n}\n c\n}\ny 2 {\n d {\n}\n}\nz",
        ] {
            let (whole, pieces) = both(text);
            assert!(!whole.is_empty(), "{text}");
            assert_eq!(pieces, Some(whole), "{text}");
        }
    }

    #[test]
    fn what_cannot_be_cut_is_read_as_a_whole() {
        for text in [
            "a { b { }; c { } }",
            "a 1\nb 2\n",
            "/-a {\n b {\n}\n c\n}\n",
            "z {\n}\n/-a {\n b {\n}\n c\n}\n",
            "a /-{\n b {\n}\n c\n} {\n d\n}\n",
            "a {\n b {\n}\n \u{feff}c\n}\n",
        ] {
            assert_eq!(both(text).1, None, "{text}");
        }
    }

    #[test]
    fn a_mistake_is_told_as_of_the_whole() {
        for text in [
            "a http://b\n",
            "// a\n b 1. // c\n",
            "a // b\u{2028}c 1.\n",
            "a {\n b {\n}\n c 1.\n d {\n}\n}\n",
            "a {\n b {\n}\n c {\n",
            "a {\n b {\n}\n /-\n}\n",
            "a {\n b {\n}\n c \\\n}\n",
            "a {\n b {\n}\n}\n}\n",
            "a 1. {\n b {\n}\n c\n}\n",
        ] {
            let source = Sources::default().add("x.kdl", text);
            let (mut found, mut expected) = (Diagnostics::default(), Diagnostics::default());
            let nodes = quickly(&Brief::new(source, text), 1)
                .unwrap_or_else(|| parse::parse(source, text, &mut found));
            assert_eq!(nodes, parse::parse(source, text, &mut expected), "{text}");
            assert_eq!(found.into_sorted(), expected.into_sorted(), "{text}");
        }
    }
}
