//! Formats that are not read, told by their first octets, with what makes a capture of them.

/// Where the octets stand, which they are, what it is and what to do.
const FORMATS: [(usize, &[u8], &str); 29] = [
    (0, &[0x28, 0xb5, 0x2f, 0xfd], ": it is compressed with zstd, unpack it first (zstd -d FILE)"),
    (0, &[0xfd, b'7', b'z', b'X', b'Z', 0], ": it is compressed with xz, unpack it first (xz -d FILE)"),
    (0, b"BZh", ": it is compressed with bzip2, unpack it first (bzip2 -d FILE)"),
    (0, &[0x04, 0x22, 0x4d, 0x18], ": it is compressed with lz4, unpack it first (lz4 -d FILE)"),
    (0, &[0x1f, 0x9d], ": it is compressed with compress, unpack it first (uncompress FILE)"),
    (0, b"PK\x03\x04", ": it is a zip archive, unpack it first and name the capture that is in it"),
    (0, b"PK\x05\x06", ": it is a zip archive without a file in it"),
    (0, b"7z\xbc\xaf\x27\x1c", ": it is a 7z archive, unpack it first (7z x FILE) and name the capture that is in it"),
    (0, b"Rar!\x1a\x07", ": it is a RAR archive, unpack it first and name the capture that is in it"),
    (0, b"MSCF", ": it is a Windows cabinet, unpack it first (expand -F:* FILE.cab FOLDER); a .etl in it becomes a capture by etl2pcapng"),
    (257, b"ustar", ": it is a tar archive, unpack it first (tar -xf FILE) and name the capture that is in it"),
    (0, b"GMBU", ": it is a capture of Microsoft Network Monitor 2 or 3, convert it first (editcap FILE.cap FILE.pcapng)"),
    (0, b"RTSS", ": it is a capture of Microsoft Network Monitor 1, convert it first (editcap FILE.cap FILE.pcapng)"),
    (0, b"snoop\0\0\0", ": it is a capture of snoop (RFC 1761), convert it first (editcap FILE.snoop FILE.pcapng)"),
    (0, b"btsnoop\0", ": it is a capture of Bluetooth (btsnoop), which holds no IP packets"),
    (0, b"TRSNIFF data    \x1a", ": it is a capture of Sniffer, convert it first (editcap FILE FILE.pcapng)"),
    (0, b"XCP\0", ": it is a capture of NetXRay or Sniffer, convert it first (editcap FILE FILE.pcapng)"),
    (0, b"iptrace ", ": it is a capture of iptrace, convert it first (editcap FILE FILE.pcapng)"),
    (0, b"ObserverPktBuf", ": it is a capture of Observer, convert it first (editcap FILE FILE.pcapng)"),
    (0, &[0x34, 0xcd, 0xb2, 0xa1], MODIFIED),
    (0, &[0xa1, 0xb2, 0xcd, 0x34], MODIFIED),
    (0, b"ElfFile\0", ": it is a Windows event log (.evtx), not a capture"),
    (0, b"%PDF", ": it is a PDF document, not a capture"),
    (0, b"\x7fELF", ": it is a program, not a capture"),
    (0, b"MZ", ": it is a Windows program, not a capture"),
    (0, b"\x89PNG", ": it is a picture, not a capture: the capture itself is needed (Save as, pcapng)"),
    (0, &[0xff, 0xd8, 0xff], ": it is a picture, not a capture: the capture itself is needed (Save as, pcapng)"),
    (0, &[0xff, 0xfe], TEXT),
    (0, &[0xfe, 0xff], TEXT),
];

const MODIFIED: &str = ": it is the modified pcap format of 1998, convert it first (editcap FILE FILE.pcapng)";
const TRACE: &str = ": it is a Windows event trace (.etl), convert it first (pktmon etl2pcap FILE.etl, or etl2pcapng FILE.etl FILE.pcapng)";
const TEXT: &str = ": it is text, not a capture: save the packets as pcapng (text2pcap makes a capture of a hexadecimal dump)";
const ZEROS: &str = ": it begins with zeros, as a file does that was never written to its end; of a Windows event trace (.etl) stop the \
                     trace first, then convert it (pktmon etl2pcap FILE.etl, or etl2pcapng FILE.etl FILE.pcapng)";

/// What the octets are the beginning of, and what to do; empty where that is not known.
pub(super) fn hint(head: &[u8]) -> &'static str {
    let known = FORMATS.iter().find(|(at, magic, _)| head.get(*at..).is_some_and(|octets| octets.starts_with(magic)));
    match known {
        Some((.., hint)) => hint,
        None if is_event_trace(head) => TRACE,
        None if is_text(head) => TEXT,
        None if head.len() >= 16 && head.iter().take(16).all(|octet| *octet == 0) => ZEROS,
        None => "",
    }
}

/// What a file of that name may be, when its octets tell nothing.
pub(in crate::capture) fn hint_by_name(name: &str) -> &'static str {
    let is_trace = name.rsplit_once('.').is_some_and(|(_, ending)| ending.eq_ignore_ascii_case("etl"));
    if is_trace { TRACE } else { "" }
}

/// A trace has no magic: its first buffer begins with a header of 72 octets, the size of the buffer first, and holds the header
/// of the trace (`SYSTEM_TRACE_HEADER` of the system, marked as such).
fn is_event_trace(head: &[u8]) -> bool {
    const BUFFER_HEADER: usize = 72;
    const SYSTEM_HEADERS: [u8; 2] = [1, 2];
    const MARKED: u8 = 0xc0;
    let size = head.first_chunk().map_or(0, |size| u32::from_le_bytes(*size));
    let Some([_, _, ty, flags]) = head.get(BUFFER_HEADER..).and_then(<[u8]>::first_chunk) else { return false };
    size.is_multiple_of(1024) && (1024..=1 << 24).contains(&size) && SYSTEM_HEADERS.contains(ty) && *flags == MARKED
}

/// Text, up to a character that the end of `head` cuts.
fn is_text(head: &[u8]) -> bool {
    let text = match core::str::from_utf8(head) {
        Ok(text) => text,
        Err(error) if error.error_len().is_none() => {
            head.get(..error.valid_up_to()).and_then(|text| core::str::from_utf8(text).ok()).unwrap_or_default()
        }
        Err(_) => "",
    };
    !text.is_empty() && text.chars().all(|c| !c.is_control() || matches!(c, '\t' | '\n' | '\r'))
}
