//! Octets as text.

use core::fmt::Write as _;

/// Columns of the tree.
const WIDTH: usize = 110;
/// Octets shown of something long.
const SHOWN: usize = 64;

pub(crate) fn hex(octets: &[u8]) -> String {
    let mut text = String::with_capacity(octets.len().saturating_mul(2));
    for octet in octets {
        // Writing to a String does not fail.
        let _ = write!(text, "{octet:02x}");
    }
    text
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

/// Appends `prefix` and then `items`, separated by commas, in lines of at most [`WIDTH`] columns; further lines begin under
/// the first item. A line ends between two items; within one only if a line cannot hold it.
pub(crate) fn wrapped(out: &mut String, prefix: &str, items: &[String]) {
    out.push_str(prefix);
    let hang = prefix.len();
    let room = WIDTH.saturating_sub(hang);
    let mut column = hang;
    let last = items.len().saturating_sub(1);
    for (index, item) in items.iter().enumerate() {
        let comma = if index < last { "," } else { "" };
        let words: Vec<&str> = if item.len() < room { vec![item] } else { item.split(' ').collect() };
        let last = words.len().saturating_sub(1);
        for (n, word) in words.into_iter().enumerate() {
            let comma = if n == last { comma } else { "" };
            let len = word.len().saturating_add(comma.len());
            if column > hang {
                if column.saturating_add(1).saturating_add(len) > WIDTH {
                    let _ = write!(out, "\n{:hang$}", "");
                    column = hang;
                } else {
                    out.push(' ');
                    column = column.saturating_add(1);
                }
            }
            out.push_str(word);
            out.push_str(comma);
            column = column.saturating_add(len);
        }
    }
    out.push('\n');
}
