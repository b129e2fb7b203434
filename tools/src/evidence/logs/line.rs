//! Lines of a log, one after the other, in constant memory.

use flate2::read::MultiGzDecoder;
use std::io::{self, BufRead, BufReader, Chain, Cursor, Read};

/// Octets of a line that are looked at; what is beyond them is skipped. The longest known, a list of proposals, has fewer.
const MOST: usize = 1 << 16;
/// What a file that gzip has compressed begins with (RFC 1952 section 2.3.1).
const GZIP: [u8; 2] = [0x1f, 0x8b];

/// A line: its number, counted from 1, and its text without the line end.
#[derive(Clone, Copy, Debug)]
pub(super) struct Line<'a> {
    pub(super) number: u64,
    pub(super) text: &'a str,
}

type Plain = BufReader<Chain<Cursor<Vec<u8>>, Box<dyn Read + Send>>>;

enum Input {
    Plain(Plain),
    Gzip(Box<BufReader<MultiGzDecoder<Plain>>>),
}

/// The lines of a file.
///
/// Text in UTF-16, as `wevtutil` and PowerShell write it, is read by leaving out its zero octets: what is told apart here is ASCII.
pub(super) struct Lines {
    input: Input,
    number: u64,
    octets: Vec<u8>,
    text: String,
}

impl Lines {
    /// Text, or text that gzip has compressed.
    pub(super) fn new(mut source: Box<dyn Read + Send>) -> io::Result<Self> {
        let mut head = Vec::new();
        source.by_ref().take(2).read_to_end(&mut head)?;
        let gzip = head == GZIP;
        let plain = BufReader::new(Cursor::new(head).chain(source));
        let input = if gzip { Input::Gzip(Box::new(BufReader::new(MultiGzDecoder::new(plain)))) } else { Input::Plain(plain) };
        Ok(Self { input, number: 0, octets: Vec::new(), text: String::new() })
    }

    /// The next line; `None` at the end.
    pub(super) fn next(&mut self) -> io::Result<Option<Line<'_>>> {
        self.octets.clear();
        let (mut any, mut ended_by_line_end) = (false, false);
        loop {
            let (used, ended) = {
                let buffer = match &mut self.input {
                    Input::Plain(input) => input.fill_buf()?,
                    Input::Gzip(input) => input.fill_buf()?,
                };
                if buffer.is_empty() {
                    break;
                }
                any = true;
                let end = buffer.iter().position(|octet| *octet == b'\n');
                let piece = buffer.get(..end.unwrap_or(buffer.len())).unwrap_or_default();
                let room = MOST.saturating_sub(self.octets.len());
                self.octets.extend(piece.iter().copied().filter(|octet| *octet != 0).take(room));
                (end.map_or(buffer.len(), |end| end.saturating_add(1)), end.is_some())
            };
            match &mut self.input {
                Input::Plain(input) => input.consume(used),
                Input::Gzip(input) => input.consume(used),
            }
            if ended {
                ended_by_line_end = true;
                break;
            }
        }
        // Behind the last line end of UTF-16 stands half of it.
        if !any || (self.octets.is_empty() && !ended_by_line_end) {
            return Ok(None);
        }
        self.number = self.number.saturating_add(1);
        self.text.clear();
        self.text.push_str(&String::from_utf8_lossy(&self.octets));
        let text = self.text.trim_start_matches(['\u{feff}', '\u{fffd}']).trim_end_matches(['\r', ' ', '\t']);
        Ok(Some(Line { number: self.number, text }))
    }
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used, reason = "a test fails by panicking")]

    use super::*;
    use std::io::Write;

    fn all(octets: &[u8]) -> Vec<(u64, String)> {
        let mut lines = Lines::new(Box::new(Cursor::new(octets.to_vec()))).unwrap();
        let mut all = Vec::new();
        while let Some(line) = lines.next().unwrap() {
            all.push((line.number, line.text.to_owned()));
        }
        all
    }

    #[test]
    fn lines_have_numbers_and_no_ends() {
        assert_eq!(all(b"one\r\n\ntwo"), [(1, "one".to_owned()), (2, String::new()), (3, "two".to_owned())]);
        assert_eq!((all(b""), all(b"a").len(), all(b"\xff\xfeo\0n\0e\0\r\0\n\0t\0w\0o\0")[1].1.as_str()), (vec![], 1, "two"));
        assert_eq!(all(b"\xff\xfeo\0n\0e\0\r\0\n\0"), [(1, "one".to_owned())]);
    }

    #[test]
    fn a_giant_line_is_cut_and_the_next_is_whole() {
        let mut text = vec![b'x'; 3 * MOST];
        text.extend(b"\nnext\n");
        let lines = all(&text);
        assert_eq!((lines[0].1.len(), lines[1].1.as_str(), lines.len()), (MOST, "next", 2));
    }

    #[test]
    fn gzip_is_undone() {
        let mut packed = flate2::write::GzEncoder::new(Vec::new(), flate2::Compression::fast());
        packed.write_all(b"one\ntwo\n").unwrap();
        assert_eq!(all(&packed.finish().unwrap()).len(), 2);
    }
}
