//! IKEv1 (RFC 2408, RFC 2409), as far as it matters to who looks for IKEv2: who speaks it with whom, and who refuses a version.

use super::flow::Packets;
use crate::diagnose::observation::Observation;
use crate::instant::Instant;
use crate::registry::{Ikev1ExchangeType, PayloadType};
use crate::wire::{HEADER_LEN, IkeSpis, Ikev1Header, LenientMessage};
use alloc::collections::BTreeMap;
use alloc::vec::Vec;
use core::net::{IpAddr, SocketAddr};
use core::time::Duration;

/// Pairs of ends, and refusals, kept; further ones are not remembered.
const MOST: usize = 1024;
/// Beginnings remembered of one pair.
const SEVERAL: usize = 8;
/// The payload type of a notification (RFC 2408 section 3.1).
const NOTIFICATION: PayloadType = PayloadType(11);
/// The notification by which a version is refused (RFC 2408 section 3.14.1).
const INVALID_MAJOR_VERSION: [u8; 2] = [0, 5];

/// An exchange of IKEv1, by the type in its header.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum Ikev1Exchange {
    /// Main Mode: six messages, the identities encrypted.
    MainMode,
    /// Aggressive Mode: three messages.
    AggressiveMode,
    /// Quick Mode, which makes the tunnel.
    QuickMode,
}

impl Ikev1Exchange {
    const fn of(ty: Ikev1ExchangeType) -> Option<Self> {
        match ty {
            Ikev1ExchangeType::IDENTITY_PROTECTION => Some(Self::MainMode),
            Ikev1ExchangeType::AGGRESSIVE => Some(Self::AggressiveMode),
            Ikev1ExchangeType::QUICK_MODE => Some(Self::QuickMode),
            _ => None,
        }
    }

    /// `Main Mode`, `Aggressive Mode` or `Quick Mode`.
    #[must_use]
    pub const fn name(self) -> &'static str {
        match self {
            Self::MainMode => "Main Mode",
            Self::AggressiveMode => "Aggressive Mode",
            Self::QuickMode => "Quick Mode",
        }
    }
}

/// IKEv1 between two ends.
#[derive(Clone, Debug)]
pub(in crate::diagnose) struct Ikev1 {
    /// The cookies of the last message.
    pub(in crate::diagnose) cookies: IkeSpis,
    pub(in crate::diagnose) initiator: SocketAddr,
    pub(in crate::diagnose) responder: SocketAddr,
    /// The first exchange seen.
    pub(in crate::diagnose) exchange: Ikev1Exchange,
    /// The responder answered.
    pub(in crate::diagnose) answered: bool,
    /// Quick Mode was seen from both.
    pub(in crate::diagnose) quick: [bool; 2],
    pub(in crate::diagnose) first: Instant,
    pub(in crate::diagnose) packets: Packets,
    /// When a new IKE SA was begun, and by which packets.
    begins: Vec<(u64, Instant, Packets)>,
}

/// A refusal of the version, in IKEv1.
#[derive(Clone, Debug)]
pub(in crate::diagnose) struct VersionNotTaken {
    pub(in crate::diagnose) packets: Packets,
    pub(in crate::diagnose) time: Instant,
}

/// All IKEv1 of a capture.
#[derive(Debug, Default)]
pub(in crate::diagnose) struct Ikev1s {
    /// By the addresses of initiator and responder.
    pairs: BTreeMap<(IpAddr, IpAddr), Ikev1>,
    /// By the initiator's cookie.
    refusals: BTreeMap<u64, VersionNotTaken>,
}

impl Ikev1s {
    /// Takes a message, if it is one of IKEv1.
    pub(in crate::diagnose) fn see(&mut self, seen: &Observation<'_>, message: &LenientMessage<'_>) {
        let Some(header) = message.received().ikev1() else { return };
        let cookies = message.header().spis;
        if refuses_version(&header, message) {
            if self.refusals.len() < MOST || self.refusals.contains_key(&cookies.initiator) {
                let new = || VersionNotTaken { packets: Packets::default(), time: seen.time };
                self.refusals.entry(cookies.initiator).or_insert_with(new).packets.add(seen.packets);
            }
            return;
        }
        let Some(exchange) = Ikev1Exchange::of(header.exchange) else { return };
        let back = (seen.dst.ip(), seen.src.ip());
        let by_responder = self.pairs.get(&back).is_some_and(|pair| cookies.responder != 0 || pair.cookies.initiator == cookies.initiator);
        let key = if by_responder { back } else { (seen.src.ip(), seen.dst.ip()) };
        if self.pairs.len() >= MOST && !self.pairs.contains_key(&key) {
            return;
        }
        let new = || Ikev1::new(seen, cookies, exchange);
        self.pairs.entry(key).or_insert_with(new).take(seen, cookies, exchange, by_responder);
    }

    /// The pairs that spoke it.
    pub(in crate::diagnose) fn pairs(&self) -> impl Iterator<Item = &Ikev1> {
        self.pairs.values()
    }

    /// The refusal in IKEv1 of a request with this SPI.
    pub(in crate::diagnose) fn refusal(&self, spi: u64) -> Option<&VersionNotTaken> {
        self.refusals.get(&spi)
    }

    /// Whether a client began IKEv1 with this cookie.
    pub(in crate::diagnose) fn began(&self, client: IpAddr, server: IpAddr, cookie: u64) -> bool {
        self.pairs.get(&(client, server)).is_some_and(|pair| pair.begins.iter().any(|(known, ..)| *known == cookie))
    }

    /// The packets by which a client began IKEv1 with a server, after some time and not much later.
    pub(in crate::diagnose) fn after(&self, client: IpAddr, server: IpAddr, time: Instant, soon: Duration) -> Option<(Instant, &Packets)> {
        let begins = &self.pairs.get(&(client, server))?.begins;
        begins.iter().find(|(_, at, _)| *at >= time && *at - time <= soon).map(|(_, at, packets)| (*at, packets))
    }
}

impl Ikev1 {
    fn new(seen: &Observation<'_>, cookies: IkeSpis, exchange: Ikev1Exchange) -> Self {
        Self {
            cookies,
            initiator: seen.src,
            responder: seen.dst,
            exchange,
            answered: false,
            quick: [false; 2],
            first: seen.time,
            packets: Packets::default(),
            begins: Vec::new(),
        }
    }

    fn take(&mut self, seen: &Observation<'_>, cookies: IkeSpis, exchange: Ikev1Exchange, by_responder: bool) {
        self.cookies = cookies;
        self.packets.add(seen.packets);
        self.answered |= by_responder;
        if exchange == Ikev1Exchange::QuickMode {
            let [asked, answered] = &mut self.quick;
            *(if by_responder { answered } else { asked }) = true;
        }
        let known = self.begins.iter().any(|(cookie, ..)| *cookie == cookies.initiator);
        if cookies.responder == 0 && !by_responder && !known && self.begins.len() < SEVERAL {
            self.begins.push((cookies.initiator, seen.time, seen.packets.into()));
        }
    }

    /// Whether Quick Mode was answered: a tunnel is up, as far as can be seen.
    pub(in crate::diagnose) fn is_up(&self) -> bool {
        self.quick == [true; 2]
    }
}

/// Whether a message is a notification in clear that the version is not taken.
fn refuses_version(header: &Ikev1Header, message: &LenientMessage<'_>) -> bool {
    let clear = !header.is_encrypted && message.first_payload() == NOTIFICATION;
    // Generic header, domain of interpretation, protocol, size of the SPI, type.
    let body = message.as_octets().get(HEADER_LEN..).unwrap_or_default();
    clear && matches!(body, [_, _, _, _, _, _, _, _, _, _, hi, lo, ..] if [*hi, *lo] == INVALID_MAJOR_VERSION)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::diagnose::observation::{Observed, Transport};
    use crate::wire::Message;

    /// A message of IKEv1 with an exchange type, the responder's cookie and a body.
    fn message(exchange: u8, responder: u8, first: u8, body: &[u8]) -> Vec<u8> {
        let mut octets = alloc::vec![0, 0, 0, 0, 0, 0, 0, 7, 0, 0, 0, 0, 0, 0, 0, responder, first, 0x10, exchange, 0, 0, 0, 0, 0, 0, 0, 0];
        octets.push(u8::try_from(HEADER_LEN.saturating_add(body.len())).unwrap());
        octets.extend(body);
        octets
    }

    fn see(all: &mut Ikev1s, seconds: u64, back: bool, octets: &[u8]) {
        let ends: (SocketAddr, SocketAddr) = ("192.0.2.1:500".parse().unwrap(), "192.0.2.2:500".parse().unwrap());
        let (src, dst) = if back { (ends.1, ends.0) } else { ends };
        let time = Instant::START + Duration::from_secs(seconds);
        let seen = Observation::new(time, src, dst, Transport::Udp, Observed::Other);
        all.see(&seen, &Message::parse_lenient(octets).unwrap());
    }

    #[test]
    fn it_is_kept_by_who_began_it() {
        let mut all = Ikev1s::default();
        see(&mut all, 1, false, &message(2, 0, 1, &[0; 8]));
        see(&mut all, 2, true, &message(2, 9, 1, &[0; 8]));
        see(&mut all, 3, false, &message(32, 9, 8, &[0; 8]));
        let pair = all.pairs().next().unwrap();
        assert_eq!((pair.exchange.name(), pair.answered, pair.is_up(), all.pairs().count()), ("Main Mode", true, false, 1));
        see(&mut all, 4, true, &message(32, 9, 8, &[0; 8]));
        assert!(all.pairs().all(Ikev1::is_up));
        let (client, server) = ("192.0.2.1".parse().unwrap(), "192.0.2.2".parse().unwrap());
        let after = |seconds| all.after(client, server, Instant::START + Duration::from_secs(seconds), Duration::from_secs(60)).is_some();
        assert_eq!((after(0), after(2)), (true, false));
        assert!(all.began(client, server, 7) && !all.began(server, client, 7));
    }

    #[test]
    fn a_refusal_of_the_version_is_no_ikev1() {
        let mut all = Ikev1s::default();
        see(&mut all, 1, true, &message(5, 9, 11, &[0, 0, 0, 12, 0, 0, 0, 1, 1, 0, 0, 5]));
        assert!(all.refusal(7).is_some() && all.refusal(8).is_none() && all.pairs().count() == 0);
        let mut other = Ikev1s::default();
        see(&mut other, 1, true, &message(5, 9, 11, &[0, 0, 0, 12, 0, 0, 0, 1, 1, 0, 0, 14]));
        assert!(other.refusal(7).is_none());
    }

    #[test]
    fn what_is_remembered_is_bounded() {
        let mut all = Ikev1s::default();
        let octets = message(2, 0, 1, &[0; 8]);
        for n in 0..2000_u16 {
            let [hi, lo] = n.to_be_bytes();
            let src = SocketAddr::new(IpAddr::from([10, 0, hi, lo]), 500);
            let seen = Observation::new(Instant::START, src, "192.0.2.2:500".parse().unwrap(), Transport::Udp, Observed::Other);
            all.see(&seen, &Message::parse_lenient(&octets).unwrap());
        }
        assert_eq!(all.pairs().count(), MOST);
    }
}
