//! Target `split`: a message cut for a path and put together again, and every size held against arithmetic done anew.

use crate::kit::fragments::splitting::{Way, check, suites};
use ikev2::fragment::Layout;
use ikev2::registry::PayloadType;
use ikev2::wire::{Payload, RawPayload};

/// Nine octets: suite, flags, MTU, IP options, sizes of what is in clear, size of the content, which the rest begins.
pub fn split(data: &[u8]) {
    let Some((&[suite, flags, mtu_hi, mtu_lo, options, one, two, size_hi, size_lo], seed)) = data.split_first_chunk() else { return };
    let suites = suites();
    let suite = &suites[usize::from(suite) % suites.len()];
    let way = Way {
        v6: flags & 1 != 0,
        mtu: u16::from_be_bytes([mtu_hi, mtu_lo]),
        marker: flags & 2 != 0,
        options: if flags & 4 != 0 { options.into() } else { 0 },
    };
    let layout = if flags & 8 != 0 { Layout::Balanced } else { Layout::Fill };
    // Thousands of fragments take long, and say no more than hundreds.
    let most = if way.mtu < 150 {
        600
    } else if way.mtu < 1000 {
        6000
    } else {
        65531
    };
    let size = usize::from(u16::from_be_bytes([size_hi, size_lo])).min(most);
    let content: Vec<u8> = seed.iter().copied().chain((0..size).map(|at| at as u8 ^ 0x5a)).take(size).collect();
    let bodies = [vec![one; one.into()], vec![two; usize::from(two) * 4]];
    let clear: Vec<Payload<'_>> = bodies.iter().map(|body| Payload::Unknown(RawPayload::new(PayloadType::V, false, body))).collect();
    check(&way, suite, layout, &clear[..usize::from(flags >> 4 & 3).min(2)], &content);
}
