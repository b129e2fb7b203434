//! How long a message is, of which the capture may hold only the beginning, and whose Length may lie.

use crate::registry::PayloadType;
use crate::wire::LenientMessage;

/// Octets of the message: those that are there where they end with its last payload; else what Length says, if that is more.
///
/// A daemon may take a message whatever its Length is, and nothing of a packet is concluded from a field that nobody has to believe.
pub(super) fn octets(message: &LenientMessage<'_>) -> usize {
    let there = message.as_octets().len();
    if ends_with_its_last_payload(message) { there } else { there.max(usize::try_from(message.length()).unwrap_or(usize::MAX)) }
}

fn ends_with_its_last_payload(message: &LenientMessage<'_>) -> bool {
    match message.payloads().last() {
        None => message.first_payload() == PayloadType::NO_NEXT_PAYLOAD,
        Some(last) => {
            let is_last = last.next_payload == PayloadType::NO_NEXT_PAYLOAD || matches!(last.ty, PayloadType::SK | PayloadType::SKF);
            is_last && last.offset().saturating_add(last.len()) == message.as_octets().len()
        }
    }
}

#[cfg(test)]
mod tests {
    use crate::wire::Message;
    use alloc::vec::Vec;

    /// A header with this Length, and a Vendor ID of 8 octets behind which Next Payload announces `next`.
    fn message(length: u32, next: u8) -> Vec<u8> {
        let mut octets = [&[7; 8][..], &[0; 8], &[43, 0x20, 34, 8, 0, 0, 0, 0]].concat();
        octets.extend(length.to_be_bytes());
        octets.extend([next, 0, 0, 8, 1, 2, 3, 4]);
        octets
    }

    #[test]
    fn length_counts_only_where_the_end_is_missing() {
        for (length, next, expected) in [(36, 0, 36), (0, 0, 36), (28, 0, 36), (9000, 0, 36), (9000, 40, 9000), (0, 40, 36), (36, 40, 36)] {
            let octets = message(length, next);
            assert_eq!(super::octets(&Message::parse_lenient(&octets).unwrap()), expected, "{length} {next}");
        }
        // Cut within its last payload.
        let octets = message(9000, 0);
        assert_eq!(super::octets(&Message::parse_lenient(&octets[..34]).unwrap()), 9000);
    }
}
