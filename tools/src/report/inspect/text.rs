//! Octets as text.

/// Octets shown of something long.
const SHOWN: usize = 64;

pub(crate) fn hex(octets: &[u8]) -> String {
    let mut text = String::new();
    push_hex(&mut text, octets);
    text
}

pub(crate) fn push_hex(text: &mut String, octets: &[u8]) {
    text.reserve(octets.len().saturating_mul(2));
    let digits = octets.iter().flat_map(|octet| [octet >> 4, octet & 0xf]);
    text.extend(digits.filter_map(|digit| char::from_digit(digit.into(), 16)));
}

/// Hexadecimal of the first octets, and how many there are when those are not all.
pub(crate) fn hex_short(octets: &[u8]) -> String {
    match octets.split_at_checked(SHOWN) {
        Some((shown, [_, ..])) => format!("0x{}.. ({} octets)", hex(shown), octets.len()),
        _ if octets.is_empty() => "nothing".into(),
        _ => format!("0x{}", hex(octets)),
    }
}

/// Text from the network: printable ASCII as it is, everything else escaped.
pub(crate) fn quoted(octets: &[u8]) -> String {
    match octets.split_at_checked(SHOWN.saturating_mul(4)) {
        Some((shown, [_, ..])) => format!("\"{}\".. ({} octets)", shown.escape_ascii(), octets.len()),
        _ => format!("\"{}\"", octets.escape_ascii()),
    }
}

/// Text when it is printable ASCII, else hexadecimal.
pub(crate) fn text_or_hex(octets: &[u8]) -> String {
    let printable = |octet: &u8| matches!(octet, b' '..=b'~');
    if !octets.is_empty() && octets.iter().all(printable) { quoted(octets) } else { hex_short(octets) }
}
