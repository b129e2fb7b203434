//! PEM files, RFC 7468: base64 between two lines that say what it is.

use super::failure::Failure;
use std::path::Path;
use zeroize::Zeroizing;

/// The contents of every block labelled `label` in a file, in order.
pub(crate) fn read(path: &Path, label: &str) -> Result<Vec<Zeroizing<Vec<u8>>>, Failure> {
    let error = |what: &str| Failure::Usage(format!("{}: {what}", path.display()));
    let text = Zeroizing::new(std::fs::read_to_string(path).map_err(|io| error(&io.to_string()))?);
    let (begin, end) = (format!("-----BEGIN {label}-----"), format!("-----END {label}-----"));
    let mut blocks = Vec::new();
    let mut rest = text.as_str();
    while let Some((_, after)) = rest.split_once(begin.as_str()) {
        let (base64, after) = after.split_once(end.as_str()).ok_or_else(|| error("a PEM block does not end"))?;
        blocks.push(decode(base64).ok_or_else(|| error("a PEM block is not base64"))?);
        rest = after;
    }
    if blocks.is_empty() { Err(error(&format!("there is no {label} in it"))) } else { Ok(blocks) }
}

fn decode(base64: &str) -> Option<Zeroizing<Vec<u8>>> {
    let mut octets = Zeroizing::new(Vec::with_capacity(base64.len()));
    let (mut bits, mut held) = (0_u32, 0_u32);
    for c in base64.bytes().filter(|c| !c.is_ascii_whitespace() && *c != b'=') {
        let value = match c {
            b'A'..=b'Z' => c.wrapping_sub(b'A'),
            b'a'..=b'z' => c.wrapping_sub(b'a').wrapping_add(26),
            b'0'..=b'9' => c.wrapping_sub(b'0').wrapping_add(52),
            b'+' => 62,
            b'/' => 63,
            _ => return None,
        };
        bits = bits.wrapping_shl(6) | u32::from(value);
        held = held.saturating_add(6);
        if held >= 8 {
            held = held.saturating_sub(8);
            let [.., octet] = bits.wrapping_shr(held).to_be_bytes();
            octets.push(octet);
        }
    }
    Some(octets)
}
