//! Text for people: folded to a width, coloured where that is wanted, and free of characters that would take the terminal over.

use anstyle::{AnsiColor, Effects};
use core::fmt;
use unicode_width::UnicodeWidthStr;

/// How a report in text is laid out.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Style {
    /// Columns of a line; `None` for those the report has when nobody asks, as in a file.
    pub width: Option<usize>,
    /// Whether what matters is emphasised by ANSI escape sequences.
    pub colour: bool,
}

/// Columns below which no report is readable: a narrower terminal breaks the lines itself.
const NARROWEST: usize = 40;

impl Style {
    /// The columns, where a report has `usual` of them.
    pub(crate) fn columns(self, usual: usize) -> usize {
        self.width.map_or(usual, |width| width.max(NARROWEST))
    }

    pub(crate) fn paint(self, ink: Ink, text: &str) -> String {
        match (self.colour, ink.style()) {
            (true, Some(style)) if !text.is_empty() => format!("{style}{text}{style:#}"),
            _ => text.to_owned(),
        }
    }
}

/// Why a piece of text stands out.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Ink {
    Plain,
    /// The head of a part.
    Strong,
    Good,
    Bad,
    Doubtful,
}

impl Ink {
    const fn style(self) -> Option<anstyle::Style> {
        let colour = match self {
            Self::Plain => return None,
            Self::Strong => return Some(anstyle::Style::new().effects(Effects::BOLD)),
            Self::Good => AnsiColor::Green,
            Self::Bad => AnsiColor::Red,
            Self::Doubtful => AnsiColor::Yellow,
        };
        Some(colour.on_default().effects(Effects::BOLD))
    }
}

/// A report as it grows.
#[derive(Debug)]
pub(crate) struct Page {
    text: String,
    style: Style,
    /// Columns of a line.
    pub(crate) width: usize,
}

impl Page {
    pub(crate) fn new(style: Style, usual: usize) -> Self {
        Self { text: String::new(), style, width: style.columns(usual) }
    }

    /// What was written since the last call.
    pub(crate) fn take(&mut self) -> String {
        core::mem::take(&mut self.text)
    }

    pub(crate) fn push(&mut self, text: &str) {
        self.text.push_str(text);
    }

    pub(crate) fn end_line(&mut self) {
        self.text.push('\n');
    }

    /// A line that nothing folds: what is to be pasted stays whole.
    pub(crate) fn line(&mut self, text: &str) {
        self.text.push_str(text);
        self.text.push('\n');
    }

    /// `text` as it stands, in that ink.
    pub(crate) fn ink(&mut self, ink: Ink, text: &str) {
        let painted = self.style.paint(ink, text);
        self.text.push_str(&painted);
    }

    /// `prefix` and then `items`, separated by commas, in lines that fit; further lines begin under the first item. A line ends
    /// between two items; within one only if a line cannot hold it.
    pub(crate) fn items(&mut self, ink: Ink, prefix: &str, items: &[String]) {
        self.ink(ink, prefix);
        let hang = prefix.width();
        let room = self.width.saturating_sub(hang);
        let mut column = hang;
        let last = items.len().saturating_sub(1);
        for (index, item) in items.iter().enumerate() {
            let comma = if index < last { "," } else { "" };
            let words: Vec<&str> = if item.width() < room { vec![item] } else { item.split(' ').collect() };
            let last = words.len().saturating_sub(1);
            for (n, word) in words.into_iter().enumerate() {
                let comma = if n == last { comma } else { "" };
                let len = word.width().saturating_add(comma.len());
                if column > hang {
                    if column.saturating_add(1).saturating_add(len) > self.width {
                        self.text.push('\n');
                        self.text.extend(core::iter::repeat_n(' ', hang));
                        column = hang;
                    } else {
                        self.text.push(' ');
                        column = column.saturating_add(1);
                    }
                }
                self.text.push_str(word);
                self.text.push_str(comma);
                column = column.saturating_add(len);
            }
        }
        self.text.push('\n');
    }

    /// `prefix` and the words of `body` in lines that fit, further lines indented by `indent` columns.
    pub(crate) fn words(&mut self, ink: Ink, prefix: &str, indent: usize, body: &str) {
        let mut line = String::new();
        let mut column = prefix.width();
        let mut empty = true;
        self.ink(ink, if body.trim().is_empty() { prefix.trim_end() } else { prefix });
        for word in body.split_whitespace() {
            let len = word.width();
            if !empty && column.saturating_add(len) >= self.width {
                self.text.push_str(&line);
                self.text.push('\n');
                line = " ".repeat(indent);
                column = indent;
                empty = true;
            }
            if !empty {
                line.push(' ');
                column = column.saturating_add(1);
            }
            line.push_str(word);
            column = column.saturating_add(len);
            empty = false;
        }
        self.text.push_str(&line);
        self.text.push('\n');
    }

    /// Whether lines must fit a terminal, rather than be whole for who reads a file.
    pub(crate) fn is_for_terminal(&self) -> bool {
        self.style.width.is_some()
    }

    /// A line that is folded for a terminal only: a file gets it whole.
    pub(crate) fn foldable(&mut self, ink: Ink, prefix: &str, indent: usize, body: &str) {
        if self.is_for_terminal() {
            return self.words(ink, prefix, indent, body);
        }
        self.ink(ink, prefix);
        self.text.push_str(body);
        self.text.push('\n');
    }
}

impl fmt::Write for Page {
    fn write_str(&mut self, text: &str) -> fmt::Result {
        self.text.push_str(text);
        Ok(())
    }
}

/// A line folded to the width of `style`, further lines indented by so many columns; as it is where the style has no width.
#[must_use]
pub fn fold(line: &str, style: Style, indent: usize) -> String {
    if style.width.is_none() {
        return line.to_owned();
    }
    let spaces = line.chars().take_while(|c| *c == ' ').count();
    let mut page = Page::new(style, usize::MAX);
    page.words(Ink::Plain, &" ".repeat(spaces), indent, line);
    let mut text = page.take();
    text.pop();
    text
}

/// Text as HTML shows it; control characters are shown as `?`.
#[must_use]
pub fn escape_html(text: &str) -> String {
    let mut safe = String::with_capacity(text.len());
    for c in text.chars() {
        match c {
            '&' => safe.push_str("&amp;"),
            '<' => safe.push_str("&lt;"),
            '>' => safe.push_str("&gt;"),
            '"' => safe.push_str("&quot;"),
            '\'' => safe.push_str("&#39;"),
            c if c.is_control() => safe.push('?'),
            c => safe.push(c),
        }
    }
    safe
}

#[cfg(test)]
mod tests {
    use super::*;

    fn page(width: usize, colour: bool) -> Page {
        Page::new(Style { width: Some(width), colour }, 110)
    }

    #[test]
    fn a_line_is_as_wide_as_the_page() {
        let mut page = page(40, false);
        page.words(Ink::Plain, "  ERROR   ", 10, "one two three four five six seven eight nine ten");
        assert_eq!(page.take(), "  ERROR   one two three four five six\n          seven eight nine ten\n");
        page.items(Ink::Plain, "head: ", &["one".into(), "a second item that is long".into(), "three".into()]);
        assert_eq!(page.take(), "head: one, a second item that is long,\n      three\n");
    }

    #[test]
    fn ink_is_used_where_it_is_wanted_and_takes_no_column() {
        let body = "one two three four five six seven eight nine ten";
        let (mut plain, mut coloured) = (page(40, false), page(40, true));
        for page in [&mut plain, &mut coloured] {
            page.words(Ink::Bad, "  ERROR   ", 10, body);
        }
        let coloured = coloured.take();
        assert!(coloured.starts_with("\u{1b}[1m\u{1b}[31m  ERROR   \u{1b}[0mone"), "{coloured:?}");
        assert_eq!(anstyle_free(&coloured), plain.take());
    }

    /// Without what begins with ESC and ends with `m`.
    fn anstyle_free(text: &str) -> String {
        let mut parts = text.split('\u{1b}');
        let first = parts.next().unwrap_or_default().to_owned();
        parts.fold(first, |text, part| text + part.split_once('m').map_or("", |(_, after)| after))
    }

    #[test]
    fn a_page_has_the_width_it_is_given_within_reason() {
        assert_eq!(Style::default().columns(110), 110);
        assert_eq!(Style { width: Some(72), colour: false }.columns(110), 72);
        assert_eq!(Style { width: Some(3), colour: false }.columns(110), NARROWEST);
    }
}
