//! Cisco IOS and IOS XE: `debug crypto ikev2` (and `debug crypto ikev2 packet`).
//!
//! ```text
//! *Nov  8 18:52:34.811: IKEv2:(SESSION ID = 16,SA ID = 1):Sending Packet [To 192.0.2.2:500/From 192.0.2.1:500/VRF i0:f0]
//! Initiator SPI : 9E1F2A7D8B3C4D5E - Responder SPI : 0000000000000000 Message id: 0
//! IKEv2 IKE_SA_INIT Exchange REQUEST
//! Payload contents:
//!  SA KE N VID NOTIFY(NAT_DETECTION_SOURCE_IP) NOTIFY(NAT_DETECTION_DESTINATION_IP)
//! ```
//!
//! What is to be encrypted is told before it is sent ("Building packet for encryption"), what was encrypted when it is received. The texts
//! are those of Cisco's troubleshooting notes about IKEv2 debugs.

use super::line::Line;
use super::message::{Ends, PAYLOADS, Piece, Told};
use super::names;
use super::scene::{Sa, Scene};
use super::text::{between, end, number};
use crate::capture::Time;
use ikev2::Role;
use ikev2::diagnose::Said;
use ikev2::registry::{AuthMethod, ExchangeType, PayloadType};
use ikev2::wire::IkeSpis;
use std::collections::BTreeMap;

/// IKE SAs that are remembered by the initiator's SPI.
const MOST: usize = 4096;

/// A packet, line by line.
struct Packet {
    outgoing: bool,
    ends: Ends,
    lines: Vec<u64>,
    time: Time,
    session: Option<u64>,
    spis: Option<IkeSpis>,
    id: u32,
    exchange: Option<(ExchangeType, bool)>,
    pieces: Option<Vec<Piece>>,
}

/// The reader of this log.
#[derive(Default)]
pub(super) struct Cisco {
    by_spi: BTreeMap<u64, Sa>,
    packet: Option<Packet>,
    /// What is to be encrypted.
    built: Option<Vec<Piece>>,
    building: bool,
    /// The next line is a list of payloads.
    lists: bool,
    latest: Option<Sa>,
    by_session: BTreeMap<u64, Sa>,
    auth: Option<AuthMethod>,
}

/// What the debug says, and the session, if the line names one; `None` for a line of something else, which may go on with a packet.
fn words(text: &str) -> Option<(Option<u64>, &str)> {
    let at = text.find("IKEv2")?;
    let rest = text.get(at..)?;
    let rest = rest.strip_prefix("IKEv2-ERROR:").or_else(|| rest.strip_prefix("IKEv2:"))?;
    let rest = rest.trim_start_matches("% IKEv2-ERROR:");
    let inside = rest.strip_prefix('(').and_then(|rest| rest.split_once("):"));
    let Some((head, said)) = inside else { return Some((None, rest.trim_start_matches([':', ' ']))) };
    let session = between(head, "SESSION ID = ", ",").or_else(|| between(head, "SA ID = ", "")).and_then(number);
    Some((session, said.trim_start_matches([':', ' '])))
}

impl Cisco {
    /// Takes a line, of this debug or of something else; whether it tells something.
    pub(super) fn line(&mut self, line: Line<'_>, rest: &str, scene: &mut Scene) -> bool {
        let told = words(rest);
        let session = told.and_then(|(session, _)| session);
        let said = told.map_or(rest, |(_, said)| said).trim_start_matches([' ', ':']).trim_end();
        if self.lists && !said.is_empty() {
            self.lists = false;
            if self.list(said, line.number) {
                return true;
            }
        }
        if (told.is_some() || self.packet.is_some()) && self.goes_on(said, line.number) {
            return true;
        }
        if told.is_none() {
            return false;
        }
        if let Some(rest) = said.strip_prefix("Sending Packet [").or_else(|| said.strip_prefix("Sending packet [")) {
            return self.begin(rest, true, session, line, scene);
        }
        if let Some(rest) = said.strip_prefix("Received Packet [").or_else(|| said.strip_prefix("Received packet [")) {
            return self.begin(rest, false, session, line, scene);
        }
        self.speech(session, said, line, scene)
    }

    pub(super) fn finish(&mut self, scene: &mut Scene) {
        self.flush(scene);
    }

    /// `To 192.0.2.2:500/From 192.0.2.1:500/VRF i0:f0]`.
    fn begin(&mut self, rest: &str, outgoing: bool, session: Option<u64>, line: Line<'_>, scene: &mut Scene) -> bool {
        self.flush(scene);
        let place = |name: &str| between(rest, name, "/").or_else(|| between(rest, name, "]")).and_then(|place| end(place, 500));
        let Some((to, from)) = place("To ").zip(place("From ")) else { return false };
        let ends = if outgoing { Ends { own: from, peer: to } } else { Ends { own: to, peer: from } };
        let (lines, time) = (vec![line.number], scene.clock.now());
        self.packet = Some(Packet { outgoing, ends, lines, time, session, spis: None, id: 0, exchange: None, pieces: None });
        true
    }

    /// Lines that go on with a packet, or prepare one.
    fn goes_on(&mut self, said: &str, line: u64) -> bool {
        if said.starts_with("Building packet for encryption") {
            self.building = true;
            return said.split_once("Payload contents:").is_none_or(|(_, list)| self.contents(list, line));
        }
        if let Some(list) = said.strip_prefix("Payload contents:") {
            return self.contents(list, line);
        }
        let Some(packet) = &mut self.packet else { return false };
        if said.contains("Initiator SPI : ") {
            let spi = |name: &str| u64::from_str_radix(between(said, name, "")?.split(' ').next()?, 16).ok();
            let spis = spi("Initiator SPI : ").zip(spi("Responder SPI : "));
            packet.spis = spis.map(|(initiator, responder)| IkeSpis { initiator, responder });
            packet.id = between(said, "Message id: ", "").and_then(number).unwrap_or(packet.id);
            return true;
        }
        let Some((exchange, kind)) = said.strip_prefix("IKEv2 ").unwrap_or(said).split_once(" Exchange ") else { return false };
        let exchange = names::exchange(exchange).map(|exchange| (exchange, kind.starts_with("RESPONSE")));
        packet.exchange = exchange.or(packet.exchange);
        exchange.is_some()
    }

    /// The list stands in the same line, or in the next.
    fn contents(&mut self, list: &str, line: u64) -> bool {
        self.lists = list.trim().is_empty();
        self.lists || self.list(list, line)
    }

    /// `SA KE N VID NOTIFY(NAT_DETECTION_SOURCE_IP)`.
    fn list(&mut self, text: &str, line: u64) -> bool {
        let names: Vec<&str> = text.split(' ').filter(|name| !name.is_empty()).take(PAYLOADS).collect();
        let sealed = names.contains(&"ENCR");
        let pieces: Vec<Piece> = names.iter().filter_map(|name| piece(name)).collect();
        if pieces.is_empty() && !sealed {
            return false;
        }
        match self.packet.as_mut().filter(|_| !self.building) {
            Some(packet) => {
                packet.lines.push(line);
                packet.pieces = if sealed && pieces.is_empty() { self.built.take() } else { Some(pieces) };
            }
            None => self.built = Some(pieces),
        }
        self.building = false;
        true
    }

    fn speech(&mut self, session: Option<u64>, said: &str, line: Line<'_>, scene: &mut Scene) -> bool {
        let method = between(said, "authentication method is '", "'").or_else(|| between(said, "authenticaton method is '", "'"));
        if let Some(method) = method.and_then(auth_method) {
            self.auth = Some(method);
            return true;
        }
        let gives_up =
            said.contains("Maximum number of retransmissions reached") || said.contains("Exceeded the maximum number of retransmissions");
        let waits = said.contains("before the timer expired");
        if !gives_up && !waits {
            let known = ["Auth exchange failed", "no proposal chosen", "Failed to find a matching policy", "Retransmitting packet"];
            return known.iter().any(|known| said.contains(known));
        }
        self.flush(scene);
        let sa = session.and_then(|session| self.by_session.get(&session)).copied().or(self.latest);
        let Some(sa) = sa else { return false };
        let nothing = waits && scene.own(sa) == Some(Role::Responder) && scene.is_in_init(sa);
        scene.said(sa, if nothing { Said::NothingFollowed } else { Said::GaveUp }, line.number);
        true
    }

    fn flush(&mut self, scene: &mut Scene) {
        (self.lists, self.building) = (false, false);
        let Some(packet) = self.packet.take() else { return };
        let Some((exchange, response)) = packet.exchange else { return };
        let spis = packet.spis.unwrap_or_default();
        let mut told = Told::new(packet.lines.first().copied().unwrap_or(0), packet.outgoing, exchange, response, packet.id);
        (told.lines, told.pieces, told.accepts, told.spis) = (packet.lines, packet.pieces, response, Some(spis));
        if exchange == ExchangeType::IKE_AUTH {
            told.hints.auth = self.auth;
        }
        let known = self.by_spi.get(&spis.initiator).copied();
        let sa = known.unwrap_or_else(|| {
            let own = if told.outgoing != told.response { Role::Initiator } else { Role::Responder };
            scene.begin(own, packet.ends, Some(spis))
        });
        if self.by_spi.len() >= MOST && known.is_none() {
            self.by_spi.pop_first();
            self.by_session.clear();
        }
        self.by_spi.insert(spis.initiator, sa);
        self.latest = Some(sa);
        packet.session.into_iter().for_each(|session| _ = self.by_session.insert(session, sa));
        scene.learn(sa, spis);
        scene.move_to(sa, packet.ends);
        // Every packet is told of, also one that is sent again.
        if scene.is_repeated(sa, &told) {
            return scene.again(sa, told.outgoing, told.response, Some(told.id), told.lines.first().copied().unwrap_or(0));
        }
        match scene.clock.is_told() {
            true => scene.message_at(sa, told, packet.time),
            false => scene.message(sa, told),
        }
    }
}

fn piece(name: &str) -> Option<Piece> {
    if let Some(notify) = name.strip_prefix("NOTIFY(").and_then(|rest| rest.strip_suffix(')')) {
        // One that has no name here is a payload all the same.
        return Some(names::notify(notify).map_or(Piece::Payload(PayloadType::V), Piece::Notify));
    }
    match name {
        "N" => Some(Piece::Payload(PayloadType::NONCE)),
        "EAP" => Some(Piece::Eap(0, 0)),
        name => names::payload(name).map(Piece::Payload),
    }
}

fn auth_method(name: &str) -> Option<AuthMethod> {
    match name {
        "PSK" | "pre-shared key" => Some(AuthMethod::SHARED_KEY_MIC),
        "RSA" => Some(AuthMethod::RSA_DIGITAL_SIGNATURE),
        "ECDSA" | "ECDSA-256" => Some(AuthMethod::ECDSA_SHA_256_P256),
        "DIGITAL-SIGNATURE" => Some(AuthMethod::DIGITAL_SIGNATURE),
        _ => None,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_session_stands_before_what_is_said() {
        assert_eq!(words(": IKEv2:(SESSION ID = 16,SA ID = 1):Sending Packet"), Some((Some(16), "Sending Packet")));
        assert_eq!(words("IKEv2:(SA ID = 2):: Auth exchange failed"), Some((Some(2), "Auth exchange failed")));
        assert_eq!((words("IKEv2 IKE_AUTH Exchange REQUEST"), words("")), (None, None));
    }

    #[test]
    fn a_list_names_payloads() {
        assert_eq!(piece("N"), Some(Piece::Payload(PayloadType::NONCE)));
        assert_eq!(piece("NOTIFY(NO_PROPOSAL_CHOSEN)"), Some(Piece::Notify(ikev2::registry::NotifyType::NO_PROPOSAL_CHOSEN)));
        assert_eq!(piece("Initiator"), None);
    }
}
