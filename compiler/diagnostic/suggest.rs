//! "did you mean": the nearest right name, within two edits.

/// The candidate nearest to `wrong`, when it is near enough to be what was meant: at most two edits (insert,
/// delete, replace, swap of neighbours), and fewer edits than half of the letters.
pub fn nearest<'a>(wrong: &str, candidates: impl IntoIterator<Item = &'a str>) -> Option<&'a str> {
    let limit = 2.min(wrong.chars().count().saturating_sub(1) / 2).max(1);
    candidates
        .into_iter()
        .map(|candidate| (distance(wrong, candidate), candidate))
        .filter(|(d, candidate)| *d <= limit && *candidate != wrong)
        .min()
        .map(|(_, candidate)| candidate)
}

/// What to say of a wrong name: the nearest right one, where one is near enough, else what `otherwise` says.
pub fn meant<'a>(
    wrong: &str,
    candidates: impl IntoIterator<Item = &'a str>,
    otherwise: impl FnOnce() -> String,
) -> String {
    nearest(wrong, candidates).map_or_else(otherwise, |near| format!("did you mean `{near}`?"))
}

/// Edit distance with swaps of neighbours (optimal string alignment), ignoring case.
fn distance(a: &str, b: &str) -> usize {
    let a: Vec<char> = a.chars().flat_map(char::to_lowercase).collect();
    let b: Vec<char> = b.chars().flat_map(char::to_lowercase).collect();
    if a.len().abs_diff(b.len()) > 2 {
        return usize::MAX;
    }
    let mut rows = vec![vec![0; b.len() + 1]; a.len() + 1];
    for (i, row) in rows.iter_mut().enumerate() {
        row[0] = i;
    }
    for (j, cell) in rows[0].iter_mut().enumerate() {
        *cell = j;
    }
    for i in 1..=a.len() {
        for j in 1..=b.len() {
            let replace = rows[i - 1][j - 1] + usize::from(a[i - 1] != b[j - 1]);
            let mut best = replace.min(rows[i - 1][j] + 1).min(rows[i][j - 1] + 1);
            if i > 1 && j > 1 && a[i - 1] == b[j - 2] && a[i - 2] == b[j - 1] {
                best = best.min(rows[i - 2][j - 2] + 1);
            }
            rows[i][j] = best;
        }
    }
    rows[a.len()][b.len()]
}

#[cfg(test)]
mod tests {
    use super::nearest;

    #[test]
    fn finds_what_was_meant() {
        assert_eq!(nearest("servcie", ["service", "secret"]), Some("service"));
        assert_eq!(nearest("prot", ["port", "host"]), Some("port"));
        assert_eq!(nearest("replica", ["replicas"]), Some("replicas"));
    }

    #[test]
    fn is_silent_about_the_absurd() {
        assert_eq!(nearest("nginx", ["service", "secret"]), None);
        assert_eq!(nearest("to", ["of"]), None);
    }
}
