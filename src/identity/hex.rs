//! Octets in hexadecimal.

use alloc::vec::Vec;

/// Octets from pairs of digits, in either case.
pub(super) fn octets(digits: &str) -> Option<Vec<u8>> {
    let nibble = |digit: u8| char::from(digit).to_digit(16).and_then(|nibble| u8::try_from(nibble).ok());
    let pair = |pair: &[u8]| match *pair {
        [high, low] => Some(nibble(high)?.wrapping_shl(4) | nibble(low)?),
        _ => None,
    };
    digits.as_bytes().chunks(2).map(pair).collect()
}
