//! What a receiver says about fragments before the message is whole: the encodings of [`ReceiptStatus`](super::ReceiptStatus)
//! and [`FragmentAck`](super::FragmentAck).
//!
//! **Not a standard, and not the drafts' octets.** draft-smyslov-ipsecme-ikev2-fragm-large-msg-01 and
//! draft-antony-ipsecme-ikev2-fragment-acknowledgment-03 have no code points assigned, and beyond their abstracts their text was
//! not at hand: what follows carries the fields they name, in a layout of this crate's own.
//!
//! Feedback is an SK message of the receiver with the Exchange Type and Message ID of the message it is about, the other
//! direction's flags, and one Notify payload of a private type:
//!
//! ```text
//!                      1                   2                   3
//!  0 1 2 3 4 5 6 7 8 9 0 1 2 3 4 5 6 7 8 9 0 1 2 3 4 5 6 7 8 9 0 1
//! +-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+
//! |     First Fragment Number     |     Last Fragment Number      |   receipt status
//! +-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+
//! |        Total Fragments        |  Bitmap, first number in the  ~
//! +-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+  highest bit; 1 is received   ~
//!
//! +-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+
//! |        Fragment Number        |        Total Fragments        |   fragment acknowledgment
//! +-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+
//! ```
//!
//! Total Fragments is there because a sender may start over with another ([`PmtuProbe`](super::PmtuProbe)). Both ends must have
//! agreed on it in IKE_SA_INIT, by a Notify of the same private type in either direction, say: a peer that does not know it
//! takes such a message for a response without AUTH.
//!
//! ```
//! use ikev2::fragment::strategy::feedback::{Ack, Status};
//!
//! let status = Status::new(10, |number| number != 4);
//! let octets = status.emit();
//! assert_eq!(octets, [0, 1, 0, 10, 0, 10, 0b1110_1111, 0b1100_0000]);
//! let read = Status::parse(&octets).unwrap();
//! assert_eq!(read.missing().collect::<Vec<_>>(), [4]);
//!
//! assert_eq!(Ack::parse(&[0, 3, 0, 10]), Some(Ack { number: 3, total: 10 }));
//! ```

use super::{Carrier, Transmit};
use crate::fragment::Path;
use crate::protect::{EncryptedPayload, Opened, Sealer, seal};
use crate::registry::NotifyType;
use crate::wire::{Chain, Header, Notify, Payload};
use alloc::vec;
use alloc::vec::Vec;

/// A Notify Message Type of the private status range, 40960..=65535 (RFC 7296 section 3.10.1).
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub struct PrivateNotify(NotifyType);

impl PrivateNotify {
    /// `None` for a type that is not for private use.
    #[must_use]
    pub const fn new(ty: NotifyType) -> Option<Self> {
        if ty.is_private_status() { Some(Self(ty)) } else { None }
    }

    /// The type.
    #[must_use]
    pub const fn get(self) -> NotifyType {
        self.0
    }
}

/// Which fragments of a message have arrived.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Status {
    first: u16,
    last: u16,
    total: u16,
    bitmap: Vec<u8>,
}

/// Octets before the bitmap.
const STATUS_HEAD: usize = 6;

impl Status {
    /// The status of all `total` fragments; `has` tells of each number from 1 whether it has arrived.
    #[must_use]
    pub fn new(total: u16, has: impl Fn(u16) -> bool) -> Self {
        let mut bitmap = vec![0; usize::from(total).div_ceil(8)];
        for (index, _) in (1..=total).enumerate().filter(|(_, number)| has(*number)) {
            if let Some(octet) = bitmap.get_mut(index >> 3) {
                *octet |= 0x80 >> (index & 7);
            }
        }
        Self { first: 1, last: total, total, bitmap }
    }

    /// Reads Notification Data; `None` when the numbers are not in order or the bitmap has another length than they say.
    #[must_use]
    pub fn parse(octets: &[u8]) -> Option<Self> {
        let (&[f1, f0, l1, l0, t1, t0], bitmap) = octets.split_first_chunk::<STATUS_HEAD>()?;
        let (first, last, total) = (u16::from_be_bytes([f1, f0]), u16::from_be_bytes([l1, l0]), u16::from_be_bytes([t1, t0]));
        let count = usize::from(last.checked_sub(first)?).saturating_add(1);
        (first > 0 && last <= total && bitmap.len() == count.div_ceil(8)).then(|| Self { first, last, total, bitmap: bitmap.to_vec() })
    }

    /// The Notification Data.
    #[must_use]
    pub fn emit(&self) -> Vec<u8> {
        let head = [self.first, self.last, self.total].into_iter().flat_map(u16::to_be_bytes);
        head.chain(self.bitmap.iter().copied()).collect()
    }

    /// Total Fragments of the message it is about.
    #[must_use]
    pub const fn total(&self) -> u16 {
        self.total
    }

    /// The numbers it is about, each with whether it has arrived.
    pub fn fragments(&self) -> impl Iterator<Item = (u16, bool)> {
        let bit = |index: usize| self.bitmap.get(index >> 3).is_some_and(|octet| octet & (0x80 >> (index & 7)) != 0);
        (self.first..=self.last).enumerate().map(move |(index, number)| (number, bit(index)))
    }

    /// The numbers that have not arrived.
    pub fn missing(&self) -> impl Iterator<Item = u16> {
        self.fragments().filter_map(|(number, has)| if has { None } else { Some(number) })
    }
}

/// One fragment has arrived.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub struct Ack {
    /// Fragment Number.
    pub number: u16,
    /// Total Fragments.
    pub total: u16,
}

impl Ack {
    /// Reads Notification Data; `None` when it is not 4 octets, or the number not one of 1 to the total.
    #[must_use]
    pub fn parse(octets: &[u8]) -> Option<Self> {
        let &[n1, n0, t1, t0] = octets else { return None };
        let ack = Self { number: u16::from_be_bytes([n1, n0]), total: u16::from_be_bytes([t1, t0]) };
        (1..=ack.total).contains(&ack.number).then_some(ack)
    }

    /// The Notification Data.
    #[must_use]
    pub const fn emit(&self) -> [u8; 4] {
        let ([n1, n0], [t1, t0]) = (self.number.to_be_bytes(), self.total.to_be_bytes());
        [n1, n0, t1, t0]
    }
}

/// The Notification Data of a message that is feedback of a type about the message with `about`'s header, and nothing else.
pub(super) fn read<'a>(message: &Opened<'a>, about: &Header, ty: PrivateNotify) -> Option<&'a [u8]> {
    if *message.header() != about_turned(about) || message.kind() != EncryptedPayload::Sk {
        return None;
    }
    let mut payloads = Chain::parse(message.first_payload(), message.content()).ok()?.payloads();
    match (payloads.next()?.parse().ok()?, payloads.next()) {
        (Payload::Notify(notify), None) if notify.ty == ty.get() => Some(notify.data),
        _ => None,
    }
}

/// The header of feedback about a message.
const fn about_turned(about: &Header) -> Header {
    Header { initiator: !about.initiator, response: !about.response, ..*about }
}

/// Feedback waiting to be sent, sealed.
#[derive(Debug, Default)]
pub(super) struct Outgoing {
    octets: Vec<u8>,
}

impl Outgoing {
    /// Seals one piece of feedback; `None` when it cannot be: then there is none, and the sender's timers do.
    pub(super) fn seal(
        &mut self,
        about: &Header,
        ty: PrivateNotify,
        data: &[u8],
        path: Path,
        sealer: &mut dyn Sealer,
    ) -> Option<Transmit<'_>> {
        // Header, SK and Notify headers, IV, padding and ICV of any cipher.
        self.octets.resize(data.len().saturating_add(128), 0);
        let notify = Payload::Notify(Notify::new(ty.get(), data));
        let header = about_turned(about);
        let octets = seal(&mut self.octets, &header, &[], sealer, |content| {
            content.push(notify);
        });
        let octets = octets.ok()?;
        Some(Transmit { packet_len: path.packet_len(octets.len()), octets, may_fragment: true, carrier: Carrier::Udp })
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::provider::Provider;
    use crate::registry::ExchangeType;
    use crate::wire::IkeSpis;

    #[test]
    fn only_private_status_types_are_private() {
        for ty in [0, 24, 8191, 8192, 16383, 16384, 16430, 40959] {
            assert_eq!(PrivateNotify::new(NotifyType(ty)), None, "{ty}");
        }
        for ty in [40960, 48000, 65535] {
            assert_eq!(PrivateNotify::new(NotifyType(ty)).map(PrivateNotify::get), Some(NotifyType(ty)));
        }
    }

    #[test]
    fn a_status_is_read_as_it_was_written() {
        for total in (1..40).chain([255, 256, 1000, 65535]) {
            let has = |number: u16| number % 3 == 1 || number == total;
            let read = Status::parse(&Status::new(total, has).emit()).unwrap();
            assert_eq!((read.total(), read.fragments().count()), (total, usize::from(total)));
            assert!(read.fragments().all(|(number, there)| there == has(number)));
            assert!(read.missing().all(|number| !has(number)));
        }
        // A part of a message, as the drafts' First and Last Fragment Number allow.
        let part = Status::parse(&[0, 9, 0, 12, 1, 0, 0b0110_1111]).unwrap();
        assert_eq!(part.fragments().collect::<Vec<_>>(), [(9, false), (10, true), (11, true), (12, false)]);
    }

    /// Every pair of numbers around the ends, with every bitmap length: read as the definition has it, or refused.
    #[test]
    fn hostile_01_statuses_that_lie_about_themselves_are_refused() {
        let ends = [0, 1, 2, 7, 8, 9, 16, 17, 255, 256, 65534, 65535];
        let pairs = ends.iter().flat_map(|first| ends.map(|last| (*first, last)));
        for (first, last, total) in pairs.flat_map(|(first, last)| ends.map(|total| (first, last, total))) {
            for len in (0..5).chain([31, 32, 33, 8191, 8192, 8193]) {
                let octets: Vec<u8> = [first, last, total].into_iter().flat_map(u16::to_be_bytes).chain(vec![0; len]).collect();
                let right = 1 <= first && first <= last && last <= total && len == usize::from(last - first) / 8 + 1;
                assert_eq!(Status::parse(&octets).is_some(), right, "{first} {last} {total} {len}");
            }
        }
        assert!((0..STATUS_HEAD).all(|len| Status::parse(&vec![1; len]).is_none()));
        for number in 0..5 {
            for total in 0..5 {
                assert_eq!(Ack::parse(&[0, number, 0, total]).is_some(), number > 0 && number <= total);
            }
        }
        assert!([0, 1, 3, 5].into_iter().all(|len| Ack::parse(&vec![1; len]).is_none()));
    }

    #[cfg(any(feature = "ring", feature = "rustcrypto"))]
    #[test]
    fn only_feedback_about_the_very_message_is_read() {
        use crate::protect::{IvSequence, Suite, open};
        use crate::registry::Encr;
        let suite = Suite::new(Encr::ENCR_AES_GCM_16, Some(128), None).unwrap();
        let mut sealer = suite.sealer(&Provider::builtin(), &[1; 20], &[], IvSequence::new(&[2; 16])).unwrap();
        let opener = suite.opener(&Provider::builtin(), &[1; 20], &[]).unwrap();
        let about = Header {
            spis: IkeSpis { initiator: 1, responder: 2 },
            exchange: ExchangeType::IKE_AUTH,
            initiator: true,
            response: false,
            message_id: 1,
        };
        let ty = PrivateNotify::new(NotifyType(48000)).unwrap();
        let mut out = Outgoing::default();
        let ack = Ack { number: 3, total: 9 }.emit();
        let mut octets = out.seal(&about, ty, &ack, Path::ipv4(1280), &mut *sealer).unwrap().octets.to_vec();
        let message = open(&mut octets, &*opener).unwrap();
        assert_eq!(read(&message, &about, ty), Some(&ack[..]));
        let another = PrivateNotify::new(NotifyType(48001)).unwrap();
        assert_eq!(read(&message, &about, another), None);
        for other in [
            Header { spis: IkeSpis { initiator: 3, ..about.spis }, ..about },
            Header { spis: IkeSpis { responder: 3, ..about.spis }, ..about },
            Header { exchange: ExchangeType::INFORMATIONAL, ..about },
            Header { initiator: false, ..about },
            Header { response: true, ..about },
            Header { message_id: 2, ..about },
        ] {
            assert_eq!(read(&message, &other, ty), None, "{other:?}");
        }
        // A response that carries such a notify among others is a response.
        let mut buf = [0; 256];
        let notify = Payload::Notify(Notify::new(ty.get(), &ack));
        let two = seal(&mut buf, &about_turned(&about), &[], &mut *sealer, |content| {
            content.push(notify).push(notify);
        });
        assert_eq!(read(&open(two.unwrap(), &*opener).unwrap(), &about, ty), None);
    }
}
