//! Bug classes 25 and 26: IVs and sizes of what a splitter makes, over every path, cipher and layout.

use crate::kit::seal::{REQUEST, at};
use ikev2::error::{BuildError, FragmentError, SealError};
use ikev2::fragment::{
    FragmentationSupport, IgnoreReason, Layout, OutgoingMessage, Path, Progress, Reassembler, ReassemblyLimits, Splitter,
};
use ikev2::protect::{EncryptedPayload, IvSequence, Opener, Sealer, Suite, open};
use ikev2::provider::Provider;
use ikev2::registry::{Encr, Integ, PayloadType};
use ikev2::wire::{Payload, RawPayload};
use proptest::prelude::*;
use std::collections::BTreeSet;

/// Every suite the build can do.
fn suites() -> Vec<Suite> {
    let macs = [1, 2, 5, 8, 12, 13, 14].map(Integ);
    let mut suites = Vec::new();
    for encr in Encr::ASSIGNED {
        for bits in [None, Some(128), Some(192), Some(256)] {
            let integs = macs.map(Some).into_iter().chain([None]);
            suites.extend(integs.filter_map(|integ| Suite::new(*encr, bits, integ).ok()));
        }
    }
    suites.retain(|suite| suite.supported(&Provider::builtin()).is_ok());
    suites
}

fn sealer(suite: &Suite, ivs: IvSequence) -> Box<dyn Sealer> {
    suite.sealer(&Provider::builtin(), &vec![1; suite.sk_e_len()], &vec![2; suite.sk_a_len()], ivs).unwrap()
}

fn opener(suite: &Suite) -> Box<dyn Opener> {
    suite.opener(&Provider::builtin(), &vec![1; suite.sk_e_len()], &vec![2; suite.sk_a_len()]).unwrap()
}

fn all_ivs() -> IvSequence {
    IvSequence::new(&[3; 16])
}

fn content(len: usize) -> Vec<u8> {
    (0..len).map(|n| (n % 251) as u8).collect()
}

/// Where a message is to go, and what it is.
#[derive(Clone, Debug)]
struct Case {
    suite: Suite,
    ipv6: bool,
    mtu: u16,
    marker: bool,
    options: usize,
    tcp: bool,
    content: usize,
    /// Bodies of payloads in clear, by their size.
    clear: Vec<usize>,
}

impl Case {
    fn path(&self) -> Path {
        if self.tcp {
            return Path::TCP;
        }
        let path = if self.ipv6 { Path::ipv6(self.mtu) } else { Path::ipv4(self.mtu) };
        let path = path.with_ip_overhead(self.options);
        if self.marker { path.with_non_esp_marker() } else { path }
    }

    /// Octets a message may have, from RFC 7383 appendix B.
    fn largest_message(&self) -> usize {
        if self.tcp {
            return 65535 - 2 - 4;
        }
        let ip = if self.ipv6 { 40 } else { 20 };
        usize::from(self.mtu).saturating_sub(ip + self.options + 8 + if self.marker { 4 } else { 0 })
    }

    fn clear_len(&self) -> usize {
        self.clear.iter().map(|len| len + 4).sum()
    }

    /// Octets of a message.
    fn message_len(&self, content: usize, clear: usize, fragment: bool) -> usize {
        let block = self.suite.block_len();
        let padded = (content + 1).next_multiple_of(block);
        28 + clear + if fragment { 8 } else { 4 } + self.suite.iv_len() + padded + self.suite.icv_len()
    }

    fn fits(&self, content: usize, clear: usize, fragment: bool) -> bool {
        self.message_len(content, clear, fragment) <= self.largest_message()
    }

    /// The most content that fits a fragment.
    fn most(&self, clear: usize) -> Option<usize> {
        (0..=self.largest_message()).rev().find(|content| self.fits(*content, clear, true))
    }

    /// Into how many messages it goes; `None` if the path is too small.
    fn count(&self) -> Option<usize> {
        // A message that fits goes whole, even where no fragment would carry anything.
        if self.fits(self.content, self.clear_len(), false) {
            return Some(1);
        }
        if !self.fits(1, 0, true) {
            return None;
        }
        let (first, others) = (self.most(self.clear_len())?, self.most(0)?);
        Some(1 + (self.content - first).div_ceil(others))
    }

    /// Cuts and seals; `short` offers every datagram a buffer that is too small before.
    #[expect(clippy::panic_in_result_fn, reason = "a test fails by panicking")]
    fn split(&self, layout: Layout, ivs: IvSequence, short: bool) -> Result<Vec<Vec<u8>>, FragmentError> {
        let mut sealer = sealer(&self.suite, ivs);
        let (bodies, content) = (self.clear.iter().map(|len| content(*len)).collect::<Vec<_>>(), content(self.content));
        let clear: Vec<_> = bodies.iter().map(|body| Payload::Unknown(RawPayload::new(PayloadType::V, false, body))).collect();
        let message = OutgoingMessage { header: REQUEST, unprotected: &clear, first_payload: PayloadType::N, content: &content };
        let mut datagrams = Splitter::new(self.path(), layout, FragmentationSupport::Both).datagrams(&message, &mut *sealer)?;
        let (len, octets, mut all) = (datagrams.remaining(), datagrams.total_len(), Vec::new());
        loop {
            let (left, largest) = (datagrams.remaining(), datagrams.max_len());
            let mut buf = vec![0; largest];
            if short && left > 0 {
                let error = datagrams.next_into(&mut []).unwrap().unwrap_err();
                let SealError::Build(BuildError::BufferTooSmall { needed }) = error else { panic!("{error}") };
                assert!(needed <= largest);
                // One octet less is too small as well, and nothing is lost.
                assert_eq!(datagrams.next_into(&mut buf[..needed - 1]).unwrap().unwrap_err(), error);
                assert_eq!((datagrams.remaining(), datagrams.max_len()), (left, largest));
                all.push(datagrams.next_into(&mut buf[..needed]).unwrap().unwrap().to_vec());
                continue;
            }
            match datagrams.next_into(&mut buf) {
                Some(datagram) => all.push(datagram.unwrap().to_vec()),
                None => break,
            }
            assert_eq!(datagrams.remaining(), left - 1);
        }
        assert_eq!((datagrams.remaining(), datagrams.max_len(), datagrams.total_len(), datagrams.is_empty()), (0, 0, 0, true));
        assert_eq!((all.len(), all.iter().map(Vec::len).sum::<usize>()), (len, octets));
        Ok(all)
    }
}

fn cases() -> impl Strategy<Value = Case> {
    let mtu = prop_oneof![2 => 0u16..300, 4 => 68u16..1600, 2 => 68u16..=9000, 1 => 9000u16..=65535];
    let content = prop_oneof![1 => 0usize..4, 6 => 0usize..4000, 1 => 0usize..70000];
    let clear =
        prop_oneof![4 => Just(Vec::new()), 1 => prop::collection::vec(0usize..200, 1..4), 1 => prop::collection::vec(0usize..1600, 1..2)];
    let options = prop_oneof![4 => Just(0usize), 1 => 0usize..60];
    (prop::sample::select(suites()), any::<bool>(), mtu, any::<bool>(), options, prop::bool::weighted(0.05), content, clear).prop_map(
        |(suite, ipv6, mtu, marker, options, tcp, content, clear)| {
            // A case is to have thousands of fragments at most.
            let content = if mtu < 300 { content.min(5000) } else { content };
            Case { suite, ipv6, mtu, marker, options, tcp, content, clear }
        },
    )
}

fn check(case: &Case) -> Result<(), TestCaseError> {
    let expected = case.count();
    let mut counts = Vec::new();
    for layout in [Layout::Fill, Layout::Balanced] {
        let all = match case.split(layout, all_ivs(), false) {
            Ok(all) => all,
            Err(FragmentError::PathTooSmall { max_message, needed }) => {
                prop_assert_eq!(expected, None);
                prop_assert!(max_message == case.largest_message() && needed > max_message);
                continue;
            }
            Err(FragmentError::TooLarge { octets, limit }) => {
                prop_assert!(case.tcp && octets == case.content && limit < octets);
                prop_assert!(!case.fits(case.content, case.clear_len(), false));
                prop_assert!(case.fits(limit, case.clear_len(), false) && !case.fits(limit + 1, case.clear_len(), false));
                continue;
            }
            Err(error) => return Err(TestCaseError::fail(error.to_string())),
        };
        prop_assert_eq!(Some(all.len()), expected);
        prop_assert!(!case.tcp || all.len() == 1);
        counts.push(all.len());

        let (opener, mut reassembler) =
            (opener(&case.suite), Reassembler::new(ReassemblyLimits { octets: 70000, fragments: u16::MAX, ..ReassemblyLimits::default() }));
        let mut sizes = Vec::new();
        for (number, datagram) in (1..=u16::MAX).zip(&all) {
            prop_assert!(datagram.len() <= case.largest_message());
            prop_assert!(case.tcp || case.path().packet_len(datagram.len()) <= usize::from(case.mtu));
            let mut datagram = datagram.clone();
            let opened = open(&mut datagram, &*opener).unwrap();
            prop_assert_eq!(opened.header(), &REQUEST);
            match opened.kind() {
                EncryptedPayload::Sk => prop_assert_eq!(all.len(), 1),
                EncryptedPayload::Skf { number: n, total } => {
                    prop_assert!(total >= 2, "never 1 of 1");
                    prop_assert_eq!((n, usize::from(total)), (number, all.len()));
                    prop_assert_eq!(opened.first_payload(), if n == 1 { PayloadType::N } else { PayloadType::NO_NEXT_PAYLOAD });
                }
            }
            prop_assert_eq!(opened.unprotected().count(), if number == 1 { case.clear.len() } else { 0 });
            prop_assert!(opened.padding().len() < case.suite.block_len(), "as short as the cipher allows");
            sizes.push(opened.content().len());
            match reassembler.push(&opened, at(0)) {
                Ok(Progress::Pending { received: have, .. }) => prop_assert_eq!((have, true), (number, usize::from(number) < all.len())),
                Ok(Progress::Complete(whole)) => {
                    prop_assert_eq!(usize::from(number), all.len());
                    prop_assert_eq!(whole.content().as_ref(), content(case.content));
                    prop_assert_eq!(whole.first_payload(), PayloadType::N);
                    let bodies: Vec<_> = whole.unprotected().map(|raw| raw.body.to_vec()).collect();
                    prop_assert_eq!(bodies, case.clear.iter().map(|len| content(*len)).collect::<Vec<_>>());
                }
                other => return Err(TestCaseError::fail(format!("{other:?}"))),
            }
        }
        if all.len() > 1 {
            let (last, full) = sizes.split_last().unwrap();
            prop_assert!(*last > 0, "a fragment that need not be there");
            match layout {
                Layout::Fill => {
                    for (n, size) in full.iter().enumerate() {
                        prop_assert!(!case.fits(size + 1, if n == 0 { case.clear_len() } else { 0 }, true), "fragment {} has room", n + 1);
                    }
                }
                Layout::Balanced => {
                    // But for what payloads in clear leave to the first, all but the last are equal, and as small as can be.
                    let largest = *sizes.iter().max().unwrap();
                    prop_assert!(full[1..].iter().all(|size| *size == full[full.len() - 1]));
                    prop_assert!(full[0] == largest || Some(full[0]) == case.most(case.clear_len()) || full.len() == 1);
                    let first = case.most(case.clear_len()).unwrap().min(largest - 1);
                    prop_assert!(first + (largest - 1) * (sizes.len() - 1) < case.content, "{:?}: {} would do", sizes, largest - 1);
                }
            }
        }

        // A buffer too small loses nothing and uses up no IV: with exactly as many as there are datagrams, the same octets come.
        let exact = IvSequence::new(&[3; 16]).with_range(0..=all.len() as u64 - 1);
        prop_assert_eq!(&case.split(layout, exact, true).unwrap(), &all);

        // All at once is the same.
        let mut sealer = sealer(&case.suite, all_ivs());
        let (bodies, content) = (case.clear.iter().map(|len| content(*len)).collect::<Vec<_>>(), content(case.content));
        let clear: Vec<_> = bodies.iter().map(|body| Payload::Unknown(RawPayload::new(PayloadType::V, false, body))).collect();
        let message = OutgoingMessage { header: REQUEST, unprotected: &clear, first_payload: PayloadType::N, content: &content };
        let splitter = Splitter::new(case.path(), layout, FragmentationSupport::Both);
        let needed = splitter.datagrams(&message, &mut *sealer).unwrap().total_len();
        let short = splitter.datagrams(&message, &mut *sealer).unwrap().fill(&mut vec![0; needed - 1]).map(|_| ());
        prop_assert_eq!(short, Err(BuildError::BufferTooSmall { needed }));
        let mut buf = vec![0; needed];
        let filled = splitter.datagrams(&message, &mut *sealer).unwrap().fill(&mut buf).unwrap();
        prop_assert_eq!(filled.len(), all.len());
        prop_assert!(filled.map(|datagram| datagram.unwrap().to_vec()).eq(all));
    }
    prop_assert!(counts.windows(2).all(|pair| pair[0] == pair[1]));
    Ok(())
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 3000, failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn hostile_26_every_message_on_every_path(case in cases()) {
        check(&case)?;
    }
}

#[test]
fn hostile_26_every_small_path_and_the_edges_of_every_content() {
    let mut checked = 0;
    for suite in suites() {
        let base = Case { suite, ipv6: false, mtu: 0, marker: false, options: 0, tcp: false, content: 0, clear: Vec::new() };
        for mtu in (60..200).chain([576, 1280]) {
            let case = Case { mtu, ..base.clone() };
            let full = case.most(0).unwrap_or(0);
            for content in
                [0, 1, full.saturating_sub(1), full, full + 1, full + 4, full + 5, 2 * full, 2 * full + 1, 3 * full, 3 * full + 1]
            {
                check(&Case { content, ..case.clone() }).unwrap_or_else(|error| panic!("{suite:?} {mtu} {content}: {error}"));
                checked += 1;
            }
        }
    }
    assert!(checked >= 3 * 1562, "{checked}");
}

#[test]
fn hostile_26_there_are_65535_fragments_and_not_one_more() {
    let suite = Suite::new(Encr::ENCR_AES_GCM_16, Some(128), None).unwrap();
    let case = Case { suite, ipv6: false, mtu: 90, marker: false, options: 0, tcp: false, content: 65535, clear: Vec::new() };
    assert_eq!(case.most(0), Some(1));
    check(&case).unwrap();
    let more = Case { content: 65536, ..case };
    for layout in [Layout::Fill, Layout::Balanced] {
        let error = FragmentError::TooManyFragments { total: 65536, limit: 65535 };
        assert_eq!(more.split(layout, all_ivs(), false), Err(error));
    }
}

#[test]
fn hostile_25_every_fragment_has_an_iv_of_its_own() {
    let mut with_ivs = 0;
    for suite in suites().iter().filter(|suite| suite.iv_len() > 0) {
        let mut sealer = sealer(suite, all_ivs());
        let (content, mut seen, mut datagrams) = (content(3000), BTreeSet::new(), 0);
        // Messages one after the other, the same among them: nothing is ever sealed with an IV again.
        for message_id in [1, 2, 2, 3, 1] {
            for path in [Path::ipv4(576), Path::ipv4(1280), Path::ipv4(9000)] {
                let header = ikev2::wire::Header { message_id, ..REQUEST };
                let message = OutgoingMessage { header, unprotected: &[], first_payload: PayloadType::V, content: &content };
                let splitter = Splitter::new(path, Layout::Fill, FragmentationSupport::Both);
                let mut all = splitter.datagrams(&message, &mut *sealer).unwrap();
                let body = if all.remaining() == 1 { 32 } else { 36 };
                let mut buf = [0; 9000];
                while let Some(datagram) = all.next_into(&mut buf) {
                    seen.insert(datagram.unwrap()[body..][..suite.iv_len()].to_vec());
                    datagrams += 1;
                }
            }
        }
        assert_eq!(seen.len(), datagrams, "{suite:?}");
        with_ivs += 1;
    }
    assert!(with_ivs >= 3, "{with_ivs}");
}

#[test]
fn hostile_25_without_an_iv_nothing_is_sealed() {
    for suite in suites().iter().filter(|suite| suite.iv_len() > 0) {
        let content = content(3000);
        let message = OutgoingMessage { header: REQUEST, unprotected: &[], first_payload: PayloadType::V, content: &content };
        let mut sealer = sealer(suite, all_ivs().with_range(0..=1));
        let mut datagrams =
            Splitter::new(Path::ipv4(576), Layout::Fill, FragmentationSupport::Both).datagrams(&message, &mut *sealer).unwrap();
        let mut buf = [0; 576];
        assert!(datagrams.next_into(&mut buf).unwrap().is_ok() && datagrams.next_into(&mut buf).unwrap().is_ok());
        for _ in 0..3 {
            assert!(matches!(datagrams.next_into(&mut buf), Some(Err(SealError::Crypto(_)))), "{suite:?}");
        }
    }
}

#[test]
fn hostile_25_a_retransmission_is_the_same_octets() {
    for suite in suites() {
        let case = Case { suite, ipv6: true, mtu: 576, marker: true, options: 0, tcp: false, content: 2000, clear: vec![20] };
        let stored = case.split(Layout::Fill, all_ivs(), false).unwrap();
        let (opener, mut reassembler) = (opener(&suite), Reassembler::new(ReassemblyLimits::default()));
        let push = |reassembler: &mut Reassembler, datagram: &Vec<u8>| {
            reassembler.push(&open(&mut datagram.clone(), &*opener).unwrap(), at(0)).unwrap()
        };
        // The first is lost; then all are sent again, as they were.
        for datagram in &stored[1..] {
            assert!(matches!(push(&mut reassembler, datagram), Progress::Pending { .. }));
        }
        assert!(matches!(push(&mut reassembler, &stored[0]), Progress::Complete(_)));
        // While there is no answer it is a request as before.
        let (last, others) = stored.split_last().unwrap();
        assert!(others.iter().all(|datagram| matches!(push(&mut reassembler, datagram), Progress::Pending { .. })));
        assert!(matches!(push(&mut reassembler, last), Progress::Complete(_)));
        reassembler.mark_answered(REQUEST.message_id);
        for (n, datagram) in stored.iter().enumerate() {
            let expected = if n == 0 { Progress::ResendResponse } else { Progress::Ignored(IgnoreReason::Done) };
            assert_eq!(push(&mut reassembler, datagram), expected, "{suite:?}");
        }
        // To seal it anew with the same Sealer would be another message on the wire: no datagram is the same.
        if suite.iv_len() > 0 {
            let again = case.split(Layout::Fill, all_ivs().with_range(stored.len() as u64..=u64::MAX), false).unwrap();
            assert!(stored.iter().zip(&again).all(|(one, other)| one != other && one.len() == other.len()), "{suite:?}");
        }
    }
}
