//! A plan for the eye: the system, the files, what follows, one line; what matters most stands last, where the eye
//! is when the command ends.

use std::fmt::Write as _;

use unicode_width::UnicodeWidthStr as _;

use super::{
    Action, FieldChange, Plan, SystemChange, counts, effect, implied, place, reason, spoken, summary, symbol,
    told, visible, words,
};
use crate::source::Sources;

/// How a plan is shown as text.
#[derive(Clone, Copy, Debug)]
pub struct View {
    /// Whether colours are used. Symbols carry the meaning without them.
    pub color: bool,
    /// Whether the differences of files are shown.
    pub diff: bool,
    /// Whether every change is shown, also what others speak for: each part of a kind that is new.
    pub all: bool,
}

const GREEN: &str = "32";
const YELLOW: &str = "33";
const RED: &str = "31";
const BOLD: &str = "1";
const DIM: &str = "2";

/// A plan as text.
pub fn text(plan: &Plan, sources: &Sources, view: View) -> String {
    let mut page = Page { out: String::new(), view };
    page.line(&page.paint(BOLD, &format!("{} / {}", plan.system, plan.environment)));
    if plan.first {
        page.line("  first apply: nothing has been written here yet");
    }
    if plan.gone {
        page.line("  no longer described: what was written here is removed");
    }
    if plan.compiler_changed {
        page.line("  another ondol than at the last apply: files may change for that alone");
    }
    page.system(plan, sources);
    page.files(plan);
    page.then(plan);
    page.line(&format!("\n  {}", summary(plan)));
    page.out
}

struct Page {
    out: String,
    view: View,
}

impl Page {
    fn line(&mut self, text: &str) {
        let _ = writeln!(self.out, "{}", text.trim_end());
    }

    fn paint(&self, code: &str, text: &str) -> String {
        if self.view.color { format!("\x1b[{code}m{text}\x1b[0m") } else { text.to_owned() }
    }

    fn symbol(&self, action: Action, symbol: char) -> String {
        let code = match action {
            Action::Create => GREEN,
            Action::Update => YELLOW,
            Action::Delete => RED,
        };
        self.paint(code, &symbol.to_string())
    }

    fn system(&mut self, plan: &Plan, sources: &Sources) {
        let all = self.view.all;
        let kinds = |change: &SystemChange| plan.first && !all && change.address.starts_with("kind/");
        let shown: Vec<&SystemChange> =
            plan.changes.iter().filter(|change| all || !(kinds(change) || implied(plan, change))).collect();
        if plan.changes.is_empty() {
            return;
        }
        self.line("\n  system");
        let width = column(shown.iter().map(|change| spoken(&change.address)));
        for change in shown {
            let symbol = self.symbol(change.action, change.action.symbol());
            let at = self.paint(DIM, &place(change, sources));
            self.line(&format!("  {symbol} {}  {at}", padded(&spoken(&change.address), width)));
            for field in told(plan, change) {
                let elsewhere =
                    field.span.filter(|_| change.action == Action::Update).map(|s| sources.place(s));
                let own = change.span.map(|span| sources.place(span));
                let at = match elsewhere {
                    Some(place) if own.is_none_or(|own| (own.file, own.line) != (place.file, place.line)) => {
                        self.paint(DIM, &format!("  {place}"))
                    }
                    _ => String::new(),
                };
                self.line(&format!("      {}{at}", difference(change, field)));
            }
            for risk in plan.risks_of(&change.address) {
                self.line(&format!("      {}", self.paint(RED, &format!("data at risk: {}", visible(risk)))));
            }
        }
        let names: Vec<&str> = plan
            .changes
            .iter()
            .filter(|change| kinds(change))
            .filter_map(|change| change.address.strip_prefix("kind/").filter(|kind| !kind.contains('/')))
            .collect();
        if !names.is_empty() {
            self.line(&format!("  {} kinds in use: {}", self.symbol(Action::Create, '+'), names.join(", ")));
        }
    }

    fn files(&mut self, plan: &Plan) {
        if plan.files.is_empty() {
            return;
        }
        self.line("\n  files");
        let width = column(plan.files.iter().map(|file| file.path.clone()));
        let lines = column(plan.files.iter().map(counts));
        let effects = column(plan.files.iter().map(|file| effect(file).to_owned()));
        for file in &plan.files {
            let head = format!(
                "  {} {}  {}",
                self.symbol(file.action, symbol(file)),
                padded(&file.path, width),
                padded(&counts(file), lines)
            );
            // Of a first apply everything is new, and nothing runs yet.
            if plan.first && !file.edited {
                self.line(&head);
            } else if effects == 0 || plan.first {
                self.line(&format!("{head}  {}", reason(file)));
            } else {
                self.line(&format!("{head}  {}  {}", padded(effect(file), effects), reason(file)));
            }
            if self.view.diff {
                for line in file.text.diff().lines() {
                    let code = match line.chars().next() {
                        Some('+') => GREEN,
                        Some('-') => RED,
                        _ => DIM,
                    };
                    self.line(&format!("      {}", self.paint(code, &visible(line))));
                }
            }
        }
    }

    fn then(&mut self, plan: &Plan) {
        if plan.consequences.is_empty() && plan.risks.is_empty() {
            return;
        }
        self.line("\n  then");
        for consequence in &plan.consequences {
            self.line(&format!("  {}", words(consequence)));
        }
        for (_, risk) in &plan.risks {
            self.line(&format!("  {}", self.paint(RED, &format!("! data at risk: {}", visible(risk)))));
        }
    }
}

/// What is said differently of a thing.
fn difference(change: &SystemChange, field: &FieldChange) -> String {
    let value = |value: &Option<String>| match value.as_deref() {
        None => "(none)".to_owned(),
        Some("") => "\"\"".to_owned(),
        Some(text) => visible(text),
    };
    match change.action {
        Action::Create => format!("{} {}", field.field, value(&field.after)),
        Action::Delete => format!("{} {}", field.field, value(&field.before)),
        Action::Update if field.before.as_deref() == Some("") && field.after.is_none() => {
            format!("{} no longer stated", field.field)
        }
        Action::Update => format!("{} {} → {}", field.field, value(&field.before), value(&field.after)),
    }
}

/// The width of a column, within reason: a longer text pushes only its own line.
fn column(texts: impl Iterator<Item = String>) -> usize {
    texts.map(|text| text.width()).max().unwrap_or(0).min(56)
}

/// The text with blanks up to a width, as a terminal counts it.
fn padded(text: &str, width: usize) -> String {
    format!("{text}{}", " ".repeat(width.saturating_sub(text.width())))
}
