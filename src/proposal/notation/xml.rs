//! XML in a text: elements found in prose, escaped or without their root, and each value with its place in the original text.
//!
//! The elements asked for are cut out of the text, put below one root, and read by `roxmltree` (XML 1.0, fifth edition). What is
//! read is bounded first: depth, tags, attributes of a tag and namespace declarations are counted in one pass, so that the parser
//! takes time and memory linear in the text. Document type declarations and entities of their own are not read.

use super::settings::Span;
use super::words::Word;
use super::{Expected, NotationError, NotationErrorKind};
use alloc::string::String;
use alloc::vec::Vec;

/// Elements in each other: profiles with an EAP configuration have some twenty.
const DEPTH: usize = 128;
/// Tags: a large `config.xml` of a firewall has a hundred thousand.
const TAGS: usize = 1 << 19;
/// Signs of equality in one tag; the parser compares each attribute of a tag with those before.
const ATTRIBUTES: usize = 128;
/// Namespace declarations, each of which every element below inherits.
const NAMESPACES: usize = 512;
/// Start tags without an end that are passed over in search of an element: prose may name a tag.
const UNCLOSED: usize = 4;
/// How often a text may be escaped: an OMA-URI value in SyncML is so twice.
const ESCAPED: usize = 3;

const ROOT: &str = "<r>";
const ROOT_END: &str = "</r>";

/// The XML of a text as the parser takes it.
pub(super) struct Source {
    text: String,
    places: Vec<Place>,
}

/// From the octet `at` of a [`Source`] on, its octets are those of the original text from `original` on.
#[derive(Clone, Copy, Debug)]
struct Place {
    at: usize,
    original: usize,
}

fn original(places: &[Place], at: usize) -> usize {
    let index = places.partition_point(|place| place.at <= at);
    let place = index.checked_sub(1).and_then(|index| places.get(index));
    place.map_or(at, |place| place.original.saturating_add(at.saturating_sub(place.at)))
}

/// The same for the octet behind a piece: what follows it may have been cut out.
fn original_end(places: &[Place], at: usize) -> usize {
    let first = places.get(places.partition_point(|place| place.at < at));
    first.filter(|place| place.at == at).map_or_else(|| original(places, at), |place| place.original)
}

impl Source {
    /// The outermost elements with one of these names, in the order of the text; `None` when there are none.
    ///
    /// # Errors
    /// [`NotationErrorKind::Markup`] when such an element does not end, [`NotationErrorKind::Limit`] when a bound is exceeded.
    pub(super) fn find(text: &str, names: &[&str]) -> Result<Option<Self>, NotationError> {
        let direct = Self::pieces(text, &[], names)?;
        if direct.is_some() {
            return Ok(direct);
        }
        let mut plain = String::new();
        let mut places: Vec<Place> = Vec::new();
        for _ in 0..ESCAPED {
            let source = if plain.is_empty() { text } else { &plain };
            if !source.contains("&lt;") && !source.contains("&amp;") {
                return Ok(None);
            }
            let (next, below) = unescaped(source);
            places = below.into_iter().map(|place| Place { at: place.at, original: original(&places, place.original) }).collect();
            plain = next;
            let found = Self::pieces(&plain, &places, names)?;
            if found.is_some() {
                return Ok(found);
            }
        }
        Ok(None)
    }

    fn pieces(text: &str, places: &[Place], names: &[&str]) -> Result<Option<Self>, NotationError> {
        let mut source = Self { text: String::from(ROOT), places: Vec::new() };
        let mut scan = Scan { text, at: 0, tags: 0, namespaces: 0 };
        let mut unclosed: Option<Word<'_>> = None;
        let mut tries = 0_usize;
        while let Some(open) = scan.open(names) {
            let located = |error: NotationError| NotationError { at: original(places, error.at), ..error };
            let Some(end) = scan.close().map_err(located)? else {
                tries = tries.saturating_add(1);
                unclosed = unclosed.or(Some(open));
                if tries >= UNCLOSED {
                    break;
                }
                scan.at = open.at;
                continue;
            };
            let start = open.at.saturating_sub(1);
            source.take(text.get(start..end).unwrap_or(""), start, places);
        }
        if source.places.is_empty() {
            let kind = NotationErrorKind::Markup(Expected::EndTag);
            return match unclosed {
                Some(open) => Err(NotationError { at: original(places, open.at), ..open.error(kind) }),
                None => Ok(None),
            };
        }
        source.text.push_str(ROOT_END);
        Ok(Some(source))
    }

    /// Adds a piece of the text, which starts there at `start`.
    fn take(&mut self, piece: &str, start: usize, places: &[Place]) {
        let base = self.text.len();
        self.places.push(Place { at: base, original: original(places, start) });
        let end = start.saturating_add(piece.len());
        let (from, to) = (places.partition_point(|place| place.at <= start), places.partition_point(|place| place.at < end));
        let within = places.get(from..to).unwrap_or(&[]);
        self.places.extend(within.iter().map(|p| Place { at: base.saturating_add(p.at.saturating_sub(start)), original: p.original }));
        self.text.push_str(piece);
        self.places.push(Place { at: self.text.len(), original: original(places, end) });
    }

    /// Reads it.
    ///
    /// # Errors
    /// [`NotationErrorKind::Markup`] at the place where it is no XML.
    pub(super) fn open(&self) -> Result<Document<'_>, NotationError> {
        let nodes_limit = u32::try_from(TAGS.saturating_mul(2)).unwrap_or(u32::MAX);
        let options = roxmltree::ParsingOptions { allow_dtd: false, nodes_limit, ..roxmltree::ParsingOptions::default() };
        match roxmltree::Document::parse_with_options(&self.text, options) {
            Ok(tree) => Ok(Document { tree, source: self }),
            Err(error) => Err(self.fault(&error)),
        }
    }

    fn fault(&self, error: &roxmltree::Error) -> NotationError {
        let unclosed = matches!(error, roxmltree::Error::UnexpectedCloseTag(..) | roxmltree::Error::UnclosedRootNode);
        let kind = NotationErrorKind::Markup(if unclosed { Expected::EndTag } else { Expected::Markup });
        let place = error.pos();
        let row = usize::try_from(place.row).unwrap_or(usize::MAX).saturating_sub(1);
        let line = self.text.split('\n').nth(row).unwrap_or("");
        let column = usize::try_from(place.col).unwrap_or(usize::MAX).saturating_sub(1);
        let before: usize = self.text.split_inclusive('\n').take(row).map(str::len).sum();
        let in_line = line.char_indices().nth(column).map_or(line.len(), |(index, _)| index);
        let at = before.saturating_add(in_line);
        // What lacks shows at the end of the root, which is not of the text.
        let last = self.text.len().saturating_sub(ROOT_END.len());
        if at >= last {
            return NotationError { at: original_end(&self.places, last), len: 0, kind };
        }
        // The name of a tag at fault, else one character.
        let rest = self.text.get(at..).unwrap_or("");
        let (skip, token) = match rest.strip_prefix('<') {
            Some(tag) => (1, tag.split(|c: char| c == '>' || c.is_whitespace()).next().unwrap_or("")),
            None => (0, rest.chars().next().and_then(|c| rest.get(..c.len_utf8())).unwrap_or("")),
        };
        let at = at.saturating_add(skip);
        let start = original(&self.places, at);
        let end = original_end(&self.places, at.saturating_add(token.len()));
        NotationError { at: start, len: end.saturating_sub(start), kind }
    }

    fn span(&self, range: core::ops::Range<usize>) -> Span {
        // The root is not of the text.
        let last = self.text.len().saturating_sub(ROOT_END.len());
        let (start, end) = (range.start.max(ROOT.len()), range.end.min(last));
        let at = original(&self.places, start);
        Span { at, len: original_end(&self.places, end).saturating_sub(at) }
    }
}

/// Undoes one level of escaping: the entities of XML and the character references of line ends.
fn unescaped(text: &str) -> (String, Vec<Place>) {
    const ENTITIES: [(&str, char); 12] = [
        ("&lt;", '<'),
        ("&gt;", '>'),
        ("&amp;", '&'),
        ("&quot;", '"'),
        ("&apos;", '\''),
        ("&#39;", '\''),
        ("&#34;", '"'),
        ("&#xD;", '\r'),
        ("&#xA;", '\n'),
        ("&#x9;", '\t'),
        ("&#13;", '\r'),
        ("&#10;", '\n'),
    ];
    let mut plain = String::with_capacity(text.len());
    let mut places = Vec::new();
    let mut at = 0_usize;
    while let Some(found) = text.get(at..).and_then(|rest| rest.find('&')) {
        let start = at.saturating_add(found);
        plain.push_str(text.get(at..start).unwrap_or(""));
        let rest = text.get(start..).unwrap_or("");
        let entity = ENTITIES.iter().find(|(name, _)| rest.starts_with(name));
        let (len, sign) = entity.map_or((1, '&'), |(name, sign)| (name.len(), *sign));
        at = start.saturating_add(len);
        plain.push(sign);
        places.push(Place { at: plain.len(), original: at });
    }
    plain.push_str(text.get(at..).unwrap_or(""));
    (plain, places)
}

/// One pass over tags, which counts what the parser would be slow with.
struct Scan<'t> {
    text: &'t str,
    at: usize,
    tags: usize,
    namespaces: usize,
}

impl<'t> Scan<'t> {
    fn rest(&self) -> &'t str {
        self.text.get(self.at..).unwrap_or("")
    }

    /// Goes behind what starts here and ends with `end`; to the end of the text when it does not end.
    fn skip(&mut self, end: &str) {
        let rest = self.rest();
        self.at = self.at.saturating_add(rest.find(end).map_or(rest.len(), |found| found.saturating_add(end.len())));
    }

    /// Goes to the next `<` that starts a tag, over comments and, within elements, over CDATA and instructions.
    fn sign(&mut self, within: bool) -> bool {
        loop {
            let rest = self.rest();
            let Some(found) = rest.find('<') else {
                self.at = self.text.len();
                return false;
            };
            self.at = self.at.saturating_add(found);
            let rest = self.rest();
            if rest.starts_with("<!--") {
                self.skip("-->");
            } else if within && rest.starts_with("<![CDATA[") {
                self.skip("]]>");
            } else if within && rest.starts_with("<?") {
                self.skip("?>");
            } else {
                return true;
            }
        }
    }

    /// Goes behind the `<` of the next start tag with one of these names, and gives the name.
    fn open(&mut self, names: &[&str]) -> Option<Word<'t>> {
        while self.sign(false) {
            self.at = self.at.saturating_add(1);
            let rest = self.rest();
            let name = names.iter().find(|name| {
                rest.strip_prefix(**name).is_some_and(|tail| tail.starts_with(|c: char| c == '>' || c == '/' || c.is_ascii_whitespace()))
            });
            if let Some(name) = name {
                return Some(Word { text: rest.get(..name.len())?, at: self.at, lead: None });
            }
        }
        None
    }

    /// From behind the `<` of a start tag, goes behind its end tag; `None` when there is none.
    fn close(&mut self) -> Result<Option<usize>, NotationError> {
        let mut depth = 0_usize;
        loop {
            let (at, rest) = (self.at, self.rest());
            // A tag holds no second `<`.
            let Some(end) = rest.find(['>', '<']) else { return Ok(None) };
            let tag = rest.get(..end).unwrap_or("");
            // A sign in the value of an attribute: the tag goes on.
            let quotes = tag.bytes().filter(|b| *b == b'"').count();
            let tag = if quotes % 2 == 1 { quoted(rest) } else { tag };
            self.at = at.saturating_add(tag.len());
            if self.rest().starts_with('>') {
                self.at = self.at.saturating_add(1);
            }
            self.count(tag, at)?;
            if tag.starts_with('/') {
                depth = depth.saturating_sub(1);
            } else if !tag.ends_with('/') {
                depth = depth.saturating_add(1);
            }
            if depth > DEPTH {
                return Err(NotationError { at, len: tag.len(), kind: NotationErrorKind::Limit("128 elements in each other") });
            }
            if depth == 0 {
                return Ok(Some(self.at.min(self.text.len())));
            }
            if !self.sign(true) {
                return Ok(None);
            }
            self.at = self.at.saturating_add(1);
        }
    }

    fn count(&mut self, tag: &str, at: usize) -> Result<(), NotationError> {
        self.tags = self.tags.saturating_add(1);
        self.namespaces = self.namespaces.saturating_add(tag.matches("xmlns").count());
        let limit = if self.tags > TAGS {
            "half a million tags"
        } else if self.namespaces > NAMESPACES {
            "512 namespace declarations"
        } else if tag.bytes().filter(|b| *b == b'=').count() > ATTRIBUTES {
            "128 attributes in one tag"
        } else {
            return Ok(());
        };
        let len = tag.find(|c: char| c.is_ascii_whitespace()).unwrap_or(tag.len());
        Err(NotationError { at, len, kind: NotationErrorKind::Limit(limit) })
    }
}

/// The tag that `rest` starts with, with attributes whose values may hold `>`.
fn quoted(rest: &str) -> &str {
    let mut within = false;
    let end = rest.find(|c| {
        within ^= c == '"';
        // No value holds this sign: the quotes are not in order.
        (c == '>' && !within) || c == '<'
    });
    rest.get(..end.unwrap_or(rest.len())).unwrap_or("")
}

/// XML that was read.
pub(super) struct Document<'s> {
    tree: roxmltree::Document<'s>,
    source: &'s Source,
}

impl Document<'_> {
    /// An element of no name, which has the elements found as its children.
    pub(super) fn root(&self) -> Element<'_> {
        Element { node: self.tree.root_element(), source: self.source }
    }
}

/// An element.
#[derive(Clone, Copy)]
pub(super) struct Element<'d> {
    node: roxmltree::Node<'d, 'd>,
    source: &'d Source,
}

impl<'d> Element<'d> {
    /// The name, and where the start tag has it.
    pub(super) fn name(self) -> Word<'d> {
        let text = self.node.tag_name().name();
        let at = self.source.span(self.node.range()).at.saturating_add(1);
        Word { text, at, lead: None }
    }

    /// The octets of the original text, from the start tag to the end tag.
    pub(super) fn span(self) -> Span {
        self.source.span(self.node.range())
    }

    /// The elements directly below.
    pub(super) fn children(self) -> impl Iterator<Item = Self> + use<'d> {
        let source = self.source;
        self.node.children().filter(roxmltree::Node::is_element).map(move |node| Element { node, source })
    }

    /// This element and all below, in the order of the text.
    pub(super) fn all(self) -> impl Iterator<Item = Self> + use<'d> {
        let source = self.source;
        self.node.descendants().filter(roxmltree::Node::is_element).map(move |node| Element { node, source })
    }

    /// The first element directly below with this name.
    pub(super) fn child(self, name: &str) -> Option<Self> {
        self.children().find(|element| element.is(name))
    }

    /// The elements directly below with this name.
    pub(super) fn named<'n>(self, name: &'n str) -> impl Iterator<Item = Self> + use<'d, 'n> {
        self.children().filter(move |element| element.is(name))
    }

    /// The first element below with this name, itself included.
    pub(super) fn find(self, name: &str) -> Option<Self> {
        self.all().find(|element| element.is(name))
    }

    /// Whether it has this name.
    pub(super) fn is(self, name: &str) -> bool {
        self.node.tag_name().name() == name
    }

    /// The element it stands in.
    pub(super) fn parent(self) -> Option<Self> {
        self.node.parent_element().map(|node| Element { node, source: self.source })
    }

    /// The element behind it.
    pub(super) fn next(self) -> Option<Self> {
        self.node.next_sibling_element().map(|node| Element { node, source: self.source })
    }

    /// The value of an attribute.
    pub(super) fn attribute(self, name: &str) -> Option<&'d str> {
        self.node.attribute(name)
    }

    /// The text in it without white space around; empty when there is none.
    pub(super) fn value(self) -> Word<'d> {
        let texts = self.node.children().filter(roxmltree::Node::is_text);
        let mut filled = texts.filter_map(|node| Some((node.range(), node.text()?.trim()))).filter(|(_, text)| !text.is_empty());
        let Some((range, text)) = filled.next() else {
            // Where the text would stand: behind the start tag.
            let whole = self.source.text.get(self.node.range()).unwrap_or("");
            let behind = self.node.range().start.saturating_add(whole.find('>').map_or(0, |end| end.saturating_add(1)));
            return Word { text: "", at: original(&self.source.places, behind), lead: None };
        };
        // The octets of the text are those of the source, unless there are entities in it.
        let within = self.source.text.get(range.clone()).and_then(|raw| raw.find(text)).unwrap_or(0);
        Word { text, at: original(&self.source.places, range.start.saturating_add(within)), lead: None }
    }

    /// The value of the first element directly below with this name, unless it is empty.
    pub(super) fn text(self, name: &str) -> Option<Word<'d>> {
        self.child(name).map(Self::value).filter(|word| !word.text.is_empty())
    }
}

#[cfg(test)]
mod tests {
    #![allow(clippy::arithmetic_side_effects, clippy::string_slice, reason = "a test fails by panicking")]

    use super::Source;
    use crate::proposal::notation::{Expected, NotationErrorKind as Kind};
    use alloc::format;
    use alloc::string::String;

    fn place(text: &str, names: &[&str], inner: &str) -> (String, usize) {
        let source = Source::find(text, names).unwrap().unwrap();
        let document = source.open().unwrap();
        let value = document.root().find(inner).unwrap().value();
        (String::from(value.text), value.at)
    }

    #[test]
    fn values_are_found_where_they_stand() {
        for text in [
            "see <b> & <a x='1'><b>\n  value </b></a> 1 < 2",
            "<a><b><![CDATA[value]]></b></a>",
            "<a><!-- <b>no</b> --><b><!-- no -->value</b></a>",
            "<b>value</b>",
            "x &lt;a&gt;&lt;b&gt;value&lt;/b&gt;&lt;/a&gt;",
            "&amp;lt;a&amp;gt;&amp;lt;b k=&quot;1&quot;&amp;gt;value&amp;lt;/b&amp;gt;&amp;lt;/a&amp;gt;",
            "äöü <a>\r\n<b>\r\nvalue\r\n</b>\r\n</a>",
            "put <a> here: <a><b>value</b></a>",
            "<a/><b y=\"1>2\">value</b>",
        ] {
            assert_eq!(place(text, &["a", "b"], "b"), (String::from("value"), text.find("value").unwrap()), "{text}");
        }
        let text = "<b>one</b> two <b>three</b>";
        let source = Source::find(text, &["b"]).unwrap().unwrap();
        let document = source.open().unwrap();
        let spans = document.root().children().map(super::Element::span).map(|s| (s.at, s.len)).collect::<alloc::vec::Vec<_>>();
        assert_eq!(spans, [(0, 10), (15, 12)]);
        let whole = document.root().span();
        assert_eq!((whole.at, whole.len), (0, text.len()));
        let escaped = "x &lt;b&gt;1&lt;/b&gt; y";
        let source = Source::find(escaped, &["b"]).unwrap().unwrap();
        let span = source.open().unwrap().root().child("b").unwrap().span();
        assert_eq!(escaped.get(span.at..span.at + span.len), Some("&lt;b&gt;1&lt;/b&gt;"));
        assert!(Source::find("nothing &lt; here", &["b"]).unwrap().is_none());
    }

    #[test]
    fn faults_have_their_place() {
        let fault = |text: &str| {
            let error = match Source::find(text, &["a"]) {
                Ok(Some(source)) => source.open().err().unwrap(),
                other => other.err().unwrap(),
            };
            (String::from(text.get(error.at..error.at + error.len).unwrap()), error.kind)
        };
        let end = Kind::Markup(Expected::EndTag);
        assert_eq!(fault("x <a><b></b>"), (String::from("a"), end));
        assert_eq!(fault("ä\n <a>\n<b></c>\n</a>"), (String::from("/c"), end));
        assert_eq!(fault("<a>1 & 2</a>"), (String::from("&"), Kind::Markup(Expected::Markup)));
        assert_eq!(fault("&lt;a&gt;&lt;b&gt;&lt;/c&gt;&lt;/a&gt;").0, "/c");
    }

    #[test]
    fn what_is_hostile_ends_soon() {
        let limit = |text: &str| matches!(Source::find(text, &["a"]).err().unwrap().kind, Kind::Limit(_));
        assert!(limit(&"<a>".repeat(100_000)));
        assert!(limit(&format!("<a>{}</a>", "<b/>".repeat(600_000))));
        assert!(limit(&format!("<a {}>", "x=\"1\" ".repeat(10_000))));
        assert!(limit(&format!("<a>{}</a>", "<b xmlns:x=\"y\"/>".repeat(1_000))));
        // Tags that never end, quotes that never close, comments that never end.
        for text in ["<a ", "<a x=\"", "<!-- ", "<a>\"</", "<", "&amp;", "&lt;a"] {
            let _ = Source::find(&text.repeat(60_000), &["a"]);
            let _ = Source::find(&format!("{}>", text.repeat(60_000)), &["a"]);
        }
        let deep = format!("<a>{}{}</a>", "<b>".repeat(120), "</b>".repeat(120));
        assert!(Source::find(&deep, &["a"]).unwrap().unwrap().open().is_ok());
    }
}
