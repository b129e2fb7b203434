//! IEEE 802.11 data frames, and what capture programs put before them.

use super::layer::{Kind, Step, behind, split};
use crate::capture::problem::Fault;
use crate::capture::skipped::Inside;

/// A data frame's payload, which LLC and SNAP begin. A frame check sequence at the end is cut off by IP's own length.
pub(super) fn frame(octets: &[u8], padded: bool) -> Result<Step<'_>, Fault> {
    const LAYER: &str = "IEEE 802.11 header";
    const DATA: u8 = 2;
    const WITHOUT_PAYLOAD: u8 = 0x40;
    const QOS: u8 = 0x80;
    const TO_DS_AND_FROM_DS: u8 = 0x03;
    const MORE_FRAGMENTS: u8 = 0x04;
    const PROTECTED: u8 = 0x40;
    const HT_CONTROL: u8 = 0x80;
    const AGGREGATE: u8 = 0x80;
    let (control, _) = split::<2>(LAYER, octets)?;
    let [kind, flags] = *control;
    if (kind >> 2) & 3 != DATA || kind & WITHOUT_PAYLOAD != 0 {
        return Ok(Step::Nothing);
    }
    let (header, _) = split::<24>(LAYER, octets)?;
    let [.., sequence, _] = *header;
    let four_addresses = flags & TO_DS_AND_FROM_DS == TO_DS_AND_FROM_DS;
    let addressed: usize = if four_addresses { 30 } else { 24 };
    let (mut len, mut aggregate) = (addressed, false);
    if kind & QOS != 0 {
        let [qos, _] = *split::<2>(LAYER, behind(LAYER, octets, addressed)?)?.0;
        aggregate = qos & AGGREGATE != 0;
        len = addressed.saturating_add(if flags & HT_CONTROL != 0 { 6 } else { 2 });
    }
    if padded {
        len = len.next_multiple_of(4);
    }
    let payload = behind(LAYER, octets, len)?;
    // Some programs decrypt and leave the bit; no initialization vector begins like this (its third octet, or fourth, is reserved).
    let opened = payload.starts_with(&[0xaa, 0xaa, 0x03, 0, 0]);
    Ok(if flags & PROTECTED != 0 && !opened {
        Step::Skipped(Inside::ProtectedFrame)
    } else if flags & MORE_FRAGMENTS != 0 || sequence & 0x0f != 0 {
        Step::Skipped(Inside::WirelessFragment)
    } else if aggregate && !opened {
        Step::Skipped(Inside::WirelessAggregate)
    } else {
        Step::Inner(Kind::Llc, payload)
    })
}

/// Its length leads over what it says; of that, only the padding behind the IEEE 802.11 header matters.
pub(super) fn radiotap(octets: &[u8]) -> Result<Step<'_>, Fault> {
    const LAYER: &str = "radiotap header";
    let (header, _) = split::<8>(LAYER, octets)?;
    let [_, _, a, b, ..] = *header;
    let len = usize::from(u16::from_le_bytes([a, b]));
    if len < header.len() {
        return Err(Fault::malformed(LAYER, format!("its length {len} is less than 8")));
    }
    let rest = behind(LAYER, octets, len)?;
    let padded = octets.get(..len).and_then(flags).is_some_and(|flags| flags & PADDED != 0);
    Ok(Step::Inner(Kind::Wireless { padded }, rest))
}

/// Of radiotap's flags: the payload begins at a multiple of 4.
const PADDED: u8 = 0x20;

/// Radiotap's flags: its second field. The first is a time of 8 octets, aligned; words that say which fields are there stand before.
fn flags(header: &[u8]) -> Option<u8> {
    const TIME: u32 = 1;
    const FLAGS: u32 = 2;
    const ANOTHER_WORD: u32 = 1 << 31;
    let words = header.get(4..)?.chunks_exact(4).filter_map(|word| word.first_chunk().map(|word| u32::from_le_bytes(*word)));
    let first = words.clone().next().filter(|first| first & FLAGS != 0)?;
    let count = words.take_while(|word| word & ANOTHER_WORD != 0).count().saturating_add(1);
    let fields = count.saturating_mul(4).saturating_add(4);
    let at = if first & TIME != 0 { fields.next_multiple_of(8).saturating_add(8) } else { fields };
    header.get(at).copied()
}

/// Either stands behind either link type: AVS begins with its version, Prism with its message's number.
pub(super) fn prism_or_avs(octets: &[u8]) -> Result<Step<'_>, Fault> {
    const LAYER: &str = "Prism or AVS header";
    const AVS: [u8; 3] = [0x80, 0x21, 0x10];
    let (header, _) = split::<8>(LAYER, octets)?;
    let [a, b, c, .., e, f, g, h] = *header;
    let length = [e, f, g, h];
    let len = if [a, b, c] == AVS || a == 0 { u32::from_be_bytes(length) } else { u32::from_le_bytes(length) };
    let len = usize::try_from(len).unwrap_or(usize::MAX);
    if len < header.len() {
        return Err(Fault::malformed(LAYER, format!("its length {len} is less than 8")));
    }
    Ok(Step::Inner(Kind::Wireless { padded: false }, behind(LAYER, octets, len)?))
}
