//! What a capture begins with: a file header that is read here, compression that is undone, or something to be named.
//!
//! ```text
//! gzip.rs       gzip undone as it is read
//! recognize.rs  other formats, and what to do with each
//! ```
//!
//! The octets decide. A name says what somebody believed, and is asked last.

mod gzip;
mod recognize;

pub(super) use gzip::Ended;
use gzip::Gunzip;
pub(super) use recognize::hint_by_name;
use std::io::{self, Cursor, Read};

/// The magic of a pcapng file is the type of its first block.
pub(super) const SECTION_HEADER: [u8; 4] = [0x0a, 0x0d, 0x0d, 0x0a];
/// Octets that tell a format that is not read; the last to tell is tar, behind the fields of its first header.
const MAX_HEAD: u64 = 512;

/// What an input turned out to be; nothing of `input` is lost.
pub(super) enum Opened {
    Pcap {
        magic: [u8; 4],
        input: Box<dyn Read>,
    },
    PcapNg {
        input: Box<dyn Read>,
    },
    /// There is not one octet.
    Empty,
    /// What it is instead, and what to do, where that is known.
    Unknown(&'static str),
}

/// What was found, and for compressed input how it ends.
pub(super) struct Found {
    pub(super) opened: Opened,
    pub(super) gzip: Option<Ended>,
}

/// Looks at the first octets.
///
/// # Errors
/// They cannot be had.
pub(super) fn open(input: Box<dyn Read>) -> io::Result<Found> {
    let (magic, input) = peek(input, 4)?;
    if !gzip::is_gzip(&magic) {
        return Ok(Found { opened: capture(&magic, input)?, gzip: None });
    }
    let (gunzip, ended) = Gunzip::new(input);
    let (magic, input) = peek(Box::new(gunzip), 4)?;
    let opened = match capture(&magic, input)? {
        Opened::Unknown(_) if gzip::is_gzip(&magic) => Opened::Unknown(": it is compressed with gzip twice, unpack it first (gunzip)"),
        Opened::Empty if ended.is_cut() => Opened::Unknown(": it is compressed with gzip and cut short before its first packet"),
        opened => opened,
    };
    Ok(Found { opened, gzip: Some(ended) })
}

fn capture(magic: &[u8], input: Box<dyn Read>) -> io::Result<Opened> {
    Ok(match *magic {
        [] => Opened::Empty,
        [0x0a, 0x0d, 0x0d, 0x0a] => Opened::PcapNg { input },
        [0xd4, 0xc3, 0xb2, 0xa1] | [0x4d, 0x3c, 0xb2, 0xa1] | [0xa1, 0xb2, 0xc3, 0xd4] | [0xa1, 0xb2, 0x3c, 0x4d] => {
            Opened::Pcap { magic: magic.try_into().unwrap_or_default(), input }
        }
        _ => Opened::Unknown(recognize::hint(&peek(input, MAX_HEAD)?.0)),
    })
}

/// The first octets, as many as there are, and the input as if they had not been read.
fn peek(mut input: Box<dyn Read>, octets: u64) -> io::Result<(Vec<u8>, Box<dyn Read>)> {
    let mut head = Vec::new();
    input.by_ref().take(octets).read_to_end(&mut head)?;
    let again = Cursor::new(head.clone()).chain(input);
    Ok((head, Box::new(again)))
}
