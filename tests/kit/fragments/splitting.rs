//! The splitter judged by arithmetic done anew.

use super::peer::{FIRST, HEADER, NONE, Peer};
use ikev2::Instant;
use ikev2::error::FragmentError;
use ikev2::fragment::{
    Budget, FragmentationSupport, Layout, OutgoingMessage, Overhead, Path, Progress, Reassembler, ReassemblyLimits, Splitter,
};
use ikev2::protect::{EncryptedPayload, Suite, open};
use ikev2::provider::Provider;
use ikev2::registry::{Encr, Integ};
use ikev2::wire::Payload;
use std::collections::BTreeSet;

/// Every combination of IV, ICV and block size there is, and more.
pub(crate) fn suites() -> Vec<Suite> {
    let aead = [Encr::ENCR_AES_GCM_16, Encr::ENCR_AES_GCM_8, Encr::ENCR_AES_CCM_12]
        .map(|encr| Suite::new(encr, Some(128), None))
        .into_iter()
        .chain([Suite::new(Encr::ENCR_CHACHA20_POLY1305, None, None)]);
    let with_mac = [
        (Encr::ENCR_AES_CBC, Some(256), Integ::AUTH_HMAC_SHA2_256_128),
        (Encr::ENCR_AES_CBC, Some(128), Integ::AUTH_HMAC_SHA1_96),
        (Encr::ENCR_AES_CBC, Some(256), Integ::AUTH_HMAC_SHA2_512_256),
        (Encr::ENCR_3DES, None, Integ::AUTH_HMAC_MD5_96),
        (Encr::ENCR_AES_CTR, Some(128), Integ::AUTH_AES_XCBC_96),
        (Encr::ENCR_NULL, None, Integ::AUTH_HMAC_SHA2_256_128),
    ]
    .map(|(encr, bits, integ)| Suite::new(encr, bits, Some(integ)));
    aead.chain(with_mac).map(Result::unwrap).filter(|suite| suite.supported(&Provider::builtin()).is_ok()).collect()
}

/// A path, and what the test knows of it.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Way {
    pub(crate) v6: bool,
    pub(crate) mtu: u16,
    pub(crate) marker: bool,
    pub(crate) options: usize,
}

impl Way {
    pub(crate) fn path(&self) -> Path {
        let path = if self.v6 { Path::ipv6(self.mtu) } else { Path::ipv4(self.mtu) };
        let path = if self.marker { path.with_non_esp_marker() } else { path };
        if self.options == 0 { path } else { path.with_ip_overhead(self.options) }
    }

    /// Octets left for the IKE message.
    fn room(&self) -> i64 {
        i64::from(self.mtu) - if self.v6 { 40 } else { 20 } - 8 - if self.marker { 4 } else { 0 } - self.options as i64
    }
}

/// Octets of a message with that much content: RFC 7296 section 3.14, RFC 7383 section 2.5.
pub(crate) fn message_len(suite: &Suite, skf: bool, clear: usize, content: usize) -> i64 {
    let mut padded = content + 1;
    while padded % suite.block_len() != 0 {
        padded += 1;
    }
    (28 + clear + 4 + if skf { 4 } else { 0 } + suite.iv_len() + padded + suite.icv_len()) as i64
}

/// The most content that fits; none if not even none does.
pub(crate) fn most(way: &Way, suite: &Suite, skf: bool, clear: usize) -> Option<usize> {
    // What is too much by no more than a block and the fixed parts is tried one by one.
    let mut content = usize::try_from(way.room()).ok()?.min(65535 + 28 + clear);
    let fits = |content| {
        let len = message_len(suite, skf, clear, content);
        len <= way.room() && len - 28 - clear as i64 <= 65535
    };
    while !fits(content) {
        content = content.checked_sub(1)?;
    }
    Some(content)
}

/// What must come out: the content sizes, or that it cannot be done.
fn due(way: &Way, suite: &Suite, layout: Layout, clear: usize, content: usize) -> Option<Vec<usize>> {
    if most(way, suite, false, clear).is_some_and(|whole| content <= whole) {
        return Some(vec![content]);
    }
    let others = most(way, suite, true, 0).filter(|others| *others > 0)?;
    let first = most(way, suite, true, clear)?;
    let count = 1 + (content - first).div_ceil(others);
    assert!(count >= 2, "what does not fit SK does not fit one SKF");
    if count > 65535 {
        return None;
    }
    let (first, others) = match layout {
        Layout::Fill => (first, others),
        Layout::Balanced => {
            let share = content.div_ceil(count);
            if share <= first { (share, share) } else { (first, (content - first).div_ceil(count - 1)) }
        }
    };
    let mut sizes = vec![first];
    (2..count).for_each(|_| sizes.push(others));
    sizes.push(content - sizes.iter().sum::<usize>());
    Some(sizes)
}

/// Cuts a message and holds all that comes out against arithmetic done anew; puts it together again.
pub(crate) fn check(way: &Way, suite: &Suite, layout: Layout, clear: &[Payload<'_>], content: &[u8]) {
    let place = format!("{way:?} {suite:?} {layout:?} {} octets", content.len());
    let mut buf = vec![0; 2000];
    let mut builder = ikev2::wire::MessageBuilder::new(&mut buf, &HEADER);
    clear.iter().for_each(|payload| _ = builder.push(*payload));
    let clear_len = builder.finish().unwrap().len() - 28;

    let mut peer = Peer::of(suite);
    let message = OutgoingMessage { header: HEADER, unprotected: clear, first_payload: FIRST, content };
    let splitter = Splitter::new(way.path(), layout, FragmentationSupport::Both);
    let due = due(way, suite, layout, clear_len, content.len());
    let mut datagrams = match (splitter.datagrams(&message, &mut *peer.sealer), &due) {
        (Ok(datagrams), Some(_)) => datagrams,
        (Err(FragmentError::PathTooSmall { max_message, needed }), None) => {
            assert_eq!(max_message as i64, way.room().max(0), "{place}");
            let least = if most(way, suite, true, 0).is_some_and(|most| most > 0) {
                message_len(suite, true, clear_len, 0)
            } else {
                message_len(suite, true, 0, 1)
            };
            assert!(needed as i64 == least && least > way.room(), "{place}: {needed}, not {least}");
            return;
        }
        (Err(FragmentError::TooManyFragments { total, limit: 65535 }), None) => return assert!(total > 65535, "{place}"),
        (other, _) => panic!("{place}: {:?}", other.map(|datagrams| datagrams.remaining())),
    };
    let due = due.unwrap();
    assert_eq!(datagrams.remaining(), due.len(), "{place}");

    let (buffer_len, largest) = (datagrams.total_len(), datagrams.max_len());
    let mut octets: Vec<Vec<u8>> = Vec::new();
    let mut buf = vec![0; largest];
    while let Some(datagram) = datagrams.next_into(&mut buf) {
        octets.push(datagram.unwrap().to_vec());
        let left = datagrams.total_len() + octets.iter().map(Vec::len).sum::<usize>();
        assert_eq!((left, datagrams.remaining()), (buffer_len, due.len() - octets.len()), "{place}");
    }
    assert_eq!((octets.len(), octets.iter().map(Vec::len).max()), (due.len(), Some(largest)), "{place}");

    // What is said beforehand of the larger pieces.
    if let (Layout::Fill, Ok(budget)) = (layout, Budget::new(way.path(), Overhead::from(suite))) {
        let lens: Vec<usize> = budget.message_lens(content.len(), clear_len).unwrap().collect();
        assert_eq!(lens, octets.iter().map(Vec::len).collect::<Vec<_>>(), "{place}");
    }

    // What arrives: sizes, headers, and all of it.
    let limits = ReassemblyLimits { octets: usize::MAX, fragments: u16::MAX, ..ReassemblyLimits::default() };
    let mut reassembler = Reassembler::new(limits);
    let mut ivs = BTreeSet::new();
    for (n, (datagram, size)) in octets.iter().zip(&due).enumerate() {
        assert!(datagram.len() as i64 <= way.room(), "{place}: {} octets", datagram.len());
        let clear_here = if n == 0 { clear_len } else { 0 };
        assert_eq!(datagram.len() as i64, message_len(suite, due.len() > 1, clear_here, *size), "{place}: no octet more than needed");
        let sealed = datagram.len() - 28 - clear_here - if due.len() > 1 { 8 } else { 4 };
        ivs.insert(datagram[datagram.len() - sealed..][..suite.iv_len()].to_vec());
        let mut datagram = datagram.clone();
        let opened = open(&mut datagram, &*peer.opener).unwrap();
        let number = n as u16 + 1;
        let kind = if due.len() == 1 { EncryptedPayload::Sk } else { EncryptedPayload::Skf { number, total: due.len() as u16 } };
        assert_eq!((opened.header(), opened.kind()), (&HEADER, kind), "{place}");
        assert_eq!(opened.first_payload(), if n == 0 { FIRST } else { NONE }, "{place}");
        assert_eq!((opened.content().len(), opened.unprotected().count()), (*size, if n == 0 { clear.len() } else { 0 }), "{place}");
        assert!(opened.padding().len() < suite.block_len(), "{place}");
        match reassembler.push(&opened, Instant::START).unwrap() {
            Progress::Complete(whole) => {
                assert_eq!(n + 1, due.len(), "{place}");
                assert!(whole.content() == content, "{place}");
                assert_eq!((whole.first_payload(), usize::from(whole.fragments())), (FIRST, due.len()), "{place}");
                assert!(whole.unprotected().map(|raw| raw.ty).eq(clear.iter().map(Payload::ty)), "{place}");
            }
            other => assert!(n + 1 < due.len() && matches!(other, Progress::Pending { .. }), "{place}: {other:?}"),
        }
    }
    assert!(suite.iv_len() == 0 || ivs.len() == due.len(), "{place}: an IV twice");

    // All at once: the same octets.
    let mut peer = Peer::of(suite);
    let datagrams = splitter.datagrams(&message, &mut *peer.sealer).unwrap();
    let mut buf = vec![0; buffer_len];
    let filled = datagrams.fill(&mut buf).unwrap();
    assert_eq!(filled.len(), due.len());
    assert!(filled.map(|datagram| datagram.unwrap()).eq(octets.iter()), "{place}");
}
