//! libreswan: the log of pluto, releases 4 and 5.
//!
//! ```text
//! "peer" #1: sent IKE_SA_INIT request to 192.0.2.2:500
//! "peer" #1: proposal 1:IKE=AES_CBC_256-.. chosen from remote proposals 1:IKE:ENCR=AES_CBC_256;INTEG=..[first-match]
//! "peer" #1: processing decrypted IKE_AUTH request: SK{IDi,IDr,AUTH,SA,TSi,TSr,N(MOBIKE_SUPPORTED)}
//! "peer" #1: responding to IKE_AUTH message (ID 1) from 192.0.2.1:500 with encrypted notification AUTHENTICATION_FAILED
//! packet from 192.0.2.1:500: responding to IKE_SA_INIT (34) message (Message ID 0) with unencrypted notification NO_PROPOSAL_CHOSEN
//! ```
//!
//! It tells what becomes of a state, and not each message: one that must have been there is told of by what followed from it, and nothing
//! is known of what stands in it but that. Debug lines (behind `|`) tell the sizes and the two ends of packets. The texts are those of
//! libreswan's source, 4.10 and 5.2.

mod speech;

use super::line::Line;
use super::message::{Ends, Piece, Told};
use super::scene::{Sa, Scene, nowhere};
use super::text::{between, end, number};
use core::net::SocketAddr;
use ikev2::Role;
use ikev2::registry::ExchangeType;
use std::collections::BTreeMap;

/// States that are remembered.
const MOST: usize = 4096;

/// An IKE SA of pluto.
struct State {
    sa: Sa,
    /// The message ID of its next request, after IKE_SA_INIT.
    next: u32,
    /// IKE_SA_INIT was answered, as far as is told.
    answered: bool,
    /// The request under way is in this exchange.
    asked: ExchangeType,
}

/// The reader of this log.
#[derive(Default)]
pub(super) struct Pluto {
    /// By the name of the connection and the number of the state: of an IKE SA, or of a child SA of it.
    states: BTreeMap<(String, u64), State>,
    /// The IKE SA of a state of a child SA.
    parents: BTreeMap<(String, u64), u64>,
    /// The last IKE SA of a connection.
    latest: BTreeMap<String, u64>,
    /// The ends of the last packet, and octets, by the debug lines.
    received: Option<(Ends, usize)>,
    sending: Option<(Ends, usize)>,
    /// A proposal that was refused, or from which one was chosen.
    offered: Vec<super::message::Proposal>,
    /// Requests of those that have no state.
    strangers: BTreeMap<Ends, (Sa, bool)>,
    critical: Option<u8>,
    /// The group that an answer asks for.
    wanted: Option<ikev2::registry::KeMethod>,
    /// Those who were asked for another try, which comes with a state of its own.
    retries: BTreeMap<SocketAddr, Sa>,
}

/// What pluto says in a line; `None` for a line of something else.
pub(super) fn words(text: &str) -> Option<&str> {
    let text = text.split_once("pluto[").and_then(|(_, rest)| rest.split_once("]: ")).map_or(text, |(_, rest)| rest);
    // What `ipsec auto --up` prints begins with a number.
    let text = text.trim_start_matches([':', ' ']);
    let text = text
        .split_once(' ')
        .filter(|(code, rest)| code.len() == 3 && code.bytes().all(|octet| octet.is_ascii_digit()) && rest.starts_with('"'))
        .map_or(text, |(_, rest)| rest);
    let debug = text.starts_with("| ") && (text.contains("*received ") || text.contains("| sending "));
    (text.starts_with('"') || text.starts_with("packet from ") || debug).then_some(text)
}

impl Pluto {
    pub(super) fn line(&mut self, line: Line<'_>, said: &str, scene: &mut Scene) -> bool {
        if let Some(debug) = said.strip_prefix("| ") {
            self.debug(debug);
            return false;
        }
        if let Some((from, rest)) = said.strip_prefix("packet from ").and_then(|rest| rest.split_once(": ")) {
            let Some(peer) = place(from) else { return false };
            return self.stranger(peer, rest, line.number, scene);
        }
        let Some((connection, number, rest)) = heading(said) else { return false };
        self.speech(connection, number, rest, line.number, scene)
    }

    /// `*received 448 bytes from A on eth0 B using UDP`, `sending 440 bytes for .. through eth0 from B to A using UDP`.
    fn debug(&mut self, debug: &str) {
        if let Some(rest) = debug.strip_prefix("*received ") {
            let peer = between(rest, " bytes from ", " on ").and_then(place);
            let own = between(rest, " on ", " using ").and_then(|rest| place(rest.split(' ').nth(1)?));
            self.received = peer.zip(own).map(|(peer, own)| (Ends { own, peer }, number(rest).unwrap_or(0)));
        } else if let Some(rest) = debug.strip_prefix("sending ") {
            let own = between(rest, " from ", " to ").and_then(place);
            let peer = between(rest, " to ", " using ").and_then(place);
            self.sending = peer.zip(own).map(|(peer, own)| (Ends { own, peer }, number(rest).unwrap_or(0)));
        }
    }

    /// The state of an IKE SA, by its own number or by that of one of its child SAs.
    fn state(&mut self, connection: &str, number: u64) -> Option<&mut State> {
        let key = (connection.to_owned(), number);
        let number = self.parents.get(&key).copied().unwrap_or(number);
        let own = (connection.to_owned(), number);
        if !self.states.contains_key(&own) {
            let latest = *self.latest.get(connection)?;
            return self.states.get_mut(&(own.0, latest));
        }
        self.states.get_mut(&own)
    }

    /// The same, begun if it is not known.
    fn begin(&mut self, connection: &str, number: u64, own: Role, ends: Ends, scene: &mut Scene) -> Sa {
        let key = (connection.to_owned(), number);
        if let Some(state) = self.states.get(&key) {
            return state.sa;
        }
        let retry = self.retries.remove(&ends.peer).filter(|sa| own == Role::Responder && scene.is_asked_again(*sa));
        let sa = retry.unwrap_or_else(|| scene.begin(own, ends, None));
        if self.states.len() >= MOST {
            self.states.pop_first();
            self.latest.pop_first();
            self.parents.pop_first();
        }
        self.states.insert(key, State { sa, next: 1, answered: false, asked: ExchangeType::IKE_SA_INIT });
        self.latest.insert(connection.to_owned(), number);
        sa
    }

    fn is_known(&self, connection: &str, number: u64) -> bool {
        self.states.contains_key(&(connection.to_owned(), number))
    }

    /// A message of an IKE SA.
    fn put(&mut self, sa: Sa, told: Told, scene: &mut Scene) {
        let packet = if told.outgoing { self.sending.take() } else { self.received.take() };
        let mut told = told;
        if let Some((ends, octets)) = packet {
            told.octets = Some(octets).filter(|octets| *octets > 0);
            scene.move_to(sa, ends);
        }
        scene.message(sa, told);
    }

    /// What is said of a packet that belongs to no state.
    fn stranger(&mut self, peer: SocketAddr, rest: &str, line: u64, scene: &mut Scene) -> bool {
        let own = between(rest, " received on ", " but").and_then(place);
        let seen = self.received.filter(|(ends, _)| ends.peer == peer);
        let ends = seen.map_or(Ends { own: own.unwrap_or(nowhere(500)), peer }, |(ends, _)| ends);
        if let Some(payload) = between(rest, "unknown critical payload type (", "?") {
            self.critical = payload.parse().ok();
            return true;
        }
        if let Some(answer) = between(rest, " with unencrypted notification ", "") {
            let Some(notify) = super::names::notify(answer.split([' ', ',', ';']).next().unwrap_or(answer)) else { return false };
            let sa = scene.begin(Role::Responder, ends, None);
            let mut request = Told::new(line, false, ExchangeType::IKE_SA_INIT, false, 0);
            request.octets = seen.map(|(_, octets)| octets);
            self.received = None;
            let mut response = Told::new(line, true, ExchangeType::IKE_SA_INIT, true, 0);
            response.pieces = Some(vec![Piece::Notify(notify)]);
            response.hints.critical = self.critical.take();
            request.hints.proposals = core::mem::take(&mut self.offered);
            if !request.hints.proposals.is_empty() {
                request.pieces = Some(vec![Piece::Payload(ikev2::registry::PayloadType::SA)]);
            }
            scene.message(sa, request);
            scene.message(sa, response);
            return true;
        }
        if rest.contains("has no corresponding IKE SA") {
            let Some(exchange) = rest.split(' ').next().and_then(super::names::exchange) else { return false };
            let known = self.strangers.get(&ends).copied();
            if let Some((sa, _)) = known {
                scene.again(sa, false, false, None, line);
                return true;
            }
            let sa = scene.begin(Role::Responder, ends, None);
            if self.strangers.len() < MOST {
                self.strangers.insert(ends, (sa, true));
            }
            // IKE_AUTH is the first that needs an IKE SA; of another exchange the message ID is not told, and is not the first.
            let id = if exchange == ExchangeType::IKE_AUTH { 1 } else { 2 };
            let mut told = Told::new(line, false, exchange, rest.contains(" response "), id);
            told.octets = seen.map(|(_, octets)| octets);
            scene.message(sa, told);
            return true;
        }
        if rest.contains("ignoring IKEv1 packet") || rest.contains("IKEv1 packet") {
            let known = self.strangers.get(&ends).copied();
            let sa = known.map_or_else(|| scene.begin(Role::Responder, ends, None), |(sa, _)| sa);
            if self.strangers.len() < MOST {
                self.strangers.insert(ends, (sa, false));
            }
            scene.message(sa, Told::new(line, false, ExchangeType(2), false, 0).of_version_1());
            return true;
        }
        false
    }
}

/// `192.0.2.1:500`, `192.0.2.1:UDP/500`, `192.0.2.1`.
fn place(text: &str) -> Option<SocketAddr> {
    let text = text.trim().trim_end_matches([';', ',', '.']);
    end(&text.replace(":UDP/", ":").replace(":TCP/", ":"), 500)
}

/// `"peer"[2] 192.0.2.1 #1: ..`: the connection, the state, and what is said.
fn heading(said: &str) -> Option<(&str, u64, &str)> {
    let (name, rest) = said.strip_prefix('"')?.split_once('"')?;
    let (before, rest) = rest.split_once(": ")?;
    let state = before.rsplit_once('#')?.1;
    Some((name, number(state)?, rest))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn connection_and_state_stand_before_what_is_said() {
        assert_eq!(heading("\"peer\" #12: sent"), Some(("peer", 12, "sent")));
        assert_eq!(heading("\"peer\"[2] 192.0.2.1 #3: sent x: y"), Some(("peer", 3, "sent x: y")));
        assert_eq!((heading("\"peer\": added"), heading("peer #1: x")), (None, None));
        assert_eq!(place("192.0.2.1:UDP/4500"), place("192.0.2.1:4500"));
    }

    #[test]
    fn lines_of_pluto_are_told_from_others() {
        for own in [": \"peer\" #1: x", " gw pluto[81]: \"peer\" #1: x", "002 \"peer\" #1: x", "packet from 192.0.2.1:500: x"] {
            assert!(words(own).is_some(), "{own}");
        }
        for other in ["", "| debug", "05[ENC] parsed", "spi=0x1: recv"] {
            assert!(words(other).is_none(), "{other}");
        }
    }
}
