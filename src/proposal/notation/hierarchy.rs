//! Configurations that are a tree of statements: Junos, PAN-OS, VyOS.
//!
//! Two forms of the same: `set a b c` on a line, and `a { b { c; } }` with braces. Both come out as the path of each statement.
//! `[edit a b]`, as Junos prints it above what it shows, is what the following lines stand below.

use super::NotationError;
use super::lines::{Tokens, lines, quoted_head, tokens};
use super::span::Span;
use super::words::Word;
use alloc::vec::Vec;

/// Blocks within blocks that count; what is deeper is passed over.
const DEEPEST: usize = 32;
/// Words of a path that count.
const LONGEST: usize = 64;

/// A statement: the words that lead to it and its own, and where its own stand.
pub(super) struct Statement<'s, 'a> {
    pub(super) path: &'s [Word<'a>],
    pub(super) span: Span,
}

impl<'a> Statement<'_, 'a> {
    /// The words behind `names`, which stand somewhere in the path one behind the other.
    pub(super) fn behind(&self, names: &[&str]) -> Option<&[Word<'a>]> {
        let fits = |window: &[Word<'a>]| window.iter().zip(names).all(|(word, name)| word.text.eq_ignore_ascii_case(name));
        let at = self.path.windows(names.len().max(1)).position(fits)?;
        self.path.get(at.saturating_add(names.len())..)
    }
}

/// Calls `visit` for every statement of a text.
pub(super) fn statements<'a>(
    text: &'a str,
    mut visit: impl FnMut(&Statement<'_, 'a>) -> Result<(), NotationError>,
) -> Result<(), NotationError> {
    let mut tree = Tree::default();
    for line in lines(text) {
        tree.line(line, &mut visit)?;
    }
    Ok(())
}

#[derive(Default)]
struct Tree<'a> {
    /// The words of `[edit ..]`.
    above: Vec<Word<'a>>,
    /// The words of the open blocks.
    path: Vec<Word<'a>>,
    /// How many words of `path` there were when each block opened.
    marks: Vec<usize>,
    /// Open blocks that are too deep to count.
    deeper: usize,
    /// The words of the statement that has begun.
    own: Vec<Word<'a>>,
    in_list: bool,
    in_comment: bool,
}

impl<'a> Tree<'a> {
    fn line<V>(&mut self, line: Word<'a>, visit: &mut V) -> Result<(), NotationError>
    where
        V: FnMut(&Statement<'_, 'a>) -> Result<(), NotationError>,
    {
        if self.in_comment || line.text.starts_with("/*") {
            self.in_comment = !line.text.contains("*/");
            return Ok(());
        }
        if line.text.starts_with('#') {
            return Ok(());
        }
        let words = tokens(line);
        if let Some(inside) = words.behind(&["[edit"]).or_else(|| words.behind(&["[edit]"])).or_else(|| words.behind(&["edit"])) {
            self.above =
                inside.map(|word| part(word, |c| matches!(c, '[' | ']'))).filter(|word| !word.text.is_empty()).take(LONGEST).collect();
            return Ok(());
        }
        if let Some(words) = words.behind(&["set"]) {
            return self.set(words, visit);
        }
        self.braces(words, visit)
    }

    fn set<V>(&mut self, words: Tokens<'a>, visit: &mut V) -> Result<(), NotationError>
    where
        V: FnMut(&Statement<'_, 'a>) -> Result<(), NotationError>,
    {
        let mut path = self.above.clone();
        let own = words.map(|word| if word.lead.is_some() { word } else { part(word, |c| matches!(c, '[' | ']' | ';')) });
        path.extend(own.filter(|word| !word.text.is_empty()).take(LONGEST));
        emit(&path, self.above.len(), visit)
    }

    fn braces<V>(&mut self, words: Tokens<'a>, visit: &mut V) -> Result<(), NotationError>
    where
        V: FnMut(&Statement<'_, 'a>) -> Result<(), NotationError>,
    {
        for word in words {
            if word.lead.is_some() {
                self.word(word);
                continue;
            }
            if word.text.starts_with('#') {
                break;
            }
            let mut rest = word;
            if let Some((quoted, tail)) = quoted_head(word) {
                self.word(quoted);
                rest = tail;
            }
            while let Some(at) = rest.text.find(['{', '}', ';', '[', ']']) {
                let (head, tail) = (Word { text: rest.text.get(..at).unwrap_or(""), ..rest }, rest.behind(at));
                self.word(head);
                match tail.text.chars().next() {
                    Some('{') => self.open(),
                    Some('}') => {
                        self.finish(visit)?;
                        self.close();
                    }
                    Some(';') => self.finish(visit)?,
                    Some('[') => self.in_list = true,
                    _ => self.in_list = false,
                }
                rest = tail.behind(1);
            }
            self.word(rest);
        }
        if self.in_list {
            return Ok(());
        }
        if self.marks.is_empty() {
            // Outside of every block, without a semicolon: prose.
            self.own.clear();
            return Ok(());
        }
        self.finish(visit)
    }

    fn word(&mut self, word: Word<'a>) {
        if !(word.text.is_empty() && word.lead.is_none()) && self.own.len() < LONGEST {
            self.own.push(word);
        }
    }

    fn open(&mut self) {
        if self.marks.len() >= DEEPEST || self.path.len().saturating_add(self.own.len()) > LONGEST {
            self.deeper = self.deeper.saturating_add(1);
            self.own.clear();
            return;
        }
        self.marks.push(self.path.len());
        self.path.append(&mut self.own);
    }

    fn close(&mut self) {
        if self.deeper > 0 {
            self.deeper = self.deeper.saturating_sub(1);
        } else if let Some(mark) = self.marks.pop() {
            self.path.truncate(mark);
        }
    }

    fn finish<V>(&mut self, visit: &mut V) -> Result<(), NotationError>
    where
        V: FnMut(&Statement<'_, 'a>) -> Result<(), NotationError>,
    {
        self.in_list = false;
        if self.own.is_empty() || self.deeper > 0 {
            self.own.clear();
            return Ok(());
        }
        let mut path = [self.above.as_slice(), self.path.as_slice()].concat();
        let before = path.len();
        path.append(&mut self.own);
        emit(&path, before, visit)
    }
}

fn emit<'a, V>(path: &[Word<'a>], before: usize, visit: &mut V) -> Result<(), NotationError>
where
    V: FnMut(&Statement<'_, 'a>) -> Result<(), NotationError>,
{
    let own = path.get(before..).unwrap_or(&[]);
    let inactive = path.iter().any(|word| word.text == "inactive:");
    match (own.first(), own.last()) {
        (Some(first), Some(last)) if !inactive => visit(&Statement { path, span: first.span().cover(last.span()) }),
        _ => Ok(()),
    }
}

/// A word without such signs at its ends.
fn part(word: Word<'_>, sign: impl Fn(char) -> bool) -> Word<'_> {
    let tail = word.text.trim_start_matches(&sign);
    let at = word.at.saturating_add(word.text.len().saturating_sub(tail.len()));
    Word { text: tail.trim_end_matches(&sign), at, lead: word.lead }
}

#[cfg(test)]
mod tests {
    use super::*;
    use alloc::format;
    use alloc::string::String;

    fn paths(text: &str) -> Vec<String> {
        let mut all = Vec::new();
        let read = statements(text, |statement| {
            let words: Vec<_> = statement.path.iter().map(|word| word.text).collect();
            let own = text.get(statement.span.at..statement.span.at.saturating_add(statement.span.len));
            all.push(format!("{} @{}", words.join(" "), own.unwrap_or("?")));
            Ok(())
        });
        assert_eq!(read, Ok(()));
        all
    }

    #[test]
    fn lines_with_set() {
        let text = "Hello { there\nadmin@PA# set a b [ c d ]\nset x 'y z'\nset q \"[p]\"\ndelete a\n";
        assert_eq!(paths(&text.replace("Hello { there", "Hello there.")), ["a b c d @a b [ c d", "x y z @x 'y z", "q [p] @q \"[p]"]);
    }

    #[test]
    fn braces_and_what_they_stand_below() {
        let text = "[edit security ike]\nuser@srx# show\nproposal HQ { dh-group group14; auth [ a b ]; }\npolicy P{\n  mode main;\n  /* x; */\n  proposals [ A\n B ];\n}\nother;\n";
        assert_eq!(
            paths(text),
            [
                "security ike proposal HQ dh-group group14 @dh-group group14",
                "security ike proposal HQ auth a b @auth [ a b",
                "security ike policy P mode main @mode main",
                "security ike policy P proposals A B @proposals [ A\n B",
                "security ike other @other",
            ]
        );
        assert_eq!(paths("ike-group A {\n lifetime 30\n proposal 1 {\n  hash \"sha1\"\n }\n}\nlast words\n").len(), 2);
        assert_eq!(paths("a { b \"} c\"; d e; }"), ["a b } c @b \"} c", "a d e @d e"]);
        assert_eq!(paths("a {\n inactive: b { c; }\n d;\n}\n"), ["a d @d"]);
        assert_eq!(paths("set security ike policy P inactive\n").len(), 1);
    }

    #[test]
    fn depth_and_length_are_bounded() {
        let deep = format!("{}b;{}c {{ d; }}", "a { ".repeat(100), "} ".repeat(100));
        assert_eq!(paths(&deep), ["c d @d"]);
        assert_eq!(paths(&format!("set {}", "a ".repeat(1000))).len(), 1);
        let _ = paths(&"{".repeat(5000));
        let _ = paths(&"}".repeat(5000));
    }
}
