//! Target `reassemble`: sequences of operations, told to the crate's reassembler and to the reference.

use crate::kit::fragments::both::{Both, Told};
use crate::kit::fragments::peer::HEADER;
use ikev2::fragment::ReassemblyLimits;
use ikev2::registry::{ExchangeType, PayloadType};
use ikev2::wire::{Header, IkeSpis};
use std::time::Duration;

/// Four octets of limits, then operations of four octets each.
pub fn reassemble(data: &[u8]) {
    let Some((&[octets, fragments, sets, lifetime], operations)) = data.split_first_chunk() else { return };
    let mut both = Both::new(ReassemblyLimits {
        octets: usize::from(octets),
        fragments: u16::from(fragments & 15) + 1,
        window: usize::from(sets & 3) + 1,
        lifetime: Duration::from_secs(u64::from(lifetime)),
    });
    // What can happen happens within some hundred operations, and each is sealed and opened.
    for operation in operations.chunks_exact(4).take(400) {
        operate(&mut both, [operation[0], operation[1], operation[2], operation[3]]);
    }
}

fn operate(both: &mut Both, [what, a, b, c]: [u8; 4]) {
    match what >> 4 {
        0 => both.answered(u32::from(a & 7)),
        1 => both.wait(Duration::from_secs(u64::from(a & 63))),
        2 => drop(both.expire()),
        3 => both.set_negotiated(a != 0),
        4 => both.forge(&told(what, a, b, c), usize::from(a) << 8 | usize::from(b)),
        _ => drop(both.push(&told(what, a, b, c))),
    }
}

/// `what`: what is unusual; `a`: message ID, response flag, payloads in clear; `b`: number and total; `c`: content.
fn told(what: u8, a: u8, b: u8, c: u8) -> Told {
    let unusual = |kind: u8| what & 15 == kind;
    let message_id = if unusual(1) { u32::MAX - u32::from(a & 7) } else { u32::from(a & 7) };
    let exchange = if unusual(2) { ExchangeType::INFORMATIONAL } else { ExchangeType::IKE_AUTH };
    let spi_r = if unusual(3) { 7 } else { HEADER.spis.responder };
    let header =
        Header { spis: IkeSpis { responder: spi_r, ..HEADER.spis }, exchange, initiator: !unusual(4), response: a & 8 != 0, message_id };
    let (number, total) = (u16::from(b & 15), u16::from(b >> 4));
    let place = match what & 15 {
        5 => None,
        6 => Some((number, total)),
        7 => Some((u16::from(b) + 1, (u16::from(b) + 1).saturating_add(u16::from(c) * 256))),
        _ => Some((number % (total + 1) + 1, total + 1)),
    };
    let usual = if place.is_none_or(|(number, _)| number == 1) { PayloadType::IDI } else { PayloadType::NO_NEXT_PAYLOAD };
    let first = if unusual(8) { PayloadType(c) } else { usual };
    let content = match c {
        // A chain of one payload.
        0..=31 => vec![0, 0, 0, 5, c],
        _ => vec![c; usize::from(c & 31)],
    };
    let clear = (a & 0x70 == 0x70).then(|| vec![c; usize::from(a & 7)]);
    Told { header, clear, place, first, content }
}
