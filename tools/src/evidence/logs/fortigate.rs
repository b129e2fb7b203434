//! FortiGate: `diagnose debug application ike -1`, FortiOS 6.4 to 7.6.
//!
//! ```text
//! ike 0: comes 192.0.2.1:500->198.51.100.1:500,ifindex=3,vrf=0....
//! ike 0: IKEv2 exchange=SA_INIT id=1a2b3c4d5e6f7a8b/0000000000000000 len=464
//! ike 0:1a2b3c4d5e6f7a8b/0000000000000000:12: incoming proposal:
//! ike 0:office:12: sent IKE msg (SA_INIT_RESPONSE): 198.51.100.1:500->192.0.2.1:500, len=36, vrf=0, id=1a2b../4e5f..:00000000
//! ```
//!
//! `in` and `out` are followed by the octets of the message: IKE_SA_INIT is read from them. Of what is encrypted the debug says what it came
//! to. The texts are those of Fortinet's documentation and of the debug outputs in its community articles.

mod speech;

use super::line::Line;
use super::message::{Ends, Piece, Proposal, Told};
use super::names;
use super::scene::{Sa, Scene};
use super::text::{between, end, hex, number};
use crate::capture::Time;
use ikev2::Role;
use ikev2::registry::{ExchangeType, NotifyType, PayloadType};
use ikev2::wire::{Header, IkeSpis};
use std::collections::BTreeMap;

/// IKE SAs that are remembered by the initiator's SPI.
const MOST: usize = 4096;
const PROOF: [Piece; 2] = [Piece::Payload(PayloadType::IDR), Piece::Payload(PayloadType::AUTH)];
const CHILD: [Piece; 3] = [Piece::Payload(PayloadType::SA), Piece::Payload(PayloadType::TSI), Piece::Payload(PayloadType::TSR)];

/// What an answer comes to that is about to be sent, or was received.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Fate {
    Refused(NotifyType),
    Proved,
    Child,
}

/// The reader of this log.
#[derive(Default)]
pub(super) struct FortiGate {
    by_spi: BTreeMap<u64, Sa>,
    ends: Option<Ends>,
    /// A message that was received, of which more lines may come.
    incoming: Option<(Told, Ends, Time)>,
    /// The octets of what is sent next.
    out: Option<Vec<u8>>,
    proposals: Vec<Proposal>,
    /// Proposals are those of the peer.
    listens: bool,
    fate: Option<(Fate, u64)>,
    latest: Option<Sa>,
    /// By the number behind the name of the tunnel.
    by_number: BTreeMap<u64, Sa>,
}

/// What the debug says in a line, and the number of the connection; `None` for a line of something else.
pub(super) fn words(text: &str) -> Option<(Option<u64>, &str)> {
    let text = text.trim_start_matches([' ', ']', ':']);
    let rest = text.strip_prefix("ike ")?;
    let rest = match rest.strip_prefix("V=") {
        Some(rest) => rest.split_once(':')?.1,
        None => rest,
    };
    // `0: ..`, `0:name:12: ..`, `0:name:12:child:3: ..`
    let (head, said) = rest.split_once(": ")?;
    let mut parts = head.split(':');
    let vdom = parts.next()?;
    if vdom.is_empty() || !vdom.bytes().all(|octet| octet.is_ascii_digit()) {
        return (head == "Negotiate SA Error").then_some((None, said));
    }
    Some((parts.nth(1).and_then(number), said))
}

impl FortiGate {
    pub(super) fn line(&mut self, line: Line<'_>, tunnel: Option<u64>, said: &str, scene: &mut Scene) -> bool {
        if let Some((from, to)) = said.strip_prefix("comes ").and_then(|rest| rest.split(',').next()).and_then(|rest| rest.split_once("->"))
        {
            self.flush(scene);
            self.refuse(scene);
            self.ends = end(to, 500).zip(end(from, 500)).map(|(own, peer)| Ends { own, peer });
        } else if let Some(rest) = said.strip_prefix("IKEv2 exchange=") {
            return self.received(rest, line, scene);
        } else if let Some(octets) = said.strip_prefix("in ").and_then(hex) {
            self.raw(octets);
        } else if let Some(octets) = said.strip_prefix("out ").and_then(hex) {
            self.out = Some(octets);
        } else if let Some(rest) = said.strip_prefix("sent IKE msg (") {
            let told = self.sent(rest, line, scene);
            if let (Some(tunnel), Some(sa)) = (tunnel, self.latest) {
                self.note(tunnel, sa);
            }
            return told;
        } else {
            return self.speech(tunnel, said.trim(), line, scene);
        }
        true
    }

    pub(super) fn finish(&mut self, scene: &mut Scene) {
        self.flush(scene);
        self.refuse(scene);
    }

    fn note(&mut self, tunnel: u64, sa: Sa) {
        if self.by_number.len() < MOST || self.by_number.contains_key(&tunnel) {
            self.by_number.insert(tunnel, sa);
        }
    }

    /// `SA_INIT id=I/R len=464`, `AUTH_RESPONSE id=I/R:00000001 len=80`.
    fn received(&mut self, rest: &str, line: Line<'_>, scene: &mut Scene) -> bool {
        self.flush(scene);
        self.refuse(scene);
        let Some((exchange, response)) = rest.split(' ').next().and_then(kind) else { return false };
        let Some((spis, id)) = between(rest, "id=", " ").and_then(identity) else { return false };
        let Some(ends) = self.ends else { return false };
        let mut told = Told::new(line.number, false, exchange, response, id.unwrap_or(u32::from(exchange == ExchangeType::IKE_AUTH)));
        told.octets = between(rest, "len=", "").and_then(number);
        told.spis = Some(spis);
        told.accepts = response;
        (self.proposals, self.fate) = (Vec::new(), None);
        self.incoming = Some((told, ends, scene.clock.now()));
        true
    }

    /// The octets of what was received.
    fn raw(&mut self, octets: Vec<u8>) {
        if let Some((told, ..)) = &mut self.incoming {
            if Some(octets.len()) == told.octets && told.is_init() && Header::peek(&octets).is_ok() {
                told.raw = Some(octets);
            }
        }
    }

    /// `SA_INIT_RESPONSE): A->B, len=36, vrf=0, id=I/R:00000000`.
    fn sent(&mut self, rest: &str, line: Line<'_>, scene: &mut Scene) -> bool {
        let Some((name, rest)) = rest.split_once("): ") else { return false };
        let Some((own, peer)) = rest.split(',').next().and_then(|both| both.split_once("->")) else { return false };
        let Some(ends) = end(own, 500).zip(end(peer, 500)).map(|(own, peer)| Ends { own, peer }) else { return false };
        let Some((spis, id)) = between(rest, "id=", "").and_then(|id| identity(id.split([',', ' ']).next()?)) else { return false };
        let out = self.out.take();
        let again = name.strip_prefix("RETRANSMIT_").or_else(|| name.eq_ignore_ascii_case("retransmit").then_some(""));
        let Some((exchange, response)) = kind(again.unwrap_or(name)).or_else(|| again.map(|_| (ExchangeType::IKE_SA_INIT, false))) else {
            return false;
        };
        // What was received is told of to its end, unless what is said of it is about the answer.
        let fate = self.fate.take_if(|_| response);
        self.flush(scene);
        if let Some(sa) = again.and_then(|_| self.by_spi.get(&spis.initiator)) {
            scene.again(*sa, true, response, None, line.number);
            return true;
        }
        let mut told = Told::new(line.number, true, exchange, response, id.unwrap_or(u32::from(exchange == ExchangeType::IKE_AUTH)));
        told.octets = between(rest, "len=", ",").and_then(number);
        told.spis = Some(spis);
        told.accepts = response;
        told.raw = out.filter(|octets| Some(octets.len()) == told.octets && told.is_init() && Header::peek(octets).is_ok());
        if let Some((fate, said)) = fate {
            told.note(said);
            settle(&mut told, fate);
        }
        self.put(told, ends, None, scene);
        true
    }

    fn flush(&mut self, scene: &mut Scene) {
        let Some((mut told, ends, time)) = self.incoming.take() else { return };
        told.hints.proposals = core::mem::take(&mut self.proposals);
        if !told.response {
            // What is refused is told of the answer.
            if told.is_init() && !told.hints.proposals.is_empty() && told.raw.is_none() {
                told.in_part = Some(PayloadType::SA);
            }
        } else if let Some((fate, said)) = self.fate.take() {
            told.note(said);
            settle(&mut told, fate);
        }
        self.put(told, ends, Some(time), scene);
    }

    /// A request was refused, and no line says that the answer was sent.
    fn refuse(&mut self, scene: &mut Scene) {
        let Some((Fate::Refused(notify), line)) = self.fate.take() else { return };
        let Some(sa) = self.latest.filter(|sa| scene.own(*sa) == Some(Role::Responder)) else { return };
        let exchange = if scene.is_in_init(sa) { ExchangeType::IKE_SA_INIT } else { ExchangeType::IKE_AUTH };
        let mut told = Told::new(line, true, exchange, true, u32::from(exchange == ExchangeType::IKE_AUTH));
        settle(&mut told, Fate::Refused(notify));
        scene.message(sa, told);
    }

    fn put(&mut self, told: Told, ends: Ends, time: Option<Time>, scene: &mut Scene) {
        let spis = told.spis.unwrap_or_default();
        let known = self.by_spi.get(&spis.initiator).copied();
        let sa = known.unwrap_or_else(|| {
            let own = if told.outgoing != told.response { Role::Initiator } else { Role::Responder };
            scene.begin(own, ends, Some(spis))
        });
        if self.by_spi.len() >= MOST && known.is_none() {
            self.by_spi.pop_first();
        }
        self.by_spi.insert(spis.initiator, sa);
        self.latest = Some(sa);
        scene.learn(sa, spis);
        scene.move_to(sa, ends);
        match time.filter(|_| scene.clock.is_told()) {
            Some(time) => scene.message_at(sa, told, time),
            None => scene.message(sa, told),
        }
    }
}

/// What a message holds, by what it came to.
fn settle(told: &mut Told, fate: Fate) {
    if told.raw.is_some() || !told.response {
        return;
    }
    let of_auth = told.exchange == ExchangeType::IKE_AUTH;
    told.pieces = match fate {
        Fate::Refused(notify) => {
            let proof = of_auth && !matches!(notify, NotifyType::AUTHENTICATION_FAILED | NotifyType::INVALID_SYNTAX);
            Some(PROOF.into_iter().filter(|_| proof).chain([Piece::Notify(notify)]).collect())
        }
        Fate::Proved if of_auth => Some(PROOF.to_vec()),
        Fate::Child if of_auth => Some(PROOF.into_iter().chain(CHILD).collect()),
        Fate::Child if told.exchange == ExchangeType::CREATE_CHILD_SA => {
            Some(CHILD.into_iter().chain([Piece::Payload(PayloadType::NONCE)]).collect())
        }
        Fate::Proved | Fate::Child => None,
    };
}

/// `SA_INIT`, `AUTH_RESPONSE`.
fn kind(name: &str) -> Option<(ExchangeType, bool)> {
    let name = name.trim();
    let (name, response) = name.strip_suffix("_RESPONSE").map_or((name, false), |name| (name, true));
    names::exchange(name).map(|exchange| (exchange, response))
}

/// `1a2b3c4d5e6f7a8b/4e5f6a7b8c9d0e1f:00000001`.
fn identity(text: &str) -> Option<(IkeSpis, Option<u32>)> {
    let (initiator, rest) = text.split_once('/')?;
    let (responder, id) = rest.split_once(':').map_or((rest, None), |(responder, id)| (responder, Some(id)));
    let spi = |text: &str| u64::from_str_radix(text.trim(), 16).ok();
    let id = id.and_then(|id| u32::from_str_radix(id.trim(), 16).ok());
    Some((IkeSpis { initiator: spi(initiator)?, responder: spi(responder)? }, id))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn lines_of_the_debug_are_told_from_others() {
        assert_eq!(words("ike 0: comes x"), Some((None, "comes x")));
        assert_eq!(words(" ike 0:office:12: no proposal chosen"), Some((Some(12), "no proposal chosen")));
        assert_eq!(words("ike V=root:0:office:12: negotiation timeout, deleting"), Some((Some(12), "negotiation timeout, deleting")));
        assert_eq!(words("ike Negotiate SA Error: no SA proposal chosen"), Some((None, "no SA proposal chosen")));
        for other in ["", "ike", "ike x: y", "like 0: y", "spi=0x1: recv"] {
            assert_eq!(words(other), None, "{other}");
        }
    }

    #[test]
    fn a_message_has_spis_and_an_id() {
        let (spis, id) = identity("1a2b3c4d5e6f7a8b/00000000000000ff:00000002").unwrap_or_default();
        assert_eq!((spis.initiator, spis.responder, id), (0x1a2b_3c4d_5e6f_7a8b, 0xff, Some(2)));
        assert_eq!((kind("AUTH_RESPONSE"), kind("X")), (Some((ExchangeType::IKE_AUTH, true)), None));
    }
}
