//! The crate's reassembler and the reference, told the same.

use super::peer::{HEADER, Peer};
use super::reference::{Arrived, Outcome, Reference};
use ikev2::Instant;
use ikev2::error::{OpenError, ParseErrorKind};
use ikev2::fragment::{Reassembler, ReassemblyLimits};
use ikev2::protect::EncryptedPayload;
use ikev2::registry::{ExchangeType, PayloadType};
use ikev2::wire::{Chain, Header, Payload, RawPayload};
use std::time::Duration;

/// A message to be sealed and pushed.
#[derive(Clone, Debug)]
pub(crate) struct Told {
    pub(crate) header: Header,
    /// Octets of a Vendor ID in clear, if there is one.
    pub(crate) clear: Option<Vec<u8>>,
    /// Fragment Number and Total Fragments; none for SK.
    pub(crate) place: Option<(u16, u16)>,
    pub(crate) first: PayloadType,
    pub(crate) content: Vec<u8>,
}

impl Told {
    /// Fragment `number` of `total`, as a peer without faults sends it.
    pub(crate) fn fragment(message_id: u32, (number, total): (u16, u16), content: &[u8]) -> Self {
        let first = if number == 1 { super::peer::FIRST } else { super::peer::NONE };
        Self { header: Header { message_id, ..HEADER }, clear: None, place: Some((number, total)), first, content: content.to_vec() }
    }

    /// The whole message as SK.
    pub(crate) fn whole(message_id: u32, content: &[u8]) -> Self {
        Self { place: None, first: super::peer::FIRST, ..Self::fragment(message_id, (1, 1), content) }
    }

    pub(crate) fn exchange(self, exchange: ExchangeType) -> Self {
        Self { header: Header { exchange, ..self.header }, ..self }
    }

    pub(crate) fn response(self) -> Self {
        Self { header: Header { response: true, ..self.header }, ..self }
    }

    pub(crate) fn seal(&self, peer: &mut Peer) -> Vec<u8> {
        let clear = self.clear.as_ref().map(|octets| Payload::Unknown(RawPayload::new(PayloadType::V, false, octets)));
        let clear = clear.as_slice();
        match self.place {
            Some(place) => peer.skf(&self.header, clear, self.first, place, &self.content),
            None => peer.sk(&self.header, clear, self.first, &self.content),
        }
    }
}

pub(crate) struct Both {
    pub(crate) ours: Reassembler,
    reference: Reference,
    pub(crate) peer: Peer,
    pub(crate) now: Instant,
}

impl Both {
    pub(crate) fn new(limits: ReassemblyLimits) -> Self {
        Self::with(Peer::new(), limits)
    }

    pub(crate) fn with(peer: Peer, limits: ReassemblyLimits) -> Self {
        Self { ours: Reassembler::new(limits), reference: Reference::new(limits), peer, now: Instant::START }
    }

    /// Seals and pushes; both must say the same, or refuse to open it.
    pub(crate) fn push(&mut self, told: &Told) -> Option<Outcome> {
        let mut datagram = told.seal(&mut self.peer);
        let octets = datagram.clone();
        let opened = match (self.peer.open(&mut datagram), told.place) {
            (Ok(opened), _) => opened,
            // RFC 7383 section 2.5: no such fragment is ever opened.
            (Err(OpenError::Parse(error)), Some((number, total))) => {
                assert_eq!(error.kind, ParseErrorKind::FragmentNumber { number, total });
                assert!(number == 0 || number > total, "{told:?}");
                return None;
            }
            (Err(error), _) => panic!("{told:?}: {error:?}"),
        };
        let clear_len = told.clear.as_ref().map_or(0, |octets| octets.len() + 4);
        let arrived = Arrived {
            header: told.header,
            head: octets[..28 + clear_len].to_vec(),
            kind: told.place.map_or(EncryptedPayload::Sk, |(number, total)| EncryptedPayload::Skf { number, total }),
            first: told.first,
            content: told.content.clone(),
        };
        let said = self.ours.push(&opened, self.now);
        let outcome = Outcome::of(&said);
        assert_eq!(outcome, self.reference.push(&arrived, self.now), "{told:?}");
        if let (Ok(ikev2::fragment::Progress::Complete(message)), Outcome::Complete(whole)) = (&said, &outcome) {
            assert_eq!(message.payloads(), Chain::parse(whole.first, &whole.content), "the rules of SK");
            let clear: Vec<_> = message.unprotected().map(|raw| (raw.ty, raw.body.to_vec())).collect();
            assert_eq!(clear.is_empty(), whole.head.len() == 28);
            assert!(clear.iter().all(|(ty, body)| *ty == PayloadType::V && body.len() + 32 == whole.head.len()));
        }
        self.compare();
        Some(outcome)
    }

    /// Seals, flips one bit, and finds that nobody opens it.
    pub(crate) fn forge(&mut self, told: &Told, bit: usize) {
        let mut datagram = told.seal(&mut self.peer);
        let bit = bit % (datagram.len() * 8);
        datagram[bit / 8] ^= 1 << (bit % 8);
        assert!(self.peer.open(&mut datagram).is_err(), "{told:?} with bit {bit} changed");
        self.compare();
    }

    pub(crate) fn answered(&mut self, message_id: u32) {
        self.ours.mark_answered(message_id);
        self.reference.answered(message_id);
        self.compare();
    }

    pub(crate) fn set_negotiated(&mut self, negotiated: bool) {
        self.ours.set_negotiated(negotiated);
        self.reference.set_negotiated(negotiated);
    }

    /// Lets time pass without a word to either.
    pub(crate) fn wait(&mut self, time: Duration) {
        self.now += time;
    }

    pub(crate) fn expire(&mut self) -> usize {
        let dropped = self.ours.expire(self.now);
        assert_eq!(dropped, self.reference.expire(self.now));
        self.compare();
        dropped
    }

    fn compare(&self) {
        assert_eq!(self.ours.octets(), self.reference.octets());
        assert_eq!(self.ours.next_timeout(), self.reference.next_timeout());
    }
}
