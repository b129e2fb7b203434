//! What pluto says of a state, and which messages that tells of.

use super::{Pluto, place};
use crate::evidence::logs::message::{Ends, PAYLOADS, Piece, Proposal, Told, Transform};
use crate::evidence::logs::names;
use crate::evidence::logs::scene::{Sa, Scene, nowhere};
use crate::evidence::logs::text::{between, number};
use ikev2::Role;
use ikev2::diagnose::Said;
use ikev2::registry::{ExchangeType, KeMethod, NotifyType, PayloadType, SecurityProtocol, TransformType};

/// What an answer that makes an IKE SA holds, and a child SA besides.
const PROOF: [Piece; 2] = [Piece::Payload(PayloadType::IDR), Piece::Payload(PayloadType::AUTH)];
const CHILD: [Piece; 3] = [Piece::Payload(PayloadType::SA), Piece::Payload(PayloadType::TSI), Piece::Payload(PayloadType::TSR)];

impl Pluto {
    pub(super) fn speech(&mut self, connection: &str, number: u64, said: &str, line: u64, scene: &mut Scene) -> bool {
        self.as_initiator(connection, number, said, line, scene)
            || self.as_responder(connection, number, said, line, scene)
            || self.child(connection, number, said, line, scene)
            || self.fate(connection, number, said, line, scene)
    }

    fn ends(&self, outgoing: bool, peer: Option<core::net::SocketAddr>) -> Ends {
        let packet = if outgoing { self.sending } else { self.received };
        let near = packet.map(|(ends, _)| ends).filter(|ends| peer.is_none_or(|peer| peer.ip() == ends.peer.ip()));
        near.unwrap_or(Ends { own: nowhere(500), peer: peer.unwrap_or(nowhere(500)) })
    }

    fn as_initiator(&mut self, connection: &str, number: u64, said: &str, line: u64, scene: &mut Scene) -> bool {
        if let Some(rest) = said.strip_prefix("sent IKE_SA_INIT request to ") {
            let ends = self.ends(true, place(rest.split([' ', ';']).next().unwrap_or(rest)));
            let sa = self.begin(connection, number, Role::Initiator, ends, scene);
            self.put(sa, Told::new(line, true, ExchangeType::IKE_SA_INIT, false, 0), scene);
        } else if said.starts_with("sent IKE_AUTH request") {
            let Some(sa) = self.accepted(connection, number, said, line, scene) else { return false };
            self.ask(connection, number, ExchangeType::IKE_AUTH, None, (line, sa), scene);
        } else if let Some(wanted) = between(said, "resending with suggested DH ", "") {
            let Some(sa) = self.state(connection, number).map(|state| state.sa) else { return false };
            let mut told = Told::new(line, false, ExchangeType::IKE_SA_INIT, true, 0);
            told.pieces = Some(vec![Piece::Notify(NotifyType::INVALID_KE_PAYLOAD)]);
            told.hints.group = names::group(wanted).or_else(|| wanted.trim_start_matches("DH").parse().ok().map(KeMethod));
            self.put(sa, told, scene);
        } else if said.contains("COOKIE response") && said.contains("resending IKE_SA_INIT") {
            let Some(sa) = self.state(connection, number).map(|state| state.sa) else { return false };
            let mut told = Told::new(line, false, ExchangeType::IKE_SA_INIT, true, 0);
            told.pieces = Some(vec![Piece::Notify(NotifyType::COOKIE)]);
            self.put(sa, told, scene);
        } else if let Some(notify) = refusal(said) {
            let state = self.state(connection, number);
            let Some((sa, exchange, id)) = state.map(|state| (state.sa, state.asked, state.next.saturating_sub(1))) else { return false };
            if scene.own(sa) != Some(Role::Initiator) && exchange != ExchangeType::CREATE_CHILD_SA {
                return false;
            }
            let mut told = Told::new(line, false, exchange, true, if exchange == ExchangeType::IKE_SA_INIT { 0 } else { id });
            // TS_UNACCEPTABLE and its like stand beside the proof.
            let of_child =
                exchange == ExchangeType::IKE_AUTH && !matches!(notify, NotifyType::AUTHENTICATION_FAILED | NotifyType::INVALID_SYNTAX);
            let proof = PROOF.into_iter().filter(|_| of_child);
            told.pieces = Some(proof.chain([Piece::Notify(notify)]).collect());
            if of_child {
                scene.replace(sa, told);
            } else {
                self.put(sa, told, scene);
            }
        } else if said.starts_with("failed to receive PPK confirmation") {
            // The answer was good otherwise, and is thrown away.
            let Some(sa) = self.state(connection, number).map(|state| state.sa) else { return false };
            scene.said(sa, Said::PpkMissing, line);
        } else {
            return false;
        }
        true
    }

    /// IKE_SA_INIT was answered: the initiator goes on.
    fn accepted(&mut self, connection: &str, number: u64, said: &str, line: u64, scene: &mut Scene) -> Option<Sa> {
        let state = self.state(connection, number)?;
        let sa = state.sa;
        if !core::mem::replace(&mut state.answered, true) {
            let mut told = Told::new(line, false, ExchangeType::IKE_SA_INIT, true, 0);
            told.accepts = true;
            told.hints.proposals = chosen(said);
            self.put(sa, told, scene);
        }
        Some(sa)
    }

    /// A request of this side, in an exchange with the next message ID.
    fn ask(
        &mut self,
        connection: &str,
        number: u64,
        exchange: ExchangeType,
        pieces: Option<Vec<Piece>>,
        (line, sa): (u64, Sa),
        scene: &mut Scene,
    ) {
        let Some(state) = self.state(connection, number) else { return };
        let id = state.next;
        (state.next, state.asked) = (id.saturating_add(1), exchange);
        let mut told = Told::new(line, true, exchange, false, id);
        told.pieces = pieces;
        self.put(sa, told, scene);
    }

    fn as_responder(&mut self, connection: &str, number: u64, said: &str, line: u64, scene: &mut Scene) -> bool {
        if let Some(offer) = between(said, " chosen from remote proposals ", "") {
            if said.contains(":IKE=") || offer.contains(":IKE:") {
                self.offered = proposals(offer);
            }
        } else if let Some(group) = between(said, "responding with INVALID_KE_PAYLOAD requesting ", "") {
            self.wanted = names::group(group);
        } else if let Some(offer) = between(said, "no local proposal matches remote proposals ", "") {
            self.offered = proposals(offer);
            let ends = self.ends(false, None);
            self.begin(connection, number, Role::Responder, ends, scene);
        } else if said.starts_with("sent IKE_SA_INIT reply")
            || said.starts_with("processed IKE_SA_INIT request")
            || said.starts_with("sent IKE_SA_INIT response")
        {
            if self.is_known(connection, number) {
                return true;
            }
            let peer = between(said, " from ", " ").or_else(|| between(said, " to ", " ")).and_then(place);
            let ends = self.ends(false, peer);
            let sa = self.begin(connection, number, Role::Responder, ends, scene);
            self.asked_to_begin(sa, line, scene);
            let mut told = Told::new(line, true, ExchangeType::IKE_SA_INIT, true, 0);
            told.accepts = true;
            told.hints.proposals = chosen(said);
            self.put(sa, told, scene);
        } else if let Some(list) = between(said, "processing decrypted IKE_AUTH request", "").and_then(|rest| between(rest, "SK{", "}")) {
            let Some(state) = self.state(connection, number) else { return false };
            state.asked = ExchangeType::IKE_AUTH;
            let sa = state.sa;
            let mut told = Told::new(line, false, ExchangeType::IKE_AUTH, false, 1);
            told.pieces = Some(pieces(list));
            self.put(sa, told, scene);
        } else if let Some(notify) =
            between(said, "encrypted notification ", "").and_then(|name| names::notify(name.split([' ', ',', ';']).next()?))
        {
            return self.responds(connection, number, notify, said, line, scene);
        } else if said.starts_with("received duplicate ") && said.contains("retransmitting response") {
            let Some(sa) = self.state(connection, number).map(|state| state.sa) else { return false };
            scene.again(sa, false, false, None, line);
            scene.again(sa, true, true, None, line);
        } else {
            return false;
        }
        true
    }

    /// An error goes back.
    fn responds(&mut self, connection: &str, state: u64, notify: NotifyType, said: &str, line: u64, scene: &mut Scene) -> bool {
        let Some(exchange) = between(said, "responding to ", " ").and_then(names::exchange) else { return false };
        let id = between(said, "(ID ", ")").or_else(|| between(said, "(Message ID ", ")")).and_then(number).unwrap_or(1);
        let peer = between(said, " from ", " ").and_then(place);
        let begins = exchange == ExchangeType::IKE_SA_INIT;
        let known = self.is_known(connection, state) || !begins;
        let ends = self.ends(false, peer);
        let sa = match self.state(connection, state).filter(|_| known) {
            Some(state) => state.sa,
            None => self.begin(connection, state, Role::Responder, ends, scene),
        };
        if begins {
            self.asked_to_begin(sa, line, scene);
        } else if scene.is_in_init(sa) {
            // It could not be read, or is not told of.
            self.put(sa, Told::new(line, false, exchange, false, id), scene);
        }
        let mut told = Told::new(line, true, exchange, true, id);
        let of_child = exchange == ExchangeType::IKE_AUTH && is_of_child(notify);
        told.pieces = Some(PROOF.into_iter().filter(|_| of_child).chain([Piece::Notify(notify)]).collect());
        told.hints.group = self.wanted.take();
        self.put(sa, told, scene);
        if begins && self.retries.len() < super::MOST {
            scene.ends(sa).into_iter().for_each(|ends| _ = self.retries.insert(ends.peer, sa));
        }
        true
    }

    fn asked_to_begin(&mut self, sa: Sa, line: u64, scene: &mut Scene) {
        let mut told = Told::new(line, false, ExchangeType::IKE_SA_INIT, false, 0);
        told.hints.proposals = core::mem::take(&mut self.offered);
        if !told.hints.proposals.is_empty() {
            told.in_part = Some(PayloadType::SA);
        }
        self.put(sa, told, scene);
    }

    fn child(&mut self, connection: &str, number: u64, said: &str, line: u64, scene: &mut Scene) -> bool {
        if let Some(parent) = between(said, "Child SA using #", "").and_then(crate::evidence::logs::text::number::<u64>) {
            if self.parents.len() < super::MOST {
                self.parents.insert((connection.to_owned(), number), parent);
            }
            return self.child_stands(connection, parent, said, line, scene);
        }
        if said.starts_with("initiator established IKE SA") || said.starts_with("responder established IKE SA") {
            return self.established(connection, number, line, scene);
        }
        if said.starts_with("No IKEv2 connection found with compatible Traffic Selectors") {
            let Some(sa) = self.state(connection, number).map(|state| state.sa) else { return false };
            let mut told = Told::new(line, true, ExchangeType::IKE_AUTH, true, 1);
            told.pieces = Some(PROOF.into_iter().chain([Piece::Notify(NotifyType::TS_UNACCEPTABLE)]).collect());
            scene.replace(sa, told);
            return true;
        }
        if said.starts_with("sent CREATE_CHILD_SA request") {
            let Some(sa) = self.state(connection, number).map(|state| state.sa) else { return false };
            let rekey = said.contains("rekey").then_some(Piece::Notify(NotifyType::REKEY_SA));
            let pieces = rekey.into_iter().chain([Piece::Payload(PayloadType::SA), Piece::Payload(PayloadType::NONCE)]).collect();
            self.ask(connection, number, ExchangeType::CREATE_CHILD_SA, Some(pieces), (line, sa), scene);
            return true;
        }
        false
    }

    /// A child SA stands: what the answer held that made it.
    fn child_stands(&mut self, connection: &str, parent: u64, said: &str, line: u64, scene: &mut Scene) -> bool {
        let Some(state) = self.state(connection, parent) else { return false };
        let (sa, exchange, id) = (state.sa, state.asked, state.next.saturating_sub(1).max(1));
        let outgoing = said.starts_with("responder");
        if exchange == ExchangeType::CREATE_CHILD_SA || said.contains("rekeyed") {
            let mut told = Told::new(line, outgoing, ExchangeType::CREATE_CHILD_SA, true, id);
            told.pieces = Some(CHILD.into_iter().chain([Piece::Payload(PayloadType::NONCE)]).collect());
            self.put(sa, told, scene);
            return true;
        }
        let mut told = Told::new(line, outgoing, ExchangeType::IKE_AUTH, true, 1);
        told.pieces = Some(PROOF.into_iter().chain(CHILD).collect());
        scene.replace(sa, told);
        true
    }

    /// The IKE SA stands: the answer held a proof, and of a child SA the next line tells.
    fn established(&mut self, connection: &str, number: u64, line: u64, scene: &mut Scene) -> bool {
        let Some(state) = self.state(connection, number) else { return false };
        let sa = state.sa;
        let mut told = Told::new(line, scene.own(sa) == Some(Role::Responder), ExchangeType::IKE_AUTH, true, 1);
        told.pieces = Some(PROOF.to_vec());
        let packet = if told.outgoing { self.sending.take() } else { self.received.take() };
        told.octets = packet.map(|(_, octets)| octets).filter(|octets| *octets > 0);
        scene.hold(sa, told);
        true
    }

    fn fate(&mut self, connection: &str, number: u64, said: &str, line: u64, scene: &mut Scene) -> bool {
        let Some(sa) = self.state(connection, number).map(|state| state.sa) else { return false };
        if said.contains("retransmission; will wait") {
            scene.again(sa, true, false, None, line);
        } else if said.contains(" second timeout exceeded after ") || said.contains("max number of retransmissions") {
            if scene.own(sa) == Some(Role::Responder) && scene.is_in_init(sa) {
                scene.said(sa, Said::NothingFollowed, line);
            } else {
                scene.said(sa, Said::GaveUp, line);
            }
        } else if said.starts_with("deleting ") && said.contains("STATE_V2_PARENT_R1") && scene.is_in_init(sa) {
            scene.said(sa, Said::NothingFollowed, line);
        } else if (said.contains("Failed to find our PreShared Key") || said.contains("no private key")) && scene.is_in_init(sa) {
            self.accepted(connection, number, "", line, scene);
            if scene.own(sa) == Some(Role::Initiator) {
                scene.said(sa, Said::Stopped, line);
            }
        } else {
            return false;
        }
        true
    }
}

/// The error that an answer held, in the words of several releases.
fn refusal(said: &str) -> Option<NotifyType> {
    let name = |rest: &str| names::notify(rest.split([' ', ',', ';', ':']).next().unwrap_or(rest));
    for before in [
        "IKE_AUTH response contained the error notification ",
        "IKE SA authentication request rejected by peer: ",
        "CREATE_CHILD_SA failed with error notification ",
        "received unauthenticated ",
        "IKE_AUTH response rejected Child SA with ",
        "dropping unexpected IKE_SA_INIT message containing ",
        "received and ignored notification payload: ",
    ] {
        if let Some(found) = between(said, before, "").and_then(name).filter(|notify| notify.is_error()) {
            return Some(found);
        }
    }
    None
}

fn is_of_child(notify: NotifyType) -> bool {
    matches!(
        notify,
        NotifyType::NO_PROPOSAL_CHOSEN
            | NotifyType::TS_UNACCEPTABLE
            | NotifyType::SINGLE_PAIR_REQUIRED
            | NotifyType::NO_ADDITIONAL_SAS
            | NotifyType::INTERNAL_ADDRESS_FAILURE
            | NotifyType::FAILED_CP_REQUIRED
    )
}

/// `IDi,N(INITIAL_CONTACT),CERTREQ,AUTH`.
fn pieces(list: &str) -> Vec<Piece> {
    let piece = |name: &str| match name.strip_prefix("N(").and_then(|rest| rest.strip_suffix(')')) {
        Some(notify) => names::notify(notify).map(Piece::Notify),
        // Which code it has is not told.
        None if name == "EAP" => Some(Piece::Eap(2, 0)),
        None => names::payload(name).map(Piece::Payload),
    };
    list.split(',').filter_map(piece).take(PAYLOADS).collect()
}

/// `{cipher=AES_CBC_256 integ=HMAC_SHA2_256_128 prf=HMAC_SHA2_256 group=MODP2048}`.
fn chosen(said: &str) -> Vec<Proposal> {
    let Some(list) = between(said, "{cipher=", "}") else { return Vec::new() };
    let mut transforms = Vec::new();
    for (n, word) in list.split(' ').enumerate() {
        let (ty, name) = match word.split_once('=') {
            None if n == 0 => (TransformType::ENCR, word),
            Some(("integ", name)) => (TransformType::INTEG, name),
            Some(("prf", name)) => (TransformType::PRF, name),
            Some(("group", name)) => (TransformType::KE, name),
            _ => continue,
        };
        transforms.extend(transform(name, ty));
    }
    vec![Proposal { protocol: SecurityProtocol::IKE, transforms }]
}

/// `1:IKE:ENCR=AES_CBC_256;INTEG=HMAC_SHA2_256_128;PRF=HMAC_SHA2_256;DH=MODP2048,ECP_256[first-match] 2:..`.
fn proposals(text: &str) -> Vec<Proposal> {
    let one = |text: &str| {
        let (_, rest) = text.split_once(':')?;
        let (protocol, rest) = rest.split_once(':')?;
        let protocol = match protocol {
            "IKE" => SecurityProtocol::IKE,
            "ESP" => SecurityProtocol::ESP,
            _ => return None,
        };
        let rest = rest.split_once('[').map_or(rest, |(rest, _)| rest);
        let mut transforms = Vec::new();
        for (ty, names) in rest.split(';').filter_map(|part| part.split_once('=')) {
            let ty = match ty {
                "ENCR" => TransformType::ENCR,
                "INTEG" => TransformType::INTEG,
                "PRF" => TransformType::PRF,
                "DH" | "KE" => TransformType::KE,
                "ESN" | "SN" => TransformType::SN,
                _ => continue,
            };
            transforms.extend(names.split(',').filter_map(|name| transform(name, ty)).take(64));
        }
        Some(Proposal { protocol, transforms })
    };
    text.split(' ').filter_map(one).take(64).collect()
}

fn transform(name: &str, ty: TransformType) -> Option<Transform> {
    if ty == TransformType::KE {
        if let Some(id) = name.strip_prefix("DH").and_then(|id| id.parse().ok()) {
            return Some(Transform { ty, id, bits: None });
        }
    }
    names::transform(name, Some(ty))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn proposals_are_read_as_pluto_writes_them() {
        let read = proposals(
            "1:IKE:ENCR=AES_CBC_256;INTEG=HMAC_SHA2_256_128;PRF=HMAC_SHA2_256;DH=MODP2048,ECP_256[first-match] 2:IKE:ENCR=AES_GCM_C_128;PRF=HMAC_SHA2_512;DH=DH19",
        );
        let ids: Vec<Vec<u16>> = read.iter().map(|proposal| proposal.transforms.iter().map(|transform| transform.id).collect()).collect();
        assert_eq!(ids, [vec![12, 12, 5, 14, 19], vec![20, 7, 19]]);
        let chosen = chosen("sent IKE_AUTH request {cipher=AES_CBC_256 integ=HMAC_SHA2_256_128 prf=HMAC_SHA2_256 group=MODP2048}");
        assert_eq!(chosen.first().map(|proposal| proposal.transforms.len()), Some(4));
    }

    #[test]
    fn an_answer_is_refused_in_the_words_of_several_releases() {
        for said in [
            "IKE SA authentication request rejected by peer: AUTHENTICATION_FAILED",
            "IKE_AUTH response contained the error notification AUTHENTICATION_FAILED",
            "received unauthenticated v2N_AUTHENTICATION_FAILED - ignored",
        ] {
            assert_eq!(refusal(said), Some(NotifyType::AUTHENTICATION_FAILED), "{said}");
        }
        assert_eq!(refusal("received unauthenticated COOKIE"), None);
        assert!(pieces("IDi,N(INITIAL_CONTACT),AUTH").contains(&Piece::Payload(PayloadType::AUTH)));
    }
}
