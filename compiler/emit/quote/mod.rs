//! Text as one unit of each format that it reaches: whatever the text holds, it arrives as it is, or stays harmless.
//!
//! One file a format, each tried with its real reader. YAML, JSON and everything that templates write quote for
//! themselves; these functions are for what templates and trees are made of. Paths, names, host names and URLs need
//! none of it: their types hold nothing that a format acts on.

mod compose;
mod cron;
mod dotenv;
mod go_template;
mod html;
mod markdown;
mod nginx;
mod promql;
mod systemd;

pub use compose::{compose, compose_default};
pub use cron::{cron, cron_word};
pub use dotenv::dotenv;
pub use go_template::go_template;
pub use html::html;
pub use markdown::{markdown, markdown_cell, markdown_code, markdown_code_cell};
pub use nginx::{nginx, nginx_with_variables};
pub use promql::promql;
pub use systemd::{systemd, systemd_text};

pub use crate::shell::word as shell;

/// Text that stays on its line: line breaks and control characters become blanks.
pub fn line(text: &str) -> String {
    text.chars()
        .map(|c| if c.is_control() || matches!(c, '\u{2028}' | '\u{2029}') { ' ' } else { c })
        .collect()
}

#[cfg(test)]
mod tests {
    use crate::emit::hostile;

    #[test]
    fn a_line_has_no_end_in_it() {
        for text in hostile::texts() {
            let line = super::line(&text);
            assert!(!line.contains(['\n', '\r', '\u{b}', '\u{c}', '\u{85}', '\u{2028}', '\u{2029}', '\0']));
            assert_eq!(line.chars().count(), text.chars().count());
        }
    }
}
