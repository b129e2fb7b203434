//! The strings of ASN.1 that attributes have as values.

use crate::der::Tlv;
use alloc::string::String;

/// The text of a value; `None` when it is of no string type, or not the text it claims to be.
pub(super) fn text(value: &Tlv<'_>) -> Option<String> {
    string(value).flatten()
}

/// The text of a value: `Some(None)` when it is of no string type, `None` when it is not the text it claims to be.
pub(super) fn string(value: &Tlv<'_>) -> Option<Option<String>> {
    let octets = value.contents;
    let text = match value.tag {
        // UTF8String, NumericString, PrintableString, IA5String, VisibleString.
        0x0c | 0x12 | 0x13 | 0x16 | 0x1a => core::str::from_utf8(octets).ok().map(String::from),
        // TeletexString: in certificates it is Latin-1, whatever T.61 says.
        0x14 => Some(octets.iter().map(|octet| char::from(*octet)).collect()),
        // UniversalString, BMPString.
        0x1c => whole(octets, 4)?.map(utf32).collect(),
        0x1e => char::decode_utf16(whole(octets, 2)?.map(utf16)).collect::<Result<_, _>>().ok(),
        _ => return Some(None),
    };
    text.map(Some)
}

/// The units of a string, if none is cut short.
fn whole(octets: &[u8], unit: usize) -> Option<core::slice::ChunksExact<'_, u8>> {
    Some(octets.chunks_exact(unit)).filter(|units| units.remainder().is_empty())
}

fn utf16(unit: &[u8]) -> u16 {
    unit.iter().fold(0, |sum, octet| sum.wrapping_shl(8) | u16::from(*octet))
}

fn utf32(unit: &[u8]) -> Option<char> {
    char::from_u32(unit.iter().fold(0, |sum, octet| sum.wrapping_shl(8) | u32::from(*octet)))
}
