//! `ikev2` at work.

use super::{Case, FIRST, HEADER, SEED};
use ikev2::Instant;
use ikev2::fragment::{FragmentationSupport, Layout, OutgoingMessage, Progress, Reassembled, Reassembler, ReassemblyLimits, Splitter};
use ikev2::protect::{IvSequence, Opener, Sealer, open, seal_content};
use ikev2::provider::Provider;

/// A Sealer that starts at counter 0.
pub fn sealer(case: &Case) -> Box<dyn Sealer> {
    case.suite.sealer(&Provider::builtin(), case.sk_e(), case.sk_a(), IvSequence::new(&SEED)).unwrap()
}

/// Its counterpart.
pub fn opener(case: &Case) -> Box<dyn Opener> {
    case.suite.opener(&Provider::builtin(), case.sk_e(), case.sk_a()).unwrap()
}

/// Octets that [`split`] needs, and the number of datagrams.
pub fn room(case: &Case) -> (usize, usize) {
    let mut sealer = sealer(case);
    let message = OutgoingMessage { header: HEADER, unprotected: &[], first_payload: FIRST, content: &case.content };
    let datagrams = Splitter::new(case.path, Layout::Fill, FragmentationSupport::Both).datagrams(&message, &mut *sealer).unwrap();
    (datagrams.total_len(), datagrams.remaining())
}

/// Cuts and seals the message into `buf`, one datagram after the other; gives their octets.
pub fn split(case: &Case, sealer: &mut dyn Sealer, buf: &mut [u8]) -> usize {
    let message = OutgoingMessage { header: HEADER, unprotected: &[], first_payload: FIRST, content: &case.content };
    let datagrams = Splitter::new(case.path, Layout::Fill, FragmentationSupport::Both).datagrams(&message, sealer).unwrap();
    datagrams.fill(buf).unwrap().map(|datagram| datagram.unwrap().len()).sum()
}

/// The datagrams, each by itself.
pub fn datagrams(case: &Case) -> Vec<Vec<u8>> {
    let mut sealer = sealer(case);
    let message = OutgoingMessage { header: HEADER, unprotected: &[], first_payload: FIRST, content: &case.content };
    let datagrams = Splitter::new(case.path, Layout::Fill, FragmentationSupport::Both).datagrams(&message, &mut *sealer).unwrap();
    let mut buf = vec![0; datagrams.total_len()];
    datagrams.fill(&mut buf).unwrap().map(|datagram| datagram.unwrap().to_vec()).collect()
}

/// Opens every datagram and puts the content together.
pub fn reassemble(opener: &dyn Opener, arrived: &mut [Vec<u8>]) -> Reassembled {
    let mut reassembler = Reassembler::new(ReassemblyLimits::default());
    let mut whole = None;
    for datagram in arrived {
        let opened = open(datagram, opener).unwrap();
        if let Progress::Complete(message) = reassembler.push(&opened, Instant::START).unwrap() {
            whole = Some(message);
        }
    }
    whole.unwrap()
}

/// Seals one message.
pub fn seal(sealer: &mut dyn Sealer, buf: &mut [u8], content: &[u8]) -> usize {
    seal_content(buf, &HEADER, &[], sealer, FIRST, content).unwrap().len()
}

/// Opens one message; gives its last octet.
pub fn open_one(opener: &dyn Opener, datagram: &mut [u8]) -> Option<u8> {
    open(datagram, opener).unwrap().content().last().copied()
}
