//! How much content fits a datagram: path, IP version, NAT traversal and cipher on one side, octets on the other.
//!
//! RFC 7383 appendix B: content = datagram - IP header (20 and options, or 40 and extension headers) - UDP 8 - non-ESP marker 4
//! - IKE header 28 - unprotected payloads - SKF headers 4 + 4 - IV - padding and Pad Length - ICV.

use crate::error::FragmentError;
use crate::protect::{Sealer, Suite};
use crate::wire::{FRAGMENT_HEADER_LEN, HEADER_LEN, PAYLOAD_HEADER_LEN};

/// The way to the peer, as far as it limits the size of a message. All sizes are octets.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub struct Path {
    mtu: u16,
    overhead: usize,
    fragments: bool,
}

const IPV4_HEADER: usize = 20;
const IPV6_HEADER: usize = 40;
const UDP_HEADER: usize = 8;
const NON_ESP_MARKER: usize = 4;
const TCP_FRAME_LENGTH: usize = 2;
/// The largest SK or SKF payload, which its length field sets.
const MAX_PAYLOAD: usize = 65535;

impl Path {
    /// The size RFC 7383 section 2.5.1 recommends over IPv4 when nothing is known of the path.
    pub const IPV4_MINIMUM: Self = Self::ipv4(576);

    /// The size RFC 7383 section 2.5.1 recommends over IPv6 when nothing is known of the path.
    pub const IPV6_MINIMUM: Self = Self::ipv6(1280);

    /// A TCP stream: only the length field of its frames limits a message, and nothing is fragmented (RFC 9329 section 5.1).
    pub const TCP: Self = Self { mtu: u16::MAX, overhead: TCP_FRAME_LENGTH + NON_ESP_MARKER, fragments: false };

    /// UDP port 500 over IPv4; `mtu` is the largest IP packet, its header included.
    #[must_use]
    pub const fn ipv4(mtu: u16) -> Self {
        Self { mtu, overhead: IPV4_HEADER + UDP_HEADER, fragments: true }
    }

    /// UDP port 500 over IPv6; `mtu` is the largest IP packet, its header included.
    #[must_use]
    pub const fn ipv6(mtu: u16) -> Self {
        Self { mtu, overhead: IPV6_HEADER + UDP_HEADER, fragments: true }
    }

    /// The same path on UDP port 4500, where a non-ESP marker precedes the message (RFC 3948 section 2.2).
    #[must_use]
    pub const fn with_non_esp_marker(self) -> Self {
        self.with_ip_overhead(NON_ESP_MARKER)
    }

    /// The same path with `octets` of IPv4 options or IPv6 extension headers in every packet.
    #[must_use]
    pub const fn with_ip_overhead(self, octets: usize) -> Self {
        Self { overhead: self.overhead.saturating_add(octets), ..self }
    }

    /// Octets of the largest IKE message that travels in one packet, the marker not counted.
    #[must_use]
    pub fn max_message(&self) -> usize {
        usize::from(self.mtu).saturating_sub(self.overhead)
    }

    /// Octets of the IP packet (of the frame, on TCP) that carries an IKE message of `message` octets.
    #[must_use]
    pub const fn packet_len(&self, message: usize) -> usize {
        message.saturating_add(self.overhead)
    }
}

/// What the cipher of an SA adds to the content of an SK or SKF payload.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub struct Overhead {
    /// Octets of the IV.
    pub iv_len: usize,
    /// Octets of the ICV.
    pub icv_len: usize,
    /// Content, padding and Pad Length together are a multiple of so many octets; 1 for all but CBC.
    pub block_len: usize,
}

impl Overhead {
    /// The overhead of a Sealer.
    #[must_use]
    pub fn of(sealer: &dyn Sealer) -> Self {
        Self { iv_len: sealer.iv_len(), icv_len: sealer.icv_len(), block_len: sealer.block_len() }
    }

    /// Octets of `content` once padded, with its Pad Length.
    const fn padded(&self, content: usize) -> usize {
        let text = content.saturating_add(1);
        if self.block() == 1 { text } else { text.div_ceil(self.block()).saturating_mul(self.block()) }
    }

    /// Octets of the largest content that fits `space` once padded; `None` when not even the Pad Length does.
    fn content_in(&self, space: usize) -> Option<usize> {
        let rest = if self.block() == 1 { 0 } else { space.checked_rem(self.block())? };
        space.checked_sub(rest)?.checked_sub(1)
    }

    const fn block(&self) -> usize {
        if self.block_len == 0 { 1 } else { self.block_len }
    }
}

impl From<&Suite> for Overhead {
    fn from(suite: &Suite) -> Self {
        Self { iv_len: suite.iv_len(), icv_len: suite.icv_len(), block_len: suite.block_len() }
    }
}

/// How much content one message carries on a path, under a cipher.
///
/// ```
/// use ikev2::fragment::{Budget, Overhead, Path};
/// let cbc = Overhead { iv_len: 16, icv_len: 16, block_len: 16 };
/// let budget = Budget::new(Path::ipv4(1280), cbc)?;
/// assert_eq!(budget.content_in_fragment(0), Some(1183));
/// assert_eq!(budget.fragment_len(1183, 0), 1252);
/// assert_eq!(budget.datagrams_for(6000, 0)?, 6);
/// # Ok::<(), ikev2::error::FragmentError>(())
/// ```
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub struct Budget {
    path: Path,
    overhead: Overhead,
}

impl Budget {
    /// The budget of a path and a cipher.
    ///
    /// # Errors
    /// [`PathTooSmall`](FragmentError::PathTooSmall) when not one octet of content fits a fragment.
    pub fn new(path: Path, overhead: Overhead) -> Result<Self, FragmentError> {
        let budget = Self { path, overhead };
        match budget.content_in_fragment(0) {
            Some(1..) => Ok(budget),
            _ => Err(budget.too_small(1, 0)),
        }
    }

    /// A budget for one message, whatever its size.
    pub(super) const fn unchecked(path: Path, overhead: Overhead) -> Self {
        Self { path, overhead }
    }

    /// What the cipher adds.
    pub(super) const fn overhead(&self) -> Overhead {
        self.overhead
    }

    /// The path.
    #[must_use]
    pub const fn path(&self) -> Path {
        self.path
    }

    /// Octets of content that fit one SK message after `unprotected` octets of payloads in clear; `None` when the rest of the
    /// message alone is too large.
    #[must_use]
    pub fn content_in_message(&self, unprotected: usize) -> Option<usize> {
        self.content(0, unprotected)
    }

    /// Octets of content that fit one fragment after `unprotected` octets of payloads in clear (only fragment 1 has any).
    #[must_use]
    pub fn content_in_fragment(&self, unprotected: usize) -> Option<usize> {
        self.content(FRAGMENT_HEADER_LEN, unprotected)
    }

    fn content(&self, extra: usize, unprotected: usize) -> Option<usize> {
        let payload = self.path.max_message().checked_sub(HEADER_LEN)?.checked_sub(unprotected)?.min(MAX_PAYLOAD);
        let fixed = PAYLOAD_HEADER_LEN.saturating_add(extra).saturating_add(self.overhead.iv_len).saturating_add(self.overhead.icv_len);
        self.overhead.content_in(payload.checked_sub(fixed)?)
    }

    /// Octets of the SK message that carries `content` octets after `unprotected` octets in clear.
    #[must_use]
    pub fn message_len(&self, content: usize, unprotected: usize) -> usize {
        [HEADER_LEN, unprotected, PAYLOAD_HEADER_LEN, self.overhead.iv_len, self.overhead.icv_len]
            .into_iter()
            .fold(self.overhead.padded(content), usize::saturating_add)
    }

    /// Octets of the SKF message that carries `content` octets after `unprotected` octets in clear.
    #[must_use]
    pub fn fragment_len(&self, content: usize, unprotected: usize) -> usize {
        self.message_len(content, unprotected).saturating_add(FRAGMENT_HEADER_LEN)
    }

    /// How many messages `content` octets need after `unprotected` octets in clear: 1 is SK, more are SKF.
    ///
    /// # Errors
    /// [`PathTooSmall`](FragmentError::PathTooSmall) when the payloads in clear leave no room for a fragment header,
    /// [`TooManyFragments`](FragmentError::TooManyFragments) beyond 65535, and
    /// [`TooLarge`](FragmentError::TooLarge) for a message too large for a path on which nothing is fragmented.
    pub fn datagrams_for(&self, content: usize, unprotected: usize) -> Result<u16, FragmentError> {
        self.cut(content, unprotected).map(|cut| cut.count)
    }

    /// How `content` octets are cut after `unprotected` octets in clear; errors as for [`count`](Self::count).
    pub(super) fn cut(&self, content: usize, unprotected: usize) -> Result<Cut, FragmentError> {
        let whole = self.content_in_message(unprotected);
        if whole.is_some_and(|whole| content <= whole) {
            return Ok(Cut { count: 1, first: content, others: 0 });
        }
        if !self.path.fragments {
            return Err(FragmentError::TooLarge { octets: content, limit: whole.unwrap_or(0) });
        }
        let others = self.content_in_fragment(0).filter(|others| *others > 0).ok_or_else(|| self.too_small(1, 0))?;
        // Fragment 1 may come without content (RFC 7383 section 2.5.3).
        let first = if unprotected == 0 { Some(others) } else { self.content_in_fragment(unprotected) };
        let first = first.ok_or_else(|| self.too_small(0, unprotected))?;
        // What does not fit SK does not fit one SKF either: this is never SKF 1/1.
        let count = content.saturating_sub(first).div_ceil(others).saturating_add(1);
        let count = u16::try_from(count).map_err(|_| FragmentError::TooManyFragments { total: count, limit: u16::MAX.into() })?;
        Ok(Cut { count, first, others })
    }

    /// Octets of each IKE message that `content` octets after `unprotected` octets in clear travel in, in order: what a
    /// [`Splitter`](super::Splitter) with [`Layout::Fill`](super::Layout::Fill) makes of them.
    ///
    /// ```
    /// use ikev2::fragment::{Budget, Overhead, Path};
    /// let gcm = Overhead { iv_len: 8, icv_len: 16, block_len: 1 };
    /// let lens: Vec<_> = Budget::new(Path::ipv4(1280), gcm)?.message_lens(3000, 0)?.collect();
    /// assert_eq!(lens, [1252, 1252, 679]);
    /// # Ok::<(), ikev2::error::FragmentError>(())
    /// ```
    ///
    /// # Errors
    /// Those of [`datagrams_for`](Self::datagrams_for).
    pub fn message_lens(&self, content: usize, unprotected: usize) -> Result<impl Iterator<Item = usize> + use<>, FragmentError> {
        let cut = self.cut(content, unprotected)?;
        let budget = *self;
        let mut rest = content;
        Ok((0..cut.count).map(move |number| {
            let (most, in_clear) = if number == 0 { (cut.first, unprotected) } else { (cut.others, 0) };
            let piece = rest.min(most);
            rest = rest.saturating_sub(piece);
            if cut.count == 1 { budget.message_len(piece, in_clear) } else { budget.fragment_len(piece, in_clear) }
        }))
    }

    /// The smallest MTU at which `content` octets after `unprotected` octets in clear travel in one SK message.
    #[must_use]
    pub fn mtu_for_one_message(&self, content: usize, unprotected: usize) -> usize {
        self.path.packet_len(self.message_len(content, unprotected))
    }

    fn too_small(&self, content: usize, unprotected: usize) -> FragmentError {
        FragmentError::PathTooSmall { max_message: self.path.max_message(), needed: self.fragment_len(content, unprotected) }
    }
}

/// Into how many messages content is cut, and how many octets of it fit the first and the others.
#[derive(Clone, Copy, Debug)]
pub(super) struct Cut {
    pub(super) count: u16,
    pub(super) first: usize,
    pub(super) others: usize,
}

#[cfg(test)]
mod tests {
    use super::*;

    const CBC_SHA256: Overhead = Overhead { iv_len: 16, icv_len: 16, block_len: 16 };
    const GCM_16: Overhead = Overhead { iv_len: 8, icv_len: 16, block_len: 1 };

    #[test]
    fn the_numbers_of_strongswan_come_out() {
        for (mtu, content, message) in [(1280, 1183, 1252), (576, 479, 548), (1400, 1295, 1364)] {
            let budget = Budget::new(Path::ipv4(mtu), CBC_SHA256).unwrap();
            assert_eq!(budget.content_in_fragment(0), Some(content));
            assert_eq!(budget.fragment_len(content, 0), message);
        }
        assert_eq!(Budget::new(Path::ipv6(1280), GCM_16).unwrap().content_in_fragment(0), Some(1171));
    }

    #[test]
    fn hostile_26_every_budget_fills_its_path_and_never_exceeds_it() {
        for overhead in
            [CBC_SHA256, GCM_16, Overhead { iv_len: 8, icv_len: 12, block_len: 8 }, Overhead { iv_len: 0, icv_len: 12, block_len: 1 }]
        {
            for path in [Path::ipv4, Path::ipv6] {
                for mtu in (0..=9000).chain([65534, 65535]) {
                    for path in [path(mtu), path(mtu).with_non_esp_marker(), path(mtu).with_ip_overhead(24)] {
                        let Ok(budget) = Budget::new(path, overhead) else {
                            let smallest = path.packet_len(28 + 8 + overhead.iv_len + overhead.icv_len + overhead.padded(1));
                            assert!(usize::from(mtu) < smallest);
                            continue;
                        };
                        for unprotected in [0, 100] {
                            let Some(content) = budget.content_in_fragment(unprotected) else { continue };
                            assert!(budget.fragment_len(content, unprotected) <= path.max_message());
                            assert!(budget.fragment_len(content + 1, unprotected) > path.max_message());
                            let Some(content) = budget.content_in_message(unprotected) else { continue };
                            assert!(budget.mtu_for_one_message(content, unprotected) <= usize::from(mtu));
                            assert!(budget.mtu_for_one_message(content + 1, unprotected) > usize::from(mtu));
                        }
                    }
                }
            }
        }
    }

    #[test]
    fn hostile_26_one_message_is_sk_and_more_are_at_least_two_fragments() {
        let budget = Budget::new(Path::ipv4(576), GCM_16).unwrap();
        let whole = budget.content_in_message(0).unwrap();
        assert_eq!(budget.datagrams_for(whole, 0), Ok(1));
        assert_eq!(budget.datagrams_for(whole + 1, 0), Ok(2));
        assert!(budget.datagrams_for(usize::MAX, 0).is_err());
        let tcp = Budget::new(Path::TCP, GCM_16).unwrap();
        assert_eq!(tcp.datagrams_for(60000, 0), Ok(1));
        assert!(matches!(tcp.datagrams_for(65536, 0), Err(FragmentError::TooLarge { .. })));
    }
}
