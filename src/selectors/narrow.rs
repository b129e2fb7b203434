//! Offers narrowed, and answers checked, RFC 7296 section 2.9.

use super::selector::Selector;
use alloc::vec::Vec;
use core::net::IpAddr;

/// Selectors in one answer. A kernel makes a policy of each pair of TSi and TSr, and 64 IPv6 selectors are 2,560 octets of the message.
pub const MAX: usize = 64;

/// What both lists hold, selector by selector: a responder's answer to what it was offered. Empty is TS_UNACCEPTABLE.
///
/// No selector of the answer lies within another one. They come in the order of the offer, then of one's own, at most [`MAX`]; up to that
/// number nothing that both hold is left out. Where both hold something of the first selector offered, which stands for the packet that
/// began it all, the first selector of the answer holds that too, as section 2.9 demands.
#[must_use]
pub fn narrow(offered: &[Selector], own: &[Selector]) -> Vec<Selector> {
    let mut answer = Vec::new();
    pieces(offered, own).for_each(|piece| add(&mut answer, piece));
    answer
}

/// The same for a peer, or a kernel, that takes one selector only.
///
/// The one chosen holds what both lists hold of the first selector offered, if anything (section 2.9). Among those that do, it is the first
/// for all protocols and ports, else the first.
#[must_use]
pub fn narrow_to_one(offered: &[Selector], own: &[Selector]) -> Option<Selector> {
    let answer = narrow(offered, own);
    let first = pieces(offered.get(..1).unwrap_or_default(), own).next();
    let serves = |selector: &&Selector| first.is_none_or(|first| selector.contains(&first));
    let is_whole = |selector: &&Selector| selector.protocol() == 0 && selector.has_any_port();
    answer.iter().filter(serves).find(is_whole).or_else(|| answer.iter().find(serves)).copied()
}

/// Whether all that was answered had been offered. Of an empty answer that is true.
///
/// A selector answered may lie across several offered ones whose addresses adjoin or overlap, if each of them has its protocol and ports.
/// It may not be put together of several protocols or of several ranges of ports.
#[must_use]
pub fn within(answered: &[Selector], offered: &[Selector]) -> bool {
    answered.iter().all(|selector| is_covered(selector, offered))
}

fn is_covered(selector: &Selector, offered: &[Selector]) -> bool {
    let mut ranges: Vec<_> = offered.iter().filter(|one| one.allows(selector)).map(Selector::addresses).collect();
    ranges.sort_unstable();
    let (mut due, last) = selector.addresses();
    for (start, end) in ranges {
        if start > due {
            return false;
        }
        if end >= last {
            return true;
        }
        if end >= due {
            due = after(end);
        }
    }
    false
}

/// The next address; the last one has none, and stays.
fn after(address: IpAddr) -> IpAddr {
    match address {
        IpAddr::V4(address) => IpAddr::V4(address.to_bits().saturating_add(1).into()),
        IpAddr::V6(address) => IpAddr::V6(address.to_bits().saturating_add(1).into()),
    }
}

/// What each selector offered has in common with each of one's own.
fn pieces(offered: &[Selector], own: &[Selector]) -> impl Iterator<Item = Selector> {
    offered.iter().flat_map(move |theirs| own.iter().filter_map(|ours| theirs.intersection(ours)))
}

/// Takes the piece in, unless it is held already or there is no room; those that it holds make way for it.
fn add(answer: &mut Vec<Selector>, piece: Selector) {
    if answer.iter().any(|kept| kept.contains(&piece)) {
        return;
    }
    if let Some(slot) = answer.iter_mut().find(|kept| piece.contains(kept)) {
        *slot = piece;
        answer.retain(|kept| *kept == piece || !piece.contains(kept));
    } else if answer.len() < MAX {
        answer.push(piece);
    }
}
