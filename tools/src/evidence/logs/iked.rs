//! OpenIKED: the log of iked, `iked -dv` with a line for each message, `iked -dvvv` with all that stands in them.
//!
//! ```text
//! spi=0x5169eaaa470949c0: recv IKE_SA_INIT req 0 peer 192.0.2.1:500 local 192.0.2.2:500, 464 bytes, policy 'peer'
//! ikev2_pld_parse: header ispi 0x5169eaaa470949c0 rspi 0x0000000000000000 nextpayload SA version 0x20 exchange IKE_SA_INIT ..
//! ikev2_pld_payloads: decrypted payload NOTIFY nextpayload NONE critical 0x00 length 8
//! ikev2_pld_notify: protoid NONE spisize 0 type AUTHENTICATION_FAILED
//! spi=0x5169eaaa470949c0: send IKE_SA_INIT res 0 peer 192.0.2.1:500 local 192.0.2.2:500, 470 bytes
//! ```
//!
//! What it receives it tells before it reads it; what it sends it reads first, and tells then. The texts are those of OpenIKED's source
//! (`ikev2.c`, `ikev2_msg.c`, `ikev2_pld.c`), releases 7.2 to 7.4.

use super::line::Line;
use super::message::{Ends, PAYLOADS, Piece, Proposal, Told, Transform};
use super::names;
use super::scene::{Sa, Scene};
use super::text::{between, end, number, range};
use crate::capture::Time;
use ikev2::Role;
use ikev2::diagnose::Said;
use ikev2::registry::{AuthMethod, ExchangeType, NotifyType, PayloadType, SecurityProtocol, TransformType};
use ikev2::wire::IkeSpis;
use std::collections::BTreeMap;

/// IKE SAs that are remembered by the initiator's SPI.
const MOST: usize = 4096;
/// Transforms kept of one message.
const TRANSFORMS: usize = 256;

/// What is being read of a message.
struct Reading {
    told: Told,
    /// Something of what is encrypted was read.
    opened: bool,
    sealed: bool,
}

/// The reader of this log.
#[derive(Default)]
pub(super) struct Iked {
    by_spi: BTreeMap<u64, Sa>,
    /// A message that was received, of which more lines may come.
    incoming: Option<(Told, Ends, Time)>,
    reading: Option<Reading>,
    /// Errors that the next message sent will hold.
    errors: Vec<NotifyType>,
    /// A notify whose data stand in the next line.
    data_of: Option<NotifyType>,
    /// The IKE SA last told of.
    latest: Option<Sa>,
    /// What is to be sent renews a child SA.
    rekeys: bool,
    /// A fragment that is to be sent.
    fragment: Option<(u16, u16)>,
}

/// What iked says in a line; `None` for a line of something else.
pub(super) fn words(text: &str) -> Option<&str> {
    let text = text.trim_start_matches([' ', ':']);
    let text = text.split_once("iked[").and_then(|(_, rest)| rest.split_once("]: ")).map_or(text, |(_, rest)| rest);
    let own = text.starts_with("spi=0x") || text.starts_with("ikev2_") || text.starts_with("ikev1_recv: ") || text.starts_with("sa_stat");
    // The data of a notify stand alone.
    (own || !text.is_empty() && text.len() <= 8 && text.bytes().all(|octet| octet.is_ascii_hexdigit())).then_some(text)
}

impl Iked {
    pub(super) fn line(&mut self, line: Line<'_>, said: &str, scene: &mut Scene) -> bool {
        if let Some(notify) = self.data_of.take() {
            if self.data(notify, said) {
                return true;
            }
        }
        if let Some((spi, rest)) = said.strip_prefix("spi=0x").and_then(|rest| rest.split_once(": ")) {
            let Ok(spi) = u64::from_str_radix(spi, 16) else { return false };
            return self.about(spi, rest, line, scene);
        }
        if let Some(rest) = said.strip_prefix("ikev2_pld_parse: header ") {
            return self.begin(rest, line);
        }
        if let Some(rest) = said.strip_prefix("ikev1_recv: header ") {
            return ikev1(rest, line, scene);
        }
        if let Some(error) = said.strip_prefix("ikev2_add_error: ").and_then(names::notify) {
            self.errors.truncate(3);
            self.errors.push(error);
            return true;
        }
        if said.starts_with("ikev2_send_create_child_sa: rekeying") {
            self.rekeys = true;
            return true;
        }
        if let Some((number, total)) =
            between(said, "ikev2_send_encrypted_fragments: Fragment ", " has size").and_then(|rest| rest.split_once(" of "))
        {
            self.fragment = number.parse().ok().zip(total.parse().ok());
            return true;
        }
        self.inside(said, line)
    }

    pub(super) fn finish(&mut self, scene: &mut Scene) {
        self.flush(scene);
    }

    /// Lines about an IKE SA.
    fn about(&mut self, spi: u64, rest: &str, line: Line<'_>, scene: &mut Scene) -> bool {
        if let Some(rest) = rest.strip_prefix("recv ") {
            self.flush(scene);
            self.reading = None;
            let Some((mut told, ends)) = packet(rest, line, false) else { return false };
            told.spis = Some(IkeSpis { initiator: spi, responder: 0 });
            self.incoming = Some((told, ends, scene.clock.now()));
        } else if let Some(rest) = rest.strip_prefix("send ") {
            let Some((mut told, ends)) = packet(rest, line, true) else { return false };
            self.flush_for(&told, scene);
            if let Some(reading) = self.reading.take().filter(|reading| reading.is_of(&told)) {
                told.spis = reading.told.spis;
                told.lines.splice(..0, reading.told.lines.iter().copied().take(1));
                (told.pieces, told.hints) = (reading.pieces(), reading.told.hints);
            }
            told.fragment = self.fragment.take();
            let rekeys = told.exchange == ExchangeType::CREATE_CHILD_SA && !told.response && core::mem::take(&mut self.rekeys);
            if rekeys && told.pieces.is_none() && told.fragment.is_none_or(|(number, total)| number == total) {
                let (sa, nonce) = (Piece::Payload(PayloadType::SA), Piece::Payload(PayloadType::NONCE));
                told.pieces = Some(vec![Piece::Notify(NotifyType::REKEY_SA), sa, nonce]);
            }
            let errors = core::mem::take(&mut self.errors);
            if told.pieces.is_none() && !errors.is_empty() {
                told.pieces = Some(errors.into_iter().map(Piece::Notify).collect());
            }
            let initiator = told.spis.map_or(spi, |spis| spis.initiator);
            told.spis = Some(IkeSpis { initiator, responder: told.spis.map_or(0, |spis| spis.responder) });
            self.put(told, ends, None, scene);
        } else if let Some(rest) = rest.strip_prefix("retransmit ") {
            self.flush(scene);
            let Some(sa) = self.by_spi.get(&spi).copied() else { return false };
            // `retransmit 1 IKE_AUTH req 1 peer ..`, and of an answer `retransmit IKE_AUTH res 1 local ..`.
            let response = rest.contains(" res ");
            if response {
                scene.again(sa, false, false, None, line.number);
            }
            scene.again(sa, true, response, between(rest, if response { " res " } else { " req " }, "").and_then(number), line.number);
        } else if rest.contains("retransmit limit reached") {
            self.flush(scene);
            let Some(sa) = self.by_spi.get(&spi).copied() else { return false };
            scene.said(sa, Said::GaveUp, line.number);
        } else if rest.contains("SA_INIT timeout") {
            self.flush(scene);
            let sa = self.by_spi.get(&spi).copied().filter(|sa| scene.own(*sa) == Some(Role::Responder));
            let Some(sa) = sa else { return false };
            scene.said(sa, Said::NothingFollowed, line.number);
        } else {
            return false;
        }
        true
    }

    /// A message begins to be read.
    fn begin(&mut self, rest: &str, line: Line<'_>) -> bool {
        let hex = |name| between(rest, name, " ").and_then(|spi| u64::from_str_radix(spi.trim_start_matches("0x"), 16).ok());
        let (Some(initiator), Some(responder)) = (hex("ispi "), hex("rspi ")) else { return false };
        let Some(exchange) = between(rest, " exchange ", " ").and_then(names::exchange) else { return false };
        let Some(id) = between(rest, " msgid ", " ").and_then(number) else { return false };
        let response = rest.ends_with("response 1");
        let spis = IkeSpis { initiator, responder };
        let mut told = Told::new(line.number, true, exchange, response, id);
        told.spis = Some(spis);
        told.pieces = Some(Vec::new());
        let none = rest.contains("nextpayload NONE ");
        self.reading = Some(Reading { told, opened: none, sealed: false });
        true
    }

    /// What stands in the message that is read.
    fn inside(&mut self, said: &str, line: Line<'_>) -> bool {
        let Some(reading) = &mut self.reading else { return false };
        let told = &mut reading.told;
        let Some((function, rest)) = said.split_once(": ") else { return false };
        match function {
            "ikev2_pld_payloads" => {
                let (rest, inside) = rest.strip_prefix("decrypted ").map_or((rest, false), |rest| (rest, true));
                let Some(name) = between(rest, "payload ", " ") else { return false };
                reading.opened |= inside;
                reading.sealed |= matches!(name, "SK" | "SKF");
                let piece = match name {
                    "SK" | "SKF" => return true,
                    // What they are is told next.
                    "NOTIFY" | "EAP" => return true,
                    name => names::payload(name).map(Piece::Payload),
                };
                push(told, piece);
            }
            "ikev2_pld_notify" => {
                let Some(ty) = between(rest, " type ", "").and_then(names::notify) else { return false };
                push(told, Some(Piece::Notify(ty)));
                told.note(line.number);
                self.data_of = matches!(ty, NotifyType::INVALID_KE_PAYLOAD).then_some(ty);
            }
            "ikev2_pld_sa" => {
                let protocol = match between(rest, " protoid ", " ") {
                    Some("IKE") => SecurityProtocol::IKE,
                    Some("AH") => SecurityProtocol::AH,
                    _ => SecurityProtocol::ESP,
                };
                if told.hints.proposals.len() < PAYLOADS {
                    told.hints.proposals.push(Proposal { protocol, transforms: Vec::new() });
                }
            }
            "ikev2_pld_xform" => {
                let transform = between(rest, " type ", " id ").zip(between(rest, " id ", "")).and_then(|(ty, id)| transform(ty, id));
                if let (Some(transform), Some(proposal)) = (transform, told.hints.proposals.last_mut()) {
                    if proposal.transforms.len() < TRANSFORMS {
                        proposal.transforms.push(transform);
                    }
                }
            }
            "ikev2_pld_attr" => {
                let bits = between(rest, "KEY_LENGTH length ", " ").and_then(number);
                if let Some(transform) = told.hints.proposals.last_mut().and_then(|proposal| proposal.transforms.last_mut()) {
                    transform.bits = bits;
                }
            }
            "ikev2_pld_ke" => told.hints.group = between(rest, "dh group ", " ").and_then(names::group),
            "ikev2_pld_auth" => {
                let method = between(rest, "method ", " ").map(|method| match method {
                    "SHARED_KEY_MIC" => AuthMethod::SHARED_KEY_MIC,
                    "RSA_SIG" => AuthMethod::RSA_DIGITAL_SIGNATURE,
                    "ECDSA_256" => AuthMethod::ECDSA_SHA_256_P256,
                    "ECDSA_384" => AuthMethod::ECDSA_SHA_384_P384,
                    "ECDSA_512" => AuthMethod::ECDSA_SHA_512_P521,
                    "SIG" => AuthMethod::DIGITAL_SIGNATURE,
                    _ => AuthMethod(0),
                });
                told.hints.auth = method;
            }
            "ikev2_pld_ts" => {
                let ends = between(rest, "start ", " end ").zip(between(rest, " end ", ""));
                let pair = ends.and_then(|(from, to)| range(&format!("{from}-{to}")));
                if told.hints.selectors.len() < 2 {
                    told.hints.selectors.extend(pair);
                }
            }
            "ikev2_pld_delete" => {
                told.hints.deletes = Some(if rest.contains("proto IKE") || rest.contains("protoid IKE") {
                    SecurityProtocol::IKE
                } else {
                    SecurityProtocol::ESP
                });
            }
            "ikev2_pld_eap" => push(told, Some(eap(rest))),
            _ => return false,
        }
        true
    }

    /// The octets behind a notify, in a line of their own.
    fn data(&mut self, notify: NotifyType, said: &str) -> bool {
        let value = (said.len() == 4).then(|| u16::from_str_radix(said, 16).ok()).flatten();
        let (Some(value), Some(reading)) = (value, &mut self.reading) else { return false };
        if notify == NotifyType::INVALID_KE_PAYLOAD {
            reading.told.hints.group = Some(ikev2::registry::KeMethod(value));
        }
        true
    }

    /// A message that was received is read to its end, unless what is read is it.
    fn flush_for(&mut self, sent: &Told, scene: &mut Scene) {
        if self.reading.as_ref().is_some_and(|reading| reading.is_of(sent)) {
            // What is read is what is sent: the received one has nothing of it.
            let reading = self.reading.take();
            self.flush(scene);
            self.reading = reading;
        } else {
            self.flush(scene);
        }
    }

    fn flush(&mut self, scene: &mut Scene) {
        let Some((mut told, ends, time)) = self.incoming.take() else { return };
        if let Some(reading) = self.reading.take().filter(|reading| reading.is_of(&told)) {
            told.spis = reading.told.spis;
            reading.told.lines.iter().for_each(|line| told.note(*line));
            (told.pieces, told.hints) = (reading.pieces(), reading.told.hints);
        }
        self.put(told, ends, Some(time), scene);
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

impl Reading {
    fn is_of(&self, told: &Told) -> bool {
        let read = &self.told;
        read.exchange == told.exchange && read.id == told.id && read.response == told.response
    }

    /// The payloads, unless they are encrypted and were not opened.
    fn pieces(&self) -> Option<Vec<Piece>> {
        self.told.pieces.clone().filter(|_| !self.sealed || self.opened)
    }
}

fn push(told: &mut Told, piece: Option<Piece>) {
    let pieces = told.pieces.get_or_insert_with(Vec::new);
    if pieces.len() < PAYLOADS {
        pieces.extend(piece);
    }
}

/// `IKE_SA_INIT req 0 peer 192.0.2.1:500 local 192.0.2.2:500, 464 bytes`.
fn packet(rest: &str, line: Line<'_>, outgoing: bool) -> Option<(Told, Ends)> {
    let mut words = rest.split(' ');
    let exchange = names::exchange(words.next()?)?;
    let response = match words.next()? {
        "req" => false,
        "res" => true,
        _ => return None,
    };
    let id = words.next()?.parse().ok()?;
    let peer = between(rest, " peer ", " ").and_then(|peer| end(peer, 500))?;
    let own = between(rest, " local ", ",").and_then(|own| end(own, 500))?;
    let mut told = Told::new(line.number, outgoing, exchange, response, id);
    told.octets = between(rest, ", ", " bytes").and_then(number);
    Some((told, Ends { own, peer }))
}

fn transform(ty: &str, id: &str) -> Option<Transform> {
    let ty = match ty {
        "ENCR" => TransformType::ENCR,
        "PRF" => TransformType::PRF,
        "INTEGR" => TransformType::INTEG,
        "DH" => TransformType::KE,
        "ESN" => {
            let id = u16::from(id.trim() == "ESN");
            return Some(Transform { ty: TransformType::SN, id, bits: None });
        }
        _ => return None,
    };
    names::transform(id, Some(ty))
}

/// `REQUEST id 0 length 5 EAP-IDENTITY`.
fn eap(rest: &str) -> Piece {
    let code = match rest.split(' ').next() {
        Some("REQUEST") => 1,
        Some("RESPONSE") => 2,
        Some("SUCCESS") => 3,
        Some("FAILURE") => 4,
        _ => 0,
    };
    let method = match rest.rsplit("EAP-").next() {
        Some("IDENTITY") => 1,
        Some("TLS") => 13,
        Some("MSCHAP_V2" | "MSCHAPV2") => 26,
        _ => 0,
    };
    Piece::Eap(code, method)
}

/// IKEv1, which it does not speak; it does not say with whom.
fn ikev1(rest: &str, line: Line<'_>, scene: &mut Scene) -> bool {
    let Some(exchange) = between(rest, " exchange ", " ").and_then(number) else { return false };
    let ends = Ends { own: super::scene::nowhere(500), peer: super::scene::nowhere(501) };
    let initiator = between(rest, "ispi 0x", " ").and_then(|spi| u64::from_str_radix(spi, 16).ok()).unwrap_or(0);
    let sa = scene.begin(Role::Responder, ends, Some(IkeSpis { initiator, responder: 0 }));
    scene.message(sa, Told::new(line.number, false, ExchangeType(exchange), false, 0).of_version_1());
    true
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn lines_of_iked_are_told_from_others() {
        for own in ["spi=0x51: recv", " gw iked[81]: spi=0x51: send", "ikev2_pld_payloads: x", "000e"] {
            assert!(words(own).is_some(), "{own}");
        }
        for other in ["", "760d1388 e55e4857", "05[ENC] parsed", "\"peer\" #1: sent"] {
            assert!(words(other).is_none(), "{other}");
        }
    }

    #[test]
    fn a_line_tells_of_a_packet() {
        let line = Line { number: 3, text: "" };
        let (told, ends) = packet("IKE_AUTH res 1 peer 192.0.2.1:4500 local 192.0.2.2:4500, 80 bytes, NAT-T", line, true)
            .unwrap_or_else(|| panic!("a packet"));
        assert_eq!((told.id, told.response, told.octets, ends.peer.port()), (1, true, Some(80), 4500));
        assert!(packet("IKE_AUTH xyz", line, true).is_none());
        assert_eq!(eap("REQUEST id 0 length 5 EAP-IDENTITY"), Piece::Eap(1, 1));
        assert_eq!(transform("ENCR", "AES_CBC").map(|t| t.id), Some(12));
    }
}
