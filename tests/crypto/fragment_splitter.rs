//! The splitter over every path, cipher, layout and size, judged by arithmetic done anew: tests/HOSTILE.md class 26.

use crate::kit::fragments::peer::{FIRST, HEADER, NONE, Peer};
use crate::kit::fragments::splitting::{Way, check, message_len, most, suites};
use ikev2::error::{BuildError, Element, FragmentError, SealError};
use ikev2::fragment::{Budget, FragmentationSupport, Layout, OutgoingMessage, Overhead, Path, Splitter};
use ikev2::registry::{ExchangeType, NotifyType, PayloadType};
use ikev2::wire::{ChainBuilder, Header, Message, Notify, Payload, RawPayload};
use proptest::prelude::*;
use proptest::sample::select;

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
    let message = OutgoingMessage { header: HEADER, unprotected: &[], first_payload: FIRST, content: &content };
    for layout in [Layout::Fill, Layout::Balanced] {
        let said =
            Splitter::new(way.path(), layout, FragmentationSupport::Both).datagrams(&message, &mut *peer.sealer).map(|d| d.remaining());
        assert_eq!(said, Err(FragmentError::TooManyFragments { total: 65536, limit: 65535 }));
    }
    let smaller = Way { mtu: least - 1, ..way };
    let said = Splitter::new(smaller.path(), Layout::Fill, FragmentationSupport::Both)
        .datagrams(&message, &mut *peer.sealer)
        .map(|d| d.remaining());
    assert_eq!(said, Err(FragmentError::PathTooSmall { max_message: usize::from(least) - 29, needed: usize::from(least) - 28 }));
}

#[test]
fn only_both_sides_make_fragments_and_no_path_makes_them_of_a_stream() {
    let mut peer = Peer::new();
    let content = vec![1; 3000];
    let message = OutgoingMessage { header: HEADER, unprotected: &[], first_payload: FIRST, content: &content };
    for negotiated in [FragmentationSupport::InitiatorOnly, FragmentationSupport::ResponderOnly, FragmentationSupport::Neither] {
        for path in [Path::IPV4_MINIMUM, Path::ipv4(0), Path::TCP] {
            let mut datagrams = Splitter::new(path, Layout::Fill, negotiated).datagrams(&message, &mut *peer.sealer).unwrap();
            assert_eq!(datagrams.remaining(), 1);
            let mut buf = vec![0; datagrams.max_len()];
            let len = datagrams.next_into(&mut buf).unwrap().unwrap().len();
            assert_eq!((len, buf[16]), (buf.len(), 46), "a plain SK");
        }
    }
    let stream = Splitter::new(Path::TCP, Layout::Fill, FragmentationSupport::Both);
    let large = vec![1; 65531];
    for (octets, fits) in [(3000, true), (65529 - 28 - 4 - 8 - 16 - 1, true), (65529 - 28 - 4 - 8 - 16, false), (65531, false)] {
        let message = OutgoingMessage { content: &large[..octets], ..message };
        match stream.datagrams(&message, &mut *peer.sealer) {
            Ok(datagrams) => assert!(fits && datagrams.remaining() == 1 && datagrams.max_len() <= 65535 - 2 - 4),
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
        let mut builder = ChainBuilder::new(&mut buf);
        payloads.iter().for_each(|payload| _ = builder.push(*payload));
        let (first, content) = builder.finish().unwrap();
        let message = OutgoingMessage { header: Header { exchange, ..HEADER }, unprotected: &[], first_payload: first, content };
        Splitter::new(Path::ipv4(mtu), Layout::Fill, FragmentationSupport::Both)
            .datagrams(&message, &mut *peer.sealer)
            .map(|d| d.remaining())
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
    let message = OutgoingMessage { header: HEADER, unprotected: &[], first_payload: FIRST, content: &content };
    for good in 0..3 {
        let mut sealer = Failing(Peer::new().sealer, good);
        let splitter = Splitter::new(Path::ipv4(1280), Layout::Fill, FragmentationSupport::Both);
        let datagrams = splitter.datagrams(&message, &mut sealer).unwrap();
        let mut buf = vec![0; datagrams.total_len()];
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
    let sk = Payload::Sk(ikev2::wire::Sk { first_payload: NONE, sealed: &[0; 40] });
    let element = Element::Payload(PayloadType::V);
    for (payload, due) in [
        (Payload::Unknown(RawPayload::new(PayloadType::V, false, &large)), BuildError::Overflow { element, value: 65540, maximum: 65535 }),
        (sk, BuildError::EncryptedNotLast),
    ] {
        let clear = [payload, Payload::Notify(Notify::new(NotifyType::COOKIE2, b""))];
        let message = OutgoingMessage { header: HEADER, unprotected: &clear, first_payload: FIRST, content: b"content" };
        let said = Splitter::new(Path::TCP, Layout::Fill, FragmentationSupport::Neither)
            .datagrams(&message, &mut *peer.sealer)
            .map(|d| d.remaining());
        assert_eq!(said, Err(FragmentError::Build(due)));
    }
    // Too large for one SK, and not to be fragmented: an error when it is sealed, and not an octet over.
    let message = OutgoingMessage { header: HEADER, unprotected: &[], first_payload: FIRST, content: &large };
    let mut datagrams =
        Splitter::new(Path::ipv4(1280), Layout::Fill, FragmentationSupport::Neither).datagrams(&message, &mut *peer.sealer).unwrap();
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
                let message = OutgoingMessage { header: HEADER, unprotected: &[], first_payload: FIRST, content: &content };
                let mut peer = Peer::of(suite);
                let datagrams = Splitter::new(Path::ipv4(mtu), Layout::Fill, FragmentationSupport::Both)
                    .datagrams(&message, &mut *peer.sealer)
                    .unwrap();
                assert_eq!(budget.datagrams_for(octets, 0), Ok(datagrams.remaining() as u16));
                assert!(datagrams.remaining() > 1 || budget.message_len(octets, 0) == datagrams.max_len());
                assert_eq!(budget.mtu_for_one_message(octets, 0), budget.message_len(octets, 0) + 28);
                let mut buf = vec![0; datagrams.max_len()];
                let one = Path::ipv4(budget.mtu_for_one_message(octets, 0) as u16);
                let mut peer = Peer::of(suite);
                let mut datagrams =
                    Splitter::new(one, Layout::Fill, FragmentationSupport::Both).datagrams(&message, &mut *peer.sealer).unwrap();
                assert_eq!(datagrams.remaining(), 1, "the inverse: so large a packet takes it whole");
                buf.resize(datagrams.max_len(), 0);
                assert!(Message::parse(datagrams.next_into(&mut buf).unwrap().unwrap()).is_ok());
            }
        }
    }
}
