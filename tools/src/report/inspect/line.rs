//! JSON as it is written: one field after the other into the text of a line, without a tree of values in between.
//!
//! The text is ASCII: no octet of a peer's text reaches a terminal as anything but a printable character.

use super::text::push_hex;
use core::fmt::{self, Display, Write as _};
use std::io::{self, Write};

/// A line of JSON, as far as it is written.
#[derive(Debug, Default)]
pub(crate) struct Line {
    text: String,
    /// Something stands before, in the same object or list.
    follows: bool,
}

/// What stands behind a field's name, or in a list.
pub(crate) trait Value {
    fn write(self, line: &mut Line);
}

/// An object, whose fields the function writes.
pub(crate) struct Object<F>(pub(crate) F);
/// A list of the values that an iterator gives.
pub(crate) struct List<I>(pub(crate) I);
/// The text that `Display` gives.
pub(crate) struct Shown<T>(pub(crate) T);
/// The number that `Display` gives.
pub(crate) struct Number<T>(pub(crate) T);
/// The text of octets in hexadecimal.
pub(crate) struct Hex<'a>(pub(crate) &'a [u8]);

impl Line {
    /// Adds a field to the object that is written; its name needs no escape.
    pub(crate) fn field(&mut self, name: &'static str, value: impl Value) {
        self.separate();
        self.text.push('"');
        self.text.push_str(name);
        self.text.push_str("\":");
        value.write(self);
    }

    /// Writes the line's object, the line to `out`, and begins the next one.
    pub(crate) fn write(&mut self, out: &mut dyn Write, fields: impl FnOnce(&mut Self)) -> io::Result<()> {
        Object(fields).write(self);
        self.text.push('\n');
        let written = out.write_all(self.text.as_bytes());
        self.text.clear();
        self.follows = false;
        written
    }

    /// A comma, unless nothing stands before.
    fn separate(&mut self) {
        if core::mem::replace(&mut self.follows, true) {
            self.text.push(',');
        }
    }

    fn enclose(&mut self, open: char, close: char, inside: impl FnOnce(&mut Self)) {
        self.text.push(open);
        self.follows = false;
        inside(self);
        self.text.push(close);
        self.follows = true;
    }

    fn display(&mut self, value: impl Display) {
        // Writing to a String does not fail.
        let _ = write!(self.text, "{value}");
    }

    fn quote(&mut self, inside: impl FnOnce(&mut Self)) {
        self.text.push('"');
        inside(self);
        self.text.push('"');
    }

    /// Text as it stands between quotation marks: runs of plain characters at once.
    fn escape(&mut self, text: &str) {
        let mut rest = text;
        while let Some((plain, special)) = rest.find(|c| !is_plain(c)).and_then(|at| rest.split_at_checked(at)) {
            self.text.push_str(plain);
            let mut characters = special.chars();
            characters.next().into_iter().for_each(|character| self.special(character));
            rest = characters.as_str();
        }
        self.text.push_str(rest);
    }

    #[cold]
    fn special(&mut self, character: char) {
        let short = match character {
            '"' | '\\' => character,
            '\u{8}' => 'b',
            '\t' => 't',
            '\n' => 'n',
            '\u{c}' => 'f',
            '\r' => 'r',
            other => {
                for unit in other.encode_utf16(&mut [0; 2]) {
                    let _ = write!(self.text, "\\u{unit:04x}");
                }
                return;
            }
        };
        self.text.extend(['\\', short]);
    }
}

const fn is_plain(character: char) -> bool {
    matches!(character, ' '..='~') && character != '"' && character != '\\'
}

/// Escapes what is formatted into it.
struct Escaped<'l>(&'l mut Line);

impl fmt::Write for Escaped<'_> {
    fn write_str(&mut self, text: &str) -> fmt::Result {
        self.0.escape(text);
        Ok(())
    }
}

macro_rules! numbers {
    ($($ty:ty)+) => {
        $(impl Value for $ty {
            fn write(self, line: &mut Line) {
                line.display(self);
            }
        })+
    };
}
// `Display` of `bool` gives the words of JSON.
numbers!(u8 u16 u32 u64 usize bool);

impl Value for &str {
    fn write(self, line: &mut Line) {
        line.quote(|line| line.escape(self));
    }
}

impl Value for String {
    fn write(self, line: &mut Line) {
        self.as_str().write(line);
    }
}

/// What is not there is `null`.
impl<V: Value> Value for Option<V> {
    fn write(self, line: &mut Line) {
        match self {
            Some(value) => value.write(line),
            None => line.text.push_str("null"),
        }
    }
}

impl<F: FnOnce(&mut Line)> Value for Object<F> {
    fn write(self, line: &mut Line) {
        line.enclose('{', '}', self.0);
    }
}

impl<I: IntoIterator<Item: Value>> Value for List<I> {
    fn write(self, line: &mut Line) {
        line.enclose('[', ']', |line| {
            for value in self.0 {
                line.separate();
                value.write(line);
            }
        });
    }
}

impl<T: Display> Value for Shown<T> {
    fn write(self, line: &mut Line) {
        line.quote(|line| {
            let _ = write!(Escaped(line), "{}", self.0);
        });
    }
}

impl<T: Display> Value for Number<T> {
    fn write(self, line: &mut Line) {
        line.display(self.0);
    }
}

impl Value for Hex<'_> {
    fn write(self, line: &mut Line) {
        line.quote(|line| push_hex(&mut line.text, self.0));
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;
    use serde_json::json;

    fn written(fields: impl FnOnce(&mut Line)) -> String {
        let mut out = Vec::new();
        Line::default().write(&mut out, fields).unwrap();
        let text = String::from_utf8(out).unwrap();
        assert!(text.is_ascii() && text.ends_with('\n'));
        text.trim_end().to_owned()
    }

    #[test]
    fn fields_lists_and_objects_are_those_of_another_writer() {
        let text = written(|line| {
            line.field("a", 1u8);
            line.field("none", List::<[u8; 0]>([]));
            line.field("empty", Object(|_: &mut Line| {}));
            line.field("list", List([true, true].map(|is| Object(move |line: &mut Line| line.field("b", is)))));
            line.field("lists", List([List([1u64, 2]), List([3, u64::MAX])]));
            line.field("time", Number("-0.000001"));
            line.field("octets", Hex(&[0, 0x1f, 0xff]));
            line.field("missing", None::<&str>);
            line.field("there", Some(Shown(core::net::Ipv4Addr::LOCALHOST)));
        });
        let expected = json!({
            "a": 1, "none": [], "empty": {}, "list": [{ "b": true }, { "b": true }], "lists": [[1, 2], [3, u64::MAX]], "time": -0.000_001,
            "octets": "001fff", "missing": null, "there": "127.0.0.1",
        });
        assert_eq!(text, expected.to_string().replace("-1e-6", "-0.000001"));
    }

    #[test]
    fn a_line_begins_where_the_last_one_ended() {
        let (mut line, mut out) = (Line::default(), Vec::new());
        for _ in 0..2 {
            line.write(&mut out, |line| line.field("a", "b")).unwrap();
        }
        assert_eq!(out, b"{\"a\":\"b\"}\n{\"a\":\"b\"}\n");
    }

    proptest! {
        #[test]
        fn text_is_escaped_as_another_writer_does_and_in_ascii(text: String) {
            let both = written(|line| {
                line.field("a", text.as_str());
                line.field("b", Shown(&text));
            });
            let read: serde_json::Value = serde_json::from_str(&both).unwrap();
            prop_assert_eq!(read, json!({ "a": text, "b": text }));
        }
    }

    #[test]
    fn each_character_of_one_octet_is_written_as_another_writer_does() {
        for character in '\0'..='~' {
            let text = String::from(character);
            assert_eq!(written(|line| line.field("a", text.as_str())), json!({ "a": text }).to_string());
        }
        assert_eq!(written(|line| line.field("a", "\u{7f}\u{fc}\u{1f600}")), r#"{"a":"\u007f\u00fc\ud83d\ude00"}"#);
    }
}
