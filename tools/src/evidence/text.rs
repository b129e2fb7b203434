//! Octets of a file as text.

/// UTF-8, or UTF-16 with a byte order mark, as Windows writes files. `None` where the octets are no text.
///
/// ```
/// use ikev2_tools::evidence::text::decoded;
/// assert_eq!(decoded(b"\xff\xfei\0k\0e\0").as_deref(), Some("ike"));
/// assert_eq!(decoded(b"\xef\xbb\xbfike").as_deref(), Some("ike"));
/// assert_eq!(decoded(b"\xd4\xc3\xb2\xa1"), None);
/// ```
#[must_use]
pub fn decoded(octets: &[u8]) -> Option<String> {
    let units = |rest: &[u8], unit: fn([u8; 2]) -> u16| -> Option<String> {
        let units: Vec<u16> = rest.chunks_exact(2).filter_map(|pair| pair.try_into().ok()).map(unit).collect();
        String::from_utf16(&units).ok()
    };
    match octets {
        [0xff, 0xfe, rest @ ..] => units(rest, u16::from_le_bytes),
        [0xfe, 0xff, rest @ ..] => units(rest, u16::from_be_bytes),
        [0xef, 0xbb, 0xbf, rest @ ..] => core::str::from_utf8(rest).ok().map(str::to_owned),
        _ => core::str::from_utf8(octets).ok().map(str::to_owned),
    }
}
