//! The splitter over every path, cipher, layout and size, judged by arithmetic done anew: hostile.md class 26.
#![allow(
    clippy::unwrap_used,
    clippy::panic,
    clippy::indexing_slicing,
    clippy::arithmetic_side_effects,
    clippy::as_conversions,
    reason = "a test fails by panicking"
)]
#![cfg(any(feature = "ring", feature = "rustcrypto"))]

mod fragments;

use core::time::Duration;
use fragments::peer::{FIRST, HEADER, NONE, Peer};
use ikev2::error::{BuildError, Element, FragmentError, SealError};
use ikev2::fragment::{Budget, Layout, Limits, Negotiated, Outgoing, Overhead, Path, Progress, Reassembler, Splitter};
use ikev2::protect::{Kind, Suite, open};
use ikev2::registry::{Encr, ExchangeType, Integ, NotifyType, PayloadType};
use ikev2::wire::{Header, Message, Notify, Payload, PayloadsBuilder, RawPayload};
use proptest::prelude::*;
use proptest::sample::select;
use std::collections::BTreeSet;

/// Every combination of IV, ICV and block size there is, and more.
fn suites() -> Vec<Suite> {
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
    aead.chain(with_mac).map(Result::unwrap).filter(|suite| suite.supported().is_ok()).collect()
}

/// A path, and what the test knows of it.
#[derive(Clone, Copy, Debug)]
struct Way {
    v6: bool,
    mtu: u16,
    marker: bool,
    options: usize,
}

impl Way {
    fn path(&self) -> Path {
        let path = if self.v6 { Path::ipv6(self.mtu) } else { Path::ipv4(self.mtu) };
        let path = if self.marker { path.non_esp_marker() } else { path };
        if self.options == 0 { path } else { path.options(self.options) }
    }

    /// Octets left for the IKE message.
    fn room(&self) -> i64 {
        i64::from(self.mtu) - if self.v6 { 40 } else { 20 } - 8 - if self.marker { 4 } else { 0 } - self.options as i64
    }
}

/// Octets of a message with that much content: RFC 7296 section 3.14, RFC 7383 section 2.5.
fn message_len(suite: &Suite, skf: bool, clear: usize, content: usize) -> i64 {
    let mut padded = content + 1;
    while padded % suite.block_len() != 0 {
        padded += 1;
    }
    (28 + clear + 4 + if skf { 4 } else { 0 } + suite.iv_len() + padded + suite.icv_len()) as i64
}

/// The most content that fits; none if not even none does.
fn most(way: &Way, suite: &Suite, skf: bool, clear: usize) -> Option<usize> {
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

fn check(way: &Way, suite: &Suite, layout: Layout, clear: &[Payload<'_>], content: &[u8]) {
    let place = format!("{way:?} {suite:?} {layout:?} {} octets", content.len());
    let mut buf = vec![0; 2000];
    let mut builder = ikev2::wire::MessageBuilder::new(&mut buf, &HEADER);
    clear.iter().for_each(|payload| _ = builder.push(*payload));
    let clear_len = builder.finish().unwrap().len() - 28;

    let mut peer = Peer::of(suite);
    let message = Outgoing { header: HEADER, unprotected: clear, first: FIRST, content };
    let splitter = Splitter::new(way.path(), layout, Negotiated::Both);
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
        (other, _) => panic!("{place}: {:?}", other.map(|datagrams| datagrams.len())),
    };
    let due = due.unwrap();
    assert_eq!(datagrams.len(), due.len(), "{place}");

    let (buffer_len, largest) = (datagrams.buffer_len(), datagrams.largest());
    let mut octets: Vec<Vec<u8>> = Vec::new();
    let mut buf = vec![0; largest];
    while let Some(datagram) = datagrams.next_into(&mut buf) {
        octets.push(datagram.unwrap().to_vec());
        let left = datagrams.buffer_len() + octets.iter().map(Vec::len).sum::<usize>();
        assert_eq!((left, datagrams.len()), (buffer_len, due.len() - octets.len()), "{place}");
    }
    assert_eq!((octets.len(), octets.iter().map(Vec::len).max()), (due.len(), Some(largest)), "{place}");

    // What arrives: sizes, headers, and all of it.
    let limits = Limits { octets: usize::MAX, fragments: u16::MAX, ..Limits::default() };
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
        let kind = if due.len() == 1 { Kind::Sk } else { Kind::Skf { number, total: due.len() as u16 } };
        assert_eq!((opened.header(), opened.kind()), (&HEADER, kind), "{place}");
        assert_eq!(opened.first(), if n == 0 { FIRST } else { NONE }, "{place}");
        assert_eq!((opened.content().len(), opened.unprotected().count()), (*size, if n == 0 { clear.len() } else { 0 }), "{place}");
        assert!(opened.padding().len() < suite.block_len(), "{place}");
        match reassembler.push(&opened, Duration::ZERO).unwrap() {
            Progress::Complete(whole) => {
                assert_eq!(n + 1, due.len(), "{place}");
                assert!(whole.content() == content, "{place}");
                assert_eq!((whole.first(), usize::from(whole.fragments())), (FIRST, due.len()), "{place}");
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

proptest! {
    #![proptest_config(ProptestConfig { cases: 1500, ..ProptestConfig::default() })]

    #[test]
    fn hostile_26_every_message_fits_its_path_and_comes_out_whole(
        suite in select(suites()),
        v6 in any::<bool>(),
        mtu in prop_oneof![4 => 60..700u16, 3 => 700..2000u16, 1 => 2000..=9000u16, 1 => 0..80u16, 1 => 60000..=65535u16],
        marker in any::<bool>(),
        options in prop_oneof![3 => Just(0usize), 1 => 1..60usize],
        layout in select(vec![Layout::Fill, Layout::Balanced]),
        clear in proptest::collection::vec(0..200usize, 0..3),
        fewer in prop_oneof![3 => Just(false), 1 => Just(true)],
        octets in prop_oneof![1 => 0..100usize, 6 => 0..6000usize, 1 => 6000..65531usize],
    ) {
        // Very small fragments of very large messages take very long.
        let octets = if mtu < 120 { octets.min(3000) } else { octets };
        let content: Vec<u8> = (0..octets).map(|at| (at * 31 + at / 256) as u8).collect();
        let bodies: Vec<Vec<u8>> = if fewer { clear.iter().map(|len| vec![9; *len]).collect() } else { Vec::new() };
        let clear: Vec<Payload<'_>> = bodies.iter().map(|body| Payload::Unknown(RawPayload::new(PayloadType::V, false, body))).collect();
        check(&Way { v6, mtu, marker, options }, &suite, layout, &clear, &content);
    }
}

#[test]
fn hostile_26_every_mtu_from_68_to_9000() {
    let content: Vec<u8> = (0..3000usize).map(|at| (at * 7) as u8).collect();
    let suites = suites();
    for mtu in (0..=1500).chain((1501..=9000).step_by(97)).chain([8999, 9000, 65535]) {
        for v6 in [false, true] {
            let suite = &suites[usize::from(mtu) % suites.len()];
            let octets = if mtu < 200 { 300 } else { 3000 };
            let layout = if mtu % 2 == 0 { Layout::Fill } else { Layout::Balanced };
            check(&Way { v6, mtu, marker: mtu % 3 == 0, options: 0 }, suite, layout, &[], &content[..octets]);
        }
    }
}

#[test]
fn hostile_26_sizes_around_every_boundary() {
    let content = vec![1; 3000];
    let clear = [9; 50];
    let clear = [Payload::Unknown(RawPayload::new(PayloadType::V, false, &clear))];
    for suite in &suites() {
        for layout in [Layout::Fill, Layout::Balanced] {
            for unprotected in [&[][..], &clear] {
                let way = Way { v6: false, mtu: 400, marker: true, options: 0 };
                let clear_len = if unprotected.is_empty() { 0 } else { 54 };
                let (whole, first, others) = (
                    most(&way, suite, false, clear_len).unwrap(),
                    most(&way, suite, true, clear_len).unwrap(),
                    most(&way, suite, true, 0).unwrap(),
                );
                for at in [0, 1, whole, first, first + others, first + 2 * others, first + 7 * others] {
                    for octets in at.saturating_sub(2)..=at + 2 {
                        check(&way, suite, layout, unprotected, &content[..octets]);
                    }
                }
            }
        }
    }
}

#[test]
fn hostile_26_fragment_1_may_have_payloads_in_clear_and_no_content() {
    // 576: 548 octets, less header, 8 octets of SKF, IV and ICV and one of Pad Length, leave 487.
    let suite = &suites()[0];
    let way = Way { v6: false, mtu: 576, marker: false, options: 0 };
    let overhead = suite.iv_len() + suite.icv_len();
    let content = vec![7; 1000];
    for body in [0, 480 - overhead, 507 - overhead, 508 - overhead, 511 - overhead, 512 - overhead, 600, 2000 - 40] {
        let body = vec![3; body];
        check(&way, suite, Layout::Fill, &[Payload::Unknown(RawPayload::new(PayloadType::V, false, &body))], &content);
        check(&way, suite, Layout::Balanced, &[Payload::Unknown(RawPayload::new(PayloadType::V, false, &body))], &content);
    }
}

#[test]
fn hostile_26_the_most_fragments_there_can_be_and_one_more() {
    let suite = &suites()[0];
    let least = message_len(suite, true, 0, 1) as u16 + 28;
    let way = Way { v6: false, mtu: least, marker: false, options: 0 };
    let content = vec![0x5a; 65536];
    check(&way, suite, Layout::Fill, &[], &content[..65535]);
    let mut peer = Peer::of(suite);
    let message = Outgoing { header: HEADER, unprotected: &[], first: FIRST, content: &content };
    for layout in [Layout::Fill, Layout::Balanced] {
        let said = Splitter::new(way.path(), layout, Negotiated::Both).datagrams(&message, &mut *peer.sealer).map(|d| d.len());
        assert_eq!(said, Err(FragmentError::TooManyFragments { total: 65536, limit: 65535 }));
    }
    let smaller = Way { mtu: least - 1, ..way };
    let said = Splitter::new(smaller.path(), Layout::Fill, Negotiated::Both).datagrams(&message, &mut *peer.sealer).map(|d| d.len());
    assert_eq!(said, Err(FragmentError::PathTooSmall { max_message: usize::from(least) - 29, needed: usize::from(least) - 28 }));
}

#[test]
fn only_both_sides_make_fragments_and_no_path_makes_them_of_a_stream() {
    let mut peer = Peer::new();
    let content = vec![1; 3000];
    let message = Outgoing { header: HEADER, unprotected: &[], first: FIRST, content: &content };
    for negotiated in [Negotiated::InitiatorOnly, Negotiated::ResponderOnly, Negotiated::Neither] {
        for path in [Path::IPV4_MINIMUM, Path::ipv4(0), Path::TCP] {
            let mut datagrams = Splitter::new(path, Layout::Fill, negotiated).datagrams(&message, &mut *peer.sealer).unwrap();
            assert_eq!(datagrams.len(), 1);
            let mut buf = vec![0; datagrams.largest()];
            let len = datagrams.next_into(&mut buf).unwrap().unwrap().len();
            assert_eq!((len, buf[16]), (buf.len(), 46), "a plain SK");
        }
    }
    let stream = Splitter::new(Path::TCP, Layout::Fill, Negotiated::Both);
    let large = vec![1; 65531];
    for (octets, fits) in [(3000, true), (65529 - 28 - 4 - 8 - 16 - 1, true), (65529 - 28 - 4 - 8 - 16, false), (65531, false)] {
        let message = Outgoing { content: &large[..octets], ..message };
        match stream.datagrams(&message, &mut *peer.sealer) {
            Ok(datagrams) => assert!(fits && datagrams.len() == 1 && datagrams.largest() <= 65535 - 2 - 4),
            Err(error) => assert!(!fits && error == FragmentError::TooLarge { octets, limit: 65529 - 28 - 4 - 8 - 16 - 1 }, "{error:?}"),
        }
    }
}

#[test]
fn what_must_never_be_fragmented_is_refused() {
    let mut peer = Peer::new();
    let mut buf = vec![0; 3000];
    let padding = [0; 1000];
    let mut outcome = |exchange: ExchangeType, payloads: &[Payload<'_>], mtu: u16| {
        let mut builder = PayloadsBuilder::new(&mut buf);
        payloads.iter().for_each(|payload| _ = builder.push(*payload));
        let (first, content) = builder.finish().unwrap();
        let message = Outgoing { header: Header { exchange, ..HEADER }, unprotected: &[], first, content };
        Splitter::new(Path::ipv4(mtu), Layout::Fill, Negotiated::Both).datagrams(&message, &mut *peer.sealer).map(|d| d.len())
    };
    let vendor = Payload::Unknown(RawPayload::new(PayloadType::V, false, &padding));
    let sync = Payload::Notify(Notify::new(NotifyType::IKEV2_MESSAGE_ID_SYNC, &[0; 12]));
    let counter = Payload::Notify(Notify::new(NotifyType::IPSEC_REPLAY_COUNTER_SYNC, &[0; 4]));
    for exchange in [ExchangeType::IKE_SA_INIT, ExchangeType::IKE_SESSION_RESUME] {
        assert_eq!(outcome(exchange, &[vendor], 576), Err(FragmentError::NotProtected));
        assert_eq!(outcome(exchange, &[], 1280), Err(FragmentError::NotProtected));
    }
    for payloads in [&[sync, vendor][..], &[vendor, sync], &[counter, vendor]] {
        assert_eq!(outcome(ExchangeType::INFORMATIONAL, payloads, 576), Err(FragmentError::NeverFragmented));
        assert_eq!(outcome(ExchangeType::INFORMATIONAL, payloads, 1500), Ok(1), "in one piece it may go");
    }
    for exchange in [ExchangeType::IKE_AUTH, ExchangeType::CREATE_CHILD_SA, ExchangeType::INFORMATIONAL, ExchangeType::IKE_INTERMEDIATE] {
        assert_eq!(outcome(exchange, &[vendor], 576), Ok(3));
    }
}

/// A Sealer that fails when told to.
struct Failing(Box<dyn ikev2::protect::Sealer>, usize);

impl ikev2::protect::Sealer for Failing {
    fn iv_len(&self) -> usize {
        self.0.iv_len()
    }
    fn icv_len(&self) -> usize {
        self.0.icv_len()
    }
    fn block_len(&self) -> usize {
        self.0.block_len()
    }
    fn seal(&mut self, aad: &[u8], iv: &mut [u8], text: &mut [u8], icv: &mut [u8]) -> Result<(), ikev2::error::CryptoError> {
        self.1 = self.1.checked_sub(1).ok_or(ikev2::error::CryptoError)?;
        self.0.seal(aad, iv, text, icv)
    }
}

#[test]
fn a_sealer_without_ivs_ends_the_message_with_an_error() {
    let content = vec![1; 3000];
    let message = Outgoing { header: HEADER, unprotected: &[], first: FIRST, content: &content };
    for good in 0..3 {
        let mut sealer = Failing(Peer::new().sealer, good);
        let splitter = Splitter::new(Path::ipv4(1280), Layout::Fill, Negotiated::Both);
        let datagrams = splitter.datagrams(&message, &mut sealer).unwrap();
        let mut buf = vec![0; datagrams.buffer_len()];
        let mut filled = datagrams.fill(&mut buf).unwrap();
        for left in (3 - good..3).rev() {
            assert!(filled.next().unwrap().is_ok());
            assert_eq!(filled.len(), left);
        }
        assert!(matches!(filled.next(), Some(Err(SealError::Crypto(_)))));
        // It stays ended, and says so.
        assert_eq!((filled.len(), filled.next().is_none(), filled.next().is_none()), (0, true, true));
    }
}

#[test]
fn payloads_that_cannot_be_written_are_an_error_and_so_is_an_sk_among_them() {
    let mut peer = Peer::new();
    let large = vec![0; 65536];
    let sk = Payload::Sk(ikev2::wire::Sk { first: NONE, sealed: &[0; 40] });
    let element = Element::Payload(PayloadType::V);
    for (payload, due) in [
        (Payload::Unknown(RawPayload::new(PayloadType::V, false, &large)), BuildError::Overflow { element, value: 65540, maximum: 65535 }),
        (sk, BuildError::EncryptedNotLast),
    ] {
        let clear = [payload, Payload::Notify(Notify::new(NotifyType::COOKIE2, b""))];
        let message = Outgoing { header: HEADER, unprotected: &clear, first: FIRST, content: b"content" };
        let said = Splitter::new(Path::TCP, Layout::Fill, Negotiated::Neither).datagrams(&message, &mut *peer.sealer).map(|d| d.len());
        assert_eq!(said, Err(FragmentError::Build(due)));
    }
    // Too large for one SK, and not to be fragmented: an error when it is sealed, and not an octet over.
    let message = Outgoing { header: HEADER, unprotected: &[], first: FIRST, content: &large };
    let mut datagrams = Splitter::new(Path::ipv4(1280), Layout::Fill, Negotiated::Neither).datagrams(&message, &mut *peer.sealer).unwrap();
    let mut buf = vec![0; 70_000];
    assert!(matches!(datagrams.next_into(&mut buf), Some(Err(SealError::Build(BuildError::Overflow { .. })))));
}

/// What a budget says of a message is what the splitter does with it.
#[test]
fn budget_and_splitter_agree() {
    for suite in &suites() {
        let overhead = Overhead::from(suite);
        assert_eq!(overhead, Overhead::of(&*Peer::of(suite).sealer));
        for mtu in [200, 576, 1280] {
            let budget = Budget::new(Path::ipv4(mtu), overhead).unwrap();
            for octets in [0, 1, 100, 1000, 5000] {
                let content = vec![0; octets];
                let message = Outgoing { header: HEADER, unprotected: &[], first: FIRST, content: &content };
                let mut peer = Peer::of(suite);
                let datagrams =
                    Splitter::new(Path::ipv4(mtu), Layout::Fill, Negotiated::Both).datagrams(&message, &mut *peer.sealer).unwrap();
                assert_eq!(budget.count(octets, 0), Ok(datagrams.len() as u16));
                assert!(datagrams.len() > 1 || budget.message_len(octets, 0) == datagrams.largest());
                assert_eq!(budget.mtu_for(octets, 0), budget.message_len(octets, 0) + 28);
                let mut buf = vec![0; datagrams.largest()];
                let one = Path::ipv4(budget.mtu_for(octets, 0) as u16);
                let mut peer = Peer::of(suite);
                let mut datagrams = Splitter::new(one, Layout::Fill, Negotiated::Both).datagrams(&message, &mut *peer.sealer).unwrap();
                assert_eq!(datagrams.len(), 1, "the inverse: so large a packet takes it whole");
                buf.resize(datagrams.largest(), 0);
                assert!(Message::parse(datagrams.next_into(&mut buf).unwrap().unwrap()).is_ok());
            }
        }
    }
}
