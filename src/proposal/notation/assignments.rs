//! What the configuration files of daemons have in common: assignments, comments, quotation marks, durations.

use super::words::Word;
use alloc::format;
use alloc::string::String;

/// The lines of a text, without white space on both sides.
pub(super) fn lines(text: &str) -> impl Iterator<Item = Word<'_>> {
    Word::whole(text).split(&['\n'])
}

/// Without the comment: from a `#` that begins the line or follows white space and stands in no quotation marks.
pub(super) fn without_comment(line: Word<'_>) -> Word<'_> {
    let mut quoted = None;
    let mut before = ' ';
    for (at, c) in line.text.char_indices() {
        match (quoted, c) {
            (Some(mark), _) if c == mark => quoted = None,
            (None, '"' | '\'') if before.is_whitespace() || before == '=' => quoted = Some(c),
            (None, '#') if before.is_whitespace() => return line.front(at).trim(),
            _ => {}
        }
        before = c;
    }
    line
}

/// A setting: a name, `=`, and what stands behind it.
pub(super) fn assignment(line: Word<'_>) -> Option<(Word<'_>, Word<'_>)> {
    let at = line.text.find('=')?;
    let key = line.front(at).trim();
    let named = |c: char| c.is_ascii_alphanumeric() || matches!(c, '_' | '-' | '.');
    let is_key = !key.text.is_empty() && key.text.len() <= 64 && key.text.chars().all(named);
    is_key.then(|| (key, line.behind(at.saturating_add(1)).trim()))
}

/// Without the quotation marks around it.
pub(super) fn unquoted(word: Word<'_>) -> Word<'_> {
    let inside = ['"', '\''].into_iter().find_map(|mark| word.text.strip_prefix(mark)?.strip_suffix(mark));
    match inside {
        Some(inside) => word.behind(1).front(inside.len()).trim(),
        None => word,
    }
}

/// Seconds of a duration as `3600`, `3600s`, `60m`, `8h`, `1d`, `1w`.
pub(super) fn seconds(text: &str) -> Option<u64> {
    let digits = text.trim_end_matches(|c: char| c.is_ascii_alphabetic());
    let count: u64 = digits.parse().ok()?;
    let unit = match text.get(digits.len()..)?.to_ascii_lowercase().as_str() {
        "" | "s" | "sec" | "second" | "seconds" => 1,
        "m" | "min" | "minute" | "minutes" => 60,
        "h" | "hour" | "hours" => 3600,
        "d" | "day" | "days" => 86400,
        "w" | "week" | "weeks" => 604_800,
        _ => return None,
    };
    count.checked_mul(unit)
}

/// `yes`, `no` and their like.
pub(super) fn switch(text: &str) -> Option<bool> {
    let is = |names: &[&str]| names.iter().any(|name| name.eq_ignore_ascii_case(text));
    if is(&["yes", "true", "on", "1", "enabled", "insist", "force", "accept"]) {
        return Some(true);
    }
    is(&["no", "false", "off", "0", "disabled", "never"]).then_some(false)
}

/// Names in a sentence: those of the first few, and how many there are besides.
pub(super) fn listed<'n>(names: impl Iterator<Item = &'n str>) -> String {
    const MOST: usize = 8;
    let mut text = String::new();
    let mut count = 0_usize;
    for name in names {
        if count < MOST {
            if count > 0 {
                text.push_str(", ");
            }
            text.push_str(name.get(..64).unwrap_or(name));
        }
        count = count.saturating_add(1);
    }
    match count.saturating_sub(MOST) {
        0 => text,
        more => format!("{text} and {more} more"),
    }
}

#[cfg(test)]
mod tests {
    use super::{assignment, lines, listed, seconds, unquoted, without_comment};

    #[test]
    fn pieces_of_lines() {
        let line = lines("# x\n  ike = \"a #b\" # c\n").nth(1).unwrap();
        let (key, value) = assignment(without_comment(line)).unwrap();
        assert_eq!((key.text, unquoted(value).text, unquoted(value).at), ("ike", "a #b", 13));
        assert!(assignment(lines("a b = c").next().unwrap()).is_none());
        assert_eq!(without_comment(lines("#x").next().unwrap()).text, "");
        assert_eq!(
            [seconds("8h"), seconds("90"), seconds("1d"), seconds("x"), seconds("1y")],
            [Some(28800), Some(90), Some(86400), None, None]
        );
        assert_eq!(seconds("18446744073709551615h"), None);
        assert_eq!(listed(["a", "b"].into_iter()), "a, b");
        assert_eq!(listed(core::iter::repeat_n("a", 10)), "a, a, a, a, a, a, a, a and 2 more");
    }
}
