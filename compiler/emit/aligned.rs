//! Comments behind commands, below each other: a template writes two blanks before each, whatever the length of the
//! values in the command.

/// A command beyond this width does not push the comments of the others away.
const WIDTH: usize = 56;

/// The text with the comments behind its lines in one column.
pub fn aligned(text: &str) -> String {
    let lines = || text.split('\n').map(|line| line.split_once("  # "));
    let widths = lines().flatten().map(|(command, _)| command.chars().count());
    let column = widths.filter(|width| *width <= WIDTH).max().unwrap_or(0);
    let line = |(text, parts): (&str, Option<(&str, &str)>)| match parts {
        Some((command, comment)) => format!("{command:column$}  # {comment}"),
        None => text.to_owned(),
    };
    text.split('\n').zip(lines()).map(line).collect::<Vec<_>>().join("\n")
}

#[cfg(test)]
mod tests {
    use super::aligned;

    #[test]
    fn comments_stand_below_each_other() {
        assert_eq!(
            aligned("a  # one\nplain # ours\nlonger  # two"),
            "a       # one\nplain # ours\nlonger  # two"
        );
        let long = "x".repeat(70);
        assert_eq!(aligned(&format!("a  # one\n{long}  # two")), format!("a  # one\n{long}  # two"));
    }
}
